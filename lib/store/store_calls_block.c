/* A stretch of calls as the bytes of one block, column by column. */
#include "store/store_calls_impl.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/xalloc.h"

static const struct store_column *
column_of(int place)
{
	return place < STORE_COLUMNS ? NULL
				     : &store_columns[place - STORE_COLUMNS];
}

/* One place behind the last. */
static bool
is_end(int place)
{
	const struct store_column *c = column_of(place);

	return c != NULL && c->name == NULL;
}

bool
store_block_has(int place)
{
	const struct store_column *c = column_of(place);

	/* The run is that of the block. */
	return place != STORE_RUN && (c == NULL || c->type != STORE_OWN_TEXT);
}

/* Of all calls at once: what is only kept has to be read to somewhere. */
static struct packed_text
text_of(const struct batch *b, const struct store_column *c, size_t i,
    struct arena *read)
{
	const uint32_t name = store_column_value(c, b, i);
	const size_t len = intern_len(b->names, name);
	char room[INTERN_ROOM];
	const char *text = intern_read(b->names, name, room);

	return (struct packed_text){
		text == room ? arena_strndup(read, text, len) : text, len
	};
}

/*
 * The first of them begins like that of the call before, each other one like
 * the one before it of the same call: the same id mostly.
 */
static void
pack_own(struct buf *out, const struct store_in *in, const size_t *pick,
    size_t n)
{
	struct packed_text *all = xcalloc(2 * n + 1, sizeof(*all));
	struct packed_text *texts = all + 1, *like = all;
	const struct store_column *c;
	struct arena read;
	size_t i;
	int k = 0;

	arena_init(&read);
	for (c = store_columns; c->name != NULL; c++) {
		if (c->type != STORE_OWN_TEXT)
			continue;
		if (k++ > 0) {
			like = texts;
			texts = all + 1 + n;
		}
		for (i = 0; i < n; i++)
			texts[i] = text_of(in->b, c, pick[i], &read);
		packed_add_texts(out, texts, like, n);
	}
	arena_fini(&read);
	free(all);
}

/* What a row has beside the bytes; they are sealed together. */
enum { BESIDE = 4 };

static void
list_beside(const struct store_block *k, int64_t v[BESIDE])
{
	v[0] = k->first;
	v[1] = k->last;
	v[2] = k->n;
	v[3] = k->run;
}

void
store_block_pack(struct store_block *k, struct buf *out,
    const struct store_in *in, const size_t *pick, size_t n)
{
	int64_t *v = xmalloc(n * sizeof(*v)), beside[BESIDE];
	int place;

	k->first = in->b->calls[pick[0]].start;
	k->last = in->b->calls[pick[n - 1]].start;
	k->n = (int64_t)n;
	k->run = in->run;
	for (place = 1; !is_end(place); place++) {
		if (!store_block_has(place))
			continue;
		store_in_values(in, pick, n, place, v);
		packed_add_numbers(out, v, n);
	}
	free(v);
	pack_own(out, in, pick, n);
	list_beside(k, beside);
	packed_seal(out, beside, BESIDE);
}

void
store_block_read(struct store_block *k, struct sqlstmt *row, struct buf *data)
{
	const void *bytes;
	size_t len;

	k->first = sqlstmt_get_int(row, 0);
	k->last = sqlstmt_get_int(row, 1);
	k->n = sqlstmt_get_int(row, 2);
	k->run = sqlstmt_get_int(row, 3);
	bytes = sqlstmt_get_bytes(row, 4, &len);
	buf_reset(data);
	buf_add(data, bytes, len);
}

int
store_block_take(struct store_block *k, const struct buf *data)
{
	const unsigned char *at = (const unsigned char *)data->data;
	const unsigned char *end = at + data->len;
	const struct packed_numbers *starts = &k->columns[STORE_START];
	int64_t before = k->first, start, beside[BESIDE];
	int place, own = 0;
	size_t i;

	list_beside(k, beside);
	if (k->n < 1 || k->n > STORE_BLOCK_MOST ||
	    packed_unseal(at, &end, beside, BESIDE) != 0)
		return -1;
	for (place = 1; !is_end(place); place++)
		if (store_block_has(place) &&
		    packed_take_numbers(&k->columns[place], &at, end,
			(size_t)k->n) != 0)
			return -1;
	while (own < STORE_OWN)
		if (packed_take_texts(&k->own[own++], &at, end, (size_t)k->n) !=
		    0)
			return -1;
	for (i = 0; i < (size_t)k->n; i++, before = start) {
		start = packed_number(starts, i);
		if (start < before || start > k->last)
			return -1;
	}
	return at == end ? 0 : -1;
}

size_t
store_block_lower(const struct store_block *k, int64_t start)
{
	size_t low = 0, high = (size_t)k->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (packed_number(&k->columns[STORE_START], mid) < start)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}
