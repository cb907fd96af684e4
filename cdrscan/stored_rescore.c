/*
 * --rescore: guesses are made anew, stamps are read in the zones that are
 * stated now, and what the files that are still there say takes the place of
 * what was read from them before.
 */
#include "stored.h"

#include <string.h>

#include "store/store_calls.h"
#include "store/store_forget.h"

int
stored_forget_guesses(struct stored_run *r, struct errmsg *err)
{
	static const char *const names[] = { "zone", "home_country" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (store_unset(r->store, names[i], err) != 0)
			return -1;
	return 0;
}

/* From one zone to another. */
struct change {
	const struct zone *from, *to;
};

/* What clocks showed at `utc` in a zone, as if it were UTC. */
static int64_t
shown(const struct zone *z, int64_t utc)
{
	struct civil c;
	int64_t local, second;

	zone_to_local(z, utc, &c);
	(void)zone_to_utc(zone_utc(), &c, &local, &second);
	return local;
}

/*
 * The stamp as it was written, read in the new zone.  Where clocks showed it
 * twice, an id may have told which; so what was right stays.
 */
static int64_t
move(void *ctx, int64_t start, uint8_t *clock)
{
	const struct change *change = ctx;
	const int64_t ahead =
	    ((int64_t)*clock - ORIGIN_CLOCK) * ORIGIN_CLOCK_MS;
	const int64_t stamp =
	    *clock != 0 ? start + ahead : shown(change->from, start);
	int64_t first, second;
	struct civil c;

	zone_to_local(zone_utc(), stamp, &c);
	if (zone_to_utc(change->to, &c, &first, &second) == ZONE_TWICE &&
	    second == start)
		first = second;
	*clock = 0;
	if ((stamp - first) % ORIGIN_CLOCK_MS == 0)
		*clock =
		    (uint8_t)(ORIGIN_CLOCK + (stamp - first) / ORIGIN_CLOCK_MS);
	return first;
}

int
stored_move(struct stored_run *r, const char *source, const struct zone *from,
    const struct zone *to, struct errmsg *err)
{
	struct change change = { from, to };
	const struct store_mover mover = { move, &change };
	int64_t moved;

	if (store_calls_move(r->store, source, &mover, &moved, err) != 0)
		return -1;
	diag_remark(&r->s->setup.diag,
	    "source '%s': %lld call%s moved from %s to %s", source,
	    (long long)moved, diag_s(moved), zone_name(from), zone_name(to));
	return 0;
}

int
stored_replace(struct stored_run *r, const int64_t *seen, struct errmsg *err)
{
	const size_t n = ingest_files(r->s->ingest);
	size_t i;

	for (i = 1; i <= n; i++)
		if (seen[i] != 0 &&
		    store_forget_read(r->store, seen[i], err) != 0)
			return -1;
	return 0;
}
