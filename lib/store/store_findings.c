#include "store/store_findings.h"

#include <string.h>

#include "base/hash.h"
#include "base/intern.h"
#include "detect/findjson.h"
#include "io/jsonout.h"
#include "store/store_aliases.h"
#include "store/store_labels.h"
#include "store/store_members.h"

/* What ended so long before it was first seen is no news. */
static const int64_t BACKLOG_MS = INT64_C(7) * 24 * 3600 * 1000;

/* One save: its statements and what it learns. */
struct saving {
	struct store *store;
	struct results *rs;
	struct sqlstmt *find, *put, *put_case;
	struct buf body;
	int64_t number;
	bool fresh;      /* there is something new to judge old findings by */
	const char *why; /* what it does not find any more is closed */
	struct intern *changed; /* ids of findings added or updated */
	struct store_changes *changes;
};

static int
open_saving(struct saving *v, struct errmsg *err)
{
	struct sqldb *db = store_db(v->store);

	buf_init(&v->body);
	v->changed = intern_new();
	if (sqldb_prepare(db, &v->find,
		"SELECT state, hash, extent, backlog FROM findings "
		"WHERE id = ?",
		err) != 0 ||
	    sqldb_prepare(db, &v->put,
		"INSERT OR REPLACE INTO findings (id, case_id, state, rule, "
		"score, first_seen, last_seen, hash, run, body, subject, "
		"extent, calls, backlog) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
		"?, ?, ?, ?)",
		err) != 0)
		return -1;
	return sqldb_prepare(db, &v->put_case,
	    "INSERT OR REPLACE INTO cases (id, state, score, first_seen, "
	    "last_seen, run, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
	    err);
}

static void
close_saving(struct saving *v)
{
	sqlstmt_free(&v->find);
	sqlstmt_free(&v->put);
	sqlstmt_free(&v->put_case);
	intern_free(&v->changed);
	buf_fini(&v->body);
}

/*
 * The state of a finding after this run, from the one it had; text constants,
 * so that nobody has to own them.
 */
static int
judge(struct saving *v, struct finding *f, const char *hash, const char *extent,
    bool *moved, struct errmsg *err)
{
	bool same, was_new, was_closed;
	int r;

	sqlstmt_text(v->find, 1, f->id);
	r = sqlstmt_step(v->find, err);
	*moved = r != 1 || strcmp(sqlstmt_get_text(v->find, 2), extent) != 0;
	if (r < 0)
		return -1;
	f->backlog = f->last_seen < v->rs->run.as_of - BACKLOG_MS;
	if (r == 0) {
		f->state = "new";
		v->changes->added++;
		(void)intern_addstr(v->changed, f->id);
		return 0;
	}
	if (!*moved || f->backlog)
		f->backlog = sqlstmt_get_int(v->find, 3) != 0;
	same = strcmp(sqlstmt_get_text(v->find, 1), hash) == 0;
	was_new = strcmp(sqlstmt_get_text(v->find, 0), "new") == 0;
	was_closed = strcmp(sqlstmt_get_text(v->find, 0), "closed") == 0;
	sqlstmt_reset(v->find);
	f->state = was_new && same && !v->fresh ? "new" : "updated";
	if (!same || was_closed) {
		v->changes->updated++;
		(void)intern_addstr(v->changed, f->id);
	}
	return 0;
}

static int
save_finding(struct saving *v, struct finding *f, struct errmsg *err)
{
	/* The rule set is the run's; a finding is not changed by it. */
	static const struct run no_run;
	char hash[HASH_HEX], subject[HASH_HEX], extent[HASH_HEX];
	struct jsonout j;
	bool moved;

	f->state = NULL; /* it has a column, and must not change the hash */
	buf_reset(&v->body);
	jsonout_init(&j, &v->body, false);
	findjson_finding(&j, f, &no_run);
	hash_hex(v->body.data, v->body.len, hash);
	store_members_extent(f, extent);
	if (judge(v, f, hash, extent, &moved, err) != 0 ||
	    (moved && store_members_put(v->store, f, err) != 0))
		return -1;
	sqlstmt_text(v->put, 1, f->id);
	sqlstmt_text(v->put, 2, f->case_id);
	sqlstmt_text(v->put, 3, f->state);
	sqlstmt_text(v->put, 4, f->rule);
	sqlstmt_int(v->put, 5, f->score);
	sqlstmt_int(v->put, 6, f->first_seen);
	sqlstmt_int(v->put, 7, f->last_seen);
	sqlstmt_text(v->put, 8, hash);
	sqlstmt_int(v->put, 9, v->number);
	sqlstmt_text(v->put, 10, v->body.data);
	store_subject(f, subject);
	sqlstmt_text(v->put, 11, subject);
	sqlstmt_text(v->put, 12, extent);
	sqlstmt_int(v->put, 13, f->calls.calls);
	sqlstmt_int(v->put, 14, f->backlog);
	return sqlstmt_run(v->put, err);
}

static bool
has_changed(const struct saving *v, const struct fraud_case *c)
{
	size_t i;

	for (i = 0; i < c->nfindings; i++)
		if (intern_find(v->changed, c->findings[i],
			strlen(c->findings[i])) != INTERN_NONE)
			return true;
	return false;
}

static int
save_case(struct saving *v, struct fraud_case *c, struct errmsg *err)
{
	struct jsonout j;

	c->state = NULL; /* it has a column */
	buf_reset(&v->body);
	jsonout_init(&j, &v->body, false);
	findjson_case(&j, c);
	if (store_labels_state(v->store, c->id, v->number, &c->state, err) != 0)
		return -1;
	sqlstmt_text(v->put_case, 1, c->id);
	sqlstmt_text(v->put_case, 2, c->state);
	sqlstmt_int(v->put_case, 3, c->score);
	sqlstmt_int(v->put_case, 4, c->first_seen);
	sqlstmt_int(v->put_case, 5, c->last_seen);
	sqlstmt_int(v->put_case, 6, v->number);
	sqlstmt_text(v->put_case, 7, v->body.data);
	return sqlstmt_run(v->put_case, err);
}

/* The rules whose findings are left, as JSON: none, if nothing was deleted. */
static void
list_boundless(struct buf *out, const struct store_changes *c, int64_t horizon)
{
	struct jsonout j;
	size_t i;

	buf_reset(out);
	jsonout_init(&j, out, false);
	jsonout_array(&j);
	for (i = 0; i < c->nboundless && horizon != INT64_MIN; i++)
		jsonout_string(&j, c->boundless[i]);
	jsonout_end_array(&j);
}

/*
 * Run `sql` with the number of this run, the reason, the first moment that is
 * not frozen, the horizon and, as JSON, the boundless rules; how many rows it
 * changed in `*n`.
 */
static int
close_rest(struct saving *v, const char *sql, const char *reason, int64_t *n,
    struct errmsg *err)
{
	struct sqlstmt *q;
	int64_t horizon;
	int r;

	if (store_horizon(v->store, &horizon, err) != 0 ||
	    sqldb_prepare(store_db(v->store), &q, sql, err) != 0)
		return -1;
	list_boundless(&v->body, v->changes, horizon);
	sqlstmt_int(q, 1, v->number);
	sqlstmt_text(q, 2, reason);
	sqlstmt_int(q, 3, v->changes->frozen);
	sqlstmt_int(q, 4, horizon);
	sqlstmt_text(q, 5, v->body.data);
	r = sqlstmt_run(q, err);
	*n = sqldb_changes(store_db(v->store));
	sqlstmt_free(&q);
	return r;
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
    "WHERE run < ?1 AND state <> 'closed' AND first_seen >= ?3 AND ("
    "EXISTS (SELECT 1 FROM aliases a "
    "WHERE a.alias = findings.id AND a.run = ?1) "
    "OR (EXISTS (SELECT 1 FROM members m WHERE m.finding = findings.id) "
    "AND NOT EXISTS (SELECT 1 FROM members m JOIN calls c "
    "ON c.start = m.start AND c.key = m.key WHERE m.finding = findings.id)) "
    "OR CASE WHEN body ->> '$.measure.fn' IS 'gap' "
    "THEN first_seen - 1000 * coalesce(body ->> '$.measure.value', 0) >= ?4 "
    "AND (body ->> '$.measure.limit' IS NOT NULL OR body ->> '$.rule.hash' "
    "NOT IN (SELECT value FROM json_each(?5))) "
    "ELSE body ->> '$.rule.hash' "
    "NOT IN (SELECT value FROM json_each(?5)) END)";

static int
close_old(struct saving *v, struct errmsg *err)
{
	if (close_rest(v, close_findings, v->why, &v->changes->closed, err) !=
	    0)
		return -1;
	return store_aliases_settle(v->store, v->number, err);
}

static int
close_cases(struct saving *v, struct errmsg *err)
{
	int64_t n;

	return close_rest(v,
	    "UPDATE cases SET state = 'closed' "
	    "WHERE run < ?1 AND state <> 'closed' AND first_seen >= ?3 "
	    "AND NOT EXISTS (SELECT 1 FROM findings f WHERE "
	    "f.case_id = cases.id AND f.state <> 'closed') "
	    "AND ?2 IS NOT NULL AND ?4 IS NOT NULL AND ?5 IS NOT NULL",
	    v->why, &n, err);
}

static void
list_changed_cases(struct saving *v)
{
	struct results *rs = v->rs;
	const char **list = arena_array(&rs->arena, rs->ncases, sizeof(*list));
	size_t i;

	for (i = 0; i < rs->ncases; i++)
		if (has_changed(v, rs->cases[i]))
			list[v->changes->ncases++] = rs->cases[i]->id;
	v->changes->cases = list;
}

static int
save_run(struct saving *v, struct errmsg *err)
{
	struct sqlstmt *q;
	struct jsonout j;
	int r;

	if (sqldb_prepare(store_db(v->store), &q,
		"INSERT INTO runs (id, name, body) VALUES (?, ?, ?)", err) != 0)
		return -1;
	buf_reset(&v->body);
	jsonout_init(&j, &v->body, false);
	findjson_run(&j, &v->rs->run);
	sqlstmt_int(q, 1, v->number);
	sqlstmt_text(q, 2, v->rs->run.id);
	sqlstmt_text(q, 3, v->body.data);
	r = sqlstmt_run(q, err);
	sqlstmt_free(&q);
	return r;
}

/* Whether the run brought new calls, or other rules than the last run's. */
static int
see_what_is_fresh(struct saving *v, struct errmsg *err)
{
	const struct run *run = &v->rs->run;
	struct buf last;
	int r;

	buf_init(&last);
	r = store_get(v->store, "ruleset", &last, err);
	v->fresh = run->counts.stored > 0 || r == 0 ||
		   strcmp(last.data, run->ruleset) != 0;
	if (v->changes->why != NULL)
		v->why = v->changes->why;
	else if (r == 1 && strcmp(last.data, run->ruleset) != 0)
		v->why = "the rules, lists or waivers changed";
	else if (run->counts.stored > 0)
		v->why = "calls came that change it";
	else
		v->why = "the configuration changed, or its time is over";
	buf_fini(&last);
	if (r < 0)
		return -1;
	return store_set(v->store, "ruleset", run->ruleset, err);
}

static int
save_all(struct saving *v, bool complete, struct errmsg *err)
{
	const struct results *rs = v->rs;
	size_t i;

	if (open_saving(v, err) != 0 || see_what_is_fresh(v, err) != 0 ||
	    store_aliases_note(v->store, rs, v->number, err) != 0)
		return -1;
	for (i = 0; i < rs->n; i++)
		if (save_finding(v, rs->findings[i], err) != 0)
			return -1;
	/* What a case has is known by what its findings were before. */
	if (complete && close_old(v, err) != 0)
		return -1;
	for (i = 0; i < rs->ncases; i++)
		if (save_case(v, rs->cases[i], err) != 0)
			return -1;
	if (complete && close_cases(v, err) != 0)
		return -1;
	list_changed_cases(v);
	return save_run(v, err);
}

int
store_findings_save(struct store *s, struct results *rs, int64_t number,
    bool complete, struct store_changes *changes, struct errmsg *err)
{
	struct saving v = { .store = s,
		.rs = rs,
		.number = number,
		.changes = changes };
	int r;

	*changes = (struct store_changes){ .why = changes->why,
		.frozen = changes->frozen,
		.boundless = changes->boundless,
		.nboundless = changes->nboundless };
	r = save_all(&v, complete, err);
	close_saving(&v);
	return r;
}
