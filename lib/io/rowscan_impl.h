/*
 * rowscan_impl: what the sources of rowscan share.
 *
 *   rowscan.c       rows out of places
 *   rowscan_look.c  more of them
 *   rowscan_mask.c  places without vectors, and which width there is
 *   rowscan_128.c   with SSE2 or NEON
 *   rowscan_256.c   with AVX2: compiled for it, and so only called where it is
 *   rowscan_512.c   with AVX-512: the same
 */
#ifndef LIB_IO_ROWSCAN_IMPL_H
#define LIB_IO_ROWSCAN_IMPL_H

#include "io/rowscan.h"

enum {
	ROWSCAN_WORD = 64,      /* bytes of which a mask has the bits */
	ROWSCAN_WORDS = 32,     /* looked at, at once */
	ROWSCAN_DOUBLED = 1024, /* quotes of a row that are two */
	ROWSCAN_AT_ONCE = 16    /* places that may be written beyond the last */
};

/* Which bytes of a word are what; bit i is byte i. */
struct rowscan_mask {
	uint64_t delimiter, quote, lf, cr;
};

/* What the bytes before a word leave to it. */
struct rowscan_state {
	uint64_t inside; /* all bits: they end inside quotes */
	/* What the last one was, in bit 0. */
	uint64_t edge, close, cr;
};

/* What a word has. */
struct rowscan_word {
	uint64_t edges;   /* cells end here, with delimiters and line ends */
	uint64_t lf;      /* those of them that end rows */
	uint64_t doubled; /* the second of two quotes that are one */
	uint64_t bad;     /* where a row is not as it should be, or before */
};

/* Places in ascending order, counted from a byte that rowscan.c knows. */
struct rowscan_places {
	/* A row may have been begun when words are looked at. */
	uint32_t edges[BOUNDS_COLUMNS + ROWSCAN_WORDS * ROWSCAN_WORD +
		       ROWSCAN_AT_ONCE];
	uint32_t rows[ROWSCAN_WORDS * ROWSCAN_WORD];
	/* Behind the last one there is UINT32_MAX. */
	uint32_t doubled[ROWSCAN_DOUBLED + ROWSCAN_WORDS * ROWSCAN_WORD + 1];
	size_t nedges, nrows, ndoubled;
	uint32_t bad; /* UINT32_MAX: none */
	bool nul;     /* one of the bytes is 0; or perhaps */
};

/* Which bytes are what. */
struct rowscan_bytes {
	char delimiter, quote; /* quote 0: there are none */
};

/*
 * look() adds the places of so many words, the first of them at place `at`; up
 * to the first bad one.
 */
struct rowscan_width_of {
	void (*look)(const char *bytes, size_t words, uint32_t at,
	    struct rowscan_bytes what, struct rowscan_state *state,
	    struct rowscan_places *places);
	uint64_t (*hash)(const void *bytes, size_t len); /* as hash64() */
};

/*
 * Bytes are looked at some words at a time, from where a row begins:
 *
 *	from       next        a row that was begun     to
 *	| rows that were given | rows | , , , ,         | not looked at
 *	                         places ------------->
 */
struct rowscan {
	const struct rowscan_width_of *width;
	struct rowscan_bytes what;
	size_t from;               /* the byte that places are counted from */
	uint32_t to;               /* place behind what was looked at */
	uint32_t next;             /* where the row begins that would be next */
	uint32_t nul;              /* before this place there may be NULs */
	size_t edge, row, doubled; /* the first that are not given */
	struct rowscan_state state;
	struct rowscan_places places; /* last: it is large */
};

/* Look for the end of the row that begins at byte `at`; false: none. */
bool rowscan_look(struct rowscan *s, const char *bytes, size_t len, size_t at);

extern const struct rowscan_width_of rowscan_scalar;
/* Without a function where the compiler does not have the instructions. */
extern const struct rowscan_width_of rowscan_128, rowscan_256, rowscan_512;

/* NULL if the width is not there. */
const struct rowscan_width_of *rowscan_width_of(enum rowscan_width width);
/* Whether the system keeps wide registers; only where the processor says so. */
bool rowscan_256_kept(void);
bool rowscan_512_kept(void);

/* The number of the lowest bit (Leiserson, Prokop, Randall 1998). */
static inline unsigned
rowscan_lowest(uint64_t bits)
{
	static const uint8_t number[64] = { 0, 1, 2, 53, 3, 7, 54, 27, 4, 38,
		41, 8, 34, 55, 48, 28, 62, 5, 39, 46, 44, 42, 22, 9, 24, 35, 59,
		56, 49, 18, 29, 11, 63, 52, 6, 26, 37, 40, 33, 47, 61, 45, 43,
		21, 23, 58, 17, 10, 51, 25, 36, 32, 60, 20, 57, 16, 50, 31, 19,
		15, 30, 14, 13, 12 };

	return number[((bits & (0 - bits)) * UINT64_C(0x022fdd63cc95386d)) >>
		      58];
}

/* Bit i is the sum of bits 0 to i: set from an opening quote to a closing. */
static inline uint64_t
rowscan_sums(uint64_t bits)
{
	bits ^= bits << 1;
	bits ^= bits << 2;
	bits ^= bits << 4;
	bits ^= bits << 8;
	bits ^= bits << 16;
	bits ^= bits << 32;
	return bits;
}

/* `sums` is that of the quotes. */
static inline struct rowscan_word
rowscan_judge(const struct rowscan_mask *m, uint64_t sums,
    struct rowscan_state *s)
{
	const uint64_t in = sums ^ s->inside;
	const uint64_t open = m->quote & in, close = m->quote & ~in;
	const uint64_t lf = m->lf & ~in, edges = (m->delimiter & ~in) | lf;
	const uint64_t before = edges << 1 | s->edge;
	const uint64_t behind_close = close << 1 | s->close;
	const uint64_t behind_cr = m->cr << 1 | s->cr;

	s->inside = 0 - (in >> 63);
	s->edge = edges >> 63;
	s->close = close >> 63;
	s->cr = m->cr >> 63;
	return (struct rowscan_word){ .edges = edges,
		.lf = lf,
		.doubled = open & behind_close,
		.bad = (m->lf & in) | (open & ~(before | behind_close)) |
		       (behind_close & ~(edges | open | m->cr)) |
		       (behind_cr & ~m->lf) };
}

/* The same of a word without CR and LF, and with none before it. */
static inline struct rowscan_word
rowscan_judge_inner(const struct rowscan_mask *m, uint64_t sums,
    struct rowscan_state *s)
{
	const struct rowscan_mask inner = { .delimiter = m->delimiter,
		.quote = m->quote };

	s->cr = 0;
	return rowscan_judge(&inner, sums, s);
}

/* The bits of a word as places; how many there are then. */
static inline size_t
rowscan_list(uint32_t *list, size_t n, uint64_t bits, uint32_t at)
{
	for (; bits != 0; bits &= bits - 1)
		list[n++] = at + rowscan_lowest(bits);
	return n;
}

/* What hardly any word has more than one of; false if it is a bad one. */
static inline bool
rowscan_add(struct rowscan_places *p, const struct rowscan_word *w, uint32_t at)
{
	if (w->lf != 0)
		p->nrows = rowscan_list(p->rows, p->nrows, w->lf, at);
	if (w->doubled != 0)
		p->ndoubled =
		    rowscan_list(p->doubled, p->ndoubled, w->doubled, at);
	if (w->bad == 0)
		return true;
	p->bad = at + rowscan_lowest(w->bad);
	return false;
}

#endif
