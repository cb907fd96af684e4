#include "store/store_heirs.h"

#include <stdlib.h>
#include <string.h>

/*
 * Cases without a finding that is not closed, and which cases their findings
 * are in now.  Those of which a finding still stands go before those of which
 * none does any more.
 */
#define HEIRS                                                                      \
	"WITH dead AS (SELECT id, body FROM cases WHERE (?1 IS NULL OR id = ?1) "  \
	"AND id NOT IN (SELECT case_id FROM findings WHERE state <> 'closed' "     \
	"AND case_id IS NOT NULL)), "                                              \
	"had AS (SELECT dead.id AS old, h.value AS finding FROM dead "             \
	"CROSS JOIN json_each(dead.body, '$.findings') h), "                       \
	"became AS (SELECT old, finding FROM had UNION "                           \
	"SELECT had.old, a.id FROM had JOIN aliases a ON a.alias = had.finding), " \
	"moved AS (SELECT b.old, f.case_id AS heir, "                              \
	"max(f.state <> 'closed') AS stands FROM became b "                        \
	"CROSS JOIN findings f ON f.id = b.finding "                               \
	"WHERE f.case_id <> b.old GROUP BY b.old, heir) "                          \
	"SELECT old, heir FROM moved m WHERE stands = "                            \
	"(SELECT max(stands) FROM moved WHERE old = m.old) ORDER BY old, heir"

static const char find_heirs[] = HEIRS;
static const char find_past[] =
    "SELECT json_group_array(old) FROM (" HEIRS ") WHERE heir = ?2";

static int
compare_ids(const void *va, const void *vb)
{
	const struct fraud_case *const *a = va, *const *b = vb;

	return strcmp((*a)->id, (*b)->id);
}

static struct fraud_case *
find_case(struct fraud_case *const *by_id, size_t n, const char *id)
{
	const struct fraud_case key = { .id = id }, *const wanted = &key;
	struct fraud_case *const *found =
	    bsearch(&wanted, by_id, n, sizeof(wanted), compare_ids);

	return found != NULL ? *found : NULL;
}

static void
add_heir(struct results *rs, struct fraud_case *c, const char *heir)
{
	const char **list =
	    arena_array(&rs->arena, c->nheirs + 1, sizeof(*list));

	if (c->nheirs > 0)
		memcpy(list, c->heirs, c->nheirs * sizeof(*list));
	list[c->nheirs++] = arena_strdup(&rs->arena, heir);
	c->heirs = list;
}

int
store_heirs_attach(struct store *s, struct results *rs, struct errmsg *err)
{
	struct arena arena = { NULL };
	struct fraud_case **by_id, *c;
	struct sqlstmt *q;
	int r;

	if (rs->ncases == 0)
		return 0;
	if (sqldb_prepare(store_db(s), &q, find_heirs, err) != 0)
		return -1;
	by_id = arena_array(&arena, rs->ncases, sizeof(*by_id));
	memcpy(by_id, rs->cases, rs->ncases * sizeof(*by_id));
	qsort(by_id, rs->ncases, sizeof(*by_id), compare_ids);
	while ((r = sqlstmt_step(q, err)) == 1) {
		c = find_case(by_id, rs->ncases, sqlstmt_get_text(q, 0));
		if (c != NULL)
			add_heir(rs, c, sqlstmt_get_text(q, 1));
	}
	sqlstmt_free(&q);
	arena_fini(&arena);
	return r;
}

int
store_heirs_of(struct store *s, const char *case_id, struct buf *names,
    struct errmsg *err)
{
	struct sqlstmt *q;
	bool any = false;
	int r;

	if (sqldb_prepare(store_db(s), &q, find_heirs, err) != 0)
		return -1;
	sqlstmt_text(q, 1, case_id);
	while ((r = sqlstmt_step(q, err)) == 1) {
		buf_addf(names, "%s%s", any ? ", " : "",
		    sqlstmt_get_text(q, 1));
		any = true;
	}
	sqlstmt_free(&q);
	return r < 0 ? -1 : any;
}

int
store_heirs_past(struct store *s, const char *case_id, struct buf *json,
    struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, find_past, err) != 0)
		return -1;
	sqlstmt_text(q, 2, case_id);
	r = sqlstmt_step(q, err);
	if (r == 1)
		buf_addstr(json, sqlstmt_get_text(q, 0));
	sqlstmt_free(&q);
	return r < 0 ? -1 : 0;
}
