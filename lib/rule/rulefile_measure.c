/* rulefile_measure: measures, further measures, baselines. */
#include "rule/rulefile_impl.h"

#include <string.h>

/* What a store should hold before something in it is called new. */
static const int64_t default_history = 90 * 24 * INT64_C(3600000);

/* The measure itself ------------------------------------------------------ */

static void
read_fn(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	int i = rulefile_word(r, &rulefile_functions, j);

	if (i >= 0)
		*(enum measure_fn *)(void *)((char *)into + k->at) =
		    rulefile_function((size_t)i)->fn;
}

static void
read_where(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	*(const struct predicate **)(void *)((char *)into + k->at) =
	    predicate_compile(j, r->arena, &r->rule->params, r->notes);
}

static void
read_over(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	struct measure *m = into;

	rulefile_read_span(r, k, j, into);
	m->window = WINDOW_OVER;
}

static void
read_window(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	struct measure *m = into;
	int i = rulefile_word(r, &rulefile_windows, j);

	(void)k;
	if (m->window == WINDOW_OVER)
		json_note_key(r->notes, NOTE_ERROR, "E309", j, NULL, NULL,
		    "\"over\" or \"window\", not both");
	if (i >= 0)
		m->window = (enum measure_window)(WINDOW_HOUR + i);
}

/* "12:00": a bucket that begins at noon holds a whole night. */
static void
read_begins(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	const char *s = j->type == JSON_STRING ? j->string : "";
	struct measure *m = into;
	int hour, minute;

	(void)k;
	if (strlen(s) != 5 || strspn(s, "0123456789") != 2 || s[2] != ':' ||
	    strspn(s + 3, "0123456789") != 2) {
		rulefile_wrong(r, "E304", j,
		    "a time of day such as \"12:00\" is needed");
		return;
	}
	hour = (s[0] - '0') * 10 + (s[1] - '0');
	minute = (s[3] - '0') * 10 + (s[4] - '0');
	if (hour > 23 || minute > 59)
		json_note(r->notes, NOTE_ERROR, "E307", j, NULL, NULL,
		    "no time of day");
	else if (m->window != WINDOW_DAY)
		json_note_key(r->notes, NOTE_ERROR, "E309", j, NULL, NULL,
		    "only a window of a day can begin at another hour");
	else
		m->begins = hour * 60 + minute;
}

/* In the field's own unit: ms, micro-units, number. */
static void
read_bin(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	struct measure *m =
	    (struct measure *)(void *)((char *)into + k->at -
				       offsetof(struct measure, bin));
	enum field_type type = m->of != NULL ? m->of->type : FIELD_TEXT;
	int64_t v;

	if (type != FIELD_SPAN && type != FIELD_MONEY && type != FIELD_NUMBER) {
		if (m->of != NULL)
			json_note_key(r->notes, NOTE_ERROR, "E309", j, NULL,
			    NULL, "'%s' has no intervals", m->of->name);
		return;
	}
	if (quantity_read_as(j, &r->rule->params,
		type == FIELD_SPAN ? QUANTITY_SPAN : QUANTITY_NUMBER, &v,
		r->notes) == -1)
		return;
	if (type != FIELD_MONEY)
		v /= RULE_UNIT;
	if (v < 1)
		json_note(r->notes, NOTE_ERROR, "E307", j, NULL, NULL,
		    "must be above 0");
	m->bin = v;
}

static void
check_of(struct reading *r, const struct json *j, const struct measure *m,
    unsigned needs)
{
	const struct json *of = json_get(j, "of");
	bool key, amount;

	if (of == NULL) {
		if (needs & FN_OF)
			json_note(r->notes, NOTE_ERROR, "E309", j, NULL, NULL,
			    "'%s' needs \"of\", a field",
			    measure_fn_name(m->fn));
		return;
	}
	if ((needs & (FN_OF_AMOUNT | FN_OF_KEY | FN_OF_TEXT)) == 0) {
		json_note_key(r->notes, NOTE_ERROR, "E309", of, NULL, NULL,
		    "'%s' has no \"of\"", measure_fn_name(m->fn));
		return;
	}
	if (m->of == NULL)
		return;
	key = field_is_key(m->of);
	amount = !key && m->of->type != FIELD_TIME;
	if ((needs & FN_OF_TEXT) && m->of->type != FIELD_TEXT)
		json_note(r->notes, NOTE_ERROR, "E309", of, NULL, NULL,
		    "values of '%s' do not follow each other", m->of->name);
	else if ((needs & FN_OF_AMOUNT) && (needs & FN_OF_KEY) && !key &&
		 !amount)
		json_note(r->notes, NOTE_ERROR, "E309", of, NULL, NULL,
		    "values of '%s' are never the same", m->of->name);
	else if ((needs & FN_OF_AMOUNT) && !(needs & FN_OF_KEY) && !amount)
		json_note(r->notes, NOTE_ERROR, "E309", of, NULL,
		    "\"of\" must be a duration, a cost or a number",
		    "'%s' of '%s' is no number", measure_fn_name(m->fn),
		    m->of->name);
	else if ((needs & FN_OF_KEY) && !(needs & FN_OF_AMOUNT) && !key)
		json_note(r->notes, NOTE_ERROR, "E309", of, NULL, NULL,
		    "'%s' cannot tell values of '%s' apart",
		    measure_fn_name(m->fn), m->of->name);
}

/* Keys that only one function has. */
static void
check_own(struct reading *r, const struct json *j, const struct measure *m,
    unsigned needs)
{
	static const struct {
		const char *key;
		unsigned bit;
	} own[] = { { "where", FN_WHERE }, { "bin", FN_BIN },
		{ "during", FN_DURING }, { "history", FN_HISTORY } };
	const struct json *e;
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		e = json_get(j, own[i].key);
		if (e != NULL && !(needs & own[i].bit))
			json_note_key(r->notes, NOTE_ERROR, "E309", e, NULL,
			    NULL, "'%s' has no \"%s\"", measure_fn_name(m->fn),
			    own[i].key);
	}
}

/* What a function needs and what it must not have. */
static void
check_parts(struct reading *r, const struct json *j, const struct measure *m,
    unsigned needs)
{
	check_of(r, j, m, needs);
	check_own(r, j, m, needs);
	if ((needs & FN_WHERE) && json_get(j, "where") == NULL)
		json_note(r->notes, NOTE_ERROR, "E309", j, NULL, NULL,
		    "'%s' needs \"where\", a predicate",
		    measure_fn_name(m->fn));
}

static void
check_window(struct reading *r, const struct json *j, const struct measure *m,
    unsigned needs)
{
	bool has = json_get(j, "over") != NULL || json_get(j, "window") != NULL;

	if ((needs & FN_WINDOW) && !has)
		json_note(r->notes, NOTE_ERROR, "E309", j,
		    "\"over\": \"2h\" slides, \"window\": \"day\" is a bucket",
		    NULL, "'%s' needs \"over\" or \"window\"",
		    measure_fn_name(m->fn));
	if (!(needs & FN_WINDOW) && has)
		json_note(r->notes, NOTE_ERROR, "E309", j, NULL, NULL,
		    "'%s' has no window", measure_fn_name(m->fn));
}

void
rulefile_read_measure(struct reading *r, const struct key *k,
    const struct json *j, void *into)
{
	struct rule *rule = into;
	const struct function *f;

	(void)k;
	(void)rulefile_object(r, j, &rulefile_measure, &rule->measure);
	f = rulefile_function_of(rule->measure.fn);
	if (f == NULL)
		return;
	check_parts(r, j, &rule->measure, f->needs);
	check_window(r, j, &rule->measure, f->needs);
	if ((f->needs & FN_HISTORY) && rule->measure.history == 0)
		rule->measure.history = default_history;
}

#define NUM              "{\"$ref\":\"#/$defs/quantity\"}"
#define FIELD            "{\"$ref\":\"#/$defs/field\"}"
#define PREDICATE        "{\"$ref\":\"#/$defs/predicate\"}"
#define SPAN             "{\"$ref\":\"#/$defs/span\"}"
#define NUMBER           "{\"$ref\":\"#/$defs/number\"}"
#define WORD(w)          "{\"$ref\":\"#/$defs/" w "\"}"
#define AT(kind, member) offsetof(struct kind, member)

static const struct key measure_keys[] = {
	{ "fn", true, read_fn, AT(measure, fn), 0, WORD("function") },
	{ "of", false, rulefile_read_field, AT(measure, of), 0, FIELD },
	{ "where", false, read_where, AT(measure, where), 0, PREDICATE },
	{ "bin", false, read_bin, AT(measure, bin), 0, NUM },
	{ "during", false, rulefile_read_text, AT(measure, during), 0,
	    WORD("text") },
	{ "history", false, rulefile_read_span, AT(measure, history), 0, SPAN },
	{ "over", false, read_over, AT(measure, over), 0, SPAN },
	{ "window", false, read_window, 0, 0, WORD("window") },
	{ "begins", false, read_begins, 0, 0,
	    "{\"type\":\"string\","
	    "\"pattern\":\"^([01]\\\\d|2[0-3]):[0-5]\\\\d$\"}" },
	{ NULL, false, NULL, 0, 0, NULL },
};
const struct table rulefile_measure = { "measure", "E303", "E301",
	measure_keys };

/* Further measures -------------------------------------------------------- */

static const struct key also_keys[] = {
	{ "fn", true, read_fn, AT(also, measure.fn), 0, WORD("function") },
	{ "of", false, rulefile_read_field, AT(also, measure.of), 0, FIELD },
	{ "where", false, read_where, AT(also, measure.where), 0, PREDICATE },
	{ "bin", false, read_bin, AT(also, measure.bin), 0, NUM },
	RULEFILE_LIMITS(AT(also, cond), RULEFILE_QUANTITY),
	{ NULL, false, NULL, 0, 0, NULL },
};
const struct table rulefile_also = { "also", "E303", "E301", also_keys };

/* The readers of `fn` and `of` come first, so the thresholds' kind is known. */
static void
read_further(struct reading *r, const struct json *j, struct also *also)
{
	const struct function *f;

	bool good;

	r->measure = &also->measure;
	r->further = true;
	good = rulefile_object(r, j, &rulefile_also, also);
	r->further = false;
	if (!good)
		return;
	rulefile_check_some(r, j, &also->cond);
	f = rulefile_function_of(also->measure.fn);
	if (!(f->needs & FN_ALSO))
		json_note(r->notes, NOTE_ERROR, "E309", j, NULL, NULL,
		    "'%s' cannot be a further measure", measure_fn_name(f->fn));
	else
		check_parts(r, j, &also->measure, f->needs);
}

void
rulefile_read_also(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	struct rule *rule = into;
	const struct json *e;
	struct also *list;

	(void)k;
	if (j->type != JSON_ARRAY || j->n == 0) {
		rulefile_wrong(r, "E304", j, "an array of measures is needed");
		return;
	}
	list = arena_array(r->arena, j->n, sizeof(*list));
	rule->also = list;
	for (e = j->first; e != NULL; e = e->next, rule->nalso++)
		read_further(r, e, &list[rule->nalso]);
}

/* Baselines --------------------------------------------------------------- */

static void
read_season(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	int i = rulefile_word(r, &rulefile_seasons, j);

	(void)k;
	if (i >= 0)
		((struct baseline *)into)->season = (enum season)i;
}

static void
read_stat(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	int i = rulefile_word(r, &rulefile_stats, j);

	(void)k;
	if (i >= 0)
		((struct baseline *)into)->stat = (enum baseline_stat)i;
}

static void
read_floor(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	struct baseline *b = into;

	(void)k;
	(void)quantity_read_as(j, &r->rule->params,
	    rulefile_value_kind(&r->rule->measure), &b->floor, r->notes);
	if (b->floor < 0)
		json_note(r->notes, NOTE_ERROR, "E307", j, NULL, NULL,
		    "must not be below 0");
}

static const struct key baseline_keys[] = {
	{ "history", true, rulefile_read_span, AT(baseline, history), 0, SPAN },
	{ "season", false, read_season, 0, 0, WORD("season") },
	{ "stat", false, read_stat, 0, 0, WORD("stat") },
	{ "min_buckets", true, rulefile_read_int, AT(baseline, min_buckets),
	    10000, "{\"type\":\"integer\",\"minimum\":1,\"maximum\":10000}" },
	{ "floor", false, read_floor, 0, 0, NUM },
	{ NULL, false, NULL, 0, 0, NULL },
};
const struct table rulefile_baseline = { "baseline", "E303", "E301",
	baseline_keys };

void
rulefile_read_baseline(struct reading *r, const struct key *k,
    const struct json *j, void *into)
{
	struct rule *rule = into;

	(void)k;
	rule->baseline.present = true;
	(void)rulefile_object(r, j, &rulefile_baseline, &rule->baseline);
}
