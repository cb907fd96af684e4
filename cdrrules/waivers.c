/* cdrrules waivers: all waivers, what they are for and whether they are used. */
#include "rules.h"

#include <string.h>

#include "io/jsonout.h"
#include "store/store_findings.h"
#include "tel/calltime.h"
#include "tel/money.h"

enum { MATCH_BYTES = 60 };
static const int64_t day_ms = 24 * 3600 * INT64_C(1000);

struct listing {
	struct rules_run *r;
	struct results last; /* of the store; empty without one */
	bool has_last;
	int64_t today, soon; /* days; soon -1: not asked */
};

/* What the last run told of it, NULL for nothing. */
static const struct waiver_told *
told(const struct listing *l, const struct waiver *w)
{
	size_t i;

	for (i = 0; i < l->last.run.nwaivers; i++)
		if (strcmp(l->last.run.waivers[i].id, w->id) == 0)
			return &l->last.run.waivers[i];
	return NULL;
}

static const char *
state(const struct listing *l, const struct waiver *w)
{
	if (l->today >= w->expires)
		return "expired";
	return l->today < w->from ? "later" : "holds";
}

static bool
wanted(const struct listing *l, const struct waiver *w)
{
	const struct rules_options *o = l->r->o;
	const struct waiver_told *t = told(l, w);

	if (o->expired && l->today < w->expires)
		return false;
	if (o->unused && t != NULL && t->calls.calls > 0)
		return false;
	return l->soon < 0 ||
	       (l->today < w->expires && w->expires - l->today <= l->soon);
}

static void
put_rules(struct buf *out, const struct waiver *w, const char *between)
{
	size_t i;

	for (i = 0; i < w->rules.n; i++)
		buf_addf(out, "%s%s", i > 0 ? between : "", w->rules.list[i]);
}

/* ", at most 20 calls and 50 a day" */
static void
put_limit(struct buf *out, const struct waiver *w)
{
	if (w->calls_per_day == 0 && w->cost_per_day == 0)
		return;
	buf_addstr(out, ", at most");
	if (w->calls_per_day > 0)
		buf_addf(out, " %lld call%s", (long long)w->calls_per_day,
		    diag_s(w->calls_per_day));
	if (w->cost_per_day > 0) {
		buf_addstr(out,
		    w->calls_per_day > 0 ? " and a cost of " : " a cost of ");
		money_print(out, w->cost_per_day);
	}
	buf_addstr(out, " a day");
}

static void
put_text(struct listing *l, const struct waiver *w)
{
	const struct waiver_told *t = told(l, w);
	struct buf *out = &l->r->out;
	size_t i;

	buf_addf(out, "%s  %s, ", w->id, state(l, w));
	date_print(out, w->from);
	buf_addstr(out, " to ");
	date_print(out, w->expires - 1);
	buf_addf(out, ", %s: %s", w->owner, w->reason);
	if (w->ticket != NULL)
		buf_addf(out, " (%s)", w->ticket);
	buf_addstr(out, "\n    ");
	put_rules(out, w, ", ");
	buf_addstr(out, " for ");
	predicate_brief(w->match, MATCH_BYTES, out);
	put_limit(out, w);
	buf_addch(out, '\n');
	if (!l->has_last)
		return;
	if (t == NULL || t->calls.calls == 0) {
		buf_addstr(out, "    no call in the last run\n");
		return;
	}
	buf_addf(out, "    %lld call%s in the last run",
	    (long long)t->calls.calls, t->calls.calls == 1 ? "" : "s");
	for (i = 0; i < t->calls.nmoney; i++) {
		buf_addf(out, ", %s ", t->calls.money[i].currency);
		money_print(out, t->calls.money[i].micro);
	}
	if (t->days_over > 0)
		buf_addf(out, ", over its limit on %lld day%s",
		    (long long)t->days_over, diag_s(t->days_over));
	buf_addch(out, '\n');
}

static void
json_match(struct jsonout *j, const struct waiver *w)
{
	const struct json *m = json_get(w->json, "match");
	struct buf text;

	if (m == NULL)
		return;
	buf_init(&text);
	buf_add(&text, json_text(m->doc) + m->begin, m->end - m->begin);
	jsonout_key(j, "match");
	jsonout_raw(j, text.data);
	buf_fini(&text);
}

static void
json_limit(struct jsonout *j, const struct waiver *w)
{
	if (w->calls_per_day == 0 && w->cost_per_day == 0)
		return;
	jsonout_key(j, "limit");
	jsonout_object(j);
	if (w->calls_per_day > 0)
		jsonout_kint(j, "calls_per_day", w->calls_per_day);
	if (w->cost_per_day > 0) {
		jsonout_key(j, "cost_per_day");
		jsonout_decimal(j, w->cost_per_day, 6);
	}
	jsonout_end_object(j);
}

/* What the last run told of it; NULL: nothing. */
static void
json_use(struct jsonout *j, const struct waiver_told *t)
{
	size_t i;

	jsonout_kint(j, "calls", t != NULL ? t->calls.calls : 0);
	if (t == NULL)
		return;
	jsonout_key(j, "money");
	jsonout_array(j);
	for (i = 0; i < t->calls.nmoney; i++) {
		jsonout_object(j);
		jsonout_key(j, "cost");
		jsonout_decimal(j, t->calls.money[i].micro, 6);
		jsonout_kstring_opt(j, "currency", t->calls.money[i].currency);
		jsonout_end_object(j);
	}
	jsonout_end_array(j);
	jsonout_kint(j, "days_over", t->days_over);
}

static void
put_json(const struct listing *l, struct jsonout *j, const struct waiver *w)
{
	const struct waiver_told *t = told(l, w);
	size_t i;

	jsonout_object(j);
	jsonout_kstring(j, "id", w->id);
	jsonout_kstring(j, "state", state(l, w));
	jsonout_key(j, "rules");
	jsonout_array(j);
	for (i = 0; i < w->rules.n; i++)
		jsonout_string(j, w->rules.list[i]);
	jsonout_end_array(j);
	jsonout_kstring(j, "owner", w->owner);
	jsonout_kstring(j, "reason", w->reason);
	jsonout_kstring_opt(j, "ticket", w->ticket);
	date_json(j, "from", w->from);
	date_json(j, "expires", w->expires);
	json_match(j, w);
	json_limit(j, w);
	if (l->has_last)
		json_use(j, t);
	jsonout_kstring(j, "file", w->file);
	jsonout_kint(j, "line", w->line);
	jsonout_end_object(j);
}

static int
load_last(struct listing *l)
{
	const struct setup *s = &l->r->setup;
	struct store *store = NULL;
	struct errmsg err;
	int got;

	if (s->db == NULL)
		return 0;
	got = store_open(&store, s->db, STORE_READ, &err);
	if (got == 0)
		got = store_findings_load(store, &l->last, &err);
	store_close(&store);
	if (got < 0)
		diag_error(&s->diag, "%s", err.text);
	l->has_last = got == 0;
	return got < 0 ? -1 : 0;
}

static int
settle(struct listing *l)
{
	const struct rules_options *o = l->r->o;
	const struct setup *s = &l->r->setup;
	const struct zone *z = s->zone != NULL ? s->zone : zone_utc();
	int64_t ms;

	l->today = zone_local_day(z, s->now);
	l->soon = -1;
	if (o->soon != NULL) {
		if (span_parse(o->soon, &ms) != 0 || ms < 0) {
			diag_error(&s->diag,
			    "--soon: not a span such as 14d: '%s'", o->soon);
			return -1;
		}
		l->soon = ms / day_ms;
	}
	if (load_last(l) != 0)
		return -1;
	if (o->unused && !l->has_last) {
		diag_error(&s->diag, "--unused needs a store with a run");
		return -1;
	}
	return 0;
}

/* An empty list is as good as an answer that never came. */
static void
say_none(const struct rules_run *r)
{
	size_t n = r->rules.nwaivers;

	if (n > 0)
		diag_remark(&r->setup.diag, "none of %zu waiver%s", n,
		    diag_s((int64_t)n));
	else if (r->setup.config.waivers == NULL)
		diag_remark(&r->setup.diag,
		    "no waivers: the configuration names no folder of them");
	else
		diag_remark(&r->setup.diag, "no waivers in %s",
		    r->setup.config.waivers);
}

int
command_waivers(struct rules_run *r)
{
	struct listing l = { .r = r };
	const struct ruleset *rs = &r->rules;
	bool json = r->o->common.format[0] == 'j';
	struct jsonout j;
	int status = EXIT_NOT_DONE;
	size_t i, shown = 0;

	results_init(&l.last);
	if (settle(&l) == 0) {
		if (json)
			jsonout_begin_list(&j, &r->out);
		for (i = 0; i < rs->nwaivers; i++) {
			if (!wanted(&l, rs->waivers[i]))
				continue;
			shown++;
			if (json)
				put_json(&l, &j, rs->waivers[i]);
			else
				put_text(&l, rs->waivers[i]);
		}
		if (json)
			jsonout_end_list(&j);
		if (shown == 0)
			say_none(r);
		status = EXIT_DONE;
	}
	results_fini(&l.last);
	return status;
}
