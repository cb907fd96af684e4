#include "report.h"

#include <stddef.h>

#define AT(member) offsetof(struct report_options, member)

static const struct opt table[] = {
	SETUP_OPTIONS,
	{ 'f', "format", "FORMAT", "text, json or ndjson", OPT_WORD,
	    AT(common.format), "text|json|ndjson", 0 },
	{ 0, "since", "TIME", "only cases touched since TIME", OPT_TEXT,
	    AT(since), NULL, 0 },
	{ 0, "until", "TIME", "only cases touched before TIME", OPT_TEXT,
	    AT(until), NULL, 0 },
	{ 0, "range", "RANGE", "today, yesterday, last-week or last-month",
	    OPT_WORD, AT(range), "today|yesterday|last-week|last-month", 0 },
	{ 0, "min-score", "N", "only cases with this score or more", OPT_INT,
	    AT(min_score), NULL, 0 },
	{ 0, "severity", "LEVEL", "only cases of this severity or more",
	    OPT_WORD, AT(severity), "info|low|medium|high|critical", 0 },
	{ 0, "account", "GLOB", "only cases of these entities", OPT_LIST,
	    AT(accounts), NULL, 0 },
	{ 0, "rule", "GLOB", "only cases with a finding of these rules",
	    OPT_LIST, AT(only), NULL, 0 },
	{ 0, "fraud-type", "TYPE", "only cases with a finding of this type",
	    OPT_LIST, AT(fraud_types), NULL, 0 },
	{ 0, "state", "STATE", "only cases in this state", OPT_LIST, AT(states),
	    "open|acknowledged|fraud|benign|closed", 0 },
	{ 0, "days", "N", "unused: without a call for N days; 90", OPT_INT,
	    AT(days), NULL, 1 },
	{ 0, "limit", "N", "at most N cases", OPT_INT, AT(limit), NULL, 1 },
	{ 0, "detail", "LEVEL", "text: low, med or high", OPT_WORD, AT(detail),
	    "low|med|high", 0 },
	{ 0, "width", "N", "text: characters of a line", OPT_INT, AT(width),
	    NULL, 60 },
	{ 0, "redact", "N", "replace the last N digits of outside numbers",
	    OPT_INT, AT(redact), NULL, 1 },
	{ 0, "waived", NULL, "list waived findings, too", OPT_FLAG, AT(waived),
	    NULL, 0 },
	{ 0, "shadow", NULL, "list findings of shadow rules, too", OPT_FLAG,
	    AT(shadow), NULL, 0 },
	{ 0, "fail-on", "LEVEL", "exit 1 if a case shown is as severe",
	    OPT_WORD, AT(fail_on), "info|low|medium|high|critical", 0 },
};

/* The commands, as the manual lists them. */
static void
help_commands(struct buf *help)
{
	opts_help_line(help, "lockout", "", "accounts to lock, one a line");
	opts_help_line(help, "unused", "",
	    "accounts without a call for --days");
	buf_addch(help, '\n');
}

const struct opts report_opts = {
	"cdrreport",
	"Report what cdrscan found, from the store or from standard input.",
	"[-|lockout|unused|ENTITY|CASE|FINDING]...",
	table,
	sizeof(table) / sizeof(table[0]),
	help_commands,
};

const struct report_options report_defaults = { .min_score = -1 };

int
report_check_uses(const struct report_options *o, const char *command,
    struct errmsg *err)
{
	static const struct opt_use uses[] = {
		{ "since", "|lockout" },
		{ "until", "|lockout" },
		{ "range", "" },
		{ "min-score", "" },
		{ "severity", "" },
		{ "account", "|lockout" },
		{ "rule", "|lockout" },
		{ "fraud-type", "|lockout" },
		{ "state", "" },
		{ "days", "unused" },
		{ "limit", "" },
		{ "detail", "" },
		{ "width", "" },
		{ "redact", "" },
		{ "waived", "" },
		{ "shadow", "" },
		{ "fail-on", "" },
	};

	return opts_check_uses(&report_opts, uses,
	    sizeof(uses) / sizeof(uses[0]), o, &report_defaults, command, err);
}
