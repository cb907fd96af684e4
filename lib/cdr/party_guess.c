/*
 * A trunk shows in the calls themselves.  Sites name the context of calls from
 * outside after the trunk or the public network; several outside parties call
 * in on a trunk, or are called through it from inside; and it is not called
 * like an extension.  A telephone has its own number, or its site's, whoever
 * it talks to.  Only counts over all calls decide, so the order of the calls
 * does not matter.
 */
#include "cdr/party_impl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/xalloc.h"

/* Trunks that a note names; a PRI alone has 30 channels. */
enum { NAMED = 8 };

/* Note an outside party; the second different one makes it several. */
static void
note_party(uint32_t party, uint32_t *first, bool *others)
{
	if (*first == 0)
		*first = party;
	else if (*first != party)
		*others = true;
}

/* What some calls prove, counted by one thread. */
struct count {
	struct resolver r; /* the same for all */
	uint64_t calls;
	struct channel_evidence *evidence;
	size_t n, cap;
};

/* A channel may be new only where nobody else counts. */
static void
make_room(struct count *n)
{
	const size_t had = n->n;

	n->n = n->r.nchannels;
	n->evidence = xgrow(n->evidence, &n->cap, n->n, sizeof(*n->evidence));
	memset(n->evidence + had, 0, (n->n - had) * sizeof(*n->evidence));
}

/* A call as far as the guess looks at it. */
struct looked {
	uint32_t in, out, src, dst;  /* channels, parties */
	unsigned src_read, dst_read; /* enum reads */
	unsigned says;               /* of its context */
};

static void
look(struct count *n, const struct call *c, struct looked *l)
{
	struct resolver *r = &n->r;

	l->src = party_number(r, c->src, ROLE_CALLER);
	l->dst = party_number(r, c->dst, ROLE_DIALLED);
	l->src_read = r->memos[c->src].reads;
	l->dst_read = r->memos[c->dst].reads;
	l->in = party_channel(r, c->trunk_in);
	l->out = party_channel(r, c->trunk_out);
	l->says = party_text(r, c->clue_in);
	if (r->nchannels > n->n)
		make_room(n);
}

/*
 * Which it is differs from call to call, so it is counted without a question
 * where it can be; what no channel proves is counted, too.
 */
static void
count_in(const struct channel *ch, struct channel_evidence *e,
    const struct call *c, const struct looked *l)
{
	const bool self = ch->peer == c->src;
	const bool outside =
	    !self & ((l->src_read & READS_OUTSIDE << ROLE_CALLER) != 0);

	e->in++;
	e->in_trunk_context += (l->says & SAYS_TRUNK) != 0;
	e->in_inside_context += (l->says & SAYS_INSIDE) != 0;
	e->self += self;
	e->in_outside += outside;
	if (outside & !e->callers)
		note_party(l->src, &e->caller, &e->callers);
}

static void
count_out(const struct channel *ch, struct channel_evidence *e,
    const struct call *c, const struct looked *l, bool from_inside)
{
	const bool self = ch->peer == c->dst;
	const bool outside =
	    !self & from_inside &
	    ((l->dst_read & READS_OUTSIDE << ROLE_DIALLED) != 0);

	e->out++;
	e->self += self;
	e->out_outside += outside;
	if (outside & !e->callees)
		note_party(l->dst, &e->callee, &e->callees);
}

static void
count_call(const struct resolver *r, struct channel_evidence *list,
    const struct call *c, const struct looked *l)
{
	const struct channel *in = &r->channels[l->in];
	/* A trunk may be named like an extension; its context tells. */
	const bool from_inside =
	    ((l->says & SAYS_TRUNK) == 0) &
	    (((l->src_read & READS_INSIDE << ROLE_CALLER) != 0) |
		((l->says & SAYS_INSIDE) != 0) | channel_is_device(in, c->src));

	count_in(in, &list[l->in], c, l);
	count_out(&r->channels[l->out], &list[l->out], c, l, from_inside);
}

/* Operators name a trunk by its number, which may be as short as ours. */
static bool
looks_like_trunk(const struct channel *ch, const struct channel_evidence *e)
{
	if (!ch->has_tech || ch->glue || e->self > (e->in + e->out) / 4)
		return false;
	if (e->in_trunk_context > e->in / 2)
		return true;
	if (ch->inside != 0)
		return false;
	if (e->callers && e->in_outside > e->in / 2 &&
	    e->in_inside_context <= e->in / 2)
		return true;
	return e->callees && e->out_outside > e->out / 2;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What was guessed is said, in an order that does not depend on the calls. */
static void
tell(const struct kept_source *s, size_t ntrunks, struct notes *notes)
{
	char **names = xcalloc(ntrunks, sizeof(*names));
	struct buf text;
	size_t i, n = 0;

	for (i = 0; i < s->n; i++)
		if (s->list[i].trunk)
			names[n++] = party_kept_name(&s->list[i]);
	qsort(names, n, sizeof(*names), compare_names);
	buf_init(&text);
	for (i = 0; i < n && i < NAMED; i++)
		buf_addf(&text, "%s%s", i > 0 ? ", " : "", names[i]);
	if (n > NAMED)
		buf_addf(&text, " and %zu more", n - NAMED);
	notes_addf(notes, NOTE_INFO, NULL, 0,
	    "source '%s': trunks guessed from %llu call%s: %s", s->name,
	    (unsigned long long)s->calls, s->calls == 1 ? "" : "s", text.data);
	buf_fini(&text);
	for (i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

struct counts {
	const struct calls_of *of;
	struct count *list;
	size_t n;
};

static void
take_count(void *arg, size_t part)
{
	const struct counts *cs = arg;
	struct count *n = &cs->list[part];
	const size_t end = pool_cut(cs->of->n, cs->n, part + 1);
	const struct batch *b = n->r.b;
	const bool only_added = n->r.only_added;
	struct looked l;
	size_t k, i;

	make_room(n);
	for (k = pool_cut(cs->of->n, cs->n, part); k < end; k++) {
		i = call_at(cs->of, k);
		look(n, &b->calls[i], &l);
		if (only_added && (b->calls[i].flags & CALL_ADDED) == 0)
			continue;
		n->calls += batch_event(b, i) != EVENT_QUALITY;
		count_call(&n->r, n->evidence, &b->calls[i], &l);
	}
	assert(n->r.lacking == 0);
}

static void
add_evidence(struct channel_evidence *e, const struct channel_evidence *more)
{
	e->in += more->in;
	e->in_outside += more->in_outside;
	e->in_trunk_context += more->in_trunk_context;
	e->in_inside_context += more->in_inside_context;
	e->out += more->out;
	e->out_outside += more->out_outside;
	e->self += more->self;
	if (more->caller != 0)
		note_party(more->caller, &e->caller, &e->callers);
	if (more->callee != 0)
		note_party(more->callee, &e->callee, &e->callees);
	e->callers |= more->callers;
	e->callees |= more->callees;
}

/* Counts take room for each channel, and there may be as many as calls. */
static size_t
count_parts(const struct resolver *r, const struct calls_of *of)
{
	const size_t parts = party_parts(r->threads, of);

	return r->nchannels < of->n / 16 / parts ? parts : 1;
}

/* Returns how many calls tell. */
static uint64_t
count_all(struct resolver *r, const struct calls_of *of)
{
	struct counts cs = { .of = of, .n = count_parts(r, of) };
	uint64_t calls = 0;
	size_t i, k;

	cs.list = xcalloc(cs.n, sizeof(*cs.list));
	for (i = 0; i < cs.n; i++) {
		cs.list[i].r = *r;
		cs.list[i].r.shared = cs.n > 1;
	}
	pool_run(r->threads, cs.n, take_count, &cs);
	if (cs.n == 1)
		*r = cs.list[0].r;
	for (i = 0; i < cs.n; i++) {
		for (k = 1; k < r->nchannels; k++)
			add_evidence(&r->channels[k].evidence,
			    &cs.list[i].evidence[k]);
		calls += cs.list[i].calls;
		free(cs.list[i].evidence);
	}
	free(cs.list);
	return calls;
}

/* The channels by their names and ends, as they are kept. */
static void
settle(struct resolver *r, struct kept_source *s)
{
	const size_t had = s->n;
	bool *known = xcalloc(r->nchannels, sizeof(*known));
	struct kept_channel *c;
	struct channel *ch;
	uint32_t id;
	size_t i;

	for (i = 0; i < had; i++) {
		c = &s->list[i];
		id = intern_find(r->channel_ids, c->key, c->len);
		if (id == INTERN_NONE)
			continue;
		known[id] = true;
		ch = &r->channels[id];
		party_kept_merge(c, r->b, &ch->evidence);
		ch->trunk = looks_like_trunk(ch, &c->evidence);
		r->other |= ch->trunk != c->trunk;
		c->trunk = ch->trunk;
	}
	for (i = 1; i < r->nchannels; i++) {
		ch = &r->channels[i];
		if (known[i])
			continue;
		ch->trunk = looks_like_trunk(ch, &ch->evidence);
		s->more |= s->n >= PARTY_KEPT_MOST;
		if (s->more && !ch->trunk)
			continue;
		id = (uint32_t)i;
		c = party_kept_channel(s, intern_text(r->channel_ids, id),
		    intern_len(r->channel_ids, id));
		party_kept_merge(c, r->b, &ch->evidence);
		c->trunk = ch->trunk;
	}
	for (i = 1; i < r->nchannels; i++)
		party_settle_channel(&r->channels[i]);
	free(known);
}

void
party_guess(struct resolver *r, const struct calls_of *of, struct notes *notes)
{
	struct kept_source *s = party_kept_source(r->kept, r->source->name);
	size_t i, ntrunks = 0;

	s->calls += count_all(r, of);
	settle(r, s);
	for (i = 0; i < s->n; i++)
		ntrunks += s->list[i].trunk;
	if (ntrunks > 0)
		tell(s, ntrunks, notes);
}
