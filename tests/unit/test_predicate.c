#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "five_calls.h"
#include "rule/predicate.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* All calls at a time gives what one after the other gave. */
static void
selected(struct fixture *f, const struct predicate_answers *answers,
    const char *want)
{
	struct errmsg err;
	uint64_t bits[1];
	size_t i;

	assert_int_equal(predicate_select(answers, f->p, false, f->batch,
			     &f->named, bits, &err),
	    0);
	for (i = 0; i < 64; i++)
		assert_int_equal(bits[0] >> i & 1, i < CALLS && want[i] == '1');
}

/* "10010": which of the calls it holds for. */
static void
answers(struct fixture *f, char out[CALLS + 1])
{
	struct predicate_bound *bound;
	struct errmsg err;
	size_t i;

	assert_int_equal(predicate_bind(&bound, f->p, f->batch, &f->named,
			     &err),
	    0);
	for (i = 0; i < CALLS; i++)
		out[i] = predicate_test(bound, f->batch, i) ? '1' : '0';
	out[CALLS] = '\0';
	predicate_unbind(&bound);
	assert_null(bound);
	selected(f, NULL, out);
}

/* Predicates, and for which of the five calls each holds. */
static const struct {
	const char *text, *calls;
} answered[] = {
	{ "{}", "11111" },
	/* words and truths */
	{ "{\"direction\": \"out\"}", "10010" },
	{ "{\"direction\": [\"out\", \"transit\"]}", "10011" },
	{ "{\"status\": [\"busy\", \"no-answer\"]}", "00110" },
	{ "{\"forwarded\": true}", "00010" },
	{ "{\"forwarded\": [true, false]}", "11111" },
	{ "{\"international\": true}", "10000" },
	{ "{\"international\": false}", "01011" },
	{ "{\"feature\": \"none\"}", "10111" },
	{ "{\"src_kind\": [\"anonymous\", \"invalid\"]}", "00100" },
	{ "{\"dst_type\": \"toll-free\"}", "01000" },
	/* texts */
	{ "{\"dst\": \"+5375550142\"}", "10000" },
	{ "{\"dst\": [\"2041\", \"+18005550199\"]}", "01100" },
	{ "{\"dst\": {\"prefix\": \"+1\"}}", "01001" },
	{ "{\"dst\": {\"prefix\": [\"+53\", \"+44\"]}}", "10010" },
	{ "{\"dst\": {\"prefix\": \"+537555014299\"}}", "00000" },
	{ "{\"dst\": {\"suffix\": \"0142\"}}", "10001" },
	{ "{\"dst\": {\"suffix\": [\"99\", \"23\"]}}", "01010" },
	{ "{\"dst\": {\"regex\": \"\\\\+\\\\d+\"}}", "11011" },
	{ "{\"dst\": {\"regex\": \"\\\\+53\"}}", "00000" },
	{ "{\"dst\": {\"prefix\": \"+\", \"suffix\": \"42\"}}", "10001" },
	{ "{\"dst\": [\"2041\", {\"prefix\": \"+53\"}]}", "10100" },
	{ "{\"dst_country\": [\"CU\", \"GB\"]}", "10010" },
	{ "{\"account\": \"a1\"}", "00000" },
	/* lists; call 3 is in the night before 1 June in UTC */
	{ "{\"dst\": {\"list\": \"bad\"}}", "10000" },
	{ "{\"src\": {\"list\": \"bad\"}}", "00000" },
	{ "{\"dst\": {\"list\": \"old\"}}", "00000" },
	{ "{\"dst\": {\"list\": \"young\"}}", "00010" },
	{ "{\"dst\": {\"list\": \"young\", \"suffix\": \"3\"}}", "00010" },
	{ "{\"dst\": {\"list\": \"young\", \"suffix\": \"4\"}}", "00000" },
	{ "{\"dst\": {\"list\": \"young\", \"regex\": \".4.*\"}}", "00010" },
	{ "{\"dst\": {\"list\": \"young\", \"prefix\": \"+44\"}}", "00010" },
	{ "{\"dst\": [\"2041\", {\"list\": \"young\"}]}", "00110" },
	{ "{\"dst\": [{\"list\": \"young\"}, {\"list\": \"bad\"}]}", "10010" },
	{ "{\"dst_country\": {\"list\": \"risk\"}}", "10000" },
	/* amounts */
	{ "{\"duration\": {\"gte\": \"10s\"}}", "11000" },
	{ "{\"duration\": {\"gt\": \"10s\"}}", "10000" },
	{ "{\"duration\": {\"lte\": \"10s\"}}", "01111" },
	{ "{\"duration\": {\"lt\": \"10s\"}}", "00111" },
	{ "{\"duration\": {\"gte\": \"1s\", \"lt\": \"31s\"}}", "01000" },
	{ "{\"duration\": \"31s\"}", "10000" },
	{ "{\"duration\": \"$hold\"}", "10000" },
	{ "{\"duration\": [\"10s\", {\"gt\": \"30.999s\"}]}", "11000" },
	{ "{\"cause\": 16.5}", "00000" },
	{ "{\"cost\": {\"gte\": 1.5}}", "10000" },
	{ "{\"cost\": {\"gt\": 1.5}}", "00000" },
	{ "{\"cost\": {\"lt\": \"$least\"}}", "10000" },
	{ "{\"cause\": 17}", "00010" },
	{ "{\"cause\": {\"gte\": 16.5, \"lte\": 17.5}}", "00010" },
	{ "{\"start\": {\"gte\": \"2026-02-01\"}}", "00010" },
	{ "{\"start\": {\"lt\": \"2026-01-13T10:00:00Z\"}}", "10000" },
	/* another field */
	{ "{\"src\": {\"field\": \"dst\"}}", "00001" },
	{ "{\"user\": {\"field\": \"src\"}}", "10000" },
	{ "{\"src_country\": {\"field\": \"dst_country\"}}", "01001" },
	{ "{\"src_type\": {\"field\": \"dst_type\"}}", "00001" },
	{ "{\"duration\": {\"field\": \"ring\"}}", "00111" },
	/* missing values satisfy nothing else */
	{ "{\"user\": {\"exists\": true}}", "10000" },
	{ "{\"user\": {\"exists\": false}}", "01111" },
	{ "{\"user\": [\"2041\", {\"exists\": false}]}", "11111" },
	{ "{\"cost\": {\"exists\": false}}", "01111" },
	{ "{\"src\": {\"exists\": false}}", "00100" },
	{ "{\"src_kind\": {\"exists\": true}}", "11111" },
	{ "{\"src\": {\"prefix\": \"+\", \"exists\": false}}", "00000" },
	{ "{\"src\": {\"regex\": \".*\"}}", "11011" },
	{ "{\"not\": {\"user\": \"2041\"}}", "01111" },
	/* any, all, not */
	{ "{\"any\": [{\"direction\": \"in\"}, {\"cause\": 17}]}", "01110" },
	{ "{\"all\": [{\"direction\": \"in\"}, {\"status\": \"answered\"}]}",
	    "01000" },
	{ "{\"not\": {\"direction\": \"in\", \"status\": \"answered\"}}",
	    "10111" },
	{ "{\"not\": {\"any\": [{\"direction\": \"in\"},"
	  " {\"international\": true}]}}",
	    "00011" },
	{ "{\"direction\": \"out\", \"any\": [{\"dst\": {\"list\": \"bad\"}},"
	  " {\"forwarded\": true}], \"not\": {\"cost\": {\"gt\": 1}}}",
	    "00010" },
	{ "{\"not\": {}}", "00000" },
	/* calendars: business-hours of call 4 is its source's own */
	{ "{\"time\": {\"inside\": \"business-hours\"}}", "01000" },
	{ "{\"time\": {\"outside\": \"business-hours\"}}", "10111" },
	{ "{\"time\": {\"inside\": \"always\"}}", "11111" },
	{ "{\"time\": {\"inside\": \"late\"}}", "01000" },
	{ "{\"time\": [{\"inside\": \"late\"},"
	  " {\"outside\": \"business-hours\"}]}",
	    "11111" },
	{ "{\"time\": {\"inside\": \"always\", \"outside\": \"late\"}}",
	    "10111" },
};

static void
test_holds(void **state)
{
	struct fixture *f = *state;
	char calls[CALLS + 1];
	size_t i;

	for (i = 0; i < COUNT(answered); i++) {
		five_calls_compile(f, answered[i].text);
		if (f->p == NULL)
			fail_msg("%s: %s", answered[i].text,
			    f->notes.list[0].text);
		predicate_check_names(f->p, &f->named, &f->notes);
		assert_int_equal(f->notes.n, 0);
		answers(f, calls);
		if (strcmp(calls, answered[i].calls) != 0)
			fail_msg("%s: %s, not %s", answered[i].text, calls,
			    answered[i].calls);
	}
}

/* Predicates that are wrong: code, columns of the mark, a part of the help. */
static const struct {
	const char *text, *code;
	unsigned column, end;
	const char *help;
} refused[] = {
	{ "[]", "E204", 1, 3, "a predicate is needed" },
	{ "{\"dst_contry\": \"CU\"}", "E201", 2, 14, "\"dst_country\"" },
	{ "{\"banana\": 1}", "E201", 2, 10, NULL },
	{ "{\"dst\": {\"prefx\": \"+1\"}}", "E202", 10, 17, "\"prefix\"" },
	{ "{\"dst\": {\"ne\": \"+1\"}}", "E202", 10, 14, NULL },
	{ "{\"dst\": {\"regex\": \"\\\\+53(5\"}}", "E203", 27, 28,
	    "parenthesis" },
	{ "{\"dst\": {\"regex\": \"[\\u0030-9\"}}", "E203", 29, 30, NULL },
	{ "{\"dst\": 442079460123}", "E204", 9, 21, "a text in quotes" },
	{ "{\"dst\": null}", "E204", 9, 13, NULL },
	{ "{\"dst\": {\"prefix\": 1}}", "E204", 20, 21, NULL },
	{ "{\"dst\": {\"regex\": 1}}", "E204", 19, 20, NULL },
	{ "{\"dst\": {\"list\": 1}}", "E204", 18, 19, NULL },
	{ "{\"dst\": {\"exists\": 1}}", "E204", 20, 21, "true or false" },
	{ "{\"duration\": 25}", "E204", 14, 16, "\"10m\"" },
	{ "{\"duration\": {\"gte\": 25}}", "E204", 22, 24, "\"10m\"" },
	{ "{\"duration\": {\"gte\": \"$least\"}}", "E204", 22, 30, NULL },
	{ "{\"cost\": {\"gte\": \"5s\"}}", "E204", 18, 22, "a number" },
	{ "{\"forwarded\": \"true\"}", "E204", 15, 21, "true or false" },
	{ "{\"direction\": true}", "E204", 15, 19, NULL },
	{ "{\"start\": {\"gte\": \"soon\"}}", "E204", 19, 25, "a time" },
	{ "{\"time\": \"business-hours\"}", "E204", 10, 26, "inside" },
	{ "{\"any\": {}}", "E204", 9, 11, "an array of predicates" },
	{ "{\"not\": [1]}", "E204", 9, 12, "a predicate" },
	{ "{\"all\": [1]}", "E204", 10, 11, "a predicate" },
	{ "{\"direction\": \"outbound\"}", "E205", 15, 25, NULL },
	{ "{\"direction\": [\"in\", \"ouut\"]}", "E205", 22, 28, "\"out\"" },
	{ "{\"direction\": \"\"}", "E205", 15, 17, NULL },
	{ "{\"dst\": []}", "E208", 9, 11, NULL },
	{ "{\"dst\": {}}", "E208", 9, 11, NULL },
	{ "{\"dst\": \"\"}", "E208", 9, 11, NULL },
	{ "{\"dst\": {\"prefix\": []}}", "E208", 20, 22, NULL },
	{ "{\"dst\": {\"regex\": \"\"}}", "E208", 19, 21, NULL },
	{ "{\"any\": []}", "E208", 9, 11, NULL },
	{ "{\"duration\": {\"prefix\": \"5\"}}", "E209", 15, 23, NULL },
	{ "{\"dst\": {\"gte\": 5}}", "E209", 10, 15, NULL },
	{ "{\"direction\": {\"regex\": \"o.*\"}}", "E209", 16, 23, NULL },
	{ "{\"time\": {\"gte\": \"5s\"}}", "E209", 11, 16, NULL },
	{ "{\"dst\": {\"inside\": \"late\"}}", "E209", 10, 18, NULL },
	{ "{\"dst\": {\"field\": \"duration\"}}", "E209", 19, 29, NULL },
	{ "{\"src_type\": {\"field\": \"src_kind\"}}", "E209", 24, 34, NULL },
	{ "{\"dst\": {\"field\": \"srk\"}}", "E201", 19, 24, "\"src\"" },
	{ "{\"cost\": {\"gte\": \"$most\"}}", "E302", 18, 25, NULL },
};

static void
test_refused(void **state)
{
	struct fixture *f = *state;
	const struct note *n;
	size_t i;

	for (i = 0; i < COUNT(refused); i++) {
		five_calls_compile(f, refused[i].text);
		if (f->p != NULL || f->notes.n != 1)
			fail_msg("%s: accepted", refused[i].text);
		n = &f->notes.list[0];
		if (strcmp(n->code, refused[i].code) != 0 ||
		    n->column != refused[i].column || n->end != refused[i].end)
			fail_msg("%s: %s at %u to %u: %s", refused[i].text,
			    n->code, n->column, n->end, n->text);
		assert_int_equal(n->level, NOTE_ERROR);
		if (refused[i].help != NULL &&
		    (n->help == NULL ||
			strstr(n->help, refused[i].help) == NULL))
			fail_msg("%s: help %s", refused[i].text,
			    n->help != NULL ? n->help : "none");
	}
}

/* All problems at once, patterns of the good half given back. */
static void
test_many_problems(void **state)
{
	struct fixture *f = *state;

	five_calls_compile(f, "{\"dst\": {\"regex\": \"\\\\d+\"}, \"x\": 1,"
			      " \"any\": [{\"y\": 1}, {\"duration\": 1}]}");
	assert_null(f->p);
	assert_int_equal(f->notes.errors, 3);
}

static void
test_too_many(void **state)
{
	struct fixture *f = *state;
	struct buf b;
	int i;

	buf_init(&b);
	buf_addstr(&b, "{\"any\": [");
	for (i = 0; i <= BOUNDS_CLAUSES + 1; i++)
		buf_addf(&b, "%s{\"dst\": \"%d\"}", i > 0 ? "," : "", i);
	buf_addstr(&b, "]}");
	five_calls_compile(f, b.data);
	assert_null(f->p);
	assert_int_equal(f->notes.n, 1);
	assert_string_equal(f->notes.list[0].code, "E210");
	buf_fini(&b);
}

static void
test_unknown_names(void **state)
{
	static const struct {
		const char *text, *code, *help;
	} rows[] = {
		{ "{\"dst\": {\"list\": \"bda\"}}", "E206", "\"bad\"" },
		{ "{\"dst\": {\"list\": \"nothing\"}}", "E206", NULL },
		{ "{\"time\": {\"inside\": \"business-huors\"}}", "E207",
		    "\"business-hours\"" },
		{ "{\"dst\": {\"list\": \"risk\"}}", "E211", NULL },
		{ "{\"account\": {\"list\": \"bad\"}}", "E211", NULL },
		{ "{\"not\": {\"dst_country\": [{\"list\": \"bad\"}]}}", "E211",
		    NULL },
	};
	struct fixture *f = *state;
	struct predicate_bound *bound;
	struct errmsg err;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		five_calls_compile(f, rows[i].text);
		assert_non_null(f->p);
		predicate_check_names(f->p, &f->named, &f->notes);
		assert_int_equal(f->notes.n, 1);
		assert_string_equal(f->notes.list[0].code, rows[i].code);
		if (rows[i].help != NULL)
			assert_non_null(
			    strstr(f->notes.list[0].help, rows[i].help));
		if (strcmp(rows[i].code, "E211") == 0)
			continue;
		assert_int_equal(predicate_bind(&bound, f->p, f->batch,
				     &f->named, &err),
		    -1);
		assert_null(bound);
		assert_non_null(strstr(err.text, "unknown "));
	}
}

/*
 * A pattern that needs too many steps is never "no match"; what a stranger
 * wrote is shown cut and harmless.
 */
static void
test_pattern_limit(void **state)
{
	struct fixture *f = *state;
	struct predicate_bound *bound;
	struct errmsg err;

	f->batch->calls[0].dialled = intern_addstr(f->batch->names,
	    "000000000000000000000000000000000000000000000000000000\033[0m000"
	    "9x");
	five_calls_compile(f,
	    "{\"dialled\": {\"regex\": \"(0+)+(0+)+(0+)+9\"}}");
	assert_non_null(f->p);
	assert_int_equal(predicate_bind(&bound, f->p, f->batch, &f->named,
			     &err),
	    1);
	assert_null(bound);
	assert_string_equal(err.text,
	    "dialled: '000000000000000000000000000000000000000000000000000000"
	    "?[0m00...': pattern '(0+)+(0+)+(0+)+9' gave up: match limit "
	    "exceeded");
}
int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_holds, five_calls_set_up,
		    five_calls_tear_down),
		cmocka_unit_test_setup_teardown(test_refused, five_calls_set_up,
		    five_calls_tear_down),
		cmocka_unit_test_setup_teardown(test_many_problems,
		    five_calls_set_up, five_calls_tear_down),
		cmocka_unit_test_setup_teardown(test_too_many,
		    five_calls_set_up, five_calls_tear_down),
		cmocka_unit_test_setup_teardown(test_unknown_names,
		    five_calls_set_up, five_calls_tear_down),
		cmocka_unit_test_setup_teardown(test_pattern_limit,
		    five_calls_set_up, five_calls_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
