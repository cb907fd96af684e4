/*
 * packed: columns of whole numbers and of texts in few bytes, and back.
 *
 * Numbers that lie close together take as many bits as their differences need:
 * of a column the least value is written once, then how far each value is
 * above it.  Where all are whole thousands above it, as times in ms mostly
 * are, the thousands are counted.  A text gives how much of its beginning it
 * shares with another one, and the rest: ids that count up share most of it.
 *
 * Any value can be read without those before it; texts only in order.  The
 * bytes are the same on every machine.  Nothing that they say is trusted:
 * what is too short or cannot be is refused, whatever else they are.  A seal
 * tells whether they are the ones that were written; it does not keep off
 * somebody who wants others.
 */
#ifndef LIB_BASE_PACKED_H
#define LIB_BASE_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct packed_text {
	const char *bytes;
	size_t len;
};

/* Append `n` numbers. */
void packed_add_numbers(struct buf *out, const int64_t *v, size_t n);
/* Append `n` texts; text i shares its beginning with like[i]. */
void packed_add_texts(struct buf *out, const struct packed_text *texts,
    const struct packed_text *like, size_t n);
/*
 * Append `n` texts of which each shares its beginning with the one before, but
 * no more of it than BOUNDS_PACKED_SHARE allows.
 */
void packed_add_list(struct buf *out, const struct packed_text *texts,
    size_t n);

/*
 * End the bytes with a seal, a hash of them and of `n` numbers that stand
 * elsewhere, in that order.
 */
void packed_seal(struct buf *out, const int64_t *beside, size_t n);
/* Move `*end` before the seal; -1 if any bit of all that is another one. */
int packed_unseal(const unsigned char *bytes, const unsigned char **end,
    const int64_t *beside, size_t n);

struct packed_numbers {
	uint64_t least, unit;
	unsigned width; /* bits of a value */
	const unsigned char *bits;
};

struct packed_texts {
	struct packed_numbers shared, rest;
	const unsigned char *at, *end; /* of the bytes not read yet */
	size_t next;
};

/*
 * Take `n` of them that stand at `*at`, which is moved behind; -1 if they do
 * not fit before `end`.  What is read points into the bytes.
 */
int packed_take_numbers(struct packed_numbers *p, const unsigned char **at,
    const unsigned char *end, size_t n);
int packed_take_texts(struct packed_texts *p, const unsigned char **at,
    const unsigned char *end, size_t n);

/* The i-th number; `i` is below `n`. */
int64_t packed_number(const struct packed_numbers *p, size_t i);
/* The same for `n` of them from the i-th on, which takes less time. */
void packed_numbers(const struct packed_numbers *p, size_t i, size_t n,
    int64_t *v);
/* `n` numbers that stand at `*at`, taken and read; -1 if they cannot be. */
int packed_read_numbers(int64_t *v, const unsigned char **at,
    const unsigned char *end, size_t n);
/* The same of one text, which is like none, to a buf that is empty. */
int packed_read_text(struct buf *out, const unsigned char **at,
    const unsigned char *end);
void packed_add_text(struct buf *out, const char *bytes, size_t len);

/* The next text to `out`; -1 if it cannot be.  At most `n` times. */
int packed_next_text(struct packed_texts *p, const struct packed_text *like,
    struct buf *out);
/*
 * Whether the next text is the one that it is like, which is `len` bytes long;
 * it is passed over then.
 */
bool packed_next_same(struct packed_texts *p, size_t len);
/*
 * The next text of a list, where `out` has the one before, and nothing at
 * first.  -1, too, if it shares more than a list does: all the texts together
 * are BOUNDS_PACKED_SHARE times as long as the bytes at most.
 */
int packed_next_listed(struct packed_texts *p, struct buf *out);

#endif
