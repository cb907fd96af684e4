#include <stdlib.h>
#include <string.h>

#include "report/select_impl.h"

static enum view_news
case_news(const struct view_case *vc)
{
	bool all_new = true;
	size_t i;

	for (i = 0; i < vc->nfindings; i++) {
		if (vc->findings[i]->state == NULL)
			return NEWS_NONE;
		if (strcmp(vc->findings[i]->state, "new") != 0)
			all_new = false;
	}
	if (vc->nfindings == 0)
		return NEWS_NONE;
	if (state_is_closed(vc->c->state))
		return NEWS_CLOSED;
	return all_new ? NEWS_NEW : NEWS_CONTINUING;
}

/* Which case an id names: its place in the results. */
struct slot {
	const char *id;
	size_t at;
};

struct case_index {
	struct slot *slots; /* by id */
	size_t n;
	bool *shown; /* by place */
};

static int
compare_slots(const void *va, const void *vb)
{
	const struct slot *a = va, *b = vb;

	return strcmp(a->id, b->id);
}

static const struct slot *
slot_of(const struct case_index *ix, const char *id)
{
	const struct slot key = { .id = id };

	return bsearch(&key, ix->slots, ix->n, sizeof(key), compare_slots);
}

static const struct slot *
find_slot(const struct case_index *ix, const struct finding *f)
{
	if (f->kind != KIND_FINDING || f->case_id == NULL || ix->n == 0)
		return NULL;
	return slot_of(ix, f->case_id);
}

static void
index_cases(struct case_index *ix, struct view *v)
{
	const struct results *rs = v->rs;
	size_t i;

	ix->n = rs->ncases;
	ix->slots = arena_array(&v->arena, ix->n + 1, sizeof(*ix->slots));
	ix->shown = arena_array(&v->arena, ix->n + 1, sizeof(*ix->shown));
	for (i = 0; i < ix->n; i++)
		ix->slots[i] = (struct slot){ rs->cases[i]->id, i };
	if (ix->n > 1)
		qsort(ix->slots, ix->n, sizeof(*ix->slots), compare_slots);
}

/* Every case with its findings, selected or not. */
static void
fill_cases(struct view *v, const struct case_index *ix)
{
	const struct results *rs = v->rs;
	const struct finding ***lists;
	const struct slot *s;
	struct view_case *vc;
	size_t i;

	v->cases = arena_array(&v->arena, ix->n + 1, sizeof(*v->cases));
	lists = arena_array(&v->arena, ix->n + 1, sizeof(*lists));
	for (i = 0; i < rs->n; i++)
		if ((s = find_slot(ix, rs->findings[i])) != NULL)
			v->cases[s->at].nfindings++;
	for (i = 0; i < ix->n; i++) {
		vc = &v->cases[i];
		vc->c = rs->cases[i];
		lists[i] =
		    arena_array(&v->arena, vc->nfindings + 1, sizeof(**lists));
		vc->findings = lists[i];
		vc->nfindings = 0;
	}
	for (i = 0; i < rs->n; i++)
		if ((s = find_slot(ix, rs->findings[i])) != NULL)
			lists[s->at][v->cases[s->at].nfindings++] =
			    rs->findings[i];
}

/* Whether somebody has still to look at it, or is at it. */
static bool
is_open(const struct fraud_case *c)
{
	return c->state == NULL || strcmp(c->state, "open") == 0 ||
	       strcmp(c->state, "acknowledged") == 0;
}

/* What a selection says of a case, and what is new about it. */
static enum select_verdict
judge(const struct selection *sel, struct view_case *vc)
{
	enum select_verdict verdict = select_case(sel, vc);

	vc->news = case_news(vc);
	if (sel->news == NULL ||
	    (verdict != SELECT_SHOW && verdict != SELECT_OLDER))
		return verdict;
	vc->news = sel->news(sel->news_context, vc);
	if (vc->news == NEWS_NONE)
		return verdict == SELECT_SHOW && is_open(vc->c) ? SELECT_TOLD
								: SELECT_OTHER;
	if (vc->news == NEWS_BACKLOG)
		return SELECT_BACKLOG;
	return vc->news == NEWS_CLOSED ? SELECT_SHOW : verdict;
}

/* The cases that fit, to the front; how many. */
static size_t
keep_cases(struct view *v, const struct selection *sel, size_t n)
{
	enum select_verdict verdict;
	size_t i, kept = 0;

	for (i = 0; i < n; i++) {
		verdict = judge(sel, &v->cases[i]);
		v->lower += verdict == SELECT_LOWER;
		v->older += verdict == SELECT_OLDER;
		v->backlog += verdict == SELECT_BACKLOG;
		v->told += verdict == SELECT_TOLD;
		if (verdict == SELECT_SHOW)
			v->cases[kept++] = v->cases[i];
	}
	return kept;
}

static void
take_cases(struct view *v, const struct selection *sel, struct case_index *ix)
{
	const struct view_case *vc;
	enum view_over over;
	size_t i;

	v->ncases = keep_cases(v, sel, ix->n);
	select_sort(v, sel, v->ncases);
	if (sel->limit > 0 && v->ncases > sel->limit) {
		v->beyond = v->ncases - sel->limit;
		v->ncases = sel->limit;
	}
	for (i = 0; i < v->ncases; i++) {
		vc = &v->cases[i];
		over = view_over(vc->c);
		v->over[over]++;
		v->news[vc->news] += over == OVER_NOT;
		v->severities[severity_of(vc->c->score)] += over == OVER_NOT;
		ix->shown[slot_of(ix, vc->c->id)->at] = true;
	}
}

static void
list_init(struct view *v, struct view_list *l)
{
	l->list = arena_array(&v->arena, v->rs->n + 1, sizeof(*l->list));
}

static void
list_add(struct view_list *l, const struct finding *f)
{
	l->list[l->n++] = f;
}

/* One finding to the lists it belongs to. */
static void
take_finding(struct view *v, const struct selection *sel,
    const struct finding *f, const struct case_index *ix)
{
	const struct slot *slot = find_slot(ix, f);

	if (slot != NULL) {
		if (ix->shown[slot->at])
			list_add(&v->findings, f);
		return;
	}
	if (!select_apart(sel, f))
		return;
	list_add(f->kind == KIND_WAIVED   ? &v->waived
		 : f->kind == KIND_SHADOW ? &v->shadow
					  : &v->loose,
	    f);
	if (f->kind == KIND_FINDING ||
	    (f->kind == KIND_WAIVED ? sel->waived : sel->shadow))
		list_add(&v->findings, f);
}

static void
take_findings(struct view *v, const struct selection *sel,
    const struct case_index *ix)
{
	struct view_list *lists[] = { &v->findings, &v->waived, &v->shadow,
		&v->loose };
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		list_init(v, lists[i]);
	for (i = 0; i < v->rs->n; i++)
		take_finding(v, sel, v->rs->findings[i], ix);
	for (i = 1; i < sizeof(lists) / sizeof(lists[0]); i++)
		select_tally(&lists[i]->calls, &v->arena, lists[i]->list,
		    lists[i]->n);
}

void
view_init(struct view *v, const struct results *rs, const struct selection *sel)
{
	struct case_index ix;

	memset(v, 0, sizeof(*v));
	v->rs = rs;
	v->since = sel->since;
	v->news_only = sel->news != NULL;
	v->list_waived = sel->waived;
	v->list_shadow = sel->shadow;
	index_cases(&ix, v);
	fill_cases(v, &ix);
	take_cases(v, sel, &ix);
	take_findings(v, sel, &ix);
	select_case_totals(v);
}

void
view_fini(struct view *v)
{
	arena_fini(&v->arena);
	memset(v, 0, sizeof(*v));
}

static const char *const over_names[OVER_WAYS] = {
	[OVER_NOT] = "",
	[OVER_FRAUD] = "fraud",
	[OVER_BENIGN] = "benign",
	[OVER_CLOSED] = "closed",
	[OVER_MERGED] = "merged",
};

const char *
view_over_name(enum view_over over)
{
	return over_names[over];
}

enum view_over
view_over(const struct fraud_case *c)
{
	int over;

	if (c->nheirs > 0)
		return OVER_MERGED;
	for (over = OVER_FRAUD; c->state != NULL && over <= OVER_CLOSED; over++)
		if (strcmp(c->state, over_names[over]) == 0)
			return (enum view_over)over;
	return OVER_NOT;
}

bool
view_quiet(const struct view *v)
{
	return v->ncases == 0 && v->loose.n == 0;
}

bool
view_empty(const struct view *v)
{
	return v->ncases == 0 && v->findings.n == 0;
}

enum severity
view_severity(const struct view *v)
{
	enum severity worst = SEV_NONE;
	size_t i;

	for (i = 0; i < v->ncases; i++)
		if (severity_of(v->cases[i].c->score) > worst)
			worst = severity_of(v->cases[i].c->score);
	for (i = 0; i < v->loose.n; i++)
		if (severity_of(v->loose.list[i]->score) > worst)
			worst = severity_of(v->loose.list[i]->score);
	return worst;
}

enum severity
view_severity_open(const struct view *v)
{
	int s = SEV_CRITICAL;

	while (s > SEV_NONE && v->severities[s] == 0)
		s--;
	return (enum severity)s;
}
