#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "rule/predicate.h"
#include "tel/calltime.h"

/* More than two blocks of calls, and not a whole number of words. */
enum { CALLS = 10007, BLOCK = 4096, PARTIES = 40, SINCE = 1000 };

/*
 * What is asked together: clauses that are alike, nearly, and not at all; by
 * how long it rang all of some blocks of calls, and none of others.
 */
static const char *const asked[] = {
	"{}",
	"{\"direction\": \"out\"}",
	"{\"direction\": [\"out\", \"transit\"], \"status\": \"answered\"}",
	"{\"direction\": [\"transit\", \"out\"], \"international\": true}",
	"{\"not\": {\"direction\": \"out\"}, \"status\": \"answered\"}",
	("{\"any\": [{\"international\": true}, {\"status\": \"busy\"},"
	 " {\"duration\": {\"gt\": \"30s\"}}]}"),
	"{\"duration\": {\"gt\": \"0s\", \"lte\": \"30s\"}}",
	"{\"duration\": {\"gt\": \"0s\", \"lte\": \"31s\"}}",
	"{\"duration\": [\"1s\", \"2s\"]}",
	"{\"duration\": [{\"lt\": \"9s\"}, {\"gte\": \"40s\"}]}",
	"{\"direction\": {\"exists\": true}}",
	"{\"src_type\": \"fixed\"}",
	"{\"src_type\": {\"exists\": false}}",
	"{\"dst\": [{\"field\": \"src\"}, {\"suffix\": \"17\"}]}",
	"{\"dst\": {\"prefix\": \"+1312555010\"}}",
	"{\"dst\": {\"prefix\": \"+1312555011\"}}",
	"{\"src\": {\"regex\": \".*7\"}, \"dst\": {\"regex\": \".*7\"}}",
	"{\"dst\": {\"regex\": \".*8\"}}",
	"{\"src\": {\"field\": \"dst\"}}",
	"{\"forwarded_by\": {\"exists\": true}}",
	"{\"forwarded_by\": {\"exists\": false}}",
	"{\"dst\": {\"list\": \"few\"}}",
	"{\"src\": {\"list\": \"few\"}}",
	"{\"time\": {\"outside\": \"business-hours\"}}",
	"{\"time\": {\"inside\": \"business-hours\"}, \"direction\": \"in\"}",
	"{\"since_prev\": {\"lt\": \"10m\"}, \"direction\": \"in\"}",
	"{\"not\": {\"since_prev\": {\"lt\": \"10m\"}}}",
	"{\"event\": \"call\", \"direction\": \"out\"}",
	"{\"ring\": {\"gte\": \"1s\"}}",
	"{\"not\": {\"ring\": {\"gte\": \"2s\"}}}",
	"{\"any\": [{\"ring\": {\"lt\": \"1s\"}}, {\"direction\": \"in\"}]}",
	"{\"user\": \"early\"}",
	"{\"account\": \"nobody\"}",
};

enum { ASKED = sizeof(asked) / sizeof(asked[0]) };

struct fixture {
	struct batch *batch;
	struct named named;
	struct arena arena;
	struct notes notes;
	struct json_doc *docs[ASKED];
	const struct predicate *predicates[ASKED];
	int64_t *since;
	uint64_t random;
};

static unsigned
below(struct fixture *f, unsigned n)
{
	f->random = f->random * UINT64_C(6364136223846793005) + 1;
	return (unsigned)(f->random >> 33) % n;
}

static void
add_parties(struct batch *b)
{
	struct party p;
	char text[32];
	int i;

	for (i = 0; i < PARTIES; i++) {
		memset(&p, 0, sizeof(p));
		(void)snprintf(text, sizeof(text), "+131255501%02d", i);
		p.text = intern_addstr(b->names, text);
		p.kind = NUMKIND_FIXED;
		p.international = i % 5 == 0;
		(void)batch_party(b, &p);
	}
}

static void
add_calls(struct fixture *f)
{
	struct origin *origin;
	struct call *c;
	size_t i;

	for (i = 0; i < CALLS; i++) {
		(void)batch_add(f->batch, &c, &origin);
		c->start = INT64_C(1768262400000) + (int64_t)i * 60000;
		c->direction = (uint8_t)below(f, DIR_TRANSIT + 1);
		c->status = (uint8_t)below(f, STATUS_CANCELLED + 1);
		c->src = below(f, PARTIES + 1);
		c->dst = below(f, PARTIES + 1);
		batch_set_extra(f->batch, EXTRA_FORWARDED_BY, i,
		    below(f, 9) == 0 ? c->src : 0);
		c->duration = below(f, 60) * 1000;
		c->ring = (uint32_t)(i / BLOCK * 1000);
		c->user = i < BLOCK + 100
			      ? intern_addstr(f->batch->names, "early")
			      : 0;
		f->since[i] = (int64_t)below(f, SINCE * 1000) - 1;
	}
	f->batch->since_prev = f->since;
}

static void
add_names(struct named *n)
{
	struct numlist *list = numlist_new("few", NUMLIST_EXACT);
	struct numlist_entry e = { .value = "+13125550107",
		.source = "",
		.note = "",
		.added = INT64_MIN,
		.expires = NUMLIST_NEVER };
	struct calendar *c = calendar_new("business-hours");
	struct errmsg err;

	assert_int_equal(numlist_add(list, &e, &err), 0);
	e.value = "+13125550109"; /* its last day is among the calls' */
	assert_int_equal(date_parse("2026-01-15", &e.expires), 0);
	assert_int_equal(numlist_add(list, &e, &err), 0);
	numlist_seal(list);
	named_put_list(n, &(struct named_list){ .name = "few",
			      .of = field_find("dst"),
			      .list = list });
	assert_int_equal(calendar_open(c, "mon-fri", "08:00-18:00", &err), 0);
	named_put_calendar(n,
	    &(struct named_calendar){ .name = "business-hours",
		.calendar = c });
}

static const struct predicate *
compile(struct fixture *f, const char *text, struct json_doc **doc)
{
	static const struct params none;

	*doc = json_parse(text, strlen(text), "file", &f->notes);
	assert_non_null(*doc);
	return predicate_compile(json_root(*doc), &f->arena, &none, &f->notes);
}

static int
set_up(void **state)
{
	static struct fixture f;
	size_t i;

	memset(&f, 0, sizeof(f));
	f.batch = batch_new();
	f.since = xcalloc(CALLS, sizeof(*f.since));
	named_init(&f.named);
	arena_init(&f.arena);
	notes_init(&f.notes);
	(void)batch_source(f.batch, "pbx1", "", zone_utc(), NULL);
	add_parties(f.batch);
	add_calls(&f);
	add_names(&f.named);
	for (i = 0; i < ASKED; i++) {
		f.predicates[i] = compile(&f, asked[i], &f.docs[i]);
		if (f.predicates[i] == NULL)
			fail_msg("%s", asked[i]);
	}
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < ASKED; i++) {
		predicate_release(f->predicates[i]);
		json_free(&f->docs[i]);
	}
	batch_free(&f->batch);
	named_fini(&f->named);
	arena_fini(&f->arena);
	notes_fini(&f->notes);
	free(f->since);
	return 0;
}

/* The calls that are selected, of those from one on, pass one by one. */
static void
same_from(struct fixture *f, const struct predicate_answers *a, size_t which,
    bool before, size_t from)
{
	const struct predicate *p = f->predicates[which];
	uint64_t bits[CALLS / 64 + 1];
	struct predicate_bound *bound;
	struct errmsg err;
	bool got, want;
	size_t i;

	assert_int_equal(predicate_select(a, p, before, f->batch, &f->named,
			     bits, &err),
	    0);
	assert_int_equal(predicate_bind(&bound, p, f->batch, &f->named, &err),
	    0);
	for (i = from; i < 64 * (CALLS / 64 + 1); i++) {
		got = (bits[i / 64] >> (i % 64) & 1) != 0;
		want = i < CALLS &&
		       (before ? predicate_test_before(bound, f->batch, i)
			       : predicate_test(bound, f->batch, i));
		if (got != want)
			fail_msg("%s: call %zu", asked[which], i);
	}
	predicate_unbind(&bound);
}

static void
same(struct fixture *f, const struct predicate_answers *a, size_t which,
    bool before)
{
	same_from(f, a, which, before, 0);
}

static void
test_together(void **state)
{
	struct fixture *f = *state;
	struct predicate_answers *a;
	size_t threads, i;

	for (threads = 1; threads <= 3; threads++) {
		a = predicate_answers_new(f->batch, &f->named, NULL);
		for (i = 0; i < ASKED; i++)
			predicate_ask(a, f->predicates[i], 0);
		predicate_ask(a, f->predicates[0], 0); /* twice is once */
		predicate_answer(a, threads);
		for (i = 0; i < ASKED; i++) {
			same(f, a, i, false);
			same(f, a, i, true);
		}
		predicate_answers_free(&a);
		assert_null(a);
	}
}

/* Opening hours are those of the places that are given, asked or not. */
static void
test_places(void **state)
{
	const size_t hours = 23;
	struct fixture *f = *state;
	struct predicate_answers *a;
	uint64_t here[CALLS / 64 + 1], there[CALLS / 64 + 1];
	uint64_t not_asked[CALLS / 64 + 1];
	struct locals places;
	struct errmsg err;

	assert_int_equal(predicate_select(NULL, f->predicates[hours], false,
			     f->batch, &f->named, here, &err),
	    0);
	locals_init(&places, f->batch, &f->named, NULL);
	places.list[0].zone = zone_get("America/Chicago", NULL);
	a = predicate_answers_new(f->batch, &f->named, &places);
	assert_int_equal(predicate_select(a, f->predicates[hours], false,
			     f->batch, &f->named, not_asked, &err),
	    0);
	predicate_ask(a, f->predicates[hours], 0);
	predicate_answer(a, 1);
	assert_int_equal(predicate_select(a, f->predicates[hours], false,
			     f->batch, &f->named, there, &err),
	    0);
	assert_memory_equal(there, not_asked, sizeof(there));
	assert_memory_not_equal(there, here, sizeof(there));
	predicate_answers_free(&a);
	locals_fini(&places);
}

/*
 * Who looks at later calls alone is told of these; who asks the same of all, of
 * all.
 */
static void
test_from(void **state)
{
	static const size_t froms[] = { 1, 777, BLOCK - 1, BLOCK, BLOCK + 99,
		BLOCK + 101, 2 * BLOCK, CALLS - 1, CALLS };
	enum { FROMS = sizeof(froms) / sizeof(froms[0]) };
	struct fixture *f = *state;
	struct predicate_answers *a;
	size_t i, k, from[ASKED];

	for (k = 0; k < 2 * FROMS; k++) {
		a = predicate_answers_new(f->batch, &f->named, NULL);
		for (i = 0; i < ASKED; i++) {
			from[i] = froms[k / 2] / (1 + (i + k) % 2);
			predicate_ask(a, f->predicates[i], from[i]);
		}
		/* the least counts */
		predicate_ask(a, f->predicates[1], from[1] = 0);
		predicate_ask(a, f->predicates[ASKED - 2], from[ASKED - 2] = 0);
		predicate_answer(a, 1 + k % 3);
		for (i = 0; i < ASKED; i++)
			same_from(f, a, i, false, from[i]);
		predicate_answers_free(&a);
	}
}

/* Which kinds of record may match. */
static void
test_events(void **state)
{
	enum { CALL = 1, ADMIN = 2, SET = 4, QUALITY = 8, ALL = 15 };
	static const struct {
		const char *text;
		unsigned events;
	} rows[] = {
		{ "{}", ALL },
		{ "{\"status\": \"busy\"}", ALL },
		{ "{\"not\": {\"status\": \"busy\"}}", ALL },
		{ "{\"event\": \"call\"}", CALL },
		{ "{\"event\": [\"call\", \"admin\"]}", CALL | ADMIN },
		{ "{\"event\": {\"exists\": true}}", ALL },
		{ "{\"not\": {\"event\": \"call\"}}", ADMIN | SET | QUALITY },
		{ "{\"not\": {\"event\": \"call\", \"status\": \"busy\"}}",
		    ALL },
		{ "{\"not\": {\"any\": [{\"event\": \"call\"}, "
		  "{\"event\": \"quality\"}]}}",
		    ADMIN | SET },
		{ "{\"any\": [{\"event\": \"call\", \"status\": \"busy\"}, "
		  "{\"event\": \"quality\"}]}",
		    CALL | QUALITY },
		{ "{\"event\": \"admin\", \"all\": [{\"event\": \"call\"}]}",
		    0 },
	};
	struct fixture *f = *state;
	const struct predicate *p;
	struct json_doc *doc;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		p = compile(f, rows[i].text, &doc);
		if (p == NULL || predicate_events(p) != rows[i].events)
			fail_msg("%s", rows[i].text);
		predicate_release(p);
		json_free(&doc);
	}
}

/* One that was not asked with the others, and one alone. */
static void
test_not_asked(void **state)
{
	struct fixture *f = *state;
	struct predicate_answers *a;

	a = predicate_answers_new(f->batch, &f->named, NULL);
	predicate_ask(a, f->predicates[0], 0);
	predicate_answer(a, 2);
	same(f, a, 2, false);
	same(f, NULL, 5, false);
	predicate_answers_free(&a);
}

/* Each must match some calls and not others, or nothing was compared. */
static void
test_tells(void **state)
{
	struct fixture *f = *state;
	uint64_t bits[CALLS / 64 + 1], any;
	struct errmsg err;
	size_t i, k;

	for (i = 1; i + 1 < ASKED; i++) {
		any = 0;
		assert_int_equal(predicate_select(NULL, f->predicates[i], false,
				     f->batch, &f->named, bits, &err),
		    0);
		for (k = 0; k < CALLS / 64 + 1; k++)
			any |= bits[k];
		if (any == 0)
			fail_msg("%s: matches nothing", asked[i]);
	}
}

/* What comes of other calls is left out, wherever it stands. */
static void
test_early(void **state)
{
	static const struct {
		const char *text, *as;
	} rows[] = {
		{ "{\"direction\": \"in\", \"src_new\": true}",
		    "{\"direction\": \"in\"}" },
		{ "{\"direction\": \"in\", \"src_new\": true, "
		  "\"since_prev\": {\"lt\": \"10m\"}}",
		    "{\"direction\": \"in\"}" },
		{ "{\"direction\": \"in\", \"not\": {\"src_new\": true}}",
		    "{\"direction\": \"in\"}" },
		{ "{\"direction\": \"in\", \"any\": [{\"src_new\": true}, "
		  "{\"status\": \"busy\"}]}",
		    "{\"direction\": \"in\"}" },
		{ "{\"direction\": \"in\", \"status\": \"busy\"}",
		    "{\"direction\": \"in\", \"status\": \"busy\"}" },
	};
	struct fixture *f = *state;
	uint64_t got[CALLS / 64 + 1], want[CALLS / 64 + 1];
	const struct predicate *p, *as;
	struct json_doc *docs[2];
	struct errmsg err;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		p = compile(f, rows[i].text, &docs[0]);
		as = compile(f, rows[i].as, &docs[1]);
		assert_non_null(p);
		assert_non_null(as);
		assert_int_equal(predicate_select_early(NULL, p, f->batch,
				     &f->named, got, &err),
		    0);
		assert_int_equal(predicate_select(NULL, as, false, f->batch,
				     &f->named, want, &err),
		    0);
		assert_memory_equal(got, want, sizeof(got));
		predicate_release(p);
		predicate_release(as);
		json_free(&docs[0]);
		json_free(&docs[1]);
	}
}

/* What cannot be answered fails those alone that ask it. */
static void
test_refused(void **state)
{
	static const struct {
		const char *text;
		int status;
		const char *words;
	} rows[] = {
		{ "{\"dialled\": {\"regex\": \"(0+)+(0+)+(0+)+9\"}}", 1,
		    "gave up" },
		{ "{\"dst\": {\"list\": \"none\"}}", -1,
		    "unknown list 'none'" },
		{ "{\"time\": {\"inside\": \"none\"}}", -1,
		    "unknown calendar 'none'" },
	};
	struct fixture *f = *state;
	uint64_t bits[CALLS / 64 + 1];
	struct predicate_answers *a;
	const struct predicate *p;
	struct json_doc *doc;
	struct errmsg err;
	size_t i;

	f->batch->calls[CALLS - 1].dialled = intern_addstr(f->batch->names,
	    "00000000000000000000000000000000000000000000000000000000000009x");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		p = compile(f, rows[i].text, &doc);
		assert_non_null(p);
		a = predicate_answers_new(f->batch, &f->named, NULL);
		predicate_ask(a, p, 0);
		predicate_ask(a, f->predicates[2], 0);
		predicate_answer(a, 2);
		err = (struct errmsg){ "" };
		assert_int_equal(predicate_select(a, p, false, f->batch,
				     &f->named, bits, &err),
		    rows[i].status);
		assert_non_null(strstr(err.text, rows[i].words));
		same(f, a, 2, false);
		predicate_answers_free(&a);
		predicate_release(p);
		json_free(&doc);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_together, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_early, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_asked, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_from, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_places, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_events, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tells, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
