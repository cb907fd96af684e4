#include <stddef.h>
#include <string.h>

#include "detect/findjson_impl.h"
#include "rule/quantity.h"
#include "tel/calltime.h"

static int
read_amount(struct findjson_reader *r, const struct json *obj, struct amount *a,
    bool *there)
{
	a->currency = "";
	if (findjson_get_value(r, obj, "cost", 6, &a->micro, there) < 0)
		return -1;
	return findjson_get_optional(r, obj, "currency", &a->currency);
}

static int
read_money(struct findjson_reader *r, const struct json *calls, struct tally *t)
{
	const struct json *j = json_get(calls, "money"), *e;
	struct amount *list;
	bool there;

	if (j != NULL && j->type != JSON_ARRAY)
		return findjson_wrong(r, "money", "an array");
	list = arena_array(r->arena, j != NULL && j->n > 0 ? j->n : 1,
	    sizeof(*list));
	t->money = list;
	if (j == NULL) {
		if (read_amount(r, calls, list, &there) < 0)
			return -1;
		t->nmoney = there;
		return 0;
	}
	for (e = j->first; e != NULL; e = e->next)
		if (read_amount(r, e, &list[t->nmoney], &there) < 0)
			return -1;
		else if (!there)
			return findjson_wrong(r, "money",
			    "an array of amounts");
		else
			t->nmoney++;
	return 0;
}

static int
read_tally(struct findjson_reader *r, const struct json *obj, struct tally *t)
{
	static const struct findjson_member members[] = {
		{ "count", FINDJSON_LONG, offsetof(struct tally, calls),
		    false },
		{ "duration_s", FINDJSON_SECONDS,
		    offsetof(struct tally, duration), false },
		{ "cost_estimated", FINDJSON_BOOL,
		    offsetof(struct tally, estimated), true },
		{ NULL, 0, 0, false },
	};

	if (findjson_get_object(r, obj, "calls", members, t) < 0)
		return -1;
	return read_money(r, json_get(obj, "calls"), t);
}

static int
read_score(struct findjson_reader *r, const struct json *obj, int *score)
{
	static const struct findjson_member member = { "score", FINDJSON_INT, 0,
		false };

	if (findjson_get_member(r, obj, &member, score) < 0)
		return -1;
	if (*score < 0 || *score > 100)
		return findjson_wrong(r, "score", "a number from 0 to 100");
	return 0;
}

static int
read_unit(struct findjson_reader *r, const struct json *obj, const char **unit)
{
	const struct json *j =
	    findjson_need(r, obj, "unit", JSON_STRING, "a text");

	if (j == NULL)
		return -1;
	*unit = findjson_unit_in(j->string);
	if (*unit == NULL)
		return errmsg_set(r->err, "unknown unit '%s'", j->string);
	return 0;
}

/* A limit and which way it is crossed: both or none. */
static int
read_limit(struct findjson_reader *r, const struct json *j, int decimals,
    int64_t *limit, bool *there, const char **op)
{
	if (findjson_get_value(r, j, "limit", decimals, limit, there) < 0 ||
	    findjson_get_optional(r, j, "op", op) < 0)
		return -1;
	if (*there && *op == NULL)
		return errmsg_set(r->err, "key 'op' is missing");
	return 0;
}

static int
read_measure(struct findjson_reader *r, const struct json *obj,
    struct finding *f)
{
	const struct json *j = json_get(obj, "measure");
	int decimals;
	bool there;

	if (j == NULL)
		return 0;
	if (findjson_get_object(r, obj, "measure", findjson_fn, f) < 0 ||
	    read_unit(r, j, &f->unit) < 0)
		return -1;
	decimals = findjson_decimals(f->unit);
	if (findjson_need(r, j, "value", JSON_NUMBER, "a number") == NULL ||
	    findjson_get_value(r, j, "value", decimals, &f->value, &there) <
		0 ||
	    findjson_get_value(r, j, "baseline", decimals, &f->baseline,
		&f->has_baseline) < 0)
		return -1;
	return read_limit(r, j, decimals, &f->limit, &f->has_limit, &f->op);
}

static int
read_reading(struct findjson_reader *r, const struct json *j, struct reading *a)
{
	int decimals;
	bool there;

	if (read_unit(r, j, &a->unit) < 0)
		return -1;
	decimals = findjson_decimals(a->unit);
	if (findjson_need(r, j, "value", JSON_NUMBER, "a number") == NULL ||
	    findjson_get_value(r, j, "value", decimals, &a->value, &there) < 0)
		return -1;
	return read_limit(r, j, decimals, &a->limit, &a->has_limit, &a->op);
}

static int
read_also(struct findjson_reader *r, const struct json *obj, struct finding *f)
{
	const struct json *e;
	struct reading *a;
	void *list;

	if (json_get(obj, "also") == NULL)
		return 0;
	if (findjson_get_list(r, obj, "also", findjson_also, sizeof(*a), &list,
		&f->nalso) < 0)
		return -1;
	f->also = a = list;
	for (e = json_get(obj, "also")->first; e != NULL; e = e->next)
		if (read_reading(r, e, a++) < 0)
			return -1;
	return 0;
}

static int
read_params(struct findjson_reader *r, const struct json *obj,
    struct finding *f)
{
	const struct json *j = json_get(obj, "params"), *e;
	struct param_value *list, *p;
	bool there;

	if (j == NULL)
		return 0;
	if (j->type != JSON_OBJECT)
		return findjson_wrong(r, "params", "an object");
	f->params = list = arena_array(r->arena, j->n, sizeof(*list));
	for (e = j->first; e != NULL; e = e->next) {
		p = &list[f->nparams++];
		p->name = arena_strdup(r->arena, e->key);
		p->is_span = e->type == JSON_STRING;
		if (!p->is_span) {
			if (findjson_get_value(r, j, e->key, 6, &p->value,
				&there) < 0)
				return -1;
		} else if (span_parse(e->string, &p->value) != 0) {
			return findjson_wrong(r, "params",
			    "an object of numbers and durations");
		} else {
			p->value *= RULE_UNIT;
		}
	}
	return 0;
}

static int
read_group(struct findjson_reader *r, const struct json *obj, struct finding *f)
{
	const struct json *j, *e;
	const char **fields, **values;

	j = findjson_need(r, obj, "group", JSON_OBJECT, "an object");
	if (j == NULL)
		return -1;
	f->group_fields = fields = arena_array(r->arena, j->n, sizeof(*fields));
	f->group_values = values = arena_array(r->arena, j->n, sizeof(*values));
	for (e = j->first; e != NULL; e = e->next, f->ngroup++) {
		if (e->type != JSON_STRING)
			return findjson_wrong(r, "group", "an object of texts");
		fields[f->ngroup] = arena_strdup(r->arena, e->key);
		values[f->ngroup] = arena_strdup(r->arena, e->string);
	}
	return 0;
}

static int
read_evidence(struct findjson_reader *r, const struct json *obj,
    struct finding *f)
{
	static const struct findjson_member cut = { "evidence_truncated",
		FINDJSON_BOOL, offsetof(struct finding, truncated), false };
	const struct json *e;
	struct evidence *list;
	void *room;

	if (findjson_get_list(r, obj, "evidence", findjson_evidence,
		sizeof(*list), &room, &f->nevidence) < 0)
		return -1;
	f->evidence = list = room;
	for (e = json_get(obj, "evidence")->first; e != NULL;
	     e = e->next, list++)
		if (findjson_get_value(r, e, "cost", 6, &list->cost,
			&list->has_cost) < 0)
			return -1;
	return findjson_get_member(r, obj, &cut, f);
}

static int
read_kind(struct findjson_reader *r, const struct json *obj,
    enum finding_kind *kind)
{
	const struct json *j =
	    findjson_need(r, obj, "kind", JSON_STRING, "a text");
	int k;

	if (j == NULL)
		return -1;
	for (k = KIND_FINDING; k <= KIND_SHADOW; k++) {
		if (strcmp(finding_kind_name((enum finding_kind)k),
			j->string) != 0)
			continue;
		*kind = (enum finding_kind)k;
		return 0;
	}
	return errmsg_set(r->err, "unknown kind '%s'", j->string);
}

static const struct findjson_member finding_head[] = {
	{ "id", FINDJSON_TEXT, offsetof(struct finding, id), false },
	{ "state", FINDJSON_TEXT, offsetof(struct finding, state), true },
	{ "state_reason", FINDJSON_TEXT, offsetof(struct finding, state_reason),
	    true },
	{ "title", FINDJSON_TEXT, offsetof(struct finding, title), true },
	{ "reason", FINDJSON_TEXT, offsetof(struct finding, reason), false },
	{ "case", FINDJSON_TEXT, offsetof(struct finding, case_id), true },
	{ NULL, 0, 0, false },
};

static int
read_finding(struct results *rs, const struct json *obj, struct errmsg *err)
{
	struct findjson_reader r = { &rs->arena, err };
	struct finding f = { 0 };

	if (findjson_get_object(&r, obj, "rule", findjson_rule, &f) < 0 ||
	    findjson_get_members(&r, obj, finding_head, &f) < 0 ||
	    read_kind(&r, obj, &f.kind) < 0 ||
	    read_score(&r, obj, &f.score) < 0 ||
	    findjson_get_object(&r, obj, "entity", findjson_entity, &f) < 0 ||
	    read_params(&r, obj, &f) < 0 || read_group(&r, obj, &f) < 0 ||
	    findjson_get_members(&r, obj, findjson_times, &f) < 0 ||
	    read_measure(&r, obj, &f) < 0 || read_also(&r, obj, &f) < 0 ||
	    read_tally(&r, obj, &f.calls) < 0 ||
	    findjson_get_texts(&r, obj, "triage", &f.triage, &f.ntriage) < 0 ||
	    findjson_get_texts(&r, obj, "waivers", &f.waivers, &f.nwaivers) <
		0 ||
	    read_evidence(&r, obj, &f) < 0)
		return -1;
	if (rs->run.ruleset == NULL &&
	    findjson_get_optional(&r, obj, "ruleset", &rs->run.ruleset) < 0)
		return -1;
	*results_finding(rs) = f;
	return 0;
}

static const struct findjson_member case_head[] = {
	{ "id", FINDJSON_TEXT, offsetof(struct fraud_case, id), false },
	{ "state", FINDJSON_TEXT, offsetof(struct fraud_case, state), true },
	{ "previous", FINDJSON_TEXT, offsetof(struct fraud_case, previous),
	    true },
	{ NULL, 0, 0, false },
};

static int
read_case(struct results *rs, const struct json *obj, struct errmsg *err)
{
	struct findjson_reader r = { &rs->arena, err };
	struct fraud_case c = { 0 };
	void *points = NULL;

	if (findjson_get_members(&r, obj, case_head, &c) < 0 ||
	    findjson_get_texts(&r, obj, "merged_into", &c.heirs, &c.nheirs) <
		0 ||
	    read_score(&r, obj, &c.score) < 0 ||
	    findjson_get_object(&r, obj, "entity", findjson_case_entity, &c) <
		0 ||
	    findjson_get_members(&r, obj, findjson_case_times, &c) < 0 ||
	    read_tally(&r, obj, &c.calls) < 0 ||
	    findjson_get_list(&r, obj, "points", findjson_point,
		sizeof(struct point), &points, &c.npoints) < 0 ||
	    findjson_get_texts(&r, obj, "findings", &c.findings, &c.nfindings) <
		0)
		return -1;
	c.points = points;
	*results_case(rs) = c;
	return 0;
}

static int
read_waivers(struct findjson_reader *r, const struct json *obj, struct run *run)
{
	const struct json *e;
	struct waiver_told *w;
	void *list;

	if (json_get(obj, "waivers") == NULL)
		return 0;
	if (findjson_get_list(r, obj, "waivers", findjson_waiver, sizeof(*w),
		&list, &run->nwaivers) < 0)
		return -1;
	run->waivers = w = list;
	for (e = json_get(obj, "waivers")->first; e != NULL; e = e->next, w++)
		if (read_tally(r, e, &w->calls) < 0)
			return -1;
	return 0;
}

static int
read_run(struct results *rs, const struct json *obj, struct errmsg *err)
{
	struct findjson_reader r = { &rs->arena, err };
	struct run run = { 0 };
	void *feeds = NULL;

	if (findjson_get_members(&r, obj, findjson_run_head, &run) < 0 ||
	    findjson_get_object(&r, obj, "counts", findjson_counts,
		&run.counts) < 0 ||
	    findjson_get_object(&r, obj, "rules", findjson_run_rules, &run) <
		0 ||
	    findjson_get_list(&r, obj, "feeds", findjson_feed,
		sizeof(struct feed), &feeds, &run.nfeeds) < 0 ||
	    read_waivers(&r, obj, &run) < 0 ||
	    findjson_get_texts(&r, obj, "remarks", &run.remarks,
		&run.nremarks) < 0)
		return -1;
	run.feeds = feeds;
	run.complete = true;
	rs->run = run;
	return 0;
}

int
findjson_read(struct results *rs, const struct json *obj, struct errmsg *err)
{
	static const struct {
		const char *schema;
		int (*read)(struct results *rs, const struct json *obj,
		    struct errmsg *err);
	} kinds[] = {
		{ FINDJSON_FINDING, read_finding },
		{ FINDJSON_CASE, read_case },
		{ FINDJSON_RUN, read_run },
	};
	const char *schema = json_get_string(obj, "schema");
	size_t i;

	if (schema == NULL)
		return errmsg_set(err, "an object with a \"schema\" is needed");
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].schema, schema) != 0)
			continue;
		if (kinds[i].read(rs, obj, err) < 0)
			return errmsg_prefix(err, "%s: ", schema);
		return 0;
	}
	return errmsg_set(err, "unknown schema '%s'", schema);
}
