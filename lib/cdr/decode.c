#include "cdr/decode.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "cdr/decode_impl.h"
#include "tel/calltime.h"

static void
init(struct decoder *d, const struct layout *l, const struct layout_form *form,
    struct batch *b, int64_t latest)
{
	memset(d, 0, sizeof(*d));
	d->layout = l;
	d->form = *form;
	d->batch = b;
	d->latest = latest;
	buf_init(&d->record);
	buf_init(&d->joined);
	layout_above_init(&d->above);
	d->plan = xcalloc(1, sizeof(*d->plan));
}

void
decoder_init(struct decoder *d, const struct layout *l,
    const struct layout_form *form, struct batch *b, int64_t latest)
{
	init(d, l, form, b, latest);
	d->lately = decode_lately_new();
}

void
decoder_init_after(struct decoder *d, const struct layout *l,
    const struct layout_form *form, struct batch *b, int64_t latest,
    struct decode_lately *lately)
{
	init(d, l, form, b, latest);
	d->lately = lately;
	d->borrowed = true;
}

void
decoder_fini(struct decoder *d)
{
	layout_header_fini(&d->header);
	buf_fini(&d->record);
	buf_fini(&d->joined);
	layout_above_fini(&d->above);
	if (!d->borrowed)
		decode_lately_free(&d->lately);
	free(d->plan);
}

void
decoder_init_beside(struct decoder *d, const struct decoder *of,
    struct batch *b, struct decode_lately *lately)
{
	assert(of->layout->carry.n == 0);
	decoder_init_after(d, of->layout, &of->form, b, of->latest, lately);
	d->header = of->header;
	d->asks_epoch = of->asks_epoch;
}

void
decoder_fini_beside(struct decoder *d)
{
	memset(&d->header, 0, sizeof(d->header));
	decoder_fini(d);
}

/* Append a cell, a line end inside it as LF whatever the file has. */
static void
add_cell(struct buf *b, const struct csvfield *cell)
{
	size_t begin = b->len, i;
	uint32_t len;

	buf_add(b, &cell->len, sizeof(cell->len));
	if (memchr(cell->text, '\r', cell->len) == NULL) {
		buf_add(b, cell->text, cell->len);
		return;
	}
	for (i = 0; i < cell->len; i++)
		if (cell->text[i] != '\r' || i + 1 == cell->len ||
		    cell->text[i + 1] != '\n')
			buf_addch(b, cell->text[i]);
	len = (uint32_t)(b->len - begin - sizeof(len));
	memcpy(b->data + begin, &len, sizeof(len));
}

/* Nearly all cells are shorter: so much is copied of them at once. */
enum { AT_ONCE = 32 };

/* As many bytes as all cells of a record have, or more. */
static size_t
most_bytes(const struct csvrow *row, enum layout_container c)
{
	size_t n = 0;
	uint32_t i;

	if (c == CONTAINER_ROWS)
		return row->raw_len;
	/* Places may overlap. */
	for (i = 0; i < row->n; i++)
		n += row->fields[i].len;
	return n;
}

/*
 * The key of cells that are parts of a record without CR.  What is copied too
 * much of one cell, the next ones overwrite.
 */
static uint64_t
plain_key(struct decoder *d, const struct csvrow *row)
{
	const struct csvfield *cell = row->fields, *end = cell + row->n;
	const uintptr_t raw = (uintptr_t)row->raw;
	const size_t starts =
	    row->raw_len >= AT_ONCE ? row->raw_len - AT_ONCE + 1 : 0;
	const size_t need = most_bytes(row, d->layout->container) +
			    row->n * sizeof(cell->len) + AT_ONCE;
	const char *text;
	uint32_t len;
	char *to;

	if (d->record.len < need)
		buf_fill(&d->record, '\0', need - d->record.len);
	for (to = d->record.data; cell < end; cell++, to += len) {
		text = cell->text;
		len = cell->len;
		memcpy(to, &len, sizeof(len));
		to += sizeof(len);
		assert(len + AT_ONCE <= need - (size_t)(to - d->record.data));
		/* A text that is not in the record is beyond all starts. */
		if (len <= AT_ONCE && (uintptr_t)text - raw < starts)
			memcpy(to, text, AT_ONCE);
		else
			memcpy(to, text, len);
	}
	return hash64(d->record.data, (size_t)(to - d->record.data));
}

/*
 * Over the cells as read, each behind its length, so that neither quoting
 * nor line ends nor compression count.
 */
static uint64_t
key_of(struct decoder *d, const struct csvrow *row)
{
	const enum layout_container c = d->layout->container;
	uint32_t i;

	if (row->packed != NULL)
		return row->packed_hash;
	if ((c == CONTAINER_ROWS || c == CONTAINER_FIXED) &&
	    row->gathered == NULL &&
	    (row->plain || memchr(row->raw, '\r', row->raw_len) == NULL))
		return plain_key(d, row);
	buf_reset(&d->record);
	for (i = 0; i < row->n; i++)
		add_cell(&d->record, &row->fields[i]);
	for (i = 0; row->gathered != NULL && i < d->layout->gather.ncells; i++)
		if (row->gathered[i].text != NULL)
			add_cell(&d->record, &row->gathered[i]);
	return hash64(d->record.data, d->record.len);
}

static bool
header(struct decoder *d, const struct csvrow *row)
{
	if (!d->layout->header) {
		if (!decode_names_columns(d->layout, row))
			return false;
	} else {
		if (!layout_header_read(&d->header, d->layout, row))
			return false;
		d->plan->variant = NULL;
		d->headers++;
	}
	d->titled = true;
	return true;
}

/* The layout says so of the record, whatever else it has. */
static bool
left_out(struct decoder *d, const struct csvrow *row)
{
	const struct layout *l = d->layout;
	const struct layout_record rec = { .layout = l,
		.variant = l->header ? &d->header.variant : l->variants,
		.row = row,
		.scratch = &d->joined,
		.above = &d->above };

	return layout_leaves_out(&rec);
}

static inline bool
is_comment(const struct layout *l, const struct csvrow *row)
{
	return l->comment != '\0' && layout_comment(l, row);
}

/* Nobody has to read it to know that it is no call. */
static inline bool
other_kind(struct decoder *d, const struct csvrow *row)
{
	const struct layout *l = d->layout;

	if (is_comment(l, row))
		return true;
	if (row->fault != NULL)
		return false;
	return row->n == 0 || (l->take.n + l->skip.n > 0 && left_out(d, row));
}

/*
 * Of what is no call by its cells, whether it is a record of another kind.
 * Who reads rows `alone` may not take a header.
 */
static enum decode_result
what_else(struct decoder *d, const struct csvrow *row, bool alone)
{
	const struct layout *l = d->layout;

	if (is_comment(l, row))
		return DECODE_NO_RECORD;
	if (!l->header)
		return DECODE_SKIPPED;
	if (alone && layout_header_is(&d->header, l, row))
		return DECODE_REJECT;
	if (!alone && header(d, row))
		return DECODE_NO_RECORD;
	return layout_header_types(&d->header, row) ? DECODE_NO_RECORD
						    : DECODE_SKIPPED;
}

/* That of the last record, if nobody has to look. */
static inline bool
find_variant(struct reading *r, const struct csvrow *row)
{
	const struct decode_plan *p = r->d->plan;

	if (p->variant == NULL || row->n == 0 || row->n != p->columns)
		return layout_record(&r->rec, &r->d->header, row);
	r->rec.row = row;
	r->rec.variant = p->variant;
	return true;
}

static int
read_call(struct reading *r, const struct csvrow *row)
{
	struct decoder *d = r->d;

	*r->column = 0;
	d->extras = (struct call_extras){ .cost = 0 };
	d->has_epoch = false;
	if (row->fault != NULL)
		return errmsg_set(r->reason, "%s", row->fault);
	if (d->layout->header && d->header.at == NULL)
		return errmsg_set(r->reason, "above it nothing names columns");
	if (d->layout->carry.replace && !d->above.known)
		return errmsg_set(r->reason, "above it nothing gives its '%s'",
		    d->layout->columns[d->layout->carry.columns[0]]);
	if (!find_variant(r, row))
		return errmsg_set(r->reason, "wrong number of columns: '%u'",
		    (unsigned)row->n);
	if (d->plan->variant != r->rec.variant)
		decode_plan_make(d->plan, d, r->rec.variant);
	if (decode_times(r) != 0 || (d->plan->facts && decode_facts(r) != 0) ||
	    decode_texts(r) != 0)
		return -1;
	r->o->key = key_of(d, row);
	return 0;
}

/* It is a call. */
static enum decode_result
taken(const struct reading *r)
{
	r->d->rounded += r->rounded;
	r->d->no_seconds += r->no_seconds;
	if (r->year != 0)
		decode_year_taken(r);
	return DECODE_CALL;
}

/*
 * What this record leaves to those below it, of whatever kind it is; whether
 * that is all it does.
 */
static bool
only_leaves(struct decoder *d, const struct csvrow *row)
{
	struct layout_record rec = { .layout = d->layout,
		.scratch = &d->joined };

	return d->layout->carry.n > 0 && row->fault == NULL &&
	       layout_record(&rec, &d->header, row) &&
	       layout_carry_keep(&d->above, &rec) && d->layout->carry.replace;
}

enum decode_result
decode_row(struct decoder *d, const struct csvrow *row, struct call *call,
    struct origin *origin, uint32_t *column, struct errmsg *reason)
{
	struct reading r = { .d = d,
		.rec = { .layout = d->layout,
		    .scratch = &d->joined,
		    .above = &d->above },
		.c = call,
		.o = origin,
		.column = column,
		.reason = reason };

	if (only_leaves(d, row))
		return DECODE_SKIPPED;
	if (other_kind(d, row))
		return what_else(d, row, false);
	if (read_call(&r, row) == 0)
		return taken(&r);
	if (row->fault == NULL && (decode_is_blank(row) || header(d, row)))
		return DECODE_NO_RECORD;
	return DECODE_REJECT;
}

enum decode_result
decode_alone(struct decoder *d, const struct csvrow *row, struct call *call,
    struct origin *origin)
{
	struct errmsg reason;
	uint32_t column;
	struct reading r = { .d = d,
		.rec = { .layout = d->layout, .scratch = &d->joined },
		.c = call,
		.o = origin,
		.column = &column,
		.reason = &reason };

	if (other_kind(d, row))
		return what_else(d, row, true);
	if (read_call(&r, row) != 0 || r.year != 0)
		return DECODE_REJECT;
	return taken(&r);
}

bool
decode_epoch(const struct layout *l, const char *id, size_t len,
    int64_t *utc_ms)
{
	const struct pattern *epoch = l->fields[TARGET_CALL_ID].epoch;
	struct pattern_group groups[2] = { { 1, 0 }, { 1, 0 } };
	int64_t seconds;

	if (epoch == NULL ||
	    pattern_match(epoch, id, len, groups, 2, NULL) != 1 ||
	    groups[1].begin >= groups[1].end ||
	    groups[1].end - groups[1].begin > 12 ||
	    !seconds_parse(id + groups[1].begin,
		groups[1].end - groups[1].begin, &seconds))
		return false;
	*utc_ms = seconds * 1000;
	return true;
}
