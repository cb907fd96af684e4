#include "base/packed.h"

#include <stdlib.h>

#include "base/bounds.h"
#include "base/hash.h"
#include "base/xalloc.h"

/*
 *	column:  width  unit  least    values          spare
 *	bytes:   1      1     8        n * width / 8   8
 *
 * All of it least byte and least bit first.  A value is read by nine bytes at
 * once; the spare ones make that right for the last values, too.
 */
enum { HEAD = 10, SPARE = 8, MOST_BITS = 64, SEAL = 8 };

enum { THOUSAND = 1000 };
static const uint64_t units[] = { 1, THOUSAND };

static void
put64(unsigned char *p, uint64_t v)
{
	int i;

	for (i = 0; i < 8; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static uint64_t
get64(const unsigned char *p)
{
	return p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
	       (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
	       (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
	       (uint64_t)p[7] << 56;
}

static size_t
bytes_of(size_t n, unsigned width)
{
	return width == 0 ? 0 : (n * width + 7) / 8 + SPARE;
}

static unsigned
bits_of(uint64_t v)
{
	unsigned n = 0;

	for (; v != 0; v >>= 1)
		n++;
	return n;
}

static void
put_values(unsigned char *p, const int64_t *v, size_t n,
    const struct packed_numbers *as)
{
	uint64_t value, low = 0; /* bits not written yet */
	unsigned have = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		value = (uint64_t)v[i] - as->least;
		if (as->unit > 1)
			value /= THOUSAND;
		low |= value << have;
		have += as->width;
		if (have < 64)
			continue;
		put64(p, low);
		p += 8;
		have -= 64;
		low = have > 0 ? value >> (as->width - have) : 0;
	}
	/* No more than the spare bytes have room for. */
	put64(p, low);
}

void
packed_add_numbers(struct buf *out, const int64_t *v, size_t n)
{
	int64_t least = n > 0 ? v[0] : 0, most = least;
	struct packed_numbers as = { .unit = units[1] };
	unsigned char head[HEAD];
	size_t i, at;

	for (i = 1; i < n; i++) {
		least = v[i] < least ? v[i] : least;
		most = v[i] > most ? v[i] : most;
	}
	as.least = (uint64_t)least;
	for (i = 0; i < n && least != most && as.unit > 1; i++)
		if (((uint64_t)v[i] - as.least) % THOUSAND != 0)
			as.unit = 1;
	as.width = bits_of(((uint64_t)most - as.least) / as.unit);
	head[0] = (unsigned char)as.width;
	head[1] = as.unit > 1;
	put64(head + 2, as.least);
	buf_add(out, head, sizeof(head));
	at = out->len;
	buf_fill(out, '\0', bytes_of(n, as.width));
	if (as.width > 0)
		put_values((unsigned char *)out->data + at, v, n, &as);
}

int
packed_take_numbers(struct packed_numbers *p, const unsigned char **at,
    const unsigned char *end, size_t n)
{
	const unsigned char *b = *at;

	if (end - b < HEAD || b[0] > MOST_BITS ||
	    b[1] >= sizeof(units) / sizeof(units[0]) ||
	    n > (SIZE_MAX - 64) / MOST_BITS)
		return -1;
	*p = (struct packed_numbers){ .least = get64(b + 2),
		.unit = units[b[1]],
		.width = b[0],
		.bits = b + HEAD };
	if ((size_t)(end - p->bits) < bytes_of(n, p->width))
		return -1;
	*at = p->bits + bytes_of(n, p->width);
	return 0;
}

int64_t
packed_number(const struct packed_numbers *p, size_t i)
{
	const size_t bit = i * p->width;
	const unsigned shift = bit % 8;
	const unsigned char *b;
	uint64_t v;

	if (p->width == 0)
		return (int64_t)p->least;
	b = p->bits + bit / 8;
	v = get64(b) >> shift;
	if (shift + p->width > 64)
		v |= (uint64_t)b[8] << (64 - shift);
	if (p->width < 64)
		v &= (UINT64_C(1) << p->width) - 1;
	return (int64_t)(v * p->unit + p->least);
}

/* The value at a bit of the column; of at most 64 - 7 bits. */
static uint64_t
few_bits(const unsigned char *bits, size_t bit, uint64_t mask)
{
	return get64(bits + bit / 8) >> bit % 8 & mask;
}

void
packed_numbers(const struct packed_numbers *p, size_t i, size_t n, int64_t *v)
{
	const uint64_t mask = (UINT64_C(1) << p->width % 64) - 1;
	size_t bit = i * p->width, k;

	if (p->width == 0)
		for (k = 0; k < n; k++)
			v[k] = (int64_t)p->least;
	else if (p->width > 64 - 7)
		for (k = 0; k < n; k++)
			v[k] = packed_number(p, i + k);
	else if (p->unit == 1)
		for (k = 0; k < n; k++, bit += p->width)
			v[k] =
			    (int64_t)(few_bits(p->bits, bit, mask) + p->least);
	else
		for (k = 0; k < n; k++, bit += p->width)
			v[k] =
			    (int64_t)(few_bits(p->bits, bit, mask) * THOUSAND +
				      p->least);
}

static uint64_t
seal_of(const unsigned char *bytes, size_t len, const int64_t *beside, size_t n)
{
	struct hash_state *h = hash_new();
	unsigned char number[8];
	uint64_t seal;
	size_t i;

	for (i = 0; i < n; i++) {
		put64(number, (uint64_t)beside[i]);
		hash_add(h, number, sizeof(number));
	}
	hash_add(h, bytes, len);
	seal = hash_end64(h);
	hash_free(&h);
	return seal;
}

void
packed_seal(struct buf *out, const int64_t *beside, size_t n)
{
	unsigned char seal[SEAL];

	put64(seal,
	    seal_of((const unsigned char *)out->data, out->len, beside, n));
	buf_add(out, seal, sizeof(seal));
}

int
packed_unseal(const unsigned char *bytes, const unsigned char **end,
    const int64_t *beside, size_t n)
{
	size_t len = (size_t)(*end - bytes);

	if (len < SEAL)
		return -1;
	len -= SEAL;
	if (get64(bytes + len) != seal_of(bytes, len, beside, n))
		return -1;
	*end = bytes + len;
	return 0;
}

static size_t
shared_length(const struct packed_text *a, const struct packed_text *b)
{
	const size_t most = a->len < b->len ? a->len : b->len;
	size_t i = 0;

	while (i < most && a->bytes[i] == b->bytes[i])
		i++;
	return i;
}

/* Texts of which so much is shared. */
static void
add_texts(struct buf *out, const struct packed_text *texts,
    const int64_t *shared, size_t n)
{
	int64_t *rest = xcalloc(n, sizeof(*rest)), all = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		rest[i] = (int64_t)texts[i].len - shared[i];
		all += rest[i];
	}
	packed_add_numbers(out, shared, n);
	packed_add_numbers(out, rest, n);
	packed_add_numbers(out, &all, 1);
	for (i = 0; i < n; i++)
		buf_add(out, texts[i].bytes + shared[i], (size_t)rest[i]);
	free(rest);
}

void
packed_add_texts(struct buf *out, const struct packed_text *texts,
    const struct packed_text *like, size_t n)
{
	int64_t *shared = xcalloc(n, sizeof(*shared));
	size_t i;

	for (i = 0; i < n; i++)
		shared[i] = (int64_t)shared_length(&texts[i], &like[i]);
	add_texts(out, texts, shared, n);
	free(shared);
}

/* So much of a text stands there itself in a list. */
static size_t
own_least(size_t len)
{
	return len / BOUNDS_PACKED_SHARE + (len % BOUNDS_PACKED_SHARE != 0);
}

void
packed_add_list(struct buf *out, const struct packed_text *texts, size_t n)
{
	int64_t *shared = xcalloc(n, sizeof(*shared));
	size_t i, same, most;

	for (i = 1; i < n; i++) {
		same = shared_length(&texts[i], &texts[i - 1]);
		most = texts[i].len - own_least(texts[i].len);
		shared[i] = (int64_t)(same < most ? same : most);
	}
	add_texts(out, texts, shared, n);
	free(shared);
}

int
packed_take_texts(struct packed_texts *p, const unsigned char **at,
    const unsigned char *end, size_t n)
{
	struct packed_numbers all;
	int64_t size;

	if (packed_take_numbers(&p->shared, at, end, n) != 0 ||
	    packed_take_numbers(&p->rest, at, end, n) != 0 ||
	    packed_take_numbers(&all, at, end, 1) != 0)
		return -1;
	size = packed_number(&all, 0);
	if (size < 0 || size > end - *at)
		return -1;
	p->at = *at;
	p->end = *at + size;
	p->next = 0;
	*at = p->end;
	return 0;
}

/* How long its parts are; -1 if that cannot be. */
static int
next_parts(const struct packed_texts *p, size_t like, size_t *shared,
    size_t *rest)
{
	const int64_t begin = packed_number(&p->shared, p->next);
	const int64_t end = packed_number(&p->rest, p->next);

	if (begin < 0 || (uint64_t)begin > like || end < 0 ||
	    end > p->end - p->at)
		return -1;
	*shared = (size_t)begin;
	*rest = (size_t)end;
	return 0;
}

static void
add_rest(struct packed_texts *p, struct buf *out, size_t rest)
{
	buf_add(out, p->at, rest);
	p->at += rest;
	p->next++;
}

int
packed_next_text(struct packed_texts *p, const struct packed_text *like,
    struct buf *out)
{
	size_t shared, rest;

	if (next_parts(p, like->len, &shared, &rest) != 0)
		return -1;
	buf_reset(out);
	buf_add(out, like->bytes, shared);
	add_rest(p, out, rest);
	return 0;
}

bool
packed_next_same(struct packed_texts *p, size_t len)
{
	const bool same = packed_number(&p->shared, p->next) == (int64_t)len &&
			  packed_number(&p->rest, p->next) == 0;

	p->next += same;
	return same;
}

int
packed_next_listed(struct packed_texts *p, struct buf *out)
{
	size_t shared, rest;

	if (next_parts(p, out->len, &shared, &rest) != 0 ||
	    own_least(shared + rest) > rest)
		return -1;
	buf_cut(out, shared);
	add_rest(p, out, rest);
	return 0;
}

int
packed_read_numbers(int64_t *v, const unsigned char **at,
    const unsigned char *end, size_t n)
{
	struct packed_numbers p;

	if (packed_take_numbers(&p, at, end, n) != 0)
		return -1;
	packed_numbers(&p, 0, n, v);
	return 0;
}

static const struct packed_text none = { "", 0 };

void
packed_add_text(struct buf *out, const char *bytes, size_t len)
{
	const struct packed_text text = { bytes, len };

	packed_add_texts(out, &text, &none, 1);
}

int
packed_read_text(struct buf *out, const unsigned char **at,
    const unsigned char *end)
{
	struct packed_texts texts;

	if (packed_take_texts(&texts, at, end, 1) != 0)
		return -1;
	return packed_next_text(&texts, &none, out);
}
