/*
 * pattern_impl: what the sources of pattern share.
 *
 *   pattern.c        patterns as PCRE2 matches them
 *   pattern_plain.c  a few that most records meet, matched without it
 */
#ifndef LIB_IO_PATTERN_IMPL_H
#define LIB_IO_PATTERN_IMPL_H

#include <stdint.h>

#include "io/pattern.h"

enum { PATTERN_PLAIN_GROUPS = 2, PATTERN_PLAIN_WORDS = 16 };

struct pattern_plain;

/*
 * 1 match, 0 none, as PCRE2 says, with both groups; -1: ask PCRE2.
 */
typedef int pattern_plain_match(const struct pattern_plain *p, const char *s,
    size_t len, struct pattern_group groups[PATTERN_PLAIN_GROUPS]);

struct pattern_plain {
	pattern_plain_match *match; /* NULL: only PCRE2 does */
	/*
	 * Of "^(?:a|b)" and "^(?!a|b).+", in the pattern's text; what it begins
	 * with, of others.
	 */
	struct pattern_word {
		const char *text;
		size_t len;
		uint64_t begin; /* its first eight bytes, ... */
		uint64_t asked; /* ... as far as it has them */
	} words[PATTERN_PLAIN_WORDS];
	size_t n;
};

/* What matches this pattern; the text must live as long. */
void pattern_plain(struct pattern_plain *p, const char *text, int flags);

#endif
