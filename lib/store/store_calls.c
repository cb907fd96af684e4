#include "store/store_calls.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "store/store_calls_impl.h"

/* What adds calls, and notes in which further files they are. */
struct adding {
	struct store_in in;
	struct store_blocks blocks;
	struct batch *b; /* that of `in`, whose flags are set */
	struct sqlstmt *again;
	int64_t horizon;
	int64_t added;
};

static int
open_adding(struct adding *a, struct errmsg *err)
{
	struct store *s = a->in.store;

	if (store_horizon(s, &a->horizon, err) != 0 ||
	    store_in_open(&a->in, err) != 0 ||
	    store_blocks_open(&a->blocks, s, err) != 0)
		return -1;
	return sqldb_prepare(store_db(s), &a->again,
	    "INSERT OR IGNORE INTO sightings "
	    "(start, source, key, file, line, run) "
	    "SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM "
	    "calls WHERE start = ?1 AND source = ?2 AND key = ?3 AND seen = ?4)",
	    err);
}

static void
close_adding(struct adding *a)
{
	store_hold(a->in.store);
	sqlstmt_free(&a->again);
	store_blocks_close(&a->blocks);
	store_in_close(&a->in);
	store_go_on(a->in.store);
}

static int
note_again(struct adding *a, size_t i, struct errmsg *err)
{
	const int64_t seen = store_in_value(&a->in, i, STORE_SEEN);

	if (seen == 0)
		return 0;
	sqlstmt_int(a->again, 1, a->b->calls[i].start);
	sqlstmt_int(a->again, 2, store_in_value(&a->in, i, STORE_SOURCE));
	sqlstmt_int(a->again, 3, store_in_value(&a->in, i, STORE_KEY));
	sqlstmt_int(a->again, 4, seen);
	sqlstmt_int(a->again, 5, a->b->origins[i].line);
	sqlstmt_int(a->again, 6, a->in.run);
	return sqlstmt_run(a->again, err);
}

/* One call, as a row if it is new. */
static int
add_call(struct adding *a, size_t i, struct errmsg *err)
{
	struct batch *b = a->b;
	int64_t source, seen = 0;
	int r;

	if (b->calls[i].start < a->horizon) {
		b->calls[i].flags |= CALL_DUPLICATE;
		return 0;
	}
	if (text_ids_get(&a->in.texts, b->sources[b->calls[i].source].name,
		&source, err) != 0)
		return -1;
	r = store_blocks_find(&a->blocks, b->calls[i].start, source,
	    (int64_t)b->origins[i].key, &seen, err);
	if (r == 0) {
		r = store_in_row(&a->in, i, err);
		a->added += r == 1;
		if (r != 0)
			return r < 0 ? -1 : 0;
	}
	if (r < 0)
		return -1;
	b->calls[i].flags |= CALL_DUPLICATE;
	return seen == store_in_value(&a->in, i, STORE_SEEN) && seen != 0
		   ? 0
		   : note_again(a, i, err);
}

static int
add_rows(struct adding *a, size_t first, size_t end, struct errmsg *err)
{
	size_t i;

	for (i = first; i < end; i++)
		if (add_call(a, i, err) != 0)
			return -1;
	return 0;
}

/* Calls that are all new: each once, and then what is there twice. */
static int
add_stretch(struct adding *a, size_t first, size_t end, struct errmsg *err)
{
	bool more;
	size_t i;

	if (store_fill(&a->in, first, end, &a->added, &more, err) != 0)
		return -1;
	store_blocks_forget(&a->blocks);
	if (!more)
		return 0;
	(void)store_db(a->in.store); /* the blocks are asked for */
	for (i = first + 1; i < end; i++)
		if (store_fill_copy(a->b, i) && add_call(a, i, err) != 0)
			return -1;
	return 0;
}

/*
 * Where the stretch from `first` on ends in which the store has no call.
 * Blocks are made of calls in order only.
 */
static int
find_stretch(struct adding *a, size_t first, size_t *end, struct errmsg *err)
{
	const struct batch *b = a->b;
	int64_t next;

	*end = b->n;
	if (!b->sorted || b->n - first < STORE_BLOCK)
		return 0;
	(void)store_db(a->in.store); /* no block is on its way */
	if (store_blocks_next(&a->blocks, b->calls[first].start, &next, err) !=
	    0)
		return -1;
	*end = next == INT64_MAX ? b->n : batch_lower(b, next);
	return 0;
}

/*
 * Where to ask again, when calls from `first` to `end` are too few for a block:
 * a little later, and not between calls of one start, which would be in the way
 * of each other.
 */
static size_t
later(const struct batch *b, size_t first, size_t end)
{
	enum { AT_LEAST = 64 };

	if (end - first < AT_LEAST)
		end = b->n - first < AT_LEAST ? b->n : first + AT_LEAST;
	while (end < b->n && b->calls[end].start == b->calls[end - 1].start)
		end++;
	return end;
}

static int
add_all(struct adding *a, struct errmsg *err)
{
	const struct batch *b = a->b;
	size_t i = 0, end;
	int r;

	while (i < b->n && b->calls[i].start < a->horizon)
		i++;
	r = add_rows(a, 0, i, err);
	for (; r == 0 && i < b->n; i = end) {
		r = find_stretch(a, i, &end, err);
		if (r != 0)
			break;
		if (b->sorted && end - i >= STORE_BLOCK) {
			r = add_stretch(a, i, end, err);
			continue;
		}
		end = later(b, i, end);
		(void)store_db(a->in.store);
		r = add_rows(a, i, end, err);
	}
	return r;
}

int
store_calls_add(struct store *s, struct batch *b, const int64_t *seen,
    int64_t run, int64_t *added, struct errmsg *err)
{
	struct adding a = {
		.in = { .store = s, .b = b, .seen = seen, .run = run },
		.b = b
	};
	int r;

	r = open_adding(&a, err);
	if (r == 0)
		r = add_all(&a, err);
	*added = a.added;
	close_adding(&a);
	return r;
}
