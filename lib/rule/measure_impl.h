/* measure, private: columns of values and the heap. */
#ifndef LIB_RULE_MEASURE_IMPL_H
#define LIB_RULE_MEASURE_IMPL_H

#include "rule/measure.h"

/* Least key first. */
struct measure_heap {
	struct measure_heap_item {
		int64_t key;
		uint32_t at;
	} * items;
	size_t n, cap;
};

void measure_heap_push(struct measure_heap *h, int64_t key, uint32_t at);
void measure_heap_pop(struct measure_heap *h);

/*
 * Which of n places are taken, and the longest row of taken ones: a tree of
 * what each half has at its ends and inside, over words of a bit by place.
 *
 *     places   . # # # . # # .      the longest row is 3, from place 1
 */
struct measure_runs {
	struct measure_runs_node {
		uint32_t head, tail, best;
	} * nodes; /* nodes[1] is the root, those of words from `size` */
	uint64_t *words;
	size_t size; /* words: a power of two; 0: no places */
};

void measure_runs_open(struct measure_runs *r, size_t n);
void measure_runs_close(struct measure_runs *r);
void measure_runs_set(struct measure_runs *r, size_t place, bool taken);
size_t measure_runs_best(const struct measure_runs *r);
/* The nearest taken place from `place` on, or back from it; there is one. */
size_t measure_runs_next(const struct measure_runs *r, size_t place);
size_t measure_runs_previous(const struct measure_runs *r, size_t place);
/* Where the first of the longest rows begins. */
size_t measure_runs_where(const struct measure_runs *r);

/*
 * How many intervals lie over each of n places, and where most do: a tree
 * in which a node's `add` is for all places below it.
 */
struct measure_cover {
	struct measure_cover_node {
		int32_t add;
		uint32_t most; /* of the places below, with `add` */
	} * nodes;
	size_t size;
};

void measure_cover_open(struct measure_cover *c, size_t n);
void measure_cover_close(struct measure_cover *c);
/* One more or less (`by` 1, -1) over the places from `low` to `high`. */
void measure_cover_add(struct measure_cover *c, size_t low, size_t high,
    int by);
size_t measure_cover_most(const struct measure_cover *c);
/* The first place over which most lie. */
size_t measure_cover_where(const struct measure_cover *c);

/*
 * One measure: what each call of the slice gives to it, by position in that,
 * and the state of the present window.  Which arrays are there depends on the
 * function.
 */
struct measure_column {
	const struct measure *measure;
	const struct measure_row *row; /* what is known of `of`; or NULL */
	const uint32_t *row_texts;     /* by code, if they are places of it */
	int64_t scale;
	int64_t *values; /* sum avg max min; MEASURE_NO_VALUE missing */
	/* distinct; for run and mode a place; FIELD_MISSING missing */
	uint32_t *codes;
	uint64_t *where; /* ratio: bits by call of the batch */
	uint8_t *hits;   /* of those of the slice */
	uint8_t *purses; /* currency, where `of` is money */
	size_t npurses;  /* at least 1 */
	size_t calls, hit, different;
	uint32_t *times; /* by code: how often it is in the window */
	size_t *with;    /* by purse: calls that have a value */
	__extension__ __int128 *sums; /* by purse */
	struct measure_heap heap; /* max min; calls that left stay a while */
	/* run and mode: the distinct values in order, by place ... */
	size_t nplaces;
	const char **texts; /* ... of texts and words, NULL between runs */
	int64_t *amounts;   /* ... of amounts */
	uint32_t *lows;     /* mode: the first place less than a bin below */
	size_t having;      /* mode: calls that have a value */
	struct measure_runs runs;
	struct measure_cover cover;
};

#define MEASURE_NO_VALUE INT64_MIN

/*
 * The places of a measure run or mode, and the code of each call, in place of
 * that of its text if it has one.
 */
void measure_places_open(struct measure_column *c, const struct batch *b,
    const uint32_t *calls, size_t n);
void measure_places_close(struct measure_column *c);
void measure_places_add(struct measure_column *c, uint32_t place);
void measure_places_remove(struct measure_column *c, uint32_t place);
struct measure_value measure_places_value(const struct measure_column *c);
struct measure_detail measure_places_detail(const struct measure_column *c);

/*
 * What a sweep asks of each call: the calls of a group lie far apart in the
 * batch, and are fetched together only once.
 */
struct measure_entry {
	int64_t enters;
	uint32_t duration;
	bool has_cost;
};
void measure_entries(const struct measure *m, const struct batch *b,
    const struct measure_known *known, const uint32_t *calls, size_t n,
    struct measure_entry *entries);

/* A group's calls by the begin of talk, then in the order of the batch. */
void measure_order_by_talk(const struct batch *b, uint32_t *calls, size_t n);

/* As measure_open(). */
int measure_column_open(struct measure_column *c, const struct measure *m,
    const struct batch *b, const struct named *named,
    const struct predicate_answers *answers, struct errmsg *err);
/*
 * The n calls of a slice take the place of those before; the window is empty.
 * First there is room for them, then the codes of some after the others are
 * fetched, from `from` on, and at last all else is made of them.
 */
void measure_column_room(struct measure_column *c, size_t n);
void measure_column_fetch(struct measure_column *c, const struct batch *b,
    const uint32_t *calls, size_t from, size_t n);
void measure_column_load(struct measure_column *c, const struct batch *b,
    const uint32_t *calls, size_t n);
void measure_column_know(struct measure_column *c,
    const struct measure_known *known);
void measure_column_close(struct measure_column *c);
void measure_column_add(struct measure_column *c, size_t k);
void measure_column_remove(struct measure_column *c, size_t k);
/* `alive` by position: whether a call is in the window. */
struct measure_value measure_column_value(struct measure_column *c,
    const uint8_t *alive);
/* Empty window. */
void measure_column_reset(struct measure_column *c);

#endif
