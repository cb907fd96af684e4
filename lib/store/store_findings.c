#include "store/store_findings_impl.h"

#include <string.h>

#include "detect/findjson.h"
#include "io/jsonout.h"
#include "store/store_aliases.h"
#include "store/store_labels.h"

static int
open_saving(struct saving *v, struct errmsg *err)
{
	struct sqldb *db = store_db(v->store);

	buf_init(&v->body);
	v->changed = intern_new();
	v->labelled = intern_new();
	if (store_labels_targets(v->store, v->labelled, err) != 0 ||
	    sqldb_exec(db,
		"CREATE TEMP TABLE IF NOT EXISTS made (id TEXT PRIMARY KEY) "
		"STRICT, WITHOUT ROWID; DELETE FROM made",
		err) != 0 ||
	    sqldb_prepare(db, &v->made_case,
		"INSERT OR IGNORE INTO made VALUES (?)", err) != 0 ||
	    sqldb_prepare(db, &v->find_case,
		"SELECT 1 FROM cases WHERE id = ? AND state = ? AND body = ?",
		err) != 0)
		return -1;
	return sqldb_prepare(db, &v->put_case,
	    "INSERT INTO cases (id, state, score, first_seen, last_seen, run, "
	    "body) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
	    "state = excluded.state, score = excluded.score, "
	    "first_seen = excluded.first_seen, last_seen = excluded.last_seen, "
	    "run = excluded.run, body = excluded.body",
	    err);
}

static void
close_saving(struct saving *v)
{
	sqlstmt_free(&v->find_case);
	sqlstmt_free(&v->put_case);
	sqlstmt_free(&v->made_case);
	intern_free(&v->changed);
	intern_free(&v->labelled);
	buf_fini(&v->body);
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

/* 1 if the store has the case as it is now; its id is noted as made. */
static int
case_stands(struct saving *v, const struct fraud_case *c, struct errmsg *err)
{
	int r;

	sqlstmt_text(v->made_case, 1, c->id);
	if (sqlstmt_run(v->made_case, err) != 0)
		return -1;
	sqlstmt_text(v->find_case, 1, c->id);
	sqlstmt_text(v->find_case, 2, c->state);
	sqlstmt_text(v->find_case, 3, v->body.data);
	r = sqlstmt_step(v->find_case, err);
	sqlstmt_reset(v->find_case);
	return r;
}

/* By what was said of it, which is nothing of nearly all. */
static int
find_state(struct saving *v, struct fraud_case *c, struct errmsg *err)
{
	c->state = "open";
	if (intern_find(v->labelled, c->id, strlen(c->id)) == INTERN_NONE)
		return 0;
	return store_labels_state(v->store, c->id, &c->state, err);
}

static int
save_case(struct saving *v, struct fraud_case *c, struct errmsg *err)
{
	struct jsonout j;
	int r;

	c->state = NULL; /* it has a column */
	buf_reset(&v->body);
	jsonout_init(&j, &v->body, false);
	findjson_case(&j, c);
	if (find_state(v, c, err) != 0)
		return -1;
	r = case_stands(v, c, err);
	if (r != 0)
		return r < 0 ? -1 : 0;
	sqlstmt_text(v->put_case, 1, c->id);
	sqlstmt_text(v->put_case, 2, c->state);
	sqlstmt_int(v->put_case, 3, c->score);
	sqlstmt_int(v->put_case, 4, c->first_seen);
	sqlstmt_int(v->put_case, 5, c->last_seen);
	sqlstmt_int(v->put_case, 6, v->number);
	sqlstmt_text(v->put_case, 7, v->body.data);
	return sqlstmt_run(v->put_case, err);
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

/* Why it may not find any more what the last run found. */
static int
see_what_changed(struct saving *v, struct errmsg *err)
{
	const struct run *run = &v->rs->run;
	struct buf last;
	int r;

	buf_init(&last);
	r = store_get(v->store, "ruleset", &last, err);
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

/* Cases that stand are made as they are. */
static int
note_standing(struct saving *v, struct errmsg *err)
{
	const struct intern *ids = v->changes->standing;
	uint32_t i;
	int r = 0;

	for (i = 1; ids != NULL && i < intern_count(ids) && r == 0; i++) {
		sqlstmt_text(v->made_case, 1, intern_text(ids, i));
		r = sqlstmt_run(v->made_case, err);
	}
	return r;
}

/*
 * What stays though it was not found, as it is frozen or not all rules were
 * asked, is not new any more either.
 */
static int
turn_staying(struct saving *v, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(v->store), &q,
		STORE_FINDINGS_TURN
		"id IN (SELECT id FROM gone) AND state = 'new'",
		err) != 0)
		return -1;
	sqlstmt_int(q, 1, v->number);
	r = sqlstmt_run(q, err);
	sqlstmt_free(&q);
	return r;
}

static int
save_all(struct saving *v, bool complete, struct errmsg *err)
{
	const struct results *rs = v->rs;
	size_t i;

	if (open_saving(v, err) != 0 || see_what_changed(v, err) != 0)
		return -1;
	if (!v->changes->noted && store_aliases_note(v->store, rs,
				      v->changes->left, v->number, err) != 0)
		return -1;
	if (store_findings_put(v, err) != 0 ||
	    store_findings_put_left(v, err) != 0 || note_standing(v, err) != 0)
		return -1;
	/* What a case has is known by what its findings were before. */
	if (complete &&
	    (store_findings_close(v->store, v->number, v->why, v->changes,
		 err) != 0 ||
		store_aliases_settle(v->store, v->number, err) != 0))
		return -1;
	if (turn_staying(v, err) != 0)
		return -1;
	for (i = 0; i < rs->ncases; i++)
		if (save_case(v, rs->cases[i], err) != 0)
			return -1;
	if (complete &&
	    store_findings_close_cases(v->store, v->changes, err) != 0)
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
		.noted = changes->noted,
		.frozen = changes->frozen,
		.left = changes->left,
		.standing = changes->standing,
		.boundless = changes->boundless,
		.nboundless = changes->nboundless };
	r = save_all(&v, complete, err);
	close_saving(&v);
	return r;
}
