/*
 * cdrscan --recognise: which layout each file has, how sure that is, why, and
 * what its first calls are.  The files are read as by any run, to their ends,
 * because zone, country and trunks are learnt from all records; no rule is
 * applied and nothing is stored.
 */
#include "recognise.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

const char *
recognise_stamp(const struct looked_at *l)
{
	const struct layout_field *f;
	enum layout_target t = TARGET_START;

	if (l->layout == NULL)
		return NULL;
	if (l->layout->fields[t].nfrom == 0)
		t = TARGET_END;
	f = &l->layout->fields[t];
	return f->nstamps > 0 ? f->stamps[l->file->found.form.stamps[t]].text
			      : NULL;
}

const char *
recognise_trouble(const struct looked_at *l)
{
	if (l->file->trouble == NULL && l->layout == NULL)
		return "the file is empty";
	return l->file->trouble;
}

/* Keep the calls with the least lines. */
static void
take_call(const struct batch *b, struct looked_at *l, size_t i)
{
	size_t at = l->n;

	while (at > 0 && b->origins[l->calls[at - 1]].line > b->origins[i].line)
		at--;
	if (at == RECOGNISE_CALLS)
		return;
	if (l->n < RECOGNISE_CALLS)
		l->n++;
	memmove(&l->calls[at + 1], &l->calls[at],
	    (l->n - 1 - at) * sizeof(l->calls[0]));
	l->calls[at] = i;
}

/* The batch numbers its files from 1, as ingest read them. */
static void
take_calls(const struct batch *b, struct looked_at *list, size_t n)
{
	struct looked_at *l;
	size_t i;

	for (i = 0; i < b->n; i++) {
		if (batch_event(b, i) == EVENT_QUALITY)
			continue;
		assert(batch_file_of(b, i) - 1 < n);
		l = &list[batch_file_of(b, i) - 1];
		take_call(b, l, i);
		l->zone = b->sources[b->calls[i].source].zone;
	}
}

static struct looked_at *
look(const struct scan *s, size_t n)
{
	struct looked_at *list = xcalloc(n, sizeof(*list));
	const struct reject *r;
	size_t i, k;

	for (i = 0; i < n; i++) {
		list[i].file = ingest_file_at(s->ingest, i);
		list[i].layout = list[i].file->found.layout;
	}
	for (k = ingest_rejects(s->ingest); k > 0; k--) {
		r = ingest_reject_at(s->ingest, k - 1);
		for (i = 0; i < n; i++)
			if (list[i].file->path == r->file)
				list[i].reject = r;
	}
	take_calls(s->batch, list, n);
	return list;
}

static void
put_delimiter(struct buf *b, char c)
{
	if (c == '\t')
		buf_addstr(b, "tab");
	else if (c < ' ' || c > '~')
		buf_addf(b, "character %d", (unsigned char)c);
	else
		buf_addf(b, "'%c'", c);
}

/* "delimiter ';'; times %d.%m.%Y %H:%M, in Europe/Berlin" */
static void
put_settled(struct buf *b, const struct looked_at *l)
{
	const char *stamp = recognise_stamp(l);
	const char delimiter = l->file->found.form.dialect.delimiter;

	if (delimiter != '\0') {
		buf_addstr(b, "delimiter ");
		put_delimiter(b, delimiter);
	}
	if (stamp != NULL)
		buf_addf(b, "%stimes %s", b->len > 0 ? "; " : "", stamp);
	if (stamp != NULL && l->file->found.either_day)
		buf_addstr(b, "; day and month could be exchanged");
}

static void
show_line(struct page *p, const char *label, struct buf *text)
{
	page_wrap(p, label, text->data);
	buf_reset(text);
}

static void
show_layout(struct page *p, const struct looked_at *l, struct buf *b)
{
	const struct recognition *found = &l->file->found;

	buf_addf(b, "%s%s: %s", l->layout->id,
	    l->file->stated ? " (stated)" : "", l->layout->title);
	show_line(p, "  layout      ", b);
	if (l->layout->evidence == EVIDENCE_DOCUMENTED) {
		buf_addstr(b, "no record of a real switch was at hand for "
			      "this layout");
		show_line(p, "  evidence    ", b);
	}
	buf_addf(b, "%.2f", found->confidence);
	if (found->reason[0] != '\0')
		buf_addf(b, ", %s", found->reason);
	show_line(p, "  confidence  ", b);
	if (found->second != NULL) {
		buf_addf(b, "%s, %.2f", found->second->id,
		    found->second_confidence);
		show_line(p, "  next best   ", b);
	}
	put_settled(b, l);
	if (b->len > 0)
		show_line(p, "  settled     ", b);
}

static void
show_records(struct page *p, const struct looked_at *l, struct buf *b)
{
	const struct ingest_file *f = l->file;

	buf_addf(b,
	    "%lld: %lld call%s, %lld further leg%s, %lld skipped, "
	    "%lld duplicate, %lld rejected",
	    (long long)f->records, (long long)f->calls, diag_s(f->calls),
	    (long long)f->legs, diag_s(f->legs), (long long)f->skipped,
	    (long long)f->duplicates, (long long)f->rejects);
	show_line(p, "  records     ", b);
	if (l->reject == NULL)
		return;
	buf_addf(b, "line %u: %s", (unsigned)l->reject->line,
	    l->reject->reason);
	show_line(p, "  rejected    ", b);
}

static void
show_file(struct page *p, const struct batch *batch, const struct looked_at *l)
{
	const char *trouble = recognise_trouble(l);
	struct buf b;

	buf_init(&b);
	page_wrap(p, "", l->file->path);
	if (l->layout != NULL) {
		show_layout(p, l, &b);
		show_records(p, l, &b);
	}
	if (trouble != NULL) {
		buf_addstr(&b, trouble);
		if (l->layout == NULL && l->file->reason[0] != '\0')
			buf_addf(&b, "; %s", l->file->reason);
		show_line(p, "  trouble     ", &b);
	}
	if (l->n > 0) {
		buf_addf(&b, "as understood, in %s", zone_name(l->zone));
		show_line(p, "  calls       ", &b);
		recognise_calls(p, batch, l);
	}
	buf_fini(&b);
}

static void
show_all(const struct scan *s, const struct looked_at *list, size_t n,
    struct buf *out)
{
	struct page p;
	size_t i;

	page_init(&p, out, 0, false);
	for (i = 0; i < n; i++) {
		if (i > 0)
			page_blank(&p);
		show_file(&p, s->batch, &list[i]);
	}
}

static void
put_out(struct scan *s, const struct looked_at *list, size_t n)
{
	const char *format = s->o->common.format;
	struct buf out;
	size_t i;
	int status;

	progress_stop(&s->setup.diag.progress);
	buf_init(&out);
	if (format == NULL || strcmp(format, "text") == 0) {
		show_all(s, list, n, &out);
		status = setup_put_lines(&s->setup, &out);
	} else {
		if (strcmp(format, "json") == 0)
			recognise_json_all(s, list, n, &out);
		for (i = 0; strcmp(format, "ndjson") == 0 && i < n; i++)
			recognise_json(s, &list[i], &out);
		status = setup_put(&s->setup, out.data, out.len);
	}
	s->status = diag_worse(s->status, status);
	buf_fini(&out);
}

void
scan_recognise(struct scan *s, char **operands, int n)
{
	struct looked_at *list;
	size_t i, nfiles;

	scan_read(s, operands, n);
	if (s->status == EXIT_NOT_DONE || scan_finish_reading(s) != 0)
		return;
	scan_say_notes(s, true);
	nfiles = ingest_files(s->ingest);
	list = look(s, nfiles);
	for (i = 0; i < nfiles; i++)
		if (recognise_trouble(&list[i]) != NULL)
			s->status = diag_worse(s->status, EXIT_INCOMPLETE);
	/* Somebody asked about a file that is not there. */
	if (s->unread.n > 0)
		s->status = EXIT_NOT_DONE;
	put_out(s, list, nfiles);
	free(list);
}
