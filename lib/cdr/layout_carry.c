#include <string.h>

#include "cdr/layout_impl.h"

void
layout_carried_init(struct layout_carried *c)
{
	memset(c, 0, sizeof(*c));
	buf_init(&c->texts);
}

void
layout_carried_fini(struct layout_carried *c)
{
	buf_fini(&c->texts);
}

bool
layout_carry(struct layout_carried *c, const struct layout_record *rec)
{
	const struct layout *l = rec->layout;
	struct layout_record own = *rec;
	struct layout_value v;
	uint32_t i;

	own.carried = NULL;
	if (l->ncarry == 0 || !layout_tests(&l->carries, &own))
		return false;
	buf_reset(&c->texts);
	for (i = 0; i < l->ncarry; i++) {
		v = layout_cell(&own, l->carry[i]);
		c->at[i] = c->texts.len;
		c->len[i] = v.len;
		buf_add(&c->texts, v.text, v.len);
	}
	c->known = true;
	return true;
}

bool
layout_carried_cell(const struct layout_record *rec, uint16_t column,
    struct layout_value *v)
{
	const struct layout_carried *c = rec->carried;
	const struct layout *l = rec->layout;
	uint32_t i;

	for (i = 0; c != NULL && i < l->ncarry; i++) {
		if (l->carry[i] != column)
			continue;
		v->text = c->known ? c->texts.data + c->at[i] : "";
		v->len = c->known ? c->len[i] : 0;
		return true;
	}
	return false;
}

static void
read_when(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	layout_read_tests(r, v, &l->carries);
}

static void
read_columns(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;
	const struct json *item;
	int column;

	if (v->n == 0 || v->n > LAYOUT_PARTS) {
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "names 1 to %d columns, not %u", (int)LAYOUT_PARTS,
		    (unsigned)v->n);
		return;
	}
	for (item = v->first; item != NULL; item = item->next) {
		column = layout_column_of(r, item);
		if (column >= 0)
			l->carry[l->ncarry++] = (uint16_t)column;
	}
}

void
layout_read_carry(struct layout_reader *r, const struct json *v, void *into)
{
	static const struct layout_key keys[] = {
		{ "columns", JSON_BIT(JSON_ARRAY), true, read_columns },
		{ "when", JSON_BIT(JSON_OBJECT), true, read_when },
	};

	layout_keys(r, v, keys, 2, into);
}
