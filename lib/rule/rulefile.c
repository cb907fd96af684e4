#include "rule/rulefile.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "io/input.h"
#include "rule/rulefile_impl.h"

enum { FORMAT = 1 }; /* of files: "cdrrules": 1 */

/* Sections ---------------------------------------------------------------- */

static void
read_rules(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	const struct json *e;

	(void)k;
	(void)into;
	if (j->type != JSON_ARRAY) {
		rulefile_wrong(r, "E304", j, "an array of rules is needed");
		return;
	}
	for (e = j->first; e != NULL; e = e->next)
		rulefile_add_rule(r, e);
}

/* Their rules may come from a later file. */
static void
read_tests(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	const struct json *e;

	(void)k;
	(void)into;
	if (j->type != JSON_ARRAY) {
		rulefile_wrong(r, "E304", j, "an array of tests is needed");
		return;
	}
	for (e = j->first; e != NULL; e = e->next) {
		r->sidecars = xgrow(r->sidecars, &r->sidecars_cap,
		    r->nsidecars + 1, sizeof(*r->sidecars));
		r->sidecars[r->nsidecars++] = e;
	}
}

static const struct key file_keys[] = {
	{ "cdrrules", true, rulefile_read_nothing, 0, 0, "{\"const\":1}" },
	{ "lists", false, rulefile_read_lists, 0, 0,
	    "{\"type\":\"object\",\"additionalProperties\":"
	    "{\"$ref\":\"#/$defs/list\"}}" },
	{ "calendars", false, rulefile_read_calendars, 0, 0,
	    "{\"type\":\"object\",\"additionalProperties\":"
	    "{\"$ref\":\"#/$defs/calendar\"}}" },
	{ "rules", false, read_rules, 0, 0,
	    "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/rule\"}}" },
	{ "waivers", false, rulefile_read_waivers, 0, 0,
	    "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/waiver\"}}" },
	{ "tuning", false, rulefile_read_tuning, 0, 0,
	    "{\"type\":\"object\",\"additionalProperties\":{\"anyOf\":["
	    "{\"$ref\":\"#/$defs/tuning\"},{\"type\":\"array\",\"items\":"
	    "{\"$ref\":\"#/$defs/tuning\"}}]}}" },
	{ "tests", false, read_tests, 0, 0,
	    "{\"type\":\"array\",\"items\":{\"allOf\":[{\"$ref\":"
	    "\"#/$defs/test\"}],\"required\":[\"rule\"]}}" },
	{ NULL, false, NULL, 0, 0, NULL },
};
const struct table rulefile_file = { "rule file", "E122", "E121", file_keys };

/* Files ------------------------------------------------------------------- */

/*
 * Only what we know how to read is read: a newer file would be half
 * understood, another kind of file not at all.
 */
static bool
format_known(struct reading *r, const struct json *root)
{
	const struct json *format = json_get(root, "cdrrules");

	if (root->type != JSON_OBJECT || format == NULL ||
	    format->type != JSON_NUMBER || format->number < FORMAT) {
		json_note(r->notes, NOTE_ERROR, "E121",
		    format != NULL ? format : root, "\"cdrrules\": 1 is needed",
		    NULL, "no rule file");
		return false;
	}
	if (format->number > FORMAT) {
		json_note(r->notes, NOTE_ERROR, "E120", format, NULL,
		    "this one reads format 1", "written for a newer cdrrules");
		return false;
	}
	return true;
}

/* `doc` belongs to the set from now on; NULL: it could not be read. */
static void
read_doc(struct reading *r, struct json_doc *doc)
{
	struct ruleset *rs = r->rs;

	if (doc == NULL)
		return;
	rs->docs =
	    xgrow(rs->docs, &rs->docs_cap, rs->ndocs + 1, sizeof(*rs->docs));
	rs->docs[rs->ndocs++] = doc;
	if (format_known(r, json_root(doc)))
		(void)rulefile_object(r, json_root(doc), &rulefile_file, NULL);
}

static void
read_file(struct reading *r, const char *path)
{
	read_doc(r, json_load(path, r->notes));
}

static bool
rule_file_name(const char *path)
{
	size_t len = strlen(path);

	return len > 5 && strcmp(path + len - 5, ".json") == 0;
}

/* Files that are read in their own right are not read before, too. */
static bool
named_later(const struct reading *r, const char *path)
{
	size_t i;

	for (i = r->rs->lent; r->layer <= r->rs->lent && i < r->npaths; i++)
		if (input_same(path, r->paths[i]))
			return true;
	return false;
}

static void
read_directory(struct reading *r, const char *path)
{
	struct errmsg err;
	char **files;
	size_t n, i;

	if (input_list(path, &files, &n, &err) == -1) {
		notes_add(r->notes, &(struct note){ .level = NOTE_ERROR,
					.code = "E101",
					.text = err.text });
		return;
	}
	for (i = 0; i < n; i++) {
		if (rule_file_name(files[i]) && !named_later(r, files[i]))
			read_file(r, files[i]);
		free(files[i]);
	}
	free(files);
}

/* Calendars of the configuration come last: they are the site's word. */
static void
take_calendars(struct reading *r, struct calendar **extra, size_t n)
{
	size_t i;

	r->layer++;
	for (i = 0; i < n; i++)
		named_put_calendar(r->named,
		    &(struct named_calendar){ .name = calendar_name(extra[i]),
			.calendar = extra[i],
			.layer = r->layer });
}

static void
check_names(struct reading *r, const struct rule *rule)
{
	const struct named *named = &r->rs->named;
	size_t i;

	rulefile_check_during(r, rule);
	if (rule->match != NULL)
		predicate_check_names(rule->match, named, r->notes);
	if (rule->measure.where != NULL)
		predicate_check_names(rule->measure.where, named, r->notes);
	for (i = 0; i < rule->nalso; i++)
		if (rule->also[i].measure.where != NULL)
			predicate_check_names(rule->also[i].measure.where,
			    named, r->notes);
}

/* What refers to something else is right; `before` there were errors. */
static int
finish(struct reading *r, size_t before)
{
	size_t i;

	for (i = 0; i < r->rs->n; i++)
		check_names(r, r->rs->rules[i]);
	rulefile_link(r);
	rulefile_check_waivers(r);
	rulefile_tests(r);
	rulefile_apply_tuning(r);
	free(r->tuning);
	free(r->sidecars);
	if (r->notes->errors > before)
		return -1;
	rulefile_hash(r->rs);
	return 0;
}

int
rulefile_load(struct ruleset *rs, const char *const *paths, size_t n,
    struct calendar **extra, size_t nextra, struct notes *notes)
{
	struct reading r = { .rs = rs,
		.arena = &rs->arena,
		.notes = notes,
		.named = &rs->named,
		.paths = paths,
		.npaths = n };
	size_t before = notes->errors, i;

	for (i = 0; i < n; i++) {
		r.layer++;
		if (named_later(&r, paths[i]))
			continue;
		if (input_is_directory(paths[i]))
			read_directory(&r, paths[i]);
		else
			read_file(&r, paths[i]);
	}
	take_calendars(&r, extra, nextra);
	return finish(&r, before);
}

int
rulefile_beside(struct ruleset *rs, const struct ruleset *base,
    const char *text, size_t len, struct notes *notes)
{
	struct reading r = { .rs = rs,
		.arena = &rs->arena,
		.notes = notes,
		.named = &rs->named,
		.layer = 1 };
	size_t before = notes->errors;

	rs->under = base;
	rs->named.under = &base->named;
	read_doc(&r, json_parse(text, len, "variant", notes));
	return finish(&r, before);
}

int
rulefile_add_waivers(struct ruleset *rs, const char *text, size_t len,
    const char *name, struct notes *notes)
{
	struct reading r = { .rs = rs,
		.arena = &rs->arena,
		.notes = notes,
		.named = &rs->named,
		.layer = UINT_MAX };
	size_t before = notes->errors;

	read_doc(&r, json_parse(text, len, name, notes));
	if (notes->errors == before)
		rulefile_check_waivers(&r);
	assert(r.ntuning == 0 && r.nsidecars == 0);
	if (notes->errors > before)
		return -1;
	rulefile_hash(rs);
	return 0;
}

bool
rulefile_lacks_others(const struct notes *notes)
{
	/* unknown: list, calendar, rule followed, waived or tuned, tested */
	static const char *const codes[] = { "E206", "E207", "E317", "E401",
		"E505" };
	size_t i, k;

	for (i = 0; i < notes->n; i++)
		for (k = 0; k < sizeof(codes) / sizeof(codes[0]); k++)
			if (notes->list[i].code != NULL &&
			    strcmp(notes->list[i].code, codes[k]) == 0)
				return true;
	return false;
}
