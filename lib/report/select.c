#include "report/select.h"

#include <fnmatch.h>
#include <string.h>

#include "report/select_impl.h"

void
selection_init(struct selection *sel)
{
	memset(sel, 0, sizeof(*sel));
	sel->since = INT64_MIN;
	sel->until = INT64_MAX;
}

void
selection_recent(struct selection *sel, int64_t as_of)
{
	static const char *const pending[] = { "open", "acknowledged" };

	selection_init(sel);
	sel->since = as_of - SELECT_RECENT_MS;
	sel->states.list = pending;
	sel->states.n = sizeof(pending) / sizeof(pending[0]);
}

bool
select_any_has(const struct select_any *any, const char *text)
{
	size_t i;

	for (i = 0; i < any->n; i++)
		if (strcmp(any->list[i], text) == 0)
			return true;
	return false;
}

static bool
any_equal(const struct select_any *any, const char *text)
{
	return any->n == 0 || select_any_has(any, text);
}

static bool
any_glob(const struct select_any *any, const char *text)
{
	size_t i;

	if (any->n == 0)
		return true;
	for (i = 0; i < any->n; i++)
		if (fnmatch(any->list[i], text, 0) == 0)
			return true;
	return false;
}

static bool
finding_fits(const struct selection *sel, const struct finding *f)
{
	return any_glob(&sel->rules, f->rule) &&
	       any_equal(&sel->fraud_types, f->fraud_type);
}

static bool
any_finding_fits(const struct selection *sel, const struct view_case *vc)
{
	size_t i;

	if (sel->rules.n == 0 && sel->fraud_types.n == 0)
		return true;
	for (i = 0; i < vc->nfindings; i++)
		if (finding_fits(sel, vc->findings[i]))
			return true;
	return false;
}

static bool
named(const struct selection *sel, const struct view_case *vc)
{
	size_t i;

	if (any_equal(&sel->names, vc->c->entity) ||
	    any_equal(&sel->names, vc->c->id))
		return true;
	for (i = 0; i < vc->nfindings; i++)
		if (any_equal(&sel->names, vc->findings[i]->id))
			return true;
	return false;
}

static bool
score_fits(const struct selection *sel, int score)
{
	return score >= sel->min_score &&
	       severity_of(score) >= sel->min_severity;
}

enum select_verdict
select_case(const struct selection *sel, const struct view_case *vc)
{
	const char *state = vc->c->state != NULL ? vc->c->state : "open";
	bool recent = vc->c->last_seen >= sel->since;

	if (!named(sel, vc) || !any_glob(&sel->accounts, vc->c->entity) ||
	    !any_equal(&sel->states, state) || !any_finding_fits(sel, vc) ||
	    vc->c->first_seen >= sel->until)
		return SELECT_OTHER;
	if (!score_fits(sel, vc->c->score))
		return recent ? SELECT_LOWER : SELECT_OTHER;
	return recent ? SELECT_SHOW : SELECT_OLDER;
}

bool
select_apart(const struct selection *sel, const struct finding *f)
{
	return (any_equal(&sel->names, f->entity) ||
		   any_equal(&sel->names, f->id)) &&
	       any_glob(&sel->accounts, f->entity) && finding_fits(sel, f) &&
	       f->last_seen >= sel->since && f->first_seen < sel->until &&
	       (f->kind != KIND_FINDING || score_fits(sel, f->score));
}

bool
select_knows(const struct results *rs, const char *name)
{
	size_t i;

	for (i = 0; i < rs->ncases; i++)
		if (strcmp(rs->cases[i]->id, name) == 0 ||
		    strcmp(rs->cases[i]->entity, name) == 0)
			return true;
	for (i = 0; i < rs->n; i++)
		if (strcmp(rs->findings[i]->id, name) == 0 ||
		    strcmp(rs->findings[i]->entity, name) == 0)
			return true;
	return false;
}
