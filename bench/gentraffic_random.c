#include <math.h>

#include "bench/gentraffic.h"

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t
next_random(struct chance *c)
{
	uint64_t z = (c->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

struct chance
chance_of(uint64_t seed, uint64_t a, uint64_t b)
{
	struct chance c = { seed };

	c.state = next_random(&c) ^ a;
	c.state = next_random(&c) ^ b;
	(void)next_random(&c);
	return c;
}

unsigned
chance_below(struct chance *c, unsigned n)
{
	return (unsigned)(next_random(c) % n);
}

unsigned
chance_between(struct chance *c, unsigned low, unsigned high)
{
	return low + chance_below(c, high - low + 1);
}

bool
chance_permille(struct chance *c, unsigned n)
{
	return chance_below(c, 1000) < n;
}

static double
uniform(struct chance *c)
{
	return ((double)(next_random(c) >> 11) + 0.5) / 9007199254740992.0;
}

static double
normal(struct chance *c)
{
	double u = uniform(c), v = uniform(c);

	return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

unsigned
chance_poisson(struct chance *c, double mean)
{
	double limit, product;
	unsigned n = 0;

	if (mean > 30) {
		double x = mean + sqrt(mean) * normal(c) + 0.5;

		return x < 0 ? 0 : (unsigned)x;
	}
	limit = exp(-mean);
	for (product = uniform(c); product > limit; product *= uniform(c))
		n++;
	return n;
}

double
chance_lognormal(struct chance *c, double median, double sigma)
{
	return median * exp(sigma * normal(c));
}
