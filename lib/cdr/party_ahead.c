/*
 * Calls are many and their texts few: what calls ask of texts is gathered by
 * several threads, and asked once, in the order of the texts.
 */
#include <stdlib.h>

#include "base/marks.h"
#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/party_impl.h"

/* A text and its roles, which stand above it. */
struct source_texts {
	uint64_t *list;
	size_t n;
};

enum { ROLES_SHIFT = 32 };

struct party_texts {
	struct source_texts *sources;
	size_t nsources;
};

struct gathering {
	const struct batch *b;
	const struct calls_of *of;
	struct marks *roles; /* of texts: enum party_text_role */
	size_t parts;
	unsigned src; /* what a caller is, where the call may go out */
	bool site;    /* that names its inside numbers */
};

/* What party_understand() and the guess ask of the texts of every call. */
static inline void
gather_call(const struct gathering *g, size_t part, size_t i)
{
	const struct call *c = &g->b->calls[i];
	const bool says =
	    (c->flags & CALL_EVENT) == 0 && c->feature == FEATURE_NONE;
	const unsigned word = says ? PARTY_TEXT_SAYS : 0;
	struct marks *m = g->roles;

	marks_add(m, part, c->src, PARTY_TEXT_CALLED | (says ? g->src : 0));
	if (c->dialled == c->dst) {
		marks_add(m, part, c->dst,
		    PARTY_TEXT_DIALLED | PARTY_TEXT_DIGITS | word);
	} else {
		marks_add(m, part, c->dst, PARTY_TEXT_DIALLED | word);
		marks_add(m, part, c->dialled,
		    PARTY_TEXT_DIGITS | PARTY_TEXT_TYPED);
	}
	marks_add(m, part, batch_extra(g->b, EXTRA_FORWARDED_BY, i),
	    PARTY_TEXT_CALLER);
	marks_add(m, part, c->user, PARTY_TEXT_USER);
	marks_add(m, part, c->trunk_in, PARTY_TEXT_CHANNEL);
	marks_add(m, part, c->trunk_out, PARTY_TEXT_CHANNEL);
	marks_add(m, part, c->clue_in, PARTY_TEXT_SAYS);
	if (says)
		marks_add(m, part, g->b->origins[i].service, PARTY_TEXT_SAYS);
	if (g->site)
		marks_add(m, part, c->account,
		    PARTY_TEXT_DIGITS | PARTY_TEXT_CALLER);
}

static void
gather(void *arg, size_t part)
{
	const struct gathering *g = arg;
	const size_t end = pool_cut(g->of->n, g->parts, part + 1);
	size_t k;

	for (k = pool_cut(g->of->n, g->parts, part); k < end; k++)
		gather_call(g, part, call_at(g->of, k));
}

static bool
has_services(const struct source *s)
{
	size_t f, n = 0;

	for (f = 0; f < FEATURE_COUNT; f++)
		n += s->nservices[f];
	return n > 0;
}

static void
gather_source(struct source_texts *to, const struct source *source,
    struct gathering *g, size_t threads)
{
	size_t i;

	/* A pattern that gives up is told of: try no text for nothing. */
	g->src = has_services(source) ? 0 : PARTY_TEXT_SAYS;
	g->site = party_site(source) != NULL;
	pool_run(threads, g->parts, gather, g);
	to->list = marks_list(g->roles, &to->n);
	for (i = 0; i < to->n; i++)
		to->list[i] |=
		    (uint64_t)marks_of(g->roles, (uint32_t)to->list[i])
		    << ROLES_SHIFT;
	marks_reset(g->roles);
}

struct party_texts *
party_texts_new(const struct batch *b, const struct source *const *sources,
    size_t threads)
{
	struct party_texts *t = xcalloc(1, sizeof(*t));
	size_t *ends = xcalloc(b->nsources, sizeof(*ends)), begin = 0, s;
	uint32_t *list = party_by_source(b, ends);
	struct gathering g = { .b = b };
	struct calls_of of;

	t->nsources = b->nsources;
	t->sources = xcalloc(t->nsources, sizeof(*t->sources));
	g.of = &of;
	g.roles = marks_new(intern_count(b->names), pool_threads(threads));
	for (s = 0; s < b->nsources; s++) {
		of.list = list != NULL ? list + begin : NULL;
		of.n = ends[s] - begin;
		begin = ends[s];
		g.parts = party_parts(threads, &of);
		if (of.n > 0 && (g.parts > 1 || sources[s]->plan == NULL))
			gather_source(&t->sources[s], sources[s], &g, threads);
	}
	marks_free(&g.roles);
	free(list);
	free(ends);
	return t;
}

void
party_texts_free(struct party_texts **tp)
{
	struct party_texts *t = *tp;
	size_t s;

	if (t == NULL)
		return;
	for (s = 0; s < t->nsources; s++)
		free(t->sources[s].list);
	free(t->sources);
	free(t);
	*tp = NULL;
}

size_t
party_texts_count(const struct party_texts *t, size_t source)
{
	return source < t->nsources ? t->sources[source].n : 0;
}

uint32_t
party_texts_at(const struct party_texts *t, size_t source, size_t i,
    unsigned *roles)
{
	const uint64_t text = t->sources[source].list[i];

	*roles = (unsigned)(text >> ROLES_SHIFT);
	return (uint32_t)text;
}

void
party_ask_ahead(struct resolver *r, const struct party_texts *t)
{
	static const unsigned asked[] = { ASKED_CALLER, ASKED_DIALLED,
		ASKED_DIGITS, ASKED_CALLER, ASKED_DIALLED, ASKED_USER,
		ASKED_CHANNEL, ASKED_SAYS };
	const size_t n = party_texts_count(t, r->source_id);
	unsigned roles, all;
	uint32_t text;
	size_t i, k;

	for (i = 0; i < n; i++) {
		text = party_texts_at(t, r->source_id, i, &roles);
		for (all = 0, k = 0; k < sizeof(asked) / sizeof(*asked); k++)
			all |= (roles >> k & 1) != 0 ? asked[k] : 0;
		party_ask(r, text, all);
	}
}
