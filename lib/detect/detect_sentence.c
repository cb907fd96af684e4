/* detect_sentence: what a run, a mode, a gap, a silence, a trigger was. */
#include <inttypes.h>
#include <string.h>

#include "detect/detect_finding_impl.h"
#include "tel/calltime.h"

/* "8 adjacent called numbers from +4420... to +4420... in 30 min" */
void
detect_tell_run(const struct detect_work *w, const struct finding *f,
    struct buf *out)
{
	const struct detect_peak *p = &w->episode.peak;

	buf_addf(out, "%" PRId64 " %s", p->value.num,
	    p->value.num == 1 ? "" : "adjacent ");
	detect_add_noun(out, f->of, p->value.num);
	if (p->detail.first != NULL && p->value.num > 1)
		buf_addf(out, " %s to %s", p->detail.first, p->detail.last);
	detect_add_group(out, f);
	detect_add_window(out, &w->rule->measure);
}

static void
add_amount(struct buf *out, const struct field *of, int64_t v)
{
	if (of->type == FIELD_SPAN)
		detect_add_value(out, "ms", v * RULE_UNIT);
	else if (of->type == FIELD_MONEY)
		detect_add_value(out, "money", v);
	else
		buf_addf(out, "%" PRId64, v);
}

/* "28 of 30 calls in 1 h (93 %) with duration 0:00:61 to 0:00:62" */
void
detect_tell_mode(const struct detect_work *w, const struct finding *f,
    struct buf *out)
{
	const struct detect_peak *p = &w->episode.peak;
	const struct measure_detail *d = &p->detail;
	const struct field *of = w->rule->measure.of;

	buf_addf(out, "%" PRId64 " of ", p->value.num);
	detect_add_records(w, out, p->value.den);
	detect_add_group(out, f);
	detect_add_window(out, &w->rule->measure);
	buf_addstr(out, " (");
	detect_add_value(out, f->unit, f->value);
	buf_addf(out, ") with %s ", of->name);
	if (d->first != NULL) {
		buf_addstr(out, d->first);
		return;
	}
	add_amount(out, of, d->low);
	if (d->high == d->low)
		return;
	buf_addstr(out, " to ");
	add_amount(out, of, d->high);
}

/* "1 answered call to CU, the first in 120 days" */
void
detect_tell_gap(const struct detect_work *w, const struct finding *f,
    struct buf *out)
{
	detect_add_calls(w, out, f->calls.calls);
	detect_add_group(out, f);
	if (w->episode.peak.never) {
		buf_addstr(out, ", never before in ");
		detect_add_elapsed(out, f->value);
		buf_addstr(out, " of records");
		return;
	}
	if (f->op != NULL && f->op[0] == 'l') {
		buf_addstr(out, ", as little as ");
		detect_add_elapsed(out, f->value);
		buf_addstr(out, " apart");
		return;
	}
	buf_addstr(out, ", the first in ");
	detect_add_elapsed(out, f->value);
}

/* "no call at pbx1 for 6:12:00 of business-hours" */
void
detect_tell_silence(const struct detect_work *w, const struct finding *f,
    struct buf *out)
{
	buf_addf(out, "no %s", rule_noun(rule_events(w->rule), 1));
	detect_add_group(out, f);
	buf_addstr(out, " for ");
	detect_add_elapsed(out, f->value);
	if (w->rule->measure.during != NULL)
		buf_addf(out, " of %s", w->rule->measure.during);
}

/* Of the first call, which the analyst reads first. */
void
detect_tell_trigger(const struct detect_work *w, struct buf *out)
{
	const struct call *calls = w->batch->calls->calls;
	uint32_t first = w->members[w->episode.begin], event;

	if (!detect_trail_find(w->trail, first, &event))
		return;
	buf_addstr(out, "; ");
	if (calls[first].start == calls[event].start) {
		buf_addstr(out, "at once with");
	} else {
		detect_add_elapsed(out,
		    (calls[first].start - calls[event].start) * RULE_UNIT);
		buf_addstr(out, " after");
	}
	buf_addf(out, " \"%s\"", w->rule->follows.rule->title);
}
