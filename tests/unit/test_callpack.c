#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/callpack.h"
#include "cdr/daysums.h"
#include "recorded.h"

enum { CALLS = 12, OLD = 7 };

/* Some calls of a few, understood; something of each kind is among them. */
static struct batch *
some_calls(int first, int end)
{
	static const struct listed one = { .capacity = 4,
		.calendar = "shifts" };
	static const struct listed other = { .capacity = 2 };
	struct batch *b = batch_new();
	struct listed l;
	int k;

	(void)batch_file(b, "a.csv");
	(void)batch_file(b, "b.csv");
	for (k = first; k < end; k++)
		recorded_add(b,
		    &(struct recorded){ .at = k * 3600,
			.src = k % 2 == 0 ? "2041" : "2042",
			.dst = k % 3 == 0 ? "913125550142" : "01144207946",
			.in = "PJSIP/2041-1",
			.out = "PJSIP/carrier-1",
			.status = STATUS_ANSWERED,
			.talk = 60 + (uint32_t)k,
			.file = 1 + (uint32_t)(k % 2),
			.line = (uint32_t)k + 1 });
	batch_sort(b);
	recorded_resolve(b, recorded_site.plan, NULL, 0, NULL);
	l = one;
	l.class = intern_addstr(b->names, "guests");
	(void)batch_listed(b, &l);
	l = other;
	l.group = intern_addstr(b->names, "night");
	(void)batch_listed(b, &l);
	for (k = first; k < end; k++) {
		batch_set_cost(b, (size_t)(k - first), k * 1000);
		b->calls[k - first].flags |= CALL_HAS_COST | CALL_ADDED;
		b->calls[k - first].currency =
		    batch_currency(b, k % 2 == 0 ? "EUR" : "USD");
		b->calls[k - first].listed = (uint32_t)k % 3;
		b->origins[k - first].cause = (uint8_t)(16 + k);
		batch_set_extra(b, EXTRA_SRC_NAME, (size_t)(k - first),
		    intern_addstr(b->names, k % 4 == 0 ? "Front Desk" : ""));
		if (k % 5 == 0)
			batch_set_extra(b, EXTRA_FORWARDED_BY,
			    (size_t)(k - first), b->calls[k - first].src);
		if (k % 7 == 0)
			batch_set_join(b, (size_t)(k - first),
			    intern_addstr(b->names, "joined"));
		b->origins[k - first].key = ~(uint64_t)k;
	}
	batch_tails(b, 1);
	return b;
}

static char *
text_of(const struct batch *b)
{
	struct daysums d;
	struct buf out;
	char *text;

	buf_init(&out);
	daysums_take(&d, b, 1);
	daysums_print(&d, &out);
	daysums_fini(&d);
	text = xstrdup(out.data);
	buf_fini(&out);
	return text;
}

/* It has `n` calls, and they are what text_of() told. */
static void
check_calls(const struct batch *b, size_t n, const char *want)
{
	char *got = text_of(b);

	assert_int_equal(b->n, n);
	assert_string_equal(got, want);
	free(got);
}

/* The first `n` of them. */
static void
pack_first(const struct batch *b, size_t n, struct buf *out)
{
	uint32_t *calls = xcalloc(n, sizeof(*calls)), i;

	for (i = 0; i < n; i++)
		calls[i] = i;
	callpack_print(b, calls, n, out);
	free(calls);
}

/* Of one pack. */
static int
add_pack(struct batch *b, const struct buf *bytes, size_t len, size_t n,
    int64_t before, size_t threads)
{
	const struct callpack pack = { .bytes = (unsigned char *)bytes->data,
		.len = len,
		.n = n };

	return callpack_add(b, &pack, 1, before, threads);
}

static void
pack_old(struct buf *out)
{
	struct batch *b = some_calls(0, CALLS);

	pack_first(b, OLD, out);
	batch_free(&b);
}

/* As if they had come with the others, whatever ids these have. */
static void
test_same(void **state)
{
	struct batch *all = some_calls(0, CALLS);
	struct batch *late = some_calls(OLD, CALLS);
	char *want = text_of(all), *got;
	struct buf bytes;
	size_t i;

	(void)state;
	buf_init(&bytes);
	pack_old(&bytes);
	assert_int_equal(add_pack(late, &bytes, bytes.len, OLD,
			     late->calls[0].start, 3),
	    0);
	got = text_of(late);
	assert_string_equal(got, want);
	assert_true(late->sorted);
	for (i = 0; i < late->n; i++) {
		assert_true(late->calls[i].dialled < late->ntails);
		assert_string_equal(batch_text(late,
					late->tails[late->calls[i].dialled]),
		    batch_text(all, all->tails[all->calls[i].dialled]));
	}
	free(got);
	free(want);
	buf_fini(&bytes);
	batch_free(&all);
	batch_free(&late);
}

/* Of ids that are only kept a join key is not told once more. */
static void
test_kept(void **state)
{
	struct batch *b = some_calls(0, CALLS), *to = some_calls(OLD, CALLS);
	char *want, *got, id[16];
	uint32_t calls[OLD], other;
	struct buf bytes;
	size_t i, with_other;

	(void)state;
	b->keep_ids = to->keep_ids = true;
	for (i = 0; i < CALLS; i++) {
		(void)snprintf(id, sizeof(id), "17682624%d", (int)i);
		b->origins[i].call_id = intern_keep(b->names, id, strlen(id));
		batch_set_join(b, i, i == 3 ? 0 : b->origins[i].call_id);
		if (i < OLD) {
			calls[i] = (uint32_t)i;
			continue;
		}
		to->origins[i - OLD].call_id =
		    intern_keep(to->names, id, strlen(id));
		batch_set_join(to, i - OLD, to->origins[i - OLD].call_id);
	}
	other = intern_keep(b->names, "other", 5);
	batch_set_join(b, 5, other);
	buf_init(&bytes);
	callpack_print(b, calls, OLD, &bytes);
	with_other = bytes.len;
	want = text_of(b);
	assert_int_equal(add_pack(to, &bytes, bytes.len, OLD,
			     to->calls[0].start, 2),
	    0);
	got = text_of(to);
	assert_string_equal(got, want);
	assert_int_equal(to->origins[2].joins_by_id, 1);
	assert_int_equal(to->origins[5].joins_by_id, 0);
	/* One that is the call id takes no bytes as a text. */
	batch_set_join(b, 5, b->origins[5].call_id);
	buf_reset(&bytes);
	callpack_print(b, calls, OLD, &bytes);
	assert_true(bytes.len < with_other);
	free(got);
	free(want);
	buf_fini(&bytes);
	batch_free(&b);
	batch_free(&to);
}

/* Those that are there already are not taken twice. */
static void
test_before(void **state)
{
	struct batch *all = some_calls(0, CALLS);
	struct batch *late = some_calls(OLD - 3, CALLS);
	struct buf bytes;

	(void)state;
	buf_init(&bytes);
	pack_old(&bytes);
	assert_int_equal(add_pack(late, &bytes, bytes.len, OLD,
			     late->calls[0].start, 3),
	    0);
	assert_int_equal(late->n, CALLS);
	assert_int_equal(add_pack(all, &bytes, bytes.len, OLD,
			     all->calls[0].start, 1),
	    0);
	assert_int_equal(all->n, CALLS);
	buf_fini(&bytes);
	batch_free(&all);
	batch_free(&late);
}

/* What lacks its end is refused; a bit more or less ends nothing. */
static void
test_damaged(void **state)
{
	struct batch *late = some_calls(OLD, CALLS);
	const int64_t first = late->calls[0].start;
	struct buf bytes;
	size_t bit, len;

	(void)state;
	buf_init(&bytes);
	pack_old(&bytes);
	for (len = 0; len < bytes.len; len++) {
		assert_int_equal(add_pack(late, &bytes, len, OLD, first, 2),
		    -1);
		assert_int_equal(late->n, CALLS - OLD);
	}
	for (bit = 0; bit < 8 * bytes.len; bit++) {
		batch_free(&late);
		late = some_calls(OLD, CALLS);
		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
		(void)add_pack(late, &bytes, bytes.len, OLD, first, 2);
		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	buf_fini(&bytes);
	batch_free(&late);
}

/* A source that the batch does not have. */
static void
test_source(void **state)
{
	struct batch *late = batch_new();
	struct buf bytes;

	(void)state;
	late->sorted = true;
	buf_init(&bytes);
	pack_old(&bytes);
	assert_int_equal(add_pack(late, &bytes, bytes.len, OLD, INT64_MAX, 2),
	    -1);
	assert_int_equal(late->n, 0);
	buf_fini(&bytes);
	batch_free(&late);
}

/* Many of them, more and fewer than there were, are set by several threads. */
static void
test_threads(void **state)
{
	static const int old[] = { 2600, 4900 };
	enum { MANY = 7500 };
	struct batch *all = some_calls(0, MANY), *late;
	char *want = text_of(all);
	struct buf bytes;
	size_t i, threads;

	(void)state;
	for (i = 0; i < sizeof(old) / sizeof(old[0]); i++) {
		buf_init(&bytes);
		pack_first(all, (size_t)old[i], &bytes);
		for (threads = 1; threads <= 3; threads++) {
			late = some_calls(old[i], MANY);
			assert_int_equal(add_pack(late, &bytes, bytes.len,
					     (size_t)old[i],
					     late->calls[0].start, threads),
			    0);
			check_calls(late, MANY, want);
			batch_free(&late);
		}
		buf_fini(&bytes);
	}
	free(want);
	batch_free(&all);
}

/* Some of them, from one to before another. */
static void
pack_some(const struct batch *b, uint32_t from, uint32_t end, struct buf *out)
{
	uint32_t calls[CALLS], i;

	for (i = from; i < end; i++)
		calls[i - from] = i;
	callpack_print(b, calls, end - from, out);
}

/* Four packs, one without a call. */
enum { PACKS = 4, LAST = 9 };

static void
pack_several(struct buf *bytes, struct callpack *packs)
{
	static const uint32_t ends[] = { 0, 2, 2, 6, LAST };
	struct batch *all = some_calls(0, CALLS);
	size_t i;

	for (i = 0; i < PACKS; i++) {
		buf_init(&bytes[i]);
		pack_some(all, ends[i], ends[i + 1], &bytes[i]);
		packs[i].bytes = (unsigned char *)bytes[i].data;
		packs[i].len = bytes[i].len;
		packs[i].n = ends[i + 1] - ends[i];
	}
	batch_free(&all);
}

static void
drop_several(struct buf *bytes)
{
	size_t i;

	for (i = 0; i < PACKS; i++)
		buf_fini(&bytes[i]);
}

/* Calls that are there already are not taken, of the last pack or of all. */
static void
test_several(void **state)
{
	struct batch *all = some_calls(0, CALLS), *late;
	char *want = text_of(all);
	struct callpack packs[PACKS];
	struct buf bytes[PACKS];
	size_t threads;
	int i;

	(void)state;
	pack_several(bytes, packs);
	for (i = 1; i <= LAST; i++)
		for (threads = 1; threads <= 3; threads++) {
			late = some_calls(i, CALLS);
			assert_int_equal(callpack_add(late, packs, PACKS,
					     late->calls[0].start, threads),
			    0);
			check_calls(late, CALLS, want);
			batch_free(&late);
		}
	drop_several(bytes);
	free(want);
	batch_free(&all);
}

static void
refuse(const struct callpack *packs)
{
	struct batch *late = some_calls(LAST, CALLS);

	assert_int_equal(callpack_add(late, packs, PACKS, late->calls[0].start,
			     2),
	    -1);
	assert_int_equal(late->n, CALLS - LAST);
	batch_free(&late);
}

static void
test_several_refused(void **state)
{
	struct callpack packs[PACKS], first;
	struct buf bytes[PACKS];

	(void)state;
	pack_several(bytes, packs);
	/* One that has more calls than it is said to, ... */
	packs[3].n--;
	refuse(packs);
	packs[3].n++;
	/* ... one that lacks its end, ... */
	packs[2].len--;
	refuse(packs);
	packs[2].len++;
	/* ... and one that begins before the other ends. */
	first = packs[0];
	packs[0] = packs[2];
	packs[2] = first;
	refuse(packs);
	drop_several(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_same),
		cmocka_unit_test(test_threads), cmocka_unit_test(test_several),
		cmocka_unit_test(test_several_refused),
		cmocka_unit_test(test_kept), cmocka_unit_test(test_before),
		cmocka_unit_test(test_damaged), cmocka_unit_test(test_source) };

	return cmocka_run_group_tests(tests, site_set_up, site_tear_down);
}
