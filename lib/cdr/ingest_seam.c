#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "cdr/ingest_impl.h"

enum { LINE_END = 64 }; /* CRs and padding before an LF, at most */

static struct ingest_place
place_of(const struct csvrow *row)
{
	return (struct ingest_place){ row->offset, row->raw_len, row->line,
		row->lines };
}

static void
hash_form(const struct ingest_reading *r, char hex[HASH_HEX])
{
	const char *id = r->stream->layout->id;
	struct hash_state *h = hash_new();

	hash_add(h, id, strlen(id) + 1);
	hash_add(h, &r->form, sizeof(r->form));
	hash_end_hex(h, hex);
	hash_free(&h);
}

/* Going on ---------------------------------------------------------------- */

static uint32_t
count_lines(struct input *in, size_t len)
{
	const char *bytes;
	uint32_t n = 0;
	size_t i;

	len = input_peek(in, len, &bytes);
	for (i = 0; i < len; i++)
		n += bytes[i] == '\n';
	return n;
}

void
ingest_seam_resume(struct ingest_reading *r, const struct ingest_above *above)
{
	struct ingest_trace *t = &r->trace;
	const struct layout *l = r->stream->layout;
	const struct ingest_seam *seam;
	char form[HASH_HEX];

	/* Of others a quote ends with its line, or is none. */
	t->open_quotes = l->container == CONTAINER_ROWS && l->record == NULL &&
			 r->form.dialect.quote != '\0' &&
			 r->form.dialect.escape == '\0';
	if (above == NULL)
		return;
	seam = &above->seam;
	hash_form(r, form);
	if (strcmp(form, seam->form) != 0 || !input_is_plain(r->input) ||
	    !input_skip(r->input,
		(const struct input_span[]){ { 0, seam->first_end },
		    { seam->header_begin, seam->header_end } },
		2, seam->begin))
		return;
	t->lead = seam->first_end + (seam->header_end - seam->header_begin);
	t->shift = seam->begin - t->lead;
	t->shift_lines =
	    seam->line - 1 - count_lines(r->input, (size_t)t->lead);
	r->stream->above = above;
	r->file->resumed = seam->end;
}

/* A row of those before all others: it may name the columns. */
static void
set_up(struct ingest_reading *r, const struct csvrow *row)
{
	struct decoder *d = &r->decoder;
	const struct decoder was = *d;
	struct call call = { .start = 0 };
	struct origin origin = { .key = 0 };
	struct errmsg reason;
	uint32_t column;

	if (!d->layout->header)
		return;
	(void)decode_row(d, row, &call, &origin, &column, &reason);
	d->years = was.years;
	d->rounded = was.rounded;
	d->no_seconds = was.no_seconds;
	d->too_late = was.too_late;
	d->to_come = was.to_come;
}

bool
ingest_seam_row(struct ingest_reading *r, struct csvrow *row)
{
	struct ingest_trace *t = &r->trace;

	if (row->offset < t->lead) {
		set_up(r, row);
		return false;
	}
	row->offset += t->shift;
	row->line += t->shift_lines;
	if (row->fault != NULL && t->open_quotes)
		t->open_until = row->offset + 2 * BOUNDS_RECORD;
	if (!row->ended) {
		t->left = place_of(row);
		t->has_left = true;
		return true;
	}
	t->last = place_of(row);
	if (!t->any_row)
		t->first = t->last;
	t->any_row = true;
	return true;
}

void
ingest_seam_header(struct ingest_reading *r, const struct csvrow *row)
{
	r->trace.header = place_of(row);
	r->trace.has_header = true;
}

void
ingest_seam_call(struct ingest_reading *r, const struct csvrow *row,
    const struct origin *o)
{
	struct ingest_trace *t = &r->trace;

	t->naive |= o->zone_kind == STAMP_LOCAL;
	t->calls[t->ncalls++ % INGEST_CONTEXT] =
	    place_of(t->within != NULL ? t->within : row);
}

bool
ingest_seam_above(const struct ingest_reading *r, const struct csvrow *row)
{
	return row->offset < r->file->resumed;
}

void
ingest_seam_equal(struct ingest *in)
{
	struct ingest_stream *s;
	size_t i, first, equal;

	for (i = 0; i < in->nfiles; i++) {
		s = &in->streams[i];
		if (s->above == NULL)
			continue;
		first = s->first + s->context;
		equal = ingest_number_equal(in->batch, first, s->end, s->above,
		    in->set.threads);
		ingest_note_equal(in, in->files[i].path, equal, s->end - first);
	}
}

/* The next time ----------------------------------------------------------- */

/* Where the line of a row ends, behind its LF; 0: not like that. */
static uint64_t
behind(struct ingest_reading *r, const struct ingest_place *p)
{
	char bytes[LINE_END];
	const size_t n =
	    input_read_at(r->input, p->byte + p->len, bytes, sizeof(bytes));
	size_t i = 0;

	while (i < n && (bytes[i] == '\r' || bytes[i] == '\0'))
		i++;
	return i < n && bytes[i] == '\n' ? p->byte + p->len + i + 1 : 0;
}

/* Append the bytes of the file from `begin` to `end`. */
static bool
add_bytes(struct ingest_reading *r, struct buf *b, uint64_t begin, uint64_t end)
{
	const size_t at = b->len, len = (size_t)(end - begin);

	buf_fill(b, '\0', len);
	return input_read_at(r->input, begin, b->data + at, len) == len;
}

/* Whether a CR in the first line makes every CR the end of one. */
static bool
ends_with_cr(const struct buf *b)
{
	const char *lf = memchr(b->data, '\n', b->len), *cr;

	if (lf == NULL)
		return true;
	cr = memchr(b->data, '\r', (size_t)(lf - b->data));
	while (cr != NULL && *cr == '\r')
		cr++;
	return cr != NULL && cr != lf;
}

/* Whether what stands behind these rows does not matter to what they are. */
static bool
stands_alone(const struct ingest_reading *r, const struct buf *b)
{
	struct rows *rows =
	    rows_memory(b->data, b->len, r->stream->layout, &r->form);
	struct csvrow row;
	bool good = true;

	while (good && rows_next(rows, &row, NULL) == 1)
		good = row.ended && row.fault == NULL;
	rows_free(&rows);
	return good;
}

static bool
check_lead(struct ingest_reading *r, const struct ingest_seam *seam)
{
	struct buf b;
	bool good;

	if (seam->first_end > INPUT_KEPT ||
	    seam->header_end - seam->header_begin > INPUT_KEPT)
		return false;
	buf_init(&b);
	good = add_bytes(r, &b, 0, seam->first_end) && !ends_with_cr(&b) &&
	       add_bytes(r, &b, seam->header_begin, seam->header_end) &&
	       (!r->trace.open_quotes || stands_alone(r, &b));
	buf_fini(&b);
	return good;
}

/* What the reader has to see before it goes on. */
static bool
note_lead(struct ingest_reading *r, struct ingest_seam *seam)
{
	const struct ingest_trace *t = &r->trace;
	const struct ingest_seam *had;

	if (t->lead > 0) {
		had = &r->stream->above->seam;
		seam->first_end = had->first_end;
		seam->header_begin = had->header_begin;
		seam->header_end = had->header_end;
	} else {
		seam->first_end = behind(r, &t->first);
	}
	if (t->has_header && t->header.byte >= seam->first_end) {
		seam->header_begin = t->header.byte;
		seam->header_end = behind(r, &t->header);
	}
	return seam->first_end != 0 && seam->header_end >= seam->header_begin &&
	       check_lead(r, seam);
}

/* Where it ended, and where to begin so that the order can be told. */
static bool
note_end(struct ingest_reading *r, struct ingest_seam *seam)
{
	const struct ingest_trace *t = &r->trace;
	const struct ingest_place *oldest;

	if (t->has_left) {
		seam->end = t->left.byte;
		seam->line = t->left.line;
	} else {
		seam->end = behind(r, &t->last);
		seam->line = t->last.line + t->last.lines;
	}
	seam->begin = seam->end;
	if (r->stream->layout->file_order && t->ncalls > 0) {
		oldest = &t->calls[t->ncalls < INGEST_CONTEXT
				       ? 0
				       : t->ncalls % INGEST_CONTEXT];
		seam->begin = oldest->byte;
		seam->line = oldest->line;
	}
	return seam->end != 0 && t->open_until <= seam->begin;
}

/* Whether its records depend on nothing but the header and some calls. */
static bool
may_resume(const struct ingest_reading *r, const struct source *src)
{
	const struct layout *l = r->stream->layout;
	const struct decoder *d = &r->decoder;
	const struct ingest_trace *t = &r->trace;

	return r->file->trouble == NULL && input_size(r->input) > 0 &&
	       (l->container == CONTAINER_ROWS ||
		   l->container == CONTAINER_FIXED) &&
	       l->separators == NULL && l->gather.nby == 0 && l->carry.n == 0 &&
	       !d->too_late && d->years.month == 0 &&
	       (src->zone != NULL || !t->naive) &&
	       (!t->has_left || r->file->left);
}

static void
add_counts(const struct ingest_reading *r, struct ingest_seam *seam)
{
	const struct ingest_file *f = r->file;

	if (r->stream->above != NULL) {
		seam->records = r->stream->above->seam.records;
		seam->skipped = r->stream->above->seam.skipped;
		seam->rejects = r->stream->above->seam.rejects;
	}
	seam->records += f->records;
	seam->skipped += f->skipped;
	seam->rejects += f->rejects;
}

void
ingest_seam_note(struct ingest_reading *r, const struct source *src)
{
	struct ingest_seam seam = { .end = 0 };

	if (!may_resume(r, src))
		return;
	if (!r->trace.any_row && !r->trace.has_left) {
		if (r->stream->above != NULL)
			r->file->seam = r->stream->above->seam;
		return;
	}
	if (!r->trace.any_row && r->trace.lead == 0)
		return;
	if (!note_lead(r, &seam) || !note_end(r, &seam))
		return;
	if (seam.begin < seam.first_end || seam.begin < seam.header_end) {
		/* Short: it costs nothing to begin with its first byte. */
		seam.begin = seam.first_end = 0;
		seam.header_begin = seam.header_end = 0;
		seam.line = 1;
	}
	add_counts(r, &seam);
	hash_form(r, seam.form);
	r->file->seam = seam;
}
