/*
 * opts: options as data.
 *
 * Each option of a program is one entry of a table: letter, name, argument,
 * one line of help, where its value goes.  Parsing, --help, the usage line,
 * the completion for shells and the test that compares them with the manual
 * read the same table.  GNU getopt_long rules: options and operands may mix
 * unless POSIXLY_CORRECT is set, "--" ends options, "--opt=value".
 */
#ifndef LIB_TOOL_OPTS_H
#define LIB_TOOL_OPTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/errmsg.h"

enum opt_kind {
	OPT_FLAG,  /* bool, set true */
	OPT_COUNT, /* int, one more each time */
	OPT_LESS,  /* int, one less each time */
	OPT_TEXT,  /* const char * */
	OPT_LIST,  /* struct opt_list, each time one more */
	OPT_INT,   /* long, a whole number from `least` */
	OPT_WORD,  /* const char *, one of `words` ("a|b|c") */
	OPT_HELP,
	OPT_VERSION,
	OPT_COMPLETION
};

struct opt_list {
	const char **items; /* borrowed from argv; the array is the list's */
	size_t n;
};

struct opt {
	char letter;      /* 0: none */
	const char *name; /* without the dashes */
	const char *arg;  /* name of the argument in help, or NULL */
	const char *help; /* one line, lower case, no full stop */
	enum opt_kind kind;
	size_t at;         /* offset in the settings struct */
	const char *words; /* OPT_WORD; OPT_LIST: of each item, or NULL */
	long least;        /* OPT_INT */
};

/* What a program tells about itself. */
struct opts {
	const char *program;
	const char *purpose;  /* one sentence for --help */
	const char *operands; /* "[FILE|DIR|-]..." */
	const struct opt *table;
	size_t n;
	/* NULL, or what else --help tells before the options: commands. */
	void (*more)(struct buf *help);
	/* NULL, or the name of the i-th command; NULL behind the last. */
	const char *(*command)(size_t i);
};

/* "  NAME ARGS      help", as --help sets options, for `more`. */
void opts_help_line(struct buf *help, const char *name, const char *args,
    const char *text);

enum opts_result {
	OPTS_GO,
	OPTS_SHOWN /* help, version or completion went to stdout */,
	OPTS_WRONG
};

/*
 * Parse into `settings`; `*operands` points to the first of `*noperands`
 * operands in argv, which is permuted.
 */
enum opts_result opts_parse(const struct opts *o, int argc, char **argv,
    void *settings, char ***operands, int *noperands, struct errmsg *err);

/*
 * An option that only some commands of a program take: "list|show"; an empty
 * name among them is the work without a command.  What stands in no table is
 * for all of them.
 */
struct opt_use {
	const char *name, *commands;
};
bool opt_use_has(const struct opt_use *use, const char *command);
/*
 * -1 with words if an option was given that `command` has no use for; it was
 * where its setting differs from that of `defaults`.
 */
int opts_check_uses(const struct opts *o, const struct opt_use *uses, size_t n,
    const void *settings, const void *defaults, const char *command,
    struct errmsg *err);
void opt_list_fini(struct opt_list *l);

/*
 * The completion of the program's command line as a script for bash (its
 * manual, Programmable Completion), appended to `script`: options, values
 * that are one of a few words, commands; file names where FILE or DIR is
 * wanted, and of operands.
 */
void opts_completion(const struct opts *o, struct buf *script);

#endif
