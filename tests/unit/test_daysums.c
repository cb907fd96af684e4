#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cdr/daysums.h"
#include "recorded.h"

enum { DAYS = 4, EACH = 3 };
#define DAY_MS INT64_C(86400000)

/* A few calls on each of some days, understood; from both ends, or not. */
static struct batch *
some_days(int days, bool backwards)
{
	struct batch *b = batch_new();
	int i, k;

	(void)batch_file(b, "cdr.csv");
	for (i = 0; i < days * EACH; i++) {
		k = backwards ? days * EACH - 1 - i : i;
		recorded_add(b, &(struct recorded){ .at = k * (86400 / EACH),
				    .src = k % 2 == 0 ? "2041" : "2042",
				    .dst = "913125550142",
				    .in = "PJSIP/2041-1",
				    .out = "PJSIP/carrier-1",
				    .status = STATUS_ANSWERED,
				    .talk = 60,
				    .file = 1,
				    .line = (uint32_t)k + 1 });
	}
	batch_sort(b);
	recorded_resolve(b, recorded_site.plan, NULL, 0, NULL);
	batch_tails(b, 1);
	return b;
}

static char *
text_of(const struct batch *b)
{
	struct daysums d;
	struct buf out;
	char *text;

	buf_init(&out);
	daysums_take(&d, b, 2);
	daysums_print(&d, &out);
	daysums_fini(&d);
	text = strdup(out.data);
	assert_non_null(text);
	buf_fini(&out);
	return text;
}

/* Days behind the first one; -1: all may be others. */
static int64_t
since(const struct batch *b, const char *text)
{
	struct daysums d;
	int64_t t;

	daysums_take(&d, b, 2);
	t = daysums_since(&d, text);
	daysums_fini(&d);
	return t == INT64_MIN ? -1 : (t - RECORDED_DAY) / DAY_MS;
}

static void
test_same(void **state)
{
	struct batch *a = some_days(DAYS, false), *b = some_days(DAYS, true);
	char *one = text_of(a), *other = text_of(b);

	(void)state;
	assert_string_equal(one, other);
	assert_int_equal(since(b, one), DAYS);
	b->calls[2].flags |= CALL_ADDED;
	assert_int_equal(since(b, one), DAYS);
	free(one);
	free(other);
	batch_free(&a);
	batch_free(&b);
}

/* Days that came, or are gone. */
static void
test_days(void **state)
{
	struct batch *b = some_days(DAYS, false), *fewer = some_days(2, false);
	char *text = text_of(b), *text2 = text_of(fewer);
	struct batch *none = batch_new();

	(void)state;
	assert_int_equal(since(b, text2), 2);
	assert_int_equal(since(fewer, text), 2);
	batch_sort(none);
	assert_int_equal(since(none, text), -1);
	free(text);
	free(text2);
	batch_free(&b);
	batch_free(&fewer);
	batch_free(&none);
}

/* One member of a call of the third day is another. */
static void
test_members(void **state)
{
	static const struct {
		size_t at, size;
		bool origin;
	} members[] = {
#define OF_CALL(m) \
	{ offsetof(struct call, m), sizeof(((struct call *)0)->m), false }
#define OF_ORIGIN(m)                                                         \
	{                                                                    \
		offsetof(struct origin, m), sizeof(((struct origin *)0)->m), \
		    true                                                     \
	}
		OF_CALL(start), OF_CALL(ring), OF_CALL(duration), OF_CALL(src),
		OF_CALL(dst), OF_CALL(dialled), OF_CALL(account), OF_CALL(user),
		OF_CALL(trunk_in), OF_CALL(trunk_out), OF_CALL(direction),
		OF_CALL(status), OF_CALL(feature), OF_CALL(account_type),
		OF_CALL(flags), OF_ORIGIN(key), OF_ORIGIN(line),
		OF_ORIGIN(call_id), OF_ORIGIN(service), OF_ORIGIN(cause),
		OF_ORIGIN(clock)
	};
	struct batch *b = some_days(DAYS, false);
	char *text = text_of(b);
	const size_t third = (size_t)2 * EACH;
	enum call_extra which;
	unsigned char *byte;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		byte = members[i].origin ? (unsigned char *)&b->origins[third]
					 : (unsigned char *)&b->calls[third];
		byte += members[i].at;
		*byte ^= 1;
		if (since(b, text) != 2)
			fail_msg("member %zu", i);
		*byte ^= 1;
		assert_int_equal(since(b, text), DAYS);
	}
#define BIT(member)                          \
	b->origins[third].member ^= 1;       \
	assert_int_equal(since(b, text), 2); \
	b->origins[third].member ^= 1;       \
	assert_int_equal(since(b, text), DAYS)
	BIT(zone_kind);
	BIT(stated);
	BIT(user_called);
	BIT(event);
	BIT(quality);
	BIT(rated);
	batch_set_cost(b, third, batch_cost(b, third) + 1);
	assert_int_equal(since(b, text), 2);
	batch_set_cost(b, third, batch_cost(b, third) - 1);
	assert_int_equal(since(b, text), DAYS);
	for (i = 0; i < EXTRA_COUNT; i++) {
		which = (enum call_extra)i;
		batch_set_extra(b, which, third,
		    batch_extra(b, which, third) ^ 1);
		assert_int_equal(since(b, text), 2);
		batch_set_extra(b, which, third,
		    batch_extra(b, which, third) ^ 1);
		assert_int_equal(since(b, text), DAYS);
	}
	b->parties[b->calls[third].dst].country = intern_addstr(b->names, "GB");
	assert_int_equal(since(b, text), 0);
	free(text);
	batch_free(&b);
}

/* Sums of the last days alone, put behind those of a text. */
static void
test_before(void **state)
{
	struct batch *all = some_days(DAYS, false);
	struct batch *late = some_days(DAYS, false);
	const int64_t begins = RECORDED_DAY + 2 * DAY_MS;
	struct daysums d;
	struct buf out;
	char *text;
	size_t i;

	(void)state;
	all->origins[1].rated = late->origins[1].rated = true;
	all->origins[DAYS * EACH - 1].rated = true;
	late->origins[DAYS * EACH - 1].rated = true;
	text = text_of(all);
	for (i = 0; i < (size_t)2 * EACH; i++)
		late->calls[i].flags |= CALL_DUPLICATE;
	late->sorted = false;
	batch_sort(late);
	daysums_take(&d, late, 2);
	assert_int_equal(daysums_calls(&d), 2 * EACH);
	assert_int_equal(daysums_rated(&d), 1);
	assert_int_equal(daysums_since(&d, text), RECORDED_DAY);
	assert_int_equal(daysums_before(&d, "", begins), -1);
	assert_int_equal(daysums_before(&d, text, begins + DAY_MS), -1);
	assert_int_equal(daysums_before(&d, text, begins), 0);
	assert_int_equal(daysums_calls(&d), DAYS * EACH);
	assert_int_equal(daysums_rated(&d), 2);
	assert_int_equal(daysums_since(&d, text), RECORDED_DAY + DAYS * DAY_MS);
	buf_init(&out);
	daysums_print(&d, &out);
	assert_string_equal(out.data, text);
	buf_fini(&out);
	daysums_fini(&d);
	free(text);
	batch_free(&all);
	batch_free(&late);
}

static void
test_refused(void **state)
{
	static const char *const texts[] = { "", "x", "0123456789abcdef", "=",
		"20466=0123456789abcdef" };
	struct batch *b = some_days(DAYS, false);
	char *text = text_of(b);
	struct buf cut;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(since(b, texts[i]), -1);
	/* A text that ends early, wherever, is never more than it says. */
	for (i = 0; i < strlen(text); i++) {
		buf_init(&cut);
		buf_add(&cut, text, i);
		assert_true(since(b, cut.data) < DAYS);
		buf_fini(&cut);
	}
	b->sources[0].calendar = "business-hours";
	assert_int_equal(since(b, text), -1);
	free(text);
	batch_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_before),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, site_set_up, site_tear_down);
}
