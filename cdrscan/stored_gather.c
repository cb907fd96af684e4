/* What is read goes into the store; or an import out of it. */
#include "stored.h"

#include <stdlib.h>

#include "store/store_calls.h"

static int
begin(struct stored_run *r, struct errmsg *err)
{
	if (store_begin(r->store, err) != 0 ||
	    store_run_next(r->store, r->s->setup.now, &r->number, &r->name,
		err) != 0)
		return -1;
	return stored_inputs(r, err);
}

/*
 * Where the store has none yet, what was read is all of it: then it need not
 * be asked for what it was just given.
 */
static int
see_whether_first(struct stored_run *r, struct errmsg *err)
{
	const int any = store_calls_any(r->store, err);

	r->first_calls = any == 0;
	return any < 0 ? -1 : 0;
}

static int
add_read(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;
	int64_t *seen = NULL;
	int64_t added;
	int got = -1;

	if (s->ingest == NULL)
		return 0;
	if (stored_remember(r->store, "zone", ingest_zone_name(s->ingest),
		err) == 0 &&
	    stored_recall_zone(r, err) == 0 && stored_keep_zones(r, err) == 0 &&
	    stored_files_put(r, &seen, err) == 0 &&
	    (s->o->rescore ? stored_replace(r, seen, err)
			   : stored_files_closed(r, seen, err)) == 0 &&
	    see_whether_first(r, err) == 0)
		got = store_calls_add(r->store, s->batch, seen, r->number,
		    &added, err);
	if (got == 0)
		got = stored_say_left_out(r, err);
	free(seen);
	return got;
}

/* False where the status of the run forbids to go on. */
static bool
read_all(struct scan *s, char **operands, int n)
{
	/* --rescore over a store whose files are gone. */
	if (n == 0 && s->setup.config.nsources == 0)
		return true;
	/* The last line of a live file may still be in the making. */
	s->reading.leave_open_end = true;
	s->reading.keep_copies = true;
	scan_read(s, operands, n);
	if (s->status == EXIT_NOT_DONE)
		return false;
	ingest_settle(s->ingest);
	scan_account(s);
	return s->status != EXIT_NOT_DONE;
}

static int
put_in(struct stored_run *r, struct errmsg *err)
{
	const bool rescore = r->s->o->rescore;
	struct stages_span span;
	int got = -1;

	stages_begin(r->s->stages, &span, "store calls");
	if (begin(r, err) == 0 &&
	    (!rescore || (stored_forget_guesses(r, err) == 0 &&
			     stored_rezone(r, err) == 0)))
		got = add_read(r, err);
	stages_end(r->s->stages, &span, (int64_t)r->s->batch->n, "calls");
	return got;
}

int
stored_gather(struct stored_run *r, char **operands, int n, struct errmsg *err)
{
	struct scan *s = r->s;

	if (!s->o->rescore && stored_recall_zone(r, err) != 0)
		return -1;
	if (s->o->forget != NULL) {
		s->from_config = s->setup.config.nsources > 0;
		if (begin(r, err) != 0 || stored_forget(r, err) != 0)
			return -1;
		r->read = stored_look_at_read(s->batch);
		return 0;
	}
	if (!read_all(s, operands, n))
		return 0;
	if (stored_files_settled(s->files, err) != 0 || put_in(r, err) != 0)
		return -1;
	r->read = stored_look_at_read(s->batch);
	return 0;
}
