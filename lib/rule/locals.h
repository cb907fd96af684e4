/*
 * locals: by which clock and which opening hours calls go.
 *
 * Whom a call is about may have a calendar of his own, which the directory
 * gives; else it is that of the call's source, or none.  The zone is the
 * calendar's, else the source's, else that of the run.  Buckets, opening
 * hours, and the days of lists and waivers all ask here.
 *
 * There are few such places, however many calls: they are worked out once for
 * a batch and numbered, each source's plain one and those of the directory's
 * calendars after it.
 */
#ifndef LIB_RULE_LOCALS_H
#define LIB_RULE_LOCALS_H

#include <stddef.h>
#include <stdint.h>

#include "cdr/batch.h"
#include "rule/named.h"
#include "tel/calendar.h"
#include "tel/zone.h"

struct local {
	const struct zone *zone;
	const struct calendar *calendar; /* or NULL */
};

struct locals {
	const struct batch *batch;
	const struct named *named;
	uint32_t *own;      /* by listed of the batch: its calendar, 0 none */
	size_t nown;        /* different ones, 0 among them */
	struct local *list; /* by place: source x nown + own */
	size_t n;
};

/* `b` must be complete, and outlive it as `named`; `fallback` NULL is UTC. */
void locals_init(struct locals *l, const struct batch *b,
    const struct named *named, const struct zone *fallback);
void locals_fini(struct locals *l);

/* The number of the calendar of whom the call is about; 0: the source's. */
uint32_t locals_own(const struct locals *l, size_t call);
size_t locals_place(const struct locals *l, uint16_t source, uint32_t own);
/* The place of a call. */
const struct local *locals_of(const struct locals *l, size_t call);
/* The calendar that rules call so, there: NAMED_HOURS is the place's own. */
const struct calendar *locals_calendar(const struct local *at,
    const struct named *named, const char *name);

#endif
