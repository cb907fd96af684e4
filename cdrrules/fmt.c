/* cdrrules fmt: rule files in their one layout. */
#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "io/input.h"
#include "io/jsontext.h"
#include "io/outfile.h"
#include "rule/rulefile.h"

static int
rewrite(struct rules_run *r, const char *path, const struct buf *text)
{
	struct outfile *o = NULL;
	struct errmsg err;

	if (outfile_open_shared(&o, path, &err) == 0) {
		outfile_write(o, text->data, text->len);
		if (outfile_commit(&o, &err) == 0)
			return EXIT_DONE;
	}
	diag_error(&r->setup.diag, "%s", err.text);
	return EXIT_NOT_DONE;
}

static int
format_file(struct rules_run *r, const char *path)
{
	struct json_doc *doc;
	struct notes notes;
	struct buf text;
	int status = EXIT_NOT_DONE;
	bool same;

	notes_init(&notes);
	buf_init(&text);
	doc = json_load(path, &notes);
	diag_notes(&r->setup.diag, &notes);
	if (doc != NULL && json_get(json_root(doc), "cdrrules") == NULL) {
		diag_error(&r->setup.diag, "%s: no rule file", path);
	} else if (doc != NULL) {
		status = EXIT_DONE;
		rulefile_format(json_root(doc), &text);
		same = strcmp(text.data, json_text(doc)) == 0;
		if (r->o->check && !same) {
			buf_addf(&r->out, "%s\n", path);
			status = EXIT_HOLDS;
		} else if (r->o->write && !same && !r->o->check) {
			status = rewrite(r, path, &text);
		} else if (!r->o->write && !r->o->check) {
			buf_add(&r->out, text.data, text.len);
		}
	}
	json_free(&doc);
	buf_fini(&text);
	notes_fini(&notes);
	return status;
}

static bool
is_rule_file(const char *path)
{
	size_t len = strlen(path);

	return len > 5 && strcmp(path + len - 5, ".json") == 0;
}

/* The rule files of a folder, as check and test take them. */
static int
format_folder(struct rules_run *r, const char *dir)
{
	int status = EXIT_DONE;
	struct errmsg err;
	char **paths;
	size_t n, i;

	if (input_list(dir, &paths, &n, &err) != 0) {
		diag_error(&r->setup.diag, "%s", err.text);
		return EXIT_NOT_DONE;
	}
	for (i = 0; i < n; i++) {
		if (is_rule_file(paths[i]))
			status = diag_worse(status, format_file(r, paths[i]));
		free(paths[i]);
	}
	free(paths);
	return status;
}

int
command_fmt(struct rules_run *r)
{
	int status = EXIT_DONE, i;

	r->settings = true;
	for (i = 0; i < r->nargs; i++)
		status = diag_worse(status, input_is_directory(r->args[i])
						? format_folder(r, r->args[i])
						: format_file(r, r->args[i]));
	return status;
}
