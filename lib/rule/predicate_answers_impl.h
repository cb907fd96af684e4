/* predicate_answers, private: what many predicates ask, and its answers. */
#ifndef LIB_RULE_PREDICATE_ANSWERS_IMPL_H
#define LIB_RULE_PREDICATE_ANSWERS_IMPL_H

#include "rule/predicate_impl.h"

/* In place of an answer: the clause asks for since_prev. */
#define ANSWER_VARIES  UINT32_MAX

#define ANSWER_NO_TEXT SIZE_MAX

enum {
	ANSWER_WORDS = 64, /* 64 calls each, of a block */
	ANSWER_CODES = 64  /* most of a field that is no text: op.mask */
};

/* In place of a row: the clause holds for none of the block's calls, or all. */
enum { ANSWER_NONE, ANSWER_ALL, ANSWER_ROWS };

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
	size_t from; /* the first call that it is asked of */
	struct predicate_bound *bound;
	enum answer_way way;
	uint64_t mask;           /* BY_WORD: codes for which it holds */
	int64_t least, greatest; /* BY_RANGE */
	bool on_missing;         /* BY_TEXT, BY_WORD */
	bool never;              /* it holds for no call */
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
	/*
	 * For which calls clauses hold, block by block.  Most hold for none of
	 * a block's, or for all: these take no room.
	 */
	uint32_t *rows;   /* by block, then by answer: from ANSWER_ROWS on */
	uint64_t **words; /* by block: rows of ANSWER_WORDS */
	size_t nblocks;
	struct asker {
		const struct predicate *p;
		uint32_t *of_slot; /* by clause: an answer, or varies */
	} * askers;
	size_t naskers, askers_cap;
};

/* With what it needs to be told of the clause. */
enum answer_way predicate_answer_way(struct answer *w);

#endif
