#include "tel/rates.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bounds.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "io/csvtable.h"
#include "tel/money.h"
#include "tel/numlist.h"

enum column { PREFIX, PER_MINUTE, CURRENCY, INCREMENT, COLUMNS };

static const char *const column_names[COLUMNS] = {
	[PREFIX] = "prefix",
	[PER_MINUTE] = "per_minute",
	[CURRENCY] = "currency",
	[INCREMENT] = "increment",
};

enum { INCREMENT_MAX = 3600, RATE_MAX = 1000000 };

struct rates {
	struct arena texts;
	struct numlist *prefixes; /* beside list */
	struct rate *list;
	size_t n, cap;
};

static int
read_increment(const char *text, int64_t *v, struct errmsg *err)
{
	size_t len = strlen(text);

	*v = 1;
	if (len == 0)
		return 0;
	*v = strspn(text, "0123456789") == len && len <= 4
		 ? strtol(text, NULL, 10)
		 : 0;
	if (*v < 1 || *v > INCREMENT_MAX)
		return errmsg_set(err,
		    "increment: not seconds from 1 to %d: '%s'", INCREMENT_MAX,
		    text);
	return 0;
}

static int
read_row(void *ctx, const struct csvtable_row *row, struct errmsg *err)
{
	struct rates *r = ctx;
	const char *price = csvtable_cell(row, PER_MINUTE);
	const char *currency, *prefix;
	struct rate rate = { .per_minute = 0 };
	struct numlist_entry e = { .source = "",
		.note = "",
		.added = INT64_MIN,
		.expires = NUMLIST_NEVER,
		.line = row->line };

	if (money_parse(price, &rate.per_minute) != 0 || rate.per_minute < 0 ||
	    rate.per_minute > RATE_MAX * MONEY_UNIT)
		return errmsg_set(err, "not a price: '%s'", price);
	currency = csvtable_cell(row, CURRENCY);
	if (!money_is_code(currency, strlen(currency)))
		return errmsg_set(err, "not a currency: '%s'", currency);
	if (read_increment(csvtable_cell(row, INCREMENT), &rate.increment,
		err) < 0)
		return -1;
	rate.currency = arena_strdup(&r->texts, currency);
	rate.column = csvtable_place(row, PREFIX);
	prefix = csvtable_cell(row, PREFIX);
	e.value =
	    prefix[0] == '+' ? prefix : arena_printf(&r->texts, "+%s", prefix);
	if (numlist_add(r->prefixes, &e, err) < 0)
		return -1;
	r->list = xgrow(r->list, &r->cap, r->n + 1, sizeof(*r->list));
	r->list[r->n++] = rate;
	return 0;
}

static int
compare_prefixes(const void *va, const void *vb)
{
	const struct numlist_entry *const *a = va, *const *b = vb;
	int c = strcmp((*a)->value, (*b)->value);

	return c != 0 ? c
		      : ((*a)->line > (*b)->line) - ((*a)->line < (*b)->line);
}

static void
say_twice(const struct rates *r, const struct numlist_entry *first,
    const struct numlist_entry *e, const char *path, struct notes *notes)
{
	const size_t i = (size_t)(e - numlist_at(r->prefixes, 0));

	notes_place(notes, NOTE_ERROR, path, e->line, r->list[i].column,
	    "'%s' stands there twice, first on line %u", e->value,
	    (unsigned)first->line);
}

/* Which of two prices holds would be anybody's guess. */
static void
check_twice(const struct rates *r, const char *path, struct notes *notes)
{
	const struct numlist_entry **order = xcalloc(r->n + 1, sizeof(*order));
	size_t i;

	for (i = 0; i < r->n; i++)
		order[i] = numlist_at(r->prefixes, i);
	if (r->n > 1)
		qsort(order, r->n, sizeof(*order), compare_prefixes);
	for (i = 1; i < r->n; i++)
		if (strcmp(order[i - 1]->value, order[i]->value) == 0)
			say_twice(r, order[i - 1], order[i], path, notes);
	free(order);
}

int
rates_load(struct rates **rp, const char *path, struct notes *notes)
{
	static const struct csvtable_form form = { .columns = column_names,
		.n = COLUMNS,
		.needed = 1U << PREFIX | 1U << PER_MINUTE | 1U << CURRENCY,
		.row = read_row };
	struct rates *r = xcalloc(1, sizeof(*r));
	const size_t errors = notes->errors;

	arena_init(&r->texts);
	r->prefixes = numlist_new("rates", NUMLIST_PREFIX);
	*rp = r;
	(void)csvtable_read_all(path, &form, r, notes);
	check_twice(r, path, notes);
	if (notes->errors > errors) {
		rates_free(rp);
		return -1;
	}
	numlist_seal(r->prefixes);
	return 0;
}

void
rates_free(struct rates **rp)
{
	struct rates *r = *rp;

	if (r == NULL)
		return;
	numlist_free(&r->prefixes);
	arena_fini(&r->texts);
	free(r->list);
	free(r);
	*rp = NULL;
}

size_t
rates_size(const struct rates *r)
{
	return r->n;
}

const struct rate *
rates_find(const struct rates *r, const char *number)
{
	const struct numlist_entry *e;

	if (r == NULL || number[0] != '+')
		return NULL;
	e = numlist_find(r->prefixes, number, strlen(number), 0);
	return e != NULL ? &r->list[e - numlist_at(r->prefixes, 0)] : NULL;
}

int64_t
rate_cost(const struct rate *r, int64_t duration)
{
	int64_t step = r->increment * 1000, seconds, micro, rest;

	seconds = (duration + step - 1) / step * r->increment;
	if (seconds > 0 && r->per_minute > INT64_MAX / seconds)
		return INT64_MAX;
	micro = r->per_minute * seconds / 60;
	rest = r->per_minute * seconds % 60;
	return micro + (rest > 30 || (rest == 30 && micro % 2 != 0));
}

uint64_t
rates_hash(const struct rates *r)
{
	uint64_t prefixes = numlist_hash(r->prefixes), hash;
	struct hash_state *h = hash_new();
	size_t i;

	hash_add(h, &prefixes, sizeof(prefixes));
	for (i = 0; i < r->n; i++) {
		hash_add(h, &r->list[i].per_minute,
		    sizeof(r->list[i].per_minute));
		hash_add(h, &r->list[i].increment,
		    sizeof(r->list[i].increment));
		hash_add(h, r->list[i].currency,
		    strlen(r->list[i].currency) + 1);
	}
	hash = hash_end64(h);
	hash_free(&h);
	return hash;
}
