#include "scan.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/beside.h"
#include "base/nearest.h"
#include "detect/cases.h"
#include "detect/detect.h"
#include "tel/calltime.h"
#include "tool/progress.h"
#include "tool/readcalls.h"

static const char *
rule_id(const void *table, size_t i)
{
	const struct ruleset *rules = table;

	return i < rules->n ? rules->rules[i]->id : NULL;
}

static void
check_glob_list(struct scan *s, const char *option, const struct opt_list *l)
{
	struct buf what;
	size_t i, k;

	buf_init(&what);
	for (i = 0; i < l->n; i++) {
		for (k = 0; k < s->rules.n; k++)
			if (fnmatch(l->items[i], s->rules.rules[k]->id, 0) == 0)
				break;
		if (k < s->rules.n)
			continue;
		buf_reset(&what);
		buf_addf(&what, "--%s: no such rule", option);
		diag_unknown(&s->setup.diag, what.data, l->items[i],
		    nearest(l->items[i], rule_id, &s->rules));
		s->status = EXIT_NOT_DONE;
	}
	buf_fini(&what);
}

/* A rule that does not exist must not look like one that found nothing. */
static void
check_globs(struct scan *s)
{
	check_glob_list(s, "rule", &s->o->only);
	check_glob_list(s, "exclude", &s->o->except);
}

/* --wait: a time such as 1h, or a whole number of seconds. */
static void
settle_wait(struct scan *s)
{
	const char *text = s->o->wait;
	int64_t ms = 0;
	struct buf span;

	if (text == NULL)
		return;
	buf_init(&span);
	buf_addf(&span, "%ss", text);
	if ((span_parse(text, &ms) == 0 || span_parse(span.data, &ms) == 0) &&
	    ms >= 0 && ms / 1000 < LONG_MAX / 2) {
		s->wait = (long)((ms + 999) / 1000);
	} else {
		diag_error(&s->setup.diag,
		    "--wait: a time such as 1h, or seconds, is needed: '%s'",
		    text);
		s->status = EXIT_NOT_DONE;
	}
	buf_fini(&span);
}

/* For --profile, and for whoever waits at a terminal. */
static void
watch(struct scan *s)
{
	const struct scan_options *o = s->o;

	if (o->profile || (o->common.verbosity >= 0 && progress_possible()))
		s->stages = stages_new();
}

/* Once messages can make room for it. */
static void
show_progress(struct scan *s)
{
	s->setup.stages = s->stages;
	if (s->stages != NULL && s->setup.diag.verbosity >= 0 &&
	    progress_possible())
		s->setup.diag.progress = progress_start("cdrscan", s->stages);
}

void
scan_open(struct scan *s, const struct scan_options *o)
{
	struct stages_span span;

	memset(s, 0, sizeof(*s));
	s->o = o;
	watch(s);
	stages_begin(s->stages, &span, "settings");
	s->frozen = INT64_MIN;
	notes_init(&s->notes);
	notes_init(&s->unread);
	notes_init(&s->detecting);
	ruleset_init(&s->rules);
	results_init(&s->results);
	results_init(&s->earlier);
	detect_keep_init(&s->kept_before);
	detect_keep_init(&s->keep);
	s->batch = batch_new();
	s->status = setup_open(&s->setup, "cdrscan", &o->common);
	s->setup.threads = (size_t)o->threads;
	show_progress(s);
	s->layouts = layouts_new();
	if (s->status == EXIT_DONE)
		s->status = readcalls_rules_and_layouts(&s->setup, &s->rules,
		    s->layouts, (size_t)o->threads);
	s->batch->keep_ids = s->status == EXIT_DONE &&
			     !ruleset_asks(&s->rules, field_find("call_id"));
	if (s->status == EXIT_DONE)
		(void)scan_settle_reading(s);
	if (s->status == EXIT_DONE)
		check_globs(s);
	if (s->status == EXIT_DONE)
		settle_wait(s);
	stages_end(s->stages, &span, (int64_t)s->rules.n, "rules");
}

void
scan_close(struct scan *s)
{
	progress_stop(&s->setup.diag.progress);
	stages_free(&s->stages);
	ingest_free(&s->ingest);
	batch_free(&s->batch);
	layouts_free(&s->layouts);
	results_fini(&s->results);
	results_fini(&s->earlier);
	detect_keep_fini(&s->kept_before);
	detect_keep_fini(&s->keep);
	ruleset_fini(&s->rules);
	notes_fini(&s->notes);
	notes_fini(&s->unread);
	notes_fini(&s->detecting);
	beside_end(&s->closing);
	setup_close(&s->setup);
}

int64_t
scan_stands_at(const struct scan *s)
{
	if (s->setup.now_given || s->from_config || s->batch->n == 0)
		return s->setup.now;
	return s->batch->calls[s->batch->n - 1].start;
}

static const struct zone *
zone_of_run(const struct scan *s)
{
	return s->setup.zone != NULL ? s->setup.zone : zone_utc();
}

/* What began when calls that it asks for are deleted is no finding. */
static void
drop_frozen(struct scan *s)
{
	struct results *rs = &s->results;
	size_t i, n = 0;

	for (i = 0; i < rs->n; i++)
		if (rs->findings[i]->first_seen >= s->frozen)
			rs->findings[n++] = rs->findings[i];
	rs->n = n;
}

/* Which rules are to look at calls; nothing is said of the calls. */
static struct detect_settings
chosen_rules(const struct scan *s)
{
	const char *sensitivity = s->o->sensitivity;

	return (struct detect_settings){
		.only = s->o->only.items,
		.nonly = s->o->only.n,
		.except = s->o->except.items,
		.nexcept = s->o->except.n,
		.sensitivity = sensitivity != NULL ? sensitivity[0] - '0' : 1,
		.threads = (size_t)s->o->threads,
		.stages = s->stages,
	};
}

int64_t
scan_needs(const struct scan *s)
{
	struct detect_settings set = chosen_rules(s);

	set.as_of = scan_stands_at(s);
	set.zone = zone_of_run(s);
	set.past = &s->past;
	return detect_needs(&s->rules, &set);
}

void
scan_detect(struct scan *s, const struct call_ref *fraud, size_t n)
{
	struct detect_settings set = chosen_rules(s);
	struct errmsg err;
	int r;

	set.as_of = scan_stands_at(s);
	set.zone = zone_of_run(s);
	set.fraud = fraud;
	set.nfraud = n;
	set.past = s->has_past ? &s->past : NULL;
	set.keep = s->keeps ? &s->keep : NULL;
	set.keep_later = true;
	s->results.n = 0;
	notes_fini(&s->detecting);
	notes_init(&s->detecting);
	r = detect_run(s->batch, &s->rules, &set, &s->results, &s->detecting,
	    &err);
	s->complete = r == 0;
	s->needs_all = r == DETECT_NEEDS_ALL;
	if (s->needs_all)
		return;
	if (r < 0) {
		diag_error(&s->setup.diag, "%s", err.text);
		s->status = EXIT_NOT_DONE;
	} else if (r > 0) {
		s->status = diag_worse(s->status, EXIT_INCOMPLETE);
	}
	if (r >= 0 && s->results.run.rules_active == 0 &&
	    s->results.run.rules_shadow == 0) {
		diag_error(&s->setup.diag, "no rule is active");
		s->status = EXIT_NOT_DONE;
	}
	drop_frozen(s);
}

/* What was not read, guesses and warnings: worth a line in the report. */
static void
describe_remarks(struct scan *s)
{
	struct run *run = &s->results.run;
	const struct note *note;
	const char **list;
	size_t i;

	notes_add_all(&s->notes, &s->detecting);
	notes_sort(&s->notes);
	list = arena_array(&s->results.arena, s->unread.n + s->notes.n + 1,
	    sizeof(*list));
	if (s->forgotten != NULL)
		list[run->nremarks++] = arena_printf(&s->results.arena,
		    "FORGOTTEN: %s", s->forgotten);
	for (i = 0; i < s->unread.n; i++)
		list[run->nremarks++] = arena_printf(&s->results.arena,
		    "NOT READ: %s", s->unread.list[i].text);
	for (i = 0; i < s->notes.n; i++) {
		note = &s->notes.list[i];
		if (note->level >= NOTE_INFO)
			list[run->nremarks++] =
			    arena_strdup(&s->results.arena, note->text);
	}
	run->remarks = list;
}

void
scan_describe(struct scan *s, const char *home)
{
	const struct config_site *site = &s->setup.config.base;
	struct run *run = &s->results.run;

	run->tool = "cdrscan";
	run->version = CDRGUARD_VERSION;
	run->zone = zone_name(zone_of_run(s));
	run->id = scan_run_id(s);
	run->currency = site->currency;
	run->home_country = site->home_country != NULL
				? site->home_country
				: arena_strdup(&s->results.arena, home);
	describe_remarks(s);
	run->complete = true;
}

void
scan_say_notes(struct scan *s, bool guesses)
{
	size_t i;

	for (i = 0; !guesses && i < s->notes.n; i++)
		if (s->notes.list[i].level == NOTE_INFO)
			s->notes.list[i].level = NOTE_DETAIL;
	diag_notes(&s->setup.diag, &s->notes);
}

static bool
prints_text(const struct scan *s)
{
	const char *format = s->o->common.format;

	return format == NULL || strcmp(format, "text") == 0;
}

void
scan_print(struct scan *s, const struct selection *sel, bool nothing)
{
	const struct setup_options *o = &s->o->common;
	int64_t calls = s->results.run.looked_at;
	struct emit_options opt;
	struct stages_span span;
	struct view view;

	progress_stop(&s->setup.diag.progress);

	if (prints_text(s) && nothing) {
		if (calls == 0)
			diag_remark(&s->setup.diag,
			    "no calls, so nothing could be found");
		else
			diag_remark(&s->setup.diag,
			    "no %sfindings in %lld call%s",
			    s->results.run.stored ? "new " : "",
			    (long long)calls, diag_s(calls));
		if (o->output == NULL)
			return;
	}
	stages_begin(s->stages, &span, "report");
	emit_options_init(&opt);
	view_init(&view, &s->results, sel);
	s->status = diag_worse(s->status, setup_emit(&s->setup, &view, &opt));
	view_fini(&view);
	stages_end(s->stages, &span, (int64_t)s->results.n, "findings");
}

void
scan_judge(struct scan *s, int score)
{
	const char *level = s->o->fail_on;

	if (level != NULL && (int)severity_of(score) >= severity_parse(level))
		s->status = diag_worse(s->status, EXIT_HOLDS);
}

/* "1 file, 356 records: 350 calls, 6 further legs, ..." with -v. */
static void
say_summary(const struct scan *s)
{
	const struct counts *c = &s->results.run.counts;

	diag_info(&s->setup.diag,
	    "%lld file%s, %lld record%s: %lld call%s, %lld further leg%s, "
	    "%lld skipped, %lld duplicate, %lld rejected; %zu finding%s in "
	    "%zu case%s",
	    (long long)c->files, diag_s(c->files), (long long)c->records,
	    diag_s(c->records), (long long)c->calls, diag_s(c->calls),
	    (long long)c->legs, diag_s(c->legs), (long long)c->skipped,
	    (long long)c->duplicates, (long long)c->rejects, s->results.n,
	    diag_s((int64_t)s->results.n), s->results.ncases,
	    diag_s((int64_t)s->results.ncases));
}

int
scan_finish_reading(struct scan *s)
{
	struct errmsg err;
	int r = ingest_finish(s->ingest, &err);

	if (r < 0) {
		diag_error(&s->setup.diag, "%s", err.text);
		s->status = EXIT_NOT_DONE;
		return -1;
	}
	if (r > 0)
		s->status = diag_worse(s->status, EXIT_INCOMPLETE);
	if (s->setup.zone == NULL && ingest_zone_name(s->ingest)[0] != '\0')
		s->setup.zone = zone_get(ingest_zone_name(s->ingest), NULL);
	return 0;
}

void
scan_stateless(struct scan *s, char **operands, int n)
{
	const struct detect_settings set = chosen_rules(s);
	struct selection all;
	struct stages_span span;

	s->batch->no_src_names =
	    !detect_asks(&s->rules, &set, field_find("src_name"));
	scan_read(s, operands, n);
	if (s->status == EXIT_NOT_DONE || scan_finish_reading(s) != 0)
		return;
	scan_account(s);
	if (s->status == EXIT_NOT_DONE)
		return;
	scan_detect(s, NULL, 0);
	stages_begin(s->stages, &span, "cases");
	cases_make(&s->results);
	stages_end(s->stages, &span, (int64_t)s->results.ncases, "cases");
	scan_describe(s, ingest_home_country(s->ingest));
	scan_say_notes(s, true);
	if (s->status == EXIT_NOT_DONE)
		return;
	selection_init(&all);
	/* What a program reads has everything; people are told how many. */
	all.waived = !prints_text(s);
	scan_print(s, &all, s->results.n == 0);
	say_summary(s);
	/* The worst case is the first. */
	if (s->results.ncases > 0)
		scan_judge(s, s->results.cases[0]->score);
}
