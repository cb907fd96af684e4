#include <assert.h>
#include <string.h>

#include "io/csvrow_impl.h"

/* Of a stream that is longer it is worth asking what is fastest. */
enum { LONG_STREAM = 8 * CSV_READ };

/* Get more bytes into the window; false if there are none. */
static bool
refill(struct csvreader *r)
{
	ssize_t n;

	if (r->at_end)
		return false;
	r->scans = false;
	if (r->begin > 0) {
		memmove(r->window, r->window + r->begin, r->have - r->begin);
		r->have -= r->begin;
		r->base += r->begin;
		r->begin = 0;
	}
	assert(r->have < r->cap);
	n = input_read(r->in, r->window + r->have,
	    r->cap - r->have < CSV_READ ? r->cap - r->have : CSV_READ,
	    &r->failure);
	if (n > 0)
		r->have += (size_t)n;
	r->at_end = n <= 0;
	r->failed = n < 0;
	return n > 0;
}

/* Byte order mark of UTF-8, and the NULs with which some devices begin. */
void
csvreader_skip_start(struct csvreader *r)
{
	const char *p;

	r->started = true;
	for (;;) {
		while (r->have - r->begin < 3 && refill(r))
			continue;
		p = r->bytes + r->begin;
		if (r->have > r->begin && *p == '\0')
			r->begin++;
		else if (r->have - r->begin >= 3 &&
			 memcmp(p, "\xef\xbb\xbf", 3) == 0)
			r->begin += 3;
		else
			return;
	}
}

/*
 * The first line end decides what a line is.  `all`: there is nothing behind
 * `limit` that could be looked at.
 */
static void
decide_ends(struct csvreader *r, size_t limit, bool all)
{
	const char *record = r->bytes + r->begin;
	const char *lf = memchr(record, '\n', limit), *cr, *p;

	if (lf == NULL && !all)
		return;
	if (lf != NULL)
		limit = (size_t)(lf - record);
	cr = memchr(record, '\r', limit);
	if (cr != NULL) {
		for (p = cr; p < record + limit && *p == '\r'; p++)
			continue;
		r->ends = p == lf ? ENDS_LF : ENDS_CR;
	} else if (lf != NULL) {
		r->ends = ENDS_LF;
	}
}

static void
set_line(const struct csvreader *r, struct csvline *line, size_t content,
    size_t end, bool ended)
{
	const char *record = r->bytes + r->begin;

	line->content = content;
	line->end = end;
	line->ended = ended;
	line->lone_cr = false;
	if (r->ends == ENDS_CR)
		return;
	while (line->content > line->begin && record[line->content - 1] == '\r')
		line->content--;
	line->lone_cr = memchr(record + line->begin, '\r',
			    line->content - line->begin) != NULL;
}

/* The end of the line in sight from `*from` on, which moves if it is not. */
static bool
find_end(const struct csvreader *r, size_t *from, size_t limit, bool all,
    struct csvline *line)
{
	const char *record = r->bytes + r->begin, *lf;
	size_t p = *from;

	if (r->ends == ENDS_LF) {
		lf = memchr(record + p, '\n', limit - p);
		*from = limit;
		if (lf == NULL)
			return false;
		p = (size_t)(lf - record);
		set_line(r, line, p, p + 1, true);
		return true;
	}
	while (p < limit && record[p] != '\n' && record[p] != '\r')
		p++;
	*from = p;
	if (p == limit || (p + 1 == limit && record[p] == '\r' && !all))
		return false;
	set_line(r, line, p,
	    p + 1 +
		(record[p] == '\r' && p + 1 < limit && record[p + 1] == '\n'),
	    true);
	return true;
}

/*
 * The physical line that begins at `begin` of the record: 1; 0 if there is
 * none; -1 if its content goes beyond BOUNDS_RECORD.
 */
static int
find_line(struct csvreader *r, size_t begin, struct csvline *line)
{
	size_t limit, from = begin;
	bool all;

	line->begin = begin;
	for (;;) {
		limit = r->have - r->begin;
		if (limit > CSV_SIGHT)
			limit = CSV_SIGHT;
		all = r->at_end || limit == CSV_SIGHT;
		if (r->ends == ENDS_UNKNOWN)
			decide_ends(r, limit, all);
		if (r->ends != ENDS_UNKNOWN &&
		    find_end(r, &from, limit, all, line))
			return line->content > BOUNDS_RECORD ? -1 : 1;
		if (all)
			break;
		(void)refill(r);
	}
	if (limit == begin)
		return 0;
	if (limit > BOUNDS_RECORD)
		return -1;
	set_line(r, line, limit, limit, false);
	return 1;
}

void
csvreader_look_for_ends(struct csvreader *r)
{
	const size_t sight = r->have - r->begin;

	if (r->ends == ENDS_UNKNOWN)
		decide_ends(r, sight < CSV_SIGHT ? sight : CSV_SIGHT, false);
}

bool
csvreader_begin_scan(struct csvreader *r)
{
	const struct csvfields *f = &r->fields;

	csvreader_look_for_ends(r);
	if (r->ends != ENDS_LF || f->escape != '\0' || r->slow)
		return false;
	if (r->width == ROWSCAN_USUAL && r->base > LONG_STREAM) {
		rowscan_free(&r->scan);
		r->width = ROWSCAN_BEST;
	}
	if (r->scan == NULL)
		r->scan = rowscan_new(f->delimiter, f->quote, r->width);
	rowscan_reset(r->scan);
	r->scans = true;
	return true;
}

bool
csvreader_has_text(const struct csvreader *r, size_t len)
{
	return csvfields_blanks(&r->fields, r->bytes + r->begin, 0, len) < len;
}

/*
 * Go behind the end of the line that was too long, which decides what a line is
 * where none before it did.
 */
void
csvreader_skip_line(struct csvreader *r)
{
	struct csvline end;

	r->skip_line = false;
	for (;; r->begin++) {
		if (r->begin == r->have && !refill(r))
			return;
		if (r->bytes[r->begin] == '\n' ||
		    (r->bytes[r->begin] == '\r' && r->ends != ENDS_LF))
			break;
	}
	(void)find_line(r, 0, &end);
	r->begin += end.end;
}

/* Give what begins here and ends with `line` as a row. */
static int
give(struct csvreader *r, struct csvrow *row, const struct csvline *line,
    uint32_t lines, const char *fault)
{
	r->taken = line->end;
	r->lines_taken = lines;
	if (fault == NULL && r->failed && !line->ended)
		fault = "cut off where reading failed";
	*row = (struct csvrow){
		.fields = r->fields.fields,
		.n = fault == NULL ? r->fields.n : 0,
		.line = r->line,
		.lines = lines,
		.offset = r->base + r->begin,
		.raw = r->bytes + r->begin,
		.raw_len = line->content,
		.ended = line->ended,
		.fault = fault,
	};
	return 1;
}

static int
give_too_long(struct csvreader *r, struct csvrow *row)
{
	const struct csvline line = { .content = BOUNDS_RECORD,
		.end = BOUNDS_RECORD,
		.ended = true };

	r->skip_line = true;
	return give(r, row, &line, 1, "longer than a record can be");
}

/*
 * The record that begins with the line `first`: 1; 0 if it goes on behind the
 * piece.
 */
static int
read_record(struct csvreader *r, const struct csvline *first,
    struct csvrow *row)
{
	struct csvfields *f = &r->fields;
	struct csvline line = *first;
	int found;

	csvfields_begin(f);
	while (csvfields_take(f, r->bytes + r->begin, &line) == 0) {
		found = r->base + r->begin < r->open_until
			    ? -1
			    : find_line(r, f->line.end, &line);
		if (found == 0 && r->piece && r->have - r->begin < CSV_SIGHT)
			return 0;
		if (found != 1) {
			if (r->base + r->begin + f->line.end > r->open_until)
				r->open_until =
				    r->base + r->begin + f->line.end;
			return give(r, row, first, 1,
			    "a quote opens a field and none closes it");
		}
	}
	return give(r, row, &f->line, f->lines,
	    f->n > BOUNDS_COLUMNS ? "more columns than a record can have"
				  : NULL);
}

int
csvreader_take(struct csvreader *r, struct csvrow *row, struct errmsg *err)
{
	struct csvline line;
	const int found = find_line(r, 0, &line);

	if (found == 0)
		return r->failed ? errmsg_set(err, "%s", r->failure.text) : 0;
	if (found < 0)
		return give_too_long(r, row);
	if (csvreader_has_text(r, line.content))
		return read_record(r, &line, row);
	r->begin += line.end;
	r->line++;
	return CSV_BLANK;
}
