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
	if (rule->measure.fn == MEASURE_CONCURRENT ||
	    rule->measure.fn == MEASURE_GAP ||
	    rule->measure.fn == MEASURE_SILENCE)
		misplaced(r, rule, "also", "needs a measure with a window");
}

/* A silence goes on until somebody calls: it has no upper limit. */
static void
check_gap(struct reading *r, const struct rule *rule)
{
	const struct json *measure = json_get(rule->json, "measure");
	const struct json *history = NULL;
	bool late = (rule->when.set & (COND_LTE | COND_LT)) != 0;
	size_t i;

	if (rule->measure.fn == MEASURE_GAP)
		history = json_get(measure, "history");
	if (history != NULL && !rule_asks_never(rule))
		json_note_key(r->notes, NOTE_ERROR, "E310", history,
		    "\"when\" needs \"never\"", NULL,
		    "nothing asks for this history");
	for (i = 0; i < rule->nescalate; i++)
		late |=
		    (rule->escalate[i].cond.set & (COND_LTE | COND_LT)) != 0;
	if (rule->measure.fn == MEASURE_SILENCE && late)
		json_note(r->notes, NOTE_ERROR, "E310",
		    json_get(rule->json, "when"), "\"gte\" and \"gt\" can be",
		    NULL, "a silence has no upper limit");
}

void
rulefile_check_during(struct reading *r, const struct rule *rule)
{
	const struct named *named = &r->rs->named;
	const char *name = rule->measure.during;

	if (name == NULL || named_calendar(named, name) != NULL)
		return;
	json_note(r->notes, NOTE_ERROR, "E207",
	    json_get(json_get(rule->json, "measure"), "during"),
	    rulefile_did_you_mean(r, named_suggest_calendar(named, name)), NULL,
	    "unknown calendar '%s'", name);
}

/* Baseline ---------------------------------------------------------------- */

static int64_t
bucket_ms(enum measure_window w)
{
	return w == WINDOW_HOUR  ? hour_ms
	       : w == WINDOW_DAY ? 24 * hour_ms
				 : 7 * 24 * hour_ms;
}

/*
 * The most comparable buckets that the history can hold.  Of open and closed
 * days the closed ones are fewer, two in a week.
 */
static int64_t
most_buckets(const struct rule *rule)
{
	const struct baseline *b = &rule->baseline;
	const int64_t day = 24 * hour_ms, weeks = b->history / (7 * day);

	if (b->season == SEASON_HOUR_OF_WEEK)
		return weeks;
	if (b->season == SEASON_WEEKDAY)
		return weeks * 2 * (day / bucket_ms(rule->measure.window));
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
		    "the history holds at most %d comparable buckets%s, fewer "
		    "than min_buckets",
		    (int)most_buckets(rule),
		    b->season == SEASON_WEEKDAY ? " of a weekend" : "");
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

/* The same for a limit, which may stand in the calls. */
static bool
limit_above(const struct condition *step, const struct condition *base,
    size_t i)
{
	const int64_t steps[] = { step->gte, step->gt, step->lte, step->lt };
	const int64_t bases[] = { base->gte, base->gt, base->lte, base->lt };
	enum cond_set bit = (enum cond_set)(1U << i);

	if ((step->set & bit) && step->from[i] != base->from[i])
		return true;
	return above(step, base, bit, steps[i], bases[i]);
}

static bool
step_above(const struct condition *s, const struct condition *b)
{
	size_t i;

	for (i = 0; i < COND_LIMITS; i++)
		if (limit_above(s, b, i))
			return true;
	/* only the very first call, where others will do */
	if ((s->set & COND_NEVER) && (b->set & COND_LIMIT) &&
	    !(s->set & COND_LIMIT))
		return true;
	return above(s, b, COND_TIMES, s->times, b->times) ||
	       above(s, b, COND_MADS, s->mads, b->mads) ||
	       above(s, b, COND_MIN_CALLS, s->min_calls, b->min_calls) ||
	       above(s, b, COND_MIN_COST, s->min_cost, b->min_cost) ||
	       above(s, b, COND_MIN_DURATION, s->min_duration, b->min_duration);
}

/* A threshold as it stands in a condition. */
struct threshold {
	const char *key;
	enum cond_set bit;
	size_t at; /* int64_t of struct condition */
	enum { AS_VALUE, AS_NUMBER, AS_CALLS, AS_MS } kind;
};

/* "gte 5 (many)": its number, and the parameter that it is. */
static void
add_threshold(struct buf *out, const struct rule *rule,
    const struct threshold *t, const struct condition *c, const struct json *j)
{
	const struct json *v = json_get(j, t->key);
	int64_t scale = t->kind == AS_CALLS || t->kind == AS_MS ? RULE_UNIT : 1;
	int64_t n;

	memcpy(&n, (const char *)c + t->at, sizeof(n));
	buf_addf(out, "%s ", t->key);
	quantity_print(out, n * scale,
	    t->kind == AS_MS ||
		(t->kind == AS_VALUE && measure_is_span(&rule->measure)));
	if (v != NULL && v->type == JSON_STRING && v->string[0] == '$')
		buf_addf(out, " (%s)", v->string + 1);
}

/*
 * "this step holds whenever the rule fires"; of a rule that was tuned which
 * one, and what asks for no more than what.
 */
static void
say_useless(struct reading *r, const struct rule *rule,
    const struct escalate *e, const struct json *j)
{
#define AT(member) offsetof(struct condition, member)
	static const struct threshold list[] = {
		{ "gte", COND_GTE, AT(gte), AS_VALUE },
		{ "gt", COND_GT, AT(gt), AS_VALUE },
		{ "lte", COND_LTE, AT(lte), AS_VALUE },
		{ "lt", COND_LT, AT(lt), AS_VALUE },
		{ "times", COND_TIMES, AT(times), AS_NUMBER },
		{ "mads", COND_MADS, AT(mads), AS_NUMBER },
		{ "min_calls", COND_MIN_CALLS, AT(min_calls), AS_CALLS },
		{ "min_cost", COND_MIN_COST, AT(min_cost), AS_NUMBER },
		{ "min_duration", COND_MIN_DURATION, AT(min_duration), AS_MS },
	};
#undef AT
	struct buf words;
	size_t i = 0;

	/* All that it asks the rule asks, too: else it were of use. */
	while (i + 1 < sizeof(list) / sizeof(list[0]) &&
	       (e->cond.set & list[i].bit) == 0)
		i++;
	buf_init(&words);
	buf_addstr(&words, "this step holds whenever the rule fires");
	if (r->tuned != NULL && (e->cond.set & list[i].bit) != 0) {
		buf_reset(&words);
		buf_addf(&words, "its step to score %d, ", e->score);
		add_threshold(&words, rule, &list[i], &e->cond, j);
		buf_addstr(&words, ", holds whenever the rule fires, ");
		add_threshold(&words, rule, &list[i], &rule->when,
		    json_get(rule->json, "when"));
		buf_addf(&words, "; %s it, too",
		    (list[i].bit & (COND_LTE | COND_LT)) != 0 ? "lower"
							      : "raise");
	}
	json_note(r->notes, NOTE_ERROR, "E316", j, NULL, NULL, "%s",
	    words.data);
	buf_fini(&words);
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
			say_useless(r, rule, e, j);
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
	check_gap(r, rule);
	check_baseline(r, rule);
	check_escalate(r, rule);
}
