#include <string.h>

#include "base/xalloc.h"
#include "cdr/recognise_impl.h"

enum {
	PIECE = 16 * 1024,
	WHOLE = 128 * 1024, /* so much is looked at in one piece */
	PEEK = 256 * 1024   /* of what cannot be read at any place */
};

/* Begin behind the first line end. */
static void
skip_cut(struct piece *p)
{
	const char *end;

	if (!p->cut_before)
		return;
	end = memchr(p->bytes, '\n', p->len);
	if (end == NULL)
		end = memchr(p->bytes, '\r', p->len);
	if (end == NULL) {
		p->len = 0;
		return;
	}
	p->len -= (size_t)(end + 1 - p->bytes);
	p->bytes = end + 1;
}

/*
 * Where piece `i` begins: evenly spread from the first byte to the last.
 */
static uint64_t
place_of(size_t i, uint64_t size)
{
	return (size - PIECE) / (RECOGNISE_PIECES - 1) * i;
}

static void
spread(struct sample *s, struct input *in, const char *peeked, uint64_t size)
{
	struct piece *p;
	uint64_t at;
	char *to;

	s->memory = peeked == NULL ? xmalloc(RECOGNISE_PIECES * PIECE) : NULL;
	for (s->n = 0; s->n < RECOGNISE_PIECES; s->n++) {
		p = &s->pieces[s->n];
		at = place_of(s->n, size);
		if (peeked != NULL) {
			p->bytes = peeked + at;
			p->len = PIECE;
		} else {
			to = s->memory + s->n * PIECE;
			p->bytes = to;
			p->len = input_read_at(in, at, to, PIECE);
		}
		p->cut_before = at > 0;
		p->cut_behind = at + p->len < size;
		skip_cut(p);
	}
}

void
recognise_sample(struct sample *s, struct input *in)
{
	uint64_t size = input_size(in);
	const char *peeked;
	size_t len;

	memset(s, 0, sizeof(*s));
	if (size > WHOLE) {
		spread(s, in, NULL, size);
		return;
	}
	len = input_peek(in, PEEK, &peeked);
	if (len > WHOLE) {
		spread(s, in, peeked, len);
		s->pieces[s->n - 1].cut_behind |= len == PEEK;
		return;
	}
	s->pieces[0] = (struct piece){ .bytes = peeked, .len = len };
	s->n = 1;
}
