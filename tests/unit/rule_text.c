#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rule_text.h"

const char rule_text_sound[] =
    "{ \"cdrrules\": 1,\n"
    "  \"lists\": { \"bad\": { \"kind\": \"prefix\", \"of\": \"dst\",\n"
    "    \"title\": \"Bad\", \"values\": [\"+5375\"] } },\n"
    "  \"calendars\": { \"hours\": { \"tz\": \"Europe/Berlin\",\n"
    "    \"open\": { \"mon-fri\": [\"08:00-18:00\"] },\n"
    "    \"closed\": [\"2026-01-01\"] } },\n"
    "  \"rules\": [ { \"id\": \"many\", \"version\": 2, \"title\": \"Many\",\n"
    "    \"description\": \"Many calls.\", \"status\": \"stable\",\n"
    "    \"fraud_type\": \"irsf\", \"family\": \"volume\", \"score\": 30,\n"
    "    \"escalate\": [{ \"gte\": \"$most\", \"score\": 50 },\n"
    "      { \"min_cost\": 2.5, \"score\": 60 }],\n"
    "    \"match\": { \"direction\": \"out\", \"dst\": { \"list\": \"bad\" },\n"
    "      \"time\": { \"outside\": \"hours\" } },\n"
    "    \"by\": [\"dst_country\", \"account\"],\n"
    "    \"measure\": { \"fn\": \"count\", \"window\": \"day\",\n"
    "      \"begins\": \"12:30\" },\n"
    "    \"also\": [{ \"fn\": \"ratio\",\n"
    "      \"where\": { \"status\": \"answered\" }, \"gte\": 0.7 }],\n"
    "    \"baseline\": { \"history\": \"28d\", \"season\": \"weekday\",\n"
    "      \"stat\": \"p95\", \"min_buckets\": 5, \"floor\": 2 },\n"
    "    \"params\": {\n"
    "      \"least\": { \"value\": 8, \"min\": 1, \"max\": 99,\n"
    "        \"help\": \"calls\" },\n"
    "      \"most\": { \"value\": 20, \"min\": 1, \"max\": 99,\n"
    "        \"help\": \"calls\" } },\n"
    "    \"when\": { \"times\": 4, \"gte\": \"$least\" },\n"
    "    \"waiver_needs\": [\"account\"], \"false_positives\": [\"A fair\"],\n"
    "    \"triage\": [\"Who?\", \"Where?\"], \"x-site\": 1, \"note\": 2,\n"
    "    \"tests\": [\n"
    "      { \"name\": \"eight\", \"tz\": \"UTC\",\n"
    "        \"base\": { \"account\": \"A1\", \"duration\": 60 },\n"
    "        \"calls\": [{ \"start\": \"2026-01-13T02:00:00\",\n"
    "          \"repeat\": 8, \"every\": \"1m\", \"days\": 3,\n"
    "          \"on\": \"mon-fri\", \"step\": { \"dst\": 1 } }],\n"
    "        \"expect\": [{ \"by\": { \"account\": \"A1\" }, \"calls\": 8,\n"
    "          \"value\": 8, \"baseline\": 2, \"score\": 30 }],\n"
    "        \"not_when\": [{ \"direction\": \"in\" }] } ]\n"
    "  } ] }\n";

void
rule_text_reset(struct rule_text *f)
{
	ruleset_fini(&f->rs);
	notes_fini(&f->notes);
}

int
rule_text_set_up(void **state)
{
	static struct rule_text f;

	memset(&f, 0, sizeof(f));
	(void)snprintf(f.dir, sizeof(f.dir), "/tmp/rulefile-XXXXXX");
	assert_non_null(mkdtemp(f.dir));
	buf_init(&f.path);
	ruleset_init(&f.rs);
	notes_init(&f.notes);
	*state = &f;
	return 0;
}

int
rule_text_tear_down(void **state)
{
	struct rule_text *f = *state;
	char command[128];

	rule_text_reset(f);
	buf_fini(&f->path);
	(void)snprintf(command, sizeof(command), "rm -r '%s'", f->dir);
	return system(command);
}

const char *
rule_text_put(struct rule_text *f, const char *name, const char *text)
{
	FILE *file;

	buf_reset(&f->path);
	buf_addf(&f->path, "%s/%s", f->dir, name);
	file = fopen(f->path.data, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return f->path.data;
}

int
rule_text_load(struct rule_text *f, const char *text)
{
	const char *path = rule_text_put(f, "rules.json", text);

	rule_text_reset(f);
	return rulefile_load(&f->rs, &path, 1, NULL, 0, &f->notes);
}
