/* The zones under which a store has its calls, and sources as they are now. */
#include "stored.h"

#include <string.h>

#include "base/xalloc.h"

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
	struct buf name;
	int got;

	buf_init(&name);
	got = store_get(r->store, "zone", &name, err);
	if (got == 1) {
		s->guessed = zone_get(name.data, err);
		got = s->guessed != NULL ? 1 : -1;
	}
	if (s->setup.zone == NULL)
		s->setup.zone = s->guessed;
	buf_fini(&name);
	return got < 0 ? -1 : 0;
}

static const struct zone *
stated_zone(const struct scan *s, const char *source)
{
	const struct source *src =
	    config_source_named(&s->setup.sources, source);

	return src != NULL ? src->zone : s->setup.sources.list[0].zone;
}

/* The zone under which the calls of a source are stored, or NULL. */
static const struct zone *
kept_zone(struct store *store, const char *source)
{
	const struct zone *z = NULL;
	struct buf key, name;

	buf_init(&key);
	buf_init(&name);
	buf_addf(&key, "zone:%s", source);
	if (store_get(store, key.data, &name, NULL) == 1)
		z = zone_get(name.data, NULL);
	buf_fini(&key);
	buf_fini(&name);
	return z;
}

/*
 * Keep the zone of each source just read.  Calls were stored at the instants
 * that it gave; under another one the same records would be other calls.
 */
int
stored_keep_zones(struct stored_run *r, struct errmsg *err)
{
	const struct batch *b = r->s->batch;
	const struct zone *had;
	const char *source;
	struct buf key;
	size_t i;
	int got = 0;

	buf_init(&key);
	for (i = 0; i < b->nsources && got == 0; i++) {
		source = batch_text(b, b->sources[i].name);
		had = kept_zone(r->store, source);
		if (had != NULL && stated_zone(r->s, source) != NULL &&
		    strcmp(zone_name(had), zone_name(b->sources[i].zone)) != 0)
			got = errmsg_set(err,
			    "%s: source '%s' is stored with zone %s, now it is "
			    "%s; --rescore moves its calls",
			    store_path(r->store), source, zone_name(had),
			    zone_name(b->sources[i].zone));
		buf_reset(&key);
		buf_addf(&key, "zone:%s", source);
		if (got == 0 && b->sources[i].zone != NULL)
			got = stored_remember(r->store, key.data,
			    zone_name(b->sources[i].zone), err);
	}
	buf_fini(&key);
	return got;
}

/* The zone whose days and hours the calls of a source are counted by. */
const struct zone *
stored_zone_of(const struct scan *s, struct store *store,
    const struct source *src)
{
	const struct zone *z = src->zone;

	if (z == NULL && store != NULL)
		z = kept_zone(store, src->name);
	if (z != NULL)
		return z;
	if (s->guessed != NULL)
		return s->guessed;
	return s->setup.env_zone != NULL ? s->setup.env_zone : zone_utc();
}

/*
 * For each source of the batch the configured one of its name.  One that is
 * not configured any more has the settings of the top level, in `unknown`.
 */
const struct source **
stored_sources(struct scan *s, struct store *store, struct batch *b,
    struct source *unknown)
{
	const struct source **list = xcalloc(b->nsources, sizeof(*list));
	const struct source *src;
	const char *name;
	size_t i;

	for (i = 0; i < b->nsources; i++) {
		name = batch_text(b, b->sources[i].name);
		src = config_source_named(&s->setup.sources, name);
		if (src == NULL) {
			unknown[i] = s->setup.sources.list[0];
			unknown[i].name = unknown[i].site = name;
			src = &unknown[i];
		}
		list[i] = src;
		b->sources[i].site = intern_addstr(b->names, src->site);
		b->sources[i].calendar = src->calendar;
		b->sources[i].zone = stored_zone_of(s, store, src);
	}
	return list;
}

/* Each source that the configuration has, and the default one. */
int
stored_rezone(struct stored_run *r, struct errmsg *err)
{
	const struct config_sources *all = &r->s->setup.sources;
	const struct zone *from, *to;
	struct buf key;
	size_t i;
	int got = 0;

	buf_init(&key);
	for (i = 0; i < all->n && got == 0; i++) {
		from = kept_zone(r->store, all->list[i].name);
		to = all->list[i].zone;
		if (from == NULL || to == NULL ||
		    strcmp(zone_name(from), zone_name(to)) == 0)
			continue;
		buf_reset(&key);
		buf_addf(&key, "zone:%s", all->list[i].name);
		got = stored_move(r, all->list[i].name, from, to, err);
		if (got == 0)
			got = store_set(r->store, key.data, zone_name(to), err);
	}
	buf_fini(&key);
	return got;
}
