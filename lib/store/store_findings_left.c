/*
 * Findings that stand and are not read: what is asked of them, columns tell
 * that lie before the body.  To read and to understand what is written of all
 * findings is most of what a night would take from a large store.
 */
#include "store/store_findings_impl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

void
store_left_fini(struct store_left *left)
{
	free(left->list);
	free(left->read);
	arena_fini(&left->arena);
	memset(left, 0, sizeof(*left));
}

/* What is to be read, in the order of last calls. */
struct wanted {
	struct store_wanted *list;
	size_t n, cap;
};

static void
want(struct wanted *w, struct store_left *left, const char *id, int64_t row,
    bool bare)
{
	left->read = xgrow(left->read, &left->read_cap, left->nread + 1,
	    sizeof(*left->read));
	w->list = xgrow(w->list, &w->cap, w->n + 1, sizeof(*w->list));
	id = arena_strdup(&left->arena, id);
	left->read[left->nread++] = id;
	w->list[w->n++] = (struct store_wanted){ id, row, bare };
}

/* From which last call on findings of each rule are read. */
struct asked {
	const struct store_since *since;
	struct intern *rules; /* id i + 1 is of since[i] */
};

static void
asked_init(struct asked *a, const struct store_since *since, size_t n)
{
	size_t i;

	*a = (struct asked){ .since = since, .rules = intern_new() };
	for (i = 0; i < n; i++)
		(void)intern_addstr(a->rules, since[i].rule);
	assert(intern_count(a->rules) == n + 1);
}

static const struct store_since *
since_of(const struct asked *a, const char *rule)
{
	static const struct store_since always = { "", INT64_MIN, INT64_MIN };
	const uint32_t id = intern_find(a->rules, rule, strlen(rule));

	return id != INTERN_NONE && id > 0 ? &a->since[id - 1] : &always;
}

static void
leave(struct store_left *left, struct sqlstmt *q)
{
	left->list =
	    xgrow(left->list, &left->cap, left->n + 1, sizeof(*left->list));
	left->list[left->n++] = (struct left_finding){
		.id = arena_strdup(&left->arena, sqlstmt_get_text(q, 0)),
		.case_id = sqlstmt_is_null(q, 1) ? NULL
						 : arena_strdup(&left->arena,
						       sqlstmt_get_text(q, 1)),
		.row = sqlstmt_get_int(q, 5),
		.fresh = strcmp(sqlstmt_get_text(q, 2), "new") == 0,
	};
}

/* All of it stands in an index, so that no row is read. */
static const char open_ones[] =
    "SELECT id, case_id, state, rule, last_seen, rowid FROM findings "
    "WHERE state <> 'closed' ORDER BY last_seen, id";

static int
list_spoken_of(struct store *s, struct intern *ids, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, STORE_SPOKEN_OF, err) != 0)
		return -1;
	while ((r = sqlstmt_step(q, err)) == 1)
		(void)intern_addstr(ids, sqlstmt_get_text(q, 0));
	sqlstmt_free(&q);
	return r;
}

static int
part(struct store *s, const struct store_since *since, size_t n,
    struct wanted *w, struct store_left *left, struct errmsg *err)
{
	struct intern *said = intern_new();
	const struct store_since *of;
	struct asked asked;
	struct sqlstmt *q = NULL;
	const char *id;
	int64_t last;
	int r;

	asked_init(&asked, since, n);
	r = list_spoken_of(s, said, err);
	if (r == 0)
		r = sqldb_prepare(store_db(s), &q, open_ones, err);
	while (r == 0 && (r = sqlstmt_step(q, err)) == 1) {
		id = sqlstmt_get_text(q, 0);
		of = since_of(&asked, sqlstmt_get_text(q, 3));
		last = sqlstmt_get_int(q, 4);
		if (intern_find(said, id, strlen(id)) != INTERN_NONE)
			want(w, left, id, sqlstmt_get_int(q, 5), false);
		else if (last >= of->since)
			want(w, left, id, sqlstmt_get_int(q, 5),
			    last < of->calls);
		else
			leave(left, q);
		r = 0;
	}
	sqlstmt_free(&q);
	intern_free(&said);
	intern_free(&asked.rules);
	return r;
}

int
store_findings_recent(struct store *s, const struct store_since *since,
    size_t n, struct results *rs, struct store_left *left, struct errmsg *err)
{
	struct wanted w = { .list = NULL };
	int r;

	r = part(s, since, n, &w, left, err);
	if (r == 0)
		r = store_findings_some(s, w.list, w.n, rs, err);
	free(w.list);
	return r;
}

int
store_findings_take_left(struct store *s, struct store_left *left,
    const struct intern *cases, struct results *rs, struct errmsg *err)
{
	struct wanted w = { .list = NULL };
	const struct left_finding *f;
	size_t i, n = 0;
	int r;

	for (i = 0; i < left->n; i++) {
		f = &left->list[i];
		if (f->case_id != NULL &&
		    intern_find(cases, f->case_id, strlen(f->case_id)) !=
			INTERN_NONE)
			want(&w, left, f->id, f->row, true);
		else
			left->list[n++] = *f;
	}
	left->n = n;
	r = store_findings_some(s, w.list, w.n, rs, err);
	free(w.list);
	return r;
}

int
store_findings_put_left(const struct saving *v, struct errmsg *err)
{
	const struct store_left *left = v->changes->left;
	struct sqlstmt *q;
	size_t i;
	int r = 0;

	if (left == NULL)
		return 0;
	if (sqldb_prepare(store_db(v->store), &q, store_findings_turn, err) !=
	    0)
		return -1;
	for (i = 0; i < left->n && r == 0; i++)
		if (left->list[i].fresh) {
			sqlstmt_int(q, 1, v->number);
			sqlstmt_text(q, 2, left->list[i].id);
			r = sqlstmt_run(q, err);
		}
	sqlstmt_free(&q);
	return r;
}

int
store_findings_pending(struct store *s, const struct intern *cases,
    int64_t since, int64_t counts[], struct errmsg *err)
{
	struct sqlstmt *q;
	const char *id;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT id, score FROM cases "
		"WHERE state = 'open' AND last_seen >= ?",
		err) != 0)
		return -1;
	sqlstmt_int(q, 1, since);
	while ((r = sqlstmt_step(q, err)) == 1) {
		id = sqlstmt_get_text(q, 0);
		if (intern_find(cases, id, strlen(id)) != INTERN_NONE)
			counts[severity_of((int)sqlstmt_get_int(q, 1))]++;
	}
	sqlstmt_free(&q);
	return r;
}
