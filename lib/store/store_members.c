#include "store/store_members.h"

#include <stdlib.h>
#include <string.h>

#include "base/packed.h"
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
	struct call_ref m;
	size_t i;

	hash_add(h, &f->first_seen, sizeof(f->first_seen));
	hash_add(h, &f->last_seen, sizeof(f->last_seen));
	hash_add(h, &f->calls.calls, sizeof(f->calls.calls));
	for (i = 0; i < f->nmembers; i++) {
		m = finding_member(f, i);
		hash_add(h, &m.start, sizeof(int64_t));
		hash_add(h, &m.source, sizeof(uint64_t));
		hash_add(h, &m.key, sizeof(uint64_t));
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

/*
 * What is packed of each call, in this order: start, source, key, duration,
 * cost, money, estimated.
 */
enum { PACKED = 7, MOST_MEMBERS = 1 << 28 };

static int64_t
packed_value(const struct finding *f, const struct call_ref *c, int column)
{
	switch (column) {
	case 0:
		return c->start;
	case 1:
		return (int64_t)c->source;
	case 2:
		return (int64_t)c->key;
	case 3:
		return c->duration;
	case 4:
		return c->cost;
	case 5:
		return place_of(&f->calls, c->currency);
	default:
		return c->estimated;
	}
}

static void
pack(const struct finding *f, struct buf *out)
{
	struct call_ref *own;
	const struct call_ref *members = finding_members(f, &own);
	int64_t *v = xcalloc(f->nmembers, sizeof(*v));
	size_t i;
	int column;

	for (column = 0; column < PACKED; column++) {
		for (i = 0; i < f->nmembers; i++)
			v[i] = packed_value(f, &members[i], column);
		packed_add_numbers(out, v, f->nmembers);
	}
	free(v);
	free(own);
}

struct store_members {
	struct sqlstmt *forget_rows, *forget, *put;
	struct buf data;
};

int
store_members_open(struct store_members **mp, struct store *s,
    struct errmsg *err)
{
	struct store_members *m = xcalloc(1, sizeof(*m));
	struct sqldb *db = store_db(s);

	buf_init(&m->data);
	*mp = m;
	if (sqldb_prepare(db, &m->forget_rows,
		"DELETE FROM members WHERE finding = ?", err) == 0 &&
	    sqldb_prepare(db, &m->forget,
		"DELETE FROM packed_members WHERE finding = ?", err) == 0 &&
	    sqldb_prepare(db, &m->put,
		"INSERT OR REPLACE INTO packed_members (finding, calls, data) "
		"VALUES (?, ?, ?)",
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
	buf_fini(&m->data);
	free(m);
	*mp = NULL;
}

int
store_members_put(struct store_members *m, const struct finding *f,
    struct errmsg *err)
{
	const int64_t n = (int64_t)f->nmembers;

	sqlstmt_text(m->forget_rows, 1, f->id);
	if (sqlstmt_run(m->forget_rows, err) != 0)
		return -1;
	if (n == 0) {
		sqlstmt_text(m->forget, 1, f->id);
		return sqlstmt_run(m->forget, err);
	}
	buf_reset(&m->data);
	pack(f, &m->data);
	packed_seal(&m->data, &n, 1);
	sqlstmt_text(m->put, 1, f->id);
	sqlstmt_int(m->put, 2, n);
	sqlstmt_bytes(m->put, 3, m->data.data, m->data.len);
	return sqlstmt_run(m->put, err);
}

/* Out of the store -------------------------------------------------------- */

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
	struct call_ref ref = { .start = v[0],
		.source = (uint64_t)v[1],
		.key = (uint64_t)v[2] };

	if (t != NULL) {
		if (v[5] < 0 || (uint64_t)v[5] > t->nmoney)
			return -1;
		ref.duration = v[3];
		ref.cost = v[4];
		ref.currency = v[5] > 0 ? t->money[v[5] - 1].currency : NULL;
		ref.estimated = v[6] != 0;
	}
	call_refs_add(refs, &ref, 1);
	return 0;
}

static int
unpack(struct sqlstmt *row, const struct tally *t, struct call_refs *refs)
{
	struct packed_numbers columns[PACKED];
	const unsigned char *at, *end;
	int64_t v[PACKED], i, n = sqlstmt_get_int(row, 0);
	size_t len;
	int k;

	at = sqlstmt_get_bytes(row, 1, &len);
	end = at + len;
	if (n < 1 || n > MOST_MEMBERS || packed_unseal(at, &end, &n, 1) != 0)
		return -1;
	for (k = 0; k < PACKED; k++)
		if (packed_take_numbers(&columns[k], &at, end, (size_t)n) != 0)
			return -1;
	/* No call is a member twice, so that many take many bytes. */
	if (n > 1 &&
	    columns[0].width + columns[1].width + columns[2].width == 0)
		return -1;
	for (i = 0; i < n; i++) {
		for (k = 0; k < PACKED; k++)
			v[k] = packed_number(&columns[k], (size_t)i);
		if (add_ref(refs, t, v) != 0)
			return -1;
	}
	return at == end ? 0 : -1;
}

/* Those of a finding, packed or, from before, as rows. */
static int
ask(struct asking *a, const char *finding, const struct tally *t,
    struct call_refs *refs, struct errmsg *err)
{
	int64_t v[PACKED];
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
		for (k = 0; k < PACKED; k++)
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

/* The calls of one finding; a store of before may know none. */
static int
attach(struct asking *a, struct finding *f, struct arena *arena,
    struct errmsg *err)
{
	struct call_refs refs = { .list = NULL };
	struct call_ref *list;
	int r;

	r = ask(a, f->id, &f->calls, &refs, err);
	call_refs_settle(&refs);
	if (r == 0 && refs.n > 0 && (int64_t)refs.n != f->calls.calls)
		r = damaged(a->store, f->id, err);
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
	struct asking a;
	size_t i;
	int r;

	r = open_asking(&a, s, err);
	for (i = 0; i < rs->n && r == 0; i++)
		r = attach(&a, rs->findings[i], &rs->arena, err);
	close_asking(&a);
	return r;
}
