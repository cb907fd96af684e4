/*
 * Random rules over random calls, of which some come later: what an earlier
 * run found spares looking at most of them again, and changes nothing.  The
 * seed is printed; RESUME_SEED repeats a round, RESUME_ROUNDS plays so many.
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

#include "base/hash.h"
#include "detect/detect.h"
#include "kept.h"
#include "model_compare.h"
#include "random_rule.h"

enum { ROUNDS = 3000, NIGHTS = 3 };

/* What the rounds were good for: of sliding windows, and of calendar ones. */
struct seen {
	size_t kept[2], made[2], whole[2];
	size_t baselines; /* made by what was kept of a group's history */
	size_t alike;     /* as much was kept for the next night */
};

/* The calls of one night, and what was found in them. */
struct night {
	int64_t as_of, from; /* calls before are those of the night before */
	int64_t end;         /* the latest yet */
	struct batch *batch;
	struct call_ref fraud[RANDOM_CALLS];
	size_t nfraud;
	struct results found;
	struct detect_keep keep;
};

static void
run_engine(const struct random_rules *m, const struct night *n,
    const struct detect_past *past, struct results *rs,
    struct detect_keep *keep)
{
	struct detect_settings set = { .as_of = n->as_of,
		.zone = zone_utc(),
		.fraud = n->fraud,
		.nfraud = n->nfraud,
		.past = past,
		.keep = keep };
	const struct rule *rules[] = { &m->rules[1].rule, &m->rules[2].rule,
		&m->rules[0].rule };
	const struct waiver *waivers[] = { &m->waivers[0], &m->waivers[1] };
	const struct ruleset all = { .rules = (struct rule **)(void *)rules,
		.n = RANDOM_CHAIN,
		.named = m->named,
		.waivers = (struct waiver **)(void *)waivers,
		.nwaivers = m->nwaivers };
	struct notes notes;
	struct errmsg err;

	results_init(rs);
	notes_init(&notes);
	assert_int_equal(detect_run(n->batch, &all, &set, rs, &notes, &err), 0);
	notes_fini(&notes);
	if (keep != NULL)
		kept_own(keep);
}

/* The calls before `from`, and some of the others. */
static struct batch *
some_of(const struct random_call *calls, size_t n, int64_t from, int most)
{
	size_t order[RANDOM_CALLS], k = 0, i;

	for (i = 0; i < n; i++)
		if (calls[i].start < from || random_chance(most) ||
		    (i + 1 == n && k == 0))
			order[k++] = i;
	return random_batch(calls, order, k);
}

/* Those that began before are labelled, if they are fraud. */
static void
label(struct night *n, int64_t before)
{
	const struct batch *b = n->batch;
	const char *name;
	size_t i;

	n->nfraud = 0;
	for (i = 0; i < b->n; i++) {
		if (!random_is_fraud(b, i) || b->calls[i].start >= before)
			continue;
		name = batch_text(b, b->sources[b->calls[i].source].name);
		n->fraud[n->nfraud++] =
		    (struct call_ref){ .start = b->calls[i].start,
			    .key = b->origins[i].key,
			    .source = hash64(name, strlen(name)) };
	}
}

static bool
is_of(const struct finding *f, const struct results *before)
{
	size_t i;

	for (i = 0; i < before->n; i++)
		if (before->findings[i]->reason == f->reason)
			return true;
	return false;
}

static void
count(const struct random_rules *m, const struct results *now,
    const struct results *before, struct seen *s)
{
	const int calendar = m->rules[0].rule.measure.window > WINDOW_OVER;
	size_t kept = 0, made = 0, baselines = 0, i;

	for (i = 0; i < now->n; i++)
		if (is_of(now->findings[i], before)) {
			kept++;
		} else {
			made++;
			baselines += now->findings[i]->has_baseline;
		}
	s->kept[calendar] += kept;
	s->made[calendar] += kept > 0 ? made : 0;
	s->whole[calendar] += kept == 0;
	s->baselines += kept > 0 ? baselines : 0;
}

/*
 * The same bytes, unless time went back.  What rules without a calendar window
 * keep, has a test of its own.
 */
static bool
same_kept(const struct detect_keep *whole, const struct detect_keep *resumed,
    struct seen *s)
{
	const struct buf *a = detect_keep_get(whole, "random");
	const struct buf *b = detect_keep_get(resumed, "random");

	if (a == NULL || b == NULL)
		return a == b;
	s->alike++;
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* Values that were too old in an earlier night are not there any more. */
static bool
time_went_on(struct night *now, const struct night *was)
{
	const int64_t last = now->batch->calls[now->batch->n - 1].start;

	now->end = last < now->as_of ? last : now->as_of;
	if (was == NULL || now->end >= was->end)
		return true;
	now->end = was->end;
	return false;
}

/* What lacks its end counts for nothing. */
static void
cut_kept(struct detect_keep *k)
{
	struct buf *body;
	size_t i;

	for (i = 0; i < k->n; i++) {
		body = &k->list[i].body;
		buf_cut(body, (size_t)random_roll((int64_t)body->len));
	}
}

/* Whether it is the same with what was found the night before. */
static bool
same_resumed(const struct random_rules *m, struct night *was, struct night *now,
    struct seen *s)
{
	struct detect_past past = { .from = now->from,
		.list = was->found.findings,
		.n = was->found.n,
		.begins = INT64_MIN,
		.keep = &was->keep };
	struct detect_keep keep;
	struct results whole;
	char *want, *got;
	bool good;

	if (random_chance(5))
		cut_kept(&was->keep);
	detect_keep_init(&keep);
	run_engine(m, now, NULL, &whole, random_chance(80) ? &keep : NULL);
	run_engine(m, now, &past, &now->found, &now->keep);
	count(m, &now->found, &was->found, s);
	want = model_json(&whole);
	got = model_json(&now->found);
	good = strcmp(want, got) == 0;
	if (!good)
		print_message("all from %lld on:\n%swhole:\n%s",
		    (long long)now->from, got, want);
	if (time_went_on(now, was) && good && keep.n > 0 &&
	    m->rules[0].rule.measure.window > WINDOW_OVER &&
	    !same_kept(&keep, &now->keep, s)) {
		print_message("something else is kept\n");
		good = false;
	}
	free(want);
	free(got);
	detect_keep_fini(&keep);
	results_fini(&whole);
	return good;
}

static void
make_night(struct night *n, const struct random_call *calls, size_t ncalls,
    int64_t from, int64_t fraud)
{
	const int64_t hour = 3600000;
	int most = random_chance(50) ? 100 : (int)random_roll(101);

	n->batch = some_of(calls, ncalls, from, most);
	n->as_of = n->batch->calls[n->batch->n - 1].start;
	if (random_chance(70))
		n->as_of += random_roll(100) * hour;
	else if (random_chance(30))
		n->as_of -= random_roll(400) * hour;
	if (random_chance(20))
		fraud = calls[random_roll((int64_t)ncalls)].start;
	label(n, fraud);
	detect_keep_init(&n->keep);
}

/* What is the same in two nights may be said to be less than it is. */
static int64_t
random_from(const struct random_call *calls, size_t n)
{
	const int64_t hour = 3600000;
	int64_t from = calls[random_roll((int64_t)n)].start;

	return random_chance(30) ? from - random_roll(48) * hour : from;
}

/* A rule with a baseline that fires often. */
static void
fire_often(struct rule *r)
{
	if (!r->baseline.present)
		return;
	r->nby = random_chance(50) && r->nby > 0 ? 1 : 0;
	r->entity = r->nby > 0 ? r->by[0] : NULL;
	r->nalso = 0;
	r->baseline.min_buckets = 1;
	if (r->measure.window == WINDOW_WEEK)
		r->baseline.history = 3 * INT64_C(604800000);
	r->baseline.floor = 0;
	r->baseline.season = (enum season)random_roll(2);
	memset(&r->when, 0, sizeof(r->when));
	r->when.set = COND_TIMES | COND_GTE;
	r->when.times = RULE_UNIT * (5 + random_roll(10)) / 10;
	r->when.gte = 1;
}

/* Most of the time calls and rules that allow for going on. */
static size_t
make_calls(struct random_rules *m, struct random_call *calls)
{
	bool one_clock;
	size_t n, i;

	random_rules_make(m);
	if (random_chance(60)) {
		m->rules[0].rule.follows = (struct follows){ .rule = NULL };
		m->rules[0].rule.match = m->all;
		if (random_chance(60))
			fire_often(&m->rules[0].rule);
	}
	n = random_calls(m, calls);
	if (random_chance(10))
		random_waivers(m, calls, n);
	else
		m->nwaivers = 0;
	one_clock = random_chance(60);
	for (i = 0; i < n && one_clock; i++) {
		calls[i].clock = CLOCK_ONE;
		calls[i].listed = 0;
	}
	return n;
}

static bool
one_round(struct random_rules *m, struct seen *s)
{
	struct random_call calls[RANDOM_CALLS];
	struct night nights[NIGHTS];
	int64_t from[NIGHTS], fraud;
	bool good = true;
	size_t n, i;

	n = make_calls(m, calls);
	fraud = calls[random_roll((int64_t)n)].start;
	for (i = 0; i < NIGHTS; i++) {
		from[i] = random_from(calls, n);
		if (i > 0 && from[i] < from[i - 1])
			from[i] = from[i - 1];
	}
	for (i = 0; i < NIGHTS && good; i++) {
		make_night(&nights[i], calls, n, from[i], fraud);
		nights[i].from = i > 0 ? from[i - 1] : INT64_MIN;
		(void)time_went_on(&nights[i], NULL);
		if (i == 0)
			run_engine(m, &nights[i], NULL, &nights[i].found,
			    &nights[i].keep);
		else
			good = same_resumed(m, &nights[i - 1], &nights[i], s);
	}
	while (i-- > 0) {
		results_fini(&nights[i].found);
		detect_keep_fini(&nights[i].keep);
		batch_free(&nights[i].batch);
	}
	return good;
}

static void
test_resume(void **state)
{
	const char *given = getenv("RESUME_SEED"),
		   *more = getenv("RESUME_ROUNDS");
	uint64_t seed = (uint64_t)time(NULL) * 100000;
	int rounds = given != NULL ? 1 : more != NULL ? atoi(more) : ROUNDS, i;
	struct seen s = { .baselines = 0 };
	struct random_rules m;

	(void)state;
	if (given != NULL)
		seed = strtoull(given, NULL, 10);
	print_message("seeds from %llu\n", (unsigned long long)seed);
	random_rules_open(&m);
	for (i = 0; i < rounds; i++) {
		random_seed(seed + (uint64_t)i);
		if (one_round(&m, &s))
			continue;
		print_message("%s over %s, quiet %lld\n",
		    measure_fn_name(m.rules[0].rule.measure.fn),
		    measure_window_name(m.rules[0].rule.measure.window),
		    (long long)m.rules[0].rule.quiet);
		fail_msg("RESUME_SEED=%llu",
		    (unsigned long long)seed + (unsigned long long)i);
	}
	print_message("# figures: %d rounds: %zu and %zu findings kept, %zu "
		      "and %zu made beside them, %zu of them with a baseline; "
		      "%zu and %zu nights without; %zu times kept the same\n",
	    rounds, s.kept[0], s.kept[1], s.made[0], s.made[1], s.baselines,
	    s.whole[0], s.whole[1], s.alike);
	for (i = 0; given == NULL && i < 2; i++) {
		assert_true(s.kept[i] > (size_t)rounds / 50);
		assert_true(s.made[i] > (size_t)rounds / 50);
		assert_true(s.whole[i] > (size_t)rounds / 50);
	}
	assert_true(given != NULL || s.baselines > (size_t)rounds / 100);
	random_rules_close(&m);
}

/* Whatever is read, reading it ends. */
static void
spoil(struct detect_keep *k)
{
	struct buf *body;
	size_t i;
	int n;

	for (i = 0; i < k->n; i++) {
		body = &k->list[i].body;
		for (n = (int)random_roll(4); n >= 0 && body->len > 0; n--)
			body->data[random_roll((int64_t)body->len)] =
			    (char)random_roll(256);
	}
}

static void
test_damaged(void **state)
{
	struct random_call calls[RANDOM_CALLS];
	struct detect_past past = { .begins = INT64_MIN };
	struct random_rules m;
	struct night one;
	struct results rs;
	size_t n, i, looked = 0;

	(void)state;
	random_rules_open(&m);
	for (i = 0; i < ROUNDS; i++) {
		random_seed(i);
		n = make_calls(&m, calls);
		make_night(&one, calls, n, INT64_MAX, INT64_MAX);
		run_engine(&m, &one, NULL, &one.found, &one.keep);
		looked += one.keep.n;
		spoil(&one.keep);
		past.from = random_from(calls, n);
		past.keep = &one.keep;
		run_engine(&m, &one, &past, &rs, NULL);
		results_fini(&rs);
		results_fini(&one.found);
		detect_keep_fini(&one.keep);
		batch_free(&one.batch);
	}
	assert_true(looked > ROUNDS / 10);
	random_rules_close(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_resume),
		cmocka_unit_test(test_damaged) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
