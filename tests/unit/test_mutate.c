#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "detect/mutate.h"
#include "scene.h"

/* A rule with keys of its own, and three calls that it must find. */
static const char rule_format[] =
    "{\"cdrrules\": 1, \"rules\": [{\"id\": \"three\", \"version\": 1, "
    "\"title\": \"T\", \"description\": \"D\", \"status\": \"test\", "
    "\"fraud_type\": \"irsf\", \"family\": \"time\", \"score\": 45, "
    "\"by\": [\"account\"], \"waiver_needs\": [\"account\"],\n%s,\n"
    "\"measure\": {\"fn\": \"count\", \"over\": \"2h\"}, "
    "\"when\": {\"gte\": 3}, \"tests\": [{\"name\": \"n\", "
    "\"base\": {\"account\": \"A1\", \"direction\": \"out\", "
    "\"dst\": \"+13125550142\", \"duration\": 9}, "
    "\"calls\": [{\"start\": \"2026-01-13T02:00:00\", \"repeat\": 3, "
    "\"every\": \"59m\"}], \"expect\": [{\"by\": {\"account\": \"A1\"}, "
    "\"calls\": 3, \"score\": 45}]%s}]}]}";

struct laboratory {
	struct scene scene;
	struct mutate_report rep;
};

static void
mutate(struct laboratory *l, const char *keys, const char *more)
{
	struct buf rules;

	memset(l, 0, sizeof(*l));
	buf_init(&rules);
	buf_addf(&rules, rule_format, keys, more);
	assert_int_equal(scene_rules(&l->scene, rules.data), 0);
	buf_fini(&rules);
	mutate_init(&l->rep);
	assert_int_equal(mutate_run(&l->scene.rules, NULL, &l->rep,
			     &l->scene.notes, &l->scene.err),
	    0);
}

static void
clear(struct laboratory *l)
{
	mutate_fini(&l->rep);
	scene_end(&l->scene);
}

static const struct mutant *
find(const struct laboratory *l, const char *id)
{
	size_t i;

	for (i = 0; i < l->rep.n; i++)
		if (strcmp(l->rep.mutants[i].id, id) == 0)
			return &l->rep.mutants[i];
	fail_msg("no mutant %s", id);
	return NULL;
}

/* What a rule may hold, and a mutant that it must have then. */
static const struct {
	const char *keys, *id;
	enum mutant_fate fate;
} held[] = {
	{ "\"match\": {\"direction\": \"out\"}", "match.direction",
	    MUTANT_SURVIVED },
	{ "\"match\": {}", "by.account", MUTANT_KILLED },
	{ "\"match\": {}, \"entity\": \"account\"", "by.account",
	    MUTANT_KILLED },
	{ "\"match\": {}", "measure.over*3", MUTANT_SURVIVED },
	{ "\"match\": {}", "measure.over/3", MUTANT_KILLED },
	{ "\"match\": {}", "when.gte*3", MUTANT_KILLED },
	{ "\"match\": {}", "when.gte/3", MUTANT_SURVIVED },
	{ "\"match\": {\"duration\": {\"gte\": \"3s\", \"lt\": \"60s\"}}",
	    "match.duration.gte*3", MUTANT_SURVIVED },
	{ "\"match\": {\"duration\": {\"gte\": \"4s\", \"lt\": \"60s\"}}",
	    "match.duration.gte*3", MUTANT_KILLED },
	{ "\"match\": {\"duration\": {\"gte\": \"3s\", \"lt\": \"60s\"}}",
	    "match.duration.lt", MUTANT_SURVIVED },
	{ "\"match\": {\"duration\": {\"gte\": \"3s\", \"lt\": \"21s\"}}",
	    "match.duration.lt/3", MUTANT_KILLED },
	{ "\"match\": {\"any\": [{\"dst\": \"+13125550142\"}, "
	  "{\"src\": \"1\"}]}",
	    "match.any.0", MUTANT_KILLED },
	{ "\"match\": {\"any\": [{\"dst\": \"+13125550142\"}, "
	  "{\"src\": \"1\"}]}",
	    "match.any.1", MUTANT_SURVIVED },
	{ "\"match\": {\"not\": {\"src\": \"1\", \"account\": "
	  "\"A1\"}}",
	    "match.not.src", MUTANT_KILLED },
	{ "\"match\": {\"dst\": [{\"prefix\": \"+1\"}, "
	  "{\"suffix\": \"9\"}]}",
	    "match.dst.0", MUTANT_KILLED },
	{ "\"match\": {}, \"escalate\": [{\"gte\": 9, \"score\": "
	  "60}]",
	    "escalate.0", MUTANT_SURVIVED },
	{ "\"match\": {}, \"escalate\": [{\"gte\": 9, \"score\": "
	  "60}]",
	    "escalate.0.gte/3", MUTANT_REFUSED },
	{ "\"match\": {}, \"also\": [{\"fn\": \"distinct\", \"of\": "
	  "\"dst\", \"lt\": 4}]",
	    "also.0", MUTANT_SURVIVED },
	{ "\"match\": {}, \"also\": [{\"fn\": \"distinct\", \"of\": "
	  "\"dst\", \"lt\": 4}]",
	    "also.0.lt/3", MUTANT_KILLED },
	{ "\"match\": {}, \"quiet\": \"1h\"", "quiet/3", MUTANT_SURVIVED },
	{ "\"match\": {\"duration\": {\"gte\": \"$d\"}}, \"params\": "
	  "{\"d\": {\"value\": \"9s\", \"min\": \"8s\", \"max\": "
	  "\"10s\", \"help\": \"h\"}}",
	    "params.d*3", MUTANT_KILLED },
};

static void
test_mutants_of(void **state)
{
	struct laboratory l;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(held) / sizeof(held[0]); i++) {
		mutate(&l, held[i].keys, "");
		if (find(&l, held[i].id)->fate != held[i].fate)
			fail_msg("%s: %s %s", held[i].keys, held[i].id,
			    mutant_fate_name(find(&l, held[i].id)->fate));
		clear(&l);
	}
}

static void
test_a_survivor_says_where_and_what_to_add(void **state)
{
	const struct mutant *m;
	struct laboratory l;

	(void)state;
	mutate(&l, "\"match\": {\"direction\": \"out\"}", "");
	m = find(&l, "match.direction");
	assert_int_equal(m->fate, MUTANT_SURVIVED);
	assert_int_equal(m->line, 2);
	assert_string_equal(m->rule->id, "three");
	assert_string_equal(m->what, "without match.direction");
	assert_string_equal(m->advice,
	    "\"not_when\": [ { \"direction\": \"in\" } ]");
	clear(&l);
	/* and with that line it is gone */
	mutate(&l, "\"match\": {\"direction\": \"out\"}",
	    ", \"not_when\": [{\"direction\": \"in\"}]");
	assert_int_equal(find(&l, "match.direction")->fate, MUTANT_KILLED);
	clear(&l);
}

static void
test_advice_fits_the_field(void **state)
{
	static const struct {
		const char *match, *id, *advice;
	} table[] = {
		{ "\"international\": {\"exists\": false}",
		    "match.international",
		    "\"not_when\" with a value that only this clause refuses" },
		{ "\"status\": {\"exists\": false}", "match.status",
		    "\"not_when\" with a value that only this clause refuses" },
		{ "\"dst\": {\"prefix\": \"+1\"}", "match.dst",
		    "\"not_when\": [ { \"dst\": null } ]" },
		{ "\"duration\": {\"gt\": \"5s\"}", "match.duration",
		    "\"not_when\": [ { \"duration\": 0 } ]" },
		{ "\"duration\": {\"lt\": \"1m\"}", "match.duration",
		    "\"not_when\": [ { \"duration\": \"1m\" } ]" },
	};
	struct laboratory l;
	char keys[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		(void)snprintf(keys, sizeof(keys), "\"match\": {%s}",
		    table[i].match);
		mutate(&l, keys, "");
		assert_string_equal(find(&l, table[i].id)->advice,
		    table[i].advice);
		clear(&l);
	}
}

static void
test_an_excuse_is_counted_and_must_be_needed(void **state)
{
	const struct mutant *m;
	struct laboratory l;

	(void)state;
	mutate(&l,
	    "\"match\": {\"direction\": \"out\"}, \"mutant_ok\": "
	    "[\"match.direction: only out\", \"when.gte*3: never\"]",
	    "");
	m = find(&l, "match.direction");
	assert_int_equal(m->fate, MUTANT_EXCUSED);
	assert_string_equal(m->reason, "only out");
	assert_int_equal(l.rep.fates[MUTANT_EXCUSED], 1);
	assert_int_equal(l.scene.notes.warnings, 1);
	assert_non_null(
	    strstr(l.scene.notes.list[0].text, "'when.gte*3: never'"));
	clear(&l);
}

static void
test_a_todo_test_kills_nothing(void **state)
{
	struct laboratory l;

	(void)state;
	mutate(&l, "\"match\": {}", ", \"todo\": true");
	assert_int_equal(find(&l, "when.gte*3")->fate, MUTANT_SURVIVED);
	assert_int_equal(l.rep.fates[MUTANT_KILLED], 0);
	clear(&l);
}

/* One that is no rule is no mutant: the step would not be above the base. */
static void
test_what_is_no_rule_is_refused(void **state)
{
	struct laboratory l;

	(void)state;
	mutate(&l,
	    "\"match\": {}, \"entity\": \"account\", \"escalate\": "
	    "[{\"gte\": 9, \"score\": 60}], \"params\": {}",
	    "");
	assert_int_equal(l.rep.n, l.rep.fates[MUTANT_KILLED] +
				      l.rep.fates[MUTANT_SURVIVED] +
				      l.rep.fates[MUTANT_REFUSED]);
	assert_int_equal(find(&l, "by.account")->fate, MUTANT_KILLED);
	clear(&l);
}

static void
test_twice_is_the_same(void **state)
{
	struct laboratory a, b;
	size_t i;

	(void)state;
	mutate(&a, "\"match\": {\"direction\": \"out\"}", "");
	mutate(&b, "\"match\": {\"direction\": \"out\"}", "");
	assert_int_equal(a.rep.n, b.rep.n);
	for (i = 0; i < a.rep.n; i++) {
		assert_string_equal(a.rep.mutants[i].id, b.rep.mutants[i].id);
		assert_int_equal(a.rep.mutants[i].fate, b.rep.mutants[i].fate);
	}
	clear(&a);
	clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mutants_of),
		cmocka_unit_test(test_a_survivor_says_where_and_what_to_add),
		cmocka_unit_test(test_advice_fits_the_field),
		cmocka_unit_test(test_an_excuse_is_counted_and_must_be_needed),
		cmocka_unit_test(test_a_todo_test_kills_nothing),
		cmocka_unit_test(test_what_is_no_rule_is_refused),
		cmocka_unit_test(test_twice_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
