/* detect, private: how calls become groups, and which calls of them stay. */
#ifndef LIB_DETECT_DETECT_GROUP_IMPL_H
#define LIB_DETECT_DETECT_GROUP_IMPL_H

#include "detect/detect_impl.h"

/* The calls of a batch by the value that they have in a field. */
struct detect_order {
	const uint32_t *calls; /* value by value, each in the batch's order */
	const uint32_t *ends;  /* by value: where its calls end */
	size_t n;              /* values */
};
/*
 * Made for whoever asks first; false: no rule is at work that has it first in
 * `by`.  It holds until the rule is done.
 */
bool detect_order_of(struct detect_shared *s, const struct batch *b,
    const struct field *f, struct detect_order *out);
/* Bits by call: it has a value there. */
const uint64_t *detect_having(struct detect_shared *s, const struct batch *b,
    const struct field *f);
/*
 * Bits by call: what the field is about there is an emergency number; NULL:
 * that is so of none.
 */
const uint64_t *detect_emergency(const struct detect_shared *s,
    const struct field *f);

/*
 * When calls start, for those that are asked one here and one there: they lie
 * far apart in memory, what tells that here does not.
 */
enum { DETECT_CLOCK = 64 };
struct detect_clock {
	int64_t *cells;  /* of each DETECT_CLOCK-th call; last of the last */
	uint32_t *since; /* by call: ms since then; UINT32_MAX: too many */
};
struct detect_clock *detect_clock(struct detect_shared *s);

static inline int64_t
detect_start(const struct detect_clock *clock, const struct batch *b,
    uint32_t call)
{
	const uint32_t since = clock->since[call];

	return since != UINT32_MAX ? clock->cells[call / DETECT_CLOCK] + since
				   : b->calls[call].start;
}

/*
 * Whether two calls, the second not before the first, begin so near.  Most are
 * far apart, or near.
 */
static inline bool
detect_within_span(const struct detect_clock *clock, const struct batch *b,
    uint32_t first, uint32_t last, int64_t span)
{
	const int64_t *from = &clock->cells[first / DETECT_CLOCK];
	const int64_t *to = &clock->cells[last / DETECT_CLOCK];

	if (to[0] - from[1] >= span)
		return false;
	return to[1] - from[0] < span ||
	       detect_start(clock, b, last) - detect_start(clock, b, first) <
		   span;
}

/*
 * The numbers in a field as places: those that follow each other stand at
 * places that do, all others apart.
 *
 *     +4420 5550140  5550141  -  5550143  -  anonymous
 *                1        2            4            6
 */
struct detect_places {
	const struct field *field;
	/* By call, 0: none; one of them, by how many places there are. */
	uint16_t *few;
	uint32_t *many;
	size_t n; /* places are below this */
};
static inline uint32_t
detect_place_of(const struct detect_places *p, uint32_t call)
{
	return p->few != NULL ? p->few[call] : p->many[call];
}
/* NULL where no rule asks for a row of its numbers. */
const struct detect_places *detect_places_of(const struct detect_shared *s,
    const struct field *f);
/* Only fields that are the number of a party have places. */
bool detect_places_for(const struct field *f);
/* False, and none is filled: that is not known of numbers such as these. */
bool detect_places_fill(struct detect_places *list, size_t n,
    const struct batch *b);
void detect_places_fini(struct detect_places *p);

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
	const struct detect_places *places;
	const struct field *of;
	uint64_t *bits;
};

/* Each call of a window that fires has at most this much there. */
struct detect_bound {
	const struct field *of;
	int64_t most;
};

struct detect_sieve {
	const struct rule *rule;
	const struct batch *batch;
	struct detect_shared *shared;
	const struct detect_clock *clock;
	size_t need, max_window;
	int64_t span; /* calls of a window begin less apart; 0: not known */
	bool whole;   /* a group stays as it is, or not at all */
	bool share;   /* the measure is one, of a sliding window */
	const uint64_t *hits; /* its own test's, or NULL */
	int64_t silent; /* ms: the gap or silence it takes; 0: not known */
	bool never;     /* the first call of a group may fire */
	int64_t as_of;
	struct detect_test *tests;
	size_t ntests;
	struct detect_bound *bounds;
	size_t nbounds;
	uint64_t *taken; /* by place; empty between groups */
	uint32_t *low;   /* calls within the bounds */
	int64_t *starts; /* of a group's calls */
	size_t low_cap, starts_cap;
};
void detect_sieve_open(struct detect_sieve *s, const struct detect_work *w);
void detect_sieve_close(struct detect_sieve *s);
/* How many of a group's n calls stay, in order; they move to the front. */
size_t detect_sieve_pass(struct detect_sieve *s, uint32_t *calls, size_t n);
/* Whether these calls pass all tests together. */
bool detect_sieve_able(struct detect_sieve *s, const uint32_t *calls, size_t n);
/*
 * Where the measure is a share, whether any window has it: that is no matter
 * of more calls or less, so it is only asked where none is ever taken away.
 */
bool detect_sieve_share(struct detect_sieve *s, const uint32_t *calls,
    size_t n);
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
	size_t keyed;     /* calls with all fields of `by` */
	bool ordered;     /* the first of these is not asked of each call */
	bool lasts;       /* the last instant of each group is kept */
	struct detect_order order;
	uint32_t key[BOUNDS_BY];
	/* By field of `by`: the calls of the part, and room to split it. */
	struct detect_part {
		uint32_t *calls, *codes;
		size_t cap, codes_cap;
		uint64_t *keys, *room;
		size_t keys_cap, room_cap;
		uint8_t *times;
		size_t times_cap;
	} parts[BOUNDS_BY + 1];
	uint64_t *firsts; /* by group: its first call, then its number */
	size_t firsts_cap, calls_cap, ends_cap, keys_cap;
	struct detect_groups *out;
};

/* Those whose bits are set, of which there are so many, into groups. */
void detect_split_bits(struct detect_grouping *g, const uint64_t *bits,
    size_t matching);
/* The same by the order that rules share. */
void detect_split_ordered(struct detect_grouping *g, const uint64_t *bits);
/*
 * Calls with one key up to that field of `by`; all of them have a value in it
 * and those behind it.
 */
void detect_split(struct detect_grouping *g, size_t level, uint32_t *calls,
    size_t n);

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
