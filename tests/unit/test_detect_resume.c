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

#include "detect/detect.h"
#include "model_compare.h"
#include "random_rule.h"

enum { ROUNDS = 3000 };

/* What the rounds were good for. */
struct seen {
	size_t kept, made, whole;
};

static void
run_engine(const struct random_rules *m, const struct batch *b, int64_t as_of,
    const struct detect_past *past, struct results *rs)
{
	struct detect_settings set = { .as_of = as_of,
		.zone = zone_utc(),
		.past = past };
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
	assert_int_equal(detect_run(b, &all, &set, rs, &notes, &err), 0);
	notes_fini(&notes);
}

/* The calls before `from`, and some of the others. */
static struct batch *
some_of(const struct random_call *calls, size_t n, int64_t from)
{
	size_t order[RANDOM_CALLS], k = 0, i;

	for (i = 0; i < n; i++)
		if (calls[i].start < from || random_chance(30))
			order[k++] = i;
	return random_batch(calls, order, k);
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
count(const struct results *now, const struct results *before, struct seen *s)
{
	size_t kept = 0, i;

	for (i = 0; i < now->n; i++)
		kept += is_of(now->findings[i], before);
	s->kept += kept;
	s->made += kept > 0 ? now->n - kept : 0;
	s->whole += kept == 0;
}

/* Whether it is the same with what was found when there were fewer calls. */
static bool
same_resumed(const struct random_rules *m, const struct batch *b,
    const struct results *before, int64_t from, int64_t as_of, struct seen *s)
{
	const struct detect_past past = { .from = from,
		.list = before->findings,
		.n = before->n };
	struct results whole, resumed;
	char *want, *got;
	bool good;

	run_engine(m, b, as_of, NULL, &whole);
	run_engine(m, b, as_of, &past, &resumed);
	count(&resumed, before, s);
	want = model_json(&whole);
	got = model_json(&resumed);
	good = strcmp(want, got) == 0;
	if (!good)
		print_message("all from %lld on:\n%swhole:\n%s",
		    (long long)from, got, want);
	free(want);
	free(got);
	results_fini(&resumed);
	results_fini(&whole);
	return good;
}

static bool
one_round(struct random_rules *m, struct seen *s)
{
	const int64_t hour = 3600000;
	struct random_call calls[RANDOM_CALLS];
	size_t order[RANDOM_CALLS], n, i;
	struct batch *some, *all;
	struct results before;
	int64_t from, as_of;
	bool good;

	random_rules_make(m);
	n = random_calls(m, calls);
	if (random_chance(10))
		random_waivers(m, calls, n);
	else
		m->nwaivers = 0;
	for (i = 0; i < n; i++)
		order[i] = i;
	from = calls[random_roll((int64_t)n)].start;
	some = some_of(calls, n, from);
	all = random_batch(calls, order, n);
	as_of = all->calls[all->n - 1].start + random_roll(100) * hour;
	run_engine(m, some, as_of - random_roll(2) * hour, NULL, &before);
	/* It may have been earlier than needed. */
	if (random_chance(30))
		from -= random_roll(48) * hour;
	good = same_resumed(m, all, &before, from, as_of, s);
	results_fini(&before);
	batch_free(&some);
	batch_free(&all);
	return good;
}

static void
test_resume(void **state)
{
	const char *given = getenv("RESUME_SEED"),
		   *more = getenv("RESUME_ROUNDS");
	uint64_t seed = (uint64_t)time(NULL) * 100000;
	int rounds = given != NULL ? 1 : more != NULL ? atoi(more) : ROUNDS, i;
	struct seen s = { .kept = 0 };
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
	print_message("# figures: %d rounds: %zu findings kept, %zu made "
		      "beside them; %zu rounds without\n",
	    rounds, s.kept, s.made, s.whole);
	if (given == NULL) {
		assert_true(s.kept > (size_t)rounds / 50);
		assert_true(s.made > (size_t)rounds / 50);
		assert_true(s.whole > (size_t)rounds / 50);
	}
	random_rules_close(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_resume) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
