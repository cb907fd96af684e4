#include "detect/ruletest.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect.h"
#include "detect/ruletest_impl.h"
#include "rule/rulefile.h"

void
ruletest_init(struct ruletest_report *rep)
{
	memset(rep, 0, sizeof(*rep));
}

void
ruletest_fini(struct ruletest_report *rep)
{
	arena_fini(&rep->arena);
	free(rep->results);
	ruletest_init(rep);
}

/*
 * The calls with these fields forced on all of them, the n-th way of the test;
 * NULL with words.
 */
static struct batch *
make_calls(struct ruletest_work *w, const struct json *force, size_t nth,
    struct errmsg *why)
{
	struct batch *b = w->keep ? w->batches[nth] : NULL;

	if (b == NULL && ruletest_calls(&b, w->test, force, w->zone, why) < 0)
		return NULL;
	if (w->keep)
		w->batches[nth] = b;
	return b;
}

/*
 * What is found among them.  -1 with words when the rule cannot be evaluated;
 * calls that cannot be made are a difference.
 */
static int
run_calls(struct ruletest_work *w, const struct json *force, size_t nth,
    struct results *rs, struct errmsg *err)
{
	struct detect_settings set = { .zone = w->zone, .threads = 1 };
	struct errmsg why;
	struct batch *b = make_calls(w, force, nth, &why);
	struct notes notes; /* calls that join no group are no news here */
	int status = 0;

	if (b == NULL) {
		buf_addf(&w->out, "%s\n", why.text);
		return 0;
	}
	notes_init(&notes);
	if (b->n > 0) {
		set.as_of = b->calls[b->n - 1].start;
		status =
		    detect_rule(b, w->rule, &w->named, &set, rs, &notes, err);
	}
	if (status > 0)
		buf_addf(&w->out, "%s\n", notes.list[0].text);
	notes_fini(&notes);
	if (!w->keep)
		batch_free(&b);
	return status < 0 ? -1 : 0;
}

static int
run_expect(struct ruletest_work *w, struct errmsg *err)
{
	struct results rs;
	int status;

	results_init(&rs);
	status = run_calls(w, NULL, 0, &rs, err);
	if (status == 0 && w->out.len == 0)
		ruletest_compare(w, &rs);
	results_fini(&rs);
	return status;
}

static int
run_not_when(struct ruletest_work *w, const struct json *force, size_t nth,
    struct errmsg *err)
{
	struct results rs;
	size_t before = w->out.len;
	int status;

	results_init(&rs);
	status = run_calls(w, force, nth, &rs, err);
	if (status == 0 && w->out.len == before && rs.n > 0) {
		buf_addstr(&w->out, "not_when ");
		ruletest_add_source(&w->out, force);
		buf_addstr(&w->out, "   expected nothing   got ");
		ruletest_add_finding(&w->out, rs.findings[0]);
		buf_addch(&w->out, '\n');
	}
	results_fini(&rs);
	return status;
}

static int
run_all(struct ruletest_work *w, struct errmsg *err)
{
	const struct json *not_when = json_get(w->test, "not_when"), *j;
	size_t nth = 1;

	if (run_expect(w, err) < 0)
		return -1;
	for (j = not_when != NULL ? not_when->first : NULL; j != NULL;
	     j = j->next) {
		if (w->one && w->out.len > 0)
			break;
		if (run_not_when(w, j, nth++, err) < 0)
			return -1;
	}
	return 0;
}

/* What is wrong with the test itself is a difference. */
static void
open_work(struct ruletest_work *w, const struct ruleset *rs,
    const struct rule *rule, const struct json *test, struct notes *notes)
{
	const char *tz = json_get_string(test, "tz");
	struct errmsg why = { "" };

	memset(w, 0, sizeof(*w));
	w->rule = rule;
	w->test = test;
	arena_init(&w->arena);
	buf_init(&w->out);
	named_init(&w->named);
	w->named.under = &rs->named;
	w->zone = tz != NULL ? zone_get(tz, &why) : zone_utc();
	if (w->zone == NULL)
		buf_addf(&w->out, "%s\n", why.text);
	else if (rulefile_named(test, &w->named, &w->arena, notes) < 0)
		buf_addstr(&w->out, "its lists or calendars have errors\n");
}

static void
close_work(struct ruletest_work *w)
{
	size_t i;

	for (i = 0; i < w->nbatches; i++)
		batch_free(&w->batches[i]);
	free(w->batches);
	named_fini(&w->named);
	buf_fini(&w->out);
	arena_fini(&w->arena);
}

static void
add_result(struct ruletest_report *rep, const struct ruletest_work *w)
{
	const struct json *todo = json_get(w->test, "todo");
	const char *name = json_get_string(w->test, "name");
	struct ruletest_result *r;

	rep->results =
	    xgrow(rep->results, &rep->cap, rep->n + 1, sizeof(*rep->results));
	r = &rep->results[rep->n++];
	*r = (struct ruletest_result){ .rule = w->rule,
		.name = name != NULL ? name : "",
		.file = json_file(w->test->doc),
		.line = json_line(w->test),
		.passed = w->out.len == 0,
		.todo = todo != NULL && todo->boolean,
		.details = arena_strdup(&rep->arena, w->out.data) };
	if (r->todo)
		rep->todo++;
	else if (r->passed)
		rep->passed++;
	else
		rep->failed++;
}

static int
run_test(const struct ruleset *rs, const struct rule *rule,
    const struct json *test, struct ruletest_report *rep, struct notes *notes,
    struct errmsg *err)
{
	struct ruletest_work w;
	int status = 0;

	open_work(&w, rs, rule, test, notes);
	if (w.out.len == 0)
		status = run_all(&w, err);
	if (status == 0)
		add_result(rep, &w);
	close_work(&w);
	return status;
}

int
ruletest_run(const struct ruleset *rs, const char *glob,
    struct ruletest_report *rep, struct notes *notes, struct errmsg *err)
{
	const struct rule *r;
	size_t i, k;

	for (i = 0; i < rs->n; i++) {
		r = rs->rules[i];
		/* Authors' tests are about what authors wrote. */
		if (r->untuned != NULL)
			r = r->untuned;
		if (glob != NULL && fnmatch(glob, r->id, 0) != 0)
			continue;
		for (k = 0; k < r->ntests; k++)
			if (run_test(rs, r, r->tests[k], rep, notes, err) < 0)
				return -1;
	}
	return 0;
}

/* Trials ------------------------------------------------------------------ */

struct ruletest_trials {
	struct ruletest_work *tests;
	size_t n, last; /* the test that refused the last variant */
};

static bool
is_todo(const struct json *test)
{
	const struct json *todo = json_get(test, "todo");

	return todo != NULL && todo->boolean;
}

struct ruletest_trials *
ruletest_trials_new(const struct ruleset *rs, const struct rule *rule)
{
	struct ruletest_trials *ts = xcalloc(1, sizeof(*ts));
	const struct json *not_when;
	struct notes notes; /* said when the tests were run */
	struct ruletest_work *w;
	size_t i;

	ts->tests = xcalloc(rule->ntests + 1, sizeof(*ts->tests));
	notes_init(&notes);
	for (i = 0; i < rule->ntests; i++) {
		if (is_todo(rule->tests[i]))
			continue;
		w = &ts->tests[ts->n++];
		open_work(w, rs, rule, rule->tests[i], &notes);
		not_when = json_get(w->test, "not_when");
		w->keep = w->one = true;
		w->nbatches = 1 + (not_when != NULL ? not_when->n : 0);
		w->batches = xcalloc(w->nbatches, sizeof(struct batch *));
	}
	notes_fini(&notes);
	return ts;
}

void
ruletest_trials_free(struct ruletest_trials **tsp)
{
	struct ruletest_trials *ts = *tsp;
	size_t i;

	*tsp = NULL;
	if (ts == NULL)
		return;
	for (i = 0; i < ts->n; i++)
		close_work(&ts->tests[i]);
	free(ts->tests);
	free(ts);
}

/* Mutants that are alike fall to one test: it comes first. */
int
ruletest_trials_accept(struct ruletest_trials *ts, const struct rule *variant,
    struct errmsg *err)
{
	struct ruletest_work *w;
	size_t i, k;

	for (i = 0; i < ts->n; i++) {
		k = (ts->last + i) % ts->n;
		w = &ts->tests[k];
		w->rule = variant;
		buf_reset(&w->out);
		if (run_all(w, err) < 0)
			return -1;
		if (w->out.len > 0) {
			ts->last = k;
			return 0;
		}
	}
	return 1;
}
