/* model_compare: what the engine found, beside the model and beside itself. */
#ifndef TESTS_UNIT_MODEL_COMPARE_H
#define TESTS_UNIT_MODEL_COMPARE_H

#include "cdr/batch.h"
#include "detect/finding.h"
#include "model.h"

/*
 * Whether the rule's findings are those of the model, which must be sorted;
 * prints both where they are not.
 */
bool model_same(const char *rule, struct model_finding *model, size_t nmodel,
    const struct results *rs);

/*
 * Every finding and case as JSON, what a person could see; makes the cases.
 * The text is the caller's to free.
 */
char *model_json(struct results *rs);

/* Ids must name one finding each. */
bool model_ids_differ(const struct results *rs);

#endif
