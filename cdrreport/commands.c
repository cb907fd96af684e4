/* The commands of cdrreport. */
#include "report.h"

#include <stddef.h>
#include <string.h>

static const struct report_command commands[] = {
	{ "lockout", "", "accounts to lock, one a line", 0, 0, report_lockout },
	{ "unused", "", "accounts without a call for --days", 0, 0,
	    report_unused },
	{ "calls", "CASE|FINDING|CALLID", "all calls of it, from the store", 1,
	    1, report_calls },
	{ "runs", "", "what ran over the store, latest first", 0, 0,
	    report_runs },
	{ "label", "CASE|FINDING fraud|benign|unsure",
	    "say what it was; fraud is never learnt as usual", 2, 2,
	    report_say },
	{ "ack", "CASE", "somebody is at it", 1, 1, report_say },
	{ "close", "CASE", "done with, until something new comes", 1, 1,
	    report_say },
	{ "note", "CASE|FINDING TEXT", "write something down", 2, 2,
	    report_say },
	{ "labels", "[CASE|FINDING]", "what was said, by whom and when", 0, 1,
	    report_labels },
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

const struct report_command *
report_command(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

int
report_commanded(const struct report_command *c, const struct report_options *o,
    char **operands, int n)
{
	const struct diag diag = { .program = "cdrreport" };

	if (n >= c->least && (c->most < 0 || n <= c->most))
		return c->run(o, c->name, operands, n);
	diag_error(&diag, "usage: cdrreport %s%s%s", c->name,
	    c->args[0] != '\0' ? " " : "", c->args);
	return EXIT_NOT_DONE;
}

void
report_commands_help(struct buf *help)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		opts_help_line(help, commands[i].name, commands[i].args,
		    commands[i].help);
	buf_addch(help, '\n');
}

const char *
report_command_name(size_t i)
{
	return i < COMMANDS ? commands[i].name : NULL;
}
