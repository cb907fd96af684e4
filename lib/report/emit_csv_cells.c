/* What stands in each column. */
#include <string.h>

#include "base/utf8.h"
#include "io/jsonout.h"
#include "report/emit_csv_impl.h"
#include "report/words.h"
#include "tel/calltime.h"

static void
put_int(struct buf *b, int64_t v)
{
	buf_addf(b, "%lld", (long long)v);
}

static void
put_text(struct buf *b, const char *text)
{
	if (text != NULL)
		utf8_repair(b, text, strlen(text));
}

static void
put_time(struct buf *b, int64_t utc_ms)
{
	if (utc_ms != 0)
		time_rfc3339(b, utc_ms);
}

static void
cell_finding(struct buf *b, const struct csv_row *r)
{
	put_text(b, r->f->id);
}

static void
cell_kind(struct buf *b, const struct csv_row *r)
{
	put_text(b, finding_kind_name(r->f->kind));
}

static void
cell_state(struct buf *b, const struct csv_row *r)
{
	put_text(b, r->f->state);
}

static void
cell_rule(struct buf *b, const struct csv_row *r)
{
	put_text(b, r->f->rule);
}

static void
cell_rule_version(struct buf *b, const struct csv_row *r)
{
	put_int(b, r->f->rule_version);
}

static void
cell_rule_name(struct buf *b, const struct csv_row *r)
{
	put_text(b, r->f->title);
}

static void
cell_family(struct buf *b, const struct csv_row *r)
{
	put_text(b, r->f->family);
}

static void
cell_fraud_type(struct buf *b, const struct csv_row *r)
{
	put_text(b, r->f->fraud_type);
}

static void
cell_score(struct buf *b, const struct csv_row *r)
{
	put_int(b, r->f->score);
}

static void
cell_severity(struct buf *b, const struct csv_row *r)
{
	put_text(b, severity_name(severity_of(r->f->score)));
}

/* What it adds to the score of its case. */
static int64_t
number_points(const struct csv_row *r)
{
	const struct fraud_case *c = r->vc != NULL ? r->vc->c : NULL;
	int64_t sum = 0;
	size_t i;

	for (i = 0; c != NULL && i < c->npoints; i++)
		if (c->points[i].finding != NULL &&
		    strcmp(c->points[i].finding, r->f->id) == 0)
			sum += c->points[i].points;
	return sum;
}

static void
cell_points(struct buf *b, const struct csv_row *r)
{
	if (r->vc != NULL)
		put_int(b, number_points(r));
}

static void
cell_entity_type(struct buf *b, const struct csv_row *r)
{
	put_text(b, r->f->entity_type);
}

static void
cell_entity(struct buf *b, const struct csv_row *r)
{
	put_text(b, r->f->entity);
}

static void
cell_group(struct buf *b, const struct csv_row *r)
{
	size_t i;

	for (i = 0; i < r->f->ngroup; i++) {
		buf_addf(b, "%s%s=", i > 0 ? ";" : "", r->f->group_fields[i]);
		put_text(b, r->f->group_values[i]);
	}
}

static void
cell_first_seen(struct buf *b, const struct csv_row *r)
{
	put_time(b, r->f->first_seen);
}

static void
cell_last_seen(struct buf *b, const struct csv_row *r)
{
	put_time(b, r->f->last_seen);
}

static void
cell_crossed_at(struct buf *b, const struct csv_row *r)
{
	put_time(b, r->f->crossed_at);
}

static void
cell_calls(struct buf *b, const struct csv_row *r)
{
	put_int(b, r->f->calls.calls);
}

static void
cell_duration(struct buf *b, const struct csv_row *r)
{
	put_int(b, r->f->calls.duration / 1000);
}

static void
cell_cost(struct buf *b, const struct csv_row *r)
{
	struct jsonout j;
	size_t i;

	for (i = 0; i < r->f->calls.nmoney; i++) {
		buf_addstr(b, i > 0 ? ";" : "");
		jsonout_init(&j, b, false);
		jsonout_decimal(&j, r->f->calls.money[i].micro, 6);
	}
}

static void
cell_currency(struct buf *b, const struct csv_row *r)
{
	size_t i;

	for (i = 0; i < r->f->calls.nmoney; i++) {
		buf_addstr(b, i > 0 ? ";" : "");
		put_text(b, r->f->calls.money[i].currency);
	}
}

static void
cell_reason(struct buf *b, const struct csv_row *r)
{
	put_text(b, r->f->reason);
}

static void
cell_waivers(struct buf *b, const struct csv_row *r)
{
	size_t i;

	for (i = 0; i < r->f->nwaivers; i++) {
		buf_addstr(b, i > 0 ? ";" : "");
		put_text(b, r->f->waivers[i]);
	}
}

static void
cell_case(struct buf *b, const struct csv_row *r)
{
	put_text(b, r->f->case_id);
}

static void
cell_case_state(struct buf *b, const struct csv_row *r)
{
	if (r->vc != NULL)
		put_text(b, r->vc->c->state);
}

static void
cell_case_score(struct buf *b, const struct csv_row *r)
{
	if (r->vc != NULL)
		put_int(b, r->vc->c->score);
}

static void
cell_news(struct buf *b, const struct csv_row *r)
{
	if (r->vc != NULL)
		put_text(b, words_news(r->vc));
}

static void
cell_run(struct buf *b, const struct csv_row *r)
{
	put_text(b, r->run->id);
}

/* What is sorted by its number; of several amounts by the greatest. */
#define NUMBER(column, value)                                   \
	static int64_t number_##column(const struct csv_row *r) \
	{                                                       \
		return value;                                   \
	}

NUMBER(case_score, r->vc != NULL ? r->vc->c->score : 0)
NUMBER(score, r->f->score)
NUMBER(severity, severity_of(r->f->score))
NUMBER(rule_version, r->f->rule_version)
NUMBER(first_seen, r->f->first_seen)
NUMBER(last_seen, r->f->last_seen)
NUMBER(crossed_at, r->f->crossed_at)
NUMBER(calls, r->f->calls.calls)
NUMBER(duration, r->f->calls.duration)
NUMBER(cost, tally_exposure(&r->f->calls))

const struct csv_column csv_columns[] = {
	{ "case", cell_case, NULL },
	{ "case_score", cell_case_score, number_case_score },
	{ "case_state", cell_case_state, NULL },
	{ "news", cell_news, NULL },
	{ "finding", cell_finding, NULL },
	{ "kind", cell_kind, NULL },
	{ "state", cell_state, NULL },
	{ "score", cell_score, number_score },
	{ "severity", cell_severity, number_severity },
	{ "points", cell_points, number_points },
	{ "entity_type", cell_entity_type, NULL },
	{ "entity", cell_entity, NULL },
	{ "group", cell_group, NULL },
	{ "rule", cell_rule, NULL },
	{ "rule_version", cell_rule_version, number_rule_version },
	{ "rule_name", cell_rule_name, NULL },
	{ "family", cell_family, NULL },
	{ "fraud_type", cell_fraud_type, NULL },
	{ "first_seen", cell_first_seen, number_first_seen },
	{ "last_seen", cell_last_seen, number_last_seen },
	{ "crossed_at", cell_crossed_at, number_crossed_at },
	{ "calls", cell_calls, number_calls },
	{ "duration_s", cell_duration, number_duration },
	{ "cost", cell_cost, number_cost },
	{ "currency", cell_currency, NULL },
	{ "reason", cell_reason, NULL },
	{ "waivers", cell_waivers, NULL },
	{ "run", cell_run, NULL },
};

const size_t csv_ncolumns = sizeof(csv_columns) / sizeof(csv_columns[0]);
