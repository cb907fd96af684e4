/*
 * refusal: tables of what a sound file is refused for when one text of it is
 * another.
 */
#ifndef TESTS_UNIT_REFUSAL_H
#define TESTS_UNIT_REFUSAL_H

#include <stddef.h>

#include "base/notes.h"

struct refusal {
	const char *old, *new; /* the text that is replaced, once */
	const char *code;      /* or how it begins */
	unsigned line, column; /* line 0: wherever it is */
	const char *text;      /* of the note; NULL: any */
	const char *help;      /* NULL: whatever it is */
};

/* `text` with the first `old` replaced; the caller frees it. */
char *refusal_make(const char *text, const char *old, const char *new);

/* The first of `n` notes with the text is as the table has it. */
void refusal_check(const struct refusal *r, const struct note *list, size_t n);

/* All of a table, for layouts: none of them is loaded. */
void refusal_layouts(const char *sound, const struct refusal *table, size_t n);

#endif
