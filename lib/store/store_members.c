#include "store/store_members.h"

#include <stdlib.h>
#include <string.h>

#include "base/packed.h"
#include "base/xalloc.h"

/*
 * The first columns, by which extents tell which call one is, and those that
 * are made together with them: all of them are made in two goes.
 */
enum { WHICH = PACK_KEY + 1, TOGETHER = PACK_DURATION + 1 };
enum { AT_ONCE = 256 };

_Static_assert(PACK_START == 0 && PACK_SOURCE == 1 && PACK_KEY == 2,
    "extents have them in this order");
_Static_assert((int)PACK_COLUMNS <= 2 * (int)TOGETHER, "the rest in one go");

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

/* As one word; the columns are those of which call it is. */
static void
print_extent(const struct finding *f, const int64_t *const *columns,
    char hex[HASH_HEX])
{
	struct hash_state *h = hash_new();
	int64_t words[AT_ONCE][WHICH];
	size_t at, n, i, k;

	hash_add(h, &f->first_seen, sizeof(f->first_seen));
	hash_add(h, &f->last_seen, sizeof(f->last_seen));
	hash_add(h, &f->calls.calls, sizeof(f->calls.calls));
	for (at = 0; at < f->nmembers; at += n) {
		n = f->nmembers - at < AT_ONCE ? f->nmembers - at : AT_ONCE;
		for (k = 0; k < WHICH; k++)
			for (i = 0; i < n; i++)
				words[i][k] = columns[k][at + i];
		hash_add(h, words, n * sizeof(words[0]));
	}
	hash_end_hex(h, hex);
	hash_free(&h);
}

/*
 * Columns of a finding, one behind the other.  Calls lie apart: what is asked
 * of one is asked before the next ones, by the hundred, take its place near by.
 */
static void
list_columns(const struct finding *f, int first, int end, int64_t *v)
{
	size_t at, n;
	int k;

	for (at = 0; at < f->nmembers; at += n) {
		n = f->nmembers - at < AT_ONCE ? f->nmembers - at : AT_ONCE;
		for (k = first; k < end; k++)
			finding_column(f, (enum pack_column)k, at, n,
			    v + (size_t)(k - first) * f->nmembers + at);
	}
}

void
store_members_print(const struct finding *f, struct buf *data,
    char extent[HASH_HEX])
{
	const size_t n = f->nmembers;
	const int64_t seal = (int64_t)n;
	int64_t *v = xmalloc((TOGETHER * n + 1) * sizeof(*v));
	const int64_t *which[WHICH] = { v, v + n, v + 2 * n };
	int k;

	buf_reset(data);
	list_columns(f, 0, TOGETHER, v);
	print_extent(f, which, extent);
	for (k = 0; k < PACK_COLUMNS && n > 0; k++) {
		if (k == TOGETHER)
			list_columns(f, TOGETHER, PACK_COLUMNS, v);
		packed_add_numbers(data, v + (size_t)(k % TOGETHER) * n, n);
	}
	if (n > 0)
		packed_seal(data, &seal, 1);
	free(v);
}

struct store_members {
	struct sqlstmt *forget_rows, *forget, *put;
};

int
store_members_open(struct store_members **mp, struct store *s,
    struct errmsg *err)
{
	struct store_members *m = xcalloc(1, sizeof(*m));
	struct sqldb *db = store_db(s);

	*mp = m;
	if (sqldb_prepare(db, &m->forget_rows,
		"DELETE FROM members WHERE finding = ?", err) == 0 &&
	    sqldb_prepare(db, &m->forget,
		"DELETE FROM packed_members WHERE finding = ?", err) == 0 &&
	    sqldb_prepare(db, &m->put,
		"INSERT INTO packed_members (finding, calls, data) "
		"VALUES (?, ?, ?) ON CONFLICT (finding) DO UPDATE SET "
		"calls = excluded.calls, data = excluded.data",
		err) == 0)
		return 0;
	store_members_close(mp);
	return -1;
}

void
store_members_close(struct store_members **mp)
{
	struct store_members *m = *mp;

	if (m == NULL)
		return;
	sqlstmt_free(&m->forget_rows);
	sqlstmt_free(&m->forget);
	sqlstmt_free(&m->put);
	free(m);
	*mp = NULL;
}

int
store_members_put(struct store_members *m, const struct finding *f,
    const struct buf *data, struct errmsg *err)
{
	sqlstmt_text(m->forget_rows, 1, f->id);
	if (sqlstmt_run(m->forget_rows, err) != 0)
		return -1;
	if (f->nmembers == 0) {
		sqlstmt_text(m->forget, 1, f->id);
		return sqlstmt_run(m->forget, err);
	}
	sqlstmt_text(m->put, 1, f->id);
	sqlstmt_int(m->put, 2, (int64_t)f->nmembers);
	sqlstmt_bytes(m->put, 3, data->data, data->len);
	return sqlstmt_run(m->put, err);
}
