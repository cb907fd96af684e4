/* predicate_value: what a key of a predicate says about its field. */
#include "rule/predicate_impl.h"

#include <assert.h>
#include <string.h>

#include "base/nearest.h"
#include "tel/country.h"

enum type_bit
predicate_type(const struct field *f)
{
	return f != NULL ? (enum type_bit)(1 << f->type) : BIT_CLOCK;
}

const char *
predicate_need(enum type_bit type)
{
	switch (type) {
	case BIT_TEXT:
		return "a text in quotes is needed";
	case BIT_ENUM:
		return "one of its words in quotes is needed";
	case BIT_BOOL:
		return "true or false is needed";
	case BIT_SPAN:
		return "a duration such as \"10m\" is needed";
	case BIT_TIME:
		return "a time such as \"2026-01-13T10:00:00Z\" is needed";
	case BIT_CLOCK:
		return "{\"inside\": CALENDAR} or {\"outside\": CALENDAR} is "
		       "needed";
	default:
		return "a number is needed";
	}
}

bool
predicate_wrong_type(struct compiling *c, const struct json *j,
    const char *need)
{
	c->failed = true;
	json_note(c->notes, NOTE_ERROR, "E204", j, need, NULL, "wrong type");
	return false;
}

bool
predicate_empty(struct compiling *c, const struct json *j)
{
	c->failed = true;
	json_note(c->notes, NOTE_ERROR, "E208", j, NULL, NULL,
	    "nothing stands here");
	return false;
}

static const char *
word_at(const void *table, size_t i)
{
	const struct field *f = table;

	return i < (size_t)f->nwords ? f->word((int)i) : NULL;
}

const char *
predicate_did_you_mean(struct compiling *c, const char *word)
{
	return word == NULL
		   ? NULL
		   : arena_printf(c->arena, "did you mean \"%s\"?", word);
}

static bool
read_word(struct compiling *c, const struct field *f, const struct json *j,
    uint64_t *mask)
{
	int code;

	if (j->type != JSON_STRING)
		return predicate_wrong_type(c, j, predicate_need(BIT_ENUM));
	code = j->string[0] == '\0' ? -1 : field_word(f, j->string);
	if (code < 0) {
		c->failed = true;
		json_note(c->notes, NOTE_ERROR, "E205", j,
		    predicate_did_you_mean(c, nearest(j->string, word_at, f)),
		    arena_printf(c->arena, "cdrrules fields %s lists them",
			f->name),
		    "'%s' is no %s", j->string, f->name);
		return false;
	}
	assert(code < 64);
	*mask |= UINT64_C(1) << code;
	return true;
}

/* {"gte": 1, "lt": 25}: all of them. */
static void
read_operators(struct compiling *c, const struct field *f,
    const struct json *obj, struct alternative *alt)
{
	struct op *ops = arena_array(c->arena, obj->n, sizeof(*ops));
	const struct json *j;
	size_t n = 0;

	if (obj->n == 0)
		(void)predicate_empty(c, obj);
	for (j = obj->first; j != NULL; j = j->next)
		if (predicate_read_operator(c, f, j, &ops[n]))
			n++;
	alt->ops = ops;
	alt->n = n;
}

/* A plain value of a type that cannot be listed in one op. */
static bool
read_scalar(struct compiling *c, const struct field *f, const struct json *j,
    struct op *op)
{
	if (f == NULL)
		return predicate_wrong_type(c, j, predicate_need(BIT_CLOCK));
	return predicate_read_range(c, f, j, "=", op);
}

/* "cu" and "UK" are right as texts, and no call ever has them. */
static bool
check_country(struct compiling *c, const struct field *f, const struct json *j)
{
	if (!f->country || country_known(j->string))
		return true;
	c->failed = true;
	json_note(c->notes, NOTE_ERROR, "E212", j,
	    predicate_did_you_mean(c, country_suggest(j->string)),
	    "codes are those of ISO 3166, such as \"CU\"", "'%s' is no country",
	    j->string);
	return false;
}

/* Add a plain text, word or truth to the op that has all of the value's. */
static bool
add_scalar(struct compiling *c, const struct field *f, const struct json *j,
    struct op *op, const char **texts)
{
	op->at = j->parent->type == JSON_ARRAY ? j->parent : j;
	op->sign = "=";
	op->texts = texts;
	op->kind = f->type == FIELD_TEXT ? OP_EQUALS : OP_WORDS;
	if (f->type == FIELD_BOOL) {
		if (j->type != JSON_BOOL)
			return predicate_wrong_type(c, j,
			    predicate_need(BIT_BOOL));
		op->mask |= UINT64_C(1) << (j->boolean ? 2 : 1);
		texts[op->ntexts++] = j->boolean ? "true" : "false";
		return true;
	}
	if (f->type == FIELD_ENUM) {
		if (!read_word(c, f, j, &op->mask))
			return false;
	} else if (j->type != JSON_STRING) {
		return predicate_wrong_type(c, j, predicate_need(BIT_TEXT));
	} else if (j->string[0] == '\0') {
		return predicate_empty(c, j);
	} else if (!check_country(c, f, j)) {
		return false;
	}
	texts[op->ntexts++] = j->string;
	return true;
}

/* A value, or an array of values: any of them. */
static void
read_value(struct compiling *c, const struct field *f, const struct json *j,
    struct clause *clause)
{
	const struct json *e = j->type == JSON_ARRAY ? j->first : j;
	size_t n = j->type == JSON_ARRAY ? j->n : 1, i;
	struct alternative *alts = arena_array(c->arena, n, sizeof(*alts));
	const char **texts = arena_array(c->arena, n, sizeof(*texts));
	struct op *op, *shared = NULL;

	if (n == 0)
		(void)predicate_empty(c, j);
	clause->alts = alts;
	for (i = 0; i < n; i++, e = e->next) {
		if (e->type == JSON_OBJECT) {
			read_operators(c, f, e, &alts[clause->n++]);
			continue;
		}
		if (shared != NULL) {
			(void)add_scalar(c, f, e, shared, texts);
			continue;
		}
		op = arena_alloc(c->arena, sizeof(*op));
		alts[clause->n++] = (struct alternative){ .ops = op, .n = 1 };
		if ((predicate_type(f) & (BIT_TEXT | BIT_ENUM | BIT_BOOL)) ==
		    0) {
			(void)read_scalar(c, f, e, op);
		} else {
			shared = op;
			(void)add_scalar(c, f, e, op, texts);
		}
	}
}

/*
 * Only "does not exist" holds for a missing value: an alternative of nothing
 * but that.
 */
static bool
holds_missing(const struct clause *clause)
{
	const struct alternative *alt;
	size_t i, k;

	for (i = 0; i < clause->n; i++) {
		alt = &clause->alts[i];
		for (k = 0; k < alt->n; k++)
			if (alt->ops[k].kind != OP_EXISTS || alt->ops[k].wanted)
				break;
		if (k == alt->n)
			return true;
	}
	return false;
}

void
predicate_read_clause(struct compiling *c, const struct field *f,
    const struct json *j, struct clause *clause)
{
	clause->field = f;
	clause->at = j;
	read_value(c, f, j, clause);
	clause->on_missing = holds_missing(clause);
}
