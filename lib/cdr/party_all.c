/* All calls of a batch: those of one source after another. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/party_impl.h"

/* Fewer calls than that are understood before a thread would have begun. */
enum { LEAST = 2048 };

size_t
party_parts(size_t threads, const struct calls_of *of)
{
	return pool_parts(threads, of->n, LEAST);
}

/* A call that lacks an answer which nobody asked for yet. */
struct left {
	uint32_t call, text;
	unsigned asked;
};

/* Who sent a call on. */
struct sender {
	uint32_t call, party;
};

/* Some calls, understood by one thread as far as answers are there. */
struct share {
	struct resolver r; /* the same for all, but for what is lacking */
	struct left *left;
	size_t nleft, cap;
	struct sender *senders; /* where the batch has no column of them */
	size_t nsenders, senders_cap;
};

struct shares {
	const struct calls_of *of;
	struct share *list;
	size_t n;
};

/* Several threads cannot make a column. */
static void
set_sender(struct share *s, size_t i, uint32_t party)
{
	if (batch_has_extra(s->r.b, EXTRA_FORWARDED_BY)) {
		batch_set_extra(s->r.b, EXTRA_FORWARDED_BY, i, party);
		return;
	}
	if (party == 0)
		return;
	s->senders = xgrow(s->senders, &s->senders_cap, s->nsenders + 1,
	    sizeof(*s->senders));
	s->senders[s->nsenders++] =
	    (struct sender){ .call = (uint32_t)i, .party = party };
}

/* In its place: what was written a moment ago is slow to copy. */
static void
try_call(struct share *s, size_t i)
{
	struct call *c = &s->r.b->calls[i];
	struct origin *o = &s->r.b->origins[i];
	const struct call recorded = *c;
	const bool called = o->user_called;
	uint32_t sender = batch_extra(s->r.b, EXTRA_FORWARDED_BY, i);

	s->r.lacking = 0;
	party_understand(&s->r, c, o, &sender);
	if (s->r.lacking == 0) {
		set_sender(s, i, sender);
		return;
	}
	*c = recorded;
	o->user_called = called; /* it was not to be known yet */
	s->left = xgrow(s->left, &s->cap, s->nleft + 1, sizeof(*s->left));
	s->left[s->nleft++] = (struct left){ .call = (uint32_t)i,
		.text = s->r.lacks,
		.asked = s->r.lacking };
}

static void
take_share(void *arg, size_t i)
{
	const struct shares *ss = arg;
	const size_t end = pool_cut(ss->of->n, ss->n, i + 1);
	size_t k;

	for (k = pool_cut(ss->of->n, ss->n, i); k < end; k++)
		try_call(&ss->list[i], call_at(ss->of, k));
}

/*
 * By several threads; what they left to do goes to `list`, with room for as
 * many calls.  Each of those is a step further the next time.
 */
static size_t
take_round(struct resolver *r, const struct calls_of *of, size_t parts,
    uint32_t **list)
{
	struct shares ss = { .of = of,
		.list = xcalloc(parts, sizeof(*ss.list)),
		.n = parts };
	const struct left *l;
	const struct share *s;
	uint32_t *left;
	size_t i, k, n = 0;

	for (i = 0; i < parts; i++) {
		ss.list[i].r = *r;
		ss.list[i].r.shared = true;
	}
	pool_run(r->threads, parts, take_share, &ss);
	for (i = 0; i < parts; i++)
		n += ss.list[i].nleft;
	left = xmalloc((n + 1) * sizeof(*left));
	for (i = n = 0; i < parts; i++) {
		for (k = 0; k < ss.list[i].nleft; k++) {
			l = &ss.list[i].left[k];
			party_ask(r, l->text, l->asked);
			left[n++] = l->call;
		}
		s = &ss.list[i];
		for (k = 0; k < s->nsenders; k++)
			batch_set_extra(r->b, EXTRA_FORWARDED_BY,
			    s->senders[k].call, s->senders[k].party);
		free(s->senders);
		free(s->left);
	}
	free(ss.list);
	*list = left;
	return n;
}

void
party_all(struct resolver *r, const struct calls_of *of)
{
	struct calls_of now = *of;
	uint32_t *left = NULL, *more, sender;
	size_t parts, k, i;

	while ((parts = party_parts(r->threads, &now)) > 1) {
		now.n = take_round(r, &now, parts, &more);
		free(left);
		now.list = left = more;
	}
	for (k = 0; k < now.n; k++) {
		i = call_at(&now, k);
		sender = batch_extra(r->b, EXTRA_FORWARDED_BY, i);
		party_understand(r, &r->b->calls[i], &r->b->origins[i],
		    &sender);
		batch_set_extra(r->b, EXTRA_FORWARDED_BY, i, sender);
	}
	free(left);
}

/* What the source's calls may have dialled; that other texts are there, too. */
static void
note_dialled(struct resolver *r)
{
	const enum digits_kind number = DIGITS_NUMBER, code = DIGITS_CODE;
	uint8_t kind;
	size_t i;

	for (i = 0; i < r->ntouched; i++) {
		kind = r->memos[r->touched[i]].digits;
		if (kind != number + 1 && kind != code + 1)
			continue;
		r->dialled = xgrow(r->dialled, &r->dialled_cap, r->ndialled + 1,
		    sizeof(*r->dialled));
		r->dialled[r->ndialled++] = r->touched[i];
	}
}

static void
resolve_source(struct resolver *r, const struct calls_of *of,
    const struct party_settings *set, struct notes *notes)
{
	assert(r->source->plan != NULL);
	party_forget(r);
	r->channel_ids = intern_new();
	r->channels =
	    xgrow(r->channels, &r->channels_cap, 1, sizeof(*r->channels));
	r->channels[0] = (struct channel){ .name = 0 };
	party_settle_channel(&r->channels[0]);
	r->nchannels = 1;
	if (set->texts != NULL)
		party_ask_ahead(r, set->texts);
	if (set->guess_trunks && r->source->ntrunks == 0)
		party_guess(r, of, notes);
	party_all(r, of);
	note_dialled(r);
	intern_free(&r->channel_ids);
	party_tell_failures(r, notes);
}

uint32_t *
party_by_source(const struct batch *b, size_t *ends)
{
	uint32_t *list;
	size_t i, s, at = 0, count;

	if (b->nsources < 2) {
		if (b->nsources == 1)
			ends[0] = b->n;
		return NULL;
	}
	for (i = 0; i < b->n; i++)
		ends[b->calls[i].source]++;
	for (s = 0; s < b->nsources; s++) {
		count = ends[s];
		ends[s] = at; /* where it begins, until it is filled */
		at += count;
	}
	list = xmalloc(b->n * sizeof(*list));
	for (i = 0; i < b->n; i++)
		list[ends[b->calls[i].source]++] = (uint32_t)i;
	return list;
}

int
party_resolve(struct batch *b, const struct party_settings *set,
    struct notes *notes)
{
	struct party_kept kept = { .list = NULL };
	struct resolver r = { .b = b,
		.threads = set->threads,
		.kept = &kept,
		.only_added = set->kept != NULL };
	size_t *ends = xcalloc(b->nsources, sizeof(*ends));
	uint32_t *list = party_by_source(b, ends);
	struct calls_of of;
	size_t s, begin = 0;
	int rc;

	assert(set->nsources >= b->nsources);
	if (set->kept != NULL)
		r.other = party_kept_read(&kept, set->kept) != 0;
	r.nmemos = intern_count(b->names);
	r.memos = xcalloc(r.nmemos, sizeof(*r.memos));
	r.users = xcalloc(r.nmemos, sizeof(*r.users));
	r.naccounts = r.nmemos;
	r.accounts = xcalloc(r.naccounts, sizeof(*r.accounts));
	for (s = 0; s < b->nsources; s++) {
		of.list = list != NULL ? list + begin : NULL;
		of.n = ends[s] - begin;
		begin = ends[s];
		r.source = set->sources[s];
		r.source_id = (uint16_t)s;
		r.site = party_site(r.source);
		if (of.n > 0 || party_kept_has(&kept, r.source->name))
			resolve_source(&r, &of, set, notes);
	}
	batch_tails_of(b, r.dialled, r.ndialled);
	rc = r.other ? PARTY_NEEDS_ALL : r.nfailures > 0;
	if (set->keep != NULL)
		party_kept_print(&kept, set->keep);
	party_kept_fini(&kept);
	free(r.failures);
	free(r.channels);
	free(r.memos);
	free(r.users);
	free(r.touched);
	free(r.dialled);
	free(r.accounts);
	free(list);
	free(ends);
	return rc;
}
