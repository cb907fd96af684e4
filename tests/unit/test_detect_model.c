/*
 * The engine against the model, and against itself in another order, on
 * random rules and calls.  The seed is printed; MODEL_SEED repeats a round.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "detect/cases.h"
#include "detect/detect.h"
#include "detect/findjson.h"
#include "model.h"

enum { ROUNDS = 1000, MOST_CALLS = 40 };

static uint64_t dice;

/* 0 to n - 1 (splitmix64). */
static int64_t
roll(int64_t n)
{
	uint64_t z = (dice += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (int64_t)((z ^ (z >> 31)) % (uint64_t)n);
}

static bool
chance(int percent)
{
	return roll(100) < percent;
}

/* What rules of a round are made of. */
struct made {
	struct rule rule;
	struct escalate escalate;
	struct also also[2];
	struct json_doc *all_text, *answered_text;
	struct arena arena;
	struct notes notes;
	struct named named;
	const struct predicate *all, *answered;
};

static void
made_open(struct made *m)
{
	static const char all[] = "{}";
	static const char answered[] = "{\"status\": \"answered\"}";

	memset(m, 0, sizeof(*m));
	notes_init(&m->notes);
	named_init(&m->named);
	m->all_text = json_parse(all, strlen(all), "all", &m->notes);
	m->answered_text =
	    json_parse(answered, strlen(answered), "answered", &m->notes);
	m->all = predicate_compile(json_root(m->all_text), &m->arena, NULL,
	    &m->notes);
	m->answered = predicate_compile(json_root(m->answered_text), &m->arena,
	    NULL, &m->notes);
	assert_non_null(m->all);
	assert_non_null(m->answered);
}

static void
made_close(struct made *m)
{
	predicate_release(m->all);
	predicate_release(m->answered);
	json_free(&m->all_text);
	json_free(&m->answered_text);
	notes_fini(&m->notes);
	named_fini(&m->named);
	arena_fini(&m->arena);
}

/* A function with what it measures; the limits come from its values. */
static int64_t
random_fn(const struct made *made, struct measure *m, enum measure_fn fn)
{
	static const char *const amounts[] = { "duration", "cost", "ring" };
	static const char *const keys[] = { "dst", "status", "duration",
		"cost" };

	m->fn = fn;
	switch (fn) {
	case MEASURE_SUM:
	case MEASURE_AVG:
	case MEASURE_MAX:
	case MEASURE_MIN:
		m->of = field_find(amounts[roll(3)]);
		return m->of->type == FIELD_MONEY
			   ? RULE_UNIT * roll(6) / 2
			   : RULE_UNIT * 60000 *
				 roll(fn == MEASURE_SUM ? 20 : 10);
	case MEASURE_DISTINCT:
		m->of = field_find(keys[roll(4)]);
		return RULE_UNIT * roll(5);
	case MEASURE_RATIO:
		m->where = made->answered;
		return RULE_UNIT * roll(11) / 10;
	case MEASURE_CONCURRENT:
		m->of = chance(40) ? field_find("dst") : NULL;
		return RULE_UNIT * roll(5);
	default:
		return RULE_UNIT * roll(8);
	}
}

static void
random_limits(struct condition *c, int64_t v)
{
	switch (roll(6)) {
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
	if (chance(15)) {
		c->set |= COND_MIN_CALLS;
		c->min_calls = 1 + roll(6);
	}
	if (chance(10)) {
		c->set |= COND_MIN_COST;
		c->min_cost = roll(4) * 500000;
	}
	if (chance(10)) {
		c->set |= COND_MIN_DURATION;
		c->min_duration = roll(20) * 60000;
	}
}

static void
random_window(struct measure *m)
{
	static const int64_t overs[] = { 1, 60000, 600000, 3600000, 7200000 };

	if (m->fn == MEASURE_NONE || m->fn == MEASURE_CONCURRENT)
		return;
	m->window = (enum measure_window)(WINDOW_OVER + roll(4));
	m->over = overs[roll(5)];
	if (m->window == WINDOW_DAY && chance(40))
		m->begins = chance(50) ? 12 * 60 : 6 * 60;
}

static void
random_baseline(struct rule *r)
{
	static const int64_t unit[] = { [WINDOW_HOUR] = 3600000,
		[WINDOW_DAY] = 86400000,
		[WINDOW_WEEK] = 604800000 };
	struct baseline *bl = &r->baseline;

	if (r->measure.window <= WINDOW_OVER || chance(40))
		return;
	bl->present = true;
	bl->history = unit[r->measure.window] * (3 + roll(60));
	bl->season = (enum season)roll(3);
	bl->stat = (enum baseline_stat)roll(4);
	bl->min_buckets = (int32_t)(1 + roll(4));
	bl->floor = chance(50) ? RULE_UNIT * roll(3) : 0;
	if (chance(75)) {
		r->when.set |= COND_TIMES;
		r->when.times = RULE_UNIT + roll(20) * RULE_UNIT / 10;
	}
	if (chance(25)) {
		r->when.set |= COND_MADS;
		r->when.mads = RULE_UNIT * roll(4);
	}
}

static void
random_by(struct rule *r)
{
	static const char *const names[] = { "account", "dst", "status" };

	r->nby = 0;
	while (r->nby < 3 && chance(60)) {
		r->by[r->nby] = field_find(names[r->nby]);
		r->nby++;
	}
	r->entity = r->nby > 0 ? r->by[0] : NULL;
}

static void
random_rule(struct made *m)
{
	struct rule *r = &m->rule;
	int64_t v;
	size_t i;

	*r = (struct rule){ .id = "random",
		.title = "Random",
		.family = "volume",
		.fraud_type = "probing",
		.score = 45,
		.enabled = true,
		.status = RULE_STABLE,
		.sensitivity = 1,
		.match = m->all,
		.escalate = &m->escalate,
		.also = m->also };
	memset(m->also, 0, sizeof(m->also));
	memset(&m->escalate, 0, sizeof(m->escalate));
	v = random_fn(m, &r->measure, (enum measure_fn)roll(9));
	random_window(&r->measure);
	random_by(r);
	r->quiet = chance(50) && r->measure.over > 0 ? r->measure.over
						     : roll(4) * 1800000;
	if (r->measure.fn == MEASURE_NONE)
		return;
	random_limits(&r->when, v);
	random_guards(&r->when);
	random_baseline(r);
	r->nescalate = chance(50);
	m->escalate.score = 70;
	random_limits(&m->escalate.cond, v + RULE_UNIT);
	random_guards(&m->escalate.cond);
	r->nalso = (size_t)(chance(30) ? 1 + roll(2) : 0);
	for (i = 0; i < r->nalso; i++) {
		v = random_fn(m, &m->also[i].measure,
		    (enum measure_fn)(1 + roll(7)));
		random_limits(&m->also[i].cond, v);
	}
}

static int64_t
span_of(const struct rule *r)
{
	switch (r->measure.window) {
	case WINDOW_HOUR:
		return 3 * INT64_C(86400000);
	case WINDOW_DAY:
		return 40 * INT64_C(86400000);
	case WINDOW_WEEK:
		return 130 * INT64_C(86400000);
	default:
		return 6 * INT64_C(3600000);
	}
}

/* Facts of one random call; the batch is made of them in any order. */
struct fact {
	int64_t start, cost;
	uint32_t ring, duration;
	int account, dst, source, currency, status;
	bool has_cost;
};

/* The night of 25 October 2026, when clocks go back in Berlin, is among them. */
static size_t
random_facts(const struct rule *r, struct fact *f)
{
	int64_t span = span_of(r);
	int64_t end = INT64_C(1792890000000) + roll(span / 3600000) * 3600000;
	size_t n = (size_t)(1 + roll(MOST_CALLS)), i;

	for (i = 0; i < n; i++) {
		f[i] = (struct fact){
			.start = end - span + roll(span / 60000) * 60000,
			.cost = roll(5) * 500000,
			.ring = (uint32_t)(roll(3) * 60000),
			.duration = (uint32_t)(roll(10) * 60000),
			.account = (int)roll(3),
			.dst = (int)roll(4),
			.source = (int)roll(2),
			.currency = (int)roll(3),
			.status = (int)roll(4),
			.has_cost = chance(70),
		};
		if (i > 0 && chance(25)) /* several calls at one instant */
			f[i].start = f[i - 1].start;
	}
	return n;
}

static struct batch *
batch_of(const struct fact *f, const size_t *order, size_t n)
{
	static const char *const currencies[] = { "", "EUR", "USD" };
	struct batch *b = batch_new();
	const struct zone *berlin = zone_get("Europe/Berlin", NULL);
	struct origin *o;
	struct call *c;
	char text[32];
	size_t i, k;

	for (i = 0; i < n; i++) {
		k = order[i];
		(void)batch_add(b, &c, &o);
		c->start = f[k].start;
		c->cost = f[k].has_cost ? f[k].cost : 0;
		c->flags = f[k].has_cost ? CALL_HAS_COST : 0;
		c->ring = f[k].ring;
		c->duration = f[k].duration;
		c->status = (uint8_t)f[k].status;
		c->currency = batch_currency(b, currencies[f[k].currency]);
		c->source = f[k].source == 0
				? batch_source(b, "a", "x", berlin, NULL)
				: batch_source(b, "b", "y", zone_utc(), NULL);
		o->key = k + 1;
		o->line = (uint32_t)k + 1;
		(void)snprintf(text, sizeof(text), "A%d", f[k].account);
		if (f[k].account > 0)
			c->account = intern_addstr(b->names, text);
		(void)snprintf(text, sizeof(text), "+4420794600%02d", f[k].dst);
		c->dst = batch_party(b,
		    &(struct party){ .text = intern_addstr(b->names, text) });
	}
	batch_sort(b);
	return b;
}

static void
run_engine(const struct made *m, const struct batch *b, int64_t as_of,
    struct results *rs)
{
	struct detect_settings set = { .as_of = as_of, .zone = zone_utc() };
	struct notes notes;
	struct errmsg err;

	results_init(rs);
	notes_init(&notes);
	assert_int_equal(detect_rule(b, &m->rule, &m->named, &set, rs, &notes,
			     &err),
	    0);
	notes_fini(&notes);
}

static void
from_engine(const struct finding *f, struct model_finding *out)
{
	size_t i, at = 0;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < f->ngroup; i++)
		at += (size_t)snprintf(out->group + at, sizeof(out->group) - at,
		    "%s|", f->group_values[i]);
	out->first_seen = f->first_seen;
	out->last_seen = f->last_seen;
	out->crossed_at = f->crossed_at;
	out->calls = f->calls.calls;
	out->duration = f->calls.duration;
	out->value = f->value;
	out->limit = f->limit;
	out->has_baseline = f->has_baseline;
	out->baseline = f->has_baseline ? f->baseline : 0;
	out->score = f->score;
}

static bool
same(const struct made *m, struct model_finding *model, size_t nmodel,
    const struct results *rs)
{
	static struct model_finding engine[MODEL_FINDINGS];
	size_t i;

	for (i = 0; i < rs->n; i++)
		from_engine(rs->findings[i], &engine[i]);
	model_sort(engine, rs->n);
	for (i = 0; i < nmodel; i++)
		if (m->rule.measure.fn == MEASURE_NONE)
			model[i].value = 0;
	if (nmodel == rs->n &&
	    memcmp(engine, model, nmodel * sizeof(*model)) == 0)
		return true;
	print_message("engine:\n");
	for (i = 0; i < rs->n; i++)
		model_print(&engine[i]);
	print_message("model:\n");
	for (i = 0; i < nmodel; i++)
		model_print(&model[i]);
	return false;
}

/* Every finding and case as JSON: what a person could see. */
static char *
all_json(struct results *rs)
{
	struct jsonout j;
	struct buf out;
	size_t i;

	cases_make(rs);
	buf_init(&out);
	for (i = 0; i < rs->n; i++) {
		jsonout_init(&j, &out, false);
		findjson_finding(&j, rs->findings[i], &rs->run);
		buf_addch(&out, '\n');
	}
	for (i = 0; i < rs->ncases; i++) {
		jsonout_init(&j, &out, false);
		findjson_case(&j, rs->cases[i]);
		buf_addch(&out, '\n');
	}
	return buf_detach(&out);
}

static void
shuffle(size_t *order, size_t n)
{
	size_t i, k, t;

	for (i = n; i > 1; i--) {
		k = (size_t)roll((int64_t)i);
		t = order[i - 1];
		order[i - 1] = order[k];
		order[k] = t;
	}
}

/* Ids must name one finding each. */
static bool
ids_differ(const struct results *rs)
{
	size_t i, k;

	for (i = 0; i < rs->n; i++)
		for (k = 0; k < i; k++)
			if (strcmp(rs->findings[i]->id, rs->findings[k]->id) ==
			    0)
				return false;
	return true;
}

static bool
one_round(struct made *m, size_t *findings)
{
	static struct model_finding model[MODEL_FINDINGS];
	struct fact facts[MOST_CALLS];
	size_t order[MOST_CALLS], n, nmodel, i;
	struct results rs, again;
	struct batch *b, *other;
	char *seen, *seen_again;
	int64_t as_of;
	bool good;

	random_rule(m);
	n = random_facts(&m->rule, facts);
	for (i = 0; i < n; i++)
		order[i] = i;
	b = batch_of(facts, order, n);
	as_of = b->calls[n - 1].start +
		(chance(50) ? roll(10) * INT64_C(43200000) : 0);
	run_engine(m, b, as_of, &rs);
	nmodel = model_run(b, &m->rule, as_of, model);
	good = same(m, model, nmodel, &rs) && ids_differ(&rs);
	*findings += rs.n;

	shuffle(order, n);
	other = batch_of(facts, order, n);
	run_engine(m, other, as_of, &again);
	seen = all_json(&rs);
	seen_again = all_json(&again);
	if (strcmp(seen, seen_again) != 0) {
		print_message("in order:\n%sshuffled:\n%s", seen, seen_again);
		good = false;
	}
	free(seen);
	free(seen_again);
	results_fini(&rs);
	results_fini(&again);
	batch_free(&b);
	batch_free(&other);
	return good;
}

static void
test_model(void **state)
{
	const char *given = getenv("MODEL_SEED");
	uint64_t seed = (uint64_t)time(NULL) * 100000;
	int rounds = given != NULL ? 1 : ROUNDS, i;
	size_t findings = 0;
	struct made m;

	(void)state;
	if (given != NULL)
		seed = strtoull(given, NULL, 10);
	print_message("seeds from %llu\n", (unsigned long long)seed);
	made_open(&m);
	for (i = 0; i < rounds; i++) {
		dice = seed + (uint64_t)i;
		if (one_round(&m, &findings))
			continue;
		print_message("fn %s window %s by %zu quiet %lld baseline %d\n",
		    measure_fn_name(m.rule.measure.fn),
		    measure_window_name(m.rule.measure.window), m.rule.nby,
		    (long long)m.rule.quiet, m.rule.baseline.present);
		fail_msg("MODEL_SEED=%llu",
		    (unsigned long long)seed + (unsigned long long)i);
	}
	print_message("%d rounds, %zu findings\n", rounds, findings);
	if (given == NULL)
		assert_true(findings > (size_t)rounds);
	made_close(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_model) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
