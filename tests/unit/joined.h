/*
 * joined: what calls the legs of recorded calls make, at recorded_site, for
 * the tests of legs.
 */
#ifndef TESTS_UNIT_JOINED_H
#define TESTS_UNIT_JOINED_H

#include "base/buf.h"
#include "recorded.h"

/* Channels of trunks; OUT2 is another way out. */
#define IN   "SIP/211553-0000000b"
#define OUT  "SIP/carrier-0000000c"
#define OUT2 "SIP/second-0000000d"

/* Understand them, with the channels above as trunks. */
void joined_resolve(struct batch *b);
/* Understand, join and print; returns how many legs were absorbed. */
size_t joined_print(const struct recorded *r, size_t n, struct buf *out);
void joined_check(const struct recorded *r, size_t n, const char *want);

#define CHECK(calls, want) \
	joined_check(calls, sizeof(calls) / sizeof((calls)[0]), want)

#endif
