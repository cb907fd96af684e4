/* Which calls findings have. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/finding_impl.h"

static int64_t
packed_value(const struct finding *f, enum pack_column column, size_t i)
{
	return packed_number(&f->pack->columns[column], i);
}

static const char *
currency_of(const struct call_pack *pack, int64_t money)
{
	return money > 0 ? pack->money[money - 1].currency : NULL;
}

static struct call_ref
unpack(const struct finding *f, size_t i)
{
	return (struct call_ref){ .start = packed_value(f, PACK_START, i),
		.source = (uint64_t)packed_value(f, PACK_SOURCE, i),
		.duration = packed_value(f, PACK_DURATION, i),
		.cost = packed_value(f, PACK_COST, i),
		.currency =
		    currency_of(f->pack, packed_value(f, PACK_MONEY, i)),
		.estimated = packed_value(f, PACK_ESTIMATED, i) != 0 };
}

struct call_ref
finding_keyless(const struct finding *f, size_t i)
{
	const struct batch *b;
	const struct call *c;
	struct call_ref ref;
	size_t call;

	if (f->book == NULL)
		return f->pack != NULL ? unpack(f, i) : f->members[i];
	b = f->book->batch;
	call = f->places[i];
	c = &b->calls[call];
	ref = (struct call_ref){ .start = c->start,
		.source = f->book->sources[c->source],
		.duration = c->duration };
	if ((c->flags & CALL_HAS_COST) == 0)
		return ref;
	ref.cost = batch_cost(b, call);
	ref.currency = batch_text(b, b->currencies[c->currency]);
	ref.estimated = b->origins[call].rated;
	return ref;
}

struct call_ref
finding_member(const struct finding *f, size_t i)
{
	struct call_ref ref = finding_keyless(f, i);

	if (f->book != NULL)
		ref.key = f->book->batch->origins[f->places[i]].key;
	else if (f->pack != NULL)
		ref.key = (uint64_t)packed_value(f, PACK_KEY, i);
	return ref;
}

static void
unpack_some(const struct finding *f, size_t at, struct call_ref *refs, size_t n)
{
	const struct call_pack *pack = f->pack;
	int64_t v[PACK_COLUMNS][FINDING_UNPACKED];
	size_t i;
	int k;

	for (k = 0; k < PACK_COLUMNS; k++)
		packed_numbers(&pack->columns[k], at, n, v[k]);
	for (i = 0; i < n; i++)
		refs[i] = (struct call_ref){ .start = v[PACK_START][i],
			.key = (uint64_t)v[PACK_KEY][i],
			.source = (uint64_t)v[PACK_SOURCE][i],
			.duration = v[PACK_DURATION][i],
			.cost = v[PACK_COST][i],
			.currency = currency_of(pack, v[PACK_MONEY][i]),
			.estimated = v[PACK_ESTIMATED][i] != 0 };
}

/* The same of calls of the batch, of which few cost anything. */
static void
look_up_some(const struct finding *f, size_t at, struct call_ref *refs,
    size_t n)
{
	const struct call_book *book = f->book;
	const struct batch *b = book->batch;
	const uint32_t *places = f->places + at;
	const struct call *c;
	size_t i;

	for (i = 0; i < n; i++) {
		c = &b->calls[places[i]];
		refs[i] = (struct call_ref){ .start = c->start,
			.key = b->origins[places[i]].key,
			.source = book->sources[c->source],
			.duration = c->duration };
		if ((c->flags & CALL_HAS_COST) != 0)
			refs[i] = finding_member(f, at + i);
	}
}

void
finding_unpack(const struct finding *f, size_t at, struct call_ref *refs)
{
	size_t n = f->nmembers - at;

	n = n < FINDING_UNPACKED ? n : FINDING_UNPACKED;
	if (f->book != NULL)
		look_up_some(f, at, refs, n);
	else if (f->pack != NULL)
		unpack_some(f, at, refs, n);
	else
		memcpy(refs, f->members + at, n * sizeof(*refs));
}

const struct call_ref *
finding_members(const struct finding *f, struct call_ref **own)
{
	size_t i;

	*own = NULL;
	if (f->book == NULL && f->pack == NULL)
		return f->members;
	*own = xcalloc(f->nmembers, sizeof(**own));
	for (i = 0; i < f->nmembers; i += FINDING_UNPACKED)
		finding_unpack(f, i, *own + i);
	return *own;
}

/* Which of the amounts has this currency, from 1. */
static int64_t
place_of(const struct tally *t, const char *currency)
{
	size_t i;

	for (i = 0; currency != NULL && i < t->nmoney; i++)
		if (strcmp(t->money[i].currency, currency) == 0)
			return (int64_t)i + 1;
	return 0;
}

static int64_t
column_of(const struct finding *f, const struct call_ref *c,
    enum pack_column column)
{
	switch (column) {
	case PACK_START:
		return c->start;
	case PACK_SOURCE:
		return (int64_t)c->source;
	case PACK_KEY:
		return (int64_t)c->key;
	case PACK_DURATION:
		return c->duration;
	case PACK_COST:
		return c->cost;
	case PACK_MONEY:
		return place_of(&f->calls, c->currency);
	default:
		return c->estimated;
	}
}

static int64_t
member_column(const struct finding *f, size_t i, enum pack_column column)
{
	const struct call_ref ref = finding_member(f, i);

	return column_of(f, &ref, column);
}

/*
 * The same of calls of the batch: they lie apart, so each column has a loop
 * that waits for nothing else.  Few of them cost anything.
 */
static void
booked_column(const struct finding *f, enum pack_column column, size_t at,
    size_t n, int64_t *v)
{
	const struct call_book *book = f->book;
	const struct call *calls = book->batch->calls;
	const struct origin *origins = book->batch->origins;
	const uint32_t *places = f->places + at;
	size_t i;

	switch (column) {
	case PACK_START:
		for (i = 0; i < n; i++)
			v[i] = calls[places[i]].start;
		break;
	case PACK_SOURCE:
		for (i = 0; i < n; i++)
			v[i] = (int64_t)book->sources[calls[places[i]].source];
		break;
	case PACK_KEY:
		for (i = 0; i < n; i++)
			v[i] = (int64_t)origins[places[i]].key;
		break;
	case PACK_DURATION:
		for (i = 0; i < n; i++)
			v[i] = calls[places[i]].duration;
		break;
	default:
		for (i = 0; i < n; i++)
			v[i] = measure_talk_of(&book->talk, places[i]) ==
				       CALL_BOOK_ASK
				   ? member_column(f, at + i, column)
				   : 0;
	}
}

void
finding_column(const struct finding *f, enum pack_column column, size_t at,
    size_t n, int64_t *v)
{
	const struct call_pack *pack = f->pack;
	size_t i;

	if (f->book != NULL)
		booked_column(f, column, at, n, v);
	else if (pack != NULL &&
		 (column != PACK_MONEY || pack->money == f->calls.money))
		packed_numbers(&pack->columns[column], at, n, v);
	else
		for (i = 0; i < n; i++)
			v[i] = member_column(f, at + i, column);
}

int
call_ref_compare(const struct call_ref *a, const struct call_ref *b)
{
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	return (a->key > b->key) - (a->key < b->key);
}
