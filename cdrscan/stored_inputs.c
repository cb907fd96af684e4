/*
 * Whether all that calls are judged by is as it was in the last run.  Who
 * wonders why findings changed should be told.
 */
#include "scan.h"

#include "tool/fingerprint.h"

int
scan_name_changes(struct scan *s, struct store *store, struct errmsg *err)
{
	struct fingerprint f;
	struct buf last, line, names;
	int got;

	buf_init(&last);
	buf_init(&line);
	buf_init(&names);
	fingerprint_take(&f, &s->setup, &s->rules);
	fingerprint_print(&f, &line);
	got = store_get(store, "inputs", &last, err);
	if (got == 1 && fingerprint_differs(&f, last.data, &names))
		diag_remark(&s->setup.diag, "changed since the last run: %s",
		    names.data);
	if (got >= 0)
		got = store_set(store, "inputs", line.data, err);
	buf_fini(&last);
	buf_fini(&line);
	buf_fini(&names);
	return got;
}
