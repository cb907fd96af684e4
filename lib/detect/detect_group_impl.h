/* detect, private: how calls become groups, and which calls of them stay. */
#ifndef LIB_DETECT_DETECT_GROUP_IMPL_H
#define LIB_DETECT_DETECT_GROUP_IMPL_H

#include "detect/detect_impl.h"

enum { DETECT_ROWS = 3 }; /* fields whose numbers are made places */

struct detect_column { /* one of them, by how many places there are */
	uint16_t *few;
	uint32_t *many;
};
/*
 * The numbers in a field as places: those that follow each other stand at
 * places that do, all others apart; equal ones at one.
 *
 *     +4420 5550140  5550141  -  5550143  -  anonymous
 *                1        2            4            6
 *
 * A column of places is that of a field, by its number here.
 */
struct detect_places {
	const struct field *fields[DETECT_ROWS];
	size_t nfields;
	uint32_t *of_party; /* 0: none */
	uint32_t *texts;    /* by place: the number; 0: none is there */
	size_t n;           /* places are below this */
	struct detect_column of_call[DETECT_ROWS];
};
/* The column of a field; DETECT_ROWS: it has none. */
size_t detect_places_find(const struct detect_places *p, const struct field *f);
static inline uint32_t
detect_places_at(const struct detect_places *p, size_t column, size_t call)
{
	const struct detect_column *c = &p->of_call[column];

	return c->few != NULL ? c->few[call] : c->many[call];
}
/*
 * The places of n calls from `first` on as codes of a field, all of them below
 * p->n; false: it has none.
 */
bool detect_places_codes(const struct detect_places *p, const struct field *f,
    size_t first, size_t n, uint32_t *codes);
/* Only fields that are the number of a party have places. */
bool detect_places_for(const struct field *f);
/* False, and none is filled: that is not known of numbers such as these. */
bool detect_places_fill(struct detect_places *p, const struct batch *b);
/* Of calls from one to before another, all of which are told once. */
void detect_places_tell(struct detect_places *p, const struct batch *b,
    size_t first, size_t end);
void detect_places_fini(struct detect_places *p);

/*
 * When calls start, in 32 bits: in ms since the first call, or in as many ms
 * at a time as it takes.
 */
struct detect_clock {
	int64_t first;
	unsigned shift;
	uint32_t *ticks; /* by call; NULL: they are asked of the calls */
	bool exact;      /* they tell all of when a call starts */
};
static inline uint32_t
detect_tick(const struct detect_clock *clock, const struct batch *b,
    size_t call)
{
	const int64_t first = clock->first;

	if (clock->ticks != NULL)
		return clock->ticks[call];
	return (
	    uint32_t)((uint64_t)(b->calls[call].start - first) >> clock->shift);
}

/* What is asked of calls that lie far apart, side by side. */
struct detect_lane {
	uint32_t *calls;               /* batch indexes */
	uint32_t *ticks;               /* NULL: they are asked of the calls */
	uint32_t *places[DETECT_ROWS]; /* of the columns that are asked for */
	size_t cap;
};
/* Which of it: calls are always there. */
struct detect_wants {
	bool ticks;
	bool places[DETECT_ROWS];
};
/* Room for n calls; what was there may be lost. */
void detect_lane_room(struct detect_lane *l, const struct detect_wants *w,
    size_t n);
/* Tell what is wanted of the calls that stand there. */
void detect_lane_fill(struct detect_lane *l, const struct detect_wants *w,
    const struct detect_shared *s, const struct batch *b, size_t n);
/* The calls at these places of another: the low halves of keys. */
void detect_lane_pick(struct detect_lane *l, const struct detect_wants *w,
    const struct detect_lane *from, const uint64_t *keys, size_t n);
/* Those from one to another, to a place before them. */
void detect_lane_move(struct detect_lane *l, const struct detect_wants *w,
    size_t to, size_t from, size_t end);
void detect_lane_fini(struct detect_lane *l);

/*
 * Calls by the value that they have in a field: all that rules ask for, which
 * need an order.  What else they ask stands in the same order.
 */
struct detect_order {
	uint64_t *asked; /* bits by call: those that rules ask for ... */
	uint64_t *has;   /* ... and have a value */
	uint32_t *calls; /* value by value, each in the batch's order */
	uint32_t *ends;  /* by value: where its calls end */
	uint32_t *ticks;
	struct detect_column places[DETECT_ROWS];
	size_t n;       /* values; if it is one, `has` is the order */
	size_t longest; /* most calls of a value */
};
/*
 * Made for whoever asks first; NULL: no rule is at work that has the field
 * first in `by` and enough calls, or `bits` has others than theirs.  It holds
 * until the rule is done.
 */
const struct detect_order *detect_order_of(const struct detect_work *w,
    const struct field *f, const uint64_t *bits);
/*
 * The calls of a value, from `from` on, that are set (NULL: all are); how many.
 * None before `first` is set.
 */
size_t detect_order_take(const struct detect_order *o, size_t from, size_t end,
    const uint64_t *bits, size_t first, const struct detect_wants *w,
    struct detect_lane *l);

/* Bits by call: it has a value there. */
const uint64_t *detect_having(struct detect_shared *s, const struct batch *b,
    const struct field *f);
/*
 * Bits by call: what the field is about there is an emergency number; NULL:
 * that is so of none.
 */
const uint64_t *detect_emergency(const struct detect_shared *s,
    const struct field *f);
const struct detect_clock *detect_clock(const struct detect_shared *s);
const struct detect_places *detect_places(const struct detect_shared *s);

/*
 * Which calls of a group are left out, because the rule cannot fire by them.
 * It only ever asks for less than the rule does, so what the rule finds in the
 * calls that stay is what it finds in all.
 */
struct detect_test {
	enum detect_kind {
		TEST_DISTINCT, /* so many different places */
		TEST_RUN,      /* so many that follow each other */
		TEST_HITS,     /* so many calls that `bits` has */
		TEST_SUM       /* as much of a field */
	} kind;
	int64_t least;
	size_t column; /* of places */
	const struct field *of;
	uint64_t *bits;
};

/* Each call of a window that fires has at most this much there. */
struct detect_bound {
	const struct field *of;
	int64_t most;
	bool talk; /* it is of talk, of which more is known */
};

/*
 * Calls whose ticks are at most `near` apart begin less than `span` apart, and
 * none whose ticks are at least `far` apart.
 */
struct detect_reach {
	int64_t span, near, far;
};

struct detect_sieve {
	const struct rule *rule;
	const struct batch *batch;
	const struct detect_clock *clock;
	const struct detect_places *places;
	struct measure_talk talk;  /* as books have it */
	struct detect_wants wants; /* what it asks of lanes */
	size_t need, max_window;
	int64_t span; /* calls of a window begin less apart; 0: not known */
	struct detect_reach window, instant, silence;
	bool whole;           /* a group stays as it is, or not at all */
	bool share;           /* the measure is one, of a sliding window */
	const uint64_t *hits; /* its own test's, or NULL */
	int64_t least_share;  /* RULE_UNIT: no less than this; at most 1 */
	int64_t silent; /* ms: the gap or silence it takes; 0: not known */
	bool never;     /* the first call of a group may fire */
	int64_t as_of;
	struct detect_test *tests;
	size_t ntests;
	struct detect_bound *bounds;
	size_t nbounds;
	uint64_t *high;         /* bits by call: beyond one of them; or NULL */
	uint64_t *taken;        /* by place; empty between groups */
	struct detect_lane low; /* calls within the bounds */
};
void detect_sieve_open(struct detect_sieve *s, const struct detect_work *w);
/* ... for these calls alone. */
void detect_sieve_bounds(struct detect_sieve *s, const uint64_t *bits);
void detect_sieve_close(struct detect_sieve *s);
/* Of two calls of a lane, the second not before the first. */
bool detect_sieve_near(const struct detect_sieve *s,
    const struct detect_reach *reach, const struct detect_lane *l, size_t first,
    size_t last);
/* The same; most often ticks alone tell. */
static inline bool
detect_sieve_within(const struct detect_sieve *s,
    const struct detect_reach *reach, const struct detect_lane *l, size_t first,
    size_t last)
{
	int64_t ticks;

	if (l->ticks != NULL) {
		ticks = (int64_t)l->ticks[last] - l->ticks[first];
		if (ticks <= reach->near || ticks >= reach->far)
			return ticks <= reach->near;
	}
	return detect_sieve_near(s, reach, l, first, last);
}
/*
 * How many of a group's n calls stay, in order; they move to the front.
 * `before`: what is known of an instant before them; INT64_MIN: nothing.
 */
size_t detect_sieve_pass(struct detect_sieve *s, struct detect_lane *l,
    size_t n, int64_t before);
/*
 * ms, for a rule with gap or silence: the time without calls that it takes, or
 * less; 0: that is not known.
 */
int64_t detect_sieve_silence(const struct detect_work *w);
/* Whether n calls from `from` on pass all tests together. */
bool detect_sieve_able(struct detect_sieve *s, const struct detect_lane *l,
    size_t from, size_t n);
/*
 * Where the measure is a share, whether any window has it: that is no matter
 * of more calls or less, so it is only asked where none is ever taken away.
 */
bool detect_sieve_share(const struct detect_sieve *s,
    const struct detect_lane *l, size_t n);
/* What has to be true of the calls of a window that fires. */
void detect_sieve_tests(struct detect_sieve *s, const struct detect_work *w);

/* A rule's calls on their way into groups. */
struct detect_grouping {
	const struct detect_work *work;
	const struct rule *rule;
	const struct batch *batch;
	struct detect_sieve *sieve; /* NULL: all calls stay */
	size_t need; /* calls of a group that does not; 0: all are counted */
	size_t max, seen; /* groups */
	size_t most;      /* groups that there may be of all calls, or more */
	bool whole;       /* all calls are looked at */
	size_t first;     /* the calls before this one are left out */
	size_t keyed;     /* calls with all fields of `by` */
	bool lasts;       /* the last instant of each group is kept, or was */
	const struct detect_order *order; /* or NULL */
	struct detect_wants wants;
	uint32_t key[BOUNDS_BY]; /* of the group that was kept last */
	/* By field of `by`: the calls of the part, and room to split it. */
	struct detect_part {
		struct detect_lane lane;
		uint32_t *codes;
		size_t codes_cap;
		uint64_t *keys, *room;
		size_t keys_cap, room_cap;
		uint8_t *times;
		size_t times_cap;
	} parts[BOUNDS_BY + 1];
	uint64_t *firsts; /* by group: its first call, then its number */
	size_t firsts_cap, ends_cap, keys_cap;
	struct detect_groups *out;
};

/* Of so many calls one: a rule with fewer has an order of its own. */
enum { DETECT_FEW = 16 };

/*
 * Of the bits of calls that match, leave those that count and have a key, of
 * which there may be so many groups (`most`); returns how many count.
 */
size_t detect_take_calls(struct detect_grouping *g, uint64_t *bits);
/* Those whose bits are set into groups. */
void detect_split_bits(struct detect_grouping *g, const uint64_t *bits);
/* The same by the order that rules share. */
void detect_split_ordered(struct detect_grouping *g, const uint64_t *bits);
/*
 * The n calls of that part have one key up to that field of `by`; all of them
 * have a value in it and those behind it.
 */
void detect_split(struct detect_grouping *g, size_t level, size_t n);

/* How many are set, of those from one on and before another. */
size_t detect_count_bits(const uint64_t *bits, size_t first, size_t end);
/* The place of the lowest bit: a de Bruijn sequence turned by it. */
static inline size_t
detect_lowest_bit(uint64_t bits)
{
	static const uint8_t places[64] = { 0, 1, 48, 2, 57, 49, 28, 3, 61, 58,
		50, 42, 38, 29, 17, 4, 62, 55, 59, 36, 53, 51, 43, 22, 45, 39,
		33, 30, 24, 18, 12, 5, 63, 47, 56, 27, 60, 41, 37, 16, 54, 35,
		52, 21, 44, 32, 23, 11, 46, 26, 40, 15, 34, 20, 31, 10, 25, 14,
		19, 9, 13, 8, 7, 6 };
	uint64_t lowest = bits & (~bits + 1);

	return places[lowest * UINT64_C(0x03f79d71b4cb0a89) >> 58];
}

#endif
