#include <string.h>

#include "model_impl.h"

#define THIRTY_DAYS (30 * INT64_C(86400000))

bool
model_takes(const struct batch *b, const struct rule *r, size_t call)
{
	return batch_event(b, call) == EVENT_CALL ||
	       predicate_asks(r->match, field_find("event"));
}

/* The latest call of the same group that is earlier. */
static int64_t
since_of(const struct batch *b, const struct rule *r, const bool *before,
    size_t i)
{
	int64_t least = -1, ms;
	char name[80], other[80];
	size_t k;

	if (!model_name(b, r, i, name, sizeof(name)) || !model_takes(b, r, i) ||
	    !model_follows(b, r, i, before))
		return -1;
	for (k = 0; k < b->n; k++) {
		ms = b->calls[i].start - b->calls[k].start;
		if (ms > 0 && (least < 0 || ms < least) &&
		    model_takes(b, r, k) && model_follows(b, r, k, before) &&
		    model_name(b, r, k, other, sizeof(other)) &&
		    strcmp(name, other) == 0)
			least = ms;
	}
	return least;
}

void
model_since(const struct batch *b, const struct rule *r, const bool *before,
    int64_t *since)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		since[i] = since_of(b, r, before, i);
}

/* 1: the account had this caller; 2: it had not, on long enough a record. */
static uint8_t
newness(const struct batch *b, size_t i)
{
	const struct call *c = &b->calls[i], *d;
	bool known = false;
	size_t k;

	if (batch_event(b, i) != EVENT_CALL || c->account == 0 ||
	    batch_party_text(b, c->src)[0] == '\0')
		return 0;
	for (k = 0; k < b->n; k++) {
		d = &b->calls[k];
		if (batch_event(b, k) != EVENT_CALL || d->start >= c->start)
			continue;
		if (d->account == c->account &&
		    c->start - d->start <= THIRTY_DAYS &&
		    strcmp(batch_party_text(b, d->src),
			batch_party_text(b, c->src)) == 0)
			return 1;
		known |= d->source == c->source &&
			 c->start - d->start >= THIRTY_DAYS;
	}
	return known ? 2 : 0;
}

void
model_src_new(const struct batch *b, uint8_t *is_new)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		is_new[i] = newness(b, i);
}
