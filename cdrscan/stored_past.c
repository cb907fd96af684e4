/*
 * What the last run found is a cache: where the store says of which calls it
 * found that, day by day, and by what else, this run looks at what came since
 * (detect/detect.h, struct detect_past).  Whoever deletes what is in the table
 * cache has everything looked at again, with the same findings.
 *
 * What stands there is of the last run, and made by the same, or it is not
 * looked at: "days" has the sums of the days, "rule ID" what that rule keeps.
 */
#include "stored.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/daysums.h"
#include "store/store_cache.h"
#include "tel/calltime.h"

#define DAYS "days"

/* What must be alike, if the run `number` wrote it. */
static void
add_terms(const struct stored_run *r, int64_t number, struct buf *out)
{
	const struct scan *s = r->s;

	buf_addf(out, "%" PRId64 " %s %s %s %s", number, CDRGUARD_VERSION,
	    s->o->sensitivity != NULL ? s->o->sensitivity : "1", r->config,
	    s->setup.zone != NULL ? zone_name(s->setup.zone) : "-");
}

static void
name_kept(const char *rule, struct buf *out)
{
	buf_reset(out);
	buf_addf(out, "rule %s", rule);
}

/*
 * A run that judges by some of the rules, or whose store lacks calls that were
 * judged, neither has such a past nor leaves one; nor where runs changed what
 * the store has.
 */
static int
has_past(const struct stored_run *r, bool *has, struct errmsg *err)
{
	const struct scan_options *o = r->s->o;
	int64_t horizon;

	if (store_horizon(r->store, &horizon, err) != 0)
		return -1;
	*has = horizon == INT64_MIN && o->only.n + o->except.n == 0 &&
	       !o->rescore && o->forget == NULL;
	return 0;
}

/*
 * The findings that stand, of those that the store has, and were made by rules
 * as they are now: what these left out of the time before (stored_changed.c),
 * is no past of theirs.
 */
static void
take_findings(struct stored_run *r)
{
	struct scan *s = r->s;
	struct results *rs = &s->earlier;
	const struct finding *f;
	size_t i, n = 0;

	for (i = 0; i < rs->n; i++) {
		f = rs->findings[i];
		if (strcmp(f->state, "closed") != 0 &&
		    f->last_seen >= stored_judged_since(r, f->rule))
			rs->findings[n++] = rs->findings[i];
	}
	rs->n = n;
	s->past.list = rs->findings;
	s->past.n = n;
	s->past.rules = &s->rules;
	s->past.since = r->since;
	s->past.begins = INT64_MIN;
}

static int
take_one(struct stored_run *r, const char *rule, const char *terms,
    struct errmsg *err)
{
	struct buf name, body;
	int got;

	buf_init(&name);
	buf_init(&body);
	name_kept(rule, &name);
	got = store_cache_get(r->store, name.data, terms, &body, err);
	if (got == 1)
		buf_add(detect_keep_put(&r->s->kept_before, rule), body.data,
		    body.len);
	buf_fini(&name);
	buf_fini(&body);
	return got < 0 ? -1 : 0;
}

/* What the rules kept, each for itself and together. */
static int
take_kept(struct stored_run *r, const char *terms, struct errmsg *err)
{
	static const char *const shared[] = { DETECT_KEEP_KNOWN,
		DETECT_KEEP_CALLERS, DETECT_KEEP_CALLS, DETECT_KEEP_RULES,
		DETECT_KEEP_CARRIED };
	const struct ruleset *rules = &r->s->rules;
	size_t i;
	int got = 0;

	for (i = 0; i < rules->n && got == 0; i++)
		got = take_one(r, rules->rules[i]->id, terms, err);
	for (i = 0; i < sizeof(shared) / sizeof(shared[0]) && got == 0; i++)
		got = take_one(r, shared[i], terms, err);
	r->s->past.keep = &r->s->kept_before;
	return got;
}

/* 1; 0 where there is no past of the last run, by the same terms. */
static int
take_past(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;
	struct buf terms, days;
	int got;

	buf_init(&terms);
	buf_init(&days);
	add_terms(r, r->number - 1, &terms);
	got = store_cache_get(r->store, DAYS, terms.data, &days, err);
	s->past.from =
	    got == 1 ? daysums_since(&r->days, days.data) : INT64_MIN;
	s->has_past = s->past.from != INT64_MIN;
	if (s->has_past)
		got = take_kept(r, terms.data, err);
	if (s->has_past && got == 0)
		got = store_findings_load(r->store, &s->earlier, err);
	buf_fini(&terms);
	buf_fini(&days);
	return got < 0 ? -1 : s->has_past;
}

static void
say_past(const struct stored_run *r)
{
	const struct detect_past *past = &r->s->past;
	struct buf when;

	buf_init(&when);
	time_rfc3339(&when, past->from);
	diag_info(&r->s->setup.diag,
	    "calls before %s are as they were: %zu finding%s of earlier "
	    "runs gone on from",
	    when.data, past->n, diag_s((int64_t)past->n));
	buf_fini(&when);
}

int
stored_past_take(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;
	struct stages_span span;
	int got;

	stages_begin(s->stages, &span, "earlier findings");
	daysums_take(&r->days, s->batch, (size_t)s->o->threads);
	got = has_past(r, &s->keeps, err);
	if (got == 0 && s->keeps)
		got = take_past(r, err);
	if (got == 1) {
		take_findings(r);
		say_past(r);
	}
	stages_end(s->stages, &span, (int64_t)s->past.n, "findings");
	return got < 0 ? -1 : 0;
}

static int
keep_rules(struct stored_run *r, const char *terms, struct errmsg *err)
{
	const struct detect_keep *keep = &r->s->keep;
	struct buf name;
	size_t i;
	int got = 0;

	buf_init(&name);
	for (i = 0; i < keep->n && got == 0; i++) {
		name_kept(keep->list[i].rule, &name);
		got = store_cache_put(r->store, name.data, terms,
		    &keep->list[i].body, err);
	}
	buf_fini(&name);
	return got;
}

int
stored_past_keep(struct stored_run *r, struct errmsg *err)
{
	struct buf terms, days;
	bool has;
	int got;

	if (has_past(r, &has, err) != 0 ||
	    store_cache_clear(r->store, err) != 0)
		return -1;
	if (!has || !r->s->complete)
		return 0;
	buf_init(&terms);
	buf_init(&days);
	add_terms(r, r->number, &terms);
	daysums_print(&r->days, &days);
	got = store_cache_put(r->store, DAYS, terms.data, &days, err);
	if (got == 0)
		got = keep_rules(r, terms.data, err);
	buf_fini(&terms);
	buf_fini(&days);
	return got;
}
