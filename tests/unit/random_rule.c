#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "random_rule.h"

static uint64_t dice;

void
random_seed(uint64_t seed)
{
	dice = seed;
}

/* splitmix64 */
int64_t
random_roll(int64_t n)
{
	uint64_t z = (dice += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (int64_t)((z ^ (z >> 31)) % (uint64_t)n);
}

bool
random_chance(int percent)
{
	return random_roll(100) < percent;
}

static const struct predicate *
compile(struct random_rules *m, const char *text, struct json_doc **doc)
{
	const struct predicate *p;

	*doc = json_parse(text, strlen(text), "random", &m->notes);
	p = predicate_compile(json_root(*doc), &m->arena, NULL, &m->notes);
	assert_non_null(p);
	return p;
}

static void
add_calendar(struct random_rules *m, const char *name, const char *zone,
    const char *days, const char *times)
{
	struct calendar *c = calendar_new(name);

	if (zone != NULL)
		calendar_set_zone(c, zone_get(zone, NULL));
	assert_int_equal(calendar_open(c, days, times, NULL), 0);
	assert_int_equal(calendar_open(c, "sat", "22:00-03:00", NULL), 0);
	named_put_calendar(&m->named,
	    &(struct named_calendar){ .name = calendar_name(c),
		.calendar = c });
}

void
random_rules_open(struct random_rules *m)
{
	static const char all[] = "{}";
	static const char answered[] = "{\"status\": \"answered\"}";
	static const char one[] = "{\"account\": \"" RANDOM_ACCOUNT "\"}";
	static const char quick[] = "{\"since_prev\": {\"lt\": \"1h\"}}";
	static const char logged[] = "{\"event\": {\"exists\": true}}";

	memset(m, 0, sizeof(*m));
	notes_init(&m->notes);
	named_init(&m->named);
	m->all = compile(m, all, &m->all_text);
	m->answered = compile(m, answered, &m->answered_text);
	m->one = compile(m, one, &m->one_text);
	m->quick = compile(m, quick, &m->quick_text);
	m->logged = compile(m, logged, &m->logged_text);
	add_calendar(m, "hours", NULL, "mon-fri", "08:30-18:00");
	add_calendar(m, "york", "America/New_York", "mon-sat", "09:00-17:00");
	add_calendar(m, "night", "Asia/Kathmandu", "fri-sun", "20:00-04:00");
	add_calendar(m, NAMED_HOURS, NULL, "tue-thu", "07:00-19:30");
}

void
random_rules_close(struct random_rules *m)
{
	predicate_release(m->all);
	predicate_release(m->answered);
	predicate_release(m->one);
	predicate_release(m->quick);
	predicate_release(m->logged);
	json_free(&m->all_text);
	json_free(&m->answered_text);
	json_free(&m->one_text);
	json_free(&m->quick_text);
	json_free(&m->logged_text);
	notes_fini(&m->notes);
	named_fini(&m->named);
	arena_fini(&m->arena);
}

/* A function with what it measures; the limits come from its values. */
static int64_t
random_fn(const struct random_rules *made, struct measure *m,
    enum measure_fn fn)
{
	static const char *const amounts[] = { "duration", "cost", "ring",
		"since_prev" };
	static const char *const keys[] = { "dst", "status", "duration", "cost",
		"since_prev", "src_new" };
	static const int64_t bins[] = { 0, 60000, 180000, 1000000 };

	m->fn = fn;
	switch (fn) {
	case MEASURE_SUM:
	case MEASURE_AVG:
	case MEASURE_MAX:
	case MEASURE_MIN:
		m->of = field_find(amounts[random_roll(4)]);
		return m->of->type == FIELD_MONEY
			   ? RULE_UNIT * random_roll(6) / 2
			   : RULE_UNIT * 60000 *
				 random_roll(fn == MEASURE_SUM ? 20 : 10);
	case MEASURE_DISTINCT:
		m->of = field_find(keys[random_roll(6)]);
		return RULE_UNIT * random_roll(5);
	case MEASURE_RATIO:
		m->where = made->answered;
		return RULE_UNIT * random_roll(11) / 10;
	case MEASURE_RUN:
		m->of = field_find(random_chance(70) ? "dst" : "src");
		return RULE_UNIT * (1 + random_roll(4));
	case MEASURE_MODE:
		m->of = field_find(keys[random_roll(6)]);
		m->bin = field_is_key(m->of) ? 0 : bins[random_roll(4)];
		return RULE_UNIT * random_roll(11) / 10;
	case MEASURE_GAP:
		m->history = random_roll(4) * INT64_C(86400000);
		return RULE_UNIT * 3600000 * random_roll(72);
	case MEASURE_SILENCE:
		m->during = random_chance(50)   ? NULL
			    : random_chance(50) ? "hours"
						: NAMED_HOURS;
		return RULE_UNIT * 1800000 * random_roll(60);
	case MEASURE_CONCURRENT:
		m->of = random_chance(40) ? field_find("dst") : NULL;
		return RULE_UNIT * random_roll(5);
	default:
		return RULE_UNIT * random_roll(8);
	}
}

/* In a tenth of the rules the calls themselves say how much. */
static void
random_limit_field(const struct measure *m, struct condition *c)
{
	const char *name = "cause";
	int i = (int)random_roll(4);

	if (!random_chance(10) || (c->set & (1U << i)) == 0)
		return;
	if (measure_is_span(m))
		name = "duration";
	else if (m->of != NULL && m->of->type == FIELD_MONEY &&
		 m->fn >= MEASURE_SUM && m->fn <= MEASURE_MIN)
		name = "cost";
	c->from[i] = field_find(name);
}

static void
random_limits(const struct measure *m, struct condition *c, int64_t v)
{
	if (m->fn == MEASURE_GAP && random_chance(70))
		c->set |= COND_NEVER;
	if (m->fn == MEASURE_GAP && c->set != 0 && random_chance(40))
		return;
	switch (
	    m->fn == MEASURE_SILENCE ? 5 * random_roll(2) : random_roll(6)) {
	case 0:
		c->set |= COND_GT;
		c->gt = v;
		break;
	case 1:
		c->set |= COND_LTE;
		c->lte = v;
		break;
	case 2:
		c->set |= COND_LT | COND_GTE;
		c->lt = v + 3 * RULE_UNIT;
		c->gte = v;
		break;
	default:
		c->set |= COND_GTE;
		c->gte = v;
	}
}

static void
random_guards(struct condition *c)
{
	if (random_chance(15)) {
		c->set |= COND_MIN_CALLS;
		c->min_calls = 1 + random_roll(6);
	}
	if (random_chance(10)) {
		c->set |= COND_MIN_COST;
		c->min_cost = random_roll(4) * 500000;
	}
	if (random_chance(10)) {
		c->set |= COND_MIN_DURATION;
		c->min_duration = random_roll(20) * 60000;
	}
}

static void
random_window(struct measure *m)
{
	static const int64_t overs[] = { 1, 60000, 600000, 3600000, 7200000 };

	if (m->fn == MEASURE_NONE || m->fn == MEASURE_CONCURRENT ||
	    m->fn == MEASURE_GAP || m->fn == MEASURE_SILENCE)
		return;
	m->window = (enum measure_window)(WINDOW_OVER + random_roll(4));
	m->over = overs[random_roll(5)];
	if (m->window == WINDOW_DAY && random_chance(40))
		m->begins = random_chance(50) ? 12 * 60 : 6 * 60;
}

static void
random_baseline(struct rule *r)
{
	static const int64_t unit[] = { [WINDOW_HOUR] = 3600000,
		[WINDOW_DAY] = 86400000,
		[WINDOW_WEEK] = 604800000 };
	struct baseline *bl = &r->baseline;

	if (r->measure.window <= WINDOW_OVER || random_chance(40))
		return;
	bl->present = true;
	bl->history = unit[r->measure.window] * (3 + random_roll(60));
	bl->season = (enum season)random_roll(3);
	bl->stat = (enum baseline_stat)random_roll(4);
	bl->min_buckets = (int32_t)(1 + random_roll(4));
	bl->floor = random_chance(50) ? RULE_UNIT * random_roll(3) : 0;
	if (random_chance(75)) {
		r->when.set |= COND_TIMES;
		r->when.times = RULE_UNIT + random_roll(20) * RULE_UNIT / 10;
	}
	if (random_chance(25)) {
		r->when.set |= COND_MADS;
		r->when.mads = RULE_UNIT * random_roll(4);
	}
}

static void
random_by(struct rule *r)
{
	static const char *const names[] = { "account", "dst", "status" };

	r->nby = 0;
	/* of all calls only the very first one is new */
	while (r->nby < 3 &&
	       random_chance(r->measure.fn == MEASURE_GAP ? 85 : 60)) {
		r->by[r->nby] = field_find(names[r->nby]);
		r->nby++;
	}
	r->entity = r->nby > 0 ? r->by[0] : NULL;
}

static void
random_also(const struct random_rules *m, struct random_rule *one)
{
	static const enum measure_fn fns[] = { MEASURE_COUNT, MEASURE_SUM,
		MEASURE_AVG, MEASURE_MAX, MEASURE_MIN, MEASURE_DISTINCT,
		MEASURE_RATIO, MEASURE_RUN, MEASURE_MODE };
	struct rule *r = &one->rule;
	int64_t v;
	size_t i;

	if (r->measure.fn == MEASURE_CONCURRENT ||
	    r->measure.window == WINDOW_NONE || random_chance(70))
		return;
	r->nalso = (size_t)(1 + random_roll(2));
	for (i = 0; i < r->nalso; i++) {
		v = random_fn(m, &one->also[i].measure, fns[random_roll(9)]);
		random_limits(&one->also[i].measure, &one->also[i].cond, v);
	}
}

static void
random_one(const struct random_rules *m, struct random_rule *one,
    const char *id)
{
	struct rule *r = &one->rule;
	int64_t v;

	memset(one, 0, sizeof(*one));
	*r = (struct rule){ .id = id,
		.title = "Random",
		.family = "volume",
		.fraud_type = "probing",
		.score = 45,
		.enabled = true,
		.status = RULE_STABLE,
		.sensitivity = 1,
		.match = random_chance(70)   ? m->all
			 : random_chance(50) ? m->quick
					     : m->logged,
		.escalate = &one->escalate,
		.also = one->also };
	v = random_fn(m, &r->measure,
	    (enum measure_fn)random_roll(MEASURE_MODE + 1));
	random_window(&r->measure);
	random_by(r);
	r->quiet = random_chance(50) && r->measure.over > 0
		       ? r->measure.over
		       : random_roll(4) * 1800000;
	if (r->measure.fn == MEASURE_NONE)
		return;
	random_limits(&r->measure, &r->when, v);
	random_limit_field(&r->measure, &r->when);
	random_guards(&r->when);
	random_baseline(r);
	r->nescalate = random_chance(50);
	one->escalate.score = 70;
	random_limits(&r->measure, &one->escalate.cond, v + RULE_UNIT);
	random_limit_field(&r->measure, &one->escalate.cond);
	random_guards(&one->escalate.cond);
	random_also(m, one);
}

/* The next rule of the chain, in whose steps this one goes. */
static void
random_follows(struct rule *r, const struct rule *trigger)
{
	static const char *const pairs[][2] = { { "account", "account" },
		{ "dst", "src" }, { "dst", "dst" }, { "status", "status" },
		{ "src_type", "dst_type" } };
	struct follows *f = &r->follows;
	size_t i;

	f->id = trigger->id;
	f->rule = trigger;
	f->within = random_roll(5) * 1800000;
	f->nsame = (size_t)(1 + random_roll(2));
	for (i = 0; i < f->nsame; i++) {
		const char *const *pair = pairs[random_roll(5)];

		f->own[i] = field_find(pair[0]);
		f->theirs[i] = field_find(pair[1]);
	}
}

void
random_rules_make(struct random_rules *m)
{
	static const char *const ids[RANDOM_CHAIN] = { "random", "b", "c" };
	size_t i;

	for (i = 0; i < RANDOM_CHAIN; i++)
		random_one(m, &m->rules[i], ids[i]);
	for (i = 1; i < RANDOM_CHAIN; i++)
		m->rules[i].rule.private_rule = true;
	for (i = 0; i + 1 < RANDOM_CHAIN && random_chance(35); i++)
		random_follows(&m->rules[i].rule, &m->rules[i + 1].rule);
}

void
random_shuffle(size_t *order, size_t n)
{
	size_t i, k, t;

	for (i = n; i > 1; i--) {
		k = (size_t)random_roll((int64_t)i);
		t = order[i - 1];
		order[i - 1] = order[k];
		order[k] = t;
	}
}
