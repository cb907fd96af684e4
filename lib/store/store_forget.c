#include "store/store_forget.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/nearest.h"
#include "store/store_calls.h"

/* How each kind is named, found and told apart in the tables. */
static const struct kind {
	const char *prefix;
	const char *find; /* a row with its number; ?1 the name */
	/* Which calls and sightings; ?1 the number, ?2 the name. */
	const char *calls, *sightings;
	const char *files; /* which rows of files; the same */
} kinds[] = {
	[IMPORT_RUN] = { "run:", "SELECT id FROM runs WHERE name = ?1",
	    "run = ?1", "run = ?1",
	    "id IN (SELECT seen FROM calls WHERE run = ?1 UNION "
	    "SELECT file FROM sightings WHERE run = ?1)" },
	[IMPORT_SOURCE] = { "source:",
	    "SELECT t.id FROM texts t WHERE t.text = ?1 AND "
	    "EXISTS (SELECT 1 FROM files WHERE source = ?1)",
	    "source = ?1", "source = ?1", "source = ?2" },
	[IMPORT_FILE] = { "file:",
	    "SELECT 0 FROM files WHERE path = ?1 LIMIT 1",
	    "seen IN (SELECT id FROM files WHERE path = ?2)",
	    "file IN (SELECT id FROM files WHERE path = ?2)", "path = ?2" },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* Where a path leads from here, without links being looked at. */
static void
absolute(const char *path, struct buf *out)
{
	char here[PATH_MAX];
	size_t len, up;

	buf_reset(out);
	if (path[0] != '/' && getcwd(here, sizeof(here)) != NULL &&
	    strcmp(here, "/") != 0)
		buf_addstr(out, here);
	for (; *path != '\0'; path += len) {
		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (len == 0 || (len == 1 && path[0] == '.'))
			continue;
		if (len == 2 && strncmp(path, "..", 2) == 0) {
			up = out->len;
			while (up > 0 && out->data[--up] != '/')
				;
			buf_cut(out, up);
			continue;
		}
		buf_addch(out, '/');
		buf_add(out, path, len);
	}
}

static int
look(struct store *s, const struct kind *k, const char *name, int64_t *id,
    struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, k->find, err) != 0)
		return -1;
	sqlstmt_text(q, 1, name);
	r = sqlstmt_step(q, err);
	if (r == 1)
		*id = sqlstmt_get_int(q, 0);
	sqlstmt_free(&q);
	return r;
}

/* The name behind a prefix that fits kind `i`; NULL if another one stands. */
static const char *
name_of(const char *name, size_t i)
{
	size_t k, len;

	for (k = 0; k < KINDS; k++) {
		len = strlen(kinds[k].prefix);
		if (strncmp(name, kinds[k].prefix, len) == 0)
			return k == i ? name + len : NULL;
	}
	return name;
}

/* A file under another path than the store has; that is in `as`. */
static int
look_path(struct store *s, const char *path, struct buf *as, struct errmsg *err)
{
	struct buf want, is;
	struct sqlstmt *q;
	bool found = false;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT DISTINCT path FROM files ORDER BY path", err) != 0)
		return -1;
	buf_init(&want);
	buf_init(&is);
	absolute(path, &want);
	while (!found && (r = sqlstmt_step(q, err)) == 1) {
		absolute(sqlstmt_get_text(q, 0), &is);
		found = want.len > 0 && is.len == want.len &&
			memcmp(is.data, want.data, is.len) == 0;
		if (found)
			buf_addstr(as, sqlstmt_get_text(q, 0));
	}
	sqlstmt_free(&q);
	buf_fini(&want);
	buf_fini(&is);
	return found ? 1 : r;
}

static const char *
name_at(const void *table, size_t i)
{
	const char *const *names = table;

	return names[i];
}

/* Whether there is a name that is like it is no part of the answer. */
static int
say_unknown(struct store *s, const char *name, struct errmsg *err)
{
	struct arena arena = { NULL };
	const char **names = NULL, *near = NULL;
	struct sqlstmt *q;
	size_t n = 0;

	if (sqldb_prepare(store_db(s), &q,
		"WITH names(name) AS (SELECT name FROM runs UNION SELECT path "
		"FROM files UNION SELECT source FROM files) "
		"SELECT name, count(*) OVER () FROM names ORDER BY name",
		NULL) == 0) {
		while (sqlstmt_step(q, NULL) == 1) {
			if (n == 0)
				names = arena_array(&arena,
				    (size_t)sqlstmt_get_int(q, 1) + 1,
				    sizeof(*names));
			names[n++] =
			    arena_strdup(&arena, sqlstmt_get_text(q, 0));
		}
		sqlstmt_free(&q);
	}
	if (n > 0)
		near = nearest(name, name_at, names);
	(void)errmsg_set(err, "%s: no run, source or file: '%s'%s%s%s",
	    store_path(s), name, near != NULL ? "; did you mean '" : "",
	    near != NULL ? near : "", near != NULL ? "'?" : "");
	arena_fini(&arena);
	return -1;
}

int
store_forget_find(struct store *s, const char *name, enum store_import *what,
    int64_t *id, struct buf *as, struct errmsg *err)
{
	size_t i, found = 0;
	const char *bare;
	int r;

	buf_reset(as);
	for (i = 0; i < KINDS; i++) {
		bare = name_of(name, i);
		if (bare == NULL)
			continue;
		r = look(s, &kinds[i], bare, id, err);
		if (r < 0)
			return -1;
		if (r == 1) {
			*what = (enum store_import)i;
			buf_reset(as);
			buf_addstr(as, bare);
			found++;
		}
	}
	bare = name_of(name, IMPORT_FILE);
	if (found == 0 && bare != NULL) {
		r = look_path(s, bare, as, err);
		if (r < 0)
			return -1;
		*what = IMPORT_FILE;
		*id = 0;
		found += r == 1;
	}
	if (found == 0)
		return say_unknown(s, name, err);
	if (found > 1)
		return errmsg_set(err,
		    "%s: '%s' is more than one of run, source and file: put "
		    "run:, source: or file: in front",
		    store_path(s), name);
	return 0;
}

/* One statement with `where` in place of %s; how many rows it changed. */
static int
change(struct store *s, const char *sql, const char *where, int64_t id,
    const char *name, int64_t *n, struct errmsg *err)
{
	const char *mark = strstr(sql, "%s");
	struct sqlstmt *q;
	struct buf text;
	int r;

	buf_init(&text);
	buf_add(&text, sql, (size_t)(mark - sql));
	/* Both parameters are there, whether the condition uses them. */
	buf_addf(&text, "%s AND ?1 IS NOT NULL AND ?2 IS NOT NULL", where);
	buf_addstr(&text, mark + 2);
	r = sqldb_prepare(store_db(s), &q, text.data, err);
	buf_fini(&text);
	if (r != 0)
		return -1;
	sqlstmt_int(q, 1, id);
	sqlstmt_text(q, 2, name);
	r = sqlstmt_run(q, err);
	*n = sqldb_changes(store_db(s));
	sqlstmt_free(&q);
	return r;
}

/*
 * Where a record stands in another file, that one has brought it; then its
 * sighting there is one too many.
 */
static const char promote[] =
    "UPDATE calls SET (seen, line, run, file) = ("
    "SELECT s.file, s.line, s.run, t.id FROM sightings s "
    "JOIN files f ON f.id = s.file JOIN texts t ON t.text = f.path || f.member "
    "WHERE s.start = calls.start AND s.source = calls.source "
    "AND s.key = calls.key ORDER BY s.run, s.file LIMIT 1) "
    "WHERE EXISTS (SELECT 1 FROM sightings s WHERE s.start = calls.start "
    "AND s.source = calls.source AND s.key = calls.key) AND %s";

static const char drop_promoted[] =
    "DELETE FROM sightings WHERE EXISTS (SELECT 1 FROM calls c "
    "WHERE c.start = sightings.start AND c.source = sightings.source "
    "AND c.key = sightings.key AND c.seen = sightings.file)";

/* Nothing tells of them any more. */
static const char drop_files[] =
    "DELETE FROM files WHERE whole = 0 AND nhead = 0 AND id NOT IN "
    "(SELECT seen FROM calls UNION SELECT seen FROM block_parts "
    "UNION SELECT file FROM sightings);"
    "DELETE FROM seams WHERE file NOT IN (SELECT id FROM files)";

static int
forget_calls(struct store *s, const struct kind *k, const char *name,
    int64_t id, struct store_forgotten *out, struct errmsg *err)
{
	int64_t gone;

	if (sqldb_exec(store_db(s),
		"INSERT OR IGNORE INTO texts (text) "
		"SELECT path || member FROM files",
		err) != 0 ||
	    change(s, "DELETE FROM sightings WHERE %s", k->sightings, id, name,
		&gone, err) != 0 ||
	    change(s, promote, k->calls, id, name, &out->kept, err) != 0 ||
	    sqldb_exec(store_db(s), drop_promoted, err) != 0)
		return -1;
	return change(s, "DELETE FROM calls WHERE %s", k->calls, id, name,
	    &out->calls, err);
}

int
store_forget(struct store *s, enum store_import what, const char *name,
    int64_t id, struct store_forgotten *out, struct errmsg *err)
{
	const struct kind *k = &kinds[what];
	int64_t seams;

	if (store_calls_unpack(s, k->calls, id, name, err) != 0 ||
	    change(s,
		"UPDATE seams SET fit = 0 WHERE file IN "
		"(SELECT id FROM files WHERE %s)",
		k->files, id, name, &seams, err) != 0 ||
	    change(s,
		"UPDATE files SET whole = 0, size = 0, mtime = 0, nhead = 0, "
		"head = '', tail = '' WHERE %s",
		k->files, id, name, &out->files, err) != 0 ||
	    forget_calls(s, k, name, id, out, err) != 0)
		return -1;
	if (sqldb_exec(store_db(s), drop_files, err) != 0)
		return -1;
	return store_calls_free_texts(s, err);
}

int
store_forget_read(struct store *s, int64_t file, struct errmsg *err)
{
	static const struct kind read = { "", NULL, "seen = ?1", "file = ?1",
		NULL };
	struct store_forgotten out;

	if (store_calls_unpack(s, read.calls, file, "", err) != 0)
		return -1;
	return forget_calls(s, &read, "", file, &out, err);
}

/*
 * The table `here` gets the calls of one file of a batch.  An event of its
 * reading may have the key that it had, and be another: none stays.
 */
static int
list_here(struct store *s, const struct batch *b, uint32_t number,
    struct errmsg *err)
{
	struct sqlstmt *q;
	size_t i;
	int r = 0;

	if (sqldb_exec(store_db(s),
		"CREATE TEMP TABLE IF NOT EXISTS here (start INTEGER, "
		"key INTEGER, PRIMARY KEY (start, key)) STRICT, WITHOUT ROWID;"
		"DELETE FROM here",
		err) != 0 ||
	    sqldb_prepare(store_db(s), &q,
		"INSERT OR IGNORE INTO here (start, key) VALUES (?, ?)",
		err) != 0)
		return -1;
	for (i = 0; r == 0 && i < b->n; i++) {
		if (batch_file_of(b, i) != number ||
		    batch_event(b, i) == EVENT_QUALITY)
			continue;
		sqlstmt_int(q, 1, b->calls[i].start);
		sqlstmt_int(q, 2, (int64_t)b->origins[i].key);
		r = sqlstmt_run(q, err);
	}
	sqlstmt_free(&q);
	return r;
}

int
store_forget_rest(struct store *s, int64_t file, const struct batch *b,
    uint32_t number, int64_t *gone, struct errmsg *err)
{
	static const struct kind rest = { "", NULL,
		"seen = ?1 AND (start, key) NOT IN "
		"(SELECT start, key FROM here)",
		"file = ?1 AND (start, key) NOT IN "
		"(SELECT start, key FROM here)",
		NULL };
	struct store_forgotten out = { 0 };
	int r;

	r = list_here(s, b, number, err);
	if (r == 0)
		r = store_calls_unpack(s, "seen = ?1", file, "", err);
	if (r == 0)
		r = forget_calls(s, &rest, "", file, &out, err);
	*gone = out.calls + out.kept;
	return r;
}
