/*
 * What rules share of the past, over several nights: what is older stays bit
 * by bit for as long as its instant does, and tells the same as what is new.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "detect/detect_held_impl.h"

#define DAY   (24 * INT64_C(3600000))
#define STAYS (5 * DAY)
#define LASTS (3 * DAY)
#define NONE  INT64_C(-1)

/* Keys; the high bits tell where one stands. */
#define KEY(i) ((uint64_t)(i) << 60 | (uint64_t)(i))

struct told {
	uint64_t key;
	int64_t at; /* or NONE */
};

static void
take(struct detect_common *s, const struct buf *was)
{
	struct detect_look look = { .was = was, .first = INT64_MAX };

	detect_common_take(s, &look, STAYS);
}

static void
check(const struct buf *body, const struct told *want, size_t n)
{
	struct detect_common s;
	size_t i;

	take(&s, body);
	assert_true(s.until != INT64_MIN);
	for (i = 0; i < n; i++)
		assert_int_equal(detect_common_key(&s, want[i].key, NONE),
		    want[i].at);
	detect_common_fini(&s);
}

/* A night up to `until` that knows of these, be they older or not. */
static void
night(const struct buf *was, int64_t until, const struct told *told, size_t n,
    struct buf *out)
{
	struct detect_common before, next = { .until = until,
		.since = detect_common_since(until, STAYS) };
	size_t i;

	take(&before, was);
	for (i = 0; i < n; i++)
		detect_marks_add(told[i].at < next.since ? &next.now_older
							 : &next.keys,
		    told[i].key, told[i].at);
	buf_init(out);
	detect_common_print(&next, &before, LASTS, out);
	detect_common_fini(&next);
	detect_common_fini(&before);
}

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const struct told first[] = { { KEY(1), 4 * DAY }, { KEY(9), 3 * DAY },
	{ KEY(2), 6 * DAY } };

static void
test_since(void **state)
{
	static const struct {
		int64_t until, stays, since;
	} rows[] = {
		{ 7 * DAY, STAYS, 5 * DAY },
		{ 5 * DAY, STAYS, 5 * DAY },
		{ 5 * DAY - 1, STAYS, 0 },
		{ -1, STAYS, -5 * DAY },
		{ -5 * DAY, STAYS, -5 * DAY },
		{ 7 * DAY, 0, INT64_MIN },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		assert_int_equal(detect_common_since(rows[i].until,
				     rows[i].stays),
		    rows[i].since);
}

static void
test_nights(void **state)
{
	static const struct told second[] = { { KEY(1), 15 * DAY / 2 } };
	static const struct told after[] = { { KEY(1), 15 * DAY / 2 },
		{ KEY(2), 6 * DAY }, { KEY(3), NONE }, { KEY(9), 3 * DAY } };
	static const struct told third[] = { { KEY(3), 9 * DAY },
		{ KEY(4), 21 * DAY / 2 } };
	static const struct told last[] = { { KEY(1), 15 * DAY / 2 },
		{ KEY(2), NONE }, { KEY(3), 9 * DAY }, { KEY(4), 21 * DAY / 2 },
		{ KEY(9), NONE } };
	struct detect_common s;
	struct buf a, b, c;

	(void)state;
	night(NULL, 7 * DAY, first, COUNT(first), &a);
	check(&a, first, COUNT(first));
	/* What is older is the same bytes, whatever came since. */
	night(&a, 8 * DAY, second, COUNT(second), &b);
	check(&b, after, COUNT(after));
	take(&s, &a);
	assert_int_equal(s.older.n, 2);
	assert_memory_equal(a.data, b.data,
	    (size_t)(s.older.end - (const unsigned char *)a.data));
	detect_common_fini(&s);
	/* Then all of it is older, but what is too long ago. */
	night(&b, 11 * DAY, third, COUNT(third), &c);
	check(&c, last, COUNT(last));
	buf_fini(&a);
	buf_fini(&b);
	buf_fini(&c);
}

/* Another one is nothing, and says that calls are lacking. */
static void
refuse(const struct buf *body, int64_t first_call, int64_t stays)
{
	struct detect_look look = { .was = body, .first = first_call };
	struct detect_common s;

	detect_common_take(&s, &look, stays);
	assert_true(s.until == INT64_MIN && s.since == INT64_MIN);
	assert_int_equal(s.keys.n + s.older.n, 0);
	assert_true(look.lacks);
	detect_common_fini(&s);
}

static void
test_refused(void **state)
{
	struct buf a;
	size_t len;

	(void)state;
	night(NULL, 7 * DAY, first, COUNT(first), &a);
	refuse(&a, 7 * DAY - 1, STAYS);
	refuse(&a, 7 * DAY, 2 * STAYS);
	refuse(&a, 7 * DAY, 0);
	for (len = a.len; len > 0; len--) {
		buf_cut(&a, len - 1);
		refuse(&a, INT64_MAX, STAYS);
	}
	buf_fini(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_since),
		cmocka_unit_test(test_nights), cmocka_unit_test(test_refused) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
