#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cdr/daysums.h"
#include "cdr/legs.h"
#include "cdr/understand.h"
#include "recorded.h"

/*
 * Random records of some weeks, of which some come later: a stretch of them,
 * with what was kept of all, is understood as all of them are, with the same
 * notes, or it is said that all are needed.
 */
enum { HOUR = 3600, DAY = 24 * HOUR, DAYS = 40, MOST = DAYS * 160 };
#define DAY_MS INT64_C(86400000)

static const char *const names[] = { "pbx", "gate" };
enum { SOURCES = sizeof(names) / sizeof(names[0]) };

/* A record, and the night in which it comes. */
struct made {
	struct recorded r;
	char join[16], in[32];
	int night;
};

/* Calls in office hours, some of several legs, hours apart now and then. */
static size_t
make(struct made *list, int channels)
{
	static const char *const numbers[] = { "2041", "2042", "3125550921",
		"13125550777", "442079460905", "3125550101" };
	size_t n = 0, legs;
	struct made *m;
	int64_t at;
	int key = 0;

	while (n + 4 < MOST) {
		at = (int64_t)(rand() % DAYS) * DAY +
		     (rand() % 6 == 0 ? rand() % DAY
				      : 8 * HOUR + rand() % (10 * HOUR));
		key++;
		for (legs = 1 + (size_t)(rand() % 8 == 0) * 3; legs > 0;
		     legs--) {
			m = &list[n++];
			(void)snprintf(m->join, sizeof(m->join), "j%d", key);
			(void)snprintf(m->in, sizeof(m->in), "SIP/c%d-%08x",
			    rand() % channels, (unsigned)n);
			m->r = (struct recorded){ .at = at,
				.src = numbers[rand() % 6],
				.dst = numbers[rand() % 6],
				.in = m->in,
				.out = rand() % 2 ? "SIP/carrier-00000001"
						  : "SIP/2042-00000001",
				.join = m->join,
				.status = (enum call_status)(rand() % 6),
				.talk = (uint32_t)rand() % 90,
				.source = names[key % SOURCES],
				.key = n,
				.file = 1,
				.line = (uint32_t)n };
			/* Now and then a leg comes much later. */
			at += rand() % 40 == 0 ? rand() % (30 * HOUR)
					       : rand() % 60;
		}
	}
	return n;
}

/* The records of the nights up to one, from an instant on. */
static struct batch *
batch_of(const struct made *list, size_t n, int night, int64_t from)
{
	struct batch *b = batch_new();
	size_t i;

	(void)batch_file(b, "cdr.csv");
	for (i = 0; i < SOURCES; i++)
		(void)batch_source(b, names[i], "hq", zone_utc(), NULL);
	for (i = 0; i < n; i++) {
		if (list[i].night > night ||
		    RECORDED_DAY + list[i].r.at * 1000 < from)
			continue;
		recorded_add(b, &list[i].r);
		if (list[i].night == night)
			b->calls[b->n - 1].flags |= CALL_ADDED;
	}
	batch_sort(b);
	return b;
}

/* Understood, with what is kept of it, the notes and sums of the days. */
struct result {
	int got;
	struct understand_kept keep;
	struct buf said;
	struct daysums days;
	int64_t legs;
};

static void
go(struct result *r, struct batch *b, const struct understand_stretch *st)
{
	struct source sources[SOURCES] = { { .name = NULL } };
	const struct source *list[SOURCES];
	struct understand_settings set = { .sources = list,
		.nsources = SOURCES,
		.numplan = recorded_site.numplan,
		.guess = true,
		.home = "US",
		.stretch = st,
		.keep = &r->keep };
	struct errmsg err = { "" };
	struct understood out;
	struct notes notes;
	size_t i;

	memset(r, 0, sizeof(*r));
	understand_kept_init(&r->keep);
	buf_init(&r->said);
	notes_init(&notes);
	for (i = 0; i < SOURCES; i++) {
		sources[i].name = sources[i].site = names[i];
		list[i] = &sources[i];
	}
	r->got = understand(b, &set, &out, &notes, &err);
	if (r->got < 0)
		fail_msg("%s", err.text);
	notes_sort(&notes);
	for (i = 0; i < notes.n; i++)
		buf_addf(&r->said, "%s\n", notes.list[i].text);
	for (i = 0; r->got == 0 && i < b->nfiles; i++)
		r->legs += out.legs_added[i];
	if (r->got == 0)
		daysums_take(&r->days, b, 1);
	notes_fini(&notes);
	understood_fini(&out);
}

static void
result_fini(struct result *r)
{
	understand_kept_fini(&r->keep);
	buf_fini(&r->said);
	daysums_fini(&r->days);
}

static void
check_equal(struct result *late, const struct result *all, int64_t begins)
{
	struct buf got, want;

	buf_init(&got);
	buf_init(&want);
	daysums_print(&all->days, &want);
	assert_int_equal(daysums_before(&late->days, want.data, begins), 0);
	daysums_print(&late->days, &got);
	assert_string_equal(got.data, want.data);
	assert_string_equal(late->said.data, all->said.data);
	assert_int_equal(late->legs, all->legs);
	buf_fini(&got);
	buf_fini(&want);
}

struct figures {
	unsigned nights, needed;
	unsigned
	    known; /* from where on calls had to be there, not needing all */
};

/* The beginning of an hour, or of a day that has one sum. */
static int64_t
random_begins(int night)
{
	const int back = rand() % 3;

	return RECORDED_DAY + (DAYS - 6 + night - back) * DAY_MS +
	       (back < 2 ? rand() % 24 : 0) * HOUR * INT64_C(1000);
}

/* As what was kept tells, mostly. */
static struct understand_stretch
random_stretch(const struct understand_kept *kept, int night, bool *known)
{
	struct understand_stretch st = { .begins = random_begins(night),
		.kept = kept };

	st.from = understand_from(kept, st.begins);
	*known = st.from > INT64_MIN && rand() % 4 > 0;
	if (!*known)
		st.from = st.begins - LEGS_SPAN - rand() % 9 * HOUR * 1000;
	else if (rand() % 4 == 0)
		st.from -= rand() % 30 * HOUR * 1000;
	return st;
}

/* What was kept of all nights before; it becomes what is kept of this one. */
static void
live(const struct made *list, size_t n, int night, struct understand_kept *kept,
    struct figures *f)
{
	bool known;
	const struct understand_stretch st =
	    random_stretch(kept, night, &known);
	struct batch *all = batch_of(list, n, night, INT64_MIN);
	struct batch *late = batch_of(list, n, night, st.from);
	struct result ra, rl;

	go(&ra, all, NULL);
	go(&rl, late, &st);
	f->nights++;
	f->needed += rl.got != 0;
	f->known += rl.got == 0 && known;
	if (rl.got == 0)
		check_equal(&rl, &ra, st.begins);
	understand_kept_fini(kept);
	*kept = rl.got == 0 ? rl.keep : ra.keep;
	understand_kept_init(rl.got == 0 ? &rl.keep : &ra.keep);
	result_fini(&ra);
	result_fini(&rl);
	batch_free(&all);
	batch_free(&late);
}

static void
live_on(int channels, int late, unsigned rounds, struct figures *f)
{
	struct made *list = calloc(MOST, sizeof(*list));
	struct understand_kept kept;
	struct result first;
	struct batch *b;
	unsigned round;
	size_t i, n;
	int night;

	assert_non_null(list);
	for (round = 0; round < rounds; round++) {
		n = make(list, channels);
		for (i = 0; i < n; i++) {
			night = (int)(list[i].r.at / DAY) - (DAYS - 4);
			if (night > 0 && rand() % late == 0)
				night++;
			list[i].night = night > 0 ? night : 0;
		}
		b = batch_of(list, n, 0, INT64_MIN);
		go(&first, b, NULL);
		kept = first.keep;
		understand_kept_init(&first.keep);
		result_fini(&first);
		batch_free(&b);
		for (night = 1; night <= 4; night++)
			live(list, n, night, &kept, f);
		understand_kept_fini(&kept);
	}
	free(list);
}

static void
test_stretch(void **state)
{
	struct figures f = { 0 };

	(void)state;
	srand(20260117);
	live_on(3, 100, 25, &f);
	print_message("%u of %u nights need all, %u know from where\n",
	    f.needed, f.nights, f.known);
	assert_true(f.needed > 0 && f.needed < f.nights);
	assert_true(f.known > f.nights / 8);
	/* Channels with so few calls that they become trunks now and then. */
	f = (struct figures){ 0 };
	live_on(60, 60, 25, &f);
	print_message("%u of %u nights need all, %u know from where\n",
	    f.needed, f.nights, f.known);
	assert_true(f.needed > 0 && f.needed < f.nights);
	assert_true(f.known > f.nights / 8);
}

/* Without what is kept, a home country, or records all are needed. */
static void
test_needs_all(void **state)
{
	struct made *list = calloc(MOST, sizeof(*list));
	const int64_t begins = RECORDED_DAY + (DAYS - 2) * DAY_MS;
	struct understand_kept none;
	const struct understand_stretch st = { .from = begins - 2 * LEGS_SPAN,
		.begins = begins,
		.kept = &none };
	struct result r;
	struct batch *b;
	size_t n;

	(void)state;
	assert_non_null(list);
	srand(20260118);
	understand_kept_init(&none);
	n = make(list, 3);
	b = batch_of(list, n, 0, st.from);
	go(&r, b, &st);
	assert_int_equal(r.got, UNDERSTAND_NEEDS_ALL);
	result_fini(&r);
	batch_free(&b);
	free(list);
}

/* Legs across the beginning, with or without a pause before them. */
static void
test_reach(void **state)
{
	static const struct {
		int at[4]; /* hours of one join key; 0: none */
		bool reach;
	} keys[] = {
		{ { 60, 61 }, false },
		{ { 47, 49 }, false },
		{ { 40, 49 }, false },
		{ { 30, 49 }, false },
		{ { 26, 49 }, false },
		{ { 20, 49 }, false },
		{ { 23, 47, 49 }, true },
		{ { 1, 24, 47, 49 }, true },
		{ { 23, 48, 70 }, false },
		{ { 23, 47, 70 }, true },
		{ { 23, 46, 71 }, false },
	};
	struct batch *b;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		b = batch_new();
		/* What stands before is of no account, by whatever key. */
		for (k = 0; k < 50; k++)
			recorded_add(b,
			    &(struct recorded){ .at = -(int64_t)k * HOUR - 1,
				.src = "2042",
				.join = k % 2 == 0 ? "i" : "",
				.key = 100 + k });
		for (k = 0; k < 4 && keys[i].at[k] > 0; k++)
			recorded_add(b, &(struct recorded){
					    .at = (int64_t)keys[i].at[k] * HOUR,
					    .src = "2041",
					    .join = "j",
					    .key = k + 1 });
		batch_sort(b);
		if (legs_reach(b, 1, RECORDED_DAY, RECORDED_DAY + 2 * DAY_MS) !=
		    keys[i].reach)
			fail_msg("keys %zu", i);
		batch_free(&b);
	}
}

/* Hours, as legs_join_keep() has them, of each call by its key, one by one. */
static int64_t
reach_of(const struct batch *b, int64_t begins)
{
	const int64_t hour = HOUR * 1000;
	int64_t least = begins, first, last;
	bool crosses;
	size_t i, k;

	for (i = 0; i < b->n; i++) {
		first = last = b->calls[i].start;
		crosses = false;
		for (k = i + 1; k < b->n; k++) {
			if (batch_join(b, k) == 0 ||
			    strcmp(batch_text(b, batch_join(b, k)),
				batch_text(b, batch_join(b, i))) != 0 ||
			    b->calls[k].source != b->calls[i].source ||
			    b->calls[k].start - last > LEGS_SPAN)
				continue;
			last = b->calls[k].start;
			crosses |= first < begins && last >= begins;
		}
		if (crosses && first < least)
			least = first;
	}
	return least / hour * hour;
}

static void
check_kept(struct batch *b, int64_t since)
{
	const int64_t hour = HOUR * 1000, last = b->calls[b->n - 1].start;
	const int64_t least = (last / hour - 95) * hour;
	int64_t begins, want;
	struct buf kept;

	buf_init(&kept);
	(void)legs_join_keep(b, 2, NULL, NULL, since, &kept);
	for (begins = least - 3 * hour; begins <= last + 3 * hour;
	     begins += hour) {
		want = begins < least || begins < since || begins > last
			   ? INT64_MIN
			   : reach_of(b, begins);
		if (want < begins - 4 * LEGS_SPAN)
			want = INT64_MIN;
		assert_true(legs_kept_from(&kept, begins) == want);
		assert_true(legs_kept_from(&kept, begins + 1) == INT64_MIN);
	}
	for (; kept.len > 0; buf_cut(&kept, kept.len - 1))
		(void)legs_kept_from(&kept, last / hour * hour);
	assert_true(legs_kept_from(&kept, last / hour * hour) == INT64_MIN);
	buf_fini(&kept);
}

/* How far back join keys reach, some of which never pause for long. */
static void
test_kept(void **state)
{
	static const char *const joins[] = { "a", "b", "c", "d", "e", "f", "g",
		"h", "" };
	struct batch *b;
	unsigned round, i;
	int days;

	(void)state;
	srand(20260119);
	for (round = 0; round < 60; round++) {
		b = batch_new();
		days = 1 + rand() % 12;
		for (i = 0; i < 60; i++)
			recorded_add(b,
			    &(struct recorded){
				.at = (int64_t)(rand() % (days * 24)) * HOUR +
				      rand() % 2 * (rand() % HOUR),
				.src = "2041",
				.join = joins[rand() % 9],
				.key = i + 1 });
		batch_sort(b);
		recorded_resolve(b, recorded_site.plan, NULL, 0, NULL);
		check_kept(b, round % 2 == 0
				  ? INT64_MIN
				  : RECORDED_DAY + rand() % (days * 24) * HOUR *
						       INT64_C(1000));
		batch_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stretch),
		cmocka_unit_test(test_needs_all),
		cmocka_unit_test(test_reach),
		cmocka_unit_test(test_kept),
	};

	return cmocka_run_group_tests(tests, site_set_up, site_tear_down);
}
