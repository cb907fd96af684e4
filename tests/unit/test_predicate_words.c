#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "five_calls.h"
#include "rule/predicate.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A predicate, a call, and what is said about it. */
static const struct {
	const char *text;
	size_t call;
	const char *out;
} explained[] = {
	{ "{\"direction\": \"out\", \"dst_country\": {\"list\": \"risk\"}}", 0,
	    "pass  direction = \"out\"\n"
	    "pass  dst_country = \"CU\" in list risk: entry \"CU\""
	    " (case 7)\n" },
	{ "{\"direction\": [\"in\", \"transit\"],"
	  " \"duration\": {\"gte\": \"1s\", \"lt\": \"25s\"}}",
	    0,
	    "fail  direction = \"out\", needs \"in\" or \"transit\"\n"
	    "fail  duration = 31s, needs >= 1s and < 25s\n" },
	{ "{\"user\": \"2041\", \"cost\": {\"gt\": \"$least\"}}", 1,
	    "fail  user is missing, needs \"2041\"\n"
	    "fail  cost is missing, needs > $least (2)\n" },
	{ "{\"duration\": {\"lt\": \"$hold\"}, \"forwarded\": true}", 0,
	    "fail  duration = 31s, needs < $hold (31s)\n"
	    "fail  forwarded = false, needs true\n" },
	{ "{\"dst\": {\"regex\": \"\\\\+53755\\\\d{3}\"}}", 0,
	    "fail  dst = \"+5375550142\" (+53755501 matched, stopped at"
	    " 42), needs matches /\\+53755\\d{3}/\n" },
	{ "{\"dst\": {\"regex\": \"\\\\+53755\\\\d{9}\"}}", 0,
	    "fail  dst = \"+5375550142\" (all of it matched, and more is"
	    " needed), needs matches /\\+53755\\d{9}/\n" },
	{ "{\"time\": {\"inside\": \"business-hours\"}}", 4,
	    "fail  time = 2026-01-13 08:30:00, needs inside"
	    " business-hours\n" },
	{ "{\"any\": [{\"cause\": 16}, {\"dst\": {\"prefix\": \"+44\"}}],"
	  " \"not\": {\"src\": {\"field\": \"dst\"}}}",
	    3,
	    "pass  any of\n"
	    "fail    all of\n"
	    "fail      cause = 17, needs 16\n"
	    "pass    all of\n"
	    "pass      dst = \"+442079460123\"\n"
	    "pass  not\n"
	    "fail    all of\n"
	    "fail      src = \"2041\", needs the same as dst\n" },
	{ "{\"user\": {\"exists\": false}}", 0,
	    "fail  user = \"2041\", needs none\n" },
};

/* "fail    duration = 31s" */
static void
add_step(void *context, bool passed, size_t depth, const char *text)
{
	struct buf *out = context;

	buf_addstr(out, passed ? "pass  " : "fail  ");
	buf_fill(out, ' ', depth * 2);
	buf_addf(out, "%s\n", text);
}

static void
test_explain(void **state)
{
	struct fixture *f = *state;
	struct predicate_bound *bound;
	struct errmsg err;
	struct buf out;
	size_t i;

	buf_init(&out);
	for (i = 0; i < COUNT(explained); i++) {
		five_calls_compile(f, explained[i].text);
		assert_non_null(f->p);
		assert_int_equal(predicate_bind(&bound, f->p, f->batch,
				     &f->named, &err),
		    0);
		buf_reset(&out);
		predicate_explain(bound, f->batch, explained[i].call, add_step,
		    &out);
		assert_string_equal(out.data, explained[i].out);
		predicate_unbind(&bound);
	}
	buf_fini(&out);
}

static void
test_brief(void **state)
{
	static const struct {
		const char *text;
		size_t most;
		const char *out;
	} rows[] = {
		{ "{\"src_kind\": [\"anonymous\", \"invalid\","
		  " {\"exists\": false}]}",
		    80, "src_kind anonymous, invalid or missing" },
		{ "{\"any\": [{\"src_kind\": [\"anonymous\", \"invalid\"]},"
		  " {\"src_type\": \"premium\"}]}",
		    80, "src_kind anonymous or invalid, or src_type premium" },
		{ "{\"status\": \"answered\","
		  " \"duration\": {\"gte\": \"1s\", \"lte\": \"$hold\"}}",
		    80, "status answered, duration 1s to 31s" },
		{ "{\"duration\": {\"gt\": \"1s\", \"lt\": \"25s\"},"
		  " \"cost\": {\"lt\": 1.5}, \"cause\": 16}",
		    80, "duration > 1s and < 25s, cost < 1.5, cause 16" },
		{ "{\"international\": true, \"forwarded\": false}", 80,
		    "international true, forwarded false" },
		{ "{\"dst\": {\"prefix\": [\"+53\", \"+44\"]},"
		  " \"src_name\": \"O Neill\"}",
		    80, "dst begins with +53 or +44, src_name \"O Neill\"" },
		{ "{\"dst\": [{\"list\": \"bad\"}, {\"regex\": \"1.*9\"}]}", 80,
		    "dst in list bad or matches /1.*9/" },
		{ "{\"time\": {\"outside\": \"late\"},"
		  " \"src\": {\"field\": \"dst\"}}",
		    80, "time outside late, src the same as dst" },
		{ "{\"not\": {\"any\": [{\"cause\": 1},"
		  " {\"user\": \"1\", \"status\": \"busy\"}]}}",
		    80, "not (cause 1, or (user 1, status busy))" },
		{ "{\"not\": {\"user\": {\"exists\": true}}}", 80,
		    "not user present" },
		{ "{\"src_kind\": [\"anonymous\", \"invalid\"]}", 29,
		    "src_kind anonymous or invalid" },
		{ "{\"src_kind\": [\"anonymous\", \"invalid\"]}", 28,
		    "src_kind anonymous or ..." },
		{ "{\"src_kind\": [\"ok\", \"anonymous\", \"invalid\"]}", 20,
		    "src_kind ok ..." },
		{ "{}", 80, "" },
	};
	struct fixture *f = *state;
	struct buf out;
	size_t i;

	buf_init(&out);
	for (i = 0; i < COUNT(rows); i++) {
		five_calls_compile(f, rows[i].text);
		assert_non_null(f->p);
		buf_reset(&out);
		predicate_brief(f->p, rows[i].most, &out);
		assert_string_equal(out.data, rows[i].out);
	}
	buf_fini(&out);
}

static void
test_lint(void **state)
{
	static const struct {
		const char *text, *code; /* NULL: nothing to say */
	} rows[] = {
		{ "{\"not\": {\"user\": \"2041\"}}", "W301" },
		{ "{\"not\": {\"any\": [{\"dst_country\": \"US\"}]}}", "W301" },
		{ "{\"user\": {\"exists\": true}, \"not\": {\"user\": \"1\"}}",
		    NULL },
		{ "{\"not\": {\"user\": {\"exists\": false}}}", NULL },
		{ "{\"not\": {\"feature\": \"conference\"}}", NULL },
		{ "{\"duration\": {\"gte\": \"10s\", \"lt\": \"10s\"}}",
		    "W303" },
		{ "{\"duration\": {\"gte\": \"10s\", \"lte\": \"10s\"}}",
		    NULL },
		{ "{\"dst\": {\"prefix\": \"0044\"}}", NULL },
		{ "{\"dst\": {\"prefix\": \"+44 20\"}}", "W303" },
		{ "{\"dst\": {\"prefix\": [\"*97\", \"+44\"]}}", NULL },
		{ "{\"dst\": {\"prefix\": \"20@ulm\"}}", NULL },
		{ "{\"trunk_in\": {\"prefix\": \"PJSIP/\"}}", NULL },
		{ "{\"dst\": {\"regex\": \"^\\\\+53.\"}}", "W304" },
		{ "{\"dst\": {\"regex\": \"\\\\+53.$\"}}", "W304" },
		{ "{\"dst\": {\"regex\": \"53.*\"}}", "W304" },
		{ "{\"dst\": {\"regex\": \"5[3].*\"}}", NULL },
		{ "{\"dialled\": {\"regex\": \"5\\\\$\"}}", NULL },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		five_calls_compile(f, rows[i].text);
		assert_non_null(f->p);
		predicate_lint(f->p, &f->notes);
		if (f->notes.n != (rows[i].code != NULL))
			fail_msg("%s: %zu warnings", rows[i].text, f->notes.n);
		if (rows[i].code != NULL)
			assert_string_equal(f->notes.list[0].code,
			    rows[i].code);
	}
}

static void
count_use(void *ctx, enum predicate_uses what, const char *used)
{
	char *seen = ctx;

	(void)strcat(seen, what == USES_LIST ? "l:" : "c:");
	(void)strcat(seen, used);
	(void)strcat(seen, " ");
}

static void
test_names(void **state)
{
	struct fixture *f = *state;
	char seen[200] = "";

	five_calls_compile(f,
	    "{\"dst\": [{\"list\": \"bad\"}, {\"list\": \"old\"}],"
	    " \"not\": {\"time\": {\"inside\": \"late\"}}}");
	predicate_names(f->p, count_use, seen);
	assert_non_null(strstr(seen, "l:bad "));
	assert_non_null(strstr(seen, "l:old "));
	assert_non_null(strstr(seen, "c:late "));
	assert_int_equal(strlen(seen), 19);
}

/* All parts together are the predicate. */
static void
test_parts(void **state)
{
	struct fixture *f = *state;
	struct predicate_bound *bound;
	struct errmsg err;
	struct buf out;
	size_t i, k;
	bool all;

	buf_init(&out);
	five_calls_compile(f,
	    "{\"direction\": \"out\", \"dst\": {\"exists\": true},"
	    " \"any\": [{\"src\": \"1\"}, {\"duration\": "
	    "{\"gte\": \"1s\"}}]}");
	assert_int_equal(predicate_parts(f->p), 3);
	predicate_brief_part(f->p, 0, 80, &out);
	assert_string_equal(out.data, "direction out");
	buf_reset(&out);
	predicate_brief_part(f->p, 2, 80, &out);
	assert_string_equal(out.data, "src 1, or duration >= 1s");
	assert_int_equal(predicate_bind(&bound, f->p, f->batch, &f->named,
			     &err),
	    0);
	for (i = 0; i < f->batch->n; i++) {
		all = true;
		for (k = 0; k < 3; k++)
			all &= predicate_test_part(bound, k, f->batch, i);
		assert_int_equal(all, predicate_test(bound, f->batch, i));
	}
	predicate_unbind(&bound);
	buf_fini(&out);
}
int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_explain, five_calls_set_up,
		    five_calls_tear_down),
		cmocka_unit_test_setup_teardown(test_brief, five_calls_set_up,
		    five_calls_tear_down),
		cmocka_unit_test_setup_teardown(test_lint, five_calls_set_up,
		    five_calls_tear_down),
		cmocka_unit_test_setup_teardown(test_names, five_calls_set_up,
		    five_calls_tear_down),
		cmocka_unit_test_setup_teardown(test_parts, five_calls_set_up,
		    five_calls_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
