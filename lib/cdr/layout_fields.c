#include <string.h>

#include "base/nearest.h"
#include "cdr/call.h"
#include "cdr/layout_impl.h"

enum target_type { TYPE_STAMP, TYPE_SPAN, TYPE_WORD, TYPE_TEXT };

static const struct {
	const char *name;
	enum target_type type;
	int (*parse)(const char *word); /* TYPE_WORD: what it maps to */
} targets[TARGET_COUNT] = {
	[TARGET_START] = { "start", TYPE_STAMP, NULL },
	[TARGET_DURATION] = { "duration", TYPE_SPAN, NULL },
	[TARGET_TOTAL] = { "total", TYPE_SPAN, NULL },
	[TARGET_RING] = { "ring", TYPE_SPAN, NULL },
	[TARGET_STATUS] = { "status", TYPE_WORD, status_parse },
	[TARGET_DIRECTION] = { "direction", TYPE_WORD, direction_parse },
	[TARGET_SRC] = { "src", TYPE_TEXT, NULL },
	[TARGET_DST] = { "dst", TYPE_TEXT, NULL },
	[TARGET_DIALLED] = { "dialled", TYPE_TEXT, NULL },
	[TARGET_FORWARDED_BY] = { "forwarded_by", TYPE_TEXT, NULL },
	[TARGET_SRC_NAME] = { "src_name", TYPE_TEXT, NULL },
	[TARGET_ACCOUNT] = { "account", TYPE_TEXT, NULL },
	[TARGET_USER] = { "user", TYPE_TEXT, NULL },
	[TARGET_CHANNEL_IN] = { "channel_in", TYPE_TEXT, NULL },
	[TARGET_CHANNEL_OUT] = { "channel_out", TYPE_TEXT, NULL },
	[TARGET_SERVICE] = { "service", TYPE_TEXT, NULL },
	[TARGET_CONTEXT] = { "context", TYPE_TEXT, NULL },
	[TARGET_CALL_ID] = { "call_id", TYPE_TEXT, NULL },
	[TARGET_JOIN] = { "join", TYPE_TEXT, NULL },
};

static const struct {
	const char *name;
	uint32_t ms;
} units[] = {
	{ "s", 1000 },
	{ "ms", 1 },
};

enum { NUNITS = sizeof(units) / sizeof(units[0]) };

const char *
layout_target_name(enum layout_target t)
{
	return targets[t].name;
}

/* A column, or a list of columns to be joined. */
static void
read_source(struct layout_reader *r, const struct json *v,
    struct layout_field *f)
{
	struct layout_source *s = &f->from[f->nfrom];
	const struct json *part = v->type == JSON_ARRAY ? v->first : v;
	int column;

	if (v->type == JSON_ARRAY && (v->n == 0 || v->n > LAYOUT_PARTS)) {
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "joins 1 to %d columns, not %u", (int)LAYOUT_PARTS,
		    (unsigned)v->n);
		return;
	}
	for (; part != NULL; part = v->type == JSON_ARRAY ? part->next : NULL) {
		column = layout_column_of(r, part);
		if (column >= 0)
			s->columns[s->n++] = (uint16_t)column;
	}
	f->nfrom++;
}

/* A column, or a list of alternatives. */
static void
read_column(struct layout_reader *r, const struct json *v, void *into)
{
	const struct json *item;

	if (v->type == JSON_STRING) {
		read_source(r, v, into);
		return;
	}
	if (v->n == 0 || v->n > LAYOUT_SOURCES) {
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "names 1 to %d alternatives, not %u", (int)LAYOUT_SOURCES,
		    (unsigned)v->n);
		return;
	}
	for (item = v->first; item != NULL; item = item->next)
		read_source(r, item, into);
}

/*
 * A start must be an instant once the zone is known: it needs a year, and a
 * zone abbreviation is not an offset ("CST" is three).
 */
static void
check_start(struct layout_reader *r, const struct json *v)
{
	static const char *const years[] = { "%Y", "%y", "%s", "%Q", "%U" };
	size_t i;

	for (i = 0; i < sizeof(years) / sizeof(years[0]); i++)
		if (strstr(v->string, years[i]) != NULL)
			break;
	if (i == sizeof(years) / sizeof(years[0]))
		json_note(r->notes, NOTE_ERROR, "E607", v, NULL, NULL,
		    "bad stamp: it has no year");
	if (strstr(v->string, "%Z") != NULL)
		json_note(r->notes, NOTE_ERROR, "E607", v, NULL, NULL,
		    "bad stamp: a zone abbreviation is no zone");
}

static void
read_stamp(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;

	f->stamp = layout_stamp(r, v);
	if (f->stamp != NULL)
		check_start(r, v);
}

static void
read_unit(struct layout_reader *r, const struct json *v, void *into)
{
	const char *names[NUNITS];
	struct layout_field *f = into;
	int i;

	for (i = 0; i < NUNITS; i++)
		names[i] = units[i].name;
	i = layout_word_of(r, v, names, NUNITS, "unit");
	if (i >= 0)
		f->unit_ms = units[i].ms;
}

static void
read_regex(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;

	f->regex = layout_pattern(r, v);
}

static void
read_epoch(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;

	f->epoch = layout_pattern(r, v);
}

static void
read_required(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;

	(void)r;
	f->required = v->boolean;
}

/* The words of the switch, each with ours: { "NO ANSWER": "no-answer" }. */
static void
read_map(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;
	const struct json *member;
	struct layout_word *words;
	int (*parse)(const char *);

	parse = targets[f - r->layout->fields].parse;
	words = arena_array(&r->set->arena, v->n, sizeof(*words));
	for (member = v->first; member != NULL; member = member->next) {
		if (member->type != JSON_STRING) {
			layout_type_note(r, member, JSON_BIT(JSON_STRING));
			continue;
		}
		words[f->nwords].text =
		    arena_strdup(&r->set->arena, member->key);
		words[f->nwords].value = parse(member->string);
		if (words[f->nwords].value <= 0)
			json_note(r->notes, NOTE_ERROR, "E602", member, NULL,
			    NULL, "no such %s: '%s'", v->parent->key,
			    member->string);
		f->nwords++;
	}
	f->words = words;
}

#define COLUMN_KEY                                                            \
	{                                                                     \
		"column", JSON_BIT(JSON_STRING) | JSON_BIT(JSON_ARRAY), true, \
		    read_column                                               \
	}

static const struct layout_key stamp_keys[] = {
	COLUMN_KEY,
	{ "stamp", JSON_BIT(JSON_STRING), true, read_stamp },
};
static const struct layout_key span_keys[] = {
	COLUMN_KEY,
	{ "unit", JSON_BIT(JSON_STRING), true, read_unit },
	{ "required", JSON_BIT(JSON_BOOL), false, read_required },
};
static const struct layout_key word_keys[] = {
	COLUMN_KEY,
	{ "map", JSON_BIT(JSON_OBJECT), true, read_map },
	{ "required", JSON_BIT(JSON_BOOL), false, read_required },
};
static const struct layout_key text_keys[] = {
	COLUMN_KEY,
	{ "regex", JSON_BIT(JSON_STRING), false, read_regex },
	{ "required", JSON_BIT(JSON_BOOL), false, read_required },
	{ "epoch", JSON_BIT(JSON_STRING), false, read_epoch },
};

#define COUNT(keys) (sizeof(keys) / sizeof((keys)[0]))

static const struct {
	const struct layout_key *keys;
	size_t n;
} type_keys[] = {
	[TYPE_STAMP] = { stamp_keys, COUNT(stamp_keys) },
	[TYPE_SPAN] = { span_keys, COUNT(span_keys) },
	[TYPE_WORD] = { word_keys, COUNT(word_keys) },
	/* The last, epoch, is the call id's alone. */
	[TYPE_TEXT] = { text_keys, COUNT(text_keys) - 1 },
};

static void
read_field(struct layout_reader *r, const struct json *v, size_t target)
{
	enum target_type type = targets[target].type;
	struct layout_field *f = &r->layout->fields[target];
	size_t n = type_keys[type].n + (target == TARGET_CALL_ID);

	if (v->type == JSON_OBJECT)
		layout_keys(r, v, type_keys[type].keys, n, f);
	else if (type == TYPE_TEXT &&
		 (v->type == JSON_STRING || v->type == JSON_ARRAY))
		read_column(r, v, f);
	else
		layout_type_note(r, v, JSON_BIT(JSON_OBJECT));
}

static const char *
target_at(const void *table, size_t i)
{
	(void)table;
	return i < TARGET_COUNT ? targets[i].name : NULL;
}

void
layout_read_fields(struct layout_reader *r, const struct json *v, void *into)
{
	const struct json *member;
	size_t i;

	(void)into;
	for (member = v->first; member != NULL; member = member->next) {
		for (i = 0; i < TARGET_COUNT; i++)
			if (strcmp(targets[i].name, member->key) == 0)
				break;
		if (i < TARGET_COUNT)
			read_field(r, member, i);
		else
			layout_unknown_note(r, member, "field",
			    nearest(member->key, target_at, NULL));
	}
	if (json_get(v, "start") == NULL)
		json_note(r->notes, NOTE_ERROR, "E603", v, NULL, NULL,
		    "field 'start' is missing");
	r->layout->fields[TARGET_START].required = true;
}
