/* detect_waived: groups with calls under a waiver, and what waivers did. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "detect/detect_finding_impl.h"
#include "tel/calltime.h"

enum {
	SOON = 14,       /* days: expiring */
	LATELY = 7,      /* days: expired */
	LONG_UNUSED = 90 /* days: unused */
};

bool
detect_any_waivers(const struct detect_work *w)
{
	size_t i;

	for (i = 0; w->waivers != NULL && i < w->waivers->n; i++)
		if (waiver_names(w->waivers->list[i].waiver, w->rule))
			return true;
	return false;
}

/* The calls of each group that no waiver takes away, before any is sorted. */
void
detect_waivers_split(struct detect_work *w)
{
	const struct detect_groups *g = &w->groups;
	size_t i, k = 0, n = 0;

	w->waived = w->waivers == NULL
			? NULL
			: waiver_mask(w->waivers, w->rule, w->batch->calls->n);
	if (w->waived == NULL)
		return;
	w->left = xcalloc(g->ends[g->n - 1] + 1, sizeof(*w->left));
	w->left_ends = xcalloc(g->n, sizeof(*w->left_ends));
	for (i = 0; i < g->n; i++) {
		for (; k < g->ends[i]; k++)
			if (!w->waived[g->calls[k]])
				w->left[n++] = g->calls[k];
		w->left_ends[i] = n;
	}
}

int
detect_waivers_open(struct detect_work *w, struct errmsg *err)
{
	if (w->waived == NULL)
		return 0;
	return measure_open(&w->rest, w->rule, w->batch->calls, w->named,
	    w->batch->answers, w->left, w->left_ends, w->groups.n, err);
}

void
detect_waivers_close(struct detect_work *w)
{
	measure_close(&w->rest);
	free(w->waived);
	free(w->left);
	free(w->left_ends);
}

static bool
any_waived(const struct detect_work *w)
{
	const struct detect_groups *g = &w->groups;
	size_t k = w->group > 0 ? g->ends[w->group - 1] : 0;

	if (w->waived == NULL)
		return false;
	for (; k < g->ends[w->group]; k++)
		if (w->waived[g->calls[k]])
			return true;
	return false;
}

static bool
overlaps(const struct finding *a, const struct finding *b)
{
	return a->first_seen <= b->last_seen && b->first_seen <= a->last_seen;
}

/*
 * Of what was found from `first` to `real` without regard to waivers, only
 * what holds a waived call and overlaps no finding from there on is told.
 */
static void
keep_waived(struct results *out, size_t first, size_t real)
{
	struct finding **f = out->findings;
	size_t i, k, kept = first;

	for (i = first; i < out->n; i++) {
		for (k = real; i < real && k < out->n; k++)
			if (overlaps(f[i], f[k]))
				break;
		if (i >= real || (k == out->n && f[i]->nwaivers > 0))
			f[kept++] = f[i];
	}
	out->n = kept;
}

/*
 * The first pass learns the history of all calls: a waiver takes nothing out
 * of a baseline, a label does.
 */
void
detect_follow_waived(struct detect_work *w)
{
	struct measure_sweep *all = w->sweep;
	size_t first = w->out->n, real, ncold = w->ncold;

	detect_fraud_learn(w);
	if (!any_waived(w)) {
		detect_follow(w);
		w->learnt = false;
		return;
	}
	w->ignoring = true;
	detect_follow(w);
	w->ignoring = false;
	w->ncold = ncold;
	real = w->out->n;
	w->sweep = w->rest;
	w->learnt = true;
	detect_follow(w);
	w->learnt = false;
	w->sweep = all;
	keep_waived(w->out, first, real);
}

void
detect_describe_waivers(const struct detect_work *w, struct finding *f,
    const uint32_t *members, size_t n)
{
	const struct waiver_use *u;
	const char **ids;
	size_t i, k;

	if (!w->ignoring)
		return;
	ids = arena_array(&w->out->arena, w->waivers->n, sizeof(*ids));
	f->waivers = ids;
	for (i = 0; i < w->waivers->n; i++) {
		u = &w->waivers->list[i];
		if (!waiver_names(u->waiver, w->rule))
			continue;
		for (k = 0; k < n && !waiver_covers(u, members[k]); k++)
			;
		if (k < n)
			ids[f->nwaivers++] =
			    arena_strdup(&w->out->arena, u->waiver->id);
	}
}

/* The word for it; NULL: nothing that somebody would want to know. */
static const char *
state_of(const struct waiver_use *u, int64_t today)
{
	const struct waiver *w = u->waiver;

	if (today >= w->expires)
		return today - w->expires < LATELY ? "expired"
		       : u->n > 0                  ? "used"
						   : NULL;
	if (w->expires - today <= SOON && today >= w->from)
		return "expiring";
	if (u->n > 0)
		return "used";
	return today - w->from >= LONG_UNUSED ? "unused" : NULL;
}

static void
tell_waiver(const struct waiver_use *u, const char *state,
    const struct detect_batch *db, struct arena *arena, struct waiver_told *t)
{
	const struct waiver *w = u->waiver;
	const struct finding as = { .book = detect_call_book(db, arena),
		.places = u->calls,
		.nmembers = u->n };
	const struct finding *const all = &as;
	struct buf day;

	buf_init(&day);
	date_print(&day, w->expires);
	t->id = arena_strdup(arena, w->id);
	t->owner = arena_strdup(arena, w->owner);
	t->reason = arena_strdup(arena, w->reason);
	t->state = state;
	t->expires = arena_strdup(arena, day.data);
	t->days_over = (int64_t)u->days_over;
	tally_members(&t->calls, arena, &all, 1);
	buf_fini(&day);
}

void
detect_tell_waivers(const struct waiver_uses *us, const struct detect_batch *db,
    struct results *out)
{
	struct waiver_told *list =
	    arena_array(&out->arena, us->n, sizeof(*list));
	const char *state;
	size_t i, n = 0;

	for (i = 0; i < us->n; i++) {
		state = state_of(&us->list[i], us->today);
		if (state != NULL)
			tell_waiver(&us->list[i], state, db, &out->arena,
			    &list[n++]);
	}
	out->run.waivers = list;
	out->run.nwaivers = n;
}
