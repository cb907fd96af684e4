/*
 * What goes into the store comes out of it, whatever it is: random batches.
 * The seed is printed; STORE_SEED repeats a round.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bounds.h"
#include "base/utf8.h"
#include "recorded.h"
#include "store/store_calls.h"
#include "tel/calltime.h"

enum { ROUNDS = 60, MOST_CALLS = 60, MOST_TEXTS = 30 };

static uint64_t dice;

/* 0 to n - 1 (splitmix64). */
static uint64_t
roll(uint64_t n)
{
	uint64_t z = (dice += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (z ^ (z >> 31)) % n;
}

static struct store *
open_store(void)
{
	struct errmsg err = { "" };
	struct store *s = NULL;

	if (store_open(&s, ":memory:", STORE_WRITE, &err) != 0)
		fail_msg("%s", err.text);
	return s;
}

static int64_t
add(struct store *s, struct batch *b, int64_t run)
{
	struct errmsg err = { "" };
	int64_t added;

	if (store_calls_add(s, b, NULL, run, &added, &err) != 0)
		fail_msg("%s", err.text);
	return added;
}

static struct batch *
load(struct store *s, int64_t from, int64_t to, int64_t run)
{
	struct batch *b = batch_new();
	struct errmsg err = { "" };

	if (store_calls_load(s, from, to, run, b, &err) != 0)
		fail_msg("%s", err.text);
	batch_sort(b);
	return b;
}

/* Random batches ---------------------------------------------------------- */

/* A text of a round: any bytes, NUL and broken UTF-8 among them. */
static uint32_t
random_text(struct batch *b)
{
	static char bytes[BOUNDS_FIELD];
	size_t i, len = roll(20) == 0 ? sizeof(bytes) : roll(12);

	for (i = 0; i < len; i++)
		bytes[i] = (char)roll(256);
	return intern_add(b->names, bytes, len);
}

/* Names and the like end at a NUL, and have to differ. */
static const char *
random_name(char name[16], const char *word)
{
	(void)snprintf(name, 16, "%s%d", word, (int)roll(4));
	return name;
}

static void
random_call(struct batch *b, const uint32_t *texts, uint32_t nfiles)
{
	struct origin *o;
	struct call *c;
	char name[16];
	size_t i, k;

	i = batch_add(b, &c, &o);
	c->start = RECORDED_DAY + (int64_t)roll(5) * 1000;
	c->ring = (uint32_t)roll(UINT64_C(1) << 32);
	c->duration = (uint32_t)roll(UINT64_C(1) << 32);
	c->src = texts[roll(MOST_TEXTS)];
	c->dst = texts[roll(MOST_TEXTS)];
	for (k = 0; k < EXTRA_TEXTS; k++)
		batch_set_extra(b, (enum call_extra)k, i,
		    texts[roll(MOST_TEXTS)]);
	c->dialled = texts[roll(MOST_TEXTS)];
	c->account = texts[roll(MOST_TEXTS)];
	c->user = texts[roll(MOST_TEXTS)];
	c->trunk_in = texts[roll(MOST_TEXTS)];
	c->trunk_out = texts[roll(MOST_TEXTS)];
	c->source = batch_source(b, random_name(name, "pbx"), "site",
	    zone_utc(), "calendar");
	c->currency =
	    roll(3) == 0 ? 0 : batch_currency(b, random_name(name, "CU"));
	c->direction = (uint8_t)roll(DIR_TRANSIT + 1);
	c->status = (uint8_t)roll(STATUS_CANCELLED + 1);
	c->feature = (uint8_t)roll(FEATURE_COUNT);
	if (roll(2) == 0) {
		c->flags |= CALL_HAS_COST;
		batch_set_cost(b, i, (int64_t)roll(UINT64_MAX));
	}
	if (roll(4) == 0)
		c->flags |= CALL_AMBIGUOUS;
	o->key = roll(UINT64_MAX);
	o->line = (uint32_t)roll(UINT64_C(1) << 32);
	batch_set_file(b, i, (uint32_t)roll(nfiles + 1));
	o->call_id = texts[roll(MOST_TEXTS)];
	batch_set_join(b, i, texts[roll(MOST_TEXTS)]);
	o->service = texts[roll(MOST_TEXTS)];
	c->clue_in = texts[roll(MOST_TEXTS)];
	o->cause = (uint8_t)roll(256);
	o->zone_kind = roll(STAMP_ABBREV + 1) & 3;
	o->stated = roll(16) & 15;
	o->clock = (uint8_t)roll(256);
	o->event = roll(EVENT_COUNT) & 3;
	o->quality = roll(QUALITY_COUNT) & 7;
	if (o->event != EVENT_CALL)
		c->flags |= CALL_EVENT;
}

static struct batch *
random_batch(void)
{
	uint32_t texts[MOST_TEXTS], i, n = (uint32_t)roll(MOST_CALLS), nfiles;
	struct batch *b = batch_new();
	char name[16];

	for (i = 0; i < MOST_TEXTS; i++)
		texts[i] = random_text(b);
	/* Some are read twice, so that two have one name. */
	for (nfiles = (uint32_t)roll(6), i = 0; i < nfiles; i++)
		(void)batch_file(b, random_name(name, "file"));
	for (i = 0; i < n; i++)
		random_call(b, texts, nfiles);
	batch_sort(b);
	return b;
}

/* Comparing --------------------------------------------------------------- */

/* What is no UTF-8, as earlier versions put it, is given back as Latin-1. */
static void
same_text(const struct batch *a, uint32_t ta, const struct batch *b,
    uint32_t tb)
{
	struct buf want;

	buf_init(&want);
	utf8_mend(&want, batch_text(a, ta), intern_len(a->names, ta));
	assert_int_equal(intern_len(b->names, tb), want.len);
	assert_memory_equal(batch_text(b, tb), want.data, want.len + 1);
	buf_fini(&want);
}

static void
same_call(const struct batch *a, size_t i, const struct batch *b, size_t k)
{
	const struct call *c = &a->calls[i], *d = &b->calls[k];
	const struct origin *o = &a->origins[i], *p = &b->origins[k];
	size_t x;

	assert_int_equal(c->start, d->start);
	assert_int_equal(c->ring, d->ring);
	assert_int_equal(c->duration, d->duration);
	assert_int_equal(batch_cost(a, i), batch_cost(b, k));
	assert_int_equal(c->direction, d->direction);
	assert_int_equal(c->status, d->status);
	assert_int_equal(c->feature, d->feature);
	assert_int_equal(c->flags, d->flags & ~CALL_ADDED);
	assert_true(o->key == p->key);
	assert_int_equal(o->line, p->line);
	assert_int_equal(o->cause, p->cause);
	assert_int_equal(o->zone_kind, p->zone_kind);
	assert_int_equal(o->clock, p->clock);
	assert_int_equal(o->stated, p->stated);
	assert_int_equal(o->event, p->event);
	assert_int_equal(o->quality, p->quality);
	for (x = 0; x < EXTRA_TEXTS; x++)
		same_text(a, batch_extra(a, (enum call_extra)x, i), b,
		    batch_extra(b, (enum call_extra)x, k));
	same_text(a, c->src, b, d->src);
	same_text(a, c->dst, b, d->dst);
	same_text(a, c->dialled, b, d->dialled);
	same_text(a, c->account, b, d->account);
	same_text(a, c->user, b, d->user);
	same_text(a, c->trunk_in, b, d->trunk_in);
	same_text(a, c->trunk_out, b, d->trunk_out);
	same_text(a, o->call_id, b, p->call_id);
	same_text(a, batch_join(a, i), b, batch_join(b, k));
	same_text(a, o->service, b, p->service);
	same_text(a, c->clue_in, b, d->clue_in);
	same_text(a, a->sources[c->source].name, b, b->sources[d->source].name);
	same_text(a, a->currencies[c->currency], b, b->currencies[d->currency]);
	same_text(a, a->files[batch_file_of(a, i)], b,
	    b->files[batch_file_of(b, k)]);
}

static void
same_calls(const struct batch *a, const struct batch *b)
{
	size_t i;

	assert_int_equal(a->n, b->n);
	for (i = 0; i < a->n; i++)
		same_call(a, i, b, i);
}

static size_t
count_flag(const struct batch *b, int flag)
{
	size_t i, n = 0;

	for (i = 0; i < b->n; i++)
		n += (b->calls[i].flags & flag) != 0;
	return n;
}

/* What there was comes out, and putting it in again adds nothing. */
static void
round_trip(void)
{
	struct store *s = open_store();
	struct batch *in = random_batch(), *out, *again;
	size_t n = in->n;

	assert_int_equal(add(s, in, 1), n);
	assert_int_equal(count_flag(in, CALL_DUPLICATE), 0);
	out = load(s, INT64_MIN, INT64_MAX, 1);
	same_calls(in, out);
	assert_int_equal(count_flag(out, CALL_ADDED), n);
	/* No more files than there are names. */
	assert_true(out->nfiles <= 5);
	assert_true(out->nsources <= 4);
	/* Out of the store into the store: also no flag of a run goes in. */
	assert_int_equal(add(s, out, 2), 0);
	assert_int_equal(count_flag(out, CALL_DUPLICATE), n);
	again = load(s, INT64_MIN, INT64_MAX, 2);
	same_calls(in, again);
	assert_int_equal(count_flag(again, CALL_ADDED), 0);
	batch_free(&again);
	batch_free(&out);
	batch_free(&in);
	store_close(&s);
}

static void
test_round_trips(void **state)
{
	const char *given = getenv("STORE_SEED");
	uint64_t seed = (uint64_t)time(NULL) * 1000;
	int i, rounds = ROUNDS;

	(void)state;
	if (given != NULL) {
		seed = strtoull(given, NULL, 10);
		rounds = 1;
	}
	print_message("seeds from %llu\n", (unsigned long long)seed);
	for (i = 0; i < rounds; i++) {
		dice = seed + (uint64_t)i;
		round_trip();
	}
}

/* The rest ---------------------------------------------------------------- */

static const struct recorded night[] = {
	{ .at = 10, .src = "201", .dst = "0113312345678", .talk = 5, .key = 1 },
	{ .at = 20, .src = "201", .dst = "0113312345678", .talk = 5, .key = 1 },
	{ .at = 20, .src = "201", .dst = "0113312345678", .talk = 5, .key = 2 },
	{ .at = 20, .src = "202", .dst = "203", .key = UINT64_MAX },
	{ .at = 30, .src = "202", .dst = "203", .key = 1, .source = "pbx2" },
};

enum { NIGHT = sizeof(night) / sizeof(night[0]) };

static void
test_duplicates(void **state)
{
	struct batch *one = batch_new(), *two = batch_new(), *all;
	struct store *s = open_store();
	struct recorded other = night[1];
	size_t i;

	(void)state;
	recorded_add_all(one, night, 3);
	assert_int_equal(add(s, one, 1), 3);
	/* Another source, another key, another time: other records. */
	recorded_add_all(two, night, NIGHT);
	other.source = "pbx2";
	recorded_add(two, &other);
	recorded_add(two, &night[4]);
	assert_int_equal(add(s, two, 2), 3);
	for (i = 0; i < two->n; i++)
		assert_int_equal((two->calls[i].flags & CALL_DUPLICATE) != 0,
		    i < 3 || i == 6);
	all = load(s, INT64_MIN, INT64_MAX, 2);
	assert_int_equal(all->n, 6);
	assert_int_equal(count_flag(all, CALL_ADDED), 3);
	assert_int_equal(count_flag(all, CALL_DUPLICATE), 0);
	batch_free(&all);
	batch_free(&one);
	batch_free(&two);
	store_close(&s);
}

static void
test_stretches(void **state)
{
	static const struct {
		int64_t from, to; /* seconds */
		size_t n;
	} cases[] = {
		{ 0, 100, 5 },
		{ 10, 20, 1 },
		{ 10, 21, 4 },
		{ 11, 20, 0 },
		{ 20, 30, 3 },
		{ 30, 31, 1 },
		{ 31, 100, 0 },
		{ 20, 10, 0 },
	};
	struct batch *b = batch_new();
	struct store *s = open_store();
	size_t i;

	(void)state;
	recorded_add_all(b, night, NIGHT);
	assert_int_equal(add(s, b, 1), NIGHT);
	batch_free(&b);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		b = load(s, RECORDED_DAY + cases[i].from * 1000,
		    RECORDED_DAY + cases[i].to * 1000, 1);
		assert_int_equal(b->n, cases[i].n);
		batch_free(&b);
	}
	store_close(&s);
}

/* Appending to what a batch has already. */
static void
test_into_a_batch(void **state)
{
	struct batch *b = batch_new();
	struct store *s = open_store();
	struct errmsg err;

	(void)state;
	recorded_add_all(b, night, NIGHT);
	assert_int_equal(add(s, b, 1), NIGHT);
	assert_int_equal(store_calls_load(s, INT64_MIN, INT64_MAX, 1, b, &err),
	    0);
	assert_int_equal(b->n, 2 * NIGHT);
	assert_int_equal(b->nsources, 2);
	batch_sort(b);
	assert_int_equal(batch_mark_duplicates(b, 1, NULL), NIGHT);
	batch_free(&b);
	store_close(&s);
}

/* What somebody wrote into the file that no call can be. */
static void
test_refused(void **state)
{
	static const struct {
		const char *sql, *words;
	} cases[] = {
		{ "UPDATE calls SET direction = 5", "direction 5" },
		{ "UPDATE calls SET status = -1", "status -1" },
		{ "UPDATE calls SET feature = 6", "feature 6" },
		{ "UPDATE calls SET stated = 16", "stated 16" },
		{ "UPDATE calls SET zone_kind = 4", "zone_kind 4" },
		{ "UPDATE calls SET ring = 4294967296", "ring 4294967296" },
		{ "UPDATE calls SET start = -5 WHERE key = -1", "start -5" },
		{ "UPDATE calls SET start = 9223372036854775806 "
		  "WHERE key = -1",
		    "start 9223372036854775806" },
		{ "UPDATE calls SET src = 99", "no text 99" },
		{ "UPDATE calls SET source = -1 WHERE key = -1", "no text -1" },
		{ "UPDATE calls SET currency = 99", "no text 99" },
		{ "UPDATE calls SET file = 9223372036854775807",
		    "no text 9223372036854775807" },
		{ "UPDATE texts SET id = 4611686018427387904 WHERE id = 2",
		    "text 3" },
		{ "UPDATE texts SET id = -1 WHERE id = 2", "text -1" },
		{ "UPDATE texts SET text = text || hex(zeroblob(4096))",
		    "long text 2" },
	};
	struct batch *b = batch_new(), *out;
	struct errmsg err;
	struct store *s;
	char want[80];
	int64_t added;
	size_t i;

	(void)state;
	recorded_add_all(b, night, NIGHT);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		s = open_store();
		assert_int_equal(store_calls_add(s, b, NULL, 1, &added, &err),
		    0);
		if (sqldb_exec(store_db(s), cases[i].sql, &err) != 0)
			fail_msg("%s: %s", cases[i].sql, err.text);
		out = batch_new();
		assert_int_equal(store_calls_load(s, INT64_MIN, INT64_MAX, 1,
				     out, &err),
		    -1);
		(void)snprintf(want, sizeof(want), ":memory:: damaged: %s",
		    cases[i].words);
		assert_string_equal(err.text, want);
		batch_free(&out);
		store_close(&s);
	}
	batch_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_stretches),
		cmocka_unit_test(test_into_a_batch),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
