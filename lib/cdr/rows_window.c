#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/rows_impl.h"

enum { READ = 64 * 1024 };

void
window_open(struct window *w, struct input *in)
{
	*w = (struct window){ .in = in, .line = 1 };
}

void
window_open_memory(struct window *w, const char *bytes, size_t len)
{
	*w = (struct window){ .bytes = bytes,
		.end = len,
		.at_end = true,
		.line = 1 };
}

void
window_close(struct window *w)
{
	free(w->own);
}

const char *
window_at(const struct window *w, uint64_t at)
{
	assert(at >= w->base && at <= w->end);
	return w->bytes != NULL ? w->bytes + (at - w->base) : "";
}

uint64_t
window_find(const struct window *w, uint64_t at, char c)
{
	const char *from = window_at(w, at), *p;

	p = memchr(from, c, (size_t)(w->end - at));
	return p != NULL ? at + (uint64_t)(p - from) : w->end;
}

/* Count the lines up to `at`, which is not behind what is in sight. */
static void
count_lines(struct window *w, uint64_t at)
{
	uint64_t lf;

	while (w->line_at < at) {
		lf = window_find(w, w->line_at, '\n');
		if (lf >= at)
			break;
		w->line_at = lf + 1;
		w->line++;
	}
	if (w->line_at < at)
		w->line_at = at;
}

bool
window_more(struct window *w, uint64_t keep)
{
	size_t have;
	ssize_t n;

	if (w->at_end)
		return false;
	if (keep > w->base) {
		count_lines(w, keep);
		memmove(w->own, w->own + (keep - w->base),
		    (size_t)(w->end - keep));
		w->base = keep;
	}
	have = (size_t)(w->end - w->base);
	w->own = xgrow(w->own, &w->cap, have + READ, 1);
	w->bytes = w->own;
	n = input_read(w->in, w->own + have, READ, &w->failure);
	if (n > 0)
		w->end += (uint64_t)n;
	w->at_end = n <= 0;
	w->failed = n < 0;
	return n > 0;
}

void
window_need(struct window *w, uint64_t keep, uint64_t at, size_t n)
{
	while (w->end - at < n && window_more(w, keep))
		continue;
}

void
window_row(struct window *w, uint64_t begin, uint64_t end, struct csvrow *row)
{
	const char *raw = window_at(w, begin), *p = raw;
	const size_t len = (size_t)(end - begin);

	count_lines(w, begin);
	*row = (struct csvrow){ .line = w->line,
		.lines = 1,
		.offset = begin,
		.raw = raw,
		.raw_len = len,
		.ended = true };
	while ((p = memchr(p, '\n', (size_t)(raw + len - p))) != NULL) {
		p++;
		row->lines++;
	}
}

int
window_result(const struct window *w, struct errmsg *err)
{
	return w->failed ? errmsg_set(err, "%s", w->failure.text) : 0;
}
