/* rulefile_follows: rules that only count calls after another rule fired. */
#include "rule/rulefile_impl.h"

#include <string.h>

/* Whether equal codes of the two are equal values. */
static bool
comparable(const struct field *a, const struct field *b)
{
	return a->type == b->type && a->word == b->word;
}

static const struct field *
read_field(struct reading *r, const struct json *j)
{
	static const struct key one = { "same", true, NULL, 0, 0, NULL };
	const struct field *f = NULL;

	rulefile_read_field(r, &one, j, &f);
	if (f == NULL || field_is_key(f))
		return f;
	json_note(r->notes, NOTE_ERROR, "E312", j, NULL, NULL,
	    "'%s' cannot be the same", f->name);
	return NULL;
}

/* "account", or ["dst", "src"]: the later call's dst, the earlier one's src. */
static void
read_pair(struct reading *r, const struct json *j, struct follows *f)
{
	const struct field *own, *theirs;

	if (j->type == JSON_ARRAY && j->n != 2) {
		rulefile_wrong(r, "E304", j,
		    "a field, or the later call's and the earlier one's");
		return;
	}
	own = read_field(r, j->type == JSON_ARRAY ? j->first : j);
	theirs = j->type == JSON_ARRAY ? read_field(r, j->first->next) : own;
	if (own == NULL || theirs == NULL)
		return;
	if (!comparable(own, theirs)) {
		json_note(r->notes, NOTE_ERROR, "E312", j, NULL, NULL,
		    "'%s' and '%s' are never the same", own->name,
		    theirs->name);
		return;
	}
	f->own[f->nsame] = own;
	f->theirs[f->nsame++] = theirs;
}

static void
read_same(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	const struct json *e;

	(void)k;
	if (j->type != JSON_ARRAY || j->n == 0 || j->n > BOUNDS_BY) {
		rulefile_wrong(r, "E304", j,
		    arena_printf(r->arena, "an array of 1 to %d fields",
			BOUNDS_BY));
		return;
	}
	for (e = j->first; e != NULL; e = e->next)
		read_pair(r, e, into);
}

#define FIELD "{\"$ref\":\"#/$defs/field\"}"

static const struct key follows_keys[] = {
	{ "rule", true, rulefile_read_text, offsetof(struct follows, id), 0,
	    "{\"$ref\":\"#/$defs/id\"}" },
	{ "within", true, rulefile_read_span, offsetof(struct follows, within),
	    0, "{\"$ref\":\"#/$defs/span\"}" },
	{ "same", true, read_same, 0, 0,
	    "{\"type\":\"array\",\"minItems\":1,\"maxItems\":6,\"items\":"
	    "{\"anyOf\":[" FIELD ",{\"type\":\"array\",\"minItems\":2,"
	    "\"maxItems\":2,\"items\":" FIELD "}]}}" },
	{ NULL, false, NULL, 0, 0, NULL },
};
const struct table rulefile_follows = { "follows", "E303", "E301",
	follows_keys };

void
rulefile_read_follows(struct reading *r, const struct key *k,
    const struct json *j, void *into)
{
	(void)rulefile_object(r, j, &rulefile_follows, (char *)into + k->at);
}

/* All together ------------------------------------------------------------ */

static const struct json *
place_of(const struct rule *rule)
{
	return json_get(json_get(rule->json, "follows"), "rule");
}

static void
link_rule(struct reading *r, struct rule *rule)
{
	const char *id = rule->follows.id;
	const struct ruleset *rs = r->rs;

	if (id == NULL)
		return;
	rule->follows.rule = ruleset_find(rs, id);
	while (rule->follows.rule == NULL && (rs = rs->under) != NULL)
		rule->follows.rule = ruleset_find(rs, id);
	if (rule->follows.rule == NULL)
		json_note(r->notes, NOTE_ERROR, "E317", place_of(rule),
		    rulefile_did_you_mean(r, ruleset_suggest(r->rs, id)), NULL,
		    "unknown rule '%s'", id);
}

void
rulefile_relink(struct ruleset *rs)
{
	struct rule *rule;
	size_t i;

	for (i = 0; i < rs->n; i++) {
		rule = rs->rules[i];
		if (rule->follows.id != NULL)
			rule->follows.rule = ruleset_find(rs, rule->follows.id);
	}
}

/* "a, which follows b": the way round; NULL if there is none to come back. */
static const char *
circle(struct reading *r, const struct rule *rule)
{
	const struct rule *next = rule->follows.rule;
	const char *way = "";
	size_t steps;

	for (steps = 0; next != NULL && next != rule; steps++) {
		if (steps == r->rs->n)
			return NULL; /* into a circle that it is no part of */
		way = arena_printf(r->arena, "%s '%s', which follows", way,
		    next->id);
		next = next->follows.rule;
	}
	return next != NULL ? way : NULL;
}

/* Whether no rule of the circle has an id before this one: it tells. */
static bool
first_of_circle(const struct rule *rule)
{
	const struct rule *next = rule->follows.rule;

	for (; next != rule; next = next->follows.rule)
		if (strcmp(next->id, rule->id) < 0)
			return false;
	return true;
}

void
rulefile_link(struct reading *r)
{
	struct ruleset *rs = r->rs;
	const char *way;
	size_t i;

	for (i = 0; i < rs->n; i++)
		link_rule(r, rs->rules[i]);
	for (i = 0; i < rs->n; i++) {
		way = circle(r, rs->rules[i]);
		if (way != NULL && first_of_circle(rs->rules[i]))
			json_note(r->notes, NOTE_ERROR, "E305",
			    place_of(rs->rules[i]), NULL, NULL,
			    "rule '%s' follows%s itself", rs->rules[i]->id,
			    way);
	}
}
