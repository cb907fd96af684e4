/*
 * What channels prove, kept for a time when only some of their calls are
 * looked at.  Counts only grow, so those of the calls that came are added.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/hash.h"
#include "base/packed.h"
#include "base/xalloc.h"
#include "cdr/party_impl.h"

enum { KEPT_CALLERS = 1, KEPT_CALLEES = 2, KEPT_TRUNK = 4 };

static const size_t counts[] = { offsetof(struct channel_evidence, in),
	offsetof(struct channel_evidence, in_outside),
	offsetof(struct channel_evidence, in_trunk_context),
	offsetof(struct channel_evidence, in_inside_context),
	offsetof(struct channel_evidence, out),
	offsetof(struct channel_evidence, out_outside),
	offsetof(struct channel_evidence, self) };

enum { COUNTS = sizeof(counts) / sizeof(counts[0]) };

static uint32_t *
count_of(struct channel_evidence *e, size_t which)
{
	return (uint32_t *)((char *)e + counts[which]);
}

/* Equal parties have equal ones in every run. */
static uint64_t
hash_party(const struct batch *b, uint32_t id)
{
	const struct party *p = &b->parties[id];
	const char *const texts[] = { batch_text(b, p->text),
		batch_text(b, p->country), batch_text(b, p->block) };
	uint64_t all[8] = { p->kind, p->party, p->inside, p->international,
		p->own_toll_free };
	size_t i;

	if (id == 0)
		return 0;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		all[5 + i] = hash64(texts[i], strlen(texts[i]));
	return hash64(all, sizeof(all));
}

/* One outside party, or several. */
static void
merge_party(uint64_t *kept, bool *several, uint64_t now, bool others)
{
	*several |= others || (*kept != 0 && now != 0 && *kept != now);
	if (*kept == 0)
		*kept = now;
}

void
party_kept_merge(struct kept_channel *c, const struct batch *b,
    const struct channel_evidence *more)
{
	struct channel_evidence e = *more;
	size_t i;

	for (i = 0; i < COUNTS; i++)
		*count_of(&c->evidence, i) += *count_of(&e, i);
	merge_party(&c->caller, &c->evidence.callers, hash_party(b, e.caller),
	    e.callers);
	merge_party(&c->callee, &c->evidence.callees, hash_party(b, e.callee),
	    e.callees);
}

struct kept_channel *
party_kept_channel(struct kept_source *s, const char *key, size_t len)
{
	struct kept_channel *c;

	s->list = xgrow(s->list, &s->cap, s->n + 1, sizeof(*s->list));
	c = &s->list[s->n++];
	*c = (struct kept_channel){ .len = len };
	c->key = xmalloc(len + 1);
	memcpy(c->key, key, len);
	c->key[len] = '\0';
	return c;
}

char *
party_kept_name(const struct kept_channel *c)
{
	char *name = xmalloc(c->len);

	memcpy(name, c->key, c->len - 1);
	name[c->len - 1] = '\0';
	return name;
}

bool
party_kept_has(const struct party_kept *k, const char *name)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (strcmp(k->list[i].name, name) == 0)
			return true;
	return false;
}

struct kept_source *
party_kept_source(struct party_kept *k, const char *name)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (strcmp(k->list[i].name, name) == 0)
			return &k->list[i];
	k->list = xgrow(k->list, &k->cap, k->n + 1, sizeof(*k->list));
	k->list[k->n] = (struct kept_source){ .name = xstrdup(name) };
	return &k->list[k->n++];
}

void
party_kept_fini(struct party_kept *k)
{
	struct kept_source *s;
	size_t i, n;

	for (n = 0; n < k->n; n++) {
		s = &k->list[n];
		for (i = 0; i < s->n; i++)
			free(s->list[i].key);
		free(s->list);
		free(s->name);
	}
	free(k->list);
	memset(k, 0, sizeof(*k));
}

/* As bytes ---------------------------------------------------------------- */

/* A column of the channels; behind the counts two parties and the flags. */
static int64_t
number_of(const struct kept_channel *c, size_t column)
{
	struct channel_evidence e = c->evidence;

	if (column < COUNTS)
		return *count_of(&e, column);
	if (column == COUNTS)
		return (int64_t)c->caller;
	if (column == COUNTS + 1)
		return (int64_t)c->callee;
	return (e.callers ? KEPT_CALLERS : 0) | (e.callees ? KEPT_CALLEES : 0) |
	       (c->trunk ? KEPT_TRUNK : 0);
}

static void
set_number(struct kept_channel *c, size_t column, int64_t v)
{
	if (column < COUNTS) {
		*count_of(&c->evidence, column) = (uint32_t)v;
	} else if (column == COUNTS) {
		c->caller = (uint64_t)v;
	} else if (column == COUNTS + 1) {
		c->callee = (uint64_t)v;
	} else {
		c->evidence.callers = (v & KEPT_CALLERS) != 0;
		c->evidence.callees = (v & KEPT_CALLEES) != 0;
		c->trunk = (v & KEPT_TRUNK) != 0;
	}
}

enum { COLUMNS = COUNTS + 3 };

static void
print_source(const struct kept_source *s, struct buf *out)
{
	const int64_t head[] = { (int64_t)s->calls, (int64_t)s->n };
	struct packed_text *keys = xcalloc(s->n, sizeof(*keys));
	int64_t *v = xcalloc(s->n + 1, sizeof(*v));
	size_t i, column;

	packed_add_numbers(out, head, 2);
	packed_add_text(out, s->name, strlen(s->name));
	for (i = 0; i < s->n; i++)
		keys[i] =
		    (struct packed_text){ s->list[i].key, s->list[i].len };
	packed_add_list(out, keys, s->n);
	for (column = 0; column < COLUMNS; column++) {
		for (i = 0; i < s->n; i++)
			v[i] = number_of(&s->list[i], column);
		packed_add_numbers(out, v, s->n);
	}
	free(keys);
	free(v);
}

void
party_kept_print(const struct party_kept *k, struct buf *out)
{
	const int64_t n = (int64_t)k->n;
	size_t i;

	for (i = 0; i < k->n; i++)
		if (k->list[i].more)
			return;
	packed_add_numbers(out, &n, 1);
	for (i = 0; i < k->n; i++)
		print_source(&k->list[i], out);
}

/* What is left to read. */
struct reading {
	const unsigned char *at, *end;
};

static int
read_keys(struct reading *in, struct kept_source *s, size_t n)
{
	struct packed_texts keys;
	struct buf text;
	size_t i;
	int r = packed_take_texts(&keys, &in->at, in->end, n);

	buf_init(&text);
	for (i = 0; r == 0 && i < n; i++) {
		r = packed_next_listed(&keys, &text);
		if (r != 0 || text.len == 0)
			break;
		(void)party_kept_channel(s, text.data, text.len);
	}
	buf_fini(&text);
	return i == n ? r : -1;
}

static int
read_source(struct reading *in, struct party_kept *k)
{
	struct kept_source *s;
	int64_t head[2], *v;
	struct buf name;
	size_t i, n, column;
	int r;

	if (packed_read_numbers(head, &in->at, in->end, 2) != 0 ||
	    head[0] < 0 || head[1] < 0 || head[1] > PARTY_KEPT_MOST)
		return -1;
	n = (size_t)head[1];
	buf_init(&name);
	r = packed_read_text(&name, &in->at, in->end);
	if (strlen(name.data) != name.len)
		r = -1;
	s = party_kept_source(k, name.data);
	buf_fini(&name);
	if (r != 0 || s->n > 0 || read_keys(in, s, n) != 0)
		return -1;
	s->calls = (uint64_t)head[0];
	v = xcalloc(n + 1, sizeof(*v));
	for (column = 0; r == 0 && column < COLUMNS; column++) {
		r = packed_read_numbers(v, &in->at, in->end, n);
		for (i = 0; r == 0 && i < n; i++) {
			if (column < COUNTS && (v[i] < 0 || v[i] > UINT32_MAX))
				r = -1;
			set_number(&s->list[i], column, v[i]);
		}
	}
	free(v);
	return r;
}

int
party_kept_read(struct party_kept *k, const struct buf *bytes)
{
	struct reading in = { (const unsigned char *)bytes->data,
		(const unsigned char *)bytes->data + bytes->len };
	int64_t n, i;

	memset(k, 0, sizeof(*k));
	if (bytes->len == 0 ||
	    packed_read_numbers(&n, &in.at, in.end, 1) != 0 || n < 0 ||
	    n > BOUNDS_SOURCES)
		return -1;
	for (i = 0; i < n; i++)
		if (read_source(&in, k) != 0)
			return -1;
	return in.at == in.end ? 0 : -1;
}
