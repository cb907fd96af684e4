/*
 * A run over a store: what was read goes in, all that the store holds is
 * understood and scored anew, findings are saved; one transaction.  Findings
 * are a pure function of all records, so it does not matter in how many runs,
 * or in which order, they came.  Records are the events, too, that tell of one
 * reading of a file (cdr/quality.h: clock jumps, and what was not read): the
 * same calls in other files may have others.
 */
#include "scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/store.h"
#include "store/store_calls.h"
#include "store/store_findings.h"
#include "tool/readcalls.h"

struct stored_run {
	struct scan *s;
	struct store *store;
	int64_t number;
	struct buf name; /* "r-20260114-0410-7" */
	struct buf home; /* country guessed, now or in an earlier run */
	struct store_changes changes;
};

/* A value of the store; it is kept if the store has none yet. */
static int
remember(struct store *store, const char *name, const char *value,
    struct errmsg *err)
{
	struct buf had;
	int got;

	if (value[0] == '\0')
		return 0;
	buf_init(&had);
	got = store_get(store, name, &had, err);
	buf_fini(&had);
	if (got != 0)
		return got < 0 ? -1 : 0;
	return store_set(store, name, value, err);
}

/*
 * The zone that the first run guessed.  It stands in for one that nobody
 * stated; where call ids prove another offset, as every half year, they are
 * right, and say the same whenever the record is read again.
 */
static int
recall_zone(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;

	if (readcalls_kept_zone(r->store, NULL, &s->guessed, err) < 0)
		return -1;
	if (s->setup.zone == NULL)
		s->setup.zone = s->guessed;
	return 0;
}

static const struct zone *
stated_zone(const struct scan *s, const char *source)
{
	const struct source *src =
	    config_source_named(&s->setup.sources, source);

	return src != NULL ? src->zone : s->setup.sources.list[0].zone;
}

/*
 * Keep the zone of each source just read.  Calls were stored at the instants
 * that it gave; under another one the same records would be other calls.
 */
static int
keep_zones(struct stored_run *r, struct errmsg *err)
{
	const struct batch *b = r->s->batch;
	const struct zone *had;
	const char *source;
	struct buf key;
	size_t i;
	int got = 0;

	buf_init(&key);
	for (i = 0; i < b->nsources && got == 0; i++) {
		source = batch_text(b, b->sources[i].name);
		got = readcalls_kept_zone(r->store, source, &had, err);
		if (got < 0)
			break;
		got = 0;
		if (had != NULL && stated_zone(r->s, source) != NULL &&
		    strcmp(zone_name(had), zone_name(b->sources[i].zone)) != 0)
			got = errmsg_set(err,
			    "%s: source '%s' is stored with zone %s, now it is "
			    "%s; begin a new store",
			    store_path(r->store), source, zone_name(had),
			    zone_name(b->sources[i].zone));
		buf_reset(&key);
		buf_addf(&key, "zone:%s", source);
		if (got == 0 && b->sources[i].zone != NULL)
			got = remember(r->store, key.data,
			    zone_name(b->sources[i].zone), err);
	}
	buf_fini(&key);
	return got;
}

/*
 * What was read counts as calls so far; some the store had already, and some
 * turned out to be legs of another call.
 */
static void
correct_counts(struct stored_run *r, const struct batch *read,
    const struct understood *u, const struct batch *all)
{
	struct counts *c = &r->s->results.run.counts;
	int64_t duplicates = 0, added = 0, legs = 0;
	size_t i;

	for (i = 0; i < read->n; i++) {
		if (batch_event(read, i) == EVENT_QUALITY)
			continue; /* no record of a file */
		if ((read->calls[i].flags & CALL_DUPLICATE) != 0)
			duplicates++;
		else
			added++;
	}
	for (i = 0; i < all->nfiles; i++)
		legs += u->legs_added[i];
	c->duplicates += duplicates;
	c->legs += legs;
	c->calls -= duplicates + legs;
	c->stored = added;
}

static int
understand_all(struct stored_run *r, struct batch *all, struct understood *u,
    struct errmsg *err)
{
	struct scan *s = r->s;
	int got =
	    readcalls_understand(&s->setup, r->store, all, u, &s->notes, err);

	if (got < 0)
		return -1;
	if (got > 0)
		s->status = diag_worse(s->status, EXIT_INCOMPLETE);
	buf_addstr(&r->home, u->home);
	return remember(r->store, "home_country", u->home, err);
}

/* All calls of the store take the place of those just read. */
static int
take_all(struct stored_run *r, struct errmsg *err)
{
	struct understood u = { .legs = NULL };
	struct batch *all = batch_new();
	struct scan *s = r->s;
	int got;

	got = store_calls_load(r->store, INT64_MIN, INT64_MAX, r->number, all,
	    err);
	if (got == 0)
		got = understand_all(r, all, &u, err);
	if (got == 0)
		correct_counts(r, s->batch, &u, all);
	understood_fini(&u);
	batch_free(&s->batch);
	s->batch = all;
	return got;
}

/*
 * Records into the store, and everything out of it.  0 also where the status
 * of the run, which has been explained, forbids to go on.
 */
static int
gather(struct stored_run *r, char **operands, int n, struct errmsg *err)
{
	struct scan *s = r->s;
	int64_t added;

	if (recall_zone(r, err) != 0)
		return -1;
	/* The last line of a live file may still be in the making. */
	s->reading.leave_open_end = true;
	scan_read(s, operands, n);
	if (s->status == EXIT_NOT_DONE)
		return 0;
	ingest_settle(s->ingest);
	scan_account(s);
	if (s->status == EXIT_NOT_DONE)
		return 0;
	if (store_begin(r->store, err) != 0 ||
	    store_run_next(r->store, s->setup.now, &r->number, &r->name, err) !=
		0 ||
	    remember(r->store, "zone", ingest_zone_name(s->ingest), err) != 0 ||
	    recall_zone(r, err) != 0 || keep_zones(r, err) != 0 ||
	    scan_name_changes(s, r->store, err) != 0 ||
	    store_calls_add(r->store, s->batch, r->number, &added, err) != 0)
		return -1;
	return take_all(r, err);
}

static void
say_changes(const struct stored_run *r)
{
	const struct results *rs = &r->s->results;
	const struct counts *c = &rs->run.counts;

	diag_info(&r->s->setup.diag,
	    "%lld file%s, %lld record%s: %lld new, %lld duplicate, "
	    "%lld skipped, %lld rejected; %zu finding%s in %zu case%s, "
	    "%lld of them new, %lld updated, %lld closed",
	    (long long)c->files, diag_s(c->files), (long long)c->records,
	    diag_s(c->records), (long long)c->stored, (long long)c->duplicates,
	    (long long)c->skipped, (long long)c->rejects, rs->n,
	    diag_s((int64_t)rs->n), rs->ncases, diag_s((int64_t)rs->ncases),
	    (long long)r->changes.added, (long long)r->changes.updated,
	    (long long)r->changes.closed);
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

/* Findings into the store, and the end of the transaction. */
static int
conclude(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;

	scan_detect(s);
	scan_describe(s, r->home.data);
	s->results.run.id = arena_strdup(&s->results.arena, r->name.data);
	s->results.run.stored = true;
	/* Guesses were said by the first run, which they were made in. */
	scan_say_notes(s, r->number == 1);
	if (s->status == EXIT_NOT_DONE)
		return 0;
	if (store_findings_save(r->store, &s->results, r->number, s->complete,
		&r->changes, err) != 0 ||
	    (!s->o->dry_run && store_commit(r->store, err) != 0))
		return -1;
	if (s->o->print || s->o->dry_run)
		print_changes(r);
	say_changes(r);
	scan_judge(s, worst_change(r));
	return 0;
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

void
scan_stored(struct scan *s, char **operands, int n)
{
	struct stored_run r = { .s = s };
	struct errmsg err;
	int got;

	if (!may_store(s))
		return;
	buf_init(&r.name);
	buf_init(&r.home);
	got = store_open(&r.store, path_of_store(s), STORE_WRITE, &err);
	if (got == 0)
		got = gather(&r, operands, n, &err);
	if (got == 0 && s->status != EXIT_NOT_DONE)
		got = conclude(&r, &err);
	if (got != 0) {
		diag_error(&s->setup.diag, "%s", err.text);
		s->status = got > 0 ? EXIT_BUSY : EXIT_NOT_DONE;
	}
	store_close(&r.store);
	buf_fini(&r.name);
	buf_fini(&r.home);
}
