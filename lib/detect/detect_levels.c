/* detect_levels: the rules of a run at work, level by level. */
#include <stdlib.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "detect/detect_parts_impl.h"

static void
run_part(const struct detect_run_parts *ps, struct detect_run_part *p)
{
	struct detect_trail trail = { 0 };
	struct detect_work w = detect_parts_work(ps, p);
	const struct detect_run_part *trigger = p->trigger;
	const struct rule *stopped = NULL;
	struct stages_span span;

	stages_part_begin(ps->set->stages, &span);
	w.resume = p->resume;
	p->resume = NULL;
	if (trigger != NULL) {
		detect_trail_init(&trail, &p->rule->follows, ps->db.calls,
		    &trigger->events);
		w.trail = &trail;
		stopped = trigger->status != 0 ? trigger->rule : NULL;
	}
	p->status = detect_tuned(&w, stopped, &p->notes, &p->err);
	p->lacks = w.lacks;
	p->most = w.most;
	p->needs = w.needs;
	p->carries = w.carries;
	detect_events_sort(&p->events);
	detect_trail_fini(&trail);
	detect_shared_done(ps->db.shared, p->rule);
	stages_part_end(ps->set->stages, &span, p->rule->id,
	    (int64_t)p->results.n, "findings");
}

static struct detect_piece *
take_piece(struct detect_run_parts *ps)
{
	struct detect_piece *piece;

	(void)pthread_mutex_lock(&ps->taking);
	piece = detect_schedule_next(ps->pieces, ps->npieces);
	piece->state = PIECE_RUNS;
	(void)pthread_mutex_unlock(&ps->taking);
	return piece;
}

/* As many are taken as there are. */
static void
run_piece(void *arg, size_t i)
{
	struct detect_run_parts *ps = arg;
	struct detect_piece *piece = take_piece(ps);

	(void)i;
	if (piece->order != NULL)
		detect_shared_order(&ps->db, ps->named, piece->order);
	else
		run_part(ps, ps->now[piece->rule]);
	(void)pthread_mutex_lock(&ps->taking);
	piece->state = PIECE_DONE;
	(void)pthread_mutex_unlock(&ps->taking);
}

/*
 * The pieces of work on one level; a run that goes on from another looks at
 * too few calls to need orders of all.
 */
static void
take_level(struct detect_run_parts *ps, size_t level)
{
	const struct rule **rules = xcalloc(ps->n + 1, sizeof(*rules));
	size_t i, n = 0;

	for (i = 0; i < ps->n; i++)
		if (ps->list[i].level == level) {
			ps->now[n] = &ps->list[i];
			rules[n++] = ps->list[i].rule;
		}
	ps->npieces =
	    detect_schedule(ps->pieces, rules, n, ps->set->past == NULL);
	free(rules);
}

void
detect_parts_run(struct detect_run_parts *ps, size_t levels)
{
	size_t level, i;

	ps->now = xcalloc(ps->n + 1, sizeof(struct detect_run_part *));
	ps->pieces = xcalloc(2 * ps->n + 1, sizeof(*ps->pieces));
	(void)pthread_mutex_init(&ps->taking, NULL);
	for (i = 0; i < ps->n; i++)
		detect_shared_expect(ps->db.shared, ps->list[i].rule,
		    ps->list[i].looks_from);
	for (level = 0; level < levels; level++) {
		take_level(ps, level);
		pool_run(ps->set->threads, ps->npieces, run_piece, ps);
	}
	(void)pthread_mutex_destroy(&ps->taking);
	free(ps->now);
	free(ps->pieces);
}
