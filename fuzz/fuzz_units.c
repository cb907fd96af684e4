/*
 * calltime, money, calendar: what people and switches write as spans, dates,
 * times, amounts and hours; what is printed reads as the same.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "io/jsonout.h"
#include "tel/calendar.h"
#include "tel/calltime.h"
#include "tel/money.h"

static void
check_span(const char *s)
{
	int64_t ms, again;
	struct buf b;
	int rc;

	if (span_parse(s, &ms) != 0)
		return;
	assert(ms >= 0);
	buf_init(&b);
	span_print(&b, ms);
	rc = span_parse(b.data, &again);
	assert(rc == 0 && again == ms);
	span_clock(&b, ms);
	buf_fini(&b);
}

static void
check_money(const char *s)
{
	int64_t micro, again, cents;
	struct jsonout j;
	struct buf b;
	int rc;

	if (money_parse(s, &micro) != 0)
		return;
	buf_init(&b);
	jsonout_init(&j, &b, false);
	jsonout_decimal(&j, micro, 6);
	rc = money_parse(b.data, &again);
	assert(rc == 0 && again == micro);
	buf_reset(&b);
	money_print(&b, micro);
	/* To the nearest cent; rounding up the greatest has no cent left. */
	if (money_parse(b.data, &cents) == 0)
		assert(llabs(cents - micro) <= 5000 && cents % 10000 == 0);
	else
		assert(llabs(micro) > INT64_MAX - 5000);
	assert(money_add(micro, INT64_MAX) >= micro);
	buf_fini(&b);
}

static void
check_date(const char *s)
{
	struct buf b;
	int64_t day;

	if (date_parse(s, &day) != 0)
		return;
	buf_init(&b);
	date_print(&b, day);
	assert(strcmp(b.data, s) == 0);
	assert(zone_weekday(day) >= 0 && zone_weekday(day) <= 6);
	buf_fini(&b);
}

static void
check_time(const char *s, const char *zone)
{
	const struct zone *z = zone_get(zone, NULL);
	const int64_t now = INT64_C(1769904000000);
	struct errmsg err;
	int64_t ms, again;
	struct buf b;
	int rc;

	if (time_parse(s, z, now, &ms, &err) != 0) {
		assert(err.text[0] != '\0');
		return;
	}
	/* Years of four digits are all that RFC 3339 has. */
	if (ms < INT64_C(-62167219200000) || ms > INT64_C(253402300799999))
		return;
	buf_init(&b);
	time_rfc3339(&b, ms);
	rc = time_parse(b.data, z, now, &again, &err);
	assert(rc == 0 && again == ms);
	buf_fini(&b);
}

static void
check_hours(const char *days, const char *hours)
{
	const int64_t monday = 20454, week = 7 * INT64_C(86400000);
	const int64_t from = monday * INT64_C(86400000);
	struct calendar *c = calendar_new("fuzz");
	struct errmsg err;
	int64_t open;

	if (calendar_open(c, days, hours, &err) == 0) {
		open = calendar_open_ms(c, NULL, from, from + week);
		assert(open > 0 && open <= week);
	} else {
		fuzz_check_words(err.text);
		assert(calendar_open_ms(c, NULL, from, from + week) == 0);
	}
	calendar_free(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { (const char *)data, size };
	char *text = fuzz_line(&in), *rest = fuzz_rest(&in);

	check_span(text);
	check_money(text);
	check_date(text);
	check_time(text, "UTC");
	check_time(text, "Europe/Berlin");
	check_hours(text, rest);
	assert(weekday_parse(text, strlen(text)) <= 6);
	free(text);
	free(rest);
	return 0;
}
