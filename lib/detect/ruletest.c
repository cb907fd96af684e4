#include "detect/ruletest.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "detect/detect.h"
#include "detect/ruletest_impl.h"
#include "rule/rulefile.h"
#include "tel/calltime.h"

/* One test at work. */
struct work {
	const struct rule *rule;
	const struct json *test;
	const struct zone *zone;
	struct named named; /* its own, above the rule set's */
	struct buf *out;    /* what differs */
};

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

/* "account=A1 dst=+5375550142" */
static void
add_group(struct buf *out, const struct finding *f)
{
	size_t i;

	if (f->ngroup == 0)
		buf_addstr(out, "all calls");
	for (i = 0; i < f->ngroup; i++)
		buf_addf(out, "%s%s=%s", i > 0 ? " " : "", f->group_fields[i],
		    f->group_values[i]);
}

/* The source of a value on one line. */
static void
add_source(struct buf *out, const struct json *j)
{
	const char *s = json_text(j->doc) + j->begin;
	const char *end = json_text(j->doc) + j->end;
	bool gap = false;

	for (; s < end; s++) {
		if (*s == '\n' || *s == '\t' || *s == ' ') {
			gap = true;
			continue;
		}
		if (gap)
			buf_addch(out, ' ');
		gap = false;
		buf_addch(out, *s);
	}
}

static const char *
group_value(const struct finding *f, const char *field)
{
	size_t i;

	for (i = 0; i < f->ngroup; i++)
		if (strcmp(f->group_fields[i], field) == 0)
			return f->group_values[i];
	return NULL;
}

static bool
same_group(const struct finding *f, const struct json *by)
{
	const struct json *j;
	const char *value, *want;

	for (j = by != NULL ? by->first : NULL; j != NULL; j = j->next) {
		value = group_value(f, j->key);
		want = j->type == JSON_STRING ? j->string
		       : j->type == JSON_BOOL ? (j->boolean ? "true" : "false")
					      : NULL;
		if (value == NULL || want == NULL || strcmp(value, want) != 0)
			return false;
	}
	return true;
}

/* A value as `expect` has it, in RULE_UNIT; seconds where a span is meant. */
static bool
read_expected(const struct json *j, const char *unit, int64_t *v)
{
	int64_t ms;

	if (j->type == JSON_STRING && span_parse(j->string, &ms) == 0) {
		*v = ms * RULE_UNIT;
		return true;
	}
	if (j->type != JSON_NUMBER || !(fabs(j->number) < 9e9))
		return false;
	*v = llround(j->number * (double)RULE_UNIT);
	if (unit != NULL && strcmp(unit, "ms") == 0)
		*v *= 1000;
	return true;
}

static void
add_value(struct buf *out, const char *unit, int64_t v)
{
	quantity_print(out, v, unit != NULL && strcmp(unit, "ms") == 0);
}

/* "score   expected 55   got 75", where they differ. */
static void
compare(struct work *w, const struct json *expect, const struct finding *f,
    const char *key, const char *unit, bool has, int64_t got)
{
	const struct json *j = json_get(expect, key);
	const struct json *all = json_get(w->test, "expect");
	int64_t want;

	if (j == NULL)
		return;
	if (read_expected(j, unit, &want) && has && want == got)
		return;
	if (all->n > 1) {
		add_group(w->out, f);
		buf_addstr(w->out, ": ");
	}
	buf_addf(w->out, "%-7s expected ", key);
	add_source(w->out, j);
	buf_addstr(w->out, "   got ");
	if (has)
		add_value(w->out, unit, got);
	else
		buf_addstr(w->out, "none");
	buf_addch(w->out, '\n');
}

static void
compare_finding(struct work *w, const struct json *expect,
    const struct finding *f)
{
	compare(w, expect, f, "calls", NULL, true, f->calls.calls * RULE_UNIT);
	compare(w, expect, f, "value", f->unit, f->measure != NULL, f->value);
	compare(w, expect, f, "baseline", f->unit, f->has_baseline,
	    f->baseline);
	compare(w, expect, f, "score", NULL, true, f->score * RULE_UNIT);
}

static int
compare_time(const void *va, const void *vb)
{
	const struct finding *const *pa = va, *const *pb = vb;
	const struct finding *a = *pa, *b = *pb;

	if (a->first_seen != b->first_seen)
		return a->first_seen < b->first_seen ? -1 : 1;
	return strcmp(a->id, b->id);
}

static void
add_finding(struct buf *out, const struct finding *f)
{
	add_group(out, f);
	buf_addf(out, ", %" PRId64 " call%s, score %d", f->calls.calls,
	    f->calls.calls == 1 ? "" : "s", f->score);
}

/* Each expected finding with the earliest of its group that is left. */
static void
compare_all(struct work *w, struct results *rs)
{
	const struct json *expect = json_get(w->test, "expect"), *e;
	bool *used = xcalloc(rs->n + 1, sizeof(*used));
	size_t i;

	if (rs->n > 1)
		qsort(rs->findings, rs->n, sizeof(*rs->findings), compare_time);
	for (e = expect != NULL ? expect->first : NULL; e != NULL;
	     e = e->next) {
		for (i = 0; i < rs->n; i++)
			if (!used[i] &&
			    same_group(rs->findings[i], json_get(e, "by")))
				break;
		if (i < rs->n) {
			used[i] = true;
			compare_finding(w, e, rs->findings[i]);
			continue;
		}
		buf_addstr(w->out, "expected ");
		add_source(w->out, e);
		buf_addstr(w->out, "   got nothing\n");
	}
	for (i = 0; i < rs->n; i++) {
		if (used[i])
			continue;
		buf_addstr(w->out, "not expected   got ");
		add_finding(w->out, rs->findings[i]);
		buf_addch(w->out, '\n');
	}
	free(used);
}

/*
 * The findings with these fields forced on all calls.  -1 with words when
 * the rule cannot be evaluated; calls that cannot be made are a difference.
 */
static int
run_calls(struct work *w, const struct json *force, struct results *rs,
    struct errmsg *err)
{
	struct detect_settings set = { .zone = w->zone };
	struct batch *b = NULL;
	struct errmsg why;
	struct notes notes; /* calls that join no group are no news here */
	int status = 0;

	if (ruletest_calls(&b, w->test, force, w->zone, &why) < 0) {
		buf_addf(w->out, "%s\n", why.text);
		return 0;
	}
	notes_init(&notes);
	if (b->n > 0) {
		set.as_of = b->calls[b->n - 1].start;
		status =
		    detect_rule(b, w->rule, &w->named, &set, rs, &notes, err);
	}
	if (status > 0)
		buf_addf(w->out, "%s\n", notes.list[0].text);
	notes_fini(&notes);
	batch_free(&b);
	return status < 0 ? -1 : 0;
}

static int
run_expect(struct work *w, struct errmsg *err)
{
	struct results rs;
	int status;

	results_init(&rs);
	status = run_calls(w, NULL, &rs, err);
	if (status == 0 && w->out->len == 0)
		compare_all(w, &rs);
	results_fini(&rs);
	return status;
}

static int
run_not_when(struct work *w, const struct json *force, struct errmsg *err)
{
	struct results rs;
	size_t before = w->out->len;
	int status;

	results_init(&rs);
	status = run_calls(w, force, &rs, err);
	if (status == 0 && w->out->len == before && rs.n > 0) {
		buf_addstr(w->out, "not_when ");
		add_source(w->out, force);
		buf_addstr(w->out, "   expected nothing   got ");
		add_finding(w->out, rs.findings[0]);
		buf_addch(w->out, '\n');
	}
	results_fini(&rs);
	return status;
}

static int
run_all(struct work *w, struct errmsg *err)
{
	const struct json *not_when = json_get(w->test, "not_when"), *j;

	if (run_expect(w, err) < 0)
		return -1;
	for (j = not_when != NULL ? not_when->first : NULL; j != NULL;
	     j = j->next)
		if (run_not_when(w, j, err) < 0)
			return -1;
	return 0;
}

static void
add_result(struct ruletest_report *rep, const struct work *w)
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
		.passed = w->out->len == 0,
		.todo = todo != NULL && todo->boolean,
		.details = arena_strdup(&rep->arena, w->out->data) };
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
	struct work w = { .rule = rule, .test = test };
	const char *tz = json_get_string(test, "tz");
	struct errmsg why = { "" };
	struct arena arena;
	struct buf out;
	int status = 0;

	arena_init(&arena);
	buf_init(&out);
	named_init(&w.named);
	w.named.under = &rs->named;
	w.out = &out;
	w.zone = tz != NULL ? zone_get(tz, &why) : zone_utc();
	if (w.zone == NULL)
		buf_addf(&out, "%s\n", why.text);
	else if (rulefile_named(test, &w.named, &arena, notes) < 0)
		buf_addstr(&out, "its lists or calendars have errors\n");
	else
		status = run_all(&w, err);
	if (status == 0)
		add_result(rep, &w);
	named_fini(&w.named);
	buf_fini(&out);
	arena_fini(&arena);
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
