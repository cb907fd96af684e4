#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/batch_impl.h"

void
batch_list_add(struct batch_list *l, size_t call)
{
	l->calls = xgrow(l->calls, &l->cap, l->n + 1, sizeof(*l->calls));
	l->calls[l->n++] = (uint32_t)call;
}

int
batch_compare_identity(const struct batch *b, uint32_t i, uint32_t j)
{
	const struct call *x = &b->calls[i], *y = &b->calls[j];
	const struct origin *p = &b->origins[i], *q = &b->origins[j];

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->source != y->source)
		return strcmp(batch_text(b, b->sources[x->source].name),
		    batch_text(b, b->sources[y->source].name));
	if (p->key != q->key)
		return p->key < q->key ? -1 : 1;
	return 0;
}

/* Copies of one record in several files: the same stays whichever was first. */
int
batch_compare(const struct batch *b, uint32_t i, uint32_t j)
{
	const struct origin *p = &b->origins[i], *q = &b->origins[j];
	uint32_t f, g;
	int c;

	if ((c = batch_compare_identity(b, i, j)) != 0)
		return c;
	f = batch_file_of(b, i);
	g = batch_file_of(b, j);
	if (f != g && (c = strcmp(batch_text(b, b->files[f]),
			   batch_text(b, b->files[g]))) != 0)
		return c;
	return (p->line > q->line) - (p->line < q->line);
}

/* What one look at all calls shows, by several threads. */
struct survey {
	const struct batch *b;
	struct batch_list *marked; /* by part */
	size_t parts;
	bool known; /* to be in order */
	atomic_bool disorder, copies;
};

/* Of call `i` and the one before it. */
static void
look_at_pair(struct survey *s, uint32_t i)
{
	const int c = batch_compare_identity(s->b, i - 1, i);

	if (c == 0)
		atomic_store(&s->copies, true);
	if (c > 0 || (c == 0 && batch_compare(s->b, i - 1, i) > 0))
		atomic_store(&s->disorder, true);
}

static void
look(void *arg, size_t part)
{
	struct survey *s = arg;
	const struct call *c = s->b->calls;
	const size_t end = pool_cut(s->b->n, s->parts, part + 1);
	size_t i;

	for (i = pool_cut(s->b->n, s->parts, part); i < end; i++) {
		if (batch_marked(&c[i]))
			batch_list_add(&s->marked[part], i);
		if (s->known || i == 0 || c[i - 1].start < c[i].start)
			continue;
		look_at_pair(s, (uint32_t)i);
		if (atomic_load_explicit(&s->disorder, memory_order_relaxed))
			break;
	}
}

/* Drop what was found, part by part. */
static void
drop(struct batch *b, struct batch_list *marked, size_t parts, size_t threads)
{
	struct batch_list holes = { .n = 0 };
	size_t part, k;

	for (part = 0; part < parts; part++) {
		for (k = 0; k < marked[part].n; k++)
			batch_list_add(&holes, marked[part].calls[k]);
		marked[part].n = 0;
	}
	if (holes.n > 0)
		batch_close_up(b, &holes, threads);
	free(holes.calls);
}

static void
put_in_order(struct batch *b, struct batch_list *marked, size_t parts,
    size_t threads)
{
	uint32_t *from;

	while ((from = batch_index(b, marked, parts)) == NULL)
		drop(b, marked, parts, threads);
	batch_arrange(b, from, threads);
	xfree_large(from);
}

void
batch_sort_on(struct batch *b, size_t threads)
{
	struct survey s = { .b = b,
		.parts = pool_parts(threads, b->n, BATCH_LEAST),
		.known = b->sorted && b->distinct };
	size_t part;

	s.marked = xcalloc(s.parts, sizeof(*s.marked));
	pool_run(threads, s.parts, look, &s);
	if (atomic_load(&s.disorder)) {
		for (part = 0; part < s.parts; part++)
			s.marked[part].n = 0;
		put_in_order(b, s.marked, s.parts, threads);
	} else {
		if (!s.known)
			b->distinct = !atomic_load(&s.copies);
		drop(b, s.marked, s.parts, threads);
	}
	for (part = 0; part < s.parts; part++)
		free(s.marked[part].calls);
	free(s.marked);
	b->sorted = true;
}

void
batch_sort(struct batch *b)
{
	batch_sort_on(b, 1);
}
