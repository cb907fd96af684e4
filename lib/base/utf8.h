/*
 * utf8: text of unknown origin made safe to show.
 *
 * Caller names are chosen by strangers and switches write Latin-1, garbage
 * and escape sequences.  JSON wants valid UTF-8; a terminal must not see
 * control characters.
 */
#ifndef LIB_BASE_UTF8_H
#define LIB_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Length in bytes of the well-formed character at `s` (`n` bytes left), 0 if
 * it is malformed: overlong, surrogate, above U+10FFFF or cut short.
 */
size_t utf8_char(const char *s, size_t n);

bool utf8_valid(const char *s, size_t n);
/* Valid, and all of it one byte a character; of that much is asked. */
bool utf8_ascii(const char *s, size_t n);

/* Characters in the text; a malformed byte counts as one. */
size_t utf8_length(const char *s, size_t n);

/* Append, every malformed byte replaced by U+FFFD. */
void utf8_repair(struct buf *b, const char *s, size_t n);
/* Append, every malformed byte taken for Latin-1 (ISO 8859-1). */
void utf8_mend(struct buf *b, const char *s, size_t n);

/*
 * Append for a terminal or a text report: control characters, ESC, DEL, C1
 * controls, bidirectional controls and malformed bytes become '?'.
 */
void utf8_printable(struct buf *b, const char *s, size_t n);

#endif
