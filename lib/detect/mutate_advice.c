/* mutate_advice: which not_when would miss a clause. */
#include "detect/mutate_impl.h"

#include <string.h>

#include "cdr/field.h"

static bool
says(const struct json *value, const char *word)
{
	const struct json *e;

	if (value->type == JSON_STRING)
		return strcmp(value->string, word) == 0;
	if (value->type == JSON_ARRAY)
		for (e = value->first; e != NULL; e = e->next)
			if (e->type == JSON_STRING &&
			    strcmp(e->string, word) == 0)
				return true;
	return false;
}

/* A word of the field that the clause does not name; NULL: all are. */
static const char *
other_word(const struct field *f, const struct json *value)
{
	const char *word;
	int code;

	/* calls that come in are what most rules leave out */
	if (strcmp(f->name, "direction") == 0 && !says(value, "in"))
		return "in";
	for (code = f->starts_at_zero ? 0 : 1; code < f->nwords; code++) {
		word = f->word(code);
		if (word != NULL && word[0] != '\0' && !says(value, word))
			return word;
	}
	return NULL;
}

/* An amount on the wrong side of an operator, as it would be written. */
static const char *
other_amount(struct arena *arena, const struct json *value)
{
	const struct json *low = json_get(value, "gte");
	const struct json *high = json_get(value, "lt");

	if (low == NULL)
		low = json_get(value, "gt");
	if (low != NULL)
		return "0";
	if (high == NULL)
		return "null";
	return arena_strndup(arena, json_text(high->doc) + high->begin,
	    high->end - high->begin);
}

/* NULL: there is none that is sure to miss it. */
static const char *
other_value(struct arena *arena, const struct json *clause)
{
	const struct field *f = field_find(clause->key);
	const struct json *exists = json_get(clause, "exists");
	const char *word;

	if (f == NULL || (exists != NULL && !exists->boolean))
		return NULL;
	if (f->type == FIELD_BOOL && clause->type == JSON_BOOL)
		return clause->boolean ? "false" : "true";
	if (f->type == FIELD_ENUM && clause->type != JSON_OBJECT) {
		word = other_word(f, clause);
		return word != NULL ? arena_printf(arena, "\"%s\"", word)
				    : NULL;
	}
	return field_is_key(f) ? "null" : other_amount(arena, clause);
}

const char *
mutate_advise_clause(struct arena *arena, const struct json *clause)
{
	const char *value;

	if (strcmp(clause->key, "time") == 0)
		return arena_printf(arena,
		    "\"not_when\": [ { \"start\": a time %s the calendar } ]",
		    json_get(clause, "inside") != NULL ? "outside" : "inside");
	value = other_value(arena, clause);
	if (value == NULL)
		return "\"not_when\" with a value that only this clause "
		       "refuses";
	return arena_printf(arena, "\"not_when\": [ { \"%s\": %s } ]",
	    clause->key, value);
}
