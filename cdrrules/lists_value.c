/* The values of lists that others publish, as lists of ours have them. */
#include "lists.h"

#include <string.h>

#include "base/bounds.h"

enum { RANGE_DIGITS = 7, PADDING = 10 };

/* "+1312555*12": does it stand for one digit, or for any number of them? */
bool
list_value_doubtful(const char *value)
{
	const char *c = value;
	size_t n;

	for (; (c = strchr(c, '*')) != NULL; c += n) {
		n = strspn(c, "*");
		if (n == 1 && c[1] != '\0')
			return true;
	}
	return false;
}

/*
 * "+1900*" begins, "a-b" is a range, "+4121560####", "..XXXX" and "..****" are
 * patterns.
 */
enum numlist_kind
list_value_kind(char *value)
{
	size_t len = strlen(value);
	char *c, *dash = strchr(value, '-');
	bool wild = false;

	if (len > 1 && value[len - 1] == '*' && value[len - 2] != '*') {
		value[len - 1] = '\0';
		return NUMLIST_PREFIX;
	}
	for (c = value; *c != '\0'; c++)
		if (strchr("#xX?*", *c) != NULL) {
			*c = '#';
			wild = true;
		}
	if (wild)
		return NUMLIST_PATTERN;
	return dash != NULL && strchr(dash + 1, '-') == NULL &&
		       dash - value >= RANGE_DIGITS &&
		       strlen(dash + 1) >= RANGE_DIGITS
		   ? NUMLIST_RANGE
		   : NUMLIST_EXACT;
}

/* A whole number as calls have it; false for what is none. */
static bool
canonical(const struct dialplan *plan, const char *value, struct buf *out)
{
	struct number n;

	if (value[0] == '+' || plan == NULL) {
		buf_addstr(out, value);
		return value[0] == '+';
	}
	dialplan_read(plan, ROLE_CALLER, value, strlen(value), &n);
	buf_addstr(out, n.text);
	return n.party == PARTY_OK;
}

/* The same of a pattern: any digit of it is a 5 while it is read. */
static bool
canonical_pattern(const struct dialplan *plan, const char *value,
    struct buf *out)
{
	char digits[BOUNDS_NUMBER];
	size_t len = strlen(value), i;

	if (value[0] == '+' || len >= sizeof(digits))
		return canonical(plan, value, out);
	for (i = 0; i <= len; i++)
		digits[i] = value[i] == '#' ? '5' : value[i];
	if (!canonical(plan, digits, out))
		return false;
	for (i = 0; i < len && i < out->len; i++)
		if (value[len - 1 - i] == '#')
			out->data[out->len - 1 - i] = '#';
	return true;
}

/* The same of a beginning: with so many digits more that it is a number. */
static bool
canonical_prefix(const struct dialplan *plan, const char *value,
    struct buf *out)
{
	char digits[BOUNDS_NUMBER + PADDING];
	size_t len = strlen(value), pad;

	if (value[0] == '+' || len >= BOUNDS_NUMBER)
		return canonical(plan, value, out);
	(void)strcpy(digits, value);
	for (pad = 0; pad < PADDING; pad++) {
		digits[len + pad] = '\0';
		buf_reset(out);
		if (canonical(plan, digits, out) && out->len > pad) {
			buf_cut(out, out->len - pad);
			return true;
		}
		digits[len + pad] = '5';
	}
	return false;
}

static bool
canonical_range(const struct dialplan *plan, char *value, struct buf *out)
{
	char *dash = strchr(value, '-');
	struct buf end;
	bool good;

	*dash = '\0';
	buf_init(&end);
	good = canonical(plan, value, out) && canonical(plan, dash + 1, &end);
	buf_addf(out, "-%s", end.len > 0 ? end.data : "");
	buf_fini(&end);
	return good;
}

bool
list_value_canonical(const struct dialplan *plan, enum numlist_kind kind,
    char *value, struct buf *out)
{
	switch (kind) {
	case NUMLIST_PATTERN:
		return canonical_pattern(plan, value, out);
	case NUMLIST_PREFIX:
		return canonical_prefix(plan, value, out);
	case NUMLIST_RANGE:
		return canonical_range(plan, value, out);
	default:
		return canonical(plan, value, out);
	}
}
