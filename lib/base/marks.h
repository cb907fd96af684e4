/*
 * marks: which of many things were asked for, by several threads at once.
 *
 * Things are numbers, of which most are never asked for; each has up to eight
 * marks.  A thread marks what it comes across, as part `part` of the work:
 *
 *	m = marks_new(n, parts);
 *	    marks_add(m, part, text, 1 | 4);       (by the thread of the part)
 *	list = marks_list(m, &n);
 *	    marks_of(m, (uint32_t)list[i]);
 *	marks_free(&m);
 */
#ifndef LIB_BASE_MARKS_H
#define LIB_BASE_MARKS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct marks {
	atomic_uchar *bits; /* by thing */
	size_t n;
	struct marks_found *found; /* by part: things without marks before */
	size_t parts;
};

/* Of things below `n`, for `parts` parts of the work. */
struct marks *marks_new(size_t n, size_t parts);
void marks_free(struct marks **mp);
/* Nothing has marks any more. */
void marks_reset(struct marks *m);

/* Marks of a thing; all are known once the threads have ended. */
static inline unsigned
marks_of(const struct marks *m, uint32_t thing)
{
	return atomic_load_explicit(&m->bits[thing], memory_order_relaxed);
}

void marks_put(struct marks *m, size_t part, uint32_t thing, unsigned bits);

/* Here, because what is asked for mostly was before. */
static inline void
marks_add(struct marks *m, size_t part, uint32_t thing, unsigned bits)
{
	if ((marks_of(m, thing) & bits) != bits)
		marks_put(m, part, thing, bits);
}

/* All things with marks, least first; the caller frees them. */
uint64_t *marks_list(const struct marks *m, size_t *n);

#endif
