/* Whether any call tells of somebody. */
#include "store/store_calls_impl.h"

#include <fnmatch.h>
#include <string.h>

static int
mentions(struct sqlstmt *q, const char *glob, struct errmsg *err)
{
	int r;

	while ((r = sqlstmt_step(q, err)) == 1)
		if (fnmatch(glob, sqlstmt_get_text(q, 0), 0) == 0)
			break;
	return r;
}

int
store_calls_mention(struct store *s, const char *glob, struct errmsg *err)
{
	const bool plain = strpbrk(glob, "*?[\\") == NULL;
	struct sqlstmt *q = NULL;
	int r;

	r = sqldb_prepare(store_db(s), &q,
	    plain ? "SELECT text FROM texts WHERE text = ?1"
		  : "SELECT text FROM texts WHERE ?1 <> ''",
	    err);
	if (r == 0) {
		sqlstmt_text(q, 1, glob);
		r = mentions(q, glob, err);
	}
	sqlstmt_free(&q);
	return r;
}
