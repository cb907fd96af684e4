/* The calls of a store around the cases shown, for the pictures of them. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/understand.h"
#include "store/store_calls.h"

enum { PICTURED = 50 }; /* cases, the worst, that have pictures */

/* What the store knows of calls, while it is read. */
struct history {
	struct reporting *r;
	struct store *store;
	struct batch *calls;
	struct ruleset rules;
	struct notes notes;
};

/* The zone that the store keeps under a name, or NULL. */
static const struct zone *
kept_zone(struct store *s, const char *name)
{
	const struct zone *z = NULL;
	struct buf key, value;

	buf_init(&key);
	buf_init(&value);
	buf_addf(&key, "zone:%s", name);
	if (store_get(s, key.data, &value, NULL) == 1)
		z = zone_get(value.data, NULL);
	buf_fini(&key);
	buf_fini(&value);
	return z;
}

/* A source of the store as the configuration has it now. */
static void
settle_source(struct history *h, size_t i, struct source *out)
{
	const struct config_sources *sources = &h->r->setup.sources;
	struct batch_source *bs = &h->calls->sources[i];
	const char *name = batch_text(h->calls, bs->name);
	const struct source *src = config_source_named(sources, name);

	*out = src != NULL ? *src : sources->list[0];
	if (src == NULL)
		out->name = out->site = name;
	bs->site = intern_addstr(h->calls->names, out->site);
	bs->calendar = out->calendar;
	bs->zone = out->zone;
	if (bs->zone == NULL)
		bs->zone = kept_zone(h->store, name);
	if (bs->zone == NULL)
		bs->zone = h->r->setup.zone;
	if (bs->zone == NULL)
		bs->zone = zone_utc();
}

static int
understand_calls(struct history *h, struct errmsg *err)
{
	size_t n = h->calls->nsources, i;
	struct source *own = xcalloc(n + 1, sizeof(*own));
	const struct source **list = xcalloc(n + 1, sizeof(*list));
	struct understand_settings set = {
		.sources = list,
		.nsources = n,
		.numplan = h->r->setup.numplan,
		.directory = h->r->setup.directory,
		.rates = h->r->setup.rates,
		.guess = true,
		.zone = h->r->setup.zone,
	};
	struct understood u = { .legs = NULL };
	struct buf home;
	int got;

	for (i = 0; i < n; i++) {
		settle_source(h, i, &own[i]);
		list[i] = &own[i];
	}
	buf_init(&home);
	got = store_get(h->store, "home_country", &home, err);
	if (got == 1)
		set.home = home.data;
	if (got >= 0)
		got = understand(h->calls, &set, &u, &h->notes, err);
	understood_fini(&u);
	buf_fini(&home);
	free(own);
	free(list);
	return got < 0 ? -1 : 0;
}

/* The calls from four weeks before the first case to the end of the last. */
static int
load_calls(struct history *h, const struct view *v, struct errmsg *err)
{
	int64_t from = INT64_MAX, to = INT64_MIN, since;
	const struct fraud_case *c;
	size_t i;

	for (i = 0; i < v->ncases && i < PICTURED; i++) {
		c = v->cases[i].c;
		since = casedata_since(h->r->setup.zone, c->first_seen);
		from = since < from ? since : from;
		to = c->last_seen >= to ? c->last_seen + 1 : to;
	}
	if (store_calls_load(h->store, from, to, 0, h->calls, err) != 0)
		return -1;
	batch_sort(h->calls);
	return understand_calls(h, err);
}

/* Opening hours, if there is one calendar for the whole site. */
static const struct calendar *
site_hours(struct history *h)
{
	if (setup_load_rules(&h->r->setup, NULL, &h->rules, &h->notes) != 0)
		return NULL;
	return named_calendar(&h->rules.named, NAMED_HOURS);
}

static void
make_all(const struct view *v, const struct casedata_from *from,
    struct arena *arena, const struct casedata **data)
{
	size_t i;

	for (i = 0; i < v->ncases && i < PICTURED; i++)
		data[i] = casedata_make(arena, from, &v->cases[i]);
}

static int
from_store(struct reporting *r, const struct view *v,
    struct casedata_from *from, struct arena *arena,
    const struct casedata **data)
{
	struct history h = { .r = r, .calls = batch_new() };
	struct errmsg err;
	int got;

	ruleset_init(&h.rules);
	notes_init(&h.notes);
	got = store_open(&h.store, r->setup.db, STORE_READ, &err);
	if (got == 0)
		got = load_calls(&h, v, &err);
	if (got == 0) {
		from->calls = h.calls;
		from->hours = site_hours(&h);
		make_all(v, from, arena, data);
	} else {
		diag_error(&r->setup.diag, "%s", err.text);
	}
	ruleset_fini(&h.rules);
	notes_fini(&h.notes);
	store_close(&h.store);
	batch_free(&h.calls);
	return got == 0 ? 0 : -1;
}

int
history_load(struct reporting *r, const struct view *v, struct arena *arena,
    struct emit_options *opt)
{
	const struct casedata **data =
	    arena_array(arena, v->ncases + 1, sizeof(*data));
	struct casedata_from from = { .zone = r->setup.zone,
		.redact = (int)r->o->redact };

	opt->data = data;
	if (v->ncases == 0)
		return 0;
	if (!r->from_pipe)
		return from_store(r, v, &from, arena, data);
	make_all(v, &from, arena, data);
	return 0;
}
