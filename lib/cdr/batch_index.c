/*
 * Switches write records as calls end, so most calls stand near their places;
 * but files may come in any order.  Calls are dealt out to stretches of time,
 * each of which is put in order by itself, by any thread.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "base/pool.h"
#include "base/radix.h"
#include "base/xalloc.h"
#include "cdr/batch_impl.h"

enum {
	CALLS_A_STRETCH = 4096,
	STRETCHES_MOST = 1 << 16,
	SHARES_A_PART = 8, /* of the stretches: they are not equally long */
	SAMPLE = 256,      /* one call of so many tells when calls were */
	FEW = 64           /* calls that are sorted by insertion */
};

/*
 * Times are known by their ticks, as fine as 32 bits allow.  Whatever is not
 * between the first and the last time of the sample has the first or the last
 * tick, so the order of ticks is never another than that of times.
 */
struct ticks {
	int64_t least;
	unsigned shift;  /* of the time since then */
	unsigned coarse; /* of a tick, to its stretch */
	size_t stretches;
	uint32_t *list; /* by call */
};

static uint64_t
tick_of(const struct ticks *t, int64_t start)
{
	uint64_t tick;

	if (start <= t->least)
		return 0;
	tick = ((uint64_t)start - (uint64_t)t->least) >> t->shift;
	return tick < UINT32_MAX ? tick : UINT32_MAX;
}

static size_t
stretch_of(const struct ticks *t, uint64_t tick)
{
	const size_t stretch = (size_t)(tick >> t->coarse);

	return stretch < t->stretches ? stretch : t->stretches - 1;
}

static void
ticks_init(struct ticks *t, const struct batch *b)
{
	int64_t least = b->calls[0].start, most = least;
	size_t i, n = 1;

	for (i = 0; i < b->n; i += SAMPLE) {
		if (b->calls[i].start < least)
			least = b->calls[i].start;
		if (b->calls[i].start > most)
			most = b->calls[i].start;
	}
	while (n < STRETCHES_MOST && n * CALLS_A_STRETCH < b->n)
		n *= 2;
	*t = (struct ticks){ .least = least, .stretches = n };
	while (((uint64_t)most - (uint64_t)least) >> t->shift > UINT32_MAX)
		t->shift++;
	while (tick_of(t, most) >> t->coarse >= n)
		t->coarse++;
	t->list = xmalloc((b->n + 1) * sizeof(*t->list));
}

struct work {
	const struct batch *b;
	struct ticks ticks;
	struct batch_list *marked; /* by part */
	size_t parts;
	uint32_t *begins; /* by part: where its calls of each stretch go */
	uint32_t *index;
	size_t shares; /* of the stretches */
	atomic_bool copies;
};

/* When the calls of a part were, and how many in each stretch. */
static void
count_part(void *arg, size_t part)
{
	struct work *w = arg;
	const struct ticks *t = &w->ticks;
	const size_t end = pool_cut(w->b->n, w->parts, part + 1);
	uint32_t *counts = w->begins + part * t->stretches;
	size_t i;

	for (i = pool_cut(w->b->n, w->parts, part); i < end; i++) {
		if (batch_marked(&w->b->calls[i]))
			batch_list_add(&w->marked[part], i);
		t->list[i] = (uint32_t)tick_of(t, w->b->calls[i].start);
		counts[stretch_of(t, t->list[i])]++;
	}
}

/* From counts to places: by stretch, in one by part. */
static void
sum_up(struct work *w)
{
	uint32_t *at, n, sum = 0;
	size_t stretch, part;

	for (stretch = 0; stretch < w->ticks.stretches; stretch++)
		for (part = 0; part < w->parts; part++) {
			at = w->begins + part * w->ticks.stretches + stretch;
			n = *at;
			*at = sum;
			sum += n;
		}
}

/* Each place moves to its end, which is where the next part begins. */
static void
deal_out(void *arg, size_t part)
{
	const struct work *w = arg;
	const struct ticks *t = &w->ticks;
	const size_t end = pool_cut(w->b->n, w->parts, part + 1);
	uint32_t *begins = w->begins + part * t->stretches;
	size_t i;

	for (i = pool_cut(w->b->n, w->parts, part); i < end; i++)
		w->index[begins[stretch_of(t, t->list[i])]++] = (uint32_t)i;
}

/* A tick and an index make one number, which is sorted by the tick. */
enum { INDEX_BITS = 32 };

struct keys {
	uint64_t *list, *room;
	size_t list_cap, room_cap;
};

static int
compare(const void *ctx, uint32_t i, uint32_t j)
{
	return batch_compare(ctx, i, j);
}

/* Whether all calls of a tick have one start, and all calls one source. */
static bool
keys_tell(const struct work *w, uint32_t tick)
{
	return w->b->nsources == 1 && w->ticks.shift == 0 && tick > 0 &&
	       tick < UINT32_MAX;
}

/* By keys that are at hand; false: not all are different. */
static bool
insert_by_key(uint64_t *keys, uint32_t *index, size_t n)
{
	bool distinct = true;
	uint64_t key;
	uint32_t moved;
	size_t i, at;

	for (i = 1; i < n; i++) {
		key = keys[i];
		moved = index[i];
		for (at = i; at > 0 && keys[at - 1] > key; at--) {
			keys[at] = keys[at - 1];
			index[at] = index[at - 1];
		}
		distinct &= at == 0 || keys[at - 1] < key;
		keys[at] = key;
		index[at] = moved;
	}
	return distinct;
}

/* Calls of one tick, by all that tells them apart. */
static void
order_tick(struct work *w, uint32_t tick, uint64_t *keys, uint32_t *index,
    size_t n)
{
	const struct batch *b = w->b;
	size_t i;

	if (n <= FEW && keys_tell(w, tick) && insert_by_key(keys, index, n))
		return;
	batch_order(index, n, compare, b);
	for (i = 1; i < n; i++)
		if (batch_compare_identity(b, index[i - 1], index[i]) == 0)
			atomic_store(&w->copies, true);
}

/*
 * Those of calls that are alone in their tick, too: asked for one behind
 * another, with no question in between, they need not be waited for one by one.
 */
static void
fetch_keys(const struct work *w, struct keys *k, size_t n)
{
	const struct origin *o = w->b->origins;
	size_t i;

	for (i = 0; i < n; i++)
		k->room[i] = o[(uint32_t)k->list[i]].key;
}

static void
order_stretch(struct work *w, struct keys *k, uint32_t *index, size_t n)
{
	const uint32_t *ticks = w->ticks.list;
	uint32_t tick;
	size_t i, same;

	k->list = xgrow(k->list, &k->list_cap, n, sizeof(*k->list));
	k->room = xgrow(k->room, &k->room_cap, n, sizeof(*k->room));
	for (i = 0; i < n; i++)
		k->list[i] = (uint64_t)ticks[index[i]] << INDEX_BITS | index[i];
	radix_sort(k->list, k->room, n, INDEX_BITS);
	fetch_keys(w, k, n);
	for (i = 0; i < n; i++)
		index[i] = (uint32_t)k->list[i];
	for (i = 0; i < n; i += same) {
		tick = (uint32_t)(k->list[i] >> INDEX_BITS);
		for (same = 1;
		     i + same < n && k->list[i + same] >> INDEX_BITS == tick;
		     same++)
			;
		if (same > 1)
			order_tick(w, tick, k->room + i, index + i, same);
	}
}

static void
order_share(void *arg, size_t share)
{
	struct work *w = arg;
	const size_t n = w->ticks.stretches;
	const size_t last = pool_cut(n, w->shares, share + 1);
	/* Where the last part's calls of each stretch end. */
	const uint32_t *ends = w->begins + (w->parts - 1) * n;
	struct keys k = { .list_cap = 0 };
	size_t s = pool_cut(n, w->shares, share), begin;

	for (; s < last; s++) {
		begin = s > 0 ? ends[s - 1] : 0;
		if (ends[s] > begin)
			order_stretch(w, &k, w->index + begin, ends[s] - begin);
	}
	free(k.list);
	free(k.room);
}

uint32_t *
batch_index(struct batch *b, struct batch_list *marked, size_t parts)
{
	struct work w = { .b = b, .marked = marked, .parts = parts };
	size_t part, n = 0;

	ticks_init(&w.ticks, b);
	w.begins = xcalloc(parts * w.ticks.stretches, sizeof(*w.begins));
	pool_run(parts, parts, count_part, &w);
	for (part = 0; part < parts; part++)
		n += marked[part].n;
	if (n == 0) {
		sum_up(&w);
		w.index = xmalloc((b->n + 1) * sizeof(*w.index));
		pool_run(parts, parts, deal_out, &w);
		w.shares = parts * SHARES_A_PART;
		if (w.shares > w.ticks.stretches)
			w.shares = w.ticks.stretches;
		pool_run(parts, w.shares, order_share, &w);
		b->distinct = !atomic_load(&w.copies);
	}
	xfree_large(w.begins);
	xfree_large(w.ticks.list);
	return w.index;
}
