#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "base/xalloc.h"
#include "cdr/rows_impl.h"
#include "io/xmltext.h"

/*
 * The tags of records are found as text, and each record is parsed by itself,
 * so that damage stays where it is.
 */
enum {
	TAG = 512,        /* in which a name or a declaration ends */
	PASS = 64 * 1024, /* a comment longer than that is text */
	ENCODING = 32
};

enum tag { TAG_OTHER, TAG_BEGIN, TAG_END, TAG_DECLARATION };

/* What may hold tags that are none. */
static const struct {
	const char *open, *close;
} passages[] = {
	{ "<!--", "-->" },
	{ "<![CDATA[", "]]>" },
};

enum { PASSAGES = sizeof(passages) / sizeof(passages[0]) };

struct xml_rows {
	const struct layout *layout;
	struct window w;
	struct xmltext *text;
	struct cells cells;
	char encoding[ENCODING];
	uint64_t at;
	bool open;               /* a record is, */
	uint64_t begin;          /* from here */
	uint32_t name;           /* of records[] */
	uint64_t none[PASSAGES]; /* no close of a passage is before this */
	struct errmsg fault;
};

static struct xml_rows *
new_rows(const struct layout *l)
{
	struct xml_rows *r = xcalloc(1, sizeof(*r));
	uint32_t i;

	r->layout = l;
	r->text = xmltext_new();
	for (i = 0; i < l->ncolumns; i++)
		(void)xmltext_add(r->text, l->paths[i], NULL);
	cells_init(&r->cells, l);
	return r;
}

static void *
xml_open(struct input *in, const struct layout *l,
    const struct layout_form *form)
{
	struct xml_rows *r = new_rows(l);

	(void)form;
	window_open(&r->w, in);
	return r;
}

static void *
xml_open_memory(const char *bytes, size_t len, const struct layout *l,
    const struct layout_form *form)
{
	struct xml_rows *r = new_rows(l);

	(void)form;
	window_open_memory(&r->w, bytes, len);
	return r;
}

static void
xml_close(void *self)
{
	struct xml_rows *r = self;

	window_close(&r->w);
	xmltext_free(&r->text);
	cells_fini(&r->cells);
	free(r);
}

static uint64_t
kept(const struct xml_rows *r)
{
	return r->open ? r->begin : r->at;
}

/* Stand at the next '<'; false if there is none. */
static bool
find_tag(struct xml_rows *r)
{
	for (;;) {
		r->at = window_find(&r->w, r->at, '<');
		if (r->at < r->w.end)
			break;
		if (r->open && r->at - r->begin > BOUNDS_DOCUMENT)
			return true;
		if (!window_more(&r->w, kept(r)))
			return false;
	}
	window_need(&r->w, kept(r), r->at, TAG);
	return true;
}

/* The record with this name, without its prefix; nrecords if none has it. */
static uint32_t
record_named(const struct layout *l, const char *name, size_t len)
{
	const char *colon = memchr(name, ':', len);
	uint32_t i;

	if (colon != NULL) {
		len -= (size_t)(colon + 1 - name);
		name = colon + 1;
	}
	for (i = 0; i < l->nrecords; i++)
		if (strlen(l->records[i]) == len &&
		    memcmp(l->records[i], name, len) == 0)
			break;
	return i;
}

/* What begins at the '<' here, and how long it is, as far as that matters. */
static enum tag
tag_here(const struct xml_rows *r, uint32_t *name, size_t *len)
{
	const char *tag = window_at(&r->w, r->at), *p = tag + 1, *from;
	const char *end = tag + (r->w.end - r->at);
	bool closes;

	*len = 1;
	if (end - tag > TAG)
		end = tag + TAG;
	if (end - tag > 5 && memcmp(tag, "<?xml", 5) == 0 &&
	    memchr(" \t\r\n", tag[5], 4) != NULL)
		return TAG_DECLARATION;
	closes = p < end && *p == '/';
	p += closes;
	for (from = p; p < end && memchr(" \t\r\n/>", *p, 6) == NULL;)
		p++;
	*name = record_named(r->layout, from, (size_t)(p - from));
	if (*name == r->layout->nrecords || p == end)
		return TAG_OTHER;
	while (p < end && memchr(" \t\r\n", *p, 4) != NULL)
		p++;
	*len = (size_t)(p - tag) + (p < end && *p == '>');
	return closes ? TAG_END : TAG_BEGIN;
}

/* encoding="ISO-8859-1" */
static void
read_declaration(struct xml_rows *r)
{
	static const char key[] = "encoding";
	const char *p = window_at(&r->w, r->at), *end = p + (r->w.end - r->at);
	const char *stop = memchr(p, '>', (size_t)(end - p));
	size_t n = 0;

	r->encoding[0] = '\0';
	if (stop == NULL || stop - p > TAG)
		return;
	while (stop - p > (long)sizeof(key) &&
	       memcmp(p, key, sizeof(key) - 1) != 0)
		p++;
	for (p += sizeof(key) - 1; p < stop && strchr(" =\"'", *p) != NULL;)
		p++;
	while (p < stop && strchr("\"' ", *p) == NULL && n + 1 < ENCODING)
		r->encoding[n++] = *p++;
	r->encoding[n] = '\0';
}

/* Whether a comment or the like begins here; then go behind it. */
static bool
pass(struct xml_rows *r)
{
	const char *tag, *close;
	uint64_t at, stop;
	size_t i, len;

	for (i = 0; i < PASSAGES; i++) {
		len = strlen(passages[i].open);
		tag = window_at(&r->w, r->at);
		if (r->w.end - r->at < len ||
		    memcmp(tag, passages[i].open, len) != 0)
			continue;
		window_need(&r->w, kept(r), r->at, PASS);
		stop = r->w.end - r->at < PASS ? r->w.end : r->at + PASS;
		close = passages[i].close;
		at = r->at + len > r->none[i] ? r->at + len : r->none[i];
		while ((at = window_find(&r->w, at, close[0])) + 3 <= stop) {
			if (memcmp(window_at(&r->w, at), close, 3) == 0) {
				r->at = at + 3;
				return true;
			}
			at++;
		}
		r->none[i] = at;
	}
	return false;
}

/* What is from `begin` to `end`, with what is wrong about it. */
static int
give_fault(struct xml_rows *r, uint64_t begin, uint64_t end, const char *fault,
    struct csvrow *row)
{
	window_row(&r->w, begin, end, row);
	row->fault = fault;
	return 1;
}

static int
give_record(struct xml_rows *r, uint64_t end, struct csvrow *row)
{
	const char *text;
	uint32_t i;
	size_t len;

	window_row(&r->w, r->begin, end, row);
	if (xmltext_read(r->text, row->raw, row->raw_len, r->encoding,
		&r->fault) != 0) {
		row->fault = r->fault.text;
		return 1;
	}
	cells_begin(&r->cells);
	for (i = 0; i < r->layout->ncolumns; i++) {
		text = xmltext_get(r->text, i, &len);
		cells_add_text(&r->cells, text, len);
	}
	row->repaired = xmltext_repaired(r->text);
	cells_end(&r->cells, row);
	return 1;
}

/* Where the tag here ends if it is a whole element, else 0. */
static uint64_t
whole_element(struct xml_rows *r)
{
	const char *tag, *p, *end;
	char quote = '\0';

	window_need(&r->w, kept(r), r->at, PASS);
	tag = p = window_at(&r->w, r->at);
	end = r->w.end - r->at < PASS ? tag + (r->w.end - r->at) : tag + PASS;
	for (p++; p < end && *p != '<' && (*p != '>' || quote != '\0'); p++) {
		if (quote == '\0' && (*p == '"' || *p == '\''))
			quote = *p;
		else if (*p == quote)
			quote = '\0';
	}
	return p < end && *p == '>' && p[-1] == '/'
		   ? r->at + (uint64_t)(p + 1 - tag)
		   : 0;
}

static int
begin_record(struct xml_rows *r, uint32_t name, size_t len, struct csvrow *row)
{
	uint64_t end;

	if (r->open) {
		r->open = false;
		return give_fault(r, r->begin, r->at,
		    "cut off: another record begins in it", row);
	}
	r->begin = r->at;
	r->name = name;
	end = whole_element(r);
	r->open = end == 0;
	r->at = r->open ? r->at + len : end;
	return r->open ? 0 : give_record(r, end, row);
}

static int
end_record(struct xml_rows *r, uint32_t name, size_t len, struct csvrow *row)
{
	const uint64_t begin = r->at;

	r->at += len;
	if (!r->open)
		return give_fault(r, begin, r->at,
		    "a record ends that did not begin", row);
	r->open = false;
	if (r->name != name)
		return give_fault(r, r->begin, r->at,
		    "cut off: another record ends in it", row);
	return give_record(r, r->at, row);
}

static int
take_tag(struct xml_rows *r, struct csvrow *row)
{
	uint32_t name;
	size_t len;

	switch (tag_here(r, &name, &len)) {
	case TAG_BEGIN:
		return begin_record(r, name, len, row);
	case TAG_END:
		return end_record(r, name, len, row);
	case TAG_DECLARATION:
		read_declaration(r);
		break;
	case TAG_OTHER:
		if (pass(r))
			return 0;
		break;
	}
	r->at += len;
	return 0;
}

static int
xml_next(void *self, struct csvrow *row, struct errmsg *err)
{
	struct xml_rows *r = self;

	while (find_tag(r)) {
		if (r->open && r->at - r->begin > BOUNDS_DOCUMENT) {
			r->open = false;
			return give_fault(r, r->begin,
			    r->begin + BOUNDS_DOCUMENT,
			    "longer than a record can be", row);
		}
		if (take_tag(r, row) == 1)
			return 1;
	}
	if (!r->open)
		return window_result(&r->w, err);
	r->open = false;
	(void)give_fault(r, r->begin, r->w.end,
	    r->w.failed ? "cut off where reading failed"
			: "cut off: its end is missing",
	    row);
	row->ended = false;
	return 1;
}

const struct rows_kind rows_xml = {
	.open = xml_open,
	.open_memory = xml_open_memory,
	.next = xml_next,
	.close = xml_close,
};
