/*
 * What must not alarm: each of these has looked like fraud to somebody, and is
 * the life of a telephone system.
 */
#include <string.h>

#include "base/xalloc.h"
#include "bench/gentraffic.h"

struct scene {
	struct world *w;
	struct chance c;
	const struct account *a;
	int day; /* of what happens on one day */
};

/* A call with everything but the talk settled. */
static void
place_call(struct scene *s, const char *dst, int64_t at, unsigned talk)
{
	struct call call = call_new(s->w, s->a, OUT, at, dst);

	call.user = s->a->first_ext + chance_below(&s->c, s->a->exts);
	(void)snprintf(call.src, sizeof(call.src), "%u", call.user);
	call.ring = chance_between(&s->c, 3, 15);
	call.talk = talk;
	call.status = talk > 0 ? ANSWERED : NO_ANSWER;
	call.cost = (int64_t)talk * rate_of(dst);
	calls_add(&s->w->planned, &call);
}

/* `n` calls of `permille` answered to contacts from number `first` on. */
static void
round_of_calls(struct scene *s, int64_t from, unsigned span, unsigned n,
    unsigned first, double talk, double sigma, unsigned permille)
{
	char dst[24];
	unsigned i;

	for (i = 0; i < n; i++) {
		number_contact(dst, s->w, s->a, first + i);
		place_call(s, dst, from + chance_below(&s->c, span),
		    chance_permille(&s->c, permille)
			? talk_like(&s->c, talk, sigma)
			: 0);
	}
}

static bool
working(const struct scene *s, int day)
{
	int64_t d = s->w->first + day;

	return weekday_of(d) < 5 && !holiday(d);
}

static int64_t
at_hour(const struct scene *s, int day, unsigned hour)
{
	return utc_of(s->w->first + day, hour * HOUR);
}

static void
campaign(struct scene *s)
{
	int day, left = 3;

	for (day = s->day; day < s->w->days && left > 0; day++)
		if (working(s, day)) {
			round_of_calls(s, at_hour(s, day, 9), 9 * HOUR,
			    chance_between(&s->c, 250, 700),
			    1000 + (unsigned)day * 1000, 70, 1, 330);
			left--;
		}
}

static void
school(struct scene *s)
{
	unsigned i, n = chance_between(&s->c, 350, 900);
	int64_t at = at_hour(s, s->day, 6) + chance_below(&s->c, 10 * HOUR);
	unsigned message = chance_between(&s->c, 25, 45);
	char dst[24];

	for (i = 0; i < n; i++) {
		number_contact(dst, s->w, s->a, 1000 + i);
		place_call(s, dst, at + chance_below(&s->c, 30 * MINUTE),
		    chance_permille(&s->c, 820)
			? message + chance_below(&s->c, 3)
			: 0);
	}
}

static void
long_conference(struct scene *s)
{
	unsigned i, n = chance_between(&s->c, 18, 40);
	int64_t at = at_hour(s, s->day, chance_between(&s->c, 9, 19));
	char src[24];

	for (i = 0; i < n; i++) {
		unsigned late = chance_below(&s->c, 600);
		struct call call;

		number_contact(src, s->w, s->a, 300 + i);
		call = call_new(s->w, s->a, IN, at + late, src);
		call.ring = 1;
		call.talk = 7200 - late + chance_below(&s->c, 300);
		call.feature = "ConfBridge";
		calls_add(&s->w->planned, &call);
	}
}

static void
every_night(struct scene *s)
{
	unsigned n = chance_between(&s->c, 30, 140);
	unsigned hour = chance_between(&s->c, 0, 4);
	bool fax = s->a->persona == FAX;
	int day;

	for (day = -s->w->history; day < s->w->days; day++)
		if (fax)
			round_of_calls(s, at_hour(s, day, hour), 2 * HOUR,
			    n - chance_below(&s->c, n / 8), 1000, 50, 0.4, 900);
		else
			round_of_calls(s, at_hour(s, day, hour), 2 * HOUR,
			    n / 2 - chance_below(&s->c, 6), 1000, 12, 0.1, 990);
}

/* At night they also speak with colleagues on another continent. */
static void
late_shift(struct scene *s)
{
	struct chance same = chance_of(s->w->seed, 4, s->a->index);
	char dst[24];
	int day;

	number_place(dst, &same, place_pick(&same, PLACE_PARTNER));
	for (day = -s->w->history; day < s->w->days; day++) {
		unsigned i, n = chance_below(&s->c, 4);

		for (i = 0; i < n && working(s, day); i++)
			place_call(s, dst,
			    at_hour(s, day, 20) + chance_below(&s->c, 4 * HOUR),
			    talk_like(&s->c, 400, 0.8));
	}
}

static void
weekly_partner(struct scene *s)
{
	unsigned weekday = chance_below(&s->c, 5);
	unsigned hour = chance_between(&s->c, 8, 17), i, n;
	char dst[24];
	int day;

	number_place(dst, &s->c, place_pick(&s->c, PLACE_PARTNER));
	for (day = -s->w->history; day < s->w->days; day++) {
		if (weekday_of(s->w->first + day) != weekday)
			continue;
		n = chance_between(&s->c, 1, 4);
		for (i = 0; i < n; i++)
			place_call(s, dst,
			    at_hour(s, day, hour) + i * 12 * MINUTE,
			    talk_like(&s->c, i + 1 == n ? 3000 : 200, 0.4));
	}
}

static void
new_employee(struct scene *s)
{
	struct account *a = &s->w->accounts[s->a->index];
	char dst[24];
	int day;

	a->first_day = s->day;
	for (day = s->day; day < s->w->days && day < s->day + 5; day++) {
		if (!working(s, day))
			continue;
		round_of_calls(s, at_hour(s, day, 9), 8 * HOUR,
		    chance_between(&s->c, 8, 25), 1000, 150, 1, 750);
		if (chance_permille(&s->c, 400)) {
			number_place(dst, &s->c,
			    place_pick(&s->c, PLACE_PARTNER));
			place_call(s, dst, at_hour(s, day, 11),
			    talk_like(&s->c, 400, 0.5));
		}
	}
}

/* The hour that clocks show twice, or leave out. */
static void
clock_change(struct scene *s)
{
	int64_t from;

	s->day = 0;
	while (s->day < s->w->days && !clocks_change(s->w->first + s->day))
		s->day++;
	if (s->day == s->w->days)
		return;
	from = at_hour(s, s->day, 1);
	round_of_calls(s, from, 2 * HOUR, chance_between(&s->c, 6, 14), 1000,
	    90, 0.8, 800);
}

static void
on_holiday(struct scene *s)
{
	char dst[24];
	unsigned i, n = chance_between(&s->c, 1, 2);

	s->day = 0;
	while (s->day < s->w->days && !holiday(s->w->first + s->day))
		s->day++;
	if (s->day == s->w->days)
		return;
	round_of_calls(s, at_hour(s, s->day, 9), 8 * HOUR,
	    chance_between(&s->c, 5, 15), 100, 150, 1, 800);
	number_place(dst, &s->c, place_pick(&s->c, PLACE_PARTNER));
	for (i = 0; i < n; i++)
		place_call(s, dst, at_hour(s, s->day, 9 + 4 * i),
		    talk_like(&s->c, 300, 0.5));
}

static void
several_legs(struct scene *s)
{
	struct account *a = &s->w->accounts[s->a->index];
	int day;

	a->legs = true;
	for (day = s->day; day < s->w->days; day++) {
		unsigned i, n = chance_between(&s->c, 15, 35);

		for (i = 0; i < n && working(s, day); i++) {
			unsigned k, join = ++s->w->next_join;
			int64_t at =
			    at_hour(s, day, 8) + chance_below(&s->c, 10 * HOUR);
			char src[24];

			number_contact(src, s->w, a, chance_below(&s->c, 40));
			for (k = 0; k < 5; k++) {
				struct call call =
				    call_new(s->w, a, IN, at, src);

				call.join = join;
				call.user = a->first_ext + k % a->exts;
				(void)snprintf(call.dst, sizeof(call.dst), "%u",
				    call.user);
				call.status = k == 0 ? ANSWERED : NO_ANSWER;
				call.talk =
				    k == 0 ? talk_like(&s->c, 120, 0.9) : 0;
				calls_add(&s->w->planned, &call);
			}
		}
	}
}

static void
support_caller(struct scene *s)
{
	int64_t at = at_hour(s, s->day, chance_between(&s->c, 9, 16));
	unsigned i, n = chance_between(&s->c, 10, 13);
	char src[24];

	number_domestic(src, &s->c);
	for (i = 0; i < n; i++) {
		struct call call = call_new(s->w, s->a, IN, at, src);

		call.ring = 3;
		call.talk = talk_like(&s->c, i + 1 == n ? 1200 : 45, 0.9);
		if (s->a->toll_free != 0)
			(void)snprintf(call.dst, sizeof(call.dst),
			    "+1800555%04u", s->a->toll_free);
		at += call.talk % 200 + chance_between(&s->c, 20, 120);
		calls_add(&s->w->planned, &call);
	}
}

static void
month_end(struct scene *s)
{
	int year, month, date, other;

	for (s->day = 0; s->day < s->w->days; s->day++) {
		int64_t d = s->w->first + s->day;

		date_of_day(d, &year, &month, &date);
		other = month;
		date_of_day(d + (weekday_of(d) == 4 ? 3 : 1), &year, &month,
		    &date);
		if (weekday_of(d) < 5 && month != other)
			break;
	}
	if (s->day < s->w->days)
		round_of_calls(s, at_hour(s, s->day, 8), 10 * HOUR,
		    chance_between(&s->c, 30, 60), 100, 170, 1, 700);
}

/* Calls from the old line to the new one, then all its traffic at once. */
static void
porting(struct scene *s)
{
	unsigned i, n = chance_between(&s->c, 5, 10);
	int64_t at = at_hour(s, s->day, 10);
	char own[24];

	s->w->accounts[s->a->index].first_day = s->day;
	(void)snprintf(own, sizeof(own), "1312555%04u", s->a->did);
	for (i = 0; i < n; i++) {
		at += chance_between(&s->c, 60, 400);
		place_call(s, own, at,
		    chance_permille(&s->c, 600) ? chance_between(&s->c, 3, 20)
						: 0);
	}
}

static const struct {
	const char *name;
	enum persona_id persona;
	void (*plan)(struct scene *s);
	bool always; /* from the first day to the last */
} negatives[] = {
	{ "call-centre-campaign", CALL_CENTRE, campaign, false },
	{ "school-alert", OFFICE, school, false },
	{ "conference-two-hours", CONFERENCE, long_conference, false },
	{ "fax-broadcast", FAX, every_night, true },
	{ "alarm-dialler", ALARM, every_night, true },
	{ "late-shift", LATE_SHIFT, late_shift, true },
	{ "weekly-partner", OFFICE, weekly_partner, true },
	{ "new-employee", OFFICE, new_employee, false },
	{ "clock-change", LATE_SHIFT, clock_change, false },
	{ "public-holiday", OFFICE, on_holiday, false },
	{ "several-legs", RECEPTION, several_legs, true },
	{ "support-caller", CALL_CENTRE, support_caller, false },
	{ "month-end", SALES, month_end, false },
	{ "number-porting", OFFICE, porting, false },
};

static void
plan_one(struct world *w, unsigned i, unsigned round)
{
	struct scene s = { .w = w };
	struct story *story;

	s.c = chance_of(w->seed, 5 + 100 * round, i);
	s.a = world_take(w, &s.c, negatives[i].persona);
	if (s.a == NULL)
		return;
	do
		s.day = negatives[i].always ? 0
					    : (int)chance_below(&s.c,
						  (unsigned)(w->days + 2) / 3);
	while (!negatives[i].always && !working(&s, s.day));
	negatives[i].plan(&s);
	if (s.day >= w->days)
		return; /* no such day among these */
	w->stories =
	    xrealloc(w->stories, (size_t)w->n_stories + 1, sizeof(*w->stories));
	story = &w->stories[w->n_stories++];
	*story = (struct story){ .row = negatives[i].name };
	(void)strcpy(story->entity, s.a->code);
	story->begin = at_hour(&s, s.day, 0);
	story->end =
	    negatives[i].always
		? at_hour(&s, w->days, 0)
		: at_hour(&s, s.day + 7 < w->days ? s.day + 7 : w->days, 0);
}

/* Twice each, where there are accounts enough. */
void
negative_plan(struct world *w)
{
	unsigned i, round;

	for (round = 0; round < (w->n < 1000 ? 1 : 2); round++)
		for (i = 0; i < sizeof(negatives) / sizeof(negatives[0]); i++)
			plan_one(w, i, round);
}
