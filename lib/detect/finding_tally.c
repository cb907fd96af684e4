/* Sums over the calls of findings. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/finding_impl.h"
#include "tel/money.h"

enum { BLOCK = 256, WORD = 64, STRETCH = 1024, UNPACKED = FINDING_UNPACKED };

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

/* Members of several findings of one batch, the first in its order first. */
struct merging {
	struct cursor {
		uint32_t place;
		const struct finding *finding;
		size_t at;
	} * heap;
	size_t n;
};

static bool
of_one_batch(const struct finding *const *findings, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (findings[i]->book == NULL ||
		    findings[i]->book->batch != findings[0]->book->batch)
			return false;
	return true;
}

/* The i-th may stand too high. */
static void
sink(struct merging *m, size_t i)
{
	struct cursor *heap = m->heap;
	const struct cursor c = heap[i];
	size_t down;

	while ((down = 2 * i + 1) < m->n) {
		if (down + 1 < m->n && heap[down + 1].place < heap[down].place)
			down++;
		if (c.place <= heap[down].place)
			break;
		heap[i] = heap[down];
		i = down;
	}
	heap[i] = c;
}

static void
merging_open(struct merging *m, const struct finding *const *findings, size_t n)
{
	const struct finding *f;
	size_t i;

	*m = (struct merging){ .heap = xcalloc(n + 1, sizeof(*m->heap)) };
	for (i = 0; i < n; i++) {
		f = findings[i];
		if (f->nmembers > 0)
			m->heap[m->n++] = (struct cursor){ f->places[0], f, 0 };
	}
	for (i = m->n / 2; i-- > 0;)
		sink(m, i);
}

static void
merging_step(struct merging *m)
{
	struct cursor *first = &m->heap[0];

	if (++first->at < first->finding->nmembers)
		first->place = first->finding->places[first->at];
	else
		*first = m->heap[--m->n];
	sink(m, 0);
}

/* Calls that lie elsewhere, of which the first that is met counts. */
static void
add_told(struct tally *t, struct purse *p,
    const struct finding *const *findings, size_t n)
{
	struct call_ref refs[UNPACKED];
	struct finding_seen *seen;
	const struct finding *f;
	size_t i, at, k, all = 0;

	for (i = 0; i < n; i++)
		all += findings[i]->nmembers;
	seen = finding_seen_new(all);
	for (i = 0; i < n; i++) {
		f = findings[i];
		for (at = 0; at < f->nmembers; at += UNPACKED) {
			finding_unpack(f, at, refs);
			for (k = 0; k < UNPACKED && at + k < f->nmembers; k++)
				if (finding_seen_add(seen, &refs[k]))
					add_call(t, p, &refs[k]);
		}
	}
	finding_seen_free(&seen);
}

static bool
is_same_record(const struct batch *b, uint32_t i, uint32_t k)
{
	return i == k || (b->calls[i].start == b->calls[k].start &&
			     b->calls[i].source == b->calls[k].source &&
			     b->origins[i].key == b->origins[k].key);
}

/* False: it is no number of whole seconds. */
static bool
put_talk(const struct measure_talk *talk, size_t i, uint32_t ms)
{
	const bool brief = ms / 1000 < UINT16_MAX;

	if (talk->seconds == NULL)
		talk->ms[i] = ms;
	else
		talk->seconds[i] = brief ? (uint16_t)(ms / 1000) : UINT16_MAX;
	return ms % 1000 == 0 || !brief;
}

bool
call_book_talk(const struct batch *b, size_t first, size_t end,
    const struct measure_talk *talk)
{
	const bool copies = !b->sorted || !b->distinct;
	const struct call *c;
	bool whole = true;
	uint32_t ms;
	size_t i;

	for (i = first; i < end; i++) {
		c = &b->calls[i];
		ms = c->duration;
		if ((c->flags & CALL_HAS_COST) != 0 ||
		    (copies && i > 0 && b->calls[i - 1].start == c->start &&
			is_same_record(b, (uint32_t)i - 1, (uint32_t)i)))
			ms = CALL_BOOK_ASK;
		whole &= put_talk(talk, i, ms);
	}
	return whole || talk->seconds == NULL;
}

/* The next places, at most BLOCK; how many. */
static size_t
next_places(struct merging *m, uint32_t *places)
{
	struct cursor *only = &m->heap[0];
	size_t n;

	if (m->n > 1) {
		for (n = 0; n < BLOCK && m->n > 0; merging_step(m))
			places[n++] = m->heap[0].place;
		return n;
	}
	n = only->finding->nmembers - only->at;
	n = n < BLOCK ? n : BLOCK;
	memcpy(places, only->finding->places + only->at, n * sizeof(*places));
	only->at += n;
	if (only->at < only->finding->nmembers)
		only->place = only->finding->places[only->at];
	else
		m->n = 0;
	return n;
}

static void
add_asked(struct tally *t, struct purse *p, const struct call_book *book,
    uint32_t place)
{
	const struct finding one = { .book = book, .places = &place };
	const struct call_ref ref = finding_keyless(&one, 0);

	add_call(t, p, &ref);
}

static void
add_placed(struct tally *t, struct purse *p, struct merging *m)
{
	const struct call_book *book =
	    m->n > 0 ? m->heap[0].finding->book : NULL;
	uint32_t places[BLOCK], last = UINT32_MAX, talk;
	size_t n, i;

	while (m->n > 0) {
		n = next_places(m, places);
		for (i = 0; i < n; last = places[i++]) {
			talk = measure_talk_of(&book->talk, places[i]);
			if (places[i] == last)
				continue;
			if (talk != CALL_BOOK_ASK) {
				t->calls++;
				t->duration += talk;
			} else if (last == UINT32_MAX ||
				   !is_same_record(book->batch, last,
				       places[i])) {
				add_asked(t, p, book, places[i]);
			}
		}
	}
}

/*
 * Many members are united by a bit for each call of the batch, from the first
 * to the last of them, which takes no comparing.
 */
struct uniting {
	uint64_t *bits;
	uint32_t first, last; /* places */
	uint32_t *asked;      /* that have to be looked at when all are there */
	size_t nasked, asked_cap;
};

/* Whether it pays: there is one in most stretches of so many calls. */
static bool
uniting_open(struct uniting *u, const struct finding *const *findings, size_t n)
{
	size_t i, members = 0;
	const struct finding *f;

	*u = (struct uniting){ .first = UINT32_MAX };
	if (n < 2)
		return false;
	for (i = 0; i < n; i++) {
		f = findings[i];
		members += f->nmembers;
		if (f->nmembers == 0)
			continue;
		if (f->places[0] < u->first)
			u->first = f->places[0];
		if (f->places[f->nmembers - 1] > u->last)
			u->last = f->places[f->nmembers - 1];
	}
	if (members <= (u->last - u->first) / STRETCH || u->first > u->last)
		return false;
	u->bits = xcalloc((u->last - u->first) / WORD + 1, sizeof(*u->bits));
	return true;
}

static bool
uniting_has(const struct uniting *u, uint32_t place)
{
	const uint32_t at = place - u->first;

	return (u->bits[at / WORD] >> at % WORD & 1) != 0;
}

static void
unite(struct uniting *u, struct tally *t, const struct finding *f)
{
	const struct measure_talk talk = f->book->talk;
	uint32_t place, at, ms;
	uint64_t bit;
	size_t i;

	for (i = 0; i < f->nmembers; i++) {
		place = f->places[i];
		at = place - u->first;
		bit = UINT64_C(1) << at % WORD;
		if ((u->bits[at / WORD] & bit) != 0)
			continue;
		u->bits[at / WORD] |= bit;
		ms = measure_talk_of(&talk, place);
		if (ms != CALL_BOOK_ASK) {
			t->calls++;
			t->duration += ms;
			continue;
		}
		u->asked = xgrow(u->asked, &u->asked_cap, u->nasked + 1,
		    sizeof(*u->asked));
		u->asked[u->nasked++] = place;
	}
}

/* Copies of a record stand side by side. */
static bool
is_copy(const struct uniting *u, const struct batch *b, uint32_t place)
{
	uint32_t k;

	for (k = place; k > u->first && is_same_record(b, k - 1, place); k--)
		if (uniting_has(u, k - 1))
			return true;
	return false;
}

static void
add_united(struct uniting *u, struct tally *t, struct purse *p,
    const struct finding *const *findings, size_t n)
{
	const struct call_book *book = findings[0]->book;
	size_t i;

	for (i = 0; i < n; i++)
		unite(u, t, findings[i]);
	for (i = 0; i < u->nasked; i++)
		if (!is_copy(u, book->batch, u->asked[i]))
			add_asked(t, p, book, u->asked[i]);
	free(u->asked);
	free(u->bits);
}

static void
add_merged(struct tally *t, struct purse *p,
    const struct finding *const *findings, size_t n)
{
	struct merging m;

	merging_open(&m, findings, n);
	add_placed(t, p, &m);
	free(m.heap);
}

void
tally_members(struct tally *t, struct arena *arena,
    const struct finding *const *findings, size_t n)
{
	struct purse purse = { 0 };
	struct uniting u;

	memset(t, 0, sizeof(*t));
	if (!of_one_batch(findings, n))
		add_told(t, &purse, findings, n);
	else if (uniting_open(&u, findings, n))
		add_united(&u, t, &purse, findings, n);
	else
		add_merged(t, &purse, findings, n);
	take_purse(t, arena, &purse);
}
