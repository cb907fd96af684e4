#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recorded.h"
#include "scene.h"

/*
 * Emergency numbers are never what a finding is about, whatever the rule
 * looks at; another number in the same calls is.
 */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define IN       "PJSIP/4001-00000001"
#define TRUNK    "PJSIP/carrier-00000002"

enum { MOST = 4, TIMES = 3 };

/* As people dial them, and the number that comes out. */
static const struct {
	const char *home, *outside; /* outside: NULL none stated */
	const char *dialled[MOST], *number[MOST];
} countries[] = {
	{ "US", "9", { "911", "9911", "112" }, { "911", "911", "112" } },
	{ "CA", NULL, { "911", "9911" }, { "911", "911" } },
	{ "JM", NULL, { "110", "119", "911" }, { "110", "119", "911" } },
	{ "GB", "9", { "999", "9999", "112" }, { "999", "999", "112" } },
	{ "DE", "0", { "110", "112", "0112", "0110" },
	    { "110", "112", "112", "110" } },
	{ "FR", "0", { "15", "17", "18", "0112" },
	    { "15", "17", "18", "112" } },
	{ "AU", NULL, { "000", "112" }, { "000", "112" } },
	{ "JP", NULL, { "110", "119" }, { "110", "119" } },
	{ "IN", NULL, { "100", "102", "108" }, { "100", "102", "108" } },
	{ "RU", NULL, { "01", "02", "103" }, { "01", "02", "103" } },
	{ "BR", NULL, { "190", "192", "193" }, { "190", "192", "193" } },
	{ NULL, NULL, { "112", "911" }, { "112", "911" } },
};

/* Every shape of rule whose group can be a number. */
static const char *const shapes[] = {
	"\"by\": [\"dst\"]",
	"\"by\": [\"dialled\"]",
	"\"by\": [\"src\"]",
	"\"by\": [\"src_name\"]",
	"\"by\": [\"dst_block\"]",
	"\"by\": [\"src_block\"]",
	"\"by\": [\"dst_type\"]",
	"\"by\": [\"src_type\"]",
	"\"by\": [\"src\", \"dst\"], \"entity\": \"dst\"",
	"\"by\": [\"account\", \"dst\"]",
	"\"by\": [\"account\", \"dst\"], \"entity\": \"dst\"",
	"\"by\": [\"dst\", \"user\"], \"entity\": \"user\"",
	"\"by\": [\"trunk_in\", \"src\"], \"entity\": \"src\"",
	"\"by\": [\"direction\", \"dialled\"], \"entity\": \"dialled\"",
};

/* What they may look for in a group; all of them find three calls. */
static const char *const measures[] = {
	"",
	", \"measure\": {\"fn\": \"count\", \"over\": \"1d\"}, "
	"\"when\": {\"gte\": 3}",
	", \"measure\": {\"fn\": \"sum\", \"of\": \"duration\", "
	"\"window\": \"day\"}, \"when\": {\"gte\": \"3m\"}",
	", \"measure\": {\"fn\": \"distinct\", \"of\": \"call_id\", "
	"\"over\": \"1d\"}, \"when\": {\"gte\": 3}",
	", \"measure\": {\"fn\": \"ratio\", "
	"\"where\": {\"status\": \"answered\"}, \"window\": \"hour\"}, "
	"\"when\": {\"gte\": 0.5, \"min_calls\": 3}",
	", \"measure\": {\"fn\": \"concurrent\"}, \"when\": {\"gte\": 3}",
};

struct place {
	struct numplan *numplan;
	struct dialplan *plan;
	struct batch *calls;
	int64_t at; /* seconds; of the next call */
};

/* A call that lasts until the third after it has begun. */
static void
add_call(struct place *p, const char *src, const char *dst, const char *in,
    const char *out)
{
	struct batch *b = p->calls;
	char id[24];

	recorded_add(b, &(struct recorded){ .at = p->at,
			    .src = src,
			    .dst = dst,
			    .in = in,
			    .out = out,
			    .talk = 60,
			    .status = STATUS_ANSWERED });
	(void)snprintf(id, sizeof(id), "c.%lld", (long long)p->at);
	b->origins[b->n - 1].call_id = intern_addstr(b->names, id);
	batch_set_extra(b, EXTRA_SRC_NAME, b->n - 1,
	    intern_addstr(b->names, src));
	p->at += 10;
}

/* Called from inside, and calling in. */
static void
add_number(struct place *p, const char *dialled, const char *received)
{
	int i;

	for (i = 0; i < TIMES; i++)
		add_call(p, "4001", dialled, IN, TRUNK);
	for (i = 0; i < TIMES; i++)
		add_call(p, received, "4001", TRUNK, IN);
}

static void
open_place(struct place *p, size_t country)
{
	static const char *const trunks[] = { "PJSIP/carrier" };
	const struct dialplan_settings set = {
		.home_country = countries[country].home,
		.outside = &countries[country].outside,
		.noutside = countries[country].outside != NULL,
	};
	struct errmsg err;
	size_t i;

	memset(p, 0, sizeof(*p));
	assert_int_equal(numplan_load(&p->numplan, "rules/numplan", &err), 0);
	assert_int_equal(dialplan_new(&p->plan, &set, p->numplan, &err), 0);
	p->calls = batch_new();
	for (i = 0; i < MOST && countries[country].dialled[i] != NULL; i++)
		add_number(p, countries[country].dialled[i],
		    countries[country].number[i]);
	add_number(p, "+88213000123", "+88213000123"); /* nobody's */
	recorded_resolve(p->calls, p->plan, trunks, 1, NULL);
	batch_sort(p->calls);
}

static void
close_place(struct place *p)
{
	dialplan_free(&p->plan);
	numplan_free(&p->numplan);
}

static bool
is_emergency(const char *text, size_t country)
{
	size_t i;

	for (i = 0; i < MOST && countries[country].dialled[i] != NULL; i++)
		if (strcmp(text, countries[country].number[i]) == 0 ||
		    strcmp(text, countries[country].dialled[i]) == 0)
			return true;
	return strcmp(text, "emergency") == 0;
}

static void
check_finding(const struct finding *f, size_t country, const char *rule)
{
	size_t i;

	if (is_emergency(f->entity, country))
		fail_msg("%s: a finding about %s %s", rule, f->entity_type,
		    f->entity);
	for (i = 0; i < f->ngroup; i++)
		if (is_emergency(f->group_values[i], country))
			fail_msg("%s: a group of %s %s", rule,
			    f->group_fields[i], f->group_values[i]);
}

/* One rule; other numbers must be found, or nothing was tested. */
static void
check_rule(struct place *p, size_t country, const char *shape,
    const char *measure)
{
	struct scene s;
	struct buf keys;
	char *rules;
	size_t i;

	buf_init(&keys);
	buf_addf(&keys, "\"match\": {}, %s%s", shape, measure);
	rules = scene_rule(keys.data);
	if (scene_rules(&s, rules) < 0)
		fail_msg("%s: %s", rules, s.notes.list[0].text);
	s.calls = p->calls;
	s.set.as_of = RECORDED_DAY + INT64_C(2) * 24 * 3600 * 1000;
	assert_int_equal(scene_run(&s), 0);
	if (s.found.n == 0)
		fail_msg("%s finds nothing", keys.data);
	for (i = 0; i < s.found.n; i++)
		check_finding(s.found.findings[i], country, keys.data);
	s.calls = NULL;
	scene_end(&s);
	free(rules);
	buf_fini(&keys);
}

static void
test_never_the_subject(void **state)
{
	struct place p;
	size_t c, shape, m;

	(void)state;
	for (c = 0; c < COUNT(countries); c++) {
		open_place(&p, c);
		for (shape = 0; shape < COUNT(shapes); shape++)
			for (m = 0; m < COUNT(measures); m++)
				check_rule(&p, c, shapes[shape], measures[m]);
		batch_free(&p.calls);
		close_place(&p);
	}
}

/* Each of them was taken for one, dialled and calling. */
static void
test_they_are_emergency_calls(void **state)
{
	const struct call *call;
	struct place p;
	size_t c, i, n;

	(void)state;
	for (c = 0; c < COUNT(countries); c++) {
		open_place(&p, c);
		for (n = 0; n < MOST && countries[c].dialled[n] != NULL; n++)
			for (i = 0; i < TIMES; i++) {
				call = &p.calls->calls[n * 2 * TIMES + i];
				assert_int_equal(
				    p.calls->parties[call->dst].kind,
				    NUMKIND_EMERGENCY);
				assert_string_equal(batch_party_text(p.calls,
							call->dst),
				    countries[c].number[n]);
				call += TIMES;
				assert_int_equal(
				    p.calls->parties[call->src].kind,
				    NUMKIND_EMERGENCY);
			}
		batch_free(&p.calls);
		close_place(&p);
	}
}

/* They count in what an account, a country or all traffic comes to. */
static void
test_counted_in_volumes(void **state)
{
	static const char *const groups[] = { "\"by\": [\"account\"]",
		"\"by\": [\"direction\"]", "\"by\": []",
		"\"by\": [\"dst_country\"]" };
	struct scene s;
	struct place p;
	struct buf keys;
	char *rules;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(groups); i++) {
		open_place(&p, 4);
		buf_init(&keys);
		buf_addf(&keys,
		    "\"match\": {\"dst_type\": \"emergency\"}, %s, "
		    "\"measure\": {\"fn\": \"count\", \"over\": \"1d\"}, "
		    "\"when\": {\"gte\": 12}",
		    groups[i]);
		rules = scene_rule(keys.data);
		assert_int_equal(scene_rules(&s, rules), 0);
		s.calls = p.calls;
		assert_int_equal(scene_run(&s), 0);
		assert_int_equal(s.found.n, 1);
		assert_int_equal(s.found.findings[0]->nmembers, 4 * TIMES);
		check_finding(s.found.findings[0], 4, groups[i]);
		scene_end(&s);
		close_place(&p);
		buf_fini(&keys);
		free(rules);
	}
}

/* Why they are in no group, which is another reason than a missing field. */
static void
test_told(void **state)
{
	static const struct {
		const char *by, *told;
	} rows[] = {
		{ "\"dst\"",
		    "rule 'r': 12 calls joined no group: an emergency number "
		    "is no group of its own" },
		{ "\"dst\", \"group\"",
		    "rule 'r': 30 calls lack a field of \"by\" and joined no "
		    "group" },
	};
	struct scene s;
	struct place p;
	struct buf keys;
	char *rules;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		open_place(&p, 4);
		buf_init(&keys);
		buf_addf(&keys, "\"match\": {}, \"by\": [%s]", rows[i].by);
		rules = scene_rule(keys.data);
		assert_int_equal(scene_rules(&s, rules), 0);
		s.calls = p.calls;
		assert_int_equal(scene_run(&s), 0);
		assert_int_equal(s.notes.n, 1);
		assert_int_equal(s.notes.list[0].level, NOTE_DETAIL);
		assert_string_equal(s.notes.list[0].text, rows[i].told);
		scene_end(&s);
		close_place(&p);
		buf_fini(&keys);
		free(rules);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_never_the_subject),
		cmocka_unit_test(test_they_are_emergency_calls),
		cmocka_unit_test(test_counted_in_volumes),
		cmocka_unit_test(test_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
