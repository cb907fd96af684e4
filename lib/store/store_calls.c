#include "store/store_calls.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "store/store_calls_impl.h"
#include "tel/calltime.h"

#define IN_CALL(member) STORE_CALL, STORE_TEXT, offsetof(struct call, member), 0
#define IN_ORIGIN(member) \
	STORE_ORIGIN, STORE_TEXT, offsetof(struct origin, member), 0

const struct store_column store_columns[] = {
	{ "src", IN_CALL(src) },
	{ "dst", IN_CALL(dst) },
	{ "forwarded_by", IN_CALL(forwarded_by) },
	{ "dialled", IN_CALL(dialled) },
	{ "account", IN_CALL(account) },
	{ "user", IN_CALL(user) },
	{ "trunk_in", IN_CALL(trunk_in) },
	{ "trunk_out", IN_CALL(trunk_out) },
	{ "call_id", IN_ORIGIN(call_id) },
	{ "join_key", IN_ORIGIN(join) },
	{ "src_name", IN_ORIGIN(src_name) },
	{ "service", IN_ORIGIN(service) },
	{ "clue_in", IN_ORIGIN(clue_in) },
	{ "auth_code", IN_ORIGIN(auth_code) },
	{ "ring", STORE_CALL, STORE_UINT32, offsetof(struct call, ring),
	    UINT32_MAX },
	{ "duration", STORE_CALL, STORE_UINT32, offsetof(struct call, duration),
	    UINT32_MAX },
	{ "line", STORE_ORIGIN, STORE_UINT32, offsetof(struct origin, line),
	    UINT32_MAX },
	{ "direction", STORE_CALL, STORE_UINT8,
	    offsetof(struct call, direction), DIR_TRANSIT },
	{ "status", STORE_CALL, STORE_UINT8, offsetof(struct call, status),
	    STATUS_CANCELLED },
	{ "feature", STORE_CALL, STORE_UINT8, offsetof(struct call, feature),
	    FEATURE_COUNT - 1 },
	{ "cause", STORE_ORIGIN, STORE_UINT8, offsetof(struct origin, cause),
	    UINT8_MAX },
	{ "zone_kind", STORE_ORIGIN, STORE_UINT8,
	    offsetof(struct origin, zone_kind), STAMP_ABBREV },
	{ "stated", STORE_ORIGIN, STORE_UINT8, offsetof(struct origin, stated),
	    ORIGIN_STATED },
	{ "event", STORE_ORIGIN, STORE_UINT8, offsetof(struct origin, event),
	    EVENT_COUNT - 1 },
	{ "quality", STORE_ORIGIN, STORE_UINT8,
	    offsetof(struct origin, quality), QUALITY_COUNT - 1 },
	{ "clock", STORE_ORIGIN, STORE_UINT8, offsetof(struct origin, clock),
	    UINT8_MAX },
	{ NULL, STORE_CALL, STORE_UINT8, 0, 0 },
};

int
store_column_list(struct buf *sql)
{
	const struct store_column *c;

	buf_addstr(sql, "start, source, key, cost, currency, flags, file, run, "
			"seen");
	for (c = store_columns; c->name != NULL; c++)
		buf_addf(sql, ", %s", c->name);
	return STORE_COLUMNS - 1 + (int)(c - store_columns);
}

/* Numbers of texts, by names id of one batch; 0 not asked for yet. */
struct text_ids {
	struct store *store;
	const struct intern *names;
	struct sqlstmt *add, *find, *reuse, *reused;
	int64_t *ids;
	bool any_free; /* numbers whose texts were deleted */
};

static int
text_ids_init(struct text_ids *t, struct store *s, const struct batch *b,
    struct errmsg *err)
{
	*t = (struct text_ids){ .store = s, .names = b->names };
	t->ids = xcalloc(intern_count(b->names), sizeof(*t->ids));
	/* Bound as bytes, because a text may contain NULs. */
	if (sqldb_prepare(store_db(s), &t->add,
		"INSERT OR IGNORE INTO texts (text) VALUES (CAST(? AS TEXT))",
		err) != 0)
		return -1;
	if (sqldb_prepare(store_db(s), &t->find,
		"SELECT id FROM texts WHERE text = CAST(? AS TEXT)", err) != 0)
		return -1;
	if (sqldb_prepare(store_db(s), &t->reuse,
		"UPDATE texts SET text = CAST(?1 AS TEXT) WHERE id = "
		"(SELECT min(id) FROM free_texts) RETURNING id",
		err) != 0)
		return -1;
	t->any_free = true;
	return sqldb_prepare(store_db(s), &t->reused,
	    "DELETE FROM free_texts WHERE id = ?", err);
}

static void
text_ids_fini(struct text_ids *t)
{
	sqlstmt_free(&t->add);
	sqlstmt_free(&t->find);
	sqlstmt_free(&t->reuse);
	sqlstmt_free(&t->reused);
	free(t->ids);
}

/*
 * Numbers have no gaps, so that they can be indexes; those whose texts were
 * deleted go to new ones.  1 if the text has one of them now.
 */
static int
reuse_number(struct text_ids *t, const char *text, size_t len, int64_t *id,
    struct errmsg *err)
{
	int r;

	sqlstmt_bytes(t->find, 1, text, len);
	r = sqlstmt_step(t->find, err);
	if (r == 1)
		*id = sqlstmt_get_int(t->find, 0);
	sqlstmt_reset(t->find);
	if (r != 0)
		return r;
	sqlstmt_bytes(t->reuse, 1, text, len);
	r = sqlstmt_step(t->reuse, err);
	if (r == 1)
		*id = sqlstmt_get_int(t->reuse, 0);
	sqlstmt_reset(t->reuse);
	if (r != 1) {
		t->any_free = false;
		return r;
	}
	sqlstmt_int(t->reused, 1, *id);
	return sqlstmt_run(t->reused, err) == 0 ? 1 : -1;
}

static int
find_text(struct text_ids *t, const char *text, size_t len, int64_t *id,
    struct errmsg *err)
{
	int r;

	sqlstmt_bytes(t->find, 1, text, len);
	r = sqlstmt_step(t->find, err);
	if (r == 0)
		return errmsg_set(err, "%s: damaged: a text is not found again",
		    store_path(t->store));
	if (r < 0)
		return -1;
	*id = sqlstmt_get_int(t->find, 0);
	sqlstmt_reset(t->find);
	return 0;
}

/* The number of a text, which is added if the store does not have it. */
static int
text_id(struct text_ids *t, uint32_t name, int64_t *id, struct errmsg *err)
{
	const char *text = intern_text(t->names, name);
	const size_t len = intern_len(t->names, name);

	int r = 0;

	*id = t->ids[name];
	if (*id != 0 || name == 0)
		return 0;
	if (t->any_free)
		r = reuse_number(t, text, len, id, err);
	if (r != 0) {
		t->ids[name] = *id;
		return r < 0 ? -1 : 0;
	}
	sqlstmt_bytes(t->add, 1, text, len);
	if (sqlstmt_run(t->add, err) != 0)
		return -1;
	if (sqldb_changes(store_db(t->store)) == 1)
		*id = sqldb_last_id(store_db(t->store));
	else if (find_text(t, text, len, id, err) != 0)
		return -1;
	t->ids[name] = *id;
	return 0;
}

/* The value that a column takes from a call. */
static uint32_t
value_of(const struct store_column *c, const struct call *call,
    const struct origin *origin)
{
	const char *base =
	    c->home == STORE_CALL ? (const char *)call : (const char *)origin;
	uint32_t v;

	if (c->type == STORE_UINT8)
		return *(const uint8_t *)(base + c->at);
	memcpy(&v, base + c->at, sizeof(v));
	return v;
}

static int
bind_text(struct text_ids *t, struct sqlstmt *insert, int place, uint32_t name,
    struct errmsg *err)
{
	int64_t id;

	if (text_id(t, name, &id, err) != 0)
		return -1;
	sqlstmt_int(insert, place, id);
	return 0;
}

static int
bind_call(struct text_ids *t, struct sqlstmt *insert, const struct batch *b,
    size_t i, struct errmsg *err)
{
	const struct call *c = &b->calls[i];
	const struct origin *o = &b->origins[i];
	const struct store_column *col;
	int place = STORE_COLUMNS;
	uint32_t v;

	sqlstmt_int(insert, STORE_START, c->start);
	/* The upper half of the keys is negative in there. */
	sqlstmt_int(insert, STORE_KEY, (int64_t)o->key);
	sqlstmt_int(insert, STORE_FLAGS, c->flags & STORE_FLAGS_KEPT);
	if (c->flags & CALL_HAS_COST)
		sqlstmt_int(insert, STORE_COST, c->cost);
	else
		sqlstmt_null(insert, STORE_COST);
	if (bind_text(t, insert, STORE_SOURCE, b->sources[c->source].name,
		err) != 0 ||
	    bind_text(t, insert, STORE_CURRENCY, b->currencies[c->currency],
		err) != 0 ||
	    bind_text(t, insert, STORE_FILE, b->files[o->file], err) != 0)
		return -1;
	for (col = store_columns; col->name != NULL; col++, place++) {
		v = value_of(col, c, o);
		if (col->type != STORE_TEXT)
			sqlstmt_int(insert, place, v);
		else if (bind_text(t, insert, place, v, err) != 0)
			return -1;
	}
	return 0;
}

/* What adds calls, and notes in which further files they are. */
struct adding {
	struct store *store;
	struct text_ids texts;
	struct sqlstmt *insert, *again;
	const int64_t *seen; /* by batch file, or NULL */
	int64_t run, horizon;
};

static int
prepare_insert(struct store *s, struct sqlstmt **insert, struct errmsg *err)
{
	struct buf sql;
	int r, n;

	buf_init(&sql);
	buf_addstr(&sql, "INSERT OR IGNORE INTO calls (");
	n = store_column_list(&sql);
	buf_addstr(&sql, ") VALUES (?");
	while (--n > 0)
		buf_addstr(&sql, ", ?");
	buf_addch(&sql, ')');
	r = sqldb_prepare(store_db(s), insert, sql.data, err);
	buf_fini(&sql);
	return r;
}

static int
open_adding(struct adding *a, const struct batch *b, struct errmsg *err)
{
	if (store_horizon(a->store, &a->horizon, err) != 0 ||
	    text_ids_init(&a->texts, a->store, b, err) != 0 ||
	    prepare_insert(a->store, &a->insert, err) != 0)
		return -1;
	return sqldb_prepare(store_db(a->store), &a->again,
	    "INSERT OR IGNORE INTO sightings "
	    "(start, source, key, file, line, run) "
	    "SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM "
	    "calls WHERE start = ?1 AND source = ?2 AND key = ?3 AND seen = ?4)",
	    err);
}

static void
close_adding(struct adding *a)
{
	sqlstmt_free(&a->insert);
	sqlstmt_free(&a->again);
	text_ids_fini(&a->texts);
}

static int
note_again(struct adding *a, const struct batch *b, size_t i, int64_t seen,
    struct errmsg *err)
{
	const struct call *c = &b->calls[i];
	const struct origin *o = &b->origins[i];
	int64_t source;

	if (seen == 0)
		return 0;
	if (text_id(&a->texts, b->sources[c->source].name, &source, err) != 0)
		return -1;
	sqlstmt_int(a->again, 1, c->start);
	sqlstmt_int(a->again, 2, source);
	sqlstmt_int(a->again, 3, (int64_t)o->key);
	sqlstmt_int(a->again, 4, seen);
	sqlstmt_int(a->again, 5, o->line);
	sqlstmt_int(a->again, 6, a->run);
	return sqlstmt_run(a->again, err);
}

/* 1 if it is new to the store. */
static int
add_call(struct adding *a, struct batch *b, size_t i, struct errmsg *err)
{
	const int64_t seen = a->seen != NULL ? a->seen[b->origins[i].file] : 0;

	if (b->calls[i].start < a->horizon) {
		b->calls[i].flags |= CALL_DUPLICATE;
		return 0;
	}
	sqlstmt_int(a->insert, STORE_RUN, a->run);
	sqlstmt_int(a->insert, STORE_SEEN, seen);
	if (bind_call(&a->texts, a->insert, b, i, err) != 0 ||
	    sqlstmt_run(a->insert, err) != 0)
		return -1;
	if (sqldb_changes(store_db(a->store)) == 1)
		return 1;
	b->calls[i].flags |= CALL_DUPLICATE;
	return note_again(a, b, i, seen, err);
}

int
store_calls_add(struct store *s, struct batch *b, const int64_t *seen,
    int64_t run, int64_t *added, struct errmsg *err)
{
	struct adding a = { .store = s, .seen = seen, .run = run };
	size_t i;
	int r;

	*added = 0;
	r = open_adding(&a, b, err);
	for (i = 0; r >= 0 && i < b->n; i++) {
		r = add_call(&a, b, i, err);
		*added += r == 1;
	}
	close_adding(&a);
	return r < 0 ? -1 : 0;
}
