/* rulefile_check: what the keys of a rule say together. */
#include "rule/rulefile_impl.h"

#include <string.h>

static const int64_t hour_ms = 3600 * 1000;

static void
missing(struct reading *r, const struct rule *rule, const char *key,
    const char *why)
{
	json_note(r->notes, NOTE_ERROR, "E301", rule->json, NULL, why,
	    "rule has no \"%s\"", key);
}

static void
misplaced(struct reading *r, const struct rule *rule, const char *key,
    const char *why)
{
	const struct json *j = json_get(rule->json, key);

	if (j != NULL)
		json_note_key(r->notes, NOTE_ERROR, "E310", j, NULL, NULL,
		    "\"%s\" %s", key, why);
}

static void
check_stable(struct reading *r, const struct rule *rule)
{
	static const char why[] = "a stable rule needs it; status \"test\" is "
				  "for one that is not finished";

	if (rule->status != RULE_STABLE)
		return;
	if (rule->false_positives.n == 0)
		missing(r, rule, "false_positives", why);
	if (rule->triage.n == 0)
		missing(r, rule, "triage", why);
	if (json_get(rule->json, "tests") == NULL)
		missing(r, rule, "tests", why);
}

static void
check_measure(struct reading *r, const struct rule *rule)
{
	static const char *const dependent[] = { "when", "also", "escalate",
		"baseline" };
	size_t i;

	if (rule->measure.fn != MEASURE_NONE) {
		if (rule->when.set == 0)
			missing(r, rule, "when",
			    "a measure says how much, \"when\" how much is "
			    "too much");
		return;
	}
	for (i = 0; i < sizeof(dependent) / sizeof(dependent[0]); i++)
		misplaced(r, rule, dependent[i], "needs a measure");
}

static void
check_also(struct reading *r, const struct rule *rule)
{
	if (rule->measure.fn == MEASURE_CONCURRENT)
		misplaced(r, rule, "also", "needs a measure with a window");
}

/* Baseline ---------------------------------------------------------------- */

static int64_t
bucket_ms(enum measure_window w)
{
	return w == WINDOW_HOUR  ? hour_ms
	       : w == WINDOW_DAY ? 24 * hour_ms
				 : 7 * 24 * hour_ms;
}

/* The most comparable buckets that the history can hold. */
static int64_t
most_buckets(const struct rule *rule)
{
	const struct baseline *b = &rule->baseline;

	if (b->season == SEASON_HOUR_OF_WEEK)
		return b->history / (7 * 24 * hour_ms);
	return b->history / bucket_ms(rule->measure.window);
}

static void
check_baseline(struct reading *r, const struct rule *rule)
{
	const struct json *j = json_get(rule->json, "baseline");
	const struct baseline *b = &rule->baseline;

	if (!b->present) {
		if (rule->when.set & (COND_TIMES | COND_MADS))
			misplaced(r, rule, "when",
			    "compares with a baseline, and the rule has none");
		return;
	}
	if (rule->measure.window < WINDOW_HOUR)
		json_note(r->notes, NOTE_ERROR, "E311", j,
		    "\"window\": \"day\", for example", NULL,
		    "a baseline compares calendar buckets, not sliding "
		    "windows");
	else if (rule->measure.window == WINDOW_WEEK &&
		 b->season != SEASON_NONE)
		json_note(r->notes, NOTE_ERROR, "E311", j, NULL, NULL,
		    "weeks have no season");
	else if (most_buckets(rule) < b->min_buckets)
		json_note(r->notes, NOTE_ERROR, "E311", j, NULL, NULL,
		    "the history holds at most %d comparable buckets, fewer "
		    "than min_buckets",
		    (int)most_buckets(rule));
	if (!(rule->when.set & (COND_TIMES | COND_MADS)))
		json_note(r->notes, NOTE_ERROR, "E311", j,
		    "\"when\" needs \"times\" or \"mads\"", NULL,
		    "nothing is compared with this baseline");
}

/* Escalation -------------------------------------------------------------- */

/* Whether one threshold of a step asks for more than that of `when`. */
static bool
above(const struct condition *step, const struct condition *base,
    enum cond_set bit, int64_t step_v, int64_t base_v)
{
	if (!(step->set & bit))
		return false;
	if (!(base->set & bit))
		return true;
	return bit == COND_LTE || bit == COND_LT ? step_v < base_v
						 : step_v > base_v;
}

static bool
step_above(const struct condition *s, const struct condition *b)
{
	return above(s, b, COND_GTE, s->gte, b->gte) ||
	       above(s, b, COND_GT, s->gt, b->gt) ||
	       above(s, b, COND_LTE, s->lte, b->lte) ||
	       above(s, b, COND_LT, s->lt, b->lt) ||
	       above(s, b, COND_TIMES, s->times, b->times) ||
	       above(s, b, COND_MADS, s->mads, b->mads) ||
	       above(s, b, COND_MIN_CALLS, s->min_calls, b->min_calls) ||
	       above(s, b, COND_MIN_COST, s->min_cost, b->min_cost) ||
	       above(s, b, COND_MIN_DURATION, s->min_duration, b->min_duration);
}

static void
check_escalate(struct reading *r, const struct rule *rule)
{
	const struct json *steps = json_get(rule->json, "escalate");
	const struct json *j = steps != NULL ? steps->first : NULL;
	const struct escalate *e = rule->escalate;
	size_t i;

	for (i = 0; i < rule->nescalate; i++, e++) {
		if (!step_above(&e->cond, &rule->when))
			json_note(r->notes, NOTE_ERROR, "E316", j, NULL, NULL,
			    "this step holds whenever the rule fires");
		if (!rule->baseline.present &&
		    (e->cond.set & (COND_TIMES | COND_MADS)))
			json_note(r->notes, NOTE_ERROR, "E310", j, NULL, NULL,
			    "this step compares with a baseline, and the rule "
			    "has none");
		j = j->next;
	}
}

void
rulefile_check_rule(struct reading *r, const struct rule *rule)
{
	check_stable(r, rule);
	check_measure(r, rule);
	check_also(r, rule);
	check_baseline(r, rule);
	check_escalate(r, rule);
}
