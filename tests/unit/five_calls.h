/*
 * Five calls that predicates are asked about:
 *   0  out to Cuba at two in the night, 31 s, 1.50
 *   1  in to a toll-free number in the morning, 10 s, an IVR
 *   2  in from nobody to an extension in the evening, not answered
 *   3  out, forwarded by 2042, busy
 *   4  through, from a number to itself, at a source in New York that has a
 *      calendar of its own: 08:30 there, 13:30 UTC
 */
#ifndef TESTS_UNIT_FIVE_CALLS_H
#define TESTS_UNIT_FIVE_CALLS_H

#include "rule/predicate.h"

enum { CALLS = 5 };

struct fixture {
	struct batch *batch;
	struct named named;
	struct arena arena;
	struct notes notes;
	struct json_doc *doc;
	const struct predicate *p; /* of the last five_calls_compile() */
};

int five_calls_set_up(void **state);
int five_calls_tear_down(void **state);

/* f->p is NULL if the text is none; f->notes says why. */
void five_calls_compile(struct fixture *f, const char *text);

#endif
