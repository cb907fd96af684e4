/* detect_fraud: baselines without the calls that are labelled fraud. */
#include <stdlib.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "detect/detect_impl.h"

static struct call_ref
ref_of(const struct detect_batch *db, size_t i)
{
	const struct batch *b = db->calls;

	return (struct call_ref){ .start = b->calls[i].start,
		.key = b->origins[i].key,
		.source = db->source_hashes[b->calls[i].source] };
}

static uint64_t
hash_of(const struct call_ref *ref)
{
	const uint64_t all[] = { (uint64_t)ref->start, ref->key, ref->source };

	return hash64(all, sizeof(all));
}

/* Whatever order they are labelled in. */
static int64_t
sum_of(const struct detect_batch *db, const struct call_ref *refs, size_t n)
{
	struct call_ref ref;
	uint64_t sum = 0;
	size_t i;

	for (i = 0; db->fraud != NULL && i < db->calls->n; i++) {
		if (!db->fraud[i] || db->calls->calls[i].start < db->begins)
			continue;
		ref = ref_of(db, i);
		sum += hash_of(&ref);
	}
	/* Of calls that are missing: those that findings have, are known. */
	for (i = 0; i < n; i++)
		if (refs[i].start < db->begins)
			sum += hash_of(&refs[i]);
	return (int64_t)sum;
}

void
detect_fraud_init(struct detect_batch *db, const struct call_ref *refs,
    size_t n)
{
	const struct batch *b = db->calls;
	struct call_ref ref;
	size_t i, k;

	for (i = 0; i < n; i++)
		for (k = batch_lower(b, refs[i].start);
		     k < b->n && b->calls[k].start == refs[i].start; k++) {
			ref = ref_of(db, k);
			if (call_ref_compare(&ref, &refs[i]) != 0)
				continue;
			if (db->fraud == NULL)
				db->fraud = xcalloc(b->n, sizeof(*db->fraud));
			db->fraud[k] = 1;
		}
	db->fraud_sum = sum_of(db, refs, n);
}

/* The calls of each group that are not labelled so. */
int
detect_fraud_open(struct detect_work *w, struct errmsg *err)
{
	const struct detect_groups *g = &w->groups;
	const uint8_t *fraud = w->batch->fraud;
	size_t i, k = 0, n = 0;

	if (fraud == NULL || !w->rule->baseline.present)
		return 0;
	w->usual = xcalloc(g->ends[g->n - 1] + 1, sizeof(*w->usual));
	w->usual_ends = xcalloc(g->n, sizeof(*w->usual_ends));
	for (i = 0; i < g->n; i++) {
		for (; k < g->ends[i]; k++)
			if (!fraud[g->calls[k]])
				w->usual[n++] = g->calls[k];
		w->usual_ends[i] = n;
	}
	return measure_open(&w->norm, w->rule, w->batch->calls, w->named,
	    w->batch->answers, w->usual, w->usual_ends, g->n, err);
}

void
detect_fraud_close(struct detect_work *w)
{
	measure_close(&w->norm);
	free(w->usual);
	free(w->usual_ends);
}

static size_t
length(const size_t *ends, size_t group)
{
	return ends[group] - (group > 0 ? ends[group - 1] : 0);
}

/*
 * What fires in the course of it only tells how far a bucket counts, as it
 * does without labels.
 */
void
detect_fraud_learn(struct detect_work *w)
{
	struct measure_sweep *all = w->sweep;
	size_t ncold = w->ncold;

	if (w->norm == NULL ||
	    length(w->usual_ends, w->group) == length(w->groups.ends, w->group))
		return;
	w->sweep = w->norm;
	w->silent = true;
	detect_follow(w);
	w->silent = false;
	w->sweep = all;
	w->ncold = ncold;
	w->learnt = true;
}
