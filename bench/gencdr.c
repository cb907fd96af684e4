#include "bench/gencdr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Thirty days in order, the calls of a day as chance has it, working hours
 * mostly, a few hundred extensions, numbers of fictitious ranges, one record
 * in twelve unanswered.  Here and there is what a fixed rule finds, so that
 * what two programs find can be compared.
 */
static const char usage[] =
    "usage: gencdr [OPTION...] RECORDS > Master.csv\n"
    "  -l LAYOUT      asterisk or cucm (asterisk)\n"
    "  -d DAYS        that they are spread over (30)\n"
    "  -f DAY         the first of them, counted from 2026-01-01 (0)\n"
    "  -e EXTENSIONS  (400)\n"
    "  -s SEED        (1)\n";

enum { OUTSIDE = 20000, BURST = 12, MOST_EXTENSIONS = 7000 };

/* 2026-01-01 00:00:00 UTC */
#define FIRST_DAY INT64_C(1767225600)

struct options {
	const struct made_layout *layout;
	uint64_t records, seed;
	int64_t days, first;
	unsigned extensions;
};

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t
next_random(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static unsigned
below(uint64_t *state, unsigned n)
{
	return (unsigned)(next_random(state) % n);
}

/* An outside number as dialled or received in the United States. */
static void
outside_number(uint64_t *state, struct made_call *c)
{
	static const char *const abroad[] = { "442079460", "49305550",
		"33155501" };
	static const unsigned areas[] = { 201, 212, 213, 312, 404, 415, 503,
		512, 602, 617, 702, 713, 773, 816, 919 };
	const unsigned n = below(state, OUTSIDE);

	if (c->out && n % 40 == 0)
		(void)snprintf(c->outside, sizeof(c->outside), "011%s%03u",
		    abroad[n % 3], n % 1000);
	else
		(void)snprintf(c->outside, sizeof(c->outside), "%s%u55501%02u",
		    c->out ? "1" : "", areas[n / 100 % 15], n % 100);
}

/* Working hours carry nine calls of ten. */
static int64_t
second_of_day(uint64_t *state)
{
	return below(state, 10) < 9 ? 8 * 3600 + below(state, 10 * 3600)
				    : below(state, 86400);
}

/* One call of some thousand has something that a rule is about. */
static void
make_odd(uint64_t *state, struct made_call *c, int64_t day)
{
	const unsigned chance = below(state, 20000);

	if (c->number % 50000 < BURST) {
		c->out = true;
		c->extension = 2000 + (unsigned)(c->number / 50000 % 50);
		c->start = day + 19 * 3600 + (int64_t)(c->number % 50000) * 180;
		(void)snprintf(c->outside, sizeof(c->outside),
		    "01149305550%03u", chance % 1000);
	} else if (chance < 4 && c->out) {
		(void)snprintf(c->outside, sizeof(c->outside),
		    "011252615550%03u", chance * 100);
	} else if (chance < 6 && c->out) {
		(void)snprintf(c->outside, sizeof(c->outside),
		    "01153755501%02u", chance);
	} else if (chance < 10 && c->answered) {
		c->talk = 3 * 3600 + chance * 60 - 420;
	}
}

static void
make_call(const struct options *o, uint64_t *state, uint64_t i,
    struct made_call *c)
{
	const int64_t day =
	    FIRST_DAY +
	    (o->first + (int64_t)(i * (uint64_t)o->days / o->records)) * 86400;

	c->number = i;
	c->extension = 2000 + below(state, o->extensions);
	c->ring = 2 + below(state, 20);
	c->answered = below(state, 12) != 0;
	c->talk = c->answered ? 1 + below(state, 60) * below(state, 20) : 0;
	c->out = below(state, 100) < 55;
	outside_number(state, c);
	c->start = day + second_of_day(state);
	make_odd(state, c, day);
}

static const struct made_layout *
layout_named(const char *name)
{
	static const struct made_layout *const all[] = { &gencdr_asterisk,
		&gencdr_cucm };
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(name, all[i]->name) == 0)
			return all[i];
	return NULL;
}

static void
take(struct options *o, int option, const char *text)
{
	const unsigned long n = strtoul(text, NULL, 10);

	if (option == 'l')
		o->layout = layout_named(text);
	else if (option == 'd')
		o->days = (int64_t)n;
	else if (option == 'f')
		o->first = (int64_t)n;
	else if (option == 'e')
		o->extensions = (unsigned)n;
	else if (option == 's')
		o->seed = n;
	else
		o->layout = NULL;
}

static bool
is_possible(const struct options *o)
{
	return o->layout != NULL && o->records > 0 && o->days > 0 &&
	       o->extensions > 0 && o->extensions <= MOST_EXTENSIONS;
}

int
main(int argc, char **argv)
{
	struct options o = { &gencdr_asterisk, 0, 1, 30, 0, 400 };
	struct made_call c;
	uint64_t state, i;
	int option;

	while ((option = getopt(argc, argv, "d:e:f:l:s:")) != -1)
		take(&o, option, optarg != NULL ? optarg : "");
	if (optind + 1 == argc)
		o.records = strtoull(argv[optind], NULL, 10);
	if (!is_possible(&o)) {
		(void)fputs(usage, stderr);
		return 2;
	}
	state = o.seed;
	if (o.layout->begin != NULL)
		o.layout->begin();
	for (i = 0; i < o.records; i++) {
		make_call(&o, &state, i, &c);
		o.layout->record(&c);
	}
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 2;
}
