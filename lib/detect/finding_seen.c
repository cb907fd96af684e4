#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/finding_impl.h"

enum { LEAST_BITS = 4, WORD = 64 };

/* Which call; the rest of struct call_ref tells nothing apart. */
struct seen {
	int64_t start;
	uint64_t source, key;
};

/* Open addressing; slots are places in the list, from 1, for little memory. */
struct finding_seen {
	struct seen *list;
	size_t n;
	uint32_t *slots;
	unsigned bits; /* of the number of a slot */
};

struct finding_seen *
finding_seen_new(size_t most)
{
	struct finding_seen *s = xcalloc(1, sizeof(*s));

	s->bits = LEAST_BITS;
	while (most > ((size_t)1 << s->bits) / 2)
		s->bits++;
	s->list = xmalloc((most + 1) * sizeof(*s->list));
	s->slots = xcalloc((size_t)1 << s->bits, sizeof(*s->slots));
	return s;
}

void
finding_seen_free(struct finding_seen **sp)
{
	struct finding_seen *s = *sp;

	if (s == NULL)
		return;
	free(s->list);
	free(s->slots);
	free(s);
	*sp = NULL;
}

static size_t
first_slot(const struct finding_seen *s, const struct call_ref *ref)
{
	/* 2^64 divided by the golden ratio: near keys lie far apart. */
	static const uint64_t spread = UINT64_C(0x9e3779b97f4a7c15);
	const uint64_t mixed =
	    (ref->key ^ ref->source) + (uint64_t)ref->start * spread;

	return (size_t)(mixed * spread >> (WORD - s->bits));
}

bool
finding_seen_add(struct finding_seen *s, const struct call_ref *ref)
{
	const size_t mask = ((size_t)1 << s->bits) - 1;
	size_t slot = first_slot(s, ref);
	const struct seen *had;

	for (; s->slots[slot] != 0; slot = (slot + 1) & mask) {
		had = &s->list[s->slots[slot] - 1];
		if (had->key == ref->key && had->start == ref->start &&
		    had->source == ref->source)
			return false;
	}
	s->list[s->n++] = (struct seen){ ref->start, ref->source, ref->key };
	s->slots[slot] = (uint32_t)s->n;
	return true;
}
