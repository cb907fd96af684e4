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

/* What a night keeps. */
struct kept {
	struct buf body, older;
};

static void
take(struct detect_common *s, const struct kept *was)
{
	struct detect_look look = { .was = was != NULL ? &was->body : NULL,
		.older = was != NULL ? &was->older : NULL,
		.first = INT64_MAX };

	detect_common_take(s, &look, STAYS);
}

static void
kept_fini(struct kept *k)
{
	buf_fini(&k->body);
	buf_fini(&k->older);
}

static struct buf
exchange(struct buf *to, struct buf with)
{
	const struct buf was = *to;

	*to = with;
	return was;
}

static void
check(const struct kept *kept, const struct told *want, size_t n)
{
	struct detect_common s;
	size_t i;

	take(&s, kept);
	assert_true(s.until != INT64_MIN);
	for (i = 0; i < n; i++)
		assert_int_equal(detect_common_key(&s, want[i].key, NONE),
		    want[i].at);
	detect_common_fini(&s);
}

/* A night up to `until` that knows of these, be they older or not. */
static void
night(const struct kept *was, int64_t until, const struct told *told, size_t n,
    struct kept *out)
{
	struct detect_common before, next = { .until = until,
		.since = detect_common_since(until, STAYS) };
	size_t i;

	take(&before, was);
	for (i = 0; i < n; i++)
		detect_marks_add(told[i].at < next.since ? &next.now_older
							 : &next.keys,
		    told[i].key, told[i].at);
	buf_init(&out->body);
	buf_init(&out->older);
	if (detect_common_print(&next, &before, LASTS, &out->body,
		&out->older)) {
		assert_int_equal(out->older.len, 0);
		buf_add(&out->older, was->older.data, was->older.len);
	}
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
	struct kept a, b, c;

	(void)state;
	night(NULL, 7 * DAY, first, COUNT(first), &a);
	check(&a, first, COUNT(first));
	/* What is older stays, whatever came since. */
	night(&a, 8 * DAY, second, COUNT(second), &b);
	check(&b, after, COUNT(after));
	take(&s, &a);
	assert_int_equal(s.older.n, 2);
	assert_int_equal(a.older.len, b.older.len);
	assert_memory_equal(a.older.data, b.older.data, a.older.len);
	detect_common_fini(&s);
	/* Then all of it is older, but what is too long ago. */
	night(&b, 11 * DAY, third, COUNT(third), &c);
	check(&c, last, COUNT(last));
	assert_false(b.older.len == c.older.len);
	kept_fini(&a);
	kept_fini(&b);
	kept_fini(&c);
}

/* Another one is nothing, and says that calls are lacking. */
static void
refuse(const struct kept *kept, int64_t first_call, int64_t stays)
{
	struct detect_look look = { .was = &kept->body,
		.older = &kept->older,
		.first = first_call };
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
	struct kept a, b;
	size_t len;

	(void)state;
	night(NULL, 7 * DAY, first, COUNT(first), &a);
	refuse(&a, 7 * DAY - 1, STAYS);
	refuse(&a, 7 * DAY, 2 * STAYS);
	/* What is older is of another instant, or has not all of its bytes. */
	night(NULL, 12 * DAY, first, COUNT(first), &b);
	b.body = exchange(&a.body, b.body);
	refuse(&a, INT64_MAX, STAYS);
	refuse(&b, INT64_MAX, STAYS);
	b.body = exchange(&a.body, b.body);
	for (len = b.older.len; len > 0; len--) {
		buf_cut(&b.older, len - 1);
		refuse(&b, INT64_MAX, STAYS);
	}
	for (len = a.body.len; len > 0; len--) {
		buf_cut(&a.body, len - 1);
		refuse(&a, INT64_MAX, STAYS);
	}
	kept_fini(&a);
	kept_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_since),
		cmocka_unit_test(test_nights), cmocka_unit_test(test_refused) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
