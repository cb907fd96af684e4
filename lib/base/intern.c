#include "base/intern.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/intern_nibbles_impl.h"
#include "base/xalloc.h"

struct entry {
	const char *text; /* in the arena */
	uint32_t len : 31, rare : 1;
	uint32_t hash;
};

/*
 * The hash stands beside the id, so that most probes, and all of those for a
 * new string, touch one cache line: a million unique call ids are a million
 * misses otherwise.
 */
struct slot {
	uint32_t hash;
	uint32_t next; /* id + 1; 0: free */
};

/*
 * Open addressing with linear probing.  At most half of the slots are taken,
 * so a probe ends soon.
 */
struct table {
	struct slot *slots;
	uint32_t mask, taken;
};

/*
 * Strings that are only kept stand one behind another in segments, digits in
 * half the bytes; an id is the place of the first byte.  The first segment is
 * small: many an intern lives for a few hundred strings.
 */
struct segment {
	char *bytes;
	uint32_t used, size;
};

enum {
	SEGMENT = 1 << INTERN_SEGMENT_BITS,
	FIRST_SEGMENT = 64 * 1024,
	SEGMENTS = 1 << (31 - INTERN_SEGMENT_BITS)
};

_Static_assert((int)INTERN_ROOM > (int)NIBBLES_MOST, "digits and a NUL");

struct intern {
	struct arena texts;
	struct entry *entries; /* by id */
	size_t cap;
	uint32_t n;
	struct table usual, rare; /* each string stands in one of them */
	struct segment *segments;
	size_t nsegments, segments_cap;
};

enum { FIRST_SLOTS = 1024, AT_ONCE = 16, HASHED_AT_ONCE = 64 };

/*
 * A short string as two numbers, which with its length tell it from all
 * others.  Nearly all strings are short: as numbers they are hashed and
 * compared without a call.  One twice as long has four; call ids have.
 */
enum { SHORT = 16, MIDDLE = 32 };

struct pair {
	uint64_t begin, end; /* they overlap */
};

static inline struct pair
pair_of(const char *s, size_t len)
{
	struct pair p = { 0, 0 };
	uint32_t begin, end;

	if (len >= 8) {
		memcpy(&p.begin, s, 8);
		memcpy(&p.end, s + len - 8, 8);
	} else if (len >= 4) {
		memcpy(&begin, s, 4);
		memcpy(&end, s + len - 4, 4);
		p = (struct pair){ begin, end };
	} else if (len > 0) {
		p.begin = (unsigned char)s[0] |
			  (unsigned)(unsigned char)s[len / 2] << 8;
		p.end = (unsigned char)s[len - 1];
	}
	return p;
}

/* Each bit of the pair may change each of the hash. */
static inline uint32_t
hash_pair(struct pair p, size_t len)
{
	uint64_t h = p.begin * UINT64_C(0x9e3779b97f4a7c15) ^
		     (p.end + len) * UINT64_C(0xc2b2ae3d27d4eb4f);

	h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
	return (uint32_t)(h >> 32);
}

static inline uint32_t
hash_of(const char *bytes, size_t len)
{
	struct pair p, q;

	if (len <= SHORT)
		return hash_pair(pair_of(bytes, len), len);
	if (len > MIDDLE)
		return (uint32_t)hash64(bytes, len);
	p = pair_of(bytes, SHORT);
	q = pair_of(bytes + len - SHORT, SHORT);
	p.begin ^= q.end * UINT64_C(0xd6e8feb86659fd93);
	p.end ^= q.begin * UINT64_C(0x9e3779b97f4a7c15);
	return hash_pair(p, len);
}

static inline bool
are_equal(const char *a, const char *b, size_t len)
{
	struct pair p, q;

	if (len > SHORT)
		return memcmp(a, b, len) == 0;
	p = pair_of(a, len);
	q = pair_of(b, len);
	return p.begin == q.begin && p.end == q.end;
}

static void
table_init(struct table *t)
{
	t->mask = FIRST_SLOTS - 1;
	t->slots = xcalloc(FIRST_SLOTS, sizeof(*t->slots));
}

struct intern *
intern_new(void)
{
	struct intern *in = xcalloc(1, sizeof(*in));

	table_init(&in->usual);
	table_init(&in->rare);
	(void)intern_add(in, "", 0);
	return in;
}

void
intern_free(struct intern **ip)
{
	struct intern *in = *ip;
	size_t i;

	if (in == NULL)
		return;
	for (i = 0; i < in->nsegments; i++)
		free(in->segments[i].bytes);
	free(in->segments);
	arena_fini(&in->texts);
	free(in->entries);
	free(in->usual.slots);
	free(in->rare.slots);
	free(in);
	*ip = NULL;
}

static void
table_reset(struct table *t)
{
	memset(t->slots, 0, ((size_t)t->mask + 1) * sizeof(*t->slots));
	t->taken = 0;
}

void
intern_forget_kept(struct intern *in)
{
	while (in->nsegments > 1)
		free(in->segments[--in->nsegments].bytes);
	if (in->nsegments > 0)
		in->segments[0].used = 0;
}

void
intern_reset(struct intern *in)
{
	intern_forget_kept(in);
	arena_reset(&in->texts);
	table_reset(&in->usual);
	table_reset(&in->rare);
	in->n = 0;
	(void)intern_add(in, "", 0);
}

/* The slot where the string is, or the free one where it belongs. */
static inline struct slot *
probe(const struct intern *in, const struct table *t, const void *bytes,
    size_t len, uint32_t hash)
{
	const struct entry *e;
	struct slot *slot;
	uint32_t i;

	for (i = hash & t->mask;; i = (i + 1) & t->mask) {
		slot = &t->slots[i];
		if (slot->next == 0)
			return slot;
		if (slot->hash != hash)
			continue;
		e = &in->entries[slot->next - 1];
		if (e->len == len && are_equal(e->text, bytes, len))
			return slot;
	}
}

static void
double_slots(struct table *t)
{
	struct slot *old = t->slots;
	uint32_t i, to, had = t->mask;

	assert(t->mask < UINT32_MAX / 2);
	t->mask = t->mask * 2 + 1;
	t->slots = xcalloc((size_t)t->mask + 1, sizeof(*t->slots));
	for (i = 0; i <= had; i++) {
		if (old[i].next == 0)
			continue;
		to = old[i].hash & t->mask;
		while (t->slots[to].next != 0)
			to = (to + 1) & t->mask;
		t->slots[to] = old[i];
	}
	free(old);
}

/* The string is nowhere yet, and `slot` of `t` is where it belongs. */
static uint32_t
add_new(struct intern *in, struct table *t, struct slot *slot,
    const void *bytes, size_t len, uint32_t hash)
{
	assert(in->n < INTERN_KEPT && len <= INT32_MAX);
	in->entries = xgrow(in->entries, &in->cap, (size_t)in->n + 1,
	    sizeof(*in->entries));
	in->entries[in->n] = (struct entry){
		.text = arena_strndup(&in->texts, bytes, len),
		.len = (uint32_t)len & INT32_MAX,
		.rare = t == &in->rare,
		.hash = hash,
	};
	*slot = (struct slot){ .hash = hash, .next = ++in->n };
	if (++t->taken > t->mask / 2)
		double_slots(t);
	return in->n - 1;
}

/* To table `t`, unless it is there or in `other`. */
static uint32_t
add(struct intern *in, struct table *t, const struct table *other,
    const void *bytes, size_t len, uint32_t hash)
{
	struct slot *slot = probe(in, t, bytes, len, hash);
	const struct slot *there;

	if (slot->next != 0)
		return slot->next - 1;
	there = probe(in, other, bytes, len, hash);
	if (there->next != 0)
		return there->next - 1;
	return add_new(in, t, slot, bytes, len, hash);
}

uint32_t
intern_add(struct intern *in, const void *bytes, size_t len)
{
	return add(in, &in->usual, &in->rare, bytes, len, hash_of(bytes, len));
}

uint32_t
intern_add_rare(struct intern *in, const void *bytes, size_t len)
{
	return add(in, &in->rare, &in->usual, bytes, len, hash_of(bytes, len));
}

/*
 * The first round only finds where each might be, the second looks there: so
 * they wait for memory together.
 */
static void
add_some(struct intern *in, const struct intern_item *items, size_t n)
{
	const struct table *t = &in->usual;
	uint32_t hashes[AT_ONCE], next[AT_ONCE];
	const struct intern_item *item;
	const struct entry *e;
	uint32_t id;
	size_t i;

	for (i = 0; i < n; i++) {
		hashes[i] = hash_of(items[i].text, items[i].len);
		next[i] = t->slots[hashes[i] & t->mask].next;
	}
	for (i = 0; i < n; i++) {
		item = &items[i];
		/* Where there is none, the empty string's. */
		id = next[i] - (next[i] > 0);
		e = &in->entries[id];
		if (e->hash != hashes[i] || e->len != item->len ||
		    !are_equal(e->text, item->text, item->len))
			id = add(in, &in->usual, &in->rare, item->text,
			    item->len, hashes[i]);
		*item->id = id;
	}
}

void
intern_add_all(struct intern *in, const struct intern_item *items, size_t n)
{
	for (; n > AT_ONCE; n -= AT_ONCE, items += AT_ONCE)
		add_some(in, items, AT_ONCE);
	add_some(in, items, n);
}

/* One more for at least that many bytes; NULL if there is none any more. */
static struct segment *
next_segment(struct intern *in, size_t len)
{
	struct segment *s;

	if (len > SEGMENT || in->nsegments == SEGMENTS)
		return NULL;
	in->segments = xgrow(in->segments, &in->segments_cap, in->nsegments + 1,
	    sizeof(*in->segments));
	s = &in->segments[in->nsegments];
	*s = (struct segment){
		.size = in->nsegments == 0 && len <= FIRST_SEGMENT
			    ? FIRST_SEGMENT
			    : SEGMENT,
	};
	s->bytes = xmalloc(s->size);
	in->nsegments++;
	return s;
}

/* Room for that many bytes in one segment. */
static inline struct segment *
segment_for(struct intern *in, size_t len)
{
	struct segment *s;

	if (in->nsegments > 0) {
		s = &in->segments[in->nsegments - 1];
		if (len <= s->size - s->used)
			return s;
	}
	return next_segment(in, len);
}

static uint32_t
place_in(const struct intern *in, const struct segment *s)
{
	return INTERN_KEPT |
	       (uint32_t)(s - in->segments) << INTERN_SEGMENT_BITS | s->used;
}

/* A text takes more than one byte, so no id is INTERN_NONE. */
uint32_t
intern_keep(struct intern *in, const char *bytes, size_t len)
{
	struct segment *s;
	uint32_t id;
	char *to;

	if (len == 0)
		return 0;
	s = segment_for(in, len + 1);
	if (s == NULL)
		return intern_add_rare(in, bytes, len);
	id = place_in(in, s);
	to = s->bytes + s->used;
	if (nibbles_pack(bytes, len, to)) {
		s->used += (uint32_t)nibbles_size(len);
		return id;
	}
	if (nibbles_begin(bytes)) /* nobody could tell */
		return intern_add_rare(in, bytes, len);
	memcpy(to, bytes, len);
	to[len] = '\0';
	s->used += (uint32_t)len + 1;
	return id;
}

static const char *
kept(const struct intern *in, uint32_t id)
{
	const uint32_t at = id & ~INTERN_KEPT;
	const struct segment *s = &in->segments[at >> INTERN_SEGMENT_BITS];

	assert(
	    s < in->segments + in->nsegments && (at & (SEGMENT - 1)) < s->used);
	return s->bytes + (at & (SEGMENT - 1));
}

/*
 * The first round only looks at the slots, which do not wait for each other as
 * they do where one string after another is added.
 */
static void
map_more(struct intern_map *m)
{
	struct table *const tables[] = { &m->to->usual, &m->to->rare };
	const struct entry *e = m->from->entries;
	const struct table *t;
	uint32_t i;

	m->ids = xgrow(m->ids, &m->ids_cap, m->from->n, sizeof(*m->ids));
	for (i = m->n; i < m->from->n; i++) {
		t = tables[e[i].rare];
		m->ids[i] = t->slots[e[i].hash & t->mask].next;
	}
	for (; m->n < m->from->n; m->n++) {
		i = m->n;
		m->ids[i] = add(m->to, tables[e[i].rare], tables[!e[i].rare],
		    e[i].text, e[i].len, e[i].hash);
	}
}

/* A whole segment goes into one: all its ids change by the same. */
static uint32_t
take_segment(struct intern *to, const struct segment *from, size_t place)
{
	struct segment *s = segment_for(to, from->used);
	uint32_t shift;

	if (s == NULL)
		return INTERN_NONE;
	shift = place_in(to, s) -
		(INTERN_KEPT | (uint32_t)place << INTERN_SEGMENT_BITS);
	memcpy(s->bytes + s->used, from->bytes, from->used);
	s->used += from->used;
	return shift;
}

void
intern_map_more(struct intern_map *m)
{
	const struct intern *from = m->from;
	size_t i;

	map_more(m);
	m->shifts = xgrow(m->shifts, &m->shifts_cap, from->nsegments,
	    sizeof(*m->shifts));
	for (i = 0; i < from->nsegments; i++) {
		m->shifts[i] = take_segment(m->to, &from->segments[i], i);
		m->late |= m->shifts[i] == INTERN_NONE;
	}
}

void
intern_map_init(struct intern_map *m, struct intern *to,
    const struct intern *from)
{
	*m = (struct intern_map){ .to = to, .from = from };
	intern_map_more(m);
}

void
intern_map_fini(struct intern_map *m)
{
	free(m->ids);
	free(m->shifts);
	*m = (struct intern_map){ .to = NULL };
}

uint32_t
intern_map_late(const struct intern_map *m, uint32_t id)
{
	char room[INTERN_ROOM];

	return intern_keep(m->to, intern_read(m->from, id, room),
	    intern_len(m->from, id));
}

uint32_t
intern_addstr(struct intern *in, const char *text)
{
	return intern_add(in, text, strlen(text));
}

/* A free slot has next 0, which makes the id INTERN_NONE. */
uint32_t
intern_find(const struct intern *in, const void *bytes, size_t len)
{
	const uint32_t hash = hash_of(bytes, len);
	const struct slot *slot = probe(in, &in->usual, bytes, len, hash);

	if (slot->next == 0)
		slot = probe(in, &in->rare, bytes, len, hash);
	return slot->next - 1;
}

const char *
intern_text(const struct intern *in, uint32_t id)
{
	assert(id < in->n);
	return in->entries[id].text;
}

const char *
intern_read(const struct intern *in, uint32_t id, char room[INTERN_ROOM])
{
	const char *bytes;

	if ((id & INTERN_KEPT) == 0)
		return intern_text(in, id);
	bytes = kept(in, id);
	if (!nibbles_begin(bytes))
		return bytes;
	(void)nibbles_unpack(bytes, room);
	return room;
}

size_t
intern_len(const struct intern *in, uint32_t id)
{
	const char *bytes;

	if (id & INTERN_KEPT) {
		bytes = kept(in, id);
		return nibbles_begin(bytes) ? (unsigned char)*bytes
					    : strlen(bytes);
	}
	assert(id < in->n);
	return in->entries[id].len;
}

/* Nibbles are hashed as they are held. */
static inline uint32_t
hash_kept(const char *bytes)
{
	return nibbles_begin(bytes)
		   ? hash_of(bytes, nibbles_size((unsigned char)*bytes))
		   : hash_of(bytes, strlen(bytes));
}

/* The same of a string that is not only kept, though some are. */
static uint32_t
hash_as_kept(const struct entry *e)
{
	char room[INTERN_ROOM];

	return nibbles_pack(e->text, e->len, room) ? hash_kept(room) : e->hash;
}

/*
 * The first round only looks at the first bytes, so that those of many strings
 * come from memory together.
 */
static void
hash_some(const struct intern *in, uint32_t *ids, size_t n)
{
	const char *texts[HASHED_AT_ONCE];
	unsigned char first = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		texts[i] = NULL;
		if (ids[i] & INTERN_KEPT) {
			texts[i] = kept(in, ids[i]);
			first |= (unsigned char)texts[i][0];
			continue;
		}
		assert(ids[i] < in->n);
		ids[i] = in->nsegments == 0
			     ? in->entries[ids[i]].hash
			     : hash_as_kept(&in->entries[ids[i]]);
	}
	if (first == 0) /* none is only kept: those are not empty */
		return;
	for (i = 0; i < n; i++)
		if (texts[i] != NULL)
			ids[i] = hash_kept(texts[i]);
}

void
intern_hash_all(const struct intern *in, uint32_t *ids, size_t n)
{
	for (; n > HASHED_AT_ONCE; n -= HASHED_AT_ONCE, ids += HASHED_AT_ONCE)
		hash_some(in, ids, HASHED_AT_ONCE);
	hash_some(in, ids, n);
}

uint32_t
intern_count(const struct intern *in)
{
	return in->n;
}
