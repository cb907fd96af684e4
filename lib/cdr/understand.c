#include "cdr/understand.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/marks.h"
#include "base/xalloc.h"
#include "cdr/legs.h"
#include "cdr/quality.h"
#include "cdr/understand_impl.h"

/* Whether the calls of a source need a country that nobody stated. */
static bool
needs_home(const struct source *src)
{
	return src != NULL && src->plan == NULL;
}

/* Each distinct number votes once in each of both roles. */
static void
collect_votes(const struct batch *b, const struct understand_settings *set,
    const struct party_texts *texts, struct homeguess *g)
{
	struct marks *voted = marks_new(intern_count(b->names), 1);
	unsigned roles;
	uint32_t text;
	uint64_t *list;
	size_t s, i, n;

	for (s = 0; s < b->nsources; s++)
		for (i = 0; needs_home(set->sources[s]) &&
			    i < party_texts_count(texts, s);
		     i++) {
			text = party_texts_at(texts, s, i, &roles);
			roles &= PARTY_TEXT_CALLED | PARTY_TEXT_DIALLED;
			if (roles != 0)
				marks_add(voted, 0, text, roles);
		}
	list = marks_list(voted, &n);
	for (i = 0; i < n; i++) {
		text = (uint32_t)list[i];
		if (marks_of(voted, text) & PARTY_TEXT_CALLED)
			homeguess_add(g, ROLE_CALLER, batch_text(b, text),
			    intern_len(b->names, text), 1);
		if (marks_of(voted, text) & PARTY_TEXT_DIALLED)
			homeguess_add(g, ROLE_DIALLED, batch_text(b, text),
			    intern_len(b->names, text), 1);
	}
	free(list);
	marks_free(&voted);
}

static void
guess_home(const struct batch *b, const struct understand_settings *set,
    const struct party_texts *texts, char home[4], struct notes *notes)
{
	struct homeguess *g = homeguess_new(set->numplan);
	const char *country;
	struct buf why;

	buf_init(&why);
	collect_votes(b, set, texts, g);
	country = homeguess_end(g,
	    set->zone != NULL ? zone_name(set->zone) : NULL, &why);
	if (country != NULL) {
		assert(strlen(country) < 4);
		(void)strcpy(home, country);
		notes_addf(notes, NOTE_INFO, NULL, 0,
		    "no home country is stated: taken as %s, %s", country,
		    why.data);
	} else {
		notes_addf(notes, NOTE_WARNING, NULL, 0,
		    "no home country is stated, and the numbers do not tell: "
		    "%s",
		    why.data);
	}
	buf_fini(&why);
	homeguess_free(&g);
}

/* The home country of the sources that do not state theirs. */
static int
settle_home(const struct batch *b, const struct understand_settings *set,
    const struct party_texts *texts, char home[4], struct notes *notes,
    struct errmsg *err)
{
	bool needed = false;
	size_t i;

	assert(set->nsources >= b->nsources);
	for (i = 0; i < set->nsources; i++)
		needed |= needs_home(set->sources[i]);
	if (!needed)
		return 0;
	if (set->home != NULL && strlen(set->home) >= 4)
		return errmsg_set(err, "no such home country: '%s'", set->home);
	if (set->home != NULL)
		(void)strcpy(home, set->home);
	else if (set->guess && set->stretch != NULL)
		return UNDERSTAND_NEEDS_ALL;
	else if (set->guess && b->n > 0)
		guess_home(b, set, texts, home, notes);
	return 0;
}

/* The sources, each with a plan; plans made here are ours. */
struct completed {
	const struct source **sources;
	struct dialplan **plans; /* beside sources; NULL: none was made */
	size_t n;
	struct arena arena;
};

static void
completed_fini(struct completed *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		dialplan_free(&c->plans[i]);
	arena_fini(&c->arena);
}

/* A plan made before for a source that dials alike, or a new one. */
static const struct dialplan *
plan_for(struct completed *c, size_t i, const char *home,
    const struct numplan *np, struct errmsg *err)
{
	struct dialplan_settings set = { .home_country = NULL };
	const struct source *src = c->sources[i];
	size_t k;

	for (k = 0; k < i; k++)
		if (c->plans[k] != NULL &&
		    c->sources[k]->dialling == src->dialling)
			return c->plans[k];
	if (src->dialling != NULL)
		set = *src->dialling;
	set.home_country = home[0] != '\0' ? home : NULL;
	if (dialplan_new(&c->plans[i], &set, np, err) != 0) {
		(void)errmsg_prefix(err, "source '%s': ", src->name);
		return NULL;
	}
	return c->plans[i];
}

static int
complete(struct completed *c, const struct understand_settings *set,
    const char *home, struct errmsg *err)
{
	const struct dialplan *plan;
	struct source *copy;
	size_t i;

	c->n = set->nsources;
	c->sources = arena_array(&c->arena, c->n, sizeof(*c->sources));
	c->plans = arena_array(&c->arena, c->n, sizeof(*c->plans));
	for (i = 0; i < c->n; i++) {
		c->sources[i] = set->sources[i];
		if (!needs_home(c->sources[i]))
			continue;
		plan = plan_for(c, i, home, set->numplan, err);
		if (plan == NULL)
			return -1;
		copy = arena_memdup(&c->arena, c->sources[i], sizeof(*copy));
		copy->plan = plan;
		c->sources[i] = copy;
	}
	return 0;
}

/* A cost without currency is in that of its source. */
static void
state_currencies(struct batch *b, const struct understand_settings *set)
{
	const struct source *src;
	bool any = false;
	struct call *c;
	size_t i;

	for (i = 0; i < b->nsources; i++)
		any |= set->sources[i] != NULL &&
		       set->sources[i]->currency != NULL;
	for (i = 0; any && i < b->n; i++) {
		c = &b->calls[i];
		src = set->sources[c->source];
		if ((c->flags & CALL_HAS_COST) != 0 && c->currency == 0 &&
		    src->currency != NULL)
			c->currency = batch_currency(b, src->currency);
	}
}

/* What is there only to tell of later calls; how many. */
static size_t
mark_before(struct batch *b, int64_t begins)
{
	const size_t n = batch_lower(b, begins);
	size_t i;

	for (i = 0; i < n; i++)
		b->calls[i].flags |= CALL_FURTHER;
	return n;
}

/* Sorted for the legs, and again without those that were absorbed. */
static void
join(struct batch *b, const struct understand_settings *set,
    struct understood *out)
{
	size_t marked;

	if (!b->sorted)
		batch_sort_on(b, set->threads);
	marked = legs_join_keep(b, set->threads, out->legs, out->legs_added,
	    set->stretch != NULL ? set->stretch->begins : INT64_MIN,
	    set->keep != NULL ? &set->keep->legs : NULL);
	if (set->stretch != NULL)
		marked += mark_before(b, set->stretch->begins);
	if (marked > 0)
		batch_sort_on(b, set->threads);
}

/* When the first call came that is new; INT64_MAX: none did. */
static int64_t
first_added(const struct batch *b)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		if ((b->calls[i].flags & CALL_ADDED) != 0)
			return b->calls[i].start;
	return INT64_MAX;
}

/* Whether legs may be missing. */
static bool
lacks_legs(const struct batch *b, const struct understand_settings *set)
{
	const struct understand_stretch *st = set->stretch;

	if (st->from <= understand_from(st->kept, st->begins) &&
	    first_added(b) - LEGS_SPAN >= st->begins)
		return false;
	return legs_reach(b, set->threads, st->from, st->begins);
}

/* Events of the records themselves; whether a stretch is enough for them. */
static int
see_quality(struct batch *b, const struct understand_settings *set)
{
	const struct understand_stretch *st = set->stretch;
	struct buf *keep = set->keep != NULL ? &set->keep->hours : NULL;
	struct quality_stretch stretch;

	if (!b->sorted)
		batch_sort_on(b, set->threads);
	if (st == NULL) {
		quality_of_all(b, set->threads, keep);
		return 0;
	}
	if (lacks_legs(b, set))
		return UNDERSTAND_NEEDS_ALL;
	stretch = (struct quality_stretch){ .from = st->from,
		.begins = st->begins,
		.kept = &st->kept->hours };
	return quality_of_stretch(b, set->threads, &stretch, keep) == 0
		   ? 0
		   : UNDERSTAND_NEEDS_ALL;
}

/* Who is where, by channels of which some are guessed to be trunks. */
static int
see_parties(struct batch *b, const struct understand_settings *set,
    const struct completed *with_plans, const struct party_texts *texts,
    struct notes *notes)
{
	const struct party_settings parties = { .sources = with_plans->sources,
		.nsources = with_plans->n,
		.texts = texts,
		.guess_trunks = set->guess,
		.threads = set->threads,
		.kept =
		    set->stretch != NULL ? &set->stretch->kept->trunks : NULL,
		.keep = set->keep != NULL ? &set->keep->trunks : NULL };
	const int r = party_resolve(b, &parties, notes);

	/* Which texts made a pattern give up is not known later. */
	if (r != 0 && set->keep != NULL)
		buf_reset(&set->keep->trunks);
	return r != 0 && set->stretch != NULL ? UNDERSTAND_NEEDS_ALL : r;
}

/* Who called whom, and which way. */
static int
resolve(struct batch *b, const struct understand_settings *set,
    struct understood *out, struct notes *notes, struct errmsg *err)
{
	struct completed with_plans = { .n = 0 };
	struct party_texts *texts =
	    party_texts_new(b, set->sources, set->threads);
	int r = settle_home(b, set, texts, out->home, notes, err);

	if (r == 0)
		r = complete(&with_plans, set, out->home, err);
	if (r == 0) {
		state_currencies(b, set);
		b->directory = set->directory;
		r = see_quality(b, set);
	}
	if (r == 0)
		r = see_parties(b, set, &with_plans, texts, notes);
	completed_fini(&with_plans);
	party_texts_free(&texts);
	return r;
}

int
understand(struct batch *b, const struct understand_settings *set,
    struct understood *out, struct notes *notes, struct errmsg *err)
{
	struct stages *st = set->stages;
	struct stages_span span;
	int r;

	memset(out, 0, sizeof(*out));
	stages_begin(st, &span, "numbers");
	r = resolve(b, set, out, notes, err);
	stages_end(st, &span, (int64_t)b->n, "calls");
	if (r < 0 || r == UNDERSTAND_NEEDS_ALL)
		return r;
	/* A hole may have brought the file of its record. */
	out->legs = xcalloc(b->nfiles, sizeof(*out->legs));
	out->legs_added = xcalloc(b->nfiles, sizeof(*out->legs_added));
	stages_begin(st, &span, "legs");
	join(b, set, out);
	stages_end(st, &span, (int64_t)b->n, "calls");
	stages_begin(st, &span, "directory and rates");
	understand_listed(b, set->threads);
	understand_rates(b, set->rates,
	    set->stretch != NULL ? set->stretch->rated : 0, notes);
	stages_end(st, &span, 0, NULL);
	return r;
}

void
understood_fini(struct understood *u)
{
	free(u->legs);
	free(u->legs_added);
	memset(u, 0, sizeof(*u));
}

int64_t
understand_from(const struct understand_kept *kept, int64_t begins)
{
	return legs_kept_from(&kept->legs, begins);
}

void
understand_kept_init(struct understand_kept *k)
{
	buf_init(&k->trunks);
	buf_init(&k->legs);
	buf_init(&k->hours);
}

void
understand_kept_fini(struct understand_kept *k)
{
	buf_fini(&k->trunks);
	buf_fini(&k->legs);
	buf_fini(&k->hours);
}

void
understand_kept_reset(struct understand_kept *k)
{
	buf_reset(&k->trunks);
	buf_reset(&k->legs);
	buf_reset(&k->hours);
}
