/* detect_places: which numbers of a field follow each other. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "base/radix.h"
#include "base/xalloc.h"
#include "detect/detect_group_impl.h"

enum {
	DIGITS = 15,         /* at the end of a number, as its value ... */
	VALUE_BITS = 50,     /* ... in so many bits */
	MOST_FAMILIES = 8192 /* above them; as many again for no numbers */
};

/* Numbers of one family differ in their last digits alone. */
struct families {
	struct intern *ids;
	struct buf key;
	bool too_many;
};

static uint64_t
family(struct families *f)
{
	uint32_t id = intern_add(f->ids, f->key.data, f->key.len);

	f->too_many |= id >= MOST_FAMILIES;
	return id;
}

/*
 * A number as one that has its neighbours beside it: what is before and
 * behind the digits, how many they are, and the last of them.  What is no
 * number gets the highest ones, by its code.
 */
static uint64_t
number_of(struct families *f, const char *text, uint32_t code)
{
	const char *s = text + (text[0] == '+'), *p;
	size_t digits = strspn(s, "0123456789");
	size_t head = digits > DIGITS ? digits - DIGITS : 0;
	uint64_t value = 0;
	uint32_t length = (uint32_t)digits;

	if (digits == 0 || (s[digits] != '\0' && s[digits] != '@'))
		return (uint64_t)MOST_FAMILIES << VALUE_BITS | code;
	for (p = s + head; p < s + digits; p++)
		value = value * 10 + (uint64_t)(*p - '0');
	buf_reset(&f->key);
	buf_add(&f->key, text, (size_t)(s - text) + head);
	buf_add(&f->key, &length, sizeof(length));
	buf_addstr(&f->key, s + digits);
	/* Nine and nought at the ends of two families may follow each other. */
	if (head > 0 && (value == 0 || value == UINT64_C(999999999999999)))
		f->too_many = true;
	return family(f) << VALUE_BITS | value;
}

/* The order of numbers of 64 bits: by their low halves, then the high ones. */
static void
sort_numbers(const uint64_t *numbers, uint64_t *order, size_t n)
{
	uint64_t *room = xcalloc(n + 1, sizeof(*room));
	size_t i;

	for (i = 0; i < n; i++)
		order[i] = numbers[i] << 32 | i;
	radix_sort(order, room, n, 32);
	for (i = 0; i < n; i++)
		order[i] = (numbers[(uint32_t)order[i]] >> 32) << 32 |
			   (uint32_t)order[i];
	radix_sort(order, room, n, 32);
	free(room);
}

/* By party, from 2 on; how many there are, and what stands there. */
static bool
place_parties(const struct batch *b, uint32_t *of_party, size_t *places,
    uint32_t **texts)
{
	struct families f = { .ids = intern_new() };
	uint64_t *numbers = xcalloc(b->nparties, sizeof(*numbers));
	uint64_t *order = xcalloc(b->nparties, sizeof(*order)), v, before = 0;
	uint32_t at = 0;
	size_t i;

	buf_init(&f.key);
	for (i = 0; i < b->nparties; i++)
		numbers[i] = number_of(&f, batch_party_text(b, (uint32_t)i),
		    b->parties[i].text);
	sort_numbers(numbers, order, b->nparties);
	/* Parties may have the same number. */
	for (i = 0; i < b->nparties; i++, before = v) {
		v = numbers[(uint32_t)order[i]];
		if (i == 0 || v != before)
			at += i > 0 && v == before + 1 &&
				      v >> VALUE_BITS < MOST_FAMILIES
				  ? 1
				  : 2;
		of_party[(uint32_t)order[i]] =
		    b->parties[(uint32_t)order[i]].text != 0 ? at : 0;
	}
	*places = (size_t)at + 2;
	*texts = xcalloc(*places, sizeof(**texts));
	for (i = 0; i < b->nparties; i++)
		if (of_party[i] != 0)
			(*texts)[of_party[i]] = b->parties[i].text;
	free(numbers);
	free(order);
	buf_fini(&f.key);
	intern_free(&f.ids);
	return !f.too_many;
}

bool
detect_places_for(const struct field *f)
{
	return field_is_party(f);
}

bool
detect_places_fill(struct detect_places *p, const struct batch *b)
{
	struct detect_column *c;
	size_t i;

	p->of_party = xcalloc(b->nparties, sizeof(*p->of_party));
	if (!place_parties(b, p->of_party, &p->n, &p->texts))
		return false;
	for (i = 0; i < p->nfields; i++) {
		c = &p->of_call[i];
		if (p->n <= (size_t)UINT16_MAX + 1)
			c->few = xmalloc((b->n + 1) * sizeof(*c->few));
		else
			c->many = xmalloc((b->n + 1) * sizeof(*c->many));
	}
	return true;
}

void
detect_places_tell(struct detect_places *p, const struct batch *b, size_t first,
    size_t end)
{
	const uint32_t *of_party = p->of_party;
	const struct field *f;
	struct detect_column c;
	size_t i, k;

	for (i = 0; i < p->nfields; i++) {
		f = p->fields[i];
		c = p->of_call[i];
		for (k = first; c.few != NULL && k < end; k++)
			c.few[k] = (uint16_t)of_party[field_party(f, b, k)];
		for (k = first; c.many != NULL && k < end; k++)
			c.many[k] = of_party[field_party(f, b, k)];
	}
}

size_t
detect_places_find(const struct detect_places *p, const struct field *f)
{
	size_t i;

	for (i = 0; i < p->nfields; i++)
		if (p->fields[i] == f)
			return i;
	return DETECT_ROWS;
}

bool
detect_places_codes(const struct detect_places *p, const struct field *f,
    size_t first, size_t n, uint32_t *codes)
{
	const size_t column = detect_places_find(p, f);
	struct detect_column c;
	size_t i;

	if (column == DETECT_ROWS)
		return false;
	c = p->of_call[column];
	for (i = 0; c.few != NULL && i < n; i++)
		codes[i] =
		    c.few[first + i] != 0 ? c.few[first + i] : FIELD_MISSING;
	for (i = 0; c.many != NULL && i < n; i++)
		codes[i] =
		    c.many[first + i] != 0 ? c.many[first + i] : FIELD_MISSING;
	return true;
}

void
detect_places_fini(struct detect_places *p)
{
	size_t i;

	free(p->of_party);
	free(p->texts);
	for (i = 0; i < DETECT_ROWS; i++) {
		free(p->of_call[i].few);
		free(p->of_call[i].many);
	}
	memset(p, 0, sizeof(*p));
}
