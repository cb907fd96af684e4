#include <string.h>

#include "cdr/rows_json_impl.h"

void
json_scan_init(struct json_scan *s, const struct layout *l, struct window *w)
{
	memset(s, 0, sizeof(*s));
	s->layout = l;
	s->w = w;
	s->string = s->stray = JSON_NOWHERE;
	s->line_begins = true;
}

/* The outermost object whose begin is held, NULL if there is none. */
static struct json_level *
outermost(struct json_scan *s)
{
	struct json_level *l = s->stack;

	for (; l < s->stack + s->depth; l++)
		if (l->bracket == '{' && !l->has_record && !l->too_long)
			return l;
	return NULL;
}

/*
 * What is longer than a record can be is not held, whether or not its bytes
 * happen to be in sight still.
 */
static void
let_go(struct json_scan *s)
{
	struct json_level *l;

	while ((l = outermost(s)) != NULL && s->at - l->begin > BOUNDS_DOCUMENT)
		l->too_long = true;
	if (s->string != JSON_NOWHERE && s->at - s->string > BOUNDS_DOCUMENT)
		s->string = JSON_NOWHERE;
}

uint64_t
json_scan_keep(struct json_scan *s)
{
	const struct json_level *l;

	let_go(s);
	if (s->stray != JSON_NOWHERE)
		return s->stray;
	l = outermost(s);
	if (l != NULL)
		return l->begin < s->string ? l->begin : s->string;
	return s->string != JSON_NOWHERE ? s->string : s->at;
}

static enum json_event
event(struct json_scan *s, enum json_event e, uint64_t begin, uint64_t end,
    const char *fault)
{
	s->begin = begin;
	s->end = end;
	s->fault = fault;
	return e;
}

static uint32_t
all_names(const struct json_scan *s)
{
	return (UINT32_C(1) << s->layout->nrecords) - 1;
}

/* Give up what is open, and go on from the last string. */
static enum json_event
damage(struct json_scan *s, const char *what)
{
	const uint64_t end = s->at < s->w->end ? s->at + 1 : s->at;
	const struct json_level *held;
	bool known = !s->lost;
	uint64_t begin;
	uint32_t i;

	let_go(s);
	held = outermost(s);
	begin = held != NULL ? held->begin : s->at;
	s->astray = 0;
	for (i = 0; i < s->depth; i++) {
		s->astray += s->stack[i].bracket == '{';
		known |= s->stack[i].names != 0 && !s->stack[i].has_record;
	}
	if (s->string != JSON_NOWHERE && s->string > s->stack[0].begin) {
		/* What comes next may begin in the string. */
		begin = s->string < begin ? s->string : begin;
		s->at = s->string + 1;
	}
	s->depth = 0;
	s->token = TOKEN_NONE;
	s->string = JSON_NOWHERE;
	s->lost = true;
	return known ? event(s, JSON_FAULT, begin, end, what) : JSON_NOTHING;
}

static enum json_event
broken(struct json_scan *s)
{
	return damage(s, "not well-formed JSON");
}

/* An object begins; false if too many are open. */
static bool
push(struct json_scan *s, char bracket)
{
	if (s->depth == BOUNDS_JSON_DEPTH)
		return false;
	s->stack[s->depth++] =
	    (struct json_level){ .begin = s->at, .bracket = bracket };
	s->expect = bracket == '{' ? EXPECT_KEY : EXPECT_ITEM;
	s->at++;
	return true;
}

/* What the object is that ends here. */
static enum json_event
judge(struct json_scan *s, const struct json_level *l, uint64_t end)
{
	const bool alone = s->depth == 0 && !s->lost;

	if (l->has_record)
		return JSON_NOTHING;
	if (l->too_long || end - l->begin > BOUNDS_DOCUMENT)
		return l->names != 0 || alone
			   ? event(s, JSON_FAULT, end - 1, end,
				 "longer than a record can be")
			   : JSON_NOTHING;
	if (l->names == all_names(s))
		return event(s, JSON_RECORD, l->begin, end, NULL);
	if (l->names != 0)
		return event(s, JSON_FAULT, l->begin, end,
		    "an object that lacks a member of a record");
	return alone ? event(s, JSON_OTHER, l->begin, end, NULL) : JSON_NOTHING;
}

static enum json_event
pop(struct json_scan *s)
{
	const struct json_level l = s->stack[--s->depth];
	enum json_event e = JSON_NOTHING;
	uint32_t i;

	s->at++;
	s->expect = EXPECT_COMMA;
	if (l.bracket == '{')
		e = judge(s, &l, s->at);
	if (e == JSON_RECORD)
		s->lost = false;
	for (i = 0; e != JSON_NOTHING && i < s->depth; i++)
		s->stack[i].has_record = true;
	return e;
}

/* Between tokens: a bracket, a comma, a colon, or what begins a token. */
static bool
between(struct json_scan *s, char c, enum json_event *e)
{
	const char top = s->stack[s->depth - 1].bracket;

	switch (c) {
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		s->at++;
		return true;
	case ':':
		if (s->expect != EXPECT_COLON)
			return false;
		s->expect = EXPECT_VALUE;
		break;
	case ',':
		if (s->expect != EXPECT_COMMA)
			return false;
		s->expect = top == '{' ? EXPECT_KEY : EXPECT_ITEM;
		break;
	case '{':
	case '[':
		s->string = JSON_NOWHERE;
		return (s->expect == EXPECT_VALUE ||
			   s->expect == EXPECT_ITEM) &&
		       push(s, c);
	case '}':
	case ']':
		if (top != (c == '}' ? '{' : '[') ||
		    s->expect == EXPECT_COLON || s->expect == EXPECT_VALUE)
			return false;
		s->string = JSON_NOWHERE;
		*e = pop(s);
		return true;
	default:
		return json_begin_token(s, c);
	}
	s->string = JSON_NOWHERE;
	s->at++;
	return true;
}

static enum json_event
inside(struct json_scan *s)
{
	enum json_event e = JSON_NOTHING;
	bool good = true;

	while (good && e == JSON_NOTHING && s->depth > 0 && s->at < s->w->end) {
		switch (s->token) {
		case TOKEN_KEY:
		case TOKEN_STRING:
			good = json_in_string(s);
			break;
		case TOKEN_WORD:
			good = json_in_word(s);
			break;
		case TOKEN_NONE:
			good = between(s, *window_at(s->w, s->at), &e);
			break;
		}
	}
	return good ? e : broken(s);
}

/* What may stand around objects: blanks, lists, marks of order and sequence. */
static bool
may_be_outside(char c)
{
	static const char chars[] = " \t\r\n,[]\0\x1e\xef\xbb\xbf";

	return memchr(chars, c, sizeof(chars) - 1) != NULL;
}

/*
 * Text that is in no object, up to the next one or the end of its line;
 * `all`: nothing will come behind what is in sight.
 */
static enum json_event
stray(struct json_scan *s, bool all)
{
	const char *p = window_at(s->w, s->at);

	while (s->at < s->w->end && s->at - s->stray < BOUNDS_FIELD &&
	       *p != '\n' && *p != '{') {
		p++;
		s->at++;
	}
	if (s->at == s->w->end && !all)
		return JSON_NOTHING;
	s->lost = true;
	(void)event(s, JSON_FAULT, s->stray, s->at,
	    "text that is in no object");
	s->stray = JSON_NOWHERE;
	return s->astray == 0 ? JSON_FAULT : JSON_NOTHING;
}

/* An object ends that did not begin, or was given up. */
static enum json_event
stray_end(struct json_scan *s)
{
	s->at++;
	if (s->astray > 0) {
		s->astray--;
		return JSON_NOTHING;
	}
	s->lost = true;
	return event(s, JSON_FAULT, s->at - 1, s->at,
	    "an object ends that did not begin");
}

/* Look for the next object. */
static enum json_event
outside(struct json_scan *s)
{
	char c;

	if (s->stray != JSON_NOWHERE)
		return stray(s, false);
	if (s->lost)
		s->at = window_find(s->w, s->at, '{');
	for (; s->at < s->w->end; s->at++) {
		c = *window_at(s->w, s->at);
		if (c == '{') {
			if (s->line_begins && !s->lost)
				s->astray = 0;
			s->line_begins = false;
			(void)push(s, c);
			return JSON_NOTHING;
		}
		s->line_begins = c == '\n';
		if (may_be_outside(c))
			continue;
		if (c == '}')
			return stray_end(s);
		s->stray = s->at;
		return JSON_NOTHING;
	}
	return JSON_NOTHING;
}

enum json_event
json_scan_next(struct json_scan *s)
{
	enum json_event e = JSON_NOTHING;

	while (e == JSON_NOTHING && s->at < s->w->end)
		e = s->depth > 0 ? inside(s) : outside(s);
	return e;
}

/* Whether an object is open that is more than what holds records. */
static bool
is_open(const struct json_scan *s)
{
	uint32_t i;

	for (i = 0; i < s->depth; i++)
		if (s->stack[i].bracket == '{' && !s->stack[i].has_record)
			return true;
	return false;
}

enum json_event
json_scan_end(struct json_scan *s)
{
	if (s->stray != JSON_NOWHERE)
		return stray(s, true);
	return is_open(s) || (s->depth > 0 && s->string != JSON_NOWHERE)
		   ? damage(s, "cut off: its end is missing")
		   : JSON_NOTHING;
}
