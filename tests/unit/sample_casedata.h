/* Calls of the sample night's cases, for the tests of what draws them. */
#ifndef TESTS_SAMPLE_CASEDATA_H
#define TESTS_SAMPLE_CASEDATA_H

#include "report/casedata.h"
#include "report/writer.h"

/* A batch with `n` calls of account `name` an hour apart, the last at `end`. */
struct batch *sample_calls(const char *name, int n, int64_t end);
/* What pictures show of each case of a view; into `opt` and the arena. */
void sample_casedata(const struct view *v, struct arena *arena,
    struct emit_options *opt);

#endif
