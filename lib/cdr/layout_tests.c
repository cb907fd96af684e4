#include <string.h>

#include "cdr/layout_impl.h"

/* A test while it is read: how many conditions were stated. */
struct reading {
	struct cell_test test;
	int conditions;
	bool has_column;
};

static void
read_column(struct layout_reader *r, const struct json *v, void *into)
{
	struct reading *t = into;
	int column = layout_column_of(r, v);

	if (column >= 0)
		t->test.column = (uint16_t)column;
	r->gone |= column == LAYOUT_GONE;
	t->has_column = true;
}

static void
read_in(struct layout_reader *r, const struct json *v, void *into)
{
	struct reading *t = into;

	if (v->n == 0)
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "in: no words");
	t->test.kind = CELL_IN;
	t->test.words = layout_texts(r, v, &t->test.nwords);
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
read_empty(struct layout_reader *r, const struct json *v, void *into)
{
	read_plain(r, v, into, CELL_EMPTY);
}

static void
read_filled(struct layout_reader *r, const struct json *v, void *into)
{
	read_plain(r, v, into, CELL_FILLED);
}

static bool
is_gathered(const struct layout *l, enum layout_target target)
{
	const struct layout_field *f = &l->fields[target];
	uint32_t i, k;

	for (i = 0; i < f->nfrom; i++)
		for (k = 0; k < f->from[i].n; k++)
			if (f->from[i].columns[k] >= l->ncolumns)
				return true;
	return false;
}

/* A time of the call: it knows its columns and its forms. */
static void
read_time(struct layout_reader *r, const struct json *v, void *into)
{
	static const enum layout_target times[] = { TARGET_START, TARGET_ANSWER,
		TARGET_END };
	const char *names[3];
	struct reading *t = into;
	int i;

	for (i = 0; i < 3; i++)
		names[i] = layout_target_name(times[i]);
	i = layout_word_of(r, v, names, 3, "time");
	if (i >= 0)
		t->test.target = times[i];
	if (i >= 0 && r->layout->fields[times[i]].nfrom == 0 &&
	    r->extends != NULL && v->doc != r->extends->doc)
		r->gone = true;
	else if (i >= 0 && r->layout->fields[times[i]].nfrom == 0)
		json_note(r->notes, NOTE_ERROR, "E605", v, NULL, NULL,
		    "there is no field '%s'", v->string);
	else if (i >= 0 && r->one_row && is_gathered(r->layout, times[i]))
		json_note(r->notes, NOTE_ERROR, "E605", v, NULL, NULL,
		    "field '%s' is of several rows", v->string);
	t->test.kind = CELL_TIME;
	t->conditions++;
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

/* The last three are for tests by which files are recognised. */
static const struct layout_key test_keys[] = {
	{ "column", JSON_BIT(JSON_STRING), false, read_column },
	{ "in", JSON_BIT(JSON_ARRAY), false, read_in },
	{ "matches", JSON_BIT(JSON_STRING), false, read_matches },
	{ "stamp", JSON_BIT(JSON_STRING), false, read_stamp },
	{ "positive", JSON_BIT(JSON_BOOL), false, read_positive },
	{ "integer", JSON_BIT(JSON_BOOL), false, read_integer },
	{ "filled", JSON_BIT(JSON_BOOL), false, read_filled },
	{ "empty", JSON_BIT(JSON_BOOL), false, read_empty },
	{ "time", JSON_BIT(JSON_STRING), false, read_time },
	{ "weight", JSON_BIT(JSON_NUMBER), false, read_weight },
	{ "must", JSON_BIT(JSON_BOOL), false, read_must },
	{ "says", JSON_BIT(JSON_STRING), false, read_says },
};

enum {
	NWEIGHTED = sizeof(test_keys) / sizeof(test_keys[0]),
	NTEST = NWEIGHTED - 3
};

/* A test of a cell that is gone is left out, and `gone` is set. */
static void
read_list(struct layout_reader *r, const struct json *v, size_t nkeys,
    struct cell_tests *out)
{
	struct cell_test *list;
	const struct json *item;
	bool gone = r->gone;
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
		r->gone = false;
		layout_keys(r, item, test_keys, nkeys, &t);
		gone |= r->gone;
		if (r->gone)
			continue;
		if (t.conditions != 1)
			json_note(r->notes, NOTE_ERROR, "E604", item, NULL,
			    NULL, "a test states one condition, not %d",
			    t.conditions);
		else if (t.has_column == (t.test.kind == CELL_TIME))
			json_note(r->notes, NOTE_ERROR, "E603", item, NULL,
			    NULL,
			    t.has_column ? "a time is of no column"
					 : "key 'column' is missing");
		list[n++] = t.test;
	}
	if (v->n == 0)
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "no tests");
	out->list = list;
	out->n = n;
	r->gone = gone;
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

static void
read_by_others(struct layout_reader *r, const struct json *v, void *into)
{
	(void)r;
	(void)v;
	(void)into;
}

/* The first two are read by whoever knows what can be. */
static const struct layout_key tests_keys[] = {
	{ "is", JSON_BIT(JSON_STRING), false, read_by_others },
	{ "unless", JSON_BIT(JSON_STRING), false, read_by_others },
	{ "all", JSON_BIT(JSON_ARRAY), false, read_all },
	{ "any", JSON_BIT(JSON_ARRAY), false, read_any },
};

static void
check_one(struct layout_reader *r, const struct json *v)
{
	if ((json_get(v, "all") == NULL) == (json_get(v, "any") == NULL))
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "must have one of 'all' and 'any'");
}

void
layout_read_tests(struct layout_reader *r, const struct json *v, void *into)
{
	layout_keys(r, v, tests_keys + 2, 2, into);
	check_one(r, v);
}

/* One key beside the tests. */
static void
read_with(struct layout_reader *r, const struct json *v,
    const struct layout_key *other, struct cell_tests *into)
{
	const struct layout_key keys[] = { *other, tests_keys[2],
		tests_keys[3] };

	layout_keys(r, v, keys, 3, into);
	check_one(r, v);
}

void
layout_read_rule(struct layout_reader *r, const struct json *v,
    struct cell_tests *into)
{
	read_with(r, v, &tests_keys[0], into);
}

void
layout_read_pick(struct layout_reader *r, const struct json *v,
    struct cell_tests *into)
{
	read_with(r, v, &tests_keys[1], into);
}

void
layout_read_recognise(struct layout_reader *r, const struct json *v, void *into)
{
	const struct cell_tests *tests = into;

	r->gone = false;
	read_list(r, v, NWEIGHTED, into);
	if (r->gone && tests->n == 0)
		json_note(r->notes, NOTE_ERROR, "E603", r->extends, NULL, NULL,
		    "key 'recognise' is missing: 'columns' leaves out all "
		    "that '%s' tests",
		    r->extends->string);
	r->gone = false;
}
