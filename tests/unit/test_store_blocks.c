/*
 * Many calls at once stand packed in the store, and nobody who asks for calls
 * sees a difference: what is done to a store with blocks is done to one with
 * rows alone, and their calls stay the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/packed.h"
#include "recorded.h"
#include "store/store_calls.h"
#include "store/store_forget.h"
#include "tel/calltime.h"

enum { MANY = 12500, FEW = 300 };

/* The same calls, many or few at a time. */
static struct store *packed, *rows;

static int
set_up(void **state)
{
	(void)state;
	return store_open(&packed, ":memory:", STORE_WRITE, NULL) |
	       store_open(&rows, ":memory:", STORE_WRITE, NULL);
}

static int
tear_down(void **state)
{
	(void)state;
	store_close(&packed);
	store_close(&rows);
	return 0;
}

static int64_t
number(struct store *s, const char *sql)
{
	struct errmsg err = { "" };
	struct sqlstmt *q;
	int64_t n;

	if (sqldb_prepare(store_db(s), &q, sql, &err) != 0 ||
	    sqlstmt_step(q, &err) != 1)
		fail_msg("%s: %s", sql, err.text);
	n = sqlstmt_get_int(q, 0);
	sqlstmt_free(&q);
	return n;
}

static void
sql(struct store *s, const char *text)
{
	struct errmsg err = { "" };

	if (sqldb_exec(store_db(s), text, &err) != 0)
		fail_msg("%s: %s", text, err.text);
}

/* Invented calls: number `i` is the same whenever it is asked for. */
static void
add_call(struct batch *b, uint32_t file, int i)
{
	static const char *const trunks[] = { "", "PJSIP/carrier-",
		"DAHDI/i1" };
	char src[16], dst[32], id[40], join[40];
	struct recorded r = { .at = i / 3,
		.src = src,
		.dst = dst,
		.in = trunks[i % 3],
		.out = trunks[i / 3 % 3],
		.service = i % 7 == 0 ? "Voicemail" : "Dial",
		.join = join,
		.key = (uint64_t)(i + 1) * UINT64_C(0x9e3779b97f4a7c15),
		.ring = (uint32_t)(i % 20),
		.talk = (uint32_t)(i % 900),
		.status = STATUS_ANSWERED,
		.source = i % 5 == 0 ? "east" : "west",
		.file = file,
		.line = (uint32_t)(i + 1) };
	struct origin *o;

	(void)snprintf(src, sizeof(src), "%d", 2000 + i % 40);
	(void)snprintf(dst, sizeof(dst), "1312555%04d", i % 5000);
	(void)snprintf(id, sizeof(id), "%d.%d", 1768262400 + i / 3, i);
	(void)snprintf(join, sizeof(join), "%d.%d", 1768262400 + i / 3,
	    i - i % 2);
	recorded_add(b, &r);
	o = &b->origins[b->n - 1];
	o->call_id = i % 11 == 0 ? 0 : intern_addstr(b->names, id);
	o->zone_kind = STAMP_LOCAL;
	batch_set_cost(b, b->n - 1, i % 4 == 0 ? i * 1000 : 0);
	if (i % 4 == 0)
		b->calls[b->n - 1].flags |= CALL_HAS_COST;
}

/* The file of this number, which the store has from now on. */
static void
note_file(struct store *s, int f, int64_t run)
{
	char text[200];

	(void)snprintf(text, sizeof(text),
	    "INSERT OR IGNORE INTO files (id, path, member, source, reading, "
	    "size, mtime, nhead, head, tail, whole, run) VALUES (%d, '/log/%d', "
	    "'', 'west', '', 1, 1, 1, '', '', 1, %d)",
	    f, f, (int)run);
	sql(s, text);
}

/* Calls from .. to - 1, every `step`-th, as file `f` of run `run`. */
static int64_t
import(struct store *s, int f, int64_t run, int from, int to, int step)
{
	const int64_t seen[2] = { 0, f };
	struct batch *b = batch_new();
	struct errmsg err = { "" };
	int64_t added;
	char path[16];
	uint32_t id;

	(void)snprintf(path, sizeof(path), "/log/%d", f);
	id = batch_file(b, path);
	for (; from < to; from += step)
		add_call(b, id, from);
	batch_sort(b);
	note_file(s, f, run);
	if (store_calls_add(s, b, seen, run, &added, &err) != 0)
		fail_msg("%s", err.text);
	batch_free(&b);
	return added;
}

/* The same for both; few at a time for one of them. */
static int64_t
import_both(int f, int64_t run, int from, int to, int step)
{
	const int piece = FEW * step;
	int64_t added = import(packed, f, run, from, to, step), slow = 0;
	int at;

	for (at = from; at < to; at += piece)
		slow += import(rows, f, run, at,
		    at + piece < to ? at + piece : to, step);
	assert_int_equal(added, slow);
	return added;
}

static struct batch *
load(struct store *s, int64_t from, int64_t to, int64_t run)
{
	struct batch *b = batch_new();
	struct errmsg err = { "" };

	if (store_calls_load(s, from, to, run, b, &err) != 0)
		fail_msg("%s", err.text);
	batch_sort(b);
	return b;
}

static void
same_text(const struct batch *a, uint32_t ta, const struct batch *b,
    uint32_t tb)
{
	assert_string_equal(batch_text(a, ta), batch_text(b, tb));
}

static void
same_call(const struct batch *a, const struct batch *b, size_t i)
{
	const struct call *c = &a->calls[i], *d = &b->calls[i];
	const struct origin *o = &a->origins[i], *p = &b->origins[i];

	assert_int_equal(c->start, d->start);
	assert_int_equal(batch_cost(a, i), batch_cost(b, i));
	assert_int_equal(c->ring, d->ring);
	assert_int_equal(c->duration, d->duration);
	assert_int_equal(c->status, d->status);
	assert_int_equal(c->flags, d->flags);
	assert_true(o->key == p->key);
	assert_int_equal(o->line, p->line);
	assert_int_equal(o->zone_kind, p->zone_kind);
	assert_int_equal(o->clock, p->clock);
	same_text(a, c->src, b, d->src);
	same_text(a, c->dst, b, d->dst);
	same_text(a, c->trunk_in, b, d->trunk_in);
	same_text(a, c->trunk_out, b, d->trunk_out);
	same_text(a, o->call_id, b, p->call_id);
	same_text(a, batch_join(a, i), b, batch_join(b, i));
	same_text(a, o->service, b, p->service);
	same_text(a, a->files[batch_file_of(a, i)], b,
	    b->files[batch_file_of(b, i)]);
	same_text(a, a->sources[c->source].name, b, b->sources[d->source].name);
}

/* Both stores have these calls, and the same in any stretch. */
static void
check(size_t n, int64_t run)
{
	const int64_t stretches[][2] = { { INT64_MIN, INT64_MAX },
		{ RECORDED_DAY + 1500000, RECORDED_DAY + 1501000 },
		{ RECORDED_DAY + 700000, RECORDED_DAY + 4700000 },
		{ RECORDED_DAY - 5, RECORDED_DAY + 1 },
		{ INT64_MIN, INT64_MIN + 5 } };
	struct batch *a, *b;
	size_t i, k;

	for (k = 0; k < sizeof(stretches) / sizeof(stretches[0]); k++) {
		a = load(packed, stretches[k][0], stretches[k][1], run);
		b = load(rows, stretches[k][0], stretches[k][1], run);
		assert_int_equal(a->n, b->n);
		if (k == 0)
			assert_int_equal(a->n, n);
		for (i = 0; i < a->n; i++)
			same_call(a, b, i);
		batch_free(&a);
		batch_free(&b);
	}
	assert_int_equal(number(rows, "SELECT count(*) FROM blocks"), 0);
	assert_int_equal(number(packed, "SELECT count(*) FROM sightings"),
	    number(rows, "SELECT count(*) FROM sightings"));
	assert_int_equal(number(packed, "SELECT total(file * line * run) "
					"FROM sightings"),
	    number(rows, "SELECT total(file * line * run) FROM sightings"));
}

static int64_t
in_blocks(void)
{
	return number(packed, "SELECT coalesce(sum(calls), 0) FROM blocks");
}

/* The first import, the same again, late ones between, and a further night. */
static void
test_import(void **state)
{
	(void)state;
	assert_int_equal(store_calls_any(packed, NULL), 0);
	assert_int_equal(import_both(1, 1, 0, MANY, 1), MANY);
	assert_int_equal(store_calls_any(packed, NULL), 1);
	assert_int_equal(store_calls_any(rows, NULL), 1);
	assert_int_equal(in_blocks(), MANY);
	assert_int_equal(number(packed, "SELECT count(*) FROM blocks"),
	    MANY / 4096);
	assert_int_equal(number(packed, "SELECT count(*) FROM calls"), 0);
	check(MANY, 1);
	assert_int_equal(import_both(1, 2, 0, MANY, 1), 0);
	check(MANY, 2);
	/* Another file has a part of them, and more. */
	assert_int_equal(import_both(2, 3, MANY - 5000, MANY + 9000, 1), 9000);
	/* All but a few where they meet. */
	assert_in_range(in_blocks(), MANY + 8900, MANY + 9000);
	check(MANY + 9000, 3);
	/* Two more come in any order, half of each is there already. */
	assert_int_equal(import_both(3, 4, 2 * MANY, 3 * MANY, 2), MANY / 2);
	assert_in_range(in_blocks(), MANY + 8900 + MANY / 2,
	    MANY + 9000 + MANY / 2);
	assert_int_equal(import_both(4, 5, 2 * MANY, 3 * MANY, 1), MANY / 2);
	assert_in_range(in_blocks(), MANY + 8900 + MANY / 2,
	    MANY + 9000 + MANY / 2);
	check(2 * MANY + 9000, 5);
}

/* Records are found where they stand packed, with the file they are from. */
static void
test_find(void **state)
{
	struct store_blocks *k = NULL;
	struct errmsg err = { "" };
	struct batch *b;
	int64_t file = 0;
	size_t i;
	int got;

	(void)state;
	(void)import(packed, 3, 1, 0, MANY, 1);
	(void)import(packed, 4, 1, 2 * MANY, 2 * MANY + 10, 1);
	b = load(packed, INT64_MIN, INT64_MAX, 0);
	assert_int_equal(store_packed_open(&k, packed, &err), 0);
	for (i = 0; i < b->n; i++) {
		got = store_packed_find(k, i % 5 == 4 ? "none" : "west",
		    b->calls[i].start, b->origins[i].key, &file, &err);
		assert_int_equal(got,
		    i < MANY && i % 5 != 4 &&
			b->calls[i].source ==
			    batch_source(b, "west", NULL, NULL, NULL));
		assert_true(got == 0 || file == 3);
		assert_int_equal(store_packed_find(k, "west",
				     b->calls[i].start - 500, b->origins[i].key,
				     &file, &err),
		    0);
	}
	store_packed_close(&k);
	batch_free(&b);
}

/* Two files of one run that hold the same records. */
static void
test_copies(void **state)
{
	struct store *both[] = { packed, rows };
	const int64_t seen[3] = { 0, 1, 2 };
	struct errmsg err = { "" };
	struct batch *b;
	int64_t added;
	size_t s;
	int i;

	(void)state;
	for (s = 0; s < 2; s++) {
		b = batch_new();
		(void)batch_file(b, "/log/1");
		(void)batch_file(b, "/log/2");
		for (i = 0; i < MANY; i++) {
			add_call(b, 1, i);
			if (i % 3 > 0)
				add_call(b, 2, i);
		}
		batch_sort(b);
		note_file(both[s], 1, 1);
		note_file(both[s], 2, 1);
		b->sorted = s == 0; /* as if they were in no order */
		assert_int_equal(store_calls_add(both[s], b, seen, 1, &added,
				     &err),
		    0);
		assert_int_equal(added, MANY);
		for (i = 0; (size_t)i < b->n; i++)
			added -= (b->calls[i].flags & CALL_DUPLICATE) == 0;
		assert_int_equal(added, 0);
		batch_free(&b);
	}
	assert_int_equal(in_blocks(), MANY);
	check(MANY, 1);
}

static void
forget(struct store *s, const char *name, struct store_forgotten *out)
{
	struct errmsg err = { "" };
	enum store_import what;
	struct buf as;
	int64_t id;

	buf_init(&as);
	if (store_forget_find(s, name, &what, &id, &as, &err) != 0 ||
	    store_forget(s, what, as.data, id, out, &err) != 0)
		fail_msg("%s", err.text);
	buf_fini(&as);
}

static void
test_forget(void **state)
{
	static const struct {
		const char *name;
		size_t left;
	} cases[] = {
		{ "/log/1", MANY - 5000 + 2000 + 30 },
		{ "run:r-2", MANY },
		{ "source:west", (MANY + 2000) / 5 },
		{ "/log/3", MANY + 2000 },
	};
	struct store_forgotten a, b;
	struct store *both[2];
	size_t i, s;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		both[0] = packed;
		both[1] = rows;
		for (s = 0; s < 2; s++)
			sql(both[s],
			    "DELETE FROM calls; DELETE FROM blocks;"
			    "DELETE FROM block_parts; DELETE FROM sightings;"
			    "DELETE FROM files; DELETE FROM runs;"
			    "INSERT INTO runs (id, name, body) VALUES "
			    "(1, 'r-1', '{}'), (2, 'r-2', '{}')");
		(void)import_both(1, 1, 0, MANY, 1);
		(void)import_both(2, 2, 5000, MANY + 2000, 1);
		(void)import_both(3, 2, 0, 30, 1);
		assert_int_equal(in_blocks(), MANY);
		forget(packed, cases[i].name, &a);
		forget(rows, cases[i].name, &b);
		assert_int_equal(a.calls, b.calls);
		assert_int_equal(a.kept, b.kept);
		assert_int_equal(a.files, b.files);
		assert_int_equal(number(packed, "SELECT count(*) FROM files"),
		    number(rows, "SELECT count(*) FROM files"));
		check(cases[i].left, 0);
		/* What is gone comes again. */
		(void)import_both(1, 3, 0, MANY, 1);
		(void)import_both(2, 3, 5000, MANY + 2000, 1);
		check(MANY + 2000, 3);
	}
}

static void
test_prune(void **state)
{
	struct errmsg err = { "" };
	int64_t a, b;
	int i;

	(void)state;
	(void)import_both(1, 1, 0, MANY, 1);
	for (i = 3000; i < MANY; i += 6000) {
		assert_int_equal(store_calls_prune(packed,
				     RECORDED_DAY + i / 3 * 1000, &a, &err),
		    0);
		assert_int_equal(store_calls_prune(rows,
				     RECORDED_DAY + i / 3 * 1000, &b, &err),
		    0);
		assert_int_equal(a, b);
		assert_true(i > 8000 || in_blocks() > 0);
		check((size_t)(MANY - i), 1);
		/* What was deleted stays away. */
		assert_int_equal(import_both(1, 2, 0, i, 1), 0);
	}
	/* Texts of the calls that are left, and of no others, are there. */
	assert_int_equal(number(packed, "SELECT count(*) FROM texts "
					"WHERE text LIKE '1312555%'"),
	    number(rows, "SELECT count(*) FROM texts "
			 "WHERE text LIKE '1312555%'"));
}

static int64_t
an_hour_later(void *ctx, int64_t start, uint8_t *clock)
{
	(void)ctx;
	*clock = 104;
	return start + 3600000;
}

static void
test_move(void **state)
{
	const struct store_mover how = { an_hour_later, NULL };
	struct errmsg err = { "" };
	int64_t a, b;

	(void)state;
	(void)import_both(1, 1, 0, MANY, 1);
	assert_int_equal(store_calls_move(packed, "east", &how, &a, &err), 0);
	assert_int_equal(store_calls_move(rows, "east", &how, &b, &err), 0);
	assert_int_equal(a, MANY / 5);
	assert_int_equal(b, a);
	check(MANY, 1);
	(void)import_both(2, 2, 3 * MANY, 4 * MANY, 1);
	assert_int_equal(in_blocks(), MANY);
	check(2 * MANY, 2);
}

/* A block that somebody wrote something into is refused, never believed. */
static void
test_damaged(void **state)
{
	static const char *const changes[] = {
		"UPDATE blocks SET calls = 0",
		"UPDATE blocks SET calls = calls + 100",
		"UPDATE blocks SET calls = 4611686018427387904",
		"UPDATE blocks SET last = last - 1",
		"UPDATE blocks SET last = last + 1",
		"UPDATE blocks SET run = run + 1",
		"UPDATE blocks SET data = substr(data, 1, length(data) - 1)",
		"UPDATE blocks SET data = CAST(data || x'00' AS BLOB)",
		"UPDATE blocks SET data = x''",
		"UPDATE blocks SET data = CAST(x'ff' || substr(data, 2) AS BLOB)",
	};
	struct errmsg err;
	struct batch *b;
	int64_t gone;
	size_t i;

	(void)state;
	(void)import(packed, 1, 1, 0, 3 * 4096, 1);
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		sql(packed, "BEGIN");
		sql(packed, changes[i]);
		b = batch_new();
		assert_int_equal(store_calls_load(packed, INT64_MIN, INT64_MAX,
				     0, b, &err),
		    -1);
		if (strstr(err.text, "damaged: block 1768262400000") == NULL)
			fail_msg("%s: %s", changes[i], err.text);
		batch_free(&b);
		assert_int_equal(store_calls_prune(packed,
				     RECORDED_DAY + 1000000, &gone, &err),
		    -1);
		sql(packed, "ROLLBACK");
	}
}

/* The one block of a store, its bytes changed, and what is said of it. */
struct changing {
	struct sqlstmt *put;
	int64_t beside[4];
	struct buf bytes;
};

static void
changing_open(struct changing *c)
{
	const void *bytes;
	struct sqlstmt *q;
	size_t len;
	int i;

	buf_init(&c->bytes);
	(void)import(packed, 1, 1, 0, 4096, 1);
	assert_int_equal(sqldb_prepare(store_db(packed), &q,
			     "SELECT start, last, calls, run, data FROM blocks",
			     NULL),
	    0);
	assert_int_equal(sqlstmt_step(q, NULL), 1);
	for (i = 0; i < 4; i++)
		c->beside[i] = sqlstmt_get_int(q, i);
	bytes = sqlstmt_get_bytes(q, 4, &len);
	buf_add(&c->bytes, bytes, len);
	sqlstmt_free(&q);
	assert_int_equal(sqldb_prepare(store_db(packed), &c->put,
			     "UPDATE blocks SET data = ?", NULL),
	    0);
}

static void
changing_close(struct changing *c)
{
	sqlstmt_free(&c->put);
	buf_fini(&c->bytes);
}

/* 0 if the store gives its calls, -1 with words. */
static int
answer(struct changing *c, const struct buf *bytes)
{
	struct batch *b = batch_new();
	struct errmsg err = { "" };
	int r;

	sqlstmt_bytes(c->put, 1, bytes->data, bytes->len);
	assert_int_equal(sqlstmt_run(c->put, &err), 0);
	r = store_calls_load(packed, INT64_MIN, INT64_MAX, 0, b, &err);
	if (r != 0 && strstr(err.text, ": damaged: ") == NULL)
		fail_msg("%s", err.text);
	batch_free(&b);
	return r;
}

/* Any bit that is another one is seen. */
static void
test_any_bit(void **state)
{
	struct changing c;
	size_t i, at;

	(void)state;
	changing_open(&c);
	assert_int_equal(answer(&c, &c.bytes), 0);
	for (i = 0; i < 1000; i++) {
		/* All of the last bytes, and some of the others. */
		at = i < 200 ? c.bytes.len - 1 - i / 8 : i * c.bytes.len / 1000;
		c.bytes.data[at] ^= (char)(0x80 >> i % 8);
		assert_int_equal(answer(&c, &c.bytes), -1);
		c.bytes.data[at] ^= (char)(0x80 >> i % 8);
	}
	changing_close(&c);
}

/*
 * Somebody writes what he likes and seals it: an error, or calls that can be;
 * never a crash.
 */
static void
test_sealed(void **state)
{
	size_t i, refused = 0;
	struct changing c;
	struct buf bytes;
	uint64_t dice = 7;

	(void)state;
	changing_open(&c);
	buf_init(&bytes);
	for (i = 0; i < 600; i++) {
		dice =
		    dice * UINT64_C(6364136223846793005) + 1442695040888963407;
		buf_reset(&bytes);
		buf_add(&bytes, c.bytes.data, c.bytes.len - 8);
		if (i % 20 == 0)
			buf_cut(&bytes, (dice >> 20) % bytes.len);
		/* Half of them where a column begins. */
		if (bytes.len > 0)
			bytes.data[(dice >> 20) % (i % 2 == 0 || bytes.len < 64
							  ? bytes.len
							  : 64)] ^=
			    (char)(1 + (dice >> 50) % 255);
		packed_seal(&bytes, c.beside, 4);
		refused += answer(&c, &bytes) != 0;
	}
	assert_in_range(refused, 30, 599);
	buf_fini(&bytes);
	changing_close(&c);
}

/* Of a time only the blocks that reach into it are read. */
static void
test_time(void **state)
{
	static const struct {
		int64_t from, to; /* seconds; three calls begin in each */
		size_t n;
	} times[] = {
		{ 1366, 3000, 3 * (3000 - 1366) },
		{ 1500, 1501, 3 },
		{ 4095, 9999, 3 },
		{ 4096, 9999, 0 },
	};
	struct errmsg err;
	struct batch *b;
	int64_t from;
	size_t i;

	(void)state;
	(void)import(packed, 1, 1, 0, 3 * 4096, 1);
	assert_int_equal(in_blocks(), 3 * 4096);
	sql(packed, "UPDATE blocks SET data = x'' WHERE start = "
		    "(SELECT min(start) FROM blocks)");
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		from = RECORDED_DAY + 1000 * times[i].from;
		b = load(packed, from, RECORDED_DAY + 1000 * times[i].to, 1);
		assert_int_equal(b->n, times[i].n);
		if (b->n > 0)
			assert_int_equal(b->calls[0].start, from);
		batch_free(&b);
	}
	b = batch_new();
	from = RECORDED_DAY + 1000 * 1365;
	assert_int_equal(store_calls_load(packed, from, INT64_MAX, 1, b, &err),
	    -1);
	assert_non_null(strstr(err.text, "damaged: block"));
	batch_free(&b);
}

/* Nobody sees on how many threads it works. */
static void
test_threads(void **state)
{
	size_t threads;

	(void)state;
	for (threads = 1; threads < 4; threads++) {
		store_set_threads(packed, threads);
		(void)import_both((int)threads, (int64_t)threads,
		    (int)threads * MANY, (int)(threads + 1) * MANY, 1);
		check(threads * MANY, (int64_t)threads);
	}
}

/* Of each store, all but what a run brought; together they are all. */
static void
check_earlier(struct store *s, int64_t run, size_t earlier)
{
	struct batch *all = load(s, INT64_MIN, INT64_MAX, run), *b, aside;
	const size_t n = all->n - earlier;
	struct errmsg err = { "" };
	size_t i;

	for (i = 0; i < all->n; i++)
		if ((all->calls[i].flags & CALL_ADDED) == 0)
			all->calls[i].flags |= CALL_DUPLICATE;
	b = all;
	batch_sort(b); /* only those of the run are left */
	assert_int_equal(b->n, n);
	aside = batch_set_aside(b);
	assert_int_equal(store_calls_load_earlier(s, INT64_MIN, INT64_MAX, run,
			     b, &err),
	    0);
	assert_int_equal(b->n, earlier);
	batch_put_behind(b, &aside, 2);
	batch_sort(b);
	all = load(s, INT64_MIN, INT64_MAX, run);
	assert_int_equal(b->n, all->n);
	for (i = 0; i < all->n; i++)
		same_call(all, b, i);
	batch_free(&all);
	batch_free(&b);
}

static void
test_earlier(void **state)
{
	(void)state;
	(void)import_both(1, 1, 0, MANY, 2);
	(void)import_both(1, 2, 0, MANY, 1); /* between those of before */
	(void)import_both(2, 3, MANY, 2 * MANY, 1);
	(void)import_both(2, 4, 2 * MANY, 2 * MANY + 5, 1);
	check_earlier(packed, 4, 2 * MANY);
	check_earlier(rows, 4, 2 * MANY);
	check_earlier(packed, 3, MANY + 5);
	check_earlier(rows, 3, MANY + 5);
	check_earlier(packed, 2, MANY + MANY / 2 + 5);
	check_earlier(packed, 9, 2 * MANY + 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_import),
		TEST(test_find),
		TEST(test_copies),
		TEST(test_forget),
		TEST(test_prune),
		TEST(test_move),
		TEST(test_damaged),
		TEST(test_any_bit),
		TEST(test_sealed),
		TEST(test_time),
		TEST(test_threads),
		TEST(test_earlier),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
