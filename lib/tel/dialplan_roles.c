/* In which order the forms are tried, dialled and received. */
#include <string.h>

#include "tel/dialplan_impl.h"

enum {
	/* 101XXXX, and at least 0 behind it. */
	CARRIER_DIGITS = 7,
	/* With country code; shorter ones are sooner wrong than abroad. */
	LEAST_ANY_CODE = 9,
	/* Nothing local is as long: a whole number, though without prefix. */
	SURELY_WHOLE = 10
};

static const char *const emergency_anywhere[] = { "112", "911" };

static bool
is_nanp(const struct reading *r)
{
	return r->d->home != NULL && strcmp(r->d->home->code, "1") == 0;
}

/* An emergency number (or else a service) of the home country. */
static bool
read_short(const struct reading *r, const char *s, size_t n, enum numkind kind)
{
	static const struct numplan_list anywhere = { emergency_anywhere, 2 };
	static const struct numplan_list none = { NULL, 0 };
	const struct numplan_country *home = r->d->home;
	const struct numplan_list *l;

	if (kind == NUMKIND_EMERGENCY)
		l = home != NULL ? &home->emergency : &anywhere;
	else
		l = home != NULL ? &home->service : &none;
	if (!numplan_listed(l, s, n))
		return false;
	reading_say(r, "%.*s is of kind %s", (int)n, s, numkind_name(kind));
	reading_kept(r, s, n, kind, PARTY_OK);
	if (home != NULL)
		memcpy(r->out->country, home->iso, strlen(home->iso) + 1);
	return true;
}

/* The same, perhaps behind an outside digit. */
static bool
read_short_outside(const struct reading *r, const char *s, size_t n,
    enum numkind kind)
{
	const struct numplan_list *l = &r->d->outside;
	size_t i, len;

	if (read_short(r, s, n, kind))
		return true;
	if (r->d->outside_assumed && !is_nanp(r))
		return false;
	for (i = 0; i < l->n; i++) {
		len = strlen(l->texts[i]);
		if (len < n && memcmp(s, l->texts[i], len) == 0 &&
		    read_short(r, s + len, n - len, kind))
			return true;
	}
	return false;
}

/* No prefix is needed where there is none, and for ten digits in the NANP. */
static bool
read_bare(const struct reading *r, const char *s, size_t n)
{
	const struct dialplan *d = r->d;

	return d->home != NULL && (d->national.n == 0 || is_nanp(r)) &&
	       reading_whole(r, s, n);
}

static size_t
carrier_len(const struct reading *r, const char *s, size_t n)
{
	if (!is_nanp(r) || n <= CARRIER_DIGITS || memcmp(s, "101", 3) != 0)
		return 0;
	return CARRIER_DIGITS;
}

static bool
read_dialable(const struct reading *r, const char *s, size_t n)
{
	return reading_international(r, s, n) || reading_national(r, s, n) ||
	       read_bare(r, s, n) || reading_local(r, s, n);
}

/* What would become of it outside, in `out`. */
static bool
try_dialable(const struct reading *r, const char *s, size_t n,
    struct number *out)
{
	const struct reading probe = { r->d, r->role, out, NULL };
	size_t carrier = carrier_len(r, s, n);

	memset(out, 0, sizeof(*out));
	return read_short(&probe, s, n, NUMKIND_EMERGENCY) ||
	       read_short(&probe, s, n, NUMKIND_SERVICE) ||
	       read_dialable(&probe, s + carrier, n - carrier);
}

bool
reading_is_dialable(const struct reading *r, const char *s, size_t n)
{
	struct number scratch;

	return try_dialable(r, s, n, &scratch);
}

/*
 * An assumed digit is one only before a number of somewhere: 9 1 987 ... is
 * sooner +91 987 than an area code that nobody has.
 */
static size_t
outside_len(const struct reading *r, const char *s, size_t n)
{
	const struct numplan_list *l = &r->d->outside;
	bool assumed = r->d->outside_assumed;
	struct number scratch;
	size_t i, len;

	if (assumed && n <= DIALPLAN_EXTENSION)
		return 0;
	for (i = 0; i < l->n; i++) {
		len = strlen(l->texts[i]);
		if (len < n && memcmp(s, l->texts[i], len) == 0 &&
		    try_dialable(r, s + len, n - len, &scratch) &&
		    (!assumed || scratch.country[0] != '\0'))
			return len;
	}
	return 0;
}

/* Whether fixed and mobile numbers have n digits, and none has more. */
static bool
is_longest(const struct numplan_country *c, size_t n)
{
	return n <= DIALPLAN_DIGITS && c->usual >> n == 1;
}

static bool
is_longer(const struct numplan_country *c, size_t n)
{
	return n <= DIALPLAN_DIGITS && c->usual >> n == 0;
}

/* A local number, although nobody said in which area. */
static bool
read_unplaced(const struct reading *r, const char *s, size_t n)
{
	const struct numplan_country *home = r->d->home;

	if (home == NULL || *r->d->area != '\0' || r->d->national.n == 0 ||
	    s[0] < '2' || n < 7 || n > 8 || is_longest(home, n) ||
	    (is_nanp(r) && n != 7))
		return false;
	reading_say(r, "a local number; no area is configured");
	reading_kept(r, s, n, NUMKIND_UNKNOWN, PARTY_OK);
	memcpy(r->out->country, home->iso, strlen(home->iso) + 1);
	return true;
}

/* Without plus only what has as many digits as ordinary numbers there. */
static bool
read_any_code(const struct reading *r, const char *s, size_t n)
{
	const struct numplan *np = r->d->np;
	const struct numplan_country *c =
	    numplan_country(np, numplan_find(np, s, n).country);
	size_t code = numplan_code_len(np, s, n);

	if (r->d->home == NULL || n < LEAST_ANY_CODE ||
	    !numplan_possible(np, s, n) ||
	    (c != NULL && (c->usual >> (n - code) & 1) == 0))
		return false;
	reading_say(r, "a country code without plus");
	return reading_e164(r, s, n);
}

/* As trunks and rewritten records have it: a whole number without prefix. */
static bool
read_trunk_form(const struct reading *r, const char *s, size_t n)
{
	const struct numplan_country *home = r->d->home;

	if (home == NULL)
		return false;
	if (reading_own_code(r, s, n, SURELY_WHOLE) ||
	    (n >= SURELY_WHOLE && is_longer(home, n) && read_any_code(r, s, n)))
		return true;
	return (n >= SURELY_WHOLE || is_longest(home, n)) &&
	       reading_whole(r, s, n);
}

static void
read_nothing(const struct reading *r, const char *s, size_t n)
{
	bool known = r->d->home != NULL;

	reading_say(r, known ? "fits nothing" : "the home country is unknown");
	reading_kept(r, s, n, known ? NUMKIND_INVALID : NUMKIND_UNKNOWN,
	    known ? PARTY_INVALID : PARTY_OK);
}

void
reading_dialled(const struct reading *r, const char *s, size_t n)
{
	size_t len;

	if (read_short_outside(r, s, n, NUMKIND_EMERGENCY) ||
	    (r->d->extensions != NULL && reading_extension(r, s, n, 1)) ||
	    read_short_outside(r, s, n, NUMKIND_SERVICE))
		return;
	len = outside_len(r, s, n);
	if (len == 0 && r->d->extensions == NULL &&
	    reading_extension(r, s, n, 1))
		return;
	if (len > 0) {
		reading_say(r, "outside line %.*s", (int)len, s);
		s += len;
		n -= len;
	}
	if ((len = carrier_len(r, s, n)) > 0 &&
	    reading_is_dialable(r, s + len, n - len)) {
		reading_say(r, "carrier code %.*s", (int)len, s);
		s += len;
		n -= len;
	}
	if (!read_dialable(r, s, n) && !read_unplaced(r, s, n) &&
	    !read_trunk_form(r, s, n))
		read_nothing(r, s, n);
}

/* Where lengths differ, 49 30 ... is sooner the country code than an area. */
static bool
read_open_plan(const struct reading *r, const char *s, size_t n)
{
	return r->d->national.n > 0 && reading_own_code(r, s, n, SURELY_WHOLE);
}

void
reading_caller(const struct reading *r, const char *s, size_t n)
{
	if (!reading_extension(r, s, n, 2) && !reading_international(r, s, n) &&
	    !reading_national(r, s, n) && !read_open_plan(r, s, n) &&
	    !reading_whole(r, s, n) && !read_any_code(r, s, n))
		read_nothing(r, s, n);
}
