/*
 * detect_batch, private: what all rules need to know of the calls of a run, and
 * what they share of it.
 */
#ifndef LIB_DETECT_DETECT_BATCH_IMPL_H
#define LIB_DETECT_DETECT_BATCH_IMPL_H

#include <stdatomic.h>

#include "detect/detect.h"
#include "detect/detect_held_impl.h"
#include "rule/baseline.h"
#include "rule/locals.h"
#include "rule/measure.h"

/* What there is of a source: records, and when they began. */
struct detect_feed {
	int64_t calls, first, last;
};

void detect_feed_add(struct detect_feed *f, int64_t start);

/* Bits by call: there are records on so many days before, at most 65535. */
struct detect_history {
	int64_t days;
	uint64_t *bits;
};

/* What all rules need to know of a batch, made once. */
struct detect_batch {
	const struct batch *calls;
	uint64_t *source_hashes; /* by source */
	uint32_t *source_ranks;  /* by source: place of its name */
	/* First call, counted from 1, in which ... */
	_Atomic uint32_t *of_party;      /* by name: number of inside */
	_Atomic uint32_t *of_user;       /* by name: it is the user */
	_Atomic uint32_t *of_account;    /* by name: it is the account */
	_Atomic uint32_t *account_since; /* of calls not labelled fraud */
	struct detect_feed *feeds;       /* by source */
	struct measure_talk talk;        /* as books have it */
	struct locals locals;
	uint64_t *events; /* bits by call: it is none; NULL: all are calls */
	struct detect_shared *shared;    /* what grouping asks of all calls */
	struct baseline_written written; /* if a rule has a baseline */
	struct batch view; /* the batch with src_new, if a rule asks for it */
	uint8_t *src_new;  /* by call; or NULL */
	uint8_t *fraud;    /* by call: labelled so; NULL: none is */
	int64_t fraud_sum; /* tells one set of such calls from another */
	struct detect_history *histories; /* NULL: no rule asks `never` */
	size_t nhistories;
	uint16_t *known; /* days by call; NULL: only of `histories` is asked */
	/* By source: first record; INT64_MAX: it has none; with `histories`. */
	int64_t *source_begins;
	struct predicate_answers *answers; /* to what the rules ask; or NULL */
	/*
	 * Where calls that began before `begins` are not there: what is known
	 * of all of them; with INT64_MIN, all are, it is NULL.
	 */
	int64_t begins;
	bool recalled; /* single ones are */
	struct detect_facts *facts;
};
/* What findings ask of the calls goes to the arena, which is theirs. */
void detect_batch_init(struct detect_batch *db, const struct batch *b,
    const struct named *named, const struct detect_settings *set,
    struct arena *arena);
void detect_batch_fini(struct detect_batch *db);

/*
 * What the rules ask of the past and of each call, for all that are to be
 * evaluated.  From when it is shown src_new on they look at a copy of the
 * batch, which tells it.
 */
struct detect_looks {
	struct detect_look known, callers; /* `until` INT64_MAX: none asks */
	bool seen; /* somebody is shown what is worked out */
};
/* `rules` look at calls from `froms` on. */
void detect_prepare(struct detect_batch *db, const struct named *named,
    const struct rule *const *rules, const size_t *froms, size_t n,
    struct detect_looks *looks, size_t threads);
void detect_show_src_new(struct detect_batch *db);

/* False: calls are missing of which it is not known what they told. */
bool detect_batch_knows(const struct detect_batch *db,
    const struct detect_settings *set);
/* Whether there are calls before, from an instant on, that are not there. */
bool detect_batch_lacks(const struct detect_batch *db, int64_t from);
/* What buckets there are, and which sources wrote, for those missing, too. */
void detect_batch_written(struct detect_batch *db);

/* What the first call that tells it says: of an account its type, ... */
const char *detect_account_type(const struct detect_batch *db,
    const char *account);
/* ... since when it has calls that are not labelled fraud, ... */
bool detect_account_since(const struct detect_batch *db, uint32_t account,
    int64_t *since);
/* ... whose a number of inside is, or a user; NULL: none says it. */
const char *detect_number_account(const struct detect_batch *db,
    const char *number);
const char *detect_user_account(const struct detect_batch *db,
    const char *user);

/*
 * What grouping asks of all calls.  Some of it is made for the first rule that
 * asks, and is there until the last one is done that may: those that were
 * told of here before any of them began.
 */
struct detect_shared *detect_shared_new(const struct batch *b);
void detect_shared_free(struct detect_shared **sp);
void detect_shared_expect(struct detect_shared *s, const struct rule *r,
    size_t looks_from);
void detect_shared_done(struct detect_shared *s, const struct rule *r);
/* Make the order by a field that rules at work may ask for. */
void detect_shared_order(const struct detect_batch *db,
    const struct named *named, const struct field *f);
/* The measure may be of rows of numbers: which these are, by party. */
void detect_shared_row(struct detect_shared *s, const struct measure *m);
void detect_shared_fill(struct detect_shared *s, const struct batch *b,
    const struct measure_talk *talk);
/* What is known of the calls then; or NULL. */
const struct measure_known *detect_shared_known(const struct detect_shared *s);

/* A thing for a thread to do: a rule, by its place, or an order for some. */
struct detect_piece {
	size_t rule;
	const struct field *order; /* NULL: the rule ... */
	const struct field *asks;  /* ... which may ask for this one; or NULL */
	enum { PIECE_WAITS, PIECE_RUNS, PIECE_DONE } state;
};
/*
 * Fill `out`, which has room for two pieces a rule; how many there are.
 * `orders`: those that are worth it are made before any rule asks.
 */
size_t detect_schedule(struct detect_piece *out,
    const struct rule *const *rules, size_t n, bool orders);
/*
 * The piece to begin with next, of those that wait: the first that asks for no
 * order that is being made, if there is one, else the first of all.
 */
struct detect_piece *detect_schedule_next(struct detect_piece *list, size_t n);

/*
 * Whether there are records of its source, and of its account if it has one,
 * on as many local days before that of the call as the rule, one of these or
 * one of them tuned, takes to say that something never was.
 */
void detect_known_init(struct detect_batch *db, const struct rule *const *rules,
    size_t n, struct detect_look *look);
bool detect_known_long(const struct detect_batch *db, const struct rule *r,
    size_t call);
void detect_known_fini(struct detect_batch *db);

#endif
