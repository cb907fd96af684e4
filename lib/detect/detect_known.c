/*
 * detect_known: on how many days there were records before a call.
 *
 * Rules ask whether they are so many, most of them the same: of each number a
 * bit by call is kept.  A rule that a site tunes may ask for another one, which
 * nobody knows yet; then the days themselves are.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/intern.h"
#include "base/xalloc.h"
#include "detect/detect_impl.h"

#define DAY_MS (24 * INT64_C(3600000))

enum { WORD = 64 };

/*
 * Distinct local days, seen in the order of UTC.  The days of two zones are at
 * most two apart then, so the last eight days are enough to tell a day again.
 */
struct days {
	int64_t last;   /* the latest day */
	uint8_t recent; /* bit i: there are records on last - i */
	uint32_t n;
};

static void
see(struct days *d, int64_t day)
{
	int64_t on;

	if (d->n > 0 && day == d->last) /* as most */
		return;
	if (d->n == 0 || day > d->last) {
		on = d->n == 0 ? 8 : day - d->last;
		d->recent = (uint8_t)(on < 8 ? d->recent << on : 0);
		d->last = day;
	}
	on = d->last - day;
	assert(on < 8);
	if ((d->recent >> on & 1) != 0)
		return;
	d->recent = (uint8_t)(d->recent | 1 << on);
	d->n++;
}

/* How many were before this one. */
static uint16_t
before(const struct days *d, int64_t day)
{
	uint32_t n = d->n;
	int64_t i;

	for (i = 0; i < 8 && d->last - i >= day; i++)
		n -= d->recent >> i & 1;
	return n < UINT16_MAX ? (uint16_t)n : UINT16_MAX;
}

/* As one number, which grows as they do. */
static int64_t
pack(const struct days *d)
{
	const uint32_t most = (1 << 24) - 1;

	return d->last * (INT64_C(1) << 32) +
	       ((int64_t)d->recent << 24 | (d->n < most ? d->n : most));
}

static struct days
unpack(int64_t v)
{
	const uint32_t low = (uint32_t)((uint64_t)v & UINT32_MAX);

	return (struct days){ .last = (v - (int64_t)low) / (INT64_C(1) << 32),
		.recent = (uint8_t)(low >> 24),
		.n = low & ((1 << 24) - 1) };
}

/* As they were before `until`; none of what cannot have been then. */
static struct days
unpack_before(int64_t v, int64_t until)
{
	const struct days d = unpack(v);

	return d.last <= until / DAY_MS + 2 ? d : (struct days){ .n = 0 };
}

/* What was last asked of a zone: that day it is from one instant to another. */
struct today {
	int64_t from, until, day;
};

/* Records as they come. */
struct records {
	struct detect_batch *db;
	struct today *today;             /* by place */
	struct days *sources, *accounts; /* by source; by name */
	struct detect_common was;
};

static uint64_t
key_of(const struct batch *b, uint32_t name)
{
	return hash64(intern_text(b->names, name), intern_len(b->names, name));
}

static int64_t
days_of(const struct rule *r)
{
	return (r->measure.history + DAY_MS - 1) / DAY_MS;
}

static const struct detect_history *
history_of(const struct detect_batch *db, int64_t days)
{
	size_t i;

	for (i = 0; i < db->nhistories; i++)
		if (db->histories[i].days == days)
			return &db->histories[i];
	return NULL;
}

static void
histories_init(struct detect_batch *db, const struct rule *const *rules,
    size_t n)
{
	const size_t calls = db->calls->n;
	const struct rule *r;
	size_t i;

	db->histories = xcalloc(n + 1, sizeof(*db->histories));
	for (i = 0; i < n; i++) {
		r = rules[i];
		if (!rule_asks_never(r))
			continue;
		if (detect_tuned_apart(r) && db->known == NULL)
			db->known = xcalloc(calls + 1, sizeof(*db->known));
		if (history_of(db, days_of(r)) != NULL)
			continue;
		db->histories[db->nhistories++] = (struct detect_history){
			.days = days_of(r),
			.bits = xcalloc(calls / WORD + 1, sizeof(uint64_t)),
		};
	}
}

bool
detect_known_long(const struct detect_batch *db, const struct rule *r,
    size_t call)
{
	const int64_t days = days_of(r);
	const struct detect_history *h = history_of(db, days);

	if (h != NULL)
		return (h->bits[call / WORD] >> call % WORD & 1) != 0;
	assert(db->known != NULL);
	return db->known[call] >= days;
}

void
detect_known_fini(struct detect_batch *db)
{
	size_t i;

	for (i = 0; i < db->nhistories; i++)
		free(db->histories[i].bits);
	free(db->histories);
	free(db->known);
	free(db->source_begins);
}

static void
records_init(struct records *r, struct detect_batch *db,
    struct detect_look *look)
{
	const struct batch *b = db->calls;
	size_t i;
	int64_t v;

	r->db = db;
	r->today = xcalloc(db->locals.n, sizeof(*r->today));
	r->sources = xcalloc(b->nsources + 1, sizeof(*r->sources));
	r->accounts = xcalloc(intern_count(b->names), sizeof(*r->accounts));
	db->source_begins =
	    xcalloc(b->nsources + 1, sizeof(*db->source_begins));
	detect_common_take(&r->was, look, 0);
	for (i = 0; i < b->nsources; i++) {
		db->source_begins[i] = INT64_MAX;
		v = detect_common_at(&r->was.sources, db->source_hashes[i],
		    INT64_MIN);
		if (v == INT64_MIN)
			continue;
		r->sources[i] = unpack_before(v, r->was.until);
		db->source_begins[i] = detect_common_at(&r->was.begins,
		    db->source_hashes[i], INT64_MIN);
	}
}

static void
records_fini(struct records *r)
{
	detect_common_fini(&r->was);
	free(r->today);
	free(r->sources);
	free(r->accounts);
}

/* Records come in the order of time: most are on the day that was asked last. */
static int64_t
day_of(struct records *r, size_t place, int64_t start)
{
	const struct zone *zone = r->db->locals.list[place].zone;
	struct today *t = &r->today[place];
	int64_t ahead, change;

	if (start >= t->from && start < t->until)
		return t->day;
	ahead = zone_offset(zone, start, NULL) * INT64_C(1000);
	change = zone_next_change(zone, start);
	t->day = zone_local_day(zone, start);
	t->from = start;
	t->until = (t->day + 1) * DAY_MS - ahead;
	if (change < t->until)
		t->until = change;
	return t->day;
}

static struct days *
account_of(struct records *r, uint32_t account)
{
	struct days *d = &r->accounts[account];
	int64_t v;

	if (d->n == 0 && r->was.keys.n > 0) {
		v = detect_common_at(&r->was.keys,
		    key_of(r->db->calls, account), INT64_MIN);
		if (v != INT64_MIN)
			*d = unpack_before(v, r->was.until);
	}
	return d;
}

static void
see_record(struct records *r, size_t i)
{
	struct detect_batch *db = r->db;
	const struct call *c = &db->calls->calls[i];
	const struct locals *at = &db->locals;
	const enum call_event event = batch_event(db->calls, i);
	const size_t place = locals_place(at, c->source, 0);
	const size_t own_place = locals_place(at, c->source, locals_own(at, i));
	const int64_t day = day_of(r, place, c->start);
	const int64_t own =
	    own_place != place ? day_of(r, own_place, c->start) : day;
	struct days *source = &r->sources[c->source];
	struct days *account = account_of(r, c->account);
	uint16_t known;
	size_t k;

	if (event != EVENT_QUALITY && source->n == 0)
		db->source_begins[c->source] = c->start;
	if (event != EVENT_QUALITY)
		see(source, day);
	if (event == EVENT_CALL)
		see(account, own);
	known = before(source, day);
	/* without an account there is only the source to ask */
	if (c->account != 0 && before(account, own) < known)
		known = before(account, own);
	for (k = 0; k < db->nhistories; k++)
		db->histories[k].bits[i / WORD] |=
		    (uint64_t)(known >= db->histories[k].days) << i % WORD;
	if (db->known != NULL)
		db->known[i] = known;
}

static void
keep(const struct records *r, const struct detect_look *look)
{
	const struct detect_batch *db = r->db;
	const struct batch *b = db->calls;
	struct detect_common next = { .until = look->until,
		.since = INT64_MIN };
	size_t i;

	if (r->was.until > next.until)
		next.until = r->was.until;
	for (i = 0; i < b->nsources; i++) {
		if (r->sources[i].n == 0)
			continue;
		detect_marks_add(&next.begins, db->source_hashes[i],
		    db->source_begins[i]);
		detect_marks_add(&next.sources, db->source_hashes[i],
		    pack(&r->sources[i]));
	}
	for (i = 1; i < intern_count(b->names); i++)
		if (r->accounts[i].n > 0)
			detect_marks_add(&next.keys, key_of(b, (uint32_t)i),
			    pack(&r->accounts[i]));
	(void)detect_common_print(&next, &r->was, INT64_MAX, look->keep, NULL);
	detect_common_fini(&next);
}

void
detect_known_init(struct detect_batch *db, const struct rule *const *rules,
    size_t n, struct detect_look *look)
{
	const struct batch *b = db->calls;
	struct records r;
	size_t end, i;

	histories_init(db, rules, n);
	records_init(&r, db, look);
	i = batch_lower(b, r.was.until);
	end = batch_lower(b,
	    look->until > r.was.until ? look->until : r.was.until);
	for (; look->keep != NULL && i < end; i++)
		see_record(&r, i);
	if (look->keep != NULL)
		keep(&r, look);
	for (; i < b->n; i++)
		see_record(&r, i);
	records_fini(&r);
}
