/* What labels say to those who find: cases that are ended, calls of frauds. */
#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "store/store_labels.h"

/* Which findings each end has, also those that they became. */
static const char all_ends[] =
    "WITH RECURSIVE has(label, id) AS (SELECT c.label, c.finding "
    "FROM covers c JOIN labels l ON l.id = c.label "
    "WHERE l.word IN ('fraud', 'benign', 'close') "
    "UNION SELECT has.label, a.id FROM has JOIN aliases a ON a.alias = has.id) "
    "SELECT l.id, l.target, has.id, count(*) OVER (PARTITION BY l.id), "
    "count(*) OVER () FROM has JOIN labels l ON l.id = has.label "
    "ORDER BY l.id, has.id";

int
store_labels_ends(struct store *s, struct arena *arena, struct case_end **ends,
    size_t *n, struct errmsg *err)
{
	const char **list = NULL;
	int64_t label = 0;
	struct sqlstmt *q;
	struct case_end *e;
	int r;

	*n = 0;
	if (sqldb_prepare(store_db(s), &q, all_ends, err) != 0)
		return -1;
	while ((r = sqlstmt_step(q, err)) == 1) {
		if (*n == 0)
			*ends = arena_array(arena,
			    (size_t)sqlstmt_get_int(q, 4), sizeof(**ends));
		if (*n == 0 || sqlstmt_get_int(q, 0) != label) {
			label = sqlstmt_get_int(q, 0);
			list = arena_array(arena, (size_t)sqlstmt_get_int(q, 3),
			    sizeof(*list));
			(*ends)[*n] = (struct case_end){ .findings = list,
				.case_id = arena_strdup(arena,
				    sqlstmt_get_text(q, 1)) };
			++*n;
		}
		e = &(*ends)[*n - 1];
		list[e->n++] = arena_strdup(arena, sqlstmt_get_text(q, 2));
	}
	sqlstmt_free(&q);
	return r;
}

/* Fraud ------------------------------------------------------------------- */

/* What somebody said anything of, by its present name or an earlier one. */
static const char all_labelled[] =
    "SELECT target FROM labels WHERE word = 'fraud' "
    "UNION SELECT id FROM aliases WHERE word = 'fraud' ORDER BY 1";

/* Ids of findings that are labelled fraud. */
static int
list_frauds(struct store *s, struct intern *frauds, struct errmsg *err)
{
	struct intern *all = intern_new();
	enum label_word w;
	struct sqlstmt *q = NULL;
	uint32_t i;
	int r;

	r = sqldb_prepare(store_db(s), &q, all_labelled, err);
	while (r >= 0 && (r = sqlstmt_step(q, err)) == 1)
		(void)intern_addstr(all, sqlstmt_get_text(q, 0));
	sqlstmt_free(&q);
	for (i = 1; i < intern_count(all) && r >= 0; i++) {
		r = store_labels_of(s, intern_text(all, i), &w, err);
		if (r == 1 && w == LABEL_FRAUD)
			(void)intern_addstr(frauds, intern_text(all, i));
	}
	intern_free(&all);
	return r < 0 ? -1 : 0;
}

static bool
finds(const struct intern *found, const char *id)
{
	return intern_find(found, id, strlen(id)) != INTERN_NONE;
}

/* Whether a finding that is not found is to be taken from the store. */
static int
is_left(struct store *s, const char *id, const struct intern *found,
    struct errmsg *err)
{
	struct sqlstmt *q;
	bool left = true, became = false, closed = true;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT a.id, coalesce((SELECT state FROM findings "
		"WHERE id = ?1), 'closed') = 'closed' FROM (SELECT 1) "
		"LEFT JOIN aliases a ON a.alias = ?1",
		err) != 0)
		return -1;
	sqlstmt_text(q, 1, id);
	while ((r = sqlstmt_step(q, err)) == 1) {
		closed = sqlstmt_get_int(q, 1) != 0;
		if (sqlstmt_is_null(q, 0))
			continue;
		became = true;
		if (found != NULL && finds(found, sqlstmt_get_text(q, 0)))
			left = false;
	}
	sqlstmt_free(&q);
	if (found == NULL && became && closed)
		left = false;
	return r < 0 ? -1 : left;
}

/* Those of the store that this run does not have. */
static int
take_left(struct store *s, const struct intern *frauds,
    const struct intern *found, struct call_refs *refs, struct errmsg *err)
{
	const char *id;
	uint32_t i;
	int r;

	for (i = 1; i < intern_count(frauds); i++) {
		id = intern_text(frauds, i);
		if (found != NULL && finds(found, id))
			continue;
		r = is_left(s, id, found, err);
		if (r < 0 ||
		    (r == 1 && store_members_load(s, id, refs, err) != 0))
			return -1;
	}
	return 0;
}

int
store_labels_fraud(struct store *s, const struct results *rs,
    struct call_refs *refs, struct errmsg *err)
{
	struct intern *frauds = intern_new();
	struct intern *found = rs != NULL ? intern_new() : NULL;
	const struct finding *f;
	struct call_ref *own;
	size_t i;
	int r;

	refs->n = 0;
	r = list_frauds(s, frauds, err);
	for (i = 0; r == 0 && rs != NULL && i < rs->n; i++) {
		f = rs->findings[i];
		(void)intern_addstr(found, f->id);
		if (!finds(frauds, f->id))
			continue;
		call_refs_add(refs, finding_members(f, &own), f->nmembers);
		free(own);
	}
	if (r == 0)
		r = take_left(s, frauds, found, refs, err);
	call_refs_settle(refs);
	intern_free(&frauds);
	intern_free(&found);
	return r;
}
