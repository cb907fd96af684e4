#include "report/order.h"

#include <stdlib.h>
#include <string.h>

void
order_read(struct order *o, const char *text)
{
	o->falling = text[0] == '-';
	o->field = text + o->falling;
}

static bool
is_none(const struct order_key *k)
{
	return k->none || (k->text != NULL && k->text[0] == '\0');
}

static int
compare_values(const struct order_key *a, const struct order_key *b)
{
	if (a->text != NULL && b->text != NULL)
		return strcmp(a->text, b->text);
	return (a->number > b->number) - (a->number < b->number);
}

static int
compare(const struct order_key *a, const struct order_key *b, bool falling)
{
	const bool nothing = is_none(a);
	int c;

	if (nothing != is_none(b))
		return nothing ? 1 : -1;
	c = nothing ? 0 : compare_values(a, b);
	if (c != 0)
		return falling ? -c : c;
	return (a->row > b->row) - (a->row < b->row);
}

static int
compare_rising(const void *va, const void *vb)
{
	return compare(va, vb, false);
}

static int
compare_falling(const void *va, const void *vb)
{
	return compare(va, vb, true);
}

void
order_sort(struct order_key *keys, size_t n, bool falling)
{
	if (n > 1)
		qsort(keys, n, sizeof(*keys),
		    falling ? compare_falling : compare_rising);
}
