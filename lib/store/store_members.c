#include "store/store_members.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

void
call_refs_fini(struct call_refs *refs)
{
	free(refs->list);
	*refs = (struct call_refs){ NULL };
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
		"INSERT OR IGNORE INTO members (finding, start, source, key) "
		"VALUES (?, ?, ?, ?)",
		err) != 0)
		return -1;
	for (i = 0; i < f->nmembers && r == 0; i++) {
		sqlstmt_text(q, 1, f->id);
		sqlstmt_int(q, 2, f->members[i].start);
		sqlstmt_int(q, 3, (int64_t)f->members[i].source);
		sqlstmt_int(q, 4, (int64_t)f->members[i].key);
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
