/*
 * Entries that a run may find in its store though no run has left them there:
 * somebody made them so that reading them asks for gigabytes, or so that what
 * is reckoned with them overflows.  They are refused; what is just within the
 * bounds is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/packed.h"
#include "cdr/callpack_impl.h"
#include "cdr/party_impl.h"
#include "cdr/quality_impl.h"
#include "detect/detect_facts_impl.h"

static void
add_number(struct buf *out, int64_t v)
{
	packed_add_numbers(out, &v, 1);
}

static void
add_zeros(struct buf *out, size_t columns, size_t n)
{
	int64_t *zeros = calloc(n + 1, sizeof(*zeros));

	assert_non_null(zeros);
	while (columns-- > 0)
		packed_add_numbers(out, zeros, n);
	free(zeros);
}

/*
 * A list: a text of `len` bytes, and then such as have one of their own and
 * share as much of the one before as they may.  They are in order.
 */
struct list {
	size_t n, len, most;
	bool good;
};

static const struct list lists[] = {
	{ 64, BOUNDS_PACKED_SHARE - 1, BOUNDS_PACKED_SHARE - 1, true },
	{ 64, BOUNDS_PACKED_SHARE, BOUNDS_PACKED_SHARE, false },
	/* 6 GiB of less than 512 KiB */
	{ 100000, 1 << 16, 1 << 16, false },
	{ 100000, 1 << 16, SIZE_MAX, false },
};
enum { LISTS = sizeof(lists) / sizeof(lists[0]) };

/* What stands before it in a list whose first text is "". */
static void
add_list(struct buf *out, const struct list *l, bool empty)
{
	int64_t *shared = calloc(2 * (l->n + 1), sizeof(*shared));
	int64_t *rest = shared + l->n + 1;
	size_t i, k = empty, before = l->len, same;

	assert_non_null(shared);
	rest[k++] = (int64_t)l->len;
	for (i = 1; i < l->n; i++) {
		same = before < l->most ? before : l->most;
		shared[k] = (int64_t)same;
		rest[k++] = 1;
		before = same + 1;
	}
	packed_add_numbers(out, shared, k);
	packed_add_numbers(out, rest, k);
	add_number(out, (int64_t)(l->len + l->n - 1));
	buf_fill(out, ' ', l->len);
	for (i = 1; i < l->n; i++)
		buf_addch(out, (char)(' ' + i % 90));
	free(shared);
}

static void
test_list(void **state)
{
	const unsigned char *at, *end;
	struct packed_texts texts;
	struct buf b, text;
	size_t i, k, sum;
	int r;

	(void)state;
	for (i = 0; i < LISTS; i++) {
		buf_init(&b);
		buf_init(&text);
		add_list(&b, &lists[i], false);
		at = (unsigned char *)b.data;
		end = at + b.len;
		assert_int_equal(packed_take_texts(&texts, &at, end,
				     lists[i].n),
		    0);
		for (k = sum = 0, r = 0; k < lists[i].n && r == 0; k++) {
			r = packed_next_listed(&texts, &text);
			sum += text.len;
		}
		assert_int_equal(r, lists[i].good ? 0 : -1);
		assert_true(sum <= BOUNDS_PACKED_SHARE * b.len);
		buf_fini(&b);
		buf_fini(&text);
	}
}

/* What channels prove: one source. */
static void
test_channels(void **state)
{
	enum { COLUMNS = 10 };
	struct party_kept kept;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < LISTS; i++) {
		const int64_t head[] = { 7, (int64_t)lists[i].n };

		buf_init(&b);
		add_number(&b, 1);
		packed_add_numbers(&b, head, 2);
		packed_add_text(&b, "pbx", 3);
		add_list(&b, &lists[i], false);
		add_zeros(&b, COLUMNS, lists[i].n);
		assert_int_equal(party_kept_read(&kept, &b),
		    lists[i].good ? 0 : -1);
		party_kept_fini(&kept);
		buf_fini(&b);
	}
}

/* Calls of long ago; the first text is that of what is missing. */
static void
test_calls(void **state)
{
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < LISTS; i++) {
		const int64_t head[] = { CALLPACK_FORMAT,
			(int64_t)lists[i].n + 1, 1, 1, 1 };
		struct callpack_reading r = { .b = NULL };

		buf_init(&b);
		arena_init(&r.arena);
		packed_add_numbers(&b, head, CALLPACK_HEAD_SIZE);
		add_list(&b, &lists[i], true);
		add_zeros(&b, CALLPACK_PARTY_COLUMNS, 1);
		add_zeros(&b, CALLPACK_LISTED_COLUMNS, 1);
		add_zeros(&b, CALLPACK_COLUMNS, 1);
		r.at = (unsigned char *)b.data;
		r.end = r.at + b.len;
		assert_int_equal(callpack_take(&r), lists[i].good);
		free(r.texts);
		arena_fini(&r.arena);
		buf_fini(&b);
	}
}

/* Feeds: how many records of a source, its first and its last one. */
struct told_feed {
	int64_t records, first, last;
	bool good;
};

static bool
takes_facts(const struct list *accounts, const struct told_feed *feed)
{
	const int64_t head[FACTS_HEAD_SIZE] = { [FACTS_HEAD_FORMAT] =
						    FACTS_FORMAT,
		[FACTS_HEAD_FLOOR] = INT64_MAX,
		[FACTS_HEAD_SOURCES] = 2,
		[FACTS_HEAD_ACCOUNTS] = (int64_t)accounts->n };
	const int64_t keys[] = { 1, 2 }, records[] = { feed->records, 1 },
		      firsts[] = { feed->first, 0 },
		      lasts[] = { feed->last, 0 };
	const int64_t *const marks[] = { records, firsts, lasts };
	struct detect_facts *f;
	struct detect_keep keep;
	struct buf *b;
	bool good;
	size_t i;

	detect_keep_init(&keep);
	b = detect_keep_put(&keep, DETECT_KEEP_CALLS);
	packed_add_numbers(b, head, FACTS_HEAD_SIZE);
	for (i = 0; i < 3; i++) {
		packed_add_numbers(b, keys, 2);
		packed_add_numbers(b, marks[i], 2);
	}
	add_list(b, accounts, false);
	add_zeros(b, 2, accounts->n);
	add_zeros(b, 2 + 2 + 3, 0);
	f = detect_facts_take(&keep);
	good = f != NULL;
	detect_facts_free(&f);
	detect_keep_fini(&keep);
	return good;
}

static void
test_accounts(void **state)
{
	const struct told_feed feed = { 1, 0, 0, true };
	size_t i;

	(void)state;
	for (i = 0; i < LISTS; i++)
		assert_int_equal(takes_facts(&lists[i], &feed), lists[i].good);
}

static void
test_feeds(void **state)
{
	static const struct told_feed feeds[] = {
		{ 1000000, 0, INT64_C(1) << 50, true },
		{ INT64_MAX, 0, 0, false },
		{ INT64_C(1) << 59, 0, 0, false },
		{ -1, 0, 0, false },
		{ 1, INT64_MAX, 0, false },
		{ 1, 0, INT64_MAX, false },
		{ 1, INT64_MIN, 0, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(feeds) / sizeof(feeds[0]); i++)
		assert_int_equal(takes_facts(&lists[0], &feeds[i]),
		    feeds[i].good);
}

/* What tells of times without records: one source, and one of them. */
static const struct hours {
	int64_t since, first, last, clear;
	int64_t hole[3]; /* from, to, when it was clear */
	bool good;
} hours[] = {
	{ 7, 0, 9, 9, { 1, 9, 5 }, true },
	{ 0, INT64_MAX, INT64_MIN, INT64_MAX, { 1, 9, 5 }, true },
	{ 0, 0, 9, INT64_MIN, { 1, 9, 5 }, true },
	{ INT64_MAX, 0, 9, 9, { 1, 9, 5 }, false },
	{ INT64_MAX / 300000 + 1, 0, 9, 9, { 1, 9, 5 }, false },
	{ -1, 0, 9, 9, { 1, 9, 5 }, false },
	{ 7, INT64_MIN, 9, 9, { 1, 9, 5 }, false },
	{ 7, 0, INT64_MAX, 9, { 1, 9, 5 }, false },
	{ 7, 0, INT64_MIN + 1, 9, { 1, 9, 5 }, false },
	{ 7, 0, 9, INT64_MAX - 1, { 1, 9, 5 }, false },
	{ 7, 0, 9, 9, { INT64_MIN, 9, 5 }, false },
	{ 7, 0, 9, 9, { 1, INT64_MAX, 5 }, false },
	{ 7, 0, 9, 9, { 1, 9, INT64_MAX }, false },
	{ 7, 0, 9, 9, { 1, 9, INT64_MIN }, false },
	{ 7, 0, 9, 9, { 9, 9, 9 }, false },
};

static void
test_hours(void **state)
{
	struct quality_kept kept;
	const struct hours *h;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(hours) / sizeof(hours[0]); i++) {
		h = &hours[i];
		const int64_t hole[] = { h->hole[0], h->hole[1], h->hole[2], 1,
			0 };

		buf_init(&b);
		add_number(&b, h->since);
		add_number(&b, 1);
		packed_add_text(&b, "pbx", 3);
		add_number(&b, h->first);
		add_number(&b, h->last);
		add_number(&b, h->clear);
		add_number(&b, 0);
		add_number(&b, 1);
		add_zeros(&b, 2, 0);
		packed_add_numbers(&b, hole, 5);
		packed_add_text(&b, "cdr.csv", 7);
		assert_int_equal(quality_kept_read(&kept, &b),
		    h->good ? 0 : -1);
		quality_kept_fini(&kept);
		buf_fini(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_channels),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_accounts),
		cmocka_unit_test(test_feeds),
		cmocka_unit_test(test_hours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
