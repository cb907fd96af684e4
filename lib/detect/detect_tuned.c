/* detect_tuned: a rule as a site's tuning makes it, group by group. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "detect/detect_impl.h"
#include "rule/rulefile.h"
#include "rule/tuning.h"

bool
detect_tuned_apart(const struct rule *r)
{
	size_t i;

	/* As its author wrote it: its entries are for the tuned one. */
	if (r->untuned == NULL)
		return false;
	for (i = 0; i < r->ntuning; i++)
		if (r->tuning[i].match != NULL)
			return true;
	return false;
}

/* A rule that is off finds nothing, but others may follow it. */
static int
one_variant(struct detect_work *w, struct notes *notes, struct errmsg *err)
{
	struct results unused;
	int status;

	if ((w->rule->enabled && w->rule->status != RULE_DEPRECATED) ||
	    detect_watched(w))
		return detect_one(w, NULL, notes, err);
	if (w->events == NULL)
		return 0;
	results_init(&unused);
	w->out = &unused;
	status = detect_one(w, NULL, notes, err);
	results_fini(&unused);
	return status;
}

/* The rule as tuning makes it for the calls of one set. */
static int
run_variant(const struct detect_work *base, const struct tuning_sets *ts,
    size_t set, struct notes *notes, struct errmsg *err)
{
	const struct detect_only only = { ts->of_call, (uint8_t)set };
	struct detect_trail trail = { 0 };
	struct detect_work w = *base;
	struct arena arena;
	struct rule *variant = NULL;
	struct errmsg why;
	int status;

	arena_init(&arena);
	if (rulefile_variant(base->rule, ts->sets[set], &arena, &variant,
		&why) != 0) {
		(void)errmsg_prefix(&why, "its tuning does not work: ");
		detect_tell_stopped(&w, &why, notes);
		status = 1;
	} else {
		w.rule = variant;
		w.keep = NULL;
		w.only = &only;
		if (detect_watched(&w)) {
			w.set->sight->tuned_apart = true;
			w.set->sight->tuned_by = ts->sets[set];
		}
		if (base->trail != NULL) {
			trail = *base->trail;
			trail.follows = &variant->follows;
			if (trail.follows->within >
			    base->trail->follows->within)
				trail.soon = NULL; /* too few of them */
			w.trail = &trail;
		}
		status = one_variant(&w, notes, err);
	}
	rule_release(variant);
	arena_fini(&arena);
	return status;
}

/* A finding of the rule as a set made it. */
struct told {
	struct finding *finding;
	const char *id;
	uint64_t set;
};

static int
compare_told(const void *va, const void *vb)
{
	const struct told *a = va, *b = vb;
	int c = strcmp(a->id, b->id);

	return c != 0 ? c : (a->set > b->set) - (a->set < b->set);
}

static const char *
id_with_set(const struct told *t, struct arena *arena)
{
	char hex[HASH_HEX];
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "%s/%" PRIu64, t->id, t->set);
	hash_hex(b.data, b.len, hex);
	buf_fini(&b);
	return arena_printf(arena, "f-%.10s", hex);
}

/*
 * Calls of one group that are looked at apart may begin at one instant: the
 * findings of all sets but the first are called by their set, too.
 */
static void
tell_apart(struct results *out, size_t first, const struct tuning_sets *ts,
    const size_t *ends)
{
	size_t n = out->n - first, i, set = 0;
	struct told *list = xcalloc(n + 1, sizeof(*list));

	for (i = 0; i < n; i++) {
		while (first + i >= ends[set])
			set++;
		list[i] = (struct told){ out->findings[first + i],
			out->findings[first + i]->id, ts->sets[set] };
	}
	if (n > 1)
		qsort(list, n, sizeof(*list), compare_told);
	for (i = 1; i < n; i++)
		if (strcmp(list[i].id, list[i - 1].id) == 0)
			list[i].finding->id =
			    id_with_set(&list[i], &out->arena);
	free(list);
}

int
detect_tuned(struct detect_work *w, const struct rule *stopped,
    struct notes *notes, struct errmsg *err)
{
	size_t ends[TUNING_SETS], first = w->out->n, i;
	struct tuning_sets ts;
	struct errmsg why;
	int status, one;

	if (stopped != NULL || !detect_tuned_apart(w->rule))
		return detect_one(w, stopped, notes, err);
	/* Each set has to look at all of its calls. */
	w->lacks = w->batch->begins != INT64_MIN;
	if (w->lacks)
		return 0;
	status =
	    tuning_sets_init(&ts, w->rule, w->batch->calls, w->named, &why);
	if (status > 0)
		detect_tell_stopped(w, &why, notes);
	else if (status < 0)
		(void)errmsg_set(err, "rule '%s': %s", w->rule->id, why.text);
	for (i = 0; status == 0 && i < ts.n; i++) {
		one = run_variant(w, &ts, i, notes, err);
		if (one != 0)
			status = one;
		ends[i] = w->out->n;
	}
	/* Dropped whole: of all sets only what says so is left. */
	if (status > 0 && w->out->n > first + 1) {
		w->out->findings[first] = w->out->findings[w->out->n - 1];
		w->out->n = first + 1;
	}
	if (status == 0)
		tell_apart(w->out, first, &ts, ends);
	tuning_sets_fini(&ts);
	return status;
}
