/* store_findings: those that ended long ago go, with what was said of them. */
#include "store/store_findings.h"

/* In this order: what goes first is found by what goes last. */
static const char *const prunes[] = {
	"DELETE FROM labels WHERE target IN (SELECT id FROM findings "
	"WHERE last_seen < ?1 UNION SELECT id FROM cases WHERE last_seen < ?1)",
	"DELETE FROM covers WHERE label NOT IN (SELECT id FROM labels) "
	"AND ?1 IS NOT NULL",
	"DELETE FROM members WHERE finding IN (SELECT id FROM findings "
	"WHERE last_seen < ?1)",
	"DELETE FROM packed_members WHERE finding IN (SELECT id FROM findings "
	"WHERE last_seen < ?1)",
	"DELETE FROM aliases WHERE id IN (SELECT id FROM findings "
	"WHERE last_seen < ?1)",
	"DELETE FROM cases WHERE last_seen < ?1",
	"DELETE FROM findings WHERE last_seen < ?1",
};

int
store_findings_prune(struct store *s, int64_t before, int64_t *gone,
    struct errmsg *err)
{
	struct sqlstmt *q;
	size_t i;
	int r = 0;

	for (i = 0; i < sizeof(prunes) / sizeof(prunes[0]) && r == 0; i++) {
		if (sqldb_prepare(store_db(s), &q, prunes[i], err) != 0)
			return -1;
		sqlstmt_int(q, 1, before);
		r = sqlstmt_run(q, err);
		*gone = sqldb_changes(store_db(s));
		sqlstmt_free(&q);
	}
	return r;
}
