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

/* What may be known of calls beside them, which is the same. */
struct beside {
	struct measure_known known;
	uint32_t *ticks, *talk, *many, *texts;
	uint16_t *few, *seconds;
};

static void
beside_init(struct beside *s, const struct batch *b, bool few)
{
	const struct call *c;
	size_t i;

	s->ticks = xcalloc(b->n, sizeof(*s->ticks));
	s->talk = xcalloc(b->n, sizeof(*s->talk));
	s->few = xcalloc(b->n, sizeof(*s->few));
	s->seconds = xcalloc(b->n, sizeof(*s->seconds));
	s->many = xcalloc(b->n, sizeof(*s->many));
	s->texts = xcalloc(b->nparties, sizeof(*s->texts));
	s->known = (struct measure_known){ .ticks = s->ticks,
		.first = b->calls[0].start - 8000,
		.shift = 3,
		.talk = { .seconds = few ? s->seconds : NULL, .ms = s->talk },
		.nrows = 1,
		.texts = s->texts };
	s->known.rows[0] = (struct measure_row){ .of = field_find("dst"),
		.few = few ? s->few : NULL,
		.many = few ? NULL : s->many };
	for (i = 0; i < b->n; i++) {
		c = &b->calls[i];
		s->ticks[i] = (uint32_t)((c->start - s->known.first) / 8);
		s->talk[i] = i % 5 != 0 ? c->duration : MEASURE_ASK;
		s->seconds[i] = i % 5 != 0 && c->duration % 1000 == 0
				    ? (uint16_t)(c->duration / 1000)
				    : UINT16_MAX;
		s->few[i] = (uint16_t)c->dst;
		s->many[i] = c->dst;
	}
	for (i = 0; i < b->nparties; i++)
		s->texts[i] = b->parties[i].text;
}

static void
beside_fini(struct beside *s)
{
	free(s->ticks);
	free(s->talk);
	free(s->few);
	free(s->seconds);
	free(s->many);
	free(s->texts);
}

/* A line for each instant of a group. */
static void
add_instants(struct measure_sweep *s, size_t group, struct buf *out)
{
	static uint32_t taken[MANY];
	struct measure_instant now;
	struct measure_detail d;
	struct measure_value v;

	measure_group(s, group, NULL);
	while (measure_next(s, &now)) {
		v = measure_value(s, 0);
		d = measure_detail(s, 0);
		if (d.first != NULL)
			buf_addf(out, "%s %s ", d.first, d.last);
		buf_addf(out, "%lld:%lld/%lld/%zu/%lld/%zu\n", (long long)now.t,
		    (long long)v.num, (long long)v.den, now.calls,
		    (long long)now.duration, measure_collect(s, taken));
	}
}

/*
 * What all groups say in one sweep is what each says alone, also where more is
 * known of the calls.
 */
static void
check_slices(const struct measure *m, const struct batch *b,
    const struct measure_known *known)
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
	measure_know(all, known);
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
	struct beside few, many;
	struct measure m;
	size_t i;

	(void)state;
	beside_init(&few, b, true);
	beside_init(&many, b, false);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		m = (struct measure){ .fn = rows[i].fn,
			.of =
			    rows[i].of != NULL ? field_find(rows[i].of) : NULL,
			.window = WINDOW_OVER,
			.over = 60000 };
		check_slices(&m, b, NULL);
		check_slices(&m, b, &few.known);
		check_slices(&m, b, &many.known);
	}
	beside_fini(&few);
	beside_fini(&many);
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
