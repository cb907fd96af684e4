/* Putting a list in order, so that it can be asked; ranges. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "tel/numlist_impl.h"

/* A slot while it is sorted; qsort() knows no list. */
struct sorted {
	struct numlist_slot slot;
	const struct numlist *list;
};

static size_t
end_len(const struct numlist *l, const struct numlist_entry *e)
{
	size_t len = strlen(e->value);

	return l->kind == NUMLIST_RANGE ? len / 2 : len;
}

const char *
numlist_range_end(const struct numlist_entry *e)
{
	return e->value + strlen(e->value) / 2 + 1;
}

/* Where the # stand. */
static int
compare_masks(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++)
		if ((*a == '#') != (*b == '#'))
			return *a == '#' ? 1 : -1;
	return 0;
}

/* By length, so far as that is a shape, then value, then arrival. */
static int
compare_slots(const void *va, const void *vb)
{
	const struct sorted *a = va, *b = vb;
	const struct numlist *l = a->list;
	const char *x, *y;
	int c = 0;

	if (a->slot.len != b->slot.len)
		return a->slot.len < b->slot.len ? -1 : 1;
	x = l->entries[a->slot.entry].value;
	y = l->entries[b->slot.entry].value;
	if (l->kind == NUMLIST_PATTERN)
		c = compare_masks(x, y);
	if (c == 0)
		c = numlist_compare(l, &a->slot, b->slot.head, y);
	if (c != 0)
		return c;
	return a->slot.entry < b->slot.entry ? -1 : 1;
}

static bool
same_shape(const struct numlist *l, const struct numlist_slot *a,
    const struct numlist_slot *b)
{
	return a->len == b->len && (l->kind != NUMLIST_PATTERN ||
				       compare_masks(l->entries[a->entry].value,
					   l->entries[b->entry].value) == 0);
}

static void
begin_shape(struct numlist *l, size_t *cap, size_t at)
{
	const struct numlist_slot *slot = &l->order[at];
	const char *value = l->entries[slot->entry].value;
	struct numlist_shape *shape;
	size_t i;

	l->shapes = xgrow(l->shapes, cap, l->nshapes + 1, sizeof(*l->shapes));
	shape = &l->shapes[l->nshapes++];
	*shape = (struct numlist_shape){ .like = value,
		.len = slot->len,
		.fixed = slot->len,
		.begin = at };
	for (i = 0; l->kind == NUMLIST_PATTERN && i < slot->len; i++)
		shape->fixed -= value[i] == '#';
}

static int
compare_shapes(const void *va, const void *vb)
{
	const struct numlist_shape *a = va, *b = vb;

	if (a->fixed != b->fixed)
		return a->fixed > b->fixed ? -1 : 1;
	return a->begin < b->begin ? -1 : 1;
}

/* For each place the entry, up to there in its shape, that ends last. */
static void
find_reach(struct numlist *l)
{
	const struct numlist_shape *shape;
	uint32_t best, this;
	size_t i, k;

	l->reach = xrealloc(l->reach, l->n, sizeof(*l->reach));
	for (i = 0; i < l->nshapes; i++) {
		shape = &l->shapes[i];
		best = l->order[shape->begin].entry;
		for (k = shape->begin; k < shape->end; k++) {
			this = l->order[k].entry;
			if (memcmp(numlist_range_end(&l->entries[this]),
				numlist_range_end(&l->entries[best]),
				shape->len) > 0)
				best = this;
			l->reach[k] = best;
		}
	}
}

static void
fill_order(struct numlist *l)
{
	struct sorted *all = xmalloc(l->n * sizeof(*all));
	size_t i, len;

	for (i = 0; i < l->n; i++) {
		len = end_len(l, &l->entries[i]);
		all[i].slot = (struct numlist_slot){
			.head = numlist_head(l->entries[i].value, len),
			.entry = (uint32_t)i,
			.len = (uint32_t)len,
		};
		all[i].list = l;
	}
	if (l->n > 1)
		qsort(all, l->n, sizeof(*all), compare_slots);
	l->order = xrealloc(l->order, l->n, sizeof(*l->order));
	for (i = 0; i < l->n; i++)
		l->order[i] = all[i].slot;
	free(all);
}

void
numlist_seal(struct numlist *l)
{
	size_t i, cap = 0;

	if (l->sealed)
		return;
	fill_order(l);
	free(l->shapes);
	l->shapes = NULL;
	l->nshapes = 0;
	for (i = 0; i < l->n; i++) {
		if (i == 0 || !same_shape(l, &l->order[i - 1], &l->order[i]))
			begin_shape(l, &cap, i);
		l->shapes[l->nshapes - 1].end = i + 1;
	}
	if (l->nshapes > 1)
		qsort(l->shapes, l->nshapes, sizeof(*l->shapes),
		    compare_shapes);
	if (l->kind == NUMLIST_RANGE)
		find_reach(l);
	l->sealed = true;
}

/* Ranges ------------------------------------------------------------------- */

/* How many first digits both ends have in common. */
static size_t
common(const struct numlist_entry *e)
{
	const char *end = numlist_range_end(e);
	size_t i;

	for (i = 0; end[i] != '\0' && e->value[i] == end[i]; i++)
		;
	return i;
}

/* Whether `a` is to be told before `b`. */
static bool
goes_before(const struct numlist_entry *a, const struct numlist_entry *b)
{
	size_t ca = common(a), cb = common(b);

	return ca != cb ? ca > cb : a < b;
}

/* Keep the best `max` entries, in order. */
static void
keep(struct numlist_query *q, const struct numlist_entry *e)
{
	size_t i;

	if (q->n == q->max &&
	    (q->max == 0 || !goes_before(e, q->out[q->n - 1])))
		return;
	if (q->n < q->max)
		q->n++;
	for (i = q->n - 1; i > 0 && goes_before(e, q->out[i - 1]); i--)
		q->out[i] = q->out[i - 1];
	q->out[i] = e;
}

/*
 * From the last range that begins at the text or before it, go back as long
 * as any of the ranges before reaches up to the text.
 */
static void
ask_one_length(const struct numlist *l, const struct numlist_shape *shape,
    struct numlist_query *q)
{
	size_t low = shape->begin, high = shape->end, middle, i;
	uint64_t head = numlist_head(q->text, shape->len);
	const struct numlist_entry *e;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (numlist_compare(l, &l->order[middle], head, q->text) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (i = low; i > shape->begin; i--) {
		e = &l->entries[l->reach[i - 1]];
		if (memcmp(numlist_range_end(e), q->text, shape->len) < 0)
			break;
		e = &l->entries[l->order[i - 1].entry];
		if (memcmp(numlist_range_end(e), q->text, shape->len) >= 0 &&
		    numlist_in_force(e, q->day))
			keep(q, e);
	}
}

void
numlist_ask_ranges(const struct numlist *l, struct numlist_query *q)
{
	size_t i;

	for (i = 0; i < l->nshapes; i++)
		if (l->shapes[i].len == q->len)
			ask_one_length(l, &l->shapes[i], q);
}
