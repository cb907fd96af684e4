#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cdr/quality.h"
#include "recorded.h"

/*
 * Random records of some sources over weeks, of which some come later: events
 * of the last ones alone, with what was kept, are those of all.
 */
enum { HOUR = 3600, DAY = 24 * HOUR, WEEKS = 7, DAYS = 7 * WEEKS };
enum { SOURCES = 3, MOST = DAYS * 24 * SOURCES * 14 };

static const char *const names[SOURCES] = { "pbx", "gate", "branch" };

/* A record of the test, in order of time. */
struct made {
	int64_t at;
	int source, night;
};

static int
compare_made(const void *va, const void *vb)
{
	const struct made *a = va, *b = vb;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->source - b->source;
}

static size_t
make(struct made *list, int holes)
{
	int usual[SOURCES * 24], s, d, h, i, hole;
	size_t made = 0;

	for (i = 0; i < SOURCES * 24; i++)
		usual[i] =
		    i % 24 >= 8 && i % 24 < 18 ? rand() % 14 : rand() % 2;
	for (d = 0; d < DAYS; d++)
		for (s = 0; s < SOURCES; s++) {
			/* The last days may lack some hours. */
			hole = 24;
			if (holes > 0 && d >= DAYS - 8 && rand() % holes == 0)
				hole = 7 + rand() % 8;
			for (h = 0; h < 24; h++) {
				if (h >= hole && h < hole + 5)
					continue;
				for (i = 0; i < usual[s * 24 + h]; i++)
					list[made++] = (struct made){
						.at = (int64_t)d * DAY +
						      h * HOUR + rand() % HOUR,
						.source = s
					};
			}
		}
	qsort(list, made, sizeof(*list), compare_made);
	return made;
}

/* The records of the nights up to one, from an instant on. */
static struct batch *
batch_of(const struct made *list, size_t n, int night, int64_t from)
{
	struct batch *b = batch_new();
	size_t i;

	(void)batch_file(b, "cdr.csv");
	for (i = 0; i < SOURCES; i++)
		(void)batch_source(b, names[i], NULL, NULL, NULL);
	for (i = 0; i < n; i++) {
		if (list[i].night > night || list[i].at < from)
			continue;
		recorded_add(b, &(struct recorded){ .at = list[i].at,
				    .source = names[list[i].source],
				    .key = i + 1,
				    .file = 1,
				    .line = (uint32_t)i + 1 });
		if (list[i].night == night)
			b->calls[b->n - 1].flags |= CALL_ADDED;
	}
	batch_sort(b);
	return b;
}

/* Events from an instant on. */
static void
print(struct batch *b, int64_t begins, struct buf *out)
{
	const struct origin *o;
	const struct call *c;
	size_t i;

	buf_init(out);
	batch_sort(b);
	for (i = 0; i < b->n; i++) {
		c = &b->calls[i];
		o = &b->origins[i];
		if (batch_event(b, i) == EVENT_QUALITY && c->start >= begins)
			buf_addf(out, "%s %d %lld %u %s %u %s %d %llx\n",
			    batch_text(b, b->sources[c->source].name),
			    o->quality, (long long)c->start, c->duration,
			    batch_text(b, o->service), o->line,
			    batch_text(b, b->files[batch_file_of(b, i)]),
			    o->zone_kind, (unsigned long long)o->key);
	}
}

struct figures {
	unsigned nights, needed, events;
};

/* What was kept of all nights before; it becomes what is kept of this one. */
static void
live(const struct made *list, size_t n, int night, struct buf *kept,
    struct figures *f)
{
	const int64_t came = DAYS - 3 + night;
	const int64_t from =
	    RECORDED_DAY + ((came - 2) * DAY - rand() % 40 * HOUR) * 1000;
	const int64_t begins = RECORDED_DAY + (came - 2) * DAY * 1000;
	struct batch *all = batch_of(list, n, night, 0);
	struct batch *late =
	    batch_of(list, n, night, (from - RECORDED_DAY) / 1000);
	const struct quality_stretch st = { from, begins, kept };
	struct buf want, got, keep, keep_all;

	buf_init(&keep);
	buf_init(&keep_all);
	quality_of_all(all, 2, &keep_all);
	print(all, begins, &want);
	f->nights++;
	if (quality_of_stretch(late, 1, &st, &keep) == 0) {
		print(late, begins, &got);
		assert_string_equal(got.data, want.data);
		f->events += want.len > 0;
		buf_fini(&got);
	} else {
		f->needed++;
		buf_fini(&keep);
		keep = keep_all;
		buf_init(&keep_all);
	}
	buf_fini(&want);
	buf_fini(&keep_all);
	buf_fini(kept);
	*kept = keep;
	batch_free(&all);
	batch_free(&late);
}

/* Nights of one day each; some records come later than they should. */
static void
live_on(int holes, int late, unsigned rounds, struct figures *f)
{
	struct made *list = calloc(MOST, sizeof(*list));
	struct batch *b;
	struct buf kept;
	unsigned round;
	size_t i, n;
	int night;

	assert_non_null(list);
	for (round = 0; round < rounds; round++) {
		n = make(list, holes);
		for (i = 0; i < n; i++) {
			night = (int)(list[i].at / DAY) - (DAYS - 4);
			if (night > 0 && late > 0 && rand() % late == 0)
				night++;
			list[i].night = night > 0 ? night : 0;
		}
		buf_init(&kept);
		b = batch_of(list, n, 0, 0);
		quality_of_all(b, 1, &kept);
		batch_free(&b);
		for (night = 1; night <= 3; night++)
			live(list, n, night, &kept, f);
		buf_fini(&kept);
	}
	free(list);
}

static void
test_stretch(void **state)
{
	struct figures f = { 0 };

	(void)state;
	srand(20260115);
	/* Ordinary nights, by day and by night: nothing is in doubt. */
	live_on(0, 0, 20, &f);
	print_message("%u of %u nights need all\n", f.needed, f.nights);
	assert_true(f.needed < f.nights / 4);
	f = (struct figures){ 0 };
	live_on(12, 0, 60, &f);
	print_message("%u of %u nights need all, %u with events\n", f.needed,
	    f.nights, f.events);
	assert_true(f.needed > 0 && f.events > 0);
	live_on(12, 200, 60, &f);
	print_message("%u of %u nights need all, %u with events\n", f.needed,
	    f.nights, f.events);
	assert_true(f.needed < f.nights);
}

/* What is cut anywhere is of no use; any other bit makes no trouble. */
static void
test_refused(void **state)
{
	struct made *list = calloc(MOST, sizeof(*list));
	const int64_t from = RECORDED_DAY + (DAYS - 3) * (int64_t)DAY * 1000;
	struct quality_stretch st = { from, from, NULL };
	struct buf keep, bad;
	struct batch *b;
	size_t i, n, len;

	(void)state;
	assert_non_null(list);
	srand(20260116);
	n = make(list, 4);
	buf_init(&keep);
	b = batch_of(list, n, 0, 0);
	quality_of_all(b, 1, &keep);
	batch_free(&b);
	assert_true(keep.len > 0);
	st.kept = &bad;
	for (i = 0; i < 2 * keep.len; i += 1 + keep.len / 500) {
		len = i < keep.len ? i : keep.len;
		buf_init(&bad);
		buf_add(&bad, keep.data, len);
		if (i >= keep.len)
			bad.data[i - keep.len] ^= (char)(1 << i % 8);
		b = batch_of(list, n, 0, (from - RECORDED_DAY) / 1000);
		if (quality_of_stretch(b, 1, &st, NULL) == 0)
			assert_true(i >= keep.len);
		batch_free(&b);
		buf_fini(&bad);
	}
	/* A source that nobody told of. */
	b = batch_of(list, n, 0, (from - RECORDED_DAY) / 1000);
	b->nsources = 1;
	b->n = 0;
	st.kept = &keep;
	assert_int_equal(quality_of_stretch(b, 1, &st, NULL),
	    QUALITY_NEEDS_ALL);
	batch_free(&b);
	buf_fini(&keep);
	free(list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stretch),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
