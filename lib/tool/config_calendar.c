/* Calendars as configured: {"tz": ..., "open": {...}, "closed": [...]}. */
#include "tool/config_impl.h"

#include <string.h>

#include "tel/calltime.h"
#include "tel/icsdays.h"

static void
read_hours(const struct config_reading *r, const struct json *hours,
    const char *days, struct calendar *cal)
{
	struct errmsg err;

	if (hours->type != JSON_STRING)
		config_wrong(r, hours, "hours such as \"07:00-19:00\"");
	else if (calendar_open(cal, days, hours->string, &err) != 0)
		json_note(r->notes, NOTE_ERROR, "E208", hours, NULL, NULL, "%s",
		    err.text);
}

static void
read_open(const struct config_reading *r, const struct json *open,
    struct calendar *cal)
{
	const struct json *days, *hours;

	if (open->type != JSON_OBJECT) {
		config_wrong(r, open, "an object of days is needed");
		return;
	}
	for (days = open->first; days != NULL; days = days->next) {
		if (days->type != JSON_ARRAY) {
			config_wrong(r, days, "an array of hours is needed");
			continue;
		}
		for (hours = days->first; hours != NULL; hours = hours->next)
			read_hours(r, hours, days->key, cal);
	}
}

static void
read_closed(const struct config_reading *r, const struct json *closed,
    struct calendar *cal)
{
	const struct json *e;
	int64_t day;

	if (closed->type != JSON_ARRAY) {
		config_wrong(r, closed, "an array of dates is needed");
		return;
	}
	for (e = closed->first; e != NULL; e = e->next)
		if (e->type != JSON_STRING || date_parse(e->string, &day) != 0)
			config_wrong(r, e, "a date such as \"2026-12-25\"");
		else
			calendar_close(cal, day);
}

static void
close_day(void *calendar, int64_t day)
{
	calendar_close(calendar, day);
}

static void
read_ics(const struct config_reading *r, const struct json *j,
    struct calendar *cal)
{
	struct errmsg err;

	if (j->type != JSON_STRING)
		config_wrong(r, j, "a path is needed");
	else if (icsdays_load(config_path(r, j->string), close_day, cal,
		     &err) != 0)
		json_note(r->notes, NOTE_ERROR, "E208", j, NULL, NULL, "%s",
		    err.text);
}

void
config_read_calendar(const struct config_reading *r, const struct json *j,
    struct calendar *cal)
{
	const struct zone *z;
	const struct json *e;

	for (e = j->first; e != NULL; e = e->next) {
		if (strcmp(e->key, "open") == 0) {
			read_open(r, e, cal);
		} else if (strcmp(e->key, "closed") == 0) {
			read_closed(r, e, cal);
		} else if (strcmp(e->key, "ics") == 0) {
			read_ics(r, e, cal);
		} else if (strcmp(e->key, "tz") == 0) {
			z = config_zone(r, e);
			if (z != NULL)
				calendar_set_zone(cal, z);
		} else {
			json_note_key(r->notes, NOTE_ERROR, "E201", e,
			    "a calendar has tz, open, closed and ics", NULL,
			    "unknown key '%s'", e->key);
		}
	}
}
