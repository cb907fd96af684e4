#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/ruletest.h"
#include "io/jsonout.h"

static void
put_text(struct buf *out, const struct ruletest_report *rep)
{
	const struct ruletest_result *t;
	size_t i;

	for (i = 0; i < rep->n; i++) {
		t = &rep->results[i];
		if (t->passed && !t->todo)
			continue;
		buf_addf(out, "%s %s:%u %s: %s\n%s",
		    t->passed ? "DONE"
		    : t->todo ? "TODO"
			      : "FAIL",
		    t->file, t->line, t->rule->id, t->name, t->details);
	}
	buf_addf(out, "%zu tests, %zu passed, %zu failed", rep->n, rep->passed,
	    rep->failed);
	if (rep->todo > 0)
		buf_addf(out, ", %zu to do", rep->todo);
	buf_addch(out, '\n');
}

/* Details become TAP comments, line by line. */
static void
put_comment(struct buf *out, const char *text)
{
	size_t n;

	for (; *text != '\0'; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		buf_addstr(out, "# ");
		buf_add(out, text, n);
		buf_addch(out, '\n');
	}
}

static void
put_tap(struct buf *out, const struct ruletest_report *rep)
{
	const struct ruletest_result *t;
	size_t i;

	buf_addf(out, "1..%zu\n", rep->n);
	for (i = 0; i < rep->n; i++) {
		t = &rep->results[i];
		buf_addf(out, "%sok %zu - %s: %s%s\n", t->passed ? "" : "not ",
		    i + 1, t->rule->id, t->name, t->todo ? " # TODO" : "");
		put_comment(out, t->details);
	}
}

static void
put_json(struct buf *out, const struct ruletest_report *rep)
{
	const struct ruletest_result *t;
	struct jsonout j;
	size_t i;

	jsonout_begin_list(&j, out);
	for (i = 0; i < rep->n; i++) {
		t = &rep->results[i];
		jsonout_object(&j);
		jsonout_kstring(&j, "rule", t->rule->id);
		jsonout_kstring(&j, "name", t->name);
		jsonout_kstring(&j, "file", t->file);
		jsonout_kint(&j, "line", t->line);
		jsonout_kbool(&j, "passed", t->passed);
		jsonout_kbool(&j, "todo", t->todo);
		jsonout_kstring_opt(&j, "details", t->details);
		jsonout_end_object(&j);
	}
	jsonout_end_list(&j);
}

static const struct {
	const char *format;
	void (*put)(struct buf *out, const struct ruletest_report *rep);
} formats[] = {
	{ "text", put_text },
	{ "tap", put_tap },
	{ "json", put_json },
};

static int
run_tests(struct rules_run *r, const struct ruleset *rules)
{
	struct ruletest_report rep;
	struct notes notes;
	struct errmsg err;
	int status = EXIT_DONE;
	size_t i;

	ruletest_init(&rep);
	notes_init(&notes);
	if (ruletest_run(rules, r->o->glob, &rep, &notes, &err) != 0) {
		diag_error(&r->setup.diag, "%s", err.text);
		status = EXIT_NOT_DONE;
	} else if (rep.n == 0) {
		diag_error(&r->setup.diag, "no tests%s%s%s",
		    r->o->glob != NULL ? " of rules like '" : "",
		    r->o->glob != NULL ? r->o->glob : "",
		    r->o->glob != NULL ? "'" : "");
		status = EXIT_NOT_DONE;
	} else if (r->o->mutate && rep.failed == 0) {
		status = rules_mutate(r, rules, &notes);
	} else {
		for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
			if (strcmp(formats[i].format, r->o->common.format) == 0)
				formats[i].put(&r->out, &rep);
		status = rep.failed > 0 ? EXIT_HOLDS : EXIT_DONE;
	}
	diag_notes(&r->setup.diag, &notes);
	notes_fini(&notes);
	ruletest_fini(&rep);
	return status;
}

/* Whether a rule, or one of its tests, stands in the files. */
static bool
is_theirs(const struct rule *rule, char **files, int n)
{
	size_t i;

	if (n == 0 || rules_in_files(rule->file, files, n))
		return true;
	for (i = 0; i < rule->ntests; i++)
		if (rules_in_files(json_file(rule->tests[i]->doc), files, n))
			return true;
	return false;
}

/* Those rules alone, which may follow any. */
static int
run_theirs(struct rules_run *r, const struct ruleset *all)
{
	struct ruleset own = *all;
	int status;
	size_t i;

	own.under = all;
	own.n = 0;
	own.rules = xcalloc(all->n + 1, sizeof(struct rule *));
	for (i = 0; i < all->n; i++)
		if (is_theirs(all->rules[i], r->args, r->nargs))
			own.rules[own.n++] = all->rules[i];
	status = run_tests(r, &own);
	free(own.rules);
	return status;
}

int
command_test(struct rules_run *r)
{
	struct ruleset rules;
	struct notes notes;
	int status = EXIT_NOT_DONE;

	ruleset_init(&rules);
	notes_init(&notes);
	if (rules_with_files(r, r->args, r->nargs, &rules, &notes) == 0)
		status = run_theirs(r, &rules);
	diag_notes(&r->setup.diag, &notes);
	notes_fini(&notes);
	ruleset_fini(&rules);
	return status;
}
