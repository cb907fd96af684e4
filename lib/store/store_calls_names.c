/* Texts of the store, and what they are in a batch. */
#include "store/store_calls_impl.h"

#include <stdlib.h>

#include "base/bounds.h"
#include "base/utf8.h"
#include "base/xalloc.h"

/*
 * A text of the store as what else it is in the batch, once that is asked for.
 */
struct store_text {
	uint32_t file;   /* batch files, 0 not yet */
	uint16_t source; /* batch sources + 1, 0 not yet */
	uint8_t currency;
	bool has_currency, is_long;
};

static void
add_text(struct loading *l, const char *text, size_t len)
{
	struct buf good;

	l->texts = xgrow(l->texts, &l->cap, l->n + 1, sizeof(*l->texts));
	l->names = xgrow(l->names, &l->names_cap, l->n + 1, sizeof(*l->names));
	l->texts[l->n] = (struct store_text){ .is_long = len > BOUNDS_FIELD };
	l->any_long |= l->texts[l->n].is_long;
	/* Each comes once.  What an earlier version put may be no UTF-8. */
	if (utf8_ascii(text, len) || utf8_valid(text, len)) {
		l->names[l->n++] = intern_add_rare(l->b->names, text, len);
		return;
	}
	buf_init(&good);
	utf8_mend(&good, text, len);
	l->names[l->n++] = intern_add_rare(l->b->names, good.data, good.len);
	buf_fini(&good);
}

/* Their numbers have no gaps, so the array is no longer than the file. */
int
loading_open(struct loading *l, struct errmsg *err)
{
	struct sqlstmt *q;
	const char *text;
	int64_t id;
	size_t len;
	int r;

	if (sqldb_prepare(store_db(l->store), &q,
		"SELECT id, text FROM texts ORDER BY id", err) != 0)
		return -1;
	add_text(l, "", 0);
	while ((r = sqlstmt_step(q, err)) == 1) {
		id = sqlstmt_get_int(q, 0);
		text = sqlstmt_get_bytes(q, 1, &len);
		if ((uint64_t)id != l->n) {
			r = loading_damaged(l, "text", id, err);
			break;
		}
		add_text(l, text, len);
	}
	sqlstmt_free(&q);
	return r;
}

void
loading_close(struct loading *l)
{
	free(l->texts);
	free(l->names);
}

bool
loading_is_long(const struct loading *l, int64_t id)
{
	return l->any_long && l->texts[id].is_long;
}

struct store_text *
loading_text_at(struct loading *l, int64_t id, struct errmsg *err)
{
	if (id >= 0 && (uint64_t)id < l->n)
		return &l->texts[id];
	(void)loading_damaged(l, "no text", id, err);
	return NULL;
}

int
loading_source(struct loading *l, int64_t id, struct errmsg *err)
{
	struct store_text *t = loading_text_at(l, id, err);

	if (t == NULL)
		return -1;
	if (t->source == 0) {
		if (batch_find_source(l->b, l->names[id]) >= BOUNDS_SOURCES)
			return errmsg_set(err, "%s: more than %d sources",
			    store_path(l->store), BOUNDS_SOURCES);
		t->source = (uint16_t)(batch_source(l->b,
					   batch_text(l->b, l->names[id]), NULL,
					   NULL, NULL) +
				       1);
	}
	return 0;
}

int
loading_currency(struct loading *l, int64_t id, struct errmsg *err)
{
	struct store_text *t = loading_text_at(l, id, err);

	if (t == NULL)
		return -1;
	if (!t->has_currency)
		t->currency =
		    batch_currency(l->b, batch_text(l->b, l->names[id]));
	t->has_currency = true;
	return 0;
}

int
loading_file(struct loading *l, int64_t id, struct errmsg *err)
{
	struct store_text *t = loading_text_at(l, id, err);

	if (t == NULL)
		return -1;
	if (t->file == 0 && id != 0)
		t->file = batch_file(l->b, batch_text(l->b, l->names[id]));
	return 0;
}

uint16_t
loading_source_of(const struct loading *l, int64_t id)
{
	return (uint16_t)(l->texts[id].source - 1);
}

uint8_t
loading_currency_of(const struct loading *l, int64_t id)
{
	return l->texts[id].currency;
}

uint32_t
loading_file_of(const struct loading *l, int64_t id)
{
	return l->texts[id].file;
}
