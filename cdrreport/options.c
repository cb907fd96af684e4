#include "report.h"

#include <stddef.h>

#define AT(member) offsetof(struct report_options, member)

static const struct opt table[] = {
	SETUP_OPTIONS,
	{ 'f', "format", "FORMAT", "text, mail, html, csv, tsv, json or ndjson",
	    OPT_WORD, AT(common.format), "text|mail|html|csv|tsv|json|ndjson",
	    0 },
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
	{ 0, "limit", "N", "at most N cases; calls, runs: rows", OPT_INT,
	    AT(limit), NULL, 1 },
	{ 0, "note", "TEXT", "label, ack, close: why", OPT_TEXT, AT(note), NULL,
	    0 },
	{ 0, "detail", "LEVEL", "text, html, mail: low, med or high", OPT_WORD,
	    AT(detail), "low|med|high", 0 },
	{ 0, "width", "N", "text: characters of a line", OPT_INT, AT(width),
	    NULL, 60 },
	{ 0, "redact", "N", "replace the last N digits of outside numbers",
	    OPT_INT, AT(redact), NULL, 0 },
	{ 0, "columns", "LIST",
	    "csv, tsv, calls: these columns, as \"case,rule\"", OPT_TEXT,
	    AT(columns), NULL, 0 },
	{ 0, "sort", "FIELD",
	    "cases, rows, calls, runs by FIELD; -FIELD: greatest first",
	    OPT_TEXT, AT(sort), NULL, 0 },
	{ 0, "raw", NULL, "calls: as they were recorded", OPT_FLAG, AT(raw),
	    NULL, 0 },
	{ 0, "csv-safe", NULL, "csv, tsv: no cell is a formula", OPT_FLAG,
	    AT(csv_safe), NULL, 0 },
	{ 0, "to", "ADDRESS", "mail: who gets it", OPT_TEXT, AT(to), NULL, 0 },
	{ 0, "from", "ADDRESS", "mail: who sends it", OPT_TEXT, AT(from), NULL,
	    0 },
	{ 0, "subject", "TEXT", "mail: the subject", OPT_TEXT, AT(subject),
	    NULL, 0 },
	{ 0, "attach", "FORMAT", "mail: with the findings as csv", OPT_WORD,
	    AT(attach), "csv", 0 },
	{ 0, "new", NULL, "only what is new since the last report", OPT_FLAG,
	    AT(only_new), NULL, 0 },
	{ 0, "cursor", "NAME", "of --new: whose last report", OPT_TEXT,
	    AT(cursor), NULL, 0 },
	{ 0, "skip-empty", NULL, "write nothing if there is no case", OPT_FLAG,
	    AT(skip_empty), NULL, 0 },
	{ 0, "heartbeat", "TIME",
	    "of --skip-empty: unless nothing went out for TIME", OPT_TEXT,
	    AT(heartbeat), NULL, 0 },
	{ 0, "pipe", "COMMAND", "write to this command, if there is anything",
	    OPT_TEXT, AT(pipe), NULL, 0 },
	{ 0, "waived", NULL, "list waived findings, too", OPT_FLAG, AT(waived),
	    NULL, 0 },
	{ 0, "shadow", NULL, "list findings of shadow rules, too", OPT_FLAG,
	    AT(shadow), NULL, 0 },
	{ 0, "fail-on", "LEVEL", "exit 1 if a case shown is as severe",
	    OPT_WORD, AT(fail_on), "info|low|medium|high|critical", 0 },
};

const struct opts report_opts = {
	"cdrreport",
	"Report what cdrscan found, from the store or from standard input.",
	"[-|COMMAND|ENTITY|CASE|FINDING]...",
	table,
	sizeof(table) / sizeof(table[0]),
	report_commands_help,
	report_command_name,
};

const struct report_options report_defaults = { .min_score = -1, .redact = -1 };

int
report_digits(const struct report_options *o, const struct setup *s)
{
	const long digits =
	    o->redact >= 0 ? o->redact : s->config.report_redact;

	return digits < BOUNDS_NUMBER ? (int)digits : BOUNDS_NUMBER;
}

int
report_check_numbers(const struct report_options *o, struct errmsg *err)
{
	const struct {
		const char *name;
		long value, most;
	} numbers[] = {
		{ "min-score", o->min_score, 100 },
		{ "width", o->width, REPORT_WIDTH_MAX },
		{ "days", o->days, REPORT_DAYS_MAX },
	};
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i].value > numbers[i].most)
			return errmsg_set(err, "--%s: more than %ld",
			    numbers[i].name, numbers[i].most);
	return 0;
}

int
report_check_uses(const struct report_options *o, const char *command,
    struct errmsg *err)
{
	static const struct opt_use uses[] = {
		{ "format", "|lockout|unused|calls|runs" },
		{ "output", "|lockout|unused|calls|runs|labels" },
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
		{ "limit", "|calls|runs" },
		{ "note", "label|ack|close" },
		{ "detail", "" },
		{ "width", "|calls|runs|labels" },
		{ "redact", "|calls" },
		{ "columns", "|calls" },
		{ "sort", "|calls|runs" },
		{ "raw", "calls" },
		{ "csv-safe", "|calls" },
		{ "to", "" },
		{ "from", "" },
		{ "subject", "" },
		{ "attach", "" },
		{ "new", "" },
		{ "cursor", "" },
		{ "skip-empty", "" },
		{ "heartbeat", "" },
		{ "pipe", "" },
		{ "waived", "" },
		{ "shadow", "" },
		{ "fail-on", "" },
	};

	return opts_check_uses(&report_opts, uses,
	    sizeof(uses) / sizeof(uses[0]), o, &report_defaults, command, err);
}
