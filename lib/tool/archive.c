#include "tool/archive.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "cdr/understand.h"
#include "store/store_calls.h"

struct archive {
	struct setup *s;
	struct store *store;
	struct batch *batch;
	const struct zone *zone; /* of the run, or NULL */
};

/* The zone that the store keeps under a name, or NULL. */
static const struct zone *
kept_zone(struct store *s, const char *key)
{
	const struct zone *z = NULL;
	struct buf name;

	buf_init(&name);
	if (store_get(s, key, &name, NULL) == 1)
		z = zone_get(name.data, NULL);
	buf_fini(&name);
	return z;
}

/* A source of the store as the configuration has it now. */
static void
settle_source(const struct archive *a, size_t i, struct source *out)
{
	const struct config_sources *all = &a->s->sources;
	struct batch_source *bs = &a->batch->sources[i];
	const char *name = batch_text(a->batch, bs->name);
	const struct source *src = config_source_named(all, name);
	struct buf key;

	*out = src != NULL ? *src : all->list[0];
	if (src == NULL)
		out->name = out->site = name;
	bs->site = intern_addstr(a->batch->names, out->site);
	bs->calendar = out->calendar;
	bs->zone = out->zone;
	buf_init(&key);
	buf_addf(&key, "zone:%s", name);
	if (bs->zone == NULL)
		bs->zone = kept_zone(a->store, key.data);
	if (bs->zone == NULL)
		bs->zone = a->zone != NULL ? a->zone : zone_utc();
	buf_fini(&key);
}

static int
understand_all(const struct archive *a, struct notes *notes, struct errmsg *err)
{
	size_t n = a->batch->nsources, i;
	struct source *own = xcalloc(n + 1, sizeof(*own));
	const struct source **list = xcalloc(n + 1, sizeof(*list));
	struct understand_settings set = { .sources = list,
		.nsources = n,
		.numplan = a->s->numplan,
		.directory = a->s->directory,
		.rates = a->s->rates,
		.guess = true,
		.zone = a->zone };
	struct understood u = { .legs = NULL };
	struct buf home;
	int status;

	for (i = 0; i < n; i++) {
		settle_source(a, i, &own[i]);
		list[i] = &own[i];
	}
	buf_init(&home);
	status = store_get(a->store, "home_country", &home, err);
	if (status == 1)
		set.home = home.data;
	if (status >= 0)
		status = understand(a->batch, &set, &u, notes, err);
	understood_fini(&u);
	buf_fini(&home);
	free(own);
	free(list);
	return status < 0 ? -1 : 0;
}

int
archive_load(struct setup *s, struct store *store, struct batch *b,
    const struct zone **zone, struct notes *notes, struct errmsg *err)
{
	struct archive a = { .s = s, .store = store, .batch = b };

	if (*zone == NULL)
		*zone = kept_zone(store, "zone");
	a.zone = *zone;
	if (store_calls_load(store, INT64_MIN, INT64_MAX, 0, b, err) != 0)
		return -1;
	return understand_all(&a, notes, err);
}
