#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "detect/findjson.h"
#include "io/input.h"
#include "report/emit_csv.h"
#include "store/store_findings.h"
#include "store/store_runs.h"

enum { STREAM_MAX = 1 << 30 }; /* bytes of findings on standard input */

static void
fail(struct reporting *r, const char *words)
{
	diag_error(&r->setup.diag, "%s", words);
	r->status = EXIT_NOT_DONE;
}

static void
load_pipe(struct reporting *r)
{
	struct errmsg err;
	char *text = NULL;
	size_t len;
	int got;

	if (isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1)
		diag_remark(&r->setup.diag, "waiting for standard input");
	got = input_slurp("-", STREAM_MAX, &text, &len, &err);
	if (got == 0)
		got = findjson_read_stream(&r->results, text, len,
		    "standard input", &err);
	if (got < 0) {
		fail(r, err.text);
	} else if (got > 0) {
		diag_error(&r->setup.diag,
		    "standard input ended early: no run line");
		r->status = EXIT_INCOMPLETE;
	}
	free(text);
}

/*
 * Where the latest scan failed, what is reported is that of the one before; who
 * reads it must not take it for this night's.
 */
static int
remark_failure(struct reporting *r, struct store *store, struct errmsg *err)
{
	struct results *rs = &r->results;
	const struct run told = rs->run;
	struct store_run *last = NULL;
	const char **list;
	size_t n = 0;
	int got = store_runs_load(store, 1, rs, &last, &n, err);

	rs->run = told;
	if (got != 0 || n == 0 || last->error == NULL ||
	    strcmp(last->what, "scan") != 0)
		return got;
	list = arena_array(&rs->arena, told.nremarks + 1, sizeof(*list));
	list[0] = arena_printf(&rs->arena,
	    "THE LAST SCAN FAILED, %s: %s.  All this is of the run before.",
	    last->run.id, last->error);
	if (told.nremarks > 0)
		memcpy(list + 1, told.remarks, told.nremarks * sizeof(*list));
	rs->run.remarks = list;
	rs->run.nremarks++;
	return 0;
}

static void
load_store(struct reporting *r)
{
	struct store *store;
	struct errmsg err;
	int got;

	if (r->setup.db == NULL) {
		fail(r, "no store: -d FILE, CDR_DB or \"db\" in the "
			"configuration; - reads standard input");
		return;
	}
	if (store_open(&store, r->setup.db, STORE_READ, &err) != 0) {
		fail(r, err.text);
		return;
	}
	got = store_findings_load(store, &r->results, &err);
	if (got == 0)
		got = remark_failure(r, store, &err);
	if (got < 0)
		fail(r, err.text);
	else if (got > 0)
		fail(r, "the store is empty: no cdrscan has ended yet");
	store_close(&store);
}

static void
load(struct reporting *r)
{
	if (r->from_pipe)
		load_pipe(r);
	else
		load_store(r);
}

/* Local midnight `days` days before the day of `now`. */
static int64_t
midnight(const struct zone *z, int64_t now, int64_t days)
{
	return zone_day_start(z, zone_local_day(z, now) - days, 0, 0);
}

/* --range: weeks begin on Monday. */
static void
select_range(struct reporting *r, struct selection *sel)
{
	const struct zone *z =
	    r->setup.zone != NULL ? r->setup.zone : zone_utc();
	int64_t now = r->setup.now, day = zone_local_day(z, now);
	const char *range = r->o->range;
	int8_t month, mday;
	int32_t year;

	if (strcmp(range, "today") == 0) {
		sel->since = midnight(z, now, 0);
		sel->until = INT64_MAX;
	} else if (strcmp(range, "yesterday") == 0) {
		sel->since = midnight(z, now, 1);
		sel->until = midnight(z, now, 0);
	} else if (strcmp(range, "last-week") == 0) {
		sel->until = midnight(z, now, zone_weekday(day));
		sel->since = midnight(z, now, zone_weekday(day) + 7);
	} else {
		zone_date(day, &year, &month, &mday);
		sel->until = midnight(z, now, mday - 1);
		day -= mday; /* the last day of the month before */
		zone_date(day, &year, &month, &mday);
		sel->since = zone_day_start(z, day - mday + 1, 0, 0);
	}
}

static int
select_times(struct reporting *r, struct selection *sel)
{
	const struct report_options *o = r->o;

	if (o->range != NULL)
		select_range(r, sel);
	if ((o->since != NULL &&
		setup_time(&r->setup, "--since", o->since, &sel->since) != 0) ||
	    (o->until != NULL &&
		setup_time(&r->setup, "--until", o->until, &sel->until) != 0)) {
		r->status = EXIT_NOT_DONE;
		return -1;
	}
	if (sel->since >= sel->until) {
		fail(r, "--since is not before --until");
		return -1;
	}
	return 0;
}

/* Names on the command line must exist: a typing error is not "all clear". */
static int
select_names(struct reporting *r, char **operands, int n, struct selection *sel)
{
	int i;

	for (i = 0; i < n; i++)
		if (!select_knows(&r->results, operands[i])) {
			diag_error(&r->setup.diag,
			    "no entity, case or finding: '%s'", operands[i]);
			r->status = EXIT_NOT_DONE;
			return -1;
		}
	sel->names = report_follow(&r->setup, &r->results,
	    (const char *const *)operands, (size_t)n);
	return 0;
}

static struct select_any
any_of(const struct opt_list *l)
{
	return (struct select_any){ .list = l->items, .n = l->n };
}

/* Closed cases are news, too, unless states are asked for. */
static void
select_news(struct reporting *r, struct selection *sel)
{
	static const char *const telling[] = { "open", "acknowledged",
		"closed" };

	sel->news = cursor_news;
	sel->news_context = r->cursor;
	if (r->o->states.n > 0)
		return;
	sel->states.list = telling;
	sel->states.n = sizeof(telling) / sizeof(telling[0]);
}

/*
 * Who was told nothing for weeks, because the mailer failed or nothing was
 * scanned, must not miss what happened meanwhile; with a day for logs that
 * came late to the last report.
 */
static void
reach_back(const struct reporting *r, struct selection *sel)
{
	static const int64_t late = INT64_C(24) * 3600 * 1000;
	const int64_t seen = cursor_seen(r->cursor);

	if (seen != INT64_MAX && seen - late < sel->since)
		sel->since = seen - late;
}

static int
make_selection(struct reporting *r, char **operands, int n,
    struct selection *sel)
{
	const struct report_options *o = r->o;

	selection_init(sel);
	/* A named case is shown whatever its age and score. */
	if (n == 0 && !r->from_pipe && o->range == NULL && o->since == NULL &&
	    o->until == NULL && o->states.n == 0) {
		selection_recent(sel, r->results.run.as_of);
		if (o->only_new)
			reach_back(r, sel);
	}
	if (o->min_score >= 0)
		sel->min_score = (int)o->min_score;
	else if (n == 0 && o->severity == NULL)
		sel->min_score = (int)r->setup.config.report_min_score;
	if (o->severity != NULL)
		sel->min_severity = (enum severity)severity_parse(o->severity);
	sel->accounts = any_of(&o->accounts);
	sel->rules = any_of(&o->only);
	sel->fraud_types = any_of(&o->fraud_types);
	if (o->states.n > 0)
		sel->states = any_of(&o->states);
	sel->limit = (size_t)o->limit;
	if (o->only_new)
		select_news(r, sel);
	sel->waived = o->waived;
	sel->shadow = o->shadow;
	if (select_times(r, sel) != 0)
		return -1;
	if (selected_types(&r->setup, o) != 0) {
		r->status = EXIT_NOT_DONE;
		return -1;
	}
	return select_names(r, operands, n, sel);
}

/* On a terminal the text is as wide as the terminal says. */
static int
text_width(const struct report_options *o)
{
	const char *columns = getenv("COLUMNS");
	long width = o->width;

	if (width == 0 && columns != NULL && isatty(STDOUT_FILENO) == 1)
		width = strtol(columns, NULL, 10);
	return width >= 60 && width <= REPORT_WIDTH_MAX ? (int)width : 0;
}

/* How the report is to look. */
static int
make_options(struct reporting *r, struct emit_options *opt, struct arena *arena)
{
	const struct report_options *o = r->o;
	struct errmsg err;

	emit_options_init(opt);
	opt->width = text_width(o);
	opt->csv_safe = o->csv_safe;
	opt->calls_command = r->from_pipe ? NULL : "cdrreport calls";
	opt->to = o->to != NULL ? o->to : r->setup.config.report_to;
	opt->from = o->from;
	opt->subject = o->subject;
	opt->attach_csv = o->attach != NULL;
	if (o->detail != NULL)
		opt->detail =
		    (enum report_detail)report_detail_parse(o->detail);
	if (o->columns == NULL ||
	    emit_csv_choose(opt, arena, o->columns, &err) == 0)
		return 0;
	diag_error(&r->setup.diag, "--columns: %s", err.text);
	r->status = EXIT_NOT_DONE;
	return -1;
}

static bool
has_pictures(const struct report_options *o)
{
	static const char *const formats[] = { "text", "html", "mail" };
	const char *format = o->common.format;
	size_t i;

	if (o->detail != NULL && strcmp(o->detail, "low") == 0)
		return false;
	for (i = 0; format != NULL && i < sizeof(formats) / sizeof(formats[0]);
	     i++)
		if (strcmp(format, formats[i]) == 0)
			return true;
	return format == NULL;
}

static void
report_view(struct reporting *r, const struct view *v, struct arena *arena,
    struct emit_options *opt)
{
	const char *fail_on = r->o->fail_on;

	if (has_pictures(r->o) &&
	    (history_load(r, v, arena, opt) != 0 ||
		(!r->from_pipe && said_load(r, v, arena, opt) != 0))) {
		r->status = EXIT_NOT_DONE;
		return;
	}
	if (report_digits(r->o, &r->setup) > 0)
		report_redact(&r->results, report_digits(r->o, &r->setup));
	r->status = diag_worse(r->status, deliver(r, v, opt));
	if (fail_on != NULL && (int)view_severity(v) >= severity_parse(fail_on))
		r->status = diag_worse(r->status, EXIT_HOLDS);
}

static void
report(struct reporting *r, char **operands, int n)
{
	struct arena arena = { 0 };
	struct emit_options opt;
	struct selection sel;
	struct view view;

	/* What the run was told about zones is better than no zone at all. */
	if (r->setup.zone == NULL && r->results.run.zone != NULL)
		r->setup.zone = zone_get(r->results.run.zone, NULL);
	if (make_options(r, &opt, &arena) == 0 &&
	    make_selection(r, operands, n, &sel) == 0 &&
	    report_sort(r, &sel, &opt) == 0) {
		selected_warn(&r->setup, r->o, &r->results, !r->from_pipe);
		view_init(&view, &r->results, &sel);
		if (n > 0) { /* who asks for a case by name wants it all */
			opt.timeline = true;
			opt.cases = 0;
		}
		report_view(r, &view, &arena, &opt);
		view_fini(&view);
	}
	arena_fini(&arena);
}

static int
open_delivery(struct reporting *r)
{
	const int got = deliver_open(r);

	if (got != 0)
		r->status = got > 0 ? EXIT_BUSY : EXIT_NOT_DONE;
	return got;
}

int
report_run(const struct report_options *o, char **operands, int n)
{
	struct reporting r = { .o = o };
	bool ready, from_pipe = n > 0 && strcmp(operands[0], "-") == 0;

	results_init(&r.results);
	r.status = setup_open(&r.setup, "cdrreport", &o->common);
	r.from_pipe = from_pipe;
	ready = r.status != EXIT_NOT_DONE && open_delivery(&r) == 0;
	if (ready)
		load(&r);
	if (ready && r.status != EXIT_NOT_DONE)
		report(&r, operands + from_pipe, n - from_pipe);
	cursor_free(&r.cursor);
	results_fini(&r.results);
	setup_close(&r.setup);
	return r.status;
}
