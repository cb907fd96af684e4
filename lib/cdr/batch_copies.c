#include <assert.h>
#include <stdlib.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/batch_impl.h"

/* Calls that are copies of the one before them. */
struct search {
	const struct batch *b;
	struct batch_list *copies; /* by part */
	size_t parts;
};

static void
find_copies(void *arg, size_t part)
{
	const struct search *s = arg;
	const struct call *c = s->b->calls;
	const size_t end = pool_cut(s->b->n, s->parts, part + 1);
	size_t i = pool_cut(s->b->n, s->parts, part);

	for (i = i > 0 ? i : 1; i < end; i++)
		if (c[i].start == c[i - 1].start &&
		    batch_compare_identity(s->b, (uint32_t)(i - 1),
			(uint32_t)i) == 0)
			batch_list_add(&s->copies[part], i);
}

size_t
batch_mark_duplicates(struct batch *b, size_t threads, int64_t *per_file)
{
	struct search s = { .b = b,
		.parts = pool_parts(threads, b->n, BATCH_LEAST) };
	size_t part, k, i, marked = 0;

	assert(b->sorted);
	if (b->distinct)
		return 0;
	s.copies = xcalloc(s.parts, sizeof(*s.copies));
	pool_run(threads, s.parts, find_copies, &s);
	for (part = 0; part < s.parts; part++) {
		for (k = 0; k < s.copies[part].n; k++) {
			i = s.copies[part].calls[k];
			b->calls[i].flags |= CALL_DUPLICATE;
			if (per_file != NULL &&
			    batch_event(b, i) != EVENT_QUALITY)
				per_file[batch_file_of(b, i)]++;
		}
		marked += s.copies[part].n;
		free(s.copies[part].calls);
	}
	free(s.copies);
	return marked;
}
