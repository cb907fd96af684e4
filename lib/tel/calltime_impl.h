/*
 * calltime_impl: what the sources of calltime share.
 *
 *   calltime.c        spans, and times for people
 *   calltime_stamp.c  stamp patterns: compiled to steps, and made a stamp
 *   calltime_take.c   how each step takes its part of the text
 *   calltime_usual.c  what nearly all switches write, without steps
 */
#ifndef LIB_TEL_CALLTIME_IMPL_H
#define LIB_TEL_CALLTIME_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "tel/calltime.h"

/*
 * A pattern is a list of steps.  Each takes its part of the text and puts a
 * number into a slot; stamp_parse() makes a stamp of the slots.
 */
enum slot {
	SLOT_NONE,
	SLOT_YEAR,
	SLOT_MONTH,
	SLOT_DAY,
	SLOT_HOUR,
	SLOT_MINUTE,
	SLOT_SECOND,
	SLOT_MS,
	SLOT_HALF, /* 0 am, 12 pm */
	SLOT_WEEKDAY,
	SLOT_ZONE, /* seconds east of UTC */
	SLOT_EPOCH,
	SLOTS
};

struct scan {
	const char *p, *end;
	int32_t slot[SLOTS];
	int64_t epoch_ms;
	const char *abbrev;
	size_t abbrev_len;
};

/* How one kind of step takes its text: 0, or -1 if that does not fit. */
struct conversion {
	char letter; /* behind the % */
	enum slot slot;
	int (*take)(const struct conversion *how, char literal, struct scan *s);
	int8_t digits_least, digits_most;
	int32_t least, most; /* the values */
	int32_t a_second;    /* of an epoch: its units */
};

/* A blank stands for blanks, any other step without letter for itself. */
extern const struct conversion stamp_literal;
extern const struct conversion stamp_blanks;

/* The conversion of %letter, or NULL. */
const struct conversion *stamp_conversion(char letter);

struct step {
	const struct conversion *how;
	char literal;
};

struct stamp_pattern {
	struct step steps[BOUNDS_STAMP];
	size_t n;
	enum stamp_kind kind;
	bool no_year;
	bool usual;        /* "%Y-%m-%d %H:%M:%S", with any separators */
	uint64_t midnight; /* as eight_load() of "00:00:00", if it is usual */
	bool epoch;        /* "%s" */
};

/* Whether it is usual, or an epoch; for stamp_compile(). */
void stamp_usual_compile(struct stamp_pattern *p);
/* False for what has to be read step by step, if it is a stamp at all. */
bool stamp_usual_parse(const struct stamp_pattern *p, const char *s, size_t len,
    struct stamp *out);

#endif
