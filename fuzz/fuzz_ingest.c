/*
 * ingest: a whole file, from its bytes to calls with their legs joined.
 *
 * Every record is exactly one of five; every call begins a line of the file;
 * reading the file twice adds nothing; where each record is one line, neither
 * does the order of the lines matter.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cdr/field.h"
#include "cdr/ingest.h"
#include "fuzz/fuzz.h"

/* One run over a file. */
struct run {
	struct batch *batch;
	struct notes notes;
	struct ingest *ingest;
};

static const struct source source = { .name = "default" };

static void
read_file(struct run *r, const char *path, int times)
{
	const struct ingest_settings set = {
		.layouts = fuzz_layouts(),
		.numplan = fuzz_numplan(),
		.as_of = INT64_C(1769904000000),
		.max_rejects = -1,
		.max_reject_share = 0.5,
		.guess = true,
	};
	struct errmsg err;
	int rc;

	r->batch = batch_new();
	notes_init(&r->notes);
	r->ingest = ingest_new(&set, r->batch, &r->notes);
	for (; times > 0; times--) {
		rc = ingest_read(r->ingest, path, &source, &err);
		assert(rc == 0);
	}
	rc = ingest_finish(r->ingest, &err);
	assert(rc == 0);
}

static void
run_end(struct run *r)
{
	ingest_free(&r->ingest);
	notes_fini(&r->notes);
	batch_free(&r->batch);
}

static void
check_counts(const struct run *r)
{
	const struct ingest_file *f;
	int64_t calls = 0;
	size_t i;

	for (i = 0; i < ingest_files(r->ingest); i++) {
		f = ingest_file_at(r->ingest, i);
		assert(f->calls >= 0 && f->legs >= 0 && f->skipped >= 0 &&
		       f->duplicates >= 0 && f->rejects >= 0);
		assert(f->records == f->calls + f->legs + f->skipped +
					 f->duplicates + f->rejects);
		assert(f->records == 0 || f->layout != NULL);
		assert(!f->refused || f->calls + f->legs == 0);
		calls += f->calls;
	}
	assert((int64_t)r->batch->n == calls);
}

/* Lines of the file at which a call or a reject may begin. */
static void
check_places(const struct run *r, const struct fuzz_input *in)
{
	const struct reject *reject;
	uint32_t lines = 1;
	size_t i;

	for (i = 0; i < in->len; i++)
		lines += in->bytes[i] == '\n' || in->bytes[i] == '\r';
	for (i = 0; i < r->batch->n; i++) {
		assert(r->batch->origins[i].line >= 1 &&
		       r->batch->origins[i].line <= lines);
		assert(i == 0 || r->batch->calls[i - 1].start <=
				     r->batch->calls[i].start);
	}
	for (i = 0; i < ingest_rejects(r->ingest); i++) {
		reject = ingest_reject_at(r->ingest, i);
		assert(reject->line >= 1 && reject->line <= lines);
		assert(reject->reason[0] != '\0');
		assert(reject->byte + reject->raw_len <= in->len);
		assert(memcmp(reject->raw, in->bytes + reject->byte,
			   reject->raw_len) == 0);
	}
}

/* The calls as text, without where they stood. */
static void
show(const struct run *r, struct buf *out)
{
	size_t i, k;

	for (i = 0; i < r->batch->n; i++) {
		for (k = 0; k < field_count(); k++) {
			field_print(field_at(k), r->batch, i, out);
			buf_addch(out, ' ');
		}
		buf_addch(out, '\n');
	}
}

static void
check_same(const struct run *a, const struct run *b)
{
	struct buf one, other;

	buf_init(&one);
	buf_init(&other);
	show(a, &one);
	show(b, &other);
	assert(strcmp(one.data, other.data) == 0);
	buf_fini(&one);
	buf_fini(&other);
}

static void
check_twice(const struct run *once, const char *path)
{
	struct run twice;

	read_file(&twice, path, 2);
	check_counts(&twice);
	check_same(once, &twice);
	run_end(&twice);
}

/*
 * A line that is one record whatever stands around it: quotes only around
 * fields, those inside them doubled.
 */
static bool
plain_line(const char *s, const char *end)
{
	while (s < end) {
		if (*s == '"') {
			for (s++; s < end && (*s != '"' || s[1] == '"'); s++)
				s += *s == '"';
			s++;
		}
		for (; s < end && *s != ',' && *s != '"'; s++)
			if (*s == '\r' || *s == '\0' || *s == '\xef')
				return false;
		if (s > end || (s < end && *s == '"'))
			return false;
		s++;
	}
	return true;
}

/* The lines from the last to the first; false if they are not plain. */
static bool
turn(const struct fuzz_input *in, struct buf *out)
{
	const char *begin, *end = in->bytes + in->len;

	if (in->len == 0 || end[-1] != '\n')
		return false;
	for (end--; end >= in->bytes; end = begin - 1) {
		for (begin = end; begin > in->bytes && begin[-1] != '\n';)
			begin--;
		if (!plain_line(begin, end))
			return false;
		buf_add(out, begin, (size_t)(end - begin));
		buf_addch(out, '\n');
	}
	return true;
}

static void
check_turned(const struct run *run, const struct fuzz_input *in)
{
	struct run turned;
	struct fuzz_file f;
	struct buf b;

	buf_init(&b);
	if (turn(in, &b)) {
		fuzz_file_begin(&f, b.data, b.len);
		read_file(&turned, f.path, 1);
		check_counts(&turned);
		check_same(run, &turned);
		run_end(&turned);
		fuzz_file_end(&f);
	}
	buf_fini(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_input in = { (const char *)data, size };
	struct fuzz_file f;
	struct run run;

	/* Compressed files are for the target input. */
	if (size >= 2 &&
	    (memcmp(data, "\x1f\x8b", 2) == 0 || memcmp(data, "PK", 2) == 0 ||
		memcmp(data, "BZ", 2) == 0 || data[0] == 0xfd ||
		data[0] == 0x28))
		return 0;
	fuzz_file_begin(&f, data, size);
	read_file(&run, f.path, 1);
	check_counts(&run);
	check_places(&run, &in);
	check_twice(&run, f.path);
	check_turned(&run, &in);
	run_end(&run);
	fuzz_file_end(&f);
	return 0;
}
