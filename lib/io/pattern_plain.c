#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/eight.h"
#include "io/pattern_impl.h"

static size_t
digits_before(const char *s, size_t end)
{
	size_t at = end;

	while (at > 0 && s[at - 1] >= '0' && s[at - 1] <= '9')
		at--;
	return end - at;
}

static bool
has_line_end(const char *s, size_t len)
{
	return memchr(s, '\n', len) != NULL || memchr(s, '\r', len) != NULL;
}

/*
 * Asterisk's caller id, "Name" <number>.  All from the last < on is what
 * stands behind the name, and of that, blanks and one quote before it.
 */
static int
caller_name(const struct pattern_plain *p, const char *s, size_t len,
    struct pattern_group *groups)
{
	size_t begin = len > 0 && s[0] == '"', end;

	(void)p;
	if (has_line_end(s, len))
		return -1;
	if (len == 0 || s[len - 1] != '>')
		return 0;
	for (end = len - 1; end > 0; end--)
		if (s[end - 1] == '<' || s[end - 1] == '>')
			break;
	if (end == 0 || s[end - 1] != '<')
		return 0;
	for (end--; end > begin && s[end - 1] == ' '; end--)
		;
	if (end > begin && s[end - 1] == '"')
		end--;
	groups[0] = (struct pattern_group){ 0, len };
	groups[1] = (struct pattern_group){ begin, end };
	return 1;
}

/*
 * Bits of what is no digit among eight bytes.  The sum of one below 0xfa
 * leaves the others alone.
 */
static uint64_t
no_digits(const char *eight)
{
	uint64_t bytes;

	memcpy(&bytes, eight, sizeof(bytes));
	return ((bytes ^ EIGHT('0')) | ((bytes + EIGHT(6)) ^ EIGHT('0'))) &
	       EIGHT(0xf0);
}

/*
 * Whether a unique id is ten digits, a point and up to eight digits, as nearly
 * all are.  It is asked of every call, and each branch that goes now this way,
 * now that way costs as much as all this.
 */
static bool
is_usual_id(const char *s, size_t len)
{
	enum { POINT = 10, MOST = 8 };
	/* All bytes of the last eight but the point, if it is one of them. */
	static const unsigned char but_point[2 * MOST] = { 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff };
	uint64_t asked;

	if (len < POINT + 2 || len > POINT + 1 + MOST || s[POINT] != '.')
		return false;
	memcpy(&asked, but_point + (len - (POINT + 1)), sizeof(asked));
	return (no_digits(s) | no_digits(s + POINT - MOST) |
		   (no_digits(s + len - MOST) & asked)) == 0;
}

/* Where the second stands in a unique id, [systemname-]epoch.n; as above. */
static int
find_second(const char *s, size_t len, size_t *begin, size_t *end)
{
	size_t number, point, seconds;

	if (is_usual_id(s, len)) {
		*begin = 0;
		*end = 10;
		return 1;
	}
	number = digits_before(s, len);
	point = len - number - 1;
	if (number == 0)
		return -1; /* there may be a line end */
	if (number == len || s[point] != '.')
		return 0;
	seconds = digits_before(s, point);
	if (seconds < 9 || seconds > 10)
		return 0;
	*begin = point - seconds;
	*end = point;
	return *begin == 0 || s[*begin - 1] == '-';
}

static int
unique_id(const struct pattern_plain *p, const char *s, size_t len,
    struct pattern_group *groups)
{
	size_t begin, end;
	const int found = find_second(s, len, &begin, &end);

	(void)p;
	if (found != 1)
		return found;
	groups[0] = (struct pattern_group){ begin > 0 ? begin - 1 : 0, len };
	groups[1] = (struct pattern_group){ begin, end };
	return 1;
}

/* The whole text is one. */
static int
only_unique_id(const struct pattern_plain *p, const char *s, size_t len,
    struct pattern_group *groups)
{
	size_t begin, end;
	const int found = find_second(s, len, &begin, &end);

	(void)p;
	if (has_line_end(s, len))
		return -1;
	if (found != 1)
		return found;
	if (begin == 1)
		return 0; /* no name is before the dash */
	groups[0] = (struct pattern_group){ 0, len };
	groups[1] = (struct pattern_group){ 1, 0 };
	return 1;
}

/* A Q.850 cause that tells something. */
static int
cause(const struct pattern_plain *p, const char *s, size_t len,
    struct pattern_group *groups)
{
	(void)p;
	if (len == 0 || s[0] < '1' || s[0] > '9')
		return 0;
	if (has_line_end(s, len))
		return -1;
	if (len > 3 || digits_before(s, len) < len)
		return 0;
	groups[0] = (struct pattern_group){ 0, len };
	groups[1] = (struct pattern_group){ 1, 0 };
	return 1;
}

/* As many of the first eight bytes as there are, and NULs. */
static uint64_t
first_bytes(const char *s, size_t len)
{
	uint64_t bytes = 0;

	if (len < sizeof(bytes))
		memcpy(&bytes, s, len);
	else
		memcpy(&bytes, s, sizeof(bytes));
	return bytes;
}

/* The length of the first word that the text begins with; 0: none. */
static size_t
first_word(const struct pattern_plain *p, const char *s, size_t len)
{
	const struct pattern_word *w = p->words, *end = w + p->n;
	const uint64_t bytes = first_bytes(s, len);

	for (; w < end; w++)
		if ((bytes & w->asked) == w->begin &&
		    (w->len <= sizeof(bytes) ||
			(w->len <= len && memcmp(w->text, s, w->len) == 0)))
			return w->len;
	return 0;
}

static int
begins(const struct pattern_plain *p, const char *s, size_t len,
    struct pattern_group *groups)
{
	const size_t end = first_word(p, s, len);

	if (end == 0)
		return 0;
	groups[0] = (struct pattern_group){ 0, end };
	groups[1] = (struct pattern_group){ 1, 0 };
	return 1;
}

static int
begins_not(const struct pattern_plain *p, const char *s, size_t len,
    struct pattern_group *groups)
{
	if (len == 0 || first_word(p, s, len) > 0)
		return 0;
	if (has_line_end(s, len))
		return -1;
	groups[0] = (struct pattern_group){ 0, len };
	groups[1] = (struct pattern_group){ 1, 0 };
	return 1;
}

/* That it begins otherwise is enough to know that it does not match. */
static int
begins_otherwise(const struct pattern_plain *p, const char *s, size_t len,
    struct pattern_group *groups)
{
	(void)groups;
	return first_word(p, s, len) == 0 ? 0 : -1;
}

static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static void
add_word(struct pattern_plain *p, const char *text, size_t len)
{
	static const unsigned char all[sizeof(uint64_t)] = { 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff };

	p->words[p->n++] = (struct pattern_word){ .text = text,
		.len = len,
		.begin = first_bytes(text, len),
		.asked = first_bytes((const char *)all, len) };
}

/* "a|b)" of letters and digits alone; where it ends, or NULL. */
static const char *
read_words(struct pattern_plain *p, const char *text)
{
	size_t len;

	for (p->n = 0; p->n < PATTERN_PLAIN_WORDS; text += len + 1) {
		len = strspn(text, letters);
		if (len == 0 || (text[len] != '|' && text[len] != ')'))
			return NULL;
		add_word(p, text, len);
		if (text[len] == ')')
			return text + len + 1;
	}
	return NULL;
}

/*
 * Whether it may say how often the letter before it stands there.  What is
 * nothing by itself may be between: "b(?#once)?" is "b?".
 */
static bool
may_repeat(const char *text)
{
	static const char *const begins[] = { "?", "*", "+", "{", "(?#", "\\E",
		"\\Q" };
	size_t i;

	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (strncmp(text, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

/*
 * "^ab\d": the letters and digits that every match begins with, but for one
 * that need not be there.  False if there are none.
 */
static bool
read_beginning(struct pattern_plain *p, const char *text)
{
	size_t len;

	p->n = 0;
	if (text[0] != '^' || strchr(text, '|') != NULL)
		return false;
	len = strspn(++text, letters);
	if (len > 0 && may_repeat(text + len))
		len--;
	if (len > 0)
		add_word(p, text, len);
	return len > 0;
}

static const struct {
	const char *text;
	pattern_plain_match *match;
} whole[] = {
	{ "^\"?(.*?)\"? *<[^<>]*>$", caller_name },
	{ "(?:^|-)(\\d{9,10})\\.\\d+$", unique_id },
	{ "^(?:.+-)?\\d{9,10}\\.\\d+$", only_unique_id },
	{ "^[1-9]\\d{0,2}$", cause },
};

/* The words are between these. */
static const struct {
	const char *before, *behind;
	pattern_plain_match *match;
} worded[] = {
	{ "^(?:", "", begins },
	{ "^(?!", ".+", begins_not },
};

void
pattern_plain(struct pattern_plain *p, const char *text, int flags)
{
	const char *behind;
	size_t i, len;

	p->match = NULL;
	if (flags != PATTERN_BYTES)
		return;
	for (i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		if (strcmp(text, whole[i].text) == 0)
			p->match = whole[i].match;
	for (i = 0; i < sizeof(worded) / sizeof(worded[0]); i++) {
		len = strlen(worded[i].before);
		if (strncmp(text, worded[i].before, len) != 0)
			continue;
		behind = read_words(p, text + len);
		if (behind != NULL && strcmp(behind, worded[i].behind) == 0)
			p->match = worded[i].match;
	}
	if (p->match == NULL && read_beginning(p, text))
		p->match = begins_otherwise;
}
