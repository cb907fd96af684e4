/* callpack, private: what stands where. */
#ifndef LIB_CDR_CALLPACK_IMPL_H
#define LIB_CDR_CALLPACK_IMPL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/packed.h"
#include "cdr/batch.h"

enum { CALLPACK_FORMAT = 1 };

enum callpack_head {
	CALLPACK_HEAD_FORMAT,
	CALLPACK_HEAD_TEXTS, /* how many */
	CALLPACK_HEAD_PARTIES,
	CALLPACK_HEAD_LISTED,
	CALLPACK_HEAD_CALLS,
	CALLPACK_HEAD_SIZE
};

enum callpack_column {
	CALLPACK_START,
	CALLPACK_COST,
	CALLPACK_RING,
	CALLPACK_DURATION,
	CALLPACK_SRC,
	CALLPACK_DST,
	CALLPACK_FORWARDED_BY,
	CALLPACK_DIALLED,
	CALLPACK_ACCOUNT,
	CALLPACK_USER,
	CALLPACK_TRUNK_IN,
	CALLPACK_TRUNK_OUT,
	CALLPACK_SOURCE,
	CALLPACK_CURRENCY,
	CALLPACK_DIRECTION,
	CALLPACK_STATUS,
	CALLPACK_FEATURE,
	CALLPACK_ACCOUNT_TYPE,
	CALLPACK_FLAGS,
	CALLPACK_KEY,
	CALLPACK_LINE,
	CALLPACK_FILE,
	CALLPACK_CALL_ID,
	CALLPACK_JOIN,
	CALLPACK_SRC_NAME,
	CALLPACK_SERVICE,
	CALLPACK_AUTH_CODE,
	CALLPACK_LISTED,
	CALLPACK_CAUSE,
	CALLPACK_ZONE_KIND,
	CALLPACK_STATED,
	CALLPACK_USER_CALLED,
	CALLPACK_EVENT,
	CALLPACK_QUALITY,
	CALLPACK_RATED,
	CALLPACK_CLOCK,
	CALLPACK_COLUMNS
};

#define CALLPACK_BIT(column) (UINT64_C(1) << (column))

/* Columns that are numbers of texts. */
#define CALLPACK_TEXTS                                                         \
	(CALLPACK_BIT(CALLPACK_DIALLED) | CALLPACK_BIT(CALLPACK_ACCOUNT) |     \
	    CALLPACK_BIT(CALLPACK_USER) | CALLPACK_BIT(CALLPACK_TRUNK_IN) |    \
	    CALLPACK_BIT(CALLPACK_TRUNK_OUT) | CALLPACK_BIT(CALLPACK_SOURCE) | \
	    CALLPACK_BIT(CALLPACK_CURRENCY) | CALLPACK_BIT(CALLPACK_FILE) |    \
	    CALLPACK_BIT(CALLPACK_CALL_ID) | CALLPACK_BIT(CALLPACK_JOIN) |     \
	    CALLPACK_BIT(CALLPACK_SRC_NAME) | CALLPACK_BIT(CALLPACK_SERVICE) | \
	    CALLPACK_BIT(CALLPACK_AUTH_CODE))

/* Columns that are numbers of parties. */
#define CALLPACK_PARTIES                                           \
	(CALLPACK_BIT(CALLPACK_SRC) | CALLPACK_BIT(CALLPACK_DST) | \
	    CALLPACK_BIT(CALLPACK_FORWARDED_BY))

enum callpack_party {
	CALLPACK_PARTY_TEXT,
	CALLPACK_PARTY_COUNTRY,
	CALLPACK_PARTY_BLOCK,
	CALLPACK_PARTY_KIND,
	CALLPACK_PARTY_PARTY,
	CALLPACK_PARTY_INSIDE,
	CALLPACK_PARTY_INTERNATIONAL,
	CALLPACK_PARTY_OWN,
	CALLPACK_PARTY_STATED,
	CALLPACK_PARTY_COLUMNS
};

#define CALLPACK_PARTY_TEXTS                       \
	(CALLPACK_BIT(CALLPACK_PARTY_TEXT) |       \
	    CALLPACK_BIT(CALLPACK_PARTY_COUNTRY) | \
	    CALLPACK_BIT(CALLPACK_PARTY_BLOCK))

enum callpack_listed {
	CALLPACK_LISTED_CLASS,
	CALLPACK_LISTED_GROUP,
	CALLPACK_LISTED_CAPACITY,
	CALLPACK_LISTED_CALENDAR, /* 0: none; else text + 1 */
	CALLPACK_LISTED_COLUMNS
};

#define CALLPACK_LISTED_TEXTS                  \
	(CALLPACK_BIT(CALLPACK_LISTED_CLASS) | \
	    CALLPACK_BIT(CALLPACK_LISTED_GROUP))

/* Calls on their way from bytes into a batch. */
struct callpack_reading {
	struct batch *b;
	const unsigned char *at, *end;
	struct arena arena;
	size_t ntexts, nparties, nlisted, n;
	struct packed_text *texts;
	struct packed_numbers calls[CALLPACK_COLUMNS];
	struct packed_numbers parties[CALLPACK_PARTY_COLUMNS];
	struct packed_numbers listed[CALLPACK_LISTED_COLUMNS];
	/* What they are in the batch; of texts UINT32_MAX: nobody asked. */
	uint32_t *names, *ids, *sources, *files, *currencies;
	uint32_t *party_ids, *listed_ids;
	size_t first, taken; /* where the first goes, and how many do */
	size_t threads;
};

/* Take all columns; false: they cannot be. */
bool callpack_take(struct callpack_reading *r);

/*
 * Find or add what they name, which needs no other call of the batch: parties
 * and what the directory says; false: some of it is not there.  Then the texts
 * of the calls that are taken.
 */
bool callpack_resolve(struct callpack_reading *r);
void callpack_resolve_texts(struct callpack_reading *r);
/* A text as a names id, and as one of what is different each time. */
uint32_t callpack_name(const struct callpack_reading *r, int64_t text);
uint32_t callpack_id(const struct callpack_reading *r, int64_t text);

#endif
