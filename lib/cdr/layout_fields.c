#include <string.h>

#include "base/nearest.h"
#include "cdr/call.h"
#include "cdr/layout_impl.h"

enum target_type {
	TYPE_STAMP,
	TYPE_SPAN,
	TYPE_WORD,
	TYPE_TEXT,
	TYPE_ID,    /* a text that may prove a zone */
	TYPE_MONEY, /* or a currency */
	TYPE_CAUSE
};

static int
side_parse(const char *word)
{
	if (strcmp(word, "in") == 0)
		return ORIGIN_SIDE_IN;
	return strcmp(word, "out") == 0 ? ORIGIN_SIDE_OUT : -1;
}

/* What a switch logs; a quality event is never in a file. */
static int
logged_parse(const char *word)
{
	int event = event_parse(word);

	return event == EVENT_ADMIN || event == EVENT_FORWARD_SET ? event : -1;
}

static const struct {
	const char *name;
	enum target_type type;
	int (*parse)(const char *word); /* TYPE_WORD: what it maps to */
} targets[TARGET_COUNT] = {
	[TARGET_START] = { "start", TYPE_STAMP, NULL },
	[TARGET_ANSWER] = { "answer", TYPE_STAMP, NULL },
	[TARGET_END] = { "end", TYPE_STAMP, NULL },
	[TARGET_DURATION] = { "duration", TYPE_SPAN, NULL },
	[TARGET_TOTAL] = { "total", TYPE_SPAN, NULL },
	[TARGET_RING] = { "ring", TYPE_SPAN, NULL },
	[TARGET_STATUS] = { "status", TYPE_WORD, status_parse },
	[TARGET_DIRECTION] = { "direction", TYPE_WORD, direction_parse },
	[TARGET_SIDE] = { "side", TYPE_WORD, side_parse },
	[TARGET_SRC] = { "src", TYPE_TEXT, NULL },
	[TARGET_DST] = { "dst", TYPE_TEXT, NULL },
	[TARGET_DIALLED] = { "dialled", TYPE_TEXT, NULL },
	[TARGET_FORWARDED_BY] = { "forwarded_by", TYPE_TEXT, NULL },
	[TARGET_SRC_NAME] = { "src_name", TYPE_TEXT, NULL },
	[TARGET_ACCOUNT] = { "account", TYPE_TEXT, NULL },
	[TARGET_USER] = { "user", TYPE_TEXT, NULL },
	[TARGET_CHANNEL_IN] = { "channel_in", TYPE_TEXT, NULL },
	[TARGET_CHANNEL_OUT] = { "channel_out", TYPE_TEXT, NULL },
	[TARGET_TRUNK_IN] = { "trunk_in", TYPE_TEXT, NULL },
	[TARGET_TRUNK_OUT] = { "trunk_out", TYPE_TEXT, NULL },
	[TARGET_COST] = { "cost", TYPE_MONEY, NULL },
	[TARGET_CURRENCY] = { "currency", TYPE_MONEY, NULL },
	[TARGET_CAUSE] = { "cause", TYPE_CAUSE, NULL },
	[TARGET_SERVICE] = { "service", TYPE_TEXT, NULL },
	[TARGET_CONTEXT] = { "context", TYPE_TEXT, NULL },
	[TARGET_CALL_ID] = { "call_id", TYPE_ID, NULL },
	[TARGET_JOIN] = { "join", TYPE_TEXT, NULL },
	[TARGET_AUTH_CODE] = { "auth_code", TYPE_TEXT, NULL },
	[TARGET_EVENT] = { "event", TYPE_WORD, logged_parse },
	[TARGET_ACTION] = { "action", TYPE_TEXT, NULL },
};

const char *
layout_target_name(enum layout_target t)
{
	return targets[t].name;
}

static void
read_column(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;
	const bool span = targets[f - r->layout->fields].type == TYPE_SPAN;

	layout_read_sources(r, v, f, span);
}

static void
read_unit(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;

	layout_read_unit(r, v, &f->unit);
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
read_at(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;

	f->at_end = strcmp(v->string, "end") == 0;
	if (!f->at_end && strcmp(v->string, "start") != 0)
		json_note(r->notes, NOTE_ERROR, "E602", v, NULL, NULL,
		    "at: must be 'start' or 'end', not '%s'", v->string);
}

static void
read_required(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;

	(void)r;
	f->required = v->boolean;
}

static void
read_constant(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;

	f->constant = arena_strdup(&r->set->arena, v->string);
}

static void
read_least(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;

	(void)r;
	f->least = v->boolean;
}

static void
read_field_when(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;

	layout_read_tests(r, v, &f->when);
}

static void
read_plus(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;

	f->plus = layout_pattern(r, v);
}

static void
read_hex(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;

	(void)r;
	f->hex = v->boolean;
}

/* Our word for what a field says, 0 with a note. */
static int
our_word(struct layout_reader *r, const struct json *v,
    const struct layout_field *f)
{
	const size_t target = (size_t)(f - r->layout->fields);
	int value = targets[target].parse(v->string);

	if (value > 0)
		return value;
	json_note(r->notes, NOTE_ERROR, "E602", v, NULL, NULL,
	    "no such %s: '%s'", targets[target].name, v->string);
	return 0;
}

static void
read_other(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;

	f->other = our_word(r, v, f);
}

/* One rule: { "is": "in", "all": [ tests ] }. */
static void
read_rule(struct layout_reader *r, const struct json *v,
    const struct layout_field *f, struct layout_rule *rule)
{
	const struct json *is = json_get(v, "is");

	if (is == NULL)
		json_note(r->notes, NOTE_ERROR, "E603", v, NULL, NULL,
		    "key 'is' is missing");
	else if (is->type != JSON_STRING)
		layout_type_note(r, is, JSON_BIT(JSON_STRING));
	else
		rule->value = our_word(r, is, f);
	layout_read_rule(r, v, &rule->when);
}

static void
read_rules(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;
	struct layout_rule *list;
	const struct json *item;

	list = arena_array(&r->set->arena, v->n, sizeof(*list));
	for (item = v->first; item != NULL; item = item->next) {
		if (item->type == JSON_OBJECT)
			read_rule(r, item, f, &list[f->nrules++]);
		else
			layout_type_note(r, item, JSON_BIT(JSON_OBJECT));
	}
	f->rules = list;
}

/* The words of the switch, each with ours: { "NO ANSWER": "no-answer" }. */
static void
read_map(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_field *f = into;
	const struct json *member;
	struct layout_word *words;

	words = arena_array(&r->set->arena, v->n, sizeof(*words));
	for (member = v->first; member != NULL; member = member->next) {
		if (member->type != JSON_STRING) {
			layout_type_note(r, member, JSON_BIT(JSON_STRING));
			continue;
		}
		words[f->nwords].text =
		    arena_strdup(&r->set->arena, member->key);
		words[f->nwords].len = strlen(member->key);
		words[f->nwords++].value = our_word(r, member, f);
	}
	f->words = words;
}

#define COLUMN_KEY(required)                                            \
	{                                                               \
		"column", JSON_BIT(JSON_STRING) | JSON_BIT(JSON_ARRAY), \
		    (required), read_column,                            \
	}
#define REQUIRED_KEY                                                  \
	{                                                             \
		"required", JSON_BIT(JSON_BOOL), false, read_required \
	}

static const struct layout_key stamp_keys[] = {
	COLUMN_KEY(true),
	{ "stamp", JSON_BIT(JSON_STRING) | JSON_BIT(JSON_ARRAY), true,
	    layout_read_stamps },
};
static const struct layout_key span_keys[] = {
	COLUMN_KEY(true),
	{ "unit", JSON_BIT(JSON_STRING), true, read_unit },
	REQUIRED_KEY,
};
static const struct layout_key word_keys[] = {
	COLUMN_KEY(false),
	{ "rules", JSON_BIT(JSON_ARRAY), false, read_rules },
	{ "map", JSON_BIT(JSON_OBJECT), false, read_map },
	{ "other", JSON_BIT(JSON_STRING), false, read_other },
	REQUIRED_KEY,
};
/* The last are a call id's alone. */
enum { ID_KEYS = 2 };
static const struct layout_key text_keys[] = {
	COLUMN_KEY(true),
	{ "regex", JSON_BIT(JSON_STRING), false, read_regex },
	{ "least", JSON_BIT(JSON_BOOL), false, read_least },
	{ "when", JSON_BIT(JSON_OBJECT), false, read_field_when },
	{ "plus", JSON_BIT(JSON_STRING), false, read_plus },
	REQUIRED_KEY,
	{ "epoch", JSON_BIT(JSON_STRING), false, read_epoch },
	{ "at", JSON_BIT(JSON_STRING), false, read_at },
};
static const struct layout_key money_keys[] = {
	COLUMN_KEY(false),
	{ "regex", JSON_BIT(JSON_STRING), false, read_regex },
	{ "constant", JSON_BIT(JSON_STRING), false, read_constant },
};
static const struct layout_key cause_keys[] = {
	COLUMN_KEY(true),
	{ "regex", JSON_BIT(JSON_STRING), false, read_regex },
	{ "hex", JSON_BIT(JSON_BOOL), false, read_hex },
};

#define COUNT(keys) (sizeof(keys) / sizeof((keys)[0]))

static const struct {
	const struct layout_key *keys;
	size_t n;
	bool plain; /* a column's name alone will do */
} type_keys[] = {
	[TYPE_STAMP] = { stamp_keys, COUNT(stamp_keys), false },
	[TYPE_SPAN] = { span_keys, COUNT(span_keys), false },
	[TYPE_WORD] = { word_keys, COUNT(word_keys), false },
	[TYPE_TEXT] = { text_keys, COUNT(text_keys) - ID_KEYS, true },
	[TYPE_ID] = { text_keys, COUNT(text_keys), true },
	[TYPE_MONEY] = { money_keys, COUNT(money_keys), true },
	[TYPE_CAUSE] = { cause_keys, COUNT(cause_keys), true },
};

static bool
inherited(const struct layout_reader *r, const struct json *v)
{
	return r->extends != NULL && v->doc != r->extends->doc;
}

static void
read_field(struct layout_reader *r, const struct json *v, size_t target)
{
	enum target_type type = targets[target].type;
	struct layout_field *f = &r->layout->fields[target];
	const struct json *column =
	    v->type == JSON_OBJECT ? json_get(v, "column") : v;

	r->gone = false;
	if (v->type == JSON_OBJECT)
		layout_keys(r, v, type_keys[type].keys, type_keys[type].n, f);
	else if (type_keys[type].plain &&
		 (v->type == JSON_STRING || v->type == JSON_ARRAY))
		read_column(r, v, f);
	else
		layout_type_note(r, v, JSON_BIT(JSON_OBJECT));
	/* Half of its rules, or none of its columns: it says nothing. */
	if (inherited(r, v) && (r->gone || (column != NULL && f->nfrom == 0)))
		memset(f, 0, sizeof(*f));
	r->gone = false;
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
	if (json_get(v, "start") == NULL && json_get(v, "end") == NULL)
		json_note(r->notes, NOTE_ERROR, "E603", v, NULL, NULL,
		    "field 'start' is missing");
	else if (r->extends != NULL &&
		 r->layout->fields[TARGET_START].nfrom +
			 r->layout->fields[TARGET_END].nfrom ==
		     0)
		json_note(r->notes, NOTE_ERROR, "E603", r->extends, NULL, NULL,
		    "field 'start' is missing: 'columns' leaves out what '%s' "
		    "reads",
		    r->extends->string);
}
