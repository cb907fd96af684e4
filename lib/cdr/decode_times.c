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

/* Digits of a number, and its fraction in millionths. */
struct amount {
	uint64_t whole, millionths;
};

/* Move over a number: false if there is none. */
static bool
read_amount(const char **at, const char *end, struct amount *a)
{
	uint64_t place = 100000;
	const char *p = *at;

	*a = (struct amount){ 0, 0 };
	while (p < end && *p >= '0' && *p <= '9' && p - *at < 16)
		a->whole = a->whole * 10 + (uint64_t)(*p++ - '0');
	if (p == *at)
		return false;
	if (p < end && *p == '.') {
		for (p++; p < end && *p >= '0' && *p <= '9'; p++) {
			a->millionths += place * (uint64_t)(*p - '0');
			place /= 10;
		}
	}
	*at = p;
	return true;
}

/*
 * So many units of ms / parts to nanoseconds; UINT64_MAX for what no span can
 * be.
 */
static uint64_t
to_ns(const struct amount *a, uint64_t ms, uint64_t parts)
{
	const uint64_t unit = ms * 1000000 / parts;

	if (a->whole > UINT64_MAX / 4 / unit)
		return UINT64_MAX;
	return a->whole * unit + a->millionths * unit / 1000000;
}

/* Nanoseconds of the unit that begins at `*at`: "s", "ms", "min"; 0: none. */
static uint32_t
read_unit(const char **at, const char *end, uint32_t *parts)
{
	static const struct {
		const char *name;
		uint32_t ms, parts;
	} units[] = {
		{ "ms", 1, 1 },
		{ "min", 60000, 1 },
		{ "sec", 1000, 1 },
		{ "us", 1, 1000 },
		{ "\xc2\xb5s", 1, 1000 },
		{ "ns", 1, 1000000 },
		{ "s", 1000, 1 },
		{ "m", 60000, 1 },
		{ "h", 3600000, 1 },
	};
	size_t i, len;

	while (*at < end && **at == ' ')
		(*at)++;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		len = strlen(units[i].name);
		if ((size_t)(end - *at) < len ||
		    memcmp(*at, units[i].name, len) != 0)
			continue;
		*at += len;
		*parts = units[i].parts;
		return units[i].ms;
	}
	return 0;
}

/* "1h2m3.5s" */
static bool
read_units(const char *at, const char *end, uint64_t *ns)
{
	struct amount a;
	uint32_t ms, parts = 1;
	uint64_t part;

	for (*ns = 0; at < end; *ns += part) {
		if (!read_amount(&at, end, &a) ||
		    (ms = read_unit(&at, end, &parts)) == 0)
			return false;
		part = to_ns(&a, ms, parts);
		if (part > UINT64_MAX / 4 || *ns > UINT64_MAX / 4)
			return false;
		while (at < end && *at == ' ')
			at++;
	}
	return true;
}

/* "h:mm:ss", "m:ss", "hh:mm'ss", "m'ss"; a fraction only of the seconds. */
static bool
read_clock(const char *at, const char *end, uint64_t *ns)
{
	uint64_t seconds = 0;
	struct amount a;
	int n = 0;

	for (;;) {
		if (!read_amount(&at, end, &a) || a.whole > 99999 ||
		    (n > 0 && a.whole > 59))
			return false;
		seconds = seconds * 60 + a.whole;
		if (at == end || ++n == 3)
			break;
		if ((*at != ':' && *at != '\'') || a.millionths > 0)
			return false;
		at++;
	}
	*ns = seconds * 1000000000 + a.millionths * 1000;
	return n > 0 && (at == end || (*at == '"' && at + 1 == end));
}

/* The digits of a number are hours, minutes and what is below. */
static uint64_t
digits_ns(const struct amount *a, enum layout_digits digits)
{
	const uint64_t last = digits == DIGITS_HMMT ? 10 : 100;
	const uint64_t ns = UINT64_C(60000000000) / (last == 10 ? 10 : 60);
	const uint64_t minutes = a->whole / last % 100;

	if (a->millionths > 0 || minutes > 59 ||
	    (last == 100 && a->whole % 100 > 59) || a->whole > 99999999)
		return UINT64_MAX;
	return a->whole % last * ns +
	       (a->whole / last / 100 * 60 + minutes) * 60000000000;
}

int
decode_span(const struct layout_field *f, const struct layout_value *v,
    uint32_t *ms)
{
	const struct layout_unit *unit = &f->unit;
	const char *at = v->text, *end = v->text + v->len;
	struct amount a;
	uint64_t ns;

	if (!read_amount(&at, end, &a))
		return -1;
	if (v->unit != NULL)
		unit = v->unit;
	else if (v->heading != NULL && v->heading->unit.ms != 0)
		unit = &v->heading->unit;
	if (at == end && unit->digits != DIGITS_COUNT)
		ns = digits_ns(&a, unit->digits);
	else if (at == end)
		ns = to_ns(&a, unit->ms, unit->parts);
	else if (!read_clock(v->text, end, &ns) &&
		 !read_units(v->text, end, &ns))
		return -1;
	if (ns / 1000000 > UINT32_MAX - 1)
		return -1;
	*ms = (uint32_t)((ns + 500000) / 1000000);
	return 0;
}

/* A span that is not there is 0. */
static int
read_span(struct reading *r, enum layout_target t, struct span *out)
{
	const struct layout_field *f = decode_field(r, t);
	struct layout_value v;

	*out = (struct span){ .ms = 0 };
	if (f->nfrom == 0)
		return 0;
	v = layout_value(&r->rec, f);
	if (v.len == 0 && !f->required)
		return 0;
	if (decode_span(f, &v, &out->ms) != 0)
		return decode_refuse(r, &v, "not a duration");
	out->known = true;
	return 0;
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

static int
read_moment(struct reading *r, enum layout_target t, struct moment *m)
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

/* All that a record says of when. */
struct times {
	struct moment start, answer, end;
	struct span talk, total, ring;
};

/* The year of a stamp without; that of the call, if `near` is NULL. */
static int
date(struct reading *r, enum layout_target t, struct moment *m,
    const struct moment *near)
{
	const struct layout_value v = layout_value(&r->rec, decode_field(r, t));

	if (!m->known || !m->stamp.no_year)
		return 0;
	if ((near != NULL ? decode_year_near(&m->stamp, near->ms)
			  : decode_year(r, &m->stamp)) != 0)
		return decode_refuse(r, &v, "not a day of that year");
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

static int
set_start(struct reading *r, const struct moment *start)
{
	const enum layout_target t = decode_field(r, TARGET_START)->nfrom > 0
					 ? TARGET_START
					 : TARGET_END;
	const struct layout_value v = layout_value(&r->rec, decode_field(r, t));

	if (!start->known)
		return decode_refuse(r, &v, "not a time");
	if (start->ms < DECODE_EARLIEST)
		return decode_refuse(r, &v, "before the year 2000");
	if (start->ms > r->d->latest)
		return decode_refuse(r, &v, "in the future");
	r->c->start = start->ms;
	r->o->zone_kind = (uint8_t)start->kind;
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
	    decode_word(r, TARGET_STATUS, &r->c->status) != 0)
		return -1;
	complete(&t, r->no_seconds);
	answered = l->has_answered ? layout_tests(&l->answered, &r->rec)
				   : r->c->status == STATUS_ANSWERED;
	settle(l, answered, &t, r->c);
	return set_start(r, &t.start);
}
