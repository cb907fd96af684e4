/*
 * Findings that stand, out of the store for a run that goes on from them: all of
 * a large store, so what is written of them is read on all threads, and what
 * nobody may ask for is left.
 */
#include "store/store_findings_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "store/store_members.h"

enum { EACH = 64, AT_ONCE = 16 };

/* Some rows, for one thread. */
struct piece {
	struct store *store;
	struct buf bodies[EACH];
	const char *states[EACH]; /* of the results' arena, as those below */
	const char *reasons[EACH];
	bool backlog[EACH], brief[EACH];
	size_t n;
	struct results results;
	struct errmsg err;
	int failed;
};

static struct piece *
pieces_new(struct store *s)
{
	struct piece *all = xcalloc(AT_ONCE, sizeof(*all));
	size_t i, k;

	for (i = 0; i < AT_ONCE; i++) {
		all[i].store = s;
		results_init(&all[i].results);
		for (k = 0; k < EACH; k++)
			buf_init(&all[i].bodies[k]);
	}
	return all;
}

static void
pieces_free(struct piece *all)
{
	size_t i, k;

	for (i = 0; i < AT_ONCE; i++) {
		results_fini(&all[i].results);
		for (k = 0; k < EACH; k++)
			buf_fini(&all[i].bodies[k]);
	}
	free(all);
}

/* Where a text that ends before `end` stands last, not before `at`; or NULL. */
static const char *
find_last(const char *at, const char *end, const char *text, size_t len)
{
	while ((size_t)(end - at) >= len) {
		if (strncmp(end - len, text, len) == 0)
			return end - len;
		end--;
	}
	return NULL;
}

/*
 * A finding without its evidence; true if it had any.  In a text there is no
 * quote without a backslash, so what is looked for is no part of one.  What is
 * not as it was written stays as it is, for who reads it then.
 */
static bool
copy_brief(struct buf *out, const char *body)
{
	static const char key[] = ",\"evidence\":[",
			  next[] = "],\"evidence_truncated\":";
	const char *at = strstr(body, key), *end = body + strlen(body), *behind;

	buf_reset(out);
	if (at != NULL) {
		at += sizeof(key) - 1;
		behind = find_last(at, end, next, sizeof(next) - 1);
		if (behind != NULL && behind > at) {
			buf_add(out, body, (size_t)(at - body));
			buf_add(out, behind, (size_t)(end - behind));
			return true;
		}
	}
	buf_addstr(out, body);
	return false;
}

static void
add_row(struct piece *p, struct sqlstmt *q)
{
	struct arena *arena = &p->results.arena;
	const char *reason = sqlstmt_get_text(q, 2);

	p->brief[p->n] = copy_brief(&p->bodies[p->n], sqlstmt_get_text(q, 0));
	p->states[p->n] = arena_strdup(arena, sqlstmt_get_text(q, 1));
	p->reasons[p->n] =
	    reason[0] != '\0' ? arena_strdup(arena, reason) : NULL;
	p->backlog[p->n++] = sqlstmt_get_int(q, 3) != 0;
}

static int
mixed_up(const struct store *s, struct errmsg *err)
{
	return errmsg_set(err,
	    "%s: damaged: findings, cases and runs are mixed up",
	    store_path(s));
}

static int
missing(const struct store *s, const char *id, struct errmsg *err)
{
	return errmsg_set(err, "%s: damaged: no finding '%s'", store_path(s),
	    id);
}

static void
read_piece(void *arg, size_t which)
{
	struct piece *p = &((struct piece *)arg)[which];
	struct results *rs = &p->results;
	struct finding *f;
	size_t i;

	p->failed = 0;
	for (i = 0; i < p->n && p->failed == 0; i++) {
		p->failed =
		    store_body_read(p->store, rs, p->bodies[i].data, &p->err);
		if (p->failed == 0 && rs->n != i + 1)
			p->failed = mixed_up(p->store, &p->err);
		if (p->failed != 0)
			break;
		f = rs->findings[i];
		f->state = p->states[i];
		f->state_reason = p->reasons[i];
		f->backlog = p->backlog[i];
		f->brief = p->brief[i];
	}
	p->n = 0;
}

/* Of the first `n` pieces, in order. */
static int
read_pieces(struct piece *all, size_t n, struct results *rs, struct errmsg *err)
{
	size_t i;

	pool_run(store_threads(all[0].store), n, read_piece, all);
	for (i = 0; i < n; i++) {
		if (all[i].failed != 0)
			return errmsg_set(err, "%s", all[i].err.text);
		results_take(rs, &all[i].results);
	}
	return 0;
}

static int
read_all(struct piece *all, struct sqlstmt *q, struct results *rs,
    struct errmsg *err)
{
	size_t n = 0;
	int r;

	while ((r = sqlstmt_step(q, err)) == 1) {
		add_row(&all[n], q);
		n += all[n].n == EACH;
		if (n < AT_ONCE)
			continue;
		if (read_pieces(all, n, rs, err) != 0)
			return -1;
		n = 0;
	}
	n += n < AT_ONCE && all[n].n > 0;
	return r < 0 || n == 0 ? r : read_pieces(all, n, rs, err);
}

/* Each is what it was in this store. */
static void
note_stored(struct results *rs)
{
	size_t i;

	for (i = 0; i < rs->n; i++)
		rs->findings[i]->stored = rs->findings[i];
}

int
store_findings_open(struct store *s, struct results *rs, struct errmsg *err)
{
	struct piece *all;
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT body, state, reason, backlog FROM findings "
		"WHERE state <> 'closed' ORDER BY id",
		err) != 0)
		return -1;
	all = pieces_new(s);
	r = read_all(all, q, rs, err);
	sqlstmt_free(&q);
	pieces_free(all);
	if (r == 0)
		r = store_members_attach_all(s, rs, err);
	note_stored(rs);
	return r;
}

static int
read_some(struct piece *all, struct sqlstmt *q, const struct store_wanted *list,
    size_t count, struct results *rs, struct errmsg *err)
{
	size_t i, n = 0;
	int r;

	for (i = 0; i < count; i++) {
		sqlstmt_int(q, 1, list[i].row);
		sqlstmt_text(q, 2, list[i].id);
		r = sqlstmt_step(q, err);
		if (r == 1)
			add_row(&all[n], q);
		sqlstmt_reset(q);
		if (r != 1)
			return r < 0 ? -1
				     : missing(all->store, list[i].id, err);
		n += all[n].n == EACH;
		if (n == AT_ONCE && read_pieces(all, n, rs, err) != 0)
			return -1;
		n %= AT_ONCE;
	}
	n += all[n].n > 0;
	return n == 0 ? 0 : read_pieces(all, n, rs, err);
}

int
store_findings_some(struct store *s, const struct store_wanted *list, size_t n,
    struct results *rs, struct errmsg *err)
{
	struct piece *all;
	struct sqlstmt *q;
	size_t i;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT body, state, reason, backlog FROM findings "
		"WHERE rowid = ? AND id = ?",
		err) != 0)
		return -1;
	all = pieces_new(s);
	r = read_some(all, q, list, n, rs, err);
	sqlstmt_free(&q);
	pieces_free(all);
	for (i = 0; r == 0 && i < n; i++)
		rs->findings[i]->bare = list[i].bare;
	if (r == 0)
		r = store_members_attach_some(s, rs->findings, rs->n,
		    &rs->arena, err);
	note_stored(rs);
	return r;
}

static int
compare_ends(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;

	if ((*x)->last_seen != (*y)->last_seen)
		return (*x)->last_seen < (*y)->last_seen ? -1 : 1;
	return strcmp((*x)->id, (*y)->id);
}

int
store_findings_calls(struct store *s, struct finding *const *list, size_t n,
    struct arena *arena, struct errmsg *err)
{
	struct finding **bare = xcalloc(n + 1, sizeof(*bare));
	size_t i, nbare = 0;
	int r;

	for (i = 0; i < n; i++)
		if (list[i]->bare) {
			list[i]->bare = false;
			bare[nbare++] = list[i];
		}
	/* As they came: what is next is near in the file. */
	if (nbare > 1)
		qsort(bare, nbare, sizeof(*bare), compare_ends);
	r = store_members_attach_some(s, bare, nbare, arena, err);
	free(bare);
	return r;
}

static int
complete(struct store *s, struct sqlstmt *q, struct finding *f,
    struct results *whole, struct errmsg *err)
{
	const size_t n = whole->n;
	int r;

	sqlstmt_text(q, 1, f->id);
	r = sqlstmt_step(q, err);
	if (r == 0)
		return missing(s, f->id, err);
	if (r == 1)
		r = store_body_read(s, whole, sqlstmt_get_text(q, 0), err);
	sqlstmt_reset(q);
	if (r == 0 && whole->n != n + 1)
		return mixed_up(s, err);
	if (r == 0) {
		f->evidence = whole->findings[n]->evidence;
		f->nevidence = whole->findings[n]->nevidence;
		f->brief = false;
	}
	return r;
}

int
store_findings_complete(struct store *s, struct finding *const *list, size_t n,
    struct arena *arena, struct errmsg *err)
{
	struct results whole;
	struct sqlstmt *q;
	size_t i;
	int r = 0;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT body FROM findings WHERE id = ?", err) != 0)
		return -1;
	results_init(&whole);
	for (i = 0; i < n && r == 0; i++)
		if (list[i]->brief)
			r = complete(s, q, list[i], &whole, err);
	sqlstmt_free(&q);
	arena_take(arena, &whole.arena);
	results_fini(&whole);
	return r;
}
