#include <string.h>

#include "cdr/decode_impl.h"

/* What a header adds to the first column of an alternative, or NULL. */
static const struct layout_heading *
heading_of(const struct layout *l, const struct layout_variant *v,
    const struct layout_source *s)
{
	return v->headings != NULL
		   ? &v->headings[layout_column(l, s->columns[0])]
		   : NULL;
}

/* Where the first alternatives stand, as long as they are cells. */
static void
find_cells(const struct layout *l, const struct layout_field *f,
    const struct layout_variant *v, struct decode_cells *out)
{
	int16_t at;
	uint32_t i;

	out->at[0] = -1;
	for (i = 0; i < f->nfrom; i++) {
		if (!layout_source_is_cell(l, &f->from[i]))
			break;
		at = v->at[f->from[i].columns[0]];
		if (at >= 0)
			out->at[out->n++] = at;
	}
	out->all = i == f->nfrom && !f->required && f->constant == NULL;
}

/*
 * A naive stamp under the zone of the source, or under one that is UTC, is
 * what the clock showed.
 */
static bool
keeps_clock(const struct layout *l, const struct layout_field *f,
    const struct layout_variant *v)
{
	const struct layout_heading *heading;
	uint32_t i;

	for (i = 0; i < f->nfrom; i++) {
		heading = heading_of(l, v, &f->from[i]);
		if (heading != NULL && heading->utc)
			return false;
	}
	return l->zone == NULL || l->zone == zone_utc();
}

static void
plan_stamp(struct decode_plan *p, const struct decoder *d, enum layout_target t)
{
	const struct layout_field *f = &d->layout->fields[t];
	const struct layout_stamp *form = &f->stamps[d->form.stamps[t]];

	if (p->cells[t].n == 0 || !form->seconds ||
	    !keeps_clock(d->layout, f, p->variant))
		return;
	p->stamps[t] = form->pattern;
	p->kinds[t] = stamp_pattern_kind(form->pattern);
	if (p->kinds[t] == STAMP_LOCAL && d->layout->zone != NULL)
		p->kinds[t] = STAMP_OFFSET;
}

/* In what an alternative counts, as decode_span() finds it. */
static const struct layout_unit *
unit_of(const struct layout *l, const struct layout_variant *v,
    const struct layout_field *f, const struct layout_source *s)
{
	const struct layout_heading *heading = heading_of(l, v, s);

	if (s->unit != NULL)
		return s->unit;
	return heading != NULL && heading->unit.ms != 0 ? &heading->unit
							: &f->unit;
}

/* Only where all alternatives count in the same, without a rest. */
static void
plan_span(struct decode_plan *p, const struct layout *l, enum layout_target t)
{
	const struct layout_field *f = &l->fields[t];
	const struct layout_unit *unit;
	uint32_t ms = 0, i;

	if (p->cells[t].n == 0)
		return;
	for (i = 0; i < f->nfrom; i++) {
		unit = unit_of(l, p->variant, f, &f->from[i]);
		if (unit->digits != DIGITS_COUNT || unit->parts != 1 ||
		    (i > 0 && unit->ms != ms))
			return;
		ms = unit->ms;
	}
	p->unit_ms[t - TARGET_DURATION] = ms;
}

/* One more that the status hangs on; false if there is no room for it. */
static bool
add_status_cell(struct decode_plan *p, uint16_t at)
{
	uint32_t i;

	for (i = 0; i < p->nstatus_at; i++)
		if (p->status_at[i] == at)
			return true;
	if (i == DECODE_STATUS_CELLS)
		return false;
	p->status_at[p->nstatus_at++] = at;
	return true;
}

/* Those of an alternative; false if it hangs on anything else. */
static bool
add_status_cells(struct decode_plan *p, const struct layout *l,
    const struct layout_source *s)
{
	int16_t at;
	uint16_t i;

	if (s->when.n > 0)
		return false;
	for (i = 0; i < s->n; i++) {
		if (s->columns[i] >= l->ncolumns)
			return false;
		at = p->variant->at[s->columns[i]];
		if (at >= 0 && !add_status_cell(p, (uint16_t)at))
			return false;
	}
	return true;
}

/* Where its first alternative is a cell, that is all it mostly hangs on. */
static void
plan_status(struct decode_plan *p, const struct layout *l)
{
	const struct layout_field *f = &l->fields[TARGET_STATUS];
	bool good = p->cells[TARGET_STATUS].n == 0 && f->nrules == 0 &&
		    layout_keeps_cells(l);
	uint32_t i;

	for (i = 0; good && i < f->nfrom; i++)
		good = add_status_cells(p, l, &f->from[i]);
	if (!good)
		p->nstatus_at = 0;
}

static bool
has_facts(const struct layout *l)
{
	static const enum layout_target words[] = { TARGET_DIRECTION,
		TARGET_SIDE, TARGET_EVENT, TARGET_COST, TARGET_CAUSE };
	const struct layout_field *f;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		f = &l->fields[words[i]];
		if (f->nfrom > 0 || f->nrules > 0 || f->constant != NULL)
			return true;
	}
	return false;
}

/* Whether no row of its width is of another variant, whatever is in it. */
static bool
is_only(const struct layout *l, const struct layout_variant *v)
{
	uint32_t i;

	if (l->header || l->width != WIDTH_EXACT || v->when.n > 0)
		return false;
	for (i = 0; i < l->nvariants; i++)
		if (&l->variants[i] != v &&
		    l->variants[i].columns == v->columns)
			return false;
	return true;
}

void
decode_plan_make(struct decode_plan *p, const struct decoder *d,
    const struct layout_variant *v)
{
	const struct layout *l = d->layout;
	enum layout_target t;

	memset(p, 0, sizeof(*p));
	p->variant = v;
	p->columns = is_only(l, v) ? v->columns : 0;
	for (t = 0; t < TARGET_COUNT; t++)
		find_cells(l, &l->fields[t], v, &p->cells[t]);
	for (t = TARGET_START; t <= TARGET_END; t++)
		plan_stamp(p, d, t);
	for (t = TARGET_DURATION; t <= TARGET_RING; t++)
		plan_span(p, l, t);
	plan_status(p, l);
	decode_plan_texts(p, d);
	p->facts = has_facts(l);
	p->raw_cells = l->container == CONTAINER_ROWS && !l->percent &&
		       d->form.dialect.escape == '\0';
}
