#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "place.h"
#include "sample_results.h"
#include "tool/setup.h"

static void
open_setup(struct setup *s, const struct setup_options *o)
{
	assert_int_equal(setup_open(s, "test", o), EXIT_DONE);
}

static void
test_db(void **state)
{
	struct place *p = *state;
	struct setup_options o = { .config = p->config };
	struct setup s;

	place_write(p->config, "{ \"cdrconfig\": 1, \"db\": \"/x/file.db\" }");
	open_setup(&s, &o);
	assert_string_equal(s.db, "/x/file.db");
	setup_close(&s);
	(void)setenv("CDR_DB", "variable.db", 1);
	open_setup(&s, &o);
	assert_string_equal(s.db, "variable.db");
	setup_close(&s);
	o.db = "option.db";
	open_setup(&s, &o);
	assert_string_equal(s.db, "option.db");
	setup_close(&s);
	(void)setenv("CDR_DB", "", 1);
	o = (struct setup_options){ .no_config = true };
	open_setup(&s, &o);
	assert_null(s.db);
	setup_close(&s);
}

static void
test_zones(void **state)
{
	static const struct {
		const char *option, *file, *tz; /* TZ */
		const char *zone, *env_zone;
	} cases[] = {
		{ NULL, "", NULL, NULL, NULL },
		{ NULL, "", "Europe/Berlin", NULL, "Europe/Berlin" },
		{ NULL, "", ":Europe/Berlin", NULL, "Europe/Berlin" },
		{ NULL, "", "EST5EDT4", NULL, NULL },
		{ NULL, ", \"tz\": \"Asia/Tokyo\"", "Europe/Berlin",
		    "Asia/Tokyo", "Europe/Berlin" },
		{ "UTC", ", \"tz\": \"Asia/Tokyo\"", NULL, "UTC", NULL },
	};
	struct place *p = *state;
	struct setup_options o = { .config = p->config };
	struct setup s;
	char text[80];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(text, sizeof(text), "{ \"cdrconfig\": 1%s }",
		    cases[i].file);
		place_write(p->config, text);
		(void)setenv("TZ", cases[i].tz != NULL ? cases[i].tz : "", 1);
		o.tz = cases[i].option;
		open_setup(&s, &o);
		assert_string_equal(s.zone != NULL ? zone_name(s.zone) : "none",
		    cases[i].zone != NULL ? cases[i].zone : "none");
		assert_string_equal(s.env_zone != NULL ? zone_name(s.env_zone)
						       : "none",
		    cases[i].env_zone != NULL ? cases[i].env_zone : "none");
		/* Sources are read with what is stated. */
		assert_true((s.sources.list[0].zone != NULL) ==
			    (cases[i].zone != NULL));
		setup_close(&s);
	}
}

static void
test_now(void **state)
{
	static const struct {
		const char *option, *epoch, *tz;
		int64_t now;
	} cases[] = {
		{ "2026-01-13T10:00:00Z", NULL, NULL, 1768298400000 },
		{ "2026-01-13", NULL, "America/Chicago", 1768284000000 },
		{ "2026-01-13T10:00:00Z", "5", NULL, 1768298400000 },
		{ NULL, "1768298400", NULL, 1768298400000 },
		{ NULL, "0", NULL, 0 },
	};
	struct setup_options o = { .no_config = true };
	struct setup s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)setenv("SOURCE_DATE_EPOCH",
		    cases[i].epoch != NULL ? cases[i].epoch : "", 1);
		o.now = cases[i].option;
		o.tz = cases[i].tz;
		open_setup(&s, &o);
		assert_int_equal(s.now, cases[i].now);
		assert_true(s.now_given);
		setup_close(&s);
	}
	o = (struct setup_options){ .no_config = true };
	(void)unsetenv("SOURCE_DATE_EPOCH");
	open_setup(&s, &o);
	assert_false(s.now_given);
	assert_true(s.now > 1700000000000);
	setup_close(&s);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *option, *epoch, *tz, *file, *words;
	} cases[] = {
		{ "soon", "", NULL, "", "test: --now: " },
		{ NULL, "1e9", NULL, "",
		    "test: SOURCE_DATE_EPOCH: not seconds since 1970: '1e9'" },
		{ NULL, "-1", NULL, "", "SOURCE_DATE_EPOCH: not seconds" },
		{ NULL, " ", NULL, "", "SOURCE_DATE_EPOCH: not seconds" },
		{ NULL, "253402300800", NULL, "",
		    "SOURCE_DATE_EPOCH: not seconds" },
		{ NULL, "99999999999999999999", NULL, "",
		    "SOURCE_DATE_EPOCH: not seconds" },
		{ NULL, "", "Mars/Crater", "", "test: --tz: " },
		{ NULL, "", NULL, ", \"tz\": \"Mars\"",
		    "c.json:1:26: error[E208]: " },
		{ NULL, "", NULL, ", \"trunks\": [\"(\"]",
		    "c.json:1:33: error[E203]: bad regular expression" },
	};
	struct place *p = *state;
	struct setup_options o = { .config = p->config };
	struct setup s;
	char text[80];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(text, sizeof(text), "{ \"cdrconfig\": 1 %s }",
		    cases[i].file);
		place_write(p->config, text);
		(void)setenv("SOURCE_DATE_EPOCH", cases[i].epoch, 1);
		o.now = cases[i].option;
		o.tz = cases[i].tz;
		place_listen(p);
		assert_int_equal(setup_open(&s, "test", &o), EXIT_NOT_DONE);
		place_heard(p, cases[i].words);
		setup_close(&s);
	}
	(void)unsetenv("SOURCE_DATE_EPOCH");
	(void)setenv("CDR_CONFIG", "/nonexistent/c.json", 1);
	o = (struct setup_options){ .verbosity = 0 };
	place_listen(p);
	assert_int_equal(setup_open(&s, "test", &o), EXIT_NOT_DONE);
	place_heard(p, "/nonexistent/c.json");
	setup_close(&s);
}

static const char one_rule[] =
    "{ \"cdrrules\": 1, \"rules\": [ { \"id\": \"local-r\", \"version\": 1,\n"
    "  \"title\": \"T\", \"description\": \"D\", \"status\": \"test\",\n"
    "  \"fraud_type\": \"irsf\", \"family\": \"volume\", \"score\": 45,\n"
    "  \"match\": {}, \"by\": [\"account\"],\n"
    "  \"waiver_needs\": [\"account\"] } ] }\n";

/* Whether the rules in force are ours alone, the shipped ones, or both. */
static void
check_rules(const struct setup_options *o, enum setup_files how,
    const struct opt_list *files, bool ours, bool shipped)
{
	struct ruleset rules;
	struct notes notes;
	struct setup s;

	ruleset_init(&rules);
	notes_init(&notes);
	open_setup(&s, o);
	assert_int_equal(setup_load_rules(&s, how, files, &rules, &notes), 0);
	assert_true((ruleset_find(&rules, "local-r") != NULL) == ours);
	assert_true(
	    (ruleset_find(&rules, "known-bad-number") != NULL) == shipped);
	/* Those are always there. */
	assert_non_null(named_calendar(&rules.named, NAMED_HOURS));
	assert_non_null(named_list(&rules.named, "known-bad"));
	setup_close(&s);
	notes_fini(&notes);
	ruleset_fini(&rules);
}

static void
test_rules(void **state)
{
	struct place *p = *state;
	const char *paths[] = { p->rules, p->rules };
	const struct opt_list list = { paths, 1 };
	struct setup_options o = { .no_config = true };
	char text[80];

	place_write(p->rules, one_rule);
	check_rules(&o, SETUP_IN_FORCE, NULL, false, true);
	o.rules = list;
	check_rules(&o, SETUP_IN_FORCE, NULL, true, false);
	o.rules = (struct opt_list){ NULL, 0 };
	check_rules(&o, SETUP_INSTEAD, &list, true, false);
	check_rules(&o, SETUP_BESIDE, &list, true, true);
	(void)snprintf(text, sizeof(text), ":%s:", p->rules);
	(void)setenv("CDR_RULES", text, 1);
	check_rules(&o, SETUP_IN_FORCE, NULL, true, false);
	(void)unsetenv("CDR_RULES");
	place_write(p->config, "{ \"cdrconfig\": 1, \"rules\": [\"r.json\"] }");
	o = (struct setup_options){ .config = p->config };
	check_rules(&o, SETUP_IN_FORCE, NULL, true, true);
}

static void
test_rules_refused(void **state)
{
	static const struct {
		const char *rules, *config, *words;
	} cases[] = {
		{ "{ \"cdrrules\": 1, \"rulez\": [] }", "{ \"cdrconfig\": 1 }",
		    "r.json:1:18: error[E122]" },
		{ one_rule,
		    "{ \"cdrconfig\": 1, \"calendar\": \"busines-hours\" }",
		    "c.json:1:31: error[E207]: no such calendar: "
		    "'busines-hours'" },
		{ one_rule,
		    "{ \"cdrconfig\": 1, \"sources\": [\n"
		    "{ \"name\": \"a\" },\n"
		    "{ \"name\": \"b\", \"calendar\": \"shop\" } ] }",
		    "c.json:3:28: error[E207]: no such calendar: 'shop'" },
	};
	struct place *p = *state;
	const char *path = p->rules;
	struct setup_options o = { .config = p->config, .rules = { &path, 1 } };
	struct ruleset rules;
	struct setup s;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		place_write(p->rules, cases[i].rules);
		place_write(p->config, cases[i].config);
		open_setup(&s, &o);
		ruleset_init(&rules);
		place_listen(p);
		assert_int_equal(setup_rules(&s, &rules), EXIT_NOT_DONE);
		place_heard(p, cases[i].words);
		ruleset_fini(&rules);
		setup_close(&s);
	}
	/* A calendar of the configuration is as good as a shipped one. */
	place_write(p->config,
	    "{ \"cdrconfig\": 1, \"calendar\": \"shop\", \"calendars\": "
	    "{ \"shop\": { \"open\": { \"mon\": [\"08:00-09:00\"] } } } }");
	open_setup(&s, &o);
	ruleset_init(&rules);
	assert_int_equal(setup_rules(&s, &rules), EXIT_DONE);
	assert_non_null(named_calendar(&rules.named, "shop"));
	ruleset_fini(&rules);
	setup_close(&s);
}

static void
test_time(void **state)
{
	struct place *p = *state;
	struct setup_options o = { .no_config = true,
		.now = "2026-01-13T10:00:00Z" };
	struct setup s;
	int64_t t = 7;

	open_setup(&s, &o);
	assert_int_equal(setup_time(&s, "--since", "2h", &t), 0);
	assert_int_equal(t, s.now - 7200000);
	place_listen(p);
	assert_int_equal(setup_time(&s, "--since", "2026-02-30", &t), -1);
	place_heard(p, "test: --since: ");
	setup_close(&s);
}

static void
test_colour(void **state)
{
	struct setup_options o = { .colour = "always" };

	(void)state;
	assert_true(setup_colour(&o, -1));
	(void)setenv("NO_COLOR", "1", 1);
	assert_true(setup_colour(&o, -1));
	o.colour = "auto";
	assert_false(setup_colour(&o, -1));
	o.colour = "never";
	assert_false(setup_colour(&o, -1));
	(void)unsetenv("NO_COLOR");
	o.colour = NULL;
	assert_false(setup_colour(&o, -1));
}

static void
test_out(void **state)
{
	struct place *p = *state;
	struct setup_options o = { .no_config = true, .output = p->out };
	struct emit_options opt;
	struct selection all;
	struct results rs;
	struct setup s;
	struct view v;

	open_setup(&s, &o);
	assert_int_equal(setup_put(&s, "abc\n", 4), EXIT_DONE);
	place_check(p->out, "abc\n");
	results_init(&rs);
	sample_night(&rs);
	selection_init(&all);
	view_init(&v, &rs, &all);
	emit_options_init(&opt);
	assert_int_equal(setup_emit(&s, &v, &opt), EXIT_DONE);
	place_check(p->out, "CDR fraud report");
	o.format = "json";
	assert_int_equal(setup_emit(&s, &v, &opt), EXIT_DONE);
	place_check(p->out, "\"schema\": \"cdr.report/1\"");
	o.output = "/dev/full";
	place_listen(p);
	assert_int_equal(setup_emit(&s, &v, &opt), EXIT_NOT_DONE);
	assert_int_equal(setup_put(&s, "abc\n", 4), EXIT_NOT_DONE);
	place_heard(p, "test: cannot write /dev/full: No space left on device\n"
		       "test: cannot write /dev/full: ");
	o.output = "/nonexistent/out";
	place_listen(p);
	assert_int_equal(setup_put(&s, "abc\n", 4), EXIT_NOT_DONE);
	place_heard(p,
	    "cannot write /nonexistent/out: No such file or directory");
	view_fini(&v);
	results_fini(&rs);
	setup_close(&s);
}

static void
test_show(void **state)
{
	struct place *p = *state;
	struct setup_options o = { .config = p->config,
		.output = p->out,
		.db = "option.db" };
	char want[160];

	place_write(p->config, "{ \"cdrconfig\": 1, \"currency\": \"EUR\" }");
	assert_int_equal(setup_show("test", &o), EXIT_DONE);
	(void)snprintf(want, sizeof(want), "configuration = %s ", p->config);
	place_check(p->out, want);
	place_check(p->out, "\ndb = option.db                                  "
			    "# --db\n");
	(void)snprintf(want, sizeof(want),
	    "\ncurrency = EUR                                  # %s\n",
	    p->config);
	place_check(p->out, want);
	place_check(p->out,
	    "\nreport.min_score = 40                           # built in\n");
	place_write(p->config, "{ \"cdrconfig\": 1, \"money\": \"EUR\" }");
	place_listen(p);
	assert_int_equal(setup_show("test", &o), EXIT_NOT_DONE);
	place_heard(p, "unknown key 'money'");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_db),
		TEST(test_zones),
		TEST(test_now),
		TEST(test_refused),
		TEST(test_rules),
		TEST(test_rules_refused),
		TEST(test_time),
		TEST(test_colour),
		TEST(test_out),
		TEST(test_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
