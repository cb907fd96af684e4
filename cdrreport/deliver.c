/* Where a report goes, and what happens once it is there. */
#include "report.h"

#include <ctype.h>
#include <string.h>

#include "io/command.h"
#include "tel/calltime.h"

#define CURSOR_DEFAULT "default"

enum { WAIT_SECONDS = 10 }; /* for another report with the same cursor */

static int
fail(const struct reporting *r, const char *words)
{
	diag_error(&r->setup.diag, "%s", words);
	return -1;
}

/* The lock of a cursor is beside it, and is none. */
static bool
is_plain_name(const char *name)
{
	static const char lock[] = ".lock";
	const size_t len = strlen(name), tail = sizeof(lock) - 1;
	const char *p;

	if (len >= tail && strcmp(name + len - tail, lock) == 0)
		return false;
	for (p = name; isalnum((unsigned char)*p) || strchr("._-", *p); p++)
		if (*p == '\0')
			return p > name && name[0] != '.';
	return false;
}

/* A name is a file beside the store; with a slash it is the file itself. */
static int
open_cursor(struct reporting *r)
{
	const char *name = r->o->cursor != NULL ? r->o->cursor : CURSOR_DEFAULT;
	struct errmsg err;
	struct buf path;
	int got;

	if (strchr(name, '/') == NULL && r->setup.db == NULL)
		return fail(r, "--cursor without a store must be a path");
	if (strchr(name, '/') == NULL && !is_plain_name(name))
		return fail(r, "--cursor takes letters, digits and . _ -, or "
			       "a path, and does not end in .lock");
	buf_init(&path);
	if (strchr(name, '/') == NULL)
		buf_addf(&path, "%s.cursor-%s", r->setup.db, name);
	else
		buf_addstr(&path, name);
	got = cursor_open(&r->cursor, path.data, WAIT_SECONDS, &err);
	if (got != 0)
		(void)fail(r, err.text);
	buf_fini(&path);
	return got;
}

static bool
is_one_of(const char *word, const char *words)
{
	const size_t len = strlen(word);

	for (;; words++) {
		if (strncmp(words, word, len) == 0 &&
		    (words[len] == '\0' || words[len] == ' '))
			return true;
		words = strchr(words, ' ');
		if (words == NULL)
			return false;
	}
}

/* What the format would leave aside, its user did not expect. */
static int
check_format(const struct reporting *r)
{
	const struct report_options *o = r->o;
	const char *format =
	    o->common.format != NULL ? o->common.format : "text";
	const struct {
		const char *option;
		bool given;
		const char *formats;
	} uses[] = {
		{ "attach", o->attach != NULL, "mail" },
		{ "columns", o->columns != NULL, "csv tsv" },
		{ "csv-safe", o->csv_safe, "csv tsv mail" },
		{ "detail", o->detail != NULL, "text html mail" },
		{ "from", o->from != NULL, "mail" },
		{ "subject", o->subject != NULL, "mail" },
		{ "to", o->to != NULL, "mail" },
		{ "width", o->width > 0, "text mail" },
	};
	size_t i;

	for (i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
		if (!uses[i].given || is_one_of(format, uses[i].formats))
			continue;
		diag_error(&r->setup.diag, "%s has no use for --%s; %s %s",
		    format, uses[i].option, uses[i].formats,
		    strchr(uses[i].formats, ' ') != NULL ? "have" : "has");
		return -1;
	}
	return 0;
}

int
deliver_open(struct reporting *r)
{
	const struct report_options *o = r->o;

	if (check_format(r) != 0)
		return -1;
	if (o->cursor != NULL && !o->only_new)
		return fail(r, "--cursor goes with --new");
	if (o->heartbeat != NULL && (!o->only_new || !o->skip_empty))
		return fail(r, "--heartbeat goes with --new and --skip-empty");
	if (o->heartbeat != NULL &&
	    (span_parse(o->heartbeat, &r->heartbeat) != 0 || r->heartbeat <= 0))
		return fail(r, "--heartbeat takes a time such as 7d");
	if (o->pipe != NULL && o->common.output != NULL)
		return fail(r, "--pipe and --output exclude each other");
	return o->only_new ? open_cursor(r) : 0;
}

/* Whether somebody must hear that there is nothing. */
static bool
heartbeat_due(const struct reporting *r)
{
	return r->heartbeat > 0 &&
	       r->setup.now - cursor_sent(r->cursor) >= r->heartbeat;
}

static int
send(struct reporting *r, const struct view *v, struct emit_options *opt)
{
	struct errmsg err;
	struct buf b;
	int status;

	if (r->o->pipe == NULL)
		return setup_emit(&r->setup, v, opt);
	buf_init(&b);
	status = setup_emit_buf(&r->setup, v, opt, &b);
	if (status == EXIT_DONE &&
	    command_feed(r->o->pipe, b.data, b.len, &err) != 0) {
		(void)fail(r, err.text);
		status = EXIT_NOT_DONE;
	}
	buf_fini(&b);
	return status;
}

int
deliver(struct reporting *r, const struct view *v, struct emit_options *opt)
{
	const bool quiet =
	    r->o->skip_empty && view_quiet(v) && !heartbeat_due(r);
	int status = quiet ? EXIT_DONE : send(r, v, opt);
	struct errmsg err;

	if (status != EXIT_DONE || r->cursor == NULL)
		return status;
	if ((quiet ? cursor_pass(r->cursor, v, &err)
		   : cursor_move(r->cursor, v, r->setup.now, &err)) == 0)
		return EXIT_DONE;
	(void)fail(r, err.text);
	return EXIT_NOT_DONE;
}
