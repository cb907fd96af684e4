#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "base/eight.h"
#include "base/hash.h"
#include "io/rowscan_impl.h"

/* The Makefile has programs for tests that take one width wherever it is. */
#ifndef ROWSCAN_TAKEN
#define ROWSCAN_TAKEN ROWSCAN_USUAL
#endif

/* A bit for each of eight bytes that is equal to its fellow. */
static uint64_t
equal(uint64_t a, uint64_t b)
{
	const uint64_t x = a ^ b;
	const uint64_t other = ((x & EIGHT(0x7f)) + EIGHT(0x7f)) | x;

	return ((~other & EIGHT(0x80)) >> 7) * UINT64_C(0x0102040810204080) >>
	       56;
}

static struct rowscan_mask
mask(const char *bytes, struct rowscan_bytes what, bool *nul)
{
	struct rowscan_mask m = { 0 };
	uint64_t eight;
	int i;

	for (i = 0; i < ROWSCAN_WORD; i += 8, bytes += 8) {
		eight = eight_load(bytes);
		m.delimiter |= equal(eight, EIGHT(what.delimiter)) << i;
		if (what.quote != '\0')
			m.quote |= equal(eight, EIGHT(what.quote)) << i;
		m.lf |= equal(eight, EIGHT('\n')) << i;
		m.cr |= equal(eight, EIGHT('\r')) << i;
		*nul |= equal(eight, 0) != 0;
	}
	return m;
}

static void
look_scalar(const char *bytes, size_t words, uint32_t at,
    struct rowscan_bytes what, struct rowscan_state *state,
    struct rowscan_places *p)
{
	struct rowscan_mask m;
	struct rowscan_word found;
	bool good = true;

	for (; good && words > 0; words--, bytes += ROWSCAN_WORD) {
		m = mask(bytes, what, &p->nul);
		found = rowscan_judge(&m, rowscan_sums(m.quote), state);
		p->nedges = rowscan_list(p->edges, p->nedges, found.edges, at);
		good = rowscan_add(p, &found, at);
		at += ROWSCAN_WORD;
	}
}

const struct rowscan_width_of rowscan_scalar = { look_scalar, hash64 };

/* The processor has AVX2 and all before it; the system lets programs use it. */
static bool
has_256(void)
{
#if defined(__x86_64__)
	unsigned a, b, c, d;

	return rowscan_256.look != NULL &&
	       __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_OSXSAVE) != 0 &&
	       (c & bit_POPCNT) != 0 && (c & bit_PCLMUL) != 0 &&
	       rowscan_256_kept() &&
	       __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 &&
	       (b & bit_AVX2) != 0 && (b & bit_BMI) != 0;
#else
	return false;
#endif
}

/* The same with AVX-512, of which there are many parts. */
static bool
has_512(void)
{
#if defined(__x86_64__)
	unsigned a, b, c, d;

	return rowscan_512.look != NULL && has_256() && rowscan_512_kept() &&
	       __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 &&
	       (b & bit_AVX512F) != 0 && (b & bit_AVX512BW) != 0 &&
	       (c & bit_AVX512VBMI2) != 0;
#else
	return false;
#endif
}

static const struct rowscan_width_of *
find(enum rowscan_width width)
{
	switch (width) {
	case ROWSCAN_USUAL:
		break;
	case ROWSCAN_BEST:
		if (has_512())
			return &rowscan_512;
		if (has_256())
			return &rowscan_256;
		break;
	case ROWSCAN_SCALAR:
		return &rowscan_scalar;
	case ROWSCAN_128:
		return rowscan_128.look != NULL ? &rowscan_128 : NULL;
	case ROWSCAN_256:
		return has_256() ? &rowscan_256 : NULL;
	case ROWSCAN_512:
		return has_512() ? &rowscan_512 : NULL;
	case ROWSCAN_WIDTHS:
		return NULL;
	}
	return rowscan_128.look != NULL ? &rowscan_128 : &rowscan_scalar;
}

const struct rowscan_width_of *
rowscan_width_of(enum rowscan_width width)
{
	const struct rowscan_width_of *taken = NULL;

	if (ROWSCAN_TAKEN != ROWSCAN_USUAL &&
	    (width == ROWSCAN_USUAL || width == ROWSCAN_BEST))
		taken = find(ROWSCAN_TAKEN);
	return taken != NULL ? taken : find(width);
}

bool
rowscan_has(enum rowscan_width width)
{
	return rowscan_width_of(width) != NULL;
}
