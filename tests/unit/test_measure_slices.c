/* A sweep over more calls than it reads at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "rule/measure.h"

enum { MANY = 150000, GROUP = 1001, DSTS = 7 };

/* Call k is k seconds after the one before it, and dst, cost, talk turn. */
static struct batch *
many_calls(void)
{
	struct batch *b = batch_new();
	struct party party = { .country = 0 };
	uint32_t dsts[DSTS];
	struct origin *o;
	struct call *c;
	char text[8];
	size_t i;

	for (i = 0; i < DSTS; i++) {
		(void)snprintf(text, sizeof(text), "20%zu", i);
		party.text = intern_addstr(b->names, text);
		dsts[i] = batch_party(b, &party);
	}
	for (i = 0; i < MANY; i++) {
		(void)batch_add(b, &c, &o);
		c->start = (int64_t)i * 1000;
		c->duration = (uint32_t)(i % 13) * 1000;
		c->source = batch_source(b, "s", NULL, zone_utc(), NULL);
		c->dst = dsts[i * i % DSTS];
		o->key = i;
	}
	batch_sort(b);
	return b;
}

/* A line for each instant of a group. */
static void
add_instants(struct measure_sweep *s, size_t group, struct buf *out)
{
	static uint32_t taken[MANY];
	struct measure_instant now;
	struct measure_value v;

	measure_group(s, group, NULL);
	while (measure_next(s, &now)) {
		v = measure_value(s, 0);
		buf_addf(out, "%lld:%lld/%lld/%zu/%lld/%zu\n", (long long)now.t,
		    (long long)v.num, (long long)v.den, now.calls,
		    (long long)now.duration, measure_collect(s, taken));
	}
}

/* What all groups say in one sweep is what each says alone. */
static void
check_slices(const struct measure *m, const struct batch *b)
{
	const size_t ngroups = MANY / GROUP + 1;
	struct rule r = { .measure = *m };
	uint32_t *calls = xcalloc(MANY, sizeof(*calls));
	size_t *ends = xcalloc(ngroups, sizeof(*ends)), i, begin, n;
	struct measure_sweep *all, *one;
	struct buf got, expected;
	struct errmsg err;

	for (i = 0; i < MANY; i++)
		calls[i] = (uint32_t)i;
	for (i = 0; i < ngroups; i++)
		ends[i] = i + 1 < ngroups ? (i + 1) * GROUP : MANY;
	assert_int_equal(measure_open(&all, &r, b, NULL, NULL, calls, ends,
			     ngroups, &err),
	    0);
	buf_init(&got);
	buf_init(&expected);
	/* and once more the first, when others were read over it */
	for (i = 0; i <= ngroups; i++) {
		buf_reset(&got);
		buf_reset(&expected);
		add_instants(all, i % ngroups, &got);
		begin = i % ngroups > 0 ? ends[i % ngroups - 1] : 0;
		n = ends[i % ngroups] - begin;
		assert_int_equal(measure_open(&one, &r, b, NULL, NULL,
				     calls + begin, &n, 1, &err),
		    0);
		add_instants(one, 0, &expected);
		measure_close(&one);
		assert_string_equal(got.data, expected.data);
	}
	buf_fini(&got);
	buf_fini(&expected);
	measure_close(&all);
	free(calls);
	free(ends);
}

static void
test_slices(void **state)
{
	static const struct {
		enum measure_fn fn;
		const char *of;
	} rows[] = { { MEASURE_COUNT, NULL }, { MEASURE_DISTINCT, "dst" },
		{ MEASURE_DISTINCT, "duration" }, { MEASURE_SUM, "duration" },
		{ MEASURE_MAX, "duration" }, { MEASURE_RUN, "dst" },
		{ MEASURE_MODE, "duration" }, { MEASURE_MODE, "dst" },
		{ MEASURE_CONCURRENT, NULL }, { MEASURE_GAP, NULL },
		{ MEASURE_SILENCE, NULL } };
	struct batch *b = many_calls();
	struct measure m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		m = (struct measure){ .fn = rows[i].fn,
			.of =
			    rows[i].of != NULL ? field_find(rows[i].of) : NULL,
			.window = WINDOW_OVER,
			.over = 60000 };
		check_slices(&m, b);
	}
	batch_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
