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
struct gathering {
	struct buf name, body;
	int64_t beside[BESIDE];
	bool good, over;
	void (*take)(void *arg, const char *name, struct buf *body);
	void *arg;
};

static void
begin(struct gathering *g, const char *name)
{
	buf_reset(&g->name);
	buf_addstr(&g->name, name);
	buf_reset(&g->body);
	g->beside[BESIDE_NAME] = text_sum(name);
	g->beside[BESIDE_PART] = 0;
	g->good = true;
	g->over = false;
}

static void
end(struct gathering *g)
{
	if (g->good && g->over)
		g->take(g->arg, g->name.data, &g->body);
}

static void
add_part(struct gathering *g, struct sqlstmt *row)
{
	const unsigned char *bytes, *behind;
	size_t len;

	bytes = sqlstmt_get_bytes(row, 2, &len);
	behind = bytes + len;
	g->good = g->good && !g->over &&
		  sqlstmt_get_int(row, 1) == g->beside[BESIDE_PART] &&
		  packed_unseal(bytes, &behind, g->beside, BESIDE) == 0;
	if (!g->good)
		return;
	len = (size_t)(behind - bytes);
	buf_add(&g->body, bytes, len);
	g->beside[BESIDE_PART]++;
	g->over = len < PART;
}

int
store_cache_each(struct store *s, const char *terms,
    void (*take)(void *arg, const char *name, struct buf *body), void *arg,
    struct errmsg *err)
{
	struct gathering g = { .beside = { [BESIDE_TERMS] = text_sum(terms) },
		.take = take,
		.arg = arg };
	struct sqlstmt *q;
	const char *name;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT name, part, body FROM cache WHERE terms = ? "
		"ORDER BY name, part",
		err) != 0)
		return -1;
	buf_init(&g.name);
	buf_init(&g.body);
	sqlstmt_int(q, 1, g.beside[BESIDE_TERMS]);
	while ((r = sqlstmt_step(q, err)) == 1) {
		name = sqlstmt_get_text(q, 0);
		if (strcmp(name, g.name.data) != 0) {
			end(&g);
			begin(&g, name);
		}
		add_part(&g, q);
	}
	if (r == 0)
		end(&g);
	buf_fini(&g.name);
	buf_fini(&g.body);
	sqlstmt_free(&q);
	return r;
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
