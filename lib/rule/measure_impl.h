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
 * One measure: what each call of the rule gives to it, by position in the
 * rule's calls, and the state of the present window.  Which arrays are there
 * depends on the function.
 */
struct measure_column {
	const struct measure *measure;
	int64_t scale;
	int64_t *values; /* sum avg max min; MEASURE_NO_VALUE missing */
	uint32_t *codes; /* distinct; FIELD_MISSING missing */
	uint8_t *hits;   /* ratio */
	uint8_t *purses; /* currency, where `of` is money */
	size_t npurses;  /* at least 1 */
	size_t calls, hit, different;
	uint32_t *times; /* by code: how often it is in the window */
	size_t *with;    /* by purse: calls that have a value */
	__extension__ __int128 *sums; /* by purse */
	struct measure_heap heap; /* max min; calls that left stay a while */
};

#define MEASURE_NO_VALUE INT64_MIN

/* As measure_open(). */
int measure_column_open(struct measure_column *c, const struct measure *m,
    const struct batch *b, const struct named *named, const uint32_t *calls,
    size_t n, struct errmsg *err);
void measure_column_close(struct measure_column *c);
void measure_column_add(struct measure_column *c, size_t k);
void measure_column_remove(struct measure_column *c, size_t k);
/* `alive` by position: whether a call is in the window. */
struct measure_value measure_column_value(struct measure_column *c,
    const uint8_t *alive);
/* Empty window. */
void measure_column_reset(struct measure_column *c);

#endif
