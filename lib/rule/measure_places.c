/*
 * measure_places: the values of a run or a mode in order, and what stands at
 * each.
 *
 * Run: numbers of one kind (same sign, length and site) stand by value, and
 * between two that do not follow each other is a place that is never taken:
 *
 *     +4420 5550140  5550141  -  5550143  5550144  -  201  202
 *
 * Mode: a call at value x is in the interval [v, v + bin) of every v above
 * x - bin up to x, so it covers the places of these; where most calls cover
 * a place is the interval with the largest share.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "rule/measure_impl.h"

/* A distinct value. */
struct item {
	const char *text;
	size_t sign, digits; /* of a number: its parts */
	int64_t value;       /* an amount */
	uint32_t purse;      /* rank of its currency */
	uint32_t code;       /* field code, or a call */
};

/* Texts ------------------------------------------------------------------- */

static uint32_t
greatest(const uint32_t *codes, size_t n)
{
	uint32_t most = 0;
	size_t k;

	for (k = 0; k < n; k++)
		if (codes[k] != FIELD_MISSING && codes[k] > most)
			most = codes[k];
	return most;
}

/*
 * One item for each code.  Calls have far less numbers than there are calls, so
 * these are counted first.
 */
static size_t
distinct_texts(const struct measure_column *c, const struct batch *b, size_t n,
    struct item **items)
{
	const struct field *of = c->measure->of;
	size_t k, m = 0, distinct = 0;
	uint32_t code;
	uint8_t *left;

	left = xcalloc((size_t)greatest(c->codes, n) + 1, 1);
	for (k = 0; k < n; k++)
		if (c->codes[k] != FIELD_MISSING && !left[c->codes[k]]) {
			left[c->codes[k]] = 1;
			distinct++;
		}
	*items = xcalloc(distinct + 1, sizeof(**items));
	for (k = 0; k < n; k++) {
		if (c->codes[k] == FIELD_MISSING || !left[c->codes[k]])
			continue;
		left[c->codes[k]] = 0;
		code = c->row != NULL ? c->row_texts[c->codes[k]] : c->codes[k];
		(*items)[m].text = field_code_text(of, b, code);
		(*items)[m++].code = c->codes[k];
	}
	free(left);
	return m;
}

/* From field codes to places; those without one are missing. */
static void
replace_codes(struct measure_column *c, size_t n, const struct item *items,
    const uint32_t *places, size_t nitems)
{
	uint32_t *of = xcalloc((size_t)greatest(c->codes, n) + 1, sizeof(*of));
	size_t k;

	for (k = 0; k < nitems; k++)
		of[items[k].code] = places[k] + 1;
	for (k = 0; k < n; k++)
		if (c->codes[k] != FIELD_MISSING)
			c->codes[k] = of[c->codes[k]] > 0 ? of[c->codes[k]] - 1
							  : FIELD_MISSING;
	free(of);
}

/* Run --------------------------------------------------------------------- */

/* "+442079460001", "201", "201@ulm": an optional +, digits, a site. */
static bool
read_digits(struct item *it)
{
	const char *s;

	it->sign = it->text[0] == '+';
	s = it->text + it->sign;
	it->digits = strspn(s, "0123456789");
	return it->digits > 0 &&
	       (s[it->digits] == '\0' || s[it->digits] == '@');
}

static const char *
rest_of(const struct item *it)
{
	return it->text + it->sign + it->digits;
}

static int
compare_numbers(const void *va, const void *vb)
{
	const struct item *a = va, *b = vb;
	int c = strcmp(rest_of(a), rest_of(b));

	if (c != 0)
		return c;
	if (a->sign != b->sign)
		return a->sign < b->sign ? -1 : 1;
	if (a->digits != b->digits)
		return a->digits < b->digits ? -1 : 1;
	return strcmp(a->text, b->text);
}

/* Whether b is a plus one, the nines at its end being noughts in b. */
static bool
adjacent(const struct item *a, const struct item *b)
{
	const char *x = a->text + a->sign, *y = b->text + b->sign;
	size_t i = a->digits;

	if (a->sign != b->sign || a->digits != b->digits ||
	    strcmp(rest_of(a), rest_of(b)) != 0)
		return false;
	while (i > 0 && x[i - 1] == '9' && y[i - 1] == '0')
		i--;
	return i > 0 && y[i - 1] == x[i - 1] + 1 && memcmp(x, y, i - 1) == 0;
}

static void
open_run(struct measure_column *c, const struct batch *b, size_t n)
{
	struct item *items;
	size_t m = distinct_texts(c, b, n, &items), k, numbers = 0;
	uint32_t *places = xcalloc(m + 1, sizeof(*places)), next = 0;

	for (k = 0; k < m; k++)
		if (read_digits(&items[k]))
			items[numbers++] = items[k];
	if (numbers > 1)
		qsort(items, numbers, sizeof(*items), compare_numbers);
	c->texts = xcalloc(2 * numbers + 1, sizeof(*c->texts));
	for (k = 0; k < numbers; k++) {
		if (k > 0 && !adjacent(&items[k - 1], &items[k]))
			next++;
		places[k] = next++;
		c->texts[places[k]] = items[k].text;
	}
	c->nplaces = next;
	replace_codes(c, n, items, places, numbers);
	free(places);
	free(items);
}

/* Mode -------------------------------------------------------------------- */

static int
compare_texts(const void *va, const void *vb)
{
	const struct item *a = va, *b = vb;

	return strcmp(a->text, b->text);
}

static int
compare_amounts(const void *va, const void *vb)
{
	const struct item *a = va, *b = vb;

	if (a->purse != b->purse)
		return a->purse < b->purse ? -1 : 1;
	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	return (a->code > b->code) - (a->code < b->code);
}

static void
open_mode_of_texts(struct measure_column *c, const struct batch *b, size_t n)
{
	struct item *items;
	size_t m = distinct_texts(c, b, n, &items), k;
	uint32_t *places = xcalloc(m + 1, sizeof(*places));

	if (m > 1)
		qsort(items, m, sizeof(*items), compare_texts);
	c->nplaces = m;
	c->texts = xcalloc(m + 1, sizeof(*c->texts));
	c->lows = xcalloc(m + 1, sizeof(*c->lows));
	for (k = 0; k < m; k++) {
		places[k] = c->lows[k] = (uint32_t)k;
		c->texts[k] = items[k].text;
	}
	replace_codes(c, n, items, places, m);
	free(places);
	free(items);
}

/* Currencies in the order of their codes: ids depend on who came first. */
static uint32_t
purse_rank(const struct batch *b, uint8_t currency)
{
	const char *code = batch_text(b, b->currencies[currency]);
	uint32_t rank = 0;
	size_t i;

	for (i = 0; i < b->ncurrencies; i++)
		rank += strcmp(batch_text(b, b->currencies[i]), code) < 0;
	return rank;
}

static size_t
read_amounts(const struct measure_column *c, const struct batch *b,
    const uint32_t *calls, size_t n, struct item *items)
{
	const struct field *of = c->measure->of;
	size_t k, m = 0;

	for (k = 0; k < n; k++) {
		c->codes[k] = FIELD_MISSING;
		if (!field_number(of, b, calls[k], &items[m].value))
			continue;
		if (of->type == FIELD_MONEY)
			items[m].purse =
			    purse_rank(b, b->calls[calls[k]].currency);
		items[m++].code = (uint32_t)k;
	}
	return m;
}

static bool
same_place(const struct item *a, const struct item *b)
{
	return a->purse == b->purse && a->value == b->value;
}

static void
open_mode_of_amounts(struct measure_column *c, const struct batch *b,
    const uint32_t *calls, size_t n)
{
	struct item *items = xcalloc(n + 1, sizeof(*items));
	size_t m = read_amounts(c, b, calls, n, items), k, low = 0, at = 0;
	int64_t bin = c->measure->bin > 0 ? c->measure->bin : 1;

	if (m > 1)
		qsort(items, m, sizeof(*items), compare_amounts);
	c->amounts = xcalloc(m + 1, sizeof(*c->amounts));
	c->lows = xcalloc(m + 1, sizeof(*c->lows));
	for (k = 0; k < m; k++) {
		if (k > 0 && !same_place(&items[k - 1], &items[k]))
			at++;
		/* `low` is an item; its place is that of its call */
		c->codes[items[k].code] = (uint32_t)at;
		while (items[low].purse != items[k].purse ||
		       (uint64_t)items[k].value - (uint64_t)items[low].value >=
			   (uint64_t)bin)
			low++;
		c->amounts[at] = items[k].value;
		c->lows[at] = c->codes[items[low].code];
	}
	c->nplaces = m > 0 ? at + 1 : 0;
	free(items);
}

/* Both -------------------------------------------------------------------- */

void
measure_places_open(struct measure_column *c, const struct batch *b,
    const uint32_t *calls, size_t n)
{
	if (c->measure->fn == MEASURE_RUN) {
		open_run(c, b, n);
	} else {
		if (field_is_key(c->measure->of))
			open_mode_of_texts(c, b, n);
		else
			open_mode_of_amounts(c, b, calls, n);
		measure_cover_open(&c->cover, c->nplaces);
	}
	measure_runs_open(&c->runs, c->nplaces);
	c->times = xcalloc(c->nplaces + 1, sizeof(*c->times));
}

void
measure_places_close(struct measure_column *c)
{
	free(c->texts);
	free(c->amounts);
	free(c->lows);
	c->texts = NULL;
	c->amounts = NULL;
	c->lows = NULL;
	c->nplaces = 0;
	measure_runs_close(&c->runs);
	measure_cover_close(&c->cover);
}

void
measure_places_add(struct measure_column *c, uint32_t place)
{
	bool first = c->times[place]++ == 0;

	c->having++;
	if (c->measure->fn == MEASURE_MODE)
		measure_cover_add(&c->cover, c->lows[place], place, 1);
	if (first)
		measure_runs_set(&c->runs, place, true);
}

void
measure_places_remove(struct measure_column *c, uint32_t place)
{
	bool last = --c->times[place] == 0;

	c->having--;
	if (c->measure->fn == MEASURE_MODE)
		measure_cover_add(&c->cover, c->lows[place], place, -1);
	if (last)
		measure_runs_set(&c->runs, place, false);
}

struct measure_value
measure_places_value(const struct measure_column *c)
{
	if (c->measure->fn == MEASURE_MODE)
		return (struct measure_value){ (int64_t)measure_cover_most(
						   &c->cover),
			(int64_t)c->having, RULE_UNIT };
	return (struct measure_value){ (int64_t)measure_runs_best(&c->runs), 1,
		RULE_UNIT };
}

/* The last place whose low is not above `first`. */
static size_t
end_of_interval(const struct measure_column *c, size_t first)
{
	size_t low = first, high = c->nplaces, middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (c->lows[middle] <= first)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/*
 * The place that most calls cover may be a value that only other groups have:
 * the interval then begins at the next value that is there.
 */
struct measure_detail
measure_places_detail(const struct measure_column *c)
{
	struct measure_detail d = { NULL, NULL, 0, 0 };
	size_t first, last;

	if (c->having == 0)
		return d;
	if (c->measure->fn == MEASURE_RUN) {
		first = measure_runs_where(&c->runs);
		last = first + measure_runs_best(&c->runs) - 1;
	} else {
		first =
		    measure_runs_next(&c->runs, measure_cover_where(&c->cover));
		last =
		    measure_runs_previous(&c->runs, end_of_interval(c, first));
	}
	if (c->texts != NULL) {
		d.first = c->texts[first];
		d.last = c->texts[last];
	} else {
		d.low = c->amounts[first];
		d.high = c->amounts[last];
	}
	return d;
}
