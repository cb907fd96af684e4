#include <stdlib.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/ingest_impl.h"

enum { PIECE = 64 * 1024 };

struct pieces {
	struct ingest_piece *list;
	void (*work)(void *arg, const struct ingest_piece *piece);
	void *arg;
};

/* The pieces of all streams of a source; only their number without `list`. */
static size_t
cut(const struct ingest *in, uint16_t source, struct ingest_piece *list)
{
	const struct ingest_stream *s;
	size_t f, i, n = 0;

	for (f = 0; f < in->nfiles; f++) {
		s = &in->streams[f];
		for (i = s->first; s->source == source && i < s->end;
		     i += PIECE, n++)
			if (list != NULL)
				list[n] = (struct ingest_piece){ .stream = s,
					.first = i,
					.end = s->end - i < PIECE ? s->end
								  : i + PIECE };
	}
	return n;
}

static void
work(void *arg, size_t i)
{
	const struct pieces *p = arg;

	p->work(p->arg, &p->list[i]);
}

void
ingest_each_piece(const struct ingest *in, uint16_t source,
    void (*work_on)(void *arg, const struct ingest_piece *piece), void *arg)
{
	struct pieces p = { .work = work_on, .arg = arg };
	const size_t n = cut(in, source, NULL);

	p.list = xcalloc(n, sizeof(*p.list));
	(void)cut(in, source, p.list);
	pool_run(in->set.threads, n, work, &p);
	free(p.list);
}
