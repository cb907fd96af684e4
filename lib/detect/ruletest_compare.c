/* ruletest_compare: the findings there are against those expected. */
#include "detect/ruletest_impl.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "tel/calltime.h"

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

void
ruletest_add_source(struct buf *out, const struct json *j)
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
compare(struct ruletest_work *w, const struct json *expect,
    const struct finding *f, const char *key, const char *unit, bool has,
    int64_t got)
{
	const struct json *j = json_get(expect, key);
	const struct json *all = json_get(w->test, "expect");
	int64_t want;

	if (j == NULL)
		return;
	if (read_expected(j, unit, &want) && has && want == got)
		return;
	if (all->n > 1) {
		add_group(&w->out, f);
		buf_addstr(&w->out, ": ");
	}
	buf_addf(&w->out, "%-7s expected ", key);
	ruletest_add_source(&w->out, j);
	buf_addstr(&w->out, "   got ");
	if (has)
		add_value(&w->out, unit, got);
	else
		buf_addstr(&w->out, "none");
	buf_addch(&w->out, '\n');
}

static void
compare_finding(struct ruletest_work *w, const struct json *expect,
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

void
ruletest_add_finding(struct buf *out, const struct finding *f)
{
	add_group(out, f);
	buf_addf(out, ", %" PRId64 " call%s, score %d", f->calls.calls,
	    f->calls.calls == 1 ? "" : "s", f->score);
}

void
ruletest_compare(struct ruletest_work *w, struct results *rs)
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
		buf_addstr(&w->out, "expected ");
		ruletest_add_source(&w->out, e);
		buf_addstr(&w->out, "   got nothing\n");
	}
	for (i = 0; i < rs->n; i++) {
		if (used[i])
			continue;
		buf_addstr(&w->out, "not expected   got ");
		ruletest_add_finding(&w->out, rs->findings[i]);
		buf_addch(&w->out, '\n');
	}
	free(used);
}
