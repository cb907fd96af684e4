/* Calls out of the store; nothing that the file says is trusted. */
#include "store/store_calls_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/xalloc.h"

/* The year 9999, beyond which time is not reckoned. */
static const int64_t latest_start = INT64_C(253402300799999);

/* A text of the store in a batch; and what it is as a file, once asked. */
struct text {
	uint32_t name;   /* names */
	uint32_t file;   /* batch files, 0 not yet */
	uint16_t source; /* batch sources + 1, 0 not yet */
	uint8_t currency;
	bool has_currency, is_long;
};

struct loading {
	struct store *store;
	struct batch *b;
	struct text *texts; /* by number; [0] is missing */
	size_t n, cap;
	int64_t run;
};

static int
damaged(const struct loading *l, const char *what, int64_t v,
    struct errmsg *err)
{
	return errmsg_set(err, "%s: damaged: %s %lld", store_path(l->store),
	    what, (long long)v);
}

static void
add_text(struct loading *l, const char *text, size_t len)
{
	l->texts = xgrow(l->texts, &l->cap, l->n + 1, sizeof(*l->texts));
	l->texts[l->n++] = (struct text){
		.name = intern_add_rare(l->b->names, text, len), /* once each */
		.is_long = len > BOUNDS_FIELD,
	};
}

/* Their numbers have no gaps, so the array is no longer than the file. */
static int
load_texts(struct loading *l, struct errmsg *err)
{
	struct sqlstmt *q;
	const char *text;
	int64_t id;
	size_t len;
	int r;

	if (sqldb_prepare(store_db(l->store), &q,
		"SELECT id, text FROM texts ORDER BY id", err) != 0)
		return -1;
	add_text(l, "", 0);
	while ((r = sqlstmt_step(q, err)) == 1) {
		id = sqlstmt_get_int(q, 0);
		text = sqlstmt_get_bytes(q, 1, &len);
		if ((uint64_t)id != l->n) {
			r = damaged(l, "text", id, err);
			break;
		}
		add_text(l, text, len);
	}
	sqlstmt_free(&q);
	return r;
}

/* NULL with words if there is none of this number. */
static struct text *
text_at(struct loading *l, int64_t id, struct errmsg *err)
{
	if (id >= 0 && (uint64_t)id < l->n)
		return &l->texts[id];
	(void)damaged(l, "no text", id, err);
	return NULL;
}

static int
read_source(struct loading *l, int64_t id, uint16_t *source, struct errmsg *err)
{
	struct text *t = text_at(l, id, err);

	if (t == NULL)
		return -1;
	if (t->source == 0) {
		if (l->b->nsources >= BOUNDS_SOURCES)
			return damaged(l, "too many sources:", id, err);
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
	struct text *t = text_at(l, id, err);

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
	struct text *t = text_at(l, id, err);

	if (t == NULL)
		return -1;
	if (t->file == 0 && id != 0)
		t->file = batch_file(l->b, batch_text(l->b, t->name));
	*file = t->file;
	return 0;
}

/* A column that a member takes as it is. */
static int
read_column(struct loading *l, const struct store_column *col, int64_t v,
    struct call *c, struct origin *o, struct errmsg *err)
{
	char *p = (col->home == STORE_CALL ? (char *)c : (char *)o) + col->at;
	struct text *t;
	uint32_t number;

	if (col->type == STORE_TEXT) {
		t = text_at(l, v, err);
		if (t == NULL)
			return -1;
		if (t->is_long)
			return damaged(l, "long text", v, err);
		number = t->name;
	} else {
		if (v < 0 || v > (int64_t)col->most)
			return damaged(l, col->name, v, err);
		number = (uint32_t)v;
	}
	if (col->type == STORE_UINT8)
		*(uint8_t *)p = (uint8_t)number;
	else
		memcpy(p, &number, sizeof(number));
	return 0;
}

static int
read_call(struct loading *l, struct sqlstmt *q, struct errmsg *err)
{
	const struct store_column *col;
	struct origin *o;
	struct call *c;
	int place = STORE_COLUMNS - 1;

	(void)batch_add(l->b, &c, &o);
	c->start = sqlstmt_get_int(q, STORE_START - 1);
	if (c->start < 0 || c->start > latest_start)
		return damaged(l, "start", c->start, err);
	o->key = (uint64_t)sqlstmt_get_int(q, STORE_KEY - 1);
	c->cost = sqlstmt_get_int(q, STORE_COST - 1);
	c->flags =
	    (uint8_t)(sqlstmt_get_int(q, STORE_FLAGS - 1) & STORE_FLAGS_KEPT);
	if (sqlstmt_get_int(q, STORE_RUN - 1) == l->run)
		c->flags |= CALL_ADDED;
	if (read_source(l, sqlstmt_get_int(q, STORE_SOURCE - 1), &c->source,
		err) != 0 ||
	    read_currency(l, sqlstmt_get_int(q, STORE_CURRENCY - 1),
		&c->currency, err) != 0 ||
	    read_file(l, sqlstmt_get_int(q, STORE_FILE - 1), &o->file, err) !=
		0)
		return -1;
	for (col = store_columns; col->name != NULL; col++)
		if (read_column(l, col, sqlstmt_get_int(q, place++), c, o,
			err) != 0)
			return -1;
	if (o->event != EVENT_CALL)
		c->flags |= CALL_EVENT;
	return 0;
}

int
store_calls_any(struct store *s, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, "SELECT 1 FROM calls LIMIT 1",
		err) != 0)
		return -1;
	r = sqlstmt_step(q, err);
	sqlstmt_free(&q);
	return r;
}

static int
prepare_select(struct store *s, struct sqlstmt **q, struct errmsg *err)
{
	struct buf sql;
	int r;

	buf_init(&sql);
	buf_addstr(&sql, "SELECT ");
	(void)store_column_list(&sql);
	buf_addstr(&sql, " FROM calls WHERE start >= ? AND start < ? "
			 "ORDER BY start, source, key");
	r = sqldb_prepare(store_db(s), q, sql.data, err);
	buf_fini(&sql);
	return r;
}

int
store_calls_load(struct store *s, int64_t from, int64_t to, int64_t run,
    struct batch *b, struct errmsg *err)
{
	struct loading l = { .store = s, .b = b, .run = run };
	struct sqlstmt *q = NULL;
	int r = -1;

	if (load_texts(&l, err) != 0 || prepare_select(s, &q, err) != 0)
		goto out;
	sqlstmt_int(q, 1, from);
	sqlstmt_int(q, 2, to);
	while ((r = sqlstmt_step(q, err)) == 1)
		if (read_call(&l, q, err) != 0) {
			r = -1;
			break;
		}
out:
	sqlstmt_free(&q);
	free(l.texts);
	return r;
}
