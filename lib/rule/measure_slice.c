#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "rule/measure_sweep_impl.h"

enum {
	SLICE = 1 << 16, /* calls, or one group */
	SOME = 1 << 10   /* calls, all of which is read while they are near */
};

static int
open_columns(struct measure_sweep *s, const struct named *named,
    const struct predicate_answers *answers, struct errmsg *err)
{
	const struct rule *r = s->rule;
	size_t i;
	int rc;

	s->columns = xcalloc(1 + r->nalso, sizeof(*s->columns));
	for (i = 0; i <= r->nalso; i++) {
		s->ncolumns++;
		rc = measure_column_open(&s->columns[i],
		    i == 0 ? &r->measure : &r->also[i - 1].measure, s->batch,
		    named, answers, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int
measure_open(struct measure_sweep **sp, const struct rule *r,
    const struct batch *b, const struct named *named,
    const struct predicate_answers *answers, uint32_t *calls,
    const size_t *ends, size_t ngroups, struct errmsg *err)
{
	struct measure_sweep *s = xcalloc(1, sizeof(*s));
	int rc;

	s->rule = r;
	s->batch = b;
	s->all = calls;
	s->group_ends = ends;
	s->ngroups = ngroups;
	s->ncost = b->ncurrencies > 0 ? b->ncurrencies : 1;
	s->cost = xcalloc(s->ncost, sizeof(*s->cost));
	rc = open_columns(s, named, answers, err);
	if (rc != 0)
		measure_close(&s);
	*sp = s;
	return rc;
}

void
measure_know(struct measure_sweep *s, const struct measure_known *known)
{
	size_t i;

	s->known = known;
	for (i = 0; known != NULL && i < s->ncolumns; i++)
		measure_column_know(&s->columns[i], known);
}

static void
free_slice(struct measure_sweep *s)
{
	free(s->entries);
	free(s->alive);
	free(s->waiting);
}

/* What there was for the slice before serves for others that are no larger. */
static void
make_room(struct measure_sweep *s, size_t n)
{
	if (n > s->room) {
		free_slice(s);
		s->room = n;
		s->entries = xmalloc(n * sizeof(*s->entries));
		s->alive = xmalloc(n);
		s->waiting =
		    measure_at_once(s) ? xcalloc(n, sizeof(*s->waiting)) : NULL;
	}
	if (n > 0)
		memset(s->alive, 0, n);
}

static void
fetch_slice(struct measure_sweep *s, size_t n)
{
	size_t i, k, m;

	for (k = 0; k < n; k += m) {
		m = n - k < SOME ? n - k : SOME;
		measure_entries(&s->rule->measure, s->batch, s->known,
		    s->calls + k, m, s->entries + k);
		for (i = 0; i < s->ncolumns; i++)
			measure_column_fetch(&s->columns[i], s->batch, s->calls,
			    k, m);
	}
}

void
measure_slice_load(struct measure_sweep *s, size_t group)
{
	const size_t begin = measure_group_begin(s, group);
	size_t end = group + 1, n, i;

	while (end < s->ngroups && s->group_ends[end] - begin <= SLICE)
		end++;
	s->first_group = group;
	s->end_group = end;
	s->calls = s->all + begin;
	n = s->group_ends[end - 1] - begin;
	for (i = group; measure_at_once(s) && i < end; i++)
		measure_order_by_talk(s->batch,
		    s->all + measure_group_begin(s, i),
		    s->group_ends[i] - measure_group_begin(s, i));
	make_room(s, n);
	for (i = 0; i < s->ncolumns; i++)
		measure_column_room(&s->columns[i], n);
	fetch_slice(s, n);
	for (i = 0; i < s->ncolumns; i++)
		measure_column_load(&s->columns[i], s->batch, s->calls, n);
}

void
measure_close(struct measure_sweep **sp)
{
	struct measure_sweep *s = *sp;
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->ncolumns; i++)
		measure_column_close(&s->columns[i]);
	free_slice(s);
	free(s->columns);
	free(s->ends.items);
	free(s->cost);
	free(s);
	*sp = NULL;
}
