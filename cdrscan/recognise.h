/* What the parts of --recognise share. */
#ifndef CDRSCAN_RECOGNISE_H
#define CDRSCAN_RECOGNISE_H

#include "base/buf.h"
#include "report/page.h"
#include "scan.h"

enum { RECOGNISE_CALLS = 3 }; /* shown of each file */

/* One file, and its first calls as understood, in the order of their lines. */
struct looked_at {
	const struct ingest_file *file;
	const struct layout *layout; /* NULL: none */
	const struct reject *reject; /* the first; NULL: none */
	const struct zone *zone;     /* of its calls */
	size_t calls[RECOGNISE_CALLS];
	size_t n;
};

/* How its start is written; NULL if that is not known. */
const char *recognise_stamp(const struct looked_at *l);
/* Why it has no layout, or was not read to its end; or NULL. */
const char *recognise_trouble(const struct looked_at *l);

/* The table of its calls; a field that none of them has is left out. */
void recognise_calls(struct page *p, const struct batch *batch,
    const struct looked_at *l);

/* One object of cdr.recognition/1 in a line; and a list of them. */
void recognise_json(const struct scan *s, const struct looked_at *l,
    struct buf *out);
void recognise_json_all(const struct scan *s, const struct looked_at *list,
    size_t n, struct buf *out);

#endif
