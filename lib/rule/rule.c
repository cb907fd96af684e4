#include "rule/rule.h"

#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"

static const char *const status_names[] = {
	[RULE_STABLE] = "stable",
	[RULE_TEST] = "test",
	[RULE_EXPERIMENTAL] = "experimental",
	[RULE_DEPRECATED] = "deprecated",
};

static const char *const fn_names[] = {
	[MEASURE_NONE] = "",
	[MEASURE_COUNT] = "count",
	[MEASURE_SUM] = "sum",
	[MEASURE_AVG] = "avg",
	[MEASURE_MAX] = "max",
	[MEASURE_MIN] = "min",
	[MEASURE_DISTINCT] = "distinct",
	[MEASURE_RATIO] = "ratio",
	[MEASURE_CONCURRENT] = "concurrent",
	[MEASURE_RUN] = "run",
	[MEASURE_GAP] = "gap",
	[MEASURE_SILENCE] = "silence",
	[MEASURE_MODE] = "mode",
};

static const char *const window_names[] = {
	[WINDOW_NONE] = "",
	[WINDOW_OVER] = "over",
	[WINDOW_HOUR] = "hour",
	[WINDOW_DAY] = "day",
	[WINDOW_WEEK] = "week",
};

static const char *const season_names[] = {
	[SEASON_NONE] = "none",
	[SEASON_WEEKDAY] = "weekday",
	[SEASON_HOUR_OF_WEEK] = "hour-of-week",
};

static const char *const stat_names[] = {
	[STAT_MEDIAN] = "median",
	[STAT_MEAN] = "mean",
	[STAT_MAX] = "max",
	[STAT_P95] = "p95",
};

const char *
rule_status_name(enum rule_status s)
{
	return status_names[s];
}

const char *
measure_fn_name(enum measure_fn fn)
{
	return fn_names[fn];
}

const char *
measure_window_name(enum measure_window w)
{
	return window_names[w];
}

const char *
season_name(enum season s)
{
	return season_names[s];
}

const char *
stat_name(enum baseline_stat s)
{
	return stat_names[s];
}

bool
rule_is_shadow(const struct rule *r)
{
	return r->status == RULE_EXPERIMENTAL;
}

/* What entries for some groups may change of what is off for the others. */
struct turning {
	bool enabled, current; /* current: the status is not deprecated */
};

static void
turn(struct turning *may, const struct tuning *t)
{
	const struct json *enabled = json_get(t->json, "enabled");
	const struct json *status = json_get(t->json, "status");
	bool current =
	    status != NULL &&
	    strcmp(status->string, status_names[RULE_DEPRECATED]) != 0;

	may->current |= current;
	may->enabled |= enabled != NULL ? enabled->boolean : current;
}

bool
rule_is_on(const struct rule *r)
{
	struct turning may = { r->enabled, r->status != RULE_DEPRECATED };
	size_t i;

	/* Entries count for the tuned rule, not for what its author wrote. */
	for (i = 0; r->untuned != NULL && i < r->ntuning; i++)
		if (r->tuning[i].match != NULL)
			turn(&may, &r->tuning[i]);
	return may.enabled && may.current;
}

void
rule_names(const struct rule *r,
    void (*use)(void *ctx, enum predicate_uses what, const char *name),
    void *ctx)
{
	size_t i;

	predicate_names(r->match, use, ctx);
	if (r->measure.where != NULL)
		predicate_names(r->measure.where, use, ctx);
	if (r->measure.during != NULL)
		use(ctx, USES_CALENDAR, r->measure.during);
	for (i = 0; i < r->nalso; i++)
		if (r->also[i].measure.where != NULL)
			predicate_names(r->also[i].measure.where, use, ctx);
	for (i = 0; i < r->ntuning; i++)
		if (r->tuning[i].match != NULL)
			predicate_names(r->tuning[i].match, use, ctx);
}

static bool
condition_asks(const struct condition *c, const struct field *f)
{
	size_t i;

	for (i = 0; i < COND_LIMITS; i++)
		if (c->from[i] == f)
			return true;
	return false;
}

/* Elsewhere than in predicates. */
static bool
asks_apart(const struct rule *r, const struct field *f)
{
	size_t i;

	if (r->measure.of == f || condition_asks(&r->when, f))
		return true;
	for (i = 0; i < r->nby; i++)
		if (r->by[i] == f)
			return true;
	for (i = 0; i < r->follows.nsame; i++)
		if (r->follows.own[i] == f || r->follows.theirs[i] == f)
			return true;
	for (i = 0; i < r->nalso; i++)
		if (r->also[i].measure.of == f ||
		    condition_asks(&r->also[i].cond, f))
			return true;
	for (i = 0; i < r->nescalate; i++)
		if (condition_asks(&r->escalate[i].cond, f))
			return true;
	return false;
}

bool
rule_asks(const struct rule *r, const struct field *f)
{
	const struct predicate *where = r->measure.where;
	size_t i;

	if (asks_apart(r, f) || predicate_asks(r->match, f) ||
	    (where != NULL && predicate_asks(where, f)))
		return true;
	for (i = 0; i < r->nalso; i++) {
		where = r->also[i].measure.where;
		if (where != NULL && predicate_asks(where, f))
			return true;
	}
	return false;
}

bool
rule_tells(const struct rule *r, const struct field *f, uint32_t code,
    uint32_t other)
{
	const struct predicate *where = r->measure.where;
	size_t i;

	if (asks_apart(r, f) || predicate_tells(r->match, f, code, other) ||
	    (where != NULL && predicate_tells(where, f, code, other)))
		return true;
	for (i = 0; i < r->nalso; i++) {
		where = r->also[i].measure.where;
		if (where != NULL && predicate_tells(where, f, code, other))
			return true;
	}
	return false;
}

bool
rule_takes_events(const struct rule *r)
{
	return predicate_asks(r->match, field_find("event"));
}

unsigned
rule_events(const struct rule *r)
{
	return rule_takes_events(r) ? predicate_events(r->match)
				    : 1U << EVENT_CALL;
}

const char *
rule_noun(unsigned kinds, int64_t n)
{
	const unsigned call = 1U << EVENT_CALL;

	if (kinds == call)
		return n == 1 ? "call" : "calls";
	if ((kinds & call) == 0)
		return n == 1 ? "event" : "events";
	return n == 1 ? "record" : "records";
}

bool
waiver_takes_events(const struct waiver *w)
{
	return predicate_asks(w->match, field_find("event"));
}

bool
rule_asks_never(const struct rule *r)
{
	size_t i;

	for (i = 0; i < r->nescalate; i++)
		if ((r->escalate[i].cond.set & COND_NEVER) != 0)
			return true;
	return (r->when.set & COND_NEVER) != 0;
}

bool
measure_is_span(const struct measure *m)
{
	switch (m->fn) {
	case MEASURE_SUM:
	case MEASURE_AVG:
	case MEASURE_MAX:
	case MEASURE_MIN:
		return m->of->type == FIELD_SPAN;
	case MEASURE_GAP:
	case MEASURE_SILENCE:
		return true;
	default:
		return false;
	}
}

void
ruleset_init(struct ruleset *rs)
{
	memset(rs, 0, sizeof(*rs));
	arena_init(&rs->arena);
	named_init(&rs->named);
}

void
rule_release(const struct rule *r)
{
	size_t i;

	if (r == NULL)
		return;
	predicate_release(r->match);
	predicate_release(r->measure.where);
	for (i = 0; i < r->nalso; i++)
		predicate_release(r->also[i].measure.where);
}

/* A rule of the set, and what it was before it was tuned. */
static void
release_rule(const struct rule *r)
{
	size_t i;

	for (i = 0; i < r->ntuning; i++)
		predicate_release(r->tuning[i].match);
	rule_release(r->untuned);
	rule_release(r);
}

void
ruleset_fini(struct ruleset *rs)
{
	size_t i;

	for (i = 0; i < rs->n; i++)
		release_rule(rs->rules[i]);
	for (i = 0; i < rs->nwaivers; i++)
		predicate_release(rs->waivers[i]->match);
	for (i = 0; i < rs->ndocs; i++)
		json_free(&rs->docs[i]);
	named_fini(&rs->named);
	free(rs->rules);
	free(rs->waivers);
	free(rs->docs);
	arena_fini(&rs->arena);
	ruleset_init(rs);
}

static int
compare_id(const void *id, const void *rule)
{
	const struct rule *const *r = rule;

	return strcmp(id, (*r)->id);
}

static bool
tuning_asks(const struct rule *r, const struct field *f)
{
	size_t i;

	for (i = 0; i < r->ntuning; i++)
		if (r->tuning[i].match != NULL &&
		    predicate_asks(r->tuning[i].match, f))
			return true;
	return false;
}

bool
rule_asks_ever(const struct rule *r, const struct field *f)
{
	for (; r != NULL; r = r->follows.rule)
		if (rule_asks(r, f) || tuning_asks(r, f) ||
		    (r->untuned != NULL && rule_asks_ever(r->untuned, f)))
			return true;
	return false;
}

bool
ruleset_asks(const struct ruleset *rs, const struct field *f)
{
	size_t i;

	for (i = 0; i < rs->n; i++)
		if (rule_asks(rs->rules[i], f) || tuning_asks(rs->rules[i], f))
			return true;
	for (i = 0; i < rs->nwaivers; i++)
		if (predicate_asks(rs->waivers[i]->match, f))
			return true;
	return rs->under != NULL && ruleset_asks(rs->under, f);
}

const struct rule *
ruleset_find(const struct ruleset *rs, const char *id)
{
	struct rule *const *found = NULL;

	if (rs->n > 0)
		found = bsearch(id, rs->rules, rs->n, sizeof(*rs->rules),
		    compare_id);
	return found != NULL ? *found : NULL;
}

static const char *
id_at(const void *table, size_t i)
{
	const struct ruleset *rs = table;

	return i < rs->n ? rs->rules[i]->id : NULL;
}

const char *
ruleset_suggest(const struct ruleset *rs, const char *id)
{
	return nearest(id, id_at, rs);
}

bool
waiver_names(const struct waiver *w, const struct rule *r)
{
	size_t i;

	for (i = 0; i < w->rules.n; i++)
		if (strcmp(w->rules.list[i], "*") == 0 ||
		    strcmp(w->rules.list[i], r->id) == 0)
			return true;
	return false;
}
