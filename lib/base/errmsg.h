/*
 * errmsg: why an operation failed, in words for a person.
 *
 * A function that can fail takes a struct errmsg as its last parameter and
 * returns -1 with the text set; on success the text is untouched.  Text is
 * lower case, has no full stop, begins with the place where there is one
 * (file:line:), and puts the offender in single quotes.  Each level may add
 * what it was doing with errmsg_prefix().  Passing NULL means: the caller
 * does not want the words.
 */
#ifndef LIB_BASE_ERRMSG_H
#define LIB_BASE_ERRMSG_H

#include "base/bounds.h"

struct errmsg {
	char text[BOUNDS_MESSAGE]; /* NUL-terminated; "" when nothing failed */
};

/* Set the text, printf-like.  Returns -1, so a caller can return it. */
int errmsg_set(struct errmsg *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* As errmsg_set(), with ": " and the words for `errnum` (an errno) behind. */
int errmsg_sys(struct errmsg *err, int errnum, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Put words in front of the text.  Returns -1. */
int errmsg_prefix(struct errmsg *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
