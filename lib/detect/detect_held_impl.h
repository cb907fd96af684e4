/*
 * detect, private: what a rule keeps for the next run beyond its findings, so
 * that it need not look at calls of long ago again.
 *
 * All of it is told as of one instant, `until`, so many days before the last
 * call that a run whose new calls are that late can still go on: it looks at
 * the calls from there on, and takes what was before from here.
 *
 *     calls    # ##  #   # |   ##   #  # # #|
 *              as told     until            last call
 *
 * Groups are known by a hash of their texts, as days are by their sums
 * (cdr/daysums.h).
 */
#ifndef LIB_DETECT_DETECT_HELD_IMPL_H
#define LIB_DETECT_DETECT_HELD_IMPL_H

#include "base/buf.h"
#include "base/packed.h"
#include "detect/detect.h"

struct detect_work;
struct detect_groups;
struct detect_batch;
struct detect_events;

/* Something for each of many keys: an instant, mostly. */
struct detect_marks {
	struct detect_mark {
		uint64_t key;
		int64_t at;
	} * list;
	size_t n, cap;
};
void detect_marks_add(struct detect_marks *m, uint64_t key, int64_t at);
/* In the order of the keys; of equal ones the greatest stays. */
void detect_marks_settle(struct detect_marks *m);
/* Settle them, with those of others that are settled and at `least` or later. */
void detect_marks_merge(struct detect_marks *m,
    const struct detect_marks *others, int64_t least);
/* In settled ones; NULL: it has none. */
const struct detect_mark *detect_marks_find(const struct detect_marks *m,
    uint64_t key);
void detect_marks_fini(struct detect_marks *m);
/* As bytes, settled ones; how many there are, stands elsewhere. */
void detect_marks_print(const struct detect_marks *m, struct buf *out);
/* Whether it can be an instant, or be none: sums of it do not overflow. */
bool detect_sane(int64_t t);
/* Whether there can be so many calls: sums of it do not overflow. */
bool detect_sane_count(int64_t n);
/* From these; -1: they are none. */
int detect_marks_read(struct detect_marks *m, const unsigned char **at,
    const unsigned char *end, int64_t n);

/* Settled ones as they stand in bytes, which must stay there. */
struct detect_packed_marks {
	struct packed_numbers keys, ats;
	size_t n;
	const unsigned char *bytes, *end; /* all of them; NULL: none */
};
int detect_packed_marks_take(struct detect_packed_marks *m,
    const unsigned char **at, const unsigned char *end, int64_t n);
int64_t detect_packed_marks_at(const struct detect_packed_marks *m,
    uint64_t key, int64_t none);
/* To others, of which none is there yet. */
void detect_packed_marks_unpack(const struct detect_packed_marks *m,
    struct detect_marks *out);

/* A call at which a rule that others follow fired. */
struct detect_firing {
	int64_t start;
	uint64_t key, source;
};

struct detect_held {
	int64_t until;
	int64_t counted; /* calls that joined a group */
	/* concurrent: of calls that still talk at `until` the first start */
	int64_t talking;
	int64_t fired_since; /* firings from here on are told, also behind */
	struct detect_marks last; /* gap, silence: of groups the last instant */
	struct detect_marks asked; /* the same of all that since_prev asks of */
	struct detect_firing *fired; /* in the order of the batch */
	size_t nfired;
	/*
	 * concurrent, also behind: by hash of their ids, when findings fired
	 * first and last, that had not been quiet for long at `until`.
	 */
	struct detect_marks firsts, lasts;
};

/* Whether a rule cannot go on without what it keeps. */
bool detect_held_needed(const struct detect_work *w);
bool detect_held_by(const struct rule *r, bool followed);
/* What the rule of the work kept; NULL: nothing that can be read. */
struct detect_held *detect_held_take(const struct detect_work *w);
void detect_held_free(struct detect_held **hp);
void detect_held_print(const struct detect_held *h, struct buf *out);
/* False: whatever such a rule keeps, it has to look at all calls. */
bool detect_held_can(const struct detect_work *w);
/* Whether the rule can go on from what it kept, if it has to keep anything. */
bool detect_held_serves(const struct detect_work *w);

/* Where what is kept for the next run ends. */
int64_t detect_held_until(const struct detect_settings *set,
    const struct rule *r, const struct batch *b);
/* From where on firings are, for rules that follow from `back` before. */
int64_t detect_fired_since(const struct detect_settings *set,
    const struct batch *b, int64_t back);
/* A group by its texts. */
uint64_t detect_held_key(const char *const *texts, size_t n);
uint64_t detect_held_group(const struct rule *r, const struct batch *b,
    const uint32_t *codes);

/*
 * What a rule keeps, made while it is at work; nothing where `w->next` is
 * NULL.  The calls that join groups, as bits; how many groups these are, if all
 * calls are looked at; a group, which must be whole;
 * all that since_prev asks of; a finding.
 */
struct detect_held *detect_held_begin(const struct detect_work *w);
void detect_held_calls(const struct detect_work *w, const uint64_t *bits);
void detect_held_groups(const struct detect_work *w, size_t n);
void detect_held_group_last(const struct detect_work *w, const uint32_t *codes,
    const uint32_t *calls, size_t n);
void detect_held_asked(const struct detect_work *w,
    const struct detect_groups *g);
void detect_held_finding(struct detect_work *w, const struct finding *f);
void detect_held_end(struct detect_work *w);
/* Whether that has to know the last instant of each group. */
bool detect_held_lasts(const struct rule *r);

/*
 * What several rules ask of the past, as of an instant: by hash of the source
 * when its records begin, and what else there is of it; the same of keys such
 * as accounts.
 *
 * Many keys would take long to be written each night.  So `keys` may have those
 * that calls from `since` on tell of, whatever is known of before, and `older`
 * what calls before `since` tell of all: those bytes stay what they are for as
 * long as `since` does, which only `until` tells, and are not made again.
 */
struct detect_common {
	int64_t until; /* INT64_MIN: nothing, all calls are looked at */
	int64_t since; /* INT64_MIN: nothing is older */
	struct detect_marks begins, sources, keys;
	struct detect_packed_marks older; /* as read */
	struct detect_marks now_older;    /* what is no key any more */
};
/* How a past that rules share is looked at. */
struct detect_look {
	const struct buf *was;   /* what was kept; or NULL */
	const struct buf *older; /* and of what is older; or NULL */
	int64_t first;           /* calls before are not asked about */
	int64_t until;           /* where what is kept now ends */
	struct buf *keep;        /* gets that; or NULL */
	struct buf *keep_older;  /* the same, unless ... */
	bool older_stays;        /* ... that is what it was */
	int64_t begins;          /* calls before are not there */
	bool lacks;              /* and what was kept does not tell of them */
};

/* Where keys begin if `since` stays for so long; 0: nothing is older. */
int64_t detect_common_since(int64_t until, int64_t stays);
/*
 * From bytes, which must stay there, for rules that look at calls from `first`
 * on; or nothing.
 */
void detect_common_take(struct detect_common *s, struct detect_look *look,
    int64_t stays);
void detect_common_fini(struct detect_common *s);
/*
 * As bytes, with all of `was` that `next` has nothing later of; keys that are
 * further behind than `lasts` are left out (INT64_MAX: none).  Where `since` is
 * another one than in `was`, `now_older` has what calls in between tell.  True
 * if what is older stays: then nothing is added to `older`, which may be NULL
 * where nothing can be.
 */
bool detect_common_print(struct detect_common *next,
    const struct detect_common *was, int64_t lasts, struct buf *out,
    struct buf *older);
int64_t detect_common_at(const struct detect_marks *m, uint64_t key,
    int64_t none);
/* Of a key, be it older or not. */
int64_t detect_common_key(const struct detect_common *s, uint64_t key,
    int64_t none);

/* Of each group the instant before `g` begins; INT64_MIN: none. */
int64_t *detect_held_befores(const struct detect_work *w,
    const struct detect_groups *g);
/* The calls of firings before `from`; false: one is not there any more. */
bool detect_held_fired(const struct detect_held *h,
    const struct detect_batch *db, int64_t from, struct detect_events *out);

#endif
