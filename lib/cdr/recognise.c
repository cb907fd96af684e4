#include "cdr/recognise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/recognise_impl.h"

/* Bytes that are looked at sooner than a thread is started for them. */
enum { ALONE = 32 * 1024 };

/* The least confidence that is worth a word. */
#define NEAR 0.25

static void
conclude(const struct layout *best, struct tally *t, struct recognition *out)
{
	out->records = t->headers + t->records + t->others + t->lines;
	out->confidence = recognise_confidence(t);
	if (out->confidence >= RECOGNISE_ENOUGH) {
		out->layout = best;
		out->either_day = recognise_choose_stamps(best, t);
		recognise_explain(best, t, out->reason);
	}
	out->form = t->form;
}

/* The two best of the layouts. */
struct race {
	const struct layout *best, *second;
	struct tally tally; /* of the best */
	double second_confidence;
};

static void
take_place(struct race *r, const struct layout *l, const struct tally *t)
{
	double got = recognise_confidence(t);

	if (r->best == NULL || got > recognise_confidence(&r->tally)) {
		if (r->best != NULL)
			r->second_confidence = recognise_confidence(&r->tally);
		r->second = r->best;
		r->best = l;
		r->tally = *t;
	} else if (r->second == NULL || got > r->second_confidence) {
		r->second = l;
		r->second_confidence = got;
	}
}

/* All layouts, each over the same sample. */
struct trial {
	const struct layouts *layouts;
	const struct sample *sample;
	size_t threads;
	bool fallback;
	enum tally_how how;
	struct tally *tallies; /* by layout */
};

/* Whether it is among the layouts that are fallbacks, or those that are not. */
static bool
takes_part(const struct trial *t, const struct layout *l)
{
	if (l->fallback != t->fallback || l->stated)
		return false;
	/* Whatever a line is, it has cells at places. */
	return t->how != TALLY_LENIENT || l->container != CONTAINER_FIXED;
}

static void
try_one(void *arg, size_t i)
{
	const struct trial *t = arg;
	const struct layout *l = layouts_at(t->layouts, i);

	if (takes_part(t, l))
		recognise_try(l, t->sample, t->how, &t->tallies[i]);
}

static void
run_race(struct trial *t, bool fallback, enum tally_how how, struct race *r)
{
	const size_t n = layouts_count(t->layouts);
	size_t i;

	memset(r, 0, sizeof(*r));
	t->fallback = fallback;
	t->how = how;
	t->tallies = xcalloc(n, sizeof(*t->tallies));
	pool_run(t->threads, n, try_one, t);
	for (i = 0; i < n; i++)
		if (takes_part(t, layouts_at(t->layouts, i)))
			take_place(r, layouts_at(t->layouts, i),
			    &t->tallies[i]);
	free(t->tallies);
}

static void
try_all(struct trial *t, bool fallback, enum tally_how how,
    struct recognition *out)
{
	struct race r;

	memset(out, 0, sizeof(*out));
	run_race(t, fallback, how, &r);
	if (r.best == NULL)
		return;
	conclude(r.best, &r.tally, out);
	if (out->layout != NULL && r.second_confidence >= RECOGNISE_ENOUGH) {
		out->second = r.second;
		out->second_confidence = r.second_confidence;
	}
}

/* What comes near a file that nothing fits, and what it lacks. */
static void
name_nearest(struct trial *t, struct recognition *out)
{
	struct race r;
	struct buf b;

	run_race(t, false, TALLY_ALL, &r);
	if (r.best == NULL || recognise_confidence(&r.tally) <= 0)
		run_race(t, false, TALLY_LENIENT, &r);
	if (r.best == NULL || recognise_confidence(&r.tally) <= 0 ||
	    (t->how == TALLY_LENIENT && recognise_confidence(&r.tally) < NEAR))
		return;
	out->nearest = r.best;
	buf_init(&b);
	buf_addf(&b, "nearest is %s, ", r.best->id);
	recognise_explain_misfit(r.best, &r.tally, &b);
	(void)snprintf(out->reason, sizeof(out->reason), "%s", b.data);
	buf_fini(&b);
}

/* A fallback, where no other fits; whether any does. */
static bool
try_in_turn(struct trial *t, enum tally_how how, struct recognition *out)
{
	struct recognition other;

	try_all(t, false, how, out);
	if (out->layout != NULL)
		return true;
	try_all(t, true, how, &other);
	if (other.layout != NULL || out->records == 0)
		*out = other;
	return out->layout != NULL;
}

void
recognise(const struct layouts *ls, struct input *in, size_t threads,
    struct recognition *out)
{
	struct sample s;
	struct trial t = { .layouts = ls, .sample = &s, .threads = threads };

	recognise_sample(&s, in);
	if (s.bytes < ALONE)
		t.threads = 1;
	recognise_read_rows(&s, ls, t.threads);
	/* How badly the others do is only asked where none does well. */
	if (!try_in_turn(&t, TALLY_WINNERS, out) &&
	    !try_in_turn(&t, TALLY_ALL, out) && out->records > 0)
		name_nearest(&t, out);
	recognise_sample_fini(&s);
}

void
recognise_await(struct input *in)
{
	struct sample s;

	recognise_sample(&s, in);
	recognise_sample_fini(&s);
}

void
recognise_form(const struct layout *l, struct input *in,
    struct recognition *out)
{
	struct sample s;
	struct tally t;
	struct buf b;

	memset(out, 0, sizeof(*out));
	recognise_sample(&s, in);
	recognise_try(l, &s, TALLY_ALL, &t);
	conclude(l, &t, out);
	if (out->layout == NULL && out->records > 0) {
		buf_init(&b);
		recognise_explain_misfit(l, &t, &b);
		(void)snprintf(out->reason, sizeof(out->reason), "%s", b.data);
		buf_fini(&b);
	}
	out->layout = l;
	out->either_day = recognise_choose_stamps(l, &t);
	out->form = t.form;
	recognise_sample_fini(&s);
}
