/*
 * Many calls into blocks: packed on all threads, some blocks at a time, and
 * put into the store while the next ones are packed, and beyond.
 */
#include "store/store_calls_impl.h"

#include <stdlib.h>

#include "base/pool.h"
#include "base/xalloc.h"

enum { AT_ONCE = 32 }; /* blocks that are packed together */

/* What the jobs of one filling share. */
struct putting {
	struct sqlstmt *block, *part;
};

struct part {
	int64_t source, seen;
};

/* One block, packed by one thread and put in by another. */
struct filled {
	struct putting *putting; /* of all of them */
	size_t first, end;       /* of the batch */
	int64_t start, last, n, run;
	struct part *parts;
	size_t nparts, parts_cap;
	struct buf data;
};

struct filling {
	struct store_in *in;
	struct putting *putting;
	struct filled *some[AT_ONCE];
	size_t n;
};

static int
open_putting(struct putting **pp, struct store *s, struct errmsg *err)
{
	struct sqldb *db = store_db(s);

	*pp = xcalloc(1, sizeof(**pp));
	if (sqldb_prepare(db, &(*pp)->block,
		"INSERT INTO blocks (" STORE_BLOCK_COLUMNS
		") VALUES (?, ?, ?, ?, ?)",
		err) != 0)
		return -1;
	return sqldb_prepare(db, &(*pp)->part,
	    "INSERT OR IGNORE INTO block_parts (block, source, seen, run) "
	    "VALUES (?, ?, ?, ?)",
	    err);
}

static int
put_nothing(void *arg, struct errmsg *err)
{
	(void)arg;
	(void)err;
	return 0;
}

static void
close_putting(void *arg)
{
	struct putting *p = arg;

	sqlstmt_free(&p->block);
	sqlstmt_free(&p->part);
	free(p);
}

/* Packing ---------------------------------------------------------------- */

bool
store_fill_copy(const struct batch *b, size_t i)
{
	return b->calls[i].start == b->calls[i - 1].start &&
	       b->calls[i].source == b->calls[i - 1].source &&
	       b->origins[i].key == b->origins[i - 1].key;
}

static void
list_parts(struct filled *f, const struct store_in *in, const size_t *pick,
    size_t n)
{
	struct part now, last = { -1, -1 };
	size_t i;

	for (i = 0; i < n; i++, last = now) {
		now.source = store_in_value(in, pick[i], STORE_SOURCE);
		now.seen = store_in_value(in, pick[i], STORE_SEEN);
		if (now.source == last.source && now.seen == last.seen)
			continue;
		f->parts = xgrow(f->parts, &f->parts_cap, f->nparts + 1,
		    sizeof(*f->parts));
		f->parts[f->nparts++] = now;
	}
}

static void
pack(void *arg, size_t which)
{
	const struct filling *fill = arg;
	const struct store_in *in = fill->in;
	struct filled *f = fill->some[which];
	size_t *pick = xmalloc((f->end - f->first) * sizeof(*pick));
	struct store_block k;
	size_t i, n = 0;

	for (i = f->first; i < f->end; i++)
		if (i == f->first || !store_fill_copy(in->b, i))
			pick[n++] = i;
	store_block_pack(&k, &f->data, in, pick, n);
	f->start = k.first;
	f->last = k.last;
	f->n = k.n;
	f->run = k.run;
	list_parts(f, in, pick, n);
	free(pick);
}

/* Putting in ------------------------------------------------------------- */

static int
put(void *arg, struct errmsg *err)
{
	const struct filled *f = arg;
	struct sqlstmt *block = f->putting->block, *part = f->putting->part;
	size_t i;

	sqlstmt_int(block, 1, f->start);
	sqlstmt_int(block, 2, f->last);
	sqlstmt_int(block, 3, f->n);
	sqlstmt_int(block, 4, f->run);
	sqlstmt_bytes(block, 5, f->data.data, f->data.len);
	if (sqlstmt_run(block, err) != 0)
		return -1;
	for (i = 0; i < f->nparts; i++) {
		sqlstmt_int(part, 1, f->start);
		sqlstmt_int(part, 2, f->parts[i].source);
		sqlstmt_int(part, 3, f->parts[i].seen);
		sqlstmt_int(part, 4, f->run);
		if (sqlstmt_run(part, err) != 0)
			return -1;
	}
	return 0;
}

static void
drop(void *arg)
{
	struct filled *f = arg;

	buf_fini(&f->data);
	free(f->parts);
	free(f);
}

/* Pack what there is, and have it put in. */
static void
pack_some(struct filling *fill, int64_t *added, bool *more)
{
	struct filled *f;
	size_t i;

	if (fill->n > 0)
		pool_run(store_threads(fill->in->store), fill->n, pack, fill);
	for (i = 0; i < fill->n; i++) {
		f = fill->some[i];
		*added += f->n;
		*more |= (size_t)f->n < f->end - f->first;
		store_later(fill->in->store, &(struct store_job){ .run = put,
						 .drop = drop,
						 .arg = f,
						 .bytes = f->data.len });
	}
	fill->n = 0;
}

/* Where the block from `first` on ends: calls of one start are not parted. */
static size_t
cut(const struct batch *b, size_t first, size_t end)
{
	size_t at;

	if (end - first < 2 * STORE_BLOCK)
		return end;
	at = first + STORE_BLOCK;
	while (at < end && b->calls[at].start == b->calls[at - 1].start)
		at++;
	return at;
}

/* Too few for a block, or so many of one start as no switch writes. */
static int
add_rows(struct store_in *in, size_t first, size_t end, int64_t *added,
    bool *more, struct errmsg *err)
{
	size_t i;
	int r;

	(void)store_db(in->store);
	for (i = first; i < end; i++) {
		if (i > first && store_fill_copy(in->b, i)) {
			*more = true;
			continue;
		}
		r = store_in_row(in, i, err);
		if (r < 0)
			return -1;
		*added += r;
	}
	return 0;
}

static void
open_filled(struct filling *fill, size_t first, size_t end)
{
	struct filled *f = xcalloc(1, sizeof(*f));

	f->putting = fill->putting;
	f->first = first;
	f->end = end;
	buf_init(&f->data);
	fill->some[fill->n++] = f;
}

/* The statements are there until the last block is put in. */
static void
close_filling(struct filling *fill)
{
	while (fill->n > 0)
		drop(fill->some[--fill->n]);
	if (fill->putting != NULL)
		store_later(fill->in->store,
		    &(struct store_job){ .run = put_nothing,
			.drop = close_putting,
			.arg = fill->putting });
}

int
store_fill(struct store_in *in, size_t first, size_t end, int64_t *added,
    bool *more, struct errmsg *err)
{
	struct filling fill = { .in = in };
	size_t at;
	int r;

	*more = false;
	r = store_in_all_texts(in, first, end, err);
	if (r == 0)
		r = open_putting(&fill.putting, in->store, err);
	for (; r == 0 && first < end; first = at) {
		at = cut(in->b, first, end);
		if (at - first < STORE_BLOCK || at - first > STORE_BLOCK_MOST)
			r = add_rows(in, first, at, added, more, err);
		else
			open_filled(&fill, first, at);
		if (fill.n == AT_ONCE)
			pack_some(&fill, added, more);
	}
	if (r == 0)
		pack_some(&fill, added, more);
	close_filling(&fill);
	return r;
}
