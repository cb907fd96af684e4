#include "cdr/recognise_impl.h"

/* In order; all months have 31 days. */
static int32_t
day_of(const struct stamp *s)
{
	return s->no_year
		   ? 0
		   : (s->civil.year * 12 + s->civil.month) * 31 + s->civil.day;
}

static void
count_form(struct form_reads *r, const struct stamp *s)
{
	const int32_t day = day_of(s);

	if (r->n == 0 || day < r->first)
		r->first = day;
	if (r->n == 0 || day > r->last)
		r->last = day;
	r->n++;
}

void
recognise_count_stamps(const struct layout_record *rec, struct tally *t)
{
	const struct layout_field *f;
	struct layout_value v;
	struct stamp stamp;
	uint32_t target, i;

	for (target = TARGET_START; target <= TARGET_END; target++) {
		f = &rec->layout->fields[target];
		if (f->nstamps < 2)
			continue;
		v = layout_value(rec, f);
		for (i = 0; i < f->nstamps; i++)
			if (stamp_parse(f->stamps[i].pattern, v.text, v.len,
				&stamp) == 0)
				count_form(&t->reads[target][i], &stamp);
	}
}

/*
 * The first form that reads as many records as `best` and takes day and month
 * the other way round; -1 if there is none.
 */
static int
reverse_of(const struct layout_field *f, const struct form_reads *reads,
    uint32_t best)
{
	uint32_t i;

	if (f->stamps[best].certain || reads[best].n == 0)
		return -1;
	for (i = 0; i < f->nstamps; i++)
		if (!f->stamps[i].certain && reads[i].n == reads[best].n &&
		    f->stamps[i].day_first != f->stamps[best].day_first)
			return (int)i;
	return -1;
}

/*
 * Calls of a file are of days that follow each other: of the two orders of
 * day and month the one under which the days lie closer together, and the
 * first of the list if both do.  One order for all stamps.
 */
static void
choose_order(struct tally *t, const int reverse[TARGET_END + 1])
{
	int64_t gained = 0;
	const struct form_reads *is, *other;
	uint32_t target;

	for (target = TARGET_START; target <= TARGET_END; target++) {
		if (reverse[target] < 0)
			continue;
		is = &t->reads[target][t->form.stamps[target]];
		other = &t->reads[target][reverse[target]];
		gained += (is->last - is->first) - (other->last - other->first);
	}
	for (target = TARGET_START; target <= TARGET_END && gained > 0;
	     target++)
		if (reverse[target] >= 0)
			t->form.stamps[target] = (uint8_t)reverse[target];
}

bool
recognise_choose_stamps(const struct layout *l, struct tally *t)
{
	int reverse[TARGET_END + 1];
	const struct form_reads *reads;
	const struct layout_field *f;
	bool either_day = false;
	uint32_t target, i;
	uint8_t best;

	for (target = TARGET_START; target <= TARGET_END; target++) {
		f = &l->fields[target];
		reads = t->reads[target];
		best = 0;
		for (i = 1; i < f->nstamps; i++)
			if (reads[i].n > reads[best].n)
				best = (uint8_t)i;
		t->form.stamps[target] = best;
		reverse[target] =
		    f->nstamps > 0 ? reverse_of(f, reads, best) : -1;
		either_day = either_day || reverse[target] >= 0;
	}
	choose_order(t, reverse);
	return either_day;
}
