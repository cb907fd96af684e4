/*
 * The engine against the model, and against itself in another order, on
 * random rules and calls.  The seed is printed; MODEL_SEED repeats a round,
 * MODEL_ROUNDS plays so many.
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
#include "model.h"
#include "model_compare.h"
#include "random_rule.h"

enum {
	ROUNDS = 1000,
	MORE = 10,  /* times as many, until ... */
	ENOUGH = 3, /* ... so much of each was found */
};

/* What is counted beside the functions. */
enum {
	FOLLOWED = MEASURE_MODE + 1,
	WAIVED, /* rounds in which something was waived */
	COUNTED
};

/* The labels of a store, with one that is about no call. */
static size_t
label(const struct batch *b, struct call_ref *fraud)
{
	const char *name;
	size_t i, n = 0;

	for (i = b->n; i-- > 0;) {
		if (!random_is_fraud(b, i))
			continue;
		name = batch_text(b, b->sources[b->calls[i].source].name);
		fraud[n++] = (struct call_ref){ .start = b->calls[i].start,
			.key = b->origins[i].key,
			.source = hash64(name, strlen(name)) };
	}
	fraud[n++] = (struct call_ref){ .start = b->calls[0].start };
	return n;
}

static void
run_engine(const struct random_rules *m, const struct batch *b, int64_t as_of,
    struct results *rs)
{
	struct call_ref fraud[MODEL_CALLS];
	struct detect_settings set = { .as_of = as_of,
		.zone = zone_utc(),
		.fraud = fraud,
		.nfraud = label(b, fraud) };
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

/* Read in this order, perhaps twice, is it the same? */
static bool
same_again(const struct random_rules *m, const struct random_call *calls,
    const size_t *order, size_t n, int64_t as_of, const char *seen)
{
	struct batch *b = random_batch(calls, order, n);
	struct results rs;
	char *again;
	bool good;

	run_engine(m, b, as_of, &rs);
	again = model_json(&rs);
	good = strcmp(seen, again) == 0;
	if (!good)
		print_message("in order:\n%sread otherwise:\n%s", seen, again);
	free(again);
	results_fini(&rs);
	batch_free(&b);
	return good;
}

/*
 * Shuffled lines; every line twice; the file cut in two, which are read the
 * second first, with some of the first again in the second.
 */
static bool
same_otherwise(const struct random_rules *m, const struct random_call *calls,
    size_t n, int64_t as_of, const char *seen)
{
	size_t order[2 * RANDOM_CALLS], cut, overlap, i, k = 0;
	bool good;

	for (i = 0; i < 2 * n; i++)
		order[i] = i % n;
	random_shuffle(order, n);
	good = same_again(m, calls, order, n, as_of, seen);
	random_shuffle(order, 2 * n);
	good = same_again(m, calls, order, 2 * n, as_of, seen) && good;
	cut = (size_t)random_roll((int64_t)n + 1);
	overlap = (size_t)random_roll((int64_t)cut + 1);
	for (i = cut - overlap; i < n; i++)
		order[k++] = i;
	for (i = 0; i < cut; i++)
		order[k++] = i;
	return same_again(m, calls, order, k, as_of, seen) && good;
}

static bool
one_round(struct random_rules *m, size_t *findings)
{
	static struct model_finding model[MODEL_FINDINGS];
	struct model_world world = { .named = &m->named,
		.waivers = { .one = m->one, .account = RANDOM_ACCOUNT } };
	struct random_call calls[RANDOM_CALLS];
	size_t order[RANDOM_CALLS], n, nmodel, i;
	struct results rs;
	struct batch *b;
	int64_t as_of;
	char *seen;
	bool good;

	random_rules_make(m);
	n = random_calls(m, calls);
	random_waivers(m, calls, n);
	world.waivers.list = m->waivers;
	world.waivers.n = m->nwaivers;
	for (i = 0; i < n; i++)
		order[i] = i;
	b = random_batch(calls, order, n);
	as_of = b->calls[n - 1].start +
		(random_chance(50) ? random_roll(10) * INT64_C(43200000) : 0);
	run_engine(m, b, as_of, &rs);
	world.as_of = as_of;
	for (i = 0; i < b->n; i++)
		world.fraud[i] = random_is_fraud(b, i);
	nmodel = model_run(b, &m->rules[0].rule, &world, model);
	for (i = 0; i < nmodel; i++)
		if (m->rules[0].rule.measure.fn == MEASURE_NONE)
			model[i].value = 0;
	good =
	    model_same("random", model, nmodel, &rs) && model_ids_differ(&rs);
	findings[m->rules[0].rule.measure.fn] += rs.n;
	if (m->rules[0].rule.follows.rule != NULL)
		findings[FOLLOWED] += rs.n;
	for (i = 0; i < nmodel && !model[i].waived; i++)
		;
	findings[WAIVED] += i < nmodel;
	seen = model_json(&rs);
	good = same_otherwise(m, calls, n, as_of, seen) && good;
	free(seen);
	results_fini(&rs);
	batch_free(&b);
	return good;
}

static void
tell_failure(const struct random_rules *m)
{
	const struct rule *r;

	for (r = &m->rules[0].rule; r != NULL; r = r->follows.rule)
		print_message("%s: fn %s of %s window %s by %zu quiet %lld "
			      "baseline %d when %x follows %s\n",
		    r->id, measure_fn_name(r->measure.fn),
		    r->measure.of != NULL ? r->measure.of->name : "-",
		    measure_window_name(r->measure.window), r->nby,
		    (long long)r->quiet, r->baseline.present,
		    (unsigned)r->when.set,
		    r->follows.id != NULL ? r->follows.id : "-");
}

/* Every function, and rules that follow, must have found something. */
static bool
is_enough(const size_t *findings)
{
	int fn;

	for (fn = 0; fn < COUNTED; fn++)
		if (findings[fn] < ENOUGH)
			return false;
	return true;
}

static void
tell_findings(const size_t *findings, int rounds)
{
	int fn;

	print_message("# figures: %d rounds, findings:", rounds);
	for (fn = 0; fn < FOLLOWED; fn++)
		print_message(" %s %zu",
		    fn == MEASURE_NONE ? "none"
				       : measure_fn_name((enum measure_fn)fn),
		    findings[fn]);
	print_message(" following %zu; rounds with waived ones %zu\n",
	    findings[FOLLOWED], findings[WAIVED]);
	assert_true(is_enough(findings));
}

/* What is rare may have come too seldom in the rounds that were asked for. */
static bool
wants_more(const size_t *findings, int i, int rounds)
{
	return rounds > 1 && i < MORE * rounds && !is_enough(findings);
}

static void
test_model(void **state)
{
	const char *given = getenv("MODEL_SEED"),
		   *more = getenv("MODEL_ROUNDS");
	uint64_t seed = (uint64_t)time(NULL) * 100000;
	int rounds = given != NULL ? 1 : more != NULL ? atoi(more) : ROUNDS, i;
	size_t findings[COUNTED] = { 0 };
	struct random_rules m;

	(void)state;
	if (given != NULL)
		seed = strtoull(given, NULL, 10);
	print_message("seeds from %llu\n", (unsigned long long)seed);
	random_rules_open(&m);
	for (i = 0; i < rounds || wants_more(findings, i, rounds); i++) {
		random_seed(seed + (uint64_t)i);
		if (one_round(&m, findings))
			continue;
		tell_failure(&m);
		fail_msg("MODEL_SEED=%llu",
		    (unsigned long long)seed + (unsigned long long)i);
	}
	if (given == NULL)
		tell_findings(findings, i);
	random_rules_close(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_model) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
