/*
 * quality_impl: what the sources of quality share.
 *
 *   quality.c         the events, and those of the order of records
 *   quality_copies.c  hours with copies
 *   quality_holes.c   times without records
 *   quality_kept.c    what tells of such times when records are not there
 *   quality_stretch.c the same events of a stretch of the calls
 */
#ifndef LIB_CDR_QUALITY_IMPL_H
#define LIB_CDR_QUALITY_IMPL_H

#include <stdbool.h>

#include "cdr/quality.h"

#define QUALITY_HOUR_MS INT64_C(3600000)
/* What came before a hole must reach that far back. */
#define QUALITY_WEEK_MS (168 * QUALITY_HOUR_MS)
enum { QUALITY_WEEKS = 4 };

/* Records that each of the weeks had where now is none. */
enum { QUALITY_USUAL = 10 };

/* Records are counted by so much, and so far back from the last one. */
#define QUALITY_BIN_MS  INT64_C(300000)
#define QUALITY_KEPT_MS (6 * QUALITY_WEEK_MS)

/* A hole that is over: its ends are records, that at `from` is the event's. */
struct quality_hole {
	int64_t from, to, clear;
	uint32_t line;
	uint8_t zone_kind;
	char *file;
};

/* What is kept of one source. */
struct quality_feed {
	char *name;
	int64_t first, last; /* of its records */
	/* When a silence since then is a hole, at the earliest. */
	int64_t clear;
	int64_t was_last, was_clear; /* both as they were read */
	int64_t *bins, *counts;      /* of bins that have records, in order */
	size_t nbins, bins_cap, counts_cap;
	struct quality_hole *holes;
	size_t nholes, holes_cap;
};

struct quality_kept {
	int64_t since; /* the first bin that was counted */
	struct quality_feed *list;
	size_t n, cap;
};

/* A feed by its name, added if it is new; it moves with the next one. */
struct quality_feed *quality_kept_feed(struct quality_kept *k,
    const char *name);
void quality_kept_hole(struct quality_feed *f, const struct quality_hole *h,
    const char *file);
void quality_kept_fini(struct quality_kept *k);
void quality_kept_print(const struct quality_kept *k, struct buf *out);
int quality_kept_read(struct quality_kept *k, const struct buf *bytes);
/*
 * Count the records of the batch from `from` on, and forget what was counted of
 * that time before, and what is too old by `until`.
 */
void quality_kept_count(struct quality_kept *k, const struct batch *b,
    int64_t from, int64_t until);
/*
 * When it was clear that records are missing behind `from`: the moment by which
 * there were enough of them in each of the weeks before, even if all was an
 * hour earlier or later there, as it is when clocks change.  `usual` tells when
 * the QUALITY_USUAL-th record behind a time came, INT64_MAX where it did not;
 * then nothing is ever clear.
 */
int64_t quality_clear(int64_t from,
    int64_t (*usual)(const void *records, int64_t t), const void *records);
/*
 * When it can be clear, at the earliest, that records of a source are missing
 * behind `from`; INT64_MAX: never.  INT64_MIN: what was counted does not reach
 * back far enough.
 */
int64_t quality_clear_least(const struct quality_kept *k,
    const struct quality_feed *f, int64_t from);

/* An event of call `at`, which may move: the batch grows. */
void quality_add(struct batch *b, enum call_quality kind, size_t at,
    int64_t start, uint32_t duration, const char *words);
/* A record that events are told of, or one that stood there. */
struct quality_record {
	uint16_t source;
	uint8_t zone_kind; /* enum stamp_kind */
	uint32_t file, line;
};
struct quality_record quality_record_of(const struct batch *b, size_t i);

/* An event of a record that has this source and origin. */
void quality_add_like(struct batch *b, enum call_quality kind,
    const struct quality_record *like, int64_t start, uint32_t duration,
    const char *words);

/* Events for copies; returns whether there may be holes, too. */
bool quality_find_copies(struct batch *b, size_t threads);
/*
 * Of the first `n` calls, which are sorted; events may stand behind them.  What
 * is kept gets those that are over, and when silence is one; or NULL.
 */
void quality_find_holes(struct batch *b, size_t n, struct quality_kept *k);
/* A hole of the record with this source and origin. */
void quality_tell_hole(struct batch *b, const struct quality_record *like,
    const struct quality_hole *h);
/*
 * Indexes of the records among the first `n` calls, those of each source
 * together; `ends` gets where each source's end.  Both to be freed.
 */
uint32_t *quality_by_source(const struct batch *b, size_t n, size_t **ends);

#endif
