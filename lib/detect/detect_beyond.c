/* detect_beyond: which calls have more of something than a rule takes. */
#include "base/xalloc.h"
#include "detect/detect_group_impl.h"

static bool
is_beyond(const struct detect_sieve *s, const struct detect_bound *bound,
    size_t call)
{
	int64_t v;

	return field_number(bound->of, s->batch, call, &v) && v > bound->most;
}

/* Of n calls those that talk longer; few have more to say than that. */
static uint64_t
talk_beyond(const struct detect_sieve *s, const struct detect_bound *bound,
    size_t first, size_t n)
{
	const struct measure_talk talk = s->talk;
	const uint32_t most =
	    bound->most < UINT32_MAX ? (uint32_t)bound->most : UINT32_MAX - 1;
	uint64_t beyond = 0, ask = 0, bit;
	uint32_t ms;
	size_t i;

	for (i = 0; i < n; i++) {
		ms = measure_talk_of(&talk, first + i);
		beyond |= (uint64_t)(ms > most) << i;
		ask |= (uint64_t)(ms == CALL_BOOK_ASK) << i;
	}
	for (; ask != 0; ask &= ask - 1) {
		bit = ask & (~ask + 1);
		if (!is_beyond(s, bound, first + detect_lowest_bit(bit)))
			beyond &= ~bit;
	}
	return beyond;
}

static uint64_t
beyond(const struct detect_sieve *s, const struct detect_bound *bound,
    size_t first, size_t n)
{
	uint8_t present[64];
	int64_t values[64];
	uint64_t out = 0;
	size_t i;

	if (bound->talk)
		return talk_beyond(s, bound, first, n);
	field_numbers(bound->of, s->batch, first, n, values, present);
	for (i = 0; i < n; i++)
		out |= (uint64_t)(present[i] != 0 && values[i] > bound->most)
		       << i;
	return out;
}

/*
 * Which of these calls are beyond a bound: read once and in their order, for
 * they are asked again and again, group by group.
 */
void
detect_sieve_bounds(struct detect_sieve *s, const uint64_t *bits)
{
	const struct batch *b = s->batch;
	const size_t words = s->nbounds > 0 ? b->n / 64 + 1 : 0;
	size_t word, left, k;

	if (words > 0)
		s->high = xcalloc(words, sizeof(*s->high));
	for (word = 0; word < words; word++) {
		left = b->n - word * 64 < 64 ? b->n - word * 64 : 64;
		for (k = 0; bits[word] != 0 && k < s->nbounds; k++)
			s->high[word] |=
			    beyond(s, &s->bounds[k], word * 64, left);
	}
}
