#include <stdlib.h>

#include "base/xalloc.h"
#include "cdr/ingest_impl.h"

#define HOUR_MS INT64_C(3600000)

static int
compare_hours(const void *va, const void *vb)
{
	const struct season_hour *a = va, *b = vb;

	return (a->hour > b->hour) - (a->hour < b->hour);
}

void
ingest_seasons_add(struct seasons *s, int64_t utc, bool high)
{
	int64_t hour = utc / HOUR_MS;

	if (s->n == 0 || s->hours[s->n - 1].hour != hour) {
		s->hours =
		    xgrow(s->hours, &s->cap, s->n + 1, sizeof(*s->hours));
		s->hours[s->n++] = (struct season_hour){ .hour = hour };
	}
	s->hours[s->n - 1].lead += high ? 1 : -1;
}

void
ingest_seasons_close(struct seasons *s)
{
	size_t i, n = 0;

	if (s->n > 0)
		qsort(s->hours, s->n, sizeof(*s->hours), compare_hours);
	for (i = 0; i < s->n; i++) {
		if (n > 0 && s->hours[n - 1].hour == s->hours[i].hour)
			s->hours[n - 1].lead += s->hours[i].lead;
		else
			s->hours[n++] = s->hours[i];
	}
	s->n = n;
}

void
ingest_seasons_fini(struct seasons *s)
{
	free(s->hours);
	*s = (struct seasons){ .hours = NULL };
}

/* The index of the hour nearest to one, the earlier of two; there is one. */
static size_t
nearest(const struct seasons *s, int64_t hour)
{
	size_t low = 0, high = s->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (s->hours[mid].hour < hour)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == s->n || (low > 0 && hour - s->hours[low - 1].hour <=
					   s->hours[low].hour - hour))
		low--;
	return low;
}

static int
side(const struct seasons *s, size_t i)
{
	return (s->hours[i].lead > 0) - (s->hours[i].lead < 0);
}

bool
ingest_seasons_high(const struct seasons *s, int64_t utc)
{
	size_t i = nearest(s, utc / HOUR_MS);
	int sum = side(s, i);

	if (i > 0)
		sum += side(s, i - 1);
	if (i + 1 < s->n)
		sum += side(s, i + 1);
	return sum != 0 ? sum > 0 : side(s, i) > 0;
}
