/* The sort of a batch against a plain one, for any order and any threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "cdr/batch.h"

enum { MOST = 40000, MANY = 300000, HOUR = 3600 };

static uint64_t random_state;

static uint64_t
random_below(uint64_t n)
{
	uint64_t z = (random_state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (z ^ (z >> 31)) % n;
}

/* Seconds at which call `i` of `n` begins, in orders as files have them. */
static int64_t
as_calls_end(size_t i, size_t n)
{
	(void)n;
	return (int64_t)i / 3 -
	       (int64_t)random_below(600) * (random_below(50) == 0 ? 20 : 1);
}

static int64_t
by_days(size_t i, size_t n)
{
	return (int64_t)(i * 30 / n * 24 * HOUR + random_below(24 * HOUR));
}

static int64_t
two_files(size_t i, size_t n)
{
	return (int64_t)(i < n / 2 ? i : i - n / 2) + (int64_t)random_below(30);
}

static int64_t
backwards(size_t i, size_t n)
{
	return (int64_t)(n - i) / 2;
}

static int64_t
at_once(size_t i, size_t n)
{
	(void)i;
	(void)n;
	return (int64_t)random_below(3);
}

static int64_t
in_order(size_t i, size_t n)
{
	(void)n;
	return (int64_t)i / 2;
}

/* So far apart that no difference of two fits. */
static int64_t
anywhere(size_t i, size_t n)
{
	(void)i;
	(void)n;
	return ((int64_t)random_below(3) - 1) * (INT64_MAX / 1000 - 10) +
	       (int64_t)random_below(9);
}

/* Most of a file, and a few that a sample does not see. */
static int64_t
with_strays(size_t i, size_t n)
{
	if (i % 64 == 5 && random_below(20) == 0)
		return anywhere(i, n);
	return as_calls_end(i, n);
}

/* A few whose clocks were ahead, further than what is kept of places. */
static int64_t
with_late(size_t i, size_t n)
{
	if (random_below(1000) == 0)
		return (int64_t)(n / 3 + random_below(HOUR));
	return as_calls_end(i, n);
}

static const struct shape {
	const char *name;
	int64_t (*second)(size_t i, size_t n);
	unsigned sources, keys; /* how many different ones */
	unsigned marked;        /* of a thousand */
} shapes[] = {
	{ "as calls end", as_calls_end, 1, 1u << 30, 0 },
	{ "as calls end, some marked", as_calls_end, 1, 1u << 30, 20 },
	{ "as calls end, copies", as_calls_end, 1, 2, 0 },
	{ "by days", by_days, 1, 1u << 30, 0 },
	{ "two files", two_files, 2, 1u << 30, 0 },
	{ "two files, all alike", two_files, 3, 2, 300 },
	{ "backwards", backwards, 2, 5, 1 },
	{ "at once", at_once, 1, 1u << 30, 0 },
	{ "at once, copies", at_once, 3, 40, 0 },
	{ "anywhere", anywhere, 2, 1u << 30, 5 },
	{ "with strays", with_strays, 1, 1u << 30, 0 },
	{ "in order", in_order, 1, 1, 0 },
	{ "in order, some marked", in_order, 1, 1, 10 },
	{ "in order, most marked", in_order, 1, 1, 800 },
};

static struct batch *
make(const struct shape *shape, size_t n)
{
	static const char *const names[] = { "pbx2", "pbx1", "pbx3" };
	struct batch *b = batch_new();
	struct origin *o;
	struct call *c;
	size_t at, i;

	for (i = 0; i < shape->sources; i++)
		(void)batch_source(b, names[i], NULL, zone_utc(), NULL);
	(void)batch_file(b, "b.csv");
	(void)batch_file(b, "a.csv");
	for (i = 0; i < n; i++) {
		at = batch_add(b, &c, &o);
		c->start = shape->second(i, n) * 1000;
		c->source = (uint16_t)random_below(shape->sources);
		c->duration = (uint32_t)i;
		if (random_below(1000) < shape->marked)
			c->flags = i % 2 == 0 ? CALL_FURTHER : CALL_DUPLICATE;
		o->key = random_below(shape->keys);
		o->line = shape->keys > 2 ? (uint32_t)random_below(n) : 0;
		o->call_id = (uint32_t)i;
		batch_set_file(b, at, 1 + (uint32_t)random_below(2));
		if (random_below(3) == 0)
			batch_set_cost(b, at, (int64_t)i);
		if (random_below(3) == 0)
			batch_set_extra(b, EXTRA_AUTH_CODE, at, (uint32_t)i);
	}
	return b;
}

/* A call with its origin as it was added. */
struct plain {
	struct call call;
	struct origin origin;
	struct call_extras extras;
	const char *source, *file;
};

static int
compare(const void *va, const void *vb)
{
	const struct plain *a = va, *b = vb;
	int c;

	if (a->call.start != b->call.start)
		return a->call.start < b->call.start ? -1 : 1;
	if ((c = strcmp(a->source, b->source)) != 0)
		return c;
	if (a->origin.key != b->origin.key)
		return a->origin.key < b->origin.key ? -1 : 1;
	if ((c = strcmp(a->file, b->file)) != 0)
		return c;
	if (a->origin.line != b->origin.line)
		return a->origin.line < b->origin.line ? -1 : 1;
	return a->call.duration < b->call.duration ? -1 : 1;
}

static struct plain *
sort_plainly(const struct batch *b, size_t *n)
{
	struct plain *list = xcalloc(b->n + 1, sizeof(*list)), *p;
	size_t i;

	for (*n = i = 0; i < b->n; i++) {
		if (b->calls[i].flags & (CALL_FURTHER | CALL_DUPLICATE))
			continue;
		p = &list[(*n)++];
		p->call = b->calls[i];
		p->origin = b->origins[i];
		p->extras = batch_get_extras(b, i);
		p->source = batch_text(b, b->sources[p->call.source].name);
		p->file = batch_text(b, b->files[batch_file_of(b, i)]);
	}
	qsort(list, *n, sizeof(*list), compare);
	return list;
}

static size_t
count_copies(const struct plain *list, size_t n)
{
	size_t i, copies = 0;

	for (i = 1; i < n; i++)
		copies += list[i - 1].call.start == list[i].call.start &&
			  strcmp(list[i - 1].source, list[i].source) == 0 &&
			  list[i - 1].origin.key == list[i].origin.key;
	return copies;
}

static void
assert_equal(const struct batch *b, const struct plain *list, size_t n)
{
	struct call_extras extras;
	size_t i;

	assert_int_equal(b->n, n);
	assert_true(b->sorted);
	for (i = 0; i < n; i++) {
		assert_int_equal(b->calls[i].duration, list[i].call.duration);
		assert_memory_equal(&b->calls[i], &list[i].call,
		    sizeof(struct call));
		assert_memory_equal(&b->origins[i], &list[i].origin,
		    sizeof(struct origin));
		extras = batch_get_extras(b, i);
		assert_memory_equal(&extras, &list[i].extras, sizeof(extras));
	}
}

static void
check(const struct shape *shape, uint64_t seed, size_t n, size_t threads)
{
	struct plain *list;
	struct batch *b;
	size_t kept;

	print_message("%s: seed %llu, %zu calls, %zu threads\n", shape->name,
	    (unsigned long long)seed, n, threads);
	random_state = seed;
	b = make(shape, n);
	list = sort_plainly(b, &kept);
	batch_sort_on(b, threads);
	assert_equal(b, list, kept);
	batch_sort_on(b, threads); /* and nothing more */
	assert_equal(b, list, kept);
	assert_int_equal(batch_mark_duplicates(b, threads, NULL),
	    count_copies(list, kept));
	free(list);
	list = sort_plainly(b, &kept);
	batch_sort_on(b, threads);
	assert_equal(b, list, kept);
	assert_int_equal(batch_mark_duplicates(b, threads, NULL), 0);
	free(list);
	batch_free(&b);
}

static void
test_as_plain_sort(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 100, 4096, 9001, 13000, MOST };
	uint64_t seed = 20260301;
	size_t s, i;

	(void)state;
	for (s = 0; s < sizeof(shapes) / sizeof(shapes[0]); s++)
		for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++, seed++)
			check(&shapes[s], seed, sizes[i], 1 + seed % 5);
}

static void
test_far(void **state)
{
	static const struct shape shape = { "late", with_late, 1, 1u << 30, 0 };
	size_t threads;

	(void)state;
	for (threads = 1; threads <= 3; threads++)
		check(&shape, 20260401 + threads, MANY, threads);
}

/* One that is added behind a sorted batch is not in it yet. */
static void
test_added_later(void **state)
{
	struct batch *b;
	struct origin *o;
	struct call *c;

	(void)state;
	random_state = 7;
	b = make(&shapes[0], 100);
	batch_sort(b);
	assert_true(b->distinct);
	(void)batch_add(b, &c, &o);
	assert_false(b->sorted);
	*c = b->calls[50];
	*o = b->origins[50];
	batch_sort(b);
	assert_false(b->distinct);
	assert_int_equal(batch_mark_duplicates(b, 1, NULL), 1);
	batch_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_plain_sort),
		cmocka_unit_test(test_far),
		cmocka_unit_test(test_added_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
