#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/xalloc.h"
#include "cdr/rows_impl.h"

/* What must be in sight to see the end of the longest record. */
enum { SIGHT = BOUNDS_RECORD + 1 };

struct pieces {
	bool ends[UCHAR_MAX + 1]; /* which bytes end a piece */
	struct window window;
	uint64_t at;   /* where the next piece begins */
	bool too_long; /* the rest of what was given is not over yet */
};

static struct pieces *
new_pieces(const char *separators)
{
	struct pieces *p = xcalloc(1, sizeof(*p));

	p->ends['\n'] = true;
	for (; *separators != '\0'; separators++)
		p->ends[(unsigned char)*separators] = true;
	return p;
}

struct pieces *
pieces_new(struct input *in, const char *separators)
{
	struct pieces *p = new_pieces(separators);

	window_open(&p->window, in);
	return p;
}

struct pieces *
pieces_memory(const char *bytes, size_t len, const char *separators)
{
	struct pieces *p = new_pieces(separators);

	window_open_memory(&p->window, bytes, len);
	return p;
}

void
pieces_free(struct pieces **pp)
{
	if (*pp == NULL)
		return;
	window_close(&(*pp)->window);
	free(*pp);
	*pp = NULL;
}

/* How long the piece that is next is; `*ended`: its end is in sight. */
static size_t
measure(struct pieces *p, bool *ended)
{
	struct window *w = &p->window;
	const char *bytes;
	size_t len = 0;
	uint64_t have;

	for (;;) {
		bytes = window_at(w, p->at);
		have = w->end - p->at;
		for (; len < have && len < SIGHT; len++)
			if (p->ends[(unsigned char)bytes[len]]) {
				*ended = true;
				return len;
			}
		*ended = false;
		if (len == SIGHT || !window_more(w, p->at))
			return len;
	}
}

/* Only blanks, and what devices send between records. */
static bool
is_padding(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] != '\0' && strchr(" \t\r", text[i]) == NULL)
			return false;
	return true;
}

/* The byte order mark of UTF-8, as what saves a text puts it in front. */
static bool
is_marked(const struct pieces *p, size_t len)
{
	return p->at == 0 && len >= 3 &&
	       memcmp(window_at(&p->window, 0), "\xef\xbb\xbf", 3) == 0;
}

static void
give(struct pieces *p, size_t len, bool ended, struct csvrow *row)
{
	window_row(&p->window, p->at, p->at + len, row);
	row->ended = ended;
	if (len > BOUNDS_RECORD) {
		row->raw_len = BOUNDS_RECORD;
		row->fault = "longer than a record can be";
		row->ended = true;
	} else if (!ended && p->window.failed) {
		row->fault = "cut off where reading failed";
	}
}

int
pieces_next(struct pieces *p, struct csvrow *row, struct errmsg *err)
{
	bool ended, skip;
	size_t len;

	for (;;) {
		len = measure(p, &ended);
		if (len == 0 && !ended)
			return window_result(&p->window, err);
		if (is_marked(p, len)) {
			p->at = 3;
			continue;
		}
		skip = p->too_long ||
		       is_padding(window_at(&p->window, p->at), len);
		if (!skip)
			give(p, len, ended, row);
		p->too_long = !ended && len == SIGHT && (p->too_long || !skip);
		p->at += len + ended;
		if (!skip)
			return 1;
	}
}
