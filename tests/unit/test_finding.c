#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "detect/finding.h"

static void
test_severity(void **state)
{
	static const struct {
		int score;
		enum severity severity;
		const char *name;
	} rows[] = {
		{ 0, SEV_NONE, "none" },
		{ 1, SEV_INFO, "info" },
		{ 19, SEV_INFO, "info" },
		{ 20, SEV_LOW, "low" },
		{ 39, SEV_LOW, "low" },
		{ 40, SEV_MEDIUM, "medium" },
		{ 59, SEV_MEDIUM, "medium" },
		{ 60, SEV_HIGH, "high" },
		{ 79, SEV_HIGH, "high" },
		{ 80, SEV_CRITICAL, "critical" },
		{ 100, SEV_CRITICAL, "critical" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(severity_of(rows[i].score), rows[i].severity);
		assert_string_equal(severity_name(rows[i].severity),
		    rows[i].name);
		assert_int_equal(severity_parse(rows[i].name),
		    (int)rows[i].severity);
	}
	assert_int_equal(severity_parse("severe"), -1);
	assert_int_equal(severity_parse(""), -1);
	assert_int_equal(severity_parse("Low"), -1);
}

static void
test_kinds(void **state)
{
	(void)state;
	assert_string_equal(finding_kind_name(KIND_FINDING), "finding");
	assert_string_equal(finding_kind_name(KIND_WAIVED), "waived");
	assert_string_equal(finding_kind_name(KIND_SHADOW), "shadow");
}

/* Score, then money, then entity, rule, time, id. */
static void
test_order(void **state)
{
	static const struct amount much = { "EUR", 900000000 };
	static const struct amount little[] = { { "EUR", 1 },
		{ "USD", 5000000 } };
	static const struct finding made[] = {
		{ .id = "6",
		    .score = 40,
		    .entity = "B",
		    .rule = "r",
		    .first_seen = 6 },
		{ .id = "5",
		    .score = 40,
		    .entity = "B",
		    .rule = "r",
		    .first_seen = 5 },
		{ .id = "8",
		    .score = 40,
		    .entity = "B",
		    .rule = "s",
		    .first_seen = 1 },
		{ .id = "4",
		    .score = 40,
		    .entity = "A",
		    .rule = "t",
		    .first_seen = 9 },
		{ .id = "3",
		    .score = 40,
		    .entity = "Z",
		    .rule = "r",
		    .calls = { .money = little, .nmoney = 2 } },
		{ .id = "2",
		    .score = 40,
		    .entity = "Z",
		    .rule = "r",
		    .calls = { .money = &much, .nmoney = 1 } },
		{ .id = "1", .score = 41, .entity = "Z", .rule = "r" },
		{ .id = "7",
		    .score = 40,
		    .entity = "B",
		    .rule = "r",
		    .first_seen = 6 },
	};
	struct results rs;
	size_t i;

	(void)state;
	results_init(&rs);
	for (i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		*results_finding(&rs) = made[i];
	results_sort(&rs);
	for (i = 0; i < rs.n; i++)
		assert_int_equal(rs.findings[i]->id[0], '1' + (int)i);
	assert_string_equal(results_find(&rs, "4")->entity, "A");
	assert_null(results_find(&rs, "9"));
	results_fini(&rs);
	assert_null(rs.findings);
	results_fini(&rs);
}

static void
test_case_order(void **state)
{
	struct results rs;
	size_t i;

	(void)state;
	results_init(&rs);
	for (i = 0; i < 4; i++)
		*results_case(&rs) = (struct fraud_case){ .id = "c",
			.score = i == 2 ? 90 : 50,
			.entity = i == 1 ? "A" : "B",
			.first_seen = i == 3 ? 1 : 2 };
	results_sort(&rs);
	assert_int_equal(rs.cases[0]->score, 90);
	assert_string_equal(rs.cases[1]->entity, "A");
	assert_int_equal(rs.cases[2]->first_seen, 1);
	results_fini(&rs);
}

/* A call that two findings hold counts once; currencies are never added. */
static void
test_tally(void **state)
{
	static const struct call_ref one[] = {
		{ 100, 1, 7, 60000, 5, "USD", false },
		{ 200, 1, 7, 30000, 10, "EUR", false },
		{ 200, 2, 7, 0, 0, NULL, false },
	};
	static const struct call_ref two[] = {
		{ 200, 1, 7, 30000, 10, "EUR", false },
		{ 200, 1, 8, 1000, 20, "EUR", false },
		{ 300, 1, 7, 2000, 30, "", false },
	};
	struct finding a = { .members = one, .nmembers = 3 };
	struct finding b = { .members = two, .nmembers = 3 };
	const struct finding *both[] = { &b, &a, &b };
	struct arena arena = { 0 };
	struct tally t;

	(void)state;
	tally_members(&t, &arena, both, 3);
	assert_int_equal(t.calls, 5);
	assert_int_equal(t.duration, 93000);
	assert_int_equal(t.nmoney, 3);
	assert_string_equal(t.money[0].currency, "");
	assert_int_equal(t.money[0].micro, 30);
	assert_string_equal(t.money[1].currency, "EUR");
	assert_int_equal(t.money[1].micro, 30);
	assert_string_equal(t.money[2].currency, "USD");
	assert_int_equal(t.money[2].micro, 5);
	assert_int_equal(tally_exposure(&t), 30);
	tally_members(&t, &arena, both, 0);
	assert_int_equal(t.calls, 0);
	assert_int_equal(tally_exposure(&t), 0);
	arena_fini(&arena);
}

enum { MANY = 40 };
static const struct amount packed_money[] = { { "EUR", 0 }, { "USD", 0 } };
static const struct amount turned_money[] = { { "USD", 0 }, { "EUR", 0 } };

/* Columns have what the calls have, each for itself. */
static void
check_columns(const struct finding *f)
{
	const size_t part = f->nmembers / 3;
	int64_t v[PACK_COLUMNS][MANY];
	struct call_ref m;
	size_t i;
	int k;

	for (k = 0; k < PACK_COLUMNS; k++) {
		finding_column(f, (enum pack_column)k, 0, part, v[k]);
		finding_column(f, (enum pack_column)k, part, f->nmembers - part,
		    v[k] + part);
	}
	for (i = 0; i < f->nmembers; i++) {
		m = finding_member(f, i);
		assert_int_equal(v[PACK_START][i], m.start);
		assert_int_equal(v[PACK_SOURCE][i], (int64_t)m.source);
		assert_int_equal(v[PACK_KEY][i], (int64_t)m.key);
		assert_int_equal(v[PACK_DURATION][i], m.duration);
		assert_int_equal(v[PACK_COST][i], m.cost);
		assert_int_equal(v[PACK_ESTIMATED][i], m.estimated);
		if (m.currency == NULL)
			assert_int_equal(v[PACK_MONEY][i], 0);
		else
			assert_string_equal(
			    f->calls.money[v[PACK_MONEY][i] - 1].currency,
			    m.currency);
	}
}

/* Calls that stand in a batch are the same as those that are told. */
static void
test_book(void **state)
{
	static const uint64_t sources[] = { 0, 7 };
	static const uint32_t places[] = { 0, 2 };
	static const struct call_ref told = { 200, 2, 7, 30000, 10, "EUR",
		true };
	struct batch *b = batch_new();
	uint16_t seconds[3];
	struct call_book book = { b, sources, { .seconds = seconds } };
	struct finding a = { .book = &book, .places = places, .nmembers = 2 };
	struct finding t = { .members = &told, .nmembers = 1 };
	const struct finding *all[] = { &t, &a, &a, &t };
	struct arena arena = { 0 };
	const struct call_ref *list;
	struct call_ref *own;
	struct origin *o;
	struct call *c;
	struct tally sum;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_int_equal(batch_add(b, &c, &o), i);
		c->start = 100 + (int64_t)i * 50;
		c->duration = 1000;
		c->source = 1;
		o->key = i;
	}
	c->currency = batch_currency(b, "EUR");
	c->flags = CALL_HAS_COST;
	c->duration = 30000;
	batch_set_cost(b, 2, 10);
	o->rated = true;
	assert_ptr_equal(finding_members(&t, &own), &told);
	assert_null(own);
	assert_true(call_book_talk(b, 0, 3, &book.talk));
	assert_int_equal(measure_talk_of(&book.talk, 1), 1000);
	assert_int_equal(measure_talk_of(&book.talk, 2), CALL_BOOK_ASK);
	list = finding_members(&a, &own);
	assert_ptr_equal(list, own);
	assert_int_equal(call_ref_compare(&list[1], &told), 0);
	assert_null(list[0].currency);
	assert_string_equal(list[1].currency, "EUR");
	assert_true(list[1].estimated);
	free(own);
	a.calls.money = packed_money;
	a.calls.nmoney = 2;
	check_columns(&a);
	tally_members(&sum, &arena, all, 4);
	batch_free(&b); /* sums do without it */
	assert_int_equal(sum.calls, 2);
	assert_int_equal(sum.duration, 31000);
	assert_int_equal(sum.nmoney, 1);
	assert_string_equal(sum.money[0].currency, "EUR");
	assert_int_equal(sum.money[0].micro, 10);
	assert_true(sum.estimated);
	arena_fini(&arena);
}

static struct call_ref
told_call(size_t i)
{
	return (struct call_ref){ .start = (int64_t)i / 2 - 5,
		.source = UINT64_MAX,
		.key = i * 3,
		.duration = 1000,
		.cost = i % 3 != 0 ? 7 : 0,
		.currency =
		    i % 3 != 0 ? packed_money[i % 3 - 1].currency : NULL,
		.estimated = i == MANY - 1 };
}

static void
pack_column(struct packed_numbers *column, struct buf *out, size_t k)
{
	const unsigned char *at;
	struct call_ref m;
	int64_t v[MANY];
	size_t i;

	for (i = 0; i < MANY; i++) {
		m = told_call(i);
		v[i] = (const int64_t[]){ m.start, (int64_t)m.source,
			(int64_t)m.key, m.duration, m.cost, (int64_t)i % 3,
			m.estimated }[k];
	}
	buf_init(out);
	packed_add_numbers(out, v, MANY);
	at = (const unsigned char *)out->data;
	assert_int_equal(packed_take_numbers(column, &at, at + out->len, MANY),
	    0);
}

static void
check_call(const struct call_ref *a, const struct call_ref *b)
{
	assert_int_equal(call_ref_compare(a, b), 0);
	assert_int_equal(a->duration, b->duration);
	assert_int_equal(a->cost, b->cost);
	assert_ptr_equal(a->currency, b->currency);
	assert_int_equal(a->estimated, b->estimated);
}

/* Packed calls are the same as those that are told. */
static void
test_pack(void **state)
{
	struct call_ref told[MANY], m, *list;
	struct call_pack pack = { .money = packed_money };
	const struct tally sums = { .money = packed_money,
		.nmoney = sizeof(packed_money) / sizeof(packed_money[0]) };
	struct finding t = { .members = told, .nmembers = MANY, .calls = sums };
	struct finding p = { .pack = &pack, .nmembers = MANY, .calls = sums };
	struct finding q = p;
	const struct finding *all[] = { &p, &t, &p };
	struct buf bytes[PACK_COLUMNS];
	struct arena arena = { 0 };
	struct tally sum;
	size_t i, k;

	(void)state;
	for (k = 0; k < PACK_COLUMNS; k++)
		pack_column(&pack.columns[k], &bytes[k], k);
	(void)finding_members(&p, &list);
	for (i = 0; i < MANY; i++) {
		told[i] = told_call(i);
		m = finding_member(&p, i);
		check_call(&m, &told[i]);
		check_call(&list[i], &told[i]);
	}
	free(list);
	check_columns(&t);
	check_columns(&p);
	/* Sums with the amounts in another order. */
	q.calls.money = turned_money;
	check_columns(&q);
	for (i = 1; i <= 3; i++) {
		tally_members(&sum, &arena, all, i);
		assert_int_equal(sum.calls, MANY);
		assert_int_equal(sum.duration, MANY * 1000);
		assert_int_equal(sum.nmoney, 2);
		assert_string_equal(sum.money[0].currency, "EUR");
		assert_int_equal(sum.money[0].micro, 13 * 7);
		assert_int_equal(sum.money[1].micro, 13 * 7);
		assert_true(sum.estimated);
	}
	for (k = 0; k < PACK_COLUMNS; k++)
		buf_fini(&bytes[k]);
	arena_fini(&arena);
}

enum { COPIED = 6000 };

/* Every third call is a copy of the one before it, every fifth costs 1. */
static struct batch *
make_many(uint32_t *ms)
{
	struct batch *b = batch_new();
	struct origin *o;
	struct call *c;
	uint32_t i;

	for (i = 0; i < COPIED; i++) {
		(void)batch_add(b, &c, &o);
		c->start = i % 3 == 2 ? i - 1 : i;
		o->key = i % 3 == 2 ? i - 1 : i;
		c->duration = 1 + i % 7;
		if (i % 5 != 0)
			continue;
		c->currency = batch_currency(b, "EUR");
		c->flags = CALL_HAS_COST;
		batch_set_cost(b, i, 1);
	}
	assert_true(
	    call_book_talk(b, 0, COPIED, &(struct measure_talk){ .ms = ms }));
	return b;
}

/* Two calls of one start; only a copy has the other's key, too. */
static void
test_talk_of_copies(void **state)
{
	struct batch *b;
	struct origin *o;
	struct call *c;
	uint32_t ms[3], i, copy;
	const struct measure_talk talk = { .ms = ms };

	(void)state;
	for (copy = 0; copy < 2; copy++) {
		b = batch_new();
		for (i = 0; i < 3; i++) {
			(void)batch_add(b, &c, &o);
			c->start = i == 0 ? 10 : 20;
			c->duration = 1000 + i;
			o->key = i - (copy == 1 && i == 2);
		}
		(void)batch_source(b, "s", "", NULL, NULL);
		batch_sort(b);
		assert_true(b->distinct == (copy == 0));
		assert_true(call_book_talk(b, 0, 3, &talk));
		assert_int_equal(ms[0], 1000);
		assert_int_equal(ms[1], 1001);
		assert_true(ms[2] == (copy == 1 ? CALL_BOOK_ASK : 1002));
		/* The same of a part that begins behind the first of two. */
		ms[2] = 0;
		assert_true(call_book_talk(b, 2, 3, &talk));
		assert_true(ms[2] == (copy == 1 ? CALL_BOOK_ASK : 1002));
		batch_free(&b);
	}
}

/* In whole seconds, as far as these tell it. */
static void
test_talk_in_seconds(void **state)
{
	static const struct {
		uint32_t ms, talk;
		bool whole;
	} rows[] = {
		{ 0, 0, true },
		{ 1000, 1000, true },
		{ 1001, 1000, false },
		{ 999, 0, false },
		{ 65534000, 65534000, true },
		{ 65535000, CALL_BOOK_ASK, true },
		{ 65535999, CALL_BOOK_ASK, true },
		{ UINT32_MAX, CALL_BOOK_ASK, true },
	};
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
	struct batch *b = batch_new();
	uint16_t seconds[ROWS];
	uint32_t ms[ROWS];
	const struct measure_talk brief = { .seconds = seconds };
	const struct measure_talk talk = { .ms = ms };
	struct origin *o;
	struct call *c;
	size_t i;

	(void)state;
	for (i = 0; i < ROWS; i++) {
		(void)batch_add(b, &c, &o);
		c->start = (int64_t)i;
		c->duration = rows[i].ms;
	}
	for (i = 0; i < ROWS; i++) {
		assert_int_equal(call_book_talk(b, i, i + 1, &brief),
		    rows[i].whole);
		assert_int_equal(measure_talk_of(&brief, i), rows[i].talk);
	}
	assert_false(call_book_talk(b, 0, ROWS, &brief));
	assert_true(call_book_talk(b, 0, ROWS, &talk));
	for (i = 0; i < ROWS; i++)
		assert_int_equal(measure_talk_of(&talk, i), rows[i].ms);
	batch_free(&b);
}

/* Calls of several findings, close to each other and far apart, count once. */
static void
test_shared_calls(void **state)
{
	static const uint64_t sources[] = { 7 };
	static const uint32_t near[3][5] = { { 0, 2, 10, 11, 12 },
		{ 1, 3, 11, 14, 20 }, { 2, 10, 13, 14, 20 } };
	static const uint32_t far[3][5] = { { 0 }, { 2, 5999 },
		{ 5998, 5999 } };
	static const size_t nfar[3] = { 1, 2, 2 };
	static const struct {
		int64_t calls, duration, micro;
	} want[2] = { { 7, 31, 3 }, { 3, 11, 1 } };
	static uint32_t talk[COPIED];
	struct batch *b = make_many(talk);
	struct call_book book = { b, sources, { .ms = talk } };
	struct finding f[3];
	const struct finding *all[] = { &f[0], &f[1], &f[2] };
	struct arena arena = { 0 };
	struct tally sum;
	size_t way, i;

	(void)state;
	for (way = 0; way < 2; way++) {
		for (i = 0; i < 3; i++)
			f[i] = (struct finding){ .book = &book,
				.places = way == 0 ? near[i] : far[i],
				.nmembers = way == 0 ? 5 : nfar[i] };
		tally_members(&sum, &arena, all, 3);
		assert_int_equal(sum.calls, want[way].calls);
		assert_int_equal(sum.duration, want[way].duration);
		assert_int_equal(tally_exposure(&sum), want[way].micro);
	}
	batch_free(&b);
	arena_fini(&arena);
}

/* Calls of a batch, with others that are a list: as those of the batch alone. */
static void
test_listed_calls(void **state)
{
	static const uint64_t sources[] = { 7 };
	static uint32_t talk[COPIED], places[COPIED];
	struct batch *b = make_many(talk);
	struct call_book book = { b, sources, { .ms = talk } };
	struct finding f[3] = { { .book = &book, .places = places } };
	const struct finding *all[] = { &f[1], &f[0], &f[2] };
	struct arena arena = { 0 };
	struct call_ref *own;
	struct tally sum, want;
	uint32_t i;

	(void)state;
	for (i = 0; i < COPIED; i += 1 + i % 2)
		places[f[0].nmembers++] = i;
	(void)finding_members(&f[0], &own);
	f[1] = (struct finding){ .members = own, .nmembers = 40 };
	f[2] = (struct finding){ .book = &book,
		.places = places + 100,
		.nmembers = 33 };
	tally_members(&want, &arena, &all[1], 1);
	tally_members(&sum, &arena, all, 3);
	assert_true(want.calls > 2000);
	assert_int_equal(sum.calls, want.calls);
	assert_int_equal(sum.duration, want.duration);
	assert_int_equal(tally_exposure(&sum), tally_exposure(&want));
	free(own);
	batch_free(&b);
	arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_severity),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_case_order),
		cmocka_unit_test(test_tally),
		cmocka_unit_test(test_book),
		cmocka_unit_test(test_talk_of_copies),
		cmocka_unit_test(test_talk_in_seconds),
		cmocka_unit_test(test_shared_calls),
		cmocka_unit_test(test_listed_calls),
		cmocka_unit_test(test_pack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
