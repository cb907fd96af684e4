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
static void
cell_points(struct buf *b, const struct csv_row *r)
{
	const struct fraud_case *c = r->vc != NULL ? r->vc->c : NULL;
	int64_t sum = 0;
	size_t i;

	for (i = 0; c != NULL && i < c->npoints; i++)
		if (c->points[i].finding != NULL &&
		    strcmp(c->points[i].finding, r->f->id) == 0)
			sum += c->points[i].points;
	if (c != NULL)
		put_int(b, sum);
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

const struct csv_column csv_columns[] = {
	{ "case", cell_case },
	{ "case_score", cell_case_score },
	{ "case_state", cell_case_state },
	{ "news", cell_news },
	{ "finding", cell_finding },
	{ "kind", cell_kind },
	{ "state", cell_state },
	{ "score", cell_score },
	{ "severity", cell_severity },
	{ "points", cell_points },
	{ "entity_type", cell_entity_type },
	{ "entity", cell_entity },
	{ "group", cell_group },
	{ "rule", cell_rule },
	{ "rule_version", cell_rule_version },
	{ "rule_name", cell_rule_name },
	{ "family", cell_family },
	{ "fraud_type", cell_fraud_type },
	{ "first_seen", cell_first_seen },
	{ "last_seen", cell_last_seen },
	{ "crossed_at", cell_crossed_at },
	{ "calls", cell_calls },
	{ "duration_s", cell_duration },
	{ "cost", cell_cost },
	{ "currency", cell_currency },
	{ "reason", cell_reason },
	{ "waivers", cell_waivers },
	{ "run", cell_run },
};

const size_t csv_ncolumns = sizeof(csv_columns) / sizeof(csv_columns[0]);
