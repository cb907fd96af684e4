#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "detect/ruletest.h"
#include "scene.h"

/* A rule of three calls in two hours with these tests. */
#define THREE(tests)                                                         \
	"{\"cdrrules\": 1, \"lists\": {\"bad\": {\"kind\": \"prefix\", "     \
	"\"of\": \"dst\", \"title\": \"L\", \"values\": [\"+999\"]}}, "      \
	"\"rules\": [{\"id\": \"three\", \"version\": 1, \"title\": \"T\", " \
	"\"description\": \"D\", \"status\": \"test\", "                     \
	"\"fraud_type\": \"irsf\", \"family\": \"time\", \"score\": 45, "    \
	"\"escalate\": [{\"gte\": 10, \"score\": 65}], "                     \
	"\"match\": {\"direction\": \"out\"}, "                              \
	"\"by\": [\"account\"], "                                            \
	"\"measure\": {\"fn\": \"count\", \"over\": \"2h\"}, "               \
	"\"when\": {\"gte\": 3}, \"waiver_needs\": [\"account\"], "          \
	"\"tests\": [" tests "]}]}"

#define BASE                                                  \
	"\"name\": \"n\", \"base\": {\"account\": \"A1\", "   \
	"\"direction\": \"out\"}, \"calls\": [{"              \
	"\"start\": \"2026-01-13T02:00:00\", \"repeat\": 3, " \
	"\"every\": \"10m\"}]"

#define GOOD "\"expect\": [{\"by\": {\"account\": \"A1\"}, \"calls\": 3}]"

/* Run; `details` of the only test. */
static void
check(const char *rules, const char *details)
{
	struct ruletest_report rep;
	struct scene s;

	assert_int_equal(scene_rules(&s, rules), 0);
	ruletest_init(&rep);
	assert_int_equal(ruletest_run(&s.rules, NULL, &rep, &s.notes, &s.err),
	    0);
	assert_int_equal(rep.n, 1);
	assert_string_equal(rep.results[0].details, details);
	assert_int_equal(rep.results[0].passed, details[0] == '\0');
	assert_int_equal(rep.passed, details[0] == '\0');
	assert_int_equal(rep.failed, details[0] != '\0');
	assert_string_equal(rep.results[0].name, "n");
	assert_int_equal(rep.results[0].line, 1);
	assert_non_null(rep.results[0].file);
	ruletest_fini(&rep);
	scene_end(&s);
}

/* The rule that another follows takes part in the tests of that one. */
static void
test_follower(void **state)
{
	static const char rules[] =
	    "{\"cdrrules\": 1, \"rules\": [{\"id\": \"guess\", \"version\": "
	    "1, \"title\": \"G\", \"description\": \"D\", \"status\": "
	    "\"test\", \"private\": true, \"fraud_type\": \"irsf\", "
	    "\"family\": \"auth\", \"score\": 5, \"waiver_needs\": "
	    "[\"account\"], \"match\": {\"feature\": \"voicemail\"}, "
	    "\"by\": [\"dst\"]}, {\"id\": \"out\", \"version\": 1, "
	    "\"title\": \"O\", \"description\": \"D\", \"status\": "
	    "\"test\", \"fraud_type\": \"irsf\", \"family\": \"auth\", "
	    "\"score\": 45, \"waiver_needs\": [\"account\"], \"match\": "
	    "{\"direction\": \"out\"}, \"by\": [\"account\"], \"follows\": "
	    "{\"rule\": \"guess\", \"within\": \"10s\", \"same\": "
	    "[[\"src\", \"dst\"]]}, \"tests\": [{\"name\": \"n\", "
	    "\"base\": {\"account\": \"A1\"}, \"calls\": [{\"start\": "
	    "\"2026-01-13T02:00:00\", \"dst\": \"201\", \"feature\": "
	    "\"voicemail\"}, {\"start\": \"2026-01-13T02:00:%s\", "
	    "\"src\": \"201\", \"direction\": \"out\"}], \"expect\": "
	    "[{\"by\": {\"account\": \"A1\"}, \"calls\": 1}], "
	    "\"not_when\": [{\"feature\": \"none\"}, {\"src\": \"202\"}]}]}]}";
	struct buf b;

	(void)state;
	buf_init(&b);
	buf_addf(&b, rules, "10");
	check(b.data, "");
	buf_reset(&b);
	buf_addf(&b, rules, "11");
	check(b.data, "expected {\"by\": {\"account\": \"A1\"}, \"calls\": "
		      "1}   got nothing\n");
	buf_fini(&b);
}

static void
test_passes(void **state)
{
	(void)state;
	check(THREE("{" BASE ", " GOOD ", \"not_when\": ["
		    "{\"direction\": \"in\"}, {\"repeat\": 2}, "
		    "{\"every\": \"61m\"}, {\"account\": null}, "
		    "{\"direction\": null}]}"),
	    "");
	/* local times, a call a day, half of the week */
	check(THREE("{\"name\": \"n\", \"tz\": \"Europe/Berlin\", "
		    "\"base\": {\"account\": \"A1\", \"direction\": \"out\", "
		    "\"repeat\": 10, \"every\": \"1m\"}, "
		    "\"calls\": [{\"start\": \"2026-10-24T02:00:00\", "
		    "\"days\": 4, \"on\": \"sun-mon\"}], "
		    "\"expect\": [{\"by\": {\"account\": \"A1\"}, "
		    "\"score\": 65, \"value\": 10, \"calls\": 10}, "
		    "{\"by\": {\"account\": \"A1\"}}]}"),
	    "");
	check(THREE("{\"name\": \"n\", \"expect\": [], \"calls\": [{"
		    "\"start\": \"2026-01-13T02:00:00\"}]}"),
	    "");
}

static void
test_differs(void **state)
{
	(void)state;
	check(THREE("{" BASE ", \"expect\": [{\"by\": {\"account\": \"A1\"}, "
		    "\"calls\": 4, \"value\": 3, \"score\": 65, "
		    "\"baseline\": 10}]}"),
	    "calls   expected 4   got 3\n"
	    "baseline expected 10   got none\n"
	    "score   expected 65   got 45\n");
	check(THREE("{" BASE ", \"expect\": []}"),
	    "not expected   got account=A1, 3 calls, score 45\n");
	check(THREE("{" BASE ", \"expect\": [{\"by\": {\"account\": \"A2\"}},"
		    " {\"by\": {\"account\": \"A1\"}, "
		    "\"score\": 1}]}"),
	    "expected {\"by\": {\"account\": \"A2\"}}   got nothing\n"
	    "account=A1: score   expected 1   got 45\n");
	check(THREE("{" BASE ", " GOOD ", \"not_when\": [{\"repeat\": 4}, "
		    "{\"account\":\n\t\"A3\"}]}"),
	    "not_when {\"repeat\": 4}   expected nothing   got account=A1, "
	    "4 calls, score 45\n"
	    "not_when {\"account\": \"A3\"}   expected nothing   got "
	    "account=A3, 3 calls, score 45\n");
}

static void
test_todo(void **state)
{
	struct ruletest_report rep;
	struct scene s;

	(void)state;
	assert_int_equal(scene_rules(&s, THREE("{" BASE ", \"expect\": [], "
					       "\"todo\": true}, "
					       "{" BASE ", " GOOD "}")),
	    0);
	ruletest_init(&rep);
	assert_int_equal(ruletest_run(&s.rules, "th*", &rep, &s.notes, &s.err),
	    0);
	assert_int_equal(rep.n, 2);
	assert_int_equal(rep.todo, 1);
	assert_int_equal(rep.passed, 1);
	assert_int_equal(rep.failed, 0);
	assert_true(rep.results[0].todo);
	assert_false(rep.results[0].passed);
	ruletest_fini(&rep);
	assert_int_equal(ruletest_run(&s.rules, "four", &rep, &s.notes, &s.err),
	    0);
	assert_int_equal(rep.n, 0);
	ruletest_fini(&rep);
	scene_end(&s);
}

/* A rule on a list; the test brings its own. */
#define LISTED(tests)                                                        \
	"{\"cdrrules\": 1, \"lists\": {\"bad\": {\"kind\": \"prefix\", "     \
	"\"of\": \"dst\", \"title\": \"L\", \"values\": [\"+999\"]}}, "      \
	"\"rules\": [{\"id\": \"r\", \"version\": 1, \"title\": \"T\", "     \
	"\"description\": \"D\", \"status\": \"test\", "                     \
	"\"fraud_type\": \"irsf\", \"family\": \"list\", \"score\": 90, "    \
	"\"match\": {\"dst\": {\"list\": \"bad\"}}, \"by\": [\"account\"], " \
	"\"waiver_needs\": [\"account\"], \"tests\": [" tests "]}]}"

static void
test_own_lists(void **state)
{
	(void)state;
	check(LISTED("{\"name\": \"n\", \"lists\": {\"bad\": {"
		     "\"kind\": \"prefix\", \"of\": \"dst\", "
		     "\"title\": \"L\", \"values\": [\"+5375\"]}}, "
		     "\"calls\": [{\"start\": \"2026-01-13T02:00:00\", "
		     "\"account\": \"A1\", \"dst\": \"+5375550142\", "
		     "\"repeat\": 3, \"step\": {\"dst\": 1}}], "
		     "\"expect\": [{\"by\": {\"account\": \"A1\"}, "
		     "\"calls\": 3}], \"not_when\": ["
		     "{\"dst\": \"+9995550142\"}]}"),
	    "");
	check(LISTED("{\"name\": \"n\", \"calls\": ["
		     "{\"start\": \"2026-01-13T02:00:00\", "
		     "\"account\": \"A1\", \"dst\": \"+5375550142\"}], "
		     "\"expect\": []}"),
	    "");
}

/* Every field that a test can state reaches the call. */
static const struct {
	const char *match, *call;
} fields[] = {
	{ "\"status\": \"busy\"", "\"status\": \"busy\"" },
	{ "\"duration\": {\"gte\": \"10m\"}", "\"duration\": 600" },
	{ "\"duration\": {\"gte\": \"600s\"}", "\"duration\": \"10m\"" },
	{ "\"ring\": {\"gte\": \"2s\"}", "\"ring\": 2" },
	{ "\"src\": \"2041\"", "\"src\": \"2041\"" },
	{ "\"src_kind\": \"anonymous\"", "\"src_kind\": \"anonymous\"" },
	{ "\"src_country\": \"CU\"", "\"src_country\": \"CU\"" },
	{ "\"dst_type\": \"premium\"", "\"dst_type\": \"premium\"" },
	{ "\"dst_country\": \"SO\"", "\"dst_country\": \"SO\"" },
	{ "\"dst_block\": \"+537555\"", "\"dst\": \"+5375550142\"" },
	{ "\"international\": true",
	    "\"international\": true, \"dst\": \"+53\"" },
	{ "\"international\": true",
	    "\"international\": true, \"src\": \"+53\", "
	    "\"direction\": \"in\"" },
	/* without the number that would tell */
	{ "\"international\": true", "\"international\": true" },
	{ "\"international\": false", "\"international\": false" },
	{ "\"international\": true, \"direction\": \"in\"",
	    "\"international\": true, \"direction\": \"in\"" },
	{ "\"international\": false, \"direction\": \"in\"",
	    "\"international\": false, \"direction\": \"in\"" },
	{ "\"international\": true, \"direction\": \"out\"",
	    "\"international\": true, \"direction\": \"out\"" },
	{ "\"international\": {\"exists\": false}, "
	  "\"account\": \"A\"",
	    "\"dst_type\": \"premium\"" },
	{ "\"dst_type\": \"unknown\"", "\"dst_type\": \"unknown\"" },
	{ "\"src_type\": \"unknown\", \"direction\": \"in\"",
	    "\"src_type\": \"unknown\", \"direction\": \"in\"" },
	{ "\"feature\": \"disa\"", "\"feature\": \"disa\"" },
	{ "\"forwarded\": true, \"forwarded_by\": \"2042\"",
	    "\"forwarded\": true, \"forwarded_by\": \"2042\"" },
	{ "\"trunk_in\": \"t\"", "\"trunk_in\": \"t\"" },
	{ "\"dialled\": \"*97\"", "\"dialled\": \"*97\"" },
	{ "\"user\": \"u\"", "\"user\": \"u\"" },
	{ "\"src_name\": \"Test\"", "\"src_name\": \"Test\"" },
	{ "\"cause\": 17", "\"cause\": 17" },
	{ "\"cost\": {\"gte\": 1.25, \"lt\": 1.26}", "\"cost\": 1.25" },
	{ "\"currency\": \"EUR\"", "\"currency\": \"EUR\"" },
	{ "\"source\": \"pbx2\"", "\"source\": \"pbx2\"" },
	{ "\"site\": \"ulm\", \"source\": \"ulm\"", "\"site\": \"ulm\"" },
	{ "\"source\": \"default\"", "\"user\": \"x\"" },
};

static void
test_fields(void **state)
{
	struct buf keys;
	char *rules;
	size_t i;

	(void)state;
	buf_init(&keys);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		buf_reset(&keys);
		buf_addf(&keys,
		    "\"match\": {%s}, \"by\": [\"account\"], \"tests\": [{"
		    "\"name\": \"n\", \"calls\": [{\"account\": \"A\", "
		    "\"start\": \"2026-01-13T02:00:00\", %s}, "
		    "{\"account\": \"B\", "
		    "\"start\": \"2026-01-13T02:00:00\", "
		    "\"source\": \"other\"}], "
		    "\"expect\": [{\"by\": {\"account\": \"A\"}}]}]",
		    fields[i].match, fields[i].call);
		rules = scene_rule(keys.data);
		check(rules, "");
		free(rules);
	}
	buf_fini(&keys);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passes),
		cmocka_unit_test(test_follower),
		cmocka_unit_test(test_differs),
		cmocka_unit_test(test_todo),
		cmocka_unit_test(test_own_lists),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
