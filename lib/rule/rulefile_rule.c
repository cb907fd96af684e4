/* rulefile_rule: one rule. */
#include "rule/rulefile_impl.h"

#include <assert.h>
#include <string.h>

#include "base/xalloc.h"

enum {
	ID_MAX = 40,
	TITLE_MAX = 60, /* a line of the report */
	VERSION_MAX = 1000000
};

#define TEXT  "{\"$ref\":\"#/$defs/text\"}"
#define TEXTS "{\"$ref\":\"#/$defs/texts\"}"
#define DATE  "{\"$ref\":\"#/$defs/date\"}"
#define SPAN  "{\"$ref\":\"#/$defs/span\"}"
#define FIELDS(least)                              \
	"{\"type\":\"array\",\"items\":{\"$ref\":" \
	"\"#/$defs/field\"},\"uniqueItems\":true," \
	"\"minItems\":" least ",\"maxItems\":6}"
#define LIST(what)                                                \
	"{\"type\":\"array\",\"minItems\":1,\"items\":{\"$ref\":" \
	"\"#/$defs/" what "\"}}"
#define WORD(w) "{\"$ref\":\"#/$defs/" w "\"}"
#define LAST                                  \
	{                                     \
		NULL, false, NULL, 0, 0, NULL \
	}

/* Fields ------------------------------------------------------------------ */

static void
read_match(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	struct rule *rule = into;

	(void)k;
	rule->match = predicate_compile(j, r->arena, &rule->params, r->notes);
}

static bool
has_field(const struct rule *rule, const struct field *f)
{
	size_t i;

	for (i = 0; i < rule->nby; i++)
		if (rule->by[i] == f)
			return true;
	return false;
}

static void
read_by(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	static const struct key one = { "by", true, NULL, 0, 0, NULL };
	struct rule *rule = into;
	const struct json *e;
	const struct field *f;

	(void)k;
	if (j->type != JSON_ARRAY) {
		rulefile_wrong(r, "E304", j, "an array of fields is needed");
		return;
	}
	for (e = j->first; e != NULL; e = e->next) {
		f = NULL;
		rulefile_read_field(r, &one, e, &f);
		if (f == NULL)
			continue;
		if (!field_is_key(f))
			json_note(r->notes, NOTE_ERROR, "E312", e, NULL, NULL,
			    "'%s' cannot group calls", f->name);
		else if (has_field(rule, f))
			json_note(r->notes, NOTE_ERROR, "E312", e, NULL, NULL,
			    "'%s' stands twice in by", f->name);
		else if (rule->nby == BOUNDS_BY)
			json_note(r->notes, NOTE_ERROR, "E312", e, NULL, NULL,
			    "more than %d fields", BOUNDS_BY);
		else
			rule->by[rule->nby++] = f;
	}
}

static void
read_entity(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	struct rule *rule = into;

	rulefile_read_field(r, k, j, into);
	if (rule->entity != NULL && !has_field(rule, rule->entity))
		json_note(r->notes, NOTE_ERROR, "E312", j, NULL, NULL,
		    "entity '%s' is not in by", rule->entity->name);
}

/* Without a word of the author the entity is who would have to act. */
static void
default_entity(struct rule *rule)
{
	static const char *const order[] = { "account", "user", "dst", "src",
		"trunk_in", "trunk_out", "source" };
	const struct field *f;
	size_t i;

	if (rule->entity != NULL || rule->nby == 0)
		return;
	rule->entity = rule->by[0];
	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		f = field_find(order[i]);
		assert(f != NULL);
		if (has_field(rule, f)) {
			rule->entity = f;
			return;
		}
	}
}

static void
read_needs(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	static const struct key one = { "waiver_needs", true, NULL, 0, 0,
		NULL };
	const struct json *e;
	const struct field *f;

	rulefile_read_texts(r, k, j, into);
	for (e = j->type == JSON_ARRAY ? j->first : NULL; e != NULL;
	     e = e->next)
		if (e->type == JSON_STRING)
			rulefile_read_field(r, &one, e, &f);
}

/* Words ------------------------------------------------------------------- */

static void
read_status(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	struct rule *rule = into;
	int i = rulefile_word(r, &rulefile_statuses, j);

	(void)k;
	if (i < 0)
		return;
	rule->status = (enum rule_status)i;
	rule->enabled = rule->status != RULE_DEPRECATED;
}

static void
read_fraud_type(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	(void)k;
	if (rulefile_word(r, &rulefile_fraud_types, j) >= 0)
		((struct rule *)into)->fraud_type = j->string;
}

static void
read_family(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	(void)k;
	if (rulefile_word(r, &rulefile_families, j) >= 0)
		((struct rule *)into)->family = j->string;
}

static void
read_array(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	(void)k;
	(void)into;
	if (j->type != JSON_ARRAY)
		rulefile_wrong(r, "E304", j, "an array is needed");
}

/* The table --------------------------------------------------------------- */

#define AT(member) offsetof(struct rule, member)

static const struct key rule_keys[] = {
	{ "id", true, rulefile_read_id, AT(id), ID_MAX,
	    "{\"$ref\":\"#/$defs/id\"}" },
	{ "version", true, rulefile_read_int, AT(version), VERSION_MAX,
	    "{\"type\":\"integer\",\"minimum\":1}" },
	{ "title", true, rulefile_read_title, AT(title), TITLE_MAX,
	    "{\"type\":\"string\",\"minLength\":1,\"maxLength\":60}" },
	{ "description", true, rulefile_read_text, AT(description), 0, TEXT },
	{ "status", true, read_status, 0, 0, WORD("status") },
	{ "fraud_type", true, read_fraud_type, 0, 0, WORD("fraud_type") },
	{ "family", true, read_family, 0, 0, WORD("family") },
	{ "score", true, rulefile_read_int, AT(score), RULEFILE_SCORE_MAX,
	    WORD("score") },
	{ "params", false, rulefile_read_params, 0, 0,
	    "{\"type\":\"object\",\"propertyNames\":{\"pattern\":"
	    "\"^[a-z][a-z0-9_]*$\"},\"additionalProperties\":"
	    "{\"$ref\":\"#/$defs/param\"}}" },
	{ "match", true, read_match, 0, 0, WORD("predicate") },
	{ "follows", false, rulefile_read_follows, AT(follows), 0,
	    WORD("follows") },
	{ "by", true, read_by, 0, 0, FIELDS("0") },
	{ "measure", false, rulefile_read_measure, 0, 0, WORD("measure") },
	{ "also", false, rulefile_read_also, 0, 0, LIST("also") },
	{ "baseline", false, rulefile_read_baseline, 0, 0, WORD("baseline") },
	{ "when", false, rulefile_read_when, 0, 0, WORD("when") },
	{ "escalate", false, rulefile_read_escalate, 0, 0, LIST("step") },
	{ "entity", false, read_entity, AT(entity), 0, WORD("field") },
	{ "quiet", false, rulefile_read_span, AT(quiet), 0, SPAN },
	{ "waiver_needs", true, read_needs, AT(waiver_needs), 0, FIELDS("1") },
	{ "false_positives", false, rulefile_read_texts, AT(false_positives), 0,
	    TEXTS },
	{ "triage", false, rulefile_read_texts, AT(triage), 0, TEXTS },
	{ "references", false, rulefile_read_texts, AT(references), 0, TEXTS },
	{ "tags", false, rulefile_read_texts, AT(tags), 0, TEXTS },
	{ "related", false, read_array, 0, 0, "{\"type\":\"array\"}" },
	{ "author", false, rulefile_read_text, AT(author), 0, TEXT },
	{ "created", false, rulefile_read_date_text, 0, 0, DATE },
	{ "modified", false, rulefile_read_date_text, 0, 0, DATE },
	{ "sensitivity", false, rulefile_read_int, AT(sensitivity), 3,
	    "{\"enum\":[1,2,3]}" },
	{ "private", false, rulefile_read_bool, AT(private_rule), 0,
	    "{\"type\":\"boolean\"}" },
	{ "lint_ok", false, rulefile_read_texts, AT(lint_ok), 0, TEXTS },
	{ "mutant_ok", false, rulefile_read_texts, AT(mutant_ok), 0, TEXTS },
	{ "tests", false, read_array, 0, 0,
	    "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/test\"}}" },
	LAST,
};
const struct table rulefile_rule = { "rule", "E303", "E301", rule_keys };

/* Adding it --------------------------------------------------------------- */

static const int64_t hour_ms = 3600 * 1000;

/* What ends an episode when the author does not say. */
static int64_t
default_quiet(const struct measure *m)
{
	switch (m->window) {
	case WINDOW_OVER:
		return m->over;
	case WINDOW_HOUR:
		return hour_ms;
	case WINDOW_DAY:
		return 24 * hour_ms;
	case WINDOW_WEEK:
		return 7 * 24 * hour_ms;
	default:
		return m->fn == MEASURE_CONCURRENT ? hour_ms : 24 * hour_ms;
	}
}

/* The place among the rules, which stand in the order of their ids. */
static size_t
place_of(const struct ruleset *rs, const char *id)
{
	size_t low = 0, high = rs->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(rs->rules[middle]->id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
insert(struct reading *r, struct rule *rule)
{
	struct ruleset *rs = r->rs;
	size_t i = place_of(rs, rule->id);
	bool twice = i < rs->n && strcmp(rs->rules[i]->id, rule->id) == 0 &&
		     rule->id[0] != '\0';

	if (twice && rs->rules[i]->layer <= rs->lent && r->layer > rs->lent) {
		rule_release(rs->rules[i]);
		rs->rules[i] = rule;
		return;
	}
	if (twice)
		json_note(r->notes, NOTE_ERROR, "E306",
		    json_get(rule->json, "id"), NULL,
		    arena_printf(r->arena, "first in %s:%u", rs->rules[i]->file,
			rs->rules[i]->line),
		    "two rules have the id '%s'", rule->id);
	rs->rules = xgrow(rs->rules, &rs->cap, rs->n + 1, sizeof(*rs->rules));
	memmove(rs->rules + i + 1, rs->rules + i,
	    (rs->n - i) * sizeof(*rs->rules));
	rs->rules[i] = rule;
	rs->n++;
}

struct rule *
rulefile_make_rule(struct reading *r, const struct json *j)
{
	struct rule *rule = arena_alloc(r->arena, sizeof(*rule));
	bool good;

	rule->id = rule->title = rule->description = "";
	rule->fraud_type = rule->family = "";
	rule->sensitivity = 1;
	rule->json = j;
	rule->file = json_file(j->doc);
	rule->line = json_line(j);
	rule->layer = r->layer;
	r->rule = rule;
	good = rulefile_object(r, j, &rulefile_rule, rule);
	default_entity(rule);
	if (rule->quiet == 0)
		rule->quiet = default_quiet(&rule->measure);
	if (r->tuned != NULL)
		rulefile_tune(r, rule);
	if (good)
		rulefile_check_rule(r, rule);
	r->rule = NULL;
	return rule;
}

void
rulefile_add_rule(struct reading *r, const struct json *j)
{
	insert(r, rulefile_make_rule(r, j));
}
