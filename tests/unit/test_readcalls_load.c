#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "cdr/field.h"
#include "recorded.h"
#include "store/store_calls.h"
#include "tool/readcalls.h"

/* What the first run stated or guessed, and what comes of it now. */
struct look {
	const char *home, *zone, *source_zone; /* NULL: it left nothing */
	const char *tz;                        /* --tz, or NULL */
	const char *country, *shown, *counted; /* zones; "": none */
};

static struct store *
fill(const struct look *k)
{
	const struct recorded calls[] = {
		{ .at = 7200,
		    .src = "2041",
		    .dst = "0015375550123",
		    .in = "SIP/2041-1",
		    .out = "SIP/carrier-1",
		    .talk = 60,
		    .status = STATUS_ANSWERED,
		    .source = "ulm" },
		{ .at = 3600,
		    .src = "2042",
		    .dst = "0033199005501",
		    .in = "SIP/2042-1",
		    .out = "SIP/carrier-2",
		    .talk = 60,
		    .status = STATUS_ANSWERED,
		    .source = "ulm" },
	};
	struct batch *b = batch_new();
	struct store *s = NULL;
	struct errmsg err = { "" };
	int64_t added = 0;

	recorded_add_all(b, calls, 2);
	if (store_open(&s, ":memory:", STORE_WRITE, &err) != 0 ||
	    store_calls_add(s, b, NULL, 1, &added, &err) != 0 ||
	    (k->home != NULL &&
		store_set(s, "home_country", k->home, &err) != 0) ||
	    (k->zone != NULL && store_set(s, "zone", k->zone, &err) != 0) ||
	    (k->source_zone != NULL &&
		store_set(s, "zone:ulm", k->source_zone, &err) != 0))
		fail_msg("%s", err.text);
	assert_int_equal(added, 2);
	batch_free(&b);
	return s;
}

static const char *
name_of(const struct zone *z)
{
	return z != NULL ? zone_name(z) : "";
}

static void
check(const struct look *k)
{
	const struct setup_options o = { .no_config = true, .tz = k->tz };
	struct batch *b = batch_new();
	struct store *store = fill(k);
	const struct zone *zone;
	struct errmsg err = { "" };
	struct notes notes;
	struct setup s;

	notes_init(&notes);
	assert_int_equal(setup_open(&s, "test", &o), EXIT_DONE);
	zone = s.zone;
	if (readcalls_load(&s, store, b, &zone, &notes, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(b->n, 2);
	assert_true(b->sorted);
	assert_string_equal(batch_text(b, b->calls[0].account), "2042@ulm");
	assert_string_equal(batch_text(b, b->parties[b->calls[0].dst].country),
	    k->country);
	assert_string_equal(name_of(zone), k->shown);
	assert_string_equal(name_of(b->sources[b->calls[0].source].zone),
	    k->counted);
	store_close(&store);
	setup_close(&s);
	notes_fini(&notes);
	batch_free(&b);
}

static void
test_what_the_first_run_guessed(void **state)
{
	static const struct look cases[] = {
		{ "DE", "Europe/Berlin", NULL, NULL, "FR", "Europe/Berlin",
		    "Europe/Berlin" },
		{ "DE", "Europe/Berlin", "Europe/Paris", NULL, "FR",
		    "Europe/Berlin", "Europe/Paris" },
		{ "DE", "Europe/Berlin", NULL, "America/Chicago", "FR",
		    "America/Chicago", "America/Chicago" },
		{ "DE", NULL, NULL, NULL, "FR", "", "UTC" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&cases[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_the_first_run_guessed),
	};

	(void)setenv("CDR_DB", "", 1);
	(void)unsetenv("TZ");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
