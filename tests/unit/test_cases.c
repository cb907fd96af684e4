#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "detect/cases.h"

#define HOUR INT64_C(3600000)

/* A finding with one call at each of its two ends. */
static struct finding *
add(struct results *rs, const char *id, const char *entity, int score,
    const char *family, int64_t first, int64_t last)
{
	struct finding *f = results_finding(rs);
	struct call_ref *refs = arena_array(&rs->arena, 2, sizeof(*refs));

	*f = (struct finding){ .id = id,
		.rule = family,
		.family = family,
		.reason = "",
		.entity_type = "account",
		.entity = entity,
		.score = score,
		.first_seen = first * HOUR,
		.last_seen = last * HOUR };
	refs[0] = (struct call_ref){ .start = f->first_seen, .duration = 1000 };
	refs[1] = (struct call_ref){ .start = f->last_seen, .duration = 1000 };
	f->members = refs;
	f->nmembers = first != last ? 2 : 1;
	return f;
}

static const struct fraud_case *
case_of(const struct results *rs, const char *finding)
{
	const struct finding *f = results_find(rs, finding);
	size_t i;

	for (i = 0; i < rs->ncases; i++)
		if (f->case_id != NULL &&
		    strcmp(rs->cases[i]->id, f->case_id) == 0)
			return rs->cases[i];
	return NULL;
}

static void
test_near(void **state)
{
	struct results rs;

	(void)state;
	results_init(&rs);
	(void)add(&rs, "a1", "A", 45, "time", 0, 10);
	(void)add(&rs, "a2", "A", 40, "list", 81, 81);   /* 71 h later */
	(void)add(&rs, "a3", "A", 45, "time", 153, 153); /* 72 h later */
	(void)add(&rs, "b1", "B", 45, "time", 0, 10);
	(void)add(&rs, "a4", "A", 25, "cost", 5, 9); /* inside the first */
	add(&rs, "s1", "A", 99, "list", 5, 9)->kind = KIND_SHADOW;
	add(&rs, "w1", "A", 99, "list", 5, 9)->kind = KIND_WAIVED;
	cases_make(&rs);
	assert_int_equal(rs.ncases, 3);
	assert_ptr_equal(case_of(&rs, "a1"), case_of(&rs, "a2"));
	assert_ptr_equal(case_of(&rs, "a1"), case_of(&rs, "a4"));
	assert_ptr_not_equal(case_of(&rs, "a1"), case_of(&rs, "a3"));
	assert_ptr_not_equal(case_of(&rs, "a1"), case_of(&rs, "b1"));
	assert_null(case_of(&rs, "s1"));
	assert_null(case_of(&rs, "w1"));
	assert_int_equal(case_of(&rs, "a1")->nfindings, 3);
	assert_int_equal(case_of(&rs, "a1")->first_seen, 0);
	assert_int_equal(case_of(&rs, "a1")->last_seen, 81 * HOUR);
	assert_null(case_of(&rs, "a3")->previous);
	assert_null(case_of(&rs, "a1")->state);
	assert_int_equal(case_of(&rs, "a1")->id[0], 'c');
	assert_int_equal(strlen(case_of(&rs, "a1")->id), 12);
	results_fini(&rs);
}

/* Something every two days: a case ends after 14 days, the next goes on. */
static void
test_fortnight(void **state)
{
	static const char *const ids[] = { "d0", "d2", "d4", "d6", "d8", "d10",
		"d12", "d14", "d16" };
	struct results rs;
	size_t i;

	(void)state;
	results_init(&rs);
	for (i = 0; i < 9; i++)
		(void)add(&rs, ids[i], "A", 45, "time", (int64_t)i * 48,
		    (int64_t)i * 48);
	cases_make(&rs);
	assert_int_equal(rs.ncases, 2);
	assert_int_equal(case_of(&rs, "d0")->nfindings, 7);
	assert_ptr_equal(case_of(&rs, "d0"), case_of(&rs, "d12"));
	assert_ptr_equal(case_of(&rs, "d14"), case_of(&rs, "d16"));
	assert_string_equal(case_of(&rs, "d14")->previous,
	    case_of(&rs, "d0")->id);
	results_fini(&rs);
}

/* Signs far apart in one case do not add up; all stand in the account. */
static void
test_score_of_72_hours(void **state)
{
	const struct fraud_case *c;
	struct results rs;
	int sum = 0;
	size_t i;

	(void)state;
	results_init(&rs);
	(void)add(&rs, "1", "A", 50, "time", 0, 1);
	(void)add(&rs, "2", "A", 20, "cost", 70, 71);
	(void)add(&rs, "3", "A", 40, "list", 140, 140);
	(void)add(&rs, "4", "A", 60, "volume", 200, 211);
	(void)add(&rs, "5", "A", 30, "volume", 205, 206);
	cases_make(&rs);
	assert_int_equal(rs.ncases, 1);
	c = rs.cases[0];
	/* 60 and 40: 1 - 0.4 x 0.6; the 50 is too early */
	assert_int_equal(c->score, 76);
	assert_int_equal(c->npoints, 5);
	assert_string_equal(c->points[0].finding, "4");
	assert_int_equal(c->points[0].points, 60);
	assert_string_equal(c->points[1].finding, "3");
	assert_int_equal(c->points[1].points, 16);
	for (i = 0; i < c->npoints; i++)
		sum += c->points[i].points;
	assert_int_equal(sum, c->score);
	assert_int_equal(c->nfindings, 5);
	results_fini(&rs);
}

/* A long finding lends its score to all it overlaps. */
static void
test_long_finding(void **state)
{
	struct results rs;

	(void)state;
	results_init(&rs);
	(void)add(&rs, "1", "A", 50, "time", 0, 160);
	(void)add(&rs, "2", "A", 50, "cost", 230, 230);
	(void)add(&rs, "3", "A", 50, "list", 0, 0);
	cases_make(&rs);
	assert_int_equal(rs.ncases, 1);
	assert_int_equal(rs.cases[0]->score, 75);
	results_fini(&rs);
}

static void
test_calls_once(void **state)
{
	struct results rs;

	(void)state;
	results_init(&rs);
	(void)add(&rs, "1", "A", 50, "time", 0, 5);
	(void)add(&rs, "2", "A", 50, "cost", 5, 7);
	cases_make(&rs);
	assert_int_equal(rs.cases[0]->calls.calls, 3);
	assert_int_equal(rs.cases[0]->calls.duration, 3000);
	results_fini(&rs);
}

/* Equal names of different types are different entities. */
static void
test_types(void **state)
{
	struct results rs;

	(void)state;
	results_init(&rs);
	(void)add(&rs, "1", "2041", 50, "time", 0, 5);
	add(&rs, "2", "2041", 50, "cost", 0, 5)->entity_type = "extension";
	cases_make(&rs);
	assert_int_equal(rs.ncases, 2);
	assert_string_not_equal(rs.cases[0]->id, rs.cases[1]->id);
	results_fini(&rs);
}

static void
test_nothing(void **state)
{
	struct results rs;

	(void)state;
	results_init(&rs);
	cases_make(&rs);
	assert_int_equal(rs.ncases, 0);
	results_fini(&rs);
}

/* A finding as a store gave it, of this case there. */
static void
stands(struct results *rs, struct finding *f, const char *case_id)
{
	struct finding *was = arena_memdup(&rs->arena, f, sizeof(*f));

	was->case_id = case_id;
	f->stored = was;
}

/* Sums that no calls have tell who asked the calls. */
static void
add_before(struct results *was, const char *id, const char *const *findings,
    size_t n)
{
	static const struct amount money[] = { { "EUR", 5 }, { "USD", 7 } };
	struct fraud_case *c = results_case(was);

	c->id = id;
	c->findings = findings;
	c->nfindings = n;
	c->calls = (struct tally){ .calls = 77, .money = money, .nmoney = 2 };
}

/* Only a case of the very findings that it had has the sums that it had. */
static void
test_sums_before(void **state)
{
	static const char *const a[] = { "a1", "a2" }, *const b[] = { "b1" },
				 *const c[] = { "c1", "c0" },
				 *const d[] = { "d1", "d9" },
				 *const e[] = { "e1", "e2", "e3" };
	struct cases_past past = { .whole = false };
	struct results rs, was;

	(void)state;
	results_init(&rs);
	results_init(&was);
	stands(&rs, add(&rs, "a1", "A", 50, "time", 0, 5), "c-1");
	stands(&rs, add(&rs, "a2", "A", 40, "cost", 5, 7), "c-1");
	stands(&rs, add(&rs, "b1", "B", 50, "time", 0, 5), "c-2");
	(void)add(&rs, "b2", "B", 40, "cost", 5, 7); /* joins it */
	stands(&rs, add(&rs, "c1", "C", 50, "time", 0, 5), "c-3");
	(void)add(&rs, "c0", "C", 40, "cost", 5, 7); /* has changed */
	stands(&rs, add(&rs, "d1", "D", 50, "time", 0, 5), "c-4");
	stands(&rs, add(&rs, "d2", "D", 40, "cost", 5, 7), "c-4");
	stands(&rs, add(&rs, "e1", "E", 50, "time", 0, 5), "c-5");
	stands(&rs, add(&rs, "e2", "E", 40, "cost", 5, 7), "c-5");
	stands(&rs, add(&rs, "f1", "F", 50, "time", 0, 5), "c-6");
	add_before(&was, "c-1", a, 2);
	add_before(&was, "c-2", b, 1);
	add_before(&was, "c-3", c, 2);
	add_before(&was, "c-4", d, 2);
	add_before(&was, "c-5", e, 3);
	past.was = &was;
	assert_int_equal(cases_make_after(&rs, NULL, 0, &past), 0);
	results_fini(&was);
	assert_int_equal(rs.ncases, 6);
	assert_int_equal(case_of(&rs, "a1")->calls.calls, 77);
	assert_int_equal(case_of(&rs, "a1")->calls.nmoney, 2);
	assert_string_equal(case_of(&rs, "a1")->calls.money[1].currency, "USD");
	assert_int_equal(case_of(&rs, "a1")->calls.money[1].micro, 7);
	assert_int_equal(case_of(&rs, "b1")->calls.calls, 3);
	assert_int_equal(case_of(&rs, "c1")->calls.calls, 3);
	assert_int_equal(case_of(&rs, "d1")->calls.calls, 3);
	assert_int_equal(case_of(&rs, "e1")->calls.calls, 3);
	assert_int_equal(case_of(&rs, "f1")->calls.calls, 2);
	results_fini(&rs);
}

static const char *
currency_of(uint64_t key)
{
	if (key % 3 != 0)
		return NULL;
	return key < 126 ? "EUR" : "AUD"; /* first where nobody knew of it */
}

/*
 * Calls of one finding more: so many, from the hour on, each with its key, by
 * which it is the same in all findings.
 */
static struct call_ref *
calls_from(struct arena *arena, int64_t hour, size_t n, uint64_t key)
{
	struct call_ref *refs = arena_array(arena, n, sizeof(*refs));
	size_t i;

	for (i = 0; i < n; i++)
		refs[i] =
		    (struct call_ref){ .start = (hour + (int64_t)i) * HOUR,
			    .key = key + i,
			    .source = 7,
			    .duration = 1000 * (int64_t)(key + i),
			    .cost = 10,
			    .currency = currency_of(key + i) };
	return refs;
}

static struct finding *
add_calls(struct results *rs, const char *id, int64_t hour, size_t n,
    uint64_t key)
{
	struct finding *f =
	    add(rs, id, "A", 40, "time", hour, hour + (int64_t)n - 1);
	const struct finding *one = f;

	f->members = calls_from(&rs->arena, hour, n, key);
	f->nmembers = n;
	tally_members(&f->calls, &rs->arena, &one, 1);
	return f;
}

/* What a store has: a case of three findings that share calls. */
static void
fill_before(struct results *was)
{
	results_init(was);
	(void)add_calls(was, "a1", 0, 10, 100);
	(void)add_calls(was, "a2", 5, 20, 105); /* five of them, and more */
	(void)add_calls(was, "a3", 20, 5, 120); /* all of them in a2 */
	cases_make(was);
	assert_int_equal(was->ncases, 1);
	assert_int_equal(was->cases[0]->calls.calls, 25);
	assert_int_equal(was->cases[0]->calls.nmoney, 1);
}

static struct finding *
add_as_it_was(struct results *rs, const struct results *was, const char *id)
{
	struct finding *f = results_finding(rs);

	*f = *results_find(was, id);
	f->stored = results_find(was, id);
	f->case_id = NULL;
	return f;
}

struct fetched {
	const struct results *was;
	size_t n;
};

static int
fetch(void *arg, struct finding *const *list, size_t n)
{
	struct fetched *fetched = arg;
	const struct finding *f;
	size_t i;

	fetched->n++;
	for (i = 0; i < n; i++) {
		if (!list[i]->bare)
			continue;
		f = results_find(fetched->was, list[i]->id);
		f = f != NULL ? f : list[i]->stored;
		list[i]->bare = false;
		list[i]->members = f->members;
		list[i]->nmembers = f->nmembers;
	}
	return 0;
}

/* What a case comes to by what the store has is what all its calls come to. */
static void
check_grown(struct results *rs, struct results *was, bool whole, size_t fetches)
{
	struct fetched fetched = { was, 0 };
	const struct cases_past past = { .was = was,
		.whole = whole,
		.findings = was->findings,
		.n = was->n,
		.fetch = fetch,
		.arg = &fetched };
	struct tally by_past, by_calls;
	size_t i;

	assert_int_equal(cases_make_after(rs, NULL, 0, &past), 0);
	assert_int_equal(rs->ncases, 1);
	assert_int_equal(fetched.n, fetches);
	by_past = rs->cases[0]->calls;
	(void)fetch(&fetched, rs->findings, rs->n);
	rs->ncases = 0;
	cases_make(rs);
	by_calls = rs->cases[0]->calls;
	assert_int_equal(by_past.calls, by_calls.calls);
	assert_int_equal(by_past.duration, by_calls.duration);
	assert_int_equal(by_past.nmoney, by_calls.nmoney);
	assert_int_equal(by_past.estimated, by_calls.estimated);
	for (i = 0; i < by_past.nmoney; i++) {
		assert_string_equal(by_past.money[i].currency,
		    by_calls.money[i].currency);
		assert_int_equal(by_past.money[i].micro,
		    by_calls.money[i].micro);
	}
}

enum grows {
	MORE,  /* calls behind those that it had, two of them in a new one */
	NEW,   /* nothing but a new finding, within the time of others */
	JOINS, /* the same, which stands and was in another case */
	AHEAD, /* more, and new calls of another before these */
	ESTIMATED_NEW, /* more, the cost of one of these is an estimate */
	LESS,          /* one has fewer calls */
	OTHER,         /* one begins at another call */
	PUT_BETWEEN,   /* one has another call before its last one */
	LONGER,        /* a call that it had lasts longer */
	DEARER,        /* ... or costs another amount */
	ESTIMATED,     /* ... or as much, by an estimate */
	ELSEWHERE,     /* ... or is of another source */
	TOUCHES,       /* a new one begins with the last call of one not read */
	JOINS_BARE,    /* one joins whose calls nobody has read */
	NOT_READ,      /* of one that has more, nobody read what it had */
	READ_SOME,     /* ... or only some of that is there */
	GONE,          /* one is not there any more */
	MOVED,         /* one was in another case */
	GROWS
};

/* As the store has it, but for its case. */
static void
stands_in(struct results *rs, struct finding *f, const char *id)
{
	struct finding *stored = arena_memdup(&rs->arena, f, sizeof(*f));

	stored->case_id = id;
	f->stored = stored;
}

static void
forget_calls(struct finding *f)
{
	f->bare = true;
	f->members = NULL;
	f->nmembers = 0;
}

static void
add_changed(struct results *rs, struct results *was, enum grows how)
{
	struct finding *f;

	if (how == NEW || how == JOINS || how == JOINS_BARE || how == TOUCHES) {
		add_as_it_was(rs, was, "a2");
		f = how == TOUCHES ? add_calls(rs, "b1", 9, 6, 109)
				   : add_calls(rs, "b1", 22, 6, 122);
		if (how == JOINS || how == JOINS_BARE)
			stands_in(rs, f, "c-other");
		if (how == JOINS_BARE)
			forget_calls(f);
		return;
	}
	f = add_calls(rs, "a2", how == OTHER ? 4 : 5, how == LESS ? 19 : 26,
	    how == OTHER ? 104 : 105);
	if (how == MORE)
		(void)add_calls(rs, "b1", 29, 6, 129);
	if (how == AHEAD)
		(void)add_calls(rs, "b1", 22, 6, 500);
	if (how == ESTIMATED_NEW)
		((struct call_ref *)f->members)[21].estimated = true;
	if (how == ESTIMATED)
		((struct call_ref *)f->members)[3].estimated = true;
	if (how == ELSEWHERE)
		((struct call_ref *)f->members)[3].source = 8;
	if (how == NOT_READ)
		forget_calls((struct finding *)results_find(was, "a2"));
	if (how == READ_SOME)
		((struct finding *)results_find(was, "a2"))->nmembers = 18;
	if (how == PUT_BETWEEN)
		((struct call_ref *)f->members)[18].key = 999;
	if (how == LONGER)
		((struct call_ref *)f->members)[3].duration += 5000;
	if (how == DEARER)
		((struct call_ref *)f->members)[3].cost += 5;
}

static void
test_sums_grown(void **state)
{
	struct results rs, was;
	struct finding *f;
	int how;

	(void)state;
	for (how = 0; how < GROWS; how++) {
		fill_before(&was);
		results_init(&rs);
		f = add_as_it_was(&rs, &was, "a1");
		forget_calls(f); /* it ended before anything new */
		add_changed(&rs, &was, (enum grows)how);
		f = how != GONE ? add_as_it_was(&rs, &was, "a3") : NULL;
		if (how == MOVED)
			stands_in(&rs, f, "c-other");
		check_grown(&rs, &was, true, how <= ESTIMATED_NEW ? 0 : 1);
		results_fini(&rs);
		results_fini(&was);
	}
}

/* Only where sums are exact that were told in seconds, and nobody else knows. */
static void
test_sums_not_whole(void **state)
{
	struct results rs, was;
	struct finding *f;
	struct batch b = { .n = 0 };

	(void)state;
	fill_before(&was);
	assert_true(cases_whole(&was, &b));
	results_init(&rs);
	f = add_as_it_was(&rs, &was, "a1");
	forget_calls(f);
	add_changed(&rs, &was, MORE);
	(void)add_as_it_was(&rs, &was, "a3");
	check_grown(&rs, &was, false, 1);
	((struct call_ref *)was.findings[0]->members)[1].duration++;
	assert_false(cases_whole(&was, &b));
	results_fini(&rs);
	results_fini(&was);
}

/* An amount that may have met its limit tells nothing of what was added. */
static void
test_sums_huge(void **state)
{
	static const struct amount amounts[] = { { "EUR", INT64_MAX / 4 },
		{ "EUR", -(INT64_MAX / 4) } };
	struct results rs, was;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
		fill_before(&was);
		was.cases[0]->calls.money = &amounts[i];
		results_init(&rs);
		forget_calls(add_as_it_was(&rs, &was, "a1"));
		add_changed(&rs, &was, MORE);
		(void)add_as_it_was(&rs, &was, "a3");
		check_grown(&rs, &was, true, 1);
		results_fini(&rs);
		results_fini(&was);
	}
}

/* The same of calls that are packed: the least, and steps above it. */
static void
test_whole_packed(void **state)
{
	static const struct {
		uint64_t least, unit;
		unsigned width;
		bool whole;
	} cases[] = {
		{ 3000, 1000, 4, true },
		{ 3001, 1000, 4, false },
		{ 3000, 500, 4, false },
		{ 3000, 1, 0, true }, /* all of them the same */
		{ 3001, 1, 0, false },
	};
	struct batch none = { .n = 0 };
	struct call_pack pack;
	struct results rs;
	struct finding *f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(&pack, 0, sizeof(pack));
		pack.columns[PACK_DURATION] =
		    (struct packed_numbers){ .least = cases[i].least,
			    .unit = cases[i].unit,
			    .width = cases[i].width };
		results_init(&rs);
		f = add(&rs, "a1", "A", 40, "time", 0, 1);
		f->pack = &pack;
		f->nmembers = 1;
		assert_int_equal(cases_whole(&rs, &none), cases[i].whole);
		results_fini(&rs);
	}
}

static int
refuse(void *arg, struct finding *const *list, size_t n)
{
	(void)arg;
	(void)list;
	return n > 0 ? -1 : 0;
}

/* Calls that cannot be had leave no case. */
static void
test_no_calls(void **state)
{
	struct results rs, none;
	const struct cases_past past = { .was = &none, .fetch = refuse };

	(void)state;
	results_init(&none);
	results_init(&rs);
	add(&rs, "a1", "A", 40, "time", 0, 1)->bare = true;
	assert_int_equal(cases_make_after(&rs, NULL, 0, &past), -1);
	results_fini(&rs);
	results_fini(&none);
}

/* What was said of a case ends it; what else comes is another, beside it. */
static void
test_ended(void **state)
{
	static const char *const had[] = { "a1", "a2", "gone" };
	static const char *const then[] = { "a1", "a4" };
	const struct case_end ends[] = { { "c-one", had, 3 },
		{ "c-two", then, 2 }, { "c-old", had, 3 } };
	struct results rs;
	const char *id;

	(void)state;
	results_init(&rs);
	(void)add(&rs, "a1", "A", 45, "time", 10, 20);
	(void)add(&rs, "a2", "A", 40, "list", 12, 30);
	(void)add(&rs, "a3", "A", 25, "cost", 10, 15); /* begins with it */
	(void)add(&rs, "a4", "A", 25, "cost", 50, 51);
	(void)add(&rs, "a5", "A", 25, "cost", 300, 301); /* far from all */
	(void)add(&rs, "b1", "B", 45, "time", 12, 13);
	assert_int_equal(cases_make_after(&rs, ends, 3, NULL), 0);
	assert_int_equal(rs.ncases, 5);
	assert_string_equal(case_of(&rs, "a1")->id, "c-one");
	assert_string_equal(case_of(&rs, "a2")->id, "c-one");
	assert_null(case_of(&rs, "a1")->previous);
	assert_string_equal(case_of(&rs, "a4")->id, "c-two");
	assert_string_equal(case_of(&rs, "a4")->previous, "c-one");
	assert_string_equal(case_of(&rs, "a3")->previous, "c-two");
	assert_null(case_of(&rs, "a5")->previous);
	assert_null(case_of(&rs, "b1")->previous);
	id = arena_strdup(&rs.arena, case_of(&rs, "a3")->id);
	/* Without an end all that is near is one case, of another id. */
	rs.ncases = 0;
	cases_make(&rs);
	assert_int_equal(rs.ncases, 3);
	assert_string_not_equal(case_of(&rs, "a3")->id, id);
	results_fini(&rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_fortnight),
		cmocka_unit_test(test_score_of_72_hours),
		cmocka_unit_test(test_long_finding),
		cmocka_unit_test(test_calls_once),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_sums_before),
		cmocka_unit_test(test_sums_grown),
		cmocka_unit_test(test_sums_huge),
		cmocka_unit_test(test_whole_packed),
		cmocka_unit_test(test_sums_not_whole),
		cmocka_unit_test(test_no_calls),
		cmocka_unit_test(test_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
