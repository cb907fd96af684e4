#include "detect/findjson.h"

#include <string.h>

#include "base/buf.h"
#include "detect/findjson_impl.h"
#include "rule/quantity.h"
#include "tel/calltime.h"

static void
write_time(struct jsonout *j, int64_t t)
{
	struct buf b;

	buf_init(&b);
	time_rfc3339(&b, t);
	jsonout_string(j, b.data);
	buf_fini(&b);
}

static int64_t
number_at(const struct findjson_member *m, const void *at)
{
	int64_t v = 0;
	int number;
	uint32_t unsign;
	bool truth;

	switch (m->type) {
	case FINDJSON_INT:
		memcpy(&number, at, sizeof(number));
		return number;
	case FINDJSON_UINT:
		memcpy(&unsign, at, sizeof(unsign));
		return unsign;
	case FINDJSON_BOOL:
		memcpy(&truth, at, sizeof(truth));
		return truth;
	default:
		memcpy(&v, at, sizeof(v));
		return v;
	}
}

static void
write_member(struct jsonout *j, const struct findjson_member *m,
    const void *base)
{
	const char *at = (const char *)base + m->at, *text = NULL;
	int64_t v;

	if (m->type == FINDJSON_TEXT) {
		memcpy(&text, at, sizeof(text));
		if (m->optional)
			jsonout_kstring_opt(j, m->key, text);
		else
			jsonout_kstring(j, m->key, text != NULL ? text : "");
		return;
	}
	v = number_at(m, at);
	if (m->optional && v == 0)
		return;
	jsonout_key(j, m->key);
	if (m->type == FINDJSON_TIME)
		write_time(j, v);
	else if (m->type == FINDJSON_BOOL)
		jsonout_bool(j, v != 0);
	else
		jsonout_int(j, m->type == FINDJSON_SECONDS ? v / 1000 : v);
}

static void
write_members(struct jsonout *j, const struct findjson_member *m,
    const void *base)
{
	for (; m->key != NULL; m++)
		write_member(j, m, base);
}

static void
write_object(struct jsonout *j, const char *key,
    const struct findjson_member *m, const void *base)
{
	if (key != NULL)
		jsonout_key(j, key);
	jsonout_object(j);
	write_members(j, m, base);
	jsonout_end_object(j);
}

static void
write_texts(struct jsonout *j, const char *key, const char *const *list,
    size_t n)
{
	size_t i;

	jsonout_key(j, key);
	jsonout_array(j);
	for (i = 0; i < n; i++)
		jsonout_string(j, list[i]);
	jsonout_end_array(j);
}

static void
write_decimal(struct jsonout *j, const char *key, int64_t v, int decimals)
{
	jsonout_key(j, key);
	jsonout_decimal(j, v, decimals);
}

static void
write_amount(struct jsonout *j, const char *key, const struct amount *a)
{
	write_decimal(j, key, a->micro, 6);
	jsonout_kstring_opt(j, "currency", a->currency);
}

static void
write_tally(struct jsonout *j, const struct tally *t)
{
	size_t i, most = 0;

	jsonout_key(j, "calls");
	jsonout_object(j);
	jsonout_kint(j, "count", t->calls);
	jsonout_kint(j, "duration_s", t->duration / 1000);
	for (i = 1; i < t->nmoney; i++)
		if (t->money[i].micro > t->money[most].micro)
			most = i;
	if (t->nmoney > 0)
		write_amount(j, "cost", &t->money[most]);
	if (t->nmoney > 1) {
		jsonout_key(j, "money");
		jsonout_array(j);
		for (i = 0; i < t->nmoney; i++) {
			jsonout_object(j);
			write_amount(j, "cost", &t->money[i]);
			jsonout_end_object(j);
		}
		jsonout_end_array(j);
	}
	if (t->estimated)
		jsonout_kbool(j, "cost_estimated", true);
	jsonout_end_object(j);
}

static void
write_score(struct jsonout *j, int score)
{
	enum severity s = severity_of(score);

	jsonout_kint(j, "score", score);
	jsonout_kstring(j, "severity", severity_name(s));
	jsonout_kint(j, "severity_id", s);
}

static void
write_measure(struct jsonout *j, const struct finding *f)
{
	int decimals;

	if (f->measure == NULL)
		return;
	decimals = findjson_decimals(f->unit);
	jsonout_key(j, "measure");
	jsonout_object(j);
	write_members(j, findjson_fn, f);
	write_decimal(j, "value", f->value, decimals);
	jsonout_kstring(j, "unit", findjson_unit_out(f->unit));
	if (f->has_limit) {
		write_decimal(j, "limit", f->limit, decimals);
		jsonout_kstring(j, "op", f->op);
	}
	if (f->has_baseline)
		write_decimal(j, "baseline", f->baseline, decimals);
	jsonout_end_object(j);
}

static void
write_also(struct jsonout *j, const struct finding *f)
{
	const struct reading *a;
	size_t i;

	if (f->nalso == 0)
		return;
	jsonout_key(j, "also");
	jsonout_array(j);
	for (i = 0; i < f->nalso; i++) {
		a = &f->also[i];
		jsonout_object(j);
		write_members(j, findjson_also, a);
		write_decimal(j, "value", a->value, findjson_decimals(a->unit));
		jsonout_kstring(j, "unit", findjson_unit_out(a->unit));
		if (a->has_limit) {
			write_decimal(j, "limit", a->limit,
			    findjson_decimals(a->unit));
			jsonout_kstring(j, "op", a->op);
		}
		jsonout_end_object(j);
	}
	jsonout_end_array(j);
}

static void
write_params(struct jsonout *j, const struct finding *f)
{
	const struct param_value *p;
	struct buf b;
	size_t i;

	if (f->nparams == 0)
		return;
	buf_init(&b);
	jsonout_key(j, "params");
	jsonout_object(j);
	for (i = 0; i < f->nparams; i++) {
		p = &f->params[i];
		buf_reset(&b);
		quantity_print(&b, p->value, p->is_span);
		jsonout_key(j, p->name);
		if (p->is_span)
			jsonout_string(j, b.data);
		else
			jsonout_raw(j, b.data);
	}
	jsonout_end_object(j);
	buf_fini(&b);
}

static void
write_evidence(struct jsonout *j, const struct finding *f)
{
	size_t i;

	jsonout_key(j, "evidence");
	jsonout_array(j);
	for (i = 0; i < f->nevidence; i++) {
		jsonout_object(j);
		write_members(j, findjson_evidence, &f->evidence[i]);
		if (f->evidence[i].has_cost)
			write_decimal(j, "cost", f->evidence[i].cost, 6);
		jsonout_end_object(j);
	}
	jsonout_end_array(j);
	jsonout_kbool(j, "evidence_truncated", f->truncated);
}

void
findjson_finding(struct jsonout *j, const struct finding *f,
    const struct run *run)
{
	size_t i;

	jsonout_object(j);
	jsonout_kstring(j, "schema", FINDJSON_FINDING);
	jsonout_kstring(j, "id", f->id);
	jsonout_kstring(j, "kind", finding_kind_name(f->kind));
	jsonout_kstring_opt(j, "state", f->state);
	jsonout_kstring_opt(j, "state_reason", f->state_reason);
	jsonout_kstring_opt(j, "title", f->title);
	write_object(j, "rule", findjson_rule, f);
	write_params(j, f);
	write_score(j, f->score);
	write_object(j, "entity", findjson_entity, f);
	jsonout_key(j, "group");
	jsonout_object(j);
	for (i = 0; i < f->ngroup; i++)
		jsonout_kstring(j, f->group_fields[i], f->group_values[i]);
	jsonout_end_object(j);
	write_members(j, findjson_times, f);
	write_measure(j, f);
	write_also(j, f);
	write_tally(j, &f->calls);
	jsonout_kstring(j, "reason", f->reason);
	if (f->ntriage > 0)
		write_texts(j, "triage", f->triage, f->ntriage);
	write_evidence(j, f);
	if (f->nwaivers > 0)
		write_texts(j, "waivers", f->waivers, f->nwaivers);
	jsonout_kstring_opt(j, "case", f->case_id);
	jsonout_kstring_opt(j, "ruleset", run->ruleset);
	jsonout_end_object(j);
}

void
findjson_case(struct jsonout *j, const struct fraud_case *c)
{
	size_t i;

	jsonout_object(j);
	jsonout_kstring(j, "schema", FINDJSON_CASE);
	jsonout_kstring(j, "id", c->id);
	jsonout_kstring_opt(j, "state", c->state);
	jsonout_kstring_opt(j, "previous", c->previous);
	if (c->nheirs > 0)
		write_texts(j, "merged_into", c->heirs, c->nheirs);
	write_score(j, c->score);
	write_object(j, "entity", findjson_case_entity, c);
	write_members(j, findjson_case_times, c);
	write_tally(j, &c->calls);
	jsonout_key(j, "points");
	jsonout_array(j);
	for (i = 0; i < c->npoints; i++)
		write_object(j, NULL, findjson_point, &c->points[i]);
	jsonout_end_array(j);
	write_texts(j, "findings", c->findings, c->nfindings);
	jsonout_end_object(j);
}

static void
write_waivers(struct jsonout *j, const struct run *run)
{
	size_t i;

	if (run->nwaivers == 0)
		return;
	jsonout_key(j, "waivers");
	jsonout_array(j);
	for (i = 0; i < run->nwaivers; i++) {
		jsonout_object(j);
		write_members(j, findjson_waiver, &run->waivers[i]);
		write_tally(j, &run->waivers[i].calls);
		jsonout_end_object(j);
	}
	jsonout_end_array(j);
}

void
findjson_run(struct jsonout *j, const struct run *run)
{
	size_t i;

	jsonout_object(j);
	jsonout_kstring(j, "schema", FINDJSON_RUN);
	write_members(j, findjson_run_head, run);
	write_object(j, "counts", findjson_counts, &run->counts);
	write_object(j, "rules", findjson_run_rules, run);
	jsonout_key(j, "feeds");
	jsonout_array(j);
	for (i = 0; i < run->nfeeds; i++)
		write_object(j, NULL, findjson_feed, &run->feeds[i]);
	jsonout_end_array(j);
	write_waivers(j, run);
	write_texts(j, "remarks", run->remarks, run->nremarks);
	jsonout_end_object(j);
}
