/*
 * html: text into an HTML document, and nothing but text.
 *
 * Every value that comes from outside goes through html_text(), which makes it
 * printable and escapes what has a meaning in HTML, in an attribute in quotes,
 * too.  A text longer than HTML_LONGEST characters is cut and ends in "...".
 */
#ifndef LIB_REPORT_HTML_H
#define LIB_REPORT_HTML_H

#include "base/buf.h"

enum { HTML_LONGEST = 400 };

void html_text(struct buf *b, const char *text);
/* <tag class="class">text</tag>; `class` NULL: none. */
void html_element(struct buf *b, const char *tag, const char *class,
    const char *text);

#endif
