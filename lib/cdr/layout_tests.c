#include <string.h>

#include "cdr/layout_impl.h"

/* A test while it is read: how many conditions were stated. */
struct reading {
	struct cell_test test;
	int conditions;
};

static void
read_column(struct layout_reader *r, const struct json *v, void *into)
{
	struct reading *t = into;
	int column = layout_column_of(r, v);

	if (column >= 0)
		t->test.column = (uint16_t)column;
}

static void
read_in(struct layout_reader *r, const struct json *v, void *into)
{
	struct reading *t = into;
	const struct json *word;
	const char **words;
	uint32_t n = 0;

	words = arena_array(&r->set->arena, v->n, sizeof(*words));
	for (word = v->first; word != NULL; word = word->next) {
		if (word->type != JSON_STRING)
			layout_type_note(r, word, JSON_BIT(JSON_STRING));
		else
			words[n++] = arena_strdup(&r->set->arena, word->string);
	}
	if (v->n == 0)
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "in: no words");
	t->test.kind = CELL_IN;
	t->test.words = words;
	t->test.nwords = n;
	t->conditions++;
}

static void
read_matches(struct layout_reader *r, const struct json *v, void *into)
{
	struct reading *t = into;

	t->test.kind = CELL_MATCHES;
	t->test.pattern = layout_pattern(r, v);
	t->conditions++;
}

static void
read_stamp(struct layout_reader *r, const struct json *v, void *into)
{
	struct reading *t = into;

	t->test.kind = CELL_STAMP;
	t->test.stamp = layout_stamp(r, v);
	t->conditions++;
}

/* "positive": true and its like: stating false would say nothing. */
static void
read_plain(struct layout_reader *r, const struct json *v, struct reading *t,
    enum cell_test_kind kind)
{
	if (!v->boolean)
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "%s: only true can be stated", v->key);
	t->test.kind = kind;
	t->conditions++;
}

static void
read_positive(struct layout_reader *r, const struct json *v, void *into)
{
	read_plain(r, v, into, CELL_POSITIVE);
}

static void
read_integer(struct layout_reader *r, const struct json *v, void *into)
{
	read_plain(r, v, into, CELL_INTEGER);
}

static void
read_filled(struct layout_reader *r, const struct json *v, void *into)
{
	read_plain(r, v, into, CELL_FILLED);
}

static void
read_weight(struct layout_reader *r, const struct json *v, void *into)
{
	struct reading *t = into;

	if (!(v->number >= 1 && v->number <= 100) ||
	    v->number != (double)(int)v->number) {
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "weight: must be a whole number from 1 to 100");
		return;
	}
	t->test.weight = (uint16_t)v->number;
}

static void
read_must(struct layout_reader *r, const struct json *v, void *into)
{
	struct reading *t = into;

	(void)r;
	t->test.must = v->boolean;
}

static void
read_says(struct layout_reader *r, const struct json *v, void *into)
{
	struct reading *t = into;

	t->test.says = arena_strdup(&r->set->arena, v->string);
}

/* The last three say how much a test weighs: only where files are recognised. */
static const struct layout_key test_keys[] = {
	{ "column", JSON_BIT(JSON_STRING), true, read_column },
	{ "in", JSON_BIT(JSON_ARRAY), false, read_in },
	{ "matches", JSON_BIT(JSON_STRING), false, read_matches },
	{ "stamp", JSON_BIT(JSON_STRING), false, read_stamp },
	{ "positive", JSON_BIT(JSON_BOOL), false, read_positive },
	{ "integer", JSON_BIT(JSON_BOOL), false, read_integer },
	{ "filled", JSON_BIT(JSON_BOOL), false, read_filled },
	{ "weight", JSON_BIT(JSON_NUMBER), false, read_weight },
	{ "must", JSON_BIT(JSON_BOOL), false, read_must },
	{ "says", JSON_BIT(JSON_STRING), false, read_says },
};

enum {
	NWEIGHTED = sizeof(test_keys) / sizeof(test_keys[0]),
	NTEST = NWEIGHTED - 3
};

static void
read_list(struct layout_reader *r, const struct json *v, size_t nkeys,
    struct cell_tests *out)
{
	struct cell_test *list;
	const struct json *item;
	struct reading t;
	uint32_t n = 0;

	list = arena_array(&r->set->arena, v->n, sizeof(*list));
	for (item = v->first; item != NULL; item = item->next) {
		if (item->type != JSON_OBJECT) {
			layout_type_note(r, item, JSON_BIT(JSON_OBJECT));
			continue;
		}
		memset(&t, 0, sizeof(t));
		t.test.weight = 1;
		layout_keys(r, item, test_keys, nkeys, &t);
		if (t.conditions != 1)
			json_note(r->notes, NOTE_ERROR, "E604", item, NULL,
			    NULL, "a test states one condition, not %d",
			    t.conditions);
		list[n++] = t.test;
	}
	if (v->n == 0)
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "no tests");
	out->list = list;
	out->n = n;
}

static void
read_any(struct layout_reader *r, const struct json *v, void *into)
{
	struct cell_tests *tests = into;

	read_list(r, v, NTEST, tests);
	tests->any = true;
}

static void
read_all(struct layout_reader *r, const struct json *v, void *into)
{
	read_list(r, v, NTEST, into);
}

void
layout_read_tests(struct layout_reader *r, const struct json *v, void *into)
{
	static const struct layout_key keys[] = {
		{ "all", JSON_BIT(JSON_ARRAY), false, read_all },
		{ "any", JSON_BIT(JSON_ARRAY), false, read_any },
	};

	layout_keys(r, v, keys, 2, into);
	if (v->n != 1)
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "must have one of 'all' and 'any'");
}

void
layout_read_recognise(struct layout_reader *r, const struct json *v, void *into)
{
	read_list(r, v, NWEIGHTED, into);
}
