/* What never was before, silences, limits that the calls say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "scene.h"
#include "tel/calltime.h"

#define DAY_MS INT64_C(86400000)

static int64_t
at(const char *text)
{
	int64_t t;

	assert_int_equal(time_parse(text, zone_utc(), 0, &t, NULL), 0);
	return t;
}

#define GAP(measure, when)                                        \
	"\"match\": {}, \"by\": [\"account\", \"dst_country\"], " \
	"\"measure\": {\"fn\": \"gap\"" measure "}, \"when\": {" when "}"

/* So many days at home, then abroad for the first time. */
static size_t
new_country_by(const char *rules, int days, const char *account)
{
	struct scene s;
	struct buf b;
	size_t n;

	buf_init(&b);
	buf_addf(&b,
	    "{\"account\": \"%s\", \"dst_country\": \"US\", "
	    "\"start\": \"2026-01-01T10:00:00\", \"days\": %d}, "
	    "{\"account\": \"B\", \"dst_country\": \"US\", "
	    "\"start\": \"2026-01-01T10:00:00\", \"days\": 40}, "
	    "{\"account\": \"A\", \"dst_country\": \"CU\", "
	    "\"start\": \"2026-02-10T02:00:00\", \"repeat\": 3}",
	    account, days);
	scene_play(&s, rules, b.data);
	n = s.found.n;
	if (n == 1) {
		assert_string_equal(s.found.findings[0]->group_values[1], "CU");
		assert_int_equal(s.found.findings[0]->calls.calls, 1);
	}
	buf_fini(&b);
	scene_end(&s);
	return n;
}

static size_t
new_country(const char *keys, int days, const char *account)
{
	char *rules = scene_rule(keys);
	const size_t n = new_country_by(rules, days, account);

	free(rules);
	return n;
}

/* How long the records have to go back, a site may say. */
#define LEAST                                                              \
	", \"params\": {\"least\": {\"value\": \"50d\", \"min\": \"1d\", " \
	"\"max\": \"90d\", \"help\": \"h\"}}"

static const char tunable[] = SCENE_RULE("new", "test",
    GAP(", \"history\": \"$least\"", "\"never\": true") LEAST);

/* As a site has it: so long, for all or for what `match` says. */
static size_t
new_country_tuned(const char *match, const char *least, int days)
{
	struct buf b;
	size_t n;

	buf_init(&b);
	buf_addf(&b,
	    "{\"cdrrules\": 1, \"rules\": [%s], \"tuning\": {\"new\": {%s"
	    "\"params\": {\"least\": \"%s\"}}}}",
	    tunable, match, least);
	n = new_country_by(b.data, days, "A");
	buf_fini(&b);
	return n;
}

static void
test_never_tuned(void **state)
{
	static const char of_a[] = "\"match\": {\"account\": \"A\"}, ";
	static const char of_b[] = "\"match\": {\"account\": \"B\"}, ";

	(void)state;
	assert_int_equal(new_country_tuned("", "40d", 40), 1);
	assert_int_equal(new_country_tuned("", "41d", 40), 0);
	assert_int_equal(new_country_tuned(of_a, "40d", 40), 1);
	assert_int_equal(new_country_tuned(of_a, "40d", 39), 0);
	assert_int_equal(new_country_tuned(of_a, "41d", 40), 0);
	assert_int_equal(new_country_tuned(of_b, "40d", 40), 0);
}

static void
test_never(void **state)
{
	static const char forty[] =
	    GAP(", \"history\": \"40d\"", "\"never\": true");
	struct scene s;
	const struct finding *f;

	(void)state;
	assert_int_equal(new_country(forty, 40, "A"), 1);
	/* 39 days of the account, or none; of the source there are 40 */
	assert_int_equal(new_country(forty, 39, "A"), 0);
	assert_int_equal(new_country(forty, 40, "C"), 0);
	assert_int_equal(new_country(GAP(", \"history\": \"41d\"",
					 "\"never\": true"),
			     40, "A"),
	    0);
	/* 90 days without a word of it */
	assert_int_equal(new_country(GAP("", "\"never\": true"), 40, "A"), 0);
	/* a gap alone never fires at the first */
	assert_int_equal(new_country(GAP("", "\"gte\": \"30h\""), 40, "A"), 0);

	f = scene_find(&s, forty,
	    "\"base\": {\"account\": \"A\", \"status\": \"answered\"}, "
	    "\"calls\": [{\"dst_country\": \"US\", "
	    "\"start\": \"2026-01-01T10:00:00\", \"days\": 40}, "
	    "{\"dst_country\": \"CU\", \"start\": \"2026-02-10T11:00:00\"}]");
	assert_string_equal(f->reason,
	    "1 answered call to CU, never before in 40 days of records");
	assert_false(f->has_limit);
	assert_null(f->op);
	assert_string_equal(f->unit, "ms");
	assert_int_equal(f->value, (40 * DAY_MS + 3600000) * RULE_UNIT);
	scene_end(&s);
}

static const char silence[] =
    "\"match\": {}, \"by\": [\"source\"], \"measure\": {\"fn\": "
    "\"silence\"}, \"when\": {\"gte\": \"4h\"}, \"quiet\": \"1h\"";

static void
test_silence(void **state)
{
	static const char calls[] =
	    "\"calls\": [{\"source\": \"pbx1\", \"repeat\": 3, "
	    "\"every\": \"2h\", \"start\": \"2026-01-13T02:00:00\"}, "
	    "{\"source\": \"pbx2\", \"start\": \"2026-01-13T09:59:00\"}]";
	char *rules = scene_rule(silence);
	const struct finding *f;
	struct scene s;
	char id[16];

	(void)state;
	assert_int_equal(scene_rules(&s, rules), 0);
	scene_calls(&s, calls);
	s.set.as_of = at("2026-01-13T09:59:59.999Z");
	assert_int_equal(scene_run(&s), 0);
	assert_int_equal(s.found.n, 0);
	s.set.as_of++;
	assert_int_equal(scene_run(&s), 0);
	assert_int_equal(s.found.n, 1);
	f = s.found.findings[0];
	assert_string_equal(f->entity, "pbx1");
	assert_string_equal(f->entity_type, "source");
	assert_string_equal(f->reason, "no call for 4:00:00; limit 4:00:00");
	assert_int_equal(f->first_seen, at("2026-01-13T06:00:00Z"));
	assert_int_equal(f->crossed_at, at("2026-01-13T10:00:00Z"));
	assert_int_equal(f->nevidence, 1);
	(void)strcpy(id, f->id);
	/* it goes on, and is the same; it ends, and is the same */
	s.set.as_of = at("2026-01-14T20:00:00Z");
	assert_int_equal(scene_run(&s), 0);
	assert_int_equal(s.found.n, 2);
	assert_string_equal(s.found.findings[0]->id, id);
	scene_end(&s);

	assert_int_equal(scene_rules(&s, rules), 0);
	scene_calls(&s,
	    "\"calls\": [{\"source\": \"pbx1\", \"repeat\": 3, \"every\": "
	    "\"2h\", \"start\": \"2026-01-13T02:00:00\"}, {\"source\": "
	    "\"pbx1\", \"start\": \"2026-01-13T13:00:00\"}]");
	assert_int_equal(scene_run(&s), 0);
	assert_int_equal(s.found.n, 1);
	assert_string_equal(s.found.findings[0]->id, id);
	assert_string_equal(s.found.findings[0]->reason,
	    "no call for 7:00:00; limit 4:00:00");
	assert_int_equal(s.found.findings[0]->crossed_at,
	    at("2026-01-13T10:00:00Z"));
	free(rules);
	scene_end(&s);
}

/* A night is no silence of a shop. */
static void
test_silence_during(void **state)
{
	static const char rules[] =
	    "{\"cdrrules\": 1, \"calendars\": {\"shop\": {\"open\": "
	    "{\"mon-fri\": [\"09:00-17:00\"]}}}, \"rules\": [" SCENE_RULE("r",
		"test",
		"\"match\": {}, \"by\": [\"source\"], \"measure\": {\"fn\": "
		"\"silence\", \"during\": \"shop\"}, "
		"\"when\": {\"gte\": \"4h\"}") "]}";
	struct scene s;

	(void)state;
	/* Friday 16:00 to Monday 12:00, then to Monday 12:01 */
	scene_play(&s, rules,
	    "{\"source\": \"p\", \"start\": \"2026-01-16T16:00:00\"}, "
	    "{\"source\": \"p\", \"start\": \"2026-01-19T11:59:00\"}");
	assert_int_equal(s.found.n, 0);
	scene_end(&s);
	scene_play(&s, rules,
	    "{\"source\": \"p\", \"start\": \"2026-01-16T16:00:00\"}, "
	    "{\"source\": \"p\", \"start\": \"2026-01-19T12:01:00\"}");
	assert_int_equal(s.found.n, 1);
	assert_string_equal(s.found.findings[0]->reason,
	    "no call for 4:01:00 of shop; limit 4:00:00");
	assert_int_equal(s.found.findings[0]->crossed_at,
	    at("2026-01-19T12:00:00Z"));
	scene_end(&s);
}

/* A source's own calendar has the place of business-hours. */
static void
test_silence_of_a_source(void **state)
{
	static const char rules[] =
	    "{\"cdrrules\": 1, \"calendars\": {\"business-hours\": {\"open\": "
	    "{\"sun\": [\"09:00-10:00\"]}}, \"shop\": {\"open\": {\"mon-fri\": "
	    "[\"09:00-17:00\"]}}}, \"rules\": [" SCENE_RULE("r", "test",
		"\"match\": {}, \"by\": [\"source\"], \"measure\": {\"fn\": "
		"\"silence\", \"during\": \"business-hours\"}, "
		"\"when\": {\"gte\": \"4h\"}") "]}";
	struct scene s;

	(void)state;
	scene_play(&s, rules,
	    "{\"source\": \"p\", \"start\": \"2026-01-16T09:00:00\"}, "
	    "{\"source\": \"p\", \"start\": \"2026-01-16T14:00:00\"}");
	assert_int_equal(s.found.n, 0);
	s.calls->sources[0].calendar = "shop";
	assert_int_equal(scene_run(&s), 0);
	assert_int_equal(s.found.n, 1);
	scene_end(&s);
}

/* The greatest limit among the calls of the instant; none: no firing. */
static void
test_limit_of_the_calls(void **state)
{
	static const char keys[] =
	    "\"match\": {}, \"by\": [\"account\"], \"measure\": {\"fn\": "
	    "\"concurrent\"}, \"when\": {\"gt\": {\"field\": \"cause\"}}";
	static const char *const nothing[] = {
		"\"base\": {\"account\": \"A\", \"duration\": 60, \"cause\": "
		"3}, \"calls\": [{\"repeat\": 3, "
		"\"start\": \"2026-01-13T02:00:00\"}]",
		"\"base\": {\"account\": \"A\", \"duration\": 60}, "
		"\"calls\": [{\"repeat\": 9, "
		"\"start\": \"2026-01-13T02:00:00\"}]",
	};
	char *rules = scene_rule(keys);
	const struct finding *f;
	struct scene s;
	size_t i;

	(void)state;
	f = scene_find(&s, keys,
	    "\"base\": {\"account\": \"A\", \"duration\": 60, \"cause\": 3}, "
	    "\"calls\": [{\"repeat\": 4, \"start\": "
	    "\"2026-01-13T02:00:00\"}]");
	assert_int_equal(f->value, 4 * RULE_UNIT);
	assert_int_equal(f->limit, 3 * RULE_UNIT);
	assert_string_equal(f->reason, "4 calls at once; limit 3 (cause)");
	scene_end(&s);
	for (i = 0; i < 2; i++) {
		assert_int_equal(scene_rules(&s, rules), 0);
		scene_calls(&s, nothing[i]);
		assert_int_equal(scene_run(&s), 0);
		assert_int_equal(s.found.n, 0);
		scene_end(&s);
	}
	free(rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_never),
		cmocka_unit_test(test_never_tuned),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_silence_during),
		cmocka_unit_test(test_silence_of_a_source),
		cmocka_unit_test(test_limit_of_the_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
