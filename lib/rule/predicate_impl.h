/* predicate_impl: what the parts of predicate share. */
#ifndef LIB_RULE_PREDICATE_IMPL_H
#define LIB_RULE_PREDICATE_IMPL_H

#include <stdint.h>

#include "io/pattern.h"
#include "rule/locals.h"
#include "rule/predicate.h"

/* Field types as bits; CLOCK is the virtual field `time`. */
enum type_bit {
	BIT_TEXT = 1 << FIELD_TEXT,
	BIT_ENUM = 1 << FIELD_ENUM,
	BIT_BOOL = 1 << FIELD_BOOL,
	BIT_SPAN = 1 << FIELD_SPAN,
	BIT_MONEY = 1 << FIELD_MONEY,
	BIT_NUMBER = 1 << FIELD_NUMBER,
	BIT_TIME = 1 << FIELD_TIME,
	BIT_CLOCK = 1 << (FIELD_TIME + 1),
	BITS_AMOUNT = BIT_SPAN | BIT_MONEY | BIT_NUMBER | BIT_TIME,
	BITS_FIELD = BIT_TEXT | BIT_ENUM | BIT_BOOL | BITS_AMOUNT
};

enum op_kind {
	OP_EQUALS, /* a text is one of `texts` */
	OP_PREFIX,
	OP_SUFFIX,
	OP_REGEX,
	OP_LIST,
	OP_WORDS, /* a code is in `mask` */
	OP_RANGE, /* a number is in [least, greatest] */
	OP_FIELD, /* equals another field */
	OP_EXISTS,
	OP_CALENDAR
};

/* One comparison. */
struct op {
	enum op_kind kind;
	const struct json *at; /* where it stands */
	const char *sign;      /* for people: ">=", "begins with" */
	const char *const
	    *texts; /* EQUALS, PREFIX, SUFFIX; WORDS: as written */
	size_t ntexts;
	struct pattern *pattern;   /* REGEX */
	const char *name;          /* LIST, CALENDAR */
	uint32_t slot;             /* LIST, CALENDAR: place among the bound */
	bool wanted;               /* EXISTS; CALENDAR: inside */
	uint64_t mask;             /* WORDS: bit n is code n */
	int64_t least, greatest;   /* RANGE: in the field's own unit */
	const struct field *other; /* FIELD */
	struct op *chain;          /* next REGEX, LIST or CALENDAR */
};

/* What an element of the value says: all of `ops`. */
struct alternative {
	const struct op *ops;
	size_t n;
};

/* One key of a predicate: the field, and any of the alternatives. */
struct clause {
	const struct field *field; /* NULL: `time` */
	const struct json *at;
	const struct alternative *alts;
	size_t n;
	uint32_t slot;   /* place among the bound clauses */
	bool on_missing; /* verdict for a missing value */
};

enum node_kind { NODE_ALL, NODE_ANY, NODE_NOT, NODE_CLAUSE };

struct node {
	enum node_kind kind;
	const struct node *const *nodes; /* as written, for explaining */
	const struct node *const *cheap; /* cheapest first, for testing */
	size_t n;
	struct clause clause; /* NODE_CLAUSE */
};

struct predicate {
	const struct node *root;
	const struct node *before; /* root without what needs since_prev */
	const struct node *early;  /* ... nor src_new */
	uint32_t nclauses, nlists, ncalendars;
	struct op *patterns;  /* chains of the ops of these kinds */
	struct op *lists;     /* newest first */
	struct op *calendars; /* newest first */
};

/* What is being compiled. */
struct compiling {
	struct arena *arena;
	const struct params *params;
	struct notes *notes;
	struct predicate *p;
	bool failed;
	bool full; /* the limit was reported */
};

/* Note an error, for what is being compiled; all return false. */
bool predicate_wrong_type(struct compiling *c, const struct json *j,
    const char *need);
bool predicate_empty(struct compiling *c, const struct json *j);
/* "did you mean ...?" in the arena; NULL for NULL. */
const char *predicate_did_you_mean(struct compiling *c, const char *word);
/*
 * One operator of a value object, by its key, and an amount that is compared as
 * its sign says; `f` is NULL for `time`.  False: what is wrong was noted.
 */
bool predicate_read_operator(struct compiling *c, const struct field *f,
    const struct json *j, struct op *op);
bool predicate_read_range(struct compiling *c, const struct field *f,
    const struct json *j, const char *sign, struct op *op);
/* The member `j` of a predicate, whose key is field `f` (NULL: `time`). */
void predicate_read_clause(struct compiling *c, const struct field *f,
    const struct json *j, struct clause *clause);

/* For a clause on a text: bits by code. */
struct bound_clause {
	uint64_t *holds;
	uint64_t *asks; /* depends on the call, too; NULL when none does */
};

struct predicate_bound {
	const struct predicate *p;
	const struct named *named;
	const struct locals *locals; /* those given, else `own` */
	struct locals own;
	struct bound_clause *clauses;
	const struct named_list **lists;
	uint64_t **calendars; /* bits by call: inside */
};

/* Answers of a clause about a text. */
enum verdict { VERDICT_NO, VERDICT_YES, VERDICT_ASKS };

/* The operators of a value object; the schema is written from the same. */
struct opdef {
	const char *name, *sign;
	unsigned types;    /* enum type_bit it fits */
	const char *value; /* JSON Schema of its value; NULL: the field's own */
};
const struct opdef *predicate_operator(size_t i); /* NULL: no more */

enum type_bit predicate_type(const struct field *f); /* NULL: `time` */
/* What a value of the type looks like: "a duration such as \"10m\"". */
const char *predicate_need(enum type_bit type);

bool predicate_bit(const uint64_t *bits, size_t i);
/* Whether an EQUALS, PREFIX or SUFFIX holds for a text. */
bool predicate_has(const struct op *op, const char *text, size_t len);

/* How an operator is worded for people, who see it in different places. */
struct op_words {
	const char *present, *missing; /* exists */
	/* The number that a range begins or ends at, and one of its texts. */
	void (*amount)(struct buf *out, const struct field *f,
	    const struct op *op);
	void (*text)(struct buf *out, const struct field *f, const char *text);
	const char *comma; /* between the texts but the last two */
};

/* "< 25s", "in list known-bad", "one of \"CU\" or \"SO\"". */
void predicate_add_op(struct buf *out, const struct field *f,
    const struct op *op, const struct op_words *words);

/* A clause for call `i`; the op `op` alone, of a present value. */
bool predicate_clause(const struct predicate_bound *p, const struct clause *c,
    const struct batch *b, size_t i);
bool predicate_op(const struct predicate_bound *p, const struct clause *c,
    const struct op *op, const struct batch *b, size_t i);
/* A node of the tree for call `i`. */
bool predicate_node(const struct predicate_bound *p, const struct node *node,
    const struct batch *b, size_t i);

/* Room for the answers about n things, all of them no. */
uint64_t *predicate_bits(size_t n);
/* The different texts that calls have in a field. */
struct predicate_codes {
	const struct field *field;
	size_t from; /* of calls from this one on, perhaps some before */
	uint32_t *list;
	size_t n, cap;
	uint64_t *seen; /* while they are listed */
};
/* Of `n` fields, which all look at a call while it is near. */
void predicate_codes_init(struct predicate_codes *list, size_t n,
    size_t threads, const struct batch *b);
void predicate_codes_fini(struct predicate_codes *codes);
/*
 * As predicate_bind(), for one of its clauses alone; `codes` are the texts of
 * its field, NULL where that is none of texts.
 */
int predicate_bind_clause(struct predicate_bound **pp,
    const struct predicate *p, const struct clause *c, const struct batch *b,
    const struct named *named, const struct locals *locals,
    const struct predicate_codes *codes, struct errmsg *err);
/* Any alternative of a clause for call `i`; `p` only for texts and hours. */
bool predicate_alternatives(const struct predicate_bound *p,
    const struct clause *c, const struct batch *b, size_t i);

/* Whether a clause, a node or any below it asks for a field. */
bool predicate_clause_asks(const struct clause *c, const struct field *f);
/*
 * Whether a clause on a field of words holds for a code (any alternative, all
 * of its ops); false: the code does not tell.
 */
bool predicate_word_tells(const struct clause *c, uint32_t code, bool *holds);
bool predicate_node_asks(const struct node *node, const struct field *f);

/* The day on which dated entries are judged: local to the call's place. */
int64_t predicate_day(const struct predicate_bound *p, const struct batch *b,
    size_t i);

#endif
