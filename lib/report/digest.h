/*
 * digest: what of a case a report for people shows.
 *
 * Points that add up to its score, some of the calls that prove it, what to
 * check; the same choice in every format.
 */
#ifndef LIB_REPORT_DIGEST_H
#define LIB_REPORT_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "report/select.h"

struct digest {
	/*
	 * The points to list; `more` others add nothing and are of the rules
	 * listed.  All together are `sum`.
	 */
	const struct point **points;
	size_t npoints, more;
	int sum;
	/* Calls in the order of time, each once. */
	const struct evidence **calls;
	size_t ncalls;
	const char **triage; /* each question once */
	size_t ntriage;
};

/*
 * The arrays belong to the arena.  `whole`: everything; otherwise the dearest
 * call and the first few of each finding, and the first questions.
 */
void digest_make(struct digest *d, struct arena *arena,
    const struct view_case *vc, bool whole);

/* Whether the calls are of the same file; no file is one, too. */
bool digest_same_file(const struct evidence *a, const struct evidence *b);

#endif
