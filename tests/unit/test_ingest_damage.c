#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "cdr/rows.h"
#include "ingest_run.h"
#include "io/input.h"
#include "layout_files.h"

/*
 * Every sample with a bit turned over, cut off, and behind itself: whatever
 * the damage did not touch is the same call as before.
 */
enum { FLIPS = 80, CUTS = 24 };

static const unsigned seed = 20260122;

/* A call as one text, and the line it stands on. */
struct shown {
	uint32_t line;
	char *text;
};

struct calls {
	struct shown *list;
	size_t n;
	struct ingest_file file; /* without its texts */
};

struct sample {
	const struct layout *layout;
	char *path, *bytes;
	size_t len;
	size_t header_begin, header_end;
	struct calls calls;
};

static char *
show(const struct batch *b, size_t i)
{
	const struct call *c = &b->calls[i];
	const struct origin *o = &b->origins[i];
	const uint32_t texts[] = { c->src, c->dst, c->dialled,
		batch_extra(b, EXTRA_FORWARDED_BY, i), c->account, c->user,
		c->trunk_in, c->trunk_out, batch_extra(b, EXTRA_SRC_NAME, i),
		o->service, c->clue_in, o->call_id, batch_join(b, i) };
	struct buf out;
	size_t k;

	buf_init(&out);
	buf_addf(&out, "%lld+%u+%u %u %u %u %lld", (long long)c->start,
	    (unsigned)c->ring, (unsigned)c->duration, (unsigned)c->status,
	    (unsigned)c->direction, (unsigned)o->cause,
	    (long long)batch_cost(b, i));
	for (k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
		buf_addf(&out, "|%s", batch_text(b, texts[k]));
	return buf_detach(&out);
}

static int
compare_shown(const void *va, const void *vb)
{
	const struct shown *a = va, *b = vb;

	return strcmp(a->text, b->text);
}

static void
take_calls(const struct run *r, struct calls *out)
{
	const struct batch *b = r->batch;
	const struct ingest_file *f = ingest_file_at(r->ingest, 0);
	size_t i;

	assert_int_equal(f->records,
	    f->calls + f->legs + f->skipped + f->duplicates + f->rejects);
	assert_int_equal(f->calls, b->n);
	out->file = *f;
	out->n = b->n;
	out->list = calloc(b->n + 1, sizeof(*out->list));
	assert_non_null(out->list);
	for (i = 0; i < b->n; i++) {
		out->list[i].line = b->origins[i].line;
		out->list[i].text = show(b, i);
	}
	qsort(out->list, out->n, sizeof(*out->list), compare_shown);
}

static void
free_calls(struct calls *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		free(c->list[i].text);
	free(c->list);
}

/* A run of its own for each copy; layouts and number plan stay. */
static void
read_copy(struct run *r, const char *bytes, size_t len, struct calls *out)
{
	batch_free(&r->batch);
	r->batch = batch_new();
	notes_fini(&r->notes);
	notes_init(&r->notes);
	run_bytes(r, "copy", bytes, len);
	take_calls(r, out);
	ingest_free(&r->ingest);
}

static bool
in_calls(const struct calls *c, const struct shown *s)
{
	return bsearch(s, c->list, c->n, sizeof(*s), compare_shown) != NULL;
}

static uint32_t
line_of(const struct sample *s, size_t at)
{
	uint32_t line = 1;
	size_t i;

	for (i = 0; i < at; i++)
		line += s->bytes[i] == '\n';
	return line;
}

/* The bytes of the first header. */
static void
find_header(struct sample *s)
{
	struct layout_form form = layout_form(s->layout);
	struct layout_header header;
	struct csvrow row;
	struct rows *r;
	const char *d;

	memset(&header, 0, sizeof(header));
	for (d = s->layout->delimiters; *d != '\0' && s->header_end == 0; d++) {
		form.dialect.delimiter = *d;
		r = rows_memory(s->bytes, s->len, s->layout, &form);
		while (s->header_end == 0 && rows_next(r, &row, NULL) == 1)
			if (row.fault == NULL && row.n > 0 &&
			    layout_header_read(&header, s->layout, &row)) {
				s->header_begin = row.offset;
				s->header_end = row.offset + row.raw_len + 1;
			}
		rows_free(&r);
	}
	layout_header_fini(&header);
}

/* Of a file whose cells are lines of their own; else only no crash counts. */
static bool
of_lines(const struct sample *s)
{
	return s->layout->container == CONTAINER_ROWS ||
	       s->layout->container == CONTAINER_FIXED;
}

/* Whether a record tells of those below it. */
static bool
is_carried(const struct sample *s)
{
	return s->layout->carry.n > 0;
}

static bool
is_gathered(const struct sample *s)
{
	return s->layout->gather.nby > 0;
}

/*
 * What one bit may take: the record in which it is, at a line end that behind
 * it, too; those that it tells of; of events the call and, where it tells calls
 * apart, another.
 */
static void
check_flip(const struct sample *s, const struct calls *now, size_t at, int bit)
{
	const uint32_t line = line_of(s, at);
	const bool end = s->bytes[at] == '\n' || s->bytes[at] == '\r';
	size_t i, lost = 0;

	if (at >= s->header_begin && at < s->header_end)
		return;
	for (i = 0; i < s->calls.n; i++) {
		if (in_calls(now, &s->calls.list[i]))
			continue;
		lost++;
		if (is_gathered(s)
			? lost > 2
			: s->calls.list[i].line != line &&
			      !(end && s->calls.list[i].line == line + 1) &&
			      !(is_carried(s) && s->calls.list[i].line > line))
			fail_msg("%s: byte %zu (line %u), bit %d: lost line "
				 "%u: %s",
			    s->path, at, (unsigned)line, bit,
			    (unsigned)s->calls.list[i].line,
			    s->calls.list[i].text);
	}
}

static void
flip(struct run *r, const struct sample *s)
{
	char *copy = malloc(s->len);
	struct calls now;
	size_t at;
	int i, bit;

	assert_non_null(copy);
	for (i = 0; i < FLIPS; i++) {
		at = (size_t)rand() % s->len;
		bit = rand() % 8;
		memcpy(copy, s->bytes, s->len);
		copy[at] = (char)((unsigned char)copy[at] ^ 1U << bit);
		read_copy(r, copy, s->len, &now);
		if (of_lines(s))
			check_flip(s, &now, at, bit);
		free_calls(&now);
	}
	free(copy);
}

/* Of events the call is where its last row is. */
static void
cut(struct run *r, const struct sample *s)
{
	struct calls now;
	uint32_t line;
	size_t at, k;
	int i;

	for (i = 0; i < CUTS; i++) {
		at = 1 + (size_t)rand() % (s->len - 1);
		line = line_of(s, at);
		read_copy(r, s->bytes, at, &now);
		for (k = 0; k < s->calls.n && of_lines(s); k++)
			if (s->calls.list[k].line < line &&
			    !in_calls(&now, &s->calls.list[k]))
				fail_msg("%s: cut at byte %zu (line %u): lost "
					 "line %u: %s",
				    s->path, at, (unsigned)line,
				    (unsigned)s->calls.list[k].line,
				    s->calls.list[k].text);
		free_calls(&now);
	}
}

/*
 * One file that holds everything twice has each call twice; of events one
 * that nothing completed goes on in the second half.
 */
static void
behind_itself(struct run *r, const struct sample *s)
{
	char *copy = malloc(2 * s->len);
	struct calls now;
	size_t i;

	assert_non_null(copy);
	memcpy(copy, s->bytes, s->len);
	memcpy(copy + s->len, s->bytes, s->len);
	read_copy(r, copy, 2 * s->len, &now);
	for (i = 0; i < s->calls.n && of_lines(s); i++)
		if (!in_calls(&now, &s->calls.list[i]))
			fail_msg("%s: doubled: lost %s", s->path,
			    s->calls.list[i].text);
	for (i = 0; i < now.n && of_lines(s); i++)
		if (!in_calls(&s->calls, &now.list[i]))
			fail_msg("%s: doubled: new %s", s->path,
			    now.list[i].text);
	if (of_lines(s)) {
		assert_int_equal(now.file.records, 2 * s->calls.file.records);
		assert_int_equal(now.file.rejects, 2 * s->calls.file.rejects);
	}
	if (of_lines(s) && !is_gathered(s))
		assert_int_equal(now.file.calls, 2 * s->calls.file.calls);
	free_calls(&now);
	free(copy);
}

/* Two files of one source that are the same: the second has only copies. */
static void
as_two_files(struct run *r, const struct sample *s)
{
	const struct ingest_file *f;

	batch_free(&r->batch);
	r->batch = batch_new();
	run_bytes(r, "copy", s->bytes, s->len);
	run_bytes(r, "again", s->bytes, s->len);
	ingest_settle(r->ingest);
	f = ingest_file_at(r->ingest, 0);
	assert_int_equal(f->duplicates +
			     ingest_file_at(r->ingest, 1)->duplicates,
	    s->calls.file.calls);
	assert_int_equal(r->batch->n, s->calls.n);
	ingest_free(&r->ingest);
}

/* samples/ID.*, and the quiet day for cdr_csv; NULL: no layout's sample. */
static const struct layout *
layout_of(const struct layouts *ls, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	const struct layout *l;
	char *id = strdup(name);

	assert_non_null(id);
	id[strcspn(id, ".")] = '\0';
	l = layouts_find(ls,
	    strcmp(id, "clean-day") == 0 ? "asterisk-csv" : id);
	free(id);
	return l;
}

static void
load(struct sample *s)
{
	struct errmsg err;
	struct input *in;
	char chunk[4096];
	ssize_t n;
	struct buf b;

	buf_init(&b);
	assert_int_equal(input_open(&in, s->path, &err), 0);
	while ((n = input_read(in, chunk, sizeof(chunk), &err)) > 0)
		buf_add(&b, chunk, (size_t)n);
	assert_int_equal(n, 0);
	input_close(&in);
	s->len = b.len;
	s->bytes = buf_detach(&b);
}

static void
each_sample(struct run *r, const char *path)
{
	struct sample s = { .layout = layout_of(r->layouts, path),
		.path = strdup(path) };

	load(&s);
	find_header(&s);
	r->source.layout = s.layout->id;
	read_copy(r, s.bytes, s.len, &s.calls);
	assert_true(s.calls.n > 0);
	flip(r, &s);
	cut(r, &s);
	behind_itself(r, &s);
	as_two_files(r, &s);
	free_calls(&s.calls);
	free(s.bytes);
	free(s.path);
}

static void
test_damage(void **state)
{
	struct errmsg err;
	char **paths;
	size_t i, n, seen = 0;
	struct run r;

	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	run_begin(&r);
	r.set.guess = false;
	r.set.max_rejects = INT64_MAX;
	assert_int_equal(input_list("samples", &paths, &n, &err), 0);
	for (i = 0; i < n; i++) {
		if (layout_of(r.layouts, paths[i]) != NULL) {
			each_sample(&r, paths[i]);
			seen++;
		}
		free(paths[i]);
	}
	free(paths);
	assert_true(seen >= 24);
	run_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
