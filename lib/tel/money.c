#include "tel/money.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

enum { DECIMALS = 6, EXPONENT_MOST = 30 };

/*
 * Signs that stand beside amounts; a longer one before what it begins or
 * ends with.  Not the cent sign: it means another amount.
 */
static const char *const signs[] = { "US$", "CA$", "AU$", "NZ$", "HK$", "NT$",
	"MX$", "R$", "A$", "C$", "S$", "$", "\xe2\x82\xac" /* euro */,
	"\xc2\xa3" /* pound */, "\xc2\xa5" /* yen */,
	"\xe2\x82\xb9" /* rupee */, "\xe2\x82\xbd" /* rouble */,
	"\xe2\x82\xa9" /* won */, "\xe2\x82\xba" /* lira */,
	"\xe2\x82\xaa" /* shekel */, "\xe2\x82\xb4" /* hryvnia */,
	"\xe2\x82\xa6" /* naira */, "\xe2\x82\xb1" /* peso */,
	"\xe2\x82\xab" /* dong */, "\xe0\xb8\xbf" /* baht */, "kr",
	"z\xc5\x82" /* zloty */, "K\xc4\x8d" /* koruna */, "Ft", "Rs", "Fr." };

/* ISO 4217, the codes of money that is paid with. */
static const char codes[] =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND "
    "BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF "
    "DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD "
    "HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW "
    "KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR "
    "MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN "
    "PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN "
    "SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED "
    "VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

/* The text; every step narrows it. */
struct piece {
	const char *s;
	size_t len;
};

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* What stands around the digits ------------------------------------------- */

static bool
same_text(const char *a, const char *b, size_t len)
{
	size_t i;

	for (i = 0; i < len && upper(a[i]) == upper(b[i]); i++)
		;
	return i == len;
}

bool
money_is_code(const char *s, size_t len)
{
	size_t i;

	for (i = 0; len == 3 && i < sizeof(codes); i += 4)
		if (same_text(s, codes + i, 3))
			return true;
	return false;
}

static bool
drop_front(struct piece *t, const char *text, size_t len)
{
	if (t->len < len || !same_text(t->s, text, len))
		return false;
	t->s += len;
	t->len -= len;
	return true;
}

static bool
drop_back(struct piece *t, const char *text, size_t len)
{
	if (t->len < len || !same_text(t->s + t->len - len, text, len))
		return false;
	t->len -= len;
	return true;
}

static bool
drop_currency(struct piece *t,
    bool (*drop)(struct piece *t, const char *text, size_t len))
{
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (drop(t, signs[i], strlen(signs[i])))
			return true;
	for (i = 0; i < sizeof(codes); i += 4)
		if (drop(t, codes + i, 3))
			return true;
	return false;
}

/* Blanks, no-break ones included. */
static bool
drop_blank(struct piece *t,
    bool (*drop)(struct piece *t, const char *text, size_t len))
{
	return drop(t, " ", 1) || drop(t, "\t", 1) || drop(t, "\xc2\xa0", 2) ||
	       drop(t, "\xe2\x80\xaf", 3);
}

static bool
drop_sign(struct piece *t, bool *negative)
{
	*negative = drop_front(t, "-", 1) || drop_front(t, "\xe2\x88\x92", 3) ||
		    drop_back(t, "-", 1);
	if (!*negative && t->len > 1 && t->s[0] == '(' &&
	    t->s[t->len - 1] == ')') {
		t->s++;
		t->len -= 2;
		*negative = true;
	}
	return *negative || drop_front(t, "+", 1);
}

/*
 * Down to the digits and what separates them: one sign, and one currency on
 * each side, in any order.
 */
static void
unwrap(struct piece *t, bool *negative)
{
	bool sign = false, front = false, back = false, more = true;

	for (*negative = false; more;) {
		more = drop_blank(t, drop_front) || drop_blank(t, drop_back);
		if (!sign && drop_sign(t, negative))
			sign = more = true;
		if (!front && drop_currency(t, drop_front))
			front = more = true;
		if (!back && drop_currency(t, drop_back))
			back = more = true;
	}
}

/* E-5 at the end; -1 if it is absurd. */
static int
take_exponent(struct piece *t, int *exponent)
{
	size_t digits = 0, at;
	int v = 0;
	bool minus;

	*exponent = 0;
	while (digits < t->len && digit(t->s[t->len - 1 - digits]))
		digits++;
	at = t->len - digits;
	minus = at > 0 && t->s[at - 1] == '-';
	if (at > 0 && (minus || t->s[at - 1] == '+'))
		at--;
	if (digits == 0 || at == 0 || upper(t->s[at - 1]) != 'E')
		return 0;
	for (; digits > 0 && v <= EXPONENT_MOST; digits--)
		v = v * 10 + (t->s[t->len - digits] - '0');
	if (v > EXPONENT_MOST)
		return -1;
	t->len = at - 1;
	*exponent = minus ? -v : v;
	return 0;
}

/* Digits and marks -------------------------------------------------------- */

/* The kinds of marks between digits; the last two only group thousands. */
enum mark { MARK_DOT, MARK_COMMA, MARK_BLANK, MARK_APOSTROPHE, MARKS };

static const struct {
	const char *text;
	enum mark mark;
} mark_texts[] = {
	{ ".", MARK_DOT },
	{ ",", MARK_COMMA },
	{ " ", MARK_BLANK },
	{ "\xc2\xa0", MARK_BLANK },
	{ "\xe2\x80\xaf", MARK_BLANK },
	{ "'", MARK_APOSTROPHE },
	{ "\xe2\x80\x99", MARK_APOSTROPHE },
};

/* The mark that `t` begins with is dropped; MARKS if it is none. */
static enum mark
take_mark(struct piece *t)
{
	size_t i;

	for (i = 0; i < sizeof(mark_texts) / sizeof(mark_texts[0]); i++)
		if (drop_front(t, mark_texts[i].text,
			strlen(mark_texts[i].text)))
			return mark_texts[i].mark;
	return MARKS;
}

/* Which mark is which; MARKS for none. */
struct marks {
	enum mark decimal, group;
};

static int
settle_marks(struct piece t, struct marks *m)
{
	size_t count[MARKS] = { 0 };
	enum mark mark, last = MARKS, i;

	while (t.len > 0) {
		if (digit(*t.s)) {
			(void)drop_front(&t, t.s, 1);
			continue;
		}
		if ((mark = take_mark(&t)) == MARKS)
			return -1;
		count[mark]++;
		if (mark <= MARK_COMMA)
			last = mark;
	}
	/* The last of dot and comma, if it occurs once. */
	m->decimal = last != MARKS && count[last] == 1 ? last : MARKS;
	m->group = MARKS;
	for (i = 0; i < MARKS; i++) {
		if (i == m->decimal || count[i] == 0)
			continue;
		if (m->group != MARKS)
			return -1;
		m->group = i;
	}
	return 0;
}

/*
 * How many digits stand in front of the decimal mark.  Thousands are 1 to 3
 * digits, then groups of 3, between commas of 2, too, but for the last.  -1
 * if they are not, or there is no digit at all.
 */
static int
count_whole(struct piece t, const struct marks *m, size_t *whole)
{
	const size_t least = m->group == MARK_COMMA ? 2 : 3;
	size_t run = 0, groups = 0, digits = 0;
	bool decimals = false;
	enum mark mark;

	*whole = 0;
	while (t.len > 0) {
		if (digit(*t.s)) {
			(void)drop_front(&t, t.s, 1);
			run++;
			digits++;
			*whole += !decimals;
			continue;
		}
		mark = take_mark(&t);
		if (decimals || (mark == m->decimal && groups > 0 && run != 3))
			return -1;
		if (mark == m->decimal)
			decimals = true;
		else if (run < (groups > 0 ? least : 1) || run > 3)
			return -1;
		else
			groups++;
		run = 0;
	}
	if (digits == 0 || (!decimals && groups > 0 && run != 3))
		return -1;
	return 0;
}

static int
add_digit(int64_t *v, int d)
{
	if (*v > (INT64_MAX - d) / 10)
		return -1;
	*v = *v * 10 + d;
	return 0;
}

/*
 * The first `keep` digits as a number, rounded by those behind them, or with
 * zeros for those that are missing.
 */
static int
round_digits(const struct piece *t, long keep, int64_t *value)
{
	int next = 0; /* the first digit that is not kept */
	bool rest = false;
	int64_t v = 0;
	long n = 0;
	size_t i;

	for (i = 0; i < t->len; i++) {
		if (!digit(t->s[i]))
			continue;
		if (n < keep && add_digit(&v, t->s[i] - '0') != 0)
			return -1;
		if (n == keep)
			next = t->s[i] - '0';
		else if (n > keep && t->s[i] != '0')
			rest = true;
		n++;
	}
	for (; n < keep; n++)
		if (add_digit(&v, 0) != 0)
			return -1;
	if (next > 5 || (next == 5 && (rest || v % 2 != 0))) {
		if (v == INT64_MAX)
			return -1;
		v++;
	}
	*value = v;
	return 0;
}

int
money_parse(const char *s, int64_t *micro)
{
	struct piece t = { s, strlen(s) };
	struct marks marks;
	size_t whole;
	bool negative;
	int64_t value;
	int exponent;

	unwrap(&t, &negative);
	if (take_exponent(&t, &exponent) != 0 || settle_marks(t, &marks) != 0 ||
	    count_whole(t, &marks, &whole) != 0 ||
	    round_digits(&t, (long)whole + DECIMALS + exponent, &value) != 0)
		return -1;
	*micro = negative ? -value : value;
	return 0;
}

void
money_print(struct buf *b, int64_t micro)
{
	uint64_t v = micro < 0 ? -(uint64_t)micro : (uint64_t)micro;
	uint64_t cents = v / 10000, rest = v % 10000;

	if (rest > 5000 || (rest == 5000 && cents % 2 != 0))
		cents++;
	buf_addf(b, "%s%" PRIu64 ".%02d", micro < 0 && cents > 0 ? "-" : "",
	    cents / 100, (int)(cents % 100));
}

int64_t
money_add(int64_t a, int64_t b)
{
	if (b > 0 && a > INT64_MAX - b)
		return INT64_MAX;
	if (b < 0 && a < INT64_MIN - b)
		return INT64_MIN;
	return a + b;
}
