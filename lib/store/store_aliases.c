#include "store/store_aliases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/intern.h"
#include "base/xalloc.h"
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

/*
 * A finding of this run, of a rule that has some that are found for the first
 * time, or are not found any more.  Nearly all findings of a large store are
 * neither, and most of their rules have none.
 */
struct near {
	char subject[HASH_HEX];
	const struct finding *finding;
	bool fresh;
};

struct noting {
	struct store *store;
	const struct results *rs;
	const struct store_left *left; /* or NULL */
	int64_t number;
	struct intern *open;  /* ids that the store has, not closed */
	struct intern *gone;  /* of them, those that are not found any more */
	struct intern *rules; /* of what is fresh or gone */
	bool *fresh;          /* by finding of `rs` */
	struct near *near;    /* by subject */
	size_t nnear;
	struct sqlstmt *find, *put, *note;
};

static const char note_pair[] =
    "INSERT OR REPLACE INTO aliases (alias, id, run, word, upto) "
    "SELECT id, ?2, ?3, '', (SELECT coalesce(max(id), 0) FROM labels) "
    "FROM findings WHERE id = ?1 AND state <> 'closed' AND subject = ?4 "
    "AND ?5 <= last_seen AND ?6 >= first_seen";

static int
open_noting(struct noting *n, struct errmsg *err)
{
	struct sqldb *db = store_db(n->store);

	n->open = intern_new();
	n->gone = intern_new();
	n->rules = intern_new();
	n->fresh = xcalloc(n->rs->n + 1, sizeof(*n->fresh));
	if (sqldb_exec(db,
		"CREATE TEMP TABLE IF NOT EXISTS gone (id TEXT PRIMARY KEY) "
		"STRICT, WITHOUT ROWID; DELETE FROM gone",
		err) != 0 ||
	    sqldb_prepare(db, &n->find,
		"SELECT rule, subject FROM findings WHERE id = ?", err) != 0 ||
	    sqldb_prepare(db, &n->put, "INSERT INTO gone VALUES (?)", err) != 0)
		return -1;
	return sqldb_prepare(db, &n->note, note_pair, err);
}

static void
close_noting(struct noting *n)
{
	sqlstmt_free(&n->find);
	sqlstmt_free(&n->put);
	sqlstmt_free(&n->note);
	intern_free(&n->open);
	intern_free(&n->gone);
	intern_free(&n->rules);
	free(n->fresh);
	free(n->near);
}

static void
list_known(struct noting *n)
{
	size_t i;

	for (i = 0; i < n->left->n; i++)
		(void)intern_addstr(n->open, n->left->list[i].id);
	for (i = 0; i < n->left->nread; i++)
		(void)intern_addstr(n->open, n->left->read[i]);
}

static int
list_open(struct noting *n, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (n->left != NULL && n->left->n > 0) {
		list_known(n);
		return 0;
	}

	if (sqldb_prepare(store_db(n->store), &q,
		"SELECT id FROM findings WHERE state <> 'closed'", err) != 0)
		return -1;
	while ((r = sqlstmt_step(q, err)) == 1)
		(void)intern_addstr(n->open, sqlstmt_get_text(q, 0));
	sqlstmt_free(&q);
	return r;
}

/* What the store has of it: the rule is noted, the subject goes to `*hex`. */
static int
look_up(struct noting *n, const char *id, char hex[HASH_HEX],
    struct errmsg *err)
{
	int r;

	hex[0] = '\0';
	sqlstmt_text(n->find, 1, id);
	r = sqlstmt_step(n->find, err);
	if (r == 1) {
		(void)intern_addstr(n->rules, sqlstmt_get_text(n->find, 0));
		(void)snprintf(hex, HASH_HEX, "%s",
		    sqlstmt_get_text(n->find, 1));
	}
	sqlstmt_reset(n->find);
	return r < 0 ? -1 : 0;
}

static int
note_gone(struct noting *n, const char *id, struct errmsg *err)
{
	char hex[HASH_HEX];

	(void)intern_addstr(n->gone, id);
	sqlstmt_text(n->put, 1, id);
	if (sqlstmt_run(n->put, err) != 0)
		return -1;
	return look_up(n, id, hex, err);
}

static void
mark_left(const struct noting *n, bool *found)
{
	const char *id;
	uint32_t open;
	size_t i;

	for (i = 0; n->left != NULL && i < n->left->n; i++) {
		id = n->left->list[i].id;
		open = intern_find(n->open, id, strlen(id));
		if (open != INTERN_NONE)
			found[open] = true;
	}
}

/* What is found for the first time, and what is not any more. */
static int
compare(struct noting *n, struct errmsg *err)
{
	const uint32_t all = intern_count(n->open);
	bool *found = xcalloc(all, sizeof(*found));
	const struct finding *f;
	uint32_t id;
	size_t i;
	int r = 0;

	for (i = 0; i < n->rs->n; i++) {
		f = n->rs->findings[i];
		id = intern_find(n->open, f->id, strlen(f->id));
		n->fresh[i] = id == INTERN_NONE;
		if (n->fresh[i])
			(void)intern_addstr(n->rules, f->rule);
		else
			found[id] = true;
	}
	mark_left(n, found);
	for (id = 1; id < all && r == 0; id++)
		if (!found[id])
			r = note_gone(n, intern_text(n->open, id), err);
	free(found);
	return r;
}

static int
compare_near(const void *va, const void *vb)
{
	const struct near *a = va, *b = vb;

	return strcmp(a->subject, b->subject);
}

static void
list_near(struct noting *n)
{
	const struct finding *f;
	struct near *near;
	size_t i;

	n->near = xcalloc(n->rs->n + 1, sizeof(*n->near));
	for (i = 0; i < n->rs->n; i++) {
		f = n->rs->findings[i];
		if (intern_find(n->rules, f->rule, strlen(f->rule)) ==
		    INTERN_NONE)
			continue;
		near = &n->near[n->nnear++];
		store_subject(f, near->subject);
		near->finding = f;
		near->fresh = n->fresh[i];
	}
	qsort(n->near, n->nnear, sizeof(*n->near), compare_near);
}

/* The finding of the store of this id became that one, if they overlap. */
static int
note_one(struct noting *n, const char *alias, const struct near *now,
    struct errmsg *err)
{
	const struct finding *f = now->finding;

	if (strcmp(alias, f->id) == 0)
		return 0;
	sqlstmt_text(n->note, 1, alias);
	sqlstmt_text(n->note, 2, f->id);
	sqlstmt_int(n->note, 3, n->number);
	sqlstmt_text(n->note, 4, now->subject);
	sqlstmt_int(n->note, 5, f->first_seen);
	sqlstmt_int(n->note, 6, f->last_seen);
	return sqlstmt_run(n->note, err);
}

/* The first one of a subject. */
static size_t
near_lower(const struct noting *n, const char *subject)
{
	size_t low = 0, high = n->nnear, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(n->near[middle].subject, subject) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What is not found any more became all of its subject. */
static int
note_merged(struct noting *n, const char *id, struct errmsg *err)
{
	char subject[HASH_HEX];
	size_t i;
	int r = look_up(n, id, subject, err);

	for (i = near_lower(n, subject);
	     r == 0 && i < n->nnear && subject[0] != '\0' &&
	     strcmp(n->near[i].subject, subject) == 0;
	     i++)
		r = note_one(n, id, &n->near[i], err);
	return r;
}

/*
 * Whether one cannot have been part of the other.  Of what is not as it was only
 * the store knows when that was.
 */
static bool
lie_apart(const struct near *then, const struct near *now)
{
	const struct finding *was = then->finding->stored;
	const struct finding *f = now->finding;

	return was != NULL && (was->last_seen < f->first_seen ||
				  was->first_seen > f->last_seen);
}

/* What is fresh was split off from others of its subject. */
static int
note_split(struct noting *n, size_t which, struct errmsg *err)
{
	const struct near *now = &n->near[which];
	size_t i;
	int r = 0;

	for (i = near_lower(n, now->subject);
	     r == 0 && i < n->nnear &&
	     strcmp(n->near[i].subject, now->subject) == 0;
	     i++)
		if (!n->near[i].fresh && !lie_apart(&n->near[i], now))
			r = note_one(n, n->near[i].finding->id, now, err);
	return r;
}

static int
note_all(struct noting *n, struct errmsg *err)
{
	uint32_t id;
	size_t i;
	int r = 0;

	if (intern_count(n->rules) == 1)
		return 0;
	list_near(n);
	for (id = 1; id < intern_count(n->gone) && r == 0; id++)
		r = note_merged(n, intern_text(n->gone, id), err);
	for (i = 0; i < n->nnear && r == 0; i++)
		if (n->near[i].fresh)
			r = note_split(n, i, err);
	return r;
}

static int
note_pairs(struct store *s, const struct results *rs,
    const struct store_left *left, int64_t number, struct errmsg *err)
{
	struct noting n = { .store = s,
		.rs = rs,
		.left = left,
		.number = number };
	int r = -1;

	if (open_noting(&n, err) == 0 && list_open(&n, err) == 0 &&
	    compare(&n, err) == 0)
		r = note_all(&n, err);
	close_noting(&n);
	return r;
}

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
store_aliases_note(struct store *s, const struct results *rs,
    const struct store_left *left, int64_t number, struct errmsg *err)
{
	struct arena arena = { NULL };
	const char **list = NULL;
	size_t i, n = 0;
	int r;

	if (run_sql(s, "DELETE FROM aliases WHERE run = ?1", number, err) !=
		0 ||
	    note_pairs(s, rs, left, number, err) != 0)
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
