/* cdrrules: write, check, test and explain the rules. */
#include "rules.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "base/nearest.h"

#define AT(member) offsetof(struct rules_options, member)

static const struct opt table[] = {
	SETUP_OPTIONS,
	{ 'a', "all", NULL, "list: rules that are off, too", OPT_FLAG, AT(all),
	    NULL, 0 },
	{ 'f', "format", "FORMAT", "text or json; test: tap, too", OPT_WORD,
	    AT(common.format), "text|json|tap", 0 },
	{ 0, "by", "FIELDS", "try: what to group the calls by", OPT_TEXT,
	    AT(by), NULL, 0 },
	{ 0, "check", NULL, "fmt: only name the files that would change",
	    OPT_FLAG, AT(check), NULL, 0 },
	{ 0, "like", "RULE", "new: a copy of this rule", OPT_TEXT, AT(like),
	    NULL, 0 },
	{ 'm', "match", "WHAT",
	    "try: clauses as JSON; waive: FIELD=VALUE, repeatable", OPT_LIST,
	    AT(match), NULL, 0 },
	{ 0, "mutate", NULL, "test: what the tests would not notice", OPT_FLAG,
	    AT(mutate), NULL, 0 },
	{ 'k', "only", "GLOB", "test: only rules whose id matches", OPT_TEXT,
	    AT(glob), NULL, 0 },
	{ 't', "type", "LAYOUT",
	    "explain, try: the layout, or auto or map:FILE", OPT_TEXT,
	    AT(layout), NULL, 0 },
	{ 'w', "write", NULL, "fmt: change the files", OPT_FLAG, AT(write),
	    NULL, 0 },
	{ 0, "strict", NULL, "check: warnings count as errors", OPT_FLAG,
	    AT(strict), NULL, 0 },
	{ 0, "map", "COLUMNS", "lists import: value=COLUMN[,source=COLUMN]...",
	    OPT_TEXT, AT(map), NULL, 0 },
	{ 0, "name", "NAME", "lists import: the list's name", OPT_TEXT,
	    AT(list_name), NULL, 0 },
	{ 0, "of", "FIELD", "lists import: its field; else src", OPT_TEXT,
	    AT(list_of), NULL, 0 },
	{ 0, "reason", "TEXT", "waive: why", OPT_TEXT, AT(reason), NULL, 0 },
	{ 0, "from", "DATE", "waive: the first day; else today", OPT_TEXT,
	    AT(from), NULL, 0 },
	{ 0, "expires", "DATE", "waive: the first day without it", OPT_TEXT,
	    AT(expires), NULL, 0 },
	{ 0, "owner", "NAME", "waive: who answers for it; else USER", OPT_TEXT,
	    AT(owner), NULL, 0 },
	{ 0, "ticket", "TEXT", "waive: where it was agreed", OPT_TEXT,
	    AT(ticket), NULL, 0 },
	{ 0, "limit", "LIMIT", "waive: calls=N or cost=N a day; repeatable",
	    OPT_LIST, AT(limit), NULL, 0 },
	{ 0, "expired", NULL, "waivers: only those that have ended", OPT_FLAG,
	    AT(expired), NULL, 0 },
	{ 0, "unused", NULL, "waivers: only those without a call", OPT_FLAG,
	    AT(unused), NULL, 0 },
	{ 0, "soon", "SPAN", "waivers: only those that end within SPAN",
	    OPT_TEXT, AT(soon), NULL, 0 },
};

/* What an option of the table says of its commands, for the machine. */
static const struct opt_use uses[] = {
	{ "all", "list" },
	{ "format", "list|check|test|lists|waivers|explain|try|diff" },
	{ "by", "try" },
	{ "check", "fmt" },
	{ "like", "new" },
	{ "match", "try|waive" },
	{ "mutate", "test" },
	{ "only", "test" },
	{ "type", "explain|try" },
	{ "write", "fmt" },
	{ "strict", "check" },
	{ "map", "lists" },
	{ "name", "lists" },
	{ "of", "lists" },
	{ "reason", "waive" },
	{ "from", "waive" },
	{ "expires", "waive" },
	{ "owner", "waive" },
	{ "ticket", "waive" },
	{ "limit", "waive" },
	{ "expired", "waivers" },
	{ "unused", "waivers" },
	{ "soon", "waivers" },
};

enum { USES = sizeof(uses) / sizeof(uses[0]) };

/* The commands, as --help and the manual list them. */
static const struct command commands[] = {
	{ "list", "[GLOB]", "the rules, a line each", true, 0, 1,
	    command_list },
	{ "show", "ID", "one rule, with the origin of every value", true, 1, 1,
	    command_show },
	{ "fields", "[NAME]", "the fields a rule can ask for", false, 0, 1,
	    command_fields },
	{ "check", "[FILE]...", "whether rule and layout files are right",
	    false, 0, -1, command_check },
	{ "test", "[FILE]...", "run the tests that stand beside the rules",
	    false, 0, -1, command_test },
	{ "lists", "[NAME | import FILE]",
	    "the lists, or one, or a published one as a rule file", true, 0, 2,
	    command_lists },
	{ "waive", "RULE", "write a waiver for a rule, and print its id", false,
	    1, 1, command_waive },
	{ "waivers", "", "the waivers, with their use if there is a store",
	    true, 0, 0, command_waivers },
	{ "explain", "RULE CALL",
	    "why a call, FILE:LINE or an id, counts or not", true, 2, 2,
	    command_explain },
	{ "try", "[FILE]...", "how many calls each clause of --match leaves",
	    true, 0, -1, command_try },
	{ "fmt", "FILE|DIR...", "lay rule files out in the one way", false, 1,
	    -1, command_fmt },
	{ "new", "ID", "a rule to begin with, with tests", true, 1, 1,
	    command_new },
	{ "diff", "OLD NEW", "which rules differ; with --db, what it changes",
	    false, 2, 2, command_diff },
	{ "schema", "", "the JSON Schema of rule files", false, 0, 0,
	    command_schema },
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void
help_commands(struct buf *help)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		opts_help_line(help, commands[i].name, commands[i].args,
		    commands[i].help);
	buf_addch(help, '\n');
}

static const char *
command_name(size_t i)
{
	return i < COMMANDS ? commands[i].name : NULL;
}

const struct opts rules_opts = {
	"cdrrules",
	"Write, check, test and explain the rules of cdrguard.",
	"COMMAND [ARGUMENT]...",
	table,
	sizeof(table) / sizeof(table[0]),
	help_commands,
	command_name,
};

static const char *
command_at(const void *list, size_t i)
{
	(void)list;
	return command_name(i);
}

static const struct command *
find_command(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* What the command wrote goes out at once, whatever its verdict is. */
static int
run_command(const struct command *c, const struct rules_options *o, char **args,
    int nargs)
{
	struct rules_run r = { .o = o, .args = args, .nargs = nargs };
	int status;

	buf_init(&r.out);
	ruleset_init(&r.rules);
	status = setup_open(&r.setup, "cdrrules", &o->common);
	if (status == EXIT_DONE && c->wants_rules)
		status = setup_rules(&r.setup, &r.rules);
	if (status == EXIT_DONE)
		status = c->run(&r);
	if (status != EXIT_NOT_DONE)
		status = diag_worse(status,
		    (r.settings ? setup_put_shared : setup_put)(&r.setup,
			r.out.data, r.out.len));
	ruleset_fini(&r.rules);
	buf_fini(&r.out);
	setup_close(&r.setup);
	return status;
}

static const struct rules_options defaults = { .common.format = "text" };

/* The command behind the options, NULL with words if there is none. */
static const struct command *
choose(const struct diag *diag, const struct rules_options *o, char **operands,
    int n)
{
	const struct command *c = n > 0 ? find_command(operands[0]) : NULL;
	struct errmsg err;

	if (n == 0) {
		diag_error(diag, "no command; see cdrrules --help");
	} else if (c == NULL) {
		diag_unknown(diag, "unknown command", operands[0],
		    nearest(operands[0], command_at, commands));
	} else if (n - 1 < c->least || (c->most >= 0 && n - 1 > c->most)) {
		diag_error(diag, "usage: cdrrules %s %s", c->name, c->args);
		c = NULL;
	} else if (strcmp(o->common.format, "tap") == 0 &&
		   c->run != command_test) {
		diag_error(diag, "--format tap is for cdrrules test");
		c = NULL;
	} else if (opts_check_uses(&rules_opts, uses, USES, o, &defaults,
		       c->name, &err) != 0) {
		diag_error(diag, "%s", err.text);
		c = NULL;
	}
	return c;
}

int
main(int argc, char **argv)
{
	struct rules_options o = defaults;
	const struct diag diag = { .program = "cdrrules" };
	const struct command *c;
	int n, status = EXIT_NOT_DONE;
	enum opts_result parsed;
	struct errmsg err;
	char **operands;

	setup_streams();
	/* Whoever started us: a reader that goes away ends us quietly. */
	(void)signal(SIGPIPE, SIG_DFL);
	parsed = opts_parse(&rules_opts, argc, argv, &o, &operands, &n, &err);
	if (parsed == OPTS_SHOWN) {
		status = setup_shown(&diag);
	} else if (parsed == OPTS_WRONG) {
		diag_error(&diag, "%s; see cdrrules --help", err.text);
	} else if (o.common.show_config) {
		status = setup_show("cdrrules", &o.common);
	} else if ((c = choose(&diag, &o, operands, n)) != NULL) {
		status = run_command(c, &o, operands + 1, n - 1);
	}
	opt_list_fini(&o.common.rules);
	opt_list_fini(&o.match);
	opt_list_fini(&o.limit);
	return status;
}
