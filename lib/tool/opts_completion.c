#include "tool/opts.h"

#include <string.h>

/* What bash reads before the options: --opt=VALUE comes as three words. */
static const char head[] = "{\n"
			   "\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
			   "\tlocal prev=${COMP_WORDS[COMP_CWORD-1]}\n"
			   "\tif [[ $cur == \"=\" ]]; then\n"
			   "\t\tcur=\n"
			   "\telif [[ $prev == \"=\" ]]; then\n"
			   "\t\tprev=${COMP_WORDS[COMP_CWORD-2]}\n"
			   "\tfi\n"
			   "\tCOMPREPLY=()\n"
			   "\tcase $prev in\n";

/* "-f | --format)" */
static void
add_pattern(struct buf *b, const struct opt *opt)
{
	buf_addch(b, '\t');
	if (opt->letter != 0)
		buf_addf(b, "-%c | ", opt->letter);
	buf_addf(b, "--%s)\n", opt->name);
}

/* The words of "a|b|c" in an array that begins with what was typed. */
static void
add_words(struct buf *b, const char *words)
{
	buf_addstr(b, "\t\tmapfile -t COMPREPLY < <(compgen -W '");
	for (; *words != '\0'; words++)
		buf_addch(b, *words == '|' ? ' ' : *words);
	buf_addstr(b, "' -- \"$cur\")\n");
}

/* How the value is completed; without a word, bash offers file names. */
static void
add_value(struct buf *b, const struct opt *opt)
{
	add_pattern(b, opt);
	if (opt->words != NULL)
		add_words(b, opt->words);
	else if (strcmp(opt->arg, "FILE") != 0 && strcmp(opt->arg, "DIR") != 0)
		buf_addstr(b, "\t\tcompopt +o default\n");
	buf_addstr(b, "\t\treturn ;;\n");
}

/* All options, one after the other, where one begins. */
static void
add_options(struct buf *b, const struct opts *o)
{
	size_t i;

	buf_addstr(b, "\tif [[ $cur == -* ]]; then\n"
		      "\t\tmapfile -t COMPREPLY < <(compgen -W '");
	for (i = 0; i < o->n; i++)
		buf_addf(b, "%s--%s", i > 0 ? " " : "", o->table[i].name);
	buf_addstr(b, "' -- \"$cur\")\n\t\treturn\n\tfi\n");
}

/* The commands, as long as none stands there. */
static void
add_commands(struct buf *b, const struct opts *o)
{
	size_t i;

	buf_addstr(b, "\tlocal word commands='");
	for (i = 0; o->command(i) != NULL; i++)
		buf_addf(b, "%s%s", i > 0 ? " " : "", o->command(i));
	buf_addstr(b, "'\n"
		      "\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
		      "\t\t[[ \" $commands \" != *\" $word \"* ]] || return\n"
		      "\tdone\n"
		      "\tmapfile -t COMPREPLY < <(compgen -W \"$commands\" -- "
		      "\"$cur\")\n");
}

void
opts_completion(const struct opts *o, struct buf *b)
{
	size_t i;

	buf_addf(b, "# bash completion of %s %s\n_%s()\n%s", o->program,
	    CDRGUARD_VERSION, o->program, head);
	for (i = 0; i < o->n; i++)
		if (o->table[i].arg != NULL)
			add_value(b, &o->table[i]);
	buf_addstr(b, "\tesac\n");
	add_options(b, o);
	if (o->command != NULL)
		add_commands(b, o);
	buf_addf(b, "}\ncomplete -o default -F _%s %s\n", o->program,
	    o->program);
}
