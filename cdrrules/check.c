#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/layout.h"
#include "filled.h"
#include "io/input.h"
#include "io/jsonout.h"
#include "rule/rulefile.h"

/* A file says by a key what it is. */
static bool
holds(const char *path, const char *key)
{
	struct json_doc *doc;
	struct notes notes;
	bool found;

	if (input_is_directory(path))
		return false;
	notes_init(&notes);
	doc = json_load(path, &notes);
	found = doc != NULL && json_get(json_root(doc), key) != NULL;
	json_free(&doc);
	notes_fini(&notes);
	return found;
}

int
rules_from_files(struct rules_run *r, char **files, int n,
    struct ruleset *rules, struct notes *notes)
{
	const struct opt_list list = { (const char **)files, (size_t)n };

	return setup_load_rules(&r->setup,
	    n > 0 ? SETUP_INSTEAD : SETUP_IN_FORCE, &list, rules, notes);
}

int
rules_with_files(struct rules_run *r, char **files, int n,
    struct ruleset *rules, struct notes *notes)
{
	const struct opt_list list = { (const char **)files, (size_t)n };

	return setup_load_rules(&r->setup,
	    n > 0 ? SETUP_BESIDE : SETUP_IN_FORCE, &list, rules, notes);
}

/* One that extends another is read beside the shipped ones. */
static void
check_layout(struct rules_run *r, const char *path, struct notes *notes)
{
	struct layouts *layouts = layouts_new();
	struct buf shipped;

	buf_init(&shipped);
	buf_addf(&shipped, "%s/layouts", r->setup.data.data);
	if (holds(path, "extends"))
		(void)layouts_load(layouts, shipped.data, notes);
	(void)layouts_load_stated(layouts, path, notes);
	layouts_free(&layouts);
	buf_fini(&shipped);
}

static void
check_layouts(struct rules_run *r, struct notes *notes)
{
	struct layouts *layouts = layouts_new();
	struct buf path;

	buf_init(&path);
	buf_addf(&path, "%s/layouts", r->setup.data.data);
	(void)layouts_load(layouts, path.data, notes);
	layouts_free(&layouts);
	buf_fini(&path);
}

bool
rules_in_files(const char *path, char **files, int n)
{
	size_t len;
	int i;

	for (i = 0; i < n; i++) {
		len = strlen(files[i]);
		if (path != NULL && strncmp(path, files[i], len) == 0 &&
		    (path[len] == '\0' || path[len] == '/' ||
			files[i][len - 1] == '/'))
			return true;
	}
	return false;
}

/*
 * Rules may follow others, tuning, waivers and tests are for rules that are
 * elsewhere: those in force.  What is odd about these is not asked.
 */
static int
check_rules(struct rules_run *r, char **files, int n, struct notes *notes)
{
	struct ruleset rules;
	struct notes found;
	int status = EXIT_DONE;
	size_t i;

	ruleset_init(&rules);
	notes_init(&found);
	if (rules_with_files(r, files, n, &rules, &found) == 0) {
		rulefile_lint(&rules, &found);
		status = rules_check_filled(r, &rules, files, n, notes);
	}
	for (i = 0; i < found.n; i++)
		if (n == 0 || found.list[i].level == NOTE_ERROR ||
		    rules_in_files(found.list[i].file, files, n))
			notes_add(notes, &found.list[i]);
	notes_fini(&found);
	ruleset_fini(&rules);
	return status;
}

/* Layouts one by one, all rule files together: they refer to each other. */
static int
check_all(struct rules_run *r, struct notes *notes)
{
	char **rule_files = xcalloc((size_t)r->nargs + 1, sizeof(*rule_files));
	int i, n = 0, status = EXIT_DONE;

	for (i = 0; i < r->nargs; i++) {
		if (holds(r->args[i], "cdrlayout")) {
			check_layout(r, r->args[i], notes);
		} else if (holds(r->args[i], "cdrconfig")) {
			check_config(r, r->args[i], notes);
		} else {
			rule_files[n++] = r->args[i];
		}
	}
	if (n > 0 || r->nargs == 0)
		status = check_rules(r, rule_files, n, notes);
	if (r->nargs == 0)
		check_layouts(r, notes);
	free(rule_files);
	return status;
}

static void
note_json(struct jsonout *j, const struct note *n)
{
	static const char *const levels[] = { "detail", "info", "warning",
		"error" };

	jsonout_object(j);
	jsonout_kstring_opt(j, "code", n->code);
	jsonout_kstring(j, "severity", levels[n->level]);
	jsonout_kstring_opt(j, "file", n->file);
	jsonout_kint(j, "line", n->line);
	jsonout_kint(j, "column", n->column);
	jsonout_kint(j, "end", n->end);
	jsonout_kstring(j, "message", n->text);
	jsonout_kstring_opt(j, "help", n->help);
	jsonout_kstring_opt(j, "note", n->more);
	jsonout_end_object(j);
}

/* Problems are the result here, so they go where results go. */
static void
put_notes(struct rules_run *r, struct notes *notes)
{
	struct jsonout j;
	size_t i;

	notes_sort(notes);
	if (r->o->common.format[0] == 'j') {
		jsonout_begin_list(&j, &r->out);
		for (i = 0; i < notes->n; i++)
			note_json(&j, &notes->list[i]);
		jsonout_end_list(&j);
		return;
	}
	for (i = 0; i < notes->n; i++)
		diag_note_text(&notes->list[i], &r->out);
	if (notes->dropped > 0)
		buf_addf(&r->out, "%zu more problems not shown\n",
		    notes->dropped);
	if (notes->errors + notes->warnings > 0)
		buf_addf(&r->out, "%zu error%s, %zu warning%s\n", notes->errors,
		    notes->errors == 1 ? "" : "s", notes->warnings,
		    notes->warnings == 1 ? "" : "s");
}

/* A file that is not there was not checked: that is no verdict. */
static bool
all_readable(struct rules_run *r)
{
	struct input *in;
	struct errmsg err;
	bool all = true;
	int i;

	for (i = 0; i < r->nargs; i++) {
		if (input_is_directory(r->args[i]))
			continue;
		if (input_open(&in, r->args[i], &err) != 0) {
			diag_error(&r->setup.diag, "%s", err.text);
			all = false;
			continue;
		}
		input_close(&in);
	}
	return all;
}

int
command_check(struct rules_run *r)
{
	struct notes notes;
	int status;

	if (!all_readable(r))
		return EXIT_NOT_DONE;
	notes_init(&notes);
	status = check_all(r, &notes);
	put_notes(r, &notes);
	if (notes.errors > 0 || (r->o->strict && notes.warnings > 0))
		status = diag_worse(status, EXIT_HOLDS);
	notes_fini(&notes);
	return status;
}
