/* detect_facts_make: what is kept of all calls, from those that there are. */
#include <stdlib.h>
#include <string.h>

#include "base/floordiv.h"
#include "base/hash.h"
#include "base/packed.h"
#include "base/xalloc.h"
#include "detect/detect_facts_impl.h"

/* The instants of one source, or of what was noticed of it. */
struct stream {
	int64_t *list;
	size_t n, cap;
};

struct making {
	const struct detect_batch *db;
	const struct detect_facts *was; /* or NULL */
	int64_t until;
	size_t begin, end; /* calls of the batch that are added */
	struct detect_facts next;
	size_t cap;
	struct stream *streams; /* by source: written, noticed */
};

/* Whose ------------------------------------------------------------------- */

static bool
in_time(const struct making *m, uint32_t first)
{
	return first != 0 && m->db->calls->calls[first - 1].start < m->until;
}

static void
add_account(struct making *m, const char *name, int64_t type, int64_t since)
{
	struct detect_facts *f = &m->next;

	f->accounts =
	    xgrow(f->accounts, &m->cap, f->naccounts + 1, sizeof(*f->accounts));
	f->accounts[f->naccounts++] =
	    (struct detect_account){ name, type, since };
}

static int
compare_accounts(const void *va, const void *vb)
{
	const struct detect_account *a = va, *b = vb;

	return strcmp(a->name, b->name);
}

static int64_t
since_now(const struct making *m, uint32_t name)
{
	const uint32_t first = m->db->account_since[name];

	return in_time(m, first) ? m->db->calls->calls[first - 1].start
				 : INT64_MAX;
}

static void
take_accounts(struct making *m)
{
	const struct batch *b = m->db->calls;
	const struct detect_account *had;
	const char *name;
	uint32_t first, i, id;
	int64_t since;

	for (i = 1; i < intern_count(b->names); i++) {
		first = m->db->of_account[i];
		if (!in_time(m, first))
			continue;
		name = batch_text(b, i);
		if (m->was != NULL &&
		    detect_facts_account(m->was, name) != NULL)
			continue;
		add_account(m, name, b->calls[first - 1].account_type,
		    since_now(m, i));
	}
	for (i = 0; m->was != NULL && i < m->was->naccounts; i++) {
		had = &m->was->accounts[i];
		since = had->since;
		id = intern_find(b->names, had->name, strlen(had->name));
		if (since == INT64_MAX && id != INTERN_NONE)
			since = since_now(m, id);
		add_account(m, had->name, had->type, since);
	}
	if (m->next.naccounts > 1)
		qsort(m->next.accounts, m->next.naccounts,
		    sizeof(*m->next.accounts), compare_accounts);
}

/* The account of the call, which is there. */
static void
add_owner(struct making *m, struct detect_marks *to,
    const struct detect_marks *was, uint64_t key, const char *account)
{
	const struct detect_account *a;

	if (was != NULL && detect_marks_find(was, key) != NULL)
		return;
	a = detect_facts_account(&m->next, account);
	if (a != NULL)
		detect_marks_add(to, key, a - m->next.accounts);
}

static void
take_owners(struct making *m, _Atomic uint32_t *of, struct detect_marks *to,
    const struct detect_marks *was)
{
	const struct batch *b = m->db->calls;
	const struct detect_mark *had;
	uint32_t first, i;
	size_t k;

	for (i = 1; i < intern_count(b->names); i++) {
		first = of[i];
		if (in_time(m, first))
			add_owner(m, to, was,
			    hash64(intern_text(b->names, i),
				intern_len(b->names, i)),
			    batch_text(b, b->calls[first - 1].account));
	}
	for (k = 0; was != NULL && k < was->n; k++) {
		had = &was->list[k];
		add_owner(m, to, NULL, had->key,
		    m->was->accounts[had->at].name);
	}
	detect_marks_settle(to);
}

/* Feeds, and what was written --------------------------------------------- */

static int64_t
slot_of(int64_t t)
{
	return floor_div(t, DETECT_SLOT_MS);
}

/* The first of a half hour stays, and the last. */
static void
push(struct stream *s, int64_t t)
{
	if (s->n > 0 && s->list[s->n - 1] == t)
		return;
	if (s->n > 1 && slot_of(s->list[s->n - 1]) == slot_of(t) &&
	    slot_of(s->list[s->n - 2]) == slot_of(t)) {
		s->list[s->n - 1] = t;
		return;
	}
	s->list = xgrow(s->list, &s->cap, s->n + 1, sizeof(*s->list));
	s->list[s->n++] = t;
}

static size_t
source_of(const struct making *m, uint64_t hash)
{
	size_t i;

	for (i = 0; i < m->db->calls->nsources; i++)
		if (m->db->source_hashes[i] == hash)
			break;
	return i;
}

static void
recall_written(struct making *m)
{
	const struct detect_written *w;
	size_t i, source;

	for (i = 0; m->was != NULL && i < m->was->nwritten; i++) {
		w = &m->was->written[i];
		source = source_of(m, w->source);
		if (source < m->db->calls->nsources)
			push(&m->streams[2 * source + (size_t)w->noticed],
			    w->at);
	}
}

static void
see_feeds(struct making *m)
{
	const struct batch *b = m->db->calls;
	struct detect_feed *feeds = xcalloc(b->nsources + 1, sizeof(*feeds));
	struct detect_facts *f = &m->next;
	const struct call *c;
	bool noticed;
	size_t i;

	for (i = 0; m->was != NULL && i < b->nsources; i++)
		feeds[i] = detect_facts_feed(m->was, m->db->source_hashes[i]);
	for (i = m->begin; i < m->end; i++) {
		c = &b->calls[i];
		noticed = batch_event(b, i) == EVENT_QUALITY;
		push(&m->streams[2 * c->source + noticed], c->start);
		if (!noticed)
			detect_feed_add(&feeds[c->source], c->start);
	}
	for (i = 0; i < b->nsources; i++) {
		if (feeds[i].calls == 0)
			continue;
		detect_marks_add(&f->records, m->db->source_hashes[i],
		    feeds[i].calls);
		detect_marks_add(&f->firsts, m->db->source_hashes[i],
		    feeds[i].first);
		detect_marks_add(&f->lasts, m->db->source_hashes[i],
		    feeds[i].last);
	}
	detect_marks_settle(&f->records);
	detect_marks_settle(&f->firsts);
	detect_marks_settle(&f->lasts);
	free(feeds);
}

static int
compare_written(const void *va, const void *vb)
{
	const struct detect_written *a = va, *b = vb;

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->noticed != b->noticed)
		return a->noticed < b->noticed ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

static void
take_written(struct making *m)
{
	struct detect_facts *f = &m->next;
	size_t n = 2 * m->db->calls->nsources, sum = 0, i, k;
	const struct stream *s;

	for (i = 0; i < n; i++)
		sum += m->streams[i].n;
	f->written = xcalloc(sum + 1, sizeof(*f->written));
	for (i = 0; i < n && f->floor != INT64_MAX; i++) {
		s = &m->streams[i];
		for (k = 0; k < s->n; k++)
			if (s->list[k] >= f->floor || (k == 0 && i % 2 == 0))
				f->written[f->nwritten++] =
				    (struct detect_written){
					    .source =
						m->db->source_hashes[i / 2],
					    .at = s->list[k],
					    .noticed = (int64_t)(i % 2)
				    };
	}
	if (f->nwritten > 1)
		qsort(f->written, f->nwritten, sizeof(*f->written),
		    compare_written);
}

/* As bytes ---------------------------------------------------------------- */

static void
print_accounts(const struct detect_facts *f, struct buf *out)
{
	const size_t n = f->naccounts;
	struct packed_text *names = xcalloc(n + 1, sizeof(*names));
	int64_t *types = xcalloc(n + 1, sizeof(*types));
	int64_t *since = xcalloc(n + 1, sizeof(*since));
	size_t i;

	for (i = 0; i < n; i++) {
		names[i] = (struct packed_text){ f->accounts[i].name,
			strlen(f->accounts[i].name) };
		types[i] = f->accounts[i].type;
		since[i] = f->accounts[i].since;
	}
	packed_add_list(out, names, n);
	packed_add_numbers(out, types, n);
	packed_add_numbers(out, since, n);
	free(names);
	free(types);
	free(since);
}

static void
print_written(const struct detect_facts *f, struct buf *out)
{
	int64_t *column = xcalloc(f->nwritten + 1, sizeof(*column));
	size_t i;

	for (i = 0; i < f->nwritten; i++)
		column[i] = (int64_t)f->written[i].source;
	packed_add_numbers(out, column, f->nwritten);
	for (i = 0; i < f->nwritten; i++)
		column[i] = f->written[i].noticed;
	packed_add_numbers(out, column, f->nwritten);
	for (i = 0; i < f->nwritten; i++)
		column[i] = f->written[i].at;
	packed_add_numbers(out, column, f->nwritten);
	free(column);
}

static void
print(const struct detect_facts *f, struct buf *out)
{
	const int64_t head[FACTS_HEAD_SIZE] = { [FACTS_HEAD_FORMAT] =
						    FACTS_FORMAT,
		[FACTS_HEAD_UNTIL] = f->until,
		[FACTS_HEAD_FIRST] = f->first,
		[FACTS_HEAD_FRAUD] = f->fraud,
		[FACTS_HEAD_FLOOR] = f->floor,
		[FACTS_HEAD_SOURCES] = (int64_t)f->records.n,
		[FACTS_HEAD_ACCOUNTS] = (int64_t)f->naccounts,
		[FACTS_HEAD_NUMBERS] = (int64_t)f->numbers.n,
		[FACTS_HEAD_USERS] = (int64_t)f->users.n,
		[FACTS_HEAD_WRITTEN] = (int64_t)f->nwritten };

	packed_add_numbers(out, head, FACTS_HEAD_SIZE);
	detect_marks_print(&f->records, out);
	detect_marks_print(&f->firsts, out);
	detect_marks_print(&f->lasts, out);
	print_accounts(f, out);
	detect_marks_print(&f->numbers, out);
	detect_marks_print(&f->users, out);
	print_written(f, out);
}

static void
close_making(struct making *m)
{
	size_t i;

	for (i = 0; i < 2 * m->db->calls->nsources; i++)
		free(m->streams[i].list);
	free(m->streams);
	free(m->next.accounts);
	free(m->next.written);
	detect_marks_fini(&m->next.records);
	detect_marks_fini(&m->next.firsts);
	detect_marks_fini(&m->next.lasts);
	detect_marks_fini(&m->next.numbers);
	detect_marks_fini(&m->next.users);
}

void
detect_facts_keep(const struct detect_batch *db, const struct detect_facts *was,
    int64_t until, int64_t floor, struct buf *out)
{
	const struct batch *b = db->calls;
	struct making m = { .db = db, .was = was };

	m.until = was != NULL && was->until > until ? was->until : until;
	m.begin = was != NULL ? batch_lower(b, was->until) : 0;
	m.end = batch_lower(b, m.until);
	m.streams = xcalloc(2 * b->nsources + 1, sizeof(*m.streams));
	m.next.until = m.until;
	m.next.first =
	    b->calls[0].start < m.until ? b->calls[0].start : INT64_MAX;
	if (was != NULL && was->first < m.next.first)
		m.next.first = was->first;
	m.next.fraud = db->fraud_sum;
	m.next.floor = was != NULL && was->floor > floor ? was->floor : floor;
	take_accounts(&m);
	take_owners(&m, db->of_party, &m.next.numbers,
	    was != NULL ? &was->numbers : NULL);
	take_owners(&m, db->of_user, &m.next.users,
	    was != NULL ? &was->users : NULL);
	recall_written(&m);
	see_feeds(&m);
	take_written(&m);
	print(&m.next, out);
	close_making(&m);
}
