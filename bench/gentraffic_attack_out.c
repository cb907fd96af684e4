/*
 * Attacks whose calls leave by our lines: somebody else talks, or nobody, and
 * our customer pays.  How they go is told by their victims and by those who
 * hunt them: a night or a weekend, first short calls and then many at once;
 * the careful ones take destinations of a middling price, lengths as chance
 * has them, several accounts, and time.
 */
#include <string.h>

#include "bench/gentraffic.h"

/* A burst shared among accounts: an evasive thief has more than one. */
static void
spread(struct attack *k, enum persona_id persona, unsigned accounts,
    struct burst b)
{
	unsigned i, calls = b.calls;

	for (i = 0; i < accounts; i++) {
		const struct account *a = attack_victim(k, persona);

		b.calls = calls / accounts + (i < calls % accounts);
		burst(k, a, &b);
	}
}

static enum place_kind
dear(struct attack *k)
{
	return k->form == 0 || (k->form == 1 && chance_permille(&k->c, 400))
		   ? PLACE_HIGH
		   : PLACE_MID;
}

void
after_hours_international(struct attack *k)
{
	spread(k, OFFICE, k->form == 2 ? 2 : 1,
	    (struct burst){ .kind = dear(k),
		.calls = attack_size(k, 60, 20, 9),
		.from = night_of(k, k->day),
		.span = attack_size(k, 3, 4, 4) * HOUR,
		.talk = 240,
		.sigma = k->form == 0 ? 0.2 : 1,
		.answered = 850,
		.ranges = 2 + (unsigned)k->form * 2 });
}

/* To rural exchanges that earn on each minute. */
static void
domestic(struct attack *k, const struct account *a, unsigned n, int64_t from,
    unsigned span, double talk)
{
	static const unsigned hot[] = { 218, 319, 605, 641, 712 };
	unsigned i;

	for (i = 0; i < n; i++) {
		char dst[24];
		struct call call;

		(void)snprintf(dst, sizeof(dst), "1%u555%04u",
		    hot[chance_below(&k->c, 5)], chance_below(&k->c, 10000));
		call = call_new(k->w, a, OUT, from + chance_below(&k->c, span),
		    dst);
		call.user = a->first_ext + chance_below(&k->c, a->exts);
		(void)snprintf(call.src, sizeof(call.src), "%u", call.user);
		if (chance_permille(&k->c, 750))
			call.talk = talk_like(&k->c, talk, 1);
		else
			call.status = NO_ANSWER;
		attack_call(k, &call);
	}
}

void
after_hours_volume(struct attack *k)
{
	const struct account *a = attack_victim(k, OFFICE);

	domestic(k, a, attack_size(k, 220, 90, 36), night_of(k, k->day),
	    5 * HOUR, 200);
}

void
volume_spike(struct attack *k)
{
	const struct account *a = attack_victim(k, OFFICE);

	domestic(k, a, attack_size(k, 260, 120, 62), workday_of(k, k->day),
	    attack_size(k, 2, 4, 5) * HOUR, 300);
}

void
call_rate(struct attack *k)
{
	const struct account *a = attack_victim(k, SALES);

	burst(k, a,
	    &(struct burst){ .kind = k->form == 1 ? PLACE_CARIBBEAN : PLACE_MID,
		.calls = attack_size(k, 60, 28, 16),
		.from = workday_of(k, k->day),
		.span = 55 * MINUTE,
		.talk = 120,
		.sigma = 0.9,
		.answered = 700,
		.ranges = k->form == 0 ? 2 : 6 });
}

static void
listed(struct attack *k, const struct account *a, int64_t at, unsigned talk,
    char prefix[24])
{
	char dst[28];
	struct call call;
	unsigned bad = chance_below(&k->c, k->w->n_bad), i, more = 3;
	size_t len;

	for (i = 0; i < places(); i++) {
		const struct place *p = place_at(i);

		if (strncmp(k->w->bad[bad], p->prefix, strlen(p->prefix)) == 0)
			more = p->more - 2;
	}
	(void)snprintf(prefix, 24, "011%s", k->w->bad[bad]);
	(void)strcpy(dst, prefix);
	len = strlen(dst);
	for (i = 0; i < more; i++)
		dst[len++] = (char)('0' + chance_below(&k->c, 10));
	dst[len] = '\0';
	call = call_new(k->w, a, OUT, at, dst);
	call.talk = talk;
	call.status = talk > 0 ? ANSWERED : NO_ANSWER;
	attack_call(k, &call);
}

void
known_bad_number(struct attack *k)
{
	const struct account *a = attack_victim(k, OFFICE);
	unsigned i, n = k->form == 0 ? 8 : k->form == 1 ? 3 : 1;
	char prefix[24];

	for (i = 0; i < n; i++)
		listed(k, a,
		    (k->form == 2 ? workday_of(k, k->day)
				  : night_of(k, k->day)) +
			i * 400,
		    k->form == 2 ? 0 : talk_like(&k->c, 200, 0.7), prefix);
}

/* The rest goes to the same range; the careful move on to its neighbour. */
void
known_bad_probe(struct attack *k)
{
	const struct account *a = attack_victim(k, OFFICE);
	int64_t at = workday_of(k, k->day);
	unsigned i, n = attack_size(k, 30, 10, 4);
	char prefix[24], dst[28];
	size_t len;

	listed(k, a, at, chance_below(&k->c, 4), prefix);
	at += chance_between(&k->c, 30 * MINUTE, 20 * HOUR);
	len = strlen(prefix);
	if (k->form == 2)
		prefix[len - 1] = (char)('0' + ('9' - prefix[len - 1]));
	for (i = 0; i < n; i++) {
		const struct call *probe =
		    &k->w->planned.at[k->w->planned.n - 1];
		size_t whole = strlen(probe->dst), d;
		struct call call;

		(void)strcpy(dst, prefix);
		for (d = len; d < whole; d++)
			dst[d] = (char)('0' + chance_below(&k->c, 10));
		dst[whole] = '\0';
		at += chance_between(&k->c, 30, 300);
		call = call_new(k->w, a, OUT, at, dst);
		call.talk = talk_like(&k->c, 300, k->form == 0 ? 0.2 : 0.9);
		attack_call(k, &call);
	}
}

void
high_risk_country(struct attack *k)
{
	spread(k, OFFICE, k->form == 2 ? 2 : 1,
	    (struct burst){ .kind = PLACE_HIGH,
		.calls = k->form == 0   ? 12
			 : k->form == 1 ? 4
					: 2,
		.from = workday_of(k, k->day),
		.span = 3 * HOUR,
		.talk = 240,
		.sigma = 0.9,
		.answered = 1000,
		.ranges = 2 });
}

void
premium_and_satellite(struct attack *k)
{
	const struct account *a = attack_victim(k, OFFICE);

	burst(k, a,
	    &(struct burst){ .kind = chance_permille(&k->c, 500)
					 ? PLACE_SATELLITE
					 : PLACE_PREMIUM,
		.calls = k->form == 0   ? 10
			 : k->form == 1 ? 3
					: 1,
		.from = workday_of(k, k->day),
		.span = 2 * HOUR,
		.talk = k->form == 2 ? 90 : 400,
		.sigma = 0.6,
		.answered = 1000,
		.ranges = 2 });
}

void
first_country(struct attack *k)
{
	const struct account *a = attack_victim(k, OFFICE);

	burst(k, a,
	    &(struct burst){ .kind = PLACE_MID,
		.calls = k->form == 0   ? 8
			 : k->form == 1 ? 3
					: 1,
		.from = workday_of(k, k->day),
		.span = 2 * HOUR,
		.talk = 900,
		.sigma = 0.5,
		.answered = 1000,
		.ranges = 1,
		.strange = true });
}

void
toll_free_pumping_out(struct attack *k)
{
	const struct account *a = attack_victim(k, OFFICE);
	unsigned hours = chance_between(&k->c, 2, 5), i;
	unsigned n = attack_size(k, 90, 45, 27) * hours;
	unsigned number = chance_between(&k->c, 2000, 6000);
	unsigned talk = chance_between(&k->c, 20, 70);
	int64_t at = k->form == 2 ? workday_of(k, k->day) : night_of(k, k->day);

	for (i = 0; i < n; i++) {
		char dst[24];
		struct call call;

		(void)snprintf(dst, sizeof(dst), "1800555%04u",
		    k->form == 2 ? chance_between(&k->c, 2000, 9000)
				 : number + i);
		call = call_new(k->w, a, OUT,
		    at + (int64_t)i * hours * HOUR / n, dst);
		call.user = a->first_ext + chance_below(&k->c, a->exts);
		(void)snprintf(call.src, sizeof(call.src), "%u", call.user);
		call.talk = k->form == 0   ? talk
			    : k->form == 1 ? talk + chance_below(&k->c, 9)
					   : talk_like(&k->c, 50, 0.8);
		call.cost = (int64_t)call.talk * 350; /* of who is called */
		attack_call(k, &call);
	}
}

void
long_call(struct attack *k)
{
	const struct account *a = attack_victim(k, OFFICE);
	unsigned i, n = k->form == 0 ? 3 : k->form == 1 ? 1 : 6;
	char dst[24];

	number_place(dst, &k->c, place_pick(&k->c, PLACE_MID));
	for (i = 0; i < n; i++) {
		struct call call = call_new(k->w, a, OUT,
		    utc_of(k->w->first + k->day, 20 * HOUR) +
			(int64_t)i * (k->form == 2 ? 40 : 20) * MINUTE,
		    dst);

		call.talk = k->form == 0   ? chance_between(&k->c, 14400, 30000)
			    : k->form == 1 ? chance_between(&k->c, 11400, 16000)
					   : chance_between(&k->c, 1260, 2200);
		attack_call(k, &call);
	}
}

void
sequential_numbers(struct attack *k)
{
	const struct account *a = attack_victim(k, OFFICE);
	unsigned n = attack_size(k, 45, 18, 12), i, last;
	int64_t at = workday_of(k, k->day);
	char first[24], dst[24];

	number_domestic(first, &k->c);
	last = chance_between(&k->c, 1000, 9000);
	for (i = 0; i < n; i++) {
		struct call call;

		if (k->form > 0 && i % 4 == 3)
			last += chance_below(&k->c, 2);
		(void)snprintf(dst, sizeof(dst), "%.7s%04u", first, last + i);
		at += chance_between(&k->c, 10, 30 * MINUTE / n);
		call = call_new(k->w, a, OUT, at, dst);
		call.talk = chance_permille(&k->c, 500)
				? chance_between(&k->c, 1, 12)
				: 0;
		call.status = call.talk > 0 ? ANSWERED : NO_ANSWER;
		if (k->form == 2 && i % 3 == 2) /* out of order */
			call.start -= 2 * MINUTE;
		attack_call(k, &call);
	}
}

void
prefix_probing(struct attack *k)
{
	static const char *const access[] = { "9011", "00", "900", "011", "000",
		"0011", "9", "8", "81", "810", "7", "77", "0", "1", "99",
		"9900", "800", "6", "600", "5", "500", "88", "0900", "2", "22",
		"200", "3", "300", "4", "400", "001", "002", "010", "119",
		"190" };
	const struct account *a = attack_victim(k, OFFICE);
	unsigned n = k->form == 0 ? 35 : k->form == 1 ? 20 : 12, i;
	unsigned pause = k->form == 2 ? 900 : 30;
	int64_t at = night_of(k, k->day);
	char number[24], dst[32];

	number_place(number, &k->c, place_pick(&k->c, PLACE_MID));
	for (i = 0; i < n; i++) {
		struct call call;

		(void)snprintf(dst, sizeof(dst), "%s%.20s", access[n - 1 - i],
		    number + 3);
		at += chance_between(&k->c, 2, pause);
		call = call_new(k->w, a, OUT, at, dst);
		call.status = FAILED;
		call.ring = 0;
		attack_call(k, &call);
	}
}

/* Many numbers of one block, from several accounts, for weeks. */
void
range_accumulation(struct attack *k)
{
	unsigned thieves = k->form == 0 ? 4 : k->form == 1 ? 7 : 10, i;
	unsigned a_day = k->form == 0 ? 24 : k->form == 1 ? 9 : 4;
	int days = k->form == 0 ? 6 : k->form == 1 ? 14 : 24, day, back;
	const struct account *who[10];
	char block[24];

	number_place(block, &k->c, place_pick(&k->c, PLACE_MID));
	block[strlen(block) - 2] = '\0';
	/* Whoever names the block of ten thousand numbers is right, too. */
	attack_entity(k, "+%s*|+%.*s", block + 3, (int)strlen(block) - 5,
	    block + 3);
	for (i = 0; i < thieves; i++)
		who[i] = attack_victim(k, OFFICE);
	back = k->day + days < k->w->days ? 0 : k->day + days - k->w->days + 1;
	for (day = k->day - back; day < k->day - back + days; day++)
		for (i = 0; i < a_day; i++) {
			char dst[28];
			struct call call;

			(void)snprintf(dst, sizeof(dst), "%s%02u", block,
			    chance_below(&k->c, 100));
			call = call_new(k->w, who[chance_below(&k->c, thieves)],
			    OUT,
			    utc_of(k->w->first + day,
				8 * HOUR + chance_below(&k->c, 10 * HOUR)),
			    dst);
			call.talk = talk_like(&k->c, 400, 0.9);
			if (day >= 0)
				attack_call(k, &call);
		}
}

void
forward_international(struct attack *k)
{
	const struct account *a = attack_victim(k, OFFICE);
	unsigned n = k->form == 0 ? 15 : k->form == 1 ? 5 : 1, i;
	int64_t from =
	    k->form == 2 ? workday_of(k, k->day) : night_of(k, k->day);
	char src[24], dst[24];

	number_place(dst, &k->c,
	    place_pick(&k->c, k->form == 0 ? PLACE_SATELLITE : PLACE_MID));
	for (i = 0; i < n; i++) {
		struct call call;

		number_domestic(src, &k->c);
		call = call_new(k->w, a, TRANSIT,
		    from + chance_below(&k->c, 3 * HOUR), src);
		(void)strcpy(call.dst, dst);
		(void)snprintf(call.forwarder, sizeof(call.forwarder), "%u",
		    a->first_ext);
		call.talk = talk_like(&k->c, 900, 0.5);
		attack_call(k, &call);
	}
}

void
dial_around(struct attack *k)
{
	const struct account *a = attack_victim(k, OFFICE);
	unsigned n = k->form == 0 ? 10 : k->form == 1 ? 3 : 1, i;

	for (i = 0; i < n; i++) {
		char number[24], dst[28];
		struct call call;

		if (k->form == 2)
			number_domestic(number, &k->c);
		else
			number_place(number, &k->c,
			    place_pick(&k->c, PLACE_MID));
		(void)snprintf(dst, sizeof(dst), "1010%03u%.20s",
		    chance_between(&k->c, 200, 899), number);
		call = call_new(k->w, a, OUT,
		    workday_of(k, k->day) + chance_below(&k->c, HOUR), dst);
		call.talk = talk_like(&k->c, 300, 0.8);
		attack_call(k, &call);
	}
}
