/* Which numbers follow each other, of more than a short index counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "detect/detect_group_impl.h"
#include "scene.h"

/* Prime to each other, so that each number comes once, in no order. */
enum { MANY = 70000, STRIDE = 30011, FAMILIES = 8192 };

static uint32_t
add_party(struct batch *b, const char *text, uint8_t kind)
{
	return batch_party(b,
	    &(struct party){ .text = intern_addstr(b->names, text),
		.kind = kind });
}

/* Each tenth number is missing, and each seventh is that of two parties. */
static bool
is_there(size_t number)
{
	return number < MANY && number % 10 != 3;
}

static void
add_many(struct batch *b, uint32_t *ids)
{
	char text[32];
	size_t i, number;

	for (i = 0; i < MANY; i++) {
		number = i * STRIDE % MANY;
		(void)snprintf(text, sizeof(text), "+4420%08zu", number);
		if (!is_there(number))
			continue;
		ids[number] = add_party(b, text, NUMKIND_FIXED);
		if (number % 7 == 0)
			ids[number] = add_party(b, text, NUMKIND_MOBILE);
	}
	(void)add_party(b, "anonymous", 0);
	(void)add_party(b, "anonymous@trunk", 0);
}

static void
test_many(void **state)
{
	struct batch *b = batch_new();
	uint32_t *ids = calloc(MANY, sizeof(*ids)), at, last = 0;
	struct detect_places p = { .nfields = 0 };
	size_t i, before = MANY;

	(void)state;
	assert_non_null(ids);
	add_many(b, ids);
	assert_true(b->nparties > 65536);
	assert_true(detect_places_fill(&p, b));
	assert_int_equal(p.of_party[0], 0);
	for (i = 0; i < MANY; i++) {
		if (!is_there(i))
			continue;
		at = p.of_party[ids[i]];
		assert_true(at > 0 && at < p.n);
		if (before + 1 == i)
			assert_int_equal(at, last + 1);
		else
			assert_true(at > last + 1);
		if (i % 7 == 0)
			assert_int_equal(p.of_party[ids[i] - 1], at);
		before = i;
		last = at;
	}
	for (i = b->nparties - 2; i < b->nparties; i++) {
		assert_true(p.of_party[i] > last + 1 && p.of_party[i] < p.n);
		last = p.of_party[i];
	}
	detect_places_fini(&p);
	free(ids);
	batch_free(&b);
}

/* Calls to each number, and to none, twice. */
static struct batch *
calls_to_all(bool many)
{
	struct batch *b = batch_new();
	uint32_t *ids = calloc(MANY, sizeof(*ids));
	struct origin *o;
	struct call *c;
	size_t i, n;

	assert_non_null(ids);
	if (many)
		add_many(b, ids);
	else
		(void)add_party(b, "201", NUMKIND_INTERNAL);
	for (i = 0, n = b->nparties; i < 2 * n; i++) {
		(void)batch_add(b, &c, &o);
		c->dst = (uint32_t)(i % n);
	}
	free(ids);
	return b;
}

/* Places of calls are codes: equal where those of the field are. */
static void
check_codes(bool many)
{
	struct batch *b = calls_to_all(many);
	const struct field *f = field_find("dst");
	struct detect_places p = { .fields = { f }, .nfields = 1 };
	uint32_t *codes = calloc(b->n, sizeof(*codes)), code;
	const size_t half = b->n / 2 - 1;
	size_t i;

	assert_non_null(codes);
	assert_true(detect_places_fill(&p, b));
	detect_places_tell(&p, b, 0, half);
	detect_places_tell(&p, b, half, b->n);
	assert_int_equal(p.of_call[0].many != NULL, many);
	assert_false(detect_places_codes(&p, field_find("src"), 0, 1, codes));
	assert_true(detect_places_codes(&p, f, 0, 1, codes));
	assert_true(detect_places_codes(&p, f, 1, b->n - 1, codes + 1));
	for (i = 0; i < b->n; i++) {
		code = field_code(f, b, i);
		if (code == FIELD_MISSING) {
			assert_int_equal(codes[i], FIELD_MISSING);
			continue;
		}
		assert_true(codes[i] < p.n);
		assert_int_equal(p.texts[codes[i]], code);
		assert_int_equal(detect_places_at(&p, 0, i), codes[i]);
		assert_int_equal(codes[i], p.of_party[b->calls[i].dst]);
	}
	free(codes);
	detect_places_fini(&p);
	batch_free(&b);
}

static void
test_codes(void **state)
{
	(void)state;
	check_codes(false);
	check_codes(true);
}

/* One more of them, and it is not known. */
static void
test_families(void **state)
{
	struct batch *b = batch_new();
	struct detect_places p = { .nfields = 0 };
	char text[32];
	unsigned i;

	(void)state;
	/* the first of all ids is that of no bytes */
	for (i = 1; i < FAMILIES; i++) {
		(void)snprintf(text, sizeof(text), "200@site%u", i);
		(void)add_party(b, text, NUMKIND_UNKNOWN);
	}
	assert_true(detect_places_fill(&p, b));
	detect_places_fini(&p);
	(void)add_party(b, "200@another", NUMKIND_UNKNOWN);
	assert_false(detect_places_fill(&p, b));
	detect_places_fini(&p);
	batch_free(&b);
}

/* A row of so many numbers is found, and one more is not. */
static void
test_row(void **state)
{
	static const char rule[] =
	    "\"by\": [\"account\"], \"match\": {}, \"measure\": {\"fn\": "
	    "\"%s\", \"of\": \"dst\", \"over\": \"24h\"}, \"when\": "
	    "{\"gte\": %d}";
	static const char calls[] =
	    "\"calls\": [{\"start\": \"2026-01-01T01:00:00\", \"repeat\": "
	    "70000, \"every\": 1, \"account\": \"A\", \"dst\": "
	    "\"+4420%08d\", \"step\": {\"dst\": 1}}]";
	static const char *const fns[] = { "run", "distinct" };
	struct scene s;
	struct buf text;
	char *rules;
	size_t i;
	int more;

	(void)state;
	buf_init(&text);
	for (i = 0; i < 4; i++) {
		more = i % 2;
		buf_reset(&text);
		buf_addf(&text, rule, fns[i / 2], MANY + more);
		rules = scene_rule(text.data);
		assert_int_equal(scene_rules(&s, rules), 0);
		free(rules);
		buf_reset(&text);
		buf_addf(&text, calls, 0);
		scene_calls(&s, text.data);
		assert_int_equal(s.calls->n, MANY);
		assert_int_equal(scene_run(&s), 0);
		assert_int_equal(s.found.n, more ? 0 : 1);
		if (!more)
			assert_int_equal(s.found.findings[0]->value,
			    MANY * RULE_UNIT);
		scene_end(&s);
	}
	buf_fini(&text);
}

/* More values than 16 bits tell are groups all the same, to the last of them. */
static void
test_values(void **state)
{
	static const char calls[] =
	    "\"calls\": [{\"start\": \"2026-01-01T01:00:00\", \"repeat\": "
	    "70000, \"every\": 1, \"account\": \"A\", \"dst\": "
	    "\"+442000000000\", \"step\": {\"dst\": 1}}, "
	    "{\"start\": \"2026-01-02T01:00:00\", \"repeat\": 3, "
	    "\"every\": 1, \"account\": \"A\", \"dst\": "
	    "\"+442000065535\", \"step\": {\"dst\": 2000}}]";
	char *rules = scene_rule(
	    "\"by\": [\"dst\"], \"match\": {}, \"measure\": {\"fn\": "
	    "\"count\", \"over\": \"48h\"}, \"when\": {\"gte\": 2}");
	static const char *const found[] = { "+442000065535", "+442000067535",
		"+442000069535" };
	struct scene s;
	size_t i;

	(void)state;
	assert_int_equal(scene_rules(&s, rules), 0);
	free(rules);
	scene_calls(&s, calls);
	assert_int_equal(scene_run(&s), 0);
	assert_int_equal(s.found.n, 3);
	for (i = 0; i < 3; i++)
		assert_string_equal(s.found.findings[i]->group_values[0],
		    found[i]);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_many),
		cmocka_unit_test(test_codes), cmocka_unit_test(test_families),
		cmocka_unit_test(test_row), cmocka_unit_test(test_values) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
