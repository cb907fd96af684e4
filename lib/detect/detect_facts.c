/* detect_facts: what was kept of all calls. */
#include "detect/detect_facts_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/packed.h"
#include "base/xalloc.h"

/* Accounts ---------------------------------------------------------------- */

static int
compare_names(const void *name, const void *account)
{
	const struct detect_account *a = account;

	return strcmp(name, a->name);
}

const struct detect_account *
detect_facts_account(const struct detect_facts *f, const char *name)
{
	if (f->naccounts == 0)
		return NULL;
	return bsearch(name, f->accounts, f->naccounts, sizeof(*f->accounts),
	    compare_names);
}

const struct detect_account *
detect_facts_of(const struct detect_facts *f, const struct detect_marks *m,
    const char *text)
{
	const struct detect_mark *found =
	    detect_marks_find(m, hash64(text, strlen(text)));

	return found != NULL ? &f->accounts[found->at] : NULL;
}

struct detect_feed
detect_facts_feed(const struct detect_facts *f, uint64_t source)
{
	const struct detect_mark *n = detect_marks_find(&f->records, source);
	struct detect_feed feed = { 0 };

	if (n == NULL)
		return feed;
	feed.calls = n->at;
	feed.first = detect_common_at(&f->firsts, source, 0);
	feed.last = detect_common_at(&f->lasts, source, 0);
	return feed;
}

/* From bytes -------------------------------------------------------------- */

static bool
read_accounts(struct detect_facts *f, const unsigned char **at,
    const unsigned char *end, int64_t n)
{
	struct packed_numbers types, since;
	const char *last = "";
	struct packed_texts names;
	struct buf name;
	bool good;
	size_t i;

	if (n < 0 || n > end - *at ||
	    packed_take_texts(&names, at, end, (size_t)n) != 0)
		return false;
	f->accounts = xcalloc((size_t)n + 1, sizeof(*f->accounts));
	buf_init(&name);
	good = true;
	for (i = 0; i < (size_t)n && good; i++) {
		good = packed_next_listed(&names, &name) == 0 &&
		       memchr(name.data, '\0', name.len) == NULL &&
		       (i == 0 || strcmp(last, name.data) < 0);
		if (!good)
			break;
		f->accounts[i].name = last = arena_strdup(&f->arena, name.data);
	}
	buf_fini(&name);
	f->naccounts = (size_t)n;
	if (!good || packed_take_numbers(&types, at, end, (size_t)n) != 0 ||
	    packed_take_numbers(&since, at, end, (size_t)n) != 0)
		return false;
	for (i = 0; i < (size_t)n; i++) {
		f->accounts[i].type = packed_number(&types, i);
		f->accounts[i].since = packed_number(&since, i);
		good &= f->accounts[i].type >= 0 &&
			f->accounts[i].type <= ACCOUNT_DIRECTORY &&
			detect_sane(f->accounts[i].since);
	}
	return good;
}

static bool
read_owners(struct detect_marks *m, const struct detect_facts *f,
    const unsigned char **at, const unsigned char *end, int64_t n)
{
	size_t i;

	if (detect_marks_read(m, at, end, n) != 0)
		return false;
	for (i = 0; i < m->n; i++)
		if (m->list[i].at < 0 || m->list[i].at >= (int64_t)f->naccounts)
			return false;
	return true;
}

static int
compare_written(const struct detect_written *a, const struct detect_written *b)
{
	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->noticed != b->noticed)
		return a->noticed < b->noticed ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

static bool
read_written(struct detect_facts *f, const unsigned char **at,
    const unsigned char *end, int64_t n)
{
	struct packed_numbers sources, noticed, ats;
	struct detect_written *w;
	size_t i;

	/* instants that differ take a bit each */
	if (n < 0 || n / 8 > end - *at ||
	    packed_take_numbers(&sources, at, end, (size_t)n) != 0 ||
	    packed_take_numbers(&noticed, at, end, (size_t)n) != 0 ||
	    packed_take_numbers(&ats, at, end, (size_t)n) != 0)
		return false;
	f->written = xcalloc((size_t)n + 1, sizeof(*f->written));
	f->nwritten = (size_t)n;
	for (i = 0; i < f->nwritten; i++) {
		w = &f->written[i];
		*w = (struct detect_written){
			.source = (uint64_t)packed_number(&sources, i),
			.at = packed_number(&ats, i),
			.noticed = packed_number(&noticed, i),
		};
		if (w->noticed < 0 || w->noticed > 1 || w->at < f->first ||
		    w->at >= f->until ||
		    (i > 0 && compare_written(w - 1, w) >= 0))
			return false;
	}
	return true;
}

/* Counted records of a source, and the first and the last of them. */
static bool
read_feeds(struct detect_facts *f, const unsigned char **at,
    const unsigned char *end, int64_t n)
{
	size_t i;

	if (detect_marks_read(&f->records, at, end, n) != 0 ||
	    detect_marks_read(&f->firsts, at, end, n) != 0 ||
	    detect_marks_read(&f->lasts, at, end, n) != 0)
		return false;
	for (i = 0; i < f->records.n; i++)
		if (!detect_sane_count(f->records.list[i].at) ||
		    f->firsts.list[i].at == INT64_MAX ||
		    f->lasts.list[i].at == INT64_MAX)
			return false;
	return true;
}

static bool
read_all(struct detect_facts *f, const unsigned char *at,
    const unsigned char *end)
{
	struct packed_numbers head;
	int64_t n[FACTS_HEAD_SIZE];
	size_t i;

	if (packed_take_numbers(&head, &at, end, FACTS_HEAD_SIZE) != 0)
		return false;
	for (i = 0; i < FACTS_HEAD_SIZE; i++)
		n[i] = packed_number(&head, i);
	f->until = n[FACTS_HEAD_UNTIL];
	f->first = n[FACTS_HEAD_FIRST];
	f->fraud = n[FACTS_HEAD_FRAUD];
	f->floor = n[FACTS_HEAD_FLOOR];
	return n[FACTS_HEAD_FORMAT] == FACTS_FORMAT && detect_sane(f->until) &&
	       detect_sane(f->first) && detect_sane(f->floor) &&
	       read_feeds(f, &at, end, n[FACTS_HEAD_SOURCES]) &&
	       read_accounts(f, &at, end, n[FACTS_HEAD_ACCOUNTS]) &&
	       read_owners(&f->numbers, f, &at, end, n[FACTS_HEAD_NUMBERS]) &&
	       read_owners(&f->users, f, &at, end, n[FACTS_HEAD_USERS]) &&
	       read_written(f, &at, end, n[FACTS_HEAD_WRITTEN]) && at == end;
}

struct detect_facts *
detect_facts_take(const struct detect_keep *keep)
{
	const struct buf *body =
	    keep != NULL ? detect_keep_get(keep, DETECT_KEEP_CALLS) : NULL;
	const unsigned char *bytes;
	struct detect_facts *f;

	if (body == NULL)
		return NULL;
	f = xcalloc(1, sizeof(*f));
	arena_init(&f->arena);
	bytes = (const unsigned char *)body->data;
	if (!read_all(f, bytes, bytes + body->len))
		detect_facts_free(&f);
	return f;
}

void
detect_facts_free(struct detect_facts **fp)
{
	struct detect_facts *f = *fp;

	if (f == NULL)
		return;
	arena_fini(&f->arena);
	detect_marks_fini(&f->records);
	detect_marks_fini(&f->firsts);
	detect_marks_fini(&f->lasts);
	detect_marks_fini(&f->numbers);
	detect_marks_fini(&f->users);
	free(f->accounts);
	free(f->written);
	free(f);
	*fp = NULL;
}

/* Of the rules ------------------------------------------------------------ */

enum { TERMS_FORMAT = 1 };
enum {
	TERMS_HEAD_FORMAT,
	TERMS_HEAD_UNTIL,
	TERMS_HEAD_FROM,
	TERMS_HEAD_GROUPS,
	TERMS_HEAD_NEEDS,
	TERMS_HEAD_CARRIES,
	TERMS_HEAD_SIZE
};

uint64_t
detect_terms_key(const struct rule *r)
{
	return hash64(r->id, strlen(r->id));
}

static bool
read_terms(struct detect_terms *t, const unsigned char *at,
    const unsigned char *end)
{
	struct packed_numbers head;

	if (packed_take_numbers(&head, &at, end, TERMS_HEAD_SIZE) != 0)
		return false;
	t->until = packed_number(&head, TERMS_HEAD_UNTIL);
	t->from = packed_number(&head, TERMS_HEAD_FROM);
	return packed_number(&head, TERMS_HEAD_FORMAT) == TERMS_FORMAT &&
	       detect_sane(t->until) && detect_sane(t->from) &&
	       detect_marks_read(&t->groups, &at, end,
		   packed_number(&head, TERMS_HEAD_GROUPS)) == 0 &&
	       detect_marks_read(&t->needs, &at, end,
		   packed_number(&head, TERMS_HEAD_NEEDS)) == 0 &&
	       detect_marks_read(&t->carries, &at, end,
		   packed_number(&head, TERMS_HEAD_CARRIES)) == 0 &&
	       at == end;
}

bool
detect_terms_take(struct detect_terms *t, const struct detect_keep *keep)
{
	const struct buf *body =
	    keep != NULL ? detect_keep_get(keep, DETECT_KEEP_RULES) : NULL;
	const unsigned char *bytes;

	memset(t, 0, sizeof(*t));
	if (body == NULL)
		return false;
	bytes = (const unsigned char *)body->data;
	if (read_terms(t, bytes, bytes + body->len))
		return true;
	detect_terms_fini(t);
	return false;
}

void
detect_terms_print(struct detect_terms *t, struct buf *out)
{
	int64_t head[TERMS_HEAD_SIZE];

	detect_marks_settle(&t->groups);
	detect_marks_settle(&t->needs);
	detect_marks_settle(&t->carries);
	head[TERMS_HEAD_FORMAT] = TERMS_FORMAT;
	head[TERMS_HEAD_UNTIL] = t->until;
	head[TERMS_HEAD_FROM] = t->from;
	head[TERMS_HEAD_GROUPS] = (int64_t)t->groups.n;
	head[TERMS_HEAD_NEEDS] = (int64_t)t->needs.n;
	head[TERMS_HEAD_CARRIES] = (int64_t)t->carries.n;
	packed_add_numbers(out, head, TERMS_HEAD_SIZE);
	detect_marks_print(&t->groups, out);
	detect_marks_print(&t->needs, out);
	detect_marks_print(&t->carries, out);
}

void
detect_terms_fini(struct detect_terms *t)
{
	detect_marks_fini(&t->groups);
	detect_marks_fini(&t->needs);
	detect_marks_fini(&t->carries);
}
