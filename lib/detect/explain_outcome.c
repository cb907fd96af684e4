/* explain_outcome: what became of the call: its finding, waivers, standing. */
#include "detect/explain_impl.h"

#include <inttypes.h>
#include <string.h>

#include "base/hash.h"
#include "rule/waiver.h"
#include "tel/calltime.h"
#include "tel/money.h"

const char *
explain_standing(const struct rule *r)
{
	if (!r->enabled || r->status == RULE_DEPRECATED)
		return "off";
	if (r->private_rule)
		return "private";
	return rule_is_shadow(r) ? "shadow" : "active";
}

/* Nobody hears of what a rule finds that is off, or only to be followed. */
static bool
is_heard(const struct explaining *e)
{
	return strcmp(e->told->standing, "active") == 0 ||
	       strcmp(e->told->standing, "shadow") == 0;
}

/* "finding f-...", "no finding, waived", "shadow finding f-...", "off, ..." */
void
explain_verdict_of_all(const struct explaining *e)
{
	struct buf *head = &e->told->head;
	const struct finding *f = e->finding;
	const char *standing = e->told->standing;
	bool active = strcmp(standing, "active") == 0;
	bool there = f != NULL && f->kind != KIND_WAIVED && is_heard(e);

	if (there)
		buf_addf(head, "%s%sfinding %s\n", active ? "" : standing,
		    active ? "" : " ", f->id);
	else
		buf_addf(head, "%s%sno finding%s\n", active ? "" : standing,
		    active ? "" : ", ", e->told->waived ? ", waived" : "");
}

void
explain_finding(const struct explaining *e)
{
	const struct finding *f = e->finding;

	if (f == NULL)
		return;
	explained_begin(e->told, "finding",
	    f->kind == KIND_WAIVED ? "stop" : "");
	buf_addf(e->out, "%s%s, ",
	    !is_heard(e)             ? "would be "
	    : f->kind == KIND_WAIVED ? "waived "
				     : "",
	    f->id);
	time_local(e->out, e->zone, f->first_seen);
	buf_addstr(e->out, " to ");
	time_local(e->out, e->zone, f->last_seen);
	buf_addf(e->out, ", %" PRId64 " %s, score %d", f->calls.calls,
	    rule_noun(rule_events(e->rule), f->calls.calls), f->score);
	explained_begin(e->told, "", "");
	buf_addstr(e->out, f->reason);
}

static bool
holds_call(const struct finding *f, const struct batch *b, size_t i)
{
	const char *source = batch_text(b, b->sources[b->calls[i].source].name);
	uint64_t hash = hash64(source, strlen(source));
	struct call_ref m;
	size_t k;

	for (k = 0; k < f->nmembers; k++) {
		m = finding_member(f, k);
		if (m.start == b->calls[i].start &&
		    m.key == b->origins[i].key && m.source == hash)
			return true;
	}
	return false;
}

const struct finding *
explain_finding_of(const struct results *found, const struct batch *b, size_t i)
{
	size_t k;

	for (k = 0; k < found->n; k++)
		if (holds_call(found->findings[k], b, i))
			return found->findings[k];
	return NULL;
}

/* Waivers ----------------------------------------------------------------- */

/* "; its limit of 20 calls a day is used up" */
static void
add_used_up(struct buf *out, const struct waiver *w)
{
	const char *between = "";

	buf_addstr(out, "; its limit of ");
	if (w->calls_per_day > 0) {
		buf_addf(out, "%" PRId64 " call%s", w->calls_per_day,
		    w->calls_per_day == 1 ? "" : "s");
		between = " or ";
	}
	if (w->cost_per_day > 0) {
		buf_addf(out, "%scost ", between);
		money_print(out, w->cost_per_day);
	}
	buf_addstr(out, " a day is used up");
}

static bool
is_about(const struct waiver_use *u, const struct explaining *e, bool *stops)
{
	*stops = waiver_covers(u, (uint32_t)e->i);
	return waiver_names(u->waiver, e->rule) &&
	       (*stops || waiver_used_up(u, (uint32_t)e->i));
}

void
explain_waivers(const struct explaining *e)
{
	const char *label = "waiver";
	const struct waiver *w;
	bool stops;
	size_t i;

	for (i = 0; i < e->waivers.n; i++) {
		if (!is_about(&e->waivers.list[i], e, &stops))
			continue;
		w = e->waivers.list[i].waiver;
		explained_begin(e->told, label, stops ? "stop" : "over");
		buf_addf(e->out, "%s until ", w->id);
		date_print(e->out, w->expires);
		buf_addf(e->out, ", %s: %s", w->owner, w->reason);
		if (!stops)
			add_used_up(e->out, w);
		label = "";
	}
}
