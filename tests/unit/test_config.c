#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tel/numplan.h"
#include "tool/config.h"

static struct numplan *plan;

/* The text as a file; the caller unlinks it. */
static void
write_file(const char *text, char path[64])
{
	int fd;

	(void)strcpy(path, "/tmp/test_config.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
}

static const char full[] =
    "{ \"cdrconfig\": 1, \"tz\": \"America/Chicago\", \"currency\": \"USD\",\n"
    "  \"home_country\": \"US\",\n"
    "  \"dialplan\": { \"international\": [\"011\"], \"outside\": [\"9\"],\n"
    "    \"extensions\": \"[2-5]\\\\d{3}\", \"own\": [\"+1312555\"] },\n"
    "  \"trunks\": [\"PJSIP/carrier-.*\"],\n"
    "  \"services\": { \"voicemail\": [\"\\\\*97\"] },\n"
    "  \"calendars\": { \"business-hours\": {\n"
    "    \"open\": { \"mon-fri\": [\"07:00-19:30\"] },\n"
    "    \"closed\": [\"2026-02-16\"] } },\n"
    "  \"rules\": [\"rules.d\", \"/etc/x\"], \"db\": \"cdr.db\",\n"
    "  \"report\": { \"min_score\": 20, \"to\": \"a@example.net, root\",\n"
    "    \"redact\": 2 }, \"retention\": \"400d\",\n"
    "  \"sources\": [\n"
    "    { \"name\": \"berlin\", \"tz\": \"Europe/Berlin\",\n"
    "      \"home_country\": \"DE\", \"files\": [\"/var/pbx/*.csv\"] },\n"
    "    { \"name\": \"ulm\", \"layout\": \"asterisk-csv\" } ] }\n";

static void
test_everything(void **state)
{
	char path[64];
	struct config c;
	struct config_sources s;
	struct notes notes;
	const struct source *src;

	(void)state;
	write_file(full, path);
	notes_init(&notes);
	assert_int_equal(config_load(&c, CONFIG_FILE, path, &notes), 0);
	assert_int_equal(notes.n, 0);
	assert_string_equal(c.db, "/tmp/cdr.db");
	assert_string_equal(c.rules.items[0], "/tmp/rules.d");
	assert_string_equal(c.rules.items[1], "/etc/x");
	assert_int_equal(c.report_min_score, 20);
	assert_string_equal(c.report_to, "a@example.net, root");
	assert_int_equal(c.report_redact, 2);
	assert_int_equal(c.retention, INT64_C(400) * 24 * 3600 * 1000);
	assert_int_equal(c.ncalendars, 1);
	assert_int_equal(config_sources_make(&s, &c, NULL, plan, &notes), 0);
	assert_int_equal(s.n, 3);
	src = config_source_for(&s, &c, "/var/pbx/a.csv");
	assert_string_equal(src->name, "berlin");
	assert_string_equal(zone_name(src->zone), "Europe/Berlin");
	assert_string_equal(dialplan_home(src->plan), "DE");
	src = config_source_for(&s, &c, "/var/pbx/deep/a.csv");
	assert_string_equal(src->name, "default");
	src = config_source_named(&s, "ulm");
	assert_string_equal(dialplan_home(src->plan), "US");
	assert_string_equal(zone_name(src->zone), "America/Chicago");
	assert_int_equal(src->nservices[FEATURE_VOICEMAIL], 1);
	assert_string_equal(src->currency, "USD");
	assert_null(config_source_named(&s, "bonn"));
	config_sources_fini(&s);
	config_fini(&c);
	notes_fini(&notes);
	(void)unlink(path);
}

/* What is not stated of the country is kept for whoever guesses it. */
static void
test_no_country(void **state)
{
	char path[64];
	struct config c;
	struct config_sources s;
	struct notes notes;

	(void)state;
	write_file(
	    "{ \"cdrconfig\": 1, \"dialplan\": { \"outside\": [\"7\"] },\n"
	    "  \"sources\": [ { \"name\": \"a\" }, { \"name\": \"b\",\n"
	    "    \"home_country\": \"DE\" }, { \"name\": \"c\",\n"
	    "    \"dialplan\": { \"area\": \"312\" } } ] }",
	    path);
	notes_init(&notes);
	assert_int_equal(config_load(&c, CONFIG_FILE, path, &notes), 0);
	assert_int_equal(config_sources_make(&s, &c, NULL, plan, &notes), 0);
	assert_null(s.list[0].plan);
	assert_string_equal(s.list[0].dialling->outside[0], "7");
	assert_null(s.list[1].plan);
	assert_ptr_equal(s.list[1].dialling, s.list[0].dialling);
	assert_string_equal(dialplan_home(s.list[2].plan), "DE");
	assert_null(s.list[3].plan);
	assert_string_equal(s.list[3].dialling->outside[0], "7");
	assert_string_equal(s.list[3].dialling->area, "312");
	config_sources_fini(&s);
	config_fini(&c);
	notes_fini(&notes);
	(void)unlink(path);
}

/* A relative pattern, a file given by another way, and through a link. */
static void
test_files(void **state)
{
	static const struct {
		const char *path, *source;
	} cases[] = {
		{ "pbx/a.csv", "pbx" },
		{ "./pbx/../pbx/a.csv", "pbx" },
		{ "link.csv", "pbx" },
		{ "pbx/b.txt", SOURCE_DEFAULT },
		{ "pbx/none.csv", "pbx" },
		{ "-", SOURCE_DEFAULT },
		{ "linked/c.csv", "linked" },
	};
	char dir[] = "/tmp/test_config.XXXXXX", here[1024];
	struct config c;
	struct config_sources s;
	struct notes notes;
	FILE *f;
	size_t i;

	(void)state;
	assert_non_null(getcwd(here, sizeof(here)));
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(mkdir("pbx", 0700), 0);
	assert_int_equal(symlink("pbx/a.csv", "link.csv"), 0);
	assert_int_equal(symlink("pbx", "linked"), 0);
	for (i = 0; i < 3; i++) {
		f = fopen(i == 0   ? "pbx/a.csv"
			  : i == 1 ? "pbx/c.csv"
				   : "c.json",
		    "w");
		assert_non_null(f);
		if (i == 2)
			(void)fputs("{ \"cdrconfig\": 1, \"sources\": [\n"
				    "{ \"name\": \"linked\",\n"
				    "  \"files\": [\"linked/c*\"] },\n"
				    "{ \"name\": \"pbx\",\n"
				    "  \"files\": [\"pbx/*.csv\"] } ] }",
			    f);
		assert_int_equal(fclose(f), 0);
	}
	notes_init(&notes);
	assert_int_equal(config_load(&c, CONFIG_FILE, "c.json", &notes), 0);
	assert_int_equal(config_sources_make(&s, &c, NULL, plan, &notes), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(
		    config_source_for(&s, &c, cases[i].path)->name,
		    cases[i].source);
	config_sources_fini(&s);
	config_fini(&c);
	notes_fini(&notes);
	(void)unlink("c.json");
	(void)unlink("pbx/a.csv");
	(void)unlink("pbx/c.csv");
	(void)unlink("link.csv");
	(void)unlink("linked");
	assert_int_equal(rmdir("pbx"), 0);
	assert_int_equal(chdir(here), 0);
	assert_int_equal(rmdir(dir), 0);
}

static const struct {
	const char *text, *code, *words;
	uint32_t line, column;
} wrong[] = {
	{ "{ \"cdrconfig\": 1,\n  \"zone\": \"UTC\" }", "E201",
	    "unknown key 'zone'", 2, 3 },
	{ "{ \"cdrconfig\": 2 }", "E120", "a configuration of another format",
	    1, 16 },
	{ "{ \"tz\": \"UTC\" }", "E120", "not a configuration of cdrguard", 1,
	    1 },
	{ "{ \"cdrconfig\": 1, \"tz\": 3 }", "E204", "wrong type for 'tz'", 1,
	    25 },
	{ "{ \"cdrconfig\": 1, \"trunks\": [\"(\"] }", "E203",
	    "bad regular expression", 1, 32 },
	{ "{ \"cdrconfig\": 1, \"sources\": [{}] }", "E202",
	    "a source needs a name", 1, 31 },
	{ "{ \"cdrconfig\": 1, \"sources\": [{\"name\": \"a\"},\n"
	  " {\"name\": \"a\"}] }",
	    "E203", "two sources are named 'a'", 2, 2 },
	{ "{ \"cdrconfig\": 1, \"services\": {\"fax\": []} }", "E205",
	    "unknown service 'fax'", 1, 32 },
	{ "{ \"cdrconfig\": 1, \"sources\": [{\"name\": \"default\"}] }",
	    "E203", "a source cannot be named 'default'", 1, 31 },
	{ "{ \"cdrconfig\": 1, \"report\": {\"min_score\": 101} }", "E204",
	    "wrong type for 'min_score'", 1, 43 },
	{ "{ \"cdrconfig\": 1, \"report\": {\"redact\": -1} }", "E204",
	    "wrong type for 'redact'", 1, 40 },
	{ "{ \"cdrconfig\": 1, \"report\": {\"to\": \"a\\r\\nBcc: b\"} }",
	    "E204", "wrong type for 'to'", 1, 36 },
	{ "{ \"cdrconfig\": 1, \"report\": {\"to\": \"\"} }", "E204",
	    "wrong type for 'to'", 1, 36 },
	{ "{ \"cdrconfig\": 1, \"report\": {\"min_score\": 1.5} }", "E204",
	    "wrong type for 'min_score'", 1, 43 },
	{ "{ \"cdrconfig\": 1, \"sources\": [{\"name\": \"a\",\n"
	  " \"year\": 26}] }",
	    "E204", "wrong type for 'year'", 2, 10 },
	{ "{ \"cdrconfig\": 1, \"retention\": 400 }", "E204",
	    "wrong type for 'retention'", 1, 32 },
	{ "{ \"cdrconfig\": 1, \"retention\": \"0d\" }", "E204",
	    "wrong type for 'retention'", 1, 32 },
	{ "{ \"cdrconfig\": 1, \"db\": [] }", "E204", "wrong type for 'db'", 1,
	    25 },
	{ "{ \"cdrconfig\": 1, \"rules\": \"x\" }", "E204",
	    "wrong type for 'rules'", 1, 28 },
	{ "{ \"cdrconfig\": 1, \"rules\": [1] }", "E204",
	    "wrong type for 'element'", 1, 29 },
	/* What sources take over is told once, where it stands. */
	{ "{ \"cdrconfig\": 1, \"tz\": \"Mars\", \"sources\":\n"
	  " [{\"name\": \"a\"}, {\"name\": \"b\"}] }",
	    "E208", "unknown time zone: 'Mars'", 1, 25 },
	{ "{ \"cdrconfig\": 1, \"trunks\": [\"(\"], \"sources\":\n"
	  " [{\"name\": \"a\"}, {\"name\": \"b\"}] }",
	    "E203", "bad regular expression", 1, 32 },
	{ "{ \"cdrconfig\": 1, \"dialplan\": {\"own\": [\"12\"]},\n"
	  " \"sources\": [{\"name\": \"a\"}, {\"name\": \"b\"}] }",
	    "E209", "default: own: '12' does not begin with +", 1, 40 },
	{ "{ \"cdrconfig\": 1, \"home_country\": \"XQ\", \"sources\":\n"
	  " [{\"name\": \"a\", \"dialplan\": {\"area\": \"212\"}},\n"
	  " {\"name\": \"b\", \"dialplan\": {\"area\": \"213\"}}] }",
	    "E209", "default: home_country: no such country: 'XQ'", 1, 35 },
	{ "{ \"cdrconfig\": 1, \"home_country\": \"XQ\" }", "E209",
	    "default: home_country: no such country: 'XQ'", 1, 35 },
	/* Of a list the element, of a source what it took over where it is. */
	{ "{ \"cdrconfig\": 1, \"sources\": [\n"
	  " {\"name\": \"a\", \"home_country\": \"XQ\"}] }",
	    "E209", "a: home_country: no such country: 'XQ'", 2, 32 },
	{ "{ \"cdrconfig\": 1, \"dialplan\": {\n"
	  " \"domestic\": [\"CA\", \"PR\", \"XQ\"]} }",
	    "E209", "default: domestic: no such country: 'XQ'", 2, 27 },
	{ "{ \"cdrconfig\": 1, \"dialplan\": {\n"
	  " \"outside\": [\"9\", \"x\"]} }",
	    "E209", "default: outside: not digits: 'x'", 2, 19 },
	{ "{ \"cdrconfig\": 1, \"dialplan\": {\n \"national\": \"+1\"} }",
	    "E209", "default: national: not digits: '+1'", 2, 14 },
	{ "{ \"cdrconfig\": 1, \"dialplan\": {\n"
	  " \"extensions\": \"[2-\"} }",
	    "E209",
	    "default: extensions: missing terminating ] for character class", 2,
	    16 },
	/* Names of nothing. */
	{ "{ \"cdrconfig\": 1, \"home_country\": \"\" }", "E204",
	    "wrong type for 'home_country'", 1, 35 },
	{ "{ \"cdrconfig\": 1, \"currency\": \"\" }", "E204",
	    "wrong type for 'currency'", 1, 31 },
	{ "{ \"cdrconfig\": 1, \"currency\": \"dollars\" }", "E204",
	    "wrong type for 'currency'", 1, 31 },
	{ "{ \"cdrconfig\": 1, \"db\": \"\" }", "E204", "wrong type for 'db'",
	    1, 25 },
	{ "{ \"cdrconfig\": 1, \"rules\": [\"\"] }", "E204",
	    "wrong type for 'element'", 1, 29 },
	{ "{ \"cdrconfig\": 1, \"sources\": [\n"
	  " {\"name\": \"a\", \"site\": \"\"}] }",
	    "E204", "wrong type for 'site'", 2, 24 },
	{ "{ \"cdrconfig\": 1, \"calendars\": {\"c\": {\n"
	  " \"open\": {\"mon\": [\"9-5\"]}}} }",
	    "E208", "not opening hours: '9-5' (07:00-19:30 is)", 2, 19 },
	{ "{ \"cdrconfig\": 1, \"calendars\": {\"c\": {\n"
	  " \"closed\": [\"soon\"]}} }",
	    "E204", "wrong type for 'element'", 2, 13 },
	{ "{ \"cdrconfig\": 1, \"calendars\": {\"c\": {\n"
	  " \"shut\": []}} }",
	    "E201", "unknown key 'shut'", 2, 2 },
	{ "{ \"cdrconfig\": 1, \"calendars\": {\"c\": {\n"
	  " \"tz\": \"Mars\"}} }",
	    "E208", "unknown time zone: 'Mars'", 2, 8 },
};

static void
test_refused(void **state)
{
	struct config_sources s;
	struct notes notes;
	struct config c;
	char path[64];
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		write_file(wrong[i].text, path);
		notes_init(&notes);
		r = config_load(&c, CONFIG_FILE, path, &notes);
		if (r == 0) {
			r = config_sources_make(&s, &c, NULL, plan, &notes);
			config_sources_fini(&s);
		}
		assert_int_equal(r, -1);
		if (notes.errors != 1 ||
		    strcmp(notes.list[0].text, wrong[i].words) != 0)
			fail_msg("%s: %zu errors, '%s'", wrong[i].text,
			    notes.errors, notes.list[0].text);
		assert_string_equal(notes.list[0].code, wrong[i].code);
		assert_string_equal(notes.list[0].text, wrong[i].words);
		assert_int_equal(notes.list[0].line, wrong[i].line);
		assert_int_equal(notes.list[0].column, wrong[i].column);
		config_fini(&c);
		notes_fini(&notes);
		(void)unlink(path);
	}
}

/* Of two at the top level, the second meets only who states the first anew. */
static void
test_each_once(void **state)
{
	struct config_sources s;
	struct notes notes;
	struct config c;
	char path[64];

	(void)state;
	write_file("{ \"cdrconfig\": 1, \"home_country\": \"XQ\",\n"
		   "\"dialplan\": {\"national\": \"+1\"}, \"sources\": [\n"
		   " {\"name\": \"a\", \"home_country\": \"US\"},\n"
		   " {\"name\": \"b\", \"home_country\": \"US\"}] }",
	    path);
	notes_init(&notes);
	assert_int_equal(config_load(&c, CONFIG_FILE, path, &notes), 0);
	assert_int_equal(config_sources_make(&s, &c, NULL, plan, &notes), -1);
	assert_int_equal(notes.errors, 2);
	assert_string_equal(notes.list[0].text,
	    "default: home_country: no such country: 'XQ'");
	assert_int_equal(notes.list[0].line, 1);
	assert_string_equal(notes.list[1].text,
	    "a: national: not digits: '+1'");
	assert_int_equal(notes.list[1].line, 2);
	config_sources_fini(&s);
	config_fini(&c);
	notes_fini(&notes);
	(void)unlink(path);
}

static void
test_none(void **state)
{
	struct notes notes;
	struct config c;

	(void)state;
	notes_init(&notes);
	assert_int_equal(config_load(&c, CONFIG_NONE, NULL, &notes), 0);
	assert_string_equal(c.path, "");
	assert_int_equal(c.report_min_score, 40);
	config_fini(&c);
	assert_int_equal(config_load(&c, CONFIG_FILE, "/nonexistent/c.json",
			     &notes),
	    -1);
	assert_int_equal(notes.errors, 1);
	config_fini(&c);
	notes_fini(&notes);
}

static int
load_plan(void **state)
{
	struct errmsg err;

	(void)state;
	return numplan_load(&plan, "rules/numplan", &err);
}

static int
free_plan(void **state)
{
	(void)state;
	numplan_free(&plan);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_no_country),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_each_once),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, load_plan, free_plan);
}
