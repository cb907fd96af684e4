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
#include "detect/cases.h"

void
store_left_fini(struct store_left *left)
{
	free(left->list);
	free(left->read);
	arena_fini(&left->arena);
	memset(left, 0, sizeof(*left));
}

/* Ids that are to be read, in the order of their last calls. */
struct wanted {
	const char **ids;
	bool *bare;
	size_t n, cap, bare_cap;
};

static void
want(struct wanted *w, struct store_left *left, const char *id, bool bare)
{
	left->read = xgrow(left->read, &left->read_cap, left->nread + 1,
	    sizeof(*left->read));
	w->ids = xgrow(w->ids, &w->cap, w->n + 1, sizeof(*w->ids));
	w->bare = xgrow(w->bare, &w->bare_cap, w->n + 1, sizeof(*w->bare));
	w->bare[w->n] = bare;
	w->ids[w->n] = arena_strdup(&left->arena, id);
	left->read[left->nread++] = w->ids[w->n++];
}

static void
wanted_fini(struct wanted *w)
{
	free(w->ids);
	free(w->bare);
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
		.fresh = strcmp(sqlstmt_get_text(q, 2), "new") == 0,
	};
}

/* All of it stands in an index, so that no row is read. */
static const char open_ones[] =
    "SELECT id, case_id, state, rule, last_seen FROM findings "
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
			want(w, left, id, false);
		else if (last >= of->since)
			want(w, left, id, last < of->calls);
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
	struct wanted w = { .ids = NULL };
	int r;

	r = part(s, since, n, &w, left, err);
	if (r == 0)
		r = store_findings_some(s, w.ids, w.bare, w.n, rs, err);
	wanted_fini(&w);
	return r;
}

int
store_findings_take_left(struct store *s, struct store_left *left,
    const struct intern *cases, struct results *rs, struct errmsg *err)
{
	struct wanted w = { .ids = NULL };
	const struct left_finding *f;
	size_t i, n = 0;
	int r;

	for (i = 0; i < left->n; i++) {
		f = &left->list[i];
		if (f->case_id != NULL &&
		    intern_find(cases, f->case_id, strlen(f->case_id)) !=
			INTERN_NONE)
			want(&w, left, f->id, true);
		else
			left->list[n++] = *f;
	}
	left->n = n;
	r = store_findings_some(s, w.ids, w.bare, w.n, rs, err);
	wanted_fini(&w);
	return r;
}

int
store_findings_put_left(const struct saving *v, struct errmsg *err)
{
	const struct store_left *left = v->changes->left;
	struct sqlstmt *q;
	size_t i;
	int r = 0;

	if (left == NULL || !v->fresh)
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

/* Whom cases are about ---------------------------------------------------- */

static const char cases_said[] =
    "WITH RECURSIVE had(id) AS (SELECT finding FROM covers "
    "UNION SELECT a.id FROM had JOIN aliases a ON a.alias = had.id) "
    "SELECT (body ->> '$.entity.type') || ' ' || (body ->> '$.entity.id') "
    "FROM cases WHERE id IN (SELECT target FROM labels UNION "
    "SELECT case_id FROM findings WHERE id IN (SELECT id FROM had UNION "
    "SELECT id FROM gone))";

/* All of it stands in an index. */
static const char cases_open[] =
    "SELECT id, first_seen, last_seen FROM cases "
    "WHERE last_seen BETWEEN ? AND ? AND "
    "(state <> 'closed' OR id IN (SELECT target FROM labels))";

static const char entity_of_case[] =
    "SELECT (body ->> '$.entity.type') || ' ' || (body ->> '$.entity.id') "
    "FROM cases WHERE id = ?";

int
store_findings_said(struct store *s, struct intern *entities,
    struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, cases_said, err) != 0)
		return -1;
	while ((r = sqlstmt_step(q, err)) == 1)
		(void)intern_addstr(entities, sqlstmt_get_text(q, 0));
	sqlstmt_free(&q);
	return r;
}

/* The cases of those that are asked about. */
struct about {
	const struct intern *entities;
	int64_t *begins; /* by entity: of the first case that may be another */
	struct about_case {
		uint32_t entity;
		const char *id;
		int64_t first;
	} * list;
	size_t n, cap;
	struct arena arena;
	struct intern *told; /* cases of findings that were read, ... */
	uint32_t *whose;     /* ... and by case who it is about */
	size_t whose_cap;
	struct sqlstmt *ask; /* about whom another one is */
};

/* Findings of a case are about whom the case is about. */
static void
tell(struct about *a, const struct finding *f)
{
	const uint32_t n = intern_count(a->told);
	struct buf name;
	uint32_t id;

	if (f->case_id == NULL)
		return;
	id = intern_addstr(a->told, f->case_id);
	if (id < n)
		return;
	buf_init(&name);
	buf_addf(&name, "%s %s", f->entity_type, f->entity);
	a->whose =
	    xgrow(a->whose, &a->whose_cap, (size_t)id + 1, sizeof(*a->whose));
	a->whose[id] = intern_find(a->entities, name.data, name.len);
	buf_fini(&name);
}

/* To `*entity`, which is INTERN_NONE where nobody asks about them. */
static int
find_entity(struct about *a, const char *id, uint32_t *entity,
    struct errmsg *err)
{
	const uint32_t told = intern_find(a->told, id, strlen(id));
	const char *name;
	int r;

	*entity = INTERN_NONE;
	if (told != INTERN_NONE && told > 0) {
		*entity = a->whose[told];
		return 0;
	}
	sqlstmt_text(a->ask, 1, id);
	r = sqlstmt_step(a->ask, err);
	if (r == 1) {
		name = sqlstmt_get_text(a->ask, 0);
		*entity = intern_find(a->entities, name, strlen(name));
	}
	sqlstmt_reset(a->ask);
	return r < 0 ? -1 : 0;
}

static int
add_case(struct about *a, const int64_t *since, struct sqlstmt *q,
    struct errmsg *err)
{
	const char *id = sqlstmt_get_text(q, 0);
	const int64_t first = sqlstmt_get_int(q, 1),
		      last = sqlstmt_get_int(q, 2);
	uint32_t entity;

	if (find_entity(a, id, &entity, err) != 0)
		return -1;
	if (entity == INTERN_NONE)
		return 0;
	a->list = xgrow(a->list, &a->cap, a->n + 1, sizeof(*a->list));
	a->list[a->n++] = (struct about_case){
		.entity = entity,
		.id = arena_strdup(&a->arena, id),
		.first = first,
	};
	if ((since[entity] == INT64_MIN || last > since[entity] - CASES_NEAR) &&
	    first < a->begins[entity])
		a->begins[entity] = first;
	return 0;
}

/* More of them: those that end from one instant to another, or then. */
static int
list_cases(struct store *s, struct about *a, const int64_t *since, int64_t from,
    int64_t to, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, cases_open, err) != 0)
		return -1;
	sqlstmt_int(q, 1, from);
	sqlstmt_int(q, 2, to);
	while ((r = sqlstmt_step(q, err)) == 1)
		if (add_case(a, since, q, err) != 0) {
			r = -1;
			break;
		}
	sqlstmt_free(&q);
	return r;
}

static int64_t
least_of(const int64_t *v, uint32_t n)
{
	int64_t least = INT64_MAX;
	uint32_t i;

	for (i = 1; i < n; i++)
		least = v[i] < least ? v[i] : least;
	return least;
}

/*
 * To tell whom a case is about takes long where its findings were not read, and
 * most cases ended long before: those first that may be near, which tell how far back others matter.
 */
static int
list_near(struct store *s, struct about *a, const int64_t *since, uint32_t n,
    struct errmsg *err)
{
	const int64_t first = least_of(since, n);
	const int64_t from =
	    first < INT64_MIN + CASES_NEAR ? INT64_MIN : first - CASES_NEAR;
	int64_t begin;
	int r = list_cases(s, a, since, from, INT64_MAX, err);

	begin = least_of(a->begins, n);
	return r == 0 && begin < from
		   ? list_cases(s, a, since, begin, from - 1, err)
		   : r;
}

static int
about_init(struct about *a, struct store *s, const struct intern *entities,
    const struct results *read, struct errmsg *err)
{
	const uint32_t all = intern_count(entities);
	uint32_t i;
	size_t k;

	*a = (struct about){ .entities = entities, .told = intern_new() };
	arena_init(&a->arena);
	a->begins = xcalloc(all, sizeof(*a->begins));
	for (i = 0; i < all; i++)
		a->begins[i] = INT64_MAX;
	for (k = 0; read != NULL && k < read->n; k++)
		tell(a, read->findings[k]);
	return sqldb_prepare(store_db(s), &a->ask, entity_of_case, err);
}

static void
about_fini(struct about *a)
{
	sqlstmt_free(&a->ask);
	intern_free(&a->told);
	free(a->whose);
	free(a->begins);
	free(a->list);
	arena_fini(&a->arena);
}

int
store_findings_about(struct store *s, const struct intern *entities,
    const int64_t *since, const struct results *read, struct intern *cases,
    struct errmsg *err)
{
	const struct about_case *c;
	struct about a;
	size_t k;
	int r;

	r = about_init(&a, s, entities, read, err);
	if (r == 0)
		r = list_near(s, &a, since, intern_count(entities), err);
	for (k = 0; k < a.n; k++) {
		c = &a.list[k];
		if (c->first >= a.begins[c->entity])
			(void)intern_addstr(cases, c->id);
	}
	about_fini(&a);
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
