/* store_members_read: which calls findings have, out of the store. */
#include <string.h>

#include "store/store_members.h"

enum { MOST_MEMBERS = 1 << 28, BLOCK = 256 };

/* Asks for the calls of one finding after another. */
struct asking {
	struct store *store;
	struct sqlstmt *rows, *packed;
};

static int
open_asking(struct asking *a, struct store *s, struct errmsg *err)
{
	*a = (struct asking){ .store = s };
	if (sqldb_prepare(store_db(s), &a->rows,
		"SELECT start, source, key, duration, cost, money, estimated "
		"FROM members WHERE finding = ? ORDER BY start, source, key",
		err) != 0)
		return -1;
	return sqldb_prepare(store_db(s), &a->packed,
	    "SELECT calls, data FROM packed_members WHERE finding = ?", err);
}

static void
close_asking(struct asking *a)
{
	sqlstmt_free(&a->rows);
	sqlstmt_free(&a->packed);
}

static int
damaged(struct store *s, const char *finding, struct errmsg *err)
{
	return errmsg_set(err,
	    "%s: damaged: finding '%s' has other calls than it says",
	    store_path(s), finding);
}

/* One call with these values; `t` NULL: without what they cost. */
static int
add_ref(struct call_refs *refs, const struct tally *t, const int64_t *v)
{
	struct call_ref ref = { .start = v[PACK_START],
		.source = (uint64_t)v[PACK_SOURCE],
		.key = (uint64_t)v[PACK_KEY] };

	if (t != NULL) {
		if (v[PACK_MONEY] < 0 || (uint64_t)v[PACK_MONEY] > t->nmoney)
			return -1;
		ref.duration = v[PACK_DURATION];
		ref.cost = v[PACK_COST];
		ref.currency = v[PACK_MONEY] > 0
				   ? t->money[v[PACK_MONEY] - 1].currency
				   : NULL;
		ref.estimated = v[PACK_ESTIMATED] != 0;
	}
	call_refs_add(refs, &ref, 1);
	return 0;
}

/* The columns of `n` calls, which point into the bytes. */
static int
take_columns(struct packed_numbers *columns, const unsigned char *at,
    size_t len, int64_t n)
{
	const unsigned char *end = at + len;
	int k;

	if (n < 1 || n > MOST_MEMBERS || packed_unseal(at, &end, &n, 1) != 0)
		return -1;
	for (k = 0; k < PACK_COLUMNS; k++)
		if (packed_take_numbers(&columns[k], &at, end, (size_t)n) != 0)
			return -1;
	/* No call is a member twice, so that many take many bytes. */
	if (n > 1 && columns[PACK_START].width + columns[PACK_SOURCE].width +
			     columns[PACK_KEY].width ==
			 0)
		return -1;
	return at == end ? 0 : -1;
}

static int
add_columns(struct call_refs *refs, const struct tally *t,
    const struct packed_numbers *columns, size_t n)
{
	int64_t v[PACK_COLUMNS];
	size_t i;
	int k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < PACK_COLUMNS; k++)
			v[k] = packed_number(&columns[k], i);
		if (add_ref(refs, t, v) != 0)
			return -1;
	}
	return 0;
}

static int
unpack(struct sqlstmt *row, const struct tally *t, struct call_refs *refs)
{
	struct packed_numbers columns[PACK_COLUMNS];
	const int64_t n = sqlstmt_get_int(row, 0);
	const unsigned char *bytes;
	size_t len;

	bytes = sqlstmt_get_bytes(row, 1, &len);
	if (take_columns(columns, bytes, len, n) != 0)
		return -1;
	return add_columns(refs, t, columns, (size_t)n);
}

/* Those of a finding, packed or, from before, as rows. */
static int
ask(struct asking *a, const char *finding, const struct tally *t,
    struct call_refs *refs, struct errmsg *err)
{
	int64_t v[PACK_COLUMNS];
	int r, k;

	sqlstmt_text(a->packed, 1, finding);
	r = sqlstmt_step(a->packed, err);
	if (r == 1 && unpack(a->packed, t, refs) != 0)
		r = damaged(a->store, finding, err);
	sqlstmt_reset(a->packed);
	if (r != 0)
		return r < 0 ? -1 : 0;
	sqlstmt_text(a->rows, 1, finding);
	while ((r = sqlstmt_step(a->rows, err)) == 1) {
		for (k = 0; k < PACK_COLUMNS; k++)
			v[k] = sqlstmt_get_int(a->rows, k);
		if (add_ref(refs, t, v) != 0) {
			r = damaged(a->store, finding, err);
			break;
		}
	}
	sqlstmt_reset(a->rows);
	return r;
}

int
store_members_load(struct store *s, const char *finding, struct call_refs *refs,
    struct errmsg *err)
{
	struct asking a;
	int r;

	r = open_asking(&a, s, err);
	if (r == 0)
		r = ask(&a, finding, NULL, refs, err);
	close_asking(&a);
	return r;
}

/* Those that were asked for, or read. */
static int
give(struct store *s, struct finding *f, struct arena *arena,
    struct call_refs *refs, struct errmsg *err)
{
	call_refs_settle(refs);
	if (refs->n == 0)
		return 0;
	if ((int64_t)refs->n != f->calls.calls)
		return damaged(s, f->id, err);
	f->members =
	    arena_memdup(arena, refs->list, refs->n * sizeof(*refs->list));
	f->nmembers = refs->n;
	return 0;
}

/* The calls of one finding; a store of before may know none. */
static int
attach(struct asking *a, struct finding *f, struct arena *arena,
    struct errmsg *err)
{
	struct call_refs refs = { .list = NULL };
	int r;

	r = ask(a, f->id, &f->calls, &refs, err);
	if (r == 0)
		r = give(a->store, f, arena, &refs, err);
	call_refs_fini(&refs);
	return r;
}

int
store_members_attach(struct store *s, struct results *rs, struct errmsg *err)
{
	struct asking a;
	size_t i;
	int r;

	r = open_asking(&a, s, err);
	for (i = 0; i < rs->n && r == 0; i++)
		r = attach(&a, rs->findings[i], &rs->arena, err);
	close_asking(&a);
	return r;
}

/* Those of all findings --------------------------------------------------- */

static bool
has_money(const struct packed_numbers *column, const struct tally *t, size_t n)
{
	int64_t v;
	size_t i;

	for (i = 0; i < n; i++) {
		v = packed_number(column, i);
		if (v < 0 || (uint64_t)v > t->nmoney)
			return false;
		if (column->width == 0)
			break;
	}
	return true;
}

/* Whether a call that starts with the one before stands behind it. */
static bool
is_behind(const struct packed_numbers *columns, size_t i)
{
	const uint64_t source =
			   (uint64_t)packed_number(&columns[PACK_SOURCE], i),
		       before = (uint64_t)packed_number(&columns[PACK_SOURCE],
			   i - 1);

	if (source != before)
		return source > before;
	return (uint64_t)packed_number(&columns[PACK_KEY], i) >
	       (uint64_t)packed_number(&columns[PACK_KEY], i - 1);
}

/* Whether each stands behind the one before. */
static bool
in_order(const struct packed_numbers *columns, size_t n)
{
	int64_t starts[BLOCK], before = 0;
	size_t at, i, k;

	for (at = 0; at < n; at += k) {
		k = n - at < BLOCK ? n - at : BLOCK;
		packed_numbers(&columns[PACK_START], at, k, starts);
		for (i = 0; i < k; before = starts[i++])
			if (at + i > 0 && before >= starts[i] &&
			    (before > starts[i] || !is_behind(columns, at + i)))
				return false;
	}
	return true;
}

/* They stay packed, unless they were put out of their order. */
static int
attach_packed(struct store *s, struct finding *f, struct arena *arena,
    struct sqlstmt *row, struct errmsg *err)
{
	const int64_t n = sqlstmt_get_int(row, 1);
	struct call_refs refs = { .list = NULL };
	const struct packed_numbers *columns;
	struct call_pack *pack;
	const void *bytes;
	size_t len;
	int r = 0;

	bytes = sqlstmt_get_bytes(row, 2, &len);
	pack = arena_alloc(arena, sizeof(*pack));
	columns = pack->columns;
	pack->money = f->calls.money;
	if (n != f->calls.calls ||
	    take_columns(pack->columns, arena_memdup(arena, bytes, len), len,
		n) != 0 ||
	    !has_money(&columns[PACK_MONEY], &f->calls, (size_t)n))
		return damaged(s, f->id, err);
	if (in_order(columns, (size_t)n)) {
		f->pack = pack;
		f->nmembers = (size_t)n;
		return 0;
	}
	r = add_columns(&refs, &f->calls, columns, (size_t)n);
	if (r == 0)
		r = give(s, f, arena, &refs, err);
	call_refs_fini(&refs);
	return r;
}

/* How the row that `q` is at, if any is left, stands to a finding. */
static int
row_compare(struct sqlstmt *q, int left, const struct finding *f)
{
	return left == 1 ? strcmp(sqlstmt_get_text(q, 0), f->id) : 1;
}

/*
 * Rows in the order of findings: less is looked for.  What is not where it
 * should be is asked for.
 */
static int
walk(struct asking *a, struct sqlstmt *q, struct results *rs,
    struct errmsg *err)
{
	struct finding *f;
	int left = sqlstmt_step(q, err), c, r = 0;
	size_t i;

	for (i = 0; i < rs->n && left >= 0 && r == 0; i++) {
		f = rs->findings[i];
		while ((c = row_compare(q, left, f)) < 0)
			left = sqlstmt_step(q, err);
		if (left >= 0)
			r = c == 0
				? attach_packed(a->store, f, &rs->arena, q, err)
				: attach(a, f, &rs->arena, err);
	}
	return left < 0 ? -1 : r;
}

int
store_members_attach_all(struct store *s, struct results *rs,
    struct errmsg *err)
{
	struct sqlstmt *q = NULL;
	struct asking a;
	int r;

	r = open_asking(&a, s, err);
	if (r == 0)
		r = sqldb_prepare(store_db(s), &q,
		    "SELECT finding, calls, data FROM packed_members "
		    "ORDER BY finding",
		    err);
	if (r == 0)
		r = walk(&a, q, rs, err);
	sqlstmt_free(&q);
	close_asking(&a);
	return r;
}

static int
attach_one(struct asking *a, struct sqlstmt *q, struct finding *f,
    struct arena *arena, struct errmsg *err)
{
	int r;

	sqlstmt_text(q, 1, f->id);
	r = sqlstmt_step(q, err);
	if (r == 1)
		r = attach_packed(a->store, f, arena, q, err);
	else if (r == 0)
		r = attach(a, f, arena, err);
	sqlstmt_reset(q);
	return r;
}

int
store_members_attach_some(struct store *s, struct finding *const *list,
    size_t n, struct arena *arena, struct errmsg *err)
{
	struct sqlstmt *q = NULL;
	struct asking a;
	size_t i;
	int r;

	r = open_asking(&a, s, err);
	if (r == 0)
		r = sqldb_prepare(store_db(s), &q,
		    "SELECT finding, calls, data FROM packed_members "
		    "WHERE finding = ?",
		    err);
	for (i = 0; i < n && r == 0; i++)
		if (!list[i]->bare)
			r = attach_one(&a, q, list[i], arena, err);
	sqlstmt_free(&q);
	close_asking(&a);
	return r;
}
