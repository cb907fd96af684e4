#include "store/store_findings.h"

#include <string.h>

#include "base/hash.h"
#include "base/intern.h"
#include "base/notes.h"
#include "detect/findjson.h"
#include "io/jsonout.h"
#include "io/jsontext.h"
#include "store/store_findings_impl.h"
#include "tel/zone.h"

int
store_run_next(struct store *s, int64_t now, int64_t *number, struct buf *name,
    struct errmsg *err)
{
	struct sqlstmt *q;
	struct civil c;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT coalesce(max(id), 0) + 1 FROM runs", err) != 0)
		return -1;
	r = sqlstmt_step(q, err);
	*number = r == 1 ? sqlstmt_get_int(q, 0) : 0;
	sqlstmt_free(&q);
	if (r != 1)
		return -1;
	zone_to_local(zone_utc(), now, &c);
	buf_addf(name, "r-%04d%02d%02d-%02d%02d-%lld", (int)c.year, c.month,
	    c.day, c.hour, c.minute, (long long)*number);
	return 0;
}

/* One save: its statements and what it learns. */
struct saving {
	struct store *store;
	struct results *rs;
	struct sqlstmt *find, *put, *put_case;
	struct buf body, members;
	int64_t number;
	bool fresh; /* there is something new to judge old findings by */
	struct intern *changed; /* ids of findings added or updated */
	struct store_changes *changes;
};

static int
open_saving(struct saving *v, struct errmsg *err)
{
	struct sqldb *db = store_db(v->store);

	buf_init(&v->body);
	buf_init(&v->members);
	v->changed = intern_new();
	if (sqldb_prepare(db, &v->find,
		"SELECT state, hash FROM findings WHERE id = ?", err) != 0 ||
	    sqldb_prepare(db, &v->put,
		"INSERT OR REPLACE INTO findings (id, case_id, state, rule, "
		"score, first_seen, last_seen, hash, run, body, members) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
	buf_fini(&v->members);
}

/*
 * The state of a finding after this run, from the one it had; text constants,
 * so that nobody has to own them.
 */
static int
judge(struct saving *v, struct finding *f, const char *hash, struct errmsg *err)
{
	bool same, was_new, was_closed;
	int r;

	sqlstmt_text(v->find, 1, f->id);
	r = sqlstmt_step(v->find, err);
	if (r < 0)
		return -1;
	if (r == 0) {
		f->state = "new";
		v->changes->added++;
		(void)intern_addstr(v->changed, f->id);
		return 0;
	}
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
	char hash[HASH_HEX];
	struct jsonout j;

	f->state = NULL; /* it has a column, and must not change the hash */
	buf_reset(&v->body);
	jsonout_init(&j, &v->body, false);
	findjson_finding(&j, f, &no_run);
	hash_hex(v->body.data, v->body.len, hash);
	if (judge(v, f, hash, err) != 0)
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
	buf_reset(&v->members);
	store_members_pack(f, &v->members);
	if (v->members.len > 0)
		sqlstmt_bytes(v->put, 11, v->members.data, v->members.len);
	else
		sqlstmt_null(v->put, 11);
	return sqlstmt_run(v->put, err);
}

static int
save_case(struct saving *v, struct fraud_case *c, struct errmsg *err)
{
	struct jsonout j;

	buf_reset(&v->body);
	jsonout_init(&j, &v->body, false);
	findjson_case(&j, c);
	if (c->state == NULL)
		c->state = "open";
	sqlstmt_text(v->put_case, 1, c->id);
	sqlstmt_text(v->put_case, 2, c->state);
	sqlstmt_int(v->put_case, 3, c->score);
	sqlstmt_int(v->put_case, 4, c->first_seen);
	sqlstmt_int(v->put_case, 5, c->last_seen);
	sqlstmt_int(v->put_case, 6, v->number);
	sqlstmt_text(v->put_case, 7, v->body.data);
	return sqlstmt_run(v->put_case, err);
}

/* What this run did not put there again; how many in `*n`. */
static int
close_rest(struct saving *v, const char *sql, int64_t *n, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(v->store), &q, sql, err) != 0)
		return -1;
	sqlstmt_int(q, 1, v->number);
	r = sqlstmt_run(q, err);
	*n = sqldb_changes(store_db(v->store));
	sqlstmt_free(&q);
	return r;
}

static int
close_all(struct saving *v, struct errmsg *err)
{
	int64_t cases;

	if (close_rest(v,
		"UPDATE findings SET state = 'closed' "
		"WHERE run < ? AND state <> 'closed'",
		&v->changes->closed, err) != 0)
		return -1;
	return close_rest(v,
	    "UPDATE cases SET state = 'closed' "
	    "WHERE run < ? AND state <> 'closed'",
	    &cases, err);
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

	if (open_saving(v, err) != 0 || see_what_is_fresh(v, err) != 0)
		return -1;
	for (i = 0; i < rs->n; i++)
		if (save_finding(v, rs->findings[i], err) != 0)
			return -1;
	for (i = 0; i < rs->ncases; i++)
		if (save_case(v, rs->cases[i], err) != 0)
			return -1;
	if (complete && close_all(v, err) != 0)
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

	memset(changes, 0, sizeof(*changes));
	r = save_all(&v, complete, err);
	close_saving(&v);
	return r;
}

/*
 * One stored object into `rs`.  What the store says of it in a column beside,
 * its state, is set by the caller.
 */
static int
load_body(struct store *s, struct results *rs, const char *body,
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

/* What a table holds: objects of one kind, each with its state. */
enum stored_kind { STORED_RUN, STORED_FINDING, STORED_CASE };

static const char *const stored_sql[] = {
	[STORED_RUN] =
	    "SELECT body, '', NULL FROM runs ORDER BY id DESC LIMIT 1",
	[STORED_FINDING] =
	    "SELECT body, state, members FROM findings ORDER BY id",
	[STORED_CASE] = "SELECT body, state, NULL FROM cases ORDER BY id",
};

static int
load_finding(struct store *s, struct results *rs, const char *state,
    struct sqlstmt *q, struct errmsg *err)
{
	struct finding *f = rs->findings[rs->n - 1];
	const void *bytes;
	size_t len;

	f->state = state;
	bytes = sqlstmt_get_bytes(q, 2, &len);
	if (!store_members_unpack(f, &rs->arena, bytes, len))
		return errmsg_set(err,
		    "%s: damaged: finding '%s' has other calls than it says",
		    store_path(s), f->id);
	return 0;
}

static int
load_row(struct store *s, struct results *rs, enum stored_kind kind,
    struct sqlstmt *q, struct errmsg *err)
{
	size_t findings = rs->n + (kind == STORED_FINDING);
	size_t cases = rs->ncases + (kind == STORED_CASE);
	const char *state;

	if (load_body(s, rs, sqlstmt_get_text(q, 0), err) != 0)
		return -1;
	if (rs->n != findings || rs->ncases != cases)
		return errmsg_set(err,
		    "%s: damaged: findings, cases and runs are mixed up",
		    store_path(s));
	state = arena_strdup(&rs->arena, sqlstmt_get_text(q, 1));
	if (kind == STORED_FINDING)
		return load_finding(s, rs, state, q, err);
	if (kind == STORED_CASE)
		rs->cases[rs->ncases - 1]->state = state;
	return 0;
}

/* 1 if there were rows, 0 if there was none. */
static int
load_table(struct store *s, struct results *rs, enum stored_kind kind,
    struct errmsg *err)
{
	struct sqlstmt *q;
	bool any = false;
	int r;

	if (sqldb_prepare(store_db(s), &q, stored_sql[kind], err) != 0)
		return -1;
	while ((r = sqlstmt_step(q, err)) == 1) {
		any = true;
		if (load_row(s, rs, kind, q, err) != 0) {
			r = -1;
			break;
		}
	}
	sqlstmt_free(&q);
	return r < 0 ? -1 : any;
}

int
store_findings_last_run(struct store *s, struct results *rs, struct errmsg *err)
{
	int r = load_table(s, rs, STORED_RUN, err);

	return r < 0 ? -1 : r == 0;
}

int
store_findings_load(struct store *s, struct results *rs, struct errmsg *err)
{
	int r = store_findings_last_run(s, rs, err);

	if (r != 0)
		return r;
	if (load_table(s, rs, STORED_FINDING, err) < 0 ||
	    load_table(s, rs, STORED_CASE, err) < 0)
		return -1;
	results_sort(rs);
	return 0;
}
