#include "base/notes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/xalloc.h"

void
notes_init(struct notes *ns)
{
	memset(ns, 0, sizeof(*ns));
}

void
notes_fini(struct notes *ns)
{
	arena_fini(&ns->arena);
	free(ns->list);
	notes_init(ns);
}

void
notes_add(struct notes *ns, const struct note *note)
{
	struct note *copy;

	ns->errors += note->level == NOTE_ERROR;
	ns->warnings += note->level == NOTE_WARNING;
	if (note->level >= NOTE_WARNING &&
	    ns->errors + ns->warnings > BOUNDS_NOTES) {
		ns->dropped++;
		return;
	}
	ns->list = xgrow(ns->list, &ns->cap, ns->n + 1, sizeof(*ns->list));
	copy = &ns->list[ns->n++];
	*copy = *note;
	copy->code = arena_strdup(&ns->arena, note->code);
	copy->file = arena_strdup(&ns->arena, note->file);
	copy->text = arena_strdup(&ns->arena, note->text);
	copy->source = arena_strdup(&ns->arena, note->source);
	copy->help = arena_strdup(&ns->arena, note->help);
	copy->more = arena_strdup(&ns->arena, note->more);
}

void
notes_addf(struct notes *ns, enum note_level level, const char *file,
    uint32_t line, const char *fmt, ...)
{
	char text[BOUNDS_MESSAGE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	notes_add(ns, &(struct note){ .level = level,
			  .file = file,
			  .line = line,
			  .text = text });
}

void
notes_place(struct notes *ns, enum note_level level, const char *file,
    uint32_t line, uint32_t column, const char *fmt, ...)
{
	char text[BOUNDS_MESSAGE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	notes_add(ns, &(struct note){ .level = level,
			  .file = file,
			  .line = line,
			  .column = column,
			  .end = column > 0 ? column + 1 : 0,
			  .text = text });
}

void
notes_add_all(struct notes *ns, const struct notes *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		notes_add(ns, &from->list[i]);
}

static int
compare_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int
compare(const void *va, const void *vb)
{
	const struct note *a = va, *b = vb;
	int c;

	if ((c = compare_text(a->file, b->file)) != 0)
		return c;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	if ((c = compare_text(a->code, b->code)) != 0)
		return c;
	return compare_text(a->text, b->text);
}

void
notes_sort(struct notes *ns)
{
	if (ns->n > 1)
		qsort(ns->list, ns->n, sizeof(*ns->list), compare);
}
