/*
 * Findings as rows of the store.  What is written of them is made on all
 * threads, some findings at a time, and put in while the next ones are made.
 */
#include "store/store_findings_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/pool.h"
#include "base/xalloc.h"
#include "detect/findjson.h"
#include "io/jsonout.h"
#include "store/store_aliases.h"
#include "store/store_members.h"

/* What ended so long before it was first seen is no news. */
static const int64_t BACKLOG_MS = INT64_C(7) * 24 * 3600 * 1000;

enum { AT_ONCE = 128 };

const char store_findings_turn[] = STORE_FINDINGS_TURN "id = ?";

/* In its place, if it is there: another one would be at the end of all. */
static const char put_one[] =
    "INSERT INTO findings (id, case_id, state, rule, score, first_seen, "
    "last_seen, hash, run, body, subject, extent, calls, backlog) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) "
    "DO UPDATE SET case_id = excluded.case_id, state = excluded.state, "
    "rule = excluded.rule, score = excluded.score, "
    "first_seen = excluded.first_seen, last_seen = excluded.last_seen, "
    "hash = excluded.hash, run = excluded.run, body = excluded.body, "
    "subject = excluded.subject, reason = '', extent = excluded.extent, "
    "calls = excluded.calls, backlog = excluded.backlog";

/* What all of them are put in with. */
struct putting {
	struct saving *saving;
	struct sqlstmt *find, *put, *turn;
	struct store_members *members;
	struct finding **sorted; /* as they end, as the tables are, ... */
	size_t n; /* ... those that the store does not have as they are */
	struct finding **turned; /* of which it has all but the state */
	size_t nturned;
};

/* What the store is told of a finding beside the finding. */
struct row {
	struct finding *finding;
	struct buf body, calls;
	char hash[HASH_HEX], extent[HASH_HEX];
	bool moved;   /* its calls are others */
	bool members; /* they are written: others, or with other costs */
	bool stands;  /* the store has all of it already */
};

struct rows {
	struct putting *putting;
	struct row list[AT_ONCE];
	size_t n;
};

/* What came first stands first, so that what is read together is near. */
static int
compare_ends(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;

	if ((*x)->last_seen != (*y)->last_seen)
		return (*x)->last_seen < (*y)->last_seen ? -1 : 1;
	return strcmp((*x)->id, (*y)->id);
}

/*
 * Whether the store has all of a finding, which came from it, but for its
 * state, which is set then.  Most of a large store are such.
 */
static bool
is_as_it_was(struct finding *f)
{
	const struct finding *was = f->stored;

	if (was == NULL || was == f || state_is_closed(was->state) ||
	    strcmp(f->case_id != NULL ? f->case_id : "",
		was->case_id != NULL ? was->case_id : "") != 0)
		return false;
	f->state = "updated";
	f->backlog = was->backlog;
	return true;
}

static void
sort(struct putting *p)
{
	const struct results *rs = p->saving->rs;
	struct finding *f;
	size_t i;

	p->sorted = xmalloc((rs->n + 1) * sizeof(*p->sorted));
	p->turned = xmalloc((rs->n + 1) * sizeof(*p->turned));
	for (i = 0; i < rs->n; i++) {
		f = rs->findings[i];
		if (!is_as_it_was(f))
			p->sorted[p->n++] = f;
		else if (strcmp(f->state, f->stored->state) != 0)
			p->turned[p->nturned++] = f;
	}
	qsort(p->sorted, p->n, sizeof(*p->sorted), compare_ends);
}

static int
open_putting(struct putting *p, struct errmsg *err)
{
	struct store *s = p->saving->store;

	sort(p);
	if (sqldb_prepare(store_db(s), &p->find,
		"SELECT state, hash, extent, backlog, coalesce(case_id, '') "
		"FROM findings WHERE id = ?",
		err) != 0 ||
	    sqldb_prepare(store_db(s), &p->put, put_one, err) != 0 ||
	    sqldb_prepare(store_db(s), &p->turn, store_findings_turn, err) != 0)
		return -1;
	return store_members_open(&p->members, s, err);
}

static void
close_putting(struct putting *p)
{
	sqlstmt_free(&p->find);
	sqlstmt_free(&p->put);
	sqlstmt_free(&p->turn);
	store_members_close(&p->members);
	free(p->sorted);
	free(p->turned);
}

/*
 * The state of a finding after this run, from the one it had; text constants,
 * so that nobody has to own them.
 */
static int
judge(struct putting *p, struct row *row, struct errmsg *err)
{
	struct saving *v = p->saving;
	struct finding *f = row->finding;
	const char *case_id = f->case_id != NULL ? f->case_id : "";
	bool same, was_closed;
	int r;

	sqlstmt_text(p->find, 1, f->id);
	r = sqlstmt_step(p->find, err);
	row->moved =
	    r != 1 || strcmp(sqlstmt_get_text(p->find, 2), row->extent) != 0;
	row->members = row->moved;
	if (r < 0)
		return -1;
	f->backlog = f->last_seen < v->rs->run.as_of - BACKLOG_MS;
	if (r == 0) {
		f->state = "new";
		v->changes->added++;
		(void)intern_addstr(v->changed, f->id);
		return 0;
	}
	if (!row->moved || f->backlog)
		f->backlog = sqlstmt_get_int(p->find, 3) != 0;
	same = strcmp(sqlstmt_get_text(p->find, 1), row->hash) == 0;
	row->members = row->moved || !same;
	was_closed = state_is_closed(sqlstmt_get_text(p->find, 0));
	f->state = "updated";
	row->stands = same && !row->moved &&
		      strcmp(sqlstmt_get_text(p->find, 0), f->state) == 0 &&
		      f->backlog == (sqlstmt_get_int(p->find, 3) != 0) &&
		      strcmp(sqlstmt_get_text(p->find, 4), case_id) == 0;
	sqlstmt_reset(p->find);
	if (!same || was_closed) {
		v->changes->updated++;
		(void)intern_addstr(v->changed, f->id);
	}
	return 0;
}

static int
put_finding(struct putting *p, const struct row *row, struct errmsg *err)
{
	const struct finding *f = row->finding;
	char subject[HASH_HEX];

	sqlstmt_text(p->put, 1, f->id);
	sqlstmt_text(p->put, 2, f->case_id);
	sqlstmt_text(p->put, 3, f->state);
	sqlstmt_text(p->put, 4, f->rule);
	sqlstmt_int(p->put, 5, f->score);
	sqlstmt_int(p->put, 6, f->first_seen);
	sqlstmt_int(p->put, 7, f->last_seen);
	sqlstmt_text(p->put, 8, row->hash);
	sqlstmt_int(p->put, 9, p->saving->number);
	sqlstmt_text(p->put, 10, row->body.data);
	store_subject(f, subject);
	sqlstmt_text(p->put, 11, subject);
	sqlstmt_text(p->put, 12, row->extent);
	sqlstmt_int(p->put, 13, f->calls.calls);
	sqlstmt_int(p->put, 14, f->backlog);
	return sqlstmt_run(p->put, err);
}

/* What is written of one; the run's rule set does not change it. */
static void
make(void *arg, size_t i)
{
	static const struct run no_run;
	struct row *row = &((struct rows *)arg)->list[i];
	struct jsonout j;

	/* It has a column, and must not change the hash. */
	row->finding->state = NULL;
	jsonout_init(&j, &row->body, false);
	findjson_finding(&j, row->finding, &no_run);
	hash_hex(row->body.data, row->body.len, row->hash);
	store_members_print(row->finding, &row->calls, row->extent);
}

/*
 * What is as it was is not written again: most of a large store is.  Calls are
 * put in last: they are many, and the pages of the others would have to be
 * written between them, and again.
 */
static int
put_rows(void *arg, struct errmsg *err)
{
	struct rows *rows = arg;
	struct putting *p = rows->putting;
	struct row *row;

	for (row = rows->list; row < rows->list + rows->n; row++)
		if (judge(p, row, err) != 0 ||
		    (!row->stands && put_finding(p, row, err) != 0))
			return -1;
	for (row = rows->list; row < rows->list + rows->n; row++)
		if (row->members && store_members_put(p->members, row->finding,
					&row->calls, err) != 0)
			return -1;
	return 0;
}

static void
drop_rows(void *arg)
{
	struct rows *rows = arg;

	while (rows->n > 0) {
		buf_fini(&rows->list[--rows->n].body);
		buf_fini(&rows->list[rows->n].calls);
	}
	free(rows);
}

/* Findings from `first` on; how many. */
static size_t
put_some(struct putting *p, size_t first)
{
	const size_t all = p->n;
	struct rows *rows = xcalloc(1, sizeof(*rows));
	struct store_job job = { .run = put_rows,
		.drop = drop_rows,
		.arg = rows };
	size_t i, n;

	n = all - first < AT_ONCE ? all - first : AT_ONCE;
	rows->putting = p;
	for (rows->n = 0; rows->n < n; rows->n++) {
		rows->list[rows->n].finding = p->sorted[first + rows->n];
		buf_init(&rows->list[rows->n].body);
		buf_init(&rows->list[rows->n].calls);
	}
	pool_run(store_threads(p->saving->store), n, make, rows);
	for (i = 0; i < n; i++)
		job.bytes += rows->list[i].body.cap + rows->list[i].calls.cap;
	store_later(p->saving->store, &job);
	return n;
}

static int
turn(struct putting *p, struct errmsg *err)
{
	size_t i;
	int r = 0;

	for (i = 0; i < p->nturned && r == 0; i++) {
		sqlstmt_int(p->turn, 1, p->saving->number);
		sqlstmt_text(p->turn, 2, p->turned[i]->id);
		r = sqlstmt_run(p->turn, err);
	}
	return r;
}

int
store_findings_put(struct saving *v, struct errmsg *err)
{
	struct putting p = { .saving = v };
	size_t i = 0;
	int r;

	r = open_putting(&p, err);
	if (r == 0)
		r = turn(&p, err);
	if (r == 0)
		r = store_findings_complete(v->store, p.sorted, p.n,
		    &v->rs->arena, err);
	if (r == 0)
		r = store_findings_calls(v->store, p.sorted, p.n, &v->rs->arena,
		    err);
	while (r == 0 && i < p.n)
		i += put_some(&p, i);
	(void)store_db(v->store); /* what is on its way asks `p` */
	close_putting(&p);
	return r;
}
