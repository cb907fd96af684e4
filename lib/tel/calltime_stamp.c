#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/xalloc.h"
#include "tel/calltime.h"
#include "tel/calltime_impl.h"

/* Stamp patterns: compiled to steps, and made a stamp from what they took. */

static const char *const slot_names[SLOTS] = { "", "year", "month", "day",
	"hour", "minute", "second", "fraction", "half of the day",
	"day of the week", "zone", "time" };

static bool
blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Compiling --------------------------------------------------------------- */

struct compiler {
	struct stamp_pattern *p;
	const struct conversion *by_slot[SLOTS]; /* what was given */
};

static int
add_step(struct compiler *c, const struct conversion *how, char literal,
    struct errmsg *err)
{
	struct stamp_pattern *p = c->p;

	if (p->n == BOUNDS_STAMP)
		return errmsg_set(err, "time pattern is too long");
	p->steps[p->n++] = (struct step){ how, literal };
	return 0;
}

static int
add_conversion(struct compiler *c, char letter, struct errmsg *err)
{
	const struct conversion *how = stamp_conversion(letter);
	size_t i;

	if (letter == '%')
		return add_step(c, &stamp_literal, '%', err);
	if (letter == '\0')
		return errmsg_set(err, "time pattern ends in '%%'");
	if (how == NULL)
		return errmsg_set(err, "no such part of a time: '%%%c'",
		    letter);
	if (c->by_slot[how->slot] != NULL)
		return errmsg_set(err, "'%%%c' gives the %s twice", letter,
		    slot_names[how->slot]);
	c->by_slot[how->slot] = how;
	for (i = 0; i < SLOTS && c->by_slot[SLOT_EPOCH] != NULL; i++)
		if (i != SLOT_EPOCH && c->by_slot[i] != NULL)
			return errmsg_set(err,
			    "'%%%c' stands alone in a time pattern",
			    c->by_slot[SLOT_EPOCH]->letter);
	return add_step(c, how, '\0', err);
}

static int
add_steps(struct compiler *c, const char *text, size_t *offset,
    struct errmsg *err)
{
	const struct stamp_pattern *p = c->p;
	const char *s;
	int rc = 0;

	for (s = text; rc == 0 && *s != '\0'; s++) {
		*offset = (size_t)(s - text);
		if (*s == '%')
			rc = add_conversion(c, *++s, err);
		else if (!blank(*s))
			rc = add_step(c, &stamp_literal, *s, err);
		else if (p->n > 0 && p->steps[p->n - 1].how != &stamp_blanks)
			rc = add_step(c, &stamp_blanks, ' ', err);
	}
	return rc;
}

/* Whether the parts given make a stamp, and of which kind. */
static int
settle(struct compiler *c, struct errmsg *err)
{
	const struct conversion *const *got = c->by_slot;
	struct stamp_pattern *p = c->p;
	bool twelve = got[SLOT_HOUR] != NULL && got[SLOT_HOUR]->letter == 'I';
	enum slot s;

	if (p->n > 0 && p->steps[p->n - 1].how == &stamp_blanks)
		p->n--;
	p->no_year = got[SLOT_YEAR] == NULL;
	if (got[SLOT_EPOCH] != NULL) {
		p->kind = STAMP_UTC;
		p->no_year = false;
		return 0;
	}
	for (s = SLOT_MONTH; s <= SLOT_DAY; s++)
		if (got[s] == NULL)
			return errmsg_set(err, "time pattern without a %s",
			    slot_names[s]);
	if (twelve && got[SLOT_HALF] == NULL)
		return errmsg_set(err, "'%%I' needs '%%p'");
	if (!twelve && got[SLOT_HALF] != NULL)
		return errmsg_set(err, "'%%p' needs '%%I'");
	if (got[SLOT_ZONE] != NULL)
		p->kind =
		    got[SLOT_ZONE]->letter == 'z' ? STAMP_OFFSET : STAMP_ABBREV;
	if (p->kind == STAMP_OFFSET && p->no_year)
		return errmsg_set(err, "'%%z' needs a year");
	return 0;
}

int
stamp_compile(struct stamp_pattern **pp, const char *text, size_t *offset,
    struct errmsg *err)
{
	struct compiler c = { .p = xcalloc(1, sizeof(*c.p)) };
	int rc = add_steps(&c, text, offset, err);

	if (rc == 0) {
		*offset = strlen(text);
		rc = settle(&c, err);
		stamp_usual_compile(c.p);
	}
	if (rc != 0)
		stamp_free(&c.p);
	*pp = c.p;
	return rc;
}

void
stamp_free(struct stamp_pattern **pp)
{
	free(*pp);
	*pp = NULL;
}

/* Parsing ----------------------------------------------------------------- */

static int
fill_civil(const struct scan *s, struct civil *c)
{
	/* %p is there if and only if %I is, which says 12 for 0. */
	bool twelve = s->slot[SLOT_HALF] >= 0;

	c->year = s->slot[SLOT_YEAR];
	c->month = (int8_t)s->slot[SLOT_MONTH];
	c->day = (int8_t)s->slot[SLOT_DAY];
	c->hour = (int8_t)(twelve ? s->slot[SLOT_HOUR] % 12 + s->slot[SLOT_HALF]
				  : s->slot[SLOT_HOUR]);
	c->minute = (int8_t)s->slot[SLOT_MINUTE];
	c->second = (int8_t)s->slot[SLOT_SECOND];
	c->ms = (int16_t)s->slot[SLOT_MS];
	/* Without a year it is 0, a leap year: February 29 is possible. */
	if (!zone_valid(c))
		return -1;
	if (c->second == 60)
		c->second = 59;
	return 0;
}

static bool
means_utc(const char *abbrev)
{
	static const char *const names[] = { "UTC", "GMT", "UT", "Z" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], abbrev) == 0)
			return true;
	return false;
}

static void
fill_abbrev(const struct scan *s, struct stamp *out)
{
	size_t i;

	for (i = 0; i < s->abbrev_len; i++)
		out->abbrev[i] = s->abbrev[i] >= 'a'
				     ? (char)(s->abbrev[i] - 'a' + 'A')
				     : s->abbrev[i];
	if (out->no_year || !means_utc(out->abbrev))
		return;
	out->kind = STAMP_UTC;
	out->abbrev[0] = '\0';
}

/* The instant of a reading that is so far ahead of UTC. */
static int64_t
instant(const struct civil *c, int ahead)
{
	int64_t seconds = zone_days(c->year, c->month, c->day) * 86400 +
			  c->hour * 3600 + c->minute * 60 + c->second - ahead;

	return seconds * 1000 + c->ms;
}

static int
fill(const struct stamp_pattern *p, const struct scan *s, struct stamp *out)
{
	*out = (struct stamp){ .kind = p->kind, .no_year = p->no_year };
	if (p->kind == STAMP_UTC) {
		out->utc_ms = s->epoch_ms;
		zone_to_local(zone_utc(), s->epoch_ms, &out->civil);
		return 0;
	}
	if (fill_civil(s, &out->civil) != 0)
		return -1;
	if (p->kind == STAMP_ABBREV)
		fill_abbrev(s, out);
	if (out->kind != STAMP_UTC && out->kind != STAMP_OFFSET)
		return 0;
	out->utc_ms = instant(&out->civil, s->slot[SLOT_ZONE]);
	return 0;
}

int
stamp_parse(const struct stamp_pattern *p, const char *s, size_t len,
    struct stamp *out)
{
	struct scan scan = { .p = s, .end = s + len };
	const struct step *step, *stop = p->steps + p->n;

	if (p->usual && stamp_usual_parse(p, s, len, out))
		return 0;
	scan.slot[SLOT_HALF] = -1;
	while (scan.p < scan.end && blank(*scan.p))
		scan.p++;
	while (scan.p < scan.end && blank(scan.end[-1]))
		scan.end--;
	for (step = p->steps; step < stop; step++)
		if (step->how->take(step->how, step->literal, &scan) != 0)
			return -1;
	return scan.p == scan.end ? fill(p, &scan, out) : -1;
}

int
stamp_set_year(struct stamp *s, int year)
{
	struct civil c = s->civil;

	c.year = year;
	if (!zone_valid(&c))
		return -1;
	s->civil = c;
	s->no_year = false;
	if (s->kind == STAMP_ABBREV && means_utc(s->abbrev)) {
		s->kind = STAMP_UTC;
		s->abbrev[0] = '\0';
		s->utc_ms = instant(&c, 0);
	}
	return 0;
}
