#include <string.h>

#include "base/xalloc.h"
#include "cdr/recognise_impl.h"

enum { LOOK = 64 }; /* to see what a file begins with */

/* How a file is sampled. */
struct measure {
	size_t pieces, piece;
	size_t whole; /* so much is looked at in one piece */
	size_t peek;  /* of what cannot be read at any place */
};

static const struct measure of_lines = { RECOGNISE_PIECES, 16 * 1024,
	128 * 1024, 256 * 1024 };
/* One record may be longer than many lines. */
static const struct measure of_documents = { 4, 512 * 1024, 2 * 1024 * 1024,
	2 * 1024 * 1024 };

/* Behind the first line end, or what else ends a record. */
struct piece
recognise_whole(const struct layout *l, const struct piece *p)
{
	const char *end, *c = l != NULL ? l->separators : NULL;
	struct piece whole = *p;

	if (!p->cut_before)
		return whole;
	end = memchr(p->bytes, '\n', p->len);
	if (end == NULL)
		end = memchr(p->bytes, '\r', p->len);
	for (; end == NULL && c != NULL && *c != '\0'; c++)
		end = memchr(p->bytes, *c, p->len);
	whole.len = end != NULL ? p->len - (size_t)(end + 1 - p->bytes) : 0;
	whole.bytes = p->bytes + (p->len - whole.len);
	return whole;
}

/*
 * Where piece `i` begins: evenly spread from the first byte to the last.
 */
static uint64_t
place_of(const struct measure *m, size_t i, uint64_t size)
{
	return (size - m->piece) / (m->pieces - 1) * i;
}

static void
spread(struct sample *s, const struct measure *m, struct input *in,
    const char *peeked, uint64_t size)
{
	struct piece *p;
	uint64_t at;
	char *to;

	s->memory = peeked == NULL ? xmalloc(m->pieces * m->piece) : NULL;
	for (s->n = 0; s->n < m->pieces; s->n++) {
		p = &s->pieces[s->n];
		at = place_of(m, s->n, size);
		if (peeked != NULL) {
			p->bytes = peeked + at;
			p->len = m->piece;
		} else {
			to = s->memory + s->n * m->piece;
			p->bytes = to;
			p->len = input_read_at(in, at, to, m->piece);
		}
		p->cut_before = at > 0;
		p->cut_behind = at + p->len < size;
	}
}

/* Whether it begins as XML and JSON do. */
static bool
is_document(struct input *in)
{
	static const char passed[] = " \t\r\n\0\xef\xbb\xbf";
	const char *p, *end;
	const size_t len = input_peek(in, LOOK, &p);

	end = p + len;
	while (p < end && memchr(passed, *p, sizeof(passed) - 1) != NULL)
		p++;
	return p < end && (*p == '<' || *p == '{' || *p == '[');
}

/* A CR LF is one end. */
static size_t
count_ends(const struct piece *p, char byte)
{
	const char *at = p->bytes, *end = p->bytes + p->len;
	size_t n = 0;

	while (
	    at < end && (at = memchr(at, byte, (size_t)(end - at))) != NULL) {
		at++;
		n += byte == '\n' || at == end || *at != '\n';
	}
	return n;
}

static void
count_lines(struct sample *s)
{
	const struct piece *p;

	for (p = s->pieces; p < s->pieces + s->n; p++) {
		s->bytes += p->len;
		s->lines += 1 + count_ends(p, '\n') + count_ends(p, '\r');
	}
}

static void
take_pieces(struct sample *s, struct input *in)
{
	const struct measure *m = is_document(in) ? &of_documents : &of_lines;
	uint64_t size = input_size(in);
	const char *peeked;
	size_t len;

	memset(s, 0, sizeof(*s));
	if (size > m->whole) {
		spread(s, m, in, NULL, size);
		return;
	}
	len = input_peek(in, m->peek, &peeked);
	if (len > m->whole) {
		spread(s, m, in, peeked, len);
		s->pieces[s->n - 1].cut_behind |= len == m->peek;
		return;
	}
	s->pieces[0] = (struct piece){ .bytes = peeked,
		.len = len,
		.cut_behind = len == m->peek };
	s->n = 1;
}

void
recognise_sample(struct sample *s, struct input *in)
{
	take_pieces(s, in);
	count_lines(s);
}
