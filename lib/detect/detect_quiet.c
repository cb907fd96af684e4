/*
 * detect_quiet: groups of which no calendar bucket fires.
 *
 * A number or a sum of calls only grows while a bucket is open, so a bucket
 * fires if it does when all of its calls are in.  That takes no sweep: most
 * groups have ordinary days alone.
 */
#include <stddef.h>
#include <string.h>

#include "detect/detect_group_impl.h"

enum { SOME = 256 }; /* calls of which a number is read at once */

/* Whether the value of whole buckets tells all there is to know. */
static bool
buckets_tell(const struct detect_work *w)
{
	const struct measure *m = &w->rule->measure;
	const struct condition *c = &w->rule->when;
	const uint32_t told =
	    COND_GTE | COND_GT | COND_TIMES | COND_MADS | COND_MIN_CALLS;

	return m->window > WINDOW_OVER && !w->at_close &&
	       (m->fn == MEASURE_COUNT ||
		   (m->fn == MEASURE_SUM && m->of->home == HOME_CALL_U32)) &&
	       w->rule->nalso == 0 && (c->set & ~told) == 0 &&
	       c->from[0] == NULL && c->from[1] == NULL &&
	       w->batch->fraud == NULL && w->set->sight == NULL &&
	       !detect_any_waivers(w);
}

/* Talk, of which there is a copy where calls are close together. */
static int64_t
talk_of(const struct detect_work *w, const uint32_t *calls, size_t n)
{
	const struct measure_talk talk = w->batch->talk;
	int64_t sum = 0;
	uint32_t ms;
	size_t i;

	for (i = 0; i < n; i++) {
		ms = measure_talk_of(&talk, calls[i]);
		sum += ms != CALL_BOOK_ASK
			   ? ms
			   : w->batch->calls->calls[calls[i]].duration;
	}
	return sum;
}

/* What calls have, all together. */
static int64_t
sum_of(const struct detect_work *w, const uint32_t *calls, size_t n)
{
	const struct field *of = w->rule->measure.of;
	int64_t values[SOME], sum = 0;
	uint8_t present[SOME];
	size_t i, k, m;

	if (of->at == offsetof(struct call, duration))
		return talk_of(w, calls, n);
	for (i = 0; i < n; i += m) {
		m = n - i < SOME ? n - i : SOME;
		field_numbers_at(of, w->batch->calls, calls + i, m, values,
		    present);
		for (k = 0; k < m; k++)
			sum += values[k];
	}
	return sum;
}

/* The value of the calls of the bucket; `*k` moves on to the next one. */
static struct measure_value
add_up(const struct detect_work *w, size_t bucket, size_t *k, size_t end)
{
	const uint32_t *calls = w->groups.calls;
	const uint32_t past = w->line->buckets.firsts[bucket + 1];
	const size_t from = *k;
	struct measure_value v = { 0, 1, RULE_UNIT };

	while (*k < end && calls[*k] < past)
		(*k)++;
	v.num = w->rule->measure.fn == MEASURE_SUM
		    ? sum_of(w, calls + from, *k - from)
		    : (int64_t)(*k - from);
	return v;
}

/* Whether the value has what does not depend on what is usual. */
static bool
bucket_reaches(const struct detect_work *w, const struct measure_value *v,
    size_t calls)
{
	const struct condition *c = &w->rule->when;

	return detect_within(c, v) && ((c->set & COND_MIN_CALLS) == 0 ||
					  (int64_t)calls >= c->min_calls);
}

/* As detect_follow() judges the last instant of the bucket. */
static bool
bucket_fires(struct detect_work *w, size_t bucket,
    const struct measure_value *v, size_t calls)
{
	const struct condition *c = &w->rule->when;
	struct baseline_reading r;

	if (!bucket_reaches(w, v, calls))
		return false;
	if ((c->set & (COND_TIMES | COND_MADS)) == 0)
		return true;
	if (!baseline_read(&w->rule->baseline, w->line, &w->history, bucket,
		&r)) {
		w->cold = true;
		return false;
	}
	return ((c->set & COND_TIMES) == 0 ||
		   measure_compare(v, baseline_times(&r, c->times)) >= 0) &&
	       ((c->set & COND_MADS) == 0 ||
		   measure_compare(v, baseline_mads(&r, c->mads)) >= 0);
}

/* Whether a bucket of the present group's calls fires, or may at most. */
static bool
any_bucket(struct detect_work *w, size_t k, size_t end, bool brief)
{
	struct measure_value v;
	size_t bucket, from;

	detect_history(w, brief);
	while (k < end) {
		from = k;
		bucket = measure_line_of(&w->line->buckets, w->groups.calls[k]);
		v = add_up(w, bucket, &k, end);
		if (brief ? bucket_reaches(w, &v, k - from)
			  : bucket_fires(w, bucket, &v, k - from))
			return true;
		if (w->rule->baseline.present)
			baseline_learn(&w->history, bucket, measure_units(&v));
	}
	return false;
}

/* Whether it fires; what it had too little of is noted. */
static bool
group_fires(struct detect_work *w, size_t begin, size_t end)
{
	w->cold = false;
	if (any_bucket(w, begin, end, false))
		return true;
	w->ncold += w->cold;
	return false;
}

/*
 * Whether it is done with; what it learnt is kept.  Where no bucket may fire,
 * whatever is usual, the history needs but its begin: nothing is asked of it.
 */
static bool
is_quiet(struct detect_work *w, size_t begin, size_t end)
{
	bool brief;

	/* A window that is too crowded has to be told. */
	if (end - begin > w->max_window)
		return false;
	brief = !any_bucket(w, begin, end, true);
	if (!brief && group_fires(w, begin, end))
		return false;
	detect_buckets_note(w, brief);
	return true;
}

void
detect_drop_quiet(struct detect_work *w)
{
	struct detect_groups *g = &w->groups;
	size_t nby = w->rule->nby, n = 0, kept = 0, begin, end = 0, i;

	if (!buckets_tell(w))
		return;
	for (i = 0; i < g->n; i++) {
		begin = end;
		end = g->ends[i];
		w->group = i;
		w->line = baseline_line(&w->lines, detect_place(w));
		if (is_quiet(w, begin, end))
			continue;
		memmove(g->calls + kept, g->calls + begin,
		    (end - begin) * sizeof(*g->calls));
		memmove(g->keys + n * nby, g->keys + i * nby,
		    nby * sizeof(*g->keys));
		detect_buckets_moved(w, i, n);
		kept += end - begin;
		g->ends[n++] = kept;
	}
	g->n = n;
}
