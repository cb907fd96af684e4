/*
 * Random rules that know more of earlier calls than a window and findings,
 * over random calls of which some come later: going on from what they kept
 * finds the same, and keeps the same.  The seed is printed; HELD_SEED repeats
 * a round, HELD_ROUNDS plays so many.
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
#include "kept.h"
#include "model_compare.h"
#include "random_rule.h"

enum { ROUNDS = 6000 };

/* What the rounds were good for: by function of the rule, and what it asks. */
enum {
	FOLLOWING = MEASURE_MODE + 1, /* and goes on, as what it follows */
	SINCE_PREV,
	SRC_NEW,
	KINDS
};
struct seen {
	size_t kept, made, whole;
	size_t kinds[KINDS]; /* findings kept, of the first rule */
};

/* What there is of calls, what is found in it, and what is kept for later. */
struct night {
	struct batch *calls;
	int64_t as_of;
	struct results found;
	struct detect_keep keep;
};

static void
run_engine(const struct random_rules *m, int64_t late,
    const struct detect_past *past, struct night *night)
{
	struct detect_settings set = { .as_of = night->as_of,
		.zone = zone_utc(),
		.past = past,
		.keep = &night->keep,
		.late = late };
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

	results_init(&night->found);
	detect_keep_init(&night->keep);
	notes_init(&notes);
	assert_int_equal(detect_run(night->calls, &all, &set, &night->found,
			     &notes, &err),
	    0);
	notes_fini(&notes);
	kept_own(&night->keep);
}

static void
end_night(struct night *night)
{
	results_fini(&night->found);
	detect_keep_fini(&night->keep);
}

/* The calls before `from`, and some of the others. */
static struct batch *
some_of(const struct random_call *calls, size_t n, int64_t from, int chance)
{
	size_t order[RANDOM_CALLS], k = 0, i;

	for (i = 0; i < n; i++)
		if (calls[i].start < from || random_chance(chance))
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
count(const struct random_rules *m, const struct results *now,
    const struct results *before, struct seen *s)
{
	const struct rule *r = &m->rules[0].rule;
	size_t kept = 0, own = 0, i;

	for (i = 0; i < now->n; i++) {
		if (!is_of(now->findings[i], before))
			continue;
		kept++;
		own += strcmp(now->findings[i]->rule, r->id) == 0;
	}
	s->kept += kept;
	s->made += kept > 0 ? now->n - kept : 0;
	s->whole += kept == 0;
	s->kinds[r->measure.fn] += own;
	if (r->follows.rule != NULL)
		s->kinds[FOLLOWING] += own;
	if (rule_asks(r, field_find("since_prev")))
		s->kinds[SINCE_PREV] += own;
	if (rule_asks(r, field_find("src_new")))
		s->kinds[SRC_NEW] += own;
}

static int64_t
last_of(const struct night *night)
{
	const struct batch *b = night->calls;

	return b->n > 0 ? b->calls[b->n - 1].start : INT64_MIN;
}

/*
 * Whether it is the same with what was found and kept when there were other
 * calls from an instant on.
 */
static bool
same_resumed(const struct random_rules *m, int64_t late,
    const struct night *before, int64_t from, struct night *now, struct seen *s)
{
	const struct detect_past past = { .from = from,
		.list = before->found.findings,
		.n = before->found.n,
		.begins = INT64_MIN,
		.keep = random_chance(95) ? &before->keep : NULL };
	struct night whole = *now;
	char *want, *got;
	bool good;

	run_engine(m, late, NULL, &whole);
	run_engine(m, late, &past, now);
	count(m, &now->found, &before->found, s);
	want = model_json(&whole.found);
	got = model_json(&now->found);
	good = strcmp(want, got) == 0;
	if (!good) {
		/* cmocka cuts what is long */
		print_message("all from %lld on:\n", (long long)from);
		(void)fputs(got, stdout);
		print_message("whole:\n");
		(void)fputs(want, stdout);
	}
	/* What was kept cannot be made to end earlier. */
	if (last_of(now) >= last_of(before))
		good = kept_same(&whole.keep, &now->keep, NULL) && good;
	free(want);
	free(got);
	end_night(&whole);
	return good;
}

/* Kinds of rules that know more of earlier calls than a window and findings. */
static bool
is_kind(const struct rule *r, int kind)
{
	switch (kind) {
	case 0:
		return r->follows.rule != NULL &&
		       r->measure.window <= WINDOW_OVER;
	case 1:
		return r->measure.fn == MEASURE_SILENCE &&
		       r->measure.during == NULL;
	case 2:
		return r->measure.fn == MEASURE_CONCURRENT;
	case 3:
		return r->measure.fn == MEASURE_GAP;
	case 4:
		return rule_asks(r, field_find("src_new"));
	case 5:
		return r->follows.rule != NULL &&
		       r->measure.window <= WINDOW_OVER &&
		       r->follows.rule->measure.window == WINDOW_OVER &&
		       r->follows.rule->quiet < r->follows.rule->measure.over;
	default:
		return true;
	}
}

/* Every kind comes often enough to be of use. */
static void
make_rules(struct random_rules *m)
{
	const int kind = (int)random_roll(10) % 8;

	do
		random_rules_make(m);
	while (!is_kind(&m->rules[0].rule, kind));
}

/* A rule that others follow may be reported, too. */
static void
make_more(struct random_rules *m, const struct random_call *calls, size_t n)
{
	size_t i;

	for (i = 1; i < RANDOM_CHAIN; i++)
		m->rules[i].rule.private_rule = random_chance(50);
	if (random_chance(10))
		random_waivers(m, calls, n);
	else
		m->nwaivers = 0;
}

/* So that what is kept ends among the calls, mostly just before `from`. */
static int64_t
random_late(const struct rule *r, int64_t last, int64_t from)
{
	const int64_t minute = 60000;
	const int64_t before = random_chance(20)   ? 0
			       : random_chance(60) ? random_roll(15)
						   : random_roll(2880);
	int64_t late = (last != INT64_MIN ? last - from : 0) + before * minute;

	if (random_chance(10))
		return 1 + random_roll(12 * 24) * 60 * minute;
	/* It is told as of a window before that, or an hour. */
	if (r->measure.fn != MEASURE_SILENCE)
		late -= r->measure.window == WINDOW_OVER &&
				r->measure.over > 60 * minute
			    ? r->measure.over
			    : 60 * minute;
	/* 0 would be what it is by itself */
	return late != 0 ? late : 1;
}

/* Three nights, of which each goes on from the one before. */
static bool
one_round(struct random_rules *m, struct seen *s)
{
	const int64_t hour = 3600000;
	struct random_call calls[RANDOM_CALLS];
	struct night nights[3];
	int64_t from[2], late, from_then;
	size_t n, i;
	bool good = true;

	make_rules(m);
	n = random_calls(m, calls);
	make_more(m, calls, n);
	for (i = 0; i < 2; i++)
		from[i] = calls[random_roll((int64_t)n)].start;
	from_then = from[0] < from[1] ? from[0] : from[1];
	nights[0].calls = some_of(calls, n, from[0], 30);
	nights[1].calls = some_of(calls, n, from[1], 60);
	nights[2].calls = some_of(calls, n, INT64_MAX, 100);
	for (i = 0; i < 3; i++)
		nights[i].as_of = nights[2].calls->calls[n - 1].start +
				  (int64_t)i * random_roll(50) * hour;
	late = random_late(&m->rules[0].rule, last_of(&nights[0]), from_then);
	run_engine(m, late, NULL, &nights[0]);
	for (i = 1; i < 3; i++) {
		/* It may have been earlier than needed. */
		if (random_chance(30))
			from_then -= random_roll(48) * hour;
		good = same_resumed(m, late, &nights[i - 1], from_then,
			   &nights[i], s) &&
		       good;
		from_then = from[1];
	}
	for (i = 0; i < 3; i++) {
		end_night(&nights[i]);
		batch_free(&nights[i].calls);
	}
	return good;
}

/* Findings of every kind of rule must have been gone on from. */
static void
tell_kinds(const struct seen *s, int rounds, bool enough)
{
	static const struct kind {
		const char *name;
		int kind;
		int seldom; /* one in so many rounds, at least */
	} kinds[] = { { "gap", MEASURE_GAP, 100 },
		{ "silence", MEASURE_SILENCE, 1000 },
		{ "concurrent", MEASURE_CONCURRENT, 200 },
		{ "following", FOLLOWING, 6000 },
		{ "since_prev", SINCE_PREV, 3000 },
		{ "src_new", SRC_NEW, 3000 } };
	size_t i, n;

	print_message("# figures: kept");
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		n = s->kinds[kinds[i].kind];
		print_message(" %s %zu", kinds[i].name, n);
		if (enough)
			assert_true(n > (size_t)(rounds / kinds[i].seldom));
	}
	print_message("\n");
}

static void
test_held(void **state)
{
	const char *given = getenv("HELD_SEED"), *more = getenv("HELD_ROUNDS");
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
		fail_msg("HELD_SEED=%llu",
		    (unsigned long long)seed + (unsigned long long)i);
	}
	print_message("# figures: %d rounds: %zu findings kept, %zu made "
		      "beside them; %zu rounds without\n",
	    rounds, s.kept, s.made, s.whole);
	tell_kinds(&s, rounds, given == NULL);
	random_rules_close(&m);
}

/* Two calls an hour apart of one account, and then of another. */
static const struct random_call few[] = {
	{ .start = INT64_C(1792890000000), .account = 1, .src = 1, .dst = 2 },
	{ .start = INT64_C(1792893600000), .account = 1, .src = 1, .dst = 3 },
	{ .start = INT64_C(1792893600000), .account = 2, .src = 4, .dst = 2 },
	{ .start = INT64_C(1792897200000), .account = 2, .src = 1, .dst = 2 },
};
enum { FEW = sizeof(few) / sizeof(few[0]) };

/* A rule that keeps something of every kind by itself, as it follows one. */
static bool
keeps_own(const struct rule *r)
{
	return is_kind(r, 3) && is_kind(r, 0) &&
	       r->follows.rule->measure.fn == MEASURE_NONE;
}

/* What is kept for all rules. */
static bool
asks_known(const struct rule *r)
{
	return rule_asks_never(r) && r->measure.window <= WINDOW_OVER;
}

static bool
asks_callers(const struct rule *r)
{
	return is_kind(r, 4) && r->measure.window <= WINDOW_OVER;
}

static const struct few_kind {
	bool (*suits)(const struct rule *r);
	const char *kept; /* what there must be */
} few_kinds[] = {
	{ keeps_own, "random" },
	{ asks_known, DETECT_KEEP_KNOWN },
	{ asks_callers, DETECT_KEEP_CALLERS },
};
enum { FEW_KINDS = sizeof(few_kinds) / sizeof(few_kinds[0]) };

/* That, and what it follows. */
static void
make_few(struct random_rules *m, const struct few_kind *kind)
{
	struct rule *r = &m->rules[0].rule, *trigger = &m->rules[1].rule;

	do
		random_rules_make(m);
	while (!kind->suits(r));
	trigger->match = m->all;
	trigger->follows.rule = NULL;
	trigger->private_rule = true;
	m->nwaivers = 0;
}

/* Two nights over them: of the second one all is told, and goes. */
static char *
run_few(struct random_rules *m, const struct few_kind *kind,
    struct night *before, struct night *now)
{
	char *want;
	bool good;

	random_seed(1);
	before->calls = some_of(few, FEW - 1, INT64_MAX, 100);
	now->calls = some_of(few, FEW, INT64_MAX, 100);
	before->as_of = now->as_of = few[FEW - 1].start;
	do {
		make_few(m, kind);
		run_engine(m, 1, NULL, now);
		good = now->found.n > 0;
		want = model_json(&now->found);
		end_night(now);
		run_engine(m, 1, NULL, before);
		good =
		    good && detect_keep_get(&before->keep, kind->kept) != NULL;
		if (!good) {
			end_night(before);
			free(want);
		}
	} while (!good);
	return want;
}

/* What cannot be read is nothing: all is looked at, with the same findings. */
static bool
same_without(const struct random_rules *m, const struct night *before,
    struct night *now, const char *want)
{
	const struct detect_past past = { .from = few[FEW - 1].start,
		.list = before->found.findings,
		.n = before->found.n,
		.begins = INT64_MIN,
		.keep = &before->keep };
	char *got;
	bool good;

	run_engine(m, 1, &past, now);
	got = model_json(&now->found);
	good = strcmp(want, got) == 0;
	free(got);
	end_night(now);
	return good;
}

static void
damage_few(struct random_rules *m, const struct few_kind *kind)
{
	struct night before, now;
	struct detect_kept *kept;
	char *want;
	size_t i, len;

	want = run_few(m, kind, &before, &now);
	assert_true(same_without(m, &before, &now, want));
	for (i = 0; i < before.keep.n; i++) {
		kept = &before.keep.list[i];
		buf_add(&kept->body, "x", 1);
		assert_true(same_without(m, &before, &now, want));
		for (len = kept->body.len; len-- > 0;) {
			kept->body.len = len;
			assert_true(same_without(m, &before, &now, want));
		}
	}
	end_night(&before);
	free(want);
	batch_free(&before.calls);
	batch_free(&now.calls);
}

static void
test_damaged(void **state)
{
	struct random_rules m;
	size_t i;

	(void)state;
	random_rules_open(&m);
	for (i = 0; i < FEW_KINDS; i++)
		damage_few(&m, &few_kinds[i]);
	random_rules_close(&m);
}

/*
 * Any bit of it may be another one, though a store seals it: that changes
 * findings, but ends nothing.
 */
static void
turn_bits(struct random_rules *m, const struct few_kind *kind)
{
	struct night before, now;
	struct buf *body;
	char *want;
	size_t i, bit;

	want = run_few(m, kind, &before, &now);
	for (i = 0; i < before.keep.n; i++) {
		body = &before.keep.list[i].body;
		for (bit = 0; bit < 8 * body->len; bit++) {
			body->data[bit / 8] ^= (char)(1 << bit % 8);
			(void)same_without(m, &before, &now, "");
			body->data[bit / 8] ^= (char)(1 << bit % 8);
		}
	}
	end_night(&before);
	free(want);
	batch_free(&before.calls);
	batch_free(&now.calls);
}

static void
test_untrusted(void **state)
{
	struct random_rules m;
	size_t i;

	(void)state;
	random_rules_open(&m);
	for (i = 0; i < FEW_KINDS; i++)
		turn_bits(&m, &few_kinds[i]);
	random_rules_close(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_held),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_untrusted) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
