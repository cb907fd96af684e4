#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "rule/locals.h"

static void
put(struct named *n, const char *name, const char *zone)
{
	struct calendar *c = calendar_new(name);

	if (zone != NULL)
		calendar_set_zone(c, zone_get(zone, NULL));
	named_put_calendar(n,
	    &(struct named_calendar){ .name = calendar_name(c),
		.calendar = c });
}

static void
add(struct batch *b, uint16_t source, const char *calendar)
{
	struct origin *o;
	struct call *c;

	(void)batch_add(b, &c, &o);
	c->source = source;
	if (calendar != NULL)
		c->listed =
		    batch_listed(b, &(struct listed){ .calendar = calendar });
}

/* Which zone and which calendar a call goes by, "-" where there is none. */
static const struct {
	const char *source, *source_zone, *source_calendar, *own, *zone,
	    *calendar, *hours;
} rows[] = {
	{ "a", "Asia/Tokyo", NULL, NULL, "Asia/Tokyo", "-", NAMED_HOURS },
	{ "b", NULL, NULL, NULL, "Europe/Berlin", "-", NAMED_HOURS },
	{ "c", "Asia/Tokyo", "york", NULL, "America/New_York", "york", "york" },
	{ "d", "Asia/Tokyo", "plain", NULL, "Asia/Tokyo", "plain", "plain" },
	{ "e", "Asia/Tokyo", "nobody", NULL, "Asia/Tokyo", "-", NAMED_HOURS },
	/* whom the directory gives one has it everywhere */
	{ "a", NULL, NULL, "york", "America/New_York", "york", "york" },
	{ "b", NULL, NULL, "plain", "Europe/Berlin", "plain", "plain" },
	{ "c", NULL, NULL, "plain", "Asia/Tokyo", "plain", "plain" },
	{ "d", NULL, NULL, "york", "America/New_York", "york", "york" },
	{ "c", NULL, NULL, "nobody", "America/New_York", "york", "york" },
};
enum { NROWS = sizeof(rows) / sizeof(rows[0]) };

static const char *
name_of(const struct calendar *c)
{
	return c != NULL ? calendar_name(c) : "-";
}

static void
test_places(void **state)
{
	const struct zone *zone;
	struct batch *b = batch_new();
	struct named named;
	struct locals l;
	const struct local *at;
	size_t i;

	(void)state;
	named_init(&named);
	put(&named, "york", "America/New_York");
	put(&named, "plain", NULL);
	put(&named, NAMED_HOURS, "Asia/Kolkata");
	for (i = 0; i < NROWS; i++) {
		zone = rows[i].source_zone != NULL
			   ? zone_get(rows[i].source_zone, NULL)
			   : NULL;
		add(b,
		    batch_source(b, rows[i].source, NULL, zone,
			rows[i].source_calendar),
		    rows[i].own);
	}
	locals_init(&l, b, &named, zone_get("Europe/Berlin", NULL));
	assert_int_equal(l.nown, 3);
	assert_int_equal(l.n, 3 * b->nsources);
	for (i = 0; i < NROWS; i++) {
		at = locals_of(&l, i);
		assert_string_equal(zone_name(at->zone), rows[i].zone);
		assert_string_equal(name_of(at->calendar), rows[i].calendar);
		assert_string_equal(calendar_name(locals_calendar(at, &named,
					NAMED_HOURS)),
		    rows[i].hours);
		assert_string_equal(calendar_name(
					locals_calendar(at, &named, "plain")),
		    "plain");
		assert_null(locals_calendar(at, &named, "nobody"));
		assert_ptr_equal(at,
		    &l.list[locals_place(&l, b->calls[i].source,
			locals_own(&l, i))]);
	}
	/* the same calendar is the same place */
	assert_int_equal(locals_own(&l, 5), locals_own(&l, 8));
	assert_int_equal(locals_own(&l, 9), 0);
	locals_fini(&l);
	assert_null(l.list);
	named_fini(&named);
	batch_free(&b);
}

/* No zone anywhere is UTC, and a batch may be empty. */
static void
test_nothing(void **state)
{
	struct batch *b = batch_new();
	struct named named;
	struct locals l;

	(void)state;
	named_init(&named);
	locals_init(&l, b, &named, NULL);
	assert_int_equal(l.n, 0);
	locals_fini(&l);
	add(b, batch_source(b, "a", NULL, NULL, NULL), NULL);
	locals_init(&l, b, &named, NULL);
	assert_ptr_equal(locals_of(&l, 0)->zone, zone_utc());
	assert_null(locals_of(&l, 0)->calendar);
	locals_fini(&l);
	named_fini(&named);
	batch_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
