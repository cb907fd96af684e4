/* What became of every file and record that was read. */
#include "scan.h"

#include <string.h>

#include "base/bounds.h"
#include "io/outfile.h"

enum { REJECTS_SHOWN = 3 };

static void
say_file(struct scan *s, const struct ingest_file *f)
{
	const struct diag *d = &s->setup.diag;

	if (f->trouble != NULL) {
		diag_error(d, "%s: %s", f->path, f->trouble);
		notes_addf(&s->unread, NOTE_INFO, NULL, 0, "%s: %s", f->path,
		    f->trouble);
		s->status = diag_worse(s->status, EXIT_INCOMPLETE);
	}
	if (f->open_end &&
	    (f->calls > 0 || (f->left ? f->resumed == 0 : f->trouble == NULL)))
		diag_warn(d, "%s: the last line has no end%s", f->path,
		    f->left ? " and was left for later"
			    : ": it may not be whole");
	if (f->layout != NULL)
		diag_info(d, "%s: %s, confidence %.2f%s%s", f->path, f->layout,
		    f->confidence, f->reason[0] != '\0' ? ": " : "", f->reason);
	if (f->resumed != 0)
		diag_info(d, "%s: resumed at byte %llu", f->path,
		    (unsigned long long)f->resumed);
	diag_info(d, "%s: %lld record%s, %lld skipped, %lld rejected", f->path,
	    (long long)f->records, diag_s(f->records), (long long)f->skipped,
	    (long long)f->rejects);
}

static void
count_file(struct counts *c, const struct ingest_file *f)
{
	c->files++;
	c->records += f->records;
	c->calls += f->calls;
	c->legs += f->legs;
	c->skipped += f->skipped;
	c->duplicates += f->duplicates;
	c->rejects += f->rejects;
}

/* The first rejects with their places; all that were kept with -v. */
static void
say_rejects(struct scan *s)
{
	const struct diag *d = &s->setup.diag;
	const size_t kept = ingest_rejects(s->ingest);
	size_t i, n = kept;
	const struct reject *r;

	if (d->verbosity < 1 && n > REJECTS_SHOWN)
		n = REJECTS_SHOWN;
	for (i = 0; i < n; i++) {
		r = ingest_reject_at(s->ingest, i);
		diag_error(d, "%s:%u: rejected: %s", r->file, r->line,
		    r->reason);
	}
	if (kept > n)
		diag_error(d, "%s%zu more rejected%s",
		    kept == BOUNDS_REJECTS ? "at least " : "", kept - n,
		    s->o->rejects == NULL ? "; --rejects FILE lists them" : "");
	if (s->o->strict)
		diag_error(d, "not done, because of --strict");
}

/* A cell of CSV as RFC 4180 wants it. */
static void
put_cell(struct outfile *out, const char *text, size_t len)
{
	const char *quote;
	size_t n;

	outfile_puts(out, "\"");
	while (len > 0) {
		quote = memchr(text, '"', len);
		n = quote != NULL ? (size_t)(quote - text) + 1 : len;
		outfile_write(out, text, n);
		if (quote != NULL)
			outfile_puts(out, "\"");
		text += n;
		len -= n;
	}
	outfile_puts(out, "\"");
}

static void
put_reject(struct outfile *out, const struct reject *r)
{
	struct buf place;

	buf_init(&place);
	buf_addf(&place, ",%u,%llu,%u,", r->line, (unsigned long long)r->byte,
	    r->column);
	put_cell(out, r->file, strlen(r->file));
	outfile_write(out, place.data, place.len);
	put_cell(out, r->reason, strlen(r->reason));
	outfile_puts(out, ",");
	put_cell(out, r->raw, r->raw_len);
	outfile_puts(out, "\r\n");
	buf_fini(&place);
}

/* The file is there after every run, so that an old one is not taken for it. */
static int
write_rejects(const struct scan *s, struct errmsg *err)
{
	struct outfile *out;
	size_t i;

	if (outfile_open(&out, s->o->rejects, err) != 0)
		return -1;
	outfile_puts(out, "file,line,byte,column,reason,record\r\n");
	for (i = 0; i < ingest_rejects(s->ingest); i++)
		put_reject(out, ingest_reject_at(s->ingest, i));
	return outfile_commit(&out, err);
}

/* No id and no offset tells which of the two readings these were. */
static void
note_ambiguous(struct scan *s)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; ingest_ambiguous(s->ingest) && i < s->batch->n; i++)
		n += (s->batch->calls[i].flags & CALL_AMBIGUOUS) != 0;
	if (n > 0)
		notes_addf(&s->notes, NOTE_WARNING, NULL, 0,
		    "%lld call%s began in an hour that clocks showed twice, "
		    "and nothing tells which: taken as the first",
		    (long long)n, diag_s(n));
}

void
scan_account(struct scan *s)
{
	struct counts *c = &s->results.run.counts;
	struct errmsg err;
	size_t i;

	for (i = 0; i < ingest_files(s->ingest); i++) {
		say_file(s, ingest_file_at(s->ingest, i));
		count_file(c, ingest_file_at(s->ingest, i));
	}
	note_ambiguous(s);
	if (c->rejects > 0) {
		say_rejects(s);
		s->status = diag_worse(s->status,
		    s->o->strict ? EXIT_NOT_DONE : EXIT_INCOMPLETE);
	}
	if (s->o->rejects != NULL && write_rejects(s, &err) != 0) {
		diag_error(&s->setup.diag, "%s", err.text);
		s->status = EXIT_NOT_DONE;
	}
}
