/*
 * quantity: numbers in rule files: 3, 0.6, "2h", "$calls".
 *
 * Everything is held in millionths (RULE_UNIT), so that thresholds and values
 * are compared as integers: 3 is 3000000, "2h" is 7200000 (ms) times
 * RULE_UNIT.
 */
#ifndef LIB_RULE_QUANTITY_H
#define LIB_RULE_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/notes.h"
#include "io/jsontext.h"

#define RULE_UNIT INT64_C(1000000)

/* A threshold that sites may change. */
struct param {
	const char *name, *help;
	bool is_span;            /* written with a unit of time */
	int64_t value, min, max; /* RULE_UNIT */
	const char *origin;      /* file that set the value */
};

struct params {
	const struct param *list;
	size_t n;
};

enum quantity_kind { QUANTITY_ANY, QUANTITY_NUMBER, QUANTITY_SPAN };

/*
 * A number, a span or "$name" of `params` (NULL: parameters cannot stand
 * here).  `*is_span` says which.  -1 with a note: E204 wrong type or out of
 * range, E302 unknown parameter.
 */
int quantity_read(const struct json *j, const struct params *params, int64_t *v,
    bool *is_span, struct notes *notes);
/* The same where only one kind makes sense. */
int quantity_read_as(const struct json *j, const struct params *params,
    enum quantity_kind kind, int64_t *v, struct notes *notes);
/* As written: "3", "0.6", "2h". */
void quantity_print(struct buf *b, int64_t v, bool is_span);

/* NULL if there is none of this name (without the $). */
const struct param *params_find(const struct params *params, const char *name);

#endif
