#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest_run.h"
#include "layout_files.h"
#include "tel/calltime.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define DAY      86400
/* Chicago's clocks went forward at 2026-03-08 08:00 UTC, and go back at: */
#define FORWARD INT64_C(1772956800)
#define BACK    INT64_C(1793516400) /* 2026-11-01 07:00 UTC */

static const struct zone *
zone(const char *name)
{
	const struct zone *z = zone_get(name, NULL);

	assert_non_null(z);
	return z;
}

/* What Chicago's clocks show at `utc`; the id, if any, is of `epoch`. */
static void
add_chicago(struct buf *b, int64_t utc, int64_t epoch, int n)
{
	char unique[40] = "";
	struct civil c;
	struct buf start;
	int64_t shown;

	zone_to_local(zone("America/Chicago"), utc * 1000, &c);
	assert_int_equal(zone_to_utc(zone_utc(), &c, &shown, &shown),
	    ZONE_ONCE);
	buf_init(&start);
	time_local(&start, zone_utc(), shown);
	if (epoch != 0)
		(void)snprintf(unique, sizeof(unique), "%lld.%d",
		    (long long)epoch, n);
	add_record(b, start.data, "2041", "5550142", 4, unique);
	buf_fini(&start);
}

/* Ten calls a day from 14:00 UTC, day 0 being the one of the change. */
static void
add_days(struct buf *b, int first, int days)
{
	int64_t utc;
	int day, k;

	for (day = first; day < first + days; day++)
		for (k = 0; k < 10; k++) {
			utc = FORWARD + (int64_t)day * DAY + 6 * 3600 + k * 420;
			add_chicago(b, utc + 1, utc, k);
		}
}

static void
begin(struct run *r, const char *usual)
{
	run_begin(r);
	r->source.zone = NULL;
	r->set.default_zone = zone(usual);
	r->set.as_of = INT64_C(1800000000000);
}

/*
 * The same log, read before and after it grew over what most records show:
 * each record has the start and the key that it had.
 */
static void
test_growth(void **state)
{
	static const char *const usual[] = { "UTC", "America/Chicago", "-06:00",
		"-05:00", "Europe/Berlin" };
	struct run early, late;
	struct buf b;
	size_t i, k;

	(void)state;
	buf_init(&b);
	for (k = 0; k < COUNT(usual); k++) {
		begin(&early, "UTC");
		begin(&late, usual[k]);
		buf_reset(&b);
		add_days(&b, -35, 38);
		run_text(&early, "a.csv", b.data);
		add_days(&b, 3, 10);
		run_text(&late, "a.csv", b.data);
		run_finish(&early);
		run_finish(&late);
		assert_true(run_noted(&early, NOTE_INFO,
		    "stamps are -06:00: 350 of 380 unique ids agree"));
		assert_int_equal(early.batch->n, 380);
		assert_int_equal(late.batch->n, 480);
		for (i = 0; i < early.batch->n; i++) {
			assert_true(early.batch->calls[i].start ==
				    late.batch->calls[i].start);
			assert_true(early.batch->origins[i].key ==
				    late.batch->origins[i].key);
		}
		if (k == 0)
			assert_true(run_noted(&late, NOTE_INFO,
			    "stamps are -06:00 and -05:00 by season: "
			    "480 of 480 unique ids agree"));
		run_end(&early);
		run_end(&late);
	}
	buf_fini(&b);
}

/* Stamps without a proof are read like the proofs around them. */
static const struct {
	int64_t utc;
	int64_t after; /* its id is so many seconds old; -1: no id */
} unproved[] = {
	{ FORWARD - 10 * DAY + 6 * 3600 + 30, -1 },
	{ FORWARD + 2 * DAY + 6 * 3600 + 30, -1 },
	{ FORWARD - 10 * DAY + 6 * 3600 + 30, 420 },
	/* begins long after its id */
	{ FORWARD - 10 * DAY + 8 * 3600, 4200 },
	{ FORWARD + 2 * DAY + 8 * 3600, 4200 },
	/* nearest to the leg that the test adds */
	{ FORWARD - 10 * DAY + 8 * 3600 + 2700, 4200 },
	/* 15 minutes late: no zone is there */
	{ FORWARD - 10 * DAY + 8 * 3600, 900 },
	{ FORWARD + 2 * DAY + 8 * 3600, 900 },
	/* days without a proof: like the nearest */
	{ FORWARD - 100 * DAY, -1 },
	{ FORWARD + 100 * DAY, -1 },
	{ FORWARD - DAY + 10 * 3600, 4200 },
	{ FORWARD + 5 * 3600, 4200 },
};

static void
test_unproved(void **state)
{
	/* of most in winter, of most by season, of most in summer */
	static const int days[][2] = { { -35, 38 }, { -10, 20 }, { -14, 200 } };
	struct run r;
	struct buf b;
	size_t i, k;
	int64_t utc, id;

	(void)state;
	buf_init(&b);
	for (k = 0; k < COUNT(days); k++)
		for (i = 0; i < COUNT(unproved); i++) {
			begin(&r, "UTC");
			buf_reset(&b);
			utc = unproved[i].utc;
			id =
			    unproved[i].after < 0 ? 0 : utc - unproved[i].after;
			add_chicago(&b, utc, id, 1);
			run_text(&r, "b.csv", b.data);
			buf_reset(&b);
			add_days(&b, days[k][0], days[k][1]);
			/* a leg an hour late is taken for another season */
			add_chicago(&b, FORWARD - 10 * DAY + 9 * 3600,
			    FORWARD - 10 * DAY + 8 * 3600, 1);
			run_text(&r, "a.csv", b.data);
			run_finish(&r);
			id = (int64_t)batch_lower(r.batch, utc * 1000);
			assert_true((size_t)id < r.batch->n);
			assert_true(r.batch->calls[id].start == utc * 1000);
			run_end(&r);
		}
	buf_fini(&b);
}

/* The hour that happens twice: ids tell it without a zone. */
static void
test_fold(void **state)
{
	struct run r;
	struct buf b;
	int k;

	(void)state;
	begin(&r, "UTC");
	buf_init(&b);
	for (k = -120; k < 120; k += 10)
		add_chicago(&b, BACK + k * 60, BACK + k * 60, k + 120);
	run_text(&r, "a.csv", b.data);
	run_finish(&r);
	assert_int_equal(r.batch->n, 24);
	for (k = 0; k < 24; k++)
		assert_true(
		    r.batch->calls[k].start == (BACK + (k - 12) * 600) * 1000);
	buf_fini(&b);
	run_end(&r);
}

static void
read_source(struct run *r, const struct source *src, const char *name,
    int64_t ahead)
{
	struct buf b, start;
	struct errmsg err;
	char *path, id[24];

	buf_init(&b);
	buf_init(&start);
	time_local(&start, zone_utc(), (FORWARD + ahead * 3600) * 1000);
	(void)snprintf(id, sizeof(id), "%lld.1", (long long)FORWARD);
	add_record(&b, start.data, "2041", "5550142", 4, id);
	path = folder_write(r->dir, name, b.data, b.len);
	if (r->ingest == NULL)
		r->ingest = ingest_new(&r->set, r->batch, &r->notes);
	assert_int_equal(ingest_read(r->ingest, path, src, &err), 0);
	free(path);
	buf_fini(&start);
	buf_fini(&b);
}

/* The zone of the run does not depend on which source is read first. */
static void
test_sources(void **state)
{
	struct source east, west, stated;
	struct run r;
	int k;

	(void)state;
	for (k = 0; k < 2; k++) {
		begin(&r, "UTC");
		east = west = stated = r.source;
		east.name = "east";
		west.name = "west";
		stated.name = "a-stated";
		stated.zone = zone("America/Denver");
		read_source(&r, k == 0 ? &west : &east, "1.csv",
		    k == 0 ? -8 : -5);
		read_source(&r, &stated, "2.csv", -7);
		read_source(&r, k == 0 ? &east : &west, "3.csv",
		    k == 0 ? -5 : -8);
		assert_string_equal(ingest_zone_of(r.ingest, "east"), "");
		ingest_settle(r.ingest);
		assert_string_equal(ingest_zone_name(r.ingest), "-05:00");
		assert_string_equal(ingest_zone_of(r.ingest, "east"), "-05:00");
		assert_string_equal(ingest_zone_of(r.ingest, "west"), "-08:00");
		assert_string_equal(ingest_zone_of(r.ingest, "a-stated"), "");
		assert_string_equal(ingest_zone_of(r.ingest, "north"), "");
		run_end(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_unproved),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
