/*
 * jsontext: a document is a tree whose values lie in one another, it reads
 * the same when it is written again, and every problem has its place.
 */
#include <assert.h>
#include <string.h>

#include "base/bounds.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "io/jsonout.h"
#include "io/jsontext.h"

static void
check_text(const char *text)
{
	assert(utf8_valid(text, strlen(text)));
}

static void
check_tree(const struct json *j, const char *text, int depth)
{
	const struct json *m;
	size_t at = j->begin;
	uint32_t n = 0;

	assert(depth <= BOUNDS_JSON_DEPTH && j->begin < j->end);
	assert((j->type == JSON_STRING) == (j->string != NULL));
	if (j->type == JSON_STRING) {
		check_text(j->string);
		assert(text[j->begin] == '"' && text[j->end - 1] == '"');
	}
	for (m = j->first; m != NULL; m = m->next, n++) {
		assert(m->parent == j);
		assert((m->key != NULL) == (j->type == JSON_OBJECT));
		if (m->key != NULL) {
			check_text(m->key);
			assert(m->key_begin >= at && m->key_end <= m->begin);
			assert(json_get(j, m->key) == m);
		}
		assert(m->begin >= at && m->end <= j->end);
		at = m->end;
		check_tree(m, text, depth + 1);
	}
	assert(n == j->n);
}

/* jsonout has fewer levels than jsontext reads. */
static bool
put(struct jsonout *out, const struct json *j)
{
	const struct json *m;
	bool whole = true;

	if (out->depth + 1 >= JSONOUT_DEPTH)
		return false;
	switch (j->type) {
	case JSON_NULL:
		jsonout_null(out);
		break;
	case JSON_BOOL:
		jsonout_bool(out, j->boolean);
		break;
	case JSON_NUMBER:
		jsonout_number(out, j->number);
		break;
	case JSON_STRING:
		jsonout_string(out, j->string);
		break;
	case JSON_ARRAY:
		jsonout_array(out);
		for (m = j->first; whole && m != NULL; m = m->next)
			whole = put(out, m);
		jsonout_end_array(out);
		break;
	case JSON_OBJECT:
		jsonout_object(out);
		for (m = j->first; whole && m != NULL; m = m->next) {
			jsonout_key(out, m->key);
			whole = put(out, m);
		}
		jsonout_end_object(out);
		break;
	}
	return whole;
}

static void
check_equal(const struct json *a, const struct json *b)
{
	const struct json *m = a->first, *n = b->first;

	assert(a->type == b->type && a->n == b->n);
	assert(a->boolean == b->boolean);
	assert(a->number <= b->number && a->number >= b->number);
	assert(a->string == NULL || strcmp(a->string, b->string) == 0);
	assert(a->key == NULL || strcmp(a->key, b->key) == 0);
	for (; m != NULL; m = m->next, n = n->next)
		check_equal(m, n);
}

static void
check_again(const struct json *root, bool pretty)
{
	struct json_doc *again;
	struct jsonout out;
	struct notes notes;
	struct buf b;

	buf_init(&b);
	notes_init(&notes);
	jsonout_init(&out, &b, pretty);
	if (put(&out, root)) {
		again = json_parse(b.data, b.len, "again", &notes);
		assert(again != NULL);
		check_equal(root, json_root(again));
		json_free(&again);
	}
	notes_fini(&notes);
	buf_fini(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_input in = { (const char *)data, size };
	struct json_doc *doc;
	struct notes notes;

	notes_init(&notes);
	doc = json_parse(in.bytes, in.len, "fuzz", &notes);
	fuzz_check_notes(&notes, &in);
	assert((doc == NULL) == (notes.errors > 0));
	if (doc != NULL) {
		check_tree(json_root(doc), json_text(doc), 0);
		check_again(json_root(doc), false);
		check_again(json_root(doc), true);
	}
	json_free(&doc);
	notes_fini(&notes);
	return 0;
}
