#include "ingest_run.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "layout_files.h"
#include "tel/calltime.h"

void
run_begin(struct run *r)
{
	struct dialplan_settings none;
	struct errmsg err;

	memset(r, 0, sizeof(*r));
	memset(&none, 0, sizeof(none));
	r->dir = folder_make();
	r->layouts = shipped_layouts();
	assert_int_equal(numplan_load(&r->numplan, "rules/numplan", &err), 0);
	assert_int_equal(dialplan_new(&r->plan, &none, r->numplan, &err), 0);
	r->batch = batch_new();
	notes_init(&r->notes);
	r->source.name = "default";
	r->source.zone = zone_utc();
	r->source.plan = r->plan;
	r->set = (struct ingest_settings){
		.layouts = r->layouts,
		.numplan = r->numplan,
		.as_of = RUN_NOW,
		.max_rejects = -1,
		.max_reject_share = 0.5,
		.guess = true,
	};
}

void
run_end(struct run *r)
{
	ingest_free(&r->ingest);
	notes_fini(&r->notes);
	batch_free(&r->batch);
	dialplan_free(&r->plan);
	numplan_free(&r->numplan);
	layouts_free(&r->layouts);
	folder_remove(&r->dir);
}

int
run_path(struct run *r, const char *path, struct errmsg *err)
{
	if (r->ingest == NULL)
		r->ingest = ingest_new(&r->set, r->batch, &r->notes);
	return ingest_read(r->ingest, path, &r->source, err);
}

void
run_bytes(struct run *r, const char *name, const void *bytes, size_t len)
{
	char *path = folder_write(r->dir, name, bytes, len);
	struct errmsg err;

	assert_int_equal(run_path(r, path, &err), 0);
	free(path);
}

void
run_text(struct run *r, const char *name, const char *text)
{
	run_bytes(r, name, text, strlen(text));
}

void
run_finish(struct run *r)
{
	struct errmsg err;

	assert_int_equal(ingest_finish(r->ingest, &err), 0);
}

void
run_counts(struct run *r, size_t i, const char *want)
{
	const struct ingest_file *f = ingest_file_at(r->ingest, i);
	struct buf b;

	assert_int_equal(f->records,
	    f->calls + f->legs + f->skipped + f->duplicates + f->rejects);
	buf_init(&b);
	buf_addf(&b,
	    "%lld = %lld calls %lld legs %lld skipped %lld duplicates "
	    "%lld rejects",
	    (long long)f->records, (long long)f->calls, (long long)f->legs,
	    (long long)f->skipped, (long long)f->duplicates,
	    (long long)f->rejects);
	assert_string_equal(b.data, want);
	buf_fini(&b);
}

void
run_calls(struct run *r, const char *want)
{
	const struct call *c;
	struct buf b;
	size_t i;

	buf_init(&b);
	for (i = 0; i < r->batch->n; i++) {
		c = &r->batch->calls[i];
		time_rfc3339(&b, c->start);
		buf_addf(&b, " %s>%s %u%s\n",
		    batch_party_text(r->batch, c->src),
		    batch_party_text(r->batch, c->dst),
		    (unsigned)(c->duration / 1000),
		    c->flags & CALL_AMBIGUOUS ? " ambiguous" : "");
	}
	assert_string_equal(b.data, want);
	buf_fini(&b);
}

bool
run_noted(const struct run *r, enum note_level level, const char *text)
{
	size_t i;

	for (i = 0; i < r->notes.n; i++)
		if (r->notes.list[i].level == level &&
		    strcmp(r->notes.list[i].text, text) == 0)
			return true;
	for (i = 0; i < r->notes.n; i++)
		print_message("note: %s\n", r->notes.list[i].text);
	return false;
}

void
add_record(struct buf *b, const char *start, const char *src, const char *dst,
    int talk, const char *id)
{
	buf_addf(b,
	    "\"\",\"%s\",\"%s\",\"c\",\"\"\"n\"\" <%s>\",\"SIP/%s-1\",\"\","
	    "\"Dial\",\"\",\"%s\",\"%s\",\"\",%d,%d,\"ANSWERED\","
	    "\"DOCUMENTATION\",\"%s\",\"\"\n",
	    src, dst, src, src, start, start, talk + 5, talk, id);
}
