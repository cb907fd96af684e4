/* gentraffic: options; gentraffic.h tells what it is for. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "bench/gentraffic.h"

static const char usage[] =
    "usage: gentraffic [OPTION...] > calls.csv\n"
    "  --days N          of traffic (30)\n"
    "  --history N       days of ordinary traffic before them (0)\n"
    "  --accounts N      100 to 8000 (2000)\n"
    "  --seed N          (1)\n"
    "  --start DATE      the first day (2025-10-27)\n"
    "  --layout LAYOUT   asterisk-csv, freeswitch-csv, generic, yeastar-p\n"
    "  --fraud FORM      easy, typical, evasive, all or none (none)\n"
    "  --only ROW        of the frauds\n"
    "  --each N          attacks of each row and form (1)\n"
    "  --split DIR       a file for each switch and morning, not stdout\n"
    "  --truth FILE      what is fraud, and what must not alarm\n"
    "  --config FILE     a configuration that fits\n"
    "  --directory FILE  who has which extension\n"
    "  --rates FILE      what calls cost\n"
    "  --rules DIR       lists of the site: bad numbers, numbers that only "
    "take calls\n"
    "  --audit FILE      the audit log of the switch; with --split a file for "
    "each\n"
    "                    morning is there, too\n";

struct options {
	struct writer_options writer;
	const char *fraud, *only, *config, *directory, *rates, *rules, *audit;
	unsigned accounts, each;
};

enum { LEAST_ACCOUNTS = 100, MOST_ACCOUNTS = 8000, MOST_DAYS = 400 };

static bool
number(const char *text, unsigned least, unsigned most, unsigned *n)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(text, &end, 10);
	*n = (unsigned)v;
	return errno == 0 && end != text && *end == '\0' && v >= least &&
	       v <= most;
}

static bool
take_date(const char *text, int64_t *day)
{
	int year, month, date;

	if (sscanf(text, "%4d-%2d-%2d", &year, &month, &date) != 3)
		return false;
	*day = day_of_date(year, month, date);
	return true;
}

static bool
take_number(struct world *w, struct options *o, int option, const char *text)
{
	unsigned n = 0;
	bool good;

	switch (option) {
	case 'd':
		good = number(text, 1, MOST_DAYS, &n);
		w->days = (int)n;
		return good;
	case 'H':
		good = number(text, 0, MOST_DAYS, &n);
		w->history = (int)n;
		return good;
	case 'n':
		return number(text, LEAST_ACCOUNTS, MOST_ACCOUNTS,
		    &o->accounts);
	case 'e':
		return number(text, 1, 20, &o->each);
	case 's':
		good = number(text, 0, 1000000000, &n);
		w->seed = n;
		return good;
	default:
		return take_date(text, &w->first);
	}
}

static bool
take(struct world *w, struct options *o, int option, const char *text)
{
	const struct {
		int option;
		const char **to;
	} texts[] = { { 'l', &o->writer.layout }, { 'S', &o->writer.split },
		{ 't', &o->writer.truth }, { 'f', &o->fraud },
		{ 'o', &o->only }, { 'c', &o->config }, { 'D', &o->directory },
		{ 'r', &o->rates }, { 'R', &o->rules }, { 'a', &o->audit } };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].option == option) {
			*texts[i].to = text;
			return true;
		}
	return option != '?' && take_number(w, o, option, text);
}

static bool
read_options(int argc, char **argv, struct world *w, struct options *o)
{
	static const struct option all[] = {
		{ "days", required_argument, NULL, 'd' },
		{ "history", required_argument, NULL, 'H' },
		{ "accounts", required_argument, NULL, 'n' },
		{ "seed", required_argument, NULL, 's' },
		{ "start", required_argument, NULL, 'b' },
		{ "layout", required_argument, NULL, 'l' },
		{ "fraud", required_argument, NULL, 'f' },
		{ "only", required_argument, NULL, 'o' },
		{ "each", required_argument, NULL, 'e' },
		{ "split", required_argument, NULL, 'S' },
		{ "truth", required_argument, NULL, 't' },
		{ "config", required_argument, NULL, 'c' },
		{ "directory", required_argument, NULL, 'D' },
		{ "rates", required_argument, NULL, 'r' },
		{ "rules", required_argument, NULL, 'R' },
		{ "audit", required_argument, NULL, 'a' }, { NULL, 0, NULL, 0 }
	};
	unsigned i;
	int option;

	while ((option = getopt_long(argc, argv, "", all, NULL)) != -1)
		if (!take(w, o, option, optarg))
			return false;
	for (i = 0; layout_name(i) != NULL; i++)
		if (strcmp(layout_name(i), o->writer.layout) == 0)
			return optind == argc;
	return false;
}

static int
write_files(struct world *w, const struct options *o)
{
	if (write_all(w, &o->writer) != 0)
		return -1;
	if (o->config != NULL && write_config(w, o->config, o->directory,
				     o->rates, o->rules, &o->writer) != 0)
		return -1;
	if (o->directory != NULL &&
	    write_directory(w, o->directory, o->writer.split != NULL) != 0)
		return -1;
	if (o->rates != NULL && write_rates(o->rates) != 0)
		return -1;
	if (o->rules != NULL && write_rules(w, o->rules) != 0)
		return -1;
	return write_audit(w, o->audit, o->writer.split);
}

int
main(int argc, char **argv)
{
	struct world w = { .seed = 1, .days = 30 };
	struct options o = { .writer = { .layout = "generic" },
		.fraud = "none",
		.accounts = 2000,
		.each = 1 };
	int status = 2;

	w.first = day_of_date(2025, 10, 27);
	if (!read_options(argc, argv, &w, &o)) {
		(void)fputs(usage, stderr);
		return 2;
	}
	world_make(&w, o.accounts);
	negative_plan(&w);
	if (attack_plan(&w, o.fraud, o.only, o.each, o.writer.split != NULL) !=
	    0)
		(void)fputs(usage, stderr);
	else if (write_files(&w, &o) != 0)
		perror("gentraffic");
	else
		status = 0;
	world_free(&w);
	return status;
}
