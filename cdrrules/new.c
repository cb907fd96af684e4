/* cdrrules new: a rule to begin with. */
#include "rules.h"

#include <string.h>
#include <sys/stat.h>

#include "io/jsontext.h"
#include "rule/rulefile.h"

/* Right as it stands: one clause, one threshold, and tests on both sides. */
static const char skeleton[] =
    "{\"cdrrules\": 1, \"rules\": [{\"id\": \"%s\", \"version\": 1,"
    "\"title\": \"What was seen, in at most sixty characters\","
    "\"description\": \"What a good customer would not do.\","
    "\"status\": \"test\", \"fraud_type\": \"irsf\", \"family\": \"volume\","
    "\"score\": 30,"
    "\"match\": {\"direction\": [\"out\", \"transit\"],"
    " \"status\": \"answered\"},"
    "\"by\": [\"account\"],"
    "\"measure\": {\"fn\": \"count\", \"over\": \"1h\"},"
    "\"params\": {\"calls\": {\"value\": 20, \"min\": 1, \"max\": 10000,"
    " \"help\": \"answered calls in an hour\"}},"
    "\"when\": {\"gte\": \"$calls\"},"
    "\"waiver_needs\": [\"account\"],"
    "\"false_positives\": [\"Who does this for a good reason?\"],"
    "\"triage\": [\"What does one look at first?\"],"
    "\"tests\": ["
    "{\"name\": \"twenty calls within the hour are a finding\","
    "\"base\": {\"account\": \"A1\", \"direction\": \"out\","
    " \"status\": \"answered\", \"dst\": \"+13125550142\","
    " \"duration\": 60},"
    "\"calls\": [{\"start\": \"2026-01-13T10:00:00\", \"repeat\": 20,"
    " \"every\": \"3m\"}],"
    "\"expect\": [{\"by\": {\"account\": \"A1\"}, \"calls\": 20,"
    " \"score\": 30}],"
    "\"not_when\": [{\"direction\": \"in\"}, {\"status\": \"no-answer\"},"
    " {\"account\": null}]},"
    "{\"name\": \"nineteen; twenty in more than an hour; two accounts\","
    "\"base\": {\"direction\": \"out\", \"status\": \"answered\","
    " \"dst\": \"+13125550142\", \"duration\": 60},"
    "\"calls\": ["
    "{\"account\": \"A1\", \"start\": \"2026-01-13T10:00:00\","
    " \"repeat\": 19, \"every\": \"1m\"},"
    "{\"account\": \"A2\", \"start\": \"2026-01-13T10:00:00\","
    " \"repeat\": 20, \"every\": \"190s\"},"
    "{\"account\": \"A3\", \"start\": \"2026-01-13T10:00:00\","
    " \"repeat\": 10, \"every\": \"1m\"}],"
    "\"expect\": []}]}]}";

/* What a copy does not take over: it is to be looked at first. */
static const struct {
	const char *key, *value;
} changed[] = {
	{ "version", "1" },
	{ "status", "\"test\"" },
};

static const char *
instead_of(const char *key)
{
	size_t i;

	for (i = 0; i < sizeof(changed) / sizeof(changed[0]); i++)
		if (strcmp(changed[i].key, key) == 0)
			return changed[i].value;
	return NULL;
}

static void
add_copy(struct buf *out, const struct rule *like, const char *id)
{
	const char *text = json_text(like->json->doc), *other;
	const struct json *j;

	buf_addstr(out, "{\"cdrrules\": 1, \"rules\": [{");
	for (j = like->json->first; j != NULL; j = j->next) {
		buf_add(out, text + j->key_begin, j->key_end - j->key_begin);
		buf_addch(out, ':');
		other = instead_of(j->key);
		if (strcmp(j->key, "id") == 0)
			buf_addf(out, "\"%s\"", id);
		else if (other != NULL)
			buf_addstr(out, other);
		else
			buf_add(out, text + j->begin, j->end - j->begin);
		buf_addstr(out, j->next != NULL ? "," : "");
	}
	buf_addstr(out, "}]}");
}

/* Laid out, if it is a rule file: a bad id shows here. */
static int
put_rule(struct rules_run *r, const struct buf *text)
{
	struct ruleset rules;
	struct notes notes;
	int status = EXIT_NOT_DONE;

	ruleset_init(&rules);
	notes_init(&notes);
	if (rulefile_beside(&rules, &r->rules, text->data, text->len, &notes) ==
	    0) {
		rulefile_format(json_root(rules.docs[0]), &r->out);
		r->settings = true;
		status = EXIT_DONE;
	}
	diag_notes(&r->setup.diag, &notes);
	notes_fini(&notes);
	ruleset_fini(&rules);
	return status;
}

/* Rules that somebody wrote are not to be lost to a skeleton. */
static bool
is_free(const struct rules_run *r)
{
	const char *path = r->o->common.output;
	struct stat st;

	if (path == NULL || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return true;
	diag_error(&r->setup.diag, "%s: is there already", path);
	return false;
}

int
command_new(struct rules_run *r)
{
	const char *id = r->args[0];
	const struct rule *like = NULL, *old = ruleset_find(&r->rules, id);
	struct buf text;
	int status;

	if (old != NULL) {
		diag_error(&r->setup.diag, "there is a rule '%s': %s:%u", id,
		    old->file, old->line);
		return EXIT_NOT_DONE;
	}
	if (id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0') {
		diag_error(&r->setup.diag,
		    "no id: '%s'; small letters, digits and '-' are right", id);
		return EXIT_NOT_DONE;
	}
	if (!is_free(r))
		return EXIT_NOT_DONE;
	if (r->o->like != NULL && (like = rules_find(r, r->o->like)) == NULL)
		return EXIT_NOT_DONE;
	buf_init(&text);
	if (like != NULL)
		add_copy(&text, like, id);
	else
		buf_addf(&text, skeleton, id);
	status = put_rule(r, &text);
	buf_fini(&text);
	return status;
}
