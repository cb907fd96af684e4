/*
 * select: what of the results a report is about.
 *
 * A selection says which cases are wanted; a view is the answer: pointers
 * into the results, never copies, in the results' own order (results_sort);
 * the cases in that of a field, if one is named.
 * A case is shown whole: when one of its findings fits, all of them are
 * there, or its points would not add up.  Whoever makes a report, in whatever
 * format, starts from a view.
 */
#ifndef LIB_REPORT_SELECT_H
#define LIB_REPORT_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "detect/finding.h"
#include "report/order.h"

/*
 * What is new about a case since the last run, or since it was last told;
 * "backlog" had ended long before anybody could be told, and is not shown.
 */
enum view_news {
	NEWS_NONE,
	NEWS_NEW,
	NEWS_CONTINUING,
	NEWS_CLOSED,
	NEWS_BACKLOG
};

/*
 * Why nobody need look at a case any more: what was said of it, that it is
 * closed, or that its findings are in another, which is looked at for it.
 */
enum view_over {
	OVER_NOT,
	OVER_FRAUD,
	OVER_BENIGN,
	OVER_CLOSED,
	OVER_MERGED,
	OVER_WAYS
};

struct view_case;
struct select_field; /* of a case, to sort by */

/* Any of these; an empty list asks nothing. */
struct select_any {
	const char *const *list;
	size_t n;
};

/* Whether it is one of them. */
bool select_any_has(const struct select_any *any, const char *text);

struct selection {
	int min_score;
	enum severity min_severity;
	struct select_any names;    /* an entity, a case id or a finding id */
	struct select_any accounts; /* globs on the entity */
	struct select_any rules;    /* globs on rule ids */
	struct select_any fraud_types; /* exact */
	struct select_any states; /* exact, of the case; stateless is "open" */
	int64_t since, until;     /* UTC ms: touched in [since, until) */
	/* NULL: the results' own order; the limit counts in this one. */
	const struct select_field *by;
	bool falling;
	size_t limit;        /* cases; 0: all */
	bool waived, shadow; /* list these findings, too */
	/*
	 * Only cases of which this says that something is new, in the place of
	 * what the last run says; NULL: all.  Closed ones are shown whatever
	 * their age.
	 */
	enum view_news (*news)(const void *context, const struct view_case *vc);
	const void *news_context;
};

/* Everything but waived and shadow findings. */
void selection_init(struct selection *sel);
#define SELECT_RECENT_MS (INT64_C(7) * 24 * 3600 * 1000)
/*
 * What a report from a store shows unless told otherwise: cases open or
 * acknowledged, touched in the seven days before `as_of`.
 */
void selection_recent(struct selection *sel, int64_t as_of);

struct view_case {
	const struct fraud_case *c;
	const struct finding *const *findings;
	size_t nfindings;
	enum view_news news; /* NEWS_NONE when stateless */
};

struct view_list {
	const struct finding **list;
	size_t n;
	struct tally calls; /* each call once where the members are known */
};

struct view {
	struct arena arena; /* the arrays; never the findings themselves */
	const struct results *rs;
	struct view_case *cases;
	size_t ncases;
	/* All findings to be written, cases' and others', in results order. */
	struct view_list findings;
	struct view_list waived, shadow; /* selected, listed or not */
	struct view_list loose;          /* findings whose case is not there */
	bool list_waived, list_shadow;
	struct tally calls;     /* of all cases but those merged into others */
	bool calls_exact;       /* no call is counted for two cases */
	size_t over[OVER_WAYS]; /* how many cases; OVER_NOT: to look at */
	/* Of the cases to look at. */
	size_t severities[SEV_CRITICAL + 1];
	size_t news[NEWS_CLOSED + 1];
	/* Cases left out only because of time, of score, of the limit. */
	size_t older, lower, beyond;
	size_t backlog; /* left out as such */
	size_t told;    /* open ones left out because nothing of them is new */
	bool news_only; /* what is not new was left out, uncounted */
	int64_t since;  /* as selected */
};

void view_init(struct view *v, const struct results *rs,
    const struct selection *sel);
void view_fini(struct view *v);

/* Nothing that anybody need look at: no case, no finding that lost its own. */
bool view_quiet(const struct view *v);
/* No case and no finding to show. */
bool view_empty(const struct view *v);
/* The worst severity of what is shown: for --fail-on. */
enum severity view_severity(const struct view *v);
/* Of the cases to look at. */
enum severity view_severity_open(const struct view *v);
enum view_over view_over(const struct fraud_case *c);
const char *view_over_name(enum view_over over); /* "merged"; "" OVER_NOT */
/*
 * What cases can be sorted by: score, entity, cost ...; NULL for what is none,
 * and behind the last name.
 */
const struct select_field *select_field(const char *name);
const char *select_field_name(size_t i);
/* Whether there is an entity, a case or a finding of this name at all. */
bool select_knows(const struct results *rs, const char *name);

#endif
