#include "store/store_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/packed.h"
#include "base/xalloc.h"

static int64_t
terms_sum(const char *name, const char *terms)
{
	uint64_t sum[2] = { hash64(name, strlen(name)),
		hash64(terms, strlen(terms)) };

	return (int64_t)hash64(sum, sizeof(sum));
}

static const char put_sql[] =
    "INSERT OR REPLACE INTO cache (name, body) VALUES (?, ?)";
static const char clear_sql[] = "DELETE FROM cache";

static int
put(struct sqlstmt *q, const char *name, int64_t sum, const struct buf *body,
    struct errmsg *err)
{
	struct buf sealed;
	int r;

	buf_init(&sealed);
	buf_add(&sealed, body->data, body->len);
	packed_seal(&sealed, &sum, 1);
	sqlstmt_text(q, 1, name);
	sqlstmt_bytes(q, 2, sealed.data, sealed.len);
	r = sqlstmt_run(q, err);
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
	r = put(q, name, terms_sum(name, terms), body, err);
	sqlstmt_free(&q);
	return r;
}

/* What is put in the place of all that is there. */
struct replacing {
	struct sqlstmt *clear, *put;
	char *terms;
	const struct store_cached *list;
	size_t n;
};

static int
replace(void *arg, struct errmsg *err)
{
	struct replacing *g = arg;
	const struct store_cached *one;
	int r = sqlstmt_run(g->clear, err);

	for (one = g->list; one < g->list + g->n && r == 0; one++)
		r = put(g->put, one->name, terms_sum(one->name, g->terms),
		    one->body, err);
	return r;
}

static void
drop(void *arg)
{
	struct replacing *g = arg;

	sqlstmt_free(&g->clear);
	sqlstmt_free(&g->put);
	free(g->terms);
	free(g);
}

int
store_cache_replace(struct store *s, const char *terms,
    const struct store_cached *list, size_t n, struct errmsg *err)
{
	struct replacing *g = xcalloc(1, sizeof(*g));
	const struct store_job job = { .run = replace, .drop = drop, .arg = g };

	if (sqldb_prepare(store_db(s), &g->clear, clear_sql, err) != 0 ||
	    sqldb_prepare(store_db(s), &g->put, put_sql, err) != 0) {
		drop(g);
		return -1;
	}
	g->terms = xstrdup(terms);
	g->list = list;
	g->n = n;
	store_later(s, &job);
	return 0;
}

int
store_cache_each(struct store *s, const char *terms,
    void (*take)(void *arg, const char *name, const void *bytes, size_t len),
    void *arg, struct errmsg *err)
{
	const unsigned char *bytes, *end;
	struct sqlstmt *q;
	const char *name;
	int64_t sum;
	size_t len;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT name, body FROM cache ORDER BY name", err) != 0)
		return -1;
	while ((r = sqlstmt_step(q, err)) == 1) {
		name = sqlstmt_get_text(q, 0);
		bytes = sqlstmt_get_bytes(q, 1, &len);
		end = bytes + len;
		sum = terms_sum(name, terms);
		if (packed_unseal(bytes, &end, &sum, 1) == 0)
			take(arg, name, bytes, (size_t)(end - bytes));
	}
	sqlstmt_free(&q);
	return r;
}

int
store_cache_clear(struct store *s, struct errmsg *err)
{
	return sqldb_exec(store_db(s), clear_sql, err);
}
