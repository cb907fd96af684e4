/*
 * What is left out before a rule is evaluated leaves no trace in what it
 * finds: with somebody who asks about another rule nothing is left out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/buf.h"
#include "detect/findjson.h"
#include "io/jsonout.h"
#include "scene.h"

/* `by`, `measure` and what the value must be; each fires, and nearly does. */
static const char *const rules[] = {
	"\"by\": [\"account\"], \"measure\": {\"fn\": \"run\", \"of\": "
	"\"dst\", \"over\": \"30m\"}, \"when\": {\"gte\": 8}",
	("\"by\": [\"account\"], \"measure\": {\"fn\": \"run\", \"of\": "
	 "\"dst\", \"over\": \"2h\"}, \"when\": {\"gt\": 3, \"min_calls\": "
	 "12}, \"also\": [{\"fn\": \"ratio\", \"where\": {\"duration\": "
	 "{\"lte\": \"60s\"}}, \"gte\": 0.4}]"),
	"\"by\": [\"user\"], \"measure\": {\"fn\": \"distinct\", \"of\": "
	"\"dst\", \"over\": \"6h\"}, \"when\": {\"gte\": 20}",
	("\"by\": [\"account\"], \"measure\": {\"fn\": \"ratio\", \"where\": "
	 "{\"duration\": {\"gt\": \"60s\"}}, \"over\": \"6h\"}, \"when\": "
	 "{\"gte\": 0.7, \"min_calls\": 6}, \"also\": [{\"fn\": "
	 "\"distinct\", \"of\": \"dst\", \"gte\": 3}]"),
	("\"by\": [\"account\"], \"measure\": {\"fn\": \"distinct\", \"of\": "
	 "\"dst\", \"over\": \"24h\"}, \"when\": {\"gte\": 10}, \"also\": "
	 "[{\"fn\": \"max\", \"of\": \"duration\", \"lte\": \"70s\"}]"),
	"\"by\": [\"account\", \"dst\"], \"measure\": {\"fn\": \"count\", "
	"\"over\": \"3h\"}, \"when\": {\"gte\": 5}",
	"\"by\": [\"account\"], \"measure\": {\"fn\": \"gap\"}, \"when\": "
	"{\"gte\": \"16h\"}",
	"\"by\": [\"source\"], \"measure\": {\"fn\": \"silence\"}, \"when\": "
	"{\"gte\": \"10h\"}",
	"\"by\": [\"account\"], \"measure\": {\"fn\": \"sum\", \"of\": "
	"\"duration\", \"over\": \"1h\"}, \"when\": {\"gte\": \"40m\"}",
	("\"by\": [\"account\"], \"measure\": {\"fn\": \"count\", "
	 "\"window\": \"day\"}, \"baseline\": {\"history\": \"28d\", "
	 "\"stat\": \"median\", \"min_buckets\": 5, \"floor\": 1}, \"when\": "
	 "{\"times\": 2, \"gte\": 30}"),
};
enum { NRULES = sizeof(rules) / sizeof(rules[0]) };

static const char base[] =
    "\"base\": {\"direction\": \"out\", \"status\": \"answered\", "
    "\"duration\": 50, \"dst_country\": \"CU\"}, \"calls\": [";
/* So long before that starts need more than 32 bits: all are a little vague. */
static const char early[] =
    "{\"start\": \"2012-02-03T04:05:06\", \"account\": \"D\", "
    "\"dst\": \"+5375550400\"}, ";
static const char calls[] =
    "{\"start\": \"2026-01-01T07:00:00\", \"days\": 20, \"repeat\": 24, "
    "\"every\": \"23m\", \"account\": \"A\", \"user\": \"201\", "
    "\"dst\": \"+5375550100\", \"step\": {\"dst\": 3}}, "
    "{\"start\": \"2026-01-01T07:10:00\", \"days\": 20, \"repeat\": 9, "
    "\"every\": \"50m\", \"account\": \"B\", \"user\": \"202\", "
    "\"dst\": \"+5375550200\", \"step\": {\"dst\": 1}, "
    "\"duration\": 80}, "
    "{\"start\": \"2026-01-09T10:00:00\", \"repeat\": 60, \"every\": 90, "
    "\"account\": \"B\", \"user\": \"203\", \"dst\": \"+5375550998\", "
    "\"step\": {\"dst\": 1}, \"source\": \"ulm\"}, "
    "{\"start\": \"2026-01-12T11:00:00\", \"repeat\": 40, \"every\": 60, "
    "\"account\": \"C\", \"user\": \"204\", \"dst\": \"+5375550300\", "
    "\"duration\": 600}]";

static void
write_rules(struct buf *b)
{
	size_t i;

	buf_addstr(b, "{\"cdrrules\": 1, \"rules\": [");
	for (i = 0; i < NRULES; i++)
		buf_addf(b,
		    "%s{\"id\": \"r-%02zu\", \"version\": 1, \"title\": "
		    "\"T\", \"description\": \"D\", \"status\": \"test\", "
		    "\"fraud_type\": \"irsf\", \"family\": \"volume\", "
		    "\"score\": 10, \"waiver_needs\": [\"account\"], "
		    "\"match\": {}, %s}",
		    i > 0 ? ", " : "", i, rules[i]);
	buf_addstr(b, "]}");
}

/* What each rule found, in the order in which it came. */
static void
print_found(const struct scene *s, struct buf *out, size_t *of_rule)
{
	struct jsonout j;
	size_t i;

	for (i = 0; i < s->found.n; i++) {
		jsonout_init(&j, out, false);
		findjson_finding(&j, s->found.findings[i], &s->found.run);
		buf_addch(out, '\n');
		of_rule[s->found.findings[i]->rule[3] - '0']++;
	}
	for (i = 0; i < s->notes.n; i++)
		buf_addf(out, "%s\n", s->notes.list[i].text);
}

static int64_t
all_talk(const struct results *rs)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < rs->n; i++)
		sum += rs->findings[i]->calls.duration;
	return sum;
}

static void
compare(const char *before)
{
	int64_t talk;
	struct rule other = { .id = "other" };
	struct detect_sight sight = { .rule = &other };
	size_t of_rule[NRULES] = { 0 }, i;
	struct buf text, usual, all;
	struct scene s;

	buf_init(&text);
	buf_init(&usual);
	buf_init(&all);
	write_rules(&text);
	assert_int_equal(scene_rules(&s, text.data), 0);
	buf_reset(&text);
	buf_addf(&text, "%s%s%s", base, before, calls);
	scene_calls(&s, text.data);
	assert_int_equal(scene_run(&s), 0);
	print_found(&s, &usual, of_rule);
	s.set.sight = &sight;
	assert_int_equal(scene_run(&s), 0);
	print_found(&s, &all, of_rule);
	assert_string_equal(usual.data, all.data);
	/*
	 * Talk may be told in other than whole seconds: of a call that nothing
	 * is found of, and of one that counts.
	 */
	talk = all_talk(&s.found);
	s.calls->calls[0].duration++;
	s.set.sight = NULL;
	assert_int_equal(scene_run(&s), 0);
	buf_reset(&all);
	print_found(&s, &all, of_rule);
	if (before[0] != '\0')
		assert_string_equal(usual.data, all.data);
	else
		assert_true(all_talk(&s.found) > talk);
	/* It is no test of a rule that found nothing. */
	for (i = 0; i < NRULES; i++)
		assert_true(of_rule[i] > 0);
	buf_fini(&text);
	buf_fini(&usual);
	buf_fini(&all);
	scene_end(&s);
}

static void
test_sieve(void **state)
{
	(void)state;
	compare("");
	compare(early);
}

/*
 * A share that no window has, until an episode that an earlier run found has
 * taken its calls away.
 */
static void
test_share_resumed(void **state)
{
	static const char keys[] =
	    "\"by\": [\"account\"], \"match\": {}, \"measure\": {\"fn\": "
	    "\"ratio\", \"where\": {\"duration\": {\"gt\": \"60s\"}}, "
	    "\"over\": \"2h\"}, \"when\": {\"gte\": 0.5, \"min_calls\": "
	    "12}, \"quiet\": \"30m\"";
	static const char then[] =
	    "{\"start\": \"2026-01-01T08:00:00\", \"account\": \"A\", "
	    "\"repeat\": 6, \"every\": 60, \"duration\": 80}, "
	    "{\"start\": \"2026-01-01T09:30:00\", \"account\": \"A\", "
	    "\"repeat\": 6, \"every\": 60}";
	static const char later[] =
	    ", {\"start\": \"2026-01-01T10:30:00\", \"account\": \"A\", "
	    "\"repeat\": 6, \"every\": 60}, "
	    "{\"start\": \"2026-01-01T10:40:00\", \"account\": \"A\", "
	    "\"repeat\": 6, \"every\": 60, \"duration\": 80}";
	struct detect_past past = { .begins = INT64_MIN };
	char *text = scene_rule(keys);
	struct buf all;
	struct scene s[2];
	size_t i, n;

	(void)state;
	buf_init(&all);
	for (i = 0; i < 2; i++) {
		buf_reset(&all);
		buf_addf(&all, "%s%s%s]", base, then, i > 0 ? later : "");
		assert_int_equal(scene_rules(&s[i], text), 0);
		scene_calls(&s[i], all.data);
		n = s[i].calls->n;
		assert_int_equal(n, i > 0 ? 24 : 12);
		s[i].set.as_of = INT64_C(1767265200000);
		assert_int_equal(scene_run(&s[i]), 0);
		assert_int_equal(s[i].found.n, i + 1);
	}
	past.from = s[0].calls->calls[11].start + 45 * INT64_C(60000);
	past.list = s[0].found.findings;
	past.n = s[0].found.n;
	s[1].set.past = &past;
	assert_int_equal(scene_run(&s[1]), 0);
	assert_int_equal(s[1].found.n, 2);
	for (i = 0; i < 2; i++)
		scene_end(&s[i]);
	buf_fini(&all);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_sieve),
		cmocka_unit_test(test_share_resumed) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
