/*
 * detect_schedule: in which order threads take up the rules of a level.
 *
 * Rules with groups of one field stand side by side, because they share the
 * order of all calls by it.  The fields that most rules have come last: many
 * small pieces at the end leave no thread without work.  Such an order is a
 * piece of its own ahead of the rules, or all threads would wait for
 * the one that makes it; what asks for it comes later as long as there is
 * anything else to do.  Rules that take long come first of theirs: when the
 * next order is made, those that hold the one before are soon done with it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_impl.h"

enum {
	AHEAD = 1, /* pieces that another thread has meanwhile */
	WORTH = 3  /* rules; fewer may not need an order at all */
};

struct entry {
	const struct rule *rule;
	size_t mates; /* rules with the same field, itself too */
	size_t at;
};

static const struct field *
field_of(const struct rule *r)
{
	return r->nby > 0 ? r->by[0] : NULL;
}

/*
 * Rows and frequent values are found in trees, call by call; by the hour there
 * is much that was learnt and is kept.
 */
static bool
takes_long(const struct rule *r)
{
	return r->measure.fn == MEASURE_RUN || r->measure.fn == MEASURE_MODE ||
	       r->measure.window == WINDOW_HOUR;
}

static int
compare_entries(const void *va, const void *vb)
{
	const struct entry *a = va, *b = vb;
	const struct field *f = field_of(a->rule), *g = field_of(b->rule);

	if (f == g && takes_long(a->rule) != takes_long(b->rule))
		return takes_long(a->rule) ? -1 : 1;
	if (f == g)
		return strcmp(a->rule->id, b->rule->id);
	if (f == NULL || g == NULL)
		return f == NULL ? -1 : 1;
	if (a->mates != b->mates)
		return a->mates < b->mates ? -1 : 1;
	return strcmp(f->name, g->name);
}

static struct entry *
sort_rules(const struct rule *const *rules, size_t n)
{
	struct entry *list = xcalloc(n + 1, sizeof(*list));
	size_t i, k;

	for (i = 0; i < n; i++) {
		list[i] = (struct entry){ .rule = rules[i], .at = i };
		for (k = 0; k < n; k++)
			list[i].mates +=
			    field_of(rules[k]) == field_of(rules[i]);
	}
	if (n > 1)
		qsort(list, n, sizeof(*list), compare_entries);
	return list;
}

/* The field of the i-th rule, if its order is to be made before that. */
static const struct field *
new_field(const struct entry *list, size_t n, size_t i)
{
	const struct field *f;

	if (i >= n || list[i].mates < WORTH)
		return NULL;
	f = field_of(list[i].rule);
	return i > 0 && field_of(list[i - 1].rule) == f ? NULL : f;
}

size_t
detect_schedule(struct detect_piece *out, const struct rule *const *rules,
    size_t n, bool orders)
{
	struct entry *list = sort_rules(rules, n);
	size_t pieces = 0, look = 0, i;
	const struct field *f;

	for (i = 0; i < n; i++) {
		for (; orders && look <= i + AHEAD; look++)
			if ((f = new_field(list, n, look)) != NULL)
				out[pieces++] =
				    (struct detect_piece){ .order = f };
		out[pieces++] = (struct detect_piece){ .rule = list[i].at,
			.asks = field_of(list[i].rule) };
	}
	free(list);
	return pieces;
}

static bool
is_made(const struct detect_piece *list, size_t n, const struct field *order)
{
	size_t i;

	for (i = 0; order != NULL && i < n; i++)
		if (list[i].order == order && list[i].state == PIECE_RUNS)
			return true;
	return false;
}

struct detect_piece *
detect_schedule_next(struct detect_piece *list, size_t n)
{
	struct detect_piece *first = NULL;
	size_t i;

	for (i = 0; i < n; i++) {
		if (list[i].state != PIECE_WAITS)
			continue;
		if (!is_made(list, n, list[i].asks))
			return &list[i];
		if (first == NULL)
			first = &list[i];
	}
	return first;
}
