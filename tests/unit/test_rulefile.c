#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule_text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What a rule says, resolved and with defaults. */
static void
test_rule(void **state)
{
	struct rule_text *f = *state;
	const struct rule *r;

	assert_int_equal(rule_text_load(f, rule_text_sound), 0);
	assert_int_equal(f->notes.n, 0);
	assert_int_equal(f->rs.n, 1);
	r = ruleset_find(&f->rs, "many");
	assert_non_null(r);
	assert_string_equal(r->title, "Many");
	assert_int_equal(r->version, 2);
	assert_int_equal(r->status, RULE_STABLE);
	assert_int_equal(r->score, 30);
	assert_true(r->enabled);
	assert_int_equal(r->sensitivity, 1);
	assert_int_equal(r->nby, 2);
	assert_string_equal(r->by[0]->name, "dst_country");
	assert_string_equal(r->entity->name, "account");
	assert_int_equal(r->measure.fn, MEASURE_COUNT);
	assert_int_equal(r->measure.window, WINDOW_DAY);
	assert_int_equal(r->measure.begins, 12 * 60 + 30);
	assert_int_equal(r->nalso, 1);
	assert_int_equal(r->also[0].cond.set, COND_GTE);
	assert_int_equal(r->also[0].cond.gte, 700000);
	assert_non_null(r->also[0].measure.where);
	assert_true(r->baseline.present);
	assert_int_equal(r->baseline.history, INT64_C(28) * 86400000);
	assert_int_equal(r->baseline.season, SEASON_WEEKDAY);
	assert_int_equal(r->baseline.stat, STAT_P95);
	assert_int_equal(r->baseline.min_buckets, 5);
	assert_int_equal(r->baseline.floor, 2 * RULE_UNIT);
	assert_int_equal(r->when.set, COND_TIMES | COND_GTE);
	assert_int_equal(r->when.gte, 8 * RULE_UNIT);
	assert_int_equal(r->when.times, 4 * RULE_UNIT);
	assert_int_equal(r->nescalate, 2);
	assert_int_equal(r->escalate[0].cond.gte, 20 * RULE_UNIT);
	assert_int_equal(r->escalate[1].cond.min_cost, 2500000);
	assert_int_equal(r->escalate[1].score, 60);
	assert_int_equal(r->quiet, 86400000);
	assert_int_equal(r->params.n, 2);
	assert_string_equal(r->params.list[0].name, "least");
	assert_int_equal(r->triage.n, 2);
	assert_int_equal(r->ntests, 1);
	assert_int_equal(r->line, 7);
	assert_non_null(json_get(r->json, "x-site"));
	assert_non_null(named_list(&f->rs.named, "bad"));
	assert_non_null(named_calendar(&f->rs.named, "hours"));
}

/* What a rule that says little means. */
static const struct {
	const char *text, *entity;
	int64_t quiet;
} defaults[] = {
	{ RULE_TEXT_MINIMAL("\"by\": []"), NULL, 86400000 },
	{ RULE_TEXT_MINIMAL("\"by\": [\"dst_block\", \"src\"]"), "src",
	    86400000 },
	{ RULE_TEXT_MINIMAL("\"by\": [\"dst_country\"]"), "dst_country",
	    86400000 },
	{ RULE_TEXT_MINIMAL("\"by\": [\"trunk_out\", \"dst\", \"user\"]"),
	    "user", 86400000 },
	{ RULE_TEXT_MINIMAL("\"by\": [\"account\", \"dst\"],"
			    " \"entity\": \"dst\""),
	    "dst", 86400000 },
	{ RULE_TEXT_MINIMAL(
	      "\"by\": [\"src\"], \"measure\": { \"fn\": \"count\","
	      " \"over\": \"2h\" }, \"when\": { \"gte\": 3 }"),
	    "src", 7200000 },
	{ RULE_TEXT_MINIMAL(
	      "\"by\": [\"src\"], \"measure\": { \"fn\": \"count\","
	      " \"window\": \"week\" }, \"when\": { \"gte\": 3 }"),
	    "src", INT64_C(604800000) },
	{ RULE_TEXT_MINIMAL("\"by\": [\"src\"], \"measure\":"
			    " { \"fn\": \"concurrent\", \"of\": \"dst\" },"
			    " \"when\": { \"gte\": 3 }"),
	    "src", 3600000 },
	{ RULE_TEXT_MINIMAL("\"by\": [\"src\"], \"quiet\": \"5m\""), "src",
	    300000 },
};

static void
test_defaults(void **state)
{
	struct rule_text *f = *state;
	const struct rule *r;
	size_t i;

	for (i = 0; i < COUNT(defaults); i++) {
		if (rule_text_load(f, defaults[i].text) != 0)
			fail_msg("%s: %s", defaults[i].text,
			    f->notes.list[0].text);
		r = f->rs.rules[0];
		if (defaults[i].entity == NULL)
			assert_null(r->entity);
		else
			assert_string_equal(r->entity->name,
			    defaults[i].entity);
		assert_true(r->quiet == defaults[i].quiet);
	}
}

static int
load_layers(struct rule_text *f, const char *first, const char *second)
{
	char a[128], b[128];
	const char *paths[] = { a, b };

	(void)snprintf(a, sizeof(a), "%s", rule_text_put(f, "one.json", first));
	(void)snprintf(b, sizeof(b), "%s",
	    rule_text_put(f, "two.json", second));
	rule_text_reset(f);
	return rulefile_load(&f->rs, paths, 2, NULL, 0, &f->notes);
}

static void
test_layers(void **state)
{
	static const char site[] =
	    "{ \"cdrrules\": 1, \"lists\": { \"bad\": { \"kind\": \"exact\","
	    " \"of\": \"dst\", \"values\": [\"+442079460123\"] } },"
	    " \"calendars\": { \"hours\": { \"open\": {} } } }";
	struct rule_text *f = *state;
	const struct named_list *list;
	const char *path = f->dir;

	assert_int_equal(load_layers(f, rule_text_sound, site), 0);
	list = named_list(&f->rs.named, "bad");
	assert_int_equal(numlist_size(list->list), 1);
	assert_non_null(numlist_find(list->list, "+442079460123", 13, 0));
	assert_null(calendar_zone(named_calendar(&f->rs.named, "hours")));

	/* The same two files as one layer, a directory. */
	rule_text_reset(f);
	assert_int_equal(rulefile_load(&f->rs, &path, 1, NULL, 0, &f->notes),
	    -1);
	assert_int_equal(f->notes.errors, 2);
	assert_string_equal(f->notes.list[0].code, "E315");
	assert_non_null(strstr(f->notes.list[0].more, "one.json:2"));

	assert_int_equal(load_layers(f, rule_text_sound, rule_text_sound), -1);
	assert_int_equal(f->notes.errors, 1);
	assert_string_equal(f->notes.list[0].code, "E306");
	assert_non_null(strstr(f->notes.list[0].file, "two.json"));
	assert_non_null(strstr(f->notes.list[0].more, "one.json:7"));
}

/* Only *.json of a directory is read; list files stand beside it. */
static void
test_directory(void **state)
{
	struct rule_text *f = *state;
	const char *path = f->dir;
	char *text;

	(void)rule_text_put(f, "bad.csv",
	    "value,expires\n+5375,2030-01-01\n+252,\n");
	(void)rule_text_put(f, "README", "no rules\n");
	text = refusal_make(rule_text_sound, "\"values\": [\"+5375\"]",
	    "\"file\": \"bad.csv\", \"values\": [{ \"value\": \"+371\","
	    " \"expires\": \"2030-01-01\" }]");
	(void)rule_text_put(f, "a.json", text);
	free(text);
	assert_int_equal(rulefile_load(&f->rs, &path, 1, NULL, 0, &f->notes),
	    0);
	assert_int_equal(numlist_size(named_list(&f->rs.named, "bad")->list),
	    3);
}

static void
test_calendars_of_the_configuration(void **state)
{
	struct calendar *extra[] = { calendar_new("hours"),
		calendar_new("nights") };
	struct rule_text *f = *state;
	const char *path = rule_text_put(f, "a.json", rule_text_sound);

	assert_int_equal(rulefile_load(&f->rs, &path, 1, extra, 2, &f->notes),
	    0);
	assert_ptr_equal(named_calendar(&f->rs.named, "hours"), extra[0]);
	assert_ptr_equal(named_calendar(&f->rs.named, "nights"), extra[1]);
}

static void
test_tests_apart(void **state)
{
	static const char apart[] =
	    "{ \"cdrrules\": 1, \"tests\": [ { \"rule\": \"many\","
	    " \"name\": \"none\", \"calls\": [{ \"start\": \"2026-01-13\" }],"
	    " \"expect\": [] } ] }";
	struct rule_text *f = *state;
	char *text;

	assert_int_equal(load_layers(f, apart, rule_text_sound), 0);
	assert_int_equal(f->rs.rules[0]->ntests, 2);
	assert_string_equal(json_get_string(f->rs.rules[0]->tests[1], "name"),
	    "none");
	text = refusal_make(apart, "\"many\"", "\"manny\"");
	assert_int_equal(load_layers(f, text, rule_text_sound), -1);
	assert_string_equal(f->notes.list[0].code, "E505");
	assert_non_null(strstr(f->notes.list[0].help, "\"many\""));
	free(text);
	text = refusal_make(apart, "\"rule\": \"many\",", "");
	assert_int_equal(load_layers(f, text, rule_text_sound), -1);
	assert_string_equal(f->notes.list[0].code, "E501");
	free(text);
}

/* A text replaced, and whether the hash stays. */
static const struct {
	const char *old, *new;
	bool same;
} hashed[] = {
	{ "\"direction\": \"out\", \"dst\": { \"list\": \"bad\" },\n"
	  "      \"time\": { \"outside\": \"hours\" }",
	    "\"time\": { \"outside\": \"hours\" }, \"dst\":"
	    " { \"list\": \"bad\" }, \"direction\": \"out\"",
	    true },
	{ "\"times\": 4, \"gte\": \"$least\"",
	    "\"gte\": \"$least\",\n \"times\": 4.0", true },
	{ "\"least\": { \"value\": 8, \"min\": 1, \"max\": 99,\n"
	  "        \"help\": \"calls\" },\n",
	    "\"least\": { \"help\": \"x\", \"min\": 2, \"max\": 9,"
	    " \"value\": 8 },\n",
	    true },
	{ "\"title\": \"Many\"", "\"title\": \"Lots\"", true },
	{ "\"version\": 2", "\"version\": 3", true },
	{ "\"x-site\": 1", "\"entity\": \"account\"", true },
	{ "\"x-site\": 1", "\"quiet\": \"1d\"", true },
	{ "\"fn\": \"count\"", "\"note\": 1, \"fn\": \"count\"", true },
	{ "\"title\": \"Bad\"", "\"title\": \"Worse\"", true },
	{ "\"value\": 8", "\"value\": 9", false },
	{ "\"score\": 30,\n", "\"score\": 31,\n", false },
	{ "\"score\": 60", "\"score\": 61", false },
	{ "\"direction\": \"out\",", "\"direction\": \"in\",", false },
	{ "[\"+5375\"]", "[\"+5376\"]", false },
	{ "\"08:00-18:00\"", "\"08:00-18:30\"", false },
	{ "\"2026-01-01\"", "\"2026-01-02\"", false },
	{ "\"Europe/Berlin\"", "\"Europe/Paris\"", false },
	{ "\"gte\": 0.7", "\"gte\": 0.8", false },
	{ "\"p95\"", "\"max\"", false },
	{ "\"12:30\"", "\"12:00\"", false },
	{ "\"x-site\": 1", "\"entity\": \"dst_country\"", false },
	{ "\"x-site\": 1", "\"quiet\": \"2d\"", false },
	{ "[\"dst_country\", \"account\"]",
	    "[\"dst_country\", \"account\", \"src\"]", false },
};

/* What changes a rule's hash, and what does not. */
static void
test_hash(void **state)
{
	struct rule_text *f = *state;
	char rule[HASH_HEX], set[HASH_HEX], *text;
	size_t i;

	assert_int_equal(rule_text_load(f, rule_text_sound), 0);
	memcpy(rule, f->rs.rules[0]->hash, sizeof(rule));
	memcpy(set, f->rs.hash, sizeof(set));
	assert_int_equal(strlen(rule), 32);
	for (i = 0; i < COUNT(hashed); i++) {
		text =
		    refusal_make(rule_text_sound, hashed[i].old, hashed[i].new);
		if (rule_text_load(f, text) != 0)
			fail_msg("%s: %s", hashed[i].new,
			    f->notes.list[0].text);
		if ((strcmp(rule, f->rs.rules[0]->hash) == 0) != hashed[i].same)
			fail_msg("%s", hashed[i].new);
		assert_int_equal(strcmp(set, f->rs.hash) == 0, hashed[i].same);
		free(text);
	}
}

/* A text replaced, and the warning; NULL: nothing to say. */
static const struct {
	const char *old, *new, *code; /* NULL: nothing to say */
} linted[] = {
	{ "\"x-site\"", "\"x-other\"", NULL },
	{ "\"times\": 4, \"gte\": \"$least\" }",
	    "\"times\": 4, \"lt\": \"$least\" }", "W302" },
	{ "\"times\": 4, \"gte\": \"$least\" }",
	    "\"times\": 4, \"gte\": \"$least\", \"lt\": 8 }", "W303" },
	{ "\"gte\": 0.7", "\"gte\": 1.1", "W303" },
	{ "\"gte\": \"$least\"", "\"gte\": 8", "W305" },
	{ "\"dst\": { \"list\": \"bad\" },", "", "W305" },
	{ "\"time\": { \"outside\": \"hours\" }", "\"cause\": 1", "W305" },
	{ ",\n        \"not_when\": [{ \"direction\": \"in\" }]", "", "W306" },
	{ "\"score\": 50", "\"score\": 30", "W309" },
	{ "\"match\": {", "\"match\": { \"not\": { \"user\": \"1\" },",
	    "W301" },
	{ "\"match\": {",
	    "\"lint_ok\": [\"W301: all calls have a user\"],"
	    " \"match\": { \"not\": { \"user\": \"1\" },",
	    NULL },
	{ "\"match\": {",
	    "\"lint_ok\": [\"W302: something else\"],"
	    " \"match\": { \"not\": { \"user\": \"1\" },",
	    "W301" },
};

static void
test_lint(void **state)
{
	struct rule_text *f = *state;
	char *text;
	size_t i;

	for (i = 0; i < COUNT(linted); i++) {
		text =
		    refusal_make(rule_text_sound, linted[i].old, linted[i].new);
		assert_int_equal(rule_text_load(f, text), 0);
		rulefile_lint(&f->rs, &f->notes);
		assert_int_equal(f->notes.errors, 0);
		if (f->notes.n != (linted[i].code != NULL))
			fail_msg("%s: %zu warnings", linted[i].new, f->notes.n);
		if (linted[i].code != NULL)
			assert_string_equal(f->notes.list[0].code,
			    linted[i].code);
		free(text);
	}
}

static void
test_lint_of_a_set(void **state)
{
	struct rule_text *f = *state;
	char *text, *other;

	other = refusal_make(rule_text_sound, "\"id\": \"many\"",
	    "\"id\": \"more\"");
	assert_int_equal(load_layers(f, rule_text_sound, other), 0);
	rulefile_lint(&f->rs, &f->notes);
	assert_int_equal(f->notes.n, 1);
	assert_string_equal(f->notes.list[0].code, "W311");
	text = refusal_make(other, "\"score\": 30,\n", "\"score\": 71,\n");
	assert_int_equal(load_layers(f, rule_text_sound, text), 0);
	notes_fini(&f->notes);
	rulefile_lint(&f->rs, &f->notes);
	notes_sort(&f->notes);
	assert_string_equal(f->notes.list[0].code, "W307");
	free(text);
	free(other);
}

/* A test's own lists and calendars, above those of the set. */
static void
test_named(void **state)
{
	static const char text[] =
	    "{ \"lists\": { \"bad\": { \"kind\": \"exact\", \"of\": \"src\","
	    " \"values\": [\"+442079460123\"] } },"
	    " \"calendars\": { \"hours\": { \"open\": {} } } }";
	struct rule_text *f = *state;
	struct json_doc *doc;
	struct arena arena;
	struct named own;

	assert_int_equal(rule_text_load(f, rule_text_sound), 0);
	arena_init(&arena);
	named_init(&own);
	own.under = &f->rs.named;
	doc = json_parse(text, strlen(text), "test", &f->notes);
	assert_int_equal(rulefile_named(json_root(doc), &own, &arena,
			     &f->notes),
	    0);
	assert_int_equal(f->notes.n, 0);
	assert_string_equal(named_list(&own, "bad")->of->name, "src");
	assert_int_equal(own.ncalendars, 1);
	named_fini(&own);
	arena_fini(&arena);
	json_free(&doc);
}

/* What we ship is right, has no warning, and every rule is tested. */
static void
test_shipped(void **state)
{
	static const char *const paths[] = { "rules/calendars", "rules/lists",
		"rules/rules.d" };
	static const char *const ids[] = { "after-hours-international",
		"after-hours-volume", "volume-spike", "talk-spike",
		"known-bad-number", "known-bad-caller",
		"toll-free-pumping-in-callers" };
	/* Nobody does these for a good reason, or hardly anybody. */
	static const char *const grave[] = { "admin-change-calls",
		"concurrent-group", "feed-gap", "forward-premium",
		"known-bad-probe", "prefix-probing", "restricted-class",
		"simultaneous-code", "voicemail-breakout-abroad",
		"wangiri-call-back", "wangiri-call-back-block" };
	struct rule_text *f = *state;
	const struct rule *r;
	size_t i, n;

	assert_int_equal(rulefile_load(&f->rs, paths, COUNT(paths), NULL, 0,
			     &f->notes),
	    0);
	rulefile_lint(&f->rs, &f->notes);
	if (f->notes.n > 0)
		fail_msg("%s:%u: %s", f->notes.list[0].file,
		    f->notes.list[0].line, f->notes.list[0].text);
	for (i = 0; i < COUNT(ids); i++)
		assert_non_null(ruleset_find(&f->rs, ids[i]));
	for (i = 0; i < f->rs.n; i++) {
		r = f->rs.rules[i];
		assert_int_equal(r->status, RULE_STABLE);
		assert_true(r->ntests >= 2 && r->references.n > 0);
		assert_true(r->family[0] != '\0');
		/* one fact that good customers show is not a case by itself */
		for (n = 0; n < COUNT(grave); n++)
			if (strcmp(r->id, grave[n]) == 0)
				break;
		assert_true(r->score <= 35 || strcmp(r->family, "list") == 0 ||
			    n < COUNT(grave));
	}
}

/* The schema is JSON that names what the readers know. */
static void
test_schema(void **state)
{
	struct rule_text *f = *state;
	const struct json *defs, *rule;
	struct json_doc *doc;
	struct buf out;

	buf_init(&out);
	rulefile_schema(&out);
	doc = json_parse(out.data, out.len, "schema", &f->notes);
	assert_non_null(doc);
	assert_int_equal(f->notes.n, 0);
	defs = json_get(json_root(doc), "$defs");
	rule = json_get(json_get(defs, "rule"), "properties");
	assert_non_null(json_get(rule, "escalate"));
	assert_non_null(json_get(rule, "also"));
	assert_non_null(json_get(rule, "follows"));
	assert_int_equal(json_get(json_get(defs, "field"), "enum")->n,
	    field_count());
	assert_non_null(
	    json_get(json_get(json_get(defs, "predicate"), "properties"),
		"time"));
	json_free(&doc);
	buf_fini(&out);
}

#define TEST(name)                                              \
	cmocka_unit_test_setup_teardown(name, rule_text_set_up, \
	    rule_text_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rule),
		TEST(test_defaults),
		TEST(test_layers),
		TEST(test_directory),
		TEST(test_calendars_of_the_configuration),
		TEST(test_tests_apart),
		TEST(test_hash),
		TEST(test_lint),
		TEST(test_lint_of_a_set),
		TEST(test_named),
		TEST(test_shipped),
		TEST(test_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
