/*
 * Calls are many and their texts few: what calls ask of texts is gathered by
 * several threads, and asked once, in the order of the texts.
 */
#include <stdlib.h>

#include "base/marks.h"
#include "base/pool.h"
#include "cdr/party_impl.h"

struct gathering {
	const struct resolver *r;
	const struct calls_of *of;
	struct marks *asked; /* of texts: enum asked */
	size_t parts;
};

/* What party_understand() and the guess ask of the texts of every call. */
static void
ask_call(const struct resolver *r, struct marks *m, size_t part,
    const struct call *c, const struct origin *o, uint32_t forwarded_by)
{
	const bool says =
	    (c->flags & CALL_EVENT) == 0 && c->feature == FEATURE_NONE;

	marks_add(m, part, c->src, ASKED_CALLER | (says ? ASKED_OUT : 0));
	marks_add(m, part, c->dst,
	    ASKED_DIALLED | ASKED_DIGITS | (says ? ASKED_SAYS : 0));
	marks_add(m, part, c->dialled,
	    ASKED_DIGITS | (c->dialled != c->dst ? ASKED_DIALLED : 0));
	marks_add(m, part, forwarded_by, ASKED_CALLER);
	marks_add(m, part, c->user, ASKED_USER);
	marks_add(m, part, c->trunk_in, ASKED_CHANNEL);
	marks_add(m, part, c->trunk_out, ASKED_CHANNEL);
	marks_add(m, part, c->clue_in, ASKED_SAYS);
	if (says)
		marks_add(m, part, o->service, ASKED_SAYS);
	if (r->site != NULL)
		marks_add(m, part, c->account, ASKED_DIGITS | ASKED_CALLER);
}

static void
gather(void *arg, size_t part)
{
	const struct gathering *g = arg;
	const struct batch *b = g->r->b;
	const size_t end = pool_cut(g->of->n, g->parts, part + 1);
	size_t k, i;

	for (k = pool_cut(g->of->n, g->parts, part); k < end; k++) {
		i = call_at(g->of, k);
		ask_call(g->r, g->asked, part, &b->calls[i], &b->origins[i],
		    batch_extra(b, EXTRA_FORWARDED_BY, i));
	}
}

void
party_ask_ahead(struct resolver *r, const struct calls_of *of)
{
	struct gathering g = { .r = r, .of = of, .parts = party_parts(r, of) };
	uint64_t *texts;
	size_t i, n;

	g.asked = marks_new(r->nmemos, g.parts);
	pool_run(r->threads, g.parts, gather, &g);
	texts = marks_list(g.asked, &n);
	for (i = 0; i < n; i++)
		party_ask(r, (uint32_t)texts[i],
		    marks_of(g.asked, (uint32_t)texts[i]));
	free(texts);
	marks_free(&g.asked);
}
