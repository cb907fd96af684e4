/*
 * calltime_impl: what compiling and reading a stamp pattern share; private.
 */
#ifndef LIB_TEL_CALLTIME_IMPL_H
#define LIB_TEL_CALLTIME_IMPL_H

#include <stddef.h>
#include <stdint.h>

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

#endif
