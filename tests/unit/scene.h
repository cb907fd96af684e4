/* scene: rules and calls written as JSON in a test, and what is found. */
#ifndef TESTS_UNIT_SCENE_H
#define TESTS_UNIT_SCENE_H

#include "base/notes.h"
#include "cdr/batch.h"
#include "detect/detect.h"
#include "detect/finding.h"
#include "rule/rule.h"

struct scene {
	struct ruleset rules;
	struct notes notes;
	struct batch *calls;
	struct results found;
	struct detect_settings set;
	struct errmsg err;
};

/*
 * `rules` is a whole rule file.  Its problems are in `notes`; -1 if any is an
 * error.
 */
int scene_rules(struct scene *s, const char *rules);

/*
 * Prefixes for rule files that a test would otherwise repeat; the text is the
 * caller's to free.  The rule "r" has score 45 and family volume.
 */
char *scene_rule(const char *keys);

/* `calls` is the inside of a test: "\"calls\": [...]"; as_of is the last. */
void scene_calls(struct scene *s, const char *calls);

/* detect_run() into `found`, which is emptied before; its status. */
int scene_run(struct scene *s);

/* All at once, with scene_rule(); returns the only finding. */
const struct finding *scene_find(struct scene *s, const char *keys,
    const char *calls);

/* One rule of a file of several, and the file. */
#define SCENE_RULE(id, status, keys)                                    \
	"{\"id\": \"" id "\", \"version\": 1, \"title\": \"" id "!\", " \
	"\"description\": \"D\", \"status\": \"" status "\", "          \
	"\"fraud_type\": \"irsf\", \"family\": \"volume\", "            \
	"\"score\": 45, \"waiver_needs\": [\"account\"], " keys "}"
#define SCENE_RULES(list) "{\"cdrrules\": 1, \"rules\": [" list "]}"

/* All of them against these calls, the inside of "calls". */
void scene_play(struct scene *s, const char *rules, const char *calls);

void scene_end(struct scene *s);

#endif
