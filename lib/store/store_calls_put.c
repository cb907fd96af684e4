/*
 * Calls out of blocks, column by column to where they stand in the batch.
 * Nothing that they say is trusted.
 */
#include "store/store_calls_unpack_impl.h"

#include <assert.h>
#include <string.h>

#include "base/pool.h"

enum { TILE = 256 }; /* calls whose columns are put together in the cache */

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
	if (!loading_block_empty(t->k, STORE_COST)) {
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

	for (i = 0; i < t->n; i++)
		if (v[i] < 0 || (uint64_t)v[i] >= l->n)
			return loading_block_damaged(t->k, "no text", v[i]);
	for (i = 0; l->any_long && i < t->n; i++)
		if (loading_is_long(l, v[i]))
			return loading_block_damaged(t->k, "long text", v[i]);
	for (i = 0; i < t->n; i++, p += size)
		memcpy(p, &l->names[v[i]], sizeof(uint32_t));
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
			return loading_block_damaged(t->k, c->name, v[i]);
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

	if (loading_block_empty(t->k, place))
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
