#include "store/store_files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "store/store_files_impl.h"

#define UNTOUCHED                                                          \
	"WHERE source = ?1 AND reading = ?2 AND size = ?3 AND mtime = ?4 " \
	"AND head = ?5 AND tail = ?6"
#define ROWS "SELECT id, path, size, nhead, head, tail, reading FROM files "

enum {
	/* Of so many files with the same bytes it is asked whether they moved. */
	ALIKE = 16
};

/* Each is answered by an index: a store may know very many files. */
const char *const store_files_questions[STORE_FILES_QUESTIONS] = {
	[STORE_FILES_KNOWN] =
	    "SELECT coalesce(max(whole), 0) FROM (SELECT min(whole) AS whole "
	    "FROM files " UNTOUCHED " GROUP BY path)",
	[STORE_FILES_PATHS] =
	    "SELECT DISTINCT path FROM files " UNTOUCHED " ORDER BY path",
	[STORE_FILES_MOVE] =
	    "UPDATE files SET path = ?7 " UNTOUCHED " AND path = ?8",
	[STORE_FILES_NAMED] = ROWS "WHERE source = ?1 AND member = ?2 "
				   "AND path = ?3 ORDER BY id DESC",
	[STORE_FILES_ALIKE] = ROWS
	"WHERE source = ?1 AND member = ?2 AND path <> ?3 AND head = ?4 "
	"AND (nhead = ?5 OR (size = ?6 AND tail = ?7)) "
	"ORDER BY id DESC LIMIT ?8",
	[STORE_FILES_AGAIN] = "SELECT 1 FROM files WHERE id = ? AND run = ?",
	[STORE_FILES_PUT] =
	    "INSERT OR REPLACE INTO files (id, path, source, reading, size, "
	    "mtime, nhead, head, tail, whole, run, member) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[STORE_FILES_SEAM] =
	    "SELECT " STORE_SEAM_COLUMNS ", reading, size, tail, prefix, fit "
	    "FROM files LEFT JOIN seams ON file = id WHERE id = ?",
	[STORE_FILES_NO_SEAM] = "DELETE FROM seams WHERE file = ?",
	[STORE_FILES_PUT_SEAM] =
	    "INSERT INTO seams (" STORE_SEAM_COLUMNS ", file, fit, prefix) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)",
};

struct store_files *
store_files_new(struct store *s)
{
	struct store_files *k = xcalloc(1, sizeof(*k));

	k->store = s;
	return k;
}

void
store_files_free(struct store_files **kp)
{
	struct store_files *k = *kp;
	size_t i;

	if (k == NULL)
		return;
	store_hold(k->store);
	for (i = 0; i < STORE_FILES_QUESTIONS; i++)
		sqlstmt_free(&k->asked[i]);
	store_go_on(k->store);
	free(k);
	*kp = NULL;
}

int
store_files_ask(struct store_files *k, enum store_files_question what,
    struct sqlstmt **q, struct errmsg *err)
{
	struct sqldb *db = store_db(k->store);

	if (k->asked[what] == NULL &&
	    sqldb_prepare(db, &k->asked[what], store_files_questions[what],
		err) != 0)
		return -1;
	*q = k->asked[what];
	return 0;
}

/* The head as it is known, or "" for what has none. */
static void
head_of(const struct store_file *f, char hex[HASH_HEX])
{
	hex[0] = '\0';
	if (f->print != NULL)
		(void)fileprint_head(f->print, f->print->nhead, hex);
}

/* Ask about the rows of a file that is as it was. */
static int
ask_untouched(struct store_files *k, enum store_files_question what,
    struct sqlstmt **q, const struct store_file *f, char head[HASH_HEX],
    struct errmsg *err)
{
	if (store_files_ask(k, what, q, err) != 0)
		return -1;
	head_of(f, head);
	sqlstmt_text(*q, 1, f->source);
	sqlstmt_text(*q, 2, f->reading);
	sqlstmt_int(*q, 3, f->print->size);
	sqlstmt_int(*q, 4, f->print->mtime);
	sqlstmt_text(*q, 5, head);
	sqlstmt_text(*q, 6, f->print->tail);
	return 0;
}

/*
 * Read whole with all its members under any path: the same file has several
 * where it was named by another one, or copied with its time.
 */
int
store_files_known(struct store_files *k, const struct store_file *f,
    struct errmsg *err)
{
	char head[HASH_HEX];
	struct sqlstmt *q;
	int r, whole;

	if (f->print == NULL)
		return 0;
	if (ask_untouched(k, STORE_FILES_KNOWN, &q, f, head, err) != 0)
		return -1;
	r = sqlstmt_step(q, err);
	whole = r == 1 && sqlstmt_get_int(q, 0) != 0;
	sqlstmt_reset(q);
	return r < 0 ? -1 : whole;
}

/*
 * Which of its rows is to have another path: that whose path leads nowhere any
 * more; "" if there is none, because a row has the path already or because it
 * is a copy of what is still there.
 */
static int
find_gone(struct store_files *k, const struct store_file *f, struct buf *gone,
    struct errmsg *err)
{
	char head[HASH_HEX];
	const char *path;
	struct sqlstmt *q;
	bool here = false;
	int r;

	buf_reset(gone);
	if (ask_untouched(k, STORE_FILES_PATHS, &q, f, head, err) != 0)
		return -1;
	while ((r = sqlstmt_step(q, err)) == 1) {
		path = sqlstmt_get_text(q, 0);
		here = here || strcmp(path, f->path) == 0;
		if (gone->len == 0 && access(path, F_OK) != 0)
			buf_addstr(gone, path);
	}
	if (here)
		buf_reset(gone);
	return r;
}

int
store_files_moved(struct store_files *k, const struct store_file *f,
    struct errmsg *err)
{
	char head[HASH_HEX];
	struct sqlstmt *q;
	struct buf gone;
	int r;

	buf_init(&gone);
	r = find_gone(k, f, &gone, err);
	if (r == 0 && gone.len > 0 &&
	    (r = ask_untouched(k, STORE_FILES_MOVE, &q, f, head, err)) == 0) {
		sqlstmt_text(q, 7, f->path);
		sqlstmt_text(q, 8, gone.data);
		r = sqlstmt_run(q, err);
	}
	buf_fini(&gone);
	return r;
}

/*
 * Whether the file of a row is still where it was; then another is a copy.
 * One that is there and cannot be read may be it.
 */
static bool
is_there(const char *path, size_t nhead, const char *head)
{
	char now[HASH_HEX];
	struct fileprint p;

	if (access(path, F_OK) != 0)
		return false;
	return !fileprint_take(path, &p) ||
	       (fileprint_head(&p, nhead, now) && strcmp(now, head) == 0);
}

/*
 * Whether a row is of this file as it was before.  A few bytes, such as a
 * header, many files have in common; so a short file must have its name, too,
 * or the same bytes to its end.
 */
static bool
is_same(struct sqlstmt *q, const struct store_file *f)
{
	const char *path = sqlstmt_get_text(q, 1);
	const int64_t size = sqlstmt_get_int(q, 2);
	const size_t nhead = (size_t)sqlstmt_get_int(q, 3);
	char head[HASH_HEX];

	/*
	 * What came from a store of an earlier schema, and what had no print
	 * because its disk failed then, is known by its name alone.
	 */
	if (sqlstmt_get_text(q, 6)[0] == '\0' ||
	    sqlstmt_get_text(q, 5)[0] == '\0')
		return strcmp(path, f->path) == 0;
	if (nhead == 0 || f->print->size < size ||
	    !fileprint_head(f->print, nhead, head) ||
	    strcmp(head, sqlstmt_get_text(q, 4)) != 0)
		return false;
	if (strcmp(path, f->path) == 0)
		return true;
	if (nhead < FILEPRINT_HEAD &&
	    (size != f->print->size ||
		strcmp(sqlstmt_get_text(q, 5), f->print->tail) != 0))
		return false;
	return !is_there(path, nhead, head);
}

/* The first row of an answer that is of this file. */
static int
first_same(struct sqlstmt *q, const struct store_file *f, int64_t *id,
    struct errmsg *err)
{
	int r = 0;

	while (*id == 0 && (r = sqlstmt_step(q, err)) == 1)
		if (is_same(q, f))
			*id = sqlstmt_get_int(q, 0);
	sqlstmt_reset(q);
	return r < 0 ? -1 : 0;
}

static int
find_named(struct store_files *k, const struct store_file *f, int64_t *id,
    struct errmsg *err)
{
	struct sqlstmt *q;

	if (store_files_ask(k, STORE_FILES_NAMED, &q, err) != 0)
		return -1;
	sqlstmt_text(q, 1, f->source);
	sqlstmt_text(q, 2, f->member);
	sqlstmt_text(q, 3, f->path);
	return first_same(q, f, id, err);
}

/*
 * Of another name it must begin with the same bytes.  Many files do where they
 * have nothing but a header: the last ones will do, as no more is lost than
 * that a file is read that need not be.
 */
static int
find_renamed(struct store_files *k, const struct store_file *f, int64_t *id,
    struct errmsg *err)
{
	char head[HASH_HEX];
	struct sqlstmt *q;

	if (store_files_ask(k, STORE_FILES_ALIKE, &q, err) != 0)
		return -1;
	head_of(f, head);
	sqlstmt_text(q, 1, f->source);
	sqlstmt_text(q, 2, f->member);
	sqlstmt_text(q, 3, f->path);
	sqlstmt_text(q, 4, head);
	sqlstmt_int(q, 5, FILEPRINT_HEAD);
	sqlstmt_int(q, 6, f->print->size);
	sqlstmt_text(q, 7, f->print->tail);
	sqlstmt_int(q, 8, ALIKE);
	return first_same(q, f, id, err);
}

int
store_files_find(struct store_files *k, const struct store_file *f, int64_t *id,
    struct errmsg *err)
{
	*id = 0;
	if (f->print == NULL)
		return 0;
	if (find_named(k, f, id, err) != 0)
		return -1;
	return *id == 0 ? find_renamed(k, f, id, err) : 0;
}

/* Whether a row of this number was noted in this run already. */
static int
is_again(struct store_files *k, int64_t id, int64_t run, bool *again,
    struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (store_files_ask(k, STORE_FILES_AGAIN, &q, err) != 0)
		return -1;
	sqlstmt_int(q, 1, id);
	sqlstmt_int(q, 2, run);
	r = sqlstmt_step(q, err);
	sqlstmt_reset(q);
	*again = r == 1;
	return r < 0 ? -1 : 0;
}

static void
bind_file(struct sqlstmt *q, const struct store_file *f, const char *head,
    int64_t run)
{
	sqlstmt_text(q, 2, f->path);
	sqlstmt_text(q, 3, f->source);
	sqlstmt_text(q, 4, f->reading);
	sqlstmt_int(q, 5, f->print != NULL ? f->print->size : 0);
	sqlstmt_int(q, 6, f->print != NULL ? f->print->mtime : 0);
	sqlstmt_int(q, 7, f->print != NULL ? (int64_t)f->print->nhead : 0);
	sqlstmt_text(q, 8, head);
	sqlstmt_text(q, 9, f->print != NULL ? f->print->tail : "");
	sqlstmt_int(q, 10, f->whole);
	sqlstmt_int(q, 11, run);
	sqlstmt_text(q, 12, f->member);
}

static int
put_row(struct store_files *k, const struct store_file *f, int64_t run,
    int64_t *id, struct errmsg *err)
{
	char head[HASH_HEX];
	struct sqlstmt *q;

	head_of(f, head);
	if (store_files_ask(k, STORE_FILES_PUT, &q, err) != 0)
		return -1;
	if (*id != 0)
		sqlstmt_int(q, 1, *id);
	else
		sqlstmt_null(q, 1);
	bind_file(q, f, head, run);
	if (sqlstmt_run(q, err) != 0)
		return -1;
	if (*id == 0)
		*id = sqldb_last_id(store_db(k->store));
	return 0;
}

int
store_files_put(struct store_files *k, const struct store_file *f, int64_t run,
    int64_t *id, struct errmsg *err)
{
	const struct store_past *past = f->past;
	bool again = false, mixed;

	*id = f->resumed ? past->id : 0;
	if ((!f->resumed && store_files_find(k, f, id, err) != 0) ||
	    is_again(k, *id, run, &again, err) != 0)
		return -1;
	mixed = *id != 0 &&
		(again || past == NULL || past->id != *id || !past->grew);
	if (put_row(k, f, run, id, err) != 0)
		return -1;
	return store_files_put_seam(k, f, *id, mixed, err);
}
