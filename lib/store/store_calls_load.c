/* Calls out of the store; nothing that the file says is trusted. */
#include "store/store_calls_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/xalloc.h"

/* The year 9999, beyond which time is not reckoned. */
static const int64_t latest_start = INT64_C(253402300799999);

/* A text of the store in a batch; and what it is as a file, once asked. */
struct store_text {
	uint32_t name;   /* names */
	uint32_t file;   /* batch files, 0 not yet */
	uint16_t source; /* batch sources + 1, 0 not yet */
	uint8_t currency;
	bool has_currency, is_long;
};

int
loading_damaged(const struct loading *l, const char *what, int64_t v,
    struct errmsg *err)
{
	return errmsg_set(err, "%s: damaged: %s %lld", store_path(l->store),
	    what, (long long)v);
}

static void
add_text(struct loading *l, const char *text, size_t len)
{
	l->texts = xgrow(l->texts, &l->cap, l->n + 1, sizeof(*l->texts));
	l->texts[l->n++] = (struct store_text){
		.name = intern_add_rare(l->b->names, text, len), /* once each */
		.is_long = len > BOUNDS_FIELD,
	};
}

/* Their numbers have no gaps, so the array is no longer than the file. */
int
loading_open(struct loading *l, struct errmsg *err)
{
	struct sqlstmt *q;
	const char *text;
	int64_t id;
	size_t len;
	int r;

	buf_init(&l->own);
	if (sqldb_prepare(store_db(l->store), &q,
		"SELECT id, text FROM texts ORDER BY id", err) != 0)
		return -1;
	add_text(l, "", 0);
	while ((r = sqlstmt_step(q, err)) == 1) {
		id = sqlstmt_get_int(q, 0);
		text = sqlstmt_get_bytes(q, 1, &len);
		if ((uint64_t)id != l->n) {
			r = loading_damaged(l, "text", id, err);
			break;
		}
		add_text(l, text, len);
	}
	sqlstmt_free(&q);
	return r;
}

void
loading_close(struct loading *l)
{
	free(l->texts);
	buf_fini(&l->own);
}

/* NULL with words if there is none of this number. */
static struct store_text *
text_at(struct loading *l, int64_t id, struct errmsg *err)
{
	if (id >= 0 && (uint64_t)id < l->n)
		return &l->texts[id];
	(void)loading_damaged(l, "no text", id, err);
	return NULL;
}

static int
read_source(struct loading *l, int64_t id, uint16_t *source, struct errmsg *err)
{
	struct store_text *t = text_at(l, id, err);

	if (t == NULL)
		return -1;
	if (t->source == 0) {
		if (l->b->nsources >= BOUNDS_SOURCES)
			return loading_damaged(l, "too many sources:", id, err);
		t->source =
		    (uint16_t)(batch_source(l->b, batch_text(l->b, t->name),
				   NULL, NULL, NULL) +
			       1);
	}
	*source = (uint16_t)(t->source - 1);
	return 0;
}

static int
read_currency(struct loading *l, int64_t id, uint8_t *currency,
    struct errmsg *err)
{
	struct store_text *t = text_at(l, id, err);

	if (t == NULL)
		return -1;
	if (!t->has_currency)
		t->currency = batch_currency(l->b, batch_text(l->b, t->name));
	t->has_currency = true;
	*currency = t->currency;
	return 0;
}

static int
read_file(struct loading *l, int64_t id, uint32_t *file, struct errmsg *err)
{
	struct store_text *t = text_at(l, id, err);

	if (t == NULL)
		return -1;
	if (t->file == 0 && id != 0)
		t->file = batch_file(l->b, batch_text(l->b, t->name));
	*file = t->file;
	return 0;
}

static void
put_member(struct call *c, struct origin *o, const struct store_column *col,
    uint32_t v)
{
	char *p = (col->home == STORE_CALL ? (char *)c : (char *)o) + col->at;

	if (col->type == STORE_UINT8)
		*(uint8_t *)p = (uint8_t)v;
	else
		memcpy(p, &v, sizeof(v));
}

/* A column that a member takes as it is. */
static int
read_column(struct loading *l, const struct store_column *col, int64_t v,
    struct call *c, struct origin *o, struct errmsg *err)
{
	struct store_text *t;

	if (!store_column_is_text(col)) {
		if (v < 0 || v > (int64_t)col->most)
			return loading_damaged(l, col->name, v, err);
		put_member(c, o, col, (uint32_t)v);
		return 0;
	}
	t = text_at(l, v, err);
	if (t == NULL)
		return -1;
	if (t->is_long)
		return loading_damaged(l, "long text", v, err);
	put_member(c, o, col, t->name);
	return 0;
}

/*
 * A call with the values by place; `own`, if it is not NULL, has the names of
 * its own texts, else they stand among the values by number, too.
 */
static int
add_call(struct loading *l, const int64_t *v, const uint32_t *own,
    struct errmsg *err)
{
	const struct store_column *col;
	struct origin *o;
	struct call *c;

	(void)batch_add(l->b, &c, &o);
	c->start = v[STORE_START];
	if (c->start < 0 || c->start > latest_start)
		return loading_damaged(l, "start", c->start, err);
	o->key = (uint64_t)v[STORE_KEY];
	c->cost = v[STORE_COST];
	c->flags = (uint8_t)(v[STORE_FLAGS] & STORE_FLAGS_KEPT);
	if (v[STORE_RUN] == l->run)
		c->flags |= CALL_ADDED;
	if (read_source(l, v[STORE_SOURCE], &c->source, err) != 0 ||
	    read_currency(l, v[STORE_CURRENCY], &c->currency, err) != 0 ||
	    read_file(l, v[STORE_FILE], &o->file, err) != 0)
		return -1;
	for (v += STORE_COLUMNS, col = store_columns; col->name != NULL;
	     col++, v++)
		if (own != NULL && col->type == STORE_OWN_TEXT)
			put_member(c, o, col, *own++);
		else if (read_column(l, col, *v, c, o, err) != 0)
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
	return add_call(l, v, NULL, err);
}

/* The own texts of the next call; they stay, as names. */
static int
next_own(struct loading *l, struct store_block *k, struct packed_text *last,
    uint32_t *own)
{
	const struct intern *names = l->b->names;
	struct packed_text like = *last;
	int i;

	for (i = 0; i < STORE_OWN; i++) {
		if (packed_next_text(&k->own[i], &like, &l->own) != 0 ||
		    l->own.len > BOUNDS_FIELD)
			return -1;
		if (l->own.len == 0)
			own[i] = 0;
		else if (i == 0 || l->own.len != like.len ||
			 memcmp(l->own.data, like.bytes, like.len) != 0)
			own[i] = intern_add_rare(l->b->names, l->own.data,
			    l->own.len);
		else
			own[i] = own[i - 1];
		like = (struct packed_text){ intern_text(names, own[i]),
			intern_len(names, own[i]) };
		if (i == 0)
			*last = like;
	}
	return 0;
}

int
loading_block(struct loading *l, const struct store_block *block, int64_t from,
    int64_t to, struct errmsg *err)
{
	struct store_block k = *block;
	struct packed_text last = { "", 0 };
	uint32_t own[STORE_OWN];
	int64_t v[STORE_PLACES] = { 0 };
	const int places = STORE_COLUMNS - 1 + store_column_count();
	size_t i;
	int p;

	v[STORE_RUN] = k.run;
	for (i = 0; i < (size_t)k.n; i++) {
		v[STORE_START] = packed_number(&k.columns[STORE_START], i);
		if (v[STORE_START] >= to)
			break;
		if (next_own(l, &k, &last, own) != 0)
			return loading_damaged(l, "block", k.first, err);
		if (v[STORE_START] < from)
			continue;
		for (p = 1; p <= places; p++)
			if (store_block_has(p))
				v[p] = packed_number(&k.columns[p], i);
		if (add_call(l, v, own, err) != 0)
			return -1;
	}
	return 0;
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
	buf_addstr(&sql, " FROM calls WHERE start >= ? AND start < ? "
			 "ORDER BY start, source, key");
	r = sqldb_prepare(store_db(s), q, sql.data, err);
	buf_fini(&sql);
	return r;
}

/* What stands as rows. */
static int
load_rows(struct loading *l, struct sqlstmt *q, int places, int64_t from,
    int64_t to, struct errmsg *err)
{
	int r;

	sqlstmt_int(q, 1, from);
	sqlstmt_int(q, 2, to);
	while ((r = sqlstmt_step(q, err)) == 1)
		if (add_row(l, q, places, err) != 0) {
			sqlstmt_reset(q);
			return -1;
		}
	return r;
}

/*
 * Blocks, and before each the rows up to its first call, so that calls are in
 * order but for rows that came later.
 */
static int
load_all(struct loading *l, struct sqlstmt *rows, int places,
    struct sqlstmt *blocks, int64_t from, int64_t to, struct errmsg *err)
{
	struct store_block k;
	struct buf data;
	int r;

	buf_init(&data);
	sqlstmt_int(blocks, 1, from);
	sqlstmt_int(blocks, 2, to);
	while ((r = sqlstmt_step(blocks, err)) == 1) {
		store_block_read(&k, blocks, &data);
		if (store_block_take(&k, &data) != 0)
			r = loading_damaged(l, "block", k.first, err);
		else if (k.first > from)
			r = load_rows(l, rows, places, from, k.first, err);
		if (r < 0 || loading_block(l, &k, from, to, err) != 0) {
			r = -1;
			break;
		}
		if (k.first > from)
			from = k.first;
	}
	if (r == 0)
		r = load_rows(l, rows, places, from, to, err);
	buf_fini(&data);
	return r;
}

int
store_calls_load(struct store *s, int64_t from, int64_t to, int64_t run,
    struct batch *b, struct errmsg *err)
{
	struct loading l = { .store = s, .b = b, .run = run };
	struct sqlstmt *rows = NULL, *blocks = NULL;
	int places, r = -1;

	if (loading_open(&l, err) == 0 &&
	    prepare_select(s, &rows, &places, err) == 0 &&
	    sqldb_prepare(store_db(s), &blocks,
		"SELECT " STORE_BLOCK_COLUMNS " FROM blocks "
		"WHERE last >= ?1 AND start < ?2 ORDER BY start",
		err) == 0)
		r = load_all(&l, rows, places, blocks, from, to, err);
	sqlstmt_free(&rows);
	sqlstmt_free(&blocks);
	loading_close(&l);
	return r;
}

int
store_calls_any(struct store *s, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT EXISTS (SELECT 1 FROM calls) OR "
		"EXISTS (SELECT 1 FROM blocks)",
		err) != 0)
		return -1;
	r = sqlstmt_step(q, err);
	if (r == 1)
		r = sqlstmt_get_int(q, 0) != 0;
	sqlstmt_free(&q);
	return r;
}
