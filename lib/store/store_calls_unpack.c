/*
 * Blocks on their way into a batch: many at once, each on its own thread.
 * Nothing that they say is trusted.
 */
#include "store/store_calls_unpack_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/pool.h"
#include "base/xalloc.h"

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

int
loading_block_damaged(struct loading_block *k, const char *what, int64_t value)
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

/* The own texts of a call; the first begins like that of the call before. */
struct own_last {
	struct buf list[STORE_OWN];
	struct buf spare; /* for the next first one */
};

static void
swap(struct buf *a, struct buf *b)
{
	const struct buf had = *a;

	*a = *b;
	*b = had;
}

/* Those of the next call; `before` has the ids of the one before. */
static int
next_own(struct loading_block *k, struct own_last *t, uint32_t *ids,
    const uint32_t *before)
{
	uint32_t same = before[0];
	const struct buf *like = &t->spare;
	struct packed_text as;
	struct buf *text;
	int i;

	swap(&t->list[0], &t->spare);
	for (i = 0; i < STORE_OWN; i++) {
		/* A join key mostly is the call id; that is there anyway. */
		if (i > 0 && packed_next_same(&k->block.own[i], like->len)) {
			ids[i] = same;
			continue;
		}
		text = &t->list[i];
		as = (struct packed_text){ like->data, like->len };
		if (packed_next_text(&k->block.own[i], &as, text) != 0 ||
		    text->len > BOUNDS_FIELD)
			return -1;
		if (text->len == 0)
			ids[i] = 0;
		else if (text->len == like->len &&
			 memcmp(text->data, like->data, like->len) == 0)
			ids[i] = same;
		else
			ids[i] = name_own(k, text);
		same = ids[i];
		like = text;
	}
	return 0;
}

static int
look_at_own(struct loading_block *k)
{
	const size_t end = k->first + k->n;
	uint32_t none[STORE_OWN] = { 0 }, *ids, *before = none;
	struct own_last texts;
	size_t i;
	int r = 0;

	k->own.texts = intern_new();
	k->own.ids = xmalloc((end + 1) * STORE_OWN * sizeof(*k->own.ids));
	for (i = 0; i < STORE_OWN; i++)
		buf_init(&texts.list[i]);
	buf_init(&texts.spare);
	for (i = 0; i < end && r == 0; i++, before = ids) {
		ids = k->own.ids + i * STORE_OWN;
		r = next_own(k, &texts, ids, before);
		k->own.differ |= ids[1] != 0 && ids[1] != ids[0];
	}
	for (i = 0; i < STORE_OWN; i++)
		buf_fini(&texts.list[i]);
	buf_fini(&texts.spare);
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
		(void)loading_block_damaged(k, "block", block->first);
		return;
	}
	if (block->first < 0 || block->last > STORE_LATEST) {
		(void)loading_block_damaged(k, "start",
		    block->first < 0 ? block->first : block->last);
		return;
	}
	k->first = store_block_lower(block, l->from);
	k->n = store_block_lower(block, l->to) - k->first;
	if (look_at_own(k) != 0)
		(void)loading_block_damaged(k, "block", block->first);
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

bool
loading_block_empty(const struct loading_block *k, int place)
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
	if (!loading_block_empty(k, STORE_COST))
		(void)batch_make_cost(b);
	for (c = store_columns; c->name != NULL; c++)
		if (c->home == STORE_EXTRA &&
		    !loading_block_empty(k,
			STORE_COLUMNS + (int)(c - store_columns)))
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

void
loading_blocks_look(struct loading_block *all, size_t n)
{
	if (n > 0)
		pool_run(store_threads(all->loading->store), n, look_at, all);
}
