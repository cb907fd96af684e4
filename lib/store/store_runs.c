#include "store/store_runs.h"

#include <string.h>

#include "base/notes.h"
#include "detect/findjson.h"
#include "io/jsonout.h"
#include "io/jsontext.h"
#include "tel/zone.h"

static void
put_name(struct buf *name, int64_t now, const char *mark, int64_t number)
{
	struct civil c;

	zone_to_local(zone_utc(), now, &c);
	buf_addf(name, "r-%04d%02d%02d-%02d%02d-%s%lld", (int)c.year, c.month,
	    c.day, c.hour, c.minute, mark, (long long)number);
}

/* The next number of a table. */
static int
next_number(struct store *s, const char *sql, int64_t *number,
    struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, sql, err) != 0)
		return -1;
	r = sqlstmt_step(q, err);
	*number = r == 1 ? sqlstmt_get_int(q, 0) : 0;
	sqlstmt_free(&q);
	return r == 1 ? 0 : -1;
}

int
store_run_next(struct store *s, int64_t now, int64_t *number, struct buf *name,
    struct errmsg *err)
{
	if (next_number(s, "SELECT coalesce(max(id), 0) + 1 FROM runs", number,
		err) != 0)
		return -1;
	put_name(name, now, "", *number);
	return 0;
}

int
store_body_read(struct store *s, struct results *rs, const char *body,
    struct errmsg *err)
{
	struct json_doc *doc;
	struct notes notes;
	int r;

	notes_init(&notes);
	doc = json_parse(body, strlen(body), store_path(s), &notes);
	if (doc == NULL)
		r = errmsg_set(err, "%s: damaged: %s", store_path(s),
		    notes.n > 0 ? notes.list[0].text : "no JSON");
	else if ((r = findjson_read(rs, json_root(doc), err)) != 0)
		(void)errmsg_prefix(err, "%s: damaged: ", store_path(s));
	json_free(&doc);
	notes_fini(&notes);
	return r;
}

int
store_runs_end(struct store *s, const struct store_run *r, struct errmsg *err)
{
	struct sqlstmt *q;
	int got;

	if (sqldb_prepare(store_db(s), &q,
		"UPDATE runs SET what = ?, began = ?, ended = ?, user = ?, "
		"config = ?, findings = ?, added = ?, updated = ?, "
		"closed = ?, status = ? WHERE id = ?",
		err) != 0)
		return -1;
	sqlstmt_text(q, 1, r->what);
	sqlstmt_int(q, 2, r->began);
	sqlstmt_int(q, 3, r->ended);
	sqlstmt_text(q, 4, r->user);
	sqlstmt_text(q, 5, r->config);
	sqlstmt_int(q, 6, r->findings);
	sqlstmt_int(q, 7, r->added);
	sqlstmt_int(q, 8, r->updated);
	sqlstmt_int(q, 9, r->closed);
	sqlstmt_int(q, 10, r->status);
	sqlstmt_int(q, 11, r->number);
	got = sqlstmt_run(q, err);
	sqlstmt_free(&q);
	return got;
}

static int
insert_failure(struct store *s, const struct store_run *r, const char *body,
    struct errmsg *err)
{
	struct sqlstmt *q;
	int got;

	if (sqldb_prepare(store_db(s), &q,
		"INSERT INTO failures (run, body, what, began, ended, user, "
		"status, error) SELECT coalesce(max(id), 0), ?, ?, ?, ?, ?, ?, "
		"? FROM runs",
		err) != 0)
		return -1;
	sqlstmt_text(q, 1, body);
	sqlstmt_text(q, 2, r->what);
	sqlstmt_int(q, 3, r->began);
	sqlstmt_int(q, 4, r->ended);
	sqlstmt_text(q, 5, r->user);
	sqlstmt_int(q, 6, r->status);
	sqlstmt_text(q, 7, r->error);
	got = sqlstmt_run(q, err);
	sqlstmt_free(&q);
	return got;
}

int
store_runs_fail(struct store *s, const struct store_run *r, struct errmsg *err)
{
	struct run run = r->run;
	struct buf name, body;
	struct jsonout j;
	int64_t number;
	int got = -1;

	if (store_begin(s, err) != 0)
		return -1;
	buf_init(&name);
	buf_init(&body);
	if (next_number(s, "SELECT coalesce(max(id), 0) + 1 FROM failures",
		&number, err) == 0) {
		put_name(&name, run.as_of, "f", number);
		run.id = name.data;
		jsonout_init(&j, &body, false);
		findjson_run(&j, &run);
		got = insert_failure(s, r, body.data, err);
	}
	if (got == 0)
		got = store_commit(s, err);
	buf_fini(&name);
	buf_fini(&body);
	return got;
}

static int
read_run(struct store *s, struct sqlstmt *q, struct results *rs,
    struct store_run *r, struct errmsg *err)
{
	memset(&rs->run, 0, sizeof(rs->run));
	if (store_body_read(s, rs, sqlstmt_get_text(q, 1), err) != 0)
		return -1;
	*r = (struct store_run){
		.number = sqlstmt_get_int(q, 0),
		.what = arena_strdup(&rs->arena, sqlstmt_get_text(q, 2)),
		.began = sqlstmt_get_int(q, 3),
		.ended = sqlstmt_get_int(q, 4),
		.user = arena_strdup(&rs->arena, sqlstmt_get_text(q, 5)),
		.config = arena_strdup(&rs->arena, sqlstmt_get_text(q, 6)),
		.findings = sqlstmt_get_int(q, 7),
		.added = sqlstmt_get_int(q, 8),
		.updated = sqlstmt_get_int(q, 9),
		.closed = sqlstmt_get_int(q, 10),
		.status =
		    sqlstmt_is_null(q, 11) ? -1 : (int)sqlstmt_get_int(q, 11),
		.error = sqlstmt_is_null(q, 12) ? NULL
						: arena_strdup(&rs->arena,
						      sqlstmt_get_text(q, 12)),
		.run = rs->run,
	};
	return 0;
}

int
store_runs_load(struct store *s, size_t limit, struct results *rs,
    struct store_run **list, size_t *n, struct errmsg *err)
{
	struct sqlstmt *q;
	size_t most = 0;
	int r;

	*n = 0;
	if (sqldb_prepare(store_db(s), &q,
		"SELECT *, count(*) OVER () FROM (SELECT * FROM ("
		"SELECT id, body, what, began, ended, user, config, findings, "
		"added, updated, closed, status, NULL AS error, 0 AS failure "
		"FROM runs UNION ALL SELECT run, body, what, began, ended, "
		"user, '', 0, 0, 0, 0, status, error, id FROM failures) "
		"ORDER BY id DESC, failure DESC LIMIT ?) "
		"ORDER BY id DESC, failure DESC",
		err) != 0)
		return -1;
	sqlstmt_int(q, 1, limit > 0 ? (int64_t)limit : -1);
	while ((r = sqlstmt_step(q, err)) == 1) {
		if (*n == 0) {
			most = (size_t)sqlstmt_get_int(q, 14);
			*list = arena_array(&rs->arena, most, sizeof(**list));
		}
		r = read_run(s, q, rs, &(*list)[*n], err);
		if (r != 0)
			break;
		++*n;
	}
	sqlstmt_free(&q);
	return r;
}
