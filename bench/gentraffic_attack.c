#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "bench/gentraffic.h"

/* The rows of the catalogue of frauds. */
static const struct {
	const char *name;
	attack_story *tell;
} rows[] = {
	{ "after-hours-international", after_hours_international },
	{ "after-hours-volume", after_hours_volume },
	{ "volume-spike", volume_spike },
	{ "call-rate", call_rate },
	{ "known-bad-number", known_bad_number },
	{ "known-bad-probe", known_bad_probe },
	{ "high-risk-country", high_risk_country },
	{ "premium-and-satellite", premium_and_satellite },
	{ "first-country", first_country },
	{ "toll-free-pumping-in", toll_free_pumping_in },
	{ "toll-free-pumping-out", toll_free_pumping_out },
	{ "concurrent-user", concurrent_user },
	{ "concurrent-group", concurrent_group },
	{ "long-call", long_call },
	{ "sequential-numbers", sequential_numbers },
	{ "prefix-probing", prefix_probing },
	{ "range-accumulation", range_accumulation },
	{ "forward-international", forward_international },
	{ "voicemail-pin-guessing", voicemail_pin_guessing },
	{ "voicemail-breakout", voicemail_breakout },
	{ "dial-around", dial_around },
	{ "do-not-originate", do_not_originate },
	{ "robocall", robocall },
	{ "hang-ups", hang_ups },
	{ "harassment", harassment },
	{ "wangiri", wangiri },
	{ "wangiri-call-back", wangiri_call_back },
	{ "dormant-account", dormant_account },
	{ "test-account", test_account },
	{ "restricted-class", restricted_class },
	{ "simultaneous-code", simultaneous_code },
	{ "same-number-both-ways", same_number_both_ways },
	{ "feed-silent", feed_silent },
	{ "feed-gap", feed_gap },
	{ "admin-change", admin_change },
};

static const char *const forms[] = { "easy", "typical", "evasive" };

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

const char *
attack_row(unsigned i)
{
	return i < ROWS ? rows[i].name : NULL;
}

static struct story *
story_of(struct attack *k)
{
	return &k->w->stories[k->mark - 1];
}

void
attack_call(struct attack *k, struct call *call)
{
	struct story *story = story_of(k);
	int64_t end = call->start + call->ring + call->talk;

	if (call->cost == 0)
		call->cost = (int64_t)call->talk * rate_of(call->dst);
	call->mark = k->mark;
	if (story->begin == 0 || call->start < story->begin)
		story->begin = call->start;
	if (end > story->end)
		story->end = end;
	story->calls++;
	calls_add(&k->w->planned, call);
}

void
attack_entity(struct attack *k, const char *format, ...)
{
	struct story *story = story_of(k);
	size_t len = strlen(story->entity);
	va_list ap;

	if (len > 0 && len + 1 < sizeof(story->entity))
		story->entity[len++] = '|';
	va_start(ap, format);
	(void)vsnprintf(story->entity + len, sizeof(story->entity) - len,
	    format, ap);
	va_end(ap);
}

/* Another account is as good to a thief if there is none of that persona. */
struct account *
attack_victim(struct attack *k, enum persona_id persona)
{
	struct account *a = world_take(k->w, &k->c, persona);
	unsigned p;

	for (p = 0; a == NULL && p < PERSONAS; p++)
		a = world_take(k->w, &k->c, (enum persona_id)p);
	if (a == NULL) {
		(void)fprintf(stderr,
		    "gentraffic: too few accounts for so many attacks\n");
		exit(2);
	}
	attack_entity(k, "%s", a->code);
	return a;
}

unsigned
attack_size(struct attack *k, unsigned easy, unsigned typical, unsigned evasive)
{
	unsigned middle = k->form == 0   ? easy
			  : k->form == 1 ? typical
					 : evasive;
	unsigned spread = middle * 3 / 10;

	return chance_between(&k->c, middle - spread, middle + spread);
}

int64_t
night_of(struct attack *k, int day)
{
	return utc_of(k->w->first + day,
	    22 * HOUR + chance_below(&k->c, 4 * HOUR));
}

int64_t
workday_of(struct attack *k, int day)
{
	int64_t d = k->w->first + day;

	while (weekday_of(d) >= 5 || holiday(d))
		d--;
	return utc_of(d, 9 * HOUR + chance_below(&k->c, 5 * HOUR));
}

static unsigned
place_of(struct attack *k, const struct account *a, const struct burst *b)
{
	unsigned place, i;

	do {
		place = place_pick(&k->c, b->kind);
		for (i = 0; i < a->partners && a->partner[i] != place; i++)
			;
	} while (b->strange && i < a->partners);
	return place;
}

void
burst(struct attack *k, const struct account *a, const struct burst *b)
{
	char block[16][24], dst[24];
	unsigned i, ranges = b->ranges > 16 ? 16 : b->ranges;

	for (i = 0; i < ranges; i++)
		number_place(block[i], &k->c, place_of(k, a, b));
	for (i = 0; i < b->calls; i++) {
		struct call call;
		size_t len;

		(void)strcpy(dst, block[chance_below(&k->c, ranges)]);
		len = strlen(dst);
		if (!b->same_number) {
			dst[len - 1] = (char)('0' + chance_below(&k->c, 10));
			dst[len - 2] = (char)('0' + chance_below(&k->c, 10));
		}
		call = call_new(k->w, a, OUT,
		    b->from + chance_below(&k->c, b->span), dst);
		call.user = a->first_ext + chance_below(&k->c, a->exts);
		(void)snprintf(call.src, sizeof(call.src), "%u", call.user);
		call.ring = chance_between(&k->c, 2, 20);
		if (chance_permille(&k->c, b->answered))
			call.talk = talk_like(&k->c, b->talk, b->sigma);
		else
			call.status =
			    chance_permille(&k->c, 600) ? FAILED : NO_ANSWER;
		attack_call(k, &call);
	}
}

static void
plan_one(struct world *w, unsigned row, int form, unsigned round)
{
	struct attack k = { .w = w, .form = form };
	/* Let there be some days before, and a night behind. */
	int low = w->days < 12 ? 1 : w->history >= 28 ? 2 : 8;
	int high = w->days - 2 > low ? w->days - 2 : low;

	k.c = chance_of(w->seed, 6 + row * 100 + round, (uint64_t)form);
	w->stories =
	    xrealloc(w->stories, (size_t)w->n_stories + 1, sizeof(*w->stories));
	w->stories[w->n_stories++] =
	    (struct story){ .row = rows[row].name, .form = forms[form] };
	k.mark = w->n_stories;
	k.day =
	    low + (int)chance_below(&k.c, (unsigned)(high - low + 1) / 2 + 1);
	k.room = high - k.day;
	rows[row].tell(&k);
}

int
attack_plan(struct world *w, const char *which, const char *only, unsigned each,
    bool switches)
{
	unsigned row, form, round;
	bool known = strcmp(which, "all") == 0 || strcmp(which, "none") == 0;
	bool found = only == NULL;

	for (form = 0; form < 3; form++)
		known = known || strcmp(which, forms[form]) == 0;
	for (row = 0; row < ROWS; row++)
		found = found || strcmp(only, rows[row].name) == 0;
	if (!known || !found)
		return -1;
	for (row = 0; row < ROWS; row++)
		for (form = 0; form < 3; form++) {
			if (strcmp(which, "none") == 0 ||
			    (strcmp(which, "all") != 0 &&
				strcmp(which, forms[form]) != 0) ||
			    (only != NULL && strcmp(only, rows[row].name) != 0))
				continue;
			/* A feed needs a switch of its own. */
			if (rows[row].tell == feed_silent ||
			    rows[row].tell == feed_gap) {
				if (switches)
					plan_one(w, row, (int)form, 0);
				continue;
			}
			for (round = 0; round < each; round++)
				plan_one(w, row, (int)form, round);
		}
	return 0;
}
