/*
 * detect_buckets, private: what a rule with a calendar window keeps for the
 * next run, and has from the last one.
 *
 * By group the value of each bucket, as it was learnt.  A value says nothing
 * of later calls, so those of the buckets that end before anything is another
 * can be taken, whenever that is.  Values that no bucket from the last 35 days
 * on asks for are not kept, but for where a group's history begins.
 *
 * Whether a bucket counts is told by the calls of one source, the first by
 * name of those that the group has calls of.  So if there are several, the
 * first call of each is kept: where another one would be the first now, all of
 * the history could be another, and the rule is evaluated whole.
 *
 * Packed (base/packed), groups by key:
 *
 *   head      numbers, enum detect_buckets_head
 *   keys      of groups: the texts of `by`, each with its NUL
 *   groups    by group: first bucket, further values, sources
 *   begins    of the buckets of all values, ms
 *   values    bucket, value / factor
 *   sources   names; then by group and source: source, its first call
 */
#ifndef LIB_DETECT_DETECT_BUCKETS_IMPL_H
#define LIB_DETECT_DETECT_BUCKETS_IMPL_H

#include "base/arena.h"
#include "base/packed.h"
#include "detect/detect_impl.h"

enum { BUCKETS_FORMAT = 1 };

enum detect_buckets_head {
	HEAD_FORMAT,
	HEAD_AS_OF,
	HEAD_FLOOR, /* values of buckets that begin before are not there */
	HEAD_FRAUD, /* which calls were labelled so */
	HEAD_FACTOR,
	HEAD_GROUPS,
	HEAD_BEGINS,
	HEAD_VALUES,
	HEAD_SOURCES,
	HEAD_WRITERS,
	HEAD_COUNT
};

#define BUCKETS_NONE SIZE_MAX

struct detect_bucket_group {
	struct packed_text key;
	/* Bucket; BUCKETS_NONE: it has no history, or that of an account. */
	size_t first;
	int64_t first_begins;  /* where that bucket does */
	size_t value, nvalues; /* of the last run: as they are packed */
	/* Before these, what it had then behind a bucket; or NULL. */
	const struct detect_bucket_group *was;
	size_t behind;
	size_t writer, nwriters;
};

/* Buckets are those of the line of the batch that there is now. */
struct detect_buckets {
	struct arena arena;
	int64_t head[HEAD_COUNT];
	int64_t begin; /* of the first bucket that is judged again */
	struct detect_bucket_group *groups;
	size_t ngroups, groups_cap;
	/* Of all groups; of the last run, of the one that was unpacked. */
	struct baseline_entry *values;
	size_t nvalues, values_cap;
	const struct detect_bucket_group *unpacked;
	struct packed_numbers packed_buckets, packed_values;
	size_t *numbers; /* of buckets, as they are now; or BUCKETS_NONE */
	int64_t unit;    /* in which values are packed */
	bool in_units;   /* ... and unpacked */
	struct detect_bucket_writer {
		uint16_t source;
		int64_t first; /* its first call of the group */
	} * writers;
	size_t nwriters, writers_cap;
	size_t *of_group; /* by group of the rule: place in groups + 1, or 0 */
};

struct detect_buckets *detect_buckets_new(void);
struct detect_bucket_group *detect_buckets_group(struct detect_buckets *p,
    const char *key, size_t len);
/*
 * What a group of the last run has of buckets that stand, in their order; until
 * the next is unpacked.
 */
const struct baseline_entry *detect_buckets_unpack(struct detect_buckets *p,
    const struct detect_bucket_group *g, size_t *n);
/* The same behind a bucket. */
const struct baseline_entry *detect_buckets_behind(struct detect_buckets *p,
    const struct detect_bucket_group *g, size_t bucket, size_t *n);
/* From now on values are unpacked in the unit that this returns. */
int64_t detect_buckets_in_units(struct detect_buckets *p);
/* To the group that came last. */
void detect_buckets_values(struct detect_buckets *p,
    const struct baseline_entry *v, size_t n);
void detect_buckets_writer(struct detect_buckets *p, uint16_t source,
    int64_t first);
int detect_buckets_compare(const struct packed_text *a,
    const struct packed_text *b);
/* The texts of a group of the work. */
void detect_buckets_key(const struct detect_work *w, size_t group,
    struct buf *key);
/* Whether what is learnt depends on the source, and there are several. */
bool detect_buckets_by_source(const struct detect_work *w);

#endif
