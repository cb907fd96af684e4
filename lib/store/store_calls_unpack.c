/*
 * Calls out of blocks: many blocks at once, each on its own thread, column by
 * column to where the calls stand in the batch.  Nothing that they say is
 * trusted.
 */
#include "store/store_calls_impl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/pool.h"
#include "base/xalloc.h"

enum { TILE = 256 }; /* calls whose columns are put together in the cache */

/* Texts of a call's own by their ids in `own`, call by call. */
struct own_texts {
	struct intern *texts;
	uint32_t *ids;           /* STORE_OWN of each call */
	struct intern_map names; /* in the batch */
	bool named;              /* `ids` are those already */
	bool differ;             /* some call joins by another than its id */
};

struct loading_block {
	struct loading *loading;
	struct store_block block;
	struct buf data;
	size_t first, n; /* calls of the block that are wanted */
	size_t at;       /* where they go in the batch */
	struct own_texts own;
	const char *damage; /* what cannot be; NULL: nothing yet */
	int64_t value;
};

struct loading_block *
loading_blocks_new(struct loading *l)
{
	struct loading_block *all = xcalloc(LOADING_BLOCKS, sizeof(*all));
	size_t i;

	for (i = 0; i < LOADING_BLOCKS; i++) {
		all[i].loading = l;
		buf_init(&all[i].data);
	}
	return all;
}

static void
empty(struct loading_block *k)
{
	intern_free(&k->own.texts);
	free(k->own.ids);
	intern_map_fini(&k->own.names);
	k->own = (struct own_texts){ .texts = NULL };
	k->damage = NULL;
	k->first = k->n = 0;
}

void
loading_blocks_free(struct loading_block **all)
{
	size_t i;

	for (i = 0; i < LOADING_BLOCKS; i++) {
		empty(&(*all)[i]);
		buf_fini(&(*all)[i].data);
	}
	free(*all);
	*all = NULL;
}

void
loading_block_read(struct loading_block *all, size_t i, struct sqlstmt *row)
{
	empty(&all[i]);
	store_block_read(&all[i].block, row, &all[i].data);
}

int64_t
loading_block_first(const struct loading_block *all, size_t i)
{
	return all[i].block.first;
}

int64_t
loading_block_value(const struct loading_block *k, int place, size_t i)
{
	return packed_number(&k->block.columns[place], k->first + i);
}

static int
damaged(struct loading_block *k, const char *what, int64_t value)
{
	k->damage = what;
	k->value = value;
	return -1;
}

/* Looking at one --------------------------------------------------------- */

static uint32_t
name_own(const struct loading_block *k, const struct buf *text)
{
	struct intern *in = k->own.texts;

	return k->loading->b->keep_ids &&
		       memchr(text->data, '\0', text->len) == NULL
		   ? intern_keep(in, text->data, text->len)
		   : intern_add_rare(in, text->data, text->len);
}

/* The own texts of the next call; `last` is the first of the one before. */
static int
next_own(struct loading_block *k, struct packed_text *last, struct buf *text,
    uint32_t *ids, const uint32_t *before)
{
	const struct intern *texts = k->own.texts;
	struct packed_text like = *last;
	uint32_t same = before[0];
	int i;

	for (i = 0; i < STORE_OWN; i++) {
		if (packed_next_text(&k->block.own[i], &like, text) != 0 ||
		    text->len > BOUNDS_FIELD)
			return -1;
		if (text->len == 0)
			ids[i] = 0;
		else if (text->len == like.len &&
			 memcmp(text->data, like.bytes, like.len) == 0)
			ids[i] = same;
		else
			ids[i] = name_own(k, text);
		same = ids[i];
		like = (struct packed_text){ intern_text(texts, same),
			intern_len(texts, same) };
		if (i == 0)
			*last = like;
	}
	return 0;
}

static int
look_at_own(struct loading_block *k)
{
	const size_t end = k->first + k->n;
	struct packed_text last = { "", 0 };
	uint32_t none[STORE_OWN] = { 0 }, *ids, *before = none;
	struct buf text;
	size_t i;
	int r = 0;

	k->own.texts = intern_new();
	k->own.ids = xmalloc((end + 1) * STORE_OWN * sizeof(*k->own.ids));
	buf_init(&text);
	for (i = 0; i < end && r == 0; i++, before = ids) {
		ids = k->own.ids + i * STORE_OWN;
		r = next_own(k, &last, &text, ids, before);
		k->own.differ |= ids[1] != 0 && ids[1] != ids[0];
	}
	buf_fini(&text);
	return r;
}

/* Whether it is what was written, and which of its calls are wanted. */
static void
look_at(void *arg, size_t i)
{
	struct loading_block *k = (struct loading_block *)arg + i;
	const struct loading *l = k->loading;
	const struct store_block *block = &k->block;

	if (store_block_take(&k->block, &k->data) != 0) {
		(void)damaged(k, "block", block->first);
		return;
	}
	if (block->first < 0 || block->last > STORE_LATEST) {
		(void)damaged(k, "start",
		    block->first < 0 ? block->first : block->last);
		return;
	}
	k->first = store_block_lower(block, l->from);
	k->n = store_block_lower(block, l->to) - k->first;
	if (look_at_own(k) != 0)
		(void)damaged(k, "block", block->first);
}

/* What the batch numbers, one block after the other ---------------------- */

/* Have all of a column known to the batch. */
static int
settle(struct loading_block *k, int place,
    int (*know)(struct loading *l, int64_t id, struct errmsg *err),
    struct errmsg *err)
{
	const struct packed_numbers *column = &k->block.columns[place];
	const size_t n = column->width == 0 && k->n > 0 ? 1 : k->n;
	int64_t v, last = -1;
	size_t i;

	for (i = 0; i < n; i++, last = v) {
		v = packed_number(column, k->first + i);
		if ((i == 0 || v != last) && know(k->loading, v, err) != 0)
			return -1;
	}
	return 0;
}

/* What only one thread may do. */
static void
name_late(struct loading_block *k)
{
	const size_t n = (k->first + k->n) * STORE_OWN;
	size_t i;

	for (i = 0; i < n; i++)
		k->own.ids[i] = intern_mapped(&k->own.names, k->own.ids[i]);
	k->own.named = k->own.differ = true;
}

/* Whether all of a column is 0, as calls are to begin with. */
static bool
is_empty(const struct loading_block *k, int place)
{
	const struct packed_numbers *column = &k->block.columns[place];

	return k->n == 0 || (column->width == 0 && column->least == 0);
}

/* For the threads that put calls there. */
static void
make_columns(const struct loading_block *k, struct batch *b)
{
	const struct packed_numbers *files = &k->block.columns[STORE_FILE];
	const uint32_t file = loading_file_of(k->loading,
	    k->n > 0 ? packed_number(files, k->first) : 0);
	const struct store_column *c;

	if (k->at == 0 && k->n > 0)
		batch_usual_file(b, file);
	if (k->n > 0 && (files->width > 0 || file != b->usual_file))
		(void)batch_make_extra(b, EXTRA_FILE);
	if (k->own.differ)
		(void)batch_make_extra(b, EXTRA_JOIN);
	if (!is_empty(k, STORE_COST))
		(void)batch_make_cost(b);
	for (c = store_columns; c->name != NULL; c++)
		if (c->home == STORE_EXTRA &&
		    !is_empty(k, STORE_COLUMNS + (int)(c - store_columns)))
			(void)batch_make_extra(b, (enum call_extra)c->at);
}

int
loading_block_settle(struct loading_block *all, size_t i, struct errmsg *err)
{
	struct loading_block *k = &all[i];
	struct batch *b = k->loading->b;

	if (k->damage != NULL)
		return loading_damaged(k->loading, k->damage, k->value, err);
	if (settle(k, STORE_SOURCE, loading_source, err) != 0 ||
	    settle(k, STORE_CURRENCY, loading_currency, err) != 0 ||
	    settle(k, STORE_FILE, loading_file, err) != 0)
		return -1;
	intern_map_init(&k->own.names, b->names, k->own.texts);
	if (k->own.names.late)
		name_late(k);
	k->at = batch_add_many(b, k->n);
	make_columns(k, b);
	return 0;
}

/* Calls out of it -------------------------------------------------------- */

/* Some calls of a block, and where they go. */
struct tile {
	struct loading_block *k;
	size_t first, n; /* of the block */
	size_t at;       /* in the batch: */
	struct call *calls;
	struct origin *origins;
	int64_t v[TILE]; /* a column of them */
};

static const int64_t *
column_of(struct tile *t, int place)
{
	packed_numbers(&t->k->block.columns[place], t->first, t->n, t->v);
	return t->v;
}

/* What has a member of its own type, and no column of the table. */
static void
put_fixed(struct tile *t)
{
	const struct loading *l = t->k->loading;
	const uint8_t added = t->k->block.run == l->run ? CALL_ADDED : 0;
	const int64_t *v;
	size_t i;

	v = column_of(t, STORE_START);
	for (i = 0; i < t->n; i++)
		t->calls[i].start = v[i];
	v = column_of(t, STORE_KEY);
	for (i = 0; i < t->n; i++)
		t->origins[i].key = (uint64_t)v[i];
	if (!is_empty(t->k, STORE_COST)) {
		v = column_of(t, STORE_COST);
		for (i = 0; i < t->n; i++)
			batch_set_cost(l->b, t->at + i, v[i]);
	}
	v = column_of(t, STORE_FLAGS);
	for (i = 0; i < t->n; i++)
		t->calls[i].flags = (uint8_t)(v[i] & STORE_FLAGS_KEPT) | added;
	v = column_of(t, STORE_SOURCE);
	for (i = 0; i < t->n; i++)
		t->calls[i].source = loading_source_of(l, v[i]);
	v = column_of(t, STORE_CURRENCY);
	for (i = 0; i < t->n; i++)
		t->calls[i].currency = loading_currency_of(l, v[i]);
	v = column_of(t, STORE_FILE);
	for (i = 0; i < t->n; i++)
		batch_set_file(l->b, t->at + i, loading_file_of(l, v[i]));
}

static char *
member_of(const struct tile *t, const struct store_column *c, size_t *size)
{
	char *first;

	assert(c->home != STORE_BITS);
	if (c->home == STORE_EXTRA) {
		*size = sizeof(uint32_t);
		return (char *)(batch_make_extra(t->k->loading->b,
				    (enum call_extra)c->at) +
				t->at);
	}
	if (c->home == STORE_CALL) {
		*size = sizeof(struct call);
		first = (char *)t->calls;
	} else {
		*size = sizeof(struct origin);
		first = (char *)t->origins;
	}
	return first + c->at;
}

static void
put_own(const struct tile *t, const struct store_column *c, int which)
{
	const struct own_texts *own = &t->k->own;
	const uint32_t *ids = own->ids + t->first * STORE_OWN + which;
	uint32_t name;
	size_t i;

	for (i = 0; i < t->n; i++, ids += STORE_OWN) {
		name = own->named ? *ids : intern_mapped(&own->names, *ids);
		store_column_put(c, t->k->loading->b, t->at + i, name);
	}
}

static int
put_texts(const struct tile *t, const struct store_column *c, const int64_t *v)
{
	const struct loading *l = t->k->loading;
	size_t i, size;
	char *p = member_of(t, c, &size);

	for (i = 0; i < t->n; i++, p += size) {
		if (v[i] < 0 || (uint64_t)v[i] >= l->n)
			return damaged(t->k, "no text", v[i]);
		if (loading_is_long(l, v[i]))
			return damaged(t->k, "long text", v[i]);
		memcpy(p, &l->names[v[i]], sizeof(uint32_t));
	}
	return 0;
}

static int
put_numbers(const struct tile *t, const struct store_column *c,
    const int64_t *v)
{
	size_t i, size;
	uint32_t number;
	char *p;

	for (i = 0; i < t->n; i++)
		if (v[i] < 0 || v[i] > (int64_t)c->most)
			return damaged(t->k, c->name, v[i]);
	for (i = 0; c->home == STORE_BITS && i < t->n; i++)
		store_column_put(c, t->k->loading->b, t->at + i,
		    (uint32_t)v[i]);
	if (c->home == STORE_BITS)
		return 0;
	p = member_of(t, c, &size);
	if (c->type == STORE_UINT8)
		for (i = 0; i < t->n; i++, p += size)
			*(uint8_t *)p = (uint8_t)v[i];
	else
		for (i = 0; i < t->n; i++, p += size) {
			number = (uint32_t)v[i];
			memcpy(p, &number, sizeof(number));
		}
	return 0;
}

static int
put_column(struct tile *t, const struct store_column *c)
{
	const int place = STORE_COLUMNS + (int)(c - store_columns);

	if (is_empty(t->k, place))
		return 0;
	(void)column_of(t, place);
	return c->type == STORE_TEXT ? put_texts(t, c, t->v)
				     : put_numbers(t, c, t->v);
}

static int
put_tile(struct tile *t)
{
	const struct store_column *c;
	size_t i;
	int own = 0;

	memset(t->calls, 0, t->n * sizeof(*t->calls));
	memset(t->origins, 0, t->n * sizeof(*t->origins));
	put_fixed(t);
	for (c = store_columns; c->name != NULL; c++)
		if (c->type == STORE_OWN_TEXT)
			put_own(t, c, own++);
		else if (put_column(t, c) != 0)
			return -1;
	for (i = 0; i < t->n; i++)
		if (t->origins[i].event != EVENT_CALL)
			t->calls[i].flags |= CALL_EVENT;
	return 0;
}

static void
put_calls(void *arg, size_t i)
{
	struct loading_block *k = (struct loading_block *)arg + i;
	const struct batch *b = k->loading->b;
	struct tile t = { .k = k };
	size_t done;

	for (done = 0; done < k->n; done += t.n) {
		t.first = k->first + done;
		t.n = k->n - done < TILE ? k->n - done : TILE;
		t.at = k->at + done;
		t.calls = b->calls + t.at;
		t.origins = b->origins + t.at;
		if (put_tile(&t) != 0)
			return;
	}
}

void
loading_blocks_look(struct loading_block *all, size_t n)
{
	if (n > 0)
		pool_run(store_threads(all->loading->store), n, look_at, all);
}

int
loading_blocks_put(struct loading_block *all, size_t n, struct errmsg *err)
{
	size_t i;

	if (n > 0)
		pool_run(store_threads(all->loading->store), n, put_calls, all);
	for (i = 0; i < n; i++)
		if (all[i].damage != NULL)
			return loading_damaged(all->loading, all[i].damage,
			    all[i].value, err);
	return 0;
}
