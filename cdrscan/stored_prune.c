/*
 * Old calls are deleted, and findings with them.  A rule judges a call by what
 * came before it, so findings that began less than the longest look back after
 * the first call that is left are frozen: as they were when all was there.
 */
#include "stored.h"

#include <stdlib.h>

#include "rule/quantity.h"
#include "store/store_calls.h"
#include "tel/calltime.h"

#define DAY_MS     (INT64_C(24) * 3600 * 1000)
#define EPISODE_MS (7 * DAY_MS)
/* --no-archive: so many days can be scored anew, for late files. */
#define LATE_MS (31 * DAY_MS)

static int64_t
longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
window_of(const struct measure *m)
{
	switch (m->window) {
	case WINDOW_OVER:
		return m->over;
	case WINDOW_HOUR:
	case WINDOW_DAY:
		return 2 * DAY_MS;
	case WINDOW_WEEK:
		return 8 * DAY_MS;
	default:
		return 0;
	}
}

/* How far before a finding's first call its rule looks. */
static int64_t
look_back(const struct rule *r)
{
	const struct measure *m = &r->measure;
	int64_t span = EPISODE_MS + r->quiet + window_of(m);

	if (r->baseline.present)
		span += r->baseline.history;
	if (m->fn == MEASURE_GAP || m->fn == MEASURE_SILENCE)
		span += longer(m->history,
		    longer(r->when.gte, r->when.gt) / RULE_UNIT);
	if (r->follows.rule != NULL)
		span += r->follows.within + look_back(r->follows.rule);
	return span;
}

static int64_t
longest_look_back(const struct scan *s)
{
	int64_t span = 0;
	size_t i;

	for (i = 0; i < s->rules.n; i++)
		if (s->rules.rules[i]->enabled)
			span = longer(span, look_back(s->rules.rules[i]));
	return span;
}

/* What never was is told from all days with records; others follow that. */
static bool
is_boundless(const struct rule *r)
{
	for (; r != NULL; r = r->follows.rule)
		if (r->measure.fn == MEASURE_GAP)
			return true;
	return false;
}

static void
list_boundless(struct stored_run *r)
{
	const struct ruleset *rules = &r->s->rules;
	struct arena *arena = &r->s->results.arena;
	const char **list = arena_array(arena, rules->n, sizeof(*list));
	size_t i, n = 0;

	for (i = 0; i < rules->n; i++)
		if (rules->rules[i]->enabled && is_boundless(rules->rules[i]))
			list[n++] = arena_printf(arena, "xxh128:%s",
			    rules->rules[i]->hash);
	r->changes.boundless = list;
	r->changes.nboundless = n;
}

int
stored_freeze(struct stored_run *r, struct errmsg *err)
{
	int64_t horizon;

	if (store_horizon(r->store, &horizon, err) != 0)
		return -1;
	if (horizon != INT64_MIN)
		r->s->frozen = horizon + longest_look_back(r->s);
	r->changes.frozen = r->s->frozen;
	list_boundless(r);
	return 0;
}

/* A live log may have them every night; who names a file must be told. */
int
stored_say_left_out(const struct stored_run *r, struct errmsg *err)
{
	const struct batch *b = r->s->batch;
	int64_t horizon, n = 0;
	struct buf when;
	size_t i;

	if (store_horizon(r->store, &horizon, err) != 0)
		return -1;
	for (i = 0; horizon != INT64_MIN && i < b->n; i++)
		n += b->calls[i].start < horizon &&
		     batch_event(b, i) != EVENT_QUALITY;
	if (n == 0)
		return 0;
	buf_init(&when);
	time_rfc3339(&when, horizon);
	(r->s->from_config ? diag_info : diag_remark)(&r->s->setup.diag,
	    "%lld record%s from before %s left out, as deleted ones are",
	    (long long)n, diag_s(n), when.data);
	buf_fini(&when);
	return 0;
}

/* What is kept: what was asked for, and at least what the rules look at. */
static int64_t
kept_span(const struct stored_run *r)
{
	const struct scan *s = r->s;
	const int64_t least = longest_look_back(s) + LATE_MS;
	const int64_t wanted = s->o->no_archive ? 0 : s->setup.config.retention;
	struct buf a, b;

	if (wanted == 0 || wanted >= least)
		return longer(wanted, least);
	buf_init(&a);
	buf_init(&b);
	span_print(&a, wanted);
	span_print(&b, (least + DAY_MS - 1) / DAY_MS * DAY_MS);
	diag_warn(&s->setup.diag,
	    "retention %s is shorter than what the rules look at: %s are kept",
	    a.data, b.data);
	buf_fini(&a);
	buf_fini(&b);
	return (least + DAY_MS - 1) / DAY_MS * DAY_MS;
}

static void
say_pruned(const struct stored_run *r, int64_t start, int64_t calls,
    int64_t findings)
{
	struct buf when;

	buf_init(&when);
	time_rfc3339(&when, start);
	diag_info(&r->s->setup.diag,
	    "%lld call%s and %lld finding%s from before %s deleted",
	    (long long)calls, diag_s(calls), (long long)findings,
	    diag_s(findings), when.data);
	buf_fini(&when);
}

int
stored_prune(struct stored_run *r, struct errmsg *err)
{
	const struct scan *s = r->s;
	int64_t start, calls, findings = 0;

	if (!s->o->prune && !s->o->no_archive)
		return 0;
	/* No reason to leave the calls of a night without a look. */
	if (!s->o->no_archive && s->setup.config.retention == 0) {
		diag_warn(&s->setup.diag,
		    "--prune: nothing is deleted, for the configuration has no "
		    "\"retention\"");
		return 0;
	}
	start = s->results.run.as_of - kept_span(r);
	if (store_calls_prune(r->store, start, &calls, err) != 0)
		return -1;
	if (!s->o->no_archive &&
	    store_findings_prune(r->store, start, &findings, err) != 0)
		return -1;
	say_pruned(r, start, calls, findings);
	return 0;
}

void
stored_settle_deleted(struct stored_run *r)
{
	struct scan *s = r->s;
	struct errmsg err;
	const int got = store_settle_deleted(r->store, &err);

	if (got == 0)
		return;
	diag_warn(&s->setup.diag,
	    "%s; until the next run deleted calls can be found in the store's "
	    "files",
	    err.text);
	if (got < 0)
		s->status = diag_worse(s->status, EXIT_INCOMPLETE);
}
