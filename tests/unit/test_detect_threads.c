/* Threads leave no trace in what is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "detect/cases.h"
#include "detect/findjson.h"
#include "io/jsonout.h"
#include "scene.h"

/* Rules that ask all that threads share: lists, calendars, patterns, zones. */
static const char *const rules[] = {
	"\"match\": {\"dst\": {\"list\": \"bad\"}}, \"by\": [\"account\"]",
	("\"match\": {\"dst\": {\"regex\": \"\\\\+53.*[0-5]\"}}, \"by\": "
	 "[\"account\"], \"measure\": {\"fn\": \"count\", \"over\": \"2h\"}, "
	 "\"when\": {\"gte\": 3}"),
	("\"match\": {\"time\": {\"outside\": \"office\"}}, \"by\": "
	 "[\"account\"], \"measure\": {\"fn\": \"sum\", \"of\": \"duration\", "
	 "\"window\": \"day\"}, \"when\": {\"gte\": \"10m\"}"),
	("\"match\": {}, \"by\": [\"account\"], \"measure\": {\"fn\": "
	 "\"count\", \"window\": \"day\"}, \"baseline\": {\"history\": "
	 "\"28d\", \"stat\": \"median\", \"min_buckets\": 5, \"floor\": 1}, "
	 "\"when\": {\"times\": 3, \"gte\": 10}"),
	("\"match\": {}, \"by\": [\"source\", \"dst_country\"], \"measure\": "
	 "{\"fn\": \"ratio\", \"where\": {\"dst\": {\"regex\": \".*[13579]\"}}, "
	 "\"over\": \"1h\"}, \"when\": {\"gte\": 0.3, \"min_calls\": 5}, "
	 "\"also\": [{\"fn\": \"distinct\", \"of\": \"dst\", \"gte\": 2}]"),
	("\"match\": {}, \"by\": [\"account\", \"user\"], \"measure\": "
	 "{\"fn\": \"concurrent\"}, \"when\": {\"gte\": 2}"),
	/* more groups than max_groups */
	"\"match\": {}, \"by\": [\"dst\"]",
	/* of which there is none */
	"\"match\": {}, \"by\": [\"trunk_in\"]",
};
enum { KINDS = sizeof(rules) / sizeof(rules[0]), NRULES = 5 * KINDS };

static void
write_rules(struct buf *b)
{
	size_t i;

	buf_addstr(b,
	    "{\"cdrrules\": 1, \"lists\": {\"bad\": {\"kind\": \"prefix\", "
	    "\"of\": \"dst\", \"values\": [\"+53755501\"]}}, "
	    "\"calendars\": {\"office\": {\"tz\": \"Europe/Berlin\", "
	    "\"open\": {\"mon-fri\": [\"08:00-18:00\"]}}}, \"rules\": [");
	for (i = 0; i < NRULES; i++)
		buf_addf(b,
		    "%s{\"id\": \"r-%02zu\", \"version\": 1, \"title\": "
		    "\"T\", \"description\": \"D\", \"status\": \"%s\", "
		    "\"fraud_type\": \"irsf\", \"family\": \"volume\", "
		    "\"score\": %zu, \"waiver_needs\": [\"account\"], %s}",
		    i > 0 ? ", " : "", i, i % 7 == 0 ? "experimental" : "test",
		    10 + i, rules[i % KINDS]);
	buf_addstr(b, "]}");
}

static const char calls[] =
    "\"base\": {\"direction\": \"out\", \"status\": \"answered\", "
    "\"duration\": 90, \"dst_country\": \"CU\", \"cost\": 0.5, "
    "\"currency\": \"EUR\"}, \"calls\": ["
    "{\"start\": \"2026-01-01T09:00:00\", \"days\": 14, \"repeat\": 4, "
    "\"every\": \"20m\", \"account\": \"A\", \"user\": \"201\", "
    "\"dst\": \"+13125550142\", \"dst_country\": \"US\"}, "
    "{\"start\": \"2026-01-13T02:00:00\", \"account\": \"A\", "
    "\"user\": \"201\", \"repeat\": 60, \"every\": 40, "
    "\"dst\": \"+5375550100\", \"step\": {\"dst\": 1}}, "
    "{\"start\": \"2026-01-13T02:30:00\", \"account\": \"B\", "
    "\"user\": \"202\", \"repeat\": 50, \"every\": 45, \"source\": \"ulm\", "
    "\"dst\": \"+5375550900\", \"step\": {\"dst\": 7}}, "
    "{\"start\": \"2026-01-13T03:00:00\", \"user\": \"203\", "
    "\"dst\": \"+5375550103\", \"source\": \"ulm\"}]";

/* Everything that was found and said, in the order in which it came. */
static void
print_all(const struct scene *s, struct buf *out)
{
	struct jsonout j;
	size_t i;

	for (i = 0; i < s->found.n; i++) {
		jsonout_init(&j, out, false);
		findjson_finding(&j, s->found.findings[i], &s->found.run);
		buf_addch(out, '\n');
	}
	for (i = 0; i < s->found.ncases; i++) {
		jsonout_init(&j, out, false);
		findjson_case(&j, s->found.cases[i]);
		buf_addch(out, '\n');
	}
	for (i = 0; i < s->notes.n; i++)
		buf_addf(out, "%s\n", s->notes.list[i].text);
}

static void
test_threads(void **state)
{
	static const size_t threads[] = { 1, 2, 7, 2, 7, 0 };
	struct buf text, first, now;
	struct scene s;
	size_t i;

	(void)state;
	buf_init(&text);
	buf_init(&first);
	buf_init(&now);
	write_rules(&text);
	assert_int_equal(scene_rules(&s, text.data), 0);
	scene_calls(&s, calls);
	s.set.max_groups = 50;
	for (i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
		s.set.threads = threads[i];
		buf_reset(&now);
		assert_int_equal(scene_run(&s), 1);
		print_all(&s, &now);
		cases_make(&s.found);
		print_all(&s, &now);
		if (i == 0)
			buf_add(&first, now.data, now.len);
		assert_string_equal(now.data, first.data);
	}
	/* It is no test if the rules found nothing. */
	assert_true(s.found.n > NRULES);
	assert_true(s.found.ncases > 1);
	assert_int_equal(s.notes.warnings, 5);
	assert_non_null(
	    strstr(first.data, "'r-06': stopped, more than 50 groups"));
	assert_non_null(strstr(first.data, "'r-07': 167 calls lack"));
	buf_fini(&text);
	buf_fini(&first);
	buf_fini(&now);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
