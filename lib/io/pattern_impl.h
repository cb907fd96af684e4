/*
 * pattern_impl: what the sources of pattern share.
 *
 *   pattern.c        patterns as PCRE2 matches them
 *   pattern_plain.c  a few that most records meet, matched without it
 */
#ifndef LIB_IO_PATTERN_IMPL_H
#define LIB_IO_PATTERN_IMPL_H

#include "io/pattern.h"

enum { PATTERN_PLAIN_GROUPS = 2 };

/*
 * 1 match, 0 none, as PCRE2 says, with both groups; -1: ask PCRE2.
 */
typedef int pattern_plain_match(const char *s, size_t len,
    struct pattern_group groups[PATTERN_PLAIN_GROUPS]);

/* What matches this pattern, NULL: only PCRE2 does. */
pattern_plain_match *pattern_plain(const char *text, int flags);

#endif
