#include <string.h>

#include "base/xalloc.h"
#include "io/csvrow_impl.h"

enum {
	/* Of a record at most, and what is copied beyond its end. */
	PACKED = BOUNDS_RECORD + BOUNDS_COLUMNS * sizeof(uint32_t) + CSV_AT_ONCE
};

void
csvfields_set_pack(struct csvfields *f)
{
	f->packed = xmalloc(PACKED);
}

/* What is copied too much, the next bytes overwrite. */
static inline void
copy(char *to, const char *from, size_t len)
{
	if (len <= CSV_AT_ONCE)
		memcpy(to, from, CSV_AT_ONCE);
	else
		memcpy(to, from, len);
}

/* Cells that are packed, one behind another. */
struct packing {
	const char *bytes;    /* that places are counted from */
	uint32_t begin;       /* of the next cell */
	const uint32_t *ends; /* of it, and those behind it */
	struct csvfield *field;
	char *to;
	char quote;
};

/* The cells up to the one that ends at `*last`, which have no quotes inside. */
static void
pack_plain(struct packing *p, const uint32_t *last)
{
	const char *bytes = p->bytes, *begin = bytes + p->begin, *text, *end;
	const uint32_t *ends = p->ends;
	struct csvfield *field = p->field;
	const char quote = p->quote;
	char *to = p->to;
	size_t quoted, len;

	for (; ends < last; ends++, field++, begin = end + 1) {
		end = bytes + *ends;
		/* Of an empty one that is what stands behind it. */
		quoted = *begin == quote;
		text = begin + quoted;
		len = (size_t)(end - text) - quoted;
		*field = (struct csvfield){ .text = text,
			.len = (uint32_t)len,
			.quoted = quoted != 0 };
		memcpy(to, &field->len, sizeof(field->len));
		to += sizeof(field->len);
		copy(to, text, len);
		to += len;
	}
	p->begin = (uint32_t)(begin - bytes);
	p->ends = ends;
	p->field = field;
	p->to = to;
}

/* One cell, of each two of its quotes one; where those of the next begin. */
static const uint32_t *
pack_doubled(struct packing *p, const uint32_t *doubled)
{
	const uint32_t last = *p->ends++;
	const char *bytes = p->bytes, *from = bytes + p->begin + 1;
	char *text = p->to + sizeof(p->field->len), *to = text;
	size_t len;

	for (; *doubled < last; doubled++) {
		len = (size_t)(bytes + *doubled - from);
		copy(to, from, len);
		to += len;
		from += len + 1;
	}
	len = (size_t)(bytes + last - 1 - from);
	copy(to, from, len);
	to += len;
	*p->field = (struct csvfield){ .text = text,
		.len = (uint32_t)(to - text),
		.quoted = true };
	memcpy(p->to, &p->field->len, sizeof(p->field->len));
	p->field++;
	p->to = to;
	p->begin = last + 1;
	return doubled;
}

void
csvfields_pack(struct csvfields *f, const char *bytes,
    const struct rowscan_row *row)
{
	const uint32_t *doubled = row->doubled, *end = doubled + row->ndoubled;
	const uint32_t *at = row->ends;
	struct packing p = { .bytes = bytes + row->from,
		.begin = row->begin,
		.ends = row->ends,
		.field = f->fields,
		.to = f->packed,
		.quote = f->quote };

	while (doubled < end) {
		while (*at < *doubled)
			at++;
		pack_plain(&p, at);
		doubled = pack_doubled(&p, doubled);
	}
	pack_plain(&p, row->ends + row->n);
	memset(p.to, 0, CSV_BEHIND);
	f->n = row->n;
	f->packed_len = (uint32_t)(p.to - f->packed);
}
