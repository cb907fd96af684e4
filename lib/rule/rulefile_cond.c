/* rulefile_cond: conditions and escalation. */
#include "rule/rulefile_impl.h"

#include <assert.h>

#define NUMBER           "{\"$ref\":\"#/$defs/number\"}"
#define SPAN             "{\"$ref\":\"#/$defs/span\"}"
#define AT(kind, member) offsetof(struct kind, member)
#define LIMIT            "{\"anyOf\":[" RULEFILE_QUANTITY ",{\"$ref\":\"#/$defs/limit\"}]}"

/* The first COND_LIMITS in the order of their bits. */
static const struct threshold {
	enum cond_set bit;
	size_t at;
} thresholds[] = {
	{ COND_GTE, AT(condition, gte) },
	{ COND_GT, AT(condition, gt) },
	{ COND_LTE, AT(condition, lte) },
	{ COND_LT, AT(condition, lt) },
	{ COND_TIMES, AT(condition, times) },
	{ COND_MADS, AT(condition, mads) },
	{ COND_MIN_CALLS, AT(condition, min_calls) },
	{ COND_MIN_COST, AT(condition, min_cost) },
	{ COND_MIN_DURATION, AT(condition, min_duration) },
};
enum { NTHRESHOLDS = sizeof(thresholds) / sizeof(thresholds[0]) };

/* What the measure that is read compares with. */
enum quantity_kind
rulefile_value_kind(const struct measure *m)
{
	const struct function *f = rulefile_function_of(m->fn);

	if (f == NULL || ((f->needs & FN_OF) && m->of == NULL))
		return QUANTITY_ANY; /* an error was noted there */
	return measure_is_span(m) ? QUANTITY_SPAN : QUANTITY_NUMBER;
}

static enum quantity_kind
threshold_kind(const struct reading *r, enum cond_set bit)
{
	switch (bit) {
	case COND_TIMES:
	case COND_MADS:
	case COND_MIN_CALLS:
	case COND_MIN_COST:
		return QUANTITY_NUMBER;
	case COND_MIN_DURATION:
		return QUANTITY_SPAN;
	default:
		return rulefile_value_kind(r->measure);
	}
}

static const struct key limit_keys[] = {
	{ "field", true, rulefile_read_field, 0, 0,
	    "{\"$ref\":\"#/$defs/field\"}" },
	{ NULL, false, NULL, 0, 0, NULL },
};
const struct table rulefile_limit = { "a limit", "E303", "E301", limit_keys };

/* What the value of the measure is, as a field would have it. */
static enum field_type
value_type(const struct measure *m)
{
	const struct function *f = rulefile_function_of(m->fn);

	if (measure_is_span(m))
		return FIELD_SPAN;
	return f != NULL && (f->needs & FN_OF_AMOUNT) && m->of != NULL &&
		       m->fn != MEASURE_MODE && m->of->type == FIELD_MONEY
		   ? FIELD_MONEY
		   : FIELD_NUMBER;
}

/* {"field": "capacity"}: the calls say themselves how much is too much. */
static void
read_limit_field(struct reading *r, const struct json *j, enum cond_set bit,
    struct condition *c)
{
	const struct field *f = NULL;
	size_t i;

	if (!rulefile_object(r, j, &rulefile_limit, &f) ||
	    rulefile_value_kind(r->measure) == QUANTITY_ANY)
		return;
	if (r->further) {
		json_note(r->notes, NOTE_ERROR, "E310", j, NULL, NULL,
		    "the limit of a further measure cannot be a field");
		return;
	}
	if (f->type != value_type(r->measure)) {
		json_note(r->notes, NOTE_ERROR, "E204", j, NULL, NULL,
		    "'%s' is no %s", f->name,
		    field_type_name(value_type(r->measure)));
		return;
	}
	for (i = 0; thresholds[i].bit != bit; i++)
		;
	c->from[i] = f;
	c->set |= bit;
}

/* `at` is where the struct condition is, `arg` which threshold. */
void
rulefile_read_threshold(struct reading *r, const struct key *k,
    const struct json *j, void *into)
{
	struct condition *c =
	    (struct condition *)(void *)((char *)into + k->at);
	const struct threshold *t = thresholds;
	int64_t v;

	while (t->bit != (enum cond_set)k->arg)
		t++;
	assert(t < thresholds + NTHRESHOLDS);
	if ((t->bit & COND_LIMIT) && j->type == JSON_OBJECT) {
		read_limit_field(r, j, t->bit, c);
		return;
	}
	if (quantity_read_as(j, &r->rule->params, threshold_kind(r, t->bit), &v,
		r->notes) == -1)
		return;
	if (t->bit >= COND_TIMES && v <= 0) {
		json_note(r->notes, NOTE_ERROR, "E307", j, NULL, NULL,
		    "must be above 0");
		return;
	}
	if (t->bit == COND_MIN_CALLS && v % RULE_UNIT != 0) {
		rulefile_wrong(r, "E304", j, "a whole number is needed");
		return;
	}
	if (t->bit == COND_MIN_CALLS || t->bit == COND_MIN_DURATION)
		v /= RULE_UNIT;
	*(int64_t *)(void *)((char *)c + t->at) = v;
	c->set |= t->bit;
}

static void
read_never(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	struct condition *c =
	    (struct condition *)(void *)((char *)into + k->at);

	if (j->type != JSON_BOOL || !j->boolean)
		rulefile_wrong(r, "E304", j, "true is needed, or no such key");
	else if (r->measure->fn != MEASURE_GAP)
		json_note_key(r->notes, NOTE_ERROR, "E310", j, NULL, NULL,
		    "only a gap can be \"never\"");
	else
		c->set |= COND_NEVER;
}

#define GUARDS(at)                                                             \
	{ "never", false, read_never, at, 0, "{\"const\":true}" },             \
	    { "times", false, rulefile_read_threshold, at, COND_TIMES,         \
		    NUMBER },                                                  \
	    { "mads", false, rulefile_read_threshold, at, COND_MADS, NUMBER }, \
	    { "min_calls", false, rulefile_read_threshold, at, COND_MIN_CALLS, \
		    NUMBER },                                                  \
	    { "min_cost", false, rulefile_read_threshold, at, COND_MIN_COST,   \
		    NUMBER },                                                  \
	{                                                                      \
		"min_duration", false, rulefile_read_threshold, at,            \
		    COND_MIN_DURATION, SPAN                                    \
	}

static const struct key when_keys[] = {
	RULEFILE_LIMITS(0, LIMIT),
	GUARDS(0),
	{ NULL, false, NULL, 0, 0, NULL },
};
const struct table rulefile_when = { "when", "E303", "E301", when_keys };

static const struct key step_keys[] = {
	RULEFILE_LIMITS(AT(escalate, cond), LIMIT),
	GUARDS(AT(escalate, cond)),
	{ "score", true, rulefile_read_int, AT(escalate, score), 100,
	    "{\"$ref\":\"#/$defs/score\"}" },
	{ NULL, false, NULL, 0, 0, NULL },
};
const struct table rulefile_step = { "escalate", "E303", "E301", step_keys };

void
rulefile_check_some(struct reading *r, const struct json *j,
    const struct condition *c)
{
	if (c->set == 0 && j->type == JSON_OBJECT)
		json_note(r->notes, NOTE_ERROR, "E310", j,
		    "such as \"gte\": 10", NULL, "no condition stands here");
}

void
rulefile_read_when(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	struct rule *rule = into;

	(void)k;
	r->measure = &rule->measure;
	if (rulefile_object(r, j, &rulefile_when, &rule->when))
		rulefile_check_some(r, j, &rule->when);
}

void
rulefile_read_escalate(struct reading *r, const struct key *k,
    const struct json *j, void *into)
{
	struct rule *rule = into;
	const struct json *e;
	struct escalate *steps;

	(void)k;
	r->measure = &rule->measure;
	if (j->type != JSON_ARRAY || j->n == 0) {
		rulefile_wrong(r, "E304", j, "an array of steps is needed");
		return;
	}
	steps = arena_array(r->arena, j->n, sizeof(*steps));
	rule->escalate = steps;
	for (e = j->first; e != NULL; e = e->next, rule->nescalate++)
		if (rulefile_object(r, e, &rulefile_step,
			&steps[rule->nescalate]))
			rulefile_check_some(r, e, &steps[rule->nescalate].cond);
}
