/* mutate_make: what can be changed in a rule. */
#include "detect/mutate_impl.h"

#include <math.h>
#include <string.h>

#include "base/xalloc.h"
#include "rule/quantity.h"
#include "tel/calltime.h"

static const char *
path_of(struct mutations *ms, const char *path, const char *key)
{
	return arena_printf(ms->arena, "%s.%s", path, key);
}

static const char *
path_at(struct mutations *ms, const char *path, size_t i)
{
	return arena_printf(ms->arena, "%s.%zu", path, i);
}

static struct mutation *
add(struct mutations *ms, const struct json *at, const char *id)
{
	struct mutation *m;

	ms->list = xgrow(ms->list, &ms->cap, ms->n + 1, sizeof(*ms->list));
	m = &ms->list[ms->n++];
	*m = (struct mutation){ .id = id, .at = at };
	return m;
}

static struct mutation *
drop(struct mutations *ms, const struct json *j, const char *path,
    const char *advice)
{
	struct mutation *m = add(ms, j, path);

	m->what = arena_printf(ms->arena, "without %s", path);
	m->advice = advice;
	m->drop[m->ndrops++] = j;
	return m;
}

/* The last of a list takes the list with it. */
static void
drop_element(struct mutations *ms, const struct json *e, const char *path,
    const char *advice)
{
	struct mutation *m = drop(ms, e, path, advice);

	if (e->parent->n == 1)
		m->drop[0] = e->parent;
}

static struct mutation *
put(struct mutations *ms, const struct json *j, const char *id,
    const char *text, const char *advice)
{
	struct mutation *m = add(ms, j, id);

	m->what = arena_printf(ms->arena, "with %s (%s)", id, text);
	m->advice = advice;
	m->put[0].at = j;
	m->put[0].text = text;
	m->nputs = 1;
	return m;
}

/* Scaling ----------------------------------------------------------------- */

enum { FACTOR = 3 };

/* What is asked of a test: the same for everything that has a size. */
static const struct {
	const char *sign, *advice;
	bool up;
} scales[] = {
	{ "*3", "expect a finding of calls that just reach it", true },
	{ "/3", "expect nothing of calls that just miss it", false },
};

static const char *
scaled_number(struct mutations *ms, double v, bool up)
{
	double to = up ? v * FACTOR : v / FACTOR;

	if (v == floor(v))
		to = fmax(1, round(to));
	return to == v || v <= 0 ? NULL : arena_printf(ms->arena, "%.12g", to);
}

static const char *
scaled_span(struct mutations *ms, const char *text, bool up)
{
	const char *scaled;
	struct buf b;
	int64_t ms_of;

	if (span_parse(text, &ms_of) != 0 || ms_of <= 0)
		return NULL;
	buf_init(&b);
	quantity_print(&b, (up ? ms_of * FACTOR : ms_of / FACTOR) * RULE_UNIT,
	    true);
	scaled = arena_printf(ms->arena, "\"%s\"", b.data);
	buf_fini(&b);
	return scaled;
}

/* A number or a span; what stands in a parameter is scaled there. */
static void
scale(struct mutations *ms, const struct json *j, const char *path)
{
	const char *text;
	size_t i;

	for (i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
		text = NULL;
		if (j->type == JSON_NUMBER)
			text = scaled_number(ms, j->number, scales[i].up);
		else if (j->type == JSON_STRING)
			text = scaled_span(ms, j->string, scales[i].up);
		if (text != NULL)
			(void)put(ms, j,
			    arena_printf(ms->arena, "%s%s", path,
				scales[i].sign),
			    text, scales[i].advice);
	}
}

static void
scale_keys(struct mutations *ms, const struct json *obj, const char *path,
    const char *const *keys)
{
	const struct json *j;

	for (; *keys != NULL; keys++)
		if ((j = json_get(obj, *keys)) != NULL)
			scale(ms, j, path_of(ms, path, *keys));
}

static const char *const threshold_keys[] = { "gte", "gt", "lte", "lt", "times",
	"mads", "min_calls", "min_cost", "min_duration", NULL };
static const char *const value_keys[] = { "gte", "gt", "lte", "lt", NULL };

/* Limits that are no number of the rule: a field, never. */
static void
drop_other_limits(struct mutations *ms, const struct json *obj,
    const char *path)
{
	const struct json *j;

	if (obj == NULL || obj->n < 2)
		return;
	for (j = obj->first; j != NULL; j = j->next)
		if (j->type == JSON_OBJECT || j->type == JSON_BOOL)
			(void)drop(ms, j, path_of(ms, path, j->key),
			    "expect nothing of calls that only miss it");
}

static void
thresholds(struct mutations *ms, const struct json *obj, const char *path)
{
	scale_keys(ms, obj, path, threshold_keys);
	drop_other_limits(ms, obj, path);
}

/* Predicates -------------------------------------------------------------- */

static void
change_value(struct mutations *ms, const struct json *clause,
    const struct json *j, const char *path)
{
	const struct json *e;
	size_t i = 0;

	if (j->type == JSON_OBJECT) {
		for (e = j->first; j->n > 1 && e != NULL; e = e->next)
			(void)drop(ms, e, path_of(ms, path, e->key),
			    mutate_advise_clause(ms->arena, clause));
		scale_keys(ms, j, path, value_keys);
		return;
	}
	for (e = j->type == JSON_ARRAY ? j->first : NULL; e != NULL;
	     e = e->next, i++) {
		if (e->type != JSON_OBJECT)
			continue;
		if (j->n > 1)
			(void)drop(ms, e, path_at(ms, path, i),
			    "expect a finding of calls that only this "
			    "alternative lets in");
		change_value(ms, clause, e, path_at(ms, path, i));
	}
}

static void change_predicate(struct mutations *ms, const struct json *obj,
    const char *path, bool root);

static void
change_member(struct mutations *ms, const struct json *j, const char *path)
{
	const struct json *e;
	size_t i = 0;

	if (strcmp(j->key, "not") == 0) {
		change_predicate(ms, j, path, false);
		return;
	}
	if (strcmp(j->key, "any") != 0 && strcmp(j->key, "all") != 0) {
		change_value(ms, j, j, path);
		return;
	}
	for (e = j->first; e != NULL; e = e->next, i++) {
		if (j->n > 1)
			(void)drop(ms, e, path_at(ms, path, i),
			    "add calls that only this part decides about");
		change_predicate(ms, e, path_at(ms, path, i), false);
	}
}

/* The only member of a part is the part, which was dropped already. */
static void
change_predicate(struct mutations *ms, const struct json *obj, const char *path,
    bool root)
{
	const struct json *j;
	const char *at;

	for (j = obj != NULL && obj->type == JSON_OBJECT ? obj->first : NULL;
	     j != NULL; j = j->next) {
		at = path_of(ms, path, j->key);
		if (root || obj->n > 1)
			(void)drop(ms, j, at,
			    mutate_advise_clause(ms->arena, j));
		change_member(ms, j, at);
	}
}

/* Keys of a rule ---------------------------------------------------------- */

/* The limits of a parameter give way to the value. */
static void
change_params(struct mutations *ms, const struct json *params, const char *path)
{
	const struct json *p, *limit;
	struct mutation *m;
	size_t first, i;

	for (p = params->first; p != NULL; p = p->next) {
		first = ms->n;
		scale(ms, json_get(p, "value"), path_of(ms, path, p->key));
		for (i = first; i < ms->n; i++) {
			m = &ms->list[i];
			limit = json_get(p,
			    strstr(m->id, "*3") != NULL ? "max" : "min");
			if (limit == NULL)
				continue;
			m->put[m->nputs].at = limit;
			m->put[m->nputs++].text = m->put[0].text;
		}
	}
}

static void
change_match(struct mutations *ms, const struct json *j, const char *path)
{
	change_predicate(ms, j, path, true);
}

/* An entity that is no longer in `by` goes, too. */
static void
change_by(struct mutations *ms, const struct json *by, const char *path)
{
	const struct json *entity = json_get(ms->rule->json, "entity"), *e;
	struct mutation *m;

	for (e = by->first; e != NULL; e = e->next) {
		m = drop(ms, e, path_of(ms, path, e->string),
		    arena_printf(ms->arena,
			"expect nothing of calls that only several values of "
			"%s together make enough",
			e->string));
		if (entity != NULL && strcmp(entity->string, e->string) == 0)
			m->drop[m->ndrops++] = entity;
	}
}

static void
change_follows(struct mutations *ms, const struct json *j, const char *path)
{
	static const char *const keys[] = { "within", NULL };
	const struct json *same = json_get(j, "same"), *e;
	const char *at = path_of(ms, path, "same");
	size_t i = 0;

	(void)drop(ms, j, path,
	    "expect nothing of the same calls without those of the other rule");
	scale_keys(ms, j, path, keys);
	for (e = same != NULL && same->n > 1 ? same->first : NULL; e != NULL;
	     e = e->next, i++)
		(void)drop(ms, e,
		    e->key != NULL ? path_of(ms, at, e->key)
				   : path_at(ms, at, i),
		    "expect nothing where only this value is another one");
}

static void
change_window(struct mutations *ms, const struct json *j, const char *path)
{
	static const char *const windows[] = { "hour", "day", "week" };
	size_t i;

	for (i = 0; i < sizeof(windows) / sizeof(windows[0]); i++)
		if (strcmp(windows[i], j->string) != 0)
			(void)put(ms, j,
			    arena_printf(ms->arena, "%s=%s", path, windows[i]),
			    arena_printf(ms->arena, "\"%s\"", windows[i]),
			    arena_printf(ms->arena,
				"add calls of one %s that are not of one %s",
				i == 0 ? j->string : windows[i],
				i == 0 ? windows[i] : j->string));
}

static void
drop_key(struct mutations *ms, const struct json *obj, const char *path,
    const char *key)
{
	const struct json *j = json_get(obj, key);

	if (j != NULL)
		(void)drop(ms, j, path_of(ms, path, key),
		    "add calls for which it makes a difference");
}

static void
change_measure(struct mutations *ms, const struct json *j, const char *path)
{
	static const char *const keys[] = { "over", "history", "bin", NULL };
	const struct json *window = json_get(j, "window");

	scale_keys(ms, j, path, keys);
	if (window != NULL)
		change_window(ms, window, path_of(ms, path, "window"));
	drop_key(ms, j, path, "begins");
	drop_key(ms, j, path, "during");
	change_predicate(ms, json_get(j, "where"), path_of(ms, path, "where"),
	    true);
}

static void
change_also(struct mutations *ms, const struct json *j, const char *path)
{
	static const char *const keys[] = { "bin", NULL };
	const struct json *e;
	const char *at;
	size_t i = 0;

	for (e = j->first; e != NULL; e = e->next) {
		at = path_at(ms, path, i++);
		drop_element(ms, e, at,
		    "expect nothing of calls that only miss this measure");
		thresholds(ms, e, at);
		scale_keys(ms, e, at, keys);
		change_predicate(ms, json_get(e, "where"),
		    path_of(ms, at, "where"), true);
	}
}

static void
change_escalate(struct mutations *ms, const struct json *j, const char *path)
{
	const struct json *e;
	const char *at;
	size_t i = 0;

	for (e = j->first; e != NULL; e = e->next) {
		at = path_at(ms, path, i++);
		drop_element(ms, e, at,
		    "expect the \"score\" of calls that just reach this step");
		thresholds(ms, e, at);
	}
}

static void
change_baseline(struct mutations *ms, const struct json *j, const char *path)
{
	static const char *const keys[] = { "history", "min_buckets", "floor",
		NULL };
	const struct json *stat = json_get(j, "stat");
	const char *other;

	scale_keys(ms, j, path, keys);
	drop_key(ms, j, path, "season");
	if (stat == NULL)
		return;
	other = strcmp(stat->string, "max") == 0 ? "median" : "max";
	(void)put(ms, stat, arena_printf(ms->arena, "%s.stat=%s", path, other),
	    arena_printf(ms->arena, "\"%s\"", other),
	    "expect the \"baseline\" of a history that is not even");
}

void
mutate_make(struct mutations *ms)
{
	static const struct {
		const char *key;
		void (*change)(struct mutations *ms, const struct json *j,
		    const char *path);
	} keys[] = {
		{ "params", change_params },
		{ "match", change_match },
		{ "follows", change_follows },
		{ "by", change_by },
		{ "measure", change_measure },
		{ "also", change_also },
		{ "baseline", change_baseline },
		{ "when", thresholds },
		{ "escalate", change_escalate },
		{ "quiet", scale },
	};
	const struct json *j;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if ((j = json_get(ms->rule->json, keys[i].key)) != NULL)
			keys[i].change(ms, j, keys[i].key);
}
