#include <string.h>

#include "io/pattern_impl.h"

static size_t
digits_before(const char *s, size_t end)
{
	size_t at = end;

	while (at > 0 && s[at - 1] >= '0' && s[at - 1] <= '9')
		at--;
	return end - at;
}

/*
 * Asterisk's caller id, "Name" <number>.  All from the last < on is what
 * stands behind the name, and of that, blanks and one quote before it.
 */
static int
caller_name(const char *s, size_t len, struct pattern_group *groups)
{
	size_t begin = len > 0 && s[0] == '"', end;

	if (memchr(s, '\n', len) != NULL || memchr(s, '\r', len) != NULL)
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

/* Its unique id, [systemname-]epoch.n. */
static int
unique_id(const char *s, size_t len, struct pattern_group *groups)
{
	const size_t number = digits_before(s, len), point = len - number - 1;
	size_t seconds, begin;

	if (number == 0)
		return -1; /* there may be a line end */
	if (number == len || s[point] != '.')
		return 0;
	seconds = digits_before(s, point);
	if (seconds < 9 || seconds > 10)
		return 0;
	begin = point - seconds;
	if (begin > 0 && s[begin - 1] != '-')
		return 0;
	groups[0] = (struct pattern_group){ begin > 0 ? begin - 1 : 0, len };
	groups[1] = (struct pattern_group){ begin, point };
	return 1;
}

static const struct {
	const char *text;
	pattern_plain_match *match;
} plain[] = {
	{ "^\"?(.*?)\"? *<[^<>]*>$", caller_name },
	{ "(?:^|-)(\\d{9,10})\\.\\d+$", unique_id },
};

pattern_plain_match *
pattern_plain(const char *text, int flags)
{
	size_t i;

	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (flags == PATTERN_BYTES && strcmp(text, plain[i].text) == 0)
			return plain[i].match;
	return NULL;
}
