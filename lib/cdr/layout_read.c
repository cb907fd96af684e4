#include <string.h>

#include "cdr/layout_impl.h"

static void
read_version(struct layout_reader *r, const struct json *v, void *into)
{
	(void)into;
	if (v->number != 1)
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "cdrlayout: this program reads version 1");
}

static void
read_id(struct layout_reader *r, const struct json *v, void *into)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	struct layout *l = into;
	size_t good = strspn(v->string, allowed);

	if (good == 0 || v->string[good] != '\0')
		json_note_at(r->notes, NOTE_ERROR, "E604", v, good, NULL, NULL,
		    "id: only small letters, digits and '-'");
	l->id = arena_strdup(&r->set->arena, v->string);
}

static void
read_title(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	l->title = arena_strdup(&r->set->arena, v->string);
}

/* What is there for people, or was read before. */
static void
read_nothing(struct layout_reader *r, const struct json *v, void *into)
{
	(void)r;
	(void)v;
	(void)into;
}

static void
read_evidence(struct layout_reader *r, const struct json *v, void *into)
{
	static const char *const words[] = { "real", "documented" };
	struct layout *l = into;

	l->evidence = layout_word_of(r, v, words, 2, "evidence") == 1
			  ? EVIDENCE_DOCUMENTED
			  : EVIDENCE_REAL;
}

static void
read_order(struct layout_reader *r, const struct json *v, void *into)
{
	static const char *const words[] = { "free", "file" };
	struct layout *l = into;

	l->file_order = layout_word_of(r, v, words, 2, "order") == 1;
}

static void
read_container(struct layout_reader *r, const struct json *v, void *into)
{
	static const char *const words[] = { "rows", "fixed", "xml", "json" };
	struct layout *l = into;
	int i = layout_word_of(r, v, words, 4, "container");

	l->container = i > 0 ? (enum layout_container)i : CONTAINER_ROWS;
	if (l->container != CONTAINER_ROWS)
		l->width = WIDTH_ANY;
}

static char
one_char(struct layout_reader *r, const struct json *v)
{
	unsigned char c = (unsigned char)v->string[0];

	if (strlen(v->string) != 1 || c >= 0x80 || c == '\n' || c == '\r')
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "%s: must be one ASCII character", v->key);
	return v->string[0];
}

static void
add_delimiter(struct layout_reader *r, const struct json *v, struct layout *l)
{
	char c;

	if (v->type != JSON_STRING) {
		layout_type_note(r, v, JSON_BIT(JSON_STRING));
		return;
	}
	c = one_char(r, v);
	if (c != '\0' && strchr(l->delimiters, c) != NULL)
		json_note(r->notes, NOTE_ERROR, "E608", v, NULL, NULL,
		    "delimiter '%c' is named twice", c);
	else
		l->delimiters[strlen(l->delimiters)] = c;
}

static void
read_delimiter(struct layout_reader *r, const struct json *v, void *into)
{
	const struct json *item;

	if (v->type == JSON_STRING) {
		add_delimiter(r, v, into);
		return;
	}
	if (v->n == 0 || v->n > LAYOUT_DELIMITERS) {
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "names 1 to %d alternatives, not %u",
		    (int)LAYOUT_DELIMITERS, (unsigned)v->n);
		return;
	}
	for (item = v->first; item != NULL; item = item->next)
		add_delimiter(r, item, into);
}

/* A character that cannot be a delimiter as well; null is none. */
static char
other_char(struct layout_reader *r, const struct json *v)
{
	char c = v->type == JSON_STRING ? one_char(r, v) : '\0';

	if (c != '\0' && strchr(r->layout->delimiters, c) != NULL)
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "%s: is the delimiter, too", v->key);
	return c;
}

static void
read_quote(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	l->quote = other_char(r, v);
}

static void
read_escape(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	l->escape = other_char(r, v);
}

static void
read_comment(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	l->comment = other_char(r, v);
}

static void
read_header(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	(void)r;
	l->header = v->boolean;
}

static void
read_fallback(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	(void)r;
	l->fallback = v->boolean;
}

static void
read_trim(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	(void)r;
	l->trim = v->boolean;
}

static void
read_empty(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	l->empty = layout_texts(r, v, &l->nempty);
}

static void
read_record(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	if (layout_is_document(l))
		layout_read_records(r, v);
	else if (v->type == JSON_STRING)
		l->record = layout_pattern(r, v);
	else
		layout_type_note(r, v, JSON_BIT(JSON_STRING));
}

static void
read_encoding(struct layout_reader *r, const struct json *v, void *into)
{
	static const char *const words[] = { "percent" };
	struct layout *l = into;

	l->percent = layout_word_of(r, v, words, 1, "encoding") == 0;
}

static void
read_separators(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	if (v->string[0] == '\0' ||
	    v->string[strspn(v->string, "\r\n ")] == '\0')
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "separators: none but line ends and blanks");
	l->separators = arena_strdup(&r->set->arena, v->string);
}

static void
read_width(struct layout_reader *r, const struct json *v, void *into)
{
	static const char *const words[] = { "exact", "least", "any" };
	struct layout *l = into;
	int i = layout_word_of(r, v, words, 3, "width");

	l->width = i > 0 ? (enum layout_width)i : WIDTH_EXACT;
}

static void
read_zone(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;
	struct errmsg err;

	l->zone = zone_get(v->string, &err);
	if (l->zone == NULL)
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL, "%s",
		    err.text);
}

/*
 * What decides over whole records: without a column that it names it would say
 * something else, so that none may be gone.
 */
static void
read_deciding(struct layout_reader *r, const struct json *v, void *into,
    void (*read)(struct layout_reader *, const struct json *, void *))
{
	r->gone = false;
	read(r, v, into);
	if (r->gone)
		json_note(r->notes, NOTE_ERROR, "E603", r->extends, NULL, NULL,
		    "key '%s' is missing: 'columns' leaves out what '%s' names",
		    v->key, r->extends->string);
	r->gone = false;
}

static void
read_take(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	r->one_row = true;
	read_deciding(r, v, &l->take, layout_read_tests);
	r->one_row = false;
}

static void
read_skip(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	r->one_row = true;
	read_deciding(r, v, &l->skip, layout_read_tests);
	r->one_row = false;
}

static void
read_answered(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	read_deciding(r, v, &l->answered, layout_read_tests);
	l->has_answered = true;
}

static void
read_gather(struct layout_reader *r, const struct json *v, void *into)
{
	read_deciding(r, v, into, layout_read_gather);
}

static void
read_carry(struct layout_reader *r, const struct json *v, void *into)
{
	read_deciding(r, v, into, layout_read_carry);
}

static void
read_recognise(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	r->one_row = true;
	layout_read_recognise(r, v, &l->recognise);
	r->one_row = false;
}

static const struct layout_key layout_table[] = {
	{ "cdrlayout", JSON_BIT(JSON_NUMBER), true, read_version },
	{ "id", JSON_BIT(JSON_STRING), true, read_id },
	{ "title", JSON_BIT(JSON_STRING), true, read_title },
	{ "about", JSON_BIT(JSON_STRING), false, read_nothing },
	{ "extends", JSON_BIT(JSON_STRING), false, read_nothing },
	{ "evidence", JSON_BIT(JSON_STRING), true, read_evidence },
	{ "order", JSON_BIT(JSON_STRING), true, read_order },
	{ "container", JSON_BIT(JSON_STRING), true, read_container },
	{ "delimiter", JSON_BIT(JSON_STRING) | JSON_BIT(JSON_ARRAY), false,
	    read_delimiter },
	{ "quote", JSON_BIT(JSON_STRING) | JSON_BIT(JSON_NULL), false,
	    read_quote },
	{ "escape", JSON_BIT(JSON_STRING), false, read_escape },
	{ "comment", JSON_BIT(JSON_STRING), false, read_comment },
	{ "record", JSON_BIT(JSON_STRING) | JSON_BIT(JSON_ARRAY), false,
	    read_record },
	{ "encoding", JSON_BIT(JSON_STRING), false, read_encoding },
	{ "separators", JSON_BIT(JSON_STRING), false, read_separators },
	{ "header", JSON_BIT(JSON_BOOL), false, read_header },
	{ "fallback", JSON_BIT(JSON_BOOL), false, read_fallback },
	{ "width", JSON_BIT(JSON_STRING), false, read_width },
	{ "trim", JSON_BIT(JSON_BOOL), false, read_trim },
	{ "empty", JSON_BIT(JSON_ARRAY), false, read_empty },
	{ "zone", JSON_BIT(JSON_STRING), false, read_zone },
	/* What follows names columns, so these come first. */
	{ "items", JSON_BIT(JSON_ARRAY), false, layout_read_items },
	{ "columns",
	    JSON_BIT(JSON_ARRAY) | JSON_BIT(JSON_OBJECT) |
		JSON_BIT(JSON_STRING),
	    true, layout_read_columns },
	{ "aliases", JSON_BIT(JSON_OBJECT), false, layout_read_aliases },
	{ "variants", JSON_BIT(JSON_ARRAY), false, layout_read_variants },
	{ "gather", JSON_BIT(JSON_OBJECT), false, read_gather },
	{ "fields", JSON_BIT(JSON_OBJECT), true, layout_read_fields },
	{ "take", JSON_BIT(JSON_OBJECT), false, read_take },
	{ "skip", JSON_BIT(JSON_OBJECT), false, read_skip },
	{ "carry", JSON_BIT(JSON_OBJECT), false, read_carry },
	{ "answered", JSON_BIT(JSON_OBJECT), false, read_answered },
	{ "recognise", JSON_BIT(JSON_ARRAY), true, read_recognise },
};

struct layout *
layout_read(struct layouts *set, const struct json *root, struct notes *notes)
{
	struct layout_reader r = { .set = set, .notes = notes };
	size_t errors = notes->errors;

	if (root->type != JSON_OBJECT) {
		layout_type_note(&r, root, JSON_BIT(JSON_OBJECT));
		return NULL;
	}
	r.layout = arena_alloc(&set->arena, sizeof(*r.layout));
	r.layout->file = arena_strdup(&set->arena, json_file(root->doc));
	r.extends = json_get(root, "extends");
	root = layout_extended(set, root, notes);
	if (root == NULL)
		return NULL;
	layout_keys(&r, root, layout_table,
	    sizeof(layout_table) / sizeof(layout_table[0]), r.layout);
	if (json_get(root, "variants") == NULL)
		layout_add_only_variant(&r);
	layout_add_names(&r);
	layout_add_time_names(&r);
	layout_check(&r, root);
	return notes->errors == errors ? r.layout : NULL;
}
