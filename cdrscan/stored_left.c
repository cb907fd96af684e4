/*
 * Nearly all findings of a large store ended long ago, and so did their cases.
 * A run that has only the calls from an instant on neither reads nor makes
 * them: what is asked of them as a whole, the store tells.  It reads those that
 * its rules may ask about (detect_needs_findings()), and then all of whom
 * anything new is found, or is not found any more, or was said: the cases of
 * these are made, all others stay.
 */
#include "stored.h"

#include <stdlib.h>
#include <string.h>

#include "base/beside.h"
#include "base/pool.h"
#include "base/xalloc.h"
#include "detect/cases.h"

/* Who looks at findings, or deletes some, has all of them. */
static bool
may_leave(const struct stored_run *r)
{
	const struct scan_options *o = r->s->o;

	return r->begins != INT64_MIN && !o->print && !o->dry_run &&
	       !o->prune && !o->no_archive &&
	       detect_keep_get(&r->s->kept_before, DETECT_KEEP_ABOUT) != NULL;
}

/* Findings that are read, from then on by another thread perhaps. */
struct stored_reading {
	struct store *store, *own; /* `own`: closed in the end; or NULL */
	struct store_since *since; /* by rule; NULL: all are read */
	size_t n;
	struct results *found;
	struct store_left *left;
	struct errmsg err;
	int got;
	struct beside *beside; /* or NULL */
};

static struct store_since *
choose_recent(struct stored_run *r)
{
	const struct ruleset *rules = &r->s->rules;
	struct store_since *since = xcalloc(rules->n + 1, sizeof(*since));
	size_t i;

	free(r->listed);
	r->listed = xcalloc(rules->n + 1, sizeof(*r->listed));
	for (i = 0; i < rules->n; i++) {
		since[i].rule = rules->rules[i]->id;
		since[i].since =
		    detect_needs_findings(rules, rules->rules[i], r->begins);
		/* Of other calls nobody asks whose members they are. */
		since[i].calls =
		    since[i].since > INT64_MIN ? r->begins : INT64_MIN;
		r->listed[i] =
		    since[i].since > r->since[i] ? since[i].since : r->since[i];
	}
	return since;
}

static void
read_findings(void *arg)
{
	struct stored_reading *g = arg;

	g->got = g->since != NULL
		     ? store_findings_recent(g->store, g->since, g->n, g->found,
			   g->left, &g->err)
		     : store_findings_open(g->store, g->found, &g->err);
	results_sort(g->found);
}

static struct stored_reading *
reading_new(struct stored_run *r)
{
	struct stored_reading *g = xcalloc(1, sizeof(*g));

	r->partly = may_leave(r);
	g->since = r->partly ? choose_recent(r) : NULL;
	g->n = r->s->rules.n;
	g->store = r->store;
	g->found = &r->s->earlier;
	g->left = &r->left;
	return g;
}

int
stored_left_take(struct stored_run *r, struct errmsg *err)
{
	r->reading = reading_new(r);
	read_findings(r->reading);
	return stored_left_end(r, err);
}

/*
 * What the store had before this run is what it has of findings now: only what
 * was read, and calls, are in this transaction yet.
 */
void
stored_left_begin(struct stored_run *r)
{
	const size_t threads = pool_threads((size_t)r->s->o->threads);
	struct stored_reading *g = reading_new(r);

	r->reading = g;
	if (threads > 1 && stored_ahead_store(r, &g->own) == 0) {
		store_set_threads(g->own, threads - 1);
		g->store = g->own;
		g->beside = beside_start(threads, read_findings, g);
	} else {
		read_findings(g);
	}
}

int
stored_left_end(struct stored_run *r, struct errmsg *err)
{
	struct stored_reading *g = r->reading;
	int got = 0;

	if (g == NULL)
		return 0;
	beside_end(&g->beside);
	store_close(&g->own);
	if (g->got != 0)
		got = errmsg_set(err, "%s", g->err.text);
	free(g->since);
	free(g);
	r->reading = NULL;
	return got;
}

int64_t
stored_left_since(const struct stored_run *r, const char *rule)
{
	const struct ruleset *rules = &r->s->rules;
	size_t i;

	for (i = 0; i < rules->n && r->partly; i++)
		if (strcmp(rules->rules[i]->id, rule) == 0)
			return detect_needs_findings(rules, rules->rules[i],
			    r->begins);
	return INT64_MIN;
}

/* Whom a finding is about, as store_findings_about() has it. */
static void
print_entity(struct buf *out, const struct finding *f)
{
	buf_reset(out);
	buf_addf(out, "%s %s", f->entity_type, f->entity);
}

/* Whose cases may be others. */
struct touched {
	struct intern *entities;
	int64_t *since; /* by entity: from then on; INT64_MIN: all */
	size_t cap;
	struct intern *cases; /* which these are */
};

static void
touch(struct touched *t, const struct finding *f)
{
	uint32_t n = intern_count(t->entities), id;
	struct buf name;

	buf_init(&name);
	print_entity(&name, f);
	id = intern_addstr(t->entities, name.data);
	buf_fini(&name);
	t->since = xgrow(t->since, &t->cap, (size_t)id + 1, sizeof(*t->since));
	if (id >= n || f->first_seen < t->since[id])
		t->since[id] = f->first_seen;
}

static bool
has_case(const struct finding *f)
{
	return f->kind == KIND_FINDING && f->stored != NULL &&
	       f->stored->case_id != NULL;
}

/* Of whom anything new is found, or is not found as it was. */
static void
list_touched(const struct stored_run *r, struct touched *t)
{
	const struct results *rs = &r->s->results;
	const struct detect_past *past = &r->s->past;
	struct intern *kept = intern_new();
	const struct finding *f;
	size_t i;

	for (i = 0; i < rs->n; i++) {
		f = rs->findings[i];
		if (f->stored != NULL)
			(void)intern_addstr(kept, f->id);
		if (f->kind == KIND_FINDING && !has_case(f))
			touch(t, f);
	}
	for (i = 0; i < past->n; i++) {
		f = past->list[i];
		if (intern_find(kept, f->id, strlen(f->id)) == INTERN_NONE)
			touch(t, f);
	}
	intern_free(&kept);
}

/* Of whom anything was said, all cases are made. */
static int
list_said(const struct stored_run *r, struct touched *t, struct errmsg *err)
{
	uint32_t i, n;

	if (store_findings_said(r->store, t->entities, err) != 0)
		return -1;
	n = intern_count(t->entities);
	t->since = xgrow(t->since, &t->cap, n, sizeof(*t->since));
	for (i = 0; i < n; i++)
		t->since[i] = INT64_MIN;
	return 0;
}

static bool
is_case(const struct intern *cases, const char *id)
{
	return intern_find(cases, id, strlen(id)) != INTERN_NONE;
}

/* What was left of these cases is read after all. */
static int
take_rest(struct stored_run *r, const struct intern *cases, struct errmsg *err)
{
	struct results *rs = &r->s->results, rest;
	struct finding *f;
	size_t i;
	int got;

	results_init(&rest);
	got = store_findings_take_left(r->store, &r->left, cases, &rest, err);
	for (i = 0; got == 0 && i < rest.n; i++) {
		f = results_finding(rs);
		*f = *rest.findings[i];
		f->state = f->state_reason = f->case_id = NULL;
		f->backlog = false;
	}
	results_take(&r->s->earlier, &rest);
	results_fini(&rest);
	r->s->past.list = r->s->earlier.findings;
	return got;
}

/* All others stay in their cases. */
static void
let_stay(struct stored_run *r, const struct intern *cases)
{
	const struct results *rs = &r->s->results;
	struct finding *f;
	size_t i;

	r->standing = intern_new();
	for (i = 0; i < rs->n; i++) {
		f = rs->findings[i];
		if (!has_case(f) || is_case(cases, f->stored->case_id))
			continue;
		f->stays = true;
		f->case_id = f->stored->case_id;
		(void)intern_addstr(r->standing, f->case_id);
	}
	for (i = 0; i < r->left.n; i++)
		if (r->left.list[i].case_id != NULL)
			(void)intern_addstr(r->standing,
			    r->left.list[i].case_id);
}

static const struct fraud_case *
case_of(const struct results *was, const char *id)
{
	size_t low = 0, high = was->ncases, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(was->cases[middle]->id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < was->ncases && strcmp(was->cases[low]->id, id) == 0
		   ? was->cases[low]
		   : NULL;
}

/*
 * A case that is made again, and goes on one that stays, is the first that is
 * made of its entity, and begins where it began: before anything new.
 */
static void
note_after(struct stored_run *r, const struct intern *cases,
    const struct results *was)
{
	struct results *rs = &r->s->results;
	const struct fraud_case *c;
	struct finding *f;
	size_t i;

	for (i = 0; i < rs->n; i++) {
		f = rs->findings[i];
		if (!has_case(f) || f->stays)
			continue;
		c = case_of(was, f->stored->case_id);
		if (c != NULL && c->previous != NULL &&
		    !is_case(cases, c->previous))
			f->after = arena_strdup(&rs->arena, c->previous);
	}
}

int
stored_left_cases(struct stored_run *r, struct results *was, struct errmsg *err)
{
	struct touched t = { .entities = intern_new(), .cases = intern_new() };
	int got;

	got = list_said(r, &t, err);
	if (got == 0) {
		list_touched(r, &t);
		got = store_findings_about(r->store, t.entities, t.since,
		    &r->s->earlier, t.cases, err);
	}
	if (got == 0)
		got = take_rest(r, t.cases, err);
	if (got == 0)
		got = store_findings_these_cases(r->store, t.cases, was, err);
	if (got == 0) {
		let_stay(r, t.cases);
		note_after(r, t.cases, was);
	}
	intern_free(&t.entities);
	intern_free(&t.cases);
	free(t.since);
	return got;
}

size_t
stored_standing(const struct stored_run *r)
{
	return r->standing != NULL ? intern_count(r->standing) - 1 : 0;
}
