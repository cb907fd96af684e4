#include "io/rowscan_impl.h"

#if defined(__AVX2__) && defined(__XSAVE__)
#include <immintrin.h>

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

static void
mask_256(const char *bytes, size_t words, char delimiter, char quote,
    struct rowscan_mask *masks)
{
	const __m256i *p;
	__m256i low, high;
	size_t i;

	for (i = 0; i < words; i++, bytes += ROWSCAN_WORD) {
		p = (const __m256i *)(const void *)bytes;
		low = _mm256_loadu_si256(p);
		high = _mm256_loadu_si256(p + 1);
		masks[i] = (struct rowscan_mask){ .delimiter = equal(low, high,
						      delimiter),
			.quote = equal(low, high, quote),
			.lf = equal(low, high, '\n'),
			.cr = equal(low, high, '\r') };
	}
}

const struct rowscan_masker rowscan_256 = { mask_256 };

bool
rowscan_256_kept(void)
{
	enum { XMM = 2, YMM = 4 };

	return (_xgetbv(0) & (XMM | YMM)) == (XMM | YMM);
}
#else
const struct rowscan_masker rowscan_256 = { NULL };

bool
rowscan_256_kept(void)
{
	return false;
}
#endif
