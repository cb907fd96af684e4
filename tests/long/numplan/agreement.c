/*
 * agreement DIR < NUMBERS    compare the number plan in DIR with a reference
 *
 * Reads "digits TAB country TAB type" lines, as numbers.js writes them, and
 * prints how many of them the plan says the same of.  Exit status 1 when that
 * are too few, 2 when it cannot be told.
 *
 * Nearly no number is premium, so "neither is" would hide much: premium and
 * toll-free are judged among the numbers that either side says it of, too.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tel/numplan.h"

enum {
	LEAST_NUMBERS = 200000,
	/* All that the reference knows, codes of no country as one. */
	COUNTRIES = 245,
	MOST_COUNTRIES = 512,
	SHOWN = 12
};

/* A share of numbers, and the least that will do. */
struct share {
	const char *what;
	double least; /* percent */
	int64_t same, of;
};

enum {
	COUNTRY,
	PREMIUM,
	PREMIUM_EITHER,
	TOLL_FREE,
	TOLL_FREE_EITHER,
	KIND,
	SHARES
};

struct comparison {
	struct numplan *plan;
	struct share shares[SHARES];
	char countries[MOST_COUNTRIES][4]; /* of the reference */
	size_t ncountries;
	int64_t numbers, shown;
	int64_t differ[NUMKIND_COUNT][NUMKIND_COUNT]; /* [theirs][ours] */
};

/* What the reference calls its types. */
static const struct {
	const char *name;
	enum numkind kind;
} types[] = {
	{ "FIXED_LINE", NUMKIND_FIXED },
	{ "MOBILE", NUMKIND_MOBILE },
	{ "FIXED_LINE_OR_MOBILE", NUMKIND_FIXED_OR_MOBILE },
	{ "TOLL_FREE", NUMKIND_TOLL_FREE },
	{ "PREMIUM_RATE", NUMKIND_PREMIUM },
	{ "SHARED_COST", NUMKIND_SHARED_COST },
	{ "VOIP", NUMKIND_VOIP },
	{ "PERSONAL_NUMBER", NUMKIND_PERSONAL },
	{ "PAGER", NUMKIND_PAGER },
	{ "UAN", NUMKIND_UAN },
	{ "VOICEMAIL", NUMKIND_SERVICE },
};

static int
kind_of_type(const char *name, enum numkind *k)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].name, name) == 0) {
			*k = types[i].kind;
			return 0;
		}
	return -1;
}

static void
count(struct share *s, bool same)
{
	s->of++;
	s->same += same;
}

static void
count_kind(struct share *all, struct share *either, enum numkind k,
    enum numkind theirs, enum numkind ours)
{
	bool same = (theirs == k) == (ours == k);

	count(all, same);
	if (theirs == k || ours == k)
		count(either, same);
}

static void
note_country(struct comparison *c, const char *country)
{
	size_t i;

	for (i = 0; i < c->ncountries; i++)
		if (strcmp(c->countries[i], country) == 0)
			return;
	if (c->ncountries < MOST_COUNTRIES)
		(void)snprintf(c->countries[c->ncountries++],
		    sizeof(c->countries[0]), "%s", country);
}

static void
compare(struct comparison *c, const char *digits, const char *country,
    enum numkind theirs)
{
	struct numplan_entry ours =
	    numplan_find(c->plan, digits, strlen(digits));
	bool same_country = strcmp(ours.country, country) == 0;

	c->numbers++;
	note_country(c, country);
	count(&c->shares[COUNTRY], same_country);
	count(&c->shares[KIND], ours.kind == theirs);
	count_kind(&c->shares[PREMIUM], &c->shares[PREMIUM_EITHER],
	    NUMKIND_PREMIUM, theirs, ours.kind);
	count_kind(&c->shares[TOLL_FREE], &c->shares[TOLL_FREE_EITHER],
	    NUMKIND_TOLL_FREE, theirs, ours.kind);
	if (ours.kind != theirs)
		c->differ[theirs][ours.kind]++;
	if (!same_country && c->shown++ < SHOWN)
		printf("+%s: the reference says %s, the plan '%s'\n", digits,
		    country, ours.country);
}

/* -1 for a line that is not ours. */
static int
compare_line(struct comparison *c, char *line)
{
	char *country, *type, *end;
	enum numkind kind;

	country = strchr(line, '\t');
	type = country != NULL ? strchr(country + 1, '\t') : NULL;
	end = type != NULL ? strchr(type + 1, '\n') : NULL;
	if (end == NULL)
		return -1;
	*country++ = *type++ = *end = '\0';
	if (kind_of_type(type, &kind) != 0)
		return -1;
	compare(c, line, country, kind);
	return 0;
}

static int
compare_all(struct comparison *c, FILE *in)
{
	char line[128];

	while (fgets(line, sizeof(line), in) != NULL)
		if (compare_line(c, line) != 0) {
			(void)fprintf(stderr,
			    "agreement: line %" PRId64
			    ": not a number of the reference: '%s'\n",
			    c->numbers + 1, line);
			return -1;
		}
	return ferror(in) ? -1 : 0;
}

static void
show_kinds(const struct comparison *c)
{
	int theirs, ours;

	for (theirs = 0; theirs < NUMKIND_COUNT; theirs++)
		for (ours = 0; ours < NUMKIND_COUNT; ours++)
			if (c->differ[theirs][ours] > 0)
				printf("%s there, %s here: %" PRId64 "\n",
				    numkind_name((enum numkind)theirs),
				    numkind_name((enum numkind)ours),
				    c->differ[theirs][ours]);
}

/* Whether it is enough. */
static bool
judge(const struct comparison *c)
{
	bool enough = c->numbers >= LEAST_NUMBERS && c->ncountries >= COUNTRIES;
	const struct share *s;
	double percent;
	int i;

	printf("figures: %" PRId64 " numbers of %zu countries and codes, %s\n",
	    c->numbers, c->ncountries, numplan_version(c->plan));
	for (i = 0; i < SHARES; i++) {
		s = &c->shares[i];
		percent =
		    s->of > 0 ? 100.0 * (double)s->same / (double)s->of : 0.0;
		printf("figures: %-34s %8.4f %% of %" PRId64
		       ", needed %.1f %%\n",
		    s->what, percent, s->of, s->least);
		enough = enough && percent >= s->least;
	}
	return enough;
}

int
main(int argc, char **argv)
{
	struct comparison c = {
		.shares = { [COUNTRY] = { .what = "country", .least = 99.8 },
		    [PREMIUM] = { .what = "premium or not", .least = 99.8 },
		    [PREMIUM_EITHER] = { .what =
					     "premium, where either says so",
			.least = 99.8 },
		    [TOLL_FREE] = { .what = "toll-free or not", .least = 99.8 },
		    [TOLL_FREE_EITHER] = { .what =
					       "toll-free, where either says so",
			.least = 99.8 },
		    [KIND] = { .what = "full kind", .least = 98.0 } },
	};
	struct errmsg err;
	int status = 2;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: agreement DIR < NUMBERS\n");
		return 2;
	}
	if (numplan_load(&c.plan, argv[1], &err) != 0)
		(void)fprintf(stderr, "agreement: %s\n", err.text);
	else if (compare_all(&c, stdin) == 0) {
		show_kinds(&c);
		status = judge(&c) ? 0 : 1;
	}
	numplan_free(&c.plan);
	return status;
}
