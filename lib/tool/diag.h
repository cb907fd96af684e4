/*
 * diag: messages to people, on standard error.
 *
 *	cdrscan: calls.csv:120: warning: not a number: 'abc'
 *
 * One line each, "program: place: level: words"; an error has no level word
 * unless it has a code.  Notes with a source line show it with a caret.  What
 * came from a call record is made printable first.  The exit status is the
 * worst thing said: see enum exit_code.
 */
#ifndef LIB_TOOL_DIAG_H
#define LIB_TOOL_DIAG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/notes.h"
#include "tool/progress.h"

/* The meaning of each exit status, fixed for ever (cdrguard.7). */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_HOLDS = 1,      /* the condition the caller asked about holds */
	EXIT_NOT_DONE = 2,   /* usage, configuration, rules, store, I/O */
	EXIT_INCOMPLETE = 3, /* some input or rule was given up */
	EXIT_BUSY = 4        /* another run holds the lock */
};

struct diag {
	const char *program;
	int verbosity; /* -1 errors only, 0, 1 (-v), 2 (-vv) */
	bool colour;
	struct progress *progress; /* makes room for what is said; or NULL */
};

/*
 * An error; a warning or a remark worth knowing (not with -q); a word on
 * progress (only with -v).
 */
void diag_error(const struct diag *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void diag_warn(const struct diag *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void diag_remark(const struct diag *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void diag_info(const struct diag *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The error of a name that nothing has: "no such rule: 'known-bat'; did you
 * mean 'known-bad'?".  `what` is all before the name, `near` a name that it
 * looks like, or NULL.
 */
void diag_unknown(const struct diag *d, const char *what, const char *name,
    const char *near);

/* Every note in turn, sorted; only errors with -q, details with -v. */
void diag_notes(const struct diag *d, struct notes *ns);
/* One note as diag_notes() shows it, several lines, without the program. */
void diag_note_text(const struct note *n, struct buf *out);

/* "s" unless `n` is 1: "%lld file%s". */
const char *diag_s(int64_t n);

/*
 * The status of two parts of a run together: 2 before 4 before 3 before 1
 * before 0, because an incomplete look outranks a verdict.
 */
int diag_worse(int a, int b);

#endif
