/*
 * daysums: whether the calls of a day are the same as those of an earlier run.
 *
 * Of a batch as understood and sorted each UTC hour with calls has a sum, over
 * all that rules and findings can see of its calls: every member of them, with
 * texts, numbers, sources and files as texts, since ids differ from run to
 * run.  So whatever made a call another one (a record that came late, a leg
 * that was joined, a trunk that is guessed otherwise, a hole that is closed)
 * makes its hour another one.  What sources are (site, zone, calendar) is one
 * further sum.  It is a hash of 64 bits: hours that differ have equal sums by
 * chance only, and somebody who wants that can have it (base/hash.h).
 *
 * As text, for a store:
 * "f00fa00000000000 491184+24=0123456789abcdef:300:12 491213+1=...", the sum of
 * the sources, then spans in order: the first hour since 1970 and how many, 1
 * or a day, each with a sum, how many calls it has, and of how many of them the
 * cost is worked out from rates.  A day has the sum of its hours; they stand
 * for themselves on the last day and the three before it.
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
		int64_t hour; /* since 1970 */
		int64_t hours;
		uint64_t sum;
		uint64_t calls, rated;
	} * list; /* by hour */
	size_t n, cap;
};

/* By several threads, an hour each. */
void daysums_take(struct daysums *d, const struct batch *b, size_t threads);
void daysums_fini(struct daysums *d);
void daysums_print(const struct daysums *d, struct buf *out);

/*
 * The first instant, UTC ms, at which calls may be others than those of
 * `text`: the beginning of the first span that differs.  Behind the last one of
 * all where none does; INT64_MIN where all may be others: the sources are, or
 * `text` is none.
 */
int64_t daysums_since(const struct daysums *d, const char *text);

/*
 * The spans of a text that end at `begins` or before it; those of `d`, which
 * are later, stand behind them then.  -1 if `text` is none, `begins` is inside
 * one of its days, or `d` has one of that time.
 */
int daysums_before(struct daysums *d, const char *text, int64_t begins);
/* Where the span that has `t` begins, or, if none has, its hour. */
int64_t daysums_begin(const struct daysums *d, int64_t t);
/* Behind the last span; INT64_MIN: there is none. */
int64_t daysums_end(const struct daysums *d);
/* How many calls the spans have, and how many of them are rated. */
uint64_t daysums_calls(const struct daysums *d);
uint64_t daysums_rated(const struct daysums *d);

#endif
