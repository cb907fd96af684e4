/* What labels do to baselines: an attack that somebody named is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "scene.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Three times the most there was; bursts, so that other rules see them. */
#define SPIKE                                                           \
	"\"match\": {}, \"by\": [\"account\"], \"measure\": {\"fn\": "  \
	"\"count\", \"window\": \"day\"}, \"baseline\": {\"history\": " \
	"\"28d\", \"season\": \"none\", \"stat\": \"max\", "            \
	"\"min_buckets\": 3}, \"when\": {\"times\": 3, \"min_calls\": 10}"
#define BURST                                                            \
	"\"match\": {\"direction\": \"out\"}, \"by\": [\"account\"], "   \
	"\"measure\": {\"fn\": \"count\", \"over\": \"1h\"}, \"when\": " \
	"{\"gte\": 20}"
#define RULES                                   \
	SCENE_RULES(SCENE_RULE("burst", "test", \
	    BURST) ", " SCENE_RULE("spike", "test", SPIKE))

static void
add_days(struct buf *out, const int *calls, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_addf(out,
		    "%s{\"start\": \"2026-01-%02zuT10:00:00\", \"repeat\": %d, "
		    "\"every\": \"1m\", \"account\": \"A\", \"direction\": "
		    "\"%s\"}",
		    i > 0 ? ", " : "", i + 10, calls[i],
		    calls[i] == 40 ? "out" : "in");
}

static const struct finding *
find(const struct scene *s, const char *rule, int day)
{
	struct civil c;
	size_t i;

	for (i = 0; i < s->found.n; i++) {
		zone_to_local(zone_utc(), s->found.findings[i]->first_seen, &c);
		if (strcmp(s->found.findings[i]->rule, rule) == 0 &&
		    c.day == day)
			return s->found.findings[i];
	}
	return NULL;
}

static const struct {
	const char *label; /* the finding of this rule on day 15 */
	bool late;         /* whether day 17 is found, too */
	int64_t baseline;  /* on day 17 */
} rows[] = {
	/* an attack counts up to what it would just have fired at: 12 */
	{ NULL, false, 0 },
	/* named, it is no day with calls, whichever rule named it */
	{ "spike", true, 4 * RULE_UNIT },
	{ "burst", true, 4 * RULE_UNIT },
};

static void
test_labels(void **state)
{
	static const int days[] = { 4, 3, 4, 2, 4, 40, 4, 20 };
	const struct finding *f;
	struct call_ref *own;
	struct results first;
	struct scene s;
	struct buf calls;
	size_t i;

	(void)state;
	buf_init(&calls);
	add_days(&calls, days, COUNT(days));
	for (i = 0; i < COUNT(rows); i++) {
		scene_play(&s, RULES, calls.data);
		first = s.found;
		assert_non_null(find(&s, "spike", 15));
		assert_null(find(&s, "spike", 17));
		if (rows[i].label != NULL) {
			f = find(&s, rows[i].label, 15);
			results_init(&s.found);
			s.set.fraud = finding_members(f, &own);
			s.set.nfraud = f->nmembers;
			assert_int_equal(f->nmembers, 40);
			assert_int_equal(scene_run(&s), 0);
			results_fini(&first);
			free(own);
		}
		/* what is labelled is found all the same */
		assert_non_null(find(&s, "spike", 15));
		assert_non_null(find(&s, "burst", 15));
		f = find(&s, "spike", 17);
		assert_int_equal(f != NULL, rows[i].late);
		if (f != NULL)
			assert_int_equal(f->baseline, rows[i].baseline);
		scene_end(&s);
	}
	buf_fini(&calls);
}

/* Of a group whose calls are all labelled nothing is known. */
static void
test_all_fraud(void **state)
{
	static const int days[] = { 4, 3, 4, 2, 4, 40 };
	struct call_ref refs[64];
	struct buf calls;
	struct scene s;
	size_t i;

	(void)state;
	buf_init(&calls);
	add_days(&calls, days, COUNT(days));
	scene_play(&s, RULES, calls.data);
	assert_non_null(find(&s, "spike", 15));
	assert_true(s.calls->n <= COUNT(refs));
	for (i = 0; i < s.calls->n; i++)
		refs[i] = (struct call_ref){
			.start = s.calls->calls[i].start,
			.key = s.calls->origins[i].key,
			.source =
			    finding_member(find(&s, "spike", 15), 0).source,
		};
	s.set.fraud = refs;
	s.set.nfraud = s.calls->n;
	assert_int_equal(scene_run(&s), 0);
	assert_null(find(&s, "spike", 15));
	assert_non_null(find(&s, "burst", 15));
	/* calls of another source, or none at all, are not meant */
	for (i = 0; i < s.calls->n; i++)
		refs[i].source++;
	assert_int_equal(scene_run(&s), 0);
	assert_non_null(find(&s, "spike", 15));
	scene_end(&s);
	buf_fini(&calls);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_all_fraud),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
