/* Blocks in the store: searched, and taken apart again. */
#include "store/store_calls_impl.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"

int
store_blocks_open(struct store_blocks *k, struct store *s, struct errmsg *err)
{
	static const struct {
		size_t at;
		const char *sql;
	} statements[] = {
		{ offsetof(struct store_blocks, before),
		    "SELECT " STORE_BLOCK_COLUMNS " FROM blocks "
		    "WHERE start <= ? ORDER BY start DESC LIMIT 1" },
		{ offsetof(struct store_blocks, after),
		    "SELECT min(start) FROM blocks WHERE start > ?" },
		{ offsetof(struct store_blocks, row_after),
		    "SELECT min(start) FROM calls WHERE start >= ?" },
	};
	struct sqlstmt **q;
	size_t i;

	*k = (struct store_blocks){ .store = s };
	buf_init(&k->data);
	for (i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		q = (struct sqlstmt **)(void *)((char *)k + statements[i].at);
		if (sqldb_prepare(store_db(s), q, statements[i].sql, err) != 0)
			return -1;
	}
	return 0;
}

void
store_blocks_close(struct store_blocks *k)
{
	sqlstmt_free(&k->before);
	sqlstmt_free(&k->after);
	sqlstmt_free(&k->row_after);
	buf_fini(&k->data);
}

/* The first start that a statement gives; INT64_MAX if there is none. */
static int
ask_start(struct sqlstmt *q, int64_t start, int64_t *first, struct errmsg *err)
{
	int r;

	sqlstmt_int(q, 1, start);
	r = sqlstmt_step(q, err);
	assert(r != 0); /* min() always gives a row */
	if (r < 0)
		return -1;
	*first = sqlstmt_is_null(q, 0) ? INT64_MAX : sqlstmt_get_int(q, 0);
	sqlstmt_reset(q);
	return 0;
}

static int
damaged(const struct store_blocks *k, int64_t block, struct errmsg *err)
{
	return errmsg_set(err, "%s: damaged: block %lld", store_path(k->store),
	    (long long)block);
}

/* Know the block around a moment, or the gap. */
static int
look_at(struct store_blocks *k, int64_t start, struct errmsg *err)
{
	int r;

	if ((k->have && start >= k->at.first && start <= k->at.last) ||
	    (start >= k->gap_from && start < k->gap_to))
		return 0;
	k->have = false;
	k->gap_from = INT64_MIN;
	sqlstmt_int(k->before, 1, start);
	r = sqlstmt_step(k->before, err);
	if (r < 0)
		return -1;
	if (r == 1 && sqlstmt_get_int(k->before, 1) >= start) {
		store_block_read(&k->at, k->before, &k->data);
		k->have = true;
	} else if (r == 1) {
		k->gap_from = sqlstmt_get_int(k->before, 1) + 1;
	}
	sqlstmt_reset(k->before);
	if (!k->have)
		return ask_start(k->after, start, &k->gap_to, err);
	k->gap_to = k->gap_from;
	k->have = store_block_take(&k->at, &k->data) == 0;
	return k->have ? 0 : damaged(k, k->at.first, err);
}

int
store_blocks_next(struct store_blocks *k, int64_t start, int64_t *next,
    struct errmsg *err)
{
	if (look_at(k, start, err) != 0 ||
	    ask_start(k->row_after, start, next, err) != 0)
		return -1;
	if (k->have)
		*next = start;
	else if (k->gap_to < *next)
		*next = k->gap_to;
	return 0;
}

int
store_blocks_find(struct store_blocks *k, int64_t start, int64_t source,
    int64_t key, int64_t *seen, struct errmsg *err)
{
	const struct packed_numbers *columns = k->at.columns;
	size_t i;

	if (look_at(k, start, err) != 0)
		return -1;
	if (!k->have)
		return 0;
	for (i = store_block_lower(&k->at, start);
	     i < (size_t)k->at.n &&
	     packed_number(&columns[STORE_START], i) == start;
	     i++) {
		if (packed_number(&columns[STORE_KEY], i) != key ||
		    packed_number(&columns[STORE_SOURCE], i) != source)
			continue;
		*seen = packed_number(&columns[STORE_SEEN], i);
		return 1;
	}
	return 0;
}

int
store_packed_open(struct store_blocks **kp, struct store *s, struct errmsg *err)
{
	*kp = xmalloc(sizeof(**kp));
	if (store_blocks_open(*kp, s, err) == 0)
		return 0;
	store_packed_close(kp);
	return -1;
}

void
store_packed_close(struct store_blocks **kp)
{
	if (*kp == NULL)
		return;
	store_blocks_close(*kp);
	free(*kp);
	*kp = NULL;
}

int
store_packed_find(struct store_blocks *k, const char *source, int64_t start,
    uint64_t key, int64_t *file, struct errmsg *err)
{
	struct sqlstmt *q;
	int64_t id = 0;
	int r;

	if (look_at(k, start, err) != 0)
		return -1;
	if (!k->have)
		return 0;
	if (sqldb_prepare(store_db(k->store), &q,
		"SELECT id FROM texts WHERE text = ?", err) != 0)
		return -1;
	sqlstmt_text(q, 1, source);
	r = sqlstmt_step(q, err);
	if (r == 1)
		id = sqlstmt_get_int(q, 0);
	sqlstmt_free(&q);
	if (r != 1)
		return r;
	return store_blocks_find(k, start, id, (int64_t)key, file, err);
}

void
store_blocks_forget(struct store_blocks *k)
{
	k->have = false;
	k->gap_from = k->gap_to = INT64_MIN;
}

/* Taking apart ------------------------------------------------------------ */

/* The calls of some blocks, and what a batch does not have of them. */
struct apart {
	struct store *store;
	struct loading loading;
	int64_t *seen, *run; /* by call */
	size_t cap, runs_cap;
};

/* The calls of the row that the statement stands at. */
static int
gather(struct apart *a, struct loading_block *one, struct sqlstmt *q,
    struct errmsg *err)
{
	struct batch *b = a->loading.b;
	const size_t first = b->n;
	size_t i;

	loading_block_read(one, 0, q);
	loading_blocks_look(one, 1);
	if (loading_block_settle(one, 0, err) != 0 ||
	    loading_blocks_put(one, 1, err) != 0)
		return -1;
	a->seen = xgrow(a->seen, &a->cap, b->n, sizeof(*a->seen));
	a->run = xgrow(a->run, &a->runs_cap, b->n, sizeof(*a->run));
	for (i = first; i < b->n; i++) {
		a->seen[i] = loading_block_value(one, STORE_SEEN, i - first);
		a->run[i] = sqlstmt_get_int(q, 3);
	}
	return 0;
}

/* A statement about the blocks that the condition names. */
static int
about(struct store *s, struct sqlstmt **q, const char *begin, const char *where,
    const char *end, int64_t id, const char *name, struct errmsg *err)
{
	struct buf sql;
	int r;

	buf_init(&sql);
	/* Both parameters are there, whether the condition uses them. */
	buf_addf(&sql, "%s(%s) AND ?1 IS NOT NULL AND ?2 IS NOT NULL%s", begin,
	    where, end);
	r = sqldb_prepare(store_db(s), q, sql.data, err);
	buf_fini(&sql);
	if (r != 0)
		return -1;
	sqlstmt_int(*q, 1, id);
	sqlstmt_text(*q, 2, name);
	return 0;
}

static int
gather_all(struct apart *a, const char *where, int64_t id, const char *name,
    struct errmsg *err)
{
	struct loading_block *one;
	struct sqlstmt *q;
	int r;

	if (loading_open(&a->loading, err) != 0 ||
	    about(a->store, &q,
		"SELECT " STORE_BLOCK_COLUMNS " FROM blocks WHERE ", where,
		" ORDER BY start", id, name, err) != 0)
		return -1;
	one = loading_blocks_new(&a->loading);
	while ((r = sqlstmt_step(q, err)) == 1)
		if (gather(a, one, q, err) != 0) {
			r = -1;
			break;
		}
	loading_blocks_free(&one);
	sqlstmt_free(&q);
	return r;
}

/* The blocks are no more; their calls are rows. */
static int
put_rows(struct apart *a, struct errmsg *err)
{
	struct store_in in = { .store = a->store,
		.b = a->loading.b,
		.call_seen = a->seen };
	size_t i;
	int r;

	r = store_in_open(&in, err);
	for (i = 0; r >= 0 && i < in.b->n; i++) {
		in.run = a->run[i];
		r = store_in_row(&in, i, err);
	}
	store_in_close(&in);
	return r < 0 ? -1 : 0;
}

int
store_blocks_unpack(struct store *s, const char *where, int64_t id,
    const char *name, struct errmsg *err)
{
	struct apart a = { .store = s,
		.loading = { .store = s,
		    .b = batch_new(),
		    .from = INT64_MIN,
		    .to = INT64_MAX } };
	struct sqlstmt *q = NULL;
	int r = -1;

	if (gather_all(&a, where, id, name, err) != 0)
		goto out;
	r = 0;
	if (a.loading.b->n == 0)
		goto out;
	r = about(s, &q, "DELETE FROM blocks WHERE ", where, "", id, name, err);
	if (r == 0)
		r = sqlstmt_run(q, err);
	if (r == 0)
		r = sqldb_exec(store_db(s),
		    "DELETE FROM block_parts WHERE block NOT IN "
		    "(SELECT start FROM blocks)",
		    err);
	if (r == 0)
		r = put_rows(&a, err);
out:
	sqlstmt_free(&q);
	loading_close(&a.loading);
	batch_free(&a.loading.b);
	free(a.seen);
	free(a.run);
	return r;
}

int
store_calls_unpack(struct store *s, const char *parts, int64_t id,
    const char *name, struct errmsg *err)
{
	struct buf where;
	int r;

	buf_init(&where);
	buf_addf(&where, "start IN (SELECT block FROM block_parts WHERE %s)",
	    parts);
	r = store_blocks_unpack(s, where.data, id, name, err);
	buf_fini(&where);
	return r;
}
