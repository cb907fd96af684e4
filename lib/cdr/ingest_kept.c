#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/ingest_block_impl.h"

enum {
	BYTES_A_FIELD = 8, /* at least, on the average */
	BYTES_A_ROW = 64
};

struct ingest_kept *
ingest_kept_new(size_t bytes)
{
	struct ingest_kept *k = xcalloc(1, sizeof(*k));

	k->cap = bytes;
	k->fields_cap = bytes / BYTES_A_FIELD + 1;
	k->cap_rows = bytes / BYTES_A_ROW + 1;
	k->bytes = xmalloc(k->cap);
	k->fields = xmalloc(k->fields_cap * sizeof(*k->fields));
	k->rows = xmalloc(k->cap_rows * sizeof(*k->rows));
	return k;
}

void
ingest_kept_empty(struct ingest_kept *k)
{
	k->used = k->nfields = k->n = 0;
}

void
ingest_kept_free(struct ingest_kept **kp)
{
	struct ingest_kept *k = *kp;

	if (k == NULL)
		return;
	free(k->bytes);
	free(k->fields);
	free(k->rows);
	free(k);
	*kp = NULL;
}

static bool
within(const struct csvrow *row, const struct csvfield *f)
{
	const uintptr_t at = (uintptr_t)f->text - (uintptr_t)row->raw;

	/* What stands before the row is far behind it so. */
	return at <= row->raw_len && f->len <= row->raw_len - at;
}

/* What the row takes, at most: any text may stand elsewhere. */
static size_t
most_bytes(const struct csvrow *row)
{
	size_t n = row->raw_len;
	uint32_t i;

	for (i = 0; i < row->n; i++)
		n += row->fields[i].len;
	return n;
}

static bool
make_room(struct ingest_kept *k, size_t bytes, size_t fields)
{
	if (k->n > 0)
		return k->n < k->cap_rows && bytes <= k->cap - k->used &&
		       fields <= k->fields_cap - k->nfields;
	if (bytes > k->cap) {
		k->cap = bytes;
		k->bytes = xrealloc(k->bytes, k->cap, 1);
	}
	if (fields > k->fields_cap) {
		k->fields_cap = fields;
		k->fields = xrealloc(k->fields, fields, sizeof(*k->fields));
	}
	return true;
}

static const char *
keep(struct ingest_kept *k, const char *text, size_t len)
{
	char *kept = k->bytes + k->used;

	memcpy(kept, text, len);
	k->used += len;
	return kept;
}

bool
ingest_kept_add(struct ingest_kept *k, const struct csvrow *row)
{
	struct csvrow *kept = &k->rows[k->n];
	const struct csvfield *from;
	struct csvfield *field;
	const char *raw;
	uint32_t i;

	assert(row->gathered == NULL);
	if (!make_room(k, most_bytes(row), row->n))
		return false;
	raw = keep(k, row->raw, row->raw_len);
	*kept = *row;
	kept->raw = raw;
	kept->packed = NULL;
	kept->fields = row->n > 0 ? &k->fields[k->nfields] : NULL;
	for (i = 0; i < row->n; i++) {
		from = &row->fields[i];
		field = &k->fields[k->nfields + i];
		*field = *from;
		field->text = within(row, from)
				  ? raw + (from->text - row->raw)
				  : keep(k, from->text, from->len);
	}
	k->nfields += row->n;
	k->n++;
	return true;
}
