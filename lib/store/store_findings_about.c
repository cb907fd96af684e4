/*
 * Which cases may be others: those of whom a finding is new, gone or found
 * again, or whom anything was said of, that are near in time.
 */
#include "store/store_findings_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/cases.h"

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
 * most cases ended long before: those first that may be near, which tell how
 * far back others matter.
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
