/*
 * rates: what a minute costs, by the beginning of the called number, from a
 * CSV file with the columns prefix, per_minute, currency and, as wanted,
 * increment: the seconds that talk is rounded up to, 1 where it is not said.
 *
 * The longest prefix wins.  The cost is exact to a micro-unit, half to even.
 */
#ifndef LIB_TEL_RATES_H
#define LIB_TEL_RATES_H

#include <stddef.h>
#include <stdint.h>

#include "base/notes.h"

struct rate {
	int64_t per_minute; /* micro-units */
	int64_t increment;  /* seconds */
	const char *currency;
	uint32_t column; /* of its prefix in the line of the file */
};

struct rates;

/*
 * -1 with an error in `notes` for each row that is wrong; one prefix twice is.
 */
int rates_load(struct rates **rp, const char *path, struct notes *notes);
size_t rates_size(const struct rates *r);
void rates_free(struct rates **rp);

/* The rate of a number, +E.164; NULL if there is none; `r` may be NULL. */
const struct rate *rates_find(const struct rates *r, const char *number);
/* What so much talk, ms, costs; the greatest amount if it is too much. */
int64_t rate_cost(const struct rate *r, int64_t duration);
/* For the fingerprint of a run: hash of all rows, in order. */
uint64_t rates_hash(const struct rates *r);

#endif
