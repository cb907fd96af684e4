/*
 * report: the settings of cdrreport, the report, and its commands.
 */
#ifndef CDRREPORT_REPORT_H
#define CDRREPORT_REPORT_H

#include "report/cursor.h"
#include "tool/setup.h"

struct report_options {
	struct setup_options common;
	const char *since, *until, *range, *severity, *detail, *fail_on;
	struct opt_list accounts, only, fraud_types, states;
	const char *columns, *sort, *to, *from, *subject, *attach;
	const char *cursor, *heartbeat, *pipe;
	long min_score, limit, width, redact;
	long days;        /* unused; 0: not given */
	const char *note; /* label, ack, close: why */
	bool raw;         /* calls: as recorded */
	bool waived, shadow, csv_safe, only_new, skip_empty;
};

extern const struct opts report_opts;
extern const struct report_options report_defaults;

/* How many last digits of outside numbers are not to be seen; 0: all are. */
int report_digits(const struct report_options *o, const struct setup *s);

enum {
	REPORT_WIDTH_MAX = 1000,
	REPORT_DAYS_MAX = 36525 /* a hundred years */
};

/* -1 with words for a number that cannot be meant. */
int report_check_numbers(const struct report_options *o, struct errmsg *err);

/* -1 with words for an option that the command, "" none, has no use for. */
int report_check_uses(const struct report_options *o, const char *command,
    struct errmsg *err);

/*
 * A command beside the report: the first operand is its name, before an entity
 * called so; `operands` are what comes behind.  Each opens and ends all that it
 * needs; an enum exit_code.
 */
struct report_command {
	const char *name, *args, *help;
	int least, most; /* operands; most -1: any number */
	int (*run)(const struct report_options *o, const char *name,
	    char **operands, int n);
};

/* The command of that name; NULL if there is none. */
const struct report_command *report_command(const char *name);
int report_commanded(const struct report_command *c,
    const struct report_options *o, char **operands, int n);
/* Append a line on each for --help; the name of the i-th, or NULL. */
void report_commands_help(struct buf *help);
const char *report_command_name(size_t i);

/* lockout: accounts to lock; unused: those nobody uses. */
int report_lockout(const struct report_options *o, const char *name,
    char **operands, int n);
int report_unused(const struct report_options *o, const char *name,
    char **operands, int n);
/* calls: all calls of a case. */
int report_calls(const struct report_options *o, const char *name,
    char **operands, int n);
/* runs: what ran over the store. */
int report_runs(const struct report_options *o, const char *name,
    char **operands, int n);
/* label, ack, close, note, labels: what people say of cases and findings. */
int report_say(const struct report_options *o, const char *name,
    char **operands, int n);
int report_labels(const struct report_options *o, const char *name,
    char **operands, int n);

/* One report in the making. */
struct reporting {
	struct setup setup;
	const struct report_options *o;
	struct results results;
	struct cursor *cursor; /* of --new, or NULL */
	int64_t heartbeat;     /* ms; 0: none */
	bool from_pipe;
	int status;
};

/*
 * Options that only together make sense; the cursor.  Problems are said, -1;
 * 1 when another report is at the cursor, which is said, too.
 */
int deliver_open(struct reporting *r);
/*
 * Write the report to where it is to go, and move the cursor when it got
 * there.  An enum exit_code.
 */
int deliver(struct reporting *r, const struct view *v,
    struct emit_options *opt);

/* -1 for a type of fraud that is none, said. */
int selected_types(const struct setup *s, const struct report_options *o);
/*
 * Say of what the options select by that nothing is known of it: the rules, the
 * types, and with `has_calls` the accounts of the store.
 */
void selected_warn(struct setup *s, const struct report_options *o,
    const struct results *rs, bool has_calls);

/*
 * What is asked for by these names: of a case that was merged into others,
 * which is said, those.  The list belongs to the results.
 */
struct select_any report_follow(const struct setup *s, struct results *rs,
    const char *const *operands, size_t n);

/* --sort of the report, into both; -1 for a field that is none, said. */
int report_sort(struct reporting *r, struct selection *sel,
    struct emit_options *opt);

/*
 * What pictures of the cases show, into `opt` and the arena; -1 when the calls
 * cannot be had, which is said.
 */
int history_load(struct reporting *r, const struct view *v, struct arena *arena,
    struct emit_options *opt);

/*
 * What was said of the cases that others were merged into, and of those, into
 * `opt` and the arena; -1 when it cannot be had, which is said.
 */
int said_load(struct reporting *r, const struct view *v, struct arena *arena,
    struct emit_options *opt);

/* The whole program behind its options; an enum exit_code. */
int report_run(const struct report_options *o, char **operands, int n);

#endif
