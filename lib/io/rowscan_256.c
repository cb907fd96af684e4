#include "base/hash.h"
#include "io/rowscan_impl.h"

#if defined(__AVX2__) && defined(__XSAVE__) && defined(__BMI__) && \
    defined(__POPCNT__) && defined(__PCLMUL__)
#include <immintrin.h>

enum { AT_ONCE = 8 };

_Static_assert((int)AT_ONCE <= (int)ROWSCAN_AT_ONCE, "there is room for that");

static uint64_t
equal(__m256i low, __m256i high, char c)
{
	const __m256i all = _mm256_set1_epi8(c);
	const uint32_t a =
	    (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, all));
	const uint32_t b =
	    (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, all));

	return a | (uint64_t)b << 32;
}

/* As rowscan_sums(): the product with all bits, without carries. */
static uint64_t
sums(uint64_t bits)
{
	const __m128i product =
	    _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits),
		_mm_set1_epi8('\xff'), 0);

	return (uint64_t)_mm_cvtsi128_si64(product);
}

/*
 * As rowscan_list(), but so many at once that hardly any word has more: a
 * processor foresees that, and not how many there are.
 */
static size_t
list(uint32_t *places, size_t n, uint64_t bits, uint32_t at)
{
	const size_t end = n + (size_t)_mm_popcnt_u64(bits);
	int i;

	do {
		for (i = 0; i < AT_ONCE; i++) {
			places[n + (size_t)i] = at + (uint32_t)_tzcnt_u64(bits);
			bits = _blsr_u64(bits);
		}
		n += AT_ONCE;
	} while (bits != 0);
	return end;
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
has_rare(__m256i low, __m256i high)
{
	const __m256i least = _mm256_min_epu8(low, high);
	const __m256i cr = _mm256_set1_epi8('\r');

	return _mm256_movemask_epi8(
		   _mm256_cmpeq_epi8(_mm256_min_epu8(least, cr), least)) != 0;
}

static void
look_256(const char *bytes, size_t words, uint32_t at,
    struct rowscan_bytes what, struct rowscan_state *state,
    struct rowscan_places *p)
{
	const uint64_t quotes = what.quote != '\0' ? UINT64_MAX : 0;
	struct rowscan_state s = *state;
	struct rowscan_mask m = { 0 };
	struct rowscan_word found;
	__m256i low, high;

	for (; words > 0; words--, bytes += ROWSCAN_WORD, at += ROWSCAN_WORD) {
		ask_for(bytes);
		low = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
		high = _mm256_loadu_si256(
		    (const __m256i *)(const void *)(bytes + 32));
		m.delimiter = equal(low, high, what.delimiter);
		m.quote = equal(low, high, what.quote) & quotes;
		if (has_rare(low, high) || s.cr != 0) {
			m.lf = equal(low, high, '\n');
			m.cr = equal(low, high, '\r');
			p->nul |= equal(low, high, '\0') != 0;
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

const struct rowscan_width_of rowscan_256 = { look_256, hash64_256 };

bool
rowscan_256_kept(void)
{
	enum { XMM = 2, YMM = 4 };

	return (_xgetbv(0) & (XMM | YMM)) == (XMM | YMM);
}
#else
const struct rowscan_width_of rowscan_256 = { NULL, NULL };

bool
rowscan_256_kept(void)
{
	return false;
}
#endif
