#include "tool/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/utf8.h"

enum { SHOWN_COLUMNS = 72 }; /* of a source line, around the caret */

static void
put(const struct diag *d, const struct buf *text)
{
	if (text->len == 0)
		return;
	progress_pause(d->progress);
	(void)fwrite(text->data, 1, text->len, stderr);
	progress_resume(d->progress);
}

/* "program: level: text", printable, in one write. */
static void
say(const struct diag *d, const char *level, const char *text)
{
	struct buf line;

	buf_init(&line);
	buf_addf(&line, "%s: %s", d->program, level);
	utf8_printable(&line, text, strlen(text));
	buf_addch(&line, '\n');
	put(d, &line);
	buf_fini(&line);
}

static void say_args(const struct diag *d, const char *level, const char *fmt,
    va_list ap) __attribute__((format(printf, 3, 0)));

static void
say_args(const struct diag *d, const char *level, const char *fmt, va_list ap)
{
	char text[BOUNDS_MESSAGE];

	(void)vsnprintf(text, sizeof(text), fmt, ap);
	say(d, level, text);
}

void
diag_error(const struct diag *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_args(d, "", fmt, ap);
	va_end(ap);
}

void
diag_warn(const struct diag *d, const char *fmt, ...)
{
	va_list ap;

	if (d->verbosity < 0)
		return;
	va_start(ap, fmt);
	say_args(d, "warning: ", fmt, ap);
	va_end(ap);
}

void
diag_remark(const struct diag *d, const char *fmt, ...)
{
	va_list ap;

	if (d->verbosity < 0)
		return;
	va_start(ap, fmt);
	say_args(d, "", fmt, ap);
	va_end(ap);
}

void
diag_info(const struct diag *d, const char *fmt, ...)
{
	va_list ap;

	if (d->verbosity < 1)
		return;
	va_start(ap, fmt);
	say_args(d, "", fmt, ap);
	va_end(ap);
}

/* The byte where character `column` (from 1) of the line begins. */
static size_t
byte_of_column(const char *line, uint32_t column)
{
	size_t at = 0, len = strlen(line), step;

	while (column > 1 && at < len) {
		step = utf8_char(line + at, len - at);
		at += step > 0 ? step : 1;
		column--;
	}
	return at;
}

/* A stretch of the source line as it may be shown: tabs are one blank. */
static void
add_source(struct buf *out, const char *text, size_t len)
{
	size_t i, run;

	for (i = 0; i < len; i += run + 1) {
		for (run = 0; i + run < len && text[i + run] != '\t'; run++)
			;
		utf8_printable(out, text + i, run);
		if (i + run < len)
			buf_addch(out, ' ');
	}
}

/*
 *     4 | ..."match": { "dst_contry": ["CU"], "duration": { ...
 *       |               ^^^^^^^^^^^^ did you mean "dst_country"?
 */
static void
add_caret(struct buf *out, const struct note *n)
{
	uint32_t length = (uint32_t)utf8_length(n->source, strlen(n->source));
	uint32_t first = 1, last = length, width;
	size_t from, to;

	if (length > SHOWN_COLUMNS) {
		first = n->column > 25 ? n->column - 25 : 1;
		last = first + SHOWN_COLUMNS - 1;
		if (last > length)
			last = length;
	}
	from = byte_of_column(n->source, first);
	to = byte_of_column(n->source, last + 1);
	buf_addf(out, "%5u | %s", n->line, first > 1 ? "..." : "");
	add_source(out, n->source + from, to - from);
	buf_addf(out, "%s\n      | ", last < length ? "..." : "");
	buf_fill(out, ' ', (first > 1 ? 3 : 0) + n->column - first);
	width = n->end > n->column ? n->end - n->column : 1;
	if (n->column + width > last + 1 && n->column <= last)
		width = last + 1 - n->column;
	buf_fill(out, '^', width);
	if (n->help != NULL)
		buf_addf(out, " %s", n->help);
	buf_addch(out, '\n');
}

void
diag_note_text(const struct note *n, struct buf *out)
{
	static const char *const levels[] = { "note", "note", "warning",
		"error" };

	if (n->file != NULL) {
		utf8_printable(out, n->file, strlen(n->file));
		buf_addch(out, ':');
		if (n->line > 0)
			buf_addf(out, "%u:", n->line);
		if (n->column > 0)
			buf_addf(out, "%u:", n->column);
		buf_addch(out, ' ');
	}
	if (n->code != NULL)
		buf_addf(out, "%s[%s]: ", levels[n->level], n->code);
	else if (n->level == NOTE_WARNING)
		buf_addstr(out, "warning: ");
	utf8_printable(out, n->text, strlen(n->text));
	buf_addch(out, '\n');
	if (n->source != NULL && n->line > 0 && n->column > 0)
		add_caret(out, n);
	if (n->more != NULL) {
		buf_addstr(out, "      = note: ");
		utf8_printable(out, n->more, strlen(n->more));
		buf_addch(out, '\n');
	}
}

void
diag_notes(const struct diag *d, struct notes *ns)
{
	static const int least_verbosity[] = { 1, 0, 0, -1 };
	struct buf text;
	size_t i;

	buf_init(&text);
	notes_sort(ns);
	for (i = 0; i < ns->n; i++) {
		if (d->verbosity < least_verbosity[ns->list[i].level])
			continue;
		buf_addf(&text, "%s: ", d->program);
		diag_note_text(&ns->list[i], &text);
	}
	if (ns->dropped > 0)
		buf_addf(&text, "%s: %zu more problems not shown\n", d->program,
		    ns->dropped);
	put(d, &text);
	buf_fini(&text);
}

void
diag_unknown(const struct diag *d, const char *what, const char *name,
    const char *near)
{
	if (near != NULL)
		diag_error(d, "%s: '%s'; did you mean '%s'?", what, name, near);
	else
		diag_error(d, "%s: '%s'", what, name);
}

const char *
diag_s(int64_t n)
{
	return n == 1 ? "" : "s";
}

int
diag_worse(int a, int b)
{
	static const int rank[] = { 0, 1, 4, 2, 3 };

	if (a < 0 || a > EXIT_BUSY || b < 0 || b > EXIT_BUSY)
		return a > b ? a : b;
	return rank[a] >= rank[b] ? a : b;
}
