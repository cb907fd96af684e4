/*
 * What the last run found is a cache: where the store says of which calls it
 * found that, day by day, and by what else, this run looks at what came since
 * (detect/detect.h, struct detect_past).  Whoever deletes the entry "days" of
 * the table meta has everything looked at again, with the same findings.
 *
 * The entry is of the last run, or it is not looked at:
 *
 *   1 <run> <version> <sensitivity> <fingerprint> <zone> <sums of the days>
 */
#include "stored.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/daysums.h"
#include "tel/calltime.h"

#define ENTRY "days"

/* What must be alike, up to the sums, if the run `number` wrote it. */
static void
add_terms(const struct stored_run *r, int64_t number, struct buf *out)
{
	const struct scan *s = r->s;

	buf_addf(out, "1 %" PRId64 " %s %s %s %s ", number, CDRGUARD_VERSION,
	    s->o->sensitivity != NULL ? s->o->sensitivity : "1", r->config,
	    s->setup.zone != NULL ? zone_name(s->setup.zone) : "-");
}

/*
 * A run that judges by some of the rules, or whose store lacks calls that were
 * judged, neither has such a past nor leaves one; nor where runs changed what
 * the store has.
 */
static int
has_past(const struct stored_run *r, bool *has, struct errmsg *err)
{
	const struct scan_options *o = r->s->o;
	int64_t horizon;

	if (store_horizon(r->store, &horizon, err) != 0)
		return -1;
	*has = horizon == INT64_MIN && o->only.n + o->except.n == 0 &&
	       !o->rescore && o->forget == NULL;
	return 0;
}

/*
 * The findings that stand, of those that the store has, and were made by rules
 * as they are now: what these left out of the time before (stored_changed.c),
 * is no past of theirs.
 */
static void
take_findings(struct stored_run *r)
{
	struct scan *s = r->s;
	struct results *rs = &s->earlier;
	const struct finding *f;
	size_t i, n = 0;

	for (i = 0; i < rs->n; i++) {
		f = rs->findings[i];
		if (strcmp(f->state, "closed") != 0 &&
		    f->last_seen >= stored_judged_since(r, f->rule))
			rs->findings[n++] = rs->findings[i];
	}
	rs->n = n;
	s->past.list = rs->findings;
	s->past.n = n;
	s->past.rules = &s->rules;
	s->past.since = r->since;
}

/* INT64_MIN where the entry is not of the last run, or not by the same. */
static int64_t
same_until(const struct stored_run *r, const char *entry)
{
	struct buf terms;
	int64_t since = INT64_MIN;

	buf_init(&terms);
	add_terms(r, r->number - 1, &terms);
	if (strncmp(entry, terms.data, terms.len) == 0)
		since = daysums_since(&r->days, entry + terms.len);
	buf_fini(&terms);
	return since;
}

static void
say_past(const struct stored_run *r)
{
	const struct detect_past *past = &r->s->past;
	struct buf when;

	buf_init(&when);
	time_rfc3339(&when, past->from);
	diag_info(&r->s->setup.diag,
	    "calls before %s are as they were: %zu finding%s of earlier "
	    "runs gone on from",
	    when.data, past->n, diag_s((int64_t)past->n));
	buf_fini(&when);
}

int
stored_past_take(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;
	struct stages_span span;
	struct buf entry;
	bool has;
	int got;

	buf_init(&entry);
	stages_begin(s->stages, &span, "earlier findings");
	daysums_take(&r->days, s->batch);
	got = has_past(r, &has, err);
	if (got == 0 && has)
		got = store_get(r->store, ENTRY, &entry, err);
	s->past.from = got == 1 ? same_until(r, entry.data) : INT64_MIN;
	s->has_past = s->past.from != INT64_MIN;
	if (got >= 0 && s->has_past) {
		got = store_findings_load(r->store, &s->earlier, err);
		take_findings(r);
		say_past(r);
	}
	stages_end(s->stages, &span, (int64_t)s->past.n, "findings");
	buf_fini(&entry);
	return got < 0 ? -1 : 0;
}

int
stored_past_keep(struct stored_run *r, struct errmsg *err)
{
	struct buf entry;
	bool has;
	int got;

	if (has_past(r, &has, err) != 0)
		return -1;
	if (!has || !r->s->complete)
		return store_unset(r->store, ENTRY, err);
	buf_init(&entry);
	add_terms(r, r->number, &entry);
	daysums_print(&r->days, &entry);
	got = store_set(r->store, ENTRY, entry.data, err);
	buf_fini(&entry);
	return got;
}
