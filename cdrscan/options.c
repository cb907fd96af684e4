#include "scan.h"

#include <stddef.h>

#define AT(member) offsetof(struct scan_options, member)

static const struct opt table[] = {
	SETUP_OPTIONS,
	{ 'f', "format", "FORMAT", "text, json or ndjson", OPT_WORD,
	    AT(common.format), "text|json|ndjson", 0 },
	{ 't', "type", "LAYOUT", "layout of the files, map:FILE, or auto",
	    OPT_TEXT, AT(layout), NULL, 0 },
	{ 0, "layout", "LAYOUT", "the same as --type", OPT_TEXT, AT(layout),
	    NULL, 0 },
	{ 0, "source", "NAME", "the source that the files come from", OPT_TEXT,
	    AT(source), NULL, 0 },
	{ 0, "max-rejects", "N|P%", "refuse a file with more rejects than this",
	    OPT_TEXT, AT(max_rejects), NULL, 0 },
	{ 0, "rejects", "FILE", "write rejected records to FILE as CSV",
	    OPT_TEXT, AT(rejects), NULL, 0 },
	{ 0, "recognise", NULL,
	    "show what each file is and its first calls, and end", OPT_FLAG,
	    AT(recognise), NULL, 0 },
	{ 'r', "rule", "GLOB", "only rules whose id matches", OPT_LIST,
	    AT(only), NULL, 0 },
	{ 'x', "exclude", "GLOB", "no rule whose id matches", OPT_LIST,
	    AT(except), NULL, 0 },
	{ 0, "sensitivity", "N", "rules up to level N, 1 to 3", OPT_WORD,
	    AT(sensitivity), "1|2|3", 0 },
	{ 0, "fail-on", "LEVEL",
	    "exit 1 if a case with something new is as severe", OPT_WORD,
	    AT(fail_on), "info|low|medium|high|critical", 0 },
	{ 0, "print", NULL, "with a store: print what is new or changed, too",
	    OPT_FLAG, AT(print), NULL, 0 },
	{ 'n', "dry-run", NULL, "with a store: change nothing in it", OPT_FLAG,
	    AT(dry_run), NULL, 0 },
	{ 0, "number", "TEXT",
	    "show how TEXT is read as a number by each source, and end",
	    OPT_TEXT, AT(number), NULL, 0 },
	{ 0, "check-config", NULL,
	    "show what the settings come to and what is odd, and end", OPT_FLAG,
	    AT(check_config), NULL, 0 },
	{ 0, "threads", "N", "threads to use (default: the processors)",
	    OPT_INT, AT(threads), NULL, 1 },
	{ 0, "year", "YYYY",
	    "the year of each file's first record, where times have none",
	    OPT_INT, AT(year), NULL, 2000 },
	{ 0, "strict", NULL, "exit 2 if a record is rejected", OPT_FLAG,
	    AT(strict), NULL, 0 },
};

const struct opts scan_opts = {
	"cdrscan",
	"Read call detail records and find telephone fraud in them.",
	"[FILE|DIR|-]...",
	table,
	sizeof(table) / sizeof(table[0]),
	NULL,
};
