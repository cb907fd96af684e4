/* store_findings: what a complete run did not find again is closed. */
#include "store/store_findings_impl.h"

#include <stdint.h>

#include "io/jsonout.h"
#include "store/store_members.h"

struct closing {
	struct store *store;
	struct sqlstmt *rows, *blocks, *put;
};

/* Whether the store may still have the call: 1, 0; -1 with words. */
static int
is_there(const struct closing *c, const struct call_ref *call,
    struct errmsg *err)
{
	int r;

	sqlstmt_int(c->rows, 1, call->start);
	sqlstmt_int(c->rows, 2, (int64_t)call->key);
	r = sqlstmt_step(c->rows, err);
	sqlstmt_reset(c->rows);
	if (r != 0)
		return r;
	sqlstmt_int(c->blocks, 1, call->start);
	r = sqlstmt_step(c->blocks, err);
	sqlstmt_reset(c->blocks);
	return r;
}

/* Note the finding if it has calls, of which none is left. */
static int
note_if_bare(const struct closing *c, const char *id, struct errmsg *err)
{
	struct call_refs refs = { .list = NULL };
	size_t i;
	int r = store_members_load(c->store, id, &refs, err);

	for (i = 0; i < refs.n && r == 0; i++)
		r = is_there(c, &refs.list[i], err);
	if (r == 0 && refs.n > 0) {
		sqlstmt_text(c->put, 1, id);
		r = sqlstmt_run(c->put, err);
	}
	call_refs_fini(&refs);
	return r < 0 ? -1 : 0;
}

static int
open_closing(struct closing *c, struct errmsg *err)
{
	struct sqldb *db = store_db(c->store);

	if (sqldb_exec(db,
		"CREATE TEMP TABLE IF NOT EXISTS bare (id TEXT PRIMARY KEY) "
		"STRICT, WITHOUT ROWID; DELETE FROM bare",
		err) != 0 ||
	    sqldb_prepare(db, &c->rows,
		"SELECT 1 FROM calls WHERE start = ? AND key = ?", err) != 0 ||
	    sqldb_prepare(db, &c->blocks,
		"SELECT 1 FROM blocks WHERE start = (SELECT max(start) "
		"FROM blocks WHERE start <= ?1) AND last >= ?1",
		err) != 0)
		return -1;
	return sqldb_prepare(db, &c->put, "INSERT INTO bare VALUES (?)", err);
}

/* Where calls were deleted, which findings have none left. */
static int
list_bare(struct store *s, int64_t horizon, struct errmsg *err)
{
	struct closing c = { .store = s };
	struct sqlstmt *q = NULL;
	int r = open_closing(&c, err);

	if (r == 0)
		r = sqldb_prepare(store_db(s), &q,
		    "SELECT id FROM findings WHERE state <> 'closed' AND "
		    "?1 > ?2 AND id IN (SELECT id FROM gone)",
		    err);
	if (r == 0) {
		sqlstmt_int(q, 1, horizon);
		sqlstmt_int(q, 2, INT64_MIN);
		while ((r = sqlstmt_step(q, err)) == 1)
			if (note_if_bare(&c, sqlstmt_get_text(q, 0), err) !=
			    0) {
				r = -1;
				break;
			}
	}
	sqlstmt_free(&q);
	sqlstmt_free(&c.rows);
	sqlstmt_free(&c.blocks);
	sqlstmt_free(&c.put);
	return r;
}

/* The rules whose findings are left, as JSON: none, if nothing was deleted. */
static void
list_boundless(struct buf *out, const struct store_changes *c, int64_t horizon)
{
	struct jsonout j;
	size_t i;

	jsonout_init(&j, out, false);
	jsonout_array(&j);
	for (i = 0; i < c->nboundless && horizon != INT64_MIN; i++)
		jsonout_string(&j, c->boundless[i]);
	jsonout_end_array(&j);
}

/*
 * What became another finding or has no call left is over, and so is what began
 * when all that it asks for is there.  A gap reaches back as far as it is long,
 * so each tells by its value, in seconds.  What never was needs days with
 * records, also of other sources, and what follows it needs that finding; so
 * nothing tells of those.
 */
static const char close_findings[] =
    "UPDATE findings SET state = 'closed', reason = coalesce("
    "'it is ' || (SELECT group_concat(a.id, ', ') FROM aliases a "
    "WHERE a.alias = findings.id AND a.run = ?1) || ' now', ?2) "
    "WHERE id IN (SELECT id FROM gone) AND state <> 'closed' "
    "AND first_seen >= ?3 AND ("
    "EXISTS (SELECT 1 FROM aliases a "
    "WHERE a.alias = findings.id AND a.run = ?1) "
    "OR id IN (SELECT id FROM bare) "
    "OR CASE WHEN body ->> '$.measure.fn' IS 'gap' "
    "THEN first_seen - 1000 * coalesce(body ->> '$.measure.value', 0) >= ?4 "
    "AND (body ->> '$.measure.limit' IS NOT NULL OR body ->> '$.rule.hash' "
    "NOT IN (SELECT value FROM json_each(?5))) "
    "ELSE body ->> '$.rule.hash' "
    "NOT IN (SELECT value FROM json_each(?5)) END)";

int
store_findings_close(struct store *s, int64_t number, const char *why,
    struct store_changes *changes, struct errmsg *err)
{
	struct sqlstmt *q;
	struct buf boundless;
	int64_t horizon;
	int r;

	if (store_horizon(s, &horizon, err) != 0 ||
	    list_bare(s, horizon, err) != 0 ||
	    sqldb_prepare(store_db(s), &q, close_findings, err) != 0)
		return -1;
	buf_init(&boundless);
	list_boundless(&boundless, changes, horizon);
	sqlstmt_int(q, 1, number);
	sqlstmt_text(q, 2, why);
	sqlstmt_int(q, 3, changes->frozen);
	sqlstmt_int(q, 4, horizon);
	sqlstmt_text(q, 5, boundless.data);
	r = sqlstmt_run(q, err);
	changes->closed = sqldb_changes(store_db(s));
	sqlstmt_free(&q);
	buf_fini(&boundless);
	return r;
}

int
store_findings_close_cases(struct store *s, const struct store_changes *changes,
    struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		/* Which those are, an index tells. */
		"UPDATE cases SET state = 'closed' WHERE id IN (SELECT id "
		"FROM cases c WHERE id NOT IN (SELECT id FROM made) "
		"AND state <> 'closed' AND first_seen >= ? "
		"AND NOT EXISTS (SELECT 1 FROM findings f "
		"WHERE f.case_id = c.id AND f.state <> 'closed'))",
		err) != 0)
		return -1;
	sqlstmt_int(q, 1, changes->frozen);
	r = sqlstmt_run(q, err);
	sqlstmt_free(&q);
	return r;
}
