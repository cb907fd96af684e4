/* Attacks that show in what a line is and how it is used, and in its switch. */
#include <string.h>

#include "base/xalloc.h"
#include "bench/gentraffic.h"

/* `n` calls abroad at once, from one extension. */
static void
at_once(struct attack *k, const struct account *a, unsigned n, int64_t from)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		char dst[24];
		struct call call;

		number_place(dst, &k->c,
		    place_pick(&k->c, k->form == 0 ? PLACE_HIGH : PLACE_MID));
		call = call_new(k->w, a, OUT, from + chance_below(&k->c, 200),
		    dst);
		call.talk = chance_between(&k->c, 900, 2600);
		attack_call(k, &call);
	}
}

void
concurrent_user(struct attack *k)
{
	const struct account *a = attack_victim(k, OFFICE);

	at_once(k, a,
	    k->form == 0   ? 10
	    : k->form == 1 ? 6
			   : 4,
	    k->form == 2 ? workday_of(k, k->day) : night_of(k, k->day));
}

void
concurrent_group(struct attack *k)
{
	struct account *a = attack_victim(k, OFFICE);
	unsigned n = k->form == 0 ? 40 : k->form == 1 ? 26 : 14, i;
	int64_t from = night_of(k, k->day);

	attack_entity(k, "g%04u", a->group);
	for (i = 0; i < n; i++) {
		unsigned at = a->group * 8 + i % 8;
		struct account *one = at < k->w->n ? &k->w->accounts[at] : a;

		one->busy = true;
		if (i > 0 && i < 8)
			attack_entity(k, "%s", one->code);
		at_once(k, one, 1, from);
	}
}

void
dormant_account(struct attack *k)
{
	struct account *a = attack_victim(k, OFFICE);
	struct call last;
	char dst[24];

	/* Its last call, so that the line is known to have been in use. */
	a->last_day = k->day - 93;
	number_contact(dst, k->w, a, 100);
	last = call_new(k->w, a, OUT,
	    utc_of(k->w->first + a->last_day, 8 * HOUR), dst);
	last.talk = talk_like(&k->c, 60, 0.5);
	last.cost = (int64_t)last.talk * rate_of(dst);
	calls_add(&k->w->planned, &last);
	burst(k, a,
	    &(struct burst){ .kind = k->form == 2 ? PLACE_PARTNER : PLACE_MID,
		.calls = k->form == 0   ? 30
			 : k->form == 1 ? 8
					: 2,
		.from = workday_of(k, k->day),
		.span = 3 * HOUR,
		.talk = 300,
		.sigma = 0.8,
		.answered = 900,
		.ranges = 2 });
}

void
test_account(struct attack *k)
{
	static const char *const names[] = { "Test", "Demo", "Trial 2",
		"Temp Phone" };
	struct account *a = attack_victim(k, OFFICE);

	a->name = names[chance_below(&k->c, 4)];
	a->last_day = -1000; /* nobody uses it */
	burst(k, a,
	    &(struct burst){ .kind = k->form == 0 ? PLACE_HIGH : PLACE_PARTNER,
		.calls = k->form == 0   ? 25
			 : k->form == 1 ? 6
					: 1,
		.from = workday_of(k, k->day),
		.span = 3 * HOUR,
		.talk = 300,
		.sigma = 0.8,
		.answered = 900,
		.ranges = 2 });
}

void
restricted_class(struct attack *k)
{
	static const enum persona_id lines[] = { LOBBY, FAX, CONFERENCE };
	const struct account *a =
	    attack_victim(k, lines[chance_below(&k->c, 3)]);

	burst(k, a,
	    &(struct burst){ .kind = k->form == 2 ? PLACE_PARTNER : PLACE_MID,
		.calls = k->form == 0   ? 15
			 : k->form == 1 ? 4
					: 1,
		.from = workday_of(k, k->day),
		.span = 2 * HOUR,
		.talk = 300,
		.sigma = 0.8,
		.answered = 1000,
		.ranges = 1 });
}

/* A code that its owner uses, and somebody else at the same time. */
void
simultaneous_code(struct attack *k)
{
	const struct account *owner = attack_victim(k, SALES);
	const struct account *thief = attack_victim(k, OFFICE);
	unsigned n = k->form == 0 ? 8 : k->form == 1 ? 3 : 1, i;
	int64_t at = workday_of(k, k->day);
	char code[12];

	(void)snprintf(code, sizeof(code), "77%04u",
	    chance_below(&k->c, 10000));
	attack_entity(k, "%s", code);
	for (i = 0; i < n; i++) {
		char dst[24];
		struct call mine, theirs;

		number_domestic(dst, &k->c);
		mine = call_new(k->w, owner, OUT, at, dst);
		mine.talk = chance_between(&k->c, 300, 900);
		mine.cost = (int64_t)mine.talk * 150;
		(void)strcpy(mine.code, code);
		calls_add(&k->w->planned, &mine);
		number_place(dst, &k->c,
		    place_pick(&k->c,
			k->form == 2 ? PLACE_PARTNER : PLACE_MID));
		theirs = call_new(k->w, thief, OUT,
		    at + chance_below(&k->c, 200), dst);
		theirs.talk = chance_between(&k->c, 200, 900);
		(void)strcpy(theirs.code, code);
		attack_call(k, &theirs);
		at += chance_between(&k->c, 1200, 3000);
	}
}

/* A number that calls itself round a loop of forwards. */
void
same_number_both_ways(struct attack *k)
{
	const struct account *a = attack_victim(k, OFFICE);
	unsigned n = k->form == 0 ? 30 : k->form == 1 ? 8 : 6, i;
	unsigned pause = k->form == 2 ? 2 * HOUR : 90;
	int64_t from = workday_of(k, k->day);
	char own[24];

	(void)snprintf(own, sizeof(own), "1312555%04u", a->did);
	attack_entity(k, "+%s", own);
	for (i = 0; i < n; i++) {
		struct call call = call_new(k->w, a, IN,
		    from + (int64_t)i * pause + chance_below(&k->c, pause / 2),
		    own);

		call.talk = chance_between(&k->c, 1, 40);
		attack_call(k, &call);
	}
}

/* A switch of its own is chosen for each, so that no two meet. */
static void
outage(struct attack *k, unsigned switch_id, int64_t from, unsigned length)
{
	struct story *story = &k->w->stories[k->mark - 1];
	struct outage *o = &k->w->outages[k->w->n_outages++];
	unsigned i, n = k->w->n, own = n / 40 > 5 ? n / 40 : 5;

	/* Those that call much are enough for a switch of a small world. */
	for (i = 0; i < 2 * n && own > 0; i++) {
		struct account *a = &k->w->accounts[i % n];
		bool much = a->persona == SALES || a->persona == RECEPTION ||
			    a->persona == CALL_CENTRE;

		if (a->busy || a->switch_id != 0 || a->persona == ALARM ||
		    (i < n && !much))
			continue;
		a->switch_id = switch_id;
		a->busy = true;
		own--;
	}
	*o = (struct outage){ switch_id, from, from + length };
	attack_entity(k, "sw%u", switch_id);
	story->begin = o->from;
	story->end = o->to;
}

void
feed_silent(struct attack *k)
{
	unsigned length = k->form == 0 ? 60 : k->form == 1 ? 26 : 7;

	outage(k, 1 + (unsigned)k->form, workday_of(k, k->day),
	    length * HOUR + chance_below(&k->c, HOUR));
}

void
feed_gap(struct attack *k)
{
	unsigned length = k->form == 0 ? 300 : k->form == 1 ? 180 : 90;

	outage(k, 4 + (unsigned)k->form, workday_of(k, k->day),
	    length * MINUTE + chance_below(&k->c, 20 * MINUTE));
}

/* The switch is told to let it happen; then it happens. */
void
admin_change(struct attack *k)
{
	static const char *const events[] = { "administrator-created",
		"outgoing-plan-changed", "forward-abroad-set" };
	const struct account *a = attack_victim(k, OFFICE);
	struct world *w = k->w;
	int64_t at = workday_of(k, k->day);
	int wait = k->form == 0 ? 1 : k->form == 1 ? 2 : 6;

	w->events =
	    xrealloc(w->events, (size_t)w->n_events + 1, sizeof(*w->events));
	w->events[w->n_events].at = at;
	(void)snprintf(w->events[w->n_events++].text, 120, "root,%s,%s,%u,%s",
	    events[k->form], a->code, a->first_ext,
	    k->form == 2 ? "forwarded to +442079460123" : "from the portal");
	if (wait > k->room)
		wait = k->room;
	burst(k, a,
	    &(struct burst){ .kind = k->form == 0 ? PLACE_HIGH : PLACE_MID,
		.calls = k->form == 0   ? 20
			 : k->form == 1 ? 5
					: 1,
		.from = at + wait * DAY,
		.span = 4 * HOUR,
		.talk = 500,
		.sigma = 0.7,
		.answered = 1000,
		.ranges = 2 });
	w->stories[k->mark - 1].begin = at;
}
