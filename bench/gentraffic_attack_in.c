/* Attacks that come in by our numbers, and what they lead to. */
#include <string.h>

#include "bench/gentraffic.h"

/* A caller as a pump forges it, worse or better. */
static void
forged(struct attack *k, char out[24], const char block[24])
{
	unsigned kind = chance_below(&k->c, 10);

	if (k->form == 0 && kind < 5)
		(void)strcpy(out, "anonymous");
	else if (k->form == 0 && kind < 9)
		(void)snprintf(out, 24, "1%u", chance_below(&k->c, 100000));
	else if (k->form == 1)
		(void)snprintf(out, 24, "%.8s%03u", block,
		    chance_below(&k->c, 1000));
	else
		number_domestic(out, &k->c);
}

void
toll_free_pumping_in(struct attack *k)
{
	struct account *a = attack_victim(k, CALL_CENTRE);
	unsigned hours = chance_between(&k->c, 2, 5), i;
	unsigned n = attack_size(k, 160, 80, 48) * hours;
	unsigned talk = chance_between(&k->c, 20, 58);
	int64_t from = night_of(k, k->day);
	char block[24], src[24];

	if (a->toll_free == 0)
		a->toll_free = 1000 + a->index;
	attack_entity(k, "+1800555%04u", a->toll_free);
	number_domestic(block, &k->c);
	for (i = 0; i < n; i++) {
		struct call call;
		unsigned each = hours * HOUR / n;

		forged(k, src, block);
		call = call_new(k->w, a, IN,
		    from + (int64_t)i * hours * HOUR / n +
			(k->form == 0 ? 0 : chance_below(&k->c, each + 20)),
		    src);
		(void)snprintf(call.dst, sizeof(call.dst), "+1800555%04u",
		    a->toll_free);
		call.ring = 1;
		call.talk = k->form == 0   ? talk + chance_below(&k->c, 2)
			    : k->form == 1 ? talk + chance_below(&k->c, 30)
					   : talk_like(&k->c, 90, 1);
		if (k->form > 0 && chance_permille(&k->c, 15))
			call.talk = chance_between(&k->c, 2 * HOUR, 9 * HOUR);
		call.cost = (int64_t)call.talk * 350;
		attack_call(k, &call);
	}
}

static struct call
box_call(struct attack *k, const struct account *a, int64_t at, const char *src)
{
	struct call call = call_new(k->w, a, IN, at, src);

	call.ring = 1;
	call.talk = chance_between(&k->c, 6, 28);
	call.feature = "VoiceMailMain";
	return call;
}

/* The same call, from the telephone that nobody takes to its box. */
static void
box_leg(struct attack *k, struct call *call)
{
	struct call box = *call;

	box.join = call->join = ++k->w->next_join;
	box.order = k->w->next_order++;
	(void)strcpy(box.dst, "*97");
	calls_add(&k->w->planned, &box);
}

/* Whoever names the block of ten thousand numbers is right, too. */
static void
callers_entity(struct attack *k, const char *shown)
{
	attack_entity(k, "%.*s*|%.*s", (int)strlen(shown) - 2, shown,
	    (int)strlen(shown) - 4, shown);
}

/* From one caller to the box, or over all numbers from callers that change. */
void
voicemail_pin_guessing(struct attack *k)
{
	const struct account *a = attack_victim(k, OFFICE);
	unsigned n = attack_size(k, 70, 55, 60), i;
	int64_t at = night_of(k, k->day);
	char src[24], shown[24];

	number_domestic(src, &k->c);
	number_caller(shown, src);
	callers_entity(k, shown);
	for (i = 0; i < n; i++) {
		struct call call;

		if (k->form > 0)
			(void)snprintf(src + 9, sizeof(src) - 9, "%02u",
			    chance_below(&k->c, k->form == 1 ? 5 : 90));
		at += k->form == 0   ? chance_between(&k->c, 12, 40)
		      : k->form == 1 ? chance_between(&k->c, 20, 90)
				     : chance_between(&k->c, 60, 700);
		if (k->form == 2)
			a = &k->w->accounts[chance_below(&k->c, k->w->n)];
		call = box_call(k, a, at, src);
		if (k->form < 2)
			(void)strcpy(call.dst, "*97");
		else
			box_leg(k, &call);
		attack_call(k, &call);
	}
}

void
voicemail_breakout(struct attack *k)
{
	const struct account *a = attack_victim(k, OFFICE);
	unsigned n = k->form == 0 ? 10 : k->form == 1 ? 4 : 1, i;
	int64_t at = night_of(k, k->day);
	char src[24], dst[24];

	for (i = 0; i < n; i++) {
		struct call box, out;

		number_domestic(src, &k->c);
		box = box_call(k, a, at, src);
		(void)strcpy(box.dst, "*97");
		box.talk = chance_between(&k->c, 20, 50);
		attack_call(k, &box);
		number_place(dst, &k->c,
		    place_pick(&k->c, k->form == 0 ? PLACE_HIGH : PLACE_MID));
		out = call_new(k->w, a, OUT,
		    at + box.talk - chance_below(&k->c, 8), dst);
		(void)strcpy(out.src, "*97");
		out.feature = "VoiceMailMain";
		out.talk = talk_like(&k->c, 600, 0.7);
		attack_call(k, &out);
		at += chance_between(&k->c, 300, 2400);
	}
}

void
do_not_originate(struct attack *k)
{
	unsigned n = k->form == 0 ? 25 : k->form == 1 ? 8 : 5, i;
	char src[24];

	if (k->form == 2) /* whose number is forged */
		attack_entity(k, "%s", k->w->accounts[0].code);
	for (i = 0; i < n; i++) {
		const struct account *a =
		    &k->w->accounts[chance_below(&k->c, k->w->n)];
		struct call call;

		if (i % 2 == 0 && k->form == 0)
			(void)strcpy(src, "81-861-4600");
		else if (k->form == 0)
			(void)strcpy(src, "000000");
		else if (k->form == 1)
			(void)strcpy(src, i % 2 == 0 ? "911" : LISTED_CALLER);
		else
			(void)snprintf(src, sizeof(src), "1312555%04u",
			    k->w->accounts[0].did); /* one of ours */
		call = call_new(k->w, a, IN,
		    workday_of(k, k->day) + chance_below(&k->c, 2 * HOUR), src);
		call.talk = talk_like(&k->c, 25, 0.8);
		if (i < 12)
			attack_entity(k, "%s|%s|%s", a->code, call.src, src);
		attack_call(k, &call);
	}
}

/* `n` calls to lines all over, from numbers of one block. */
static void
to_everybody(struct attack *k, unsigned n, unsigned callers, int64_t from,
    unsigned span, char block[24])
{
	unsigned i;

	for (i = 0; i < n; i++) {
		const struct account *a =
		    &k->w->accounts[chance_below(&k->c, k->w->n)];
		size_t len = strlen(block);
		struct call call;
		char src[24];

		(void)snprintf(src, sizeof(src), "%.*s%02u", (int)(len - 2),
		    block, chance_below(&k->c, callers));
		call = call_new(k->w, a, IN, from + chance_below(&k->c, span),
		    src);
		call.ring = chance_between(&k->c, 1, 3);
		call.status = NO_ANSWER;
		if (strncmp(block, "011", 3) != 0 &&
		    chance_permille(&k->c, 450)) {
			call.status = ANSWERED;
			call.talk = chance_between(&k->c, 1, 5);
		}
		attack_call(k, &call);
	}
}

static void
caller_block(struct attack *k, char block[24], bool abroad)
{
	char shown[24];

	if (abroad)
		number_place(block, &k->c,
		    place_pick(&k->c, k->form == 0 ? PLACE_HIGH : PLACE_MID));
	else
		number_domestic(block, &k->c);
	number_caller(shown, block);
	callers_entity(k, shown);
}

void
robocall(struct attack *k)
{
	char block[24];

	caller_block(k, block, false);
	to_everybody(k, attack_size(k, 700, 260, 160),
	    k->form == 0   ? 1
	    : k->form == 1 ? 12
			   : 80,
	    workday_of(k, k->day), (k->form == 2 ? 6 : 2) * HOUR, block);
}

void
hang_ups(struct attack *k)
{
	char block[24];

	caller_block(k, block, false);
	to_everybody(k, attack_size(k, 60, 35, 20), k->form == 2 ? 4 : 1,
	    workday_of(k, k->day), (k->form == 0 ? 1 : 5) * HOUR, block);
}

void
wangiri(struct attack *k)
{
	char block[24];

	caller_block(k, block, true);
	to_everybody(k, attack_size(k, 250, 80, 40),
	    k->form == 0   ? 1
	    : k->form == 1 ? 6
			   : 25,
	    workday_of(k, k->day), (k->form == 2 ? 8 : 1) * HOUR, block);
}

void
wangiri_call_back(struct attack *k)
{
	char block[24];
	size_t i, first = k->w->planned.n, n;
	unsigned backs = 0;

	caller_block(k, block, true);
	to_everybody(k, attack_size(k, 150, 80, 40), k->form == 2 ? 6 : 1,
	    workday_of(k, k->day), 2 * HOUR, block);
	n = k->w->planned.n;
	for (i = first; i < n; i++) {
		struct call back, from = k->w->planned.at[i];
		char dst[24];

		if (!chance_permille(&k->c, 60) &&
		    backs + (n - i) > (k->form == 2 ? 2u : 4u))
			continue;
		(void)snprintf(dst, sizeof(dst), "011%.20s", from.src + 1);
		back = call_new(k->w, from.account, OUT,
		    from.start + chance_between(&k->c, 60, 3 * HOUR), dst);
		back.talk = talk_like(&k->c, 180, 0.7);
		attack_entity(k, "%s", from.account->code);
		attack_call(k, &back);
		backs++;
	}
}

void
harassment(struct attack *k)
{
	const struct account *a = attack_victim(k, OFFICE);
	unsigned n = k->form == 0 ? 25 : k->form == 1 ? 12 : 18, i;
	unsigned span = k->form == 0   ? 15 * MINUTE
			: k->form == 1 ? 55 * MINUTE
				       : 23 * HOUR;
	int64_t from = workday_of(k, k->day);
	char src[24];

	number_domestic(src, &k->c);
	attack_entity(k, "+%s", src);
	for (i = 0; i < n; i++) {
		struct call call = call_new(k->w, a, IN,
		    from + (int64_t)i * span / n + chance_below(&k->c, 20),
		    src);

		call.talk = chance_permille(&k->c, 500)
				? chance_between(&k->c, 2, 30)
				: 0;
		call.status = call.talk > 0 ? ANSWERED : NO_ANSWER;
		attack_call(k, &call);
	}
}
