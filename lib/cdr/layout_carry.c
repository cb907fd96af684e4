#include <string.h>

#include "cdr/layout_impl.h"

void
layout_above_init(struct layout_above *a)
{
	uint32_t i;

	a->known = false;
	for (i = 0; i < LAYOUT_CARRIED; i++)
		buf_init(&a->texts[i]);
}

void
layout_above_fini(struct layout_above *a)
{
	uint32_t i;

	for (i = 0; i < LAYOUT_CARRIED; i++)
		buf_fini(&a->texts[i]);
}

bool
layout_carry_keep(struct layout_above *a, const struct layout_record *rec)
{
	const struct layout_carry *c = &rec->layout->carry;
	struct layout_record own = *rec;
	struct layout_value v;
	uint32_t i;

	own.above = NULL;
	if (c->n == 0 || !layout_tests(&c->from, &own))
		return false;
	for (i = 0; i < c->n; i++) {
		v = layout_cell(&own, c->columns[i]);
		buf_reset(&a->texts[i]);
		buf_add(&a->texts[i], v.text, v.len);
	}
	a->known = true;
	return true;
}

void
layout_carry_over(const struct layout_record *rec, uint16_t column,
    struct layout_value *v)
{
	const struct layout_carry *c = &rec->layout->carry;
	uint32_t i;

	for (i = 0; i < c->n; i++) {
		if (c->columns[i] != column || (v->len > 0 && !c->replace))
			continue;
		v->text = rec->above->texts[i].data;
		v->len = (uint32_t)rec->above->texts[i].len;
	}
}

static void
read_from(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_carry *c = into;

	layout_read_tests(r, v, &c->from);
}

static void
read_columns(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_carry *c = into;

	if (v->n == 0 || v->n > LAYOUT_CARRIED)
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "columns: 1 to %d can be named", (int)LAYOUT_CARRIED);
	else
		c->n = layout_columns_of(r, v, c->columns);
}

static void
read_replace(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_carry *c = into;

	(void)r;
	c->replace = v->boolean;
}

void
layout_read_carry(struct layout_reader *r, const struct json *v, void *into)
{
	static const struct layout_key keys[] = {
		{ "columns", JSON_BIT(JSON_ARRAY), true, read_columns },
		{ "from", JSON_BIT(JSON_OBJECT), true, read_from },
		{ "replace", JSON_BIT(JSON_BOOL), false, read_replace },
	};
	struct layout *l = into;

	r->one_row = true;
	layout_keys(r, v, keys, 3, &l->carry);
	r->one_row = false;
}
