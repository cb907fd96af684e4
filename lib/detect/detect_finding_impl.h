/* detect_finding, private: what an episode becomes, and its words. */
#ifndef LIB_DETECT_DETECT_FINDING_IMPL_H
#define LIB_DETECT_DETECT_FINDING_IMPL_H

#include "detect/detect_impl.h"

/* Of what findings are made, in the arena. */
const struct call_book *detect_call_book(const struct detect_batch *db,
    struct arena *arena);

/* The episode becomes a finding. */
void detect_finding(struct detect_work *w);
/* Into the order of the batch, which is that of time. */
void detect_sort_calls(uint32_t *calls, size_t n);
/* The calls to show, of its members. */
void detect_add_evidence(struct detect_work *w, struct finding *f,
    const uint32_t *members, size_t n);
/*
 * All that was added is shown, when the rules are done: what they had of all
 * calls is gone then, and texts of evidence take much.
 */
void detect_show_evidence(const struct batch *b, size_t threads,
    struct results *out);
/* Its id: of the rule, the group and the instant at which it begins. */
const char *detect_finding_id(const struct detect_work *w,
    const struct finding *f, int64_t begins);

/*
 * The finding that says that the rule hit a limit and was not evaluated: the
 * entity is the rule, the time that of all calls, and none of them proves it.
 */
void detect_stopped(const struct detect_work *w, const struct errmsg *why);

/*
 * Whom a finding is about, which has its group and whose first call this is;
 * texts go to the arena.
 */
void detect_entity(const struct detect_batch *db, const struct rule *r,
    uint32_t call, struct arena *arena, struct finding *f);
/* Whether that is whom it says, without its first call. */
bool detect_entity_stands(const struct detect_batch *db, const struct rule *r,
    const struct finding *f);
/*
 * Whose it is that a finding is told of, a number of inside or a user, which
 * goes to `*text`: calls tell; else it is what it is grouped by.
 */
enum detect_entity_asks { ENTITY_ITSELF, ENTITY_NUMBER, ENTITY_USER };
enum detect_entity_asks detect_entity_asks(const struct rule *r,
    const struct finding *f, const char **text);

/* "calls", "share" ...: in what a measure counts. */
const char *detect_unit(const struct measure *m);
/* Words of it: a value in RULE_UNIT; the greatest amount of a tally. */
void detect_add_value(struct buf *out, const char *unit, int64_t v);
/* "95 days", "6:12:00": a time without calls, in RULE_UNIT. */
void detect_add_elapsed(struct buf *out, int64_t v);
void detect_add_money(struct buf *out, const struct tally *t, int64_t v);
/* "called numbers"; " for user 2041", what the entity does not say. */
void detect_add_noun(struct buf *out, const char *field, int64_t n);
void detect_add_group(struct buf *out, const struct finding *f);
/* " in 2 h"; "total talk". */
void detect_add_window(struct buf *out, const struct measure *m);
void detect_add_amount_noun(struct buf *out, enum measure_fn fn,
    const struct field *of);
/* Sentences of functions that need more than the value. */
void detect_tell_run(const struct detect_work *w, const struct finding *f,
    struct buf *out);
void detect_tell_mode(const struct detect_work *w, const struct finding *f,
    struct buf *out);
void detect_tell_gap(const struct detect_work *w, const struct finding *f,
    struct buf *out);
void detect_tell_silence(const struct detect_work *w, const struct finding *f,
    struct buf *out);
/* "; 12 s after 'Repeated calls into voicemail' at 02:14:07". */
void detect_tell_trigger(const struct detect_work *w, struct buf *out);
/* "3 answered calls", "3 events"; and without how calls ended. */
void detect_add_calls(const struct detect_work *w, struct buf *out, int64_t n);
void detect_add_records(const struct detect_work *w, struct buf *out,
    int64_t n);
/* The line for people. */
void detect_reason(const struct detect_work *w, const struct finding *f,
    struct buf *out);

#endif
