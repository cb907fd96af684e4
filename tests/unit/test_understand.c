#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cdr/understand.h"
#include "recorded.h"

/* One batch while it is understood. */
struct work {
	struct batch *batch;
	struct source sources[3];
	const struct source *list[3];
	struct understand_settings set;
	struct understood out;
	struct notes notes;
	struct errmsg err;
};

/* Three sources of which nothing is stated. */
static void
begin(struct work *w)
{
	static const char *const names[] = { SOURCE_DEFAULT, "pbx2", "pbx3" };
	size_t i;

	memset(w, 0, sizeof(*w));
	w->batch = batch_new();
	notes_init(&w->notes);
	for (i = 0; i < 3; i++) {
		(void)batch_source(w->batch, names[i], "hq", zone_utc(), NULL);
		w->sources[i].name = w->sources[i].site = names[i];
		w->list[i] = &w->sources[i];
	}
	w->set.sources = w->list;
	w->set.nsources = 3;
	w->set.numplan = recorded_site.numplan;
	w->set.guess = true;
}

static void
end(struct work *w)
{
	understood_fini(&w->out);
	understood_fini(&w->out);
	notes_fini(&w->notes);
	batch_free(&w->batch);
}

static int
go(struct work *w)
{
	return understand(w->batch, &w->set, &w->out, &w->notes, &w->err);
}

/* Calls of extension 201 to Chicago as people there dial it. */
static void
add_chicago(struct work *w, const char *source, const char *prefix)
{
	struct recorded r = { .src = "2041",
		.out = "PJSIP/carrier-1",
		.in = "PJSIP/2041-1",
		.talk = 60,
		.status = STATUS_ANSWERED,
		.source = source };
	char dst[32];
	int i;

	for (i = 0; i < 20; i++) {
		(void)snprintf(dst, sizeof(dst), "%s131255501%02d", prefix, i);
		r.dst = dst;
		r.at = i * 100;
		recorded_add(w->batch, &r);
	}
}

static const char *
dst_of(const struct work *w, size_t i)
{
	return batch_party_text(w->batch, w->batch->calls[i].dst);
}

/* "level text" of the only note. */
static void
check_note(const struct work *w, enum note_level level, const char *begin_with)
{
	assert_int_equal(w->notes.n, 1);
	assert_int_equal(w->notes.list[0].level, level);
	if (strncmp(w->notes.list[0].text, begin_with, strlen(begin_with)) != 0)
		fail_msg("%s", w->notes.list[0].text);
}

static void
test_stated(void **state)
{
	struct work w;
	size_t i;

	(void)state;
	begin(&w);
	for (i = 0; i < 3; i++)
		w.sources[i].plan = recorded_site.plan;
	w.set.home = "DE"; /* what was guessed before matters no more */
	w.set.guess = false;
	add_chicago(&w, SOURCE_DEFAULT, "9");
	assert_int_equal(go(&w), 0);
	assert_string_equal(w.out.home, "");
	assert_int_equal(w.notes.n, 0);
	assert_string_equal(dst_of(&w, 0), "+13125550100");
	end(&w);
}

static void
test_guessed(void **state)
{
	struct work w;

	(void)state;
	begin(&w);
	w.sources[2].plan = recorded_site.plan;
	add_chicago(&w, SOURCE_DEFAULT, "");
	add_chicago(&w, "pbx2", "");
	assert_int_equal(go(&w), 0);
	assert_string_equal(w.out.home, "US");
	assert_true(w.notes.n >= 1);
	assert_int_equal(w.notes.list[0].level, NOTE_INFO);
	assert_non_null(strstr(w.notes.list[0].text,
	    "no home country is stated: taken as US, 20 of 20 numbers fit"));
	assert_string_equal(dst_of(&w, 0), "+13125550100");
	assert_string_equal(dst_of(&w, 39), "+13125550119");
	/* The sources themselves are as they were. */
	assert_null(w.sources[0].plan);
	end(&w);
}

/* Only a cost has a currency, and its own comes first. */
static void
test_currency(void **state)
{
	static const struct {
		const char *source;
		bool cost;
		const char *own, *want;
	} calls[] = {
		{ SOURCE_DEFAULT, true, "", "EUR" },
		{ SOURCE_DEFAULT, true, "USD", "USD" },
		{ SOURCE_DEFAULT, false, "", "" },
		{ "pbx2", true, "", "AUD" },
		{ "pbx3", true, "", "" },
	};
	struct recorded r = { .src = "201", .dst = "202", .talk = 5 };
	struct work w;
	size_t i;

	(void)state;
	begin(&w);
	w.sources[0].currency = "EUR";
	w.sources[1].currency = "AUD";
	for (i = 0; i < 3; i++)
		w.sources[i].plan = recorded_site.plan;
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		r.source = calls[i].source;
		r.at = (int64_t)i;
		recorded_add(w.batch, &r);
		w.batch->calls[i].currency =
		    batch_currency(w.batch, calls[i].own);
		if (calls[i].cost)
			w.batch->calls[i].flags |= CALL_HAS_COST;
	}
	assert_int_equal(go(&w), 0);
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		assert_string_equal(
		    batch_text(w.batch,
			w.batch->currencies[w.batch->calls[i].currency]),
		    calls[i].want);
	end(&w);
}

/* Calls out get a cost; one that has its own, and an event, do not. */
static void
test_rated(void **state)
{
	static const char text[] = "prefix,per_minute,currency\n+1,0.6,USD\n";
	char path[] = "/tmp/cdrguard-rates-XXXXXX";
	int fd = mkstemp(path);
	struct rates *rates;
	struct work w;
	size_t i;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
	begin(&w);
	assert_int_equal(rates_load(&rates, path, &w.notes), 0);
	(void)unlink(path);
	w.set.rates = rates;
	w.set.guess = false;
	w.set.home = "US";
	add_chicago(&w, SOURCE_DEFAULT, "");
	for (i = 0; i < w.batch->n; i++)
		w.batch->calls[i].direction = DIR_OUT;
	w.batch->calls[1].flags |= CALL_HAS_COST;
	w.batch->calls[2].flags |= CALL_EVENT;
	w.batch->origins[2].event = EVENT_ADMIN;
	assert_int_equal(go(&w), 0);
	for (i = 0; i < 3; i++) {
		assert_int_equal(w.batch->origins[i].rated, i == 0);
		assert_int_equal(batch_cost(w.batch, i), i == 0 ? 600000 : 0);
	}
	rates_free(&rates);
	end(&w);
}

static void
test_remembered(void **state)
{
	struct work w;

	(void)state;
	begin(&w);
	w.set.guess = false;
	w.set.home = "US";
	add_chicago(&w, SOURCE_DEFAULT, "");
	assert_int_equal(go(&w), 0);
	assert_string_equal(w.out.home, "US");
	assert_int_equal(w.notes.n, 0);
	assert_string_equal(dst_of(&w, 0), "+13125550100");
	end(&w);
}

static void
test_unclear(void **state)
{
	const struct recorded r = { .src = "201", .dst = "202", .talk = 5 };
	struct work w;

	(void)state;
	begin(&w);
	recorded_add(w.batch, &r);
	assert_int_equal(go(&w), 0);
	assert_string_equal(w.out.home, "");
	check_note(&w, NOTE_WARNING,
	    "no home country is stated, and the numbers do not tell: ");
	assert_string_equal(dst_of(&w, 0), "202");
	end(&w);
	/* Not asked, or nothing to ask: nothing is said. */
	begin(&w);
	w.set.guess = false;
	recorded_add(w.batch, &r);
	assert_int_equal(go(&w), 0);
	assert_int_equal(w.notes.n, 0);
	end(&w);
	begin(&w);
	assert_int_equal(go(&w), 0);
	assert_int_equal(w.notes.n, 0);
	end(&w);
}

/* What is stated of dialling holds, though the country is guessed. */
static void
test_dialling(void **state)
{
	static const char *const outside[] = { "7" };
	const struct dialplan_settings dialling = {
		.outside = outside,
		.noutside = 1,
		.extensions = "[2-5]\\d{3}",
	};
	struct work w;
	size_t i;

	(void)state;
	begin(&w);
	w.sources[0].dialling = w.sources[1].dialling = &dialling;
	w.set.home = "US";
	add_chicago(&w, SOURCE_DEFAULT, "7");
	add_chicago(&w, "pbx2", "7");
	add_chicago(&w, "pbx3", "7");
	assert_int_equal(go(&w), 0);
	for (i = 0; i < w.batch->n; i++)
		if (w.batch->calls[i].source == 2)
			assert_string_not_equal(dst_of(&w, i), "+13125550100");
		else
			assert_int_equal(strncmp(dst_of(&w, i), "+1312555010",
					     10),
			    0);
	end(&w);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *home, *words;
	} cases[] = {
		{ "XQ",
		    "source 'default': home_country: no such country: 'XQ'" },
		{ "Mars", "no such home country: 'Mars'" },
	};
	struct work w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&w);
		w.set.home = cases[i].home;
		add_chicago(&w, SOURCE_DEFAULT, "");
		assert_int_equal(go(&w), -1);
		assert_string_equal(w.err.text, cases[i].words);
		end(&w);
	}
}

/* Three telephones of a ring group, in two files, and a call of its own. */
static const struct recorded group[] = {
	{ .at = 50,
	    .src = "2041",
	    .dst = "2042",
	    .talk = 9,
	    .status = STATUS_ANSWERED,
	    .file = 2 },
	{ .at = 20,
	    .src = "13125550142",
	    .dst = "2042",
	    .join = "j",
	    .in = "PJSIP/carrier-1",
	    .out = "PJSIP/2042-1",
	    .ring = 5,
	    .status = STATUS_NO_ANSWER,
	    .file = 2,
	    .key = 3 },
	{ .at = 20,
	    .src = "13125550142",
	    .dst = "2041",
	    .join = "j",
	    .in = "PJSIP/carrier-1",
	    .out = "PJSIP/2041-1",
	    .talk = 9,
	    .status = STATUS_ANSWERED,
	    .file = 1,
	    .key = 1 },
	{ .at = 20,
	    .src = "13125550142",
	    .dst = "2043",
	    .join = "j",
	    .in = "PJSIP/carrier-1",
	    .out = "PJSIP/2043-1",
	    .ring = 5,
	    .status = STATUS_NO_ANSWER,
	    .file = 1,
	    .key = 2 },
};

static void
test_legs(void **state)
{
	struct work w;
	size_t i;

	(void)state;
	begin(&w);
	for (i = 0; i < 3; i++)
		w.sources[i].plan = recorded_site.plan;
	(void)batch_file(w.batch, "a.csv");
	(void)batch_file(w.batch, "b.csv");
	recorded_add_all(w.batch, group, 4);
	/* The leg of the second file was there before. */
	for (i = 0; i < 4; i++)
		if (i != 1)
			w.batch->calls[i].flags |= CALL_ADDED;
	assert_int_equal(go(&w), 0);
	assert_int_equal(w.batch->n, 2);
	assert_true(w.batch->sorted);
	assert_int_equal(w.batch->calls[0].start, RECORDED_DAY + 20000);
	assert_true(w.batch->calls[0].flags & CALL_JOINED);
	assert_int_equal(w.batch->calls[1].start, RECORDED_DAY + 50000);
	assert_int_equal(w.out.legs[0], 0);
	assert_int_equal(w.out.legs[1], 1);
	assert_int_equal(w.out.legs[2], 1);
	assert_int_equal(w.out.legs_added[1], 1);
	assert_int_equal(w.out.legs_added[2], 0);
	end(&w);
}

/* A pattern that gives up is told, and everything else is done. */
static void
test_gave_up(void **state)
{
	struct pattern *slow = NULL;
	struct work w;
	size_t offset;

	(void)state;
	begin(&w);
	assert_int_equal(pattern_compile(&slow, "(?:\\w|\\w\\w)+[?!]", 0,
			     &offset, NULL),
	    0);
	w.sources[0].plan = w.sources[1].plan = w.sources[2].plan =
	    recorded_site.plan;
	w.sources[0].services[FEATURE_DISA] = &slow;
	w.sources[0].nservices[FEATURE_DISA] = 1;
	recorded_add(w.batch, &(struct recorded){ .src = "2041",
				  .service = "an_application_whose_name_has_no_"
					     "end_to_speak_of_at_all" });
	assert_int_equal(go(&w), 1);
	check_note(&w, NOTE_WARNING, "source 'default': disa: pattern '");
	assert_true(w.batch->sorted);
	assert_int_equal(w.batch->n, 1);
	assert_true(w.batch->calls[0].account != 0);
	pattern_free(&slow);
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stated),
		cmocka_unit_test(test_guessed),
		cmocka_unit_test(test_currency),
		cmocka_unit_test(test_rated),
		cmocka_unit_test(test_remembered),
		cmocka_unit_test(test_unclear),
		cmocka_unit_test(test_dialling),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_legs),
		cmocka_unit_test(test_gave_up),
	};

	return cmocka_run_group_tests(tests, site_set_up, site_tear_down);
}
