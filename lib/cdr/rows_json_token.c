#include <string.h>

#include "cdr/rows_json_impl.h"

static bool
is_word_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '+' || c == '-' || c == '.';
}

static void
add_char(struct json_scan *s, char c)
{
	if (s->word_len < JSON_WORD_MAX)
		s->word[s->word_len] = c;
	s->word_len++;
}

static bool
is_word(const struct json_scan *s, const char *word)
{
	return s->word_len == strlen(word) &&
	       memcmp(s->word, word, s->word_len) == 0;
}

/* A number, more or less, or one of the three words. */
static bool
good_word(const struct json_scan *s)
{
	size_t i;

	if (s->word_len >= JSON_WORD_MAX)
		return false;
	if (is_word(s, "true") || is_word(s, "false") || is_word(s, "null"))
		return true;
	for (i = 0; i < s->word_len; i++)
		if (memchr("0123456789+-.eE", s->word[i], 15) == NULL)
			return false;
	return s->word[0] == '-' || (s->word[0] >= '0' && s->word[0] <= '9');
}

/* The string ends here. */
static void
end_string(struct json_scan *s)
{
	struct json_level *l = &s->stack[s->depth - 1];
	uint32_t i;

	s->expect = s->token == TOKEN_KEY ? EXPECT_COLON : EXPECT_COMMA;
	if (s->token == TOKEN_KEY)
		for (i = 0; i < s->layout->nrecords; i++)
			if (is_word(s, s->layout->records[i]))
				l->names |= UINT32_C(1) << i;
	s->token = TOKEN_NONE;
	s->at++;
}

bool
json_in_string(struct json_scan *s)
{
	const char *p = window_at(s->w, s->at);
	char c;

	for (; s->at < s->w->end; s->at++) {
		c = *p++;
		if (c == '\n')
			return false;
		if (!s->escaped && c == '"') {
			end_string(s);
			return true;
		}
		if (s->token == TOKEN_KEY)
			add_char(s, c);
		s->escaped = !s->escaped && c == '\\';
	}
	return true;
}

bool
json_in_word(struct json_scan *s)
{
	const char *p = window_at(s->w, s->at);

	for (; s->at < s->w->end && is_word_char(*p); s->at++)
		add_char(s, *p++);
	if (s->at == s->w->end)
		return true;
	s->token = TOKEN_NONE;
	s->expect = EXPECT_COMMA;
	return good_word(s);
}

bool
json_begin_token(struct json_scan *s, char c)
{
	const bool value =
	    s->expect == EXPECT_VALUE || s->expect == EXPECT_ITEM;

	s->word_len = 0;
	s->escaped = false;
	if (c == '"' && (value || s->expect == EXPECT_KEY)) {
		s->token = value ? TOKEN_STRING : TOKEN_KEY;
		s->string = s->at++;
		return true;
	}
	if (!value || !is_word_char(c))
		return false;
	s->token = TOKEN_WORD;
	s->string = JSON_NOWHERE;
	return true;
}
