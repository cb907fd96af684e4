#include "store/store_members.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

void
call_refs_fini(struct call_refs *refs)
{
	free(refs->list);
	*refs = (struct call_refs){ .list = NULL };
}

void
call_refs_add(struct call_refs *refs, const struct call_ref *list, size_t n)
{
	if (n == 0)
		return;
	refs->list =
	    xgrow(refs->list, &refs->cap, refs->n + n, sizeof(*refs->list));
	memcpy(refs->list + refs->n, list, n * sizeof(*list));
	refs->n += n;
}

static int
compare_refs(const void *a, const void *b)
{
	return call_ref_compare(a, b);
}

void
call_refs_settle(struct call_refs *refs)
{
	size_t i, n = 0;

	if (refs->n > 1)
		qsort(refs->list, refs->n, sizeof(*refs->list), compare_refs);
	for (i = 0; i < refs->n; i++)
		if (n == 0 ||
		    call_ref_compare(&refs->list[n - 1], &refs->list[i]) != 0)
			refs->list[n++] = refs->list[i];
	refs->n = n;
}

bool
call_refs_equal(const struct call_refs *a, const struct call_refs *b)
{
	size_t i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (call_ref_compare(&a->list[i], &b->list[i]) != 0)
			return false;
	return true;
}

void
store_members_extent(const struct finding *f, char hex[HASH_HEX])
{
	struct hash_state *h = hash_new();
	size_t i;

	hash_add(h, &f->first_seen, sizeof(f->first_seen));
	hash_add(h, &f->last_seen, sizeof(f->last_seen));
	hash_add(h, &f->calls.calls, sizeof(f->calls.calls));
	for (i = 0; i < f->nmembers; i++) {
		hash_add(h, &f->members[i].start, sizeof(int64_t));
		hash_add(h, &f->members[i].source, sizeof(uint64_t));
		hash_add(h, &f->members[i].key, sizeof(uint64_t));
	}
	hash_end_hex(h, hex);
	hash_free(&h);
}

/* Which of the amounts has this currency, from 1. */
static int64_t
place_of(const struct tally *t, const char *currency)
{
	size_t i;

	for (i = 0; currency != NULL && i < t->nmoney; i++)
		if (strcmp(t->money[i].currency, currency) == 0)
			return (int64_t)i + 1;
	return 0;
}

int
store_members_put(struct store *s, const struct finding *f, struct errmsg *err)
{
	struct sqlstmt *q;
	size_t i;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"DELETE FROM members WHERE finding = ?", err) != 0)
		return -1;
	sqlstmt_text(q, 1, f->id);
	r = sqlstmt_run(q, err);
	sqlstmt_free(&q);
	if (r != 0 || f->nmembers == 0)
		return r;
	if (sqldb_prepare(store_db(s), &q,
		"INSERT OR IGNORE INTO members (finding, start, source, key, "
		"duration, cost, money, estimated) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		err) != 0)
		return -1;
	for (i = 0; i < f->nmembers && r == 0; i++) {
		sqlstmt_text(q, 1, f->id);
		sqlstmt_int(q, 2, f->members[i].start);
		sqlstmt_int(q, 3, (int64_t)f->members[i].source);
		sqlstmt_int(q, 4, (int64_t)f->members[i].key);
		sqlstmt_int(q, 5, f->members[i].duration);
		sqlstmt_int(q, 6, f->members[i].cost);
		sqlstmt_int(q, 7, place_of(&f->calls, f->members[i].currency));
		sqlstmt_int(q, 8, f->members[i].estimated);
		r = sqlstmt_run(q, err);
	}
	sqlstmt_free(&q);
	return r;
}

int
store_members_load(struct store *s, const char *finding, struct call_refs *refs,
    struct errmsg *err)
{
	struct call_ref ref = { .start = 0 };
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT start, source, key FROM members WHERE finding = ? "
		"ORDER BY start, source, key",
		err) != 0)
		return -1;
	sqlstmt_text(q, 1, finding);
	while ((r = sqlstmt_step(q, err)) == 1) {
		ref.start = sqlstmt_get_int(q, 0);
		ref.source = (uint64_t)sqlstmt_get_int(q, 1);
		ref.key = (uint64_t)sqlstmt_get_int(q, 2);
		call_refs_add(refs, &ref, 1);
	}
	sqlstmt_free(&q);
	return r;
}

static int
damaged(struct store *s, const struct finding *f, struct errmsg *err)
{
	return errmsg_set(err,
	    "%s: damaged: finding '%s' has other calls than it says",
	    store_path(s), f->id);
}

/* The calls of one finding; a store of before may know none. */
static int
attach(struct store *s, struct finding *f, struct sqlstmt *q,
    struct arena *arena, struct errmsg *err)
{
	struct call_refs refs = { .list = NULL };
	struct call_ref *list;
	int64_t money;
	int r;

	sqlstmt_text(q, 1, f->id);
	while ((r = sqlstmt_step(q, err)) == 1) {
		money = sqlstmt_get_int(q, 5);
		if (money < 0 || (size_t)money > f->calls.nmoney) {
			r = damaged(s, f, err);
			break;
		}
		call_refs_add(&refs,
		    &(struct call_ref){
			.start = sqlstmt_get_int(q, 0),
			.source = (uint64_t)sqlstmt_get_int(q, 1),
			.key = (uint64_t)sqlstmt_get_int(q, 2),
			.duration = sqlstmt_get_int(q, 3),
			.cost = sqlstmt_get_int(q, 4),
			.currency = money > 0
					? f->calls.money[money - 1].currency
					: NULL,
			.estimated = sqlstmt_get_int(q, 6) != 0,
		    },
		    1);
	}
	sqlstmt_reset(q);
	call_refs_settle(&refs);
	if (r == 0 && refs.n > 0 && (int64_t)refs.n != f->calls.calls)
		r = damaged(s, f, err);
	if (r == 0 && refs.n > 0) {
		list = arena_array(arena, refs.n, sizeof(*list));
		memcpy(list, refs.list, refs.n * sizeof(*list));
		f->members = list;
		f->nmembers = refs.n;
	}
	call_refs_fini(&refs);
	return r;
}

int
store_members_attach(struct store *s, struct results *rs, struct errmsg *err)
{
	struct sqlstmt *q;
	size_t i;
	int r = 0;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT start, source, key, duration, cost, money, estimated "
		"FROM members WHERE finding = ?",
		err) != 0)
		return -1;
	for (i = 0; i < rs->n && r == 0; i++)
		r = attach(s, rs->findings[i], q, &rs->arena, err);
	sqlstmt_free(&q);
	return r;
}
