/*
 * named: lists and calendars, which rules refer to by name.
 *
 * Rules name a list or a calendar before it may have been read, so the names
 * are looked up late: when a rule set is complete, and when a predicate is
 * bound to calls.  A test may bring its own, above those of the rule set
 * (`under`).
 */
#ifndef LIB_RULE_NAMED_H
#define LIB_RULE_NAMED_H

#include <stddef.h>
#include <stdint.h>

#include "cdr/field.h"
#include "tel/calendar.h"
#include "tel/numlist.h"

/*
 * The calendar that rules ask for opening hours.  A source that has a
 * calendar of its own puts it in the place of this one for its calls.
 */
#define NAMED_HOURS "business-hours"

/* Texts are borrowed; they live as long as the rule set or test. */
struct named_list {
	const char *name, *title;
	const struct field *of;
	struct numlist *list; /* owned */
	int64_t max_age;      /* ms, of its newest entry; 0: any */
	const char *file;
	uint32_t line;
	unsigned layer; /* rulefile: which path brought it */
};

struct named_calendar {
	const char *name;
	struct calendar *calendar; /* owned */
	const char *file;          /* NULL: from the configuration */
	uint32_t line;
	unsigned layer;
};

struct named {
	struct named_list *lists; /* by name */
	size_t nlists, lists_cap;
	struct named_calendar *calendars; /* by name */
	size_t ncalendars, calendars_cap;
	const struct named *under; /* asked for what is not here, or NULL */
};

void named_init(struct named *n);
void named_fini(struct named *n);

/*
 * Add; what is owned in it belongs to `n` from now on.  One of the same name
 * is replaced.
 */
void named_put_list(struct named *n, const struct named_list *list);
void named_put_calendar(struct named *n, const struct named_calendar *cal);

/* NULL if there is none of this name. */
const struct named_list *named_list(const struct named *n, const char *name);
const struct named_calendar *named_calendar_entry(const struct named *n,
    const char *name);
const struct calendar *named_calendar(const struct named *n, const char *name);

/* The nearest names there are for "did you mean", or NULL. */
const char *named_suggest_list(const struct named *n, const char *name);
const char *named_suggest_calendar(const struct named *n, const char *name);

#endif
