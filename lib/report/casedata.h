/*
 * casedata: what the calls of a case's entity were, for pictures of it.
 *
 * When they came by hour and weekday, how many on each day beside the days
 * before, where they went by money.  Calls come from a store, as understood
 * (cdr/understand); without one the case's evidence is all there is, and
 * `sampled` says so.
 *
 * An entity's calls are those that its field has it in (dst, trunk, ...); of
 * an account those of the account and, where a call has none, those that it is
 * a party of.
 */
#ifndef LIB_REPORT_CASEDATA_H
#define LIB_REPORT_CASEDATA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "cdr/batch.h"
#include "report/select.h"
#include "tel/calendar.h"
#include "tel/zone.h"

enum {
	CASEDATA_BEFORE = 28, /* days before the case that it is held against */
	CASEDATA_DAYS = 62,   /* shown at most, the last ones */
	CASEDATA_PLACES = 8,  /* destinations named */
	CASEDATA_BINS = 48    /* of the timeline */
};

struct casedata_day {
	int64_t day; /* zone_days() */
	int64_t calls;
	bool in_case;
};

/* Where calls of the case went. */
struct casedata_place {
	const char *name;     /* "CU +537555"; what is left: "others" */
	const char *currency; /* "" unknown; NULL: no money */
	int64_t calls, duration, micro; /* ms, micro-units */
	bool estimated;                 /* some of the money, by rates */
};

struct casedata {
	bool sampled; /* from the evidence alone */
	/* Calls in the case by weekday (0 Monday) and hour of the zone. */
	uint32_t hours[7][24];
	/* Whether the site is closed then, in the week the case began. */
	bool closed[7][24];
	bool has_hours; /* `closed` is known */
	/* Without a gap; none where there is nothing before to look at. */
	struct casedata_day *days;
	size_t ndays;
	int64_t usual; /* median of the days before the case; -1: unknown */
	/* By money falling, else by talk and calls; the last may be "others". */
	struct casedata_place *places;
	size_t nplaces;
	/* Calls in equal stretches from the first to the last of the case. */
	uint32_t bins[CASEDATA_BINS], answered[CASEDATA_BINS];
};

struct casedata_from {
	const struct batch *calls;    /* understood and sorted; NULL: none */
	const struct zone *zone;      /* NULL: UTC */
	const struct calendar *hours; /* when the site is open, or NULL */
	int redact; /* hide as many last digits of outside numbers */
};

/* The earliest call that is needed for a case that begins at `first_seen`. */
int64_t casedata_since(const struct zone *zone, int64_t first_seen);

/* In the arena. */
const struct casedata *casedata_make(struct arena *arena,
    const struct casedata_from *from, const struct view_case *vc);

#endif
