/*
 * rules: the settings of cdrrules and its commands, one file each.
 */
#ifndef CDRRULES_RULES_H
#define CDRRULES_RULES_H

#include "base/buf.h"
#include "rule/rule.h"
#include "tool/setup.h"

struct rules_options {
	struct setup_options common;
	const char *glob, *layout, *by, *like;
	bool all, strict, mutate, check, write;
	struct opt_list match; /* try: one; waive */
	struct opt_list limit; /* waive */
	const char *reason, *from, *expires, *owner, *ticket;
	bool expired, unused; /* waivers */
	const char *soon;
	const char *map, *list_name, *list_of; /* lists import */
};

extern const struct opts rules_opts;

/* What a command is given; what it returns is an enum exit_code. */
struct rules_run {
	struct setup setup;
	const struct rules_options *o;
	struct ruleset rules; /* loaded only if the command wants them */
	struct buf out;       /* goes to standard output or --output */
	bool settings;        /* and is what others read as settings */
	char **args;          /* behind the command's name */
	int nargs;
};

struct command {
	const char *name, *args, *help;
	bool wants_rules;
	int least, most; /* arguments; most -1: any number */
	int (*run)(struct rules_run *r);
};

int command_list(struct rules_run *r);
int command_show(struct rules_run *r);
int command_fields(struct rules_run *r);
int command_check(struct rules_run *r);
int command_test(struct rules_run *r);
int command_schema(struct rules_run *r);
int command_lists(struct rules_run *r);
int command_waive(struct rules_run *r);
int command_waivers(struct rules_run *r);

/* `lists import FILE`. */
int rules_import_list(struct rules_run *r);
int command_explain(struct rules_run *r);
int command_try(struct rules_run *r);
int command_fmt(struct rules_run *r);
int command_new(struct rules_run *r);
int command_diff(struct rules_run *r);

/* The loaded rule with this id; NULL when there is none, which is said. */
const struct rule *rules_find(struct rules_run *r, const char *id);

/*
 * The rules in force with those of these files beside them, in the place of
 * any with the same ids, and what the files tune and waive; without files the
 * rules in force.  Notes are the caller's.  -1 on errors.
 */
int rules_with_files(struct rules_run *r, char **files, int n,
    struct ruleset *rules, struct notes *notes);
/* Whether a path is one of these, or lies in a folder that is. */
bool rules_in_files(const char *path, char **files, int n);

/*
 * Rules from these files instead, beside the shipped lists and calendars;
 * notes are the caller's.  -1 on errors.
 */
int rules_from_files(struct rules_run *r, char **files, int n,
    struct ruleset *rules, struct notes *notes);

/*
 * A waiver, the object alone, behind all that were read; what is wrong is said
 * of the option that it came from.  -1 on errors.
 */
int rules_check_waiver(struct rules_run *r, const struct buf *waiver);

/* The mutants of these rules, whose tests have passed: an enum exit_code. */
int rules_mutate(struct rules_run *r, const struct ruleset *rules,
    struct notes *notes);

#endif
