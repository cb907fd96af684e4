/*
 * Random rules over random calls of several nights: a run that is given only
 * the calls from the instant on that detect_needs() tells finds the same, and
 * keeps the same, as one that has all of them; given less it says so, or finds
 * the same.  The seed is printed; CUT_SEED repeats a round, CUT_ROUNDS plays so
 * many.
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
#include "base/xalloc.h"
#include "detect/detect.h"
#include "kept.h"
#include "model_compare.h"
#include "random_rule.h"
#include "scene.h"

enum { ROUNDS = 3000, NIGHTS = 4 };

/* What the rounds were good for. */
struct seen {
	size_t nights, cut; /* with calls left out, that told the same */
	size_t fns[MEASURE_MODE + 1], calendars, baselines, follows, labels;
	size_t asks, findings, refused;
	size_t forwarders; /* with findings about one */
	size_t left;       /* findings that were not given to it */
	size_t recalled;   /* calls that were put before the others */
	/* With what they were said to need, as time went on; refused. */
	size_t enough, lacking;
};

struct night {
	const struct random_call *all;
	size_t order[RANDOM_CALLS], n; /* which of these there are */
	bool owners;                   /* the calls tell whose they are */
	struct batch *calls;
	struct batch *cut;    /* with what was found in it; or NULL */
	int64_t stands, ends; /* the latest, in all nights up to this */
	bool went_on;         /* they are its own */
	int64_t as_of, late;
	struct call_ref fraud[RANDOM_CALLS];
	size_t nfraud;
	struct results found;
	struct detect_keep keep;
	char *json; /* of what was found; making it makes the cases */
};

/* The rules of a round, as a set. */
struct round_rules {
	const struct rule *list[RANDOM_CHAIN];
	struct ruleset all;
};

static void
rules_of(const struct random_rules *m, struct round_rules *r)
{
	size_t i;

	/* in the order of their ids */
	for (i = 0; i < RANDOM_CHAIN; i++)
		r->list[i] = &m->rules[(i + 1) % RANDOM_CHAIN].rule;
	r->all = (struct ruleset){ .rules = (struct rule **)(void *)r->list,
		.n = RANDOM_CHAIN,
		.named = m->named };
}

static struct detect_settings
settings_of(const struct night *night, const struct detect_past *past)
{
	return (struct detect_settings){ .as_of = night->as_of,
		.zone = zone_utc(),
		.fraud = night->fraud,
		.nfraud = night->nfraud,
		.past = past,
		.late = night->late };
}

static int
run_once(const struct random_rules *m, const struct batch *b,
    struct detect_settings *set, struct results *found,
    struct detect_keep *keep)
{
	struct round_rules rules;
	struct notes notes;
	struct errmsg err;
	int status;

	rules_of(m, &rules);
	set->keep = keep;
	results_init(found);
	detect_keep_init(keep);
	notes_init(&notes);
	status = detect_run(b, &rules.all, set, found, &notes, &err);
	assert_true(status == 0 || status == DETECT_NEEDS_ALL);
	notes_fini(&notes);
	return status;
}

/* What was left until later is what is kept at once. */
static void
check_kept(const struct random_rules *m, const struct batch *b,
    const struct detect_past *past, const struct night *night, int status)
{
	struct detect_settings set = settings_of(night, past);
	const struct detect_kept *a, *k;
	const struct buf *x, *y;
	struct detect_keep keep;
	struct results found;
	size_t i;

	assert_int_equal(run_once(m, b, &set, &found, &keep), status);
	assert_int_equal(keep.n, night->keep.n);
	for (i = 0; i < keep.n && status == 0; i++) {
		a = &keep.list[i];
		k = &night->keep.list[i];
		assert_string_equal(a->rule, k->rule);
		x = detect_kept_body(a);
		y = detect_kept_body(k);
		assert_int_equal(x->len, y->len);
		assert_memory_equal(x->data, y->data, x->len);
	}
	results_fini(&found);
	detect_keep_fini(&keep);
}

/* What is carried is told later, and once. */
static void
finish(struct night *night, const struct batch *b)
{
	struct detect_carried *c = &night->keep.carried;
	const size_t n = c->n;
	uint32_t *calls = xcalloc(n + 1, sizeof(*calls));

	if (n > 0)
		memcpy(calls, c->calls, n * sizeof(*calls));
	detect_keep_finish(&night->keep);
	kept_check_carried(&night->keep, b, calls, n);
	free(calls);
	detect_keep_finish(&night->keep);
}

/* Whether it had the calls that it needs. */
static bool
run_engine(const struct random_rules *m, const struct batch *b,
    const struct detect_past *past, struct night *night)
{
	struct detect_settings set = settings_of(night, past);
	int status;

	set.keep_later = true;
	status = run_once(m, b, &set, &night->found, &night->keep);
	night->json = model_json(&night->found);
	if (status == 0)
		finish(night, b);
	if (b->n % 4 == 0)
		check_kept(m, b, past, night, status);
	kept_own(&night->keep);
	return status == 0;
}

static void
end_night(struct night *night)
{
	results_fini(&night->found);
	detect_keep_fini(&night->keep);
	free(night->json);
}

/* Some calls were sent on, by a number that calls may come from, too. */
static void
add_forwarders(struct batch *b)
{
	static const char *const texts[] = { "199@ulm", "200", "9", "7" };
	uint32_t line;
	size_t i;

	for (i = 0; i < b->n; i++) {
		line = b->origins[i].line;
		if (line % 3 == 0)
			continue;
		batch_set_extra(b, EXTRA_FORWARDED_BY, i,
		    batch_party(b,
			&(struct party){ .text = intern_addstr(b->names,
					     texts[line / 3 % 4]) }));
	}
}

/*
 * Whose calls are: some numbers are of inside, some calls have a user, and what
 * an account is, the first of its calls tells.  Each call says it by itself,
 * whichever of them there are.
 */
static struct batch *
make_batch(const struct night *night, int64_t from)
{
	static const uint8_t ways[] = { DIR_MISSING, DIR_OUT, DIR_IN,
		DIR_INTERNAL };
	struct batch *b =
	    random_batch_from(night->all, night->order, night->n, from);
	uint32_t line;
	char text[16];
	size_t i;

	if (night->owners)
		add_forwarders(b);
	for (i = 1; night->owners && i < b->nparties; i++)
		b->parties[i].inside =
		    batch_party_text(b, (uint32_t)i)[0] != '+';
	for (i = 0; night->owners && i < b->n; i++) {
		line = b->origins[i].line;
		b->calls[i].direction = ways[line % 4];
		b->calls[i].account_type =
		    (uint8_t)(line % (ACCOUNT_DIRECTORY + 1));
		(void)snprintf(text, sizeof(text), "U%u", line / 4 % 3);
		if (line % 5 != 0)
			b->calls[i].user = intern_addstr(b->names, text);
	}
	return b;
}

/* The calls before `from`, and some of the others. */
static void
take_some(struct night *night, const struct random_call *calls, size_t n,
    int64_t from, int chance)
{
	size_t last = 0, i;

	night->all = calls;
	night->cut = NULL;
	night->n = 0;
	for (i = 0; i < n; i++) {
		if (calls[i].start < from || random_chance(chance))
			night->order[night->n++] = i;
		if (calls[i].start > calls[last].start)
			last = i;
	}
	if (night->n == 0)
		night->order[night->n++] = last;
	night->calls = make_batch(night, INT64_MIN);
}

/* Those that began before are labelled, if they are fraud. */
static void
label(struct night *n, int64_t before)
{
	const struct batch *b = n->calls;
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

/*
 * What was kept cannot be made to end earlier, nor begin: not in any of the
 * nights before.
 */
static void
see_time(const struct night *was, struct night *now)
{
	const struct batch *b = now->calls;
	const int64_t last = b->calls[b->n - 1].start;

	now->stands = last - now->late;
	now->ends = now->as_of < last ? now->as_of : last;
	now->went_on = was == NULL ||
		       (now->stands >= was->stands && now->ends >= was->ends);
	if (was != NULL && now->stands < was->stands)
		now->stands = was->stands;
	if (was != NULL && now->ends < was->ends)
		now->ends = was->ends;
}

static bool
same_findings(const struct night *want, const struct night *got)
{
	const bool same = strcmp(want->json, got->json) == 0;

	if (!same) {
		(void)fputs("whole:\n", stdout);
		(void)fputs(want->json, stdout);
		(void)fputs("cut:\n", stdout);
		(void)fputs(got->json, stdout);
	}
	return same;
}

static bool
same_feeds(const struct run *a, const struct run *b)
{
	size_t i;

	if (a->first != b->first || a->last != b->last ||
	    a->looked_at != b->looked_at || a->nfeeds != b->nfeeds) {
		print_message("feeds: %lld to %lld, %lld; cut: %lld to %lld, "
			      "%lld\n",
		    (long long)a->first, (long long)a->last,
		    (long long)a->looked_at, (long long)b->first,
		    (long long)b->last, (long long)b->looked_at);
		return false;
	}
	for (i = 0; i < a->nfeeds; i++)
		if (strcmp(a->feeds[i].source, b->feeds[i].source) != 0 ||
		    a->feeds[i].first != b->feeds[i].first ||
		    a->feeds[i].last != b->feeds[i].last ||
		    a->feeds[i].calls != b->feeds[i].calls)
			return false;
	return true;
}

static void
count(const struct random_rules *m, const struct night *night, struct seen *s)
{
	const struct rule *r = &m->rules[0].rule;

	s->cut++;
	s->fns[r->measure.fn]++;
	s->calendars += r->measure.window > WINDOW_OVER;
	s->baselines += r->baseline.present;
	s->follows += r->follows.rule != NULL;
	s->labels += night->nfraud > 0;
	s->asks += rule_asks(r, field_find("since_prev")) ||
		   rule_asks(r, field_find("src_new"));
	s->findings += night->found.n > 0;
	s->forwarders += night->found.n > 0 && night->owners &&
			 r->entity == field_find("forwarded_by");
}

/* The next night goes on from what was found in fewer calls. */
static void
take_place(struct night *whole, struct night *got)
{
	const struct night was = *whole;

	whole->cut = got->calls;
	whole->found = got->found;
	whole->keep = got->keep;
	whole->json = got->json;
	got->calls = NULL;
	got->found = was.found;
	got->keep = was.keep;
	got->json = was.json;
}

/* Findings that need not be known, apart from the others. */
struct parted {
	struct finding **known, **left;
	size_t nknown, nleft;
	int64_t since[RANDOM_CHAIN];
};

static void
part(const struct night *before, const struct ruleset *rules, int64_t begins,
    struct parted *p)
{
	struct finding *f;
	int64_t since;
	size_t i, k;

	*p = (struct parted){
		.known = xcalloc(before->found.n + 1, sizeof(struct finding *)),
		.left = xcalloc(before->found.n + 1, sizeof(struct finding *))
	};
	for (k = 0; k < rules->n; k++)
		p->since[k] =
		    detect_needs_findings(rules, rules->rules[k], begins);
	for (i = 0; i < before->found.n; i++) {
		f = before->found.findings[i];
		since = INT64_MIN;
		for (k = 0; k < rules->n; k++)
			if (strcmp(rules->rules[k]->id, f->rule) == 0)
				since = p->since[k];
		if (f->last_seen >= since)
			p->known[p->nknown++] = f;
		else
			p->left[p->nleft++] = f;
	}
}

/* They stand. */
static void
add_left(const struct parted *p, struct night *got)
{
	size_t i;

	for (i = 0; i < p->nleft; i++)
		*results_finding(&got->found) = *p->left[i];
	free(got->json);
	got->found.ncases = 0;
	got->json = model_json(&got->found);
}

/* With calls from `begins` on, which should be enough. */
static bool
same_cut(const struct random_rules *m, struct night *before, int64_t from,
    int64_t begins, bool enough, struct night *whole, struct seen *s)
{
	struct detect_past past = { .from = from,
		.list = before->found.findings,
		.n = before->found.n,
		.keep = &before->keep,
		.begins = begins };
	struct night got = *whole;
	const int64_t last = whole->calls->calls[whole->calls->n - 1].start;
	struct round_rules rules;
	struct parted parted;
	bool good = true, told;
	size_t n;

	rules_of(m, &rules);
	part(before, &rules.all, begins, &parted);
	if (parted.nleft > 0 && random_chance(80)) {
		past.list = parted.known;
		past.n = parted.nknown;
		past.rules = &rules.all;
		past.since = parted.since;
		past.left = true;
	} else {
		parted.nleft = 0;
	}
	got.calls = make_batch(whole, begins);
	n = got.calls->n;
	(void)detect_recall(&past, got.calls, 2);
	s->recalled += got.calls->n - n;
	told = run_engine(m, got.calls, &past, &got);
	enough = enough && whole->went_on && last >= begins;
	s->enough += enough;
	if (told) {
		add_left(&parted, &got);
		s->left += parted.nleft;
		good = same_findings(whole, &got) &&
		       same_feeds(&whole->found.run, &got.found.run) &&
		       (!whole->went_on || kept_same(&whole->keep, &got.keep,
					       DETECT_KEEP_ABOUT));
		if (got.calls->n < whole->calls->n)
			count(m, &got, s);
	} else {
		s->refused++;
		s->lacking += enough;
	}
	if (good && told && whole->cut == NULL && random_chance(50))
		take_place(whole, &got);
	end_night(&got);
	batch_free(&got.calls);
	free(parted.known);
	free(parted.left);
	return good;
}

static bool
same_resumed(const struct random_rules *m, struct night *before, int64_t from,
    struct night *now, struct seen *s)
{
	struct detect_past past = { .from = from,
		.list = before->found.findings,
		.n = before->found.n,
		.keep = &before->keep };
	const struct detect_settings set = settings_of(now, &past);
	struct round_rules rules;
	int64_t begins;
	bool good;

	rules_of(m, &rules);
	begins = detect_needs(&rules.all, &set);
	assert_true(run_engine(m, now->calls, NULL, now));
	s->nights++;
	if (begins == INT64_MIN)
		return true;
	good = same_cut(m, before, from, begins, true, now, s);
	if (good && random_chance(50))
		good = same_cut(m, before, from,
		    begins - random_roll(12) * 3600000, true, now, s);
	if (good && random_chance(30))
		good = same_cut(m, before, from,
		    begins + random_roll(12) * 3600000, false, now, s);
	return good;
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
	r->baseline.floor = 0;
	r->baseline.season = (enum season)random_roll(2);
	memset(&r->when, 0, sizeof(r->when));
	r->when.set = COND_TIMES | COND_GTE;
	r->when.times = RULE_UNIT * (5 + random_roll(10)) / 10;
	r->when.gte = 1;
}

/* A rule whose findings are about a number or a user. */
static void
find_someone(struct rule *r)
{
	static const char *const names[] = { "src", "user", "forwarded_by" };

	if (r->nby == 0 || random_chance(50))
		return;
	r->by[0] = field_find(names[random_roll(3)]);
	r->entity = r->by[0];
}

static size_t
make_calls(struct random_rules *m, struct random_call *calls)
{
	const bool one_clock = random_chance(70);
	size_t n, i;

	random_rules_make(m);
	if (random_chance(30))
		m->rules[0].rule.follows = (struct follows){ .rule = NULL };
	if (random_chance(40))
		fire_often(&m->rules[0].rule);
	for (i = 0; i < RANDOM_CHAIN; i++)
		find_someone(&m->rules[i].rule);
	for (i = 1; i < RANDOM_CHAIN; i++)
		m->rules[i].rule.private_rule = random_chance(70);
	m->nwaivers = 0;
	n = random_calls(m, calls);
	for (i = 0; i < n && one_clock; i++) {
		calls[i].clock = CLOCK_ONE;
		calls[i].listed = 0;
	}
	return n;
}

/* So that what is kept ends just before `from`, mostly. */
static int64_t
random_late(const struct batch *b, int64_t from)
{
	const int64_t last = b->calls[b->n - 1].start;
	int64_t late = last - from;

	if (random_chance(60))
		late += random_roll(15) * 60000;
	else if (random_chance(50))
		late += random_roll(2880) * 60000;
	return late != 0 ? late : 1;
}

static bool
one_round(struct random_rules *m, struct seen *s)
{
	const int64_t hour = 3600000;
	struct random_call calls[RANDOM_CALLS];
	struct night nights[NIGHTS];
	int64_t from[NIGHTS], fraud, last = INT64_MIN;
	const bool owners = random_chance(50);
	size_t n, i, most;
	bool good = true;

	n = make_calls(m, calls);
	fraud = random_chance(70) ? INT64_MIN
				  : calls[random_roll((int64_t)n)].start;
	for (i = 0; i < n; i++)
		last = calls[i].start > last ? calls[i].start : last;
	for (i = 0; i < NIGHTS; i++) {
		from[i] = calls[random_roll((int64_t)n)].start;
		if (i > 0 && from[i] < from[i - 1])
			from[i] = from[i - 1];
	}
	for (most = 0; most < NIGHTS && good; most++) {
		i = most;
		nights[i].owners = owners;
		take_some(&nights[i], calls, n, from[i], 25 * (int)i);
		nights[i].as_of = last + (int64_t)i * random_roll(50) * hour;
		nights[i].late = random_late(nights[i].calls, from[i]);
		label(&nights[i], fraud);
		see_time(i > 0 ? &nights[i - 1] : NULL, &nights[i]);
		if (i == 0)
			(void)run_engine(m, nights[i].calls, NULL, &nights[i]);
		else
			good = same_resumed(m, &nights[i - 1], from[i - 1],
			    &nights[i], s);
	}
	while (most-- > 0) {
		end_night(&nights[most]);
		batch_free(&nights[most].cut);
		batch_free(&nights[most].calls);
	}
	return good;
}

static void
tell(const struct seen *s)
{
	size_t i;

	print_message("# figures: %zu of %zu nights with calls left out, "
		      "%zu with findings, %zu refused; %zu of %zu without "
		      "need; %zu calendar windows, "
		      "%zu baselines, %zu following, %zu labelled, %zu asking, "
		      "%zu about who forwarded; %zu calls recalled; "
		      "%zu findings left; by function",
	    s->cut, s->nights, s->findings, s->refused, s->lacking, s->enough,
	    s->calendars, s->baselines, s->follows, s->labels, s->asks,
	    s->forwarders, s->recalled, s->left);
	for (i = 0; i <= MEASURE_MODE; i++)
		print_message(" %zu", s->fns[i]);
	print_message("\n");
}

/* Calls were left out, and single ones put back, for every kind of rule. */
static void
check_enough(const struct seen *s, size_t rounds)
{
	size_t i;

	assert_true(s->cut > rounds / 5);
	assert_true(s->lacking < s->enough / 8);
	assert_true(s->findings > rounds / 10);
	assert_true(s->recalled > rounds / 4);
	assert_true(s->left > rounds / 30);
	assert_true(s->calendars > rounds / 20);
	assert_true(s->baselines > rounds / 30);
	assert_true(s->follows > rounds / 300);
	assert_true(s->labels > rounds / 100);
	assert_true(s->asks > rounds / 50);
	assert_true(s->forwarders > rounds / 300);
	for (i = 0; i <= MEASURE_MODE; i++)
		assert_true(s->fns[i] > rounds / 150);
}

static void
test_cut(void **state)
{
	const char *given = getenv("CUT_SEED"), *more = getenv("CUT_ROUNDS");
	uint64_t seed = (uint64_t)time(NULL) * 100000;
	int rounds = given != NULL ? 1 : more != NULL ? atoi(more) : ROUNDS, i;
	struct seen s = { .cut = 0 };
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
		fail_msg("CUT_SEED=%llu",
		    (unsigned long long)seed + (unsigned long long)i);
	}
	tell(&s);
	if (given == NULL)
		check_enough(&s, (size_t)rounds);
	random_rules_close(&m);
}

/*
 * A run that has all calls, and goes on from what was found, knows how many
 * groups there are: more calls than there may be groups are not too many.
 */
static void
check_groups(const struct detect_keep *known)
{
	static const char all[] =
	    "\"calls\": [{\"account\": \"A\", \"start\": "
	    "\"2026-01-13T02:00:00\", \"repeat\": 40, \"every\": \"5m\"}, "
	    "{\"account\": \"B\", \"start\": \"2026-01-13T05:16:00\"}]";
	static const char late[] =
	    "\"calls\": [{\"account\": \"A\", \"start\": "
	    "\"2026-01-13T03:20:00\", \"repeat\": 24, \"every\": \"5m\"}, "
	    "{\"account\": \"B\", \"start\": \"2026-01-13T05:16:00\"}]";
	char *text = scene_rule("\"match\": {}, \"by\": [\"account\"], "
				"\"measure\": {\"fn\": \"count\", "
				"\"over\": \"1h\"}, "
				"\"when\": {\"gte\": 100}");
	const char *const calls[] = { all, all, late };
	struct detect_keep keep[3];
	struct detect_past past;
	struct scene s;
	size_t i;

	for (i = 0; i < 3; i++) {
		assert_int_equal(scene_rules(&s, text), 0);
		scene_calls(&s, calls[i]);
		detect_keep_init(&keep[i]);
		s.set.max_groups = 30;
		s.set.late = 3600000;
		s.set.keep = &keep[i];
		past = (struct detect_past){
			.from = s.calls->calls[s.calls->n - 1].start,
			.begins = INT64_MIN
		};
		if (i > 0) {
			past.keep =
			    i == 1 && known != NULL ? known : &keep[i - 1];
			s.set.past = &past;
		}
		if (i == 2) {
			past.begins = detect_needs(&s.rules, &s.set);
			assert_true(past.begins > INT64_MIN &&
				    past.begins <= s.calls->calls[0].start);
			assert_int_equal(detect_recall(&past, s.calls, 2), 0);
		}
		assert_int_equal(scene_run(&s), 0);
		scene_end(&s);
	}
	for (i = 0; i < 3; i++)
		detect_keep_fini(&keep[i]);
	free(text);
}

static void
test_groups(void **state)
{
	const struct detect_keep nothing = { .n = 0 };

	(void)state;
	check_groups(NULL);
	check_groups(&nothing);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cut),
		cmocka_unit_test(test_groups) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
