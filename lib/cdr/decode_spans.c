#include <string.h>

#include "cdr/decode_impl.h"

/* Digits of a number, and its fraction in millionths. */
struct amount {
	uint64_t whole, millionths;
};

/* Move over a number: false if there is none. */
static bool
read_amount(const char **at, const char *end, struct amount *a)
{
	uint64_t place = 100000;
	const char *p = *at;

	*a = (struct amount){ 0, 0 };
	while (p < end && *p >= '0' && *p <= '9' && p - *at < 16)
		a->whole = a->whole * 10 + (uint64_t)(*p++ - '0');
	if (p == *at)
		return false;
	if (p < end && *p == '.') {
		for (p++; p < end && *p >= '0' && *p <= '9'; p++) {
			a->millionths += place * (uint64_t)(*p - '0');
			place /= 10;
		}
	}
	*at = p;
	return true;
}

/*
 * So many units of ms / parts to nanoseconds; UINT64_MAX for what no span can
 * be.
 */
static uint64_t
to_ns(const struct amount *a, uint64_t ms, uint64_t parts)
{
	const uint64_t unit = ms * 1000000 / parts;

	if (a->whole > UINT64_MAX / 4 / unit)
		return UINT64_MAX;
	return a->whole * unit + a->millionths * unit / 1000000;
}

/* Nanoseconds of the unit that begins at `*at`: "s", "ms", "min"; 0: none. */
static uint32_t
read_unit(const char **at, const char *end, uint32_t *parts)
{
	static const struct {
		const char *name;
		uint32_t ms, parts;
	} units[] = {
		{ "ms", 1, 1 },
		{ "min", 60000, 1 },
		{ "sec", 1000, 1 },
		{ "us", 1, 1000 },
		{ "\xc2\xb5s", 1, 1000 },
		{ "ns", 1, 1000000 },
		{ "s", 1000, 1 },
		{ "m", 60000, 1 },
		{ "h", 3600000, 1 },
	};
	size_t i, len;

	while (*at < end && **at == ' ')
		(*at)++;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		len = strlen(units[i].name);
		if ((size_t)(end - *at) < len ||
		    memcmp(*at, units[i].name, len) != 0)
			continue;
		*at += len;
		*parts = units[i].parts;
		return units[i].ms;
	}
	return 0;
}

/* "1h2m3.5s" */
static bool
read_units(const char *at, const char *end, uint64_t *ns)
{
	struct amount a;
	uint32_t ms, parts = 1;
	uint64_t part;

	for (*ns = 0; at < end; *ns += part) {
		if (!read_amount(&at, end, &a) ||
		    (ms = read_unit(&at, end, &parts)) == 0)
			return false;
		part = to_ns(&a, ms, parts);
		if (part > UINT64_MAX / 4 || *ns > UINT64_MAX / 4)
			return false;
		while (at < end && *at == ' ')
			at++;
	}
	return true;
}

/* "h:mm:ss", "m:ss", "hh:mm'ss", "m'ss"; a fraction only of the seconds. */
static bool
read_clock(const char *at, const char *end, uint64_t *ns)
{
	uint64_t seconds = 0;
	struct amount a;
	int n = 0;

	for (;;) {
		if (!read_amount(&at, end, &a) || a.whole > 99999 ||
		    (n > 0 && a.whole > 59))
			return false;
		seconds = seconds * 60 + a.whole;
		if (at == end || ++n == 3)
			break;
		if ((*at != ':' && *at != '\'') || a.millionths > 0)
			return false;
		at++;
	}
	*ns = seconds * 1000000000 + a.millionths * 1000;
	return n > 0 && (at == end || (*at == '"' && at + 1 == end));
}

/* The digits of a number are hours, minutes and what is below. */
static uint64_t
digits_ns(const struct amount *a, enum layout_digits digits)
{
	const uint64_t last = digits == DIGITS_HMMT ? 10 : 100;
	const uint64_t ns = UINT64_C(60000000000) / (last == 10 ? 10 : 60);
	const uint64_t minutes = a->whole / last % 100;

	if (a->millionths > 0 || minutes > 59 ||
	    (last == 100 && a->whole % 100 > 59) || a->whole > 99999999)
		return UINT64_MAX;
	return a->whole % last * ns +
	       (a->whole / last / 100 * 60 + minutes) * 60000000000;
}

int
decode_span(const struct layout_field *f, const struct layout_value *v,
    uint32_t *ms)
{
	const struct layout_unit *unit = &f->unit;
	const char *at = v->text, *end = v->text + v->len;
	struct amount a;
	uint64_t ns;

	if (!read_amount(&at, end, &a))
		return -1;
	if (v->unit != NULL)
		unit = v->unit;
	else if (v->heading != NULL && v->heading->unit.ms != 0)
		unit = &v->heading->unit;
	if (at == end && unit->digits != DIGITS_COUNT)
		ns = digits_ns(&a, unit->digits);
	else if (at == end)
		ns = to_ns(&a, unit->ms, unit->parts);
	else if (!read_clock(v->text, end, &ns) &&
		 !read_units(v->text, end, &ns))
		return -1;
	if (ns / 1000000 > UINT32_MAX - 1)
		return -1;
	*ms = (uint32_t)((ns + 500000) / 1000000);
	return 0;
}
