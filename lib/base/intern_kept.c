/*
 * Strings that are only kept stand one behind another in segments, digits in
 * half the bytes; an id is the place of the first byte.  The first segment is
 * small: many an intern lives for a few hundred strings.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/intern_impl.h"
#include "base/intern_nibbles_impl.h"
#include "base/xalloc.h"

enum { FIRST_SEGMENT = 64 * 1024, SEGMENTS = 1 << (31 - INTERN_SEGMENT_BITS) };

_Static_assert((int)INTERN_ROOM > (int)NIBBLES_MOST, "digits and a NUL");

void
intern_forget_kept(struct intern *in)
{
	while (in->nsegments > 1)
		free(in->segments[--in->nsegments].bytes);
	if (in->nsegments > 0)
		in->segments[0].used = 0;
}

/* One more for at least that many bytes; NULL if there is none any more. */
static struct intern_segment *
next_segment(struct intern *in, size_t len)
{
	struct intern_segment *s;

	if (len > INTERN_SEGMENT || in->nsegments == SEGMENTS)
		return NULL;
	in->segments = xgrow(in->segments, &in->segments_cap, in->nsegments + 1,
	    sizeof(*in->segments));
	s = &in->segments[in->nsegments];
	*s = (struct intern_segment){
		.size = in->nsegments == 0 && len <= FIRST_SEGMENT
			    ? FIRST_SEGMENT
			    : INTERN_SEGMENT,
	};
	s->bytes = xmalloc(s->size);
	in->nsegments++;
	return s;
}

static inline struct intern_segment *
segment_for(struct intern *in, size_t len)
{
	struct intern_segment *s;

	if (in->nsegments > 0) {
		s = &in->segments[in->nsegments - 1];
		if (len <= s->size - s->used)
			return s;
	}
	return next_segment(in, len);
}

struct intern_segment *
intern_segment_for(struct intern *in, size_t len)
{
	return segment_for(in, len);
}

/* A text takes more than one byte, so no id is INTERN_NONE. */
uint32_t
intern_keep(struct intern *in, const char *bytes, size_t len)
{
	struct intern_segment *s;
	uint32_t id;
	char *to;

	if (len == 0)
		return 0;
	s = segment_for(in, len + 1);
	if (s == NULL)
		return intern_add_rare(in, bytes, len);
	id = intern_place_in(in, s);
	to = s->bytes + s->used;
	if (nibbles_pack(bytes, len, to)) {
		s->used += (uint32_t)nibbles_size(len);
		return id;
	}
	if (nibbles_begin(bytes)) /* nobody could tell */
		return intern_add_rare(in, bytes, len);
	memcpy(to, bytes, len);
	to[len] = '\0';
	s->used += (uint32_t)len + 1;
	return id;
}

const char *
intern_read(const struct intern *in, uint32_t id, char room[INTERN_ROOM])
{
	const char *bytes;

	if ((id & INTERN_KEPT) == 0)
		return intern_text(in, id);
	bytes = intern_kept(in, id);
	if (!nibbles_begin(bytes))
		return bytes;
	(void)nibbles_unpack(bytes, room);
	return room;
}

size_t
intern_len(const struct intern *in, uint32_t id)
{
	const char *bytes;

	if (id & INTERN_KEPT) {
		bytes = intern_kept(in, id);
		return nibbles_begin(bytes) ? (unsigned char)*bytes
					    : strlen(bytes);
	}
	assert(id < in->n);
	return in->entries[id].len;
}
