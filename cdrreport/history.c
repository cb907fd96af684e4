/* The calls of a store around the cases shown, for the pictures of them. */
#include "report.h"

#include "cdr/understand.h"
#include "store/store_calls.h"
#include "tool/readcalls.h"

enum { PICTURED = 50 }; /* cases, the worst, that have pictures */

/* What the store knows of calls, while it is read. */
struct history {
	struct reporting *r;
	struct store *store;
	struct batch *calls;
	struct ruleset rules;
	struct notes notes;
};

/* The calls from four weeks before the first case to the end of the last. */
static int
load_calls(struct history *h, const struct view *v, struct errmsg *err)
{
	int64_t from = INT64_MAX, to = INT64_MIN, since;
	struct understood u;
	const struct fraud_case *c;
	size_t i;
	int got;

	for (i = 0; i < v->ncases && i < PICTURED; i++) {
		c = v->cases[i].c;
		since = casedata_since(h->r->setup.zone, c->first_seen);
		from = since < from ? since : from;
		to = c->last_seen >= to ? c->last_seen + 1 : to;
	}
	if (store_calls_load(h->store, from, to, 0, h->calls, err) != 0)
		return -1;
	batch_sort(h->calls);
	got = readcalls_understand(&h->r->setup, h->store, h->calls, &u,
	    &h->notes, err);
	understood_fini(&u);
	return got < 0 ? -1 : 0;
}

/* Opening hours, if there is one calendar for the whole site. */
static const struct calendar *
site_hours(struct history *h)
{
	if (setup_load_rules(&h->r->setup, SETUP_IN_FORCE, NULL, &h->rules,
		&h->notes) != 0)
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
