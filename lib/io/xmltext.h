/*
 * xmltext: the texts at certain places of an XML document (expat).
 *
 * A path leads from the root element to what is wanted:
 *
 *	OrigParty/SubscriberAddr	the text of an element in an element
 *	OrigParty/@type			an attribute
 *	@connected			an attribute of the root element itself
 *	Reason[@type='q850']		only an element with this attribute
 *
 * The first such element or attribute of the document counts.  Names are
 * compared without their namespace prefix.  Of an element its own text is
 * taken, not that of elements in it, and without blanks and line ends at its
 * ends.
 *
 * Documents come from strangers.  Nothing outside of them is ever loaded; one
 * that declares an entity, or is nested beyond BOUNDS_XML_DEPTH, is refused; of
 * a text at most BOUNDS_FIELD + 1 bytes are kept, and of a longer one all of
 * these, so that it can be seen to be too long.  Malformed UTF-8 and control
 * characters are replaced, and that is said; everything else must be
 * well-formed.
 */
#ifndef LIB_IO_XMLTEXT_H
#define LIB_IO_XMLTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"

struct xmltext;

struct xmltext *xmltext_new(void);
void xmltext_free(struct xmltext **xp);

/* One path more; they count from 0.  -1 with words if it is none. */
int xmltext_add(struct xmltext *x, const char *path, struct errmsg *err);

/*
 * Read a document, whatever encoding it states: `encoding` is that of its
 * bytes.  ISO-8859-1 and the other sets of one byte a character are read as
 * ISO-8859-1, everything else as UTF-8.  -1 with words.
 */
int xmltext_read(struct xmltext *x, const char *bytes, size_t len,
    const char *encoding, struct errmsg *err);

/*
 * What stood at path `i` of the last document, UTF-8 and valid until the next
 * read; "" if there was nothing.
 */
const char *xmltext_get(const struct xmltext *x, uint32_t i, size_t *len);
/* Whether bytes of the last document had to be replaced. */
bool xmltext_repaired(const struct xmltext *x);

#endif
