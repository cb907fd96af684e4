/* detect, private: what there is of the fields, for those who make it. */
#ifndef LIB_DETECT_DETECT_SHARED_IMPL_H
#define LIB_DETECT_DETECT_SHARED_IMPL_H

#include <pthread.h>

#include "detect/detect_group_impl.h"

enum { DETECT_PARTIES = 3 }; /* of a call: src, dst, forwarded_by */

/* What is known of a field: nothing, until somebody asks. */
struct detect_known {
	pthread_mutex_t lock;
	struct detect_expected { /* at work, that may ask for the order */
		const struct rule *rule;
		size_t looks_from; /* at the calls from this one on */
	} * rules;
	size_t nrules, rules_cap;
	size_t users; /* of them, not yet done */
	bool tried;   /* the order is there, or not worth it */
	struct detect_order order;
	uint64_t *has;
};

struct detect_shared {
	struct detect_known *fields;
	uint64_t *emergency[DETECT_PARTIES]; /* bits by call; NULL: none */
	struct detect_clock clock;
	struct detect_places places;
	struct measure_known known; /* with the ticks of the clock */
};

struct detect_known *detect_known_of(struct detect_shared *s,
    const struct field *f);
/* Of the calls that it has as `asked`, with what is wanted of each. */
void detect_order_make(struct detect_order *o, const struct detect_batch *db,
    const struct field *f, const struct detect_wants *wants);
void detect_order_fini(struct detect_order *o);

#endif
