/* rulefile_impl: the tables of the format, and who reads them. */
#ifndef LIB_RULE_RULEFILE_IMPL_H
#define LIB_RULE_RULEFILE_IMPL_H

#include "rule/rulefile.h"

enum { RULEFILE_SCORE_MAX = 100 };

/* What is being read. */
struct reading {
	struct ruleset *rs;
	struct arena *arena;
	struct notes *notes;
	struct named *named;      /* where lists and calendars go */
	const char *const *paths; /* all of them */
	size_t npaths;
	unsigned layer;                /* number of the path, from 1 */
	struct rule *rule;             /* the rule, while one is read */
	const struct measure *measure; /* whose thresholds are read */
	bool further;                  /* it is one of `also` */
	const struct json **tuning;    /* by rule: entries, or a list of them */
	size_t ntuning, tuning_cap;
	const struct rule *tuned; /* the rule that is read again, or NULL ... */
	uint64_t tuned_set;       /* ... with these of its entries */
	const struct json **sidecars; /* tests that stand apart */
	size_t nsidecars, sidecars_cap;
};

/*
 * One key of an object.  `read` puts the value into the struct at `into`,
 * most often at offset `at`.  Keys are read in the order of their table, not
 * of the file: what others need stands first.
 */
struct key {
	const char *name;
	bool needed;
	void (*read)(struct reading *r, const struct key *k,
	    const struct json *j, void *into);
	size_t at;
	unsigned arg;       /* a limit or a flag for `read` */
	const char *schema; /* JSON Schema of the value */
};

/* The keys of one kind of object; the last has no name. */
struct table {
	const char *what;    /* "rule" */
	const char *unknown; /* codes: "E303" */
	const char *missing; /* "E301" */
	const struct key *keys;
};

extern const struct table rulefile_rule, rulefile_measure, rulefile_when,
    rulefile_step, rulefile_limit, rulefile_follows, rulefile_also,
    rulefile_baseline, rulefile_param, rulefile_list, rulefile_entry,
    rulefile_calendar, rulefile_test, rulefile_expect, rulefile_waiver,
    rulefile_waiver_limit, rulefile_tuning, rulefile_file;

/* Words that may stand somewhere, as a function of their number; NULL ends. */
struct words {
	const char *name; /* "family"; also the definition in the schema */
	const char *(*at)(const void *unused, size_t i);
	bool local; /* a site may add "local-..." */
};
extern const struct words rulefile_statuses, rulefile_fraud_types,
    rulefile_families, rulefile_functions, rulefile_windows, rulefile_seasons,
    rulefile_stats, rulefile_list_kinds;

/* What a function of a measure asks for. */
enum fn_needs {
	FN_OF_AMOUNT = 1, /* `of`: duration, money, number */
	FN_OF_KEY = 2,    /* `of`: text, word, truth */
	FN_OF = 4,        /* `of` must be there */
	FN_WHERE = 8,
	FN_WINDOW = 16,  /* `over` or `window` */
	FN_ALSO = 32,    /* may stand in `also` */
	FN_OF_TEXT = 64, /* `of`: text */
	FN_BIN = 128,
	FN_DURING = 256,
	FN_HISTORY = 512 /* and `never` */
};
struct function {
	enum measure_fn fn;
	unsigned needs;
};
const struct function *rulefile_function(size_t i); /* NULL: no more */

/* NULL for one that is not known. */
const struct function *rulefile_function_of(enum measure_fn fn);
/* What the value of a measure is compared with. */
enum quantity_kind rulefile_value_kind(const struct measure *m);

/* Every key of an object through its table; true if nothing was wrong. */
bool rulefile_object(struct reading *r, const struct json *obj,
    const struct table *t, void *into);
/* "did you mean ...?" in the arena; NULL for NULL. */
const char *rulefile_did_you_mean(struct reading *r, const char *word);
/* "did you mean ...?", else all of the words. */
const char *rulefile_one_of(struct reading *r, const struct words *w,
    const char *word);
/* A note about a value of the wrong type; `need` says the right one. */
void rulefile_wrong(struct reading *r, const char *code, const struct json *j,
    const char *need);

/* Readers of keys: const char *, int, bool, struct texts, a word's number. */
void rulefile_read_text(struct reading *r, const struct key *k,
    const struct json *j, void *into);
void rulefile_read_title(struct reading *r, const struct key *k,
    const struct json *j, void *into); /* at most `arg` characters */
void rulefile_read_id(struct reading *r, const struct key *k,
    const struct json *j, void *into);
void rulefile_read_int(struct reading *r, const struct key *k,
    const struct json *j, void *into); /* 1 to `arg` */
void rulefile_read_bool(struct reading *r, const struct key *k,
    const struct json *j, void *into);
void rulefile_read_texts(struct reading *r, const struct key *k,
    const struct json *j, void *into);
void rulefile_read_field(struct reading *r, const struct key *k,
    const struct json *j, void *into); /* const struct field * */
void rulefile_read_span(struct reading *r, const struct key *k,
    const struct json *j, void *into); /* int64_t ms, above 0 */
void rulefile_read_date(struct reading *r, const struct key *k,
    const struct json *j, void *into); /* int64_t day */
void rulefile_read_date_text(struct reading *r, const struct key *k,
    const struct json *j, void *into);
void rulefile_read_nothing(struct reading *r, const struct key *k,
    const struct json *j, void *into); /* only its place is needed */
/* The number of a word, -1 with a note (E308). */
int rulefile_word(struct reading *r, const struct words *w,
    const struct json *j);

/*
 * A threshold of the struct condition at `at`; `arg` is an enum cond_set.
 * RULEFILE_LIMITS are the four that compare with the value itself.
 */
void rulefile_read_threshold(struct reading *r, const struct key *k,
    const struct json *j, void *into);
#define RULEFILE_QUANTITY "{\"$ref\":\"#/$defs/quantity\"}"
#define RULEFILE_LIMITS(at, schema)                                          \
	{ "gte", false, rulefile_read_threshold, at, COND_GTE, schema },     \
	    { "gt", false, rulefile_read_threshold, at, COND_GT, schema },   \
	    { "lte", false, rulefile_read_threshold, at, COND_LTE, schema }, \
	{                                                                    \
		"lt", false, rulefile_read_threshold, at, COND_LT, schema    \
	}
/* A note when a condition asks for nothing. */
void rulefile_check_some(struct reading *r, const struct json *j,
    const struct condition *c);

/* Sections of a file and keys of a rule that have a source of their own. */
void rulefile_read_params(struct reading *r, const struct key *k,
    const struct json *j, void *into);
void rulefile_read_measure(struct reading *r, const struct key *k,
    const struct json *j, void *into);
void rulefile_read_also(struct reading *r, const struct key *k,
    const struct json *j, void *into);
void rulefile_read_when(struct reading *r, const struct key *k,
    const struct json *j, void *into);
void rulefile_read_escalate(struct reading *r, const struct key *k,
    const struct json *j, void *into);
void rulefile_read_baseline(struct reading *r, const struct key *k,
    const struct json *j, void *into);
void rulefile_read_lists(struct reading *r, const struct key *k,
    const struct json *j, void *into);
void rulefile_read_calendars(struct reading *r, const struct key *k,
    const struct json *j, void *into);

void rulefile_read_follows(struct reading *r, const struct key *k,
    const struct json *j, void *into);
/* From ids to rules, once all are read; no rule may follow itself. */
void rulefile_link(struct reading *r);
/* The same without a word, once tuned rules stand in their places. */
void rulefile_relink(struct ruleset *rs);
/* What a rule follows, and the calendar of its silence, must be there. */
void rulefile_check_during(struct reading *r, const struct rule *rule);

void rulefile_read_waivers(struct reading *r, const struct key *k,
    const struct json *j, void *into);

/* What waivers say of rules, when all of both are there. */
void rulefile_check_waivers(struct reading *r);
/*
 * The rule with this id, or the one that was renamed from it; NULL with a
 * note (E401).
 */
const struct rule *rulefile_rule_named(struct reading *r, const struct json *at,
    const char *id);

void rulefile_read_tuning(struct reading *r, const struct key *k,
    const struct json *j, void *into);
/* The same where the id is the key of `at`. */
const struct rule *rulefile_rule_named_key(struct reading *r,
    const struct json *at);
/* Entries to their rules, which are read again with them. */
void rulefile_apply_tuning(struct reading *r);
/* The value of a parameter of the rule that is read again. */
int64_t rulefile_tuned_param(const struct reading *r, const char *name,
    int64_t v, const char **origin);
/* A score of 60, or "+10" and "-10" on one; false if it is neither. */
bool rulefile_tuned_score(const struct json *j, int base, int *score);
/* The rest of what entries say to that rule. */
void rulefile_tune(struct reading *r, struct rule *rule);
/* Read a rule, tuned if r->tuned. */
struct rule *rulefile_make_rule(struct reading *r, const struct json *j);
/* The rule as a set of its entries makes it; NULL with the first problem. */
struct rule *rulefile_make_tuned(struct reading *r, const struct rule *base,
    uint64_t set, struct errmsg *err);

/* Read a rule and add it to the set. */
void rulefile_add_rule(struct reading *r, const struct json *j);
/* What a rule's keys say together. */
void rulefile_check_rule(struct reading *r, const struct rule *rule);
/*
 * Of a test: a value that a field can have, a whole number from 1 to `max`, the
 * base of its calls, the calls, and that each of them begins sometime.
 */
void rulefile_check_value(struct reading *r, const struct field *f,
    const struct json *j);
void rulefile_check_whole(struct reading *r, const struct json *j, int max);
void rulefile_read_base(struct reading *r, const struct key *k,
    const struct json *j, void *into);
/* `arg` 1: there must be one. */
void rulefile_read_calls(struct reading *r, const struct key *k,
    const struct json *j, void *into);
void rulefile_check_starts(struct reading *r, const struct json *test);
/* Tests that stand apart to their rules, then check every test. */
void rulefile_tests(struct reading *r);

/* W309: a score that a step of the rule does not exceed any more. */
void rulefile_lint_tuning(const struct rule *rule, struct notes *notes);

/* Fingerprints of all rules and of the set. */
void rulefile_hash(struct ruleset *rs);
/* W308: it asks for records that are no longer kept. */
void rulefile_lint_reach(const struct ruleset *rs, const struct rule *r,
    struct notes *notes);

#endif
