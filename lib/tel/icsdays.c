#include "tel/icsdays.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libical/ical.h>

#include "io/input.h"
#include "tel/zone.h"

enum {
	FILE_BYTES = 16 << 20,
	FIRST_YEAR = 1970,
	END_YEAR = 2100,
	DAY_SECONDS = 86400,
	SPAN_DAYS = 400 /* of one event: more is a mistake */
};

/* One file while it is read. */
struct reading {
	void (*day)(void *ctx, int64_t day);
	void *ctx;
	size_t events;  /* of whole days */
	int64_t length; /* of the present event, days */
};

static void
take_day(icalcomponent *event, struct icaltime_span *span, void *data)
{
	const struct reading *r = data;
	int64_t first = (int64_t)span->start / DAY_SECONDS, i;

	(void)event;
	for (i = 0; i < r->length; i++)
		r->day(r->ctx, first + i);
}

static int64_t
day_of(struct icaltimetype t)
{
	return zone_days(t.year, (int8_t)t.month, (int8_t)t.day);
}

/* libical takes any digits. */
static bool
is_day(struct icaltimetype t)
{
	int32_t year;
	int8_t month, day;

	if (t.month < 1 || t.month > 12 || t.day < 1 || t.day > 31)
		return false;
	zone_date(day_of(t), &year, &month, &day);
	return year == t.year && month == t.month && day == t.day;
}

static const char *
name_of(icalcomponent *event)
{
	const char *name = icalcomponent_get_summary(event);

	return name != NULL ? name : "";
}

/* A rule that repeats by the hour would run for ever on a date. */
static int
check_rules(icalcomponent *event, struct errmsg *err)
{
	icalproperty *p;

	for (p = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
	     p != NULL;
	     p = icalcomponent_get_next_property(event, ICAL_RRULE_PROPERTY))
		if (icalproperty_get_rrule(p).freq < ICAL_DAILY_RECURRENCE)
			return errmsg_set(err,
			    "'%s' is a day that repeats within a day",
			    name_of(event));
	return 0;
}

static bool
broken(icalcomponent *event)
{
	return icalcomponent_get_first_property(event,
		   ICAL_XLICERROR_PROPERTY) != NULL;
}

static int
read_event(struct reading *r, icalcomponent *event, struct errmsg *err)
{
	struct icaltimetype begin = icalcomponent_get_dtstart(event), end;
	struct icaltimetype from = icaltime_null_date();
	struct icaltimetype until = icaltime_null_date();

	if (broken(event) || icaltime_is_null_time(begin) || !is_day(begin))
		return errmsg_set(err, "an event that cannot be read: '%s'",
		    name_of(event));
	if (!begin.is_date ||
	    icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED)
		return 0;
	if (check_rules(event, err) < 0)
		return -1;
	end = icalcomponent_get_dtend(event);
	r->length = is_day(end) ? day_of(end) - day_of(begin) : 1;
	if (r->length < 1)
		r->length = 1;
	if (r->length > SPAN_DAYS)
		return errmsg_set(err, "'%s' is longer than %d days",
		    name_of(event), SPAN_DAYS);
	from.year = FIRST_YEAR;
	until.year = END_YEAR;
	from.month = until.month = from.day = until.day = 1;
	icalcomponent_foreach_recurrence(event, from, until, take_day, r);
	r->events++;
	return 0;
}

static int
read_calendar(struct reading *r, icalcomponent *calendar, struct errmsg *err)
{
	icalcomponent *e;

	for (e = icalcomponent_get_first_component(calendar,
		 ICAL_VEVENT_COMPONENT);
	     e != NULL; e = icalcomponent_get_next_component(calendar,
			    ICAL_VEVENT_COMPONENT))
		if (read_event(r, e, err) < 0)
			return -1;
	return 0;
}

/* The root is a calendar, or holds several. */
static int
read_root(struct reading *r, icalcomponent *root, struct errmsg *err)
{
	icalcomponent *c;

	if (icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT)
		return read_calendar(r, root, err);
	for (c = icalcomponent_get_first_component(root,
		 ICAL_VCALENDAR_COMPONENT);
	     c != NULL; c = icalcomponent_get_next_component(root,
			    ICAL_VCALENDAR_COMPONENT))
		if (read_calendar(r, c, err) < 0)
			return -1;
	return 0;
}

int
icsdays_load(const char *path, void (*day)(void *ctx, int64_t day), void *ctx,
    struct errmsg *err)
{
	struct reading r = { .day = day, .ctx = ctx };
	icalcomponent *root = NULL;
	char *text = NULL;
	size_t len;
	int status = -1;

	if (input_slurp(path, FILE_BYTES, &text, &len, err) != 0)
		return -1;
	icalerror_set_errors_are_fatal(0);
	if (strlen(text) == len)
		root = icalparser_parse_string(text);
	if (root == NULL)
		(void)errmsg_set(err, "no iCalendar file");
	else
		status = read_root(&r, root, err);
	if (status == 0 && r.events == 0)
		status = errmsg_set(err, "no event of whole days");
	if (status != 0)
		(void)errmsg_prefix(err, "%s: ", path);
	if (root != NULL)
		icalcomponent_free(root);
	free(text);
	return status;
}
