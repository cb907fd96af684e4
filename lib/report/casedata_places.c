#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "report/casedata_impl.h"
#include "tel/money.h"

enum { TAIL = 4 }; /* digits that a block of numbers leaves open */

/*
 * "CU +537555": a block of numbers and its country.  The block hides four
 * digits already; `redact` may ask for more.
 */
static void
name_place(struct buf *b, const struct seen_call *c, int redact)
{
	size_t len = c->dst != NULL ? strlen(c->dst) : 0, kept = len;
	size_t hide = redact > TAIL ? (size_t)redact : TAIL;

	if (len == 0) {
		buf_addstr(b, "no number");
		return;
	}
	if (c->country != NULL && c->country[0] != '\0')
		buf_addf(b, "%s ", c->country);
	if (c->dst[0] == '+')
		kept = len > hide + 1 ? len - hide : 1;
	buf_add(b, c->dst, kept);
	buf_fill(b, 'x', len - kept);
}

static struct casedata_place *
find_place(struct places *p, const char *name, const char *currency)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (strcmp(p->list[i].name, name) == 0 &&
		    (p->list[i].currency == NULL || currency == NULL ||
			strcmp(p->list[i].currency, currency) == 0))
			return &p->list[i];
	return NULL;
}

void
places_add(struct places *p, struct arena *arena, const struct seen_call *c)
{
	const char *currency = c->currency != NULL ? c->currency : "";
	struct casedata_place *place;
	struct buf name;

	buf_init(&name);
	name_place(&name, c, p->redact);
	if (!c->has_cost)
		currency = NULL;
	place = find_place(p, name.data, currency);
	if (place == NULL) {
		p->list = xgrow(p->list, &p->cap, p->n + 1, sizeof(*p->list));
		place = &p->list[p->n++];
		memset(place, 0, sizeof(*place));
		place->name = arena_strdup(arena, name.data);
	}
	if (currency != NULL && place->currency == NULL)
		place->currency = arena_strdup(arena, currency);
	place->calls++;
	place->duration += c->duration;
	place->estimated = place->estimated || c->estimated;
	if (c->has_cost)
		place->micro = money_add(place->micro, c->cost);
	buf_fini(&name);
}

static int
falling(int64_t a, int64_t b)
{
	return a == b ? 0 : a > b ? -1 : 1;
}

static int
compare_places(const void *va, const void *vb)
{
	const struct casedata_place *a = va, *b = vb;
	int c;

	if ((c = falling(a->micro, b->micro)) != 0 ||
	    (c = falling(a->duration, b->duration)) != 0 ||
	    (c = falling(a->calls, b->calls)) != 0 ||
	    (c = strcmp(a->name, b->name)) != 0)
		return c;
	return strcmp(a->currency != NULL ? a->currency : "",
	    b->currency != NULL ? b->currency : "");
}

/* All but the first of them as one; money only if it is of one currency. */
static void
fold(struct casedata_place *list, size_t n)
{
	struct casedata_place *to = &list[0];
	bool mixed = false;
	size_t i;

	for (i = 1; i < n; i++) {
		to->calls += list[i].calls;
		to->duration += list[i].duration;
		to->estimated = to->estimated || list[i].estimated;
		to->micro = money_add(to->micro, list[i].micro);
		if (to->currency == NULL)
			to->currency = list[i].currency;
		else if (list[i].currency != NULL &&
			 strcmp(to->currency, list[i].currency) != 0)
			mixed = true;
	}
	to->name = "others";
	if (mixed) {
		to->currency = NULL;
		to->micro = 0;
	}
}

void
places_end(struct places *p, struct arena *arena, struct casedata *d)
{
	size_t n = p->n;

	if (n > 1)
		qsort(p->list, n, sizeof(*p->list), compare_places);
	if (n > CASEDATA_PLACES) {
		fold(p->list + CASEDATA_PLACES, n - CASEDATA_PLACES);
		n = CASEDATA_PLACES + 1;
	}
	d->places = arena_array(arena, n + 1, sizeof(*d->places));
	if (n > 0)
		memcpy(d->places, p->list, n * sizeof(*p->list));
	d->nplaces = n;
	free(p->list);
	p->list = NULL;
}
