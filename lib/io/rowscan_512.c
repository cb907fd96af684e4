#include "base/hash.h"
#include "io/rowscan_impl.h"

#if defined(__AVX512F__) && defined(__AVX512BW__) &&                      \
    defined(__AVX512VBMI2__) && defined(__XSAVE__) && defined(__BMI__) && \
    defined(__POPCNT__) && defined(__PCLMUL__)
#include <immintrin.h>

enum { AT_ONCE = 16 };

_Static_assert((int)AT_ONCE <= (int)ROWSCAN_AT_ONCE, "there is room for that");

/* As rowscan_sums(): the product with all bits, without carries. */
static uint64_t
sums(uint64_t bits)
{
	const __m128i product =
	    _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits),
		_mm_set1_epi8('\xff'), 0);

	return (uint64_t)_mm_cvtsi128_si64(product);
}

static __m512i
load(const void *bytes)
{
	return _mm512_loadu_si512(bytes);
}

/* As rowscan_list(): the numbers of the bits that are set, pushed together. */
static size_t
list(uint32_t *places, size_t n, uint64_t bits, uint32_t at)
{
	static const uint8_t all[ROWSCAN_WORD] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
		10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
		26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41,
		42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57,
		58, 59, 60, 61, 62, 63 };
	const size_t end = n + (size_t)_mm_popcnt_u64(bits);
	__m512i numbers = _mm512_maskz_compress_epi8(bits, load(all));
	__m512i some;

	do {
		some = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(numbers));
		_mm512_storeu_si512(places + n,
		    _mm512_add_epi32(some, _mm512_set1_epi32((int)at)));
		numbers = _mm512_alignr_epi32(numbers, numbers, 4);
		n += AT_ONCE;
	} while (n < end);
	return end;
}

static uint64_t
equal(__m512i bytes, char c)
{
	return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(c));
}

/* What is looked at the next time; to ask for what is not there is harmless. */
static void
ask_for(const char *bytes)
{
	const uintptr_t next = (uintptr_t)bytes + ROWSCAN_WORDS * ROWSCAN_WORD;

	_mm_prefetch((const char *)next, _MM_HINT_T0);
}

/* Whether one of the bytes may be a line end or NUL: none is above CR. */
static bool
has_rare(__m512i bytes)
{
	return _mm512_cmple_epu8_mask(bytes, _mm512_set1_epi8('\r')) != 0;
}

static void
look_512(const char *bytes, size_t words, uint32_t at,
    struct rowscan_bytes what, struct rowscan_state *state,
    struct rowscan_places *p)
{
	const uint64_t quotes = what.quote != '\0' ? UINT64_MAX : 0;
	struct rowscan_state s = *state;
	struct rowscan_mask m = { 0 };
	struct rowscan_word found;
	__m512i word;

	for (; words > 0; words--, bytes += ROWSCAN_WORD, at += ROWSCAN_WORD) {
		ask_for(bytes);
		word = load(bytes);
		m.delimiter = equal(word, what.delimiter);
		m.quote = equal(word, what.quote) & quotes;
		if (has_rare(word) || s.cr != 0) {
			m.lf = equal(word, '\n');
			m.cr = equal(word, '\r');
			p->nul |= equal(word, '\0') != 0;
			found = rowscan_judge(&m, sums(m.quote), &s);
		} else {
			found = rowscan_judge_inner(&m, sums(m.quote), &s);
		}
		p->nedges = list(p->edges, p->nedges, found.edges, at);
		if (!rowscan_add(p, &found, at))
			break;
	}
	*state = s;
}

const struct rowscan_width_of rowscan_512 = { look_512, hash64_256 };

bool
rowscan_512_kept(void)
{
	/* XMM, YMM, masks, the upper halves, the upper registers. */
	enum { KEPT = 2 | 4 | 32 | 64 | 128 };

	return (_xgetbv(0) & KEPT) == KEPT;
}
#else
const struct rowscan_width_of rowscan_512 = { NULL, NULL };

bool
rowscan_512_kept(void)
{
	return false;
}
#endif
