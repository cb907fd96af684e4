#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/xalloc.h"
#include "cdr/rows_impl.h"

enum {
	/* What must be in sight to see the end of the longest record. */
	SIGHT = BOUNDS_RECORD + 1,
	READ = 128 * 1024,
	WINDOW = SIGHT + READ
};

struct pieces {
	const char *separators;
	struct input *in; /* the caller's; NULL for memory */
	char *window;     /* NULL for memory */
	const char *bytes;
	size_t begin, have;
	uint64_t base; /* where `bytes` is in the stream */
	uint32_t line; /* number of the line at `begin` */
	bool too_long; /* the rest of what was given is not over yet */
	bool at_end;   /* nothing will come behind `have` */
	bool failed;   /* because reading failed: */
	struct errmsg failure;
};

struct pieces *
pieces_new(struct input *in, const char *separators)
{
	struct pieces *p = xcalloc(1, sizeof(*p));

	p->separators = separators;
	p->in = in;
	p->bytes = p->window = xmalloc(WINDOW);
	p->line = 1;
	return p;
}

struct pieces *
pieces_memory(const char *bytes, size_t len, const char *separators)
{
	struct pieces *p = xcalloc(1, sizeof(*p));

	p->separators = separators;
	p->bytes = bytes;
	p->have = len;
	p->line = 1;
	p->at_end = true;
	return p;
}

void
pieces_free(struct pieces **pp)
{
	if (*pp == NULL)
		return;
	free((*pp)->window);
	free(*pp);
	*pp = NULL;
}

/* Get more bytes into the window; false if there are none. */
static bool
refill(struct pieces *p)
{
	ssize_t n;

	if (p->at_end)
		return false;
	if (p->begin > 0) {
		memmove(p->window, p->window + p->begin, p->have - p->begin);
		p->have -= p->begin;
		p->base += p->begin;
		p->begin = 0;
	}
	n = input_read(p->in, p->window + p->have,
	    WINDOW - p->have < READ ? WINDOW - p->have : READ, &p->failure);
	if (n > 0)
		p->have += (size_t)n;
	p->at_end = n <= 0;
	p->failed = n < 0;
	return n > 0;
}

static bool
ends_piece(const struct pieces *p, char c)
{
	return c == '\n' || (c != '\0' && strchr(p->separators, c) != NULL);
}

/* How long the piece at `begin` is; `*ended`: its end is in sight. */
static size_t
measure(struct pieces *p, bool *ended)
{
	size_t len = 0;

	for (;;) {
		while (p->begin + len < p->have && len < SIGHT) {
			if (ends_piece(p, p->bytes[p->begin + len])) {
				*ended = true;
				return len;
			}
			len++;
		}
		*ended = false;
		if (len == SIGHT || !refill(p))
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

/* Go behind a piece and what ended it. */
static void
advance(struct pieces *p, size_t len, bool ended)
{
	p->begin += len;
	if (!ended)
		return;
	p->line += p->bytes[p->begin] == '\n';
	p->begin++;
}

static void
give(const struct pieces *p, size_t len, bool ended, struct csvrow *row)
{
	*row = (struct csvrow){
		.line = p->line,
		.lines = 1,
		.offset = p->base + p->begin,
		.raw = p->bytes + p->begin,
		.raw_len = len,
		.ended = ended,
	};
	if (len > BOUNDS_RECORD) {
		row->raw_len = BOUNDS_RECORD;
		row->fault = "longer than a record can be";
		row->ended = true;
	} else if (!ended && p->failed) {
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
			return p->failed
				   ? errmsg_set(err, "%s", p->failure.text)
				   : 0;
		skip = p->too_long || is_padding(p->bytes + p->begin, len);
		if (!skip)
			give(p, len, ended, row);
		p->too_long = !ended && len == SIGHT && (p->too_long || !skip);
		advance(p, len, ended);
		if (!skip)
			return 1;
	}
}
