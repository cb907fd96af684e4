/* field_impl: what the sources of field share. */
#ifndef LIB_CDR_FIELD_IMPL_H
#define LIB_CDR_FIELD_IMPL_H

#include <stdint.h>
#include <string.h>

#include "cdr/field.h"

static inline uint32_t
field_word32(const void *base, uint16_t at)
{
	uint32_t v;

	memcpy(&v, (const char *)base + at, sizeof(v));
	return v;
}

static inline uint8_t
field_byte(const void *base, uint16_t at)
{
	return *((const uint8_t *)base + at);
}

/* The party that is not ours: a transit call is about where it goes. */
static inline const struct party *
field_outside(const struct batch *b, const struct call *c)
{
	return &b->parties[c->direction == DIR_IN ? c->src : c->dst];
}

/* The last digits of what was dialled; 0: none. */
static inline uint32_t
field_tail(const struct batch *b, const struct call *c)
{
	return c->dialled < b->ntails ? b->tails[c->dialled] : 0;
}

/* The code of what stands in a byte; -1: it is missing. */
uint32_t field_word_code(const struct field *f, int value);

#endif
