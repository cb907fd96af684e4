/*
 * ingest: a whole file, from its bytes to calls with their legs joined.
 *
 * Every record is exactly one of five; every call begins a line of the file;
 * several threads read what one does; reading the file twice adds nothing;
 * where each record is one line, the order of the lines does not matter.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/field.h"
#include "cdr/ingest.h"
#include "fuzz/fuzz.h"
#include "io/csvrow.h"
#include "io/input.h"

/* One run over a file. */
struct run {
	struct batch *batch;
	struct notes notes;
	struct ingest *ingest;
};

static const struct source source = { .name = "default" };

static void
read_in_blocks(struct run *r, const char *path, int times, size_t threads,
    size_t block)
{
	const struct ingest_settings set = {
		.layouts = fuzz_layouts(),
		.numplan = fuzz_numplan(),
		.as_of = INT64_C(1769904000000),
		.max_rejects = -1,
		.max_reject_share = 0.5,
		.guess = true,
		.threads = threads,
		.block = block,
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
read_file(struct run *r, const char *path, int times)
{
	read_in_blocks(r, path, times, 1, 0);
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

/* Whether records are lines, and not elements or objects. */
static bool
has_lines(const struct run *r)
{
	const char *id = ingest_file_at(r->ingest, 0)->layout;
	const struct layout *l =
	    id != NULL ? layouts_find(fuzz_layouts(), id) : NULL;

	return l == NULL || (l->container != CONTAINER_XML &&
				l->container != CONTAINER_JSON);
}

/* All lines: an element begins anywhere. */
static bool *
every_line(const struct fuzz_input *in, uint32_t *n)
{
	bool *lines;
	size_t i;

	for (i = 0, *n = 2; i < in->len; i++)
		*n += in->bytes[i] == '\n';
	lines = xcalloc(*n, sizeof(*lines));
	for (i = 1; i < *n; i++)
		lines[i] = true;
	return lines;
}

/* By line: whether a record begins there, or one of several lines goes on. */
static bool *
find_lines(const struct fuzz_input *in, uint32_t *n)
{
	struct csvreader *r = csvreader_memory(in->bytes, in->len, CSV_RFC);
	struct csvrow row;
	bool *lines;
	size_t i;

	for (i = 0, *n = 2; i < in->len; i++)
		*n += in->bytes[i] == '\n' || in->bytes[i] == '\r';
	lines = xcalloc(*n, sizeof(*lines));
	while (csvreader_next(r, &row, NULL) == 1)
		for (i = 0; i < row.lines; i++) {
			assert(row.line + i < *n);
			lines[row.line + i] = true;
		}
	csvreader_free(&r);
	return lines;
}

static void
check_reject(const struct reject *r, const struct fuzz_input *in)
{
	assert(r->reason[0] != '\0');
	assert(r->byte + r->raw_len <= in->len);
	assert(memcmp(r->raw, in->bytes + r->byte, r->raw_len) == 0);
}

static void
check_places(const struct run *r, const struct fuzz_input *in)
{
	const struct batch *b = r->batch;
	const struct reject *reject;
	uint32_t n;
	bool *lines = has_lines(r) ? find_lines(in, &n) : every_line(in, &n);
	size_t i;

	for (i = 0; i < b->n; i++) {
		assert(b->origins[i].line < n && lines[b->origins[i].line]);
		assert(i == 0 || b->calls[i - 1].start <= b->calls[i].start);
	}
	for (i = 0; i < ingest_rejects(r->ingest); i++) {
		reject = ingest_reject_at(r->ingest, i);
		assert(reject->line < n && lines[reject->line]);
		check_reject(reject, in);
	}
	free(lines);
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

/* Where the calls stood, and what became of the others. */
static void
check_same_places(const struct run *a, const struct run *b)
{
	const struct reject *one, *other;
	size_t i;

	for (i = 0; i < a->batch->n; i++)
		assert(a->batch->origins[i].line == b->batch->origins[i].line &&
		       a->batch->origins[i].key == b->batch->origins[i].key);
	assert(ingest_rejects(a->ingest) == ingest_rejects(b->ingest));
	for (i = 0; i < ingest_rejects(a->ingest); i++) {
		one = ingest_reject_at(a->ingest, i);
		other = ingest_reject_at(b->ingest, i);
		assert(one->line == other->line && one->byte == other->byte &&
		       one->column == other->column &&
		       strcmp(one->reason, other->reason) == 0);
	}
}

static void
check_blocks(const struct run *once, const char *path, size_t block)
{
	struct run run;

	read_in_blocks(&run, path, 1, 2, block);
	check_counts(&run);
	check_same(once, &run);
	check_same_places(once, &run);
	run_end(&run);
}

/*
 * A line that is one record whatever stands around it: quotes only around
 * whole fields, those inside them doubled.
 */
static bool
plain_line(const char *s, const char *end)
{
	bool quoted;

	while (s < end) {
		quoted = *s == '"';
		if (quoted) {
			for (s++; s < end && (*s != '"' || s[1] == '"'); s++)
				s += *s == '"';
			s++;
		}
		for (; s < end && *s != ','; s++)
			/* The NUL behind these, too. */
			if (quoted || strchr("\"\r\xef", *s) != NULL)
				return false;
		if (s > end)
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
	if (has_lines(run) && turn(in, &b)) {
		fuzz_file_begin(&f, b.data, b.len);
		read_file(&turned, f.path, 1);
		check_counts(&turned);
		check_same(run, &turned);
		run_end(&turned);
		fuzz_file_end(&f);
	}
	buf_fini(&b);
}

/* Of what is packed, lines and bytes are not those of the input. */
static bool
is_plain(const char *path)
{
	struct input *in;
	bool plain;

	if (input_open(&in, path, NULL) != 0)
		return false;
	plain = input_is_plain(in);
	input_close(&in);
	return plain;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_input in = { (const char *)data, size };
	struct fuzz_file f;
	struct run run;

	fuzz_file_begin(&f, data, size);
	if (is_plain(f.path)) {
		read_file(&run, f.path, 1);
		check_counts(&run);
		check_places(&run, &in);
		check_blocks(&run, f.path, size / 6 + 1);
		check_twice(&run, f.path);
		check_turned(&run, &in);
		run_end(&run);
	}
	fuzz_file_end(&f);
	return 0;
}
