#include "base/marks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/radix.h"
#include "base/xalloc.h"

struct marks_found {
	uint32_t *things;
	size_t n, cap;
};

struct marks *
marks_new(size_t n, size_t parts)
{
	struct marks *m = xcalloc(1, sizeof(*m));

	/* Written at once: what is read before costs a page twice. */
	m->bits = xmalloc((n + 1) * sizeof(*m->bits));
	memset(m->bits, 0, (n + 1) * sizeof(*m->bits));
	m->n = n;
	m->found = xcalloc(parts, sizeof(*m->found));
	m->parts = parts;
	return m;
}

void
marks_free(struct marks **mp)
{
	struct marks *m = *mp;
	size_t i;

	if (m == NULL)
		return;
	for (i = 0; i < m->parts; i++)
		free(m->found[i].things);
	free(m->found);
	free(m->bits);
	free(m);
	*mp = NULL;
}

void
marks_reset(struct marks *m)
{
	struct marks_found *f;
	size_t i, k;

	for (i = 0; i < m->parts; i++) {
		f = &m->found[i];
		for (k = 0; k < f->n; k++)
			atomic_store_explicit(&m->bits[f->things[k]], 0,
			    memory_order_relaxed);
		f->n = 0;
	}
}

void
marks_put(struct marks *m, size_t part, uint32_t thing, unsigned bits)
{
	struct marks_found *f = &m->found[part];

	assert(thing < m->n && part < m->parts);
	if (atomic_fetch_or_explicit(&m->bits[thing], (unsigned char)bits,
		memory_order_relaxed) != 0)
		return;
	f->things = xgrow(f->things, &f->cap, f->n + 1, sizeof(*f->things));
	f->things[f->n++] = thing;
}

uint64_t *
marks_list(const struct marks *m, size_t *n)
{
	uint64_t *list;
	size_t i, k, all = 0;

	for (i = 0; i < m->parts; i++)
		all += m->found[i].n;
	list = xmalloc((2 * all + 1) * sizeof(*list));
	for (*n = i = 0; i < m->parts; i++)
		for (k = 0; k < m->found[i].n; k++)
			list[(*n)++] = m->found[i].things[k];
	radix_sort(list, list + all, all, 0);
	return list;
}
