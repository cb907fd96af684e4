/*
 * baseline: what a group usually does, from its own earlier buckets.
 *
 * A bucket is compared with the comparable ones before it, within `history`,
 * of the same season: weekday compares open days with open days and closed
 * with closed (by the calendar of the group's place, else by NAMED_HOURS, else
 * Monday to Friday against the weekend), hour-of-week compares Tuesdays at
 * ten with Tuesdays at ten.
 *
 * Not comparable are a group's first bucket, the source's first bucket, and
 * buckets in which the source wrote nothing.  A comparable bucket without
 * calls counts as zero from the group's first appearance on, baseline_appear()
 * or its first call.  With fewer than min_buckets of them there is no baseline
 * yet.  Calls that are labelled fraud are none here: who learns them leaves
 * them out.
 *
 * A bucket belongs to the history when its middle does, so that 28 days are
 * 28 days although one of them has 23 or 25 hours.
 */
#ifndef LIB_RULE_BASELINE_H
#define LIB_RULE_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cdr/batch.h"
#include "rule/locals.h"
#include "rule/measure.h"
#include "rule/rule.h"

/* The buckets of one place: of its zone and calendar, and of its source. */
struct baseline_line {
	struct measure_line buckets;
	uint8_t *kind;  /* by bucket: those of one kind are alike */
	uint8_t *wrote; /* by bucket: comparable */
	bool shared;    /* buckets and kind belong to another line */
};

/* The calls of each source that it wrote itself, in time order. */
struct baseline_written {
	/* Indexes, those of a source together; NULL: all calls, of one ... */
	uint32_t *calls;
	size_t *ends; /* ... and where each source's end */
	/*
	 * Where early calls are not in the batch: when each source wrote, in
	 * place of its calls, and the instants of all records.  Who sets these
	 * and `ends` need not tell more than is needed to know in which buckets
	 * there are any.
	 */
	int64_t *starts, *all; /* or NULL */
	size_t nall;
};
/* `written` is how many calls these are, by source. */
void baseline_written_init(struct baseline_written *w, const struct batch *b,
    const size_t *written);
void baseline_written_fini(struct baseline_written *w);

/*
 * The lines of a batch for a rule with a calendar window, each made when it
 * is first asked for.  The calls must be sorted, and with `locals` outlive
 * them.
 */
struct baseline_lines {
	const struct locals *locals;
	const struct rule *rule;
	struct baseline_line **lines; /* by place; NULL: not asked for yet */
	const struct baseline_written *written;
};
/*
 * `written` is for rules with a baseline, and where early calls are not in the
 * batch; it must outlive the lines, too.
 */
void baseline_lines_init(struct baseline_lines *ls, const struct locals *locals,
    const struct baseline_written *written, const struct rule *r);
void baseline_lines_fini(struct baseline_lines *ls);

/* The line of a place of the locals; lives as long as the lines. */
const struct baseline_line *baseline_line(struct baseline_lines *ls,
    size_t place);

/* What one group did in the buckets in which it had calls. */
struct baseline_history {
	struct baseline_entry {
		size_t bucket;
		int64_t value; /* RULE_UNIT */
	} * list;
	size_t n, cap;
};
void baseline_forget(struct baseline_history *h); /* the next group */
/*
 * It was there in this bucket, though it may have had no calls that the rule
 * is about; before the first baseline_learn(), and not later than that.
 */
void baseline_appear(struct baseline_history *h, size_t bucket);
/* Buckets come in order; what a rule flagged comes clipped. */
void baseline_learn(struct baseline_history *h, size_t bucket, int64_t value);
/* The same of several that were learnt before, all behind what there is. */
void baseline_recall(struct baseline_history *h,
    const struct baseline_entry *list, size_t n);
void baseline_history_fini(struct baseline_history *h);

struct baseline_reading {
	size_t buckets;      /* comparable ones */
	int64_t plain;       /* the stat as it is; RULE_UNIT */
	int64_t value;       /* the same, not below the floor */
	int64_t median, mad; /* for `mads`; the median not below the floor */
};

/* False: fewer than min_buckets. */
bool baseline_read(const struct baseline *bl, const struct baseline_line *line,
    const struct baseline_history *h, size_t bucket,
    struct baseline_reading *out);

/* The least value that is k times the baseline, k in RULE_UNIT. */
int64_t baseline_times(const struct baseline_reading *r, int64_t k);
/* median + k x 1.4826 x MAD; 1.4826 makes a MAD a standard deviation. */
int64_t baseline_mads(const struct baseline_reading *r, int64_t k);

#endif
