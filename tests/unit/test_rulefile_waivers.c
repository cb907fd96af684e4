/* What a file may say of waivers and tuning, and how it is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "rule_text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char sound[] =
    "{ \"cdrrules\": 1,\n"
    "\"rules\": [{ \"id\": \"new-name\", \"version\": 1, \"title\": \"t\",\n"
    "\"description\": \"d\", \"status\": \"test\", \"fraud_type\": \"irsf\",\n"
    "\"family\": \"time\", \"score\": 9, \"match\": {}, \"by\": [\"account\"],\n"
    "\"related\": [{ \"id\": \"old-name\", \"type\": \"renamed\" }],\n"
    "\"waiver_needs\": [\"account\", \"dst_country\"] }],\n"
    "\"lists\": { \"ours\": { \"kind\": \"exact\", \"of\": \"account\",\n"
    "\"values\": [\"A1\"] } },\n"
    "\"waivers\": [{ \"id\": \"w-1\", \"rules\": [\"old-name\"],\n"
    "\"match\": { \"account\": { \"list\": \"ours\" }, \"dst_country\": "
    "[\"CU\"] },\n"
    "\"reason\": \"Supplier there\", \"owner\": \"anna\",\n"
    "\"ticket\": \"FR-118\",\n"
    "\"created\": \"2026-01-02\", \"expires\": \"2026-01-24\",\n"
    "\"limit\": { \"calls_per_day\": 20, \"cost_per_day\": 50.5 } }] }\n";

/* A text replaced; what is said, where, with which code. */
static const struct {
	const char *old, *new, *code;
	unsigned line, column;
	const char *text;
} refused[] = {
	{ "[\"old-name\"]", "[\"new-nam\"]", "E401", 9, 38,
	    "unknown rule 'new-nam'" },
	{ ", \"dst_country\": [\"CU\"]", "", "E402", 10, 10,
	    "a waiver of 'new-name' must pin 'dst_country'" },
	{ "[\"CU\"]", "{ \"exists\": true }", "E402", 10, 10,
	    "a waiver of 'new-name' must pin 'dst_country'" },
	{ "[\"CU\"]", "[\"CU\", { \"suffix\": \"U\" }]", "E402", 10, 10,
	    "a waiver of 'new-name' must pin 'dst_country'" },
	{ "\"reason\": \"Supplier there\", ", "", "E403", 9, 13,
	    "waiver has no \"reason\"" },
	{ "\"owner\": \"anna\",", "", "E403", 9, 13,
	    "waiver has no \"owner\"" },
	{ "\"id\": \"w-1\", ", "", "E403", 9, 13, "waiver has no \"id\"" },
	{ "\"created\": \"2026-01-02\", ", "", "E403", 9, 13,
	    "waiver has no \"created\"" },
	{ ", \"expires\": \"2026-01-24\"", "", "E403", 9, 13,
	    "waiver has no \"expires\"" },
	{ "\"rules\": [\"old-name\"],", "", "E403", 9, 13,
	    "waiver has no \"rules\"" },
	{ "\"ticket\"", "\"tickets\"", "E404", 12, 1,
	    "unknown key 'tickets' in waiver" },
	{ "calls_per_day", "calls_a_day", "E404", 14, 12,
	    "unknown key 'calls_a_day' in limit" },
	{ "2026-01-24", "2026-01-02", "E406", 13, 37,
	    "the waiver ends before it begins" },
	{ "2026-01-24", "2027-01-04", "E406", 13, 37,
	    "the waiver holds for 367 days; at most 366" },
	{ "2026-01-24\"", "2026-01-24\", \"from\": \"2026-01-24\"", "E406", 13,
	    37, "the waiver ends before it begins" },
	{ "[\"old-name\"]", "[\"*\"]", "E407", 9, 38,
	    "a waiver of every rule is not allowed here" },
	{ "Supplier there", "Supplier", "E408", 11, 11,
	    "a reason of fewer than 10 characters tells nobody why" },
	{ "50.5", "0", "E408", 14, 49, "must be above 0" },
	{ "\"calls_per_day\": 20, \"cost_per_day\": 50.5", "", "E408", 14, 10,
	    "a limit of nothing" },
	{ "\"waivers\": [", "\"waivers\": 1, \"x-\": [", "E304", 9, 12,
	    "wrong type" },
	{ "\"calls_per_day\": 20", "\"calls_per_day\": 2.5", "E304", 14, 29,
	    "wrong type" },
	{ "2026-01-24", "24.1.2026", "E304", 13, 37, "wrong type" },
	{ "\"list\": \"ours\"", "\"list\": \"theirs\"", "E206", 10, 33,
	    "unknown list 'theirs'" },
	{ "\"dst_country\": [", "\"dst_land\": [", "E201", 10, 43,
	    "unknown field 'dst_land'" },
};

static void
test_sound(void **state)
{
	struct rule_text *f = *state;
	const struct waiver *w;

	assert_int_equal(rule_text_load(f, sound), 0);
	assert_int_equal(f->rs.nwaivers, 1);
	w = f->rs.waivers[0];
	assert_string_equal(w->id, "w-1");
	assert_true(waiver_names(w, ruleset_find(&f->rs, "new-name")));
	assert_int_equal(w->expires - w->from, 22);
	assert_int_equal(w->calls_per_day, 20);
	assert_int_equal(w->cost_per_day, 50500000);
}

static void
test_refused(void **state)
{
	struct rule_text *f = *state;
	const struct note *n;
	size_t i;
	char *text;

	for (i = 0; i < COUNT(refused); i++) {
		text = rule_text_changed(sound, refused[i].old, refused[i].new);
		assert_int_equal(rule_text_load(f, text), -1);
		n = &f->notes.list[0];
		if (strcmp(n->code, refused[i].code) != 0 ||
		    n->line != refused[i].line ||
		    n->column != refused[i].column ||
		    strcmp(n->text, refused[i].text) != 0)
			fail_msg("%s: %s %u:%u %s", refused[i].new, n->code,
			    (unsigned)n->line, (unsigned)n->column, n->text);
		free(text);
	}
}

static void
test_one_id_twice(void **state)
{
	struct rule_text *f = *state;
	char *text = rule_text_changed(sound, "}] }\n",
	    "}, { \"id\": \"w-1\", \"rules\": [\"new-name\"],\n\"match\": { "
	    "\"account\": \"A\", \"dst_country\": \"CU\" }, \"reason\": \"None "
	    "of yours\", \"owner\": \"o\", \"created\": \"2026-01-02\", "
	    "\"expires\": \"2026-01-24\" }] }\n");

	assert_int_equal(rule_text_load(f, text), -1);
	assert_string_equal(f->notes.list[0].code, "E405");
	assert_int_equal(f->notes.list[0].line, 14);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sound, rule_text_set_up,
		    rule_text_tear_down),
		cmocka_unit_test_setup_teardown(test_refused, rule_text_set_up,
		    rule_text_tear_down),
		cmocka_unit_test_setup_teardown(test_one_id_twice,
		    rule_text_set_up, rule_text_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
