#include "store/store_cache.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/packed.h"
#include "base/xalloc.h"

/* A part that has less is the last one. */
enum { PART = 1 << 16 };

/* What the seal of a part tells beside it. */
enum { BESIDE_TERMS, BESIDE_NAME, BESIDE_PART, BESIDE };

static int64_t
text_sum(const char *text)
{
	return (int64_t)hash64(text, strlen(text));
}

static int
put_part(struct sqlstmt *q, struct buf *sealed, const int64_t *beside,
    const char *bytes, size_t len, struct errmsg *err)
{
	buf_reset(sealed);
	buf_add(sealed, bytes, len);
	packed_seal(sealed, beside, BESIDE);
	sqlstmt_int(q, 2, beside[BESIDE_PART]);
	sqlstmt_int(q, 3, beside[BESIDE_TERMS]);
	sqlstmt_bytes(q, 4, sealed->data, sealed->len);
	return sqlstmt_run(q, err);
}

static const char put_sql[] =
    "INSERT INTO cache (name, part, terms, body) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (name, part) "
    "DO UPDATE SET terms = excluded.terms, body = excluded.body";

static int
put(struct sqlstmt *q, const char *name, int64_t terms, const struct buf *body,
    struct errmsg *err)
{
	int64_t beside[BESIDE] = { [BESIDE_TERMS] = terms,
		[BESIDE_NAME] = text_sum(name) };
	struct buf sealed;
	size_t at = 0, len;
	int r;

	buf_init(&sealed);
	sqlstmt_text(q, 1, name);
	do {
		len = body->len - at < PART ? body->len - at : PART;
		r = put_part(q, &sealed, beside, body->data + at, len, err);
		beside[BESIDE_PART]++;
		at += len;
	} while (r == 0 && len == PART);
	buf_fini(&sealed);
	return r;
}

int
store_cache_put(struct store *s, const char *name, const char *terms,
    const struct buf *body, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, put_sql, err) != 0)
		return -1;
	r = put(q, name, text_sum(terms), body, err);
	sqlstmt_free(&q);
	return r;
}

/* What is put meanwhile. */
struct putting {
	struct sqlstmt *put;
	int64_t terms;
	const struct store_cached *list;
	size_t n;
};

static int
put_list(void *arg, struct errmsg *err)
{
	struct putting *g = arg;
	const struct store_cached *one;
	int r = 0;

	for (one = g->list; one < g->list + g->n && r == 0; one++)
		r = put(g->put, one->name, g->terms, one->body, err);
	return r;
}

static void
drop(void *arg)
{
	struct putting *g = arg;

	sqlstmt_free(&g->put);
	free(g);
}

int
store_cache_put_later(struct store *s, const char *terms,
    const struct store_cached *list, size_t n, struct errmsg *err)
{
	struct putting *g = xcalloc(1, sizeof(*g));
	const struct store_job job = { .run = put_list,
		.drop = drop,
		.arg = g };

	if (sqldb_prepare(store_db(s), &g->put, put_sql, err) != 0) {
		drop(g);
		return -1;
	}
	g->terms = text_sum(terms);
	g->list = list;
	g->n = n;
	store_later(s, &job);
	return 0;
}

/* One body, part by part. */
struct store_entry {
	struct buf name, body;
	int64_t beside[BESIDE]; /* of the next part */
	bool good, over;
};

static struct store_entry *
add_entry(struct store_entries *all, const char *name, int64_t terms)
{
	struct store_entry *e;

	all->list = xgrow(all->list, &all->cap, all->n + 1, sizeof(*all->list));
	e = &all->list[all->n++];
	*e = (struct store_entry){ .good = true };
	e->beside[BESIDE_TERMS] = terms;
	e->beside[BESIDE_NAME] = text_sum(name);
	buf_init(&e->name);
	buf_init(&e->body);
	buf_addstr(&e->name, name);
	return e;
}

static void
add_part(struct store_entry *e, struct sqlstmt *row)
{
	const unsigned char *bytes, *behind;
	size_t len;

	bytes = sqlstmt_get_bytes(row, 2, &len);
	behind = bytes + len;
	e->good = e->good && !e->over &&
		  sqlstmt_get_int(row, 1) == e->beside[BESIDE_PART] &&
		  packed_unseal(bytes, &behind, e->beside, BESIDE) == 0;
	if (!e->good)
		return;
	len = (size_t)(behind - bytes);
	buf_add(&e->body, bytes, len);
	e->beside[BESIDE_PART]++;
	e->over = len < PART;
}

int
store_cache_read(struct store *s, struct store_entries *all, struct errmsg *err)
{
	struct store_entry *e = NULL;
	struct sqlstmt *q;
	const char *name;
	int64_t terms;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT name, part, body, terms FROM cache ORDER BY name, part",
		err) != 0)
		return -1;
	while ((r = sqlstmt_step(q, err)) == 1) {
		name = sqlstmt_get_text(q, 0);
		terms = sqlstmt_get_int(q, 3);
		if (e == NULL || strcmp(name, e->name.data) != 0)
			e = add_entry(all, name, terms);
		/* A longer body may have stood there under other terms. */
		if (terms == e->beside[BESIDE_TERMS])
			add_part(e, q);
	}
	sqlstmt_free(&q);
	return r;
}

void
store_entries_take(struct store_entries *all, const char *terms,
    void (*take)(void *arg, const char *name, struct buf *body), void *arg)
{
	const int64_t sum = text_sum(terms);
	struct store_entry *e;

	for (e = all->list; e < all->list + all->n; e++)
		if (e->good && e->over && e->beside[BESIDE_TERMS] == sum)
			take(arg, e->name.data, &e->body);
}

void
store_entries_fini(struct store_entries *all)
{
	struct store_entry *e;

	for (e = all->list; e < all->list + all->n; e++) {
		buf_fini(&e->name);
		buf_fini(&e->body);
	}
	free(all->list);
	*all = (struct store_entries){ .list = NULL };
}

int
store_cache_clear(struct store *s, const char *terms, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (terms == NULL)
		return sqldb_exec(store_db(s), "DELETE FROM cache", err);
	if (sqldb_prepare(store_db(s), &q, "DELETE FROM cache WHERE terms <> ?",
		err) != 0)
		return -1;
	sqlstmt_int(q, 1, text_sum(terms));
	r = sqlstmt_run(q, err);
	sqlstmt_free(&q);
	return r;
}
