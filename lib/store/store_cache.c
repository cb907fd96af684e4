#include "store/store_cache.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/packed.h"
#include "base/xalloc.h"
#include "store/store_impl.h"

/*
 * Part 0 of a name is its list, and has what is behind the last part of this
 * size:
 *
 *	head      format, number of parts
 *	hashes    of parts 1, 2, ...
 *	rest      less than a part
 *	seal      of all that, with the terms and the name
 *
 * The terms of a list stand beside it, too, so that SQL tells those of others.
 */
enum { PART = 1 << 16 };
enum { HEAD_FORMAT, HEAD_PARTS, HEAD_SIZE };
enum { FORMAT = 2, MOST_PARTS = 1 << 20 };
enum { AHEAD_PARTS = 1 << 10 }; /* that there is room made for at once */

/* What the seal of a list tells beside it. */
enum { BESIDE_FORMAT, BESIDE_TERMS, BESIDE_NAME, BESIDE };

static int64_t
text_sum(const char *text)
{
	return (int64_t)hash64(text, strlen(text));
}

static int64_t
part_sum(const void *bytes)
{
	return (int64_t)hash64(bytes, PART);
}

/* Putting ----------------------------------------------------------------- */

struct putting {
	struct store *store;
	struct sqlstmt *put, *trim;
	int64_t terms;
	const struct store_cached *list;
	size_t n;
};

static int
prepare(struct putting *g, struct store *s, const char *terms,
    struct errmsg *err)
{
	struct sqldb *db = store_db(s);

	g->store = s;
	g->terms = text_sum(terms);
	if (sqldb_prepare(db, &g->put,
		"INSERT INTO cache (name, part, terms, body) "
		"VALUES (?, ?, ?, ?) ON CONFLICT (name, part) "
		"DO UPDATE SET terms = excluded.terms, body = excluded.body",
		err) != 0)
		return -1;
	return sqldb_prepare(db, &g->trim,
	    "DELETE FROM cache WHERE name = ? AND part NOT BETWEEN 0 AND ?",
	    err);
}

static void
finish(struct putting *g)
{
	sqlstmt_free(&g->put);
	sqlstmt_free(&g->trim);
}

static int
put_row(struct sqlstmt *q, int64_t part, int64_t terms, const char *bytes,
    size_t len, struct errmsg *err)
{
	sqlstmt_int(q, 2, part);
	sqlstmt_int(q, 3, terms);
	sqlstmt_bytes(q, 4, bytes, len);
	return sqlstmt_run(q, err);
}

static int
put_list_row(const struct putting *g, int64_t name, const int64_t *hashes,
    size_t n, const struct buf *body, struct errmsg *err)
{
	const int64_t beside[BESIDE] = { [BESIDE_FORMAT] = FORMAT,
		[BESIDE_TERMS] = g->terms,
		[BESIDE_NAME] = name };
	int64_t head[HEAD_SIZE];
	struct buf list;
	int r;

	head[HEAD_FORMAT] = FORMAT;
	head[HEAD_PARTS] = (int64_t)n;
	buf_init(&list);
	packed_add_numbers(&list, head, HEAD_SIZE);
	packed_add_numbers(&list, hashes, n);
	buf_add(&list, body->data + n * PART, body->len - n * PART);
	packed_seal(&list, beside, BESIDE);
	r = put_row(g->put, 0, g->terms, list.data, list.len, err);
	buf_fini(&list);
	return r;
}

static int
put_one(const struct putting *g, const struct store_cached *one,
    struct errmsg *err)
{
	const size_t n = one->body->len / PART;
	const int64_t name = text_sum(one->name);
	int64_t *hashes = xcalloc(n + 1, sizeof(*hashes));
	struct store_parts *was = store_standing_take(g->store->standing, name);
	const char *bytes = one->body->data;
	size_t i;
	int r;

	sqlstmt_text(g->trim, 1, one->name);
	sqlstmt_int(g->trim, 2, (int64_t)n);
	r = sqlstmt_run(g->trim, err);
	sqlstmt_text(g->put, 1, one->name);
	for (i = 0; i < n && r == 0; i++, bytes += PART) {
		hashes[i] = part_sum(bytes);
		if (was == NULL || i >= was->n || hashes[i] != was->hashes[i])
			r = put_row(g->put, (int64_t)i + 1, 0, bytes, PART,
			    err);
	}
	if (r == 0)
		r = put_list_row(g, name, hashes, n, one->body, err);
	store_parts_free(&was);
	free(hashes);
	return r;
}

int
store_cache_put(struct store *s, const char *name, const char *terms,
    const struct buf *body, struct errmsg *err)
{
	const struct store_cached one = { name, body };
	struct putting g = { .put = NULL };
	int r;

	r = prepare(&g, s, terms, err);
	if (r == 0)
		r = put_one(&g, &one, err);
	finish(&g);
	return r;
}

static int
put_list(void *arg, struct errmsg *err)
{
	const struct putting *g = arg;
	const struct store_cached *one;
	int r = 0;

	for (one = g->list; one < g->list + g->n && r == 0; one++)
		r = put_one(g, one, err);
	return r;
}

static void
drop(void *arg)
{
	finish(arg);
	free(arg);
}

int
store_cache_put_later(struct store *s, const char *terms,
    const struct store_cached *list, size_t n, struct errmsg *err)
{
	struct putting *g = xcalloc(1, sizeof(*g));
	const struct store_job job = { .run = put_list,
		.drop = drop,
		.arg = g };

	if (prepare(g, s, terms, err) != 0) {
		drop(g);
		return -1;
	}
	g->list = list;
	g->n = n;
	store_later(s, &job);
	return 0;
}

/* Taking ------------------------------------------------------------------ */

struct store_entry {
	struct buf name, body, rest;
	int64_t terms;
	int64_t *hashes;
	size_t n, next; /* parts; the one that must come */
	bool good;
};

/* What the first row of a name says of the others. */
static bool
read_list(struct store_entry *e, struct sqlstmt *row)
{
	const int64_t beside[BESIDE] = { [BESIDE_FORMAT] = FORMAT,
		[BESIDE_TERMS] = e->terms,
		[BESIDE_NAME] = text_sum(e->name.data) };
	const unsigned char *at, *end;
	int64_t head[HEAD_SIZE];
	size_t len;

	if (sqlstmt_get_int(row, 1) != 0)
		return false;
	at = sqlstmt_get_bytes(row, 3, &len);
	end = at + len;
	if (packed_unseal(at, &end, beside, BESIDE) != 0 ||
	    packed_read_numbers(head, &at, end, HEAD_SIZE) != 0 ||
	    head[HEAD_FORMAT] != FORMAT || head[HEAD_PARTS] < 0 ||
	    head[HEAD_PARTS] > MOST_PARTS)
		return false;
	e->n = (size_t)head[HEAD_PARTS];
	e->hashes = xcalloc(e->n + 1, sizeof(*e->hashes));
	if (packed_read_numbers(e->hashes, &at, end, e->n) != 0)
		return false;
	buf_add(&e->rest, at, (size_t)(end - at));
	if (e->n <= AHEAD_PARTS)
		buf_reserve(&e->body, e->n * PART + e->rest.len);
	return true;
}

static struct store_entry *
add_entry(struct store_entries *all, struct sqlstmt *row)
{
	struct store_entry *e;

	all->list = xgrow(all->list, &all->cap, all->n + 1, sizeof(*all->list));
	e = &all->list[all->n++];
	*e = (struct store_entry){ .next = 1 };
	buf_init(&e->name);
	buf_init(&e->body);
	buf_init(&e->rest);
	buf_addstr(&e->name, sqlstmt_get_text(row, 0));
	e->terms = sqlstmt_get_int(row, 2);
	e->good = read_list(e, row);
	return e;
}

static void
add_part(struct store_entry *e, struct sqlstmt *row)
{
	const unsigned char *bytes;
	size_t len;

	e->good = e->good && e->next <= e->n &&
		  sqlstmt_get_int(row, 1) == (int64_t)e->next;
	if (!e->good)
		return;
	bytes = sqlstmt_get_bytes(row, 3, &len);
	e->good = len == PART && part_sum(bytes) == e->hashes[e->next - 1];
	if (e->good)
		buf_add(&e->body, bytes, len);
	e->next++;
}

int
store_cache_read(struct store *s, struct store_entries *all, struct errmsg *err)
{
	struct store_entry *e = NULL;
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT name, part, terms, body FROM cache "
		"ORDER BY name, part",
		err) != 0)
		return -1;
	while ((r = sqlstmt_step(q, err)) == 1) {
		if (e != NULL &&
		    strcmp(sqlstmt_get_text(q, 0), e->name.data) == 0)
			add_part(e, q);
		else
			e = add_entry(all, q);
	}
	sqlstmt_free(&q);
	return r;
}

void
store_entries_take(struct store_entries *all, struct store *s,
    const char *terms,
    void (*take)(void *arg, const char *name, struct buf *body), void *arg)
{
	const int64_t sum = text_sum(terms);
	struct store_entry *e;
	size_t i;

	store_standing_free(&s->standing);
	for (i = 0; i < all->n; i++) {
		e = &all->list[i];
		if (!e->good || e->next != e->n + 1 || e->terms != sum)
			continue;
		store_standing_note(&s->standing, text_sum(e->name.data),
		    e->hashes, e->n);
		buf_add(&e->body, e->rest.data, e->rest.len);
		take(arg, e->name.data, &e->body);
	}
}

void
store_entries_fini(struct store_entries *all)
{
	struct store_entry *e;
	size_t i;

	for (i = 0; i < all->n; i++) {
		e = &all->list[i];
		buf_fini(&e->name);
		buf_fini(&e->body);
		buf_fini(&e->rest);
		free(e->hashes);
	}
	free(all->list);
	*all = (struct store_entries){ .list = NULL };
}

int
store_cache_clear(struct store *s, const char *terms, struct errmsg *err)
{
	struct sqldb *db = store_db(s);
	struct sqlstmt *q;
	int r;

	store_standing_free(&s->standing);
	if (terms == NULL)
		return sqldb_exec(db, "DELETE FROM cache", err);
	if (sqldb_prepare(db, &q,
		"DELETE FROM cache WHERE name NOT IN "
		"(SELECT name FROM cache WHERE part = 0 AND terms = ?)",
		err) != 0)
		return -1;
	sqlstmt_int(q, 1, text_sum(terms));
	r = sqlstmt_run(q, err);
	sqlstmt_free(&q);
	return r;
}
