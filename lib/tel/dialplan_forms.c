/* The forms that a number may have, and what each one fills in. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tel/dialplan_impl.h"

enum {
	/* A national number without any prefix has at least as many. */
	LEAST_WHOLE = 7,
	NANP_DIGITS = 11
};

void
reading_say(const struct reading *r, const char *fmt, ...)
{
	char line[256];
	va_list ap;

	if (r->steps == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	buf_addstr(r->steps, line);
	buf_addch(r->steps, '\n');
}

static void
set_text(struct number *o, const char *plus, const char *s, size_t n)
{
	(void)snprintf(o->text, sizeof(o->text), "%s%.*s", plus, (int)n, s);
}

void
reading_kept(const struct reading *r, const char *s, size_t n,
    enum numkind kind, enum party_kind party)
{
	set_text(r->out, "", s, n);
	r->out->kind = kind;
	r->out->party = party;
}

void
reading_inside(const struct reading *r, const char *s, size_t n,
    enum numkind kind)
{
	reading_kept(r, s, n, kind, PARTY_INTERNAL);
	r->out->inside = true;
}

static bool
in_list(const struct numplan_list *l, const char *text)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->texts[i], text) == 0)
			return true;
	return false;
}

/* Whether one of the list is the beginning of the digits. */
static bool
has_prefix(const struct numplan_list *l, const char *s, size_t n)
{
	size_t i, len;

	for (i = 0; i < l->n; i++) {
		len = strlen(l->texts[i]);
		if (len <= n && memcmp(l->texts[i], s, len) == 0)
			return true;
	}
	return false;
}

static bool
starts_with(const char *s, size_t n, const char *prefix)
{
	size_t len = strlen(prefix);

	return len < n && memcmp(s, prefix, len) == 0;
}

static bool
is_abroad(const struct reading *r, const char *country, enum numkind kind)
{
	const struct dialplan *d = r->d;

	if (kind == NUMKIND_SATELLITE || strcmp(country, "001") == 0)
		return true;
	return d->home != NULL && *country != '\0' &&
	       strcmp(country, d->home->iso) != 0 &&
	       !in_list(&d->domestic, country);
}

/*
 * The beginning of the digits that can be a number in this role, 0 if none
 * can.  A caller's number is whole or it is wrong.  What is dialled may go on:
 * the network stops listening when the number is complete.
 */
static size_t
number_len(const struct reading *r, const char *s, size_t n)
{
	const struct numplan *np = r->d->np;
	size_t code = numplan_code_len(np, s, n);
	uint32_t lengths = numplan_code_lengths(np, s, code);
	size_t most;

	if (code == 0 || n > DIALPLAN_DIGITS)
		return 0;
	if (r->role == ROLE_CALLER)
		return numplan_possible(np, s, n) ? n : 0;
	if ((lengths & ((UINT32_C(2) << (n - code)) - 1)) == 0)
		return 0;
	for (most = DIALPLAN_DIGITS; (lengths >> most & 1) == 0; most--)
		;
	if (n > code + most)
		n = code + most;
	/* The NANP has one length; elsewhere plans change. */
	return s[0] != '1' || numplan_possible(np, s, n) ? n : 0;
}

/*
 * "+44 020 7946 0123": people write the national prefix 0, too.  Behind the
 * country code of such a country only toll-free numbers begin with 0.
 */
static bool
has_written_zero(const struct reading *r, const char *s, size_t n)
{
	struct numplan_entry e = numplan_find(r->d->np, s, n);
	const struct numplan_country *c = numplan_country(r->d->np, e.country);
	size_t code = numplan_code_len(r->d->np, s, n);
	char without[DIALPLAN_DIGITS];

	if (code == 0 || code == n || n > DIALPLAN_DIGITS || s[code] != '0' ||
	    c == NULL || c->national.n == 0 || c->national.texts[0][0] != '0' ||
	    e.kind == NUMKIND_TOLL_FREE)
		return false;
	memcpy(without, s, code);
	memcpy(without + code, s + code + 1, n - code - 1);
	return numplan_possible(r->d->np, without, n - 1);
}

/* E.164 digits, tidied. */
struct e164 {
	char digits[BOUNDS_NUMBER];
	size_t n;
	bool zero;      /* a written 0 was dropped */
	size_t surplus; /* so many digits were cut off */
};

static bool
make_e164(const struct reading *r, const char *s, size_t n, struct e164 *e)
{
	size_t code = numplan_code_len(r->d->np, s, n), len;

	if (n >= sizeof(e->digits))
		return false;
	memcpy(e->digits, s, n);
	e->zero = false;
	while (has_written_zero(r, e->digits, n)) {
		memmove(e->digits + code, e->digits + code + 1, n - code - 1);
		n--;
		e->zero = true;
	}
	len = number_len(r, e->digits, n);
	e->n = len;
	e->surplus = n - len;
	return len > 0;
}

static void
take_e164(const struct reading *r, const struct e164 *e)
{
	const struct dialplan *d = r->d;
	struct numplan_entry found = numplan_find(d->np, e->digits, e->n);
	const char *country = found.country;
	struct number *o = r->out;

	if (found.kind == NUMKIND_TOLL_FREE && d->home != NULL &&
	    starts_with(e->digits, e->n, d->home->code))
		country = d->home->iso;
	set_text(o, "+", e->digits, e->n);
	(void)snprintf(o->country, sizeof(o->country), "%s", country);
	o->kind = found.kind;
	o->own_toll_free = has_prefix(&d->toll_free, e->digits, e->n);
	o->inside = o->own_toll_free || has_prefix(&d->own, e->digits, e->n);
	o->party = o->inside ? PARTY_INTERNAL : PARTY_OK;
	o->international = is_abroad(r, country, found.kind);
	if (e->zero)
		reading_say(r, "the 0 behind the country code dropped");
	if (e->surplus > 0)
		reading_say(r, "surplus digits cut off: %zu", e->surplus);
	reading_say(r, "%s: prefix +%.*s", o->text, found.matched, e->digits);
}

bool
reading_e164(const struct reading *r, const char *s, size_t n)
{
	struct e164 e;

	if (!make_e164(r, s, n, &e))
		return false;
	take_e164(r, &e);
	return true;
}

bool
reading_international(const struct reading *r, const char *s, size_t n)
{
	const struct numplan_list *l = &r->d->international;
	struct e164 e;
	size_t i, len;

	for (i = 0; i < l->n; i++) {
		len = strlen(l->texts[i]);
		if (!starts_with(s, n, l->texts[i]) ||
		    !make_e164(r, s + len, n - len, &e))
			continue;
		reading_say(r, "international prefix %s: country code %.*s",
		    l->texts[i], (int)numplan_code_len(r->d->np, e.digits, e.n),
		    e.digits);
		take_e164(r, &e);
		r->out->international |= r->d->home == NULL;
		return true;
	}
	return false;
}

/*
 * The home's calling code and these digits, if there may be so many; bit n of
 * `lengths` allows n.
 */
static bool
at_home(const struct reading *r, uint32_t lengths, const char *s, size_t n,
    const char *what)
{
	const struct numplan_country *home = r->d->home;
	char digits[BOUNDS_NUMBER];
	struct e164 e;
	int len;

	if (n == 0 || n > DIALPLAN_DIGITS)
		return false;
	/* In the NANP surplus digits are seen, so they can be cut off. */
	if (strcmp(home->code, "1") != 0 && (lengths >> n & 1) == 0)
		return false;
	len = snprintf(digits, sizeof(digits), "%s%.*s", home->code, (int)n, s);
	if (!make_e164(r, digits, (size_t)len, &e))
		return false;
	reading_say(r, "%s: country code %s", what, home->code);
	take_e164(r, &e);
	return true;
}

bool
reading_national(const struct reading *r, const char *s, size_t n)
{
	const struct numplan_country *home = r->d->home;
	const struct numplan_list *l = &r->d->national;
	char what[BOUNDS_NUMBER];
	size_t i, len;

	for (i = 0; home != NULL && i < l->n; i++) {
		len = strlen(l->texts[i]);
		/* 00 is another prefix, never 0 and a number with 0. */
		if (!starts_with(s, n, l->texts[i]) ||
		    (s[len - 1] == '0' && s[len] == '0'))
			continue;
		(void)snprintf(what, sizeof(what), "national prefix %.20s",
		    l->texts[i]);
		if (at_home(r, home->usual | home->other, s + len, n - len,
			what))
			return true;
	}
	return false;
}

bool
reading_whole(const struct reading *r, const char *s, size_t n)
{
	const struct numplan_country *home = r->d->home;

	if (home == NULL || n < LEAST_WHOLE ||
	    (r->d->national.n > 0 && s[0] == '0') ||
	    (strcmp(home->code, "1") == 0 && n != NANP_DIGITS - 1))
		return false;
	return at_home(r, home->usual, s, n, "a whole national number");
}

bool
reading_own_code(const struct reading *r, const char *s, size_t n, size_t least)
{
	const struct numplan_country *home = r->d->home;
	size_t len;

	if (home == NULL || n < least || !starts_with(s, n, home->code))
		return false;
	len = strlen(home->code);
	return n - len >= LEAST_WHOLE &&
	       (r->d->national.n == 0 || s[len] != '0') &&
	       at_home(r, home->usual, s + len, n - len,
		   "country code, no plus");
}

bool
reading_local(const struct reading *r, const char *s, size_t n)
{
	const struct numplan_country *home = r->d->home;
	char number[BOUNDS_NUMBER + BOUNDS_NUMBER];
	size_t area = strlen(r->d->area);

	if (home == NULL || area == 0 || n < 3 || s[0] == '0' ||
	    (strcmp(home->code, "1") == 0 && area + n != NANP_DIGITS - 1))
		return false;
	(void)snprintf(number, sizeof(number), "%s%.*s", r->d->area, (int)n, s);
	return at_home(r, home->usual, number, area + n, "in the home area");
}

/*
 * Without a pattern, short numbers; but not what is a local number, nor the
 * zeros that stand for no number.
 */
static bool
is_default_extension(const struct reading *r, const char *s, size_t n)
{
	struct number scratch;
	const struct reading probe = { r->d, r->role, &scratch, NULL };

	if (n > DIALPLAN_EXTENSION || (s[0] == '0' && n > 1))
		return false;
	return r->role == ROLE_CALLER || n < DIALPLAN_EXTENSION ||
	       !reading_local(&probe, s, n);
}

bool
reading_extension(const struct reading *r, const char *s, size_t n,
    size_t least)
{
	if (n < least)
		return false;
	if (r->d->extensions != NULL) {
		/* A pattern that hits its limit has not matched. */
		if (pattern_match(r->d->extensions, s, n, NULL, 0, NULL) <= 0)
			return false;
		reading_say(r, "an extension, as configured");
	} else {
		if (!is_default_extension(r, s, n))
			return false;
		reading_say(r, "an extension, because it is short");
	}
	reading_inside(r, s, n, NUMKIND_INTERNAL);
	return true;
}
