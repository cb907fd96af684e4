/*
 * Tuned rules against the model, which is shown for each call the rule with
 * its numbers written into it; and against themselves in another order.
 * MODEL_SEED and MODEL_ROUNDS as in test_detect_model.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "model_compare.h"
#include "random_rule.h"
#include "scene.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { ROUNDS = 1000, RULES = 2, ENTRIES = 4 };

/* What tuning changes. */
struct numbers {
	int n, minutes, score;
	bool enabled;
};

/* One entry; 0 and NULL say nothing. */
struct entry {
	const char *key, *value; /* of its match */
	int n, minutes, score, add;
	int enabled; /* 1 no, 2 yes */
};

struct tuned {
	const char *shape, *by, *follows;
	struct numbers written;
	struct entry entries[ENTRIES];
	size_t nentries;
};

/* # is the number, ~ the span. */
static const char *const shapes[] = {
	"\"measure\": {\"fn\": \"count\", \"over\": ~}, "
	"\"when\": {\"gte\": #}",
	"\"measure\": {\"fn\": \"sum\", \"of\": \"duration\", \"over\": "
	"\"2h\"}, \"when\": {\"gte\": ~}, "
	"\"also\": [{\"fn\": \"count\", \"gte\": #}]",
	"\"measure\": {\"fn\": \"distinct\", \"of\": \"dst\", \"over\": ~}, "
	"\"when\": {\"gt\": #}, \"escalate\": [{\"gte\": 6, \"score\": 95}]",
	"\"measure\": {\"fn\": \"concurrent\"}, \"when\": {\"gte\": #}, "
	"\"quiet\": ~",
	"\"measure\": {\"fn\": \"count\", \"window\": \"day\"}, "
	"\"baseline\": {\"history\": \"28d\", \"season\": \"none\", "
	"\"stat\": \"median\", \"min_buckets\": 1, \"floor\": #}, "
	"\"when\": {\"times\": 1.5, \"min_duration\": ~}",
	"\"measure\": {\"fn\": \"max\", \"of\": \"duration\", \"window\": "
	"\"hour\"}, \"when\": {\"gte\": ~, \"min_calls\": #}",
};
/* Groups, and the fields of a match that may ask for them. */
static const struct {
	const char *by;
	int keys; /* of those below */
} groups[] = {
	{ "\"account\"", 3 },
	{ "\"account\", \"dst\"", 3 },
	{ "\"dst\"", 2 },
	{ "", 2 },
};
static const char *const keys[] = { "class", "group", "account" };
static const char *const values[] = { "c1", "c2", "g1", "g2", "A1", "A2" };
static const char *const ids[RULES] = { "a", "b" };

static void
random_entry(const struct tuned *t, struct entry *e)
{
	int most = 0, key;
	size_t i;

	memset(e, 0, sizeof(*e));
	for (i = 0; i < COUNT(groups); i++)
		if (strcmp(groups[i].by, t->by) == 0)
			most = groups[i].keys;
	if (random_chance(80)) {
		key = (int)random_roll(most);
		e->key = keys[key];
		e->value = values[2 * key + (int)random_roll(2)];
	}
	e->n = random_chance(60) * (int)(1 + random_roll(5));
	e->minutes = random_chance(60) * (int)(1 + random_roll(90));
	e->score = random_chance(20) * (int)(40 + random_roll(20));
	if (e->score == 0 && random_chance(20))
		e->add = random_chance(50) ? 10 : -10;
	e->enabled = random_chance(25) * (int)(1 + random_roll(2));
}

static void
random_tuned(struct tuned *t, const char *follows)
{
	size_t i;

	*t = (struct tuned){ .shape = shapes[random_roll(COUNT(shapes))],
		.by = groups[random_roll(COUNT(groups))].by,
		.follows = follows,
		.written = { (int)(1 + random_roll(5)),
		    (int)(1 + random_roll(90)), 50, true },
		.nentries = (size_t)random_roll(ENTRIES + 1) };
	for (i = 0; i < t->nentries; i++)
		random_entry(t, &t->entries[i]);
}

/* With the parameters' names where `x` is NULL. */
static void
add_shape(struct buf *out, const char *shape, const struct numbers *x)
{
	for (; *shape != '\0'; shape++) {
		if (*shape == '#' && x == NULL)
			buf_addstr(out, "\"$n\"");
		else if (*shape == '#')
			buf_addf(out, "%d", x->n);
		else if (*shape == '~' && x == NULL)
			buf_addstr(out, "\"$span\"");
		else if (*shape == '~')
			buf_addf(out, "\"%dm\"", x->minutes);
		else
			buf_addch(out, *shape);
	}
}

static void
add_rule(struct buf *out, const char *id, const struct tuned *t,
    const struct numbers *x)
{
	buf_addf(out,
	    "{\"id\": \"%s\", \"version\": 1, \"title\": \"T\", "
	    "\"description\": \"D\", \"status\": \"test\", \"fraud_type\": "
	    "\"irsf\", \"family\": \"volume\", \"score\": %d, "
	    "\"waiver_needs\": [\"account\"], \"match\": {}, \"by\": [%s], ",
	    id, x != NULL ? x->score : t->written.score, t->by);
	if (x == NULL)
		buf_addf(out,
		    "\"params\": {\"n\": {\"value\": %d, \"min\": 1, \"max\": "
		    "9, \"help\": \"h\"}, \"span\": {\"value\": \"%dm\", "
		    "\"min\": \"1m\", \"max\": \"1d\", \"help\": \"h\"}}, ",
		    t->written.n, t->written.minutes);
	if (t->follows != NULL) {
		buf_addf(out,
		    "\"follows\": {\"rule\": \"%s\", \"within\": ", t->follows);
		add_shape(out, "~, \"same\": [\"account\"]}, ", x);
	}
	add_shape(out, t->shape, x);
	buf_addch(out, '}');
}

static void
add_entry(struct buf *out, const struct entry *e)
{
	buf_addstr(out, "{\"by\": \"anna\"");
	if (e->key != NULL)
		buf_addf(out, ", \"match\": {\"%s\": \"%s\"}", e->key,
		    e->value);
	buf_addstr(out, ", \"params\": {");
	if (e->n > 0)
		buf_addf(out, "\"n\": %d%s", e->n, e->minutes > 0 ? ", " : "");
	if (e->minutes > 0)
		buf_addf(out, "\"span\": \"%dm\"", e->minutes);
	buf_addch(out, '}');
	if (e->score > 0)
		buf_addf(out, ", \"score\": %d", e->score);
	if (e->add != 0)
		buf_addf(out, ", \"score\": \"%+d\"", e->add);
	if (e->enabled != 0)
		buf_addf(out, ", \"enabled\": %s",
		    e->enabled == 2 ? "true" : "false");
	buf_addch(out, '}');
}

/* Both rules; `x` has the numbers of the rule `which`, or NULL for tuning. */
static char *
file_of(const struct tuned *t, size_t which, const struct numbers *x)
{
	struct buf out;
	size_t i, k;

	buf_init(&out);
	buf_addstr(&out, "{\"cdrrules\": 1, \"rules\": [");
	for (i = 0; i < RULES; i++) {
		buf_addstr(&out, i > 0 ? ", " : "");
		add_rule(&out, ids[i], &t[i], i == which ? x : NULL);
	}
	buf_addstr(&out, "], \"tuning\": {");
	for (i = 0; x == NULL && i < RULES; i++) {
		buf_addf(&out, "%s\"%s\": [", i > 0 ? ", " : "", ids[i]);
		for (k = 0; k < t[i].nentries; k++) {
			buf_addstr(&out, k > 0 ? ", " : "");
			add_entry(&out, &t[i].entries[k]);
		}
		buf_addch(&out, ']');
	}
	buf_addstr(&out, "}}");
	return buf_detach(&out);
}

static void
load(struct scene *s, const char *text)
{
	size_t i;

	if (scene_rules(s, text) == 0)
		return;
	for (i = 0; i < s->notes.n; i++)
		print_message("%s\n", s->notes.list[i].text);
	fail_msg("%s", text);
}

/* Which entries the call is under. */
static unsigned
set_of(const struct tuned *t, const struct batch *b, size_t call)
{
	const struct listed *l = &b->listed[b->calls[call].listed];
	const struct entry *e;
	const char *is;
	unsigned set = 0;
	size_t i;

	for (i = 0; i < t->nentries; i++) {
		e = &t->entries[i];
		if (e->key == NULL) {
			set |= 1U << i;
			continue;
		}
		is = strcmp(e->key, "class") == 0 ? batch_text(b, l->class)
		     : strcmp(e->key, "group") == 0
			 ? batch_text(b, l->group)
			 : batch_text(b, b->calls[call].account);
		set |= (unsigned)(strcmp(is, e->value) == 0) << i;
	}
	return set;
}

/* The last one that says something counts; scores add up. */
static struct numbers
numbers_of(const struct tuned *t, unsigned set)
{
	struct numbers x = t->written;
	const struct entry *e;
	size_t i;

	for (i = 0; i < t->nentries; i++) {
		e = &t->entries[i];
		if ((set >> i & 1) == 0)
			continue;
		x.n = e->n > 0 ? e->n : x.n;
		x.minutes = e->minutes > 0 ? e->minutes : x.minutes;
		x.score = e->score > 0 ? e->score : x.score + e->add;
		x.enabled = e->enabled > 0 ? e->enabled == 2 : x.enabled;
	}
	return x;
}

/* One rule as each set of its entries makes it, for the calls under that. */
static size_t
model_tuned(const struct tuned *t, size_t which, const struct batch *b,
    const bool *before, const struct model_world *world,
    struct model_finding *out, bool *fired)
{
	bool only[MODEL_CALLS];
	struct numbers x;
	struct scene s;
	unsigned set;
	size_t n = 0, made, i;
	char *text;
	bool any;

	for (set = 0; set < 1U << ENTRIES; set++) {
		any = false;
		for (i = 0; i < b->n; i++)
			any |= only[i] = set_of(&t[which], b, i) == set;
		if (!any)
			continue;
		x = numbers_of(&t[which], set);
		text = file_of(t, which, &x);
		load(&s, text);
		made = model_part(b, ruleset_find(&s.rules, ids[which]), only,
		    before, world, out + n, fired);
		n += x.enabled ? made : 0;
		scene_end(&s);
		free(text);
	}
	model_sort(out, n);
	return n;
}

static char *
run_engine(struct scene *s, const struct random_call *calls,
    const size_t *order, size_t n)
{
	batch_free(&s->calls);
	s->calls = random_batch(calls, order, n);
	s->set.as_of = s->calls->calls[s->calls->n - 1].start;
	assert_int_equal(scene_run(s), 0);
	return model_json(&s->found);
}

/* Shuffled, and some calls again. */
static bool
same_otherwise(struct scene *s, const struct random_call *calls, size_t n,
    const char *seen)
{
	size_t order[2 * RANDOM_CALLS], more = (size_t)random_roll(2) * n, i;
	char *again;
	bool good;

	for (i = 0; i < n + more; i++)
		order[i] = i % n;
	random_shuffle(order, n + more);
	again = run_engine(s, calls, order, n + more);
	good = strcmp(seen, again) == 0;
	if (!good)
		print_message("in order:\n%sread otherwise:\n%s", seen, again);
	free(again);
	return good;
}

static bool
against_model(const struct tuned *t, struct scene *s)
{
	static struct model_finding model[MODEL_FINDINGS];
	struct model_world world = { .named = &s->rules.named,
		.as_of = s->set.as_of };
	bool fired[RULES][MODEL_CALLS] = { { false } };
	bool good = true;
	size_t n, i;

	for (i = RULES; i-- > 0;) {
		n = model_tuned(t, i, s->calls, fired[RULES - 1], &world, model,
		    fired[i]);
		good = model_same(ids[i], model, n, &s->found) && good;
	}
	return good && model_ids_differ(&s->found);
}

static bool
one_round(struct random_rules *m, size_t *findings)
{
	struct random_call calls[RANDOM_CALLS];
	struct tuned t[RULES];
	size_t order[RANDOM_CALLS], n, i;
	char *text, *seen;
	struct scene s;
	bool good;

	random_tuned(&t[0], random_chance(30) ? ids[1] : NULL);
	random_tuned(&t[1], NULL);
	text = file_of(t, RULES, NULL);
	load(&s, text);
	m->rules[0].rule = *ruleset_find(&s.rules, ids[0]);
	m->rules[1].rule = *ruleset_find(&s.rules, ids[1]);
	n = random_calls(m, calls);
	for (i = 0; i < n; i++)
		order[i] = i;
	seen = run_engine(&s, calls, order, n);
	good = against_model(t, &s);
	findings[t[0].follows != NULL] += s.found.n;
	good = same_otherwise(&s, calls, n, seen) && good;
	if (!good)
		print_message("%s\n", text);
	scene_end(&s);
	free(seen);
	free(text);
	return good;
}

static void
test_tuned(void **state)
{
	const char *given = getenv("MODEL_SEED"),
		   *more = getenv("MODEL_ROUNDS");
	uint64_t seed = (uint64_t)time(NULL) * 100000;
	int rounds = given != NULL ? 1 : more != NULL ? atoi(more) : ROUNDS, i;
	size_t findings[2] = { 0 };
	struct random_rules m;

	(void)state;
	if (given != NULL)
		seed = strtoull(given, NULL, 10);
	print_message("seeds from %llu\n", (unsigned long long)seed);
	random_rules_open(&m);
	for (i = 0; i < rounds; i++) {
		random_seed(seed + (uint64_t)i);
		if (!one_round(&m, findings))
			fail_msg("MODEL_SEED=%llu",
			    (unsigned long long)seed + (unsigned long long)i);
	}
	print_message("# figures: %d rounds, findings: alone %zu, with one "
		      "that follows %zu\n",
	    rounds, findings[0], findings[1]);
	assert_true(given != NULL || (findings[0] > (size_t)rounds / 2 &&
					 findings[1] > (size_t)rounds / 10));
	random_rules_close(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_tuned) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
