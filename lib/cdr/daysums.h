/*
 * daysums: whether the calls of a day are the same as those of an earlier run.
 *
 * Of a batch as understood and sorted each UTC day with calls has a sum, over
 * all that rules and findings can see of its calls: every member of them, with
 * texts, numbers, sources and files as texts, since ids differ from run to
 * run.  So whatever made a call another one (a record that came late, a leg
 * that was joined, a trunk that is guessed otherwise, a hole that is closed)
 * makes its day another one.  What sources are (site, zone, calendar) is one
 * further sum.  It is a hash of 64 bits: days that differ have equal sums by
 * chance only, and somebody who wants that can have it (base/hash.h).
 *
 * As text, for a store: "f00fa00000000000 20466=0123456789abcdef:300:12 ...",
 * the sum of the sources, then days since 1970 in order, each with its own, how
 * many calls it has, and of how many of them the cost is worked out from rates.
 */
#ifndef LIB_CDR_DAYSUMS_H
#define LIB_CDR_DAYSUMS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "cdr/batch.h"

struct daysums {
	uint64_t sources;
	struct daysum {
		int64_t day;
		uint64_t sum;
		uint64_t calls, rated;
	} * list; /* by day */
	size_t n, cap;
};

/* By several threads, a day each. */
void daysums_take(struct daysums *d, const struct batch *b, size_t threads);
void daysums_fini(struct daysums *d);
void daysums_print(const struct daysums *d, struct buf *out);

/*
 * The first instant, UTC ms, at which calls may be others than those of
 * `text`: the beginning of the first day that differs.  Behind the last day of
 * all where none does; INT64_MIN where all may be others: the sources are, or
 * `text` is none.
 */
int64_t daysums_since(const struct daysums *d, const char *text);

/*
 * The days of a text that end at `begins` or before it; those of `d`, which are
 * later, stand behind them then.  -1 if `text` is none, or `d` has one of that
 * time.
 */
int daysums_before(struct daysums *d, const char *text, int64_t begins);
/* Behind the last day; INT64_MIN: there is none. */
int64_t daysums_end(const struct daysums *d);
/* How many calls the days have, and how many of them are rated. */
uint64_t daysums_calls(const struct daysums *d);
uint64_t daysums_rated(const struct daysums *d);

#endif
