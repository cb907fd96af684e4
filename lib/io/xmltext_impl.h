/*
 * The inside of module xmltext.  xmltext.c has expat read documents;
 * xmltext_path.c reads paths.
 */
#ifndef LIB_IO_XMLTEXT_IMPL_H
#define LIB_IO_XMLTEXT_IMPL_H

#include "base/buf.h"
#include "io/xmltext.h"

/* An element on the way: its name, and an attribute that it must have. */
struct xml_step {
	char *name;
	char *attribute, *value; /* or NULL */
};

struct xml_path {
	struct xml_step *steps;
	size_t nsteps, cap;
	char *attribute; /* wanted of the last element, or NULL: its text */
	/* While a document is read: */
	size_t matched; /* of the open elements, so many are on the way */
	bool open;      /* the last of them is, and its text counts */
	bool done;
	bool cut; /* more than blanks was left out */
	struct buf text;
};

/* Read a path into a zeroed one; false if it is none. */
bool xml_path_take(struct xml_path *p, const char *s);
void xml_path_fini(struct xml_path *p);

#endif
