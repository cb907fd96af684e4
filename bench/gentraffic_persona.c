/*
 * What the lines of a provider do on an ordinary day.  Means and hours are
 * those of office telephony as everybody knows it; single accounts differ from
 * their persona by their activity, log-normal.
 */
#include <math.h>
#include <string.h>

#include "bench/gentraffic.h"

struct persona {
	const char *name, *class;
	unsigned share;       /* of 1000 accounts */
	double out, in;       /* external calls on a working day */
	double median, sigma; /* talk, seconds */
	unsigned answered;    /* per mille */
	unsigned weekend;     /* per mille of a working day */
	unsigned least, most; /* extensions */
	const char hours[25]; /* weight of each hour, 0 to 9 */
};

static const struct persona personas[PERSONAS] = {
	[OFFICE] = { "office", "user", 650, 2.2, 1.5, 110, 1.1, 780, 20, 1, 3,
	    "000000014898579887410000" },
	[SALES] = { "sales", "user", 110, 8, 3, 150, 1.2, 620, 30, 1, 4,
	    "000000004999679998521000" },
	[CALL_CENTRE] = { "call-centre", "agents", 12, 45, 25, 190, 0.9, 700,
	    350, 8, 20, "000000027999889998752100" },
	[RECEPTION] = { "reception", "reception", 40, 4, 12, 60, 0.9, 900, 40,
	    1, 2, "000000027998779985200000" },
	[FAX] = { "fax", "fax", 40, 4, 4, 55, 0.6, 860, 50, 1, 1,
	    "000000013887568875211000" },
	[ALARM] = { "alarm", "alarm", 40, 1, 0.1, 14, 0.3, 970, 1000, 1, 1,
	    "111111111111111111111111" },
	[CONFERENCE] = { "conference", "conference", 20, 0, 0.3, 300, 1, 900, 0,
	    1, 1, "000000003999589986200000" },
	[LOBBY] = { "lobby", "lobby", 25, 0.4, 0.4, 40, 0.8, 850, 200, 1, 1,
	    "000000124666655544322100" },
	[LATE_SHIFT] = { "late-shift", "user", 55, 4, 3, 140, 1.1, 760, 500, 1,
	    3, "631000000000023456799998" },
};

const char *
persona_name(enum persona_id p)
{
	return personas[p].name;
}

const char *
persona_class(enum persona_id p)
{
	return personas[p].class;
}

unsigned
persona_share(enum persona_id p)
{
	return personas[p].share;
}

unsigned
persona_extensions(enum persona_id p, struct chance *c)
{
	return chance_between(c, personas[p].least, personas[p].most);
}

unsigned
talk_like(struct chance *c, double median, double sigma)
{
	double talk = chance_lognormal(c, median, sigma);

	return talk < 1 ? 1 : talk > 3 * HOUR ? 3 * HOUR : (unsigned)talk;
}

static int64_t
moment(const struct persona *p, struct chance *c, int64_t day)
{
	unsigned total = 0, hour, pick;

	for (hour = 0; hour < 24; hour++)
		total += (unsigned)(p->hours[hour] - '0');
	pick = chance_below(c, total);
	for (hour = 0; pick >= (unsigned)(p->hours[hour] - '0'); hour++)
		pick -= (unsigned)(p->hours[hour] - '0');
	return utc_of(day, hour * HOUR + chance_below(c, HOUR));
}

/* How the call went, as calls of that persona go. */
static void
outcome(const struct persona *p, struct chance *c, struct call *call)
{
	call->ring = chance_between(c, 2, 18);
	if (chance_permille(c, p->answered)) {
		call->status = ANSWERED;
		call->talk = talk_like(c, p->median, p->sigma);
		return;
	}
	call->talk = 0;
	call->status = chance_permille(c, 600)   ? NO_ANSWER
		       : chance_permille(c, 500) ? BUSY
		       : chance_permille(c, 500) ? CANCELLED
						 : FAILED;
	if (call->status == NO_ANSWER)
		call->ring = chance_between(c, 15, 40);
}

static void
caller(struct chance *c, const struct world *w, const struct account *a,
    char out[24])
{
	if (chance_permille(c, 30))
		(void)strcpy(out, "anonymous");
	else if (a->partners > 0 && chance_permille(c, 40))
		number_partner(out, w, a, chance_below(c, a->partners));
	else if (chance_permille(c, 550))
		number_contact(out, w, a, chance_below(c, 25));
	else
		number_domestic(out, c);
}

static void
called(struct chance *c, const struct world *w, const struct account *a,
    char out[24])
{
	unsigned kind = chance_below(c, 1000);

	if (a->persona == ALARM)
		number_contact(out, w, a, chance_below(c, 2));
	else if (kind < 3 && a->persona != LOBBY && a->persona != FAX)
		number_place(out, c,
		    place_pick(c,
			chance_permille(c, 50) ? PLACE_MID : PLACE_PARTNER));
	else if (kind < 30)
		(void)snprintf(out, 24, "1%u555%04u",
		    chance_permille(c, 500) ? 888u : 877u,
		    chance_below(c, 400));
	else if (kind < 700)
		number_contact(out, w, a, 100 + chance_below(c, 30));
	else
		number_domestic(out, c);
}

/* The telephones of a group ring together; one record each. */
static void
ring_group(struct world *w, struct chance *c, const struct call *first,
    struct calls *out)
{
	unsigned i, n = first->account->exts, got = chance_below(c, n);
	unsigned join = ++w->next_join;

	for (i = 0; i < n && i < 6; i++) {
		struct call leg = *first;

		leg.join = join;
		leg.user = first->account->first_ext + i;
		leg.order = w->next_order++;
		(void)snprintf(leg.dst, sizeof(leg.dst), "%u", leg.user);
		if (i != got % 6 && leg.status == ANSWERED) {
			leg.status = NO_ANSWER;
			leg.talk = 0;
		}
		calls_add(out, &leg);
	}
}

static void
inbound(struct world *w, struct chance *c, const struct account *a, int64_t day,
    struct calls *out)
{
	const struct persona *p = &personas[a->persona];
	char other[24];
	struct call call;

	caller(c, w, a, other);
	call = call_new(w, a, IN, moment(p, c, day), other);
	outcome(p, c, &call);
	if (call.status == FAILED)
		call.status = NO_ANSWER;
	call.user = a->first_ext + chance_below(c, a->exts);
	if (a->toll_free != 0 && chance_permille(c, 700)) {
		(void)snprintf(call.dst, sizeof(call.dst), "+1800555%04u",
		    a->toll_free);
		call.cost = (int64_t)call.talk * 350;
	}
	if (a->legs)
		ring_group(w, c, &call, out);
	else
		calls_add(out, &call);
}

static void
outbound(struct world *w, struct chance *c, const struct account *a,
    int64_t start, const char *other, struct calls *out)
{
	const struct persona *p = &personas[a->persona];
	struct call call = call_new(w, a, OUT, start, other);

	outcome(p, c, &call);
	call.user = a->first_ext + chance_below(c, a->exts);
	(void)snprintf(call.src, sizeof(call.src), "%u", call.user);
	call.cost = (int64_t)call.talk * rate_of(call.dst);
	calls_add(out, &call);
}

/* To a colleague, or to hear what is in the box. */
static void
inside(struct world *w, struct chance *c, const struct account *a, int64_t day,
    struct calls *out)
{
	char other[24];
	struct call call;
	bool box = chance_permille(c, 300);

	if (box)
		(void)strcpy(other, "*97");
	else
		(void)snprintf(other, sizeof(other), "%u",
		    EXTENSION_FIRST +
			chance_below(c, w->next_ext - EXTENSION_FIRST));
	call = call_new(w, a, INTERNAL, moment(&personas[a->persona], c, day),
	    other);
	outcome(&personas[a->persona], c, &call);
	if (box) {
		call.status = ANSWERED;
		call.ring = 0;
		call.talk = talk_like(c, 35, 0.6);
		call.feature = "VoiceMailMain";
	}
	calls_add(out, &call);
}

/* Every week at the same hour, give or take; now and then it is left out. */
static void
partners(struct world *w, struct chance *c, const struct account *a,
    int64_t day, struct calls *out)
{
	unsigned i;

	for (i = 0; i < a->partners; i++) {
		struct chance habit = chance_of(w->seed, 700000 + a->index, i);
		unsigned weekday = chance_below(&habit, 5);
		unsigned hour = chance_between(&habit, 7, 19);
		char other[24];

		if (weekday_of(day) != weekday || chance_permille(c, 80))
			continue;
		number_partner(other, w, a, i);
		outbound(w, c, a,
		    utc_of(day, hour * HOUR + chance_below(c, HOUR)), other,
		    out);
	}
}

/* Faxes that go to all customers, and panels that report to their centre. */
static void
machine_night(struct world *w, struct chance *c, const struct account *a,
    int64_t day, struct calls *out)
{
	struct chance habit = chance_of(w->seed, 800000 + a->index, 0);
	bool fax = a->persona == FAX;
	unsigned n = fax ? chance_between(&habit, 22, 60)
			 : chance_between(&habit, 2, 16);
	int64_t at = utc_of(day, chance_between(&habit, 1, 4) * HOUR);
	unsigned i;

	if (fax && !chance_permille(&habit, 350))
		return;
	for (i = 0; i < n; i++) {
		char other[24];

		number_contact(other, w, a, fax ? 200 + i : i % 2);
		at += chance_between(c, fax ? 60 : 240, fax ? 110 : 500);
		outbound(w, c, a, at, other, out);
	}
}

/* Some people call a room at the same minute and stay as long as it lasts. */
static void
conferences(struct world *w, struct chance *c, const struct account *a,
    int64_t day, struct calls *out)
{
	unsigned n = chance_poisson(c, 0.7 * a->activity), i, k;

	for (i = 0; i < n; i++) {
		int64_t at = utc_of(day, chance_between(c, 8, 16) * HOUR);
		unsigned last = chance_permille(c, 300)
				    ? chance_between(c, 6600, 8400)
				    : chance_between(c, 1500, 4200);
		unsigned heads = chance_between(c, 3, 10);

		for (k = 0; k < heads; k++) {
			unsigned late = chance_below(c, 400);
			char other[24];
			struct call call;

			number_contact(other, w, a, chance_below(c, 40));
			call = call_new(w, a, IN, at + late, other);
			call.ring = 1;
			call.talk = last - late - chance_below(c, 90);
			call.feature = "ConfBridge";
			calls_add(out, &call);
		}
	}
}

/* Accountants and sellers have the last working day of the month. */
static bool
month_end(int64_t day)
{
	int64_t next = day + (weekday_of(day) == 4 ? 3 : 1);
	int year, month, date, other;

	date_of_day(day, &year, &month, &date);
	other = month;
	date_of_day(next, &year, &month, &date);
	return other != month && weekday_of(day) < 5;
}

/*
 * More than thirty days before the first day there is a twentieth of the
 * traffic: enough for what is known of an account, and no baseline of four
 * weeks reaches there.
 */
static double
volume(const struct account *a, int d, int64_t day)
{
	double x = a->activity;

	if (weekday_of(day) >= 5 || holiday(day))
		x *= personas[a->persona].weekend / 1000.0;
	else if (weekday_of(day) == 0)
		x *= 1.15;
	if (month_end(day) && (a->persona == SALES || a->persona == OFFICE))
		x *= a->index % 5 == 0 ? 2.2 : 1.2;
	return d < -30 ? x / 20 : x;
}

void
persona_day(struct world *w, const struct account *a, int d, struct calls *out)
{
	struct chance c = chance_of(w->seed, 3 + ((uint64_t)a->index << 20),
	    (uint64_t)(d + 5000));
	const struct persona *p = &personas[a->persona];
	int64_t day = w->first + d;
	double x = volume(a, d, day);
	bool closed = weekday_of(day) >= 5 || holiday(day);
	char other[24];
	unsigned i, n;

	if (d < a->first_day || d >= a->last_day)
		return;
	n = chance_poisson(&c, p->out * x);
	for (i = 0; i < n; i++) {
		called(&c, w, a, other);
		outbound(w, &c, a, moment(p, &c, day), other, out);
	}
	n = chance_poisson(&c, p->in * x);
	for (i = 0; i < n; i++)
		inbound(w, &c, a, day, out);
	n = chance_poisson(&c, a->persona == ALARM ? 0 : 0.5 * x);
	for (i = 0; i < n; i++)
		inside(w, &c, a, day, out);
	if (!closed)
		partners(w, &c, a, day, out);
	if (a->persona == CONFERENCE && !closed)
		conferences(w, &c, a, day, out);
	if (a->persona == FAX || a->persona == ALARM)
		machine_night(w, &c, a, day, out);
}
