/* rulefile_format: the one layout of a rule file. */
#include "rule/rulefile.h"

#include <string.h>

enum { WIDTH = 98, STEP = 2 };

struct formatting {
	struct buf *out;
	size_t line; /* where the present line begins in `out` */
};

static void write_value(struct formatting *f, const struct json *j,
    size_t indent, size_t behind);

/* Characters, so that a name in another script is no longer than it looks. */
static size_t
width(const char *text, size_t len)
{
	size_t n = 0, i;

	for (i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xC0) != 0x80;
	return n;
}

static size_t
column(const struct formatting *f)
{
	return width(f->out->data + f->line, f->out->len - f->line);
}

static void
begin_line(struct formatting *f, size_t indent)
{
	buf_addch(f->out, '\n');
	f->line = f->out->len;
	buf_fill(f->out, ' ', indent);
}

static bool
is_group(const struct json *j)
{
	return j->type == JSON_OBJECT || j->type == JSON_ARRAY;
}

static void
add_key(struct buf *out, const struct json *j)
{
	if (j->key == NULL)
		return;
	buf_add(out, json_text(j->doc) + j->key_begin,
	    j->key_end - j->key_begin);
	buf_addstr(out, ": ");
}

/* A value on one line: { "a": [1, 2] }. */
static void
add_inline(struct buf *out, const struct json *j)
{
	const bool object = j->type == JSON_OBJECT;
	const struct json *e;

	if (!is_group(j)) {
		buf_add(out, json_text(j->doc) + j->begin, j->end - j->begin);
		return;
	}
	buf_addstr(out, object ? (j->n > 0 ? "{ " : "{") : "[");
	for (e = j->first; e != NULL; e = e->next) {
		add_key(out, e);
		add_inline(out, e);
		buf_addstr(out, e->next != NULL ? ", " : "");
	}
	buf_addstr(out, object ? (j->n > 0 ? " }" : "}") : "]");
}

/* Characters of a member on one line, with its key. */
static size_t
inline_width(const struct json *j, bool key)
{
	struct buf b;
	size_t n;

	buf_init(&b);
	if (key)
		add_key(&b, j);
	add_inline(&b, j);
	n = width(b.data, b.len);
	buf_fini(&b);
	return n;
}

/* A file, its rules, a rule, its tests, a test: never on one line. */
static bool
is_open(const struct json *j)
{
	const struct json *in = j->parent;

	if (in == NULL)
		return true;
	if (j->key != NULL)
		return strcmp(j->key, "rules") == 0 ||
		       strcmp(j->key, "tests") == 0;
	return in->key != NULL &&
	       (strcmp(in->key, "rules") == 0 || strcmp(in->key, "tests") == 0);
}

static bool
is_flat(const struct json *j)
{
	const struct json *e;

	for (e = j->first; e != NULL; e = e->next)
		if (is_group(e))
			return false;
	return j->type == JSON_OBJECT;
}

/* As many members a line as fit; `behind` characters follow the last. */
static void
write_filled(struct formatting *f, const struct json *j, size_t indent,
    size_t behind)
{
	const struct json *e;
	size_t n;

	for (e = j->first; e != NULL; e = e->next) {
		n = inline_width(e, true) + (e->next != NULL ? 1 : behind);
		if (e != j->first && column(f) + 1 + n > WIDTH)
			begin_line(f, indent);
		else if (e != j->first)
			buf_addch(f->out, ' ');
		add_key(f->out, e);
		write_value(f, e, indent, e->next != NULL ? 1 : behind);
		buf_addstr(f->out, e->next != NULL ? "," : "");
	}
}

/* One member a line. */
static void
write_lines(struct formatting *f, const struct json *j, size_t indent)
{
	const struct json *e;

	for (e = j->first; e != NULL; e = e->next) {
		if (e != j->first)
			begin_line(f, indent);
		add_key(f->out, e);
		write_value(f, e, indent, e->next != NULL ? 1 : 0);
		buf_addstr(f->out, e->next != NULL ? "," : "");
	}
}

/* `behind` characters follow on the line of its end: commas, brackets. */
static void
write_value(struct formatting *f, const struct json *j, size_t indent,
    size_t behind)
{
	const bool object = j->type == JSON_OBJECT;

	if (!is_group(j) || j->n == 0 ||
	    (!is_open(j) &&
		column(f) + inline_width(j, false) + behind <= WIDTH)) {
		add_inline(f->out, j);
		return;
	}
	if (is_flat(j) && !is_open(j)) {
		buf_addstr(f->out, "{ ");
		write_filled(f, j, indent + STEP, behind + 2);
		buf_addstr(f->out, " }");
		return;
	}
	buf_addch(f->out, object ? '{' : '[');
	begin_line(f, indent + STEP);
	if (object || is_open(j))
		write_lines(f, j, indent + STEP);
	else
		write_filled(f, j, indent + STEP, 0);
	begin_line(f, indent);
	buf_addch(f->out, object ? '}' : ']');
}

void
rulefile_format(const struct json *root, struct buf *out)
{
	struct formatting f = { .out = out, .line = out->len };

	write_value(&f, root, 0, 0);
	buf_addch(out, '\n');
}
