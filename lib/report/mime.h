/*
 * mime: text in the forms that messages carry it in.
 *
 * Quoted-printable (RFC 2045, 6.7) for bodies, encoded words (RFC 2047) for
 * header values.
 */
#ifndef LIB_REPORT_MIME_H
#define LIB_REPORT_MIME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Append a body of UTF-8 lines, quoted-printable: no line longer than 76
 * characters, none that is only "." or begins with "From ".  Ends in a line
 * feed.
 */
void mime_body(struct buf *b, const char *text, size_t len);
/* The same for bytes whose line ends must arrive as they are. */
void mime_body_exact(struct buf *b, const char *bytes, size_t len);
/*
 * Append "Name: value" with its line feed, of text for people: what cannot be
 * shown becomes '?', what is not ASCII, or too long a word, encoded words; long
 * values are folded.
 */
void mime_header(struct buf *b, const char *name, const char *value);
/* The same for addresses, ids and dates, printable ASCII: nothing encoded. */
void mime_header_plain(struct buf *b, const char *name, const char *value);
/*
 * Whether a text can stand where addresses do: "a@example.net",
 * "Ops <ops@example.net>, root"; printable ASCII, commas between, each with
 * something in it.
 */
bool mime_addresses_valid(const char *text);

#endif
