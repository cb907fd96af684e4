/* The zones under which a store has its calls. */
#include "stored.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "store/store_calls.h"
#include "tool/readcalls.h"

/* A value of the store; it is kept if the store has none yet. */
int
stored_remember(struct store *store, const char *name, const char *value,
    struct errmsg *err)
{
	struct buf had;
	int got;

	if (value[0] == '\0')
		return 0;
	buf_init(&had);
	got = store_get(store, name, &had, err);
	buf_fini(&had);
	if (got != 0)
		return got < 0 ? -1 : 0;
	return store_set(store, name, value, err);
}

/*
 * The zone that the first run guessed.  It stands in for one that nobody
 * stated; where call ids prove another offset, as every half year, they are
 * right, and say the same whenever the record is read again.
 */
int
stored_recall_zone(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;

	if (readcalls_kept_zone(r->store, NULL, &s->guessed, err) < 0)
		return -1;
	if (s->setup.zone == NULL)
		s->setup.zone = s->guessed;
	return 0;
}

static const struct zone *
stated_zone(const struct scan *s, const char *source)
{
	const struct source *src =
	    config_source_named(&s->setup.sources, source);

	return src != NULL ? src->zone : s->setup.sources.list[0].zone;
}

/*
 * Whether calls were stored at the instants of a source's zone.  Where some
 * were deleted for their age, nobody knows of which sources they were.
 */
static int
zone_binds(struct store *store, const char *source, struct errmsg *err)
{
	int64_t horizon;

	if (store_horizon(store, &horizon, err) != 0)
		return -1;
	return horizon != INT64_MIN ? 1
				    : store_calls_any_of(store, source, err);
}

/* Which sources have a call, duplicates too, among those just read. */
static bool *
see_who_called(const struct batch *b)
{
	bool *called = xcalloc(b->nsources + 1, sizeof(*called));
	size_t i, left = b->nsources;
	uint16_t source;

	for (i = 0; i < b->n && left > 0; i++) {
		source = b->calls[i].source;
		left -= !called[source];
		called[source] = true;
	}
	return called;
}

static int
set_zone(struct store *store, const char *source, const struct zone *z,
    struct errmsg *err)
{
	struct buf key;
	int got;

	buf_init(&key);
	buf_addf(&key, "zone:%s", source);
	got = store_set(store, key.data, zone_name(z), err);
	buf_fini(&key);
	return got;
}

/* A source that comes with another zone than the one it was stored with. */
static int
refuse_zone(struct stored_run *r, const char *source, const struct zone *had,
    const struct zone *now, struct errmsg *err)
{
	if (stated_zone(r->s, source) == NULL)
		return 0;
	return errmsg_set(err,
	    "%s: source '%s' is stored with zone %s, now it is %s; --rescore "
	    "moves its calls",
	    store_path(r->store), source, zone_name(had), zone_name(now));
}

/* The zone of one source; it is kept once a call was stored by it. */
static int
keep_zone(struct stored_run *r, const struct batch_source *bs, bool called,
    struct errmsg *err)
{
	const char *source = batch_text(r->s->batch, bs->name);
	const struct zone *had;
	int got;

	if (bs->zone == NULL)
		return 0;
	if (readcalls_kept_zone(r->store, source, &had, err) < 0)
		return -1;
	if (had != NULL) {
		if (strcmp(zone_name(had), zone_name(bs->zone)) == 0)
			return 0;
		got = zone_binds(r->store, source, err);
		if (got != 0)
			return got < 0
				   ? -1
				   : refuse_zone(r, source, had, bs->zone, err);
	}
	return called ? set_zone(r->store, source, bs->zone, err) : 0;
}

/*
 * Keep the zone of each source that calls were just read of.  They are stored
 * at the instants that it gave; under another one the same records would be
 * other calls.  Of a source without a call there is nothing to keep.
 */
int
stored_keep_zones(struct stored_run *r, struct errmsg *err)
{
	const struct batch *b = r->s->batch;
	bool *called = see_who_called(b);
	size_t i;
	int got = 0;

	for (i = 0; i < b->nsources && got == 0; i++)
		got = keep_zone(r, &b->sources[i], called[i], err);
	free(called);
	return got;
}

/* Each source that the configuration has, and the default one. */
int
stored_rezone(struct stored_run *r, struct errmsg *err)
{
	const struct config_sources *all = &r->s->setup.sources;
	const struct zone *from, *to;
	size_t i;
	int got = 0;

	for (i = 0; i < all->n && got == 0; i++) {
		to = all->list[i].zone;
		if (readcalls_kept_zone(r->store, all->list[i].name, &from,
			err) < 0)
			got = -1;
		if (from == NULL || to == NULL ||
		    strcmp(zone_name(from), zone_name(to)) == 0)
			continue;
		got = stored_move(r, all->list[i].name, from, to, err);
		if (got == 0)
			got = set_zone(r->store, all->list[i].name, to, err);
	}
	return got;
}
