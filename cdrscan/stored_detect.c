/*
 * Findings and cases over a store: a function of all its calls and of what
 * people said.  Which calls are fraud, the findings of this run say that have
 * that label; those can be others when fraud is left out of what is usual, so
 * this is repeated until both agree.
 */
#include "stored.h"

#include "detect/cases.h"
#include "store/store_aliases.h"
#include "store/store_findings.h"
#include "store/store_labels.h"

enum { MOST_ROUNDS = 8 }; /* more than ever needed */

/* Also with an error of detecting, which is said and in the status. */
static int
detect_until_settled(struct stored_run *r, struct call_refs *fraud,
    struct errmsg *err)
{
	struct call_refs now = { .list = NULL };
	struct call_refs was;
	int round, got;

	got = store_labels_fraud(r->store, NULL, fraud, err);
	for (round = 0; got == 0 && round < MOST_ROUNDS; round++) {
		scan_detect(r->s, fraud->list, fraud->n);
		if (r->s->needs_all)
			got = STORED_NEEDS_ALL;
		if (got != 0 || r->s->status == EXIT_NOT_DONE)
			break;
		got = stored_keep_older(r, err);
		if (got == 0)
			got = store_aliases_note(r->store, &r->s->results,
			    &r->left, r->number, err);
		if (got == 0)
			got = store_labels_fraud(r->store, &r->s->results, &now,
			    err);
		if (got != 0 || call_refs_equal(fraud, &now))
			break;
		was = *fraud;
		*fraud = now;
		now = was;
	}
	call_refs_fini(&now);
	return got;
}

/* Most are what they were, if findings were gone on from; `was`: those. */
static int
take_cases(struct stored_run *r, struct results *was, struct errmsg *err)
{
	if (r->partly)
		return stored_left_cases(r, was, err);
	if (r->s->past.n > 0)
		return store_findings_cases(r->store, was, err);
	return 0;
}

/* The sums of a case may be over the calls of all that it has. */
struct fetching {
	struct stored_run *run;
	struct errmsg *err;
};

static int
fetch_calls(void *arg, struct finding *const *list, size_t n)
{
	const struct fetching *f = arg;

	return store_findings_calls(f->run->store, list, n,
	    &f->run->s->results.arena, f->err);
}

static int
make_cases(struct stored_run *r, struct errmsg *err)
{
	struct results *rs = &r->s->results;
	struct fetching fetching = { r, err };
	struct cases_past past = { .fetch = fetch_calls, .arg = &fetching };
	struct case_end *ends = NULL;
	struct stages_span span;
	struct results was;
	size_t n = 0;
	int got = 0;

	results_init(&was);
	stages_begin(r->s->stages, &span, "cases");
	if (r->s->status != EXIT_NOT_DONE)
		got = store_labels_ends(r->store, &rs->arena, &ends, &n, err);
	if (got == 0)
		got = take_cases(r, &was, err);
	past.was = &was;
	past.whole = r->before.whole.len > 0;
	past.findings = r->s->past.list;
	past.n = r->s->past.n;
	if (got == 0)
		got = stored_past_put(r, err);
	if (got == 0)
		got = cases_make_after(rs, ends, n, &past);
	stages_end(r->s->stages, &span, (int64_t)rs->ncases, "cases");
	results_fini(&was);
	return got;
}

int
stored_detect(struct stored_run *r, struct errmsg *err)
{
	struct call_refs fraud = { .list = NULL };
	int got;

	got = stored_changed(r, err);
	if (got == 0)
		got = stored_past_settle(r);
	if (got == 0)
		got = detect_until_settled(r, &fraud, err);
	if (got == 0) {
		stored_past_tell(r);
		got = make_cases(r, err);
	}
	call_refs_fini(&fraud);
	return got;
}
