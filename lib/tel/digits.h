/*
 * digits: the text of a number field, cleaned of what is not the number.
 *
 * Takes the user part of tel: and sip: URIs and of user@host, the number of
 * "Name" <number>; drops visual separators (blank . - / ( )) and the (0)
 * that people write behind a country code; keeps a leading +; keeps star and
 * hash codes whole; drops one # that ends dialling.  Recognises what
 * switches write when there is no number.  Digits are 0 to 9 of ASCII; any
 * other character makes a word of the text.
 */
#ifndef LIB_TEL_DIGITS_H
#define LIB_TEL_DIGITS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bounds.h"

enum digits_kind {
	DIGITS_NONE,      /* empty, NULL, \N, N/A, --: nothing was written */
	DIGITS_ANONYMOUS, /* anonymous, private, withheld, unknown ... */
	DIGITS_NUMBER,    /* digits, perhaps with + in front */
	DIGITS_CODE,      /* a star or hash code: *97, #31#, *21*04012345# */
	DIGITS_WORD       /* s, i, h, t, a SIP user name: not a number */
};

/*
 * The cleaned text goes to `out`: "" for NONE, "anonymous" for every word
 * that means it, the text without its wrapping for WORD.  Too long a text is
 * DIGITS_WORD, cut.
 */
enum digits_kind digits_clean(const char *s, size_t len,
    char out[BOUNDS_NUMBER]);

/* Whether all `len` bytes are 0-9, and there is at least one. */
bool digits_only(const char *s, size_t len);

#endif
