#include "tel/zone.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bounds.h"
#include "base/floordiv.h"
#include "base/xalloc.h"
#include "io/input.h"
#include "tel/zone_impl.h"

static const char zone_folder[] = "/usr/share/zoneinfo";

static const int64_t utc_at[] = { INT64_MIN };
static const uint8_t utc_of[] = { 0 };
static const struct zone_type utc_type[] = { { 0, "UTC" } };
static const struct zone utc_zone = {
	.name = "UTC",
	.at = utc_at,
	.of = utc_of,
	.n = 1,
	.types = utc_type,
	.cycle_end = INT64_MAX,
};

/*
 * The only state of the library at file scope: a zone never changes and is
 * named from everywhere (sources, calendars, options), so one copy for the
 * whole program needs no owner and no answer differs because of it.
 */
static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;
static struct zone *cache;

/* Dates ------------------------------------------------------------------- */

/*
 * Both directions count years from March 1 of year 0, so that the leap day
 * is the last of its year (Howard Hinnant, "chrono-compatible low-level date
 * algorithms").
 */
int64_t
zone_days(int32_t year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = floor_div(y, 400), of_era = y - era * 400;
	int64_t of_year;

	assert(month >= 1 && month <= 12);
	of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

void
zone_date(int64_t days, int32_t *year, int8_t *month, int8_t *day)
{
	int64_t era, of_era, year_of_era, of_year, m;

	days += 719468;
	era = floor_div(days, 146097);
	of_era = days - era * 146097;
	year_of_era =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year =
	    of_era - (year_of_era * 365 + year_of_era / 4 - year_of_era / 100);
	m = (5 * of_year + 2) / 153;
	*day = (int8_t)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int8_t)(m < 10 ? m + 3 : m - 9);
	*year = (int32_t)(year_of_era + era * 400 + (*month <= 2));
}

int
zone_weekday(int64_t days)
{
	int64_t from_thursday = days - floor_div(days, 7) * 7;

	return (int)((from_thursday + 3) % 7);
}

static int
days_of_month(int32_t year, int month)
{
	static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

bool
zone_valid(const struct civil *c)
{
	return c->year >= 0 && c->year <= 9999 && c->month >= 1 &&
	       c->month <= 12 && c->day >= 1 &&
	       c->day <= days_of_month(c->year, c->month) && c->hour >= 0 &&
	       c->hour <= 23 && c->minute >= 0 && c->minute <= 59 &&
	       c->second >= 0 && c->second <= 60;
}

/* UTC to local -------------------------------------------------------------*/

/* The whole cycles by which `t` lies behind what is written out. */
static int64_t
cycles_behind(const struct zone *z, int64_t t)
{
	if (t < z->cycle_end)
		return 0;
	return ((t - z->cycle_end) / ZONE_CYCLE + 1) * ZONE_CYCLE;
}

/* The span in which `t`, not behind the written part, lies. */
static size_t
span_at(const struct zone *z, int64_t t)
{
	size_t low = 0, high = z->n, middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (z->at[middle] <= t)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static int32_t
span_offset(const struct zone *z, size_t span)
{
	return z->types[z->of[span]].offset;
}

int32_t
zone_offset(const struct zone *z, int64_t utc_ms, const char **abbr)
{
	int64_t t = floor_div(utc_ms, 1000);
	const struct zone_type *type;

	type = &z->types[z->of[span_at(z, t - cycles_behind(z, t))]];
	if (abbr != NULL)
		*abbr = type->abbr;
	return type->offset;
}

int64_t
zone_next_change(const struct zone *z, int64_t utc_ms)
{
	int64_t t = floor_div(utc_ms, 1000), behind = cycles_behind(z, t);
	size_t span = span_at(z, t - behind) + 1;

	if (span >= z->n || z->at[span] + behind > INT64_MAX / 1000)
		return ZONE_NEVER;
	return (z->at[span] + behind) * 1000;
}

void
zone_to_local(const struct zone *z, int64_t utc_ms, struct civil *c)
{
	int64_t seconds = floor_div(utc_ms, 1000), local, days;
	int32_t of_day;

	local = seconds + zone_offset(z, utc_ms, NULL);
	days = floor_div(local, 86400);
	of_day = (int32_t)(local - days * 86400);
	zone_date(days, &c->year, &c->month, &c->day);
	c->hour = (int8_t)(of_day / 3600);
	c->minute = (int8_t)(of_day / 60 % 60);
	c->second = (int8_t)(of_day % 60);
	c->ms = (int16_t)((utc_ms % 1000 + 1000) % 1000);
}

int64_t
zone_local_day(const struct zone *z, int64_t utc_ms)
{
	return floor_div(floor_div(utc_ms, 1000) + zone_offset(z, utc_ms, NULL),
	    86400);
}

/* Local to UTC ------------------------------------------------------------ */

struct reading {
	enum zone_fold fold;
	int64_t first, second; /* UTC seconds */
	int64_t change;        /* ZONE_SKIPPED: when clocks went forward */
};

/*
 * Every span is asked whether it shows `local` while it lasts.  Spans much
 * shorter than a day exist in no zone, so one or two are asked.
 */
static struct reading
read_local(const struct zone *z, int64_t local)
{
	struct reading r = { .fold = ZONE_SKIPPED };
	int64_t behind = cycles_behind(z, local), t, last;
	size_t i;

	local -= behind;
	for (i = span_at(z, local - ZONE_REACH);
	     i < z->n && z->at[i] <= local + ZONE_REACH; i++) {
		t = local - span_offset(z, i);
		last = i > 0 ? local - span_offset(z, i - 1) : INT64_MIN;
		if (t >= z->at[i] && (i + 1 == z->n || t < z->at[i + 1])) {
			if (r.fold == ZONE_ONCE) {
				r.fold = ZONE_TWICE;
				r.second = t + behind;
				break;
			}
			r.fold = ZONE_ONCE;
			r.first = r.second = t + behind;
		} else if (r.fold == ZONE_SKIPPED && t < z->at[i] &&
			   last >= z->at[i]) {
			r.first = r.second = last + behind;
			r.change = z->at[i] + behind;
		}
	}
	return r;
}

enum zone_fold
zone_to_utc(const struct zone *z, const struct civil *c, int64_t *first,
    int64_t *second)
{
	struct reading r;

	assert(zone_valid(c));
	r = read_local(z, zone_days(c->year, c->month, c->day) * 86400 +
			      c->hour * 3600 + c->minute * 60 +
			      (c->second < 60 ? c->second : 59));
	*first = r.first * 1000 + c->ms;
	*second = r.second * 1000 + c->ms;
	return r.fold;
}

int64_t
zone_day_start(const struct zone *z, int64_t day, int hour, int minute)
{
	struct reading r =
	    read_local(z, day * 86400 + hour * 3600 + minute * 60);

	return (r.fold == ZONE_SKIPPED ? r.change : r.first) * 1000;
}

/* Names ------------------------------------------------------------------- */

/* A fixed offset: +hh, +hhmm or +hh:mm.  False if `name` is none. */
static bool
parse_fixed(const char *name, int32_t *offset)
{
	int digit[4] = { 0 }, n = 0;
	const char *p;

	if (*name != '+' && *name != '-')
		return false;
	for (p = name + 1; *p != '\0' && n < 4; p++) {
		if (*p == ':' && n == 2 && p == name + 3)
			continue;
		if (*p < '0' || *p > '9')
			return false;
		digit[n++] = *p - '0';
	}
	if (*p != '\0' || (n != 2 && n != 4) || (n == 2 && p != name + 3))
		return false;
	*offset =
	    (digit[0] * 10 + digit[1]) * 3600 + (digit[2] * 10 + digit[3]) * 60;
	if (digit[2] > 5 || *offset > 15 * 3600)
		return false;
	if (*name == '-')
		*offset = -*offset;
	return true;
}

static struct zone *
fixed_zone(const char *name, int32_t offset)
{
	struct zone *z = xcalloc(1, sizeof(*z));
	struct zone_type *type = xcalloc(1, sizeof(*type));

	(void)snprintf(z->name, sizeof(z->name), "%s", name);
	type->offset = offset;
	type->abbr = z->name;
	z->at = utc_at;
	z->of = utc_of;
	z->n = 1;
	z->types = type;
	z->cycle_end = INT64_MAX;
	return z;
}

/*
 * A name becomes part of a path: letters, digits, _ + - and single slashes
 * inside.  No dot, so no way out of the folder.
 */
static bool
plain_name(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789_+-/";
	size_t len = strlen(name);

	return len > 0 && len < ZONE_NAME && strspn(name, allowed) == len &&
	       name[0] != '/' && name[len - 1] != '/' &&
	       strstr(name, "//") == NULL;
}

static struct zone *
load_zone(const char *name, struct errmsg *err)
{
	char path[sizeof(zone_folder) + ZONE_NAME], *bytes = NULL;
	struct zone *z = NULL;
	struct stat st;
	size_t len;

	if (!plain_name(name)) {
		errmsg_set(err, "unknown time zone: '%s'", name);
		return NULL;
	}
	if (stat(zone_folder, &st) != 0) {
		errmsg_set(err, "time zone '%s': the package tzdata is missing",
		    name);
		return NULL;
	}
	(void)snprintf(path, sizeof(path), "%s/%s", zone_folder, name);
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
		errmsg_set(err, "unknown time zone: '%s'", name);
		return NULL;
	}
	if (input_slurp(path, BOUNDS_ZONE_FILE, &bytes, &len, err) != 0)
		return NULL;
	z = xcalloc(1, sizeof(*z));
	(void)snprintf(z->name, sizeof(z->name), "%s", name);
	if (zone_file_parse(z, (const unsigned char *)bytes, len, err) != 0) {
		errmsg_prefix(err, "%s: ", path);
		free(z);
		z = NULL;
	}
	free(bytes);
	return z;
}

const struct zone *
zone_get(const char *name, struct errmsg *err)
{
	char fixed[ZONE_NAME];
	int32_t offset, m;
	struct zone *z;
	bool is_fixed;

	if (strcmp(name, "UTC") == 0 || strcmp(name, "Z") == 0)
		return &utc_zone;
	is_fixed = parse_fixed(name, &offset);
	if (is_fixed) {
		m = abs(offset) / 60;
		(void)snprintf(fixed, sizeof(fixed), "%c%02d:%02d",
		    offset < 0 ? '-' : '+', (int)m / 60, (int)m % 60);
		name = fixed;
	}
	(void)pthread_mutex_lock(&cache_lock);
	for (z = cache; z != NULL; z = z->next)
		if (strcmp(z->name, name) == 0)
			break;
	if (z == NULL) {
		z = is_fixed ? fixed_zone(name, offset) : load_zone(name, err);
		if (z != NULL) {
			z->next = cache;
			cache = z;
		}
	}
	(void)pthread_mutex_unlock(&cache_lock);
	return z;
}

const struct zone *
zone_utc(void)
{
	return &utc_zone;
}

const char *
zone_name(const struct zone *z)
{
	return z->name;
}
