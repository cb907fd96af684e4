#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "place.h"
#include "recorded.h"
#include "tool/readcalls.h"

/* Two configured sources beside the default one, and the rest of the file. */
#define CONFIG                                            \
	"{ \"cdrconfig\": 1, \"home_country\": \"US\",\n" \
	"  \"sources\": [ { \"name\": \"a\"%s },\n"       \
	"    { \"name\": \"b\", \"site\": \"north\" } ] }\n"

static const char own[] =
    "{ \"cdrlayout\": 1, \"id\": \"ours\", \"title\": \"Ours\",\n"
    "  \"evidence\": \"documented\", \"order\": \"free\",\n"
    "  \"container\": \"rows\", \"delimiter\": \",\", \"quote\": \"\\\"\",\n"
    "  \"columns\": [\"when\", \"from\", \"to\"],\n"
    "  \"fields\": {\n"
    "    \"start\": { \"column\": \"when\", \"stamp\": \"%Y/%m/%d\" },\n"
    "    \"src\": { \"column\": \"from\" }, \"dst\": { \"column\": \"to\" } },\n"
    "  \"recognise\": [\n"
    "    { \"column\": \"from\", \"filled\": true, \"says\": \"a caller\" } ] }\n";

/* The own layout is in place->rules, one that is wrong in place->out. */
struct work {
	struct place *place;
	struct setup setup;
	struct setup_options options;
	struct layouts *layouts;
};

static void
begin(struct work *w, struct place *p, const char *of_a)
{
	char text[400];

	*w = (struct work){ .place = p };
	w->options.config = p->config;
	(void)snprintf(text, sizeof(text), CONFIG, of_a);
	place_write(p->config, text);
	place_write(p->rules, own);
	place_write(p->out, "{ \"cdrlayout\": 1 }\n");
	assert_int_equal(setup_open(&w->setup, "test", &w->options), EXIT_DONE);
	w->layouts = layouts_new();
	assert_int_equal(readcalls_layouts(&w->setup, w->layouts), EXIT_DONE);
	assert_non_null(layouts_find(w->layouts, "asterisk-csv"));
}

static void
end(struct work *w)
{
	layouts_free(&w->layouts);
	setup_close(&w->setup);
}

static void
test_layouts(void **state)
{
	static const struct {
		const char *type, *of_a;
		const char *want_a, *want_b; /* "": none is stated */
	} cases[] = {
		{ NULL, "", "", "" },
		{ NULL, ", \"layout\": \"3cx\"", "3cx", "" },
		{ NULL, ", \"layout\": \"map:r.json\"", "ours", "" },
		{ "auto", ", \"layout\": \"3cx\"", "", "" },
		{ "auto", ", \"layout\": \"nonsense\"", "", "" },
		{ "avaya-cm", "", "avaya-cm", "avaya-cm" },
		{ "avaya-cm", ", \"layout\": \"3cx\"", "avaya-cm", "avaya-cm" },
		{ "map:r.json", ", \"layout\": \"map:r.json\"", "ours",
		    "ours" },
	};
	struct place *p = *state;
	const char *got;
	struct work w;
	size_t i;

	assert_int_equal(chdir(p->dir), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&w, p, cases[i].of_a);
		assert_int_equal(readcalls_settle_layouts(&w.setup, w.layouts,
				     cases[i].type),
		    EXIT_DONE);
		got = config_source_named(&w.setup.sources, "a")->layout;
		assert_string_equal(got != NULL ? got : "", cases[i].want_a);
		got = config_source_named(&w.setup.sources, "b")->layout;
		assert_string_equal(got != NULL ? got : "", cases[i].want_b);
		end(&w);
	}
	assert_int_equal(chdir("/"), 0);
}

static void
test_layouts_refused(void **state)
{
	static const struct {
		const char *type, *of_a, *words;
	} cases[] = {
		{ "asterisk-csw", "",
		    "test: --type: no such layout: 'asterisk-csw'; did you "
		    "mean 'asterisk-csv'?" },
		{ "", "", "test: --type: no such layout: ''" },
		{ "Auto", "", "test: --type: no such layout: 'Auto'" },
		{ "map:none.json", "", "none.json: error[E101]" },
		{ "map:out", "", "out:1:1: error[E603]" },
		{ NULL, ", \"layout\": \"2cx\"",
		    ".json:2:41: error[E206]: no such layout: '2cx'" },
		{ "kamailio", "",
		    "test: --type: no such layout: 'kamailio'; there are "
		    "kamailio-acc, kamailio-acc-table, kamailio-cdrs" },
		{ NULL, ", \"layout\": \"kamailio\"",
		    "^^^^^^^^^^ there are kamailio-acc, kamailio-acc-table, " },
		{ NULL, ", \"layout\": \"2cx\"", "did you mean \"3cx\"?" },
		{ NULL, ", \"layout\": \"map:none.json\"",
		    ".json:2:41: error[E101]: cannot read '" },
		{ NULL, ", \"layout\": \"map:out\"", "out:1:1: error[E603]" },
	};
	struct place *p = *state;
	struct work w;
	size_t i;

	assert_int_equal(chdir(p->dir), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&w, p, cases[i].of_a);
		place_listen(p);
		assert_int_equal(readcalls_settle_layouts(&w.setup, w.layouts,
				     cases[i].type),
		    EXIT_NOT_DONE);
		place_heard(p, cases[i].words);
		end(&w);
	}
	assert_int_equal(chdir("/"), 0);
}

static void
test_settings(void **state)
{
	struct ingest_settings set;
	struct work w;

	(void)setenv("TZ", "Europe/Berlin", 1);
	begin(&w, *state, "");
	set = readcalls_settings(&w.setup, w.layouts);
	assert_ptr_equal(set.layouts, w.layouts);
	assert_ptr_equal(set.numplan, w.setup.numplan);
	assert_int_equal(set.as_of, w.setup.now);
	assert_string_equal(zone_name(set.default_zone), "Europe/Berlin");
	assert_true(set.guess && set.max_rejects < 0);
	assert_false(set.leave_open_end);
	end(&w);
}

/* The store ---------------------------------------------------------------- */

static struct store *
store_with(const char *const kept[][2], size_t n)
{
	struct errmsg err = { "" };
	struct store *st = NULL;
	size_t i;

	if (store_open(&st, ":memory:", STORE_WRITE, &err) != 0)
		fail_msg("%s", err.text);
	for (i = 0; i < n; i++)
		assert_int_equal(store_set(st, kept[i][0], kept[i][1], &err),
		    0);
	return st;
}

static const char *const remembered[][2] = {
	{ "zone", "Asia/Tokyo" },
	{ "zone:a", "Europe/Berlin" },
	{ "zone:broken", "Mars/Crater" },
	{ "home_country", "DE" },
};

static void
test_kept_zone(void **state)
{
	struct store *st = store_with(remembered, 3);
	struct errmsg err = { "" };
	const struct zone *z;

	(void)state;
	assert_int_equal(readcalls_kept_zone(st, NULL, &z, &err), 1);
	assert_string_equal(zone_name(z), "Asia/Tokyo");
	assert_int_equal(readcalls_kept_zone(st, "a", &z, &err), 1);
	assert_string_equal(zone_name(z), "Europe/Berlin");
	assert_int_equal(readcalls_kept_zone(st, "b", &z, &err), 0);
	assert_null(z);
	assert_int_equal(readcalls_kept_zone(st, "broken", &z, &err), -1);
	assert_non_null(strstr(err.text, "Mars/Crater"));
	store_close(&st);
}

static void
add_call(struct batch *b, const char *source)
{
	const struct recorded r = { .src = "2041",
		.dst = "13125550142",
		.talk = 60,
		.status = STATUS_ANSWERED,
		.source = source };

	recorded_add(b, &r);
}

static void
check_source(const struct batch *b, const char *name, const char *site,
    const char *zone)
{
	size_t i;

	for (i = 0; i < b->nsources; i++)
		if (strcmp(batch_text(b, b->sources[i].name), name) == 0)
			break;
	assert_true(i < b->nsources);
	assert_string_equal(batch_text(b, b->sources[i].site), site);
	assert_string_equal(zone_name(b->sources[i].zone), zone);
}

/* Stated before kept for the source before guessed before TZ before UTC. */
static void
test_understand(void **state)
{
	static const struct {
		const char *of_a, *tz;
		size_t kept; /* of remembered[] */
		const char *zone_a, *zone_b;
	} cases[] = {
		{ ", \"tz\": \"Asia/Dubai\"", "Europe/Rome", 2, "Asia/Dubai",
		    "Asia/Tokyo" },
		{ "", "Europe/Rome", 2, "Europe/Berlin", "Asia/Tokyo" },
		{ "", "Europe/Rome", 1, "Asia/Tokyo", "Asia/Tokyo" },
		{ "", "Europe/Rome", 0, "Europe/Rome", "Europe/Rome" },
		{ "", "", 0, "UTC", "UTC" },
	};
	struct place *p = *state;
	struct errmsg err = { "" };
	struct understood u;
	struct notes notes;
	struct batch *b;
	struct store *st;
	struct work w;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)setenv("TZ", cases[i].tz, 1);
		begin(&w, p, cases[i].of_a);
		st = store_with(remembered, cases[i].kept);
		b = batch_new();
		notes_init(&notes);
		add_call(b, "a");
		add_call(b, "b");
		add_call(b, "gone");
		if (readcalls_understand(&w.setup, st, b, &u, &notes, &err) !=
		    0)
			fail_msg("%s", err.text);
		check_source(b, "a", "a", cases[i].zone_a);
		check_source(b, "b", "north", cases[i].zone_b);
		check_source(b, "gone", "gone", cases[i].zone_b);
		assert_string_equal(batch_party_text(b, b->calls[0].dst),
		    "+13125550142");
		understood_fini(&u);
		notes_fini(&notes);
		batch_free(&b);
		store_close(&st);
		end(&w);
	}
}

/* The country guessed before is that of now; a zone that is none is said. */
static void
test_remembered(void **state)
{
	struct setup_options o = { .no_config = true };
	struct store *st = store_with(remembered, 4);
	struct batch *b = batch_new();
	struct errmsg err = { "" };
	struct understood u;
	struct notes notes;
	struct setup s;

	(void)state;
	notes_init(&notes);
	assert_int_equal(setup_open(&s, "test", &o), EXIT_DONE);
	add_call(b, "a");
	assert_int_equal(readcalls_understand(&s, st, b, &u, &notes, &err), 0);
	assert_string_equal(u.home, "DE");
	understood_fini(&u);
	add_call(b, "broken");
	assert_int_equal(readcalls_understand(&s, st, b, &u, &notes, &err), -1);
	assert_non_null(strstr(err.text, "Mars/Crater"));
	understood_fini(&u);
	setup_close(&s);
	notes_fini(&notes);
	batch_free(&b);
	store_close(&st);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_layouts),
		TEST(test_layouts_refused),
		TEST(test_settings),
		TEST(test_kept_zone),
		TEST(test_understand),
		TEST(test_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
