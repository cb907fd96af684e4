#include "store/store_aliases.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "store/store_labels.h"

void
store_subject(const struct finding *f, char hex[HASH_HEX])
{
	struct hash_state *h = hash_new();
	const uint8_t kind = (uint8_t)f->kind;
	size_t i;

	hash_add(h, &kind, sizeof(kind));
	hash_add(h, f->rule, strlen(f->rule) + 1);
	for (i = 0; i < f->ngroup; i++) {
		hash_add(h, f->group_fields[i], strlen(f->group_fields[i]) + 1);
		hash_add(h, f->group_values[i], strlen(f->group_values[i]) + 1);
	}
	hash_end_hex(h, hex);
	hash_free(&h);
}

/* One statement whose only parameter is the number of a run. */
static int
run_sql(struct store *s, const char *sql, int64_t number, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, sql, err) != 0)
		return -1;
	sqlstmt_int(q, 1, number);
	r = sqlstmt_run(q, err);
	sqlstmt_free(&q);
	return r;
}

/* The findings of this run, beside those of the store. */
static int
fill_found(struct store *s, const struct results *rs, struct errmsg *err)
{
	char subject[HASH_HEX];
	struct sqlstmt *q;
	size_t i;
	int r = 0;

	if (sqldb_exec(store_db(s),
		"CREATE TEMP TABLE IF NOT EXISTS found (id TEXT PRIMARY KEY, "
		"subject TEXT NOT NULL, first_seen INTEGER NOT NULL, "
		"last_seen INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
		"CREATE INDEX IF NOT EXISTS temp.found_of ON found (subject);"
		"DELETE FROM found",
		err) != 0 ||
	    sqldb_prepare(store_db(s), &q,
		"INSERT OR IGNORE INTO found VALUES (?, ?, ?, ?)", err) != 0)
		return -1;
	for (i = 0; i < rs->n && r == 0; i++) {
		store_subject(rs->findings[i], subject);
		sqlstmt_text(q, 1, rs->findings[i]->id);
		sqlstmt_text(q, 2, subject);
		sqlstmt_int(q, 3, rs->findings[i]->first_seen);
		sqlstmt_int(q, 4, rs->findings[i]->last_seen);
		r = sqlstmt_run(q, err);
	}
	sqlstmt_free(&q);
	return r;
}

static const char note_all[] =
    "INSERT OR REPLACE INTO aliases (alias, id, run, word, upto) "
    "SELECT o.id, n.id, ?1, '', (SELECT coalesce(max(id), 0) FROM labels) "
    "FROM findings o JOIN found n ON n.subject = o.subject "
    "AND n.first_seen <= o.last_seen AND n.last_seen >= o.first_seen "
    "WHERE o.state <> 'closed' AND o.subject <> '' AND n.id <> o.id AND ("
    "o.id NOT IN (SELECT id FROM found) OR n.id NOT IN "
    "(SELECT id FROM findings WHERE state <> 'closed'))";

/* Which were noted for this run; `*n` may be 0. */
static int
noted(struct store *s, int64_t number, struct arena *arena, const char ***list,
    size_t *n, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	*n = 0;
	if (sqldb_prepare(store_db(s), &q,
		"SELECT alias, count(*) OVER () FROM (SELECT DISTINCT alias "
		"FROM aliases WHERE run = ? AND EXISTS (SELECT 1 FROM labels))",
		err) != 0)
		return -1;
	sqlstmt_int(q, 1, number);
	while ((r = sqlstmt_step(q, err)) == 1) {
		if (*n == 0)
			*list = arena_array(arena,
			    (size_t)sqlstmt_get_int(q, 1), sizeof(**list));
		(*list)[(*n)++] = arena_strdup(arena, sqlstmt_get_text(q, 0));
	}
	sqlstmt_free(&q);
	return r;
}

static int
give_word(struct store *s, const char *alias, int64_t number,
    struct errmsg *err)
{
	enum label_word w;
	struct sqlstmt *q;
	int r = store_labels_of(s, alias, &w, err);

	if (r <= 0)
		return r;
	if (sqldb_prepare(store_db(s), &q,
		"UPDATE aliases SET word = ? WHERE alias = ? AND run = ?",
		err) != 0)
		return -1;
	sqlstmt_text(q, 1, label_name(w));
	sqlstmt_text(q, 2, alias);
	sqlstmt_int(q, 3, number);
	r = sqlstmt_run(q, err);
	sqlstmt_free(&q);
	return r;
}

int
store_aliases_note(struct store *s, const struct results *rs, int64_t number,
    struct errmsg *err)
{
	struct arena arena = { NULL };
	const char **list = NULL;
	size_t i, n = 0;
	int r;

	if (fill_found(s, rs, err) != 0 ||
	    run_sql(s, "DELETE FROM aliases WHERE run = ?1", number, err) !=
		0 ||
	    run_sql(s, note_all, number, err) != 0)
		return -1;
	r = noted(s, number, &arena, &list, &n, err);
	for (i = 0; i < n && r == 0; i++)
		r = give_word(s, list[i], number, err);
	arena_fini(&arena);
	return r;
}

/* Its word is in that of what it became. */
static const char settle_all[] =
    "INSERT OR IGNORE INTO aliases (alias, id, run, word, upto) "
    "SELECT a.alias, n.id, n.run, '', n.upto FROM aliases a "
    "JOIN aliases n ON n.alias = a.id AND n.run = ?1 "
    "JOIN findings f ON f.id = a.id AND f.state = 'closed' "
    "WHERE a.alias <> n.id";

static const char drop_moved[] =
    "DELETE FROM aliases WHERE id IN (SELECT n.alias FROM aliases n "
    "JOIN findings f ON f.id = n.alias AND f.state = 'closed' "
    "WHERE n.run = ?1)";

int
store_aliases_settle(struct store *s, int64_t number, struct errmsg *err)
{
	if (run_sql(s, settle_all, number, err) != 0)
		return -1;
	return run_sql(s, drop_moved, number, err);
}
