#include "store/store_cache.h"

#include <string.h>

#include "base/hash.h"
#include "base/packed.h"

static int64_t
terms_sum(const char *name, const char *terms)
{
	uint64_t sum[2] = { hash64(name, strlen(name)),
		hash64(terms, strlen(terms)) };

	return (int64_t)hash64(sum, sizeof(sum));
}

int
store_cache_put(struct store *s, const char *name, const char *terms,
    const struct buf *body, struct errmsg *err)
{
	const int64_t sum = terms_sum(name, terms);
	struct sqlstmt *q;
	struct buf sealed;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"INSERT OR REPLACE INTO cache (name, body) VALUES (?, ?)",
		err) != 0)
		return -1;
	buf_init(&sealed);
	buf_add(&sealed, body->data, body->len);
	packed_seal(&sealed, &sum, 1);
	sqlstmt_text(q, 1, name);
	sqlstmt_bytes(q, 2, sealed.data, sealed.len);
	r = sqlstmt_run(q, err);
	buf_fini(&sealed);
	sqlstmt_free(&q);
	return r;
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
	return sqldb_exec(store_db(s), "DELETE FROM cache", err);
}
