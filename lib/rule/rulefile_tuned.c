/* rulefile_tuned: rules as the entries of a site make them. */
#include "rule/rulefile_impl.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rule/tuning.h"

bool
rulefile_tuned_score(const struct json *j, int base, int *score)
{
	char *end;
	long by;

	if (j->type == JSON_NUMBER) {
		if (j->number != floor(j->number) || fabs(j->number) > 1000)
			return false;
		*score = (int)j->number;
		return true;
	}
	if (j->type != JSON_STRING ||
	    (j->string[0] != '+' && j->string[0] != '-') ||
	    strspn(j->string + 1, "0123456789") != strlen(j->string + 1) ||
	    strlen(j->string) < 2 || strlen(j->string) > 4)
		return false;
	by = strtol(j->string, &end, 10);
	*score = base + (int)by;
	return true;
}

int64_t
rulefile_tuned_param(const struct reading *r, const char *name, int64_t v,
    const char **origin)
{
	const struct rule *rule = r->tuned;
	const struct json *j;
	bool is_span;
	size_t i;

	for (i = 0; rule != NULL && i < rule->ntuning; i++) {
		if ((r->tuned_set >> i & 1) == 0)
			continue;
		j = json_get(json_get(rule->tuning[i].json, "params"), name);
		if (j != NULL &&
		    quantity_read(j, NULL, &v, &is_span, r->notes) == 0)
			*origin = rule->tuning[i].origin;
	}
	return v;
}

static void
tune(struct reading *r, struct rule *rule, const struct tuning *t)
{
	const struct json *score = json_get(t->json, "score");
	const struct json *status = json_get(t->json, "status");
	const struct json *enabled = json_get(t->json, "enabled");
	int i;

	if (score != NULL &&
	    rulefile_tuned_score(score, rule->score, &rule->score))
		rule->score_origin = t->origin;
	if (rule->score < 1 || rule->score > RULEFILE_SCORE_MAX)
		json_note(r->notes, NOTE_ERROR, "E410", score, NULL, NULL,
		    "a score of %d is not between 1 and %d", rule->score,
		    RULEFILE_SCORE_MAX);
	if (status != NULL &&
	    (i = rulefile_word(r, &rulefile_statuses, status)) >= 0) {
		rule->status = (enum rule_status)i;
		rule->enabled = rule->status != RULE_DEPRECATED;
		rule->status_origin = t->origin;
	}
	if (enabled != NULL && enabled->type == JSON_BOOL) {
		rule->enabled = enabled->boolean;
		rule->status_origin = t->origin;
	}
}

void
rulefile_tune(struct reading *r, struct rule *rule)
{
	const struct rule *base = r->tuned;
	size_t i;

	rule->tuning = base->tuning;
	rule->ntuning = base->ntuning;
	for (i = 0; i < base->ntuning; i++)
		if (r->tuned_set >> i & 1)
			tune(r, rule, &base->tuning[i]);
	rule->layer = base->layer;
	rule->untuned = base;
	rule->tests = base->tests;
	rule->ntests = base->ntests;
}

struct rule *
rulefile_make_tuned(struct reading *r, const struct rule *base, uint64_t set,
    struct errmsg *err)
{
	struct reading own = *r;
	struct notes notes;
	struct rule *rule;

	notes_init(&notes);
	own.notes = &notes;
	own.tuned = base;
	own.tuned_set = set;
	rule = rulefile_make_rule(&own, base->json);
	if (notes.errors > 0) {
		(void)errmsg_set(err, "%s", notes.list[0].text);
		rule_release(rule);
		rule = NULL;
	}
	notes_fini(&notes);
	return rule;
}

int
rulefile_variant(const struct rule *base, uint64_t set, struct arena *arena,
    struct rule **variant, struct errmsg *err)
{
	struct reading r = { .arena = arena };

	assert(base->untuned != NULL);
	*variant = rulefile_make_tuned(&r, base->untuned, set, err);
	if (*variant == NULL)
		return -1;
	(*variant)->follows.rule = base->follows.rule;
	memcpy((*variant)->hash, base->hash, sizeof(base->hash));
	return 0;
}

/* The score that entry `i` makes, with those that are always there. */
static int
score_with(const struct rule *rule, size_t i)
{
	uint64_t set = tuning_always(rule) | UINT64_C(1) << i;
	int score = rule->untuned->score;
	const struct json *j;
	size_t k;

	for (k = 0; k < rule->ntuning; k++) {
		j = json_get(rule->tuning[k].json, "score");
		if ((set >> k & 1) != 0 && j != NULL)
			(void)rulefile_tuned_score(j, score, &score);
	}
	return score;
}

void
rulefile_lint_tuning(const struct rule *rule, struct notes *notes)
{
	const struct rule *base = rule->untuned;
	const struct json *j;
	size_t i, k;
	int score;

	for (i = 0; base != NULL && i < rule->ntuning; i++) {
		j = json_get(rule->tuning[i].json, "score");
		if (j == NULL)
			continue;
		score = score_with(rule, i);
		for (k = 0; k < base->nescalate; k++)
			if (base->escalate[k].score > base->score &&
			    base->escalate[k].score <= score)
				json_note(notes, NOTE_WARNING, "W309", j, NULL,
				    NULL,
				    "with a score of %d the rule's step to "
				    "score %d changes nothing",
				    score, base->escalate[k].score);
	}
}
