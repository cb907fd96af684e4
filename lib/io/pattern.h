/*
 * pattern: regular expressions with limits (PCRE2).
 *
 * A pattern that needs more steps than BOUNDS_PATTERN_MATCH is a broken
 * pattern: that is an error (-1), never "no match".  A compiled pattern is
 * read-only and may be shared by threads; what a match needs is on the stack
 * of the call, so matching allocates nothing unless a pattern backtracks
 * deeply.
 *
 * Text is UTF-8 unless PATTERN_BYTES is given; malformed bytes in it match
 * nothing, not even a dot.
 */
#ifndef LIB_IO_PATTERN_H
#define LIB_IO_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errmsg.h"

struct pattern;

enum {
	PATTERN_WHOLE = 1, /* must match the whole text */
	PATTERN_BYTES = 2  /* bytes, not UTF-8: for records of switches */
};

struct pattern_group {
	size_t begin, end; /* begin > end: this group took no part */
};

/* On error -1: words, and in `*offset` the byte in `text` that is wrong. */
int pattern_compile(struct pattern **pp, const char *text, int flags,
    size_t *offset, struct errmsg *err);
void pattern_free(struct pattern **pp);

const char *pattern_text(const struct pattern *p);

/*
 * 1 match, 0 none, -1 a limit was hit.  Group 0 is the whole match.  `groups`
 * may be NULL with 0.
 */
int pattern_match(const struct pattern *p, const char *s, size_t len,
    struct pattern_group *groups, size_t ngroups, struct errmsg *err);

/*
 * Of a PATTERN_WHOLE: how many bytes of `s` a match could have taken before
 * it failed; all of them if only the end came too early, 0 if that cannot be
 * known.  Slow: for explanations.
 */
size_t pattern_reach(const struct pattern *p, const char *s, size_t len);

#endif
