/* finding_tally: which calls findings have, and sums over them. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/finding.h"
#include "tel/money.h"

/* Members ----------------------------------------------------------------- */

/* All but its key, which lies elsewhere and few ask for. */
static struct call_ref
keyless(const struct finding *f, size_t i)
{
	const struct batch *b;
	const struct call *c;
	struct call_ref ref;

	if (f->book == NULL)
		return f->members[i];
	b = f->book->batch;
	c = &b->calls[f->places[i]];
	ref = (struct call_ref){ .start = c->start,
		.source = f->book->sources[c->source],
		.duration = c->duration };
	if ((c->flags & CALL_HAS_COST) == 0)
		return ref;
	ref.cost = c->cost;
	ref.currency = batch_text(b, b->currencies[c->currency]);
	ref.estimated = b->origins[f->places[i]].rated;
	return ref;
}

struct call_ref
finding_member(const struct finding *f, size_t i)
{
	struct call_ref ref = keyless(f, i);

	if (f->book != NULL)
		ref.key = f->book->batch->origins[f->places[i]].key;
	return ref;
}

const struct call_ref *
finding_members(const struct finding *f, struct call_ref **own)
{
	size_t i;

	*own = NULL;
	if (f->book == NULL)
		return f->members;
	*own = xcalloc(f->nmembers, sizeof(**own));
	for (i = 0; i < f->nmembers; i++)
		(*own)[i] = finding_member(f, i);
	return *own;
}

int
call_ref_compare(const struct call_ref *a, const struct call_ref *b)
{
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	return (a->key > b->key) - (a->key < b->key);
}

/* Sums -------------------------------------------------------------------- */

/* Amounts in the order of their codes; there are few of them. */
struct purse {
	struct amount *list;
	size_t n, cap;
};

static void
add_money(struct purse *p, const char *currency, int64_t v)
{
	size_t i = p->n;

	while (i > 0 && strcmp(p->list[i - 1].currency, currency) > 0)
		i--;
	if (i > 0 && strcmp(p->list[i - 1].currency, currency) == 0) {
		p->list[i - 1].micro = money_add(p->list[i - 1].micro, v);
		return;
	}
	p->list = xgrow(p->list, &p->cap, p->n + 1, sizeof(*p->list));
	memmove(&p->list[i + 1], &p->list[i], (p->n - i) * sizeof(*p->list));
	p->list[i] = (struct amount){ currency, v };
	p->n++;
}

static void
add_call(struct tally *t, struct purse *p, const struct call_ref *ref)
{
	t->calls++;
	t->duration += ref->duration;
	if (ref->currency != NULL)
		add_money(p, ref->currency, ref->cost);
	t->estimated = t->estimated || ref->estimated;
}

static void
take_purse(struct tally *t, struct arena *arena, struct purse *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		p->list[i].currency = arena_strdup(arena, p->list[i].currency);
	t->nmoney = p->n;
	t->money = arena_memdup(arena, p->list, p->n * sizeof(*p->list));
	free(p->list);
}

/* A finding's next member. */
struct cursor {
	int64_t start;
	const struct finding *finding;
	size_t at;
	size_t rank; /* of the finding among all */
};

static int
compare_members(const struct cursor *a, const struct cursor *b)
{
	struct call_ref x, y;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	x = finding_member(a->finding, a->at);
	y = finding_member(b->finding, b->at);
	return call_ref_compare(&x, &y);
}

static bool
comes_before(const struct cursor *a, const struct cursor *b)
{
	int c = compare_members(a, b);

	return c != 0 ? c < 0 : a->rank < b->rank;
}

/* A heap in which that of `i` may stand too high. */
static void
sink(struct cursor *heap, size_t n, size_t i)
{
	const struct cursor c = heap[i];
	size_t down;

	while ((down = 2 * i + 1) < n) {
		if (down + 1 < n && comes_before(&heap[down + 1], &heap[down]))
			down++;
		if (comes_before(&c, &heap[down]))
			break;
		heap[i] = heap[down];
		i = down;
	}
	heap[i] = c;
}

static size_t
open_cursors(struct cursor *heap, const struct finding *const *findings,
    size_t n)
{
	size_t count = 0, i;

	for (i = 0; i < n; i++)
		if (findings[i]->nmembers > 0)
			heap[count++] =
			    (struct cursor){ keyless(findings[i], 0).start,
				    findings[i], 0, i };
	for (i = count / 2; i-- > 0;)
		sink(heap, count, i);
	return count;
}

void
tally_members(struct tally *t, struct arena *arena,
    const struct finding *const *findings, size_t n)
{
	struct cursor *heap = xcalloc(n + 1, sizeof(*heap)), last = { 0 };
	size_t count = open_cursors(heap, findings, n);
	struct purse purse = { 0 };
	struct call_ref ref;

	memset(t, 0, sizeof(*t));
	while (count > 0) {
		ref = keyless(heap[0].finding, heap[0].at);
		if (t->calls == 0 || compare_members(&last, &heap[0]) != 0)
			add_call(t, &purse, &ref);
		last = heap[0];
		if (++heap[0].at < heap[0].finding->nmembers)
			heap[0].start =
			    keyless(heap[0].finding, heap[0].at).start;
		else
			heap[0] = heap[--count];
		sink(heap, count, 0);
	}
	free(heap);
	take_purse(t, arena, &purse);
}
