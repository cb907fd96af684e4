#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "cdr/batch.h"
#include "recorded.h"

static void
test_texts(void **state)
{
	struct batch *b = batch_new();

	(void)state;
	assert_int_equal(b->n, 0);
	assert_int_equal(b->nparties, 1);
	assert_int_equal(batch_source(b, "pbx1", "hq", zone_utc(), NULL), 0);
	assert_int_equal(batch_source(b, "pbx2", NULL, NULL, "open"), 1);
	assert_int_equal(batch_source(b, "pbx1", "other", NULL, NULL), 0);
	assert_string_equal(batch_text(b, b->sources[0].site), "hq");
	assert_int_equal(b->sources[1].site, 0);
	assert_string_equal(b->sources[1].calendar, "open");
	assert_int_equal(batch_currency(b, ""), 0);
	assert_int_equal(batch_currency(b, "EUR"), 1);
	assert_int_equal(batch_currency(b, "USD"), 2);
	assert_int_equal(batch_currency(b, "EUR"), 1);
	assert_int_equal(batch_file(b, "a.csv"), 1);
	assert_int_equal(batch_file(b, "a.csv"), 2);
	assert_string_equal(batch_text(b, b->files[2]), "a.csv");
	batch_free(&b);
	assert_null(b);
	batch_free(&b);
}

/* One more currency than fits is "unknown", not another's. */
static void
test_many_currencies(void **state)
{
	struct batch *b = batch_new();
	char code[] = "AAA";
	int i;

	(void)state;
	for (i = 0; i < BOUNDS_CURRENCIES; i++) {
		code[1] = (char)('A' + i / 26);
		code[2] = (char)('A' + i % 26);
		assert_int_equal(batch_currency(b, code), i + 1);
	}
	assert_int_equal(batch_currency(b, "ZZZ"), 0);
	assert_int_equal(batch_currency(b, code), BOUNDS_CURRENCIES);
	batch_free(&b);
}

static void
test_parties(void **state)
{
	const struct number outside = { .text = "+442079460123",
		.country = "GB",
		.kind = NUMKIND_FIXED,
		.party = PARTY_OK,
		.international = true };
	const struct number extension = { .text = "20411",
		.kind = NUMKIND_INTERNAL,
		.party = PARTY_INTERNAL,
		.inside = true };
	struct batch *b = batch_new();
	const struct party *p;
	struct party noise;
	uint32_t id;

	(void)state;
	assert_int_equal(batch_number(b, &(struct number){ .text = "" }), 0);
	id = batch_number(b, &outside);
	assert_int_not_equal(id, 0);
	p = &b->parties[id];
	assert_string_equal(batch_text(b, p->text), "+442079460123");
	assert_string_equal(batch_party_text(b, id), "+442079460123");
	assert_string_equal(batch_text(b, p->country), "GB");
	assert_string_equal(batch_text(b, p->block), "+44207946");
	assert_true(p->international);
	noise = *p;
	memset(noise.spare, 7, sizeof(noise.spare));
	assert_int_equal(batch_party(b, &noise), id);
	assert_int_equal(batch_number(b, &outside), id);
	noise.international = 0; /* the same number, rated as home elsewhere */
	assert_int_not_equal(batch_party(b, &noise), id);
	id = batch_number(b, &extension);
	assert_int_equal(b->parties[id].block, 0);
	assert_true(b->parties[id].inside);
	/* Withheld: no text, but a party. */
	id = batch_number(b, &(struct number){ .party = PARTY_ANONYMOUS });
	assert_int_not_equal(id, 0);
	assert_string_equal(batch_party_text(b, id), "");
	batch_free(&b);
}

static void
assert_sorted(const struct batch *b)
{
	const char *s, *t;
	size_t i;
	int c;

	assert_true(b->sorted);
	for (i = 1; i < b->n; i++) {
		assert_true(b->calls[i - 1].start <= b->calls[i].start);
		if (b->calls[i - 1].start != b->calls[i].start)
			continue;
		s = batch_text(b, b->sources[b->calls[i - 1].source].name);
		t = batch_text(b, b->sources[b->calls[i].source].name);
		c = strcmp(s, t);
		assert_true(c <= 0);
		if (c == 0)
			assert_true(b->origins[i - 1].key <= b->origins[i].key);
	}
}

/* The name of a source decides, not which was seen first. */
static void
test_order_by_name(void **state)
{
	static const struct recorded calls[] = {
		{ .at = 5, .key = 1, .source = "zulu" },
		{ .at = 5, .key = 9, .source = "alpha" },
		{ .at = 5, .key = 3, .source = "alpha" },
		{ .at = 1, .key = 4, .source = "mike" },
	};
	static const uint64_t want[] = { 4, 3, 9, 1 };
	struct batch *b = batch_new();
	size_t i;

	(void)state;
	recorded_add_all(b, calls, 4);
	assert_false(b->sorted);
	batch_sort(b);
	assert_sorted(b);
	for (i = 0; i < 4; i++)
		assert_int_equal(b->origins[i].key, want[i]);
	batch_free(&b);
}

/* Calls that have no key of their own are in the order of their file. */
static void
test_order_by_line(void **state)
{
	static const uint32_t lines[] = { 7, 3, 9, 1 };
	struct batch *b = batch_new();
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++)
		recorded_add(b,
		    &(struct recorded){ .at = 1, .key = 5, .line = lines[i] });
	batch_sort(b);
	assert_int_equal(b->origins[0].line, 1);
	assert_int_equal(b->origins[1].line, 3);
	assert_int_equal(b->origins[2].line, 7);
	assert_int_equal(b->origins[3].line, 9);
	batch_free(&b);
}

/*
 * Random calls of every size up to where merging and moving have all their
 * cases; `line` says which call and origin belong together.
 */
static void
test_any_order(void **state)
{
	static const char *const sources[] = { "b", "a", "c" };
	struct batch *b;
	unsigned n, i;

	(void)state;
	srand(20260113);
	for (n = 0; n < 300; n += 1 + n / 10) {
		b = batch_new();
		for (i = 0; i < n; i++)
			recorded_add(b, &(struct recorded){ .at = rand() % 40,
					    .talk = i,
					    .key = 1 + (unsigned)rand() % 5,
					    .source = sources[rand() % 3],
					    .line = i });
		/* So far apart that an instant leaves no bits for an index. */
		for (i = 0; n % 2 == 1 && i < n; i++)
			b->calls[i].start += (rand() % 3 - 1) * (INT64_MAX / 2);
		batch_sort(b);
		assert_int_equal(b->n, n);
		assert_sorted(b);
		for (i = 0; i < n; i++)
			assert_int_equal(b->calls[i].duration,
			    b->origins[i].line * 1000);
		batch_free(&b);
	}
}

static int
by_tens(const void *ctx, uint32_t a, uint32_t b)
{
	(void)ctx;
	return (int)(a / 10) - (int)(b / 10);
}

static void
test_stable(void **state)
{
	uint32_t index[100], i;

	(void)state;
	for (i = 0; i < 100; i++)
		index[i] = i * 37 % 100;
	batch_order(index, 100, by_tens, NULL);
	for (i = 1; i < 100; i++) {
		assert_true(index[i - 1] / 10 <= index[i] / 10);
		/* x * 73 % 100 is where x stood: 37 * 73 is 1 mod 100. */
		if (index[i - 1] / 10 == index[i] / 10)
			assert_true(
			    index[i - 1] * 73 % 100 < index[i] * 73 % 100);
	}
}

static void
test_duplicates(void **state)
{
	/* Each file numbers its equal records: keys 7, 8. */
	static const struct recorded calls[] = {
		{ .at = 1, .key = 7, .file = 2, .line = 1 },
		{ .at = 1, .key = 8, .file = 2, .line = 2 },
		{ .at = 1, .key = 7, .file = 1, .line = 5 },
		{ .at = 1, .key = 7, .file = 3, .line = 9 },
		{ .at = 1, .key = 7, .source = "pbx2", .file = 3 },
		{ .at = 2, .key = 7, .file = 3 },
	};
	int64_t per_file[4] = { 0 };
	struct batch *b = batch_new();

	(void)state;
	(void)batch_file(b, "b.csv");
	(void)batch_file(b, "a.csv");
	(void)batch_file(b, "c.csv");
	recorded_add_all(b, calls, 6);
	batch_sort(b);
	assert_int_equal(batch_mark_duplicates(b, 1, per_file), 2);
	assert_int_equal(per_file[1], 1);
	assert_int_equal(per_file[2], 0); /* a.csv is first by name */
	assert_int_equal(per_file[3], 1);
	batch_sort(b);
	assert_int_equal(b->n, 4);
	assert_int_equal(batch_file_of(b, 0), 2);
	assert_int_equal(b->origins[0].line, 1);
	assert_int_equal(batch_mark_duplicates(b, 1, NULL), 0);
	batch_free(&b);
}

/* Wherever threads divide the calls, each copy is one. */
static void
test_duplicates_by_threads(void **state)
{
	enum { MANY = 30000 };
	int64_t per_file[2] = { 0 };
	struct batch *b = batch_new();
	int i;

	(void)state;
	(void)batch_file(b, "a.csv");
	for (i = 0; i < MANY; i++)
		recorded_add(b, &(struct recorded){ .at = i / 5,
				    .key = (uint64_t)(i / 3 + 1),
				    .file = 1,
				    .line = (uint32_t)i });
	batch_sort(b);
	i = (int)batch_mark_duplicates(b, 5, per_file);
	assert_int_equal(per_file[1], i);
	batch_sort(b);
	assert_int_equal(b->n, MANY - i);
	assert_int_equal(batch_mark_duplicates(b, 1, NULL), 0);
	assert_in_range(i, MANY / 3, MANY);
	batch_free(&b);
}

static void
test_drop(void **state)
{
	struct batch *b = batch_new();
	int i;

	(void)state;
	for (i = 0; i < 5; i++)
		recorded_add(b, &(struct recorded){ .at = 5 - i, .key = 1 });
	b->calls[0].flags = CALL_FURTHER | CALL_JOINED;
	b->calls[3].flags = CALL_DUPLICATE;
	b->calls[4].flags = CALL_JOINED | CALL_FORWARDED;
	batch_sort(b);
	assert_int_equal(b->n, 3);
	assert_int_equal(b->calls[0].start, RECORDED_DAY + 1000);
	assert_int_equal(b->calls[1].start, RECORDED_DAY + 3000);
	assert_int_equal(b->calls[2].start, RECORDED_DAY + 4000);
	batch_free(&b);
}

static void
test_tails(void **state)
{
	static const char *const rows[][2] = {
		{ "9011442079460123", "079460123" },
		{ "+442079460123", "079460123" },
		{ "011 44 20 7946-0123", "079460123" },
		{ "079460123", "079460123" },
		{ "201", "201" },
		{ "*98", "98" },
		{ "reception", "" },
		{ "", "" },
	};
	struct batch *b = batch_new();
	uint32_t tail;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		recorded_add(b, &(struct recorded){ .dialled = rows[i][0] });
	batch_tails(b, 1);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tail = b->tails[b->calls[i].dialled];
		assert_string_equal(batch_text(b, tail), rows[i][1]);
		assert_int_equal(tail == 0, rows[i][1][0] == '\0');
	}
	assert_int_equal(b->tails[b->calls[0].dialled],
	    b->tails[b->calls[3].dialled]);
	batch_free(&b);
}

/* Its memory is used again, but nothing is in it. */
static void
test_reset(void **state)
{
	struct batch *b = batch_new();
	struct origin *origin;
	struct call *call;

	(void)state;
	recorded_add(b, &(struct recorded){ .at = 1, .dialled = "201" });
	assert_int_equal(batch_currency(b, "EUR"), 1);
	assert_int_equal(batch_file(b, "a.csv"), 1);
	/* A source stays what it is: this is for batches without any. */
	b->nsources = 0;
	assert_false(batch_reset(b, 0));
	assert_int_equal(b->n, 0);
	assert_int_equal(intern_count(b->names), 1);
	assert_int_equal(batch_currency(b, "USD"), 1);
	assert_string_equal(batch_text(b, b->currencies[1]), "USD");
	assert_int_equal(batch_file(b, "b.csv"), 1);
	assert_int_equal(intern_count(b->names), 3);
	assert_true(batch_reset(b, 3));
	assert_int_equal(b->n, 0);
	assert_int_equal(intern_count(b->names), 3);
	assert_int_equal(batch_currency(b, "USD"), 1);
	assert_int_equal(intern_count(b->names), 3);
	assert_int_equal(batch_add_many(b, 3), 0);
	assert_int_equal(batch_add(b, &call, &origin), 3);
	assert_int_equal(call->start, 0);
	assert_int_equal(origin->line, 0);
	assert_int_equal(b->n, 4);
	batch_free(&b);
}

static void
test_event(void **state)
{
	struct batch *b = batch_new();

	(void)state;
	recorded_add(b, &(struct recorded){ .at = 1 });
	assert_int_equal(batch_event(b, 0), EVENT_CALL);
	b->origins[0].event = EVENT_QUALITY;
	b->calls[0].flags |= CALL_EVENT;
	assert_int_equal(batch_event(b, 0), EVENT_QUALITY);
	batch_free(&b);
}

static void
test_lower(void **state)
{
	struct batch *b = batch_new();
	int i;

	(void)state;
	assert_int_equal(batch_lower(b, 0), 0);
	for (i = 0; i < 6; i++)
		recorded_add(b, &(struct recorded){ .at = i / 2, .key = 1 });
	batch_sort(b);
	assert_int_equal(batch_lower(b, INT64_MIN), 0);
	assert_int_equal(batch_lower(b, RECORDED_DAY), 0);
	assert_int_equal(batch_lower(b, RECORDED_DAY + 1), 2);
	assert_int_equal(batch_lower(b, RECORDED_DAY + 1000), 2);
	assert_int_equal(batch_lower(b, RECORDED_DAY + 2000), 4);
	assert_int_equal(batch_lower(b, RECORDED_DAY + 2001), 6);
	batch_free(&b);
}

/* Many at once are there like those that come one by one. */
static void
test_many(void **state)
{
	struct batch *b = batch_new();
	size_t i;

	(void)state;
	batch_reserve(b, 100);
	assert_true(b->cap >= 100 && b->origins_cap >= 100);
	b->to_come = 50;
	batch_reserve(b, 100);
	assert_true(b->cap >= 150 && b->origins_cap >= 150);
	recorded_add(b, &(struct recorded){ .at = 5 });
	batch_sort(b);
	assert_int_equal(batch_add_many(b, 0), 1);
	assert_true(b->sorted);
	assert_int_equal(batch_add_many(b, 200), 1);
	assert_false(b->sorted);
	for (i = 1; i <= 200; i++) {
		b->calls[i] = (struct call){ .start = RECORDED_DAY };
		b->origins[i] = (struct origin){ .key = i };
	}
	assert_int_equal(b->n, 201);
	batch_sort(b);
	assert_int_equal(b->calls[200].start, RECORDED_DAY + 5000);
	batch_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_many_currencies),
		cmocka_unit_test(test_parties),
		cmocka_unit_test(test_order_by_name),
		cmocka_unit_test(test_order_by_line),
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_stable),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_duplicates_by_threads),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_tails),
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_lower),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
