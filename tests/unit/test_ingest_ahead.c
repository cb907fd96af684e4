#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bounds.h"
#include "ingest_run.h"
#include "io/input.h"
#include "layout_files.h"

/* Whoever reads, and in whatever pieces: the same comes of it. */

static void
add_names(struct buf *out, const struct batch *b, const uint32_t *ids, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_addf(out, "|%s", batch_text(b, ids[i]));
}

static void
add_call(struct buf *out, const struct batch *b, size_t i)
{
	const struct call *c = &b->calls[i];
	const struct origin *o = &b->origins[i];
	const uint32_t names[] = { c->src, c->dst,
		batch_extra(b, EXTRA_FORWARDED_BY, i), c->dialled, c->account,
		c->user, c->trunk_in, c->trunk_out, o->call_id,
		batch_join(b, i), batch_extra(b, EXTRA_SRC_NAME, i), o->service,
		c->clue_in, batch_extra(b, EXTRA_AUTH_CODE, i),
		b->files[batch_file_of(b, i)], b->currencies[c->currency],
		b->sources[c->source].name };

	buf_addf(out, "%u: %llx %lld %lld %u %u %u %u %u %u %u %u %u",
	    (unsigned)o->line, (unsigned long long)o->key, (long long)c->start,
	    (long long)batch_cost(b, i), (unsigned)c->ring,
	    (unsigned)c->duration, c->direction, c->status, c->flags, o->cause,
	    o->zone_kind, o->stated, o->event);
	add_names(out, b, names, sizeof(names) / sizeof(names[0]));
	buf_addch(out, '\n');
}

static void
add_reject(struct buf *out, const struct reject *r)
{
	buf_addf(out, "%s:%u @%llu %u %s: ", r->file, (unsigned)r->line,
	    (unsigned long long)r->byte, (unsigned)r->column, r->reason);
	buf_add(out, r->raw, r->raw_len);
	buf_addch(out, '\n');
}

static void
add_file(struct buf *out, const struct ingest_file *f)
{
	buf_addf(out, "%s %s %lld %lld %lld %lld %s %d%d%d\n", f->path,
	    f->layout != NULL ? f->layout : "-", (long long)f->records,
	    (long long)f->calls, (long long)f->skipped, (long long)f->rejects,
	    f->trouble != NULL ? f->trouble : "-", f->refused, f->open_end,
	    f->left);
	buf_addf(out, "%llu %llu %u %llu %lld\n",
	    (unsigned long long)f->seam.begin, (unsigned long long)f->seam.end,
	    (unsigned)f->seam.line, (unsigned long long)f->seam.first_end,
	    (long long)f->seam.records);
}

/* All that is known when a file was read. */
static char *
read_as(const char *path, size_t threads, size_t block)
{
	struct errmsg err;
	struct buf out;
	struct run r;
	size_t i;

	run_begin(&r);
	r.set.threads = threads;
	r.set.block = block;
	r.set.max_reject_share = 1;
	buf_init(&out);
	assert_int_equal(run_path(&r, path, &err), 0);
	for (i = 0; i < ingest_files(r.ingest); i++)
		add_file(&out, ingest_file_at(r.ingest, i));
	for (i = 0; i < r.batch->n; i++)
		add_call(&out, r.batch, i);
	for (i = 0; i < ingest_rejects(r.ingest); i++)
		add_reject(&out, ingest_reject_at(r.ingest, i));
	for (i = 0; i < r.notes.n; i++)
		buf_addf(&out, "%s\n", r.notes.list[i].text);
	run_end(&r);
	return buf_detach(&out);
}

/* Blocks of `first` bytes are the least. */
static size_t
check_blocks(const char *path, size_t first)
{
	static const struct {
		size_t threads, block;
	} ways[] = { { 2, 1 }, { 3, 1000 }, { 2, 30000 }, { 5, 0 } };
	char *wanted = read_as(path, 1, 0), *got;
	const size_t len = strlen(wanted);
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (ways[i].block > 0 && ways[i].block < first)
			continue;
		got = read_as(path, ways[i].threads, ways[i].block);
		if (strcmp(got, wanted) != 0)
			fail_msg("%s by %zu threads, %zu bytes:\n%s\nnot\n%s",
			    path, ways[i].threads, ways[i].block, got, wanted);
		free(got);
	}
	free(wanted);
	return len;
}

static size_t
check_file(const char *path)
{
	return check_blocks(path, 1);
}

/* A file of each layout: some with headers, without years, in XML. */
static void
test_every_layout(void **state)
{
	struct errmsg err;
	size_t i, n, len = 0;
	char **paths;

	(void)state;
	assert_int_equal(input_list("samples", &paths, &n, &err), 0);
	assert_true(n > 20);
	for (i = 0; i < n; i++) {
		len += check_file(paths[i]);
		free(paths[i]);
	}
	free(paths);
	assert_true(len > 10000);
}

/* The same, over and over: more than a reader has in its window. */
static void
test_every_layout_long(void **state)
{
	enum { LONG = 160 * 1024 };
	char *dir = folder_make(), **paths, *bytes, *path;
	struct errmsg err;
	size_t i, n, len;
	struct buf b;

	(void)state;
	assert_int_equal(input_list("samples", &paths, &n, &err), 0);
	for (i = 0; i < n; i++) {
		assert_int_equal(input_slurp(paths[i], LONG, &bytes, &len,
				     &err),
		    0);
		buf_init(&b);
		while (len > 0 && b.len < LONG)
			buf_add(&b, bytes, len);
		path = folder_write(dir, strrchr(paths[i], '/') + 1, b.data,
		    b.len);
		(void)check_blocks(path, 30000);
		buf_fini(&b);
		free(path);
		free(bytes);
		free(paths[i]);
	}
	free(paths);
	folder_remove(&dir);
}

static unsigned
below(unsigned n)
{
	return (unsigned)rand() / 7 % n;
}

/* What stands between good records. */
static const char *const odd[] = { "", "\"a\",\"b\nc\",d", "a \"lost quote",
	"\n\n", "a,b,c", "\"x\" ,\"y", "one\rtwo", "# nothing", "\xff\xfe",
	"\"\",\"201\",\"202\",\"c\",\"\"\"n\"\" <201>\",\"SIP/201-1\",\"\","
	"\"Dial\",\"\",\"2026-99-13 10:00:00\",\"\",\"\",5,4,\"ANSWERED\","
	"\"DOCUMENTATION\",\"1.1\",\"two\nlines\"",
	"\"\",\"201\",\"202\",\"c\",\"\"\"n\"\" <201>\",\"SIP/201-1\",\"\","
	"\"Dial\",\"\",\"2026-01-13 10:00:00\",\"\",\"\",5,4,\"ANSWERED\","
	"\"DOCUMENTATION\",\"1.1\",\"two\nlines\"" };

static void
add_good(struct buf *b)
{
	char start[32], src[24], dst[16], id[32];

	(void)snprintf(start, sizeof(start), "2026-01-13 %02u:%02u:%02u",
	    below(24), below(60), below(60));
	(void)snprintf(src, sizeof(src), "2%02u", below(100));
	(void)snprintf(dst, sizeof(dst), "31255501%02u", below(100));
	(void)snprintf(id, sizeof(id), "1768262400.%u", below(1000000));
	add_record(b, start, src, dst, (int)below(600), id);
}

static void
add_records(struct buf *b, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		add_good(b);
		if (below(40) == 0)
			buf_addf(b, "%s\n",
			    odd[below(sizeof(odd) / sizeof(odd[0]))]);
	}
}

static void
test_damaged_files(void **state)
{
	const char *given = getenv("SEED");
	const unsigned seed =
	    given != NULL ? (unsigned)atoi(given) : (unsigned)time(NULL);
	char *dir = folder_make(), *path;
	struct buf b;
	int i;

	(void)state;
	print_message("SEED=%u\n", seed);
	srand(seed);
	for (i = 0; i < 4; i++) {
		buf_init(&b);
		add_records(&b, i == 0 ? 6000 : 300);
		path = folder_write(dir, "Master.csv", b.data, b.len);
		(void)check_file(path);
		free(path);
		buf_fini(&b);
	}
	folder_remove(&dir);
}

/*
 * A quote that nothing closes for so long that it was none, and records of
 * several lines before and behind it.
 */
static void
test_far_quotes(void **state)
{
	char *dir = folder_make(), *path;
	struct buf b;
	size_t n;
	int i;

	(void)state;
	srand(8);
	buf_init(&b);
	for (i = 0; i < 500; i++) {
		add_records(&b, 1);
		buf_addf(&b, "%s\n", odd[i % 2 == 0 ? 9 : 10]);
	}
	buf_addstr(&b, "\"\",\"lost\n");
	for (n = b.len + BOUNDS_RECORD + 5000; b.len < n;)
		buf_addstr(&b, "no quote stands in this line, nor in others, "
			       "and it is no record\n");
	for (i = 0; i < 500; i++) {
		add_records(&b, 1);
		buf_addf(&b, "%s\n", odd[10]);
	}
	buf_addstr(&b, "\"\",\"lost\nagain");
	path = folder_write(dir, "Master.csv", b.data, b.len);
	assert_true(check_blocks(path, 1000) > 1000 * 100);
	free(path);
	buf_fini(&b);
	folder_remove(&dir);
}

/*
 * Nothing but calls, in two files and many blocks; in the second one some that
 * are written like no others follow them.
 */
static void
test_whole_blocks(void **state)
{
	static const char *const names[] = { "Master.csv", "Master.csv.1" };
	char *dir = folder_make(), *path;
	struct buf b;
	int i, k;

	(void)state;
	srand(9);
	for (i = 0; i < 2; i++) {
		buf_init(&b);
		for (k = 0; k < 3000; k++)
			add_good(&b);
		if (i > 0)
			add_record(&b, "2026-01-13 10:00", "9.71E+11", "202", 5,
			    "1768262400.1");
		for (k = 0; k < 100; k++)
			add_good(&b);
		path = folder_write(dir, names[i], b.data, b.len);
		free(path);
		buf_fini(&b);
	}
	assert_true(check_file(dir) > 6000 * 50);
	folder_remove(&dir);
}

/*
 * Columns that change places at each header, though each could be the other; of
 * more than a reader has in its window, as only the blocks behind that are
 * decoded while others are added.
 */
static void
test_headers_alike(void **state)
{
	char *dir = folder_make(), *path;
	struct buf b;
	int i, k;

	(void)state;
	buf_init(&b);
	for (i = 0; i < 60; i++) {
		buf_addf(&b, "start,duration,%s\n",
		    i % 2 == 0 ? "caller,callee" : "callee,caller");
		for (k = 0; k < 120; k++)
			buf_addf(&b, "2026-01-13 10:%02d:00,%d,201,202\n", i,
			    k);
	}
	path = folder_write(dir, "calls.csv", b.data, b.len);
	assert_true(check_file(path) > 60 * 100 * 50);
	free(path);
	buf_fini(&b);
	folder_remove(&dir);
}

/* Columns move at each header; some of them stand on the edge of a block. */
static void
test_headers_in_between(void **state)
{
	char *dir = folder_make(), *path;
	struct buf b;
	int i, k;

	(void)state;
	buf_init(&b);
	for (i = 0; i < 60; i++) {
		buf_addstr(&b, i % 2 == 0 ? "start,duration,caller,callee\n"
					  : "callee,start,caller,duration\n");
		for (k = 0; k < i % 7 * 40; k++) {
			if (i % 2 == 0)
				buf_addf(&b,
				    "2026-01-13 10:%02d:00,%d,201,"
				    "3125550142\n",
				    i, k);
			else
				buf_addf(&b,
				    "3125550142,2026-01-13 10:%02d:00,"
				    "201,%d\n",
				    i, k);
		}
	}
	path = folder_write(dir, "calls.csv", b.data, b.len);
	assert_true(check_file(path) > 60 * 100 * 50);
	free(path);
	buf_fini(&b);
	folder_remove(&dir);
}

/*
 * The same where a layout takes only records of one kind, which no header is.
 */
static void
test_headers_of_one_kind(void **state)
{
	static const char *const orders[] = {
		"cdrRecordType,globalCallID_callId,dateTimeOrigination,"
		"duration,callingPartyNumber\nINT,INT,INT,INT,VARCHAR(50)\n",
		"callingPartyNumber,duration,dateTimeOrigination,"
		"globalCallID_callId,cdrRecordType\n"
	};
	char *dir = folder_make(), *path, *got, *at;
	struct buf b;
	int i, k, n = 0;

	(void)state;
	buf_init(&b);
	for (i = 0; i < 60; i++) {
		buf_addstr(&b, orders[i % 2]);
		for (k = 0; k < i % 7 * 40; k++, n++)
			buf_addf(&b,
			    i % 2 == 0 ? "1,%d,1768270269,5,207\n2,,,,\n"
				       : "207,5,1768270269,%d,1\n",
			    i * 1000 + k);
	}
	path = folder_write(dir, "calls.csv", b.data, b.len);
	assert_true(check_file(path) > 60 * 100 * 50);
	got = read_as(path, 1, 0);
	for (at = got; (at = strstr(at, "|207|")) != NULL; at++)
		n--;
	assert_int_equal(n, 0);
	free(got);
	free(path);
	buf_fini(&b);
	folder_remove(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_layout),
		cmocka_unit_test(test_every_layout_long),
		cmocka_unit_test(test_damaged_files),
		cmocka_unit_test(test_far_quotes),
		cmocka_unit_test(test_whole_blocks),
		cmocka_unit_test(test_headers_in_between),
		cmocka_unit_test(test_headers_alike),
		cmocka_unit_test(test_headers_of_one_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
