#include <stdlib.h>

#include "cdr/decode_impl.h"

enum {
	HALF_YEAR = 6,    /* months */
	LOOK_BACK = 8 + 1 /* years; leap years can be eight apart */
};

/* As if it were UTC. */
static int64_t
instant(const struct stamp *s)
{
	int64_t first, second;

	(void)zone_to_utc(zone_utc(), &s->civil, &first, &second);
	return first;
}

static int
stated_year(const struct decode_years *y, int month)
{
	if (y->month == 0)
		return y->stated;
	if (y->month - month > HALF_YEAR)
		return y->year + 1;
	if (y->month == 1 && month == 12)
		return y->year - 1;
	return y->year;
}

/* The latest in which it is not after `latest`. */
static int
assume_year(struct stamp *s, int64_t latest)
{
	struct stamp undated = *s;
	struct civil now;
	int i;

	zone_to_local(zone_utc(), latest, &now);
	for (i = 0; i < LOOK_BACK; i++) {
		*s = undated;
		if (stamp_set_year(s, now.year - i) == 0 &&
		    instant(s) <= latest)
			return 0;
	}
	*s = undated;
	return -1;
}

int
decode_year(struct reading *r, struct stamp *s)
{
	const struct decode_years *y = &r->d->years;
	int rc = y->stated != 0
		     ? stamp_set_year(s, stated_year(y, s->civil.month))
		     : assume_year(s, r->d->latest);

	r->year = s->civil.year;
	r->month = s->civil.month;
	return rc;
}

int
decode_year_near(struct stamp *s, int64_t ms)
{
	struct stamp undated = *s, best;
	struct civil other;
	bool found = false;
	int i;

	zone_to_local(zone_utc(), ms, &other);
	for (i = -1; i <= 1; i++) {
		*s = undated;
		if (stamp_set_year(s, other.year + i) != 0 ||
		    (found &&
			llabs(instant(s) - ms) >= llabs(instant(&best) - ms)))
			continue;
		best = *s;
		found = true;
	}
	*s = found ? best : undated;
	return found ? 0 : -1;
}

void
decode_year_taken(const struct reading *r)
{
	struct decode_years *y = &r->d->years;

	y->year = r->year;
	y->month = r->month;
	if (y->stated != 0)
		return;
	if (y->first == 0 || r->year < y->first)
		y->first = r->year;
	if (r->year > y->last)
		y->last = r->year;
}
