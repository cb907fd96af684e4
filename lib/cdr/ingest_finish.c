#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/ingest_impl.h"
#include "cdr/understand.h"

/* Take the counters of the batch's files out of the calls of ours. */
static void
move_counts(struct ingest *in, const int64_t *per_file, bool legs)
{
	struct ingest_file *f;
	int64_t n;
	size_t i;

	for (i = 0; i < in->nfiles; i++) {
		f = &in->files[i];
		n = per_file[in->streams[i].file];
		f->calls -= n;
		if (legs)
			f->legs += n;
		else
			f->duplicates += n;
	}
}

void
ingest_settle(struct ingest *in)
{
	int64_t *per_file;

	if (in->settled)
		return;
	in->settled = true;
	ingest_zones(in);
	batch_sort(in->batch);
	per_file = xcalloc(in->batch->nfiles, sizeof(*per_file));
	if (batch_mark_duplicates(in->batch, per_file) > 0)
		batch_sort(in->batch);
	move_counts(in, per_file, false);
	free(per_file);
}

int
ingest_finish(struct ingest *in, struct errmsg *err)
{
	const struct understand_settings set = {
		.sources = in->sources,
		.nsources = in->nsources,
		.numplan = in->set.numplan,
		.directory = in->set.directory,
		.rates = in->set.rates,
		.guess = in->set.guess,
		.zone = in->zone,
	};
	struct understood u;
	int r;

	assert(!in->finished);
	in->finished = true;
	ingest_settle(in);
	r = understand(in->batch, &set, &u, in->notes, err);
	if (r >= 0) {
		move_counts(in, u.legs, true);
		memcpy(in->home, u.home, sizeof(in->home));
	}
	understood_fini(&u);
	return r;
}
