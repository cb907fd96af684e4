/* mutate_value: changes of values and predicates. */
#include "detect/mutate_impl.h"

#include <math.h>
#include <string.h>

#include "base/xalloc.h"
#include "rule/quantity.h"
#include "tel/calltime.h"

const char *
mutate_path(struct mutations *ms, const char *path, const char *key)
{
	return arena_printf(ms->arena, "%s.%s", path, key);
}

const char *
mutate_path_at(struct mutations *ms, const char *path, size_t i)
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

struct mutation *
mutate_drop(struct mutations *ms, const struct json *j, const char *path,
    const char *advice)
{
	struct mutation *m = add(ms, j, path);

	m->what = arena_printf(ms->arena, "without %s", path);
	m->advice = advice;
	m->drop[m->ndrops++] = j;
	return m;
}

struct mutation *
mutate_put(struct mutations *ms, const struct json *j, const char *id,
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
void
mutate_scale(struct mutations *ms, const struct json *j, const char *path)
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
			(void)mutate_put(ms, j,
			    arena_printf(ms->arena, "%s%s", path,
				scales[i].sign),
			    text, scales[i].advice);
	}
}

void
mutate_scale_keys(struct mutations *ms, const struct json *obj,
    const char *path, const char *const *keys)
{
	const struct json *j;

	for (; *keys != NULL; keys++)
		if ((j = json_get(obj, *keys)) != NULL)
			mutate_scale(ms, j, mutate_path(ms, path, *keys));
}

static const char *const value_keys[] = { "gte", "gt", "lte", "lt", NULL };

/* Predicates -------------------------------------------------------------- */

static void
change_value(struct mutations *ms, const struct json *clause,
    const struct json *j, const char *path)
{
	const struct json *e;
	size_t i = 0;

	if (j->type == JSON_OBJECT) {
		for (e = j->first; j->n > 1 && e != NULL; e = e->next)
			(void)mutate_drop(ms, e, mutate_path(ms, path, e->key),
			    mutate_advise_clause(ms->arena, clause));
		mutate_scale_keys(ms, j, path, value_keys);
		return;
	}
	for (e = j->type == JSON_ARRAY ? j->first : NULL; e != NULL;
	     e = e->next, i++) {
		if (e->type != JSON_OBJECT)
			continue;
		if (j->n > 1)
			(void)mutate_drop(ms, e, mutate_path_at(ms, path, i),
			    "expect a finding of calls that only this "
			    "alternative lets in");
		change_value(ms, clause, e, mutate_path_at(ms, path, i));
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
			(void)mutate_drop(ms, e, mutate_path_at(ms, path, i),
			    "add calls that only this part decides about");
		change_predicate(ms, e, mutate_path_at(ms, path, i), false);
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
		at = mutate_path(ms, path, j->key);
		if (root || obj->n > 1)
			(void)mutate_drop(ms, j, at,
			    mutate_advise_clause(ms->arena, j));
		change_member(ms, j, at);
	}
}

void
mutate_predicate(struct mutations *ms, const struct json *obj, const char *path)
{
	change_predicate(ms, obj, path, true);
}
