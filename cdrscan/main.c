/* cdrscan: call detail records in, findings out. */
#include "scan.h"

#include <signal.h>

/* It needs a store, and reads nothing. */
static void
forget(struct scan *s, char **operands, int n)
{
	if (n > 0)
		diag_error(&s->setup.diag, "--forget reads no files: '%s'",
		    operands[0]);
	else if (s->setup.db == NULL)
		diag_error(&s->setup.diag,
		    "--forget: no store: -d FILE, CDR_DB or \"db\" in the "
		    "configuration");
	if (n > 0 || s->setup.db == NULL)
		s->status = EXIT_NOT_DONE;
	else
		scan_stored(s, operands, 0);
}

/* The first option given that is nothing without a store, or NULL. */
static const char *
of_store(const struct scan_options *o)
{
	const struct {
		const char *name;
		bool given;
	} options[] = {
		{ "rescore", o->rescore },
		{ "prune", o->prune },
		{ "no-archive", o->no_archive },
		{ "dry-run", o->dry_run },
		{ "print", o->print },
		{ "wait", o->wait != NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].given)
			return options[i].name;
	return NULL;
}

/* A question that no store is asked for would pass such an option over. */
static bool
has_use(const struct diag *diag, const char *question,
    const struct scan_options *o)
{
	const char *name = of_store(o);

	if (name == NULL)
		return true;
	diag_error(diag, "--%s has no use for --%s", question, name);
	return false;
}

/*
 * Whoever gives one means a store; that there is none, or that the configured
 * one is for runs without operands, must not be found out later.
 */
static bool
may_do_without(struct scan *s, bool named)
{
	const char *name = of_store(s->o);

	if (name == NULL)
		return true;
	if (s->o->recognise)
		(void)has_use(&s->setup.diag, "recognise", s->o);
	else
		diag_error(&s->setup.diag,
		    named ? "--%s needs a store: -d FILE, as files are named"
			  : "--%s needs a store: -d FILE, CDR_DB or \"db\" in "
			    "the configuration",
		    name);
	s->status = EXIT_NOT_DONE;
	return false;
}

/* Files without -d are looked at and nothing is kept. */
static void
choose(struct scan *s, char **operands, int n)
{
	if (s->o->forget != NULL) {
		forget(s, operands, n);
	} else if (n == 0 && s->setup.config.nsources == 0 &&
		   (!s->o->rescore || s->setup.db == NULL)) {
		if (s->setup.db != NULL || may_do_without(s, false))
			diag_error(&s->setup.diag,
			    "nothing to read: name a file, or configure "
			    "sources");
		s->status = EXIT_NOT_DONE;
	} else if (!s->o->recognise && (s->o->common.db != NULL ||
					   (n == 0 && s->setup.db != NULL))) {
		scan_stored(s, operands, n);
	} else if (may_do_without(s, n > 0)) {
		if (s->o->recognise)
			scan_recognise(s, operands, n);
		else
			scan_stateless(s, operands, n);
	}
}

static int
run(const struct scan_options *o, char **operands, int n)
{
	struct scan s;

	scan_open(&s, o);
	if (s.status != EXIT_NOT_DONE)
		choose(&s, operands, n);
	if (s.status == EXIT_NOT_DONE && !s.kept && !o->dry_run &&
	    !o->recognise && (o->common.db != NULL || n == 0))
		scan_note_failure(&s);
	scan_profile(&s);
	scan_stats(&s);
	scan_close(&s);
	return s.status;
}

/* Who asks two things at once would be answered one, or have it done. */
static bool
asks_once(const struct diag *diag, const struct scan_options *o)
{
	const struct {
		const char *name;
		bool given;
	} asked[] = {
		{ "show-config", o->common.show_config },
		{ "check-config", o->check_config },
		{ "number", o->number != NULL },
		{ "recognise", o->recognise },
		{ "forget", o->forget != NULL },
	};
	const char *first = NULL;
	size_t i;

	for (i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		if (asked[i].given && first != NULL) {
			diag_error(diag, "--%s and --%s exclude each other",
			    first, asked[i].name);
			return false;
		}
		if (asked[i].given)
			first = asked[i].name;
	}
	/* What is forgotten is not read again; the rest stays as it was. */
	if (o->forget != NULL && o->rescore) {
		diag_error(diag, "--forget and --rescore exclude each other");
		return false;
	}
	return true;
}

/* A question about settings, which no file belongs to, or a run. */
static int
answer(const struct diag *diag, const struct scan_options *o, char **operands,
    int n)
{
	const char *question = o->number != NULL ? "number"
			       : o->check_config ? "check-config"
						 : NULL;

	if (!asks_once(diag, o) ||
	    (question != NULL && !has_use(diag, question, o)))
		return EXIT_NOT_DONE;
	if (question != NULL && n > 0) {
		diag_error(diag, "--%s reads no files: '%s'", question,
		    operands[0]);
		return EXIT_NOT_DONE;
	}
	if (o->common.show_config)
		return setup_show("cdrscan", &o->common);
	if (o->number != NULL)
		return scan_number(o);
	if (o->check_config)
		return scan_check_config(o);
	return run(o, operands, n);
}

int
main(int argc, char **argv)
{
	struct scan_options o = { .layout = NULL };
	const struct diag diag = { .program = "cdrscan" };
	enum opts_result parsed;
	struct errmsg err;
	char **operands;
	int n, status;

	setup_streams();
	/* Whoever started us: a reader that goes away ends us quietly. */
	(void)signal(SIGPIPE, SIG_DFL);
	parsed = opts_parse(&scan_opts, argc, argv, &o, &operands, &n, &err);
	if (parsed == OPTS_SHOWN) {
		status = setup_shown(&diag);
	} else if (parsed == OPTS_WRONG) {
		diag_error(&diag, "%s; see cdrscan --help", err.text);
		status = EXIT_NOT_DONE;
	} else {
		status = answer(&diag, &o, operands, n);
	}
	opt_list_fini(&o.common.rules);
	opt_list_fini(&o.only);
	opt_list_fini(&o.except);
	return status;
}
