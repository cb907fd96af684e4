#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "tel/calltime.h"
#include "tel/icsdays.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define FILE_OF(e) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" e "END:VCALENDAR\r\n"
#define EVENT(e)   "BEGIN:VEVENT\r\nUID:1\r\n" e "END:VEVENT\r\n"

static char path[] = "/tmp/cdrguard-test-XXXXXX";

struct days {
	int64_t list[40000];
	size_t n;
};

static void
take(void *ctx, int64_t day)
{
	struct days *d = ctx;

	assert_true(d->n < COUNT(d->list));
	d->list[d->n++] = day;
}

static int
compare_days(const void *va, const void *vb)
{
	const int64_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

static int
load(const char *text, struct days *d, struct errmsg *err)
{
	int fd, rc;

	(void)strcpy(path, "/tmp/cdrguard-test-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
	d->n = 0;
	rc = icsdays_load(path, take, d, err);
	(void)unlink(path);
	if (d->n > 1)
		qsort(d->list, d->n, sizeof(*d->list), compare_days);
	return rc;
}

/* The first days, and how many there are. */
static const struct {
	const char *text, *days;
	size_t n;
} files[] = {
	{ FILE_OF(EVENT("DTSTART;VALUE=DATE:20261225\r\n")), "2026-12-25 ", 1 },
	{ FILE_OF(EVENT("DTSTART;VALUE=DATE:20261225\r\n"
			"DTEND;VALUE=DATE:20261226\r\n")),
	    "2026-12-25 ", 1 },
	{ FILE_OF(EVENT("DTSTART;VALUE=DATE:20261230\r\n"
			"DTEND;VALUE=DATE:20270102\r\n")),
	    "2026-12-30 2026-12-31 2027-01-01 ", 3 },
	{ FILE_OF(EVENT("DTSTART;VALUE=DATE:20261224\r\nDURATION:P2D\r\n")),
	    "2026-12-24 2026-12-25 ", 2 },
	{ FILE_OF(EVENT("DTSTART;VALUE=DATE:20240101\r\n"
			"RRULE:FREQ=YEARLY;COUNT=3\r\n")),
	    "2024-01-01 2025-01-01 2026-01-01 ", 3 },
	{ FILE_OF(EVENT("DTSTART;VALUE=DATE:20240101\r\n"
			"RRULE:FREQ=YEARLY\r\n")),
	    "2024-01-01 2025-01-01 2026-01-01 ", 76 },
	/* the fourth Thursday of November */
	{ FILE_OF(EVENT("DTSTART;VALUE=DATE:20251127\r\n"
			"RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2\r\n")),
	    "2025-11-27 2026-11-26 ", 2 },
	{ FILE_OF(EVENT("DTSTART;VALUE=DATE:20240101\r\n"
			"RRULE:FREQ=YEARLY;COUNT=3\r\n"
			"EXDATE;VALUE=DATE:20250101\r\n")),
	    "2024-01-01 2026-01-01 ", 2 },
	/* a meeting and what was called off are no holidays */
	{ FILE_OF(EVENT("DTSTART:20260101T090000Z\r\n")
		  EVENT("DTSTART;VALUE=DATE:20260103\r\nSTATUS:CANCELLED\r\n")
		      EVENT("DTSTART;VALUE=DATE:20260102\r\n")),
	    "2026-01-02 ", 1 },
	{ FILE_OF(EVENT("DTSTART;VALUE=DATE:20260101\r\n"))
		FILE_OF(EVENT("DTSTART;VALUE=DATE:20260501\r\n")),
	    "2026-01-01 2026-05-01 ", 2 },
};

static void
test_days(void **state)
{
	static struct days d;
	struct errmsg err;
	struct buf got;
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(files); i++) {
		if (load(files[i].text, &d, &err) != 0)
			fail_msg("%zu: %s", i, err.text);
		buf_init(&got);
		for (k = 0; k < d.n && k < 3; k++) {
			date_print(&got, d.list[k]);
			buf_addch(&got, ' ');
		}
		assert_string_equal(got.data, files[i].days);
		assert_int_equal(d.n, files[i].n);
		buf_fini(&got);
	}
}

static const struct {
	const char *text, *said;
} refused[] = {
	{ "", ": no iCalendar file" },
	{ "date,name\n2026-01-01,New Year\n", ": no iCalendar file" },
	{ FILE_OF(""), ": no event of whole days" },
	{ FILE_OF(EVENT("DTSTART:20260101T090000Z\r\n")),
	    ": no event of whole days" },
	{ FILE_OF(EVENT("SUMMARY:When?\r\n")),
	    ": an event that cannot be read: 'When?'" },
	{ FILE_OF(EVENT("SUMMARY:Odd\r\nDTSTART;VALUE=DATE:20260230\r\n")),
	    ": an event that cannot be read: 'Odd'" },
	{ FILE_OF(EVENT("SUMMARY:Often\r\nDTSTART;VALUE=DATE:20260101\r\n"
			"RRULE:FREQ=HOURLY\r\n")),
	    ": 'Often' is a day that repeats within a day" },
	{ FILE_OF(EVENT("SUMMARY:Long\r\nDTSTART;VALUE=DATE:20260101\r\n"
			"DTEND;VALUE=DATE:20280101\r\n")),
	    ": 'Long' is longer than 400 days" },
};

static void
test_refused(void **state)
{
	static struct days d;
	struct errmsg err;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(refused); i++) {
		if (load(refused[i].text, &d, &err) == 0)
			fail_msg("%zu: taken, %zu days", i, d.n);
		assert_string_equal(err.text + strlen(path), refused[i].said);
	}
	assert_int_equal(icsdays_load("/nowhere.ics", take, &d, &err), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
