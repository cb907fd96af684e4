#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "bench/gentraffic.h"

/* Rates are invented, of the usual order: 100 is 0.6 cents a minute. */
static const struct place all_places[] = {
	{ PLACE_PARTNER, "442079460", 3, 250 },
	{ PLACE_PARTNER, "4930555", 5, 250 },
	{ PLACE_PARTNER, "331555", 5, 300 },
	{ PLACE_PARTNER, "1416555", 4, 170 },
	{ PLACE_PARTNER, "52555550", 4, 350 },
	{ PLACE_PARTNER, "8135550", 4, 500 },
	{ PLACE_PARTNER, "6125550", 4, 450 },
	{ PLACE_PARTNER, "91222555", 4, 400 },
	{ PLACE_PARTNER, "3120555", 4, 300 },
	{ PLACE_PARTNER, "4822555", 4, 450 },
	{ PLACE_PARTNER, "55115550", 4, 600 },
	{ PLACE_PARTNER, "390655", 5, 350 },
	{ PLACE_MID, "371675", 5, 3300 },
	{ PLACE_MID, "37052755", 3, 3800 },
	{ PLACE_MID, "3726555", 3, 4200 },
	{ PLACE_MID, "355422", 5, 4800 },
	{ PLACE_MID, "38733555", 3, 4000 },
	{ PLACE_MID, "38111555", 4, 3600 },
	{ PLACE_MID, "21671755", 3, 6000 },
	{ PLACE_MID, "2125225", 5, 5500 },
	{ PLACE_MID, "97145550", 3, 3200 },
	{ PLACE_MID, "99412555", 4, 5800 },
	{ PLACE_MID, "2022555", 5, 2300 },
	{ PLACE_MID, "37322855", 3, 5200 },
	{ PLACE_HIGH, "537555", 4, 13000 },
	{ PLACE_HIGH, "25261555", 4, 12000 },
	{ PLACE_HIGH, "23276555", 3, 10500 },
	{ PLACE_HIGH, "220755", 4, 11000 },
	{ PLACE_HIGH, "960755", 4, 15000 },
	{ PLACE_HIGH, "674555", 4, 21000 },
	{ PLACE_HIGH, "677755", 4, 20000 },
	{ PLACE_HIGH, "68255", 3, 19000 },
	{ PLACE_CARIBBEAN, "1876555", 4, 4000 },
	{ PLACE_CARIBBEAN, "1809555", 4, 2500 },
	{ PLACE_CARIBBEAN, "1473555", 4, 5500 },
	{ PLACE_CARIBBEAN, "1268555", 4, 5500 },
	{ PLACE_CARIBBEAN, "1649555", 4, 5000 },
	{ PLACE_SATELLITE, "8816315", 5, 110000 },
	{ PLACE_SATELLITE, "870773", 6, 105000 },
	{ PLACE_SATELLITE, "8821355", 4, 60000 },
	{ PLACE_SATELLITE, "883510", 6, 30000 },
	{ PLACE_PREMIUM, "1900555", 4, 50000 },
};

static const unsigned areas[] = { 201, 205, 206, 212, 213, 214, 215, 216, 303,
	305, 313, 314, 317, 402, 404, 410, 412, 414, 415, 502, 503, 504, 512,
	513, 515, 602, 608, 612, 614, 615, 617, 702, 703, 704, 713, 773, 801,
	816, 847, 901, 904, 913, 916, 919 };

enum { AREAS = sizeof(areas) / sizeof(areas[0]) };

const struct place *
place_at(unsigned i)
{
	return &all_places[i];
}

unsigned
places(void)
{
	return sizeof(all_places) / sizeof(all_places[0]);
}

unsigned
place_pick(struct chance *c, enum place_kind kind)
{
	unsigned i;

	do
		i = chance_below(c, places());
	while (all_places[i].kind != kind);
	return i;
}

static void
account_make(struct world *w, struct account *a, enum persona_id p)
{
	struct chance c = chance_of(w->seed, 1, a->index);
	unsigned i;

	(void)snprintf(a->code, sizeof(a->code), "A%05u", a->index + 1);
	a->persona = p;
	a->exts = persona_extensions(p, &c);
	a->first_ext = w->next_ext;
	w->next_ext += a->exts;
	a->did = OWN_EXCHANGE_FIRST + a->index;
	a->group = a->index / 8;
	a->activity = chance_lognormal(&c, 1, 0.5);
	a->first_day = -w->history;
	a->last_day = w->days + 1; /* to its morning */
	if (p == CALL_CENTRE || (p == RECEPTION && chance_permille(&c, 250)))
		a->toll_free = 1000 + a->index;
	if (p == OFFICE || p == SALES || p == LATE_SHIFT)
		a->partners = chance_permille(&c, p == SALES ? 500 : 180)
				  ? chance_between(&c, 1, PARTNERS_MAX)
				  : 0;
	for (i = 0; i < a->partners; i++)
		a->partner[i] = place_pick(&c,
		    chance_permille(&c, 40) ? PLACE_MID : PLACE_PARTNER);
	a->legs = a->exts > 1 && a->exts < 5 && chance_permille(&c, 300);
}

/* A number with that beginning is a partner's. */
static bool
honest(const struct world *w, const char *prefix)
{
	char number[24], shown[24];
	unsigned i, k;

	for (i = 0; i < w->n; i++)
		for (k = 0; k < w->accounts[i].partners; k++) {
			number_partner(number, w, &w->accounts[i], k);
			number_caller(shown, number);
			if (strncmp(shown + 1, prefix, strlen(prefix)) == 0)
				return true;
		}
	return false;
}

static void
bad_prefix(const struct world *w, struct chance *c, char out[20])
{
	do {
		const struct place *at = place_at(place_pick(c,
		    chance_permille(c, 500) ? PLACE_HIGH : PLACE_MID));

		(void)snprintf(out, 20, "%s%02u", at->prefix,
		    chance_below(c, 100));
	} while (honest(w, out));
}

/* Personas in a fixed mixture, shuffled. */
void
world_make(struct world *w, unsigned n)
{
	struct chance c = chance_of(w->seed, 2, 0);
	unsigned char *kinds = xmalloc(n);
	unsigned i, k, p, done = 0;

	for (p = 0; p < PERSONAS; p++) {
		unsigned upto = n * persona_share((enum persona_id)p) / 1000;

		/* Of each at least six, so that small worlds have stories. */
		for (k = 0; (k < upto || k < 6) && done < n; k++)
			kinds[done++] = (unsigned char)p;
	}
	while (done < n)
		kinds[done++] = OFFICE;
	for (i = n; i > 1; i--) {
		unsigned j = chance_below(&c, i);
		unsigned char kind = kinds[j];

		kinds[j] = kinds[i - 1];
		kinds[i - 1] = kind;
	}
	w->accounts = xcalloc(n, sizeof(*w->accounts));
	w->n = n;
	w->next_ext = EXTENSION_FIRST;
	for (i = 0; i < n; i++) {
		w->accounts[i].index = i;
		account_make(w, &w->accounts[i], (enum persona_id)kinds[i]);
	}
	for (i = 0; i < sizeof(w->bad) / sizeof(w->bad[0]); i++)
		bad_prefix(w, &c, w->bad[i]);
	w->n_bad = i;
	free(kinds);
}

void
world_free(struct world *w)
{
	free(w->accounts);
	free(w->planned.at);
	free(w->stories);
	free(w->events);
}

struct account *
world_take(struct world *w, struct chance *c, enum persona_id persona)
{
	unsigned i, at = chance_below(c, w->n);

	for (i = 0; i < w->n; i++) {
		struct account *a = &w->accounts[(at + i) % w->n];

		if (a->persona == persona && !a->busy && a->switch_id == 0) {
			a->busy = true;
			return a;
		}
	}
	return NULL;
}

void
number_domestic(char out[24], struct chance *c)
{
	unsigned area = areas[chance_below(c, AREAS)];

	(void)snprintf(out, 24, "1%u555%04u", area, chance_below(c, 10000));
}

void
number_contact(char out[24], const struct world *w, const struct account *a,
    unsigned which)
{
	struct chance c = chance_of(w->seed, 1000 + a->index, which);

	number_domestic(out, &c);
}

/* One number each: a partner is one firm. */
void
number_partner(char out[24], const struct world *w, const struct account *a,
    unsigned which)
{
	struct chance c = chance_of(w->seed, 500000 + a->index, which);

	number_place(out, &c, a->partner[which]);
}

void
number_place(char out[24], struct chance *c, unsigned i)
{
	const struct place *at = &all_places[i];
	size_t len;
	unsigned k;

	len = (size_t)snprintf(out, 24, "%s%s",
	    at->prefix[0] == '1' ? "" : "011", at->prefix);
	for (k = 0; k < at->more; k++)
		out[len++] = (char)('0' + chance_below(c, 10));
	out[len] = '\0';
}

void
number_caller(char out[24], const char *dialled)
{
	bool number = dialled[0] >= '0' && dialled[0] <= '9';

	(void)snprintf(out, 24, "%s%.22s", number ? "+" : "",
	    strncmp(dialled, "011", 3) == 0 ? dialled + 3 : dialled);
}

unsigned
rate_of(const char *dialled)
{
	static const char *const free_codes[] = { "1800", "1833", "1844",
		"1855", "1866", "1877", "1888" };
	const char *digits = dialled;
	unsigned i;

	if (strlen(digits) <= 5 || digits[0] == '*')
		return 0;
	if (strncmp(digits, "1010", 4) == 0)
		digits += 7;
	if (strncmp(digits, "011", 3) == 0)
		digits += 3;
	for (i = 0; i < places(); i++)
		if (strncmp(digits, all_places[i].prefix,
			strlen(all_places[i].prefix)) == 0)
			return all_places[i].rate;
	for (i = 0; i < sizeof(free_codes) / sizeof(free_codes[0]); i++)
		if (strncmp(digits, free_codes[i], 4) == 0)
			return 0;
	return digits == dialled ? 150 : 8000;
}

struct call
call_new(struct world *w, const struct account *a, enum way way, int64_t start,
    const char *other)
{
	struct call call = { .account = a, .start = start, .way = way };

	call.user = a->first_ext;
	call.ring = 8;
	call.order = w->next_order++;
	if (way == OUT || way == INTERNAL) {
		(void)snprintf(call.src, sizeof(call.src), "%u", call.user);
		(void)snprintf(call.dst, sizeof(call.dst), "%s", other);
	} else {
		number_caller(call.src, other);
		(void)snprintf(call.dst, sizeof(call.dst), "+1312555%04u",
		    a->did);
	}
	return call;
}

void
calls_add(struct calls *list, const struct call *call)
{
	if (list->n == list->cap) {
		list->cap = list->cap == 0 ? 1024 : 2 * list->cap;
		list->at = xrealloc(list->at, list->cap, sizeof(*list->at));
	}
	list->at[list->n++] = *call;
}
