/* Results made by hand, for the tests of what reports them. */
#ifndef TESTS_SAMPLE_RESULTS_H
#define TESTS_SAMPLE_RESULTS_H

#include "detect/finding.h"

/* UTC ms of a reading of 2026. */
int64_t sample_time(int month, int day, int hour, int minute, int second);

/* A night with four cases, a waived and a shadow finding, in one currency. */
void sample_night(struct results *rs);
/* A clean day: records of every kind, nothing found. */
void sample_clear(struct results *rs);
/* One case whose texts were all chosen by somebody hostile. */
void sample_hostile(struct results *rs);
/* Cases in several currencies and none, of several kinds, over days. */
void sample_currencies(struct results *rs);
/* `n` cases of falling score, without money. */
void sample_many(struct results *rs, int n);

/* Building blocks: an account's case, and a finding that belongs to it. */
struct fraud_case *sample_case(struct results *rs, const char *entity_type,
    const char *entity, int score, int64_t first, int64_t last);
struct finding *sample_finding(struct results *rs, struct fraud_case *c,
    const char *rule, const char *family, int score, int points,
    const char *reason);
/* Sums with one amount; `currency` NULL: no money. */
struct tally sample_tally(struct results *rs, int64_t calls, int64_t seconds,
    const char *currency, int64_t micro);

#endif
