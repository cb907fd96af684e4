/*
 * What the last run kept takes long to read, and nothing else is asked of the
 * store while files are read: so another thread reads it meanwhile, as it was
 * committed, whoever left it.  Whether it serves this run is known once its
 * terms are.
 */
#include "stored.h"

#include <stdlib.h>

#include "base/beside.h"
#include "base/pool.h"
#include "base/xalloc.h"
#include "store/store_cache.h"
#include "store/store_calls.h"

struct stored_ahead {
	struct store *store;
	struct store_entries cache;
	struct errmsg err;
	int got;
	struct beside *beside; /* NULL: it has been taken */
};

static void
read_cache(void *arg)
{
	struct stored_ahead *a = arg;

	a->got = store_cache_read(a->store, &a->cache, &a->err);
}

/* Where it cannot begin, the store is asked when it is needed. */
void
stored_ahead_begin(struct stored_run *r)
{
	const size_t threads = pool_threads((size_t)r->s->o->threads);
	struct stored_ahead *a;
	struct store *store;

	if (threads < 2 || !stored_may_have_past(r) ||
	    store_calls_any(r->store, NULL) != 1 ||
	    store_open_beside(&store, r->store, NULL) != 0)
		return;
	a = xcalloc(1, sizeof(*a));
	a->store = store;
	a->beside = beside_start(threads, read_cache, a);
	r->ahead = a;
}

int
stored_ahead_cache(struct stored_run *r, struct store_entries *all,
    struct errmsg *err)
{
	struct stored_ahead *a = r->ahead;

	if (a == NULL)
		return store_cache_read(r->store, all, err);
	beside_end(&a->beside);
	*all = a->cache;
	a->cache = (struct store_entries){ .list = NULL };
	return a->got == 0 ? 0 : errmsg_set(err, "%s", a->err.text);
}

int
stored_ahead_store(struct stored_run *r, struct store **sp)
{
	struct stored_ahead *a = r->ahead;

	if (a == NULL || a->store == NULL)
		return store_open_beside(sp, r->store, NULL);
	beside_end(&a->beside);
	*sp = a->store;
	a->store = NULL;
	return 0;
}

void
stored_ahead_end(struct stored_run *r)
{
	struct stored_ahead *a = r->ahead;

	if (a == NULL)
		return;
	beside_end(&a->beside);
	store_entries_fini(&a->cache);
	store_close(&a->store);
	free(a);
	r->ahead = NULL;
}
