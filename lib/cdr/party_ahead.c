/*
 * Calls are many and their texts few: what calls ask of texts is gathered by
 * several threads, and asked once, in the order of the texts.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/radix.h"
#include "base/xalloc.h"
#include "cdr/party_impl.h"

/* Texts that one thread was the first to ask anything of. */
struct found {
	uint32_t *texts;
	size_t n, cap;
};

struct gathering {
	const struct resolver *r;
	const struct calls_of *of;
	atomic_uchar *asked; /* by names id: enum asked */
	struct found *found; /* by part */
	size_t parts;
};

static void
ask(struct gathering *g, struct found *f, uint32_t text, unsigned what)
{
	unsigned had =
	    atomic_load_explicit(&g->asked[text], memory_order_relaxed);

	if (text == 0 || (had & what) == what)
		return;
	had = atomic_fetch_or_explicit(&g->asked[text], (unsigned char)what,
	    memory_order_relaxed);
	if (had != 0)
		return;
	f->texts = xgrow(f->texts, &f->cap, f->n + 1, sizeof(*f->texts));
	f->texts[f->n++] = text;
}

/* What party_understand() and the guess ask of the texts of every call. */
static void
ask_call(struct gathering *g, struct found *f, const struct call *c,
    const struct origin *o)
{
	const bool says =
	    (c->flags & CALL_EVENT) == 0 && c->feature == FEATURE_NONE;

	ask(g, f, c->src, ASKED_CALLER | (says ? ASKED_OUT : 0));
	ask(g, f, c->dst,
	    ASKED_DIALLED | ASKED_DIGITS | (says ? ASKED_SAYS : 0));
	ask(g, f, c->dialled,
	    ASKED_DIGITS | (c->dialled != c->dst ? ASKED_DIALLED : 0));
	ask(g, f, c->forwarded_by, ASKED_CALLER);
	ask(g, f, c->user, ASKED_USER);
	ask(g, f, c->trunk_in, ASKED_CHANNEL);
	ask(g, f, c->trunk_out, ASKED_CHANNEL);
	ask(g, f, o->clue_in, ASKED_SAYS);
	if (says)
		ask(g, f, o->service, ASKED_SAYS);
	if (g->r->site != NULL)
		ask(g, f, c->account, ASKED_DIGITS | ASKED_CALLER);
}

static void
gather(void *arg, size_t i)
{
	struct gathering *g = arg;
	const struct batch *b = g->r->b;
	const size_t end = pool_cut(g->of->n, g->parts, i + 1);
	size_t k, call;

	for (k = pool_cut(g->of->n, g->parts, i); k < end; k++) {
		call = call_at(g->of, k);
		ask_call(g, &g->found[i], &b->calls[call], &b->origins[call]);
	}
}

/* The texts that were found, in order; threads found them in any. */
static uint64_t *
in_order(const struct gathering *g, size_t *n)
{
	uint64_t *texts;
	size_t i, k;

	for (*n = i = 0; i < g->parts; i++)
		*n += g->found[i].n;
	texts = xmalloc((2 * *n + 1) * sizeof(*texts));
	for (*n = i = 0; i < g->parts; i++)
		for (k = 0; k < g->found[i].n; k++)
			texts[(*n)++] = g->found[i].texts[k];
	radix_sort(texts, texts + *n, *n, 0);
	return texts;
}

void
party_ask_ahead(struct resolver *r, const struct calls_of *of)
{
	struct gathering g = { .r = r, .of = of, .parts = party_parts(r, of) };
	uint64_t *texts;
	size_t i, n;

	g.asked = xcalloc(r->nmemos, sizeof(*g.asked));
	g.found = xcalloc(g.parts, sizeof(*g.found));
	pool_run(r->threads, g.parts, gather, &g);
	texts = in_order(&g, &n);
	for (i = 0; i < n; i++)
		party_ask(r, (uint32_t)texts[i], g.asked[texts[i]]);
	for (i = 0; i < g.parts; i++)
		free(g.found[i].texts);
	free(texts);
	free(g.found);
	free(g.asked);
}
