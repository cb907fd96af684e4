#include "cdr/understand.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/xalloc.h"
#include "cdr/legs.h"

static bool
states_country(const struct understand_settings *set, uint16_t source)
{
	return set->sources[source] == NULL ||
	       set->sources[source]->plan != NULL;
}

/* What is said of a home country by each distinct number of both roles. */
static void
collect_votes(const struct batch *b, const struct understand_settings *set,
    struct homeguess *g)
{
	uint8_t *seen = xcalloc(intern_count(b->names), 1);
	const struct call *c;
	size_t i;

	for (i = 0; i < b->n; i++) {
		c = &b->calls[i];
		if (states_country(set, c->source))
			continue;
		if ((seen[c->src] & 1) == 0)
			homeguess_add(g, ROLE_CALLER,
			    intern_text(b->names, c->src),
			    intern_len(b->names, c->src), 1);
		if ((seen[c->dst] & 2) == 0)
			homeguess_add(g, ROLE_DIALLED,
			    intern_text(b->names, c->dst),
			    intern_len(b->names, c->dst), 1);
		seen[c->src] |= 1;
		seen[c->dst] |= 2;
	}
	free(seen);
}

static void
guess_home(const struct batch *b, const struct understand_settings *set,
    char home[4], struct notes *notes)
{
	struct homeguess *g = homeguess_new(set->numplan);
	const char *country;
	struct buf why;

	buf_init(&why);
	collect_votes(b, set, g);
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

/* A dial plan for the sources that state none. */
static int
make_plan(const struct batch *b, const struct understand_settings *set,
    struct dialplan **plan, char home[4], struct notes *notes,
    struct errmsg *err)
{
	struct dialplan_settings plan_set;
	bool missing = false;
	size_t i;

	for (i = 0; i < set->nsources; i++)
		missing |= !states_country(set, (uint16_t)i);
	if (!missing)
		return 0;
	if (set->home != NULL && strlen(set->home) < 4)
		(void)strcpy(home, set->home);
	else if (set->guess && b->n > 0)
		guess_home(b, set, home, notes);
	memset(&plan_set, 0, sizeof(plan_set));
	plan_set.home_country = home[0] != '\0' ? home : NULL;
	return dialplan_new(plan, &plan_set, set->numplan, err);
}

/* The sources, those without a plan as copies with the guessed one. */
static const struct source *const *
complete_sources(const struct understand_settings *set,
    const struct dialplan *plan, struct arena *arena)
{
	const struct source **list;
	struct source *copy;
	size_t i;

	list = arena_array(arena, set->nsources, sizeof(*list));
	for (i = 0; i < set->nsources; i++) {
		list[i] = set->sources[i];
		if (states_country(set, (uint16_t)i))
			continue;
		copy = arena_memdup(arena, list[i], sizeof(*copy));
		copy->plan = plan;
		list[i] = copy;
	}
	return list;
}

static void
count_added(const struct batch *b, int64_t *per_file)
{
	const int leg = CALL_FURTHER | CALL_ADDED;
	size_t i;

	for (i = 0; i < b->n; i++)
		if ((b->calls[i].flags & leg) == leg)
			per_file[b->origins[i].file]++;
}

int
understand(struct batch *b, const struct understand_settings *set,
    struct understood *out, struct notes *notes, struct errmsg *err)
{
	struct party_settings parties;
	struct dialplan *plan = NULL;
	struct arena arena;
	int r = -1;

	memset(out, 0, sizeof(*out));
	out->legs = xcalloc(b->nfiles, sizeof(*out->legs));
	out->legs_added = xcalloc(b->nfiles, sizeof(*out->legs_added));
	arena_init(&arena);
	if (make_plan(b, set, &plan, out->home, notes, err) == 0) {
		parties.sources = complete_sources(set, plan, &arena);
		parties.nsources = set->nsources;
		parties.guess_trunks = set->guess;
		r = party_resolve(b, &parties, notes, err);
	}
	if (r == 0) {
		batch_sort(b);
		if (legs_join(b, out->legs) > 0) {
			count_added(b, out->legs_added);
			batch_sort(b);
		}
	}
	dialplan_free(&plan);
	arena_fini(&arena);
	return r;
}

void
understood_fini(struct understood *u)
{
	free(u->legs);
	free(u->legs_added);
	memset(u, 0, sizeof(*u));
}
