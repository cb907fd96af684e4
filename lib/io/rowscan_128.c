#include "base/hash.h"
#include "io/rowscan_impl.h"

#if defined(__SSE2__)
#include <emmintrin.h>

struct word {
	__m128i part[4];
};

static struct word
load(const char *bytes)
{
	const __m128i *p = (const __m128i *)(const void *)bytes;

	return (struct word){ { _mm_loadu_si128(p), _mm_loadu_si128(p + 1),
	    _mm_loadu_si128(p + 2), _mm_loadu_si128(p + 3) } };
}

static uint64_t
equal(const struct word *w, char c)
{
	const __m128i all = _mm_set1_epi8(c);
	uint64_t bits = 0;
	int i;

	for (i = 0; i < 4; i++)
		bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(
			    _mm_cmpeq_epi8(w->part[i], all))
			<< 16 * i;
	return bits;
}

static bool
has_nul(const struct word *w)
{
	const __m128i least = _mm_min_epu8(_mm_min_epu8(w->part[0], w->part[1]),
	    _mm_min_epu8(w->part[2], w->part[3]));

	return _mm_movemask_epi8(_mm_cmpeq_epi8(least, _mm_setzero_si128())) !=
	       0;
}
#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>

struct word {
	uint8x16_t part[4];
};

static struct word
load(const char *bytes)
{
	const uint8_t *p = (const uint8_t *)bytes;

	return (struct word){ { vld1q_u8(p), vld1q_u8(p + 16), vld1q_u8(p + 32),
	    vld1q_u8(p + 48) } };
}

/* A bit of each byte that is equal, then three times pairs are added. */
static uint64_t
equal(const struct word *w, char c)
{
	static const uint8_t bit[16] = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4,
		8, 16, 32, 64, 128 };
	const uint8x16_t all = vdupq_n_u8((uint8_t)c), bits = vld1q_u8(bit);
	uint8x16_t part[4], sum;
	int i;

	for (i = 0; i < 4; i++)
		part[i] = vandq_u8(vceqq_u8(w->part[i], all), bits);
	sum =
	    vpaddq_u8(vpaddq_u8(part[0], part[1]), vpaddq_u8(part[2], part[3]));
	sum = vpaddq_u8(sum, sum);
	return vgetq_lane_u64(vreinterpretq_u64_u8(sum), 0);
}

static bool
has_nul(const struct word *w)
{
	return vminvq_u8(vminq_u8(vminq_u8(w->part[0], w->part[1]),
		   vminq_u8(w->part[2], w->part[3]))) == 0;
}
#endif

#if defined(__SSE2__) || (defined(__aarch64__) && defined(__ARM_NEON))
static void
look_128(const char *bytes, size_t words, uint32_t at,
    struct rowscan_bytes what, struct rowscan_state *state,
    struct rowscan_places *p)
{
	struct rowscan_state s = *state;
	struct rowscan_mask m;
	struct rowscan_word found;
	struct word w;
	bool good = true;

	for (; good && words > 0; words--, bytes += ROWSCAN_WORD) {
		w = load(bytes);
		m = (struct rowscan_mask){ .delimiter =
					       equal(&w, what.delimiter),
			.lf = equal(&w, '\n'),
			.cr = equal(&w, '\r') };
		if (what.quote != '\0')
			m.quote = equal(&w, what.quote);
		p->nul |= has_nul(&w);
		found = rowscan_judge(&m, rowscan_sums(m.quote), &s);
		p->nedges = rowscan_list(p->edges, p->nedges, found.edges, at);
		good = rowscan_add(p, &found, at);
		at += ROWSCAN_WORD;
	}
	*state = s;
}

const struct rowscan_width_of rowscan_128 = { look_128, hash64 };
#else
const struct rowscan_width_of rowscan_128 = { NULL, NULL };
#endif
