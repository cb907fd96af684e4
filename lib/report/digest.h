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
#include "base/buf.h"
#include "report/select.h"

struct digest {
	/*
	 * The points to list: those that add to the score, which is `sum`, and
	 * a few that add nothing but are of a family not listed yet.  `also`
	 * are the rules of the others, each once, and `more` the findings of
	 * rules that were named before.
	 */
	const struct point **points;
	const char **also;
	size_t npoints, nalso, more;
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

/*
 * What was not listed, in a line: "also seen by talk-spike, volume-spike; 6
 * more findings of these rules".
 */
void digest_also(struct buf *b, const struct digest *d);

/* Whether the calls are of the same file; no file is one, too. */
bool digest_same_file(const struct evidence *a, const struct evidence *b);

#endif
