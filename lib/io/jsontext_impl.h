/*
 * The inside of module jsontext.  jsontext_scan.c goes over the text and
 * finds problems and spans; jsontext_note.c knows lines and columns;
 * jsontext_at.c finds members; jsontext.c has cJSON parse the text and joins
 * its tree with the spans.
 */
#ifndef LIB_IO_JSONTEXT_IMPL_H
#define LIB_IO_JSONTEXT_IMPL_H

#include "io/jsontext.h"

struct cJSON;

struct json_span {
	size_t begin, end;
	size_t key_begin, key_end; /* equal if it has no key */
};

struct json_doc {
	char *file;
	char *text; /* NUL-terminated */
	size_t len;
	size_t *lines; /* where each line begins */
	size_t n_lines, cap_lines;
	struct json_span *spans; /* of all values, in the order they begin */
	size_t n_spans, cap_spans;
	struct json *nodes; /* one for each span */
	struct cJSON *tree; /* owns keys and strings */
};

/*
 * Find all spans and problems.  `clean` begins as a copy of the text; what
 * has been reported is overwritten there, so that cJSON can read the rest.
 * False if the end was not reached.
 */
bool json_scan(struct json_doc *doc, char *clean, struct notes *notes);

/* Find the lines of the text. */
void json_find_lines(struct json_doc *doc);

/* Add an error about some bytes of the text. */
void json_note_bytes(struct notes *ns, const struct json_doc *doc,
    const char *code, size_t begin, size_t end, const char *help,
    const char *more, const char *text);

#endif
