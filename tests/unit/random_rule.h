/*
 * random_rule: random rules, and random calls that some of them fire at.
 *
 * Everything comes from one number, so a round can be played again.
 */
#ifndef TESTS_UNIT_RANDOM_RULE_H
#define TESTS_UNIT_RANDOM_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "cdr/batch.h"
#include "rule/named.h"
#include "rule/rule.h"

enum { RANDOM_CALLS = 40, RANDOM_CHAIN = 3, RANDOM_WAIVERS = 2 };
#define RANDOM_ACCOUNT "A1" /* of waivers that are for one */

/* A rule with what it points to. */
struct random_rule {
	struct rule rule;
	struct escalate escalate;
	struct also also[2];
};

/*
 * rules[0] may follow rules[1], and that rules[2]; those two are private.
 * Waivers match `all` or `one`, which is RANDOM_ACCOUNT.
 */
struct random_rules {
	struct random_rule rules[RANDOM_CHAIN];
	struct waiver waivers[RANDOM_WAIVERS];
	size_t nwaivers;
	/*
	 * Every call; answered ones; those of one account; close to the one
	 * before; events, too.
	 */
	struct json_doc *all_text, *answered_text, *one_text;
	struct json_doc *quick_text, *logged_text;
	const struct predicate *all, *answered, *one, *quick, *logged;
	struct arena arena;
	struct notes notes;
	struct named named; /* has a few calendars */
};

void random_rules_open(struct random_rules *m);
void random_rules_close(struct random_rules *m);

void random_seed(uint64_t seed);
/* 0 to n - 1. */
int64_t random_roll(int64_t n);
bool random_chance(int percent);
void random_shuffle(size_t *order, size_t n);

/* Other rules, with a measure of their own each. */
void random_rules_make(struct random_rules *m);

/* Zones and calendars: several, zones alone, one. */
enum random_clock { CLOCK_SEVERAL, CLOCK_ZONES, CLOCK_ONE, CLOCK_COUNT };

/* What one random call is; the batch is made of them in any order. */
struct random_call {
	int64_t start, cost;
	uint32_t ring, duration;
	int account, src, dst, source, currency, status, cause, event;
	bool fraud; /* labelled so */
	int listed; /* which calendar the directory gives, 0 none */
	bool has_cost;
	enum random_clock clock; /* of all calls */
};

/* At most RANDOM_CALLS, in times that suit the rules; returns how many. */
size_t random_calls(const struct random_rules *m, struct random_call *calls);
/* Waivers for days of these calls, or none. */
void random_waivers(struct random_rules *m, const struct random_call *calls,
    size_t n);
/* Whether a call of such a batch is labelled fraud. */
bool random_is_fraud(const struct batch *b, size_t i);
/* Sorted; what stands in `order` twice is read twice, and counts once. */
struct batch *random_batch(const struct random_call *calls, const size_t *order,
    size_t n);
/* The same without those that began before, but with their sources. */
struct batch *random_batch_from(const struct random_call *calls,
    const size_t *order, size_t n, int64_t from);

#endif
