#include <string.h>

#include "cdr/decode_impl.h"

/* A stamp of a record; both are as if UTC where the zone is not known. */
struct moment {
	int64_t ms;
	enum stamp_kind kind;
	bool known;
	struct stamp stamp;      /* as it was read */
	const struct zone *zone; /* of a naive stamp; NULL: the source's */
};

struct span {
	uint32_t ms;
	bool known;
};

enum { FEW = 7 /* digits: a unit of up to a day does not overflow */ };

/* A few digits that are whole units; false for all else. */
static bool
count_units(const struct csvfield *cell, uint32_t unit_ms, uint32_t *ms)
{
	uint64_t count = 0;
	uint32_t i;
	unsigned digit;

	if (unit_ms == 0 || cell->len > FEW)
		return false;
	for (i = 0; i < cell->len; i++) {
		digit = (unsigned char)cell->text[i] - (unsigned)'0';
		if (digit > 9)
			return false;
		count = count * 10 + digit;
	}
	count *= unit_ms;
	*ms = (uint32_t)count;
	return count < UINT32_MAX;
}

/* What the layout says of it; one that is not there is 0. */
static int
read_any_span(struct reading *r, enum layout_target t, struct span *out)
{
	const struct layout_field *f = decode_field(r, t);
	const struct layout_value v = layout_value(&r->rec, f);

	if (v.len == 0 && !f->required)
		return 0;
	if (decode_span(f, &v, &out->ms) != 0)
		return decode_refuse(r, &v, "not a duration");
	out->known = true;
	return 0;
}

static inline int
read_span(struct reading *r, enum layout_target t, struct span *out)
{
	const struct decode_plan *p = r->d->plan;
	const struct csvfield *cell = decode_cell(r, t);

	*out = (struct span){ .ms = 0 };
	if (cell == NULL && p->cells[t].all)
		return 0;
	if (cell != NULL &&
	    count_units(cell, p->unit_ms[t - TARGET_DURATION], &out->ms)) {
		out->known = true;
		return 0;
	}
	return read_any_span(r, t, out);
}

/* Whether a file with stamps of form `a` may have some of form `b`, too. */
static bool
goes_with(const struct layout_stamp *a, const struct layout_stamp *b)
{
	return b->certain || (!a->certain && a->day_first == b->day_first);
}

/*
 * In the file's form, else in one that takes no day for the month; NULL if in
 * none.
 */
static const struct layout_stamp *
parse_stamp(const struct reading *r, enum layout_target t,
    const struct layout_value *v, struct stamp *out)
{
	const struct layout_field *f = decode_field(r, t);
	const uint32_t chosen = r->d->form.stamps[t];
	uint32_t i;

	if (stamp_parse(f->stamps[chosen].pattern, v->text, v->len, out) == 0)
		return &f->stamps[chosen];
	for (i = 0; i < f->nstamps; i++)
		if (i != chosen &&
		    goes_with(&f->stamps[chosen], &f->stamps[i]) &&
		    stamp_parse(f->stamps[i].pattern, v->text, v->len, out) ==
			0)
			return &f->stamps[i];
	return NULL;
}

/* The switch writes seconds, and this record has none. */
static bool
lost_seconds(const struct layout_field *f, const struct layout_stamp *form)
{
	uint32_t i;

	for (i = 0; i < f->nstamps; i++)
		if (f->stamps[i].seconds)
			return !form->seconds;
	return false;
}

/* "0", "0000-00-00 00:00:00": what never happened. */
static bool
never(const struct layout_value *v)
{
	uint32_t i;

	for (i = 0; i < v->len; i++)
		if (v->text[i] >= '1' && v->text[i] <= '9')
			return false;
	return memchr(v->text, '0', v->len) != NULL || v->len == 0;
}

/* Wall clock as if UTC for a naive stamp, UTC for one that says. */
static void
set_moment(struct moment *m)
{
	const struct stamp *s = &m->stamp;
	int64_t second;

	m->kind = s->kind;
	if (s->kind == STAMP_UTC || s->kind == STAMP_OFFSET) {
		m->ms = s->utc_ms;
		return;
	}
	/* An abbreviation is that of the source's own zone ("CST" is three). */
	m->kind = m->zone != NULL ? STAMP_OFFSET : STAMP_LOCAL;
	(void)zone_to_utc(m->zone != NULL ? m->zone : zone_utc(), &s->civil,
	    &m->ms, &second);
}

/* What is written as usual; false for all else. */
static inline bool
read_usual(struct reading *r, enum layout_target t, struct moment *m)
{
	const struct decode_plan *p = r->d->plan;
	const struct csvfield *cell = decode_cell(r, t);

	m->known = m->stamp.no_year = false;
	if (cell == NULL)
		return p->cells[t].all && t != TARGET_START;
	if (p->stamps[t] == NULL ||
	    !stamp_reading(p->stamps[t], cell->text, cell->len, &r->d->day,
		&m->ms) ||
	    m->ms == 0)
		return false;
	m->known = true;
	m->kind = p->kinds[t];
	return true;
}

/* In any of the forms that the layout has. */
static int
read_any_moment(struct reading *r, enum layout_target t, struct moment *m)
{
	const struct layout_field *f = decode_field(r, t);
	const struct layout_stamp *form;
	struct layout_value v;

	*m = (struct moment){ .ms = 0 };
	if (f->nfrom == 0)
		return 0;
	v = layout_value(&r->rec, f);
	if (t != TARGET_START && never(&v))
		return 0;
	form = parse_stamp(r, t, &v, &m->stamp);
	if (form == NULL)
		return decode_refuse(r, &v, "not a time");
	r->no_seconds |= lost_seconds(f, form);
	m->known = true;
	m->zone = v.heading != NULL && v.heading->utc ? zone_utc()
						      : r->d->layout->zone;
	if (!m->stamp.no_year)
		set_moment(m);
	return 0;
}

static inline int
read_moment(struct reading *r, enum layout_target t, struct moment *m)
{
	return read_usual(r, t, m) ? 0 : read_any_moment(r, t, m);
}

/* All that a record says of when. */
struct times {
	struct moment start, answer, end;
	struct span talk, total, ring;
};

static int
refuse_field(struct reading *r, enum layout_target t, const char *what)
{
	const struct layout_value v = layout_value(&r->rec, decode_field(r, t));

	return decode_refuse(r, &v, what);
}

/* The year of a stamp without; that of the call, if `near` is NULL. */
static inline int
date(struct reading *r, enum layout_target t, struct moment *m,
    const struct moment *near)
{
	if (!m->known || !m->stamp.no_year)
		return 0;
	if ((near != NULL ? decode_year_near(&m->stamp, near->ms)
			  : decode_year(r, &m->stamp)) != 0)
		return refuse_field(r, t, "not a day of that year");
	set_moment(m);
	return 0;
}

/* A call may begin in one year and end in the next. */
static int
date_times(struct reading *r, struct times *t)
{
	const bool by_start = t->start.known;

	if (by_start ? date(r, TARGET_START, &t->start, NULL) != 0
		     : date(r, TARGET_END, &t->end, NULL) != 0)
		return -1;
	if (date(r, TARGET_END, &t->end, &t->start) != 0)
		return -1;
	return date(r, TARGET_ANSWER, &t->answer,
	    by_start ? &t->start : &t->end);
}

static int
read_times(struct reading *r, struct times *t)
{
	if (read_moment(r, TARGET_START, &t->start) != 0 ||
	    read_moment(r, TARGET_ANSWER, &t->answer) != 0 ||
	    read_moment(r, TARGET_END, &t->end) != 0 ||
	    read_span(r, TARGET_DURATION, &t->talk) != 0 ||
	    read_span(r, TARGET_TOTAL, &t->total) != 0 ||
	    read_span(r, TARGET_RING, &t->ring) != 0)
		return -1;
	return 0;
}

/* What lies between two stamps, if no span says; never below 0. */
static void
between(const struct moment *from, const struct moment *to, struct span *out)
{
	if (out->known || !from->known || !to->known ||
	    to->ms - from->ms > UINT32_MAX)
		return;
	out->known = true;
	out->ms = to->ms > from->ms ? (uint32_t)(to->ms - from->ms) : 0;
}

/*
 * A record that only tells the end began as much before it as it lasted.
 * Spans that are stated outrank stamps without their seconds, unless the talk
 * was rounded up to what is billed.
 */
static void
complete(struct times *t, bool no_seconds)
{
	const bool stated = no_seconds && t->talk.known && t->total.known &&
			    t->total.ms >= t->talk.ms;

	between(&t->answer, &t->end, &t->talk);
	between(&t->start, &t->end, &t->total);
	if (!stated)
		between(&t->start, &t->answer, &t->ring);
	if (t->start.known || !t->end.known)
		return;
	t->start = t->end;
	t->start.ms -= t->total.known
			   ? (int64_t)t->total.ms
			   : (int64_t)t->talk.ms + (int64_t)t->ring.ms;
}

/* A clock that is farther ahead is wrong; what is nearer will have come. */
#define SOON_MS (INT64_C(31) * 24 * 3600 * 1000)

static int
refuse_start(struct reading *r, const char *what)
{
	return refuse_field(r,
	    decode_field(r, TARGET_START)->nfrom > 0 ? TARGET_START
						     : TARGET_END,
	    what);
}

static int
set_start(struct reading *r, const struct moment *start)
{
	if (!start->known)
		return refuse_start(r, "not a time");
	if (start->ms < DECODE_EARLIEST)
		return refuse_start(r, "before the year 2000");
	if (start->ms > r->d->latest) {
		r->d->too_late = true;
		r->d->to_come |= start->ms - r->d->latest < SOON_MS;
		return refuse_start(r, "in the future");
	}
	r->c->start = start->ms;
	r->o->zone_kind = (unsigned)start->kind & 3;
	return 0;
}

/*
 * Talk, ringing and status must agree whatever the switch says of them: an
 * answered call has talk, perhaps 0; any other has none, and all its time is
 * ringing.
 */
static void
settle(const struct layout *l, bool answered, const struct times *t,
    struct call *c)
{
	if (answered) {
		c->status = STATUS_ANSWERED;
		c->duration = t->talk.ms;
		c->ring =
		    t->total.ms > t->talk.ms ? t->total.ms - t->talk.ms : 0;
	} else {
		if (c->status == STATUS_ANSWERED ||
		    (c->status == STATUS_MISSING && l->has_answered))
			c->status = STATUS_NO_ANSWER;
		c->ring = t->total.ms;
	}
	if (t->ring.known && (answered || !t->total.known))
		c->ring = t->ring.ms;
}

int
decode_times(struct reading *r)
{
	const struct layout *l = r->d->layout;
	struct times t;
	bool answered;

	if (read_times(r, &t) != 0 || date_times(r, &t) != 0 ||
	    decode_status(r, &answered) != 0)
		return -1;
	complete(&t, r->no_seconds);
	if (!l->has_answered)
		answered = r->c->status == STATUS_ANSWERED;
	else if (!answered)
		answered = layout_tests(&l->answered, &r->rec);
	settle(l, answered, &t, r->c);
	return set_start(r, &t.start);
}
