#include "base/intern.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/intern_impl.h"
#include "base/xalloc.h"

enum { FIRST_SLOTS = 1024, AT_ONCE = 16 };

static inline bool
are_equal(const char *a, const char *b, size_t len)
{
	struct intern_pair p, q;

	if (len > INTERN_SHORT)
		return memcmp(a, b, len) == 0;
	p = intern_pair_of(a, len);
	q = intern_pair_of(b, len);
	return p.begin == q.begin && p.end == q.end;
}

static void
table_init(struct intern_table *t)
{
	t->mask = FIRST_SLOTS - 1;
	t->slots = xcalloc(FIRST_SLOTS, sizeof(*t->slots));
}

struct intern *
intern_new(void)
{
	struct intern *in = xcalloc(1, sizeof(*in));

	table_init(&in->usual);
	table_init(&in->rare);
	(void)intern_add(in, "", 0);
	return in;
}

void
intern_free(struct intern **ip)
{
	struct intern *in = *ip;
	size_t i;

	if (in == NULL)
		return;
	for (i = 0; i < in->nsegments; i++)
		free(in->segments[i].bytes);
	free(in->segments);
	arena_fini(&in->texts);
	free(in->entries);
	free(in->usual.slots);
	free(in->rare.slots);
	free(in);
	*ip = NULL;
}

static void
table_reset(struct intern_table *t)
{
	memset(t->slots, 0, ((size_t)t->mask + 1) * sizeof(*t->slots));
	t->taken = 0;
}

void
intern_reset(struct intern *in)
{
	intern_forget_kept(in);
	arena_reset(&in->texts);
	table_reset(&in->usual);
	table_reset(&in->rare);
	in->n = 0;
	(void)intern_add(in, "", 0);
}

/* The slot where the string is, or the free one where it belongs. */
static inline struct intern_slot *
probe(const struct intern *in, const struct intern_table *t, const void *bytes,
    size_t len, uint32_t hash)
{
	const struct intern_entry *e;
	struct intern_slot *slot;
	uint32_t i;

	for (i = hash & t->mask;; i = (i + 1) & t->mask) {
		slot = &t->slots[i];
		if (slot->next == 0)
			return slot;
		if (slot->hash != hash)
			continue;
		e = &in->entries[slot->next - 1];
		if (e->len == len && are_equal(e->text, bytes, len))
			return slot;
	}
}

static void
double_slots(struct intern_table *t)
{
	struct intern_slot *old = t->slots;
	uint32_t i, to, had = t->mask;

	assert(t->mask < UINT32_MAX / 2);
	t->mask = t->mask * 2 + 1;
	t->slots = xcalloc((size_t)t->mask + 1, sizeof(*t->slots));
	for (i = 0; i <= had; i++) {
		if (old[i].next == 0)
			continue;
		to = old[i].hash & t->mask;
		while (t->slots[to].next != 0)
			to = (to + 1) & t->mask;
		t->slots[to] = old[i];
	}
	free(old);
}

/* The string is nowhere yet, and `slot` of `t` is where it belongs. */
static uint32_t
add_new(struct intern *in, struct intern_table *t, struct intern_slot *slot,
    const void *bytes, size_t len, uint32_t hash)
{
	assert(in->n < INTERN_KEPT && len <= INT32_MAX);
	in->entries = xgrow(in->entries, &in->cap, (size_t)in->n + 1,
	    sizeof(*in->entries));
	in->entries[in->n] = (struct intern_entry){
		.text = arena_strndup(&in->texts, bytes, len),
		.len = (uint32_t)len & INT32_MAX,
		.rare = t == &in->rare,
		.hash = hash,
	};
	*slot = (struct intern_slot){ .hash = hash, .next = ++in->n };
	if (++t->taken > t->mask / 2)
		double_slots(t);
	return in->n - 1;
}

/* To table `t`, unless it is there or in `other`. */
static inline uint32_t
add(struct intern *in, struct intern_table *t, const struct intern_table *other,
    const void *bytes, size_t len, uint32_t hash)
{
	struct intern_slot *slot = probe(in, t, bytes, len, hash);
	const struct intern_slot *there;

	if (slot->next != 0)
		return slot->next - 1;
	there = probe(in, other, bytes, len, hash);
	if (there->next != 0)
		return there->next - 1;
	return add_new(in, t, slot, bytes, len, hash);
}

uint32_t
intern_add_hashed(struct intern *in, bool rare, const void *bytes, size_t len,
    uint32_t hash)
{
	return rare ? add(in, &in->rare, &in->usual, bytes, len, hash)
		    : add(in, &in->usual, &in->rare, bytes, len, hash);
}

uint32_t
intern_add(struct intern *in, const void *bytes, size_t len)
{
	return add(in, &in->usual, &in->rare, bytes, len,
	    intern_hash_of(bytes, len));
}

uint32_t
intern_add_rare(struct intern *in, const void *bytes, size_t len)
{
	return add(in, &in->rare, &in->usual, bytes, len,
	    intern_hash_of(bytes, len));
}

uint32_t
intern_addstr(struct intern *in, const char *text)
{
	return intern_add(in, text, strlen(text));
}

/*
 * The first round only finds where each might be, the second looks there: so
 * they wait for memory together.
 */
static void
add_some(struct intern *in, const struct intern_item *items, size_t n)
{
	const struct intern_table *t = &in->usual;
	uint32_t hashes[AT_ONCE], next[AT_ONCE];
	const struct intern_item *item;
	const struct intern_entry *e;
	uint32_t id;
	size_t i;

	for (i = 0; i < n; i++) {
		hashes[i] = intern_hash_of(items[i].text, items[i].len);
		next[i] = t->slots[hashes[i] & t->mask].next;
	}
	for (i = 0; i < n; i++) {
		item = &items[i];
		/* Where there is none, the empty string's. */
		id = next[i] - (next[i] > 0);
		e = &in->entries[id];
		if (e->hash != hashes[i] || e->len != item->len ||
		    !are_equal(e->text, item->text, item->len))
			id = add(in, &in->usual, &in->rare, item->text,
			    item->len, hashes[i]);
		*item->id = id;
	}
}

void
intern_add_all(struct intern *in, const struct intern_item *items, size_t n)
{
	for (; n > AT_ONCE; n -= AT_ONCE, items += AT_ONCE)
		add_some(in, items, AT_ONCE);
	add_some(in, items, n);
}

/* A free slot has next 0, which makes the id INTERN_NONE. */
uint32_t
intern_find(const struct intern *in, const void *bytes, size_t len)
{
	const uint32_t hash = intern_hash_of(bytes, len);
	const struct intern_slot *slot =
	    probe(in, &in->usual, bytes, len, hash);

	if (slot->next == 0)
		slot = probe(in, &in->rare, bytes, len, hash);
	return slot->next - 1;
}

const char *
intern_text(const struct intern *in, uint32_t id)
{
	assert(id < in->n);
	return in->entries[id].text;
}

uint32_t
intern_count(const struct intern *in)
{
	return in->n;
}
