#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cdr/ingest_impl.h"

enum { MINUTE_MS = 60 * 1000, HALF_HOUR_MS = 30 * MINUTE_MS };

struct proof {
	int64_t naive; /* stamps without zone */
	int64_t ids;   /* ids that tell a time */
	int64_t agree; /* with the zone that is tried */
	int64_t left;  /* stamps that no id of their own makes UTC */
	int64_t votes[INGEST_OFFSETS];
	int best, second; /* offsets with the most votes */
};

/* How stamps of a source become UTC. */
struct reading {
	const struct zone *zone;
	bool own;     /* what the id of a call proves made its start UTC */
	int64_t left; /* other naive stamps */
	/*
	 * The rest: the ids prove two offsets, those of a zone in winter and
	 * in summer whose name nobody knows.  In ms.
	 */
	bool seasonal;
	int64_t low, high;
	struct seasons seasons;
};

/* The start of call i is UTC now; the clock that was read showed `stamp`. */
static void
note_clock(const struct ingest *in, size_t i, int64_t stamp)
{
	const int64_t ahead = stamp - in->batch->calls[i].start;

	if (ahead % ORIGIN_CLOCK_MS == 0)
		in->batch->origins[i].clock =
		    (uint8_t)(ORIGIN_CLOCK + ahead / ORIGIN_CLOCK_MS);
}

/* The calls of a source while they are weighed. */
struct weighing {
	const struct ingest *in;
	const struct zone *zone; /* that is tried */
	bool asked;              /* whether ids agree with it */
	atomic_llong agree;
};

static bool
agrees(const struct weighing *w, const struct ingest_stream *s, size_t i)
{
	const struct batch *b = w->in->batch;
	int64_t epoch;

	return ingest_epoch(b, s->layout, i, &epoch) &&
	       ingest_agrees(w->zone, b->calls[i].start, epoch);
}

/* What its own id proves of a stamp holds whatever the others prove. */
static void
weigh_piece(void *arg, const struct ingest_piece *piece)
{
	struct weighing *w = arg;
	const struct batch *b = w->in->batch;
	long long agree = 0;
	struct origin *o;
	size_t i;

	for (i = piece->first; i < piece->end; i++) {
		o = &b->origins[i];
		if (o->zone_kind != STAMP_LOCAL)
			continue;
		agree += w->asked && agrees(w, piece->stream, i);
		if (o->clock == INGEST_CLOCK_OTHER)
			o->clock = INGEST_CLOCK_NONE;
		/* What need not change is not written: half of the time. */
		if (o->clock >= INGEST_CLOCK_WEST && o->clock != ORIGIN_CLOCK)
			b->calls[i].start -=
			    ingest_offset_ms(o->clock - INGEST_CLOCK_WEST);
	}
	atomic_fetch_add(&w->agree, agree);
}

/* What the clocks of a stream's calls prove, which may not be known yet. */
static void
add_proof(struct proof *p, struct ingest_stream *s, const struct batch *b)
{
	uint64_t *n = s->clocks;
	size_t i;
	int k;

	for (i = s->first; !s->weighed && i < s->end; i++) {
		ingest_weigh_again(b, s->layout, i);
		ingest_count_clocks(s, b, i, 1, INGEST_CLOCK_MIXED);
	}
	s->weighed = true;
	p->left += (int64_t)(n[INGEST_CLOCK_NONE] + n[INGEST_CLOCK_OTHER]);
	p->ids += (int64_t)n[INGEST_CLOCK_OTHER];
	p->naive += (int64_t)n[INGEST_CLOCK_NONE];
	for (k = 0; k < INGEST_OFFSETS; k++)
		p->votes[k] += (int64_t)n[INGEST_CLOCK_WEST + k];
}

static void
find_best(struct proof *p)
{
	int k;

	p->best = p->second = -1;
	for (k = 0; k < INGEST_OFFSETS; k++)
		if (p->votes[k] > 0 &&
		    (p->best < 0 || p->votes[k] > p->votes[p->best]))
			p->best = k;
	for (k = 0; k < INGEST_OFFSETS; k++)
		if (p->votes[k] > 0 && k != p->best &&
		    (p->second < 0 || p->votes[k] > p->votes[p->second]))
			p->second = k;
}

static void
weigh_source(const struct ingest *in, uint16_t source, struct reading *r,
    struct proof *p)
{
	const int utc = ORIGIN_CLOCK - INGEST_CLOCK_WEST;
	struct weighing w = { .in = in, .zone = r->zone };
	size_t f;
	int k;

	memset(p, 0, sizeof(*p));
	for (f = 0; f < in->nfiles; f++)
		if (in->streams[f].source == source)
			add_proof(p, &in->streams[f], in->batch);
	for (k = 0; k < INGEST_OFFSETS; k++)
		p->ids += p->votes[k];
	p->naive += p->ids;
	find_best(p);
	r->own = true;
	r->left = p->left;
	/* UTC agrees with the ids that prove just that. */
	w.asked = r->zone != zone_utc();
	if (w.asked || p->ids > p->votes[utc])
		ingest_each_piece(in, source, weigh_piece, &w);
	p->agree = w.asked ? atomic_load(&w.agree) : p->votes[utc];
}

/* The offset that the id of call i proves, else -1. */
static int
own_offset(const struct ingest *in, const struct reading *r, size_t i)
{
	const int clock = in->batch->origins[i].clock;

	return r->own && clock >= INGEST_CLOCK_WEST ? clock - INGEST_CLOCK_WEST
						    : -1;
}

/* "pbx1: " in front of a note when several sources could be meant. */
static void
say(struct ingest *in, const struct source *src, const char *text)
{
	bool plain = strcmp(src->name, SOURCE_DEFAULT) == 0;

	notes_addf(in->notes, NOTE_INFO, NULL, 0, "%s%s%s",
	    plain ? "" : src->name, plain ? "" : ": ", text);
}

static void
say_proved(struct ingest *in, const struct source *src, const char *what,
    int64_t n, const struct proof *p)
{
	char text[160];

	(void)snprintf(text, sizeof(text),
	    "stamps are %s: %lld of %lld unique ids agree", what, (long long)n,
	    (long long)p->ids);
	say(in, src, text);
}

/* Two offsets an hour apart share the ids. */
static bool
has_seasons(const struct proof *p)
{
	return p->second >= 0 && abs(p->best - p->second) == 4 &&
	       ingest_nearly_all(p->votes[p->best] + p->votes[p->second],
		   p->ids);
}

/*
 * Stamps without a proof in a source with two offsets: when was which?  A
 * zone that has seasons itself and agrees knows better.
 */
static void
learn_seasons(const struct ingest *in, uint16_t source, const struct proof *p,
    struct reading *r)
{
	int low = p->best < p->second ? p->best : p->second, index;
	const struct ingest_stream *s;
	size_t f, i;

	r->seasonal = true;
	r->low = ingest_offset_ms(low);
	r->high = ingest_offset_ms(low + 4);
	for (f = 0; f < in->nfiles; f++) {
		s = &in->streams[f];
		for (i = s->first; s->source == source && i < s->end; i++) {
			index = own_offset(in, r, i);
			if (index == low || index == low + 4)
				ingest_seasons_add(&r->seasons,
				    in->batch->calls[i].start, index != low);
		}
	}
	ingest_seasons_close(&r->seasons);
}

static void
say_seasons(struct ingest *in, const struct source *src, const struct proof *p)
{
	int low = p->best < p->second ? p->best : p->second;
	char what[40];

	(void)snprintf(what, sizeof(what), "%s and %s by season",
	    zone_name(ingest_fixed_zone(low)),
	    zone_name(ingest_fixed_zone(low + 4)));
	say_proved(in, src, what, p->votes[p->best] + p->votes[p->second], p);
}

/* No offset, and no two, can be said of all. */
static void
say_usual(struct ingest *in, const struct source *src, const struct proof *p,
    const struct zone *usual)
{
	char text[128];

	(void)snprintf(text, sizeof(text),
	    "no zone is stated: stamps are read %sas %s",
	    p->best >= 0 ? "by their unique ids, else " : "", zone_name(usual));
	say(in, src, text);
}

/* The zone of a source that does not state one. */
static void
guess(struct ingest *in, uint16_t source, const struct proof *p,
    struct reading *r)
{
	const struct source *src = in->sources[source];
	bool seasonal = p->best >= 0 && has_seasons(p);

	if (p->ids > 0 && ingest_nearly_all(p->agree, p->ids)) {
		say_proved(in, src, zone_name(r->zone), p->agree, p);
		if (zone_next_change(r->zone, 0) != ZONE_NEVER)
			seasonal = false;
	} else if (p->best >= 0 &&
		   ingest_nearly_all(p->votes[p->best], p->ids)) {
		r->zone = ingest_fixed_zone(p->best);
		say_proved(in, src, zone_name(r->zone), p->votes[p->best], p);
	} else if (seasonal) {
		r->zone = ingest_fixed_zone(p->best);
		say_seasons(in, src, p);
	} else {
		say_usual(in, src, p, r->zone);
	}
	if (seasonal)
		learn_seasons(in, source, p, r);
	in->guessed[source] = r->zone;
}

static void
choose(struct ingest *in, uint16_t source, struct reading *r)
{
	const struct source *src = in->sources[source];
	struct proof p;

	memset(r, 0, sizeof(*r));
	r->zone = src->zone != NULL ? src->zone : in->set.default_zone;
	if (src->zone != NULL) {
		ingest_warn_if_disproved(in, source);
	} else if (in->set.guess) {
		weigh_source(in, source, r, &p);
		if (p.naive > 0)
			guess(in, source, &p, r);
	}
	in->batch->sources[source].zone = r->zone;
}

static bool
within(int64_t a, int64_t b, int64_t span)
{
	return a - b <= span && b - a <= span;
}

/*
 * From the stamp of call i as written to the start that it was; returns
 * whether that is not clear.
 */
static bool
to_utc(const struct ingest *in, const struct ingest_stream *s, size_t i,
    const struct reading *r)
{
	struct call *c = &in->batch->calls[i];
	int64_t first, second, epoch = 0;
	bool has_id, clear = true;

	if (r->seasonal) {
		c->start -= ingest_seasons_high(&r->seasons,
				c->start - (r->low + r->high) / 2)
				? r->high
				: r->low;
		return false;
	}
	if (ingest_to_utc(r->zone, c->start, &first, &second) == ZONE_TWICE) {
		has_id = ingest_epoch(in->batch, s->layout, i, &epoch);
		if (has_id && within(second, epoch, HALF_HOUR_MS))
			first = second;
		else
			clear = has_id && within(first, epoch, HALF_HOUR_MS);
	}
	if (!clear)
		c->flags |= CALL_AMBIGUOUS;
	c->start = first;
	return !clear;
}

static bool
convert(const struct ingest *in, const struct ingest_stream *s, size_t i,
    const struct reading *r)
{
	const int64_t stamp = in->batch->calls[i].start;
	bool ambiguous;

	if (in->batch->origins[i].zone_kind != STAMP_LOCAL ||
	    own_offset(in, r, i) >= 0)
		return false;
	ambiguous = to_utc(in, s, i, r);
	note_clock(in, i, stamp);
	return ambiguous;
}

struct converting {
	const struct ingest *in;
	const struct reading *r;
	atomic_bool ambiguous; /* a stamp is */
};

static void
convert_piece(void *arg, const struct ingest_piece *piece)
{
	struct converting *c = arg;
	bool ambiguous = false;
	size_t i;

	for (i = piece->first; i < piece->end; i++)
		ambiguous |= convert(c->in, piece->stream, i, c->r);
	if (ambiguous)
		atomic_store(&c->ambiguous, true);
}

static void
convert_source(struct ingest *in, uint16_t source, const struct reading *r)
{
	struct converting c = { .in = in, .r = r, .ambiguous = false };

	if (!r->own || r->left > 0)
		ingest_each_piece(in, source, convert_piece, &c);
	in->ambiguous |= atomic_load(&c.ambiguous);
}

/* The zone of the run is that of the first guessed source by name. */
static void
choose_for_run(struct ingest *in)
{
	const char *first = NULL;
	size_t i;

	for (i = 0; i < in->nsources; i++) {
		if (in->guessed[i] == NULL ||
		    (first != NULL && strcmp(in->sources[i]->name, first) >= 0))
			continue;
		first = in->sources[i]->name;
		in->zone = in->guessed[i];
	}
}

void
ingest_zones(struct ingest *in)
{
	struct reading r;
	uint16_t source;

	for (source = 0; source < in->nsources; source++) {
		if (in->sources[source] == NULL)
			continue;
		choose(in, source, &r);
		convert_source(in, source, &r);
		ingest_seasons_fini(&r.seasons);
	}
	choose_for_run(in);
}
