/* rule_text: rule files in a folder of their own, for tests of rulefile. */
#ifndef TESTS_UNIT_RULE_TEXT_H
#define TESTS_UNIT_RULE_TEXT_H

#include "base/buf.h"
#include "refusal.h"
#include "rule/rulefile.h"

/* A file with a bit of everything; tests replace one text of it. */
extern const char rule_text_sound[];

/* A file with one rule that has what it needs, and `keys`. */
#define RULE_TEXT_MINIMAL(keys)                                            \
	"{ \"cdrrules\": 1, \"rules\": [{ \"id\": \"r\", \"version\": 1,"  \
	" \"title\": \"t\", \"description\": \"d\", \"status\": \"test\"," \
	" \"fraud_type\": \"irsf\", \"family\": \"time\", \"score\": 9,"   \
	" \"match\": {}, \"waiver_needs\": [\"src\"], " keys " }] }"

struct rule_text {
	char dir[64];
	struct ruleset rs;
	struct notes notes;
	struct buf path; /* of the last file written */
};

/* For cmocka: the state is a struct rule_text. */
int rule_text_set_up(void **state);
int rule_text_tear_down(void **state);

/* Write a file into the folder; its path, until the next one. */
const char *rule_text_put(struct rule_text *f, const char *name,
    const char *text);
/* Forget what was loaded, and load this text alone. */
int rule_text_load(struct rule_text *f, const char *text);
void rule_text_reset(struct rule_text *f);

#endif
