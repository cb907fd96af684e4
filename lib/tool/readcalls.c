#include "tool/readcalls.h"

#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "store/store_calls.h"

/* Layouts ----------------------------------------------------------------- */

static int
load_layouts(const struct setup *s, struct layouts *ls, struct notes *notes)
{
	struct buf path;
	int r;

	buf_init(&path);
	buf_addf(&path, "%s/layouts", s->data.data);
	r = layouts_load(ls, path.data, notes);
	buf_fini(&path);
	return r;
}

int
readcalls_layouts(const struct setup *s, struct layouts *ls)
{
	struct notes notes;
	int r;

	notes_init(&notes);
	r = load_layouts(s, ls, &notes);
	diag_notes(&s->diag, &notes);
	notes_fini(&notes);
	return r == 0 ? EXIT_DONE : EXIT_NOT_DONE;
}

/* Two things to load, neither of which needs the other. */
enum { RULES, LAYOUTS, THINGS };

struct loading {
	struct setup *setup;
	struct ruleset *rules;
	struct layouts *layouts;
	struct notes notes[THINGS];
	int result[THINGS];
};

static void
load(void *arg, size_t what)
{
	struct loading *l = arg;

	if (what == RULES)
		l->result[what] = setup_load_rules(l->setup, SETUP_IN_FORCE,
		    NULL, l->rules, &l->notes[what]);
	else
		l->result[what] =
		    load_layouts(l->setup, l->layouts, &l->notes[what]);
}

int
readcalls_rules_and_layouts(struct setup *s, struct ruleset *rules,
    struct layouts *ls, size_t threads)
{
	struct loading l = { .setup = s, .rules = rules, .layouts = ls };
	bool good;

	notes_init(&l.notes[RULES]);
	notes_init(&l.notes[LAYOUTS]);
	pool_run(threads, THINGS, load, &l);
	setup_say_rules(s, &l.notes[RULES]);
	good = l.result[RULES] == 0;
	if (good)
		diag_notes(&s->diag, &l.notes[LAYOUTS]);
	notes_fini(&l.notes[RULES]);
	notes_fini(&l.notes[LAYOUTS]);
	return good && l.result[LAYOUTS] == 0 ? EXIT_DONE : EXIT_NOT_DONE;
}

/* The file of a layout of the site's own; NULL: it is one by its id. */
static const char *
own_layout(const char *stated)
{
	const size_t prefix = strlen(LAYOUT_MAP);

	return strncmp(stated, LAYOUT_MAP, prefix) == 0 ? stated + prefix
							: NULL;
}

/*
 * What may be meant by an id that none is: one that it looks like, or NULL and,
 * as the name of a switch is no layout but tells of some, "there are IDS", or
 * nothing.
 */
static const char *
suggest(const struct layouts *ls, const char *id, struct buf *there)
{
	const char *near = layouts_suggest(ls, id);
	struct buf ids;

	buf_init(&ids);
	if (near == NULL)
		layouts_of_switch(ls, id, &ids);
	if (ids.len > 0)
		buf_addf(there, "there are %s", ids.data);
	buf_fini(&ids);
	return near;
}

static void
say_unknown(const struct setup *s, const struct layouts *ls, const char *id)
{
	const char *near;
	struct buf there;

	buf_init(&there);
	near = suggest(ls, id, &there);
	if (there.len > 0)
		diag_error(&s->diag, "--type: no such layout: '%s'; %s", id,
		    there.data);
	else
		diag_unknown(&s->diag, "--type: no such layout", id, near);
	buf_fini(&there);
}

/* What --type states to an id, in place. */
static int
settle_type(const struct setup *s, struct layouts *ls, const char **id)
{
	const struct layout *l;
	struct notes notes;

	if (*id == NULL || layouts_find(ls, *id) != NULL)
		return EXIT_DONE;
	if (own_layout(*id) == NULL) {
		say_unknown(s, ls, *id);
		return EXIT_NOT_DONE;
	}
	notes_init(&notes);
	l = layouts_load_stated(ls, own_layout(*id), &notes);
	diag_notes(&s->diag, &notes);
	notes_fini(&notes);
	*id = l != NULL ? l->id : NULL;
	return l != NULL ? EXIT_DONE : EXIT_NOT_DONE;
}

static void
note_unknown(const struct layouts *ls, const struct json *at, const char *id,
    struct notes *notes)
{
	const char *near;
	struct buf help;

	buf_init(&help);
	near = suggest(ls, id, &help);
	if (near != NULL)
		buf_addf(&help, "did you mean \"%s\"?", near);
	json_note(notes, NOTE_ERROR, "E206", at,
	    help.len > 0 ? help.data : NULL,
	    "a layout of one's own is \"map:FILE\"", "no such layout: '%s'",
	    id);
	buf_fini(&help);
}

const char *
readcalls_layout_of(struct layouts *ls, const struct config_site *site,
    struct notes *notes)
{
	const struct json *at = json_get(site->at, "layout");
	const char *path = own_layout(site->layout);
	const struct layout *l = layouts_find(ls, site->layout);

	if (l != NULL)
		return l->id;
	if (path == NULL)
		note_unknown(ls, at, site->layout, notes);
	else if (config_readable(at, path, notes))
		l = layouts_load_stated(ls, path, notes);
	return l != NULL ? l->id : NULL;
}

/* The default source has none: it stands for files that no one named. */
static int
settle_configured(struct setup *s, struct layouts *ls)
{
	const struct config *c = &s->config;
	struct notes notes;
	size_t i, errors;

	notes_init(&notes);
	for (i = 0; i < c->nsources; i++)
		if (c->sources[i].layout != NULL)
			s->sources.list[i + 1].layout =
			    readcalls_layout_of(ls, &c->sources[i], &notes);
	errors = notes.errors;
	diag_notes(&s->diag, &notes);
	notes_fini(&notes);
	return errors == 0 ? EXIT_DONE : EXIT_NOT_DONE;
}

int
readcalls_settle_layouts(struct setup *s, struct layouts *ls, const char *type)
{
	size_t i;

	if (type == NULL)
		return settle_configured(s, ls);
	if (strcmp(type, "auto") == 0)
		type = NULL;
	if (settle_type(s, ls, &type) != EXIT_DONE)
		return EXIT_NOT_DONE;
	for (i = 0; i < s->sources.n; i++)
		s->sources.list[i].layout = type;
	return EXIT_DONE;
}

struct ingest_settings
readcalls_settings(const struct setup *s, const struct layouts *ls)
{
	return (struct ingest_settings){
		.layouts = ls,
		.numplan = s->numplan,
		.directory = s->directory,
		.rates = s->rates,
		.as_of = s->now,
		.max_rejects = -1,
		.max_reject_share = 1,
		.guess = true,
		.default_zone = s->env_zone,
		.stages = s->stages,
	};
}

/* Calls of a store -------------------------------------------------------- */

int
readcalls_kept_zone(struct store *st, const char *source, const struct zone **z,
    struct errmsg *err)
{
	struct buf key, name;
	int got;

	*z = NULL;
	buf_init(&key);
	buf_init(&name);
	buf_addf(&key, "zone%s%s", source != NULL ? ":" : "",
	    source != NULL ? source : "");
	got = store_get(st, key.data, &name, err);
	if (got == 1) {
		*z = zone_get(name.data, err);
		got = *z != NULL ? 1 : -1;
	}
	buf_fini(&key);
	buf_fini(&name);
	return got;
}

/* The sources of a batch as they are configured now. */
struct settled {
	const struct setup *setup;
	struct store *store;
	const struct zone *rest; /* of sources that no zone is known of */
	const struct source **list;
	struct source *unknown; /* those that are not configured any more */
};

static int
settle_source(struct settled *st, struct batch *b, size_t i, struct errmsg *err)
{
	const struct config_sources *all = &st->setup->sources;
	struct batch_source *bs = &b->sources[i];
	const char *name = batch_text(b, bs->name);
	const struct source *src = config_source_named(all, name);

	if (src == NULL) {
		st->unknown[i] = all->list[0];
		st->unknown[i].name = st->unknown[i].site = name;
		src = &st->unknown[i];
	}
	st->list[i] = src;
	bs->site = intern_addstr(b->names, src->site);
	bs->calendar = src->calendar;
	bs->zone = src->zone;
	if (bs->zone == NULL &&
	    readcalls_kept_zone(st->store, name, &bs->zone, err) < 0)
		return -1;
	if (bs->zone == NULL)
		bs->zone = st->rest;
	return 0;
}

static int
settle_sources(struct settled *st, struct batch *b, struct errmsg *err)
{
	size_t i;

	if (readcalls_kept_zone(st->store, NULL, &st->rest, err) < 0)
		return -1;
	if (st->rest == NULL)
		st->rest = st->setup->env_zone;
	if (st->rest == NULL)
		st->rest = zone_utc();
	for (i = 0; i < b->nsources; i++)
		if (settle_source(st, b, i, err) != 0)
			return -1;
	return 0;
}

int
readcalls_understand_stretch(const struct setup *s, struct store *store,
    const struct understand_stretch *stretch, struct understand_kept *keep,
    struct batch *b, struct understood *u, struct notes *notes,
    struct errmsg *err)
{
	struct settled st = { .setup = s,
		.store = store,
		.list = xcalloc(b->nsources, sizeof(*st.list)),
		.unknown = xcalloc(b->nsources, sizeof(*st.unknown)) };
	struct understand_settings set = { .sources = st.list,
		.nsources = b->nsources,
		.numplan = s->numplan,
		.directory = s->directory,
		.rates = s->rates,
		.guess = true,
		.threads = s->threads,
		.stages = s->stages,
		.stretch = stretch,
		.keep = keep };
	struct buf home;
	int got;

	*u = (struct understood){ .legs = NULL };
	buf_init(&home);
	got = settle_sources(&st, b, err);
	if (got == 0)
		got = store_get(store, "home_country", &home, err);
	if (got == 1)
		set.home = home.data;
	set.zone = s->sources.list[0].zone;
	if (set.zone == NULL)
		set.zone = st.rest;
	if (got >= 0)
		got = understand(b, &set, u, notes, err);
	buf_fini(&home);
	free(st.list);
	free(st.unknown);
	return got;
}

int
readcalls_understand(const struct setup *s, struct store *store,
    struct batch *b, struct understood *u, struct notes *notes,
    struct errmsg *err)
{
	return readcalls_understand_stretch(s, store, NULL, NULL, b, u, notes,
	    err);
}

int
readcalls_load(const struct setup *s, struct store *store, struct batch *b,
    const struct zone **zone, struct notes *notes, struct errmsg *err)
{
	struct understood u;
	int status;

	if (*zone == NULL && readcalls_kept_zone(store, NULL, zone, err) < 0)
		return -1;
	if (store_calls_load(store, INT64_MIN, INT64_MAX, 0, b, err) != 0)
		return -1;
	status = readcalls_understand(s, store, b, &u, notes, err);
	understood_fini(&u);
	return status < 0 ? -1 : 0;
}
