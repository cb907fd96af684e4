#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
    "  \"report\": { \"min_score\": 20 },\n"
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

static void
test_refused(void **state)
{
	static const struct {
		const char *text, *code, *words;
		uint32_t line, column;
	} cases[] = {
		{ "{ \"cdrconfig\": 1,\n  \"zone\": \"UTC\" }", "E201",
		    "unknown key 'zone'", 2, 3 },
		{ "{ \"cdrconfig\": 2 }", "E120",
		    "a configuration of another format", 1, 16 },
		{ "{ \"tz\": \"UTC\" }", "E120",
		    "not a configuration of cdrguard", 1, 1 },
		{ "{ \"cdrconfig\": 1, \"tz\": 3 }", "E204",
		    "wrong type for 'tz'", 1, 25 },
		{ "{ \"cdrconfig\": 1, \"trunks\": [\"(\"] }", "E203",
		    "bad regular expression", 1, 32 },
		{ "{ \"cdrconfig\": 1, \"sources\": [{}] }", "E202",
		    "a source needs a name", 1, 31 },
		{ "{ \"cdrconfig\": 1, \"sources\": [{\"name\": \"a\"},\n"
		  " {\"name\": \"a\"}] }",
		    "E203", "two sources are named 'a'", 2, 2 },
		{ "{ \"cdrconfig\": 1, \"services\": {\"fax\": []} }", "E205",
		    "unknown service 'fax'", 1, 32 },
	};
	struct config_sources s;
	struct notes notes;
	struct config c;
	char path[64];
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_file(cases[i].text, path);
		notes_init(&notes);
		r = config_load(&c, CONFIG_FILE, path, &notes);
		if (r == 0) {
			r = config_sources_make(&s, &c, NULL, plan, &notes);
			config_sources_fini(&s);
		}
		assert_int_equal(r, -1);
		assert_int_equal(notes.errors, 1);
		assert_string_equal(notes.list[0].code, cases[i].code);
		assert_string_equal(notes.list[0].text, cases[i].words);
		assert_int_equal(notes.list[0].line, cases[i].line);
		assert_int_equal(notes.list[0].column, cases[i].column);
		config_fini(&c);
		notes_fini(&notes);
		(void)unlink(path);
	}
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
	assert_int_equal(
	    config_load(&c, CONFIG_FILE, "/nonexistent/c.json", &notes), -1);
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
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, load_plan, free_plan);
}
