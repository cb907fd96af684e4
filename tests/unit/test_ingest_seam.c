#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "cdr/call.h"
#include "ingest_run.h"
#include "io/input.h"
#include "layout_files.h"

/*
 * A file is read, grows, and is read on: with what was read before, that is
 * what reading the whole of it gives.
 */

/* One reading of a file. */
struct look {
	struct batch *batch;
	struct notes notes;
	struct ingest *ingest;
	const struct ingest_file *file;
	const struct source *source;
};

static void
look_end(struct look *k)
{
	ingest_free(&k->ingest);
	notes_fini(&k->notes);
	batch_free(&k->batch);
}

static void
look_begin(struct look *k, struct run *r, const char *path,
    const struct ingest_above *above)
{
	struct errmsg err;

	k->batch = batch_new();
	notes_init(&k->notes);
	k->source = &r->source;
	r->set.leave_open_end = true;
	r->set.keep_copies = true;
	k->ingest = ingest_new(&r->set, k->batch, &k->notes);
	assert_int_equal(ingest_resume(k->ingest, path, &r->source, above,
			     &err),
	    0);
	ingest_settle(k->ingest);
	k->file = ingest_file_at(k->ingest, 0);
}

static void
say_call(const struct batch *b, size_t i, char text[160])
{
	const struct call *c = &b->calls[i];
	const struct origin *o = &b->origins[i];

	(void)snprintf(text, 160, "%u: %llx %lld %u %u %u %s %s", o->line,
	    (unsigned long long)o->key, (long long)c->start, c->ring,
	    c->duration, o->event, batch_text(b, c->dialled),
	    batch_text(b, o->call_id));
}

static bool
has(const struct batch *b, uint64_t key, const char *want)
{
	char text[160];
	size_t i;

	for (i = 0; i < b->n; i++) {
		if (b->origins[i].key != key)
			continue;
		say_call(b, i, text);
		if (strcmp(text, want) == 0)
			return true;
	}
	return false;
}

/* All calls of one are in one of the others. */
static void
expect_in(const struct batch *all, const struct batch *one,
    const struct batch *other)
{
	char text[160];
	size_t i;

	for (i = 0; i < all->n; i++) {
		say_call(all, i, text);
		if (!has(one, all->origins[i].key, text) &&
		    !has(other, all->origins[i].key, text))
			fail_msg("'%s' is in neither", text);
	}
}

static uint64_t
count_equal(void *ctx, int64_t start, uint64_t key)
{
	const struct look *first = ctx;
	const struct batch *b = first->batch;
	uint64_t n = 0, nth = key;
	size_t i;

	do {
		for (i = 0; i < b->n && (b->calls[i].start != start ||
					    b->origins[i].key != nth);
		     i++)
			continue;
		if (i < b->n)
			nth = call_key_again(key, ++n + 1);
	} while (i < b->n);
	return n;
}

/* Of the rejects of the whole those behind the seam. */
static void
expect_rejects(const struct look *on, const struct look *whole)
{
	const struct reject *got, *want;
	size_t i, k = 0;

	for (i = 0; i < ingest_rejects(whole->ingest); i++) {
		want = ingest_reject_at(whole->ingest, i);
		if (want->byte < on->file->resumed)
			continue;
		assert_true(k < ingest_rejects(on->ingest));
		got = ingest_reject_at(on->ingest, k++);
		assert_int_equal(got->byte, want->byte);
		assert_int_equal(got->line, want->line);
		assert_string_equal(got->reason, want->reason);
		assert_int_equal(got->raw_len, want->raw_len);
	}
	assert_int_equal(k, ingest_rejects(on->ingest));
}

static void
expect_seam(const struct ingest_seam *got, const struct ingest_seam *want)
{
	assert_int_equal(got->end, want->end);
	assert_int_equal(got->begin, want->begin);
	assert_int_equal(got->line, want->line);
	assert_int_equal(got->first_end, want->first_end);
	assert_int_equal(got->header_begin, want->header_begin);
	assert_int_equal(got->header_end, want->header_end);
	assert_int_equal(got->records, want->records);
	assert_int_equal(got->skipped, want->skipped);
	assert_int_equal(got->rejects, want->rejects);
	assert_string_equal(got->form, want->form);
}

/* What the first `cut` bytes gave, and what came behind: whether it went on. */
static bool
check(struct run *r, const char *bytes, size_t len, size_t cut)
{
	char *path = folder_write(r->dir, "f", bytes, cut);
	struct look first, whole, on;
	struct ingest_above above = { .equal = count_equal, .ctx = &first };
	bool resumed;

	look_begin(&first, r, path, NULL);
	free(path);
	path = folder_write(r->dir, "f", bytes, len);
	look_begin(&whole, r, path, NULL);
	above.seam = first.file->seam;
	look_begin(&on, r, path, above.seam.end > 0 ? &above : NULL);
	resumed = on.file->resumed != 0;
	expect_in(whole.batch, first.batch, on.batch);
	expect_in(on.batch, first.batch, whole.batch);
	if (resumed) {
		assert_int_equal(on.file->resumed, first.file->seam.end);
		expect_rejects(&on, &whole);
		expect_seam(&on.file->seam, &whole.file->seam);
		assert_int_equal(on.file->refused, whole.file->refused);
		assert_int_equal(on.file->left, whole.file->left);
	}
	if (resumed && !on.file->refused) {
		assert_int_equal(on.file->records,
		    whole.file->records - first.file->seam.records);
		assert_int_equal(on.file->skipped,
		    whole.file->skipped - first.file->seam.skipped);
	}
	look_end(&first);
	look_end(&whole);
	look_end(&on);
	free(path);
	return resumed;
}

/* Every shipped layout's sample, as if it had grown. */
static void
test_samples(void **state)
{
	size_t i, n, len, cut, any = 0;
	char **paths, *bytes;
	struct errmsg err;
	struct run r;

	(void)state;
	run_begin(&r);
	srandom(7);
	assert_int_equal(input_list("samples", &paths, &n, &err), 0);
	for (i = 0; i < n; i++) {
		assert_int_equal(input_slurp(paths[i], 1 << 24, &bytes, &len,
				     &err),
		    0);
		for (cut = 0; len > 0 && cut < 5; cut++)
			any += check(&r, bytes, len,
			    cut == 0 ? len : 1 + (size_t)random() % len);
		free(bytes);
		free(paths[i]);
	}
	free(paths);
	assert_true(any > n);
	run_end(&r);
}

/* One whose records stand in the order of their ends, below a header. */
static const char in_order[] =
    "{ \"cdrlayout\": 1, \"id\": \"in-order\", \"title\": \"In order\","
    " \"about\": \"Invented.\", \"evidence\": \"documented\","
    " \"order\": \"file\", \"container\": \"rows\", \"delimiter\": \",\","
    " \"quote\": \"\\\"\", \"header\": true,"
    " \"columns\": [\"at\", \"src\", \"dst\", \"talk\"],"
    " \"fields\": { \"start\": { \"column\": \"at\","
    " \"stamp\": [ \"%Y-%m-%d %H:%M:%S\", \"%Y-%m-%dT%H:%M:%S%z\" ] },"
    " \"duration\": { \"column\": \"talk\", \"unit\": \"s\" },"
    " \"status\": { \"rules\": [ { \"is\": \"answered\","
    " \"any\": [ { \"column\": \"talk\", \"filled\": true } ] } ] },"
    " \"src\": \"src\", \"dst\": \"dst\" },"
    " \"recognise\": [ { \"time\": \"start\", \"must\": true,"
    " \"weight\": 3, \"says\": \"a time\" } ] }";

static void
use_in_order(struct run *r)
{
	struct notes notes;

	notes_init(&notes);
	if (layouts_parse(r->layouts, in_order, strlen(in_order), "x.json",
		&notes) != 0)
		fail_msg("%s", notes.n > 0 ? notes.list[0].text : "");
	notes_fini(&notes);
	r->source.layout = "in-order";
}

#define HEADER                                                          \
	"accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp," \
	"lastdata,start,answer,end,duration,billsec,disposition,amaflags\n"
#define OTHER_HEADER                                                    \
	"accountcode,dst,src,dcontext,clid,channel,dstchannel,lastapp," \
	"lastdata,start,answer,end,duration,billsec,disposition,amaflags\n"

enum style { BARE, TITLED, IN_ORDER, STYLES };

static const char *const headers[STYLES][2] = {
	[TITLED] = { HEADER, OTHER_HEADER },
	[IN_ORDER] = { "at,src,dst,talk\n", "at,talk,dst,src\n" },
};

/* What a record can look like in a log, and what damages one. */
static void
add_line(struct buf *b, enum style style, int hour)
{
	const int kind = (int)(random() % 48), n = (int)(random() % 4);
	const int minute = (int)(random() % 30);
	char start[32], to[16], id[16];

	(void)snprintf(start, sizeof(start), "2026-01-%02d %02d:%02d:%02d",
	    13 + hour / 24, hour % 24, minute, (int)(random() % 60));
	(void)snprintf(to, sizeof(to), "131255501%02d", n);
	(void)snprintf(id, sizeof(id), "%d", (int)(random() % 3));
	if (kind == 0)
		buf_addstr(b, "\n");
	else if (kind == 1)
		buf_addstr(b, "rubbish,\"a\n");
	else if (kind == 2)
		buf_addstr(b, "\"one\ntwo\",x\n");
	else if (kind == 3)
		buf_addstr(b, "a,b\rc\n");
	else if (kind == 4 && style != BARE)
		buf_addstr(b, headers[style][random() % 2]);
	else if (style == TITLED)
		buf_addf(b, ",2041,%s,,\"a \"\"b\"\"\",,,,,%s,,,%d,4,%s,OMIT%s",
		    to, kind == 5 ? "2099-01-01 00:00:00" : start, 4 + n,
		    kind == 6 ? "\"ANSWERED" : "ANSWERED",
		    kind == 7 ? "\r\n" : "\n");
	else if (style == IN_ORDER)
		buf_addf(b, "%s,%d,%s,%d\n", start, 2041 + n, to, n);
	else
		add_record(b, start, "2041", to, n, id);
}

static void
add_lines(struct buf *b, enum style style, int n)
{
	int i, hour = 10 + (int)(random() % 30);
	size_t at;

	if (style != BARE && random() % 8 > 0) {
		buf_addstr(b, random() % 4 ? "" : "\xef\xbb\xbf");
		buf_addstr(b, headers[style][0]);
	}
	for (i = 0; i < n; i++) {
		at = b->len;
		add_line(b, style, hour);
		/* The same once more; or a clock that is put back. */
		if (random() % 9 == 0) {
			struct buf same;

			buf_init(&same);
			buf_add(&same, b->data + at, b->len - at);
			buf_add(b, same.data, same.len);
			buf_fini(&same);
		}
		if (random() % 20 == 0)
			hour = 10 + (int)(random() % 30);
	}
}

static void
test_random(void **state)
{
	struct run r;
	struct buf b;
	enum style style;
	int i, resumed = 0;

	(void)state;
	run_begin(&r);
	use_in_order(&r);
	srandom(1);
	buf_init(&b);
	for (i = 0; i < 600; i++) {
		buf_reset(&b);
		r.set.max_rejects = random() % 3 == 0 ? random() % 6 : -1;
		r.set.threads = 1 + (size_t)random() % 2;
		r.set.block = 700;
		style = (enum style)(random() % STYLES);
		r.source.layout =
		    style == IN_ORDER ? "in-order" : "asterisk-csv";
		add_lines(&b, style, 1 + (int)(random() % 60));
		resumed +=
		    check(&r, b.data, b.len, 1 + (size_t)random() % b.len);
	}
	assert_true(resumed > 100);
	buf_fini(&b);
	run_end(&r);
}

/* Cut behind every line: how often it went on. */
static int
check_lines(struct run *r, const struct buf *b)
{
	int resumed = 0;
	size_t i;

	for (i = 0; i < b->len; i++)
		if (b->data[i] == '\n')
			resumed += check(r, b->data, b->len, i + 1);
	return resumed;
}

static void
add_hour(struct buf *b, bool simple, int hour, int n)
{
	char start[32];
	int i;

	for (i = 0; i < n; i++) {
		(void)snprintf(start, sizeof(start), "2026-01-13 %02d:%02d:09",
		    hour, i);
		if (simple)
			buf_addf(b, "%s,2041,131255501%02d,%d\n", start, i, 4);
		else
			add_record(b, start, "2041", "13125550142", 4, "1");
	}
}

/* An event of the order is of calls on both sides of it. */
static void
test_clock_jump(void **state)
{
	struct look k;
	struct run r;
	struct buf b;
	char *path;
	size_t i, jumps = 0;

	(void)state;
	run_begin(&r);
	use_in_order(&r);
	buf_init(&b);
	buf_addstr(&b, "at,src,dst,talk\n");
	add_hour(&b, true, 9, 20);
	add_hour(&b, true, 12, 9);
	add_hour(&b, true, 3, 9);
	buf_addstr(&b, "nothing\nat,talk,dst,src\n");
	add_hour(&b, true, 1, 8);
	add_hour(&b, true, 5, 8);
	assert_int_equal(check_lines(&r, &b), 57);
	path = folder_write(r.dir, "f", b.data, b.len);
	look_begin(&k, &r, path, NULL);
	for (i = 0; i < k.batch->n; i++)
		jumps += k.batch->origins[i].quality == QUALITY_CLOCK_JUMP;
	assert_int_equal(jumps, 2);
	look_end(&k);
	free(path);
	buf_fini(&b);
	run_end(&r);
}

/* More than a reader has in its window, so that there are several blocks. */
enum { MANY = 5000 };

static void
add_second(struct buf *b, int i, const char *between, const char *zone)
{
	buf_addf(b, "2026-01-13%s%02d:%02d:%02d%s,2041,131255501%02d,4\n",
	    between, 10 + i / 3600, i / 60 % 60, i % 60, zone, i % 100);
}

/* Blocks of calls alone; the first ones of the first were read before. */
static void
test_blocks(void **state)
{
	struct run r;
	struct buf b;
	size_t cut;
	int i;

	(void)state;
	run_begin(&r);
	use_in_order(&r);
	r.set.threads = 2;
	r.set.block = 3000;
	buf_init(&b);
	buf_addstr(&b, "at,src,dst,talk\n");
	for (i = 0; i < 50; i++)
		add_second(&b, i, " ", "");
	cut = b.len;
	for (; i < MANY; i++)
		add_second(&b, i, " ", "");
	assert_true(check(&r, b.data, b.len, cut));
	buf_fini(&b);
	run_end(&r);
}

/* One stamp that does not tell its zone, wherever it stands. */
static void
test_naive_among_others(void **state)
{
	static const int places[] = { -1, 0, 1, MANY / 2, MANY - 1 };
	struct run r;
	struct buf b;
	bool naive;
	size_t k;
	int i;

	(void)state;
	run_begin(&r);
	use_in_order(&r);
	r.source.zone = NULL;
	r.set.threads = 2;
	r.set.block = 3000;
	for (k = 0; k < sizeof(places) / sizeof(places[0]); k++) {
		buf_init(&b);
		buf_addstr(&b, "at,src,dst,talk\n");
		for (i = 0; i < MANY; i++) {
			naive = i == places[k];
			add_second(&b, i, naive ? " " : "T",
			    naive ? "" : "+0100");
		}
		assert_int_equal(check(&r, b.data, b.len, b.len), k == 0);
		buf_fini(&b);
	}
	run_end(&r);
}

/* First lines that say how all others are read, or leave it open. */
static void
test_first_line(void **state)
{
	static const struct {
		const char *first, *last;
		bool resumed;
	} cases[] = {
		{ "", "", true },
		{ "\n\n", "\n", true },
		{ "\xef\xbb\xbf", "", true },
		{ "a,b\r\n", "x\ry\r\n", true },
		/* A CR alone ends lines. */
		{ "a\rb\n", "x\ry\n", false },
		{ "\"a\rb\",c\r\n", "x\r\n", false },
		{ "\"a\nb\",c\n", "more\",1\n", true },
		/* What stands behind tells what it is. */
		{ "\"a\nb\"c,1\n", "more\",1\n", false },
		{ "a,\"b\"\n", "more\",1\n", true },
	};
	struct run r;
	struct buf b;
	size_t i, cut;

	(void)state;
	run_begin(&r);
	r.source.layout = "asterisk-csv";
	buf_init(&b);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&b);
		buf_addstr(&b, cases[i].first);
		add_hour(&b, false, 9, 30);
		cut = b.len;
		buf_addstr(&b, cases[i].last);
		add_hour(&b, false, 10, 2);
		assert_int_equal(check(&r, b.data, b.len, cut),
		    cases[i].resumed);
	}
	buf_fini(&b);
	run_end(&r);
}

/* A lost quote matters only until nobody looks for its end any more. */
static void
test_far_quote(void **state)
{
	struct run r;
	struct buf b;
	size_t cut;

	(void)state;
	run_begin(&r);
	buf_init(&b);
	buf_addstr(&b, HEADER "rubbish,\"a\n");
	while (b.len < 2 * BOUNDS_RECORD + 20000)
		buf_addf(&b,
		    "%0200d,2041,13125550142,,,,,,,2026-01-13 02:11:09,,,"
		    "9,4,ANSWERED,OMIT\n",
		    1);
	cut = b.len / 2;
	assert_false(check(&r, b.data, b.len, cut));
	cut = b.len;
	buf_addstr(&b, ",2041,13125550143,,,,,,,2026-01-13 02:11:09,,,"
		       "9,4,ANSWERED,OMIT\nmore,\"\n");
	assert_true(check(&r, b.data, b.len, cut));
	buf_fini(&b);
	run_end(&r);
}

/* Read in another way, nobody goes on. */
static void
test_not_resumed(void **state)
{
	static const char late[] = HEADER
	    ",2041,13125550142,,,,,,,2026-03-13 02:11:09,,,9,4,ANSWERED,OMIT\n"
	    ",2041,13125550142,,,,,,,2026-01-13 02:11:09,,,9,4,ANSWERED,OMIT\n";
	static const char good[] = HEADER
	    ",2041,13125550142,,,,,,,2026-01-13 02:11:09,,,9,4,ANSWERED,OMIT\n"
	    ",2041,13125550142,,,,,,,2026-01-13 02:11:09,,,9,4,ANSWERED,OMIT\n";
	struct run r;

	(void)state;
	run_begin(&r);
	assert_true(check(&r, good, strlen(good), strlen(good)));
	/* Tomorrow it may be no future any more. */
	assert_false(check(&r, late, strlen(late), strlen(late)));
	/* The records together tell the zone. */
	r.source.zone = NULL;
	assert_false(check(&r, good, strlen(good), strlen(good)));
	run_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_clock_jump),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_naive_among_others),
		cmocka_unit_test(test_first_line),
		cmocka_unit_test(test_far_quote),
		cmocka_unit_test(test_not_resumed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
