/*
 * report: the settings of cdrreport, and the report.
 */
#ifndef CDRREPORT_REPORT_H
#define CDRREPORT_REPORT_H

#include "tool/setup.h"

struct report_options {
	struct setup_options common;
	const char *since, *until, *range, *severity, *detail, *fail_on;
	struct opt_list accounts, only, fraud_types, states;
	long min_score, limit, width, redact;
	long days; /* unused; 0: not given */
	bool waived, shadow;
};

extern const struct opts report_opts;
extern const struct report_options report_defaults;

/* -1 with words for an option that the command, "" none, has no use for. */
int report_check_uses(const struct report_options *o, const char *command,
    struct errmsg *err);

/* The whole program behind its options; an enum exit_code. */
int report_run(const struct report_options *o, char **operands, int n);

/*
 * The commands, which stand before an entity of the same name: `nargs` counts
 * the operands behind the word, and they take none.
 */
int report_lockout(const struct report_options *o, int nargs);
int report_unused(const struct report_options *o, int nargs);

#endif
