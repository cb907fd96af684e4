/* detect_trail: where a rule fired, and which calls come after it. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_impl.h"

void
detect_events_add(struct detect_events *e, const uint32_t *calls, size_t n)
{
	e->calls = xgrow(e->calls, &e->cap, e->n + n + 1, sizeof(*e->calls));
	if (n > 0)
		memcpy(e->calls + e->n, calls, n * sizeof(*calls));
	e->n += n;
}

static int
compare_calls(const void *va, const void *vb)
{
	const uint32_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

void
detect_events_sort(struct detect_events *e)
{
	if (e->n > 1)
		qsort(e->calls, e->n, sizeof(*e->calls), compare_calls);
}

void
detect_events_fini(struct detect_events *e)
{
	free(e->calls);
	memset(e, 0, sizeof(*e));
}

/* False if the call lacks one of the fields. */
static bool
read_key(const struct field *const *fields, size_t n, const struct batch *b,
    size_t call, uint32_t *key)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((key[i] = field_code(fields[i], b, call)) == FIELD_MISSING)
			return false;
	return true;
}

static int
compare_steps(const void *va, const void *vb)
{
	const struct detect_step *a = va, *b = vb;
	size_t i;

	for (i = 0; i < BOUNDS_BY; i++)
		if (a->key[i] != b->key[i])
			return a->key[i] < b->key[i] ? -1 : 1;
	return compare_calls(&a->call, &b->call);
}

static void
set_range(uint64_t *bits, size_t from, size_t to)
{
	for (; from < to && from % 64 != 0; from++)
		bits[from / 64] |= UINT64_C(1) << from % 64;
	for (; from + 64 <= to; from += 64)
		bits[from / 64] = UINT64_MAX;
	for (; from < to; from++)
		bits[from / 64] |= UINT64_C(1) << from % 64;
}

/* Most calls come long after each event, whatever they have in common. */
static uint64_t *
soon_after(const struct batch *b, const struct detect_events *events,
    int64_t within)
{
	uint64_t *soon = xcalloc(b->n / 64 + 1, sizeof(*soon));
	size_t i, from, to = 0;
	int64_t start;

	for (i = 0; i < events->n; i++) {
		start = b->calls[events->calls[i]].start;
		from = batch_lower(b, start);
		from = from > to ? from : to;
		to = batch_lower(b, start + within + 1);
		set_range(soon, from, to);
	}
	return soon;
}

/* The steps of a first code, or where they would be told. */
static struct detect_steps *
find_steps(const struct detect_trail *t, uint32_t code)
{
	size_t i = code * UINT64_C(0x9e3779b97f4a7c15) >> 32;
	struct detect_steps *s;

	for (;; i++) {
		s = &t->heads[i & (t->nheads - 1)];
		if (s->end == 0 || t->steps[s->begin].key[0] == code)
			return s;
	}
}

static void
note_heads(struct detect_trail *t)
{
	struct detect_steps *s;
	size_t i;

	for (t->nheads = 4; t->nheads < 2 * t->n;)
		t->nheads *= 2;
	t->heads = xcalloc(t->nheads, sizeof(*t->heads));
	for (i = 0; i < t->n; i++) {
		s = find_steps(t, t->steps[i].key[0]);
		if (s->end == 0)
			s->begin = (uint32_t)i;
		s->end = (uint32_t)i + 1;
	}
}

void
detect_trail_init(struct detect_trail *t, const struct follows *f,
    const struct batch *b, const struct detect_events *events)
{
	struct detect_step *s;
	size_t i;

	*t = (struct detect_trail){ .follows = f,
		.batch = b,
		.soon = soon_after(b, events, f->within) };
	t->steps = xcalloc(events->n + 1, sizeof(*t->steps));
	for (i = 0; i < events->n; i++) {
		s = &t->steps[t->n];
		memset(s, 0, sizeof(*s));
		s->call = events->calls[i];
		t->n += read_key(f->theirs, f->nsame, b, s->call, s->key);
	}
	if (t->n > 1)
		qsort(t->steps, t->n, sizeof(*t->steps), compare_steps);
	note_heads(t);
}

void
detect_trail_fini(struct detect_trail *t)
{
	free(t->steps);
	free(t->heads);
	free(t->soon);
	memset(t, 0, sizeof(*t));
}

/*
 * How many steps stand before (key, start], all of that start included; 0 where
 * none has the first code.
 */
static size_t
steps_until(const struct detect_trail *t, struct detect_step *want,
    int64_t start)
{
	const struct detect_steps *among = find_steps(t, want->key[0]);
	size_t low = among->begin, high = among->end, middle;
	const struct detect_step *s;
	int c;

	while (low < high) {
		middle = low + (high - low) / 2;
		s = &t->steps[middle];
		c = memcmp(s->key, want->key, sizeof(s->key));
		if (c != 0)
			c = compare_steps(s, want);
		else
			c = t->batch->calls[s->call].start > start ? 1 : -1;
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
detect_trail_find(const struct detect_trail *t, size_t call, uint32_t *event)
{
	const struct follows *f = t->follows;
	const struct call *calls = t->batch->calls;
	struct detect_step want = { { 0 }, 0 };
	size_t n;

	if (t->n == 0 || !read_key(f->own, f->nsame, t->batch, call, want.key))
		return false;
	n = steps_until(t, &want, calls[call].start);
	/* a call does not follow itself */
	if (n > 0 && t->steps[n - 1].call == call)
		n--;
	/* another event of its own instant may stand before it */
	if (n == 0 ||
	    memcmp(t->steps[n - 1].key, want.key, sizeof(want.key)) != 0)
		return false;
	*event = t->steps[n - 1].call;
	return calls[call].start - calls[*event].start <= f->within;
}
