#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "scene.h"
#include "tel/calltime.h"

#define DAY INT64_C(86400000)

static int64_t
at(const char *text)
{
	int64_t t;

	assert_int_equal(time_parse(text, zone_utc(), 0, &t, NULL), 0);
	return t;
}

/* Rules, calls, and how many findings there are. */
static void
check_count(const char *keys, const char *calls, size_t expected)
{
	char *rules = scene_rule(keys);
	struct scene s;

	assert_int_equal(scene_rules(&s, rules), 0);
	scene_calls(&s, calls);
	assert_int_equal(scene_run(&s), 0);
	assert_int_equal(s.found.n, expected);
	scene_end(&s);
	free(rules);
}

#define COUNT_2H                                 \
	"\"match\": {}, \"by\": [\"account\"], " \
	"\"measure\": {\"fn\": \"count\", \"over\": \"2h\"}, "

static void
test_threshold(void **state)
{
	static const char three[] = COUNT_2H "\"when\": {\"gte\": 3}";

	(void)state;
	check_count(three,
	    "\"calls\": [{\"account\": \"A\", \"repeat\": 2, "
	    "\"start\": \"2026-01-13T02:00:00\"}]",
	    0);
	check_count(three,
	    "\"calls\": [{\"account\": \"A\", \"repeat\": 3, "
	    "\"start\": \"2026-01-13T02:00:00\"}]",
	    1);
	/* at the edge of the window: an hour apart, then a second less */
	check_count(three,
	    "\"calls\": [{\"account\": \"A\", \"repeat\": 3, "
	    "\"every\": \"1h\", \"start\": \"2026-01-13T02:00:00\"}]",
	    0);
	check_count(three,
	    "\"calls\": [{\"account\": \"A\", \"repeat\": 3, "
	    "\"every\": \"3599s\", \"start\": \"2026-01-13T02:00:00\"}]",
	    1);
	/* groups never mix, calls without an account have none */
	check_count(three,
	    "\"calls\": [{\"account\": \"A\", \"repeat\": 2, "
	    "\"start\": \"2026-01-13T02:00:00\"}, {\"account\": \"B\", "
	    "\"repeat\": 2, \"start\": \"2026-01-13T02:00:00\"}, "
	    "{\"repeat\": 9, \"start\": \"2026-01-13T02:00:00\"}]",
	    0);
}

static void
test_finding(void **state)
{
	const struct finding *f;
	struct scene s;

	(void)state;
	f = scene_find(&s,
	    COUNT_2H "\"when\": {\"gte\": 3}, "
		     "\"escalate\": [{\"gte\": 5, \"score\": 70}], "
		     "\"triage\": [\"Who?\", \"Where?\"]",
	    "\"base\": {\"account\": \"A\", \"duration\": 60, \"cost\": 1.5, "
	    "\"currency\": \"EUR\", \"status\": \"answered\"}, "
	    "\"calls\": [{\"repeat\": 4, \"every\": \"10m\", "
	    "\"start\": \"2026-01-13T02:00:00\"}, "
	    "{\"start\": \"2026-01-13T04:15:00\", \"currency\": \"USD\"}]");
	assert_string_equal(f->rule, "r");
	assert_string_equal(f->title, "T");
	assert_string_equal(f->family, "volume");
	assert_memory_equal(f->rule_hash, "xxh128:", 7);
	assert_int_equal(f->kind, KIND_FINDING);
	assert_null(f->state);
	assert_null(f->case_id);
	assert_int_equal(f->ntriage, 2);
	assert_string_equal(f->triage[1], "Where?");
	assert_string_equal(f->entity_type, "account");
	assert_string_equal(f->entity, "A");
	assert_int_equal(f->ngroup, 1);
	assert_string_equal(f->group_fields[0], "account");
	/* the call of 04:15 sees those of 02:20 and 02:30 */
	assert_int_equal(f->score, 45);
	assert_int_equal(f->value, 4 * RULE_UNIT);
	assert_int_equal(f->limit, 3 * RULE_UNIT);
	assert_string_equal(f->op, "gte");
	assert_string_equal(f->unit, "calls");
	assert_string_equal(f->window, "2h");
	assert_int_equal(f->first_seen, at("2026-01-13T02:00:00Z"));
	assert_int_equal(f->crossed_at, at("2026-01-13T02:20:00Z"));
	assert_int_equal(f->last_seen, at("2026-01-13T04:15:00Z"));
	assert_int_equal(f->calls.calls, 5);
	assert_int_equal(f->calls.duration, 300000);
	assert_int_equal(f->calls.nmoney, 2);
	assert_int_equal(f->calls.money[0].micro, 6000000);
	assert_string_equal(f->calls.money[1].currency, "USD");
	assert_int_equal(f->nmembers, 5);
	assert_int_equal(f->nevidence, 5);
	assert_false(f->truncated);
	assert_string_equal(f->reason, "4 answered calls in 2 h; limit 3");
	assert_int_equal(f->id[0], 'f');
	assert_int_equal(strlen(f->id), 12);
	scene_end(&s);
}

static void
test_episodes(void **state)
{
	static const struct {
		const char *quiet, *calls;
		size_t expected;
	} rows[] = {
		/* a pause of the window's length goes on, a longer one ends */
		{ "2h",
		    "{\"repeat\": 3, \"start\": \"2026-01-13T02:00:00\"}, "
		    "{\"repeat\": 3, \"start\": \"2026-01-13T04:00:00\"}",
		    1 },
		{ "2h",
		    "{\"repeat\": 3, \"start\": \"2026-01-13T02:00:00\"}, "
		    "{\"repeat\": 3, \"start\": \"2026-01-13T04:00:03\"}",
		    2 },
		{ "1d",
		    "{\"repeat\": 3, \"start\": \"2026-01-13T02:00:00\"}, "
		    "{\"repeat\": 3, \"start\": \"2026-01-13T22:00:00\"}",
		    1 },
		/* without a pause: seven days at most */
		{ "2h",
		    "{\"repeat\": 168, \"every\": \"1h\", "
		    "\"start\": \"2026-01-13T00:00:00\"}",
		    1 },
		{ "2h",
		    "{\"repeat\": 172, \"every\": \"1h\", "
		    "\"start\": \"2026-01-13T00:00:00\"}",
		    2 },
	};
	struct buf keys, calls;
	size_t i;

	(void)state;
	buf_init(&keys);
	buf_init(&calls);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_reset(&keys);
		buf_reset(&calls);
		buf_addf(&keys,
		    COUNT_2H "\"quiet\": \"%s\", \"when\": {\"gte\": 2}",
		    rows[i].quiet);
		buf_addf(&calls,
		    "\"base\": {\"account\": \"A\"}, \"calls\": [%s]",
		    rows[i].calls);
		check_count(keys.data, calls.data, rows[i].expected);
	}
	buf_fini(&keys);
	buf_fini(&calls);
}

/* A day's share is judged when the day has ended, to the millisecond. */
static void
test_closing(void **state)
{
	static const char calls[] = "\"base\": {\"account\": \"A\", "
				    "\"start\": \"2026-01-13T02:00:00\"}, "
				    "\"calls\": [{\"status\": \"answered\"}]";
	static const struct {
		const char *measure, *when;
		size_t open, closed;
		const char *more;
	} rows[] = {
		{ "\"fn\": \"count\"", "\"gte\": 1", 1, 1, "" },
		{ "\"fn\": \"count\"", "\"lte\": 1", 0, 1, "" },
		{ "\"fn\": \"count\"", "\"gte\": 1, \"lt\": 2", 0, 1, "" },
		{ "\"fn\": \"count\"", "\"gte\": 1", 0, 1,
		    ", \"escalate\": [{\"lte\": 1, \"score\": 60}]" },
		{ "\"fn\": \"count\"", "\"gte\": 1", 1, 1,
		    ", \"escalate\": [{\"gte\": 2, \"score\": 60}]" },
		{ "\"fn\": \"ratio\", \"where\": {\"status\": \"answered\"}",
		    "\"gte\": 1", 0, 1, "" },
		{ "\"fn\": \"avg\", \"of\": \"duration\"", "\"gte\": \"0s\"", 0,
		    1, "" },
		{ "\"fn\": \"min\", \"of\": \"duration\"", "\"gte\": \"0s\"", 0,
		    1, "" },
		{ "\"fn\": \"max\", \"of\": \"duration\"", "\"gte\": \"0s\"", 1,
		    1, "" },
	};
	struct scene s;
	struct buf keys;
	char *rules;
	size_t i;

	(void)state;
	buf_init(&keys);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_reset(&keys);
		buf_addf(&keys,
		    "\"match\": {}, \"by\": [\"account\"], "
		    "\"measure\": {%s, \"window\": \"day\"}, \"when\": {%s}%s",
		    rows[i].measure, rows[i].when, rows[i].more);
		rules = scene_rule(keys.data);
		assert_int_equal(scene_rules(&s, rules), 0);
		scene_calls(&s, calls);
		s.set.as_of = at("2026-01-14T00:00:00Z") - 1;
		assert_int_equal(scene_run(&s), 0);
		assert_int_equal(s.found.n, rows[i].open);
		s.set.as_of++;
		assert_int_equal(scene_run(&s), 0);
		assert_int_equal(s.found.n, rows[i].closed);
		scene_end(&s);
		free(rules);
	}
	buf_fini(&keys);
}

#define CALL_ON(day, n)                                                    \
	", {\"account\": \"A\", \"start\": \"2026-01-" day "T02:00:00\", " \
	"\"repeat\": " n ", \"every\": \"1m\"}"

/* The finding that names a rule which hit a limit. */
static void
check_stopped(const struct finding *f, const struct scene *s, const char *rule,
    const char *reason)
{
	const struct batch *b = s->calls;

	assert_string_equal(f->rule, DETECT_STOPPED);
	assert_int_equal(f->kind, KIND_FINDING);
	assert_string_equal(f->family, "data-quality");
	assert_string_equal(f->fraud_type, "data-quality");
	assert_memory_equal(f->rule_hash, "xxh128:", 7);
	assert_int_equal(f->score, 20);
	assert_string_equal(f->entity_type, "rule");
	assert_string_equal(f->entity, rule);
	assert_string_equal(f->reason, reason);
	assert_int_equal(f->first_seen, b->calls[0].start);
	assert_int_equal(f->last_seen, b->calls[b->n - 1].start);
	assert_int_equal(strlen(f->id), 12);
	assert_int_equal(f->calls.calls, 0);
	assert_int_equal(f->nevidence, 0);
}

static void
test_groups(void **state)
{
	static const char rules[] =
	    "\"match\": {}, \"by\": [\"account\"], "
	    "\"measure\": {\"fn\": \"count\", \"over\": \"1h\"}, "
	    "\"when\": {\"gte\": 1}";
	static const char calls[] =
	    "\"calls\": [{\"account\": \"A\", "
	    "\"start\": \"2026-01-13T02:00:00\"}, {\"account\": \"B\", "
	    "\"start\": \"2026-01-13T02:00:01\"}, "
	    "{\"start\": \"2026-01-13T02:00:01\", \"repeat\": 3}]";
	char *text = scene_rule(rules);
	struct scene s;

	(void)state;
	assert_int_equal(scene_rules(&s, text), 0);
	scene_calls(&s, calls);
	s.set.max_groups = 2;
	assert_int_equal(scene_run(&s), 0);
	assert_int_equal(s.found.n, 2);
	assert_int_equal(s.notes.n, 1);
	assert_int_equal(s.notes.list[0].level, NOTE_DETAIL);
	assert_string_equal(s.notes.list[0].text,
	    "rule 'r': 3 calls lack a field of \"by\" and joined no group");
	s.set.max_groups = 1;
	assert_int_equal(scene_run(&s), 1);
	assert_int_equal(s.notes.n, 1);
	assert_int_equal(s.notes.list[0].level, NOTE_WARNING);
	assert_string_equal(s.notes.list[0].text,
	    "rule 'r': stopped, more than 1 group");
	assert_int_equal(s.found.n, 1);
	check_stopped(s.found.findings[0], &s, "r",
	    "stopped, more than 1 group");
	scene_end(&s);
	free(text);
}

/* A burst is told once, though a window of weeks holds it for long. */
static void
test_told_once(void **state)
{
	static const char keys[] =
	    "\"match\": {}, \"by\": [\"account\"], \"measure\": {\"fn\": "
	    "\"count\", \"over\": \"28d\"}, \"when\": {\"gte\": 20}";
	static const struct {
		const char *later;
		size_t n;
		int64_t calls; /* of the last finding */
	} rows[] = {
		{ "", 1, 30 },
		/* while the episode lasts it is one more of it */
		{ CALL_ON("16", "1"), 1, 31 },
		{ CALL_ON("22", "1"), 1, 30 },
		{ CALL_ON("22", "19"), 1, 30 },
		{ CALL_ON("22", "20"), 2, 20 },
		{ CALL_ON("22", "19") CALL_ON("24", "3"), 2, 22 },
	};
	struct buf calls;
	struct scene s;
	char *text;
	size_t i;

	(void)state;
	text = scene_rule(keys);
	buf_init(&calls);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_reset(&calls);
		buf_addf(&calls, "\"calls\": [%s%s]", &CALL_ON("13", "30")[2],
		    rows[i].later);
		assert_int_equal(scene_rules(&s, text), 0);
		scene_calls(&s, calls.data);
		assert_int_equal(scene_run(&s), 0);
		assert_int_equal(s.found.n, rows[i].n);
		assert_int_equal(s.found.findings[rows[i].n - 1]->calls.calls,
		    rows[i].calls);
		scene_end(&s);
	}
	buf_fini(&calls);
	free(text);
}

/* Calls in a window of one group, whatever the rule found before. */
static void
test_crowded(void **state)
{
	static const struct {
		const char *keys;
		size_t max;
		int status;
	} rows[] = {
		{ "\"measure\": {\"fn\": \"count\", \"over\": \"1m\"}", 3, 0 },
		{ "\"measure\": {\"fn\": \"count\", \"over\": \"1m\"}", 2, 1 },
		/* 20 s apart */
		{ "\"measure\": {\"fn\": \"count\", \"over\": \"40s\"}", 3, 0 },
		{ "\"measure\": {\"fn\": \"count\", \"window\": \"day\"}", 5,
		    1 },
		{ "\"measure\": {\"fn\": \"count\", \"window\": \"hour\"}", 6,
		    0 },
		{ "\"measure\": {\"fn\": \"concurrent\"}", 2, 0 },
		{ "\"measure\": {\"fn\": \"concurrent\"}", 1, 1 },
	};
	static const char calls[] =
	    "\"calls\": [{\"account\": \"A\", \"start\": "
	    "\"2026-01-13T02:00:00\"}, {\"account\": \"B\", \"start\": "
	    "\"2026-01-13T02:00:00\", \"repeat\": 6, \"every\": \"20s\", "
	    "\"duration\": \"30s\"}]";
	struct buf keys;
	struct scene s;
	char *text;
	size_t i;

	(void)state;
	buf_init(&keys);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_reset(&keys);
		buf_addf(&keys,
		    "\"match\": {}, \"by\": [\"account\"], \"when\": "
		    "{\"gte\": 1}, %s",
		    rows[i].keys);
		text = scene_rule(keys.data);
		assert_int_equal(scene_rules(&s, text), 0);
		scene_calls(&s, calls);
		s.set.max_window_calls = rows[i].max;
		assert_int_equal(scene_run(&s), rows[i].status);
		if (rows[i].status == 0) {
			assert_int_equal(s.found.n, 2);
		} else {
			assert_int_equal(s.found.n, 1);
			buf_reset(&keys);
			buf_addf(&keys,
			    "stopped, more than %zu call%s in a "
			    "window",
			    rows[i].max, rows[i].max == 1 ? "" : "s");
			check_stopped(s.found.findings[0], &s, "r", keys.data);
		}
		scene_end(&s);
		free(text);
	}
	buf_fini(&keys);
}

/* Steps that a pattern of 40 a and nothing else takes: too many. */
#define SLOW "\"(a|aa)+[bc]\""
#define A40  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define RULE_HEAD                                                      \
	"\"version\": 1, \"title\": \"T\", \"description\": \"D\", "   \
	"\"status\": \"test\", \"fraud_type\": \"irsf\", \"family\": " \
	"\"volume\", \"score\": 45, \"waiver_needs\": [\"account\"], " \
	"\"by\": [\"account\"], "
#define GAVE_UP                                                     \
	"stopped, src_name: '" A40 "': pattern '(a|aa)+[bc]' gave " \
	"up: match limit exceeded"

/* What a stranger calls himself stops the rules that trip over it, only. */
static void
test_pattern_limit(void **state)
{
	static const char rules[] =
	    "{\"cdrrules\": 1, \"rules\": ["
	    "{\"id\": \"in-match\", " RULE_HEAD
	    "\"match\": {\"src_name\": {\"regex\": " SLOW "}}}, "
	    "{\"id\": \"in-where\", " RULE_HEAD "\"match\": {}, "
	    "\"measure\": {\"fn\": \"ratio\", \"over\": \"1h\", "
	    "\"where\": {\"src_name\": {\"regex\": " SLOW "}}}, "
	    "\"when\": {\"gte\": 0.5}}, "
	    "{\"id\": \"sound\", " RULE_HEAD "\"match\": {}}]}";
	static const char calls[] =
	    "\"calls\": [{\"account\": \"A\", \"src_name\": \"aab\", "
	    "\"start\": \"2026-01-13T02:00:00\"}, {\"account\": \"A\", "
	    "\"src_name\": \"" A40 "\", \"start\": \"2026-01-13T03:00:00\"}]";
	struct scene s;
	size_t i;

	(void)state;
	assert_int_equal(scene_rules(&s, rules), 0);
	scene_calls(&s, calls);
	for (i = 0; i < 2; i++) {
		s.set.threads = i == 0 ? 1 : 3;
		assert_int_equal(scene_run(&s), 1);
		assert_int_equal(s.notes.warnings, 2);
		assert_string_equal(s.notes.list[0].text,
		    "rule 'in-match': " GAVE_UP);
		assert_string_equal(s.notes.list[1].text,
		    "rule 'in-where': " GAVE_UP);
		assert_true(s.found.n > 2);
		check_stopped(s.found.findings[0], &s, "in-match", GAVE_UP);
		check_stopped(s.found.findings[1], &s, "in-where", GAVE_UP);
		assert_string_equal(s.found.findings[2]->rule, "sound");
		assert_string_not_equal(s.found.findings[0]->id,
		    s.found.findings[1]->id);
	}
	scene_end(&s);
}

/* What is said of one, and of two. */
static void
test_plurals(void **state)
{
	static const char rules[] =
	    "\"match\": {}, \"by\": [\"account\"], "
	    "\"measure\": {\"fn\": \"count\", \"window\": \"day\"}, "
	    "\"baseline\": {\"history\": \"28d\", \"stat\": \"median\", "
	    "\"min_buckets\": 5, \"floor\": 1}, "
	    "\"when\": {\"times\": 2, \"gte\": 1}";
	static const struct {
		const char *calls, *lack, *cold;
	} rows[] = {
		{ "{\"start\": \"2026-01-13\"}, "
		  "{\"start\": \"2026-01-13\", \"account\": \"A\"}",
		    "1 call lacks a field of \"by\" and joined no group",
		    "1 group has too little history for a baseline yet" },
		{ "{\"start\": \"2026-01-13\", \"repeat\": 2}, "
		  "{\"start\": \"2026-01-13\", \"account\": \"A\"}, "
		  "{\"start\": \"2026-01-13\", \"account\": \"B\"}",
		    "2 calls lack a field of \"by\" and joined no group",
		    "2 groups have too little history for a baseline yet" },
	};
	char *text = scene_rule(rules);
	struct buf calls;
	struct scene s;
	size_t i;

	(void)state;
	assert_int_equal(scene_rules(&s, text), 0);
	buf_init(&calls);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_reset(&calls);
		buf_addf(&calls, "\"calls\": [%s]", rows[i].calls);
		scene_calls(&s, calls.data);
		assert_int_equal(scene_run(&s), 0);
		assert_int_equal(s.notes.n, 2);
		assert_string_equal(s.notes.list[0].text + strlen("rule 'r': "),
		    rows[i].lack);
		assert_string_equal(s.notes.list[1].text + strlen("rule 'r': "),
		    rows[i].cold);
	}
	buf_fini(&calls);
	scene_end(&s);
	free(text);
}

/* Emergency calls count in volumes; their number is no group. */
static void
test_emergency(void **state)
{
	static const char calls[] =
	    "\"base\": {\"account\": \"A\", \"dst\": \"112\", "
	    "\"dialled\": \"112\", \"dst_type\": \"emergency\", "
	    "\"start\": \"2026-01-13T02:00:00\"}, "
	    "\"calls\": [{\"repeat\": 3}]";

	(void)state;
	check_count(COUNT_2H "\"when\": {\"gte\": 3}", calls, 1);
	check_count("\"match\": {}, \"by\": [\"dst\"], \"measure\": {"
		    "\"fn\": \"count\", \"over\": \"2h\"}, "
		    "\"when\": {\"gte\": 3}",
	    calls, 0);
	check_count("\"match\": {}, \"by\": [\"account\", \"dialled\"]", calls,
	    0);
}

static void
test_entities(void **state)
{
	static const struct {
		const char *by, *type, *entity;
	} rows[] = {
		{ "\"by\": [\"account\"]", "account", "A" },
		{ "\"by\": []", "traffic", "all" },
		{ "\"by\": [\"dst_country\"]", "dst_country", "GB" },
		{ "\"by\": [\"dst\"]", "dst", "+442079460000" },
		{ "\"by\": [\"src\"]", "account", "A" },
		{ "\"by\": [\"user\"]", "account", "A" },
		{ "\"by\": [\"dst\", \"user\"], \"entity\": \"dst\"", "dst",
		    "+442079460000" },
		{ "\"by\": [\"dst\", \"user\"]", "account", "A" },
		{ "\"by\": [\"trunk_out\"]", "trunk", "SIP/carrier" },
		{ "\"by\": [\"source\"]", "source", "pbx1" },
	};
	const struct finding *f;
	struct scene s;
	struct buf keys;
	size_t i;

	(void)state;
	buf_init(&keys);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_reset(&keys);
		buf_addf(&keys, "\"match\": {\"direction\": \"out\"}, %s",
		    rows[i].by);
		f = scene_find(&s, keys.data,
		    "\"base\": {\"src\": \"2041\", \"user\": \"2041\", "
		    "\"src_kind\": \"internal\", \"source\": \"pbx1\", "
		    "\"dst\": \"+442079460000\", \"dst_country\": \"GB\", "
		    "\"trunk_out\": \"SIP/carrier\", \"account\": \"A\"}, "
		    "\"calls\": [{\"direction\": \"out\", "
		    "\"start\": \"2026-01-13T02:00:00\"}]");
		assert_string_equal(f->entity_type, rows[i].type);
		assert_string_equal(f->entity, rows[i].entity);
		scene_end(&s);
	}
	buf_fini(&keys);
}

/* A call of 203 that shows a number of the house; a call to that number. */
#define SHOWN                                                       \
	"{\"direction\": \"out\", \"user\": \"203\", "              \
	"\"src\": \"+18005550199\", \"src_kind\": \"internal\", "   \
	"\"src_type\": \"toll-free\", \"dst\": \"+442079460000\", " \
	"\"start\": \"2026-01-13T02:00:00\"}"
#define TOLL_FREE                                             \
	"{\"direction\": \"in\", \"src\": \"+13125550142\", " \
	"\"dst\": \"+18005550199\", "                         \
	"\"dst_type\": \"toll-free\", \"start\": \"2026-01-13T03:00:00\"}"

/* A number belongs to itself, not to who shows it. */
static void
test_shown_number(void **state)
{
	static const char *const rules[] = {
		"\"match\": {\"direction\": \"in\"}, \"by\": [\"dst\"]",
		"\"match\": {\"direction\": \"out\"}, \"by\": [\"src\"]",
	};
	static const char both[] = "\"calls\": [" SHOWN ", " TOLL_FREE "]";
	static const struct {
		const char *account; /* of who shows it */
		enum account_type type;
	} rows[] = {
		{ "203", ACCOUNT_EXTENSION },
		{ "SALES", ACCOUNT_ACCOUNT },
	};
	struct scene s;
	struct call *c;
	size_t i, k;
	char *text;

	(void)state;
	for (i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		k = i / 2;
		text = scene_rule(rules[i % 2]);
		assert_int_equal(scene_rules(&s, text), 0);
		scene_calls(&s, both);
		c = s.calls->calls;
		c[0].account = intern_addstr(s.calls->names, rows[k].account);
		c[0].account_type = (uint8_t)rows[k].type;
		s.calls->parties[c[1].dst] = s.calls->parties[c[0].src];
		assert_int_equal(scene_run(&s), 0);
		assert_int_equal(s.found.n, 1);
		assert_string_equal(s.found.findings[0]->entity_type, "number");
		assert_string_equal(s.found.findings[0]->entity,
		    "+18005550199");
		scene_end(&s);
		free(text);
	}
}

/* 30 calls: the first five, the last five, and the ten dearest between. */
static void
test_evidence(void **state)
{
	const struct finding *f;
	struct scene s;
	size_t i;

	(void)state;
	f = scene_find(&s, "\"match\": {}, \"by\": [\"account\"]",
	    "\"base\": {\"account\": \"A\", \"src\": \"2041\", "
	    "\"dst\": \"+442079460000\", \"cost\": 1}, \"calls\": ["
	    "{\"start\": \"2026-01-13T00:00:00\", \"repeat\": 8, "
	    "\"cost\": 100}, "
	    "{\"start\": \"2026-01-13T01:00:00\", \"repeat\": 8}, "
	    "{\"start\": \"2026-01-13T02:00:00\", \"repeat\": 6, "
	    "\"cost\": 5}, "
	    "{\"start\": \"2026-01-13T03:00:00\", \"repeat\": 8, "
	    "\"cost\": null, \"duration\": \"1h\"}]");
	assert_int_equal(f->calls.calls, 30);
	assert_int_equal(f->nevidence, 20);
	assert_true(f->truncated);
	for (i = 1; i < f->nevidence; i++)
		assert_true(f->evidence[i - 1].start < f->evidence[i].start);
	/* 8 x 100, 1 x 1, 6 x 5, 5 at the end */
	for (i = 0; i < 8; i++)
		assert_int_equal(f->evidence[i].cost, 100000000);
	assert_int_equal(f->evidence[8].start, at("2026-01-13T01:00:00Z"));
	assert_int_equal(f->evidence[9].cost, 5000000);
	assert_int_equal(f->evidence[14].cost, 5000000);
	assert_false(f->evidence[15].has_cost);
	assert_int_equal(f->evidence[15].start, at("2026-01-13T03:00:03Z"));
	assert_string_equal(f->evidence[0].src, "2041");
	assert_string_equal(f->evidence[0].dst, "+442079460000");
	assert_string_equal(f->evidence[0].source, "default");
	scene_end(&s);
}

/* Without costs, or with costs of nothing, the ten longest. */
static void
test_longest_evidence(void **state)
{
	static const char *const costs[] = { "null", "0" };
	const struct finding *f;
	struct scene s;
	struct buf calls;
	size_t i, k, tens;

	(void)state;
	buf_init(&calls);
	for (i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
		buf_reset(&calls);
		buf_addf(&calls,
		    "\"base\": {\"account\": \"A\", \"cost\": %s}, "
		    "\"calls\": [{\"start\": \"2026-01-13T00:00:00\", "
		    "\"repeat\": 40, \"duration\": \"1m\"}, "
		    "{\"start\": \"2026-01-13T00:00:20.5\", \"repeat\": 10, "
		    "\"duration\": \"10m\"}, "
		    "{\"start\": \"2026-01-13T00:00:10.5\", "
		    "\"duration\": \"5m\", \"cost\": null}]",
		    costs[i]);
		f = scene_find(&s, "\"match\": {}, \"by\": [\"account\"]",
		    calls.data);
		assert_int_equal(f->nevidence, 20);
		for (k = tens = 0; k < f->nevidence; k++)
			tens += f->evidence[k].duration == 600000;
		assert_int_equal(tens, 10);
		assert_int_equal(f->evidence[4].start,
		    at("2026-01-13T00:00:04Z"));
		assert_int_equal(f->evidence[15].start,
		    at("2026-01-13T00:00:35Z"));
		scene_end(&s);
	}
	buf_fini(&calls);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threshold),
		cmocka_unit_test(test_finding),
		cmocka_unit_test(test_episodes),
		cmocka_unit_test(test_closing),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_told_once),
		cmocka_unit_test(test_crowded),
		cmocka_unit_test(test_pattern_limit),
		cmocka_unit_test(test_plurals),
		cmocka_unit_test(test_emergency),
		cmocka_unit_test(test_entities),
		cmocka_unit_test(test_shown_number),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_longest_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
