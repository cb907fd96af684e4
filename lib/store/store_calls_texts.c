/* Texts, which stand once in the store, by their numbers. */
#include "store/store_calls_impl.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/pool.h"
#include "base/xalloc.h"

int
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

void
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

int64_t
text_ids_got(const struct text_ids *t, uint32_t name)
{
	size_t i;

	if ((name & INTERN_KEPT) == 0)
		return t->ids[name];
	for (i = 0; i < STORE_OWN; i++)
		if (t->kept[i].name == name)
			return t->kept[i].id;
	return 0;
}

static void
note(struct text_ids *t, uint32_t name, int64_t id)
{
	if ((name & INTERN_KEPT) == 0) {
		t->ids[name] = id;
		return;
	}
	t->kept[t->turn].name = name;
	t->kept[t->turn].id = id;
	t->turn = (t->turn + 1) % STORE_OWN;
}

int
text_ids_get(struct text_ids *t, uint32_t name, int64_t *id, struct errmsg *err)
{
	char room[INTERN_ROOM];
	const char *text = intern_read(t->names, name, room);
	const size_t len = intern_len(t->names, name);
	int r = 0;

	*id = text_ids_got(t, name);
	if (*id != 0 || name == 0)
		return 0;
	if (t->any_free)
		r = reuse_number(t, text, len, id, err);
	if (r != 0) {
		note(t, name, *id);
		return r < 0 ? -1 : 0;
	}
	sqlstmt_bytes(t->add, 1, text, len);
	if (sqlstmt_run(t->add, err) != 0)
		return -1;
	if (sqldb_changes(store_db(t->store)) == 1)
		*id = sqldb_last_id(store_db(t->store));
	else if (find_text(t, text, len, id, err) != 0)
		return -1;
	note(t, name, *id);
	return 0;
}

/* Names that calls have; several threads say so of the same one. */
struct needed {
	const struct batch *b;
	size_t first, end;
	atomic_uchar *names;
};

enum { PIECE = 1 << 15 };

static void
need(const struct needed *d, uint32_t name)
{
	/* Most are said to be already; then nobody has to wait. */
	if (atomic_load_explicit(&d->names[name], memory_order_relaxed) == 0)
		atomic_store_explicit(&d->names[name], 1, memory_order_relaxed);
}

/* Column by column, so few calls that they stay in the cache. */
enum { SOME = 256 };

static void
need_some(const struct needed *d, size_t first, size_t n)
{
	const struct batch *b = d->b;
	const struct store_column *c;
	size_t pick[SOME], i;
	uint32_t v[SOME];

	for (i = 0; i < n; i++) {
		pick[i] = first + i;
		need(d, b->sources[b->calls[first + i].source].name);
		need(d, b->currencies[b->calls[first + i].currency]);
		need(d, b->files[batch_file_of(b, first + i)]);
	}
	for (c = store_columns; c->name != NULL; c++) {
		if (c->type != STORE_TEXT)
			continue;
		store_column_values(c, b, pick, n, v);
		for (i = 0; i < n; i++)
			if (i == 0 || v[i] != v[i - 1])
				need(d, v[i]);
	}
}

static void
find_needed(void *arg, size_t piece)
{
	const struct needed *d = arg;
	size_t i = d->first + piece * PIECE, n;
	const size_t end = d->end - i < PIECE ? d->end : i + PIECE;

	for (; i < end; i += n) {
		n = end - i < SOME ? end - i : SOME;
		need_some(d, i, n);
	}
}

int
store_in_all_texts(struct store_in *in, size_t first, size_t end,
    struct errmsg *err)
{
	const uint32_t n = intern_count(in->b->names);
	struct needed d = { .b = in->b, .first = first, .end = end };
	uint32_t name;
	int64_t id;
	int r = 0;

	d.names = xcalloc(n, sizeof(*d.names));
	pool_run(store_threads(in->store), (end - first + PIECE - 1) / PIECE,
	    find_needed, &d);
	for (name = 1; name < n && r == 0; name++)
		if (d.names[name] != 0)
			r = text_ids_get(&in->texts, name, &id, err);
	free(d.names);
	return r;
}
