/*
 * predicate: a question about one call, compiled once, answered with bits.
 *
 * `{"direction": "out", "dst": {"prefix": "+53"}}`: all keys hold; an array is
 * any of its elements; operators gte gt lte lt prefix suffix regex list field
 * exists inside outside; any, all, not.  A missing field satisfies nothing
 * but `exists: false`.
 *
 * Everything that depends on a text alone is answered once per distinct text
 * when the predicate is bound to a batch, calendars once per minute; a call
 * is then tested by bit look-ups and integer compares.
 *
 * What can be wrong with one (codes never change their meaning):
 *   E201  unknown field            E206  unknown list
 *   E202  unknown operator         E207  unknown calendar
 *   E203  bad regular expression   E208  empty where something must stand
 *   E204  wrong type               E209  operator does not fit the field
 *   E205  no value of this field   E210  too many conditions
 *                                  E211  list of another kind of field
 * and, as lint:
 *   W301  `not` over a field that is often missing
 *   W303  can never hold
 *   W304  regular expression with redundant parts
 */
#ifndef LIB_RULE_PREDICATE_H
#define LIB_RULE_PREDICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/notes.h"
#include "cdr/field.h"
#include "io/jsonout.h"
#include "io/jsontext.h"
#include "rule/locals.h"
#include "rule/named.h"
#include "rule/quantity.h"

struct predicate;
struct predicate_bound;

/*
 * Compile; problems become notes (E2xx) and the result is NULL.  `params` are
 * the rule's, for "$name".  `j` must outlive the predicate.  Lists and
 * calendars are looked up by name when the predicate is bound, because a
 * later file may bring them.
 */
const struct predicate *predicate_compile(const struct json *j,
    struct arena *arena, const struct params *params, struct notes *notes);
/* Report lists and calendars that `named` does not have (E206, E207, E211). */
void predicate_check_names(const struct predicate *p, const struct named *named,
    struct notes *notes);
/* Whether it asks for a field anywhere. */
bool predicate_asks(const struct predicate *p, const struct field *f);
/*
 * Whether it may tell two codes apart that calls have in a field of words, one
 * of which may be FIELD_MISSING.
 */
bool predicate_tells(const struct predicate *p, const struct field *f,
    uint32_t code, uint32_t other);
/*
 * The kinds of record that it can hold for: bit n is enum call_event n.  None
 * is missing that it holds for; one may be there that it never does.
 */
unsigned predicate_events(const struct predicate *p);
/* Regular expressions are heap memory: free them with the rule set. */
void predicate_release(const struct predicate *p);

/*
 * Call `use` for every list and every calendar it asks, in the order in which
 * they stand there, perhaps twice.
 */
enum predicate_uses { USES_LIST, USES_CALENDAR };
void predicate_names(const struct predicate *p,
    void (*use)(void *ctx, enum predicate_uses what, const char *name),
    void *ctx);

/* What is right but most likely not meant. */
void predicate_lint(const struct predicate *p, struct notes *notes);

/*
 * Write the members "predicate", "value_TYPE" ... of the "$defs" of a JSON
 * Schema; `j` stands inside that object.
 */
void predicate_schema(struct jsonout *j);
/* The schema of one value of an enum field; null, too, if `or_null`. */
void predicate_schema_words(struct jsonout *j, const struct field *f,
    bool or_null);

/*
 * Make ready for the calls of `b`, which must be complete and outlive it.
 * Local dates (of list entries) and calendars without a zone use the zone of
 * the call's place (locals.h); its own calendar stands for NAMED_HOURS.  1
 * with words when a pattern hits its limits on the text of some call, which
 * depends on the calls and not on the predicate; -1 with words when a name is
 * unknown.
 */
int predicate_bind(struct predicate_bound **pp, const struct predicate *p,
    const struct batch *b, const struct named *named, struct errmsg *err);
void predicate_unbind(struct predicate_bound **pp);

/* Changes nothing: several threads may ask at once. */
bool predicate_test(const struct predicate_bound *p, const struct batch *b,
    size_t i);

/*
 * The same without those of its members that ask for since_prev: the calls
 * that make the groups in which since_prev is worked out.
 */
bool predicate_test_before(const struct predicate_bound *p,
    const struct batch *b, size_t i);

/*
 * Many predicates over one batch.  Most rules ask the same, so each distinct
 * clause is answered once for all calls, and a predicate then takes 64 calls
 * at a time:
 *
 *     predicate_answers_new()   for a complete batch
 *     predicate_ask()           each predicate
 *     predicate_answer()        all clauses, on several threads
 *     predicate_select()        the calls of one of them, from any thread
 *
 * They, the batch and its places must outlive the answers (`locals` NULL:
 * places are worked out for every clause that is answered); since_prev may
 * differ in the copy of the batch that predicate_select() is given.
 */
struct predicate_answers;
struct predicate_answers *predicate_answers_new(const struct batch *b,
    const struct named *named, const struct locals *locals);
void predicate_answers_free(struct predicate_answers **ap);
/*
 * Who asks looks at calls from the `from`-th on: of those before, any answer
 * may be told, and their texts are no matter.  Asked twice, the least counts.
 */
void predicate_ask(struct predicate_answers *a, const struct predicate *p,
    size_t from);
void predicate_answer(struct predicate_answers *a, size_t threads);
/*
 * Set in `bits` (n / 64 + 1 words) which calls match, or match as far as
 * predicate_test_before() can tell.  Answers may be NULL, and the predicate
 * another one than was asked: it is answered alone then.  Returns as
 * predicate_bind().
 */
int predicate_select(const struct predicate_answers *a,
    const struct predicate *p, bool before, const struct batch *b,
    const struct named *named, uint64_t *bits, struct errmsg *err);
/*
 * The same without those of its members that ask for since_prev or src_new,
 * which need not be known yet: no other call ever matches.
 */
int predicate_select_early(const struct predicate_answers *a,
    const struct predicate *p, const struct batch *b, const struct named *named,
    uint64_t *bits, struct errmsg *err);
/*
 * As predicate_bind(), for predicate_listed() alone: neither texts nor hours
 * are looked at.  `locals` of the batch must outlive it; NULL: its own are made.
 */
int predicate_bind_lists(struct predicate_bound **pp, const struct predicate *p,
    const struct batch *b, const struct named *named,
    const struct locals *locals, struct errmsg *err);

/*
 * The entry, in force on the call's day, of the first of its lists that the
 * call is in, and that list; NULL if it is in none.
 */
const struct numlist_entry *predicate_listed(const struct predicate_bound *p,
    const struct batch *b, size_t i, const struct named_list **list);

/*
 * Its clauses one by one, as they are written: all of them together are the
 * predicate.
 */
size_t predicate_parts(const struct predicate *p);
bool predicate_test_part(const struct predicate_bound *p, size_t part,
    const struct batch *b, size_t i);
/* As predicate_brief(), of one clause. */
void predicate_brief_part(const struct predicate *p, size_t part, size_t most,
    struct buf *out);

/*
 * What it asks, for one line of a report: "src_kind anonymous or missing,
 * duration 1s to 60s"; about `most` bytes of it, then " ...".
 */
void predicate_brief(const struct predicate *p, size_t most, struct buf *out);

/*
 * Every clause with its verdict, without stopping at the first that fails, to
 * `tell`: true, 0, "direction = \"out\""; false, 0, "duration = 31s, needs <
 * 25s".  What a combination ("any of") is made of follows it, one deeper.
 */
void predicate_explain(const struct predicate_bound *p, const struct batch *b,
    size_t i,
    void (*tell)(void *context, bool passed, size_t depth, const char *text),
    void *context);

#endif
