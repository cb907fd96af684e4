/*
 * Whether all that calls are judged by is as it was in the last run.  Calls
 * are understood anew by each run, so nothing has to be done; but who wonders
 * why findings changed should be told.
 */
#include "stored.h"

#include <string.h>

#include "tool/fingerprint.h"

/* "changed since the last run: directory, rates" */
static void
name_changes(struct stored_run *r, const char *names)
{
	struct scan *s = r->s;

	r->changes.why = arena_printf(&s->results.arena,
	    "changed since the last run: %s", names);
	diag_remark(&s->setup.diag, "%s", r->changes.why);
}

int
stored_inputs(struct stored_run *r, struct errmsg *err)
{
	struct fingerprint f;
	struct buf last, line, names;
	int got;

	buf_init(&last);
	buf_init(&line);
	buf_init(&names);
	fingerprint_take(&f, &r->s->setup, &r->s->rules);
	fingerprint_print(&f, &line);
	memcpy(r->config, f.all, sizeof(r->config));
	got = store_get(r->store, "inputs", &last, err);
	if (got == 1 && fingerprint_differs(&f, last.data, &names))
		name_changes(r, names.data);
	if (got >= 0)
		got = store_set(r->store, "inputs", line.data, err);
	buf_fini(&last);
	buf_fini(&line);
	buf_fini(&names);
	return got;
}
