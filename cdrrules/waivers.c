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
	buf_addf(out, ", %s: %s\n    ", w->owner, w->reason);
	put_rules(out, w, ", ");
	buf_addstr(out, " for ");
	predicate_brief(w->match, MATCH_BYTES, out);
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
	buf_addch(out, '\n');
}

static void
put_date(struct jsonout *j, const char *key, int64_t day)
{
	struct buf b;

	buf_init(&b);
	date_print(&b, day);
	jsonout_kstring(j, key, b.data);
	buf_fini(&b);
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
	put_date(j, "from", w->from);
	put_date(j, "expires", w->expires);
	if (l->has_last)
		jsonout_kint(j, "calls", t != NULL ? t->calls.calls : 0);
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

int
command_waivers(struct rules_run *r)
{
	struct listing l = { .r = r };
	const struct ruleset *rs = &r->rules;
	bool json = r->o->common.format[0] == 'j';
	struct jsonout j;
	int status = EXIT_NOT_DONE;
	size_t i;

	results_init(&l.last);
	if (settle(&l) == 0) {
		if (json)
			jsonout_begin_list(&j, &r->out);
		for (i = 0; i < rs->nwaivers; i++) {
			if (!wanted(&l, rs->waivers[i]))
				continue;
			if (json)
				put_json(&l, &j, rs->waivers[i]);
			else
				put_text(&l, rs->waivers[i]);
		}
		if (json)
			jsonout_end_list(&j);
		status = EXIT_DONE;
	}
	results_fini(&l.last);
	return status;
}
