#include <stdio.h>
#include <string.h>

#include "cdr/ingest_impl.h"
#include "cdr/recognise.h"

/* A clock may be ahead, and the zone is not known yet. */
#define AHEAD_MS (INT64_C(26) * 3600 * 1000)

bool
ingest_note_row(struct ingest_reading *r, struct csvrow *row)
{
	if (!ingest_seam_row(r, row))
		return false;
	r->file->open_end = !row->ended;
	r->repaired += row->repaired;
	r->file->left = !row->ended && r->in->set.leave_open_end &&
			input_is_plain(r->input);
	return !r->file->left;
}

int
ingest_next_row(struct ingest_reading *r, struct csvrow *row,
    struct errmsg *err)
{
	int more;

	while ((more = rows_next(r->rows, row, err)) == 1)
		if (ingest_note_row(r, row))
			return 1;
	return more;
}

void
ingest_tell(struct ingest_reading *r, uint64_t taken)
{
	struct stages *st = r->in->set.stages;

	if (st == NULL)
		return;
	stages_took(st, taken - r->in->told,
	    (uint64_t)(r->file->records - r->told));
	r->in->told = taken;
	r->told = r->file->records;
}

/* All rows; stops where reading fails, and says so. */
static void
take_rows(struct ingest_reading *r)
{
	struct errmsg err;

	r->rows = rows_new(r->input, r->stream->layout, &r->form);
	if (ingest_read_ahead(r, &err) != 0)
		r->file->trouble = ingest_trouble(r->in, r->file->path, &err);
	ingest_tell(r, input_taken(r->input));
	rows_free(&r->rows);
}

/*
 * More rejects than allowed: most likely it is another layout, and what
 * looked like calls is none either.
 */
static void
refuse_if_bad(struct ingest_reading *r)
{
	const struct ingest_settings *set = &r->in->set;
	const struct ingest_above *above = r->stream->above;
	struct ingest_file *f = r->file;
	int64_t judged = f->records - f->skipped, rejects = f->rejects;

	if (above != NULL) {
		judged += above->seam.records - above->seam.skipped;
		rejects += above->seam.rejects;
	}
	if (set->max_rejects >= 0
		? rejects <= set->max_rejects
		: (double)rejects <= set->max_reject_share * (double)judged)
		return;
	f->trouble = arena_printf(&r->in->arena,
	    "%s%srefused: %lld of %lld record%s cannot be read as %s",
	    f->trouble != NULL ? f->trouble : "",
	    f->trouble != NULL ? "; " : "", (long long)rejects,
	    (long long)judged, judged == 1 ? "" : "s", f->layout);
	f->refused = true;
	f->rejects += f->calls;
	f->calls = 0;
	r->in->batch->n = r->stream->first;
	r->stream->context = 0;
	memset(r->stream->clocks, 0, sizeof(r->stream->clocks));
}

/* The file cannot tell the day from the month. */
static void
note_either_day(struct ingest_reading *r)
{
	notes_addf(r->in->notes, NOTE_WARNING, r->file->path, 0,
	    "all its dates can be read in two ways: the one that keeps them "
	    "closer together, else the first of both in layout '%s', is taken",
	    r->stream->layout->id);
}

/* "no year in the times: 2025 and 2026 assumed" */
static void
note_years(struct ingest_reading *r)
{
	const struct decode_years *y = &r->decoder.years;
	char more[32] = "";

	if (y->first == 0 || r->file->refused)
		return;
	if (y->last > y->first)
		(void)snprintf(more, sizeof(more), " %s %d",
		    y->last > y->first + 1 ? "to" : "and", y->last);
	notes_addf(r->in->notes, NOTE_INFO, r->file->path, 0,
	    "no year in the times: %d%s assumed", y->first, more);
}

/* What could only be read in part as it stood. */
static void
note_repaired(struct ingest_reading *r)
{
	if (r->repaired > 0)
		notes_addf(r->in->notes, NOTE_WARNING, r->file->path, 0,
		    "%lld record%s mended: no UTF-8, a key given twice, "
		    "or a comma too many",
		    (long long)r->repaired, r->repaired == 1 ? "" : "s");
}

/* What is stated, with what it leaves open. */
static void
take_stated(struct ingest_reading *r, struct input *input, const char *id)
{
	struct recognition *found = &r->file->found;

	r->stream->layout = layouts_find(r->in->set.layouts, id);
	recognise_form(r->stream->layout, input, found);
	r->form = found->form;
	r->file->stated = true;
	r->file->confidence = 1;
	r->file->layout = r->stream->layout->id;
	if (found->either_day)
		note_either_day(r);
}

/* The layout that is stated or recognised; false with trouble if none. */
static bool
find_layout(struct ingest_reading *r, struct input *input,
    const struct source *src)
{
	struct recognition *found = &r->file->found;
	struct errmsg err;

	if (src->layout != NULL) {
		take_stated(r, input, src->layout);
		return true;
	}
	recognise(r->in->set.layouts, input, r->in->set.threads, found);
	r->file->confidence = found->confidence;
	r->file->reason = arena_strdup(&r->in->arena, found->reason);
	if (found->layout != NULL) {
		r->stream->layout = found->layout;
		r->form = found->form;
		r->file->layout = found->layout->id;
		if (found->either_day)
			note_either_day(r);
		return true;
	}
	if (input_looked(input, &err) != 0)
		r->file->trouble = ingest_trouble(r->in, r->file->path, &err);
	else
		r->file->trouble =
		    found->records > 0
			? "no layout fits: not a call record file"
			: "not one record in it";
	return false;
}

/*
 * Files of another kind than calls come beside those of calls; but the header
 * alone is the file of a time without calls, of which a live one may yet lack
 * the end.
 */
static const char *
no_call(const struct ingest_reading *r)
{
	if (!r->other_kinds && (r->decoder.titled || r->file->left))
		return NULL;
	if (r->file->skipped == 0)
		return "not one call in it";
	return arena_printf(&r->in->arena,
	    "not one call in it: layout '%s' skips all its records",
	    r->file->layout);
}

/* No bytes at all: fine, unless they cannot be read. */
static bool
is_empty(struct ingest_reading *r, struct input *input)
{
	const char *bytes;
	struct errmsg err;
	char c;

	if (input_peek(input, 1, &bytes) > 0)
		return false;
	if (input_read(input, &c, 1, &err) < 0)
		r->file->trouble = ingest_trouble(r->in, r->file->path, &err);
	return true;
}

/* What the calls lack because a spreadsheet saved them. */
static void
note_losses(struct ingest_reading *r)
{
	const long long calls = r->file->calls;
	const struct decoder *d = &r->decoder;

	if (d->rounded > 0)
		notes_addf(r->in->notes, NOTE_WARNING, r->file->path, 0,
		    "precision lost: %lld of %lld calls have a number rounded "
		    "as in '9.71E+11'",
		    (long long)d->rounded, calls);
	if (d->no_seconds > 0)
		notes_addf(r->in->notes, NOTE_WARNING, r->file->path, 0,
		    "precision lost: %lld of %lld calls have times without "
		    "seconds",
		    (long long)d->no_seconds, calls);
}

/* Whether the stream has records that some layout is for. */
static bool
is_readable(struct ingest_reading *r, const struct source *src)
{
	struct stages *st = r->in->set.stages;
	struct stages_span span;
	bool found;

	stages_begin(st, &span, "recognise");
	found = !is_empty(r, r->input) && find_layout(r, r->input, src);
	stages_end(st, &span, 1, "files");
	return found;
}

static void
read_stream(struct ingest_reading *r, const struct source *src,
    const struct ingest_above *above)
{
	struct ingest *in = r->in;
	const int64_t as_of = in->set.as_of;

	r->stream->source = ingest_source(in, src);
	if (in->lately == NULL)
		in->lately = decode_lately_new();
	decoder_init_after(&r->decoder, r->stream->layout, &r->form, in->batch,
	    as_of < INT64_MAX - AHEAD_MS ? as_of + AHEAD_MS : INT64_MAX,
	    in->lately);
	r->decoder.years.stated = src->year;
	r->decoder.asks_epoch = r->stream->weighed =
	    in->set.guess && src->zone == NULL;
	ingest_seam_resume(r, above);
	take_rows(r);
	note_repaired(r);
	refuse_if_bad(r);
	note_years(r);
	if (!r->file->refused)
		note_losses(r);
	if (r->file->calls + r->file->rejects == 0 &&
	    r->file->trouble == NULL && r->stream->above == NULL)
		r->file->trouble = no_call(r);
	ingest_seam_note(r, src);
	r->file->too_early = r->decoder.to_come;
	r->stream->end = in->batch->n;
	r->stream->equal_later =
	    r->stream->above == NULL &&
	    ingest_equal_later(r->stream->layout, &r->decoder);
	decoder_fini(&r->decoder);
	if (r->stream->above == NULL && !r->stream->equal_later)
		ingest_note_equal(in, r->file->path,
		    ingest_number_equal(in->batch, r->stream->first,
			r->stream->end, NULL, in->set.threads),
		    r->stream->end - r->stream->first);
}

void
ingest_stream(struct ingest *in, struct input *input, const struct source *src,
    const struct ingest_above *above)
{
	struct ingest_reading r = {
		.in = in,
		.input = input,
		.file = &in->files[in->nfiles - 1],
		.stream = &in->streams[in->nfiles - 1],
	};
	struct stages_span span;

	if (!is_readable(&r, src))
		return;
	stages_begin(in->set.stages, &span, "read");
	read_stream(&r, src, above);
	stages_end(in->set.stages, &span, r.file->records, "records");
}
