/*
 * A run over a store: what was read goes in, what the store holds is understood
 * and scored anew, all of it or what may be another; findings are saved; one
 * transaction.  Findings are a pure function of all records, so it does not
 * matter in how many runs, or in which order, they came.  Records are the
 * events, too, that tell of one reading of a file (cdr/quality.h: clock jumps,
 * and what was not read): the same calls in other files may have others.
 */
#include "stored.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/beside.h"

static void
say_changes(const struct stored_run *r)
{
	const struct results *rs = &r->s->results;
	const struct counts *c = &rs->run.counts;
	const size_t n = rs->n + r->left.n;
	const size_t ncases = rs->ncases + stored_standing(r);

	diag_info(&r->s->setup.diag,
	    "%lld file%s, %lld record%s: %lld new, %lld duplicate, "
	    "%lld skipped, %lld rejected; %zu finding%s in %zu case%s, "
	    "%lld of them new, %lld updated, %lld closed",
	    (long long)c->files, diag_s(c->files), (long long)c->records,
	    diag_s(c->records), (long long)c->stored, (long long)c->duplicates,
	    (long long)c->skipped, (long long)c->rejects, n, diag_s((int64_t)n),
	    ncases, diag_s((int64_t)ncases), (long long)r->changes.added,
	    (long long)r->changes.updated, (long long)r->changes.closed);
}

/* Reports show evidence; what stands has left it in the store. */
static int
complete(struct stored_run *r, struct errmsg *err)
{
	struct results *rs = &r->s->results;

	if (!r->s->o->print && !r->s->o->dry_run)
		return 0;
	return store_findings_complete(r->store, rs->findings, rs->n,
	    &rs->arena, err);
}

/* The cases that have a new or updated finding, in whole. */
static void
print_changes(struct stored_run *r)
{
	const struct store_changes *c = &r->changes;
	struct selection sel;

	selection_init(&sel);
	if (c->ncases == 0)
		sel.min_score = 101; /* no case has that */
	else if (c->ncases < r->s->results.ncases)
		sel.names = (struct select_any){ c->cases, c->ncases };
	scan_print(r->s, &sel, c->ncases == 0);
}

static int
worst_change(const struct stored_run *r)
{
	const struct results *rs = &r->s->results;
	size_t i;

	for (i = 0; r->changes.ncases > 0 && i < rs->ncases; i++)
		if (strcmp(rs->cases[i]->id, r->changes.cases[0]) == 0)
			return rs->cases[i]->score;
	return 0;
}

static int
save_findings(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;
	struct stages_span span;
	int got;

	stages_begin(s->stages, &span, "store findings");
	r->changes.left = &r->left;
	r->changes.standing = r->standing;
	/* stored_detect() has; what was read since stands as it was. */
	r->changes.noted = true;
	got = store_findings_save(r->store, &s->results, r->number, s->complete,
	    &r->changes, err);
	stages_end(s->stages, &span, (int64_t)s->results.n, "findings");
	s->standing.findings = (int64_t)r->left.n;
	if (got == 0 && s->o->stats != NULL && r->standing != NULL)
		got = store_findings_pending(r->store, r->standing,
		    scan_pending_since(&s->results.run), s->standing.cases,
		    err);
	return got;
}

/* The end of the transaction. */
static int
end(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;
	struct stages_span span;
	int got = -1;

	stages_begin(s->stages, &span, "commit");
	if (stored_prune(r, err) == 0 && stored_past_keep(r, err) == 0 &&
	    stored_note_run(r, err) == 0 &&
	    (s->o->dry_run || store_commit(r->store, err) == 0))
		got = 0;
	stages_end(s->stages, &span, 0, NULL);
	return got;
}

/* What the run did is in the store; what it prints may fail all the same. */
static int
print_kept(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;
	const int noted = s->status;

	s->kept = !s->o->dry_run;
	if (s->kept &&
	    (s->o->prune || s->o->no_archive || s->o->forget != NULL))
		stored_settle_deleted(r);
	if (s->o->print || s->o->dry_run)
		print_changes(r);
	say_changes(r);
	return s->kept && s->status != noted ? stored_note_run(r, err) : 0;
}

/* Calls out of the store, and what is found in them. */
static int
look(struct stored_run *r, struct errmsg *err)
{
	int got = stored_take_calls(r, err);

	/* Of two that failed, the first is told. */
	if (stored_past_wait(r, err) != 0)
		got = -1;
	if (got == 0)
		got = stored_detect(r, err);
	return got;
}

/*
 * At what the last run left and the calls since; where that is not enough, at
 * all of them.
 */
static int
look_at_calls(struct stored_run *r, struct errmsg *err)
{
	const int status = r->s->status;
	int got = stored_past_take(r, err);

	if (got == 0)
		got = look(r, err);
	if (got == STORED_NEEDS_ALL) {
		diag_info(&r->s->setup.diag,
		    "earlier calls may matter: all are looked at");
		r->s->status = status;
		got = stored_past_whole(r, err);
		if (got == 0)
			got = look(r, err);
	}
	assert(got != STORED_NEEDS_ALL);
	if (got != 0)
		return -1;
	notes_add_all(&r->s->notes, &r->guesses);
	stored_correct_counts(r);
	return 0;
}

/*
 * Guesses are said by the run that they are made in: the first that brings
 * calls, whether or not one without any was before it.
 */
static bool
made_guesses(const struct stored_run *r)
{
	return r->number == 1 || (r->first_calls && r->read.added > 0);
}

/* Findings into the store, and what the run says. */
static int
conclude(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;

	if (stored_freeze(r, err) != 0 || look_at_calls(r, err) != 0)
		return -1;
	scan_describe(s, r->home.data);
	s->results.run.id = arena_strdup(&s->results.arena, r->name.data);
	s->results.run.stored = true;
	scan_say_notes(s, made_guesses(r));
	if (s->status == EXIT_NOT_DONE)
		return 0;
	if (save_findings(r, err) != 0)
		return -1;
	scan_judge(s, worst_change(r));
	if (complete(r, err) != 0 || end(r, err) != 0)
		return -1;
	return print_kept(r, err);
}

/*
 * Without all rules, what the others found would be closed, and cases would
 * lose points.
 */
static bool
check_rules(struct scan *s)
{
	if (s->o->dry_run || s->o->only.n + s->o->except.n == 0)
		return true;
	diag_error(&s->setup.diag,
	    "--rule and --exclude need --dry-run with a store: what the other "
	    "rules found would be closed");
	s->status = EXIT_NOT_DONE;
	return false;
}

/* Results that nobody asked to see must not seem to be somewhere. */
static bool
may_store(struct scan *s)
{
	const struct setup_options *o = &s->o->common;

	if (s->o->print || s->o->dry_run ||
	    (o->output == NULL && o->format == NULL))
		return check_rules(s);
	diag_error(&s->setup.diag,
	    "--%s needs --print with a store: what is found only goes into it",
	    o->output != NULL ? "output" : "format");
	s->status = EXIT_NOT_DONE;
	return false;
}

/* A dry run must not even make the store. */
static const char *
path_of_store(const struct scan *s)
{
	struct stat st;

	if (s->o->dry_run &&
	    (stat(s->setup.db, &st) != 0 ? errno == ENOENT : st.st_size == 0))
		return ":memory:";
	return s->setup.db;
}

static void
close_store(void *arg)
{
	struct store *store = arg;

	store_close(&store);
}

static void
begin_run(struct stored_run *r)
{
	buf_init(&r->name);
	buf_init(&r->home);
	notes_init(&r->guesses);
	stored_kept_init(&r->before);
	stored_kept_init(&r->keep);
	arena_init(&r->kept_names);
}

/* Open the store, read, and conclude; 1: another run holds the store. */
static int
run_over(struct stored_run *r, char **operands, int n, struct errmsg *err)
{
	struct scan *s = r->s;
	int got = store_open_wait(&r->store, path_of_store(s), s->wait, err);

	if (got != 0)
		return got;
	store_set_threads(r->store, (size_t)s->o->threads);
	s->files = stored_files_new(r->store);
	stored_ahead_begin(r);
	got = stored_gather(r, operands, n, err);
	if (got == 0 && s->status != EXIT_NOT_DONE)
		got = conclude(r, err);
	return got;
}

/*
 * What a run put into the log of the store is copied into the file then, while
 * all else is freed.
 */
static void
begin_closing(struct stored_run *r)
{
	struct scan *s = r->s;

	if (s->kept)
		s->closing =
		    beside_start((size_t)s->o->threads, close_store, r->store);
	else
		store_close(&r->store);
}

static void
end_run(struct stored_run *r)
{
	beside_end(&r->telling);
	stored_ahead_end(r);
	stored_files_free(&r->s->files);
	begin_closing(r);
	daysums_fini(&r->days);
	arena_fini(&r->kept_names);
	free(r->kept);
	buf_fini(&r->name);
	buf_fini(&r->home);
	notes_fini(&r->guesses);
	stored_kept_fini(&r->before);
	stored_kept_fini(&r->keep);
	store_left_fini(&r->left);
	intern_free(&r->standing);
	free(r->since);
	free(r->listed);
}

void
scan_stored(struct scan *s, char **operands, int n)
{
	struct stored_run r = { .s = s,
		.began = stored_clock(),
		.begins = INT64_MIN };
	struct errmsg err;
	int got;

	if (!may_store(s))
		return;
	begin_run(&r);
	got = run_over(&r, operands, n, &err);
	if (got != 0) {
		diag_error(&s->setup.diag, "%s", err.text);
		s->status = got > 0 ? EXIT_BUSY : EXIT_NOT_DONE;
		(void)snprintf(s->failed, sizeof(s->failed), "%s", err.text);
	}
	end_run(&r);
}
