#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "ingest_run.h"
#include "tel/calltime.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* 2026-01-13 02:11:09 UTC */
#define EPOCH INT64_C(1768270269)

static const struct zone *
zone(const char *name)
{
	struct errmsg err;
	const struct zone *z = zone_get(name, &err);

	assert_non_null(z);
	return z;
}

/* A record whose switch shows `offset` minutes from UTC. */
static void
add_local(struct buf *b, int64_t epoch, int offset, int late, const char *id)
{
	char unique[40];
	struct buf start;

	buf_init(&start);
	time_local(&start, zone_utc(), (epoch + offset * 60 + late) * 1000);
	(void)snprintf(unique, sizeof(unique), "%s%lld.%lld", id,
	    (long long)epoch, (long long)(epoch % 1000));
	add_record(b, start.data, "2041", "5550142", 4, unique);
	buf_fini(&start);
}

static const struct {
	int offset;        /* minutes; of 19 records of 20 */
	const char *usual; /* default zone */
	const char *zone, *note;
} proved[] = {
	{ 0, "UTC", "UTC", "stamps are UTC: 19 of 20 unique ids agree" },
	{ 180, "UTC", "+03:00",
	    "stamps are +03:00: 19 of 20 unique ids agree" },
	{ -300, "UTC", "-05:00",
	    "stamps are -05:00: 19 of 20 unique ids agree" },
	{ 345, "UTC", "+05:45",
	    "stamps are +05:45: 19 of 20 unique ids agree" },
	{ 840, "UTC", "+14:00",
	    "stamps are +14:00: 19 of 20 unique ids agree" },
	{ -720, "UTC", "-12:00",
	    "stamps are -12:00: 19 of 20 unique ids agree" },
	/* the default zone keeps its name if it agrees */
	{ 60, "Europe/Berlin", "Europe/Berlin",
	    "stamps are Europe/Berlin: 19 of 20 unique ids agree" },
	{ 0, "Europe/Berlin", "UTC",
	    "stamps are UTC: 19 of 20 unique ids agree" },
};

/* No zone is stated: the call ids tell it. */
static void
test_proved(void **state)
{
	struct run r;
	struct buf b;
	size_t i;
	int k;

	(void)state;
	buf_init(&b);
	for (i = 0; i < COUNT(proved); i++) {
		run_begin(&r);
		r.source.zone = NULL;
		r.set.default_zone = zone(proved[i].usual);
		buf_reset(&b);
		for (k = 0; k < 19; k++)
			add_local(&b, EPOCH + k * 1000, proved[i].offset, k * 3,
			    k % 2 == 0 ? "" : "pbx-1-");
		/* a leg that began 7 minutes late */
		add_local(&b, EPOCH + 19000, proved[i].offset, 420, "");
		run_text(&r, "a.csv", b.data);
		run_finish(&r);
		assert_string_equal(ingest_zone_name(r.ingest), proved[i].zone);
		assert_ptr_equal(r.batch->sources[0].zone,
		    zone(proved[i].zone));
		assert_true(run_noted(&r, NOTE_INFO, proved[i].note));
		assert_true(r.batch->calls[0].start == EPOCH * 1000);
		assert_true(
		    r.batch->calls[19].start == (EPOCH + 19000 + 420) * 1000);
		run_end(&r);
	}
	buf_fini(&b);
}

/* Ids made when a call was over, however long it was. */
static void
test_proved_at_end(void **state)
{
	static const struct {
		int id; /* seconds after EPOCH */
		const char *end, *start;
	} legs[] = {
		{ 0, "09:11:09.900", "08:11:09.900" },
		{ 60, "09:12:09.100", "09:11:59.100" },
		{ 1800, "09:41:10.000", "09:20:00.000" },
	};
	struct run r;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < COUNT(legs); i++)
		buf_addf(&b,
		    "%lld,%d,0,2,\"0A0B0C0D 01020304 85460001 %08d\",\"\",\"\","
		    "\"%s KRSK Tue Jan 13 2026\",\"\","
		    "\"%s KRSK Tue Jan 13 2026\",\"%s KRSK Tue Jan 13 2026\","
		    "\"10\",\"\",\"answer\",0,\"\",1,1,1,1,\"\",\"2041\","
		    "\"5550142\"\n",
		    (long long)EPOCH + legs[i].id, (int)i, (int)i,
		    legs[i].start, legs[i].start, legs[i].end);
	run_begin(&r);
	r.source.zone = NULL;
	r.set.default_zone = zone("UTC");
	run_text(&r, "gateway.csv", b.data);
	run_finish(&r);
	assert_true(run_noted(&r, NOTE_INFO,
	    "stamps are +07:00: 3 of 3 unique ids agree"));
	run_calls(&r, "2026-01-13T01:11:09.900Z 2041>5550142 3600\n"
		      "2026-01-13T02:11:59.100Z 2041>5550142 10\n"
		      "2026-01-13T02:20:00Z 2041>5550142 1270\n");
	run_end(&r);
	buf_fini(&b);
}

/*
 * Ids that prove nothing of all: the default zone, and that is said.  Each
 * record that its own id agrees with is read by that.
 */
static const struct {
	int offsets[4];    /* minutes, of one record each */
	int64_t starts[4]; /* seconds after EPOCH */
	const char *note;
} not_proved[] = {
	{ { 0, 60, 120, 180 }, /* contradict each other */
	    { 0, 1, 2, 3 },
	    "no zone is stated: stamps are read by their unique ids, else as "
	    "Europe/Berlin" },
	{ { 7, 7, 7, 7 }, /* no quarter of an hour */
	    { -3180, -3179, -3178, -3177 },
	    "no zone is stated: stamps are read as Europe/Berlin" },
	{ { 15, 75, -45, 525 + 15 }, /* quarters that no zone uses, one used */
	    { -2700, 901, -6298, 3 },
	    "no zone is stated: stamps are read by their unique ids, else as "
	    "Europe/Berlin" },
	{ { 900, 900, 900, 900 }, /* no zone is there */
	    { 50400, 50401, 50402, 50403 },
	    "no zone is stated: stamps are read as Europe/Berlin" },
};

static bool
begins_at(const struct batch *b, int64_t start)
{
	size_t i = batch_lower(b, start);

	return i < b->n && b->calls[i].start == start;
}

static void
test_not_proved(void **state)
{
	struct run r;
	struct buf b;
	size_t i;
	int k;

	(void)state;
	buf_init(&b);
	for (i = 0; i < COUNT(not_proved); i++) {
		run_begin(&r);
		r.source.zone = NULL;
		r.set.default_zone = zone("Europe/Berlin");
		buf_reset(&b);
		for (k = 0; k < 4; k++)
			add_local(&b, EPOCH + k, not_proved[i].offsets[k], 0,
			    "");
		run_text(&r, "a.csv", b.data);
		run_finish(&r);
		assert_string_equal(ingest_zone_name(r.ingest),
		    "Europe/Berlin");
		assert_true(run_noted(&r, NOTE_INFO, not_proved[i].note));
		for (k = 0; k < 4; k++)
			assert_true(begins_at(r.batch,
			    (EPOCH + not_proved[i].starts[k]) * 1000));
		run_end(&r);
	}
	buf_fini(&b);
}

/* A year of a zone with summer time whose name nobody said. */
static void
test_seasons(void **state)
{
	const int64_t summer = EPOCH - 200 * 86400;
	struct run r;
	struct buf b;
	int k;

	(void)state;
	run_begin(&r);
	r.source.zone = NULL;
	buf_init(&b);
	for (k = 0; k < 15; k++)
		add_local(&b, summer + k * 1000, 120, 1, "");
	for (k = 0; k < 15; k++)
		add_local(&b, EPOCH + k * 1000, 60, 1, "");
	add_local(&b, EPOCH + 15000, 60, 300, ""); /* a late leg */
	run_text(&r, "a.csv", b.data);
	run_finish(&r);
	assert_true(run_noted(&r, NOTE_INFO,
	    "stamps are +01:00 and +02:00 by season: 30 of 31 unique ids "
	    "agree"));
	assert_true(r.batch->calls[0].start == (summer + 1) * 1000);
	assert_true(r.batch->calls[15].start == (EPOCH + 1) * 1000);
	assert_true(r.batch->calls[30].start == (EPOCH + 15300) * 1000);
	buf_fini(&b);
	run_end(&r);
}

/* What is stated is used; ids that disprove it are a warning. */
static void
test_stated(void **state)
{
	static const char warning[] =
	    "the zone is said to be Europe/Berlin, but stamps are UTC: 5 of 5 "
	    "unique ids agree (2026-01-13 02:11:09 was 2026-01-13T02:11:09Z "
	    "by its id: UTC)";
	struct run r;
	struct buf b;
	int k;

	(void)state;
	buf_init(&b);
	for (k = 0; k < 5; k++)
		add_local(&b, EPOCH + k, 0, 0, "");
	run_begin(&r);
	r.source.zone = zone("Europe/Berlin");
	run_text(&r, "a.csv", b.data);
	run_finish(&r);
	assert_true(run_noted(&r, NOTE_WARNING, warning));
	assert_string_equal(ingest_zone_name(r.ingest), "");
	assert_true(r.batch->calls[0].start == (EPOCH - 3600) * 1000);
	run_end(&r);

	run_begin(&r);
	run_text(&r, "a.csv", b.data); /* UTC is stated, and right */
	run_finish(&r);
	assert_int_equal(r.notes.warnings, 0);
	assert_true(r.batch->calls[0].start == EPOCH * 1000);
	run_end(&r);

	run_begin(&r);
	r.source.name = "pbx2";
	r.source.zone = NULL;
	run_text(&r, "a.csv", b.data);
	run_finish(&r);
	assert_true(run_noted(&r, NOTE_INFO,
	    "pbx2: stamps are UTC: 5 of 5 unique ids agree"));
	run_end(&r);
	buf_fini(&b);
}

/* Records of one offset; late ones begin `late` seconds after their id. */
struct shown {
	int n, days, offset, late;
};

static const struct {
	const char *zone;
	struct shown shown[3];
	const char *warning; /* NULL: none */
} stated[] = {
	/* both seasons of another country */
	{ "Europe/London", { { 10, -200, 120, 0 }, { 12, 0, 60, 0 } },
	    "the zone is said to be Europe/London, but stamps are +01:00 and "
	    "+02:00 by season: 22 of 22 unique ids agree (2025-06-27 04:11:09 "
	    "was 2025-06-27T02:11:09Z by its id: +02:00)" },
	/* a switch whose clock is never changed: right in winter */
	{ "Europe/Berlin", { { 10, -200, 60, 0 }, { 10, 0, 60, 0 } },
	    "the zone is said to be Europe/Berlin, but stamps are +01:00: 20 "
	    "of 20 unique ids agree (2025-06-27 03:11:09 was "
	    "2025-06-27T02:11:09Z by its id: +01:00)" },
	/* no summer time is said, but there is */
	{ "+01:00", { { 5, -200, 120, 0 }, { 40, 0, 60, 0 } },
	    "the zone is said to be +01:00, but 5 of 45 unique ids disprove "
	    "it (2025-06-27 04:11:09 was 2025-06-27T02:11:09Z by its id: "
	    "+02:00)" },
	/* most are right, and one in twenty is not */
	{ "UTC", { { 95, 0, 0, 0 }, { 5, -10, -300, 0 } },
	    "the zone is said to be UTC, but 5 of 100 unique ids disprove it "
	    "(2026-01-02 21:11:09 was 2026-01-03T02:11:09Z by its id: "
	    "-05:00)" },
	/* the right one in both seasons, and legs that begin late */
	{ "Europe/Berlin",
	    { { 10, -200, 120, 0 }, { 10, 0, 60, 0 }, { 3, 0, 60, 420 } },
	    NULL },
	/* one leg an hour late: that happens */
	{ "UTC", { { 10, 0, 0, 0 }, { 1, 0, 0, 3600 } }, NULL },
	/* two in two hundred */
	{ "UTC", { { 198, 0, 0, 0 }, { 2, 1, 0, 3600 } }, NULL },
	{ "UTC", { { 197, 0, 0, 0 }, { 3, 1, 0, 3600 } },
	    "the zone is said to be UTC, but 3 of 200 unique ids disprove it "
	    "(2026-01-14 03:11:09 was 2026-01-14T02:11:09Z by its id: "
	    "+01:00)" },
	/* a single record is all there is */
	{ "UTC", { { 1, 0, 60, 0 } },
	    "the zone is said to be UTC, but stamps are +01:00: 1 of 1 unique "
	    "ids agree (2026-01-13 03:11:09 was 2026-01-13T02:11:09Z by its "
	    "id: +01:00)" },
};

static void
add_shown(struct buf *b, const struct shown *s)
{
	int k;

	for (k = 0; k < s->n; k++)
		add_local(b, EPOCH + s->days * 86400 + k * 10, s->offset,
		    s->late, "");
}

/* A stated zone that is wrong of one season only, or of a part. */
static void
test_stated_in_part(void **state)
{
	struct run r;
	struct buf b;
	size_t i, k;

	(void)state;
	buf_init(&b);
	for (i = 0; i < COUNT(stated); i++) {
		run_begin(&r);
		r.source.zone = zone(stated[i].zone);
		buf_reset(&b);
		for (k = 0; k < 3; k++)
			add_shown(&b, &stated[i].shown[k]);
		run_text(&r, "a.csv", b.data);
		run_finish(&r);
		assert_int_equal(r.notes.warnings, stated[i].warning != NULL);
		if (stated[i].warning != NULL)
			assert_true(
			    run_noted(&r, NOTE_WARNING, stated[i].warning));
		run_end(&r);
	}
	buf_fini(&b);
}

/* The proof stands in a record, the same whatever is read first. */
static void
test_proof_place(void **state)
{
	static const char *const names[2][2] = { { "a.csv", "b.csv" },
		{ "b.csv", "a.csv" } };
	const struct note *n;
	struct run r;
	struct buf b[2];
	int i, k;

	(void)state;
	for (k = 0; k < 2; k++) {
		buf_init(&b[k]);
		add_local(&b[k], EPOCH + 60, 0, 0, "");
		add_local(&b[k], EPOCH + 600 * k, 60, 0, "");
	}
	for (i = 0; i < 2; i++) {
		run_begin(&r);
		run_text(&r, names[i][0], b[i].data);
		run_text(&r, names[i][1], b[1 - i].data);
		run_finish(&r);
		assert_int_equal(r.notes.warnings, 1);
		for (n = r.notes.list; n->level != NOTE_WARNING; n++)
			;
		assert_non_null(strstr(n->file, "/a.csv"));
		assert_int_equal(n->line, 2);
		run_end(&r);
	}
	buf_fini(&b[0]);
	buf_fini(&b[1]);
}

/*
 * 2025-10-26 02:30 in Berlin was at 00:30 UTC and again at 01:30; in the
 * night of 2025-03-30 it was never.
 */
static void
test_clock_changes(void **state)
{
	struct run r;
	struct buf b;

	(void)state;
	run_begin(&r);
	r.source.zone = zone("Europe/Berlin");
	buf_init(&b);
	add_record(&b, "2025-10-26 02:30:01", "1", "5550141", 4,
	    "1761438600.1");
	add_record(&b, "2025-10-26 02:30:02", "1", "5550142", 4,
	    "1761442201.2");
	add_record(&b, "2025-10-26 02:30:03", "1", "5550143", 4, "");
	add_record(&b, "2025-03-30 02:30:04", "1", "5550144", 4, "");
	add_record(&b, "2025-10-26 03:30:05", "1", "5550145", 4, "");
	run_text(&r, "a.csv", b.data);
	run_finish(&r);
	run_calls(&r, "2025-03-30T01:30:04Z 1>5550144 4\n"
		      "2025-10-26T00:30:01Z 1>5550141 4\n"
		      "2025-10-26T00:30:03Z 1>5550143 4 ambiguous\n"
		      "2025-10-26T01:30:02Z 1>5550142 4\n"
		      "2025-10-26T02:30:05Z 1>5550145 4\n");
	buf_fini(&b);
	run_end(&r);
}

/* Stamps that say their zone are left alone. */
static void
test_epoch_stamps(void **state)
{
	struct run r;

	(void)state;
	run_begin(&r);
	r.source.zone = zone("Europe/Berlin");
	run_text(&r, "Simple.csv", "\"1768270269\",\"2041\",\"5550142\"\n");
	run_finish(&r);
	run_calls(&r, "2026-01-13T02:11:09Z 2041>5550142 0\n");
	assert_ptr_equal(r.batch->sources[0].zone, zone("Europe/Berlin"));
	run_end(&r);
}

/* as_of + 26 h is the last good start. */
static void
test_future(void **state)
{
	struct run r;
	struct buf b;

	(void)state;
	run_begin(&r);
	r.set.max_reject_share = 1;
	buf_init(&b);
	add_record(&b, "2026-02-02 02:00:00", "1", "5550141", 4, "");
	add_record(&b, "2026-02-02 02:00:01", "1", "5550142", 4, "");
	run_text(&r, "a.csv", b.data);
	run_counts(&r, 0,
	    "2 = 1 calls 0 legs 0 skipped 0 duplicates "
	    "1 rejects");
	assert_string_equal(ingest_reject_at(r.ingest, 0)->reason,
	    "start: in the future: '2026-02-02 02:00:01'");
	buf_fini(&b);
	run_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_proved),
		cmocka_unit_test(test_proved_at_end),
		cmocka_unit_test(test_not_proved),
		cmocka_unit_test(test_seasons),
		cmocka_unit_test(test_stated),
		cmocka_unit_test(test_stated_in_part),
		cmocka_unit_test(test_proof_place),
		cmocka_unit_test(test_clock_changes),
		cmocka_unit_test(test_epoch_stamps),
		cmocka_unit_test(test_future),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
