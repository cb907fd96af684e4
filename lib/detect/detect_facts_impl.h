/*
 * detect_facts, private: what all calls together tell, kept for a run that has
 * only those from an instant on (detect.h, struct detect_past, `begins`).
 *
 *   whose     the account of a number, or of a user, by the first call that
 *             tells, what that account is, and since when it has calls that
 *             are not labelled fraud
 *   feeds     of each source how many records it has, the first and the last
 *   written   of each half hour in which a source wrote, or reading noticed
 *             something, the first instant and the last: what calendar buckets
 *             there are, and in which of them a source wrote, is told by these
 *             as by all calls, since two buckets do not begin in one half hour
 *
 * All of it is told as of an instant, `until`.  A run that goes on is given
 * the calls from there on, at least, and none of those before is another, so
 * what is known of a key is as it was.
 *
 * Apart from it, since they are no function of the calls alone: how many groups
 * each rule may have, and from when on it needs calls.
 */
#ifndef LIB_DETECT_DETECT_FACTS_IMPL_H
#define LIB_DETECT_DETECT_FACTS_IMPL_H

#include "base/arena.h"
#include "base/buf.h"
#include "detect/detect_impl.h"

#define DETECT_SLOT_MS INT64_C(1800000) /* the half hour */

struct detect_facts {
	struct arena arena;
	int64_t until;
	int64_t first; /* instant of all records; INT64_MAX: there are none */
	int64_t fraud; /* which calls were labelled so: fraud_sum */
	int64_t floor; /* what was written before is not told, but the
	                      first of each source */
	struct detect_marks records, firsts, lasts; /* by source */
	struct detect_account {
		const char *name;
		int64_t type;  /* enum account_type */
		int64_t since; /* INT64_MAX: never without label */
	} * accounts;          /* by name */
	size_t naccounts;
	struct detect_marks numbers, users; /* place of the account */
	struct detect_written {
		uint64_t source;
		int64_t at;
		int64_t noticed; /* by reading: the source did not write it */
	} * written;             /* by source, noticed, instant */
	size_t nwritten;
};

/* What stands before the columns of its bytes. */
enum { FACTS_FORMAT = 1 };
enum {
	FACTS_HEAD_FORMAT,
	FACTS_HEAD_UNTIL,
	FACTS_HEAD_FIRST,
	FACTS_HEAD_FRAUD,
	FACTS_HEAD_FLOOR,
	FACTS_HEAD_SOURCES, /* how many */
	FACTS_HEAD_ACCOUNTS,
	FACTS_HEAD_NUMBERS,
	FACTS_HEAD_USERS,
	FACTS_HEAD_WRITTEN,
	FACTS_HEAD_SIZE
};

/* What was kept; NULL: nothing that can be read. */
struct detect_facts *detect_facts_take(const struct detect_keep *keep);
void detect_facts_free(struct detect_facts **fp);

/* What there was of a source. */
struct detect_feed detect_facts_feed(const struct detect_facts *f,
    uint64_t source);
/* NULL: it is not known. */
const struct detect_account *detect_facts_account(const struct detect_facts *f,
    const char *name);
const struct detect_account *detect_facts_of(const struct detect_facts *f,
    const struct detect_marks *m, const char *text);

/*
 * Keep what is known of the calls before `until`; with `was` those from there
 * on are added to it.
 */
void detect_facts_keep(const struct detect_batch *db,
    const struct detect_facts *was, int64_t until, int64_t floor,
    struct buf *out);

/* Of rules by hash of their id: as of when, and two numbers each. */
struct detect_terms {
	int64_t until; /* no call before may be another */
	int64_t from;  /* calls before may be carried alone; INT64_MAX: none */
	struct detect_marks groups; /* there are no more than these */
	struct detect_marks needs;  /* calls from here on, ... */
	/* ... and those that are carried, which are all from here on. */
	struct detect_marks carries;
};
/* False: nothing that can be read. */
bool detect_terms_take(struct detect_terms *t, const struct detect_keep *keep);
void detect_terms_print(struct detect_terms *t, struct buf *out);
void detect_terms_fini(struct detect_terms *t);
uint64_t detect_terms_key(const struct rule *r);

#endif
