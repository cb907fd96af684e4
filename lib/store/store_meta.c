/* store_meta: what a store remembers by name. */
#include "store/store_impl.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * What is asked by name is no part of any job, which need not be over for it.
 */
static int
get(struct store *s, const char *name, struct buf *value, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(s->db, &q, "SELECT value FROM meta WHERE name = ?",
		err) != 0)
		return -1;
	sqlstmt_text(q, 1, name);
	r = sqlstmt_step(q, err);
	if (r == 1) {
		buf_reset(value);
		buf_addstr(value, sqlstmt_get_text(q, 0));
	}
	sqlstmt_free(&q);
	return r;
}

int
store_get(struct store *s, const char *name, struct buf *value,
    struct errmsg *err)
{
	int r;

	store_hold(s);
	r = get(s, name, value, err);
	store_go_on(s);
	return r;
}

/*
 * What is as it was is not written: a page that is written at the beginning of
 * a long transaction and at its end, too, has SQLite read all that stands in
 * its log between once more.
 */
static int
set(struct store *s, const char *name, const char *value, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(s->db, &q,
		"INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT "
		"(name) DO UPDATE SET value = excluded.value "
		"WHERE value <> excluded.value",
		err) != 0)
		return -1;
	sqlstmt_text(q, 1, name);
	sqlstmt_text(q, 2, value);
	r = sqlstmt_run(q, err);
	sqlstmt_free(&q);
	return r;
}

int
store_set(struct store *s, const char *name, const char *value,
    struct errmsg *err)
{
	int r;

	store_hold(s);
	r = set(s, name, value, err);
	store_go_on(s);
	return r;
}

int
store_unset(struct store *s, const char *name, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, "DELETE FROM meta WHERE name = ?",
		err) != 0)
		return -1;
	sqlstmt_text(q, 1, name);
	r = sqlstmt_run(q, err);
	sqlstmt_free(&q);
	return r;
}

int
store_horizon(struct store *s, int64_t *start, struct errmsg *err)
{
	struct buf text;
	char *end;
	int r;

	*start = INT64_MIN;
	buf_init(&text);
	r = store_get(s, "horizon", &text, err);
	if (r == 1) {
		*start = strtoll(text.data, &end, 10);
		if (text.len == 0 || *end != '\0')
			r = errmsg_set(err, "%s: damaged: horizon '%s'",
			    s->path, text.data);
	}
	buf_fini(&text);
	return r < 0 ? -1 : 0;
}

int
store_set_horizon(struct store *s, int64_t start, struct errmsg *err)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%lld", (long long)start);
	return store_set(s, "horizon", text, err);
}
