#include <stdio.h>

#include "random_rule.h"
#include "tel/zone.h"

/* What the directory says: nothing, or one of these. */
static const char *const listed_calendars[] = { NULL, "york", "night",
	"hours" };
enum { LISTED = sizeof(listed_calendars) / sizeof(listed_calendars[0]) };

static int64_t
span_of(const struct rule *r)
{
	switch (r->measure.window) {
	case WINDOW_HOUR:
		return 3 * INT64_C(86400000);
	case WINDOW_DAY:
		return 40 * INT64_C(86400000);
	case WINDOW_WEEK:
		return 130 * INT64_C(86400000);
	default:
		/* a caller is new again after thirty days */
		if (rule_asks(r, field_find("src_new")))
			return 45 * INT64_C(86400000);
		return r->measure.fn == MEASURE_GAP ||
			       r->measure.fn == MEASURE_SILENCE
			   ? 12 * INT64_C(86400000)
			   : 6 * INT64_C(3600000);
	}
}

/* The night of 25 October 2026, when clocks go back in Berlin, is among them. */
size_t
random_calls(const struct random_rules *m, struct random_call *f)
{
	int64_t span = span_of(&m->rules[random_chance(80) ? 0 : 1].rule);
	int64_t end =
	    INT64_C(1792890000000) + random_roll(span / 3600000) * 3600000;
	size_t n = (size_t)(1 + random_roll(RANDOM_CALLS)), i;
	int hours = (int)random_roll(LISTED), fraud = random_chance(50) * 20;
	int sources = 1 + random_chance(80);
	enum random_clock clock = (enum random_clock)random_roll(CLOCK_COUNT);

	for (i = 0; i < n; i++) {
		f[i] = (struct random_call){
			.start = end - span + random_roll(span / 60000) * 60000,
			.cost = random_roll(5) * 500000,
			.ring = (uint32_t)(random_roll(3) * 60000),
			.duration = (uint32_t)(random_roll(10) * 60000),
			.account = (int)random_roll(3),
			.src = (int)random_roll(11),
			.dst = (int)random_roll(random_chance(50) ? 4 : 11),
			.cause = (int)random_roll(6),
			.source = (int)random_roll(sources),
			.clock = clock,
			.currency = (int)random_roll(3),
			.status = (int)random_roll(4),
			.has_cost = random_chance(70),
			.fraud = random_chance(fraud),
			.event = random_chance(10)
				     ? (int)(1 + random_roll(EVENT_COUNT - 1))
				     : EVENT_CALL,
		};
		/* all calls, one account, or some; seldom another one */
		if (clock == CLOCK_SEVERAL && hours != 0 &&
		    (f[i].account == 1 || random_chance(20)))
			f[i].listed = random_chance(5) ? LISTED - hours : hours;
		if (i > 0 &&
		    random_chance(25)) /* several calls at one instant */
			f[i].start = f[i - 1].start;
	}
	return n;
}

/* Neighbours, an extension, one that is no number, none. */
static uint32_t
number(struct batch *b, int n)
{
	static const char *const texts[] = { "", "+442079460098",
		"+442079460099", "+442079460100", "+442079460101", "199@ulm",
		"200@ulm", "200", "sip", "9", "10" };

	if (n == 0)
		return 0;
	return batch_party(b,
	    &(struct party){ .text = intern_addstr(b->names, texts[n]) });
}

static uint16_t
source_of(struct batch *b, const struct random_call *f)
{
	const struct zone *berlin = zone_get("Europe/Berlin", NULL);

	return f->source == 0 ? batch_source(b, "a", "x", berlin, NULL)
			      : batch_source(b, "b", "y",
				    f->clock == CLOCK_ONE ? berlin : zone_utc(),
				    f->clock == CLOCK_SEVERAL ? "hours" : NULL);
}

static void
add_call(struct batch *b, const struct random_call *f, uint32_t line)
{
	static const char *const currencies[] = { "", "EUR", "USD" };
	struct origin *o;
	struct call *c;
	char text[32];
	const size_t i = batch_add(b, &c, &o);

	c->start = f->start;
	batch_set_cost(b, i, f->has_cost ? f->cost : 0);
	c->flags = f->has_cost ? CALL_HAS_COST : 0;
	if (f->event != EVENT_CALL)
		c->flags |= CALL_EVENT;
	c->listed = (uint32_t)f->listed;
	o->event = (unsigned)f->event & 3;
	c->ring = f->ring;
	c->duration = f->duration;
	c->status = (uint8_t)f->status;
	c->currency = batch_currency(b, currencies[f->currency]);
	c->source = source_of(b, f);
	/* the label goes with the call, however it is read */
	o->key = line | (uint64_t)f->fraud << 63;
	o->line = line;
	o->cause = (uint8_t)f->cause;
	(void)snprintf(text, sizeof(text), "A%d", f->account);
	if (f->account > 0)
		c->account = intern_addstr(b->names, text);
	c->src = number(b, f->src);
	c->dst = number(b, f->dst);
}

bool
random_is_fraud(const struct batch *b, size_t i)
{
	return b->origins[i].key >> 63 != 0;
}

static void
random_waiver(const struct random_rules *m, struct waiver *w,
    const struct random_call *near)
{
	static const char *const first[] = { "random" },
				 *const both[] = { "b", "random" },
				 *const every[] = { "*" },
				 *const trigger[] = { "b" };
	static const struct texts rules[] = { { first, 1 }, { both, 2 },
		{ every, 1 }, { trigger, 1 } };

	*w = (struct waiver){ .reason = "Random",
		.owner = "nobody",
		.rules = rules[random_roll(4)],
		.match = random_chance(30) ? m->all : m->one,
		.from = near->start / INT64_C(86400000) - random_roll(3) };
	w->expires = w->from + 1 + random_roll(random_chance(50) ? 3 : 40);
	if (random_chance(30))
		w->calls_per_day = 1 + random_roll(4);
	if (random_chance(20))
		w->cost_per_day = 500000 * (1 + random_roll(8));
}

void
random_waivers(struct random_rules *m, const struct random_call *calls,
    size_t n)
{
	static const char *const ids[RANDOM_WAIVERS] = { "v", "w" };
	size_t i;

	m->nwaivers =
	    random_chance(50) ? 0 : (size_t)(1 + random_roll(RANDOM_WAIVERS));
	for (i = 0; i < m->nwaivers; i++) {
		random_waiver(m, &m->waivers[i],
		    &calls[random_roll((int64_t)n)]);
		m->waivers[i].id = ids[i];
	}
}

struct batch *
random_batch(const struct random_call *calls, const size_t *order, size_t n)
{
	return random_batch_from(calls, order, n, INT64_MIN);
}

struct batch *
random_batch_from(const struct random_call *calls, const size_t *order,
    size_t n, int64_t from)
{
	struct batch *b = batch_new();
	size_t i;

	for (i = 1; calls[0].clock == CLOCK_SEVERAL && i < LISTED; i++)
		(void)batch_listed(b,
		    &(struct listed){ .calendar = listed_calendars[i],
			.class = intern_addstr(b->names, i < 3 ? "c1" : "c2"),
			.group = intern_addstr(b->names,
			    i % 2 == 0 ? "g1" : "g2") });
	for (i = 0; i < n; i++)
		(void)source_of(b, &calls[order[i]]);
	for (i = 0; i < n; i++)
		if (calls[order[i]].start >= from)
			add_call(b, &calls[order[i]], (uint32_t)order[i] + 1);
	batch_sort(b);
	if (batch_mark_duplicates(b, 1, NULL) > 0)
		batch_sort(b);
	return b;
}
