/*
 * finding: what a rule saw, what a case is, what a run did.
 *
 * Self-contained, so that findings can be stored, piped and reported by
 * programs that never saw the calls: no pointer into calls, rules or files, but
 * for which calls those of a run are that has them.  All memory belongs to the
 * arena of the struct results.
 */
#ifndef LIB_DETECT_FINDING_H
#define LIB_DETECT_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bounds.h"
#include "base/packed.h"
#include "cdr/batch.h"
#include "rule/measure.h"

enum severity {
	SEV_NONE,
	SEV_INFO,
	SEV_LOW,
	SEV_MEDIUM,
	SEV_HIGH,
	SEV_CRITICAL
};
enum severity severity_of(int score); /* 1-19 20-39 40-59 60-79 80-100 */
const char *severity_name(enum severity s);
int severity_parse(const char *name); /* -1 if none */

enum finding_kind { KIND_FINDING, KIND_WAIVED, KIND_SHADOW };
const char *finding_kind_name(enum finding_kind k);

struct amount {
	const char *currency; /* "" unknown */
	int64_t micro;
};

/* Sums over calls; `money` has one entry a currency, by code. */
struct tally {
	int64_t calls;
	int64_t duration; /* ms of talk */
	const struct amount *money;
	size_t nmoney;
	bool estimated; /* some of the money is worked out from rates */
};

/* One call shown as proof. */
struct evidence {
	int64_t start; /* UTC ms */
	const char *call_id, *src, *dst, *dst_country, *source, *file;
	const char *currency;
	/* The list and entry it is in, who says so and what; or NULL. */
	const char *list, *entry, *entry_source, *entry_note;
	int64_t duration, cost;   /* ms, micro-units */
	bool has_cost, estimated; /* by rates */
	uint32_t line;
};

/* Which call, independent of any batch: sorted, for distinct counts. */
struct call_ref {
	int64_t start;
	uint64_t key;    /* record key */
	uint64_t source; /* hash of the source name */
	int64_t duration, cost;
	const char *currency; /* NULL: no cost */
	bool estimated;       /* the cost, by rates */
};

/*
 * The calls that findings were made of; they must be there, as they were, as
 * long as the findings are asked which theirs are.
 */
struct call_book {
	const struct batch *batch;
	const uint64_t *sources;  /* by source of the batch: hash of its name */
	struct measure_talk talk; /* call_book_talk() */
};

/*
 * What sums over calls ask of each call of a sorted batch, beside each other,
 * because members lie far apart: ms of talk, which is all there is to say, or
 * CALL_BOOK_ASK, where the call costs something or is a copy of the one before
 * it.  Of the calls from one to before another; false where a call does not talk
 * for whole seconds, and these are what is asked for.
 */
#define CALL_BOOK_ASK MEASURE_ASK
bool call_book_talk(const struct batch *b, size_t first, size_t end,
    const struct measure_talk *talk);

/*
 * Calls as a store has them, in a fifth of the memory that struct call_ref
 * takes: any one can be told without the others.
 */
enum pack_column {
	PACK_START,
	PACK_SOURCE,
	PACK_KEY,
	PACK_DURATION,
	PACK_COST,
	PACK_MONEY, /* which of the amounts has its currency, from 1; 0: none */
	PACK_ESTIMATED,
	PACK_COLUMNS
};
struct call_pack {
	struct packed_numbers columns[PACK_COLUMNS];
	const struct amount *money;
};

/* What one further measure of a rule (`also`) said when the first did. */
struct reading {
	const char *measure; /* fn */
	const char *of;      /* field, or NULL */
	const char *unit, *op;
	int64_t value, limit; /* RULE_UNIT */
	bool has_limit;
};

/* A parameter of the rule as it was in force. */
struct param_value {
	const char *name;
	int64_t value; /* RULE_UNIT; of ms if it is a span */
	bool is_span;
};

struct finding {
	const char *id; /* "f-" and ten hex digits */
	enum finding_kind kind;
	const char *state; /* new, updated, closed; NULL when stateless */
	const char *state_reason; /* why it is closed; or NULL */
	/* Of a store: it had ended a week before it was first seen. */
	bool backlog;
	const char *rule, *title, *family, *fraud_type, *rule_hash;
	int rule_version;
	const struct param_value *params;
	size_t nparams;
	const char *const *triage;
	size_t ntriage;
	int score;
	/*
	 * Of an account, where it came from (enum account_type): account,
	 * extension, number, trunk, source; else what it is: dst, traffic ...
	 */
	const char *entity_type, *entity;
	const char *const *group_fields, *const *group_values;
	size_t ngroup;
	int64_t first_seen, last_seen, crossed_at; /* UTC ms */
	const char *measure; /* fn; NULL: a rule without measure */
	const char *of;      /* its field, or NULL */
	const char *window;  /* "2h", "day"; NULL: none */
	/*
	 * In RULE_UNIT; for people and JSON see `unit`.  The value is the peak,
	 * the limit what would just have fired then.
	 */
	int64_t value, limit, baseline;
	const char *unit; /* "count", "share", "ms", "money", "calls" */
	const char *op;   /* gte gt lte lt times mads; NULL */
	bool has_limit, has_baseline;
	const struct reading *also;
	size_t nalso;
	struct tally calls;
	const char *reason; /* one line for people, ASCII but for names */
	/*
	 * At most BOUNDS_EVIDENCE, in time order: the first five, the last five
	 * and the dearest ten between, which are the longest where nothing
	 * costs anything.
	 */
	const struct evidence *evidence;
	size_t nevidence;
	/* Of a rule at work: which calls they will be; then NULL. */
	const uint32_t *shown;
	bool truncated;
	/* Ids of the waivers that its calls are under; KIND_WAIVED only. */
	const char *const *waivers;
	size_t nwaivers;
	const char *case_id; /* "c-..."; NULL for shadow and waived */
	/*
	 * Which calls, sorted; none if read from JSON alone.  With a book they
	 * stand in its batch at these places, which takes a tenth of the memory
	 * and is how detect makes them; of a store they may be packed; else
	 * they are told.  Ask for them by finding_member() or
	 * finding_members().
	 */
	const struct call_book *book;
	const uint32_t *places;
	const struct call_pack *pack; /* without a book */
	const struct call_ref *members;
	size_t nmembers;
	/*
	 * As a store gave it to the run that finds it again, in which nothing
	 * of it but its state and its case can have changed; or NULL.
	 */
	const struct finding *stored;
	bool brief; /* it has evidence that was left there */
	bool bare;  /* it has calls that were left there */
	bool stays; /* in the case of that store, which is as it was */
	/* The case that its case goes on, which stays as it was; or NULL. */
	const char *after;
};

/* One line of a case's account of points; they add up to the score. */
struct point {
	const char *rule, *family, *reason, *finding;
	int points;
};

struct fraud_case {
	const char *id;
	/* open, acknowledged, fraud, benign, closed; NULL when stateless */
	const char *state;
	/* id of the case that this one goes on, or NULL */
	const char *previous;
	/* Of a store: ids of cases that have its findings now, by id. */
	const char *const *heirs;
	size_t nheirs;
	const char *entity_type, *entity;
	int score;
	int64_t first_seen, last_seen;
	struct tally calls;         /* over distinct calls */
	const struct point *points; /* greatest first */
	size_t npoints;
	const char *const *findings; /* ids */
	size_t nfindings;
};

/* What a source did in a run: for "Feeds". */
struct feed {
	const char *source;
	int64_t first, last; /* UTC ms of its calls */
	int64_t calls;
};

/* What became of a waiver in a run. */
struct waiver_told {
	const char *id, *owner, *reason;
	/*
	 * used; expiring within 14 days, used or not; expired in the last 7;
	 * unused for 90 days or more.
	 */
	const char *state;
	const char *expires; /* "2026-01-24", the first day without it */
	struct tally calls;  /* under it */
	int64_t days_over;   /* on which its limit was exceeded */
};

/* Records read by a run, accounted for; the five parts add up to `records`. */
struct counts {
	int64_t files, records;
	int64_t calls, legs, skipped, duplicates, rejects;
	int64_t stored; /* of `calls` and `legs`, new to the store */
};

struct run {
	const char *id, *tool, *version;
	const char *ruleset; /* "xxh128:..." */
	const char *host, *zone, *currency, *home_country;
	int64_t as_of, first, last; /* UTC ms; first and last call looked at */
	struct counts counts;
	int64_t looked_at; /* calls scored */
	int64_t rules_active, rules_shadow, rules_off;
	const struct feed *feeds;
	size_t nfeeds;
	const struct waiver_told *waivers; /* worth telling, by id */
	size_t nwaivers;
	const char *const *remarks; /* guesses and warnings worth a line */
	size_t nremarks;
	bool stored;   /* there is a store behind it */
	bool complete; /* false: the stream ended early */
};

struct results {
	struct arena arena;
	struct finding **findings; /* by score, exposure, entity, rule, ... */
	size_t n, cap;
	struct fraud_case **cases;
	size_t ncases, cases_cap;
	struct run run;
};

void results_init(struct results *rs);
void results_fini(struct results *rs);
/* A zeroed finding or case of the arena, appended. */
struct finding *results_finding(struct results *rs);
struct fraud_case *results_case(struct results *rs);
/* Move all findings of `from`, which has no cases, to `rs`. */
void results_take(struct results *rs, struct results *from);
/* Its i-th call; all of them, where need be in `own`, to be freed. */
struct call_ref finding_member(const struct finding *f, size_t i);
const struct call_ref *finding_members(const struct finding *f,
    struct call_ref **own);
/*
 * What `n` of its calls, from the `at`-th on, have in a column of a pack, whose
 * amounts are those of the finding.
 */
void finding_column(const struct finding *f, enum pack_column column, size_t at,
    size_t n, int64_t *v);
const struct finding *results_find(const struct results *rs, const char *id);
const struct fraud_case *results_find_case(const struct results *rs,
    const char *id);
/* Whether that state, NULL where there is none, says that it is over. */
bool state_is_closed(const char *state);

/*
 * The one order of output: score and exposure falling, then entity, rule,
 * first_seen, id.  Exposure: the greatest amount in any one currency.
 */
void results_sort(struct results *rs);

/* The greatest amount in any one currency, micro-units; 0 without money. */
int64_t tally_exposure(const struct tally *t);
/* The members of several findings, each call once. */
void tally_members(struct tally *t, struct arena *arena,
    const struct finding *const *findings, size_t n);
/* As strcmp(), by start, source, key. */
int call_ref_compare(const struct call_ref *a, const struct call_ref *b);

#endif
