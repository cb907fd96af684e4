#include "tel/digits.h"

#include <string.h>

/* A piece of the text; every step of the cleaning narrows it. */
struct piece {
	const char *s;
	size_t len;
};

/*
 * What switches, databases and spreadsheets write for "no number".  Compared
 * without case, blanks, - and _.
 */
static const struct {
	const char *text;
	enum digits_kind kind;
} words[] = {
	{ "", DIGITS_NONE },
	{ "null", DIGITS_NONE },
	{ "(null)", DIGITS_NONE },
	{ "\\n", DIGITS_NONE }, /* MySQL's \N */
	{ "n/a", DIGITS_NONE },
	{ "na", DIGITS_NONE },
	{ "none", DIGITS_NONE },
	{ "nil", DIGITS_NONE },
	{ "undefined", DIGITS_NONE },
	{ "anonymous", DIGITS_ANONYMOUS },
	{ "restricted", DIGITS_ANONYMOUS },
	{ "private", DIGITS_ANONYMOUS },
	{ "privatenumber", DIGITS_ANONYMOUS },
	{ "withheld", DIGITS_ANONYMOUS },
	{ "numberwithheld", DIGITS_ANONYMOUS },
	{ "blocked", DIGITS_ANONYMOUS },
	{ "unknown", DIGITS_ANONYMOUS },
	{ "unknownnumber", DIGITS_ANONYMOUS },
	{ "unavailable", DIGITS_ANONYMOUS },
	{ "notavailable", DIGITS_ANONYMOUS },
	{ "outofarea", DIGITS_ANONYMOUS },
};

static const struct scheme {
	const char *text;
	bool has_host; /* user@host, and the user may be missing */
} schemes[] = {
	{ "tel:", false },
	{ "callto:", false },
	{ "sip:", true },
	{ "sips:", true },
};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whether `c` is one of the characters of `set`; NUL is none. */
static bool
among(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

bool
digits_only(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!digit(s[i]))
			return false;
	return len > 0;
}

/* Blanks, quotes left over, and ="..." that keeps spreadsheets off. */
static void
trim(struct piece *t)
{
	static const char wrapping[] = " \t\r\n\"'=";

	for (; t->len > 0 && among(t->s[0], wrapping); t->s++, t->len--)
		;
	while (t->len > 0 && among(t->s[t->len - 1], wrapping))
		t->len--;
}

static void
cut_at(struct piece *t, const char *set)
{
	size_t i;

	for (i = 0; i < t->len && !among(t->s[i], set); i++)
		;
	t->len = i;
}

/* "Name" <number>;parameters: the name is a stranger's and may have a <. */
static void
unwrap_name(struct piece *t)
{
	size_t open = t->len, close;

	while (open > 0 && t->s[open - 1] != '<')
		open--;
	if (open == 0)
		return;
	for (close = open; close < t->len && t->s[close] != '>'; close++)
		;
	if (close == t->len)
		return;
	t->s += open;
	t->len = close - open;
	trim(t);
}

static const struct scheme *
drop_scheme(struct piece *t)
{
	size_t i, k, len;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		len = strlen(schemes[i].text);
		for (k = 0; k < len && k < t->len; k++)
			if (lower(t->s[k]) != schemes[i].text[k])
				break;
		if (k == len) {
			t->s += len;
			t->len -= len;
			return &schemes[i];
		}
	}
	return NULL;
}

static int
hex_value(char c)
{
	static const char hex[] = "0123456789abcdef";
	const char *p = c != '\0' ? strchr(hex, lower(c)) : NULL;

	return p != NULL ? (int)(p - hex) : -1;
}

/*
 * The piece with %23 and the like decoded; `room` is where to put it.
 * Longer text than fits is no number and stays as it is.
 */
static void
decode_escapes(struct piece *t, char room[BOUNDS_NUMBER])
{
	size_t i, n = 0;
	int high, low;

	if (t->len >= BOUNDS_NUMBER || t->len == 0 ||
	    memchr(t->s, '%', t->len) == NULL)
		return;
	for (i = 0; i < t->len; i++) {
		room[n] = t->s[i];
		if (t->s[i] == '%' && t->len - i > 2 &&
		    (high = hex_value(t->s[i + 1])) >= 0 &&
		    (low = hex_value(t->s[i + 2])) >= 0) {
			room[n] = (char)(high * 16 + low);
			i += 2;
		}
		n++;
	}
	t->s = room;
	t->len = n;
}

/*
 * sip:user:password@host;parameters, tel:number;parameters, user@host
 * (RFC 3261, 19.1; RFC 3966).  False for sip:192.0.2.7, which has no user
 * part and so names no party.
 */
static bool
unwrap_uri(struct piece *t, char room[BOUNDS_NUMBER])
{
	const struct scheme *scheme = drop_scheme(t);
	const char *at = t->len > 0 ? memchr(t->s, '@', t->len) : NULL;

	if (scheme == NULL && at == NULL)
		return true;
	if (at != NULL)
		t->len = (size_t)(at - t->s);
	else if (scheme->has_host && memchr(t->s, '.', t->len) != NULL)
		return false;
	cut_at(t, at != NULL ? ":;" : ":;?");
	decode_escapes(t, room);
	trim(t);
	return true;
}

/* The kind of a word of the table, or DIGITS_WORD. */
static enum digits_kind
word_kind(const struct piece *t)
{
	char folded[BOUNDS_NUMBER];
	size_t i, n = 0;

	for (i = 0; i < t->len && n < sizeof(folded) - 1; i++)
		if (!among(t->s[i], " \t-_"))
			folded[n++] = lower(t->s[i]);
	folded[n] = '\0';
	if (i < t->len || strlen(folded) != n)
		return DIGITS_WORD;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].text, folded) == 0)
			return words[i].kind;
	return DIGITS_WORD;
}

/* "+44 (0)20 7946 0123": the (0) is dialled inside the country only. */
static bool
at_national_zero(const struct piece *t, size_t i, const char *out)
{
	return out[0] == '+' && t->len - i >= 3 &&
	       memcmp(t->s + i, "(0)", 3) == 0;
}

/* Drop separators; false if a character is in no number and no code. */
static bool
drop_separators(const struct piece *t, char out[BOUNDS_NUMBER])
{
	size_t i, n = 0;

	out[0] = '\0';
	for (i = 0; i < t->len; i++) {
		if (at_national_zero(t, i, out)) {
			i += 2;
			continue;
		}
		if (among(t->s[i], " \t.-/()"))
			continue;
		if (!digit(t->s[i]) && !among(t->s[i], "*#") &&
		    (t->s[i] != '+' || n > 0))
			return false;
		if (n == BOUNDS_NUMBER - 1)
			return false;
		out[n++] = t->s[i];
		out[n] = '\0';
	}
	return true;
}

static enum digits_kind
number_kind(char out[BOUNDS_NUMBER])
{
	size_t len = strlen(out);
	char *number = out + (out[0] == '+');

	if (len == 0)
		return DIGITS_NONE;
	/* A # behind digits ends dialling and is no part of the number. */
	if (len > 1 && out[len - 1] == '#' && digit(out[len - 2]) &&
	    digits_only(number, strlen(number) - 1))
		out[--len] = '\0';
	if (digits_only(number, strlen(number)))
		return DIGITS_NUMBER;
	return strpbrk(out, "*#") != NULL ? DIGITS_CODE : DIGITS_WORD;
}

static void
copy_word(char out[BOUNDS_NUMBER], const struct piece *t)
{
	size_t len = t->len < BOUNDS_NUMBER ? t->len : BOUNDS_NUMBER - 1, i;

	/* A NUL would end the word. */
	for (i = 0; i < len; i++)
		out[i] = t->s[i] != '\0' ? t->s[i] : '?';
	out[len] = '\0';
}

/* As most numbers are written: there is nothing to be cleaned of them. */
static bool
is_clean(const char *s, size_t len)
{
	const size_t sign = len > 0 && s[0] == '+';

	return len < BOUNDS_NUMBER && digits_only(s + sign, len - sign);
}

enum digits_kind
digits_clean(const char *s, size_t len, char out[BOUNDS_NUMBER])
{
	struct piece t = { s, len };
	char room[BOUNDS_NUMBER];
	enum digits_kind kind;
	bool has_user;

	if (is_clean(s, len)) {
		memcpy(out, s, len);
		out[len] = '\0';
		return DIGITS_NUMBER;
	}
	out[0] = '\0';
	trim(&t);
	unwrap_name(&t);
	has_user = unwrap_uri(&t, room);
	kind = word_kind(&t);
	if (kind == DIGITS_ANONYMOUS)
		copy_word(out, &(struct piece){ "anonymous", 9 });
	if (kind != DIGITS_WORD)
		return kind;
	if (has_user && drop_separators(&t, out))
		kind = number_kind(out);
	if (kind == DIGITS_WORD)
		copy_word(out, &t);
	return kind;
}
