#include "rule/tuning.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

uint64_t
tuning_always(const struct rule *r)
{
	uint64_t set = 0;
	size_t i;

	for (i = 0; i < r->ntuning; i++)
		if (r->tuning[i].match == NULL)
			set |= UINT64_C(1) << i;
	return set;
}

static int
bind_all(struct predicate_bound **bound, const struct rule *r,
    const struct batch *b, const struct named *named, struct errmsg *err)
{
	size_t i;
	int rc;

	for (i = 0; i < r->ntuning; i++) {
		if (r->tuning[i].match == NULL)
			continue;
		rc = predicate_bind(&bound[i], r->tuning[i].match, b, named,
		    err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* The place of a set, which may be new; -1 if it is one too many. */
static int
place_of(struct tuning_sets *ts, uint64_t set)
{
	size_t i;

	for (i = 0; i < ts->n; i++)
		if (ts->sets[i] == set)
			return (int)i;
	if (ts->n == TUNING_SETS)
		return -1;
	ts->sets[ts->n] = set;
	return (int)ts->n++;
}

static int
too_many(struct errmsg *err)
{
	(void)errmsg_set(err, "tuning makes more than %d different rules of it",
	    TUNING_SETS);
	return 1;
}

int
tuning_sets_init(struct tuning_sets *ts, const struct rule *r,
    const struct batch *b, const struct named *named, struct errmsg *err)
{
	struct predicate_bound **bound =
	    xcalloc(r->ntuning + 1, sizeof(struct predicate_bound *));
	uint64_t always = tuning_always(r), set;
	size_t i, k;
	int rc, place;

	memset(ts, 0, sizeof(*ts));
	ts->of_call = xcalloc(b->n + 1, sizeof(*ts->of_call));
	rc = bind_all(bound, r, b, named, err);
	for (i = 0; rc == 0 && i < b->n; i++) {
		set = always;
		for (k = 0; k < r->ntuning; k++)
			if (bound[k] != NULL && predicate_test(bound[k], b, i))
				set |= UINT64_C(1) << k;
		if ((place = place_of(ts, set)) >= 0)
			ts->of_call[i] = (uint8_t)place;
		else
			rc = too_many(err);
	}
	for (k = 0; k < r->ntuning; k++)
		predicate_unbind(&bound[k]);
	free(bound);
	return rc;
}

void
tuning_sets_fini(struct tuning_sets *ts)
{
	free(ts->of_call);
	memset(ts, 0, sizeof(*ts));
}
