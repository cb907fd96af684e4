/*
 * rulefile: JSON files and layers to one rule set; every error placed.
 *
 * {"cdrrules": 1, "rules": [], "lists": {}, "calendars": {}, "waivers": [],
 * "tuning": {}, "tests": []}.
 * Each path is a layer.  A rule exists once; a list or a calendar of a later
 * layer replaces one of the same name.  Unknown keys are errors, but for
 * "note" and "x-...", which are the author's own.  All problems of all files
 * are reported, up to BOUNDS_NOTES.
 *
 * What can be wrong (codes never change their meaning; those of text come
 * from io/jsontext, those of predicates, E2xx, stand in rule/predicate.h):
 *   E120  written for a newer cdrrules
 *   E121  no rule file
 *   E122  unknown section
 *   E204  wrong type: a number or a span where the other is needed
 *   E301  a key is missing            E310  condition that does not fit
 *   E302  unknown parameter           E311  baseline that cannot work
 *   E303  unknown key                 E312  by, same or entity
 *   E304  wrong type or form          E313  list
 *   E305  rules follow in a circle    E314  calendar
 *   E306  id given twice              E315  name given twice in a layer
 *   E307  out of range                E316  escalate step not above the base
 *   E308  unknown word                E317  follows an unknown rule
 *   E309  measure: a part missing, too many
 * Waivers and tuning:
 *   E401  unknown rule               E405  two waivers have one id
 *   E402  field that must be pinned  E406  dates: none, or more than 366 days
 *   E403  a key is missing           E407  for every rule, not allowed
 *   E404  unknown key                E408  reason too short, limit of nothing
 *   E409  unknown parameter          E411  match: not a field of the group
 *   E410  out of range               E412  values that do not work together
 *   E501  a key is missing            E505  unknown rule
 *   E502  unknown key                 E506  field that is not in `by`
 *   E503  unknown field               E507  no time
 *   E504  wrong type or value
 * Lint, beside W301, W303 and W304 of predicates:
 *   W302  times or mads without an absolute minimum
 *   W303  can never hold
 *   W305  parameter, list, calendar or private rule never used
 *   W306  stable, without a positive or a negative test
 *   W307  score far from the rest of its family
 *   W308  look-back longer than the records are kept
 *   W309  escalate step that does not exceed the base score
 *   W311  same content as another rule
 * A rule's "lint_ok": ["W302: reason"] keeps a warning back.
 */
#ifndef LIB_RULE_RULEFILE_H
#define LIB_RULE_RULEFILE_H

#include <stdbool.h>

#include "base/notes.h"
#include "rule/rule.h"

/*
 * Read files and directories (*.json, by name, not recursive) in this order
 * into `rs`, which was initialised.  Of the first rs->lent paths what is also
 * named by a later one is left out there.  Problems are notes; -1 if any is an
 * error, and then `rs` is only good for ruleset_fini().  `extra` are
 * calendars of the configuration, which replace those of the same name and
 * belong to rs from now on, whatever is returned.
 */
int rulefile_load(struct ruleset *rs, const char *const *paths, size_t n,
    struct calendar **extra, size_t nextra, struct notes *notes);

/*
 * The waivers of one file more, from memory, into a set that was loaded;
 * `name` stands in notes.  -1 as above.
 */
int rulefile_add_waivers(struct ruleset *rs, const char *text, size_t len,
    const char *name, struct notes *notes);

/*
 * Read the text of one rule file into `rs`, which was initialised, beside
 * `base`: lists, calendars and the rules that others follow are also looked
 * for there.  So a rule of `base` is tried in another form; `base` must
 * outlive `rs`.  -1 as rulefile_load().
 */
int rulefile_beside(struct ruleset *rs, const struct ruleset *base,
    const char *text, size_t len, struct notes *notes);

/*
 * The "lists" and "calendars" of an object (a test brings its own) into `n`;
 * texts go to `arena` or stay in the object.  -1 if there was an error.
 */
int rulefile_named(const struct json *obj, struct named *n, struct arena *arena,
    struct notes *notes);

/*
 * A rule that has tuning as a set of its entries makes it (rule/tuning), with
 * memory of `arena`; to be ended with rule_release() before.  -1 with words
 * when these entries do not work together.  Changes nothing of the rule.
 */
int rulefile_variant(const struct rule *base, uint64_t set, struct arena *arena,
    struct rule **variant, struct errmsg *err);

/* Whether a problem is that something is missing that other files may have. */
bool rulefile_lacks_others(const struct notes *notes);

/* Lint (W3xx) of a loaded set. */
void rulefile_lint(const struct ruleset *rs, struct notes *notes);

/*
 * Whether rules may have this fraud type; if not, `*near` is one that looks
 * like it, or NULL.
 */
bool rulefile_has_fraud_type(const char *name, const char **near);

/*
 * The file in its one layout: two blanks a step, at most 98 characters a line
 * where words allow it.  What fits stands on one line, but for a file, its
 * rules, a rule, its tests and a test; of what does not, objects of plain
 * values and arrays are filled, other objects have a line for each member.
 * Values stay as they are written.  The result is laid out alike again.
 */
void rulefile_format(const struct json *root, struct buf *out);

/* The JSON Schema (2020-12) of the format, generated from the tables. */
void rulefile_schema(struct buf *out);

#endif
