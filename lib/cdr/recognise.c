#include "cdr/recognise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cdr/recognise_impl.h"

/* The least confidence that will do, and that is worth a word. */
#define ENOUGH 0.5
#define NEAR   0.25

static void
conclude(const struct layout *best, struct tally *t, struct recognition *out)
{
	out->records = t->records + t->others + t->lines;
	out->confidence = recognise_confidence(t);
	if (out->confidence >= ENOUGH) {
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

/* Among the layouts that are fallbacks, or those that are not. */
static void
run_race(const struct layouts *ls, const struct sample *s, bool fallback,
    bool lenient, struct race *r)
{
	const struct layout *l;
	struct tally t;
	size_t i;

	memset(r, 0, sizeof(*r));
	for (i = 0; i < layouts_count(ls); i++) {
		l = layouts_at(ls, i);
		if (l->fallback != fallback || l->stated)
			continue;
		/* Whatever a line is, it has cells at places. */
		if (lenient && l->container == CONTAINER_FIXED)
			continue;
		recognise_try(l, s, lenient, &t);
		take_place(r, l, &t);
	}
}

static void
try_all(const struct layouts *ls, const struct sample *s, bool fallback,
    struct recognition *out)
{
	struct race r;

	run_race(ls, s, fallback, false, &r);
	if (r.best == NULL)
		return;
	conclude(r.best, &r.tally, out);
	if (out->layout != NULL && r.second_confidence >= ENOUGH) {
		out->second = r.second;
		out->second_confidence = r.second_confidence;
	}
}

/* What comes near a file that nothing fits, and what it lacks. */
static void
name_nearest(const struct layouts *ls, const struct sample *s,
    struct recognition *out)
{
	struct race r;
	struct buf b;

	run_race(ls, s, false, false, &r);
	if (r.best == NULL || recognise_confidence(&r.tally) <= 0)
		run_race(ls, s, false, true, &r);
	if (r.best == NULL || recognise_confidence(&r.tally) <= 0 ||
	    (r.tally.lenient && recognise_confidence(&r.tally) < NEAR))
		return;
	out->nearest = r.best;
	buf_init(&b);
	buf_addf(&b, "nearest is %s, ", r.best->id);
	recognise_explain_misfit(r.best, &r.tally, &b);
	(void)snprintf(out->reason, sizeof(out->reason), "%s", b.data);
	buf_fini(&b);
}

void
recognise(const struct layouts *ls, struct input *in, struct recognition *out)
{
	struct recognition other;
	struct sample s;

	memset(out, 0, sizeof(*out));
	recognise_sample(&s, in);
	try_all(ls, &s, false, out);
	if (out->layout == NULL) {
		memset(&other, 0, sizeof(other));
		try_all(ls, &s, true, &other);
		if (other.layout != NULL || out->records == 0)
			*out = other;
	}
	if (out->layout == NULL && out->records > 0)
		name_nearest(ls, &s, out);
	free(s.memory);
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
	recognise_try(l, &s, false, &t);
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
	free(s.memory);
}
