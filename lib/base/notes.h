/*
 * notes: warnings and errors on their way up to the tools.
 *
 * Nothing below floor 8 prints.  What a person should know is added here,
 * each note with its place, and the tool shows them.  Errors in rule,
 * layout and configuration files have a code that never changes its meaning
 * (E1xx text, E2xx predicate, E3xx rule, E4xx waiver and tuning, E5xx test,
 * E6xx layout, W3xx lint), and the source line for the caret.
 */
#ifndef LIB_BASE_NOTES_H
#define LIB_BASE_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum note_level {
	NOTE_DETAIL, /* for somebody who asked for details */
	NOTE_INFO,   /* worth knowing: a guess */
	NOTE_WARNING,
	NOTE_ERROR
};

struct note {
	enum note_level level;
	const char *code;   /* "E201"; NULL where there is none */
	const char *file;   /* NULL where there is none */
	uint32_t line;      /* from 1; 0 where there is none */
	uint32_t column;    /* from 1, in characters; 0 where there is none */
	uint32_t end;       /* column behind the last character marked */
	const char *text;   /* what is wrong: lower case, no full stop */
	const char *source; /* the whole source line, for the caret, or NULL */
	const char *help;   /* beside the caret, or NULL */
	const char *more;   /* a further line: "= note: ...", or NULL */
};

struct notes {
	struct arena arena; /* owns every text of every note */
	struct note *list;
	size_t n, cap;
	size_t errors, warnings; /* all of them, listed or not */
	size_t dropped;          /* errors and warnings beyond BOUNDS_NOTES */
};

void notes_init(struct notes *ns);
void notes_fini(struct notes *ns);

/*
 * Add a note; its texts are copied.  Beyond BOUNDS_NOTES errors and warnings
 * it is counted, not kept.
 */
void notes_add(struct notes *ns, const struct note *note);

/* A note without code, place in a file optional (file NULL, line 0). */
void notes_addf(struct notes *ns, enum note_level level, const char *file,
    uint32_t line, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* The same with the column of what is marked; 0: none. */
void notes_place(struct notes *ns, enum note_level level, const char *file,
    uint32_t line, uint32_t column, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

/* Add all notes of another list. */
void notes_add_all(struct notes *ns, const struct notes *from);

/* By file, line, column, code: the order in which people read them. */
void notes_sort(struct notes *ns);

#endif
