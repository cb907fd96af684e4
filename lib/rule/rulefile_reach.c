/* rulefile_reach: rules that ask for records which the store has dropped. */
#include "rule/rulefile_impl.h"

#include <string.h>

#include "tel/calltime.h"

enum { HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS, WEEK_MS = 7 * DAY_MS };

static int64_t
window_of(const struct measure *m)
{
	switch (m->window) {
	case WINDOW_OVER:
		return m->over;
	case WINDOW_HOUR:
		return HOUR_MS;
	case WINDOW_DAY:
		return DAY_MS;
	case WINDOW_WEEK:
		return WEEK_MS;
	default:
		return 0;
	}
}

/* The least span that a condition on a gap or a silence asks for. */
static int64_t
span_asked(const struct condition *c)
{
	int64_t least = 0;

	if ((c->set & COND_GTE) != 0)
		least = c->gte;
	if ((c->set & COND_GT) != 0 && c->gt > least)
		least = c->gt;
	return least / RULE_UNIT;
}

/* How far before a call the rule looks, in ms, and the key that says so. */
static int64_t
reach_of(const struct rule *r, const char **key)
{
	const struct measure *m = &r->measure;
	int64_t reach = window_of(m), other;
	const char *theirs;
	size_t i;

	*key = "measure";
	if (m->fn == MEASURE_GAP || m->fn == MEASURE_SILENCE) {
		*key = "when";
		reach = span_asked(&r->when);
		for (i = 0; i < r->nescalate; i++) {
			other = span_asked(&r->escalate[i].cond);
			reach = other > reach ? other : reach;
		}
		if (rule_asks_never(r) && m->history > reach) {
			reach = m->history;
			*key = "measure";
		}
	}
	if (reach < FIELD_NEW_MS && rule_asks(r, field_find("src_new"))) {
		reach = FIELD_NEW_MS;
		*key = "match";
	}
	if (r->baseline.present) {
		reach += r->baseline.history;
		*key = "baseline";
	}
	if (r->follows.rule == NULL)
		return reach;
	other = r->follows.within + reach_of(r->follows.rule, &theirs);
	if (other > reach)
		*key = "follows";
	return other > reach ? other : reach;
}

void
rulefile_lint_reach(const struct ruleset *rs, const struct rule *r,
    struct notes *notes)
{
	const struct json *at;
	struct buf words;
	const char *key;
	int64_t reach;

	if (rs->retention == 0 || !r->enabled)
		return;
	reach = reach_of(r, &key);
	if (reach <= rs->retention)
		return;
	at = json_get(r->json, key);
	buf_init(&words);
	buf_addstr(&words, "looks ");
	span_print(&words, reach);
	buf_addstr(&words, " back; \"retention\" keeps ");
	span_print(&words, rs->retention);
	json_note(notes, NOTE_WARNING, "W308", at != NULL ? at : r->json,
	    "what is older is no longer there to compare with", NULL, "%s",
	    words.data);
	buf_fini(&words);
}
