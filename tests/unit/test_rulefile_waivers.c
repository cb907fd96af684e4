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
    "\"waiver_needs\": [\"account\", \"dst_country\"],\n"
    "\"params\": { \"calls\": { \"value\": 3, \"min\": 2, \"max\": 9, "
    "\"help\": \"h\" }, \"many\": { \"value\": 5, \"min\": 1, \"max\": 9, "
    "\"help\": \"h\" } },\n"
    "\"measure\": { \"fn\": \"count\", \"window\": \"day\" },\n"
    "\"when\": { \"gte\": \"$calls\" },\n"
    "\"escalate\": [{ \"gte\": \"$many\", \"score\": 20 }] }],\n"
    "\"lists\": { \"ours\": { \"kind\": \"exact\", \"of\": \"account\",\n"
    "\"values\": [\"A1\"] } },\n"
    "\"waivers\": [{ \"id\": \"w-1\", \"rules\": [\"old-name\"],\n"
    "\"match\": { \"account\": { \"list\": \"ours\" }, \"dst_country\": "
    "[\"CU\"] },\n"
    "\"reason\": \"Supplier there\", \"owner\": \"anna\",\n"
    "\"ticket\": \"FR-118\",\n"
    "\"created\": \"2026-01-02\", \"expires\": \"2026-01-24\",\n"
    "\"limit\": { \"calls_per_day\": 20, \"cost_per_day\": 50.5 } }],\n"
    "\"tuning\": { \"old-name\": [{ \"params\": { \"calls\": 4 },\n"
    "\"score\": \"+5\", \"status\": \"test\", \"enabled\": true, \"by\": "
    "\"anna\",\n"
    "\"date\": \"2026-01-14\", \"reason\": \"Busy\" },\n"
    "{ \"match\": { \"account\": \"A1\" }, \"params\": { \"many\": 7 } }] } "
    "}\n";

/* A text replaced; what is said, where, with which code. */
static const struct refusal refused[] = {
	{ "[\"old-name\"]", "[\"new-nam\"]", "E401", 13, 38,
	    "unknown rule 'new-nam'", NULL },
	{ ", \"dst_country\": [\"CU\"]", "", "E402", 14, 10,
	    "a waiver of 'new-name' must pin 'dst_country'", NULL },
	{ "[\"CU\"]", "{ \"exists\": true }", "E402", 14, 10,
	    "a waiver of 'new-name' must pin 'dst_country'", NULL },
	{ "[\"CU\"]", "[\"CU\", { \"suffix\": \"U\" }]", "E402", 14, 10,
	    "a waiver of 'new-name' must pin 'dst_country'", NULL },
	{ "\"reason\": \"Supplier there\", ", "", "E403", 13, 13,
	    "waiver has no \"reason\"", NULL },
	{ "\"owner\": \"anna\",", "", "E403", 13, 13, "waiver has no \"owner\"",
	    NULL },
	{ "\"id\": \"w-1\", ", "", "E403", 13, 13, "waiver has no \"id\"",
	    NULL },
	{ "\"created\": \"2026-01-02\", ", "", "E403", 13, 13,
	    "waiver has no \"created\"", NULL },
	{ ", \"expires\": \"2026-01-24\"", "", "E403", 13, 13,
	    "waiver has no \"expires\"", NULL },
	{ "\"rules\": [\"old-name\"],", "", "E403", 13, 13,
	    "waiver has no \"rules\"", NULL },
	{ "\"ticket\"", "\"tickets\"", "E404", 16, 1,
	    "unknown key 'tickets' in waiver", NULL },
	{ "calls_per_day", "calls_a_day", "E404", 18, 12,
	    "unknown key 'calls_a_day' in limit", NULL },
	{ "2026-01-24", "2026-01-02", "E406", 17, 37,
	    "the waiver ends before it begins", NULL },
	{ "2026-01-24", "2027-01-04", "E406", 17, 37,
	    "the waiver holds for 367 days; at most 366", NULL },
	{ "2026-01-24\"", "2026-01-24\", \"from\": \"2026-01-24\"", "E406", 17,
	    37, "the waiver ends before it begins", NULL },
	{ "[\"old-name\"]", "[\"*\"]", "E407", 13, 38,
	    "a waiver of every rule is not allowed here", NULL },
	{ "Supplier there", "Supplier", "E408", 15, 11,
	    "a reason of fewer than 10 characters tells nobody why", NULL },
	{ "50.5", "0", "E408", 18, 49, "must be above 0", NULL },
	{ "\"calls_per_day\": 20, \"cost_per_day\": 50.5", "", "E408", 18, 10,
	    "a limit of nothing", NULL },
	{ "\"waivers\": [", "\"waivers\": 1, \"x-\": [", "E304", 13, 12,
	    "wrong type", NULL },
	{ "\"calls_per_day\": 20", "\"calls_per_day\": 2.5", "E304", 18, 29,
	    "wrong type", NULL },
	{ "2026-01-24", "24.1.2026", "E304", 17, 37, "wrong type", NULL },
	{ "\"list\": \"ours\"", "\"list\": \"theirs\"", "E206", 14, 33,
	    "unknown list 'theirs'", NULL },
	{ "\"old-name\": [{", "\"old-nam\": [{", "E401", 19, 13,
	    "unknown rule 'old-nam'", NULL },
	{ "\"calls\": 4", "\"call\": 4", "E409", 19, 40,
	    "rule 'new-name' has no parameter 'call'", NULL },
	{ "\"calls\": 4", "\"calls\": 1", "E410", 19, 49,
	    "value of 'calls' is not between min and max", NULL },
	{ "\"calls\": 4", "\"calls\": \"4h\"", "E204", 19, 49,
	    "'calls' is a number", NULL },
	{ "\"+5\"", "\"+92\"", "E410", 20, 10,
	    "a score of 101 is not between 1 and 100", NULL },
	{ "\"+5\"", "\"5\"", "E304", 20, 10, "wrong type", NULL },
	{ "\"+5\"", "0", "E410", 20, 10,
	    "a score of 0 is not between 1 and 100", NULL },
	{ "\"status\": \"test\", \"enabled\"",
	    "\"status\": \"on\", \"enabled\"", "E308", 20, 26,
	    "unknown status 'on'", NULL },
	{ "\"enabled\": true", "\"enabled\": 1", "E304", 20, 45, "wrong type",
	    NULL },
	{ "\"enabled\": true", "\"disabled\": true", "E404", 20, 34,
	    "unknown key 'disabled' in tuning", NULL },
	{ "\"match\": { \"account\": \"A1\" }, \"p",
	    "\"match\": { \"dst\": \"A1\" }, \"p", "E411", 22, 14,
	    "rule 'new-name' does not group calls by 'dst'", NULL },
	{ "\"many\": 7", "\"many\": 4", "E412", 22, 1,
	    "rule 'new-name' does not work so: its step to score 20, gte 4 (many), holds whenever the "
	    "rule fires, gte 4 (calls); raise it, too",
	    NULL },
	{ "\"tuning\": {", "\"tuning\": [], \"x-\": {", "E304", 19, 11,
	    "wrong type", NULL },
	{ "\"dst_country\": [", "\"dst_land\": [", "E201", 14, 43,
	    "unknown field 'dst_land'", NULL },
};

static void
test_sound(void **state)
{
	struct rule_text *f = *state;
	const struct waiver *w;
	size_t i;

	assert_int_equal(rule_text_load(f, sound), 0);
	assert_int_equal(f->rs.nwaivers, 1);
	w = f->rs.waivers[0];
	assert_string_equal(w->id, "w-1");
	assert_true(waiver_names(w, ruleset_find(&f->rs, "new-name")));
	assert_int_equal(w->expires - w->from, 22);
	assert_int_equal(w->calls_per_day, 20);
	assert_int_equal(w->cost_per_day, 50500000);
	/* That nothing but a waiver asks a list is no reason to warn. */
	rulefile_lint(&f->rs, &f->notes);
	for (i = 0; i < f->notes.n; i++)
		assert_string_not_equal(f->notes.list[i].code, "W305");
}

/* The fingerprint of the set: what waivers say, and the lists they ask. */
static void
test_hash(void **state)
{
	static const char *const changes[][2] = {
		{ "\"A1\"", "\"A1\"" },
		{ "\"A1\"", "\"A2\"" },
		{ "2026-01-24", "2026-01-25" },
	};
	struct rule_text *f = *state;
	char hashes[COUNT(changes)][HASH_HEX], *text;
	size_t i, k;

	for (i = 0; i < COUNT(changes); i++) {
		text = refusal_make(sound, changes[i][0], changes[i][1]);
		assert_int_equal(rule_text_load(f, text), 0);
		memcpy(hashes[i], f->rs.hash, sizeof(hashes[i]));
		for (k = 0; k < i; k++)
			assert_string_not_equal(hashes[i], hashes[k]);
		free(text);
	}
}

static void
test_refused(void **state)
{
	struct rule_text *f = *state;
	size_t i;
	char *text;

	for (i = 0; i < COUNT(refused); i++) {
		text = refusal_make(sound, refused[i].old, refused[i].new);
		assert_int_equal(rule_text_load(f, text), -1);
		refusal_check(&refused[i], f->notes.list, 1);
		free(text);
	}
}

static void
test_one_id_twice(void **state)
{
	struct rule_text *f = *state;
	char *text = refusal_make(sound, "}],\n\"tuning\"",
	    "}, { \"id\": \"w-1\", \"rules\": [\"new-name\"],\n\"match\": { "
	    "\"account\": \"A\", \"dst_country\": \"CU\" }, \"reason\": \"None "
	    "of yours\", \"owner\": \"o\", \"created\": \"2026-01-02\", "
	    "\"expires\": \"2026-01-24\" }],\n\"tuning\"");

	assert_int_equal(rule_text_load(f, text), -1);
	assert_string_equal(f->notes.list[0].code, "E405");
	assert_int_equal(f->notes.list[0].line, 18);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sound, rule_text_set_up,
		    rule_text_tear_down),
		cmocka_unit_test_setup_teardown(test_hash, rule_text_set_up,
		    rule_text_tear_down),
		cmocka_unit_test_setup_teardown(test_refused, rule_text_set_up,
		    rule_text_tear_down),
		cmocka_unit_test_setup_teardown(test_one_id_twice,
		    rule_text_set_up, rule_text_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
