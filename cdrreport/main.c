/* cdrreport: findings out of the store, or of a pipe, as a report. */
#include "report.h"

#include <signal.h>
#include <stdio.h>

/* The first operand may be a command; else all of them say what to show. */
static int
run(const struct diag *diag, const struct report_options *o, char **operands,
    int n)
{
	const struct report_command *c =
	    n > 0 ? report_command(operands[0]) : NULL;

	if (o->days > 0 && (c == NULL || c->run != report_unused)) {
		diag_error(diag, "--days is for cdrreport unused");
		return EXIT_NOT_DONE;
	}
	if (o->raw && (c == NULL || c->run != report_calls)) {
		diag_error(diag, "--raw is for cdrreport calls");
		return EXIT_NOT_DONE;
	}
	return c != NULL ? report_commanded(c, o, operands + 1, n - 1)
			 : report_run(o, operands, n);
}

int
main(int argc, char **argv)
{
	struct report_options o = { .min_score = -1 };
	const struct diag diag = { .program = "cdrreport" };
	enum opts_result parsed;
	struct errmsg err;
	char **operands;
	int n, status;

	/* Whoever started us: a reader that goes away ends us quietly. */
	(void)signal(SIGPIPE, SIG_DFL);
	parsed = opts_parse(&report_opts, argc, argv, &o, &operands, &n, &err);
	if (parsed == OPTS_SHOWN) {
		status = fflush(stdout) == 0 ? EXIT_DONE : EXIT_NOT_DONE;
	} else if (parsed == OPTS_WRONG) {
		diag_error(&diag, "%s; see cdrreport --help", err.text);
		status = EXIT_NOT_DONE;
	} else if (o.common.show_config) {
		status = setup_show("cdrreport", &o.common);
	} else {
		status = run(&diag, &o, operands, n);
	}
	opt_list_fini(&o.common.rules);
	opt_list_fini(&o.accounts);
	opt_list_fini(&o.only);
	opt_list_fini(&o.fraud_types);
	opt_list_fini(&o.states);
	return status;
}
