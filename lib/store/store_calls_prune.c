/* Old calls are deleted, with the texts that only they had. */
#include "store/store_calls_impl.h"

static int
delete_before(struct store *s, const char *sql, int64_t start, int64_t *n,
    struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, sql, err) != 0)
		return -1;
	sqlstmt_int(q, 1, start);
	r = sqlstmt_run(q, err);
	*n = sqldb_changes(store_db(s));
	sqlstmt_free(&q);
	return r;
}

/* The numbers of all texts that calls have; a file's path is one, too. */
static int
list_used(struct store *s, struct errmsg *err)
{
	const struct store_column *c;
	struct buf sql;
	int r;

	buf_init(&sql);
	buf_addstr(&sql,
	    "CREATE TEMP TABLE used (id INTEGER PRIMARY KEY) STRICT;"
	    "INSERT OR IGNORE INTO used SELECT source FROM calls;"
	    "INSERT OR IGNORE INTO used SELECT currency FROM calls;"
	    "INSERT OR IGNORE INTO used SELECT file FROM calls;");
	for (c = store_columns; c->name != NULL; c++)
		if (c->type == STORE_TEXT)
			buf_addf(&sql,
			    "INSERT OR IGNORE INTO used "
			    "SELECT %s FROM calls;",
			    c->name);
	r = sqldb_exec(store_db(s), sql.data, err);
	buf_fini(&sql);
	return r;
}

/*
 * The rows stay, because numbers have no gaps; what stands in them until they
 * are used again is no text that anybody wrote.
 */
static const char free_unused[] =
    "UPDATE texts SET text = 'free ' || hex(randomblob(16)) "
    "WHERE id NOT IN (SELECT id FROM used) "
    "AND id NOT IN (SELECT id FROM free_texts);"
    "INSERT OR IGNORE INTO free_texts SELECT id FROM texts "
    "WHERE id NOT IN (SELECT id FROM used);"
    "DROP TABLE used;";

int
store_calls_free_texts(struct store *s, struct errmsg *err)
{
	if (list_used(s, err) != 0)
		return -1;
	return sqldb_exec(store_db(s), free_unused, err);
}

int
store_calls_prune(struct store *s, int64_t start, int64_t *gone,
    struct errmsg *err)
{
	int64_t n, horizon;

	*gone = 0;
	if (store_horizon(s, &horizon, err) != 0)
		return -1;
	if (start <= horizon)
		return 0;
	if (delete_before(s, "DELETE FROM sightings WHERE start < ?", start, &n,
		err) != 0 ||
	    delete_before(s, "DELETE FROM calls WHERE start < ?", start, gone,
		err) != 0 ||
	    store_set_horizon(s, start, err) != 0)
		return -1;
	return *gone > 0 ? store_calls_free_texts(s, err) : 0;
}
