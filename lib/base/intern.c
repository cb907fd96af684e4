#include "base/intern.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/xalloc.h"

struct entry {
	const char *text; /* in the arena */
	uint32_t len;
};

/*
 * The hash stands beside the id, so that most probes, and all of those for a
 * new string, touch one cache line: a million unique call ids are a million
 * misses otherwise.
 */
struct slot {
	uint32_t hash;
	uint32_t next; /* id + 1; 0: free */
};

/*
 * Open addressing with linear probing.  At most half of the slots are taken,
 * so a probe ends soon.
 */
struct intern {
	struct arena texts;
	struct entry *entries;
	size_t cap;
	uint32_t n;
	struct slot *slots;
	uint32_t mask;
};

enum { FIRST_SLOTS = 1024 };

struct intern *
intern_new(void)
{
	struct intern *in = xcalloc(1, sizeof(*in));

	in->mask = FIRST_SLOTS - 1;
	in->slots = xcalloc(FIRST_SLOTS, sizeof(*in->slots));
	(void)intern_add(in, "", 0);
	return in;
}

void
intern_free(struct intern **ip)
{
	struct intern *in = *ip;

	if (in == NULL)
		return;
	arena_fini(&in->texts);
	free(in->entries);
	free(in->slots);
	free(in);
	*ip = NULL;
}

/* The slot where the string is, or the free one where it belongs. */
static struct slot *
probe(const struct intern *in, const void *bytes, size_t len, uint32_t hash)
{
	const struct entry *e;
	struct slot *slot;
	uint32_t i;

	for (i = hash & in->mask;; i = (i + 1) & in->mask) {
		slot = &in->slots[i];
		if (slot->next == 0)
			return slot;
		if (slot->hash != hash)
			continue;
		e = &in->entries[slot->next - 1];
		if (e->len == len && memcmp(e->text, bytes, len) == 0)
			return slot;
	}
}

static void
double_slots(struct intern *in)
{
	struct slot *old = in->slots;
	uint32_t i, to, had = in->mask;

	assert(in->mask < UINT32_MAX / 2);
	in->mask = in->mask * 2 + 1;
	in->slots = xcalloc((size_t)in->mask + 1, sizeof(*in->slots));
	for (i = 0; i <= had; i++) {
		if (old[i].next == 0)
			continue;
		to = old[i].hash & in->mask;
		while (in->slots[to].next != 0)
			to = (to + 1) & in->mask;
		in->slots[to] = old[i];
	}
	free(old);
}

uint32_t
intern_add(struct intern *in, const void *bytes, size_t len)
{
	uint32_t hash = (uint32_t)hash64(bytes, len);
	struct slot *slot = probe(in, bytes, len, hash);

	if (slot->next != 0)
		return slot->next - 1;
	assert(in->n < UINT32_MAX - 1 && len < UINT32_MAX);
	in->entries = xgrow(in->entries, &in->cap, (size_t)in->n + 1,
	    sizeof(*in->entries));
	in->entries[in->n] = (struct entry){
		.text = arena_strndup(&in->texts, bytes, len),
		.len = (uint32_t)len,
	};
	*slot = (struct slot){ .hash = hash, .next = ++in->n };
	if (in->n > in->mask / 2)
		double_slots(in);
	return in->n - 1;
}

uint32_t
intern_addstr(struct intern *in, const char *text)
{
	return intern_add(in, text, strlen(text));
}

uint32_t
intern_find(const struct intern *in, const void *bytes, size_t len)
{
	return probe(in, bytes, len, (uint32_t)hash64(bytes, len))->next - 1;
}

const char *
intern_text(const struct intern *in, uint32_t id)
{
	assert(id < in->n);
	return in->entries[id].text;
}

size_t
intern_len(const struct intern *in, uint32_t id)
{
	assert(id < in->n);
	return in->entries[id].len;
}

uint32_t
intern_count(const struct intern *in)
{
	return in->n;
}
