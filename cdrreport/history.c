/* The calls of a store around the cases shown, for the pictures of them. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "cdr/understand.h"
#include "report/writer.h"
#include "store/store_calls.h"
#include "tool/readcalls.h"

enum { PICTURED = REPORT_CASES }; /* cases, the worst, that have pictures */

/* What the store knows of calls, while it is read. */
struct history {
	struct reporting *r;
	struct store *store;
	struct batch *calls;
	struct ruleset rules;
	struct notes notes;
};

/* A stretch of time that calls are needed of, [from, to). */
struct stretch {
	int64_t from, to;
};

static int
compare_stretches(const void *va, const void *vb)
{
	const struct stretch *a = va, *b = vb;

	return a->from == b->from ? 0 : a->from < b->from ? -1 : 1;
}

/*
 * For each case from four weeks before it to its end; what touches is one
 * stretch.  How many there are; the weeks between cases are never loaded.
 */
static size_t
stretches_of(struct stretch *s, const struct zone *zone, const struct view *v)
{
	const struct fraud_case *c;
	size_t i, n = 0, joined = 0;

	for (; n < v->ncases && n < PICTURED; n++) {
		c = v->cases[n].c;
		s[n].from = casedata_since(zone, c->first_seen);
		s[n].to = c->last_seen + 1;
	}
	qsort(s, n, sizeof(*s), compare_stretches);
	for (i = 1; i < n; i++)
		if (s[i].from > s[joined].to)
			s[++joined] = s[i];
		else if (s[i].to > s[joined].to)
			s[joined].to = s[i].to;
	return n > 0 ? joined + 1 : 0;
}

static int
load_calls(struct history *h, const struct view *v, struct errmsg *err)
{
	struct stretch stretches[PICTURED];
	struct understood u;
	size_t i, n;
	int got;

	n = stretches_of(stretches, h->r->setup.zone, v);
	for (i = 0; i < n; i++)
		if (store_calls_load(h->store, stretches[i].from,
			stretches[i].to, 0, h->calls, err) != 0)
			return -1;
	batch_sort(h->calls);
	got = readcalls_understand(&h->r->setup, h->store, h->calls, &u,
	    &h->notes, err);
	understood_fini(&u);
	return got < 0 ? -1 : 0;
}

/*
 * Opening hours, if there is one calendar for the whole site.  A rule file that
 * is broken is no reason to keep a report back.
 */
static const struct calendar *
site_hours(struct history *h)
{
	struct reporting *r = h->r;

	if (setup_load_rules(&r->setup, SETUP_IN_FORCE, NULL, &h->rules,
		&h->notes) != 0) {
		diag_notes(&r->setup.diag, &h->notes);
		diag_warn(&r->setup.diag,
		    "the pictures do not show opening hours");
		r->status = diag_worse(r->status, EXIT_INCOMPLETE);
		return NULL;
	}
	return named_calendar(&h->rules.named, NAMED_HOURS);
}

/* Numbers that have no country yet; those with one are blocks already. */
static void
hide_digits(const struct casedata *d, struct arena *arena, int digits)
{
	size_t i;

	for (i = 0; i < d->nplaces && digits > 0; i++)
		if (strchr(d->places[i].name, '+') == NULL)
			d->places[i].name = report_redact_text(arena,
			    d->places[i].name, digits);
}

static void
make_all(const struct view *v, const struct casedata_from *from,
    struct arena *arena, const struct casedata **data)
{
	size_t i;

	for (i = 0; i < v->ncases && i < PICTURED; i++) {
		data[i] = casedata_make(arena, from, &v->cases[i]);
		hide_digits(data[i], arena, from->redact);
	}
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
		.redact = report_digits(r->o, &r->setup) };

	opt->data = data;
	if (v->ncases == 0)
		return 0;
	if (!r->from_pipe)
		return from_store(r, v, &from, arena, data);
	make_all(v, &from, arena, data);
	return 0;
}
