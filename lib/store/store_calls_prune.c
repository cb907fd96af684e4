/* Old calls are deleted, with the texts that only they had. */
#include "store/store_calls_impl.h"

#include <stdlib.h>

#include "base/xalloc.h"

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

/* Numbers of texts that blocks have. */
struct used {
	unsigned char *has; /* by number */
	size_t n, cap;
};

static int
mark(struct used *u, const struct store_block *k, int place)
{
	const struct packed_numbers *column = &k->columns[place];
	size_t i, id;

	for (i = 0; i < (size_t)k->n; i++) {
		id = (size_t)packed_number(column, i);
		if (id >= u->n)
			return -1;
		u->has[id] = 1;
	}
	return 0;
}

static int
mark_block(struct used *u, struct sqlstmt *row, struct buf *data)
{
	static const int fixed[] = { STORE_SOURCE, STORE_CURRENCY, STORE_FILE };
	struct store_block k;
	size_t i;

	store_block_read(&k, row, data);
	if (store_block_take(&k, data) != 0)
		return -1;
	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (mark(u, &k, fixed[i]) != 0)
			return -1;
	for (i = 0; store_columns[i].name != NULL; i++)
		if (store_columns[i].type == STORE_TEXT &&
		    mark(u, &k, STORE_COLUMNS + (int)i) != 0)
			return -1;
	return 0;
}

static int
mark_blocks(struct store *s, struct used *u, struct errmsg *err)
{
	struct sqlstmt *q;
	struct buf data;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT " STORE_BLOCK_COLUMNS " FROM blocks", err) != 0)
		return -1;
	buf_init(&data);
	while ((r = sqlstmt_step(q, err)) == 1)
		if (mark_block(u, q, &data) != 0) {
			r = errmsg_set(err, "%s: damaged: block %lld",
			    store_path(s), (long long)sqlstmt_get_int(q, 0));
			break;
		}
	buf_fini(&data);
	sqlstmt_free(&q);
	return r;
}

/* To the table `used`. */
static int
list_in_blocks(struct store *s, struct errmsg *err)
{
	struct sqlstmt *q = NULL;
	struct used u = { .n = 0 };
	size_t i;
	int r = -1;

	if (sqldb_prepare(store_db(s), &q, "SELECT count(*) FROM texts", err) !=
		0 ||
	    sqlstmt_step(q, err) < 0)
		goto out;
	/* They have no gaps. */
	u.n = (size_t)sqlstmt_get_int(q, 0) + 1;
	sqlstmt_free(&q);
	u.has = xcalloc(u.n, 1);
	if (mark_blocks(s, &u, err) != 0 ||
	    sqldb_prepare(store_db(s), &q,
		"INSERT OR IGNORE INTO used VALUES (?)", err) != 0)
		goto out;
	for (i = 1, r = 0; r == 0 && i < u.n; i++)
		if (u.has[i]) {
			sqlstmt_int(q, 1, (int64_t)i);
			r = sqlstmt_run(q, err);
		}
out:
	sqlstmt_free(&q);
	free(u.has);
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
		if (store_column_is_text(c))
			buf_addf(&sql,
			    "INSERT OR IGNORE INTO used "
			    "SELECT %s FROM calls;",
			    c->name);
	r = sqldb_exec(store_db(s), sql.data, err);
	buf_fini(&sql);
	return r == 0 ? list_in_blocks(s, err) : -1;
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

/* Whole blocks, and what is left of one as rows. */
static int
delete_blocks(struct store *s, int64_t start, int64_t *n, struct errmsg *err)
{
	struct sqlstmt *q;
	int64_t blocks;
	int r;

	if (store_blocks_unpack(s, "start < ?1 AND last >= ?1", start, "",
		err) != 0 ||
	    sqldb_prepare(store_db(s), &q,
		"SELECT coalesce(sum(calls), 0) FROM blocks WHERE last < ?",
		err) != 0)
		return -1;
	sqlstmt_int(q, 1, start);
	r = sqlstmt_step(q, err);
	*n = r == 1 ? sqlstmt_get_int(q, 0) : 0;
	sqlstmt_free(&q);
	if (r < 0 || delete_before(s, "DELETE FROM block_parts WHERE block < ?",
			 start, &blocks, err) != 0)
		return -1;
	return delete_before(s, "DELETE FROM blocks WHERE last < ?", start,
	    &blocks, err);
}

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
	int64_t n, in_blocks, horizon;

	*gone = 0;
	if (store_horizon(s, &horizon, err) != 0)
		return -1;
	if (start <= horizon)
		return 0;
	if (delete_before(s, "DELETE FROM sightings WHERE start < ?", start, &n,
		err) != 0 ||
	    delete_blocks(s, start, &in_blocks, err) != 0 ||
	    delete_before(s, "DELETE FROM calls WHERE start < ?", start, gone,
		err) != 0 ||
	    store_set_horizon(s, start, err) != 0)
		return -1;
	*gone += in_blocks;
	return *gone > 0 ? store_calls_free_texts(s, err) : 0;
}
