#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cdr/decode.h"
#include "cdr/ingest_impl.h"

/*
 * What call ids prove.  An id holds the UTC second at which the switch made
 * it, a moment before the start stamp is taken.  So the stamp, read as if it
 * were UTC, is ahead of its id by the zone's offset, which is a whole number
 * of quarter hours, and by less than a minute.  Ids of legs that begin later
 * in a call do not agree; they are few.
 */
enum {
	QUARTER_MS = 15 * 60 * 1000,
	MINUTE_MS = 60 * 1000,
	HALF_HOUR_MS = 30 * 60 * 1000,
	WEST = 12 * 4, /* quarters: UTC-12 */
	EAST = 14 * 4, /* UTC+14 */
	OFFSETS = WEST + EAST + 1
};

struct proof {
	int64_t naive; /* stamps without zone */
	int64_t ids;   /* ids that tell a time */
	int64_t agree; /* with the zone that is tried */
	int64_t votes[OFFSETS];
	int best, second; /* offsets with the most votes */
};

/* How stamps of a source become UTC. */
struct reading {
	const struct zone *zone;
	/*
	 * By the ids alone: they prove two offsets, those of a zone in winter
	 * and in summer whose name nobody knows.  In ms.
	 */
	bool seasons;
	int64_t low, high;
};

static int64_t
offset_ms(int index)
{
	return (int64_t)(index - WEST) * QUARTER_MS;
}

static bool
within(int64_t a, int64_t b, int64_t span)
{
	return a - b <= span && b - a <= span;
}

/* The offset that a stamp and its id show, -1 if they do not agree on any. */
static int
offset_of(int64_t stamp, int64_t epoch)
{
	int64_t ahead = stamp - epoch + offset_ms(2 * WEST);
	int64_t index = (ahead + QUARTER_MS / 2) / QUARTER_MS;

	if (ahead < 0 || index >= OFFSETS ||
	    !within(ahead, index * QUARTER_MS, MINUTE_MS))
		return -1;
	return (int)index;
}

static enum zone_fold
to_utc(const struct zone *z, int64_t stamp, int64_t *first, int64_t *second)
{
	struct civil civil;

	zone_to_local(zone_utc(), stamp, &civil);
	return zone_to_utc(z, &civil, first, second);
}

static bool
epoch_of(const struct ingest *in, const struct ingest_stream *s, size_t i,
    int64_t *epoch)
{
	const struct intern *names = in->batch->names;
	uint32_t id = in->batch->origins[i].call_id;

	return decode_epoch(s->layout, intern_text(names, id),
	    intern_len(names, id), epoch);
}

static void
weigh_call(const struct ingest *in, const struct ingest_stream *s, size_t i,
    const struct zone *z, struct proof *p)
{
	int64_t stamp = in->batch->calls[i].start, epoch, first, second;
	int index;

	if (in->batch->origins[i].zone_kind != STAMP_LOCAL)
		return;
	p->naive++;
	if (!epoch_of(in, s, i, &epoch))
		return;
	p->ids++;
	(void)to_utc(z, stamp, &first, &second);
	p->agree +=
	    within(first, epoch, MINUTE_MS) || within(second, epoch, MINUTE_MS);
	index = offset_of(stamp, epoch);
	if (index >= 0)
		p->votes[index]++;
}

static void
weigh_source(const struct ingest *in, uint16_t source, const struct zone *z,
    struct proof *p)
{
	const struct ingest_stream *s;
	size_t f, i;
	int k;

	memset(p, 0, sizeof(*p));
	for (f = 0; f < in->nfiles; f++) {
		s = &in->streams[f];
		if (s->source != source)
			continue;
		for (i = s->first; i < s->end; i++)
			weigh_call(in, s, i, z, p);
	}
	p->best = p->second = -1;
	for (k = 0; k < OFFSETS; k++)
		if (p->votes[k] > 0 &&
		    (p->best < 0 || p->votes[k] > p->votes[p->best]))
			p->best = k;
	for (k = 0; k < OFFSETS; k++)
		if (p->votes[k] > 0 && k != p->best &&
		    (p->second < 0 || p->votes[k] > p->votes[p->second]))
			p->second = k;
}

/* More than 90 % of all. */
static bool
nearly_all(int64_t n, int64_t all)
{
	return n > all - n && n * 10 > all * 9;
}

static const struct zone *
fixed_zone(int index)
{
	int minutes = (index - WEST) * 15, size = abs(minutes);
	const struct zone *z;
	char name[8];

	if (minutes == 0)
		return zone_utc();
	(void)snprintf(name, sizeof(name), "%c%02d:%02d",
	    minutes < 0 ? '-' : '+', size / 60 % 100, size % 60);
	z = zone_get(name, NULL);
	assert(z != NULL);
	return z;
}

/* "pbx1: " in front of a note when several sources could be meant. */
static void
say(struct ingest *in, enum note_level level, const struct source *src,
    const char *text)
{
	bool plain = strcmp(src->name, SOURCE_DEFAULT) == 0;

	notes_addf(in->notes, level, NULL, 0, "%s%s%s", plain ? "" : src->name,
	    plain ? "" : ": ", text);
}

static void
warn_if_disproved(struct ingest *in, const struct source *src,
    const struct proof *p)
{
	char text[160];

	if (p->ids == 0 || p->agree * 2 >= p->ids || p->best < 0 ||
	    !nearly_all(p->votes[p->best], p->ids))
		return;
	(void)snprintf(text, sizeof(text),
	    "the zone is said to be %s, but stamps are %s: "
	    "%lld of %lld unique ids agree",
	    zone_name(src->zone), zone_name(fixed_zone(p->best)),
	    (long long)p->votes[p->best], (long long)p->ids);
	say(in, NOTE_WARNING, src, text);
}

static void
say_proved(struct ingest *in, const struct source *src, const char *what,
    int64_t n, const struct proof *p)
{
	char text[160];

	(void)snprintf(text, sizeof(text),
	    "stamps are %s: %lld of %lld unique ids agree", what, (long long)n,
	    (long long)p->ids);
	say(in, NOTE_INFO, src, text);
}

/* Two offsets an hour apart share the ids. */
static bool
has_seasons(const struct proof *p)
{
	return p->second >= 0 && abs(p->best - p->second) == 4 &&
	       nearly_all(p->votes[p->best] + p->votes[p->second], p->ids);
}

static void
take_seasons(struct ingest *in, const struct source *src, const struct proof *p,
    struct reading *r)
{
	int low = p->best < p->second ? p->best : p->second;
	char what[40];

	r->seasons = true;
	r->low = offset_ms(low);
	r->high = offset_ms(low + 4);
	r->zone = fixed_zone(p->best);
	(void)snprintf(what, sizeof(what), "%s and %s by season",
	    zone_name(fixed_zone(low)), zone_name(fixed_zone(low + 4)));
	say_proved(in, src, what, p->votes[p->best] + p->votes[p->second], p);
}

/* The zone of a source that does not state one. */
static void
guess(struct ingest *in, const struct source *src, const struct proof *p,
    struct reading *r)
{
	char text[96];

	r->zone = in->set.default_zone;
	if (p->ids > 0 && nearly_all(p->agree, p->ids)) {
		say_proved(in, src, zone_name(r->zone), p->agree, p);
	} else if (p->best >= 0 && nearly_all(p->votes[p->best], p->ids)) {
		r->zone = fixed_zone(p->best);
		say_proved(in, src, zone_name(r->zone), p->votes[p->best], p);
	} else if (p->best >= 0 && has_seasons(p)) {
		take_seasons(in, src, p, r);
	} else {
		(void)snprintf(text, sizeof(text),
		    "no zone is stated: stamps are read as %s",
		    zone_name(r->zone));
		say(in, NOTE_INFO, src, text);
	}
	if (in->zone == NULL)
		in->zone = r->zone;
}

static void
choose(struct ingest *in, uint16_t source, struct reading *r)
{
	const struct source *src = in->sources[source];
	struct proof p;

	memset(r, 0, sizeof(*r));
	r->zone = src->zone != NULL ? src->zone : in->set.default_zone;
	weigh_source(in, source, r->zone, &p);
	if (src->zone != NULL)
		warn_if_disproved(in, src, &p);
	else if (p.naive > 0 && in->set.guess)
		guess(in, src, &p, r);
	in->batch->sources[source].zone = r->zone;
}

/*
 * With ids and no zone: a leg begins after its id, so the greater offset, if
 * the stamp is not before the id then.
 */
static int64_t
by_season(const struct reading *r, int64_t stamp, bool has_id, int64_t epoch)
{
	int32_t usual;

	if (has_id)
		return stamp - r->high >= epoch - MINUTE_MS ? stamp - r->high
							    : stamp - r->low;
	usual = zone_offset(r->zone, stamp, NULL);
	return stamp - (int64_t)usual * 1000;
}

static void
convert(const struct ingest *in, const struct ingest_stream *s, size_t i,
    const struct reading *r)
{
	struct call *c = &in->batch->calls[i];
	int64_t first, second, epoch = 0;
	bool has_id;

	if (in->batch->origins[i].zone_kind != STAMP_LOCAL)
		return;
	if (r->seasons) {
		has_id = epoch_of(in, s, i, &epoch);
		c->start = by_season(r, c->start, has_id, epoch);
		return;
	}
	if (to_utc(r->zone, c->start, &first, &second) == ZONE_TWICE) {
		has_id = epoch_of(in, s, i, &epoch);
		if (has_id && within(second, epoch, HALF_HOUR_MS))
			first = second;
		else if (!has_id || !within(first, epoch, HALF_HOUR_MS))
			c->flags |= CALL_AMBIGUOUS;
	}
	c->start = first;
}

void
ingest_zones(struct ingest *in)
{
	const struct ingest_stream *s;
	struct reading r;
	uint16_t source;
	size_t f, i;

	for (source = 0; source < in->nsources; source++) {
		if (in->sources[source] == NULL)
			continue;
		choose(in, source, &r);
		for (f = 0; f < in->nfiles; f++) {
			s = &in->streams[f];
			for (i = s->first; s->source == source && i < s->end;
			     i++)
				convert(in, s, i, &r);
		}
	}
}
