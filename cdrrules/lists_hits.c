#include "lists.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "rule/locals.h"

/* What is known of a value of the field: asked once, whatever the day. */
enum { CODES = 256 }; /* words of an enum are fewer */
enum verdict { NOT_ASKED, NOT_LISTED, LISTED };

struct hitting {
	const struct batch *batch;
	const struct named_list *list;
	struct locals locals;
	struct list_hits *hits;
	unsigned char *listed; /* enum verdict, by code of the field */
};

static bool
is_listed(struct hitting *h, uint32_t code, const char *text)
{
	const struct numlist_entry *e;

	if (h->listed[code] == NOT_ASKED)
		h->listed[code] = numlist_matches(h->list->list, text,
				      strlen(text), &e, 1) > 0
				      ? LISTED
				      : NOT_LISTED;
	return h->listed[code] == LISTED;
}

static void
count_call(struct hitting *h, size_t i)
{
	const struct call *c = &h->batch->calls[i];
	uint32_t code = field_code(h->list->of, h->batch, i);
	const struct numlist_entry *e;
	struct list_hits *hits;
	const char *text;

	if (code == FIELD_MISSING)
		return;
	text = field_code_text(h->list->of, h->batch, code);
	if (!is_listed(h, code, text))
		return;
	e = numlist_find(h->list->list, text, strlen(text),
	    zone_local_day(locals_of(&h->locals, i)->zone, c->start));
	if (e == NULL)
		return;
	hits = &h->hits[numlist_index(h->list->list, e)];
	hits->calls++;
	if (c->start > hits->last)
		hits->last = c->start;
}

struct list_hits *
list_hits(const struct batch *b, const struct named *named,
    const struct named_list *l)
{
	size_t n = numlist_size(l->list), i;
	struct hitting h = { .batch = b,
		.list = l,
		.hits = xcalloc(n + 1, sizeof(*h.hits)),
		.listed = xcalloc(CODES + intern_count(b->names), 1) };

	locals_init(&h.locals, b, named, NULL);
	for (i = 0; i < n; i++)
		h.hits[i].last = INT64_MIN;
	for (i = 0; i < b->n; i++)
		if ((b->calls[i].flags & CALL_EVENT) == 0)
			count_call(&h, i);
	locals_fini(&h.locals);
	free(h.listed);
	return h.hits;
}
