/* Calls out of the store; nothing that the file says is trusted. */
#include "store/store_calls_impl.h"

int
loading_damaged(const struct loading *l, const char *what, int64_t v,
    struct errmsg *err)
{
	return errmsg_set(err, "%s: damaged: %s %lld", store_path(l->store),
	    what, (long long)v);
}

/* A column that a member takes as it is. */
static int
read_column(struct loading *l, const struct store_column *col, int64_t v,
    size_t i, struct errmsg *err)
{
	if (!store_column_is_text(col)) {
		if (v < 0 || v > (int64_t)col->most)
			return loading_damaged(l, col->name, v, err);
		store_column_put(col, l->b, i, (uint32_t)v);
		return 0;
	}
	if (loading_text_at(l, v, err) == NULL)
		return -1;
	if (loading_is_long(l, v))
		return loading_damaged(l, "long text", v, err);
	store_column_put(col, l->b, i, l->names[v]);
	return 0;
}

/* A call with the values by place. */
static int
add_call(struct loading *l, const int64_t *v, struct errmsg *err)
{
	const struct store_column *col;
	struct origin *o;
	struct call *c;
	const size_t i = batch_add(l->b, &c, &o);

	c->start = v[STORE_START];
	if (c->start < 0 || c->start > STORE_LATEST)
		return loading_damaged(l, "start", c->start, err);
	o->key = (uint64_t)v[STORE_KEY];
	batch_set_cost(l->b, i, v[STORE_COST]);
	c->flags = (uint8_t)(v[STORE_FLAGS] & STORE_FLAGS_KEPT);
	if (v[STORE_RUN] == l->run)
		c->flags |= CALL_ADDED;
	if (loading_source(l, v[STORE_SOURCE], err) != 0 ||
	    loading_currency(l, v[STORE_CURRENCY], err) != 0 ||
	    loading_file(l, v[STORE_FILE], err) != 0)
		return -1;
	c->source = loading_source_of(l, v[STORE_SOURCE]);
	c->currency = loading_currency_of(l, v[STORE_CURRENCY]);
	if (i == 0)
		batch_usual_file(l->b, loading_file_of(l, v[STORE_FILE]));
	batch_set_file(l->b, i, loading_file_of(l, v[STORE_FILE]));
	for (v += STORE_COLUMNS, col = store_columns; col->name != NULL;
	     col++, v++)
		if (read_column(l, col, *v, i, err) != 0)
			return -1;
	if (o->event != EVENT_CALL)
		c->flags |= CALL_EVENT;
	return 0;
}

static int
add_row(struct loading *l, struct sqlstmt *q, int places, struct errmsg *err)
{
	int64_t v[STORE_PLACES];
	int place;

	for (place = 1; place <= places; place++)
		v[place] = sqlstmt_get_int(q, place - 1);
	return add_call(l, v, err);
}

static int
prepare_select(struct store *s, struct sqlstmt **q, int *places,
    struct errmsg *err)
{
	struct buf sql;
	int r;

	buf_init(&sql);
	buf_addstr(&sql, "SELECT ");
	*places = store_column_list(&sql);
	buf_addstr(&sql, " FROM calls WHERE start >= ?1 AND start < ?2 "
			 "AND run IS NOT ?3 ORDER BY start, source, key");
	r = sqldb_prepare(store_db(s), q, sql.data, err);
	buf_fini(&sql);
	return r;
}

/* The statements of a load, and how far it is. */
struct asking {
	struct loading *l;
	struct sqlstmt *rows, *blocks;
	int places;   /* of a row */
	int64_t from; /* what began before is there */
};

/* Which calls a statement gives; what is not said of one is NULL. */
static void
ask(const struct loading *l, struct sqlstmt *q, int64_t from, int64_t to)
{
	sqlstmt_int(q, 1, from);
	sqlstmt_int(q, 2, to);
	if (l->earlier)
		sqlstmt_int(q, 3, l->run);
}

/* What stands as rows. */
static int
load_rows(struct asking *a, int64_t to, struct errmsg *err)
{
	int r;

	ask(a->l, a->rows, a->from, to);
	while ((r = sqlstmt_step(a->rows, err)) == 1)
		if (add_row(a->l, a->rows, a->places, err) != 0) {
			sqlstmt_reset(a->rows);
			return -1;
		}
	return r;
}

/*
 * Blocks, and before each the rows up to its first call, so that calls are in
 * order but for rows that came later.
 */
static int
load_some(struct asking *a, struct loading_block *all, size_t n,
    struct errmsg *err)
{
	int64_t first;
	size_t i;

	loading_blocks_look(all, n);
	for (i = 0; i < n; i++) {
		first = loading_block_first(all, i);
		if (first > a->from) {
			if (load_rows(a, first, err) != 0)
				return -1;
			a->from = first;
		}
		if (loading_block_settle(all, i, err) != 0)
			return -1;
	}
	return loading_blocks_put(all, n, err);
}

static int
load_all(struct asking *a, struct errmsg *err)
{
	struct loading *l = a->l;
	struct loading_block *all = loading_blocks_new(l);
	size_t n = 0;
	int r;

	ask(l, a->blocks, l->from, l->to);
	while ((r = sqlstmt_step(a->blocks, err)) == 1) {
		loading_block_read(all, n++, a->blocks);
		if (n < LOADING_BLOCKS)
			continue;
		if (load_some(a, all, n, err) != 0)
			break;
		n = 0;
	}
	if (r == 0 &&
	    (load_some(a, all, n, err) != 0 || load_rows(a, l->to, err) != 0))
		r = -1;
	loading_blocks_free(&all);
	return r == 0 ? 0 : -1;
}

/* No two blocks overlap, so one that began before may reach into the time. */
#define BLOCKS_OF_TIME                                                         \
	" FROM blocks WHERE start >= coalesce((SELECT max(start) FROM blocks " \
	"WHERE start <= ?1), ?1) AND start < ?2 AND last >= ?1 "               \
	"AND run IS NOT ?3"

/*
 * Memory for all of them at once; a block says how many it has, but each call
 * takes some bytes.
 */
static int
reserve(struct loading *l, struct errmsg *err)
{
	enum { BYTES_A_CALL = 4 };
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(l->store), &q,
		"SELECT coalesce(sum(max(0, min(calls, "
		"length(data) / ?4))), 0)" BLOCKS_OF_TIME,
		err) != 0)
		return -1;
	ask(l, q, l->from, l->to);
	sqlstmt_int(q, 4, BYTES_A_CALL);
	r = sqlstmt_step(q, err);
	if (r == 1)
		batch_reserve(l->b, (size_t)sqlstmt_get_int(q, 0));
	sqlstmt_free(&q);
	return r < 0 ? -1 : 0;
}

static int
load(struct loading *l, struct errmsg *err)
{
	struct asking a = { .l = l, .from = l->from };
	struct store *s = l->store;
	int r = -1;

	if (loading_open(l, err) == 0 && reserve(l, err) == 0 &&
	    prepare_select(s, &a.rows, &a.places, err) == 0 &&
	    sqldb_prepare(store_db(s), &a.blocks,
		"SELECT " STORE_BLOCK_COLUMNS BLOCKS_OF_TIME " ORDER BY start",
		err) == 0)
		r = load_all(&a, err);
	sqlstmt_free(&a.rows);
	sqlstmt_free(&a.blocks);
	loading_close(l);
	return r;
}

int
store_calls_load(struct store *s, int64_t from, int64_t to, int64_t run,
    struct batch *b, struct errmsg *err)
{
	struct loading l = { .store = s,
		.b = b,
		.run = run,
		.from = from,
		.to = to };

	return load(&l, err);
}

int
store_calls_load_earlier(struct store *s, int64_t from, int64_t to, int64_t run,
    struct batch *b, struct errmsg *err)
{
	struct loading l = { .store = s,
		.b = b,
		.run = run,
		.from = from,
		.to = to,
		.earlier = true };

	return load(&l, err);
}

/* What a question says: 1 or 0, which is also that of no row. */
static int
any(struct store *s, const char *sql, const char *source, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, sql, err) != 0)
		return -1;
	if (source != NULL)
		sqlstmt_text(q, 1, source);
	r = sqlstmt_step(q, err);
	if (r == 1)
		r = sqlstmt_get_int(q, 0) != 0;
	sqlstmt_free(&q);
	return r;
}

int
store_calls_any(struct store *s, struct errmsg *err)
{
	return any(s,
	    "SELECT EXISTS (SELECT 1 FROM calls) OR "
	    "EXISTS (SELECT 1 FROM blocks)",
	    NULL, err);
}

int
store_calls_any_of(struct store *s, const char *source, struct errmsg *err)
{
	return any(s,
	    "SELECT EXISTS (SELECT 1 FROM block_parts WHERE source = id) OR "
	    "EXISTS (SELECT 1 FROM calls WHERE source = id) "
	    "FROM texts WHERE text = ?",
	    source, err);
}
