/*
 * rule: a rule as the evaluator needs it.
 *
 * A rule states a fact about calls, says how suspicious it is, and carries
 * the text an analyst needs.  Everything it can say is one of: match, by,
 * measure, baseline, when, follows, score.  rule/rulefile makes rules from
 * JSON; this header only says what a rule is.  All texts belong to the rule
 * set's arena.
 *
 * Thresholds and values are in millionths (RULE_UNIT): 3 calls is 3000000,
 * a share of 0.6 is 600000, two hours are 7200000 ms times RULE_UNIT, money
 * is micro-units.  So everything is compared in integers.
 */
#ifndef LIB_RULE_RULE_H
#define LIB_RULE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bounds.h"
#include "base/hash.h"
#include "cdr/field.h"
#include "io/jsontext.h"
#include "rule/named.h"
#include "rule/predicate.h"
#include "rule/quantity.h"

enum rule_status { RULE_STABLE, RULE_TEST, RULE_EXPERIMENTAL, RULE_DEPRECATED };
const char *rule_status_name(enum rule_status s);

enum measure_fn {
	MEASURE_NONE, /* each matching call is a firing of its own */
	MEASURE_COUNT,
	MEASURE_SUM,
	MEASURE_AVG,
	MEASURE_MAX,
	MEASURE_MIN,
	MEASURE_DISTINCT,
	MEASURE_RATIO,
	MEASURE_CONCURRENT,
	MEASURE_RUN,
	MEASURE_GAP,
	MEASURE_SILENCE,
	MEASURE_MODE
};
const char *measure_fn_name(enum measure_fn fn);

enum measure_window {
	WINDOW_NONE,
	WINDOW_OVER,
	WINDOW_HOUR,
	WINDOW_DAY,
	WINDOW_WEEK
};
const char *measure_window_name(enum measure_window w);

struct measure {
	enum measure_fn fn;
	const struct field *of;        /* or NULL */
	const struct predicate *where; /* ratio */
	int64_t bin;        /* mode: ms, micro-units, number; 0: equal ones */
	const char *during; /* silence: calendar whose hours count, or NULL */
	int64_t history;    /* gap: ms of records that `never` asks for */
	enum measure_window window;
	int64_t over;   /* ms, WINDOW_OVER */
	int32_t begins; /* minutes after midnight, WINDOW_DAY */
};

enum season { SEASON_NONE, SEASON_WEEKDAY, SEASON_HOUR_OF_WEEK };
enum baseline_stat { STAT_MEDIAN, STAT_MEAN, STAT_MAX, STAT_P95 };
const char *season_name(enum season s);
const char *stat_name(enum baseline_stat s);

struct baseline {
	bool present;
	int64_t history; /* ms */
	enum season season;
	enum baseline_stat stat;
	int32_t min_buckets;
	int64_t floor; /* RULE_UNIT */
};

/* All that are set must hold. */
enum cond_set {
	COND_GTE = 1,
	COND_GT = 2,
	COND_LTE = 4,
	COND_LT = 8,
	COND_TIMES = 16,
	COND_MADS = 32,
	COND_NEVER = 64,
	COND_MIN_CALLS = 128,
	COND_MIN_COST = 256,
	COND_MIN_DURATION = 512
};
/* The first COND_LIMITS bits compare with the value itself. */
enum { COND_LIMITS = 4, COND_LIMIT = COND_GTE | COND_GT | COND_LTE | COND_LT };
struct condition {
	uint32_t set;                          /* enum cond_set */
	int64_t gte, gt, lte, lt, times, mads; /* RULE_UNIT */
	/* Where the limit is a field of the calls, by bit; or NULL. */
	const struct field *from[COND_LIMITS];
	int64_t min_calls;    /* calls */
	int64_t min_cost;     /* micro-units */
	int64_t min_duration; /* ms */
};

struct escalate {
	struct condition cond;
	int score;
};

/* A further measure over the same group, window and instant as `measure`. */
struct also {
	struct measure measure; /* without a window of its own */
	struct condition cond;
};

/*
 * A call counts only if another rule fired for a call with the same values at
 * most `within` before it.
 */
struct follows {
	const char *id; /* NULL: follows none */
	const struct rule *rule;
	int64_t within; /* ms */
	/* field of the later call = field of the one that fired */
	const struct field *own[BOUNDS_BY], *theirs[BOUNDS_BY];
	size_t nsame;
};

struct texts {
	const char *const *list;
	size_t n;
};

/* What a site changes of a rule; with a match, for some groups only. */
struct tuning {
	const struct predicate *match; /* NULL: always */
	const struct json *json;
	const char *origin; /* file and line */
};

struct rule {
	const char *id, *title, *description;
	int version;
	enum rule_status status;
	const char *fraud_type, *family;
	int score;
	const struct escalate *escalate;
	size_t nescalate;
	const struct predicate *match;
	struct follows follows;
	const struct field *by[BOUNDS_BY];
	size_t nby;
	const struct field *entity; /* one of by; NULL: the whole traffic */
	struct measure measure;
	const struct also *also;
	size_t nalso;
	struct baseline baseline;
	struct condition when;
	int64_t quiet; /* ms; the default is filled in */
	struct params params;
	struct texts waiver_needs, false_positives, triage, references, tags;
	struct texts lint_ok, mutant_ok; /* "W302: reason", "id: reason" */
	const char *author;              /* or NULL */
	int sensitivity;
	bool private_rule; /* never reported or scored */
	bool enabled;
	const struct json *json; /* as written: x- keys, places */
	/* Tests as written, inline ones first; checked by rulefile. */
	const struct json *const *tests;
	size_t ntests;
	const char *file;
	uint32_t line;
	unsigned layer;      /* rulefile: which path brought it */
	char hash[HASH_HEX]; /* of what it does: match ... params, lists */
	/* Changes of the site, in order, and the rule as its author wrote it. */
	const struct tuning *tuning;
	size_t ntuning;
	const struct rule *untuned;               /* NULL: as written */
	const char *score_origin, *status_origin; /* NULL: the rule's file */
};

/* Heap memory of its predicates; `r` may be NULL. */
void rule_release(const struct rule *r);

/* A rule whose findings are shown apart and never scored. */
bool rule_is_shadow(const struct rule *r);

/* Whether it is on, be it for some groups only. */
bool rule_is_on(const struct rule *r);

/* `use` every list and calendar that it or its tuning asks, perhaps twice. */
void rule_names(const struct rule *r,
    void (*use)(void *ctx, enum predicate_uses what, const char *name),
    void *ctx);

/* Whether it asks for a field: in match, by, a measure or a limit. */
bool rule_asks(const struct rule *r, const struct field *f);
/*
 * Whether two codes that calls have in a field of words, one of which may be
 * FIELD_MISSING, may matter to it differently, as it is, without its tuning.
 */
bool rule_tells(const struct rule *r, const struct field *f, uint32_t code,
    uint32_t other);
/*
 * The same, or its tuning does, or it did before that, or a rule that it
 * follows does.
 */
bool rule_asks_ever(const struct rule *r, const struct field *f);
/* Whether it looks at other records than calls: its match says `event`. */
bool rule_takes_events(const struct rule *r);
/* The kinds that it looks at, as predicate_events(). */
unsigned rule_events(const struct rule *r);
/* What `n` records of such kinds are to people: "call", "events", "records". */
const char *rule_noun(unsigned kinds, int64_t n);

/* Whether one of its conditions is `never`. */
bool rule_asks_never(const struct rule *r);

/* Whether the measure's value is a span: thresholds have a unit of time. */
bool measure_is_span(const struct measure *m);

/*
 * Behaviour that somebody accepts until a day: the calls that `match` are
 * none for the rules it names.  Days are local to the call; 0 is no limit.
 */
struct waiver {
	const char *id, *reason, *owner, *ticket; /* ticket or NULL */
	struct texts rules; /* ids as they are now; "*" is every rule */
	const struct predicate *match;
	int64_t from, expires;   /* days; `expires` is the first one without */
	int64_t calls_per_day;   /* more than this, and the day's rest counts */
	int64_t cost_per_day;    /* the same, micro-units of any one currency */
	const struct json *json; /* as written: its place */
	const char *file;
	uint32_t line;
};
/* Whether it names the rule. */
bool waiver_names(const struct waiver *w, const struct rule *r);
/* As rule_takes_events(). */
bool waiver_takes_events(const struct waiver *w);

struct ruleset {
	struct arena arena;
	struct json_doc **docs; /* owned: rules point into them */
	size_t ndocs, docs_cap;
	struct rule **rules; /* by id */
	size_t n, cap;
	struct named named;      /* lists and calendars */
	struct waiver **waivers; /* by id */
	size_t nwaivers, waivers_cap;
	/* Set before reading: a waiver may be for every rule of an account. */
	bool wildcard_waivers;
	/* Set before reading: ms that the store keeps records; 0: for ever. */
	int64_t retention;
	/*
	 * The first layers that came along: a rule may leave them alone, and
	 * one of a later layer stands in the place of theirs.
	 */
	unsigned lent;
	/* Asked for what a rule follows that is not here, or NULL. */
	const struct ruleset *under;
	char hash[HASH_HEX]; /* of all rules, lists, calendars, waivers */
};

void ruleset_init(struct ruleset *rs);
void ruleset_fini(struct ruleset *rs);
/*
 * Whether any rule, tuning entry or waiver asks for a field, be it on or off.
 */
bool ruleset_asks(const struct ruleset *rs, const struct field *f);
/* NULL if there is none. */
const struct rule *ruleset_find(const struct ruleset *rs, const char *id);
/* The nearest id for "did you mean", or NULL. */
const char *ruleset_suggest(const struct ruleset *rs, const char *id);

#endif
