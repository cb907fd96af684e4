/*
 * What the last run found is a cache: where the store says of which calls it
 * found that, hour by hour, and by what else, this run looks at what came since
 * (detect/detect.h, struct detect_past).  Whoever deletes what is in the table
 * cache has everything looked at again, with the same findings.
 *
 * What stands there is of the last run, and made by the same, or it is not
 * looked at: "days" has sums of the hours, "rule ID" what that rule keeps,
 * "sources", "trunks", "legs" and "hours" what is needed to know of calls that
 * are not looked at.  These are as they were if nothing came before their end,
 * nor made the hours behind it, of which sums are made, others than they were.
 */
#include "stored.h"

#include <string.h>

#include "cdr/daysums.h"
#include "cdr/legs.h"
#include "tel/calltime.h"

#define HOUR_MS INT64_C(3600000)

bool
stored_may_have_past(const struct stored_run *r)
{
	const struct scan_options *o = r->s->o;

	return o->only.n + o->except.n == 0 && !o->rescore && o->forget == NULL;
}

int
stored_has_past(const struct stored_run *r, bool *has, struct errmsg *err)
{
	int64_t horizon;

	if (store_horizon(r->store, &horizon, err) != 0)
		return -1;
	*has = horizon == INT64_MIN && stored_may_have_past(r);
	return 0;
}

/*
 * The findings that stand, of those that were read, and were made by rules as
 * they are now: what these left out of the time before (stored_changed.c), is
 * no past of theirs.
 */
static void
list_findings(struct stored_run *r)
{
	struct scan *s = r->s;
	struct results *rs = &s->earlier;
	const struct finding *f;
	size_t i, n = 0;

	for (i = 0; i < rs->n; i++) {
		f = rs->findings[i];
		if (!state_is_closed(f->state) &&
		    f->last_seen >= stored_judged_since(r, f->rule))
			rs->findings[n++] = rs->findings[i];
	}
	rs->n = n;
	s->past.list = rs->findings;
	s->past.n = n;
	s->past.rules = &s->rules;
	s->past.since = r->partly ? r->listed : r->since;
	s->past.left = r->left.n > 0;
}

static void
take_body(struct buf *to, struct buf *body)
{
	buf_fini(to);
	*to = *body;
	buf_init(body);
}

/* What calls tell, and what the rules kept, each for itself and together. */
static void
take_kept(void *arg, const char *name, struct buf *body)
{
	static const char rule[] = "rule ";
	struct stored_run *r = arg;
	struct buf *to = stored_kept_named(&r->before, name);

	if (to != NULL)
		take_body(to, body);
	if (strncmp(name, rule, sizeof(rule) - 1) == 0)
		take_body(detect_keep_put(&r->s->kept_before,
			      name + sizeof(rule) - 1),
		    body);
}

/* 1; 0 where there is no past of the last run, by the same terms. */
static int
take_past(struct stored_run *r, struct errmsg *err)
{
	struct store_entries all = { .list = NULL };
	struct buf terms;
	int got;

	buf_init(&terms);
	stored_kept_terms(r, r->number - 1, &terms);
	got = stored_ahead_cache(r, &all, err);
	if (got == 0)
		store_entries_take(&all, r->store, terms.data, take_kept, r);
	store_entries_fini(&all);
	if (got == 0 && r->before.days.len > 0)
		got = stored_changed(r, err) == 0 ? 1 : -1;
	r->s->past.keep = &r->s->kept_before;
	buf_fini(&terms);
	return got;
}

/*
 * Calls may be others from the first one that came, less what legs of one call
 * are apart.
 */
static int64_t
others_from(const struct stored_run *r, const struct daysums *days)
{
	const int64_t end = daysums_end(days);

	return r->read.first < end ? r->read.first - LEGS_SPAN
				   : end - LEGS_SPAN;
}

/* From when on calls have to be looked at: an hour, or all. */
static void
choose_stretch(struct stored_run *r)
{
	struct daysums days = { .list = NULL };
	int64_t needs;

	r->s->past.begins = INT64_MIN;
	if (r->before.understood.trunks.len == 0 ||
	    r->before.understood.hours.len == 0 ||
	    daysums_before(&days, r->before.days.data, INT64_MAX) != 0 ||
	    days.n == 0)
		goto out;
	r->from = others_from(r, &days);
	/* Mostly nothing before is another, which sums of hours will tell. */
	r->s->past.from = r->from + LEGS_SPAN;
	needs = scan_needs(r->s);
	if (needs > r->from)
		needs = r->from;
	r->from = daysums_begin(&days, r->from);
	if (needs > days.list[0].hour * HOUR_MS)
		r->begins = daysums_begin(&days, needs);
out:
	daysums_fini(&days);
}

int
stored_past_take(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;
	struct stages_span span;
	int got;

	stages_begin(s->stages, &span, "earlier findings");
	got = stored_has_past(r, &s->keeps, err);
	/* Of calls that went, what was kept does not tell. */
	if (got == 0 && s->keeps && !r->shrank)
		got = take_past(r, err);
	if (got == 1) {
		choose_stretch(r);
		stored_left_begin(r);
	}
	stages_end(s->stages, &span, 0, "findings");
	return got < 0 ? -1 : 0;
}

int
stored_past_wait(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;
	struct stages_span span;
	int got;

	if (r->reading == NULL)
		return 0;
	stages_begin(s->stages, &span, "earlier findings");
	got = stored_left_end(r, err);
	list_findings(r);
	stages_end(s->stages, &span, (int64_t)s->past.n, "findings");
	return got;
}

int
stored_past_whole(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;

	r->begins = INT64_MIN;
	if (!r->partly)
		return 0;
	r->partly = false;
	store_left_fini(&r->left);
	results_fini(&s->earlier);
	results_init(&s->earlier);
	if (stored_left_take(r, err) != 0)
		return -1;
	list_findings(r);
	return 0;
}

static void
say_past(const struct stored_run *r)
{
	const struct detect_past *past = &r->s->past;
	const size_t n = past->n + r->left.n;
	struct buf when;

	buf_init(&when);
	time_rfc3339(&when, past->from);
	diag_info(&r->s->setup.diag,
	    "calls before %s are as they were: %zu finding%s of earlier "
	    "runs gone on from, %zu of them not read",
	    when.data, n, diag_s((int64_t)n), r->left.n);
	if (r->begins > INT64_MIN) {
		buf_reset(&when);
		time_rfc3339(&when, r->begins);
		diag_info(&r->s->setup.diag,
		    "calls from %s on looked at: %zu of %llu", when.data,
		    r->s->batch->n,
		    (unsigned long long)daysums_calls(&r->days));
	}
	buf_fini(&when);
}

/* Sums of the hours; what is not looked at is as it was. */
static int
take_days(struct stored_run *r)
{
	const struct scan *s = r->s;

	daysums_fini(&r->days);
	daysums_take(&r->days, s->batch, (size_t)s->o->threads);
	return r->begins == INT64_MIN
		   ? 0
		   : daysums_before(&r->days, r->before.days.data, r->begins);
}

int
stored_past_settle(struct stored_run *r)
{
	struct scan *s = r->s;
	struct detect_past *past = &s->past;
	struct stages_span span;
	int got = 0;

	stages_begin(s->stages, &span, "sums of hours");
	if (take_days(r) != 0)
		got = STORED_NEEDS_ALL;
	past->from = daysums_since(&r->days, r->before.days.data);
	past->begins = r->begins;
	past->recalled = false;
	s->has_past = past->from != INT64_MIN;
	/* What nothing new can have changed is another. */
	if (r->begins > INT64_MIN && (s->batch->n == 0 || past->from < r->from))
		got = STORED_NEEDS_ALL;
	if (got == 0 && s->has_past)
		say_past(r);
	/* These are no part of the sums: they are of hours before. */
	if (got == 0 && r->begins > INT64_MIN &&
	    detect_recall(past, s->batch, (size_t)s->o->threads) != 0)
		got = STORED_NEEDS_ALL;
	stages_end(s->stages, &span, (int64_t)r->days.n, "sums");
	return got;
}
