/*
 * gencdr: write N Asterisk call records (cdr_csv, 18 columns) of an ordinary
 * office, the same bytes for the same seed.
 *
 *	gencdr RECORDS [SEED] > Master.csv
 *
 * Thirty days in order, the calls of a day as chance has it, working hours
 * mostly, a few hundred extensions, numbers of fictitious ranges, one record
 * in twelve unanswered.  No fraud on purpose: what the rules find here is what
 * chance looks like.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { EXTENSIONS = 400, OUTSIDE = 20000, DAYS = 30 };

/* 2026-01-01 00:00:00 UTC */
#define FIRST_DAY INT64_C(1767225600)

static uint64_t state;

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t
next_random(void)
{
	uint64_t z = (state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static unsigned
below(unsigned n)
{
	return (unsigned)(next_random() % n);
}

static void
stamp(char out[20], int64_t utc)
{
	time_t t = (time_t)utc;
	struct tm tm;

	(void)gmtime_r(&t, &tm);
	(void)strftime(out, 20, "%Y-%m-%d %H:%M:%S", &tm);
}

/* An outside number as dialled or received in the United States. */
static void
outside_number(char out[20], bool dialled)
{
	static const char *const abroad[] = { "442079460", "49305550",
		"33155501" };
	static const unsigned areas[] = { 201, 212, 213, 312, 404, 415, 503,
		512, 602, 617, 702, 713, 773, 816, 919 };
	unsigned n = below(OUTSIDE);

	if (dialled && n % 40 == 0)
		(void)snprintf(out, 20, "011%s%03u", abroad[n % 3], n % 1000);
	else
		(void)snprintf(out, 20, "%s%u55501%02u", dialled ? "1" : "",
		    areas[n / 100 % 15], n % 100);
}

/* Working hours carry nine calls of ten. */
static int64_t
second_of_day(void)
{
	return below(10) < 9 ? 8 * 3600 + below(10 * 3600) : below(86400);
}

static void
record(uint64_t i, int64_t start)
{
	static const char *const names[] = { "Front Desk", "Sales", "O\"\"Neil",
		"Workshop", "Stores" };
	unsigned ext = 2000 + below(EXTENSIONS);
	unsigned ring = 2 + below(20);
	bool answered = below(12) != 0;
	unsigned talk = answered ? 1 + below(60) * below(20) : 0;
	char began[20], picked[24] = "", ended[20], number[20], inside[20];
	bool out = below(100) < 55;

	outside_number(number, out);
	(void)snprintf(inside, sizeof(inside), "%u", ext);
	stamp(began, start);
	if (answered) {
		char text[20];

		stamp(text, start + ring);
		(void)snprintf(picked, sizeof(picked), "\"%s\"", text);
	}
	stamp(ended, start + ring + talk);
	(void)printf("\"\",\"%s\",\"%s\",\"%s\",\"\"\"%s\"\" <%s>\","
		     "\"PJSIP/%s-%08" PRIx64 "\",\"PJSIP/%s-%08" PRIx64
		     "\",\"Dial\",\"PJSIP/%s,60,tT\",\"%s\",%s,\"%s\",%u,%u,"
		     "\"%s\",\"DOCUMENTATION\",\"%" PRId64 ".%" PRIu64
		     "\",\"\"\n",
	    out ? inside : number, out ? number : inside,
	    out ? "from-internal" : "from-trunk", names[ext % 5],
	    out ? inside : number, out ? inside : "carrier", i * 2,
	    out ? "carrier" : inside, i * 2 + 1, out ? number : inside, began,
	    picked, ended, ring + talk, talk,
	    answered ? "ANSWERED" : "NO ANSWER", start, i * 2);
}

int
main(int argc, char **argv)
{
	uint64_t n, i;
	int64_t day;

	if (argc < 2 || (n = strtoull(argv[1], NULL, 10)) == 0) {
		(void)fprintf(stderr, "usage: gencdr RECORDS [SEED]\n");
		return 2;
	}
	state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	for (i = 0; i < n; i++) {
		day = (int64_t)(i * DAYS / n);
		record(i, FIRST_DAY + day * 86400 + second_of_day());
	}
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 2;
}
