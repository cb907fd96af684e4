/*
 * cases: the sums over the calls of a case that a store has and that only has
 * more calls now.  Each night a case that goes on has some hundreds of them
 * behind those of two weeks: what these come to, its sums tell already.
 *
 * A call that the case did not have is one of a finding that is new, or behind
 * those that the finding had.  That it is no call of the others, only those
 * from the first such call on must tell.
 */
#include "detect/cases_impl.h"

#include <string.h>

enum { BLOCK = 256, SECOND_MS = 1000 };

/* Sums that are as great may have met their limit. */
#define MOST_MONEY (INT64_MAX / 8)

/* A finding of the case. */
struct part {
	const struct finding *finding;
	size_t had; /* so many of its first calls are in the sums */
};

struct grown {
	const struct cases_before *before;
	const struct fraud_case *was;
	struct part *parts;
	size_t n, had; /* parts, and those of them that it had */
	int64_t from;  /* the first call that is new; INT64_MAX: none is */
	struct arena arena;
};

static bool
is_same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
has_same_money(const struct finding *f, const struct finding *was)
{
	struct call_ref a, b;
	size_t i;

	if (f->calls.nmoney == 0 && was->calls.nmoney == 0)
		return true;
	for (i = 0; i < was->nmembers; i++) {
		a = finding_member(f, i);
		b = finding_member(was, i);
		if (a.cost != b.cost || a.estimated != b.estimated ||
		    !is_same_text(a.currency, b.currency))
			return false;
	}
	return true;
}

/* Whether its first calls are those that it had, and come to the same. */
static bool
begins_with(const struct finding *f, const struct finding *was)
{
	static const enum pack_column columns[] = { PACK_START, PACK_KEY,
		PACK_SOURCE, PACK_DURATION };
	int64_t a[BLOCK], b[BLOCK];
	size_t at, n, k;

	if (was->bare || was->nmembers > f->nmembers ||
	    (int64_t)was->nmembers != was->calls.calls)
		return false;
	for (at = 0; at < was->nmembers; at += n) {
		n = was->nmembers - at;
		n = n < BLOCK ? n : BLOCK;
		for (k = 0; k < sizeof(columns) / sizeof(*columns); k++) {
			finding_column(f, columns[k], at, n, a);
			finding_column(was, columns[k], at, n, b);
			if (memcmp(a, b, n * sizeof(*a)) != 0)
				return false;
		}
	}
	return has_same_money(f, was);
}

static const struct finding *
had_as(const struct cases_before *b, const struct finding *f)
{
	return cases_stands(f) ? f->stored : cases_finding_before(b, f->id);
}

/* What it had, and a finding has as it is, is in the sums; all else is new. */
static bool
take_part(struct grown *g, const struct finding *f)
{
	struct part *p = &g->parts[g->n++];
	const struct finding *was = had_as(g->before, f);

	*p = (struct part){ .finding = f };
	if (was == NULL || !is_same_text(was->case_id, g->was->id))
		return !f->bare;
	g->had++;
	p->had = cases_stands(f) ? f->nmembers : was->nmembers;
	return cases_stands(f) || (!f->bare && begins_with(f, was));
}

/* False: the calls of all have to be looked at. */
static bool
take_parts(struct grown *g, const struct finding *const *fs, size_t n)
{
	const struct part *p;
	size_t i;
	int64_t start;

	g->parts = arena_array(&g->arena, n, sizeof(*g->parts));
	for (i = 0; i < n; i++)
		if (!take_part(g, fs[i]))
			return false;
	if (g->had != g->was->nfindings)
		return false;
	g->from = INT64_MAX;
	for (p = g->parts; p < g->parts + g->n; p++) {
		if (p->had == p->finding->nmembers)
			continue;
		start = finding_member(p->finding, p->had).start;
		g->from = start < g->from ? start : g->from;
	}
	for (p = g->parts; p < g->parts + g->n; p++)
		if (p->finding->bare && p->finding->last_seen >= g->from)
			return false;
	return true;
}

/* The first of its calls that does not start before. */
static size_t
first_from(const struct finding *f, int64_t from)
{
	size_t low = 0, high = f->nmembers, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (finding_member(f, middle).start < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* As if it had no other calls than those from one to before another. */
static void
cut(struct grown *g, struct finding *slice, const struct finding *f,
    size_t begin, size_t end)
{
	struct call_ref *told;
	size_t i;

	*slice = *f;
	slice->nmembers = end > begin ? end - begin : 0;
	if (f->book != NULL) {
		slice->places = f->places + begin;
	} else if (f->pack == NULL) {
		slice->members = f->members + begin;
	} else {
		told =
		    arena_array(&g->arena, slice->nmembers + 1, sizeof(*told));
		for (i = 0; i < slice->nmembers; i++)
			told[i] = finding_member(f, begin + i);
		slice->pack = NULL;
		slice->members = told;
	}
}

/* What the calls from the first new one on come to: all, or those it had. */
static void
sum(struct grown *g, struct tally *t, bool all)
{
	struct finding *slices =
	    arena_array(&g->arena, g->n + 1, sizeof(*slices));
	const struct finding **list =
	    arena_array(&g->arena, g->n + 1, sizeof(*list));
	const struct part *p;
	size_t begin, i, n = 0;

	for (i = 0; i < g->n; i++) {
		p = &g->parts[i];
		if (p->finding->last_seen < g->from)
			continue;
		begin = first_from(p->finding, g->from);
		cut(g, &slices[n], p->finding, begin,
		    all ? p->finding->nmembers : p->had);
		if (slices[n].nmembers > 0) {
			list[n] = &slices[n];
			n++;
		}
	}
	tally_members(t, &g->arena, list, n);
}

/* By currency, as tallies have them; there is room. */
static void
add_money(struct amount *list, size_t *n, const struct tally *t, int sign)
{
	const struct amount *a;
	size_t i;

	for (a = t->money; a < t->money + t->nmoney; a++) {
		for (i = 0;
		     i < *n && strcmp(list[i].currency, a->currency) < 0;)
			i++;
		if (i == *n || strcmp(list[i].currency, a->currency) != 0) {
			memmove(&list[i + 1], &list[i],
			    (*n - i) * sizeof(*list));
			list[i] = (struct amount){ a->currency, 0 };
			++*n;
		}
		list[i].micro += sign * a->micro;
	}
}

static bool
is_little(const struct tally *t)
{
	size_t i;

	for (i = 0; i < t->nmoney; i++)
		if (t->money[i].micro > MOST_MONEY ||
		    t->money[i].micro < -MOST_MONEY)
			return false;
	return true;
}

/* The sums that it had, more those, less these. */
static void
put_sums(struct tally *t, struct arena *arena, const struct tally *was,
    const struct tally *more, const struct tally *less)
{
	struct amount *money = arena_array(arena,
	    was->nmoney + more->nmoney + less->nmoney + 1, sizeof(*money));
	size_t i, n = 0;

	add_money(money, &n, was, 1);
	add_money(money, &n, more, 1);
	add_money(money, &n, less, -1);
	for (i = 0; i < n; i++)
		money[i].currency = arena_strdup(arena, money[i].currency);
	*t = (struct tally){ .calls = was->calls + more->calls - less->calls,
		.duration = was->duration + more->duration - less->duration,
		.money = money,
		.nmoney = n,
		.estimated = was->estimated || more->estimated };
}

static bool
add_up(struct grown *g, struct tally *t, struct arena *arena)
{
	struct tally all, had;

	sum(g, &all, true);
	sum(g, &had, false);
	if (!is_little(&g->was->calls) || !is_little(&all) || !is_little(&had))
		return false;
	put_sums(t, arena, &g->was->calls, &all, &had);
	return true;
}

/* The case that the first finding was in that any knows of. */
static const struct fraud_case *
case_of_any(const struct cases_before *b, const struct finding *const *fs,
    size_t n)
{
	const struct finding *f;
	size_t i;

	for (i = 0; i < n; i++) {
		f = had_as(b, fs[i]);
		if (f != NULL && f->case_id != NULL)
			return cases_case_before(b, f->case_id);
	}
	return NULL;
}

bool
cases_grown(struct tally *t, struct arena *arena,
    const struct finding *const *fs, size_t n, const struct cases_before *b)
{
	struct grown g = { .before = b };
	bool grown = false;

	if (!b->past->whole)
		return false;
	arena_init(&g.arena);
	g.was = case_of_any(b, fs, n);
	if (g.was != NULL)
		grown = take_parts(&g, fs, n) && add_up(&g, t, arena);
	arena_fini(&g.arena);
	return grown;
}

/* Whether sums are exact that are told in seconds ------------------------- */

static bool
is_whole(const struct finding *f)
{
	const struct packed_numbers *packed;
	size_t i;

	if (f->book != NULL || f->bare || f->nmembers == 0)
		return true;
	if (f->pack != NULL) {
		packed = &f->pack->columns[PACK_DURATION];
		return packed->least % SECOND_MS == 0 &&
		       (packed->width == 0 || packed->unit % SECOND_MS == 0);
	}
	for (i = 0; i < f->nmembers; i++)
		if (f->members[i].duration % SECOND_MS != 0)
			return false;
	return true;
}

bool
cases_whole(const struct results *rs, const struct batch *b)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		if (b->calls[i].duration % SECOND_MS != 0)
			return false;
	for (i = 0; i < rs->n; i++)
		if (!is_whole(rs->findings[i]))
			return false;
	return true;
}
