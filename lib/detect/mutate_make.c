/* mutate_make: what can be changed in a rule, key by key. */
#include "detect/mutate_impl.h"

#include <string.h>

static const char *const threshold_keys[] = { "gte", "gt", "lte", "lt", "times",
	"mads", "min_calls", "min_cost", "min_duration", NULL };
/* The last of a list takes the list with it. */
static void
drop_element(struct mutations *ms, const struct json *e, const char *path,
    const char *advice)
{
	struct mutation *m = mutate_drop(ms, e, path, advice);

	if (e->parent->n == 1)
		m->drop[0] = e->parent;
}

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
			(void)mutate_drop(ms, j, mutate_path(ms, path, j->key),
			    "expect nothing of calls that only miss it");
}

static void
thresholds(struct mutations *ms, const struct json *obj, const char *path)
{
	mutate_scale_keys(ms, obj, path, threshold_keys);
	drop_other_limits(ms, obj, path);
}

/* The limits of a parameter give way to the value. */
static void
change_params(struct mutations *ms, const struct json *params, const char *path)
{
	const struct json *p, *limit;
	struct mutation *m;
	size_t first, i;

	for (p = params->first; p != NULL; p = p->next) {
		first = ms->n;
		mutate_scale(ms, json_get(p, "value"),
		    mutate_path(ms, path, p->key));
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

/* An entity that is no longer in `by` goes, too. */
static void
change_by(struct mutations *ms, const struct json *by, const char *path)
{
	const struct json *entity = json_get(ms->rule->json, "entity"), *e;
	struct mutation *m;

	for (e = by->first; e != NULL; e = e->next) {
		m = mutate_drop(ms, e, mutate_path(ms, path, e->string),
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
	const char *at = mutate_path(ms, path, "same");
	size_t i = 0;

	(void)mutate_drop(ms, j, path,
	    "expect nothing of the same calls without those of the other rule");
	mutate_scale_keys(ms, j, path, keys);
	for (e = same != NULL && same->n > 1 ? same->first : NULL; e != NULL;
	     e = e->next, i++)
		(void)mutate_drop(ms, e,
		    e->key != NULL ? mutate_path(ms, at, e->key)
				   : mutate_path_at(ms, at, i),
		    "expect nothing where only this value is another one");
}

static void
change_window(struct mutations *ms, const struct json *j, const char *path)
{
	static const char *const windows[] = { "hour", "day", "week" };
	size_t i;

	for (i = 0; i < sizeof(windows) / sizeof(windows[0]); i++)
		if (strcmp(windows[i], j->string) != 0)
			(void)mutate_put(ms, j,
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
		(void)mutate_drop(ms, j, mutate_path(ms, path, key),
		    "add calls for which it makes a difference");
}

static void
change_measure(struct mutations *ms, const struct json *j, const char *path)
{
	static const char *const keys[] = { "over", "history", "bin", NULL };
	const struct json *window = json_get(j, "window");

	mutate_scale_keys(ms, j, path, keys);
	if (window != NULL)
		change_window(ms, window, mutate_path(ms, path, "window"));
	drop_key(ms, j, path, "begins");
	drop_key(ms, j, path, "during");
	mutate_predicate(ms, json_get(j, "where"),
	    mutate_path(ms, path, "where"));
}

/* A list of further conditions, each of which can go; `say` tells of one. */
static void
change_elements(struct mutations *ms, const struct json *j, const char *path,
    const char *say)
{
	static const char *const keys[] = { "bin", NULL };
	const struct json *e;
	const char *at;
	size_t i = 0;

	for (e = j->first; e != NULL; e = e->next) {
		at = mutate_path_at(ms, path, i++);
		drop_element(ms, e, at, say);
		thresholds(ms, e, at);
		mutate_scale_keys(ms, e, at, keys);
		mutate_predicate(ms, json_get(e, "where"),
		    mutate_path(ms, at, "where"));
	}
}

static void
change_also(struct mutations *ms, const struct json *j, const char *path)
{
	change_elements(ms, j, path,
	    "expect nothing of calls that only miss this measure");
}

static void
change_escalate(struct mutations *ms, const struct json *j, const char *path)
{
	change_elements(ms, j, path,
	    "expect the \"score\" of calls that just reach this step");
}

static void
change_baseline(struct mutations *ms, const struct json *j, const char *path)
{
	static const char *const keys[] = { "history", "min_buckets", "floor",
		NULL };
	const struct json *stat = json_get(j, "stat");
	const char *other;

	mutate_scale_keys(ms, j, path, keys);
	drop_key(ms, j, path, "season");
	if (stat == NULL)
		return;
	other = strcmp(stat->string, "max") == 0 ? "median" : "max";
	(void)mutate_put(ms, stat,
	    arena_printf(ms->arena, "%s.stat=%s", path, other),
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
		{ "match", mutate_predicate },
		{ "follows", change_follows },
		{ "by", change_by },
		{ "measure", change_measure },
		{ "also", change_also },
		{ "baseline", change_baseline },
		{ "when", thresholds },
		{ "escalate", change_escalate },
		{ "quiet", mutate_scale },
	};
	const struct json *j;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if ((j = json_get(ms->rule->json, keys[i].key)) != NULL)
			keys[i].change(ms, j, keys[i].key);
}
