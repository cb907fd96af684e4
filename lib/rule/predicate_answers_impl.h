/* predicate_answers, private: what many predicates ask, and its answers. */
#ifndef LIB_RULE_PREDICATE_ANSWERS_IMPL_H
#define LIB_RULE_PREDICATE_ANSWERS_IMPL_H

#include "rule/predicate_impl.h"

/* In place of an answer: the clause asks for since_prev. */
#define ANSWER_VARIES  UINT32_MAX

#define ANSWER_NO_TEXT SIZE_MAX

/* How a clause is asked of the values of its field. */
enum answer_way {
	BY_TEXT, /* bits by code */
	BY_WORD, /* a mask of codes */
	BY_RANGE,
	BY_FIELD, /* equals that of another field */
	BY_HOURS, /* bits by call */
	BY_CALL   /* one call after the other */
};

struct answer {
	const struct predicate *of;  /* one that asks it ... */
	const struct clause *clause; /* ... and where */
	size_t text; /* which of the texts; ANSWER_NO_TEXT: none */
	struct predicate_bound *bound;
	enum answer_way way;
	uint64_t mask;           /* BY_WORD: codes for which it holds */
	int64_t least, greatest; /* BY_RANGE */
	bool on_missing;         /* BY_TEXT, BY_WORD */
	uint64_t *holds;         /* by call; NULL: for none */
	int status;
	struct errmsg err;
};

struct predicate_answers {
	const struct batch *batch;
	const struct named *named;
	const struct locals *locals; /* or NULL */
	struct answer *list;
	size_t n, cap;
	uint32_t *order;               /* of the list, by field */
	struct predicate_codes *texts; /* by field of texts */
	size_t ntexts, texts_cap;
	struct asker {
		const struct predicate *p;
		uint32_t *of_slot; /* by clause: an answer, or varies */
	} * askers;
	size_t naskers, askers_cap;
};

#endif
