#include <stdlib.h>
#include <string.h>

#include "cdr/ingest_impl.h"
#include "tel/calltime.h"

/*
 * A stated zone against the call ids.  It may be wrong of every call, of those
 * of one season, or of the weeks in which two countries change their clocks.
 * A leg that begins a whole hour after its id looks the same; so a single call
 * of several proves nothing, nor do as few as one of a hundred.
 */
enum { FEW = 100 };

struct disproof {
	int64_t ids;                    /* that tell a time */
	int64_t against;                /* and show another offset */
	int64_t votes[INGEST_OFFSETS];  /* of all ids */
	int64_t others[INGEST_OFFSETS]; /* of those against */
	size_t example;                 /* the first call against */
	int64_t stamp, epoch;           /* of that call */
};

static const char *
path_of(const struct ingest *in, size_t i)
{
	const struct batch *b = in->batch;

	return batch_text(b, b->files[batch_file_of(b, i)]);
}

/* The first by what it says, so that the order of the files does not matter. */
static bool
comes_first(const struct ingest *in, const struct disproof *d, size_t i,
    int64_t stamp, int64_t epoch)
{
	int order;

	if (d->against == 1 || stamp != d->stamp)
		return d->against == 1 || stamp < d->stamp;
	if (epoch != d->epoch)
		return epoch < d->epoch;
	order = strcmp(path_of(in, i), path_of(in, d->example));
	return order < 0 ||
	       (order == 0 && in->batch->origins[i].line <
				  in->batch->origins[d->example].line);
}

static void
weigh_call(const struct ingest *in, const struct ingest_stream *s, size_t i,
    const struct zone *z, struct disproof *d)
{
	int64_t stamp = in->batch->calls[i].start, epoch;
	int index;

	if (in->batch->origins[i].zone_kind != STAMP_LOCAL ||
	    !ingest_epoch(in->batch, s->layout, i, &epoch))
		return;
	d->ids++;
	index = ingest_offset_of(stamp, epoch);
	if (index < 0)
		return;
	d->votes[index]++;
	if (ingest_agrees(z, stamp, epoch))
		return;
	d->against++;
	d->others[index]++;
	if (!comes_first(in, d, i, stamp, epoch))
		return;
	d->example = i;
	d->stamp = stamp;
	d->epoch = epoch;
}

static void
weigh_source(const struct ingest *in, uint16_t source, struct disproof *d)
{
	const struct zone *z = in->sources[source]->zone;
	const struct ingest_stream *s;
	size_t f, i;

	memset(d, 0, sizeof(*d));
	for (f = 0; f < in->nfiles; f++) {
		s = &in->streams[f];
		for (i = s->first; s->source == source && i < s->end; i++)
			weigh_call(in, s, i, z, d);
	}
}

/* The offset with the most votes but `except`, -1 if there is none. */
static int
most_votes(const int64_t *votes, int except)
{
	int k, best = -1;

	for (k = 0; k < INGEST_OFFSETS; k++)
		if (k != except && votes[k] > 0 &&
		    (best < 0 || votes[k] > votes[best]))
			best = k;
	return best;
}

/* "stamps are UTC: 5 of 5 unique ids agree" */
static void
say_what(const struct disproof *d, struct buf *b)
{
	int best = most_votes(d->votes, -1);
	int second = most_votes(d->votes, best), low;
	int64_t n = d->votes[best];

	if (d->others[best] > 0 && ingest_nearly_all(n, d->ids)) {
		buf_addf(b, "stamps are %s",
		    zone_name(ingest_fixed_zone(best)));
	} else if (second >= 0 && abs(best - second) == 4 &&
		   d->against * 2 > d->ids &&
		   ingest_nearly_all(n + d->votes[second], d->ids)) {
		n += d->votes[second];
		low = best < second ? best : second;
		buf_addf(b, "stamps are %s and %s by season",
		    zone_name(ingest_fixed_zone(low)),
		    zone_name(ingest_fixed_zone(low + 4)));
	} else {
		buf_addf(b, "%lld of %lld unique ids disprove it",
		    (long long)d->against, (long long)d->ids);
		return;
	}
	buf_addf(b, ": %lld of %lld unique ids agree", (long long)n,
	    (long long)d->ids);
}

/* " (2026-01-13 02:11:09 was 2026-01-13T01:11:09Z by its id: +01:00)" */
static void
say_example(const struct disproof *d, struct buf *b)
{
	const int index = ingest_offset_of(d->stamp, d->epoch);

	buf_addstr(b, " (");
	time_local(b, zone_utc(), d->stamp);
	buf_addstr(b, " was ");
	time_rfc3339(b, d->epoch);
	buf_addf(b, " by its id: %s)", zone_name(ingest_fixed_zone(index)));
}

void
ingest_warn_if_disproved(struct ingest *in, uint16_t source)
{
	const struct source *src = in->sources[source];
	struct disproof d;
	struct buf b;

	weigh_source(in, source, &d);
	if (d.against * FEW <= d.ids || (d.against == 1 && d.ids > 2))
		return;
	buf_init(&b);
	if (strcmp(src->name, SOURCE_DEFAULT) != 0)
		buf_addf(&b, "%s: ", src->name);
	buf_addf(&b, "the zone is said to be %s, but ", zone_name(src->zone));
	say_what(&d, &b);
	say_example(&d, &b);
	notes_addf(in->notes, NOTE_WARNING, path_of(in, d.example),
	    in->batch->origins[d.example].line, "%s", b.data);
	buf_fini(&b);
}
