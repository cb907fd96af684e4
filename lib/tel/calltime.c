#include "tel/calltime.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "io/jsonout.h"

/*
 * Spans, and times for people.  Stamp patterns are in calltime_stamp.c.
 */

static const struct unit {
	const char *name;
	int64_t ms;
	bool printed;
} units[] = {
	{ "w", INT64_C(7) * 86400000, false },
	{ "d", INT64_C(86400000), true },
	{ "h", INT64_C(3600000), true },
	{ "m", INT64_C(60000), true },
	{ "s", INT64_C(1000), true },
	{ "ms", INT64_C(1), true },
};

enum { UNITS = sizeof(units) / sizeof(units[0]) };

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static const struct unit *
find_unit(const char *name)
{
	size_t i;

	for (i = 0; i < UNITS; i++)
		if (strcmp(units[i].name, name) == 0)
			return &units[i];
	return NULL;
}

/* The decimals at `*p` as so many ms of a unit; -1 if that is not whole. */
static int
parse_decimals(const char **p, int64_t unit_ms, int64_t *ms)
{
	int64_t value = 0, scale = 1;

	if (!digit(**p))
		return -1;
	for (; digit(**p); ++*p) {
		/* Beyond that only zeros leave whole milliseconds. */
		if (scale == INT64_C(1000000000)) {
			if (**p != '0')
				return -1;
			continue;
		}
		value = value * 10 + (**p - '0');
		scale *= 10;
	}
	*ms = value * unit_ms / scale;
	return value * unit_ms % scale == 0 ? 0 : -1;
}

int
span_parse(const char *s, int64_t *ms)
{
	const struct unit *u = find_unit(s + strspn(s, "0123456789."));
	int64_t whole = 0, rest = 0;
	const char *p;

	if (u == NULL || !digit(*s))
		return -1;
	for (p = s; digit(*p); p++) {
		if (whole > (INT64_MAX / u->ms - (*p - '0')) / 10)
			return -1;
		whole = whole * 10 + (*p - '0');
	}
	if (*p == '.' && (p++, parse_decimals(&p, u->ms, &rest) != 0))
		return -1;
	if (strcmp(p, u->name) != 0 || whole * u->ms > INT64_MAX - rest)
		return -1;
	*ms = whole * u->ms + rest;
	return 0;
}

enum { SPAN_TEXT = 40, DECIMALS = 9 };

/* `ms` in one unit, all decimals; -1 if they do not end soon. */
static int
print_in(char text[SPAN_TEXT], uint64_t ms, const struct unit *u)
{
	uint64_t unit_ms = (uint64_t)u->ms, rest = ms % unit_ms;
	int len, i;

	len = snprintf(text, SPAN_TEXT, "%" PRIu64 "%s", ms / unit_ms,
	    rest > 0 ? "." : "");
	for (i = 0; rest > 0 && i < DECIMALS; i++, rest %= unit_ms) {
		rest *= 10;
		text[len++] = (char)('0' + rest / unit_ms);
	}
	(void)snprintf(text + len, SPAN_TEXT - (size_t)len, "%s", u->name);
	return rest == 0 ? 0 : -1;
}

/* What is left when the sign is written. */
static uint64_t
print_sign(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_addch(b, '-');
	return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

void
span_print(struct buf *b, int64_t ms)
{
	char text[SPAN_TEXT], best[SPAN_TEXT] = "0s";
	uint64_t left = print_sign(b, ms);
	size_t i, shortest = SIZE_MAX;

	for (i = 0; left > 0 && i < UNITS; i++) {
		if (!units[i].printed || print_in(text, left, &units[i]) != 0 ||
		    strlen(text) >= shortest)
			continue;
		shortest = strlen(text);
		memcpy(best, text, sizeof(best));
	}
	buf_addstr(b, best);
}

void
span_clock(struct buf *b, int64_t ms)
{
	uint64_t seconds = print_sign(b, ms / 1000);

	if (seconds >= 3600)
		buf_addf(b, "%" PRIu64 ":%02d:%02d", seconds / 3600,
		    (int)(seconds / 60 % 60), (int)(seconds % 60));
	else
		buf_addf(b, "%d:%02d", (int)(seconds / 60),
		    (int)(seconds % 60));
}

static void
print_civil(struct buf *b, const struct civil *c, char between)
{
	buf_addf(b, "%04d-%02d-%02d%c%02d:%02d:%02d", (int)c->year, c->month,
	    c->day, between, c->hour, c->minute, c->second);
}

void
time_rfc3339(struct buf *b, int64_t utc_ms)
{
	struct civil c;

	zone_to_local(zone_utc(), utc_ms, &c);
	print_civil(b, &c, 'T');
	if (c.ms != 0)
		buf_addf(b, ".%03d", c.ms);
	buf_addch(b, 'Z');
}

void
time_local(struct buf *b, const struct zone *z, int64_t utc_ms)
{
	struct civil c;

	zone_to_local(z, utc_ms, &c);
	print_civil(b, &c, ' ');
}

/* Exactly `n` digits. */
static int
fixed_digits(const char *s, int n)
{
	int v = 0;

	for (; n > 0; n--, s++) {
		if (!digit(*s))
			return -1;
		v = v * 10 + (*s - '0');
	}
	return v;
}

int
date_parse(const char *s, int64_t *day)
{
	struct civil c = { 0 };
	int year, month, of_month;

	if (strlen(s) != 10 || s[4] != '-' || s[7] != '-' ||
	    (year = fixed_digits(s, 4)) < 0 ||
	    (month = fixed_digits(s + 5, 2)) < 0 ||
	    (of_month = fixed_digits(s + 8, 2)) < 0)
		return -1;
	c.year = year;
	c.month = (int8_t)month;
	c.day = (int8_t)of_month;
	if (!zone_valid(&c))
		return -1;
	*day = zone_days(year, month, of_month);
	return 0;
}

void
date_print(struct buf *b, int64_t day)
{
	int8_t month, of_month;
	int32_t year;

	zone_date(day, &year, &month, &of_month);
	buf_addf(b, "%04d-%02d-%02d", (int)year, month, of_month);
}

void
time_json(struct jsonout *j, const char *key, int64_t utc_ms)
{
	struct buf b;

	buf_init(&b);
	time_rfc3339(&b, utc_ms);
	jsonout_kstring(j, key, b.data);
	buf_fini(&b);
}

void
date_json(struct jsonout *j, const char *key, int64_t day)
{
	struct buf b;

	buf_init(&b);
	date_print(&b, day);
	jsonout_kstring(j, key, b.data);
	buf_fini(&b);
}

/* One of the forms that people type: no text fits two; the usual come first. */
static int
parse_form(const char *s, const struct zone *z, int64_t *utc_ms)
{
	static const char *const forms[] = {
		"%Y-%m-%dT%H:%M:%S",
		"%Y-%m-%dT%H:%M:%S%z",
		"%Y-%m-%dT%H:%M",
		"%Y-%m-%dT%H:%M%z",
		"%Y-%m-%dT%H:%M:%S.%f",
		"%Y-%m-%dT%H:%M:%S.%f%z",
	};
	struct stamp_pattern *p = NULL;
	struct stamp stamp;
	size_t i, offset;
	int64_t second;
	int fits = -1, rc;

	for (i = 0; fits != 0 && i < sizeof(forms) / sizeof(forms[0]); i++) {
		rc = stamp_compile(&p, forms[i], &offset, NULL);
		assert(rc == 0);
		fits = stamp_parse(p, s, strlen(s), &stamp);
		stamp_free(&p);
	}
	if (fits != 0)
		return -1;
	if (stamp.kind == STAMP_LOCAL)
		(void)zone_to_utc(z, &stamp.civil, utc_ms, &second);
	else
		*utc_ms = stamp.utc_ms;
	return 0;
}

int
time_parse(const char *s, const struct zone *z, int64_t now_ms, int64_t *utc_ms,
    struct errmsg *err)
{
	int64_t day, span;
	char text[64];
	size_t len = strlen(s);

	if (date_parse(s, &day) == 0) {
		*utc_ms = zone_day_start(z, day, 0, 0);
		return 0;
	}
	if (span_parse(s, &span) == 0 && now_ms >= INT64_MIN + span) {
		*utc_ms = now_ms - span;
		return 0;
	}
	/* RFC 3339, 5.6 lets a blank and small letters stand for T and Z. */
	if (len > 10 && len < sizeof(text)) {
		memcpy(text, s, len + 1);
		if (text[10] == ' ' || text[10] == 't')
			text[10] = 'T';
		if (parse_form(text, z, utc_ms) == 0)
			return 0;
	}
	return errmsg_set(err,
	    "not a time: '%s' (2026-01-13, 2026-01-13T10:00 or 7d is one)", s);
}
