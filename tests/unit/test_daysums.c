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

/* Hours stand for themselves on the last four days. */
enum { DAYS = 6, EACH = 3, EVERY = 24 / EACH };
/* The hour behind the last call, the third day. */
enum { END = (DAYS * EACH - 1) * EVERY + 1, THIRD = 2 * 24 };
#define HOUR_MS INT64_C(3600000)

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

/* Hours behind the first day; -1: all may be others. */
static int64_t
since(const struct batch *b, const char *text)
{
	struct daysums d;
	int64_t t;

	daysums_take(&d, b, 2);
	t = daysums_since(&d, text);
	daysums_fini(&d);
	return t == INT64_MIN ? -1 : (t - RECORDED_DAY) / HOUR_MS;
}

static void
test_same(void **state)
{
	struct batch *a = some_days(DAYS, false), *b = some_days(DAYS, true);
	char *one = text_of(a), *other = text_of(b);

	(void)state;
	assert_string_equal(one, other);
	assert_int_equal(since(b, one), END);
	b->calls[2].flags |= CALL_ADDED;
	assert_int_equal(since(b, one), END);
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
	assert_int_equal(since(b, text2), THIRD);
	assert_int_equal(since(fewer, text), THIRD);
	batch_sort(none);
	assert_int_equal(since(none, text), -1);
	free(text);
	free(text2);
	batch_free(&b);
	batch_free(&fewer);
	batch_free(&none);
}

static const struct {
	size_t at, size;
	bool origin;
} members[] = {
#define OF_CALL(m)                                                             \
	{                                                                      \
		offsetof(struct call, m), sizeof(((struct call *)0)->m), false \
	}
#define OF_ORIGIN(m)                                                         \
	{                                                                    \
		offsetof(struct origin, m), sizeof(((struct origin *)0)->m), \
		    true                                                     \
	}
	OF_CALL(start), OF_CALL(ring), OF_CALL(duration), OF_CALL(src),
	OF_CALL(dst), OF_CALL(dialled), OF_CALL(account), OF_CALL(user),
	OF_CALL(trunk_in), OF_CALL(trunk_out), OF_CALL(direction),
	OF_CALL(status), OF_CALL(feature), OF_CALL(account_type),
	OF_CALL(flags), OF_ORIGIN(key), OF_ORIGIN(line), OF_ORIGIN(call_id),
	OF_ORIGIN(service), OF_ORIGIN(cause), OF_ORIGIN(clock)
};

/* One member of a call of the third day is another. */
static void
test_members(void **state)
{
	struct batch *b = some_days(DAYS, false);
	char *text = text_of(b);
	const size_t third = (size_t)2 * EACH;
	unsigned char *byte;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		byte = members[i].origin ? (unsigned char *)&b->origins[third]
					 : (unsigned char *)&b->calls[third];
		byte += members[i].at;
		*byte ^= 1;
		if (since(b, text) != THIRD)
			fail_msg("member %zu", i);
		*byte ^= 1;
		assert_int_equal(since(b, text), END);
	}
	free(text);
	batch_free(&b);
}

/* The same of those that are bits, or stand elsewhere. */
static void
test_other_members(void **state)
{
	struct batch *b = some_days(DAYS, false);
	char *text = text_of(b);
	const size_t third = (size_t)2 * EACH;
	enum call_extra which;
	size_t i;

	(void)state;
#define BIT(member)                              \
	b->origins[third].member ^= 1;           \
	assert_int_equal(since(b, text), THIRD); \
	b->origins[third].member ^= 1;           \
	assert_int_equal(since(b, text), END)
	BIT(zone_kind);
	BIT(stated);
	BIT(user_called);
	BIT(event);
	BIT(quality);
	BIT(rated);
	batch_set_cost(b, third, batch_cost(b, third) + 1);
	assert_int_equal(since(b, text), THIRD);
	batch_set_cost(b, third, batch_cost(b, third) - 1);
	assert_int_equal(since(b, text), END);
	for (i = 0; i < EXTRA_COUNT; i++) {
		which = (enum call_extra)i;
		batch_set_extra(b, which, third,
		    batch_extra(b, which, third) ^ 1);
		assert_int_equal(since(b, text), THIRD);
		batch_set_extra(b, which, third,
		    batch_extra(b, which, third) ^ 1);
		assert_int_equal(since(b, text), END);
	}
	b->parties[b->calls[third].dst].country = intern_addstr(b->names, "GB");
	assert_int_equal(since(b, text), 0);
	free(text);
	batch_free(&b);
}

/* The hour of a call; one of a day that has one sum is that day. */
static void
test_which(void **state)
{
	static const struct {
		size_t call;
		int64_t hour;
	} others[] = { { 0, 0 }, { EACH - 1, 0 }, { EACH, 24 },
		{ 2 * EACH - 1, 24 }, { 2 * EACH, THIRD },
		{ 2 * EACH + 1, THIRD + EVERY }, { DAYS * EACH - 1, END - 1 } };
	struct batch *b = some_days(DAYS, false);
	char *text = text_of(b);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		b->calls[others[i].call].duration++;
		assert_int_equal(since(b, text), others[i].hour);
		b->calls[others[i].call].duration--;
	}
	free(text);
	batch_free(&b);
}

/* The calls from one on, as if the others had not been loaded. */
static struct batch *
some_last(size_t first)
{
	struct batch *b = some_days(DAYS, false);
	size_t i;

	for (i = 0; i < first; i++)
		b->calls[i].flags |= CALL_DUPLICATE;
	b->sorted = false;
	batch_sort(b);
	return b;
}

/* Sums of the last hours alone, put behind those of a text. */
static void
test_before(void **state)
{
	struct batch *all = some_days(DAYS, false), *late;
	struct daysums d;
	struct buf out;
	char *text;
	size_t first;
	int64_t begins;

	(void)state;
	all->origins[1].rated = true;
	all->origins[DAYS * EACH - 1].rated = true;
	text = text_of(all);
	for (first = EACH; first < (size_t)DAYS * EACH; first++) {
		/* Inside a day that has one sum nothing begins. */
		const bool inside = first < 2 * EACH && first % EACH != 0;

		begins = RECORDED_DAY + (int64_t)first * EVERY * HOUR_MS;
		late = some_last(first);
		late->origins[late->n - 1].rated = true;
		daysums_take(&d, late, 2);
		assert_int_equal(daysums_calls(&d), DAYS * EACH - first);
		assert_int_equal(daysums_rated(&d), 1);
		assert_int_equal(daysums_since(&d, text), RECORDED_DAY);
		assert_int_equal(daysums_before(&d, "", begins), -1);
		assert_int_equal(daysums_before(&d, text, begins + HOUR_MS),
		    -1);
		assert_int_equal(daysums_before(&d, text, begins),
		    inside ? -1 : 0);
		if (!inside) {
			assert_int_equal(daysums_calls(&d), DAYS * EACH);
			assert_int_equal(daysums_rated(&d), 2);
			assert_int_equal(daysums_since(&d, text),
			    RECORDED_DAY + END * HOUR_MS);
			buf_init(&out);
			daysums_print(&d, &out);
			assert_string_equal(out.data, text);
			buf_fini(&out);
		}
		daysums_fini(&d);
		batch_free(&late);
	}
	free(text);
	batch_free(&all);
}

/* Where a span begins that has an instant. */
static void
test_begin(void **state)
{
	static const int64_t begins[][2] = { { -1, -1 }, { 0, 0 }, { 23, 0 },
		{ 24, 24 }, { 47, 24 }, { THIRD, THIRD },
		{ THIRD + 5, THIRD + 5 }, { END, END } };
	struct batch *b = some_days(DAYS, false), *none = batch_new();
	char *text = text_of(b);
	struct daysums d;
	size_t i;

	(void)state;
	batch_sort(none);
	daysums_take(&d, none, 1);
	assert_true(daysums_end(&d) == INT64_MIN);
	daysums_fini(&d);
	d = (struct daysums){ .list = NULL };
	assert_int_equal(daysums_before(&d, text, INT64_MAX), 0);
	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		assert_int_equal(daysums_begin(&d,
				     RECORDED_DAY + begins[i][0] * HOUR_MS + 1),
		    RECORDED_DAY + begins[i][1] * HOUR_MS);
	assert_int_equal(daysums_end(&d), RECORDED_DAY + END * HOUR_MS);
	daysums_fini(&d);
	free(text);
	batch_free(&none);
	batch_free(&b);
}

static void
test_refused(void **state)
{
	static const char *const texts[] = { "", "x", "0123456789abcdef", "=",
		"20466=0123456789abcdef", "491184+24=0123456789abcdef:1:0" };
	/* Spans that are none, behind the sum of the sources. */
	static const char *const spans[] = { "+1=0:1:0", "0+2=0:1:0",
		"0+0=0:1:0", "1+24=0:1:0", "0+-1=0:1:0", "0+24=0:1", "0=0:1:0",
		"9000000000000000+1=0:1:0" };
	struct batch *b = some_days(DAYS, false);
	char *text = text_of(b);
	struct buf cut;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(since(b, texts[i]), -1);
	for (i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		buf_init(&cut);
		buf_addf(&cut, "%.16s %s", text, spans[i]);
		assert_int_equal(since(b, cut.data), 0);
		buf_fini(&cut);
	}
	/* A text that ends early, wherever, is never more than it says. */
	for (i = 0; i < strlen(text); i++) {
		buf_init(&cut);
		buf_add(&cut, text, i);
		assert_true(since(b, cut.data) < END);
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
		cmocka_unit_test(test_other_members),
		cmocka_unit_test(test_which),
		cmocka_unit_test(test_before),
		cmocka_unit_test(test_begin),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, site_set_up, site_tear_down);
}
