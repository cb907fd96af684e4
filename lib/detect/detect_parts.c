/* detect_parts: which rules there are, and who waits for whom. */
#include "detect/detect_parts_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

struct detect_work
detect_parts_work(const struct detect_run_parts *ps, struct detect_run_part *p)
{
	return (struct detect_work){ .rule = p->rule,
		.named = ps->named,
		.waivers = ps->waivers,
		.set = ps->set,
		.batch = &ps->db,
		.out = &p->results,
		.keep = ps->set->keep != NULL ? &p->keep : NULL,
		.found = p->found,
		.nfound = p->nfound,
		.held = p->held,
		.reported = p->reported,
		.follow_back = p->follow_back,
		.had = p->had,
		.needs = INT64_MIN,
		.looks_from = p->looks_from,
		.carry = ps->set->keep != NULL ? &p->carry : NULL,
		.carried = p->carried,
		.carries = INT64_MAX,
		.events = p->followed ? &p->events : NULL };
}

static struct detect_run_part *
part_of(const struct detect_run_parts *ps, const struct rule *r)
{
	size_t i;

	for (i = 0; i < ps->n; i++)
		if (ps->list[i].rule == r)
			return &ps->list[i];
	return NULL;
}

/* The rule that this one follows, or NULL. */
static const struct rule *
trigger_of(const struct detect_run_parts *ps, const struct rule *r)
{
	const struct rule *t = r->follows.rule;

	return t != NULL && ps->as_written && t->untuned != NULL ? t->untuned
								 : t;
}

void
detect_parts_add(struct detect_run_parts *ps, const struct rule *r,
    bool reported)
{
	const struct rule *trigger = trigger_of(ps, r);
	struct detect_run_part *p = part_of(ps, r);

	if (p != NULL) {
		p->reported |= reported;
		return;
	}
	if (trigger != NULL)
		detect_parts_add(ps, trigger, false);
	ps->list = xgrow(ps->list, &ps->cap, ps->n + 1, sizeof(*ps->list));
	p = &ps->list[ps->n++];
	*p = (struct detect_run_part){ .rule = r,
		.reported = reported,
		.had = -1,
		.carried = INT64_MAX };
	buf_init(&p->keep);
	results_init(&p->results);
	notes_init(&p->notes);
}

static int
compare_parts(const void *va, const void *vb)
{
	const struct detect_run_part *a = va, *b = vb;

	return strcmp(a->rule->id, b->rule->id);
}

size_t
detect_parts_link(struct detect_run_parts *ps)
{
	size_t levels = 0, i;
	const struct rule *r;
	struct detect_run_part *p, *t;
	int64_t back;

	if (ps->n > 1)
		qsort(ps->list, ps->n, sizeof(*ps->list), compare_parts);
	for (i = 0; i < ps->n; i++) {
		p = &ps->list[i];
		if ((r = trigger_of(ps, p->rule)) != NULL) {
			t = part_of(ps, r);
			t->followed = true;
			p->trigger = t;
			back = p->rule->follows.within +
			       detect_span(&p->rule->measure);
			if (back > t->follow_back)
				t->follow_back = back;
		}
		for (; r != NULL; r = trigger_of(ps, r))
			p->level++;
		if (p->level >= levels)
			levels = p->level + 1;
	}
	return levels;
}

void
detect_parts_close(struct detect_run_parts *ps)
{
	struct detect_run_part *p;
	size_t i;

	for (i = 0; i < ps->n; i++) {
		p = &ps->list[i];
		detect_resume_free(&p->resume);
		detect_held_free(&p->held);
		detect_events_fini(&p->events);
		detect_events_fini(&p->carry.calls);
		buf_fini(&p->keep);
		results_fini(&p->results);
		notes_fini(&p->notes);
	}
	free(ps->found);
	free(ps->list);
	detect_batch_fini(&ps->db);
}
