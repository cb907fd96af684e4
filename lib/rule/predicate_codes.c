/* predicate_codes: which texts the calls of a batch have in a field. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "rule/predicate_impl.h"

enum {
	SOME = 1024, /* calls whose codes are read at once */
	LEAST = 8192 /* calls that are worth a thread */
};

/* Those of some calls that were not there before. */
static void
list_codes(struct predicate_codes *codes, const uint32_t *some, size_t n)
{
	size_t k;

	for (k = 0; k < n; k++) {
		if (some[k] == FIELD_MISSING ||
		    predicate_bit(codes->seen, some[k]))
			continue;
		codes->seen[some[k] / 64] |= UINT64_C(1) << some[k] % 64;
		codes->list = xgrow(codes->list, &codes->cap, codes->n + 1,
		    sizeof(*codes->list));
		codes->list[codes->n++] = some[k];
	}
}

static void
end_list(struct predicate_codes *list)
{
	free(list->seen);
	list->seen = NULL;
}

/* Some of the calls for each thread, with lists of its own. */
struct listing {
	const struct batch *b;
	struct predicate_codes *list; /* by part, then by field */
	size_t nlist, parts;
};

/*
 * What is asked of numbers is the same for all calls that have the number:
 * of these calls it is only asked which numbers they have, once for all that
 * fields tell of them.
 */
struct numbers {
	uint16_t via[FIELD_SIDES]; /* where calls have them */
	struct predicate_codes of[FIELD_SIDES];
	size_t n;
};

/* The numbers that the field tells of; NULL: it is asked of each call. */
static struct predicate_codes *
numbers_of(struct numbers *s, const struct field *f)
{
	size_t i;

	for (i = 0; f->home == HOME_PARTY_NAME && i < s->n; i++)
		if (s->via[i] == f->via)
			return &s->of[i];
	return NULL;
}

/* The first call of which any field asks what stands at such a number. */
static size_t
from_of(const struct predicate_codes *list, size_t n, uint16_t via)
{
	size_t from = SIZE_MAX, k;

	for (k = 0; k < n; k++)
		if (list[k].field->home == HOME_PARTY_NAME &&
		    list[k].field->via == via && list[k].from < from)
			from = list[k].from;
	return from;
}

static void
numbers_init(struct numbers *s, const struct predicate_codes *list, size_t n,
    const struct batch *b)
{
	size_t k;

	memset(s, 0, sizeof(*s));
	for (k = 0; k < n; k++) {
		if (list[k].field->home != HOME_PARTY_NAME ||
		    numbers_of(s, list[k].field) != NULL)
			continue;
		assert(s->n < FIELD_SIDES);
		s->via[s->n] = list[k].field->via;
		s->of[s->n].field = list[k].field;
		s->of[s->n].from = from_of(list, n, list[k].field->via);
		s->of[s->n++].seen = predicate_bits(b->nparties);
	}
}

static void
numbers_fini(struct numbers *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		end_list(&s->of[i]);
		predicate_codes_fini(&s->of[i]);
	}
}

/* What stands at the numbers, in the order in which they first came. */
static void
list_numbers(struct predicate_codes *codes, const struct batch *b,
    const struct predicate_codes *numbers)
{
	uint32_t code;
	size_t i;

	for (i = 0; i < numbers->n; i++) {
		code = field_party_code(codes->field, b, numbers->list[i]);
		list_codes(codes, &code, 1);
	}
}

static void
list_some(const struct listing *l, struct predicate_codes *list,
    struct numbers *numbers, size_t first, size_t n)
{
	uint32_t some[SOME];
	size_t k;

	for (k = 0; k < numbers->n; k++) {
		if (first + n <= numbers->of[k].from)
			continue;
		field_parties(numbers->of[k].field, l->b, first, n, some);
		list_codes(&numbers->of[k], some, n);
	}
	for (k = 0; k < l->nlist; k++) {
		if (first + n <= list[k].from ||
		    numbers_of(numbers, list[k].field) != NULL)
			continue;
		field_codes(list[k].field, l->b, first, n, some);
		list_codes(&list[k], some, n);
	}
}

static void
list_part(void *arg, size_t part)
{
	const struct listing *l = arg;
	struct predicate_codes *list = l->list + part * l->nlist, *of;
	const size_t end = pool_cut(l->b->n, l->parts, part + 1);
	struct numbers numbers;
	size_t i, n, k;

	numbers_init(&numbers, list, l->nlist, l->b);
	for (k = 0; k < l->nlist; k++)
		list[k].seen = predicate_bits(intern_count(l->b->names));
	for (i = pool_cut(l->b->n, l->parts, part); i < end; i += n) {
		n = end - i < SOME ? end - i : SOME;
		list_some(l, list, &numbers, i, n);
	}
	for (k = 0; k < l->nlist; k++)
		if ((of = numbers_of(&numbers, list[k].field)) != NULL)
			list_numbers(&list[k], l->b, of);
	numbers_fini(&numbers);
}

/* The first part's lists get what only later ones have, in their order. */
static void
join_lists(struct listing *l)
{
	struct predicate_codes *from;
	size_t part, k;

	for (part = 1; part < l->parts; part++)
		for (k = 0; k < l->nlist; k++) {
			from = &l->list[part * l->nlist + k];
			list_codes(&l->list[k], from->list, from->n);
			end_list(from);
			predicate_codes_fini(from);
		}
}

void
predicate_codes_init(struct predicate_codes *list, size_t n, size_t threads,
    const struct batch *b)
{
	struct listing l = { .b = b,
		.nlist = n,
		.parts = pool_parts(threads, b->n, LEAST) };
	size_t i;

	if (n == 0)
		return;
	l.list = xcalloc(l.parts * n, sizeof(*l.list));
	for (i = 0; i < l.parts * n; i++) {
		l.list[i].field = list[i % n].field;
		l.list[i].from = list[i % n].from;
	}
	pool_run(threads, l.parts, list_part, &l);
	join_lists(&l);
	memcpy(list, l.list, n * sizeof(*list));
	for (i = 0; i < n; i++)
		end_list(&list[i]);
	free(l.list);
}

void
predicate_codes_fini(struct predicate_codes *codes)
{
	free(codes->list);
	memset(codes, 0, sizeof(*codes));
}
