#include "io/jsontext.h"

#include <assert.h>
#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/xalloc.h"
#include "io/input.h"
#include "io/jsontext_impl.h"

enum { FEW = 16 }; /* members that are held against each other */

static enum json_type
type_of(const cJSON *c)
{
	if (cJSON_IsObject(c))
		return JSON_OBJECT;
	if (cJSON_IsArray(c))
		return JSON_ARRAY;
	if (cJSON_IsString(c))
		return JSON_STRING;
	if (cJSON_IsNumber(c))
		return JSON_NUMBER;
	return cJSON_IsBool(c) ? JSON_BOOL : JSON_NULL;
}

/*
 * Make nodes of `c` and what is in it.  cJSON keeps all values in the order
 * of the text, duplicates too, so the next value of the tree is the next
 * span.
 */
static struct json *
join(struct json_doc *doc, const cJSON *c, const struct json *parent,
    size_t *next)
{
	const struct json_span *span = &doc->spans[*next];
	struct json *j = &doc->nodes[*next], *member, *last = NULL;
	const cJSON *child;

	assert(*next < doc->n_spans);
	++*next;
	*j = (struct json){ .type = type_of(c),
		.parent = parent,
		.doc = doc,
		.begin = span->begin,
		.end = span->end,
		.key_begin = span->key_begin,
		.key_end = span->key_end };
	if (parent != NULL && parent->type == JSON_OBJECT)
		j->key = c->string;
	j->string = j->type == JSON_STRING ? c->valuestring : NULL;
	j->number = j->type == JSON_NUMBER ? c->valuedouble : 0;
	j->boolean = cJSON_IsTrue(c);
	if (j->type != JSON_ARRAY && j->type != JSON_OBJECT)
		return j;
	for (child = c->child; child != NULL; child = child->next) {
		member = join(doc, child, j, next);
		if (last != NULL)
			last->next = member;
		else
			j->first = member;
		last = member;
		j->n++;
	}
	return j;
}

/* By key; those that come later in the text behind. */
static int
compare_members(const void *va, const void *vb)
{
	const struct json *a = *(const struct json *const *)va;
	const struct json *b = *(const struct json *const *)vb;
	const int c = strcmp(a->key, b->key);

	if (c != 0)
		return c;
	return a->begin < b->begin ? -1 : a->begin > b->begin;
}

/* Whether few members have keys that all differ, which is quickly seen. */
static bool
all_differ(const struct json *obj)
{
	const struct json *a, *b;

	if (obj->n > FEW)
		return false;
	for (a = obj->first; a != NULL; a = a->next)
		for (b = a->next; b != NULL; b = b->next)
			if (a->key[0] == b->key[0] &&
			    strcmp(a->key, b->key) == 0)
				return false;
	return true;
}

static void
note_duplicates(const struct json *obj, struct notes *notes)
{
	const struct json **members, *m, *first;
	char more[128];
	size_t i;

	if (all_differ(obj))
		return;
	members = xcalloc(obj->n, sizeof(*members));
	for (i = 0, m = obj->first; m != NULL; m = m->next)
		members[i++] = m;
	qsort(members, obj->n, sizeof(*members), compare_members);
	for (i = 1, first = members[0]; i < obj->n; i++) {
		if (strcmp(members[i]->key, first->key) != 0) {
			first = members[i];
			continue;
		}
		(void)snprintf(more, sizeof(more),
		    "first given at line %u; a parser keeps only one of them",
		    json_line(first));
		json_note_key(notes, NOTE_ERROR, "E108", members[i], NULL, more,
		    "key given twice");
	}
	free(members);
}

/* Have cJSON parse the clean text, and make the nodes. */
static void
build(struct json_doc *doc, const char *clean, struct notes *notes)
{
	size_t next = 0, i;

	doc->tree = cJSON_ParseWithOpts(clean, NULL, true);
	if (doc->tree == NULL) {
		json_note_bytes(notes, doc, "E107", 0, 0, NULL, NULL,
		    "syntax error");
		return;
	}
	doc->nodes = xcalloc(doc->n_spans, sizeof(*doc->nodes));
	(void)join(doc, doc->tree, NULL, &next);
	assert(next == doc->n_spans);
	for (i = 0; i < doc->n_spans; i++)
		if (doc->nodes[i].type == JSON_OBJECT)
			note_duplicates(&doc->nodes[i], notes);
}

/* Whatever can be understood; nodes NULL if nothing can. */
static struct json_doc *
read_text(const char *text, size_t len, const char *file, struct notes *notes)
{
	struct json_doc *doc = xcalloc(1, sizeof(*doc));
	char *clean;

	assert(len <= BOUNDS_JSON_FILE);
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	doc->file = xstrdup(file);
	doc->text = xstrndup(text, len);
	doc->len = len;
	json_find_lines(doc);
	clean = xstrndup(text, len);
	if (json_scan(doc, clean, notes))
		build(doc, clean, notes);
	free(clean);
	return doc;
}

struct json_doc *
json_parse(const char *text, size_t len, const char *file, struct notes *notes)
{
	const size_t errors = notes->errors;
	struct json_doc *doc = read_text(text, len, file, notes);

	if (notes->errors > errors)
		json_free(&doc);
	return doc;
}

/* A number's own text counts, so nothing is lost of it. */
static bool
any_repair(const struct notes *notes)
{
	size_t i;

	for (i = 0; i < notes->n; i++)
		if (strcmp(notes->list[i].code, "E112") != 0)
			return true;
	return notes->dropped > 0;
}

struct json_doc *
json_parse_data(const char *text, size_t len, bool *repaired)
{
	struct json_doc *doc;
	struct notes notes;

	notes_init(&notes);
	doc = read_text(text, len, "", &notes);
	*repaired = any_repair(&notes);
	notes_fini(&notes);
	if (doc->nodes == NULL)
		json_free(&doc);
	return doc;
}

struct json_doc *
json_load(const char *path, struct notes *notes)
{
	const size_t place = strlen(path);
	struct json_doc *doc;
	struct errmsg err;
	const char *why;
	char *text;
	size_t len;

	if (input_slurp(path, BOUNDS_JSON_FILE, &text, &len, &err) != 0) {
		why = err.text;
		/* The note names the file already. */
		if (strncmp(why, path, place) == 0 &&
		    strncmp(why + place, ": ", 2) == 0)
			why += place + 2;
		notes_add(notes, &(struct note){ .level = NOTE_ERROR,
				     .code = "E101",
				     .file = path,
				     .text = why });
		return NULL;
	}
	doc = json_parse(text, len, path, notes);
	free(text);
	return doc;
}

void
json_free(struct json_doc **dp)
{
	struct json_doc *doc = *dp;

	if (doc == NULL)
		return;
	cJSON_Delete(doc->tree);
	free(doc->nodes);
	free(doc->spans);
	free(doc->lines);
	free(doc->text);
	free(doc->file);
	free(doc);
	*dp = NULL;
}

const struct json *
json_root(const struct json_doc *doc)
{
	return &doc->nodes[0];
}

const char *
json_file(const struct json_doc *doc)
{
	return doc->file;
}

const char *
json_text(const struct json_doc *doc)
{
	return doc->text;
}
