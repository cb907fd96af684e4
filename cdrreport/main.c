/* cdrreport: findings out of the store, or of a pipe, as a report. */
#include "report.h"

#include <signal.h>

/* The first operand may be a command; else all of them say what to show. */
static int
run(const struct diag *diag, const struct report_options *o, char **operands,
    int n)
{
	const struct report_command *c =
	    n > 0 ? report_command(operands[0]) : NULL;
	struct errmsg err;

	if (report_check_uses(o, c != NULL ? c->name : "", &err) != 0 ||
	    report_check_numbers(o, &err) != 0) {
		diag_error(diag, "%s", err.text);
		return EXIT_NOT_DONE;
	}
	return c != NULL ? report_commanded(c, o, operands + 1, n - 1)
			 : report_run(o, operands, n);
}

int
main(int argc, char **argv)
{
	struct report_options o = report_defaults;
	const struct diag diag = { .program = "cdrreport" };
	enum opts_result parsed;
	struct errmsg err;
	char **operands;
	int n, status;

	setup_streams();
	/* Whoever started us: a reader that goes away ends us quietly. */
	(void)signal(SIGPIPE, SIG_DFL);
	parsed = opts_parse(&report_opts, argc, argv, &o, &operands, &n, &err);
	if (parsed == OPTS_SHOWN) {
		status = setup_shown(&diag);
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
