/* detect_places: which numbers of a field follow each other. */
#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "base/radix.h"
#include "base/xalloc.h"
#include "detect/detect_group_impl.h"

enum {
	SOME = 4096,         /* calls whose codes are read at once */
	DIGITS = 15,         /* at the end of a number, as its value ... */
	VALUE_BITS = 50,     /* ... in so many bits */
	MOST_FAMILIES = 8192 /* above them; as many again for no numbers */
};

/* Numbers of one family differ in their last digits alone. */
struct families {
	struct intern *ids;
	struct buf key;
	uint64_t last; /* of the number before, which most are like */
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

/* The different codes of the field, marked in `of_code`. */
static uint32_t *
list_codes(const struct field *f, const struct batch *b, uint32_t *of_code,
    size_t *n)
{
	uint32_t codes[SOME], *list = NULL;
	size_t i, some, k, cap = 0;

	*n = 0;
	for (i = 0; i < b->n; i += some) {
		some = b->n - i < SOME ? b->n - i : SOME;
		field_codes(f, b, i, some, codes);
		for (k = 0; k < some; k++) {
			if (codes[k] == FIELD_MISSING || of_code[codes[k]] != 0)
				continue;
			of_code[codes[k]] = 1;
			list = xgrow(list, &cap, *n + 1, sizeof(*list));
			list[(*n)++] = codes[k];
		}
	}
	return list;
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

static bool
place_codes(const struct batch *b, const uint32_t *list, size_t n,
    uint32_t *of_code, uint32_t *next)
{
	struct families f = { .ids = intern_new() };
	uint64_t *numbers = xcalloc(n + 1, sizeof(*numbers));
	uint64_t *order = xcalloc(n + 1, sizeof(*order)), v, before = 0;
	size_t i;

	buf_init(&f.key);
	for (i = 0; i < n; i++)
		numbers[i] = number_of(&f, batch_text(b, list[i]), list[i]);
	sort_numbers(numbers, order, n);
	*next = 0;
	for (i = 0; i < n; i++) {
		v = numbers[(uint32_t)order[i]];
		*next +=
		    i > 0 && v == before + 1 && v >> VALUE_BITS < MOST_FAMILIES
			? 1
			: 2;
		of_code[list[(uint32_t)order[i]]] = *next;
		before = v;
	}
	free(numbers);
	free(order);
	buf_fini(&f.key);
	intern_free(&f.ids);
	return !f.too_many;
}

bool
detect_places_fill(struct detect_places *p, const struct batch *b)
{
	uint32_t *of_code =
	    xcalloc((size_t)intern_count(b->names) + 1, sizeof(*of_code));
	uint32_t codes[SOME], *list, last;
	size_t n, i, some, k;
	bool good;

	list = list_codes(p->field, b, of_code, &n);
	good = place_codes(b, list, n, of_code, &last);
	free(list);
	p->n = (size_t)last + 2;
	p->of_call = good ? xcalloc(b->n + 1, sizeof(*p->of_call)) : NULL;
	for (i = 0; good && i < b->n; i += some) {
		some = b->n - i < SOME ? b->n - i : SOME;
		field_codes(p->field, b, i, some, codes);
		for (k = 0; k < some; k++)
			p->of_call[i + k] =
			    codes[k] != FIELD_MISSING ? of_code[codes[k]] : 0;
	}
	free(of_code);
	return good;
}

void
detect_places_fini(struct detect_places *p)
{
	free(p->of_call);
	memset(p, 0, sizeof(*p));
}
