/*
 * Calls that stand near their places go there in one pass, by all threads.
 * Each fills its part of the places from the first to the last; what stood
 * there is kept in a ring, for as long as a place behind may ask for it.
 *
 *	| filled, what stood there is in the ring | chunk | as it was ... |
 *	                                        to be filled: in the ring, too
 *
 * Calls that come from another part, or from further before than the ring
 * reaches, are strays.  They are copied before any other is moved; where they
 * are many this is not the way.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/batch_impl.h"

enum {
	CHUNK = 256,
	RING = 1 << 17, /* calls, at most: in a day of a large site */
	STRAYS = 32,    /* at most one of so many calls */
	AHEAD = 24      /* calls, to have what they ask for at hand */
};

struct part {
	size_t first, end;
	size_t reach; /* the ring has to have so many calls before one */
	bool many;    /* strays */
	struct batch_list strays;    /* places */
	char *copies[BATCH_COLUMNS]; /* of the strays */
};

struct sliding {
	const struct batch_column *columns;
	size_t ncolumns;
	const uint32_t *from;
	struct part *parts;
	size_t ring; /* calls that it has room for, whole chunks */
};

static void
find_strays(void *arg, size_t which)
{
	const struct sliding *s = arg;
	struct part *p = &s->parts[which];
	const size_t most = (p->end - p->first) / STRAYS;
	size_t i, from;

	for (i = p->first; i < p->end && !p->many; i++) {
		from = s->from[i];
		if (from >= p->first && from < p->end &&
		    from + RING - CHUNK >= i) {
			if (from + p->reach < i)
				p->reach = i - from;
			continue;
		}
		batch_list_add(&p->strays, i);
		p->many = p->strays.n > most;
	}
}

static void
copy_strays(void *arg, size_t which)
{
	const struct sliding *s = arg;
	struct part *p = &s->parts[which];
	const struct batch_column *c;
	size_t i, k;

	for (k = 0; k < s->ncolumns; k++) {
		c = &s->columns[k];
		p->copies[k] = xmalloc(p->strays.n * c->size);
		for (i = 0; i < p->strays.n; i++)
			memcpy(p->copies[k] + i * c->size,
			    c->list + s->from[p->strays.calls[i]] * c->size,
			    c->size);
	}
}

/* What a place behind may ask for, while a chunk is filled. */
struct window {
	const char *places[2]; /* the column, the ring */
	size_t size, ring;
	size_t lap;  /* where the present one of the ring began */
	size_t stop; /* what stood before is in the ring */
};

/*
 * Which of them has it nobody can foretell: no branch.  A stray is in neither,
 * or not any more; for it any place will do.
 */
static inline const char *
find(const struct window *w, size_t from)
{
	const bool kept = from < w->stop;
	size_t at = from + w->ring * (from < w->lap) - w->lap * kept;

	at *= !kept | (at < w->ring);
	return w->places[kept] + at * w->size;
}

static inline void
slide(const struct sliding *s, const struct part *p, char *list, size_t size,
    const char *copies, char *ring)
{
	const struct batch_list *strays = &p->strays;
	struct window w = { { list, ring }, size, s->ring, p->first, 0 };
	size_t i, next = 0;
	const char *from;

	for (i = p->first; i < p->end;) {
		w.stop = p->end - i < CHUNK ? p->end : i + CHUNK;
		w.lap += i - w.lap == s->ring ? s->ring : 0;
		memcpy(ring + (i - w.lap) * size, list + i * size,
		    (w.stop - i) * size);
		for (; i < w.stop; i++) {
			if (p->end - i > AHEAD) {
				from = find(&w, s->from[i + AHEAD]);
				batch_ask_for(from);
				batch_ask_for(from + size - 1);
			}
			from = find(&w, s->from[i]);
			if (next < strays->n && strays->calls[next] == i)
				from = copies + next++ * size;
			memcpy(list + i * size, from, size);
		}
	}
}

/* Where the size of what is copied is known, that is a few instructions. */
static void
slide_part(void *arg, size_t which)
{
	const struct sliding *s = arg;
	const struct part *p = &s->parts[which];
	const struct batch_column *c;
	size_t room = CHUNK, k;
	char *ring;

	/* Of few lengths, so that others take it over; not all is touched. */
	while (room < s->ring)
		room *= 2;
	ring = xmalloc(room * sizeof(struct call));
	for (k = 0; k < s->ncolumns; k++) {
		c = &s->columns[k];
		if (c->size == sizeof(struct call))
			slide(s, p, c->list, sizeof(struct call), p->copies[k],
			    ring);
		else if (c->size == sizeof(struct origin))
			slide(s, p, c->list, sizeof(struct origin),
			    p->copies[k], ring);
		else
			slide(s, p, c->list, c->size, p->copies[k], ring);
	}
	free(ring);
}

static void
parts_fini(struct sliding *s, size_t nparts)
{
	size_t i, k;

	for (i = 0; i < nparts; i++) {
		free(s->parts[i].strays.calls);
		for (k = 0; k < s->ncolumns; k++)
			free(s->parts[i].copies[k]);
	}
	free(s->parts);
}

bool
batch_slide(const struct batch_column *columns, size_t ncolumns,
    const uint32_t *from, size_t n, size_t threads)
{
	struct sliding s = { .columns = columns,
		.ncolumns = ncolumns,
		.from = from,
		.ring = CHUNK };
	const size_t nparts = pool_parts(threads, n, BATCH_LEAST);
	bool many = false;
	size_t i;

	s.parts = xcalloc(nparts, sizeof(*s.parts));
	for (i = 0; i < nparts; i++) {
		s.parts[i].first = pool_cut(n, nparts, i);
		s.parts[i].end = pool_cut(n, nparts, i + 1);
	}
	pool_run(nparts, nparts, find_strays, &s);
	for (i = 0; i < nparts; i++) {
		many |= s.parts[i].many;
		while (s.ring < s.parts[i].reach + CHUNK)
			s.ring += CHUNK;
	}
	if (!many) {
		pool_run(nparts, nparts, copy_strays, &s);
		pool_run(nparts, nparts, slide_part, &s);
	}
	parts_fini(&s, nparts);
	return !many;
}
