#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scene.h"
#include "tool/fingerprint.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define RULE                                                             \
	"\"match\": {}, \"by\": [\"account\"], \"params\": {\"calls\": " \
	"{\"value\": 3, \"min\": 1, \"max\": 9, \"help\": \"h\"}}, "     \
	"\"measure\": {\"fn\": \"count\", \"over\": \"1h\"}, \"when\": " \
	"{\"gte\": \"$calls\"}"
#define RULES(gte, calls, days, number, hours)                                                  \
	"{\"cdrrules\": 1, \"rules\": [" SCENE_RULE("r", "test",                                \
	    RULE                                                                                \
	    ", \"quiet\": \"" gte                                                               \
	    "\"") "], \"tuning\": {\"r\": "                                                     \
		  "{\"params\": {\"calls\": " calls                                             \
		  "}}}, \"waivers\": [{\"id\": "                                                \
		  "\"w\", \"reason\": \"Agreed with them\", \"owner\": \"anna\", \"created\": " \
		  "\"2026-01-10\", \"expires\": \"2026-01-" days                                \
		  "\", \"rules\": "                                                             \
		  "[\"r\"], \"match\": {\"account\": \"A\"}}], \"lists\": {\"l\": "             \
		  "{\"title\": \"t\", \"of\": \"dst\", \"kind\": \"exact\", "                   \
		  "\"values\": [{\"value\": \"" number                                          \
		  "\"}]}}, \"calendars\": "                                                     \
		  "{\"c\": {\"open\": {\"mon-fri\": [\"08:00-" hours "\"]}}}}"

/* What a run stands on, and what of it is another than in the first row. */
static const struct {
	const char *rules, *directory, *rates, *tz, *names;
} rows[] = {
	{ RULES("1h", "4", "20", "+13125550142", "18:00"),
	    "number,account\n201,A\n",
	    "prefix,per_minute,currency\n+44,1,EUR\n", NULL, "" },
	/* the same again */
	{ RULES("1h", "4", "20", "+13125550142", "18:00"),
	    "number,account\n201,A\n",
	    "prefix,per_minute,currency\n+44,1,EUR\n", NULL, "" },
	/* columns and comments are how it is written, not what it says */
	{ RULES("1h", "4", "20", "+13125550142", "18:00"),
	    "# ours\naccount,number\nA,201\n",
	    "prefix,currency,per_minute\n44,EUR,1.00\n", NULL, "" },
	{ RULES("1h", "4", "20", "+13125550142", "18:00"),
	    "number,account\n201,A\n",
	    "prefix,per_minute,currency\n+44,1,EUR\n", "Europe/Berlin",
	    "configuration" },
	{ RULES("1h", "4", "20", "+13125550142", "18:00"),
	    "number,account,calendar\n201,A,c\n",
	    "prefix,per_minute,currency\n+44,1,EUR\n", NULL, "directory" },
	{ RULES("1h", "4", "20", "+13125550142", "18:00"), NULL,
	    "prefix,per_minute,currency\n+44,1,EUR\n", NULL, "directory" },
	{ RULES("1h", "4", "20", "+13125550142", "18:00"),
	    "number,account\n201,A\n",
	    "prefix,per_minute,currency,increment\n+44,1,EUR,60\n", NULL,
	    "rates" },
	{ RULES("1h", "4", "20", "+13125550142", "18:00"),
	    "number,account\n201,A\n", NULL, NULL, "rates" },
	{ RULES("2h", "4", "20", "+13125550142", "18:00"),
	    "number,account\n201,A\n",
	    "prefix,per_minute,currency\n+44,1,EUR\n", NULL, "rules" },
	{ RULES("1h", "5", "20", "+13125550142", "18:00"),
	    "number,account\n201,A\n",
	    "prefix,per_minute,currency\n+44,1,EUR\n", NULL, "tuning" },
	{ RULES("1h", "4", "21", "+13125550142", "18:00"),
	    "number,account\n201,A\n",
	    "prefix,per_minute,currency\n+44,1,EUR\n", NULL, "waivers" },
	{ RULES("1h", "4", "20", "+13125550143", "18:00"),
	    "number,account\n201,A\n",
	    "prefix,per_minute,currency\n+44,1,EUR\n", NULL, "lists" },
	{ RULES("1h", "4", "20", "+13125550142", "18:30"), NULL,
	    "prefix,per_minute,currency\n+44,2,EUR\n", NULL,
	    "directory, rates, calendars" },
};

static void
put_file(char *path, const char *text)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
}

static void
take(size_t row, struct fingerprint *f)
{
	char directory[] = "/tmp/cdrguard-test-XXXXXX";
	char rates[] = "/tmp/cdrguard-test-XXXXXX";
	struct setup_options options = { .tz = rows[row].tz };
	struct setup s = { .options = &options };
	struct scene scene;

	if (scene_rules(&scene, rows[row].rules) != 0)
		fail_msg("%s", scene.notes.list[0].text);
	if (rows[row].directory != NULL) {
		put_file(directory, rows[row].directory);
		assert_int_equal(directory_load(&s.directory, directory,
				     &scene.notes),
		    0);
		(void)unlink(directory);
	}
	if (rows[row].rates != NULL) {
		put_file(rates, rows[row].rates);
		assert_int_equal(rates_load(&s.rates, rates, &scene.notes), 0);
		(void)unlink(rates);
	}
	fingerprint_take(f, &s, &scene.rules);
	directory_free(&s.directory);
	rates_free(&s.rates);
	scene_end(&scene);
}

static void
test_parts(void **state)
{
	struct fingerprint first, f;
	struct buf line, names;
	size_t i;

	(void)state;
	buf_init(&line);
	buf_init(&names);
	take(0, &first);
	fingerprint_print(&first, &line);
	for (i = 0; i < COUNT(rows); i++) {
		take(i, &f);
		buf_reset(&names);
		assert_int_equal(fingerprint_differs(&f, line.data, &names),
		    rows[i].names[0] != '\0');
		assert_string_equal(names.data, rows[i].names);
		assert_int_equal(strcmp(f.all, first.all) != 0,
		    rows[i].names[0] != '\0');
	}
	/* a line of another version lacks a part, or all of them */
	*strstr(line.data, "tuning") = 'T';
	buf_reset(&names);
	assert_true(fingerprint_differs(&first, line.data, &names));
	assert_string_equal(names.data, "tuning");
	buf_reset(&names);
	assert_true(fingerprint_differs(&first, "", &names));
	assert_string_equal(names.data,
	    "configuration, directory, rates, rules, tuning, waivers, lists, "
	    "calendars, number plan");
	buf_fini(&line);
	buf_fini(&names);
}

/* The fingerprint of a run with this configuration and nothing else. */
static void
take_config(const char *text, struct fingerprint *f)
{
	char path[] = "/tmp/cdrguard-test-XXXXXX";
	struct setup_options options = { .tz = NULL };
	struct setup s = { .options = &options };
	struct ruleset rules;
	struct notes notes;

	notes_init(&notes);
	ruleset_init(&rules);
	put_file(path, text);
	if (config_load(&s.config, CONFIG_FILE, path, &notes) != 0)
		fail_msg("%s: %s", text, notes.list[0].text);
	(void)unlink(path);
	fingerprint_take(f, &s, &rules);
	config_fini(&s.config);
	ruleset_fini(&rules);
	notes_fini(&notes);
}

#define CONFIG(more) "{\"cdrconfig\": 1, \"tz\": \"UTC\"" more "}"
#define SOURCE(more)                                                          \
	CONFIG(", \"sources\": [{\"name\": \"pbx\", \"files\": [\"/a\"]" more \
	       "}]")

static const struct {
	const char *then, *now;
	bool differs;
} configs[] = {
	/* where things are, what becomes of them, how it is written */
	{ CONFIG(""), CONFIG(", \"db\": \"a.db\""), false },
	{ CONFIG(", \"db\": \"a.db\""), CONFIG(", \"db\": \"b.db\""), false },
	{ CONFIG(""), CONFIG(", \"report\": {\"min_score\": 60}"), false },
	{ CONFIG(""), CONFIG(", \"retention\": \"400d\""), false },
	{ CONFIG(""), CONFIG(", \"waivers\": \"w\""), false },
	{ CONFIG(""), CONFIG(", \"rules\": [\"r\"]"), false },
	{ CONFIG(""), "{\n\"tz\":\"UTC\",\n\"cdrconfig\":1}", false },
	{ CONFIG(", \"trunks\": []"), CONFIG(""), false },
	{ SOURCE(""), SOURCE(", \"layout\": \"asterisk-csv\""), false },
	{ SOURCE(""), SOURCE(", \"year\": 2026"), false },
	{ SOURCE(""),
	    CONFIG(", \"sources\": [{\"name\": \"pbx\", \"files\": [\"/b\"]}]"),
	    false },
	{ SOURCE(""), SOURCE(", \"tz\": \"UTC\""), false },
	/* what a site is */
	{ CONFIG(""), "{\"cdrconfig\": 1, \"tz\": \"Asia/Tokyo\"}", true },
	{ CONFIG(""), CONFIG(", \"currency\": \"EUR\""), true },
	{ CONFIG(""), CONFIG(", \"home_country\": \"US\""), true },
	{ CONFIG(""), CONFIG(", \"calendar\": \"always-open\""), true },
	{ CONFIG(""), CONFIG(", \"dialplan\": {\"national\": \"\"}"), true },
	{ CONFIG(", \"dialplan\": {\"national\": \"0\"}"),
	    CONFIG(", \"dialplan\": {\"area\": \"0\"}"), true },
	{ CONFIG(""), CONFIG(", \"dialplan\": {\"extensions\": \"2..\"}"),
	    true },
	{ CONFIG(", \"dialplan\": {\"own\": [\"+1312\"]}"),
	    CONFIG(", \"dialplan\": {\"toll_free\": [\"+1312\"]}"), true },
	{ CONFIG(", \"dialplan\": {\"outside\": [\"9\"]}"),
	    CONFIG(", \"dialplan\": {\"international\": [\"9\"]}"), true },
	{ CONFIG(""), CONFIG(", \"dialplan\": {\"domestic\": [\"CA\"]}"),
	    true },
	{ CONFIG(", \"trunks\": [\"a\", \"b\"]"),
	    CONFIG(", \"trunks\": [\"ab\"]"), true },
	{ CONFIG(", \"services\": {\"disa\": [\"x\"]}"),
	    CONFIG(", \"services\": {\"ivr\": [\"x\"]}"), true },
	{ CONFIG(""), SOURCE(""), true },
	{ SOURCE(""), SOURCE(", \"site\": \"ulm\""), true },
	{ SOURCE(""), SOURCE(", \"home_country\": \"DE\""), true },
	{ SOURCE(""), CONFIG(", \"sources\": [{\"name\": \"pby\"}]"), true },
};

/* That only of the configuration which calls are judged by. */
static void
test_configuration(void **state)
{
	struct fingerprint then, now;
	struct buf line, names;
	size_t i;

	(void)state;
	buf_init(&line);
	buf_init(&names);
	for (i = 0; i < COUNT(configs); i++) {
		take_config(configs[i].then, &then);
		take_config(configs[i].now, &now);
		buf_reset(&line);
		buf_reset(&names);
		fingerprint_print(&then, &line);
		if (fingerprint_differs(&now, line.data, &names) !=
		    configs[i].differs)
			fail_msg("%s, then %s", configs[i].then,
			    configs[i].now);
		assert_string_equal(names.data,
		    configs[i].differs ? "configuration" : "");
		assert_int_equal(strcmp(then.all, now.all) != 0,
		    configs[i].differs);
	}
	buf_fini(&line);
	buf_fini(&names);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_parts),
		cmocka_unit_test(test_configuration) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
