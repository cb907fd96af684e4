#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_impl.h"

/* A key as text, so that nothing depends on codes. */
static bool
text_of(const struct field *f, const struct batch *b, size_t i, char *out,
    size_t size)
{
	struct buf text;

	buf_init(&text);
	field_print(f, b, i, &text);
	(void)snprintf(out, size, "%s", text.data);
	buf_fini(&text);
	return strcmp(out, "(missing)") != 0;
}

static int64_t
count_distinct(const struct batch *b, const struct field *of,
    const struct model_window *w)
{
	static char seen[MODEL_CALLS][64];
	size_t i, k, n = 0;

	for (i = 0; i < w->n; i++) {
		if (!text_of(of, b, w->calls[i], seen[n], sizeof(seen[n])))
			continue;
		for (k = 0; strcmp(seen[k], seen[n]) != 0; k++)
			;
		n += k == n;
	}
	return (int64_t)n;
}

/* An optional +, digits, an optional @ and more. */
static bool
is_number(const char *s)
{
	s += *s == '+';
	if (*s < '0' || *s > '9')
		return false;
	while (*s >= '0' && *s <= '9')
		s++;
	return *s == '\0' || *s == '@';
}

/* In place; false if it would be longer. */
static bool
add_one(char *s)
{
	char *end = strchr(s, '@');

	if (end == NULL)
		end = s + strlen(s);
	while (end > s && end[-1] == '9')
		*--end = '0';
	if (end == s || end[-1] == '+')
		return false;
	end[-1]++;
	return true;
}

static bool
less(struct model_value a, struct model_value b)
{
	return a.num * b.den < b.num * a.den;
}

/* Sum and average: the greatest of any one currency. */
static struct model_value
sum_of(const struct batch *b, const struct measure *m,
    const struct model_window *w)
{
	struct model_value best = { 0, m->fn == MEASURE_SUM }, v;
	bool any = false;
	int64_t x;
	size_t c, i;

	for (c = 0; c < b->ncurrencies; c++) {
		v = (struct model_value){ 0, 0 };
		for (i = 0; i < w->n; i++) {
			if (m->of->type == FIELD_MONEY &&
			    b->calls[w->calls[i]].currency != c)
				continue;
			if (!field_number(m->of, b, w->calls[i], &x))
				continue;
			v.num += x;
			v.den++;
		}
		if (v.den == 0)
			continue;
		if (m->fn == MEASURE_SUM)
			v.den = 1;
		if (!any || less(best, v))
			best = v;
		any = true;
	}
	return best;
}

static struct model_value
extreme_of(const struct batch *b, const struct measure *m,
    const struct model_window *w)
{
	struct model_value v = { 0, 0 };
	int64_t x;
	size_t i;

	for (i = 0; i < w->n; i++) {
		if (!field_number(m->of, b, w->calls[i], &x))
			continue;
		if (v.den == 0 ||
		    (m->fn == MEASURE_MAX ? x > v.num : x < v.num))
			v = (struct model_value){ x, 1 };
	}
	return v;
}

/* The longest row of numbers, each found by adding one to the digits. */
static int64_t
longest_run(const struct batch *b, const struct field *of,
    const struct model_window *w)
{
	static char texts[MODEL_CALLS][64];
	char next[64];
	size_t n = 0, i, k;
	int64_t most = 0, length;

	for (i = 0; i < w->n; i++)
		if (text_of(of, b, w->calls[i], texts[n], sizeof(texts[n])) &&
		    is_number(texts[n]))
			n++;
	for (i = 0; i < n; i++) {
		memcpy(next, texts[i], sizeof(next));
		for (length = 0;; length++) {
			for (k = 0; k < n && strcmp(texts[k], next) != 0; k++)
				;
			if (k == n || !add_one(next))
				break;
		}
		length += k < n;
		if (length > most)
			most = length;
	}
	return most;
}

/* Whether the values of two calls may be one: a currency is part of it. */
static bool
one_kind(const struct batch *b, const struct field *of, size_t a, size_t z)
{
	return of->type != FIELD_MONEY ||
	       b->calls[a].currency == b->calls[z].currency;
}

/* From every value that is there: how many are not a bin above it. */
static struct model_value
largest_share(const struct batch *b, const struct measure *m,
    const struct model_window *w)
{
	struct model_value v = { 0, 0 };
	char text[64], other[64];
	int64_t x, y, n;
	size_t i, k;

	for (i = 0; i < w->n; i++) {
		if (!text_of(m->of, b, w->calls[i], text, sizeof(text)))
			continue;
		v.den++;
		n = 0;
		for (k = 0; k < w->n; k++) {
			if (!text_of(m->of, b, w->calls[k], other,
				sizeof(other)))
				continue;
			if (field_is_key(m->of)) {
				n += strcmp(text, other) == 0;
				continue;
			}
			(void)field_number(m->of, b, w->calls[i], &x);
			(void)field_number(m->of, b, w->calls[k], &y);
			n += one_kind(b, m->of, w->calls[i], w->calls[k]) &&
			     (m->bin > 0 ? y >= x && y < x + m->bin : x == y);
		}
		if (n > v.num)
			v.num = n;
	}
	return v;
}

struct model_value
model_value_of(const struct batch *b, const struct measure *m,
    const struct model_window *w)
{
	struct model_value v = { (int64_t)w->n, 1 };
	int64_t scale = RULE_UNIT;
	size_t i;

	switch (m->fn) {
	case MEASURE_SUM:
	case MEASURE_AVG:
		v = sum_of(b, m, w);
		break;
	case MEASURE_MAX:
	case MEASURE_MIN:
		v = extreme_of(b, m, w);
		break;
	case MEASURE_DISTINCT:
		v.num = count_distinct(b, m->of, w);
		break;
	case MEASURE_RUN:
		v.num = longest_run(b, m->of, w);
		break;
	case MEASURE_MODE:
		v = largest_share(b, m, w);
		break;
	case MEASURE_RATIO:
		v = (struct model_value){ 0, (int64_t)w->n };
		for (i = 0; i < w->n; i++)
			v.num +=
			    b->calls[w->calls[i]].status == STATUS_ANSWERED;
		break;
	default:
		if (m->of != NULL)
			v.num = count_distinct(b, m->of, w);
	}
	if (m->of != NULL && m->of->type == FIELD_MONEY &&
	    m->fn != MEASURE_DISTINCT && m->fn != MEASURE_CONCURRENT &&
	    m->fn != MEASURE_MODE)
		scale = 1;
	v.num *= scale;
	return v;
}

int
model_compare(struct model_value v, int64_t limit)
{
	int64_t right = limit * v.den;

	return (v.num > right) - (v.num < right);
}

int64_t
model_units(struct model_value v)
{
	int64_t whole = v.num / v.den, twice = 2 * (v.num % v.den);

	if (twice > v.den || (twice == v.den && whole % 2 != 0))
		whole++;
	return whole;
}
