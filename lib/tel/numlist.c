#include "tel/numlist.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "tel/numlist_impl.h"

static const char *const kind_names[] = {
	[NUMLIST_EXACT] = "exact",
	[NUMLIST_PREFIX] = "prefix",
	[NUMLIST_RANGE] = "range",
	[NUMLIST_PATTERN] = "pattern",
};

const char *
numlist_kind_name(enum numlist_kind k)
{
	return kind_names[k];
}

int
numlist_kind_parse(const char *name, enum numlist_kind *k)
{
	size_t i;

	for (i = 0; i < sizeof(kind_names) / sizeof(kind_names[0]); i++) {
		if (strcmp(kind_names[i], name) == 0) {
			*k = (enum numlist_kind)i;
			return 0;
		}
	}
	return -1;
}

struct numlist *
numlist_new(const char *name, enum numlist_kind kind)
{
	struct numlist *l = xcalloc(1, sizeof(*l));

	l->name = xstrdup(name);
	l->kind = kind;
	l->source = l->note = "";
	arena_init(&l->texts);
	return l;
}

void
numlist_free(struct numlist **lp)
{
	struct numlist *l = *lp;

	if (l == NULL)
		return;
	free(l->name);
	arena_fini(&l->texts);
	free(l->entries);
	free(l->order);
	free(l->shapes);
	free(l->reach);
	free(l);
	*lp = NULL;
}

const char *
numlist_name(const struct numlist *l)
{
	return l->name;
}

enum numlist_kind
numlist_kind(const struct numlist *l)
{
	return l->kind;
}

/* Tidying values ---------------------------------------------------------- */

static bool
is_among(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* The number in `s` without separators, up to a `stop`; NULL if it is none. */
static const char *
tidy_number(const char *s, const char *also, char *out, size_t size)
{
	size_t n = 0;

	while (*s == ' ')
		s++;
	for (; *s != '\0'; s++) {
		if (is_among(*s, " ().-"))
			continue;
		if (!is_among(*s, "0123456789") && !is_among(*s, also) &&
		    !(*s == '+' && n == 0))
			return NULL;
		if (n + 1 >= size)
			return NULL;
		out[n++] = *s;
	}
	out[n] = '\0';
	return n > (out[0] == '+' ? 1 : 0) ? out : NULL;
}

/* "A-B": the hyphen before the second number, which begins as the first. */
static const char *
range_hyphen(const char *s)
{
	const char *p = s;

	while (*p == ' ')
		p++;
	if (*p != '+')
		return strchr(s, '-');
	for (p = strchr(p, '-'); p != NULL; p = strchr(p + 1, '-'))
		if (p[1 + strspn(p + 1, " ")] == '+')
			return p;
	return NULL;
}

static int
tidy_range(const char *s, char out[2 * BOUNDS_NUMBER], struct errmsg *err)
{
	char low[BOUNDS_NUMBER], high[BOUNDS_NUMBER], first[BOUNDS_NUMBER];
	const char *hyphen = range_hyphen(s);
	size_t len = hyphen != NULL ? (size_t)(hyphen - s) : 0;

	if (hyphen == NULL || len >= sizeof(first))
		return errmsg_set(err, "not a range of numbers: '%s'", s);
	memcpy(first, s, len);
	first[len] = '\0';
	if (tidy_number(first, "", low, sizeof(low)) == NULL ||
	    tidy_number(hyphen + 1, "", high, sizeof(high)) == NULL ||
	    strlen(low) != strlen(high))
		return errmsg_set(err, "not a range of numbers: '%s'", s);
	if (strcmp(low, high) > 0)
		return errmsg_set(err, "the range goes backwards: '%s'", s);
	len = strlen(low);
	memcpy(out, low, len);
	out[len] = '-';
	memcpy(out + len + 1, high, len + 1);
	return 0;
}

/* The value as it is compared, in `out` or as it came. */
static int
tidy_value(const struct numlist *l, const char *s, char out[2 * BOUNDS_NUMBER],
    const char **value, struct errmsg *err)
{
	*value = out;
	switch (l->kind) {
	case NUMLIST_EXACT:
		/* A number, or any other text. */
		if (s[0] == '\0' || strlen(s) > BOUNDS_FIELD)
			return errmsg_set(err,
			    "the value is empty or too long");
		if (s[0] != '+' ||
		    tidy_number(s, "", out, BOUNDS_NUMBER) == NULL)
			*value = s;
		return 0;
	case NUMLIST_PREFIX:
		if (tidy_number(s, "*#", out, BOUNDS_NUMBER) == NULL)
			return errmsg_set(err,
			    "not the beginning of a number: '%s'", s);
		return 0;
	case NUMLIST_PATTERN:
		if (tidy_number(s, "#", out, BOUNDS_NUMBER) == NULL)
			return errmsg_set(err,
			    "not digits and # for any digit: '%s'", s);
		return 0;
	case NUMLIST_RANGE:
		break;
	}
	return tidy_range(s, out, err);
}

/* The copy of a text that many entries have in common. */
static const char *
keep_common(struct numlist *l, const char **last, const char *text)
{
	if (text == NULL)
		text = "";
	if (strcmp(*last, text) != 0)
		*last = arena_strdup(&l->texts, text);
	return *last;
}

int
numlist_add(struct numlist *l, const struct numlist_entry *e,
    struct errmsg *err)
{
	char tidy[2 * BOUNDS_NUMBER];
	const char *value;

	if (tidy_value(l, e->value, tidy, &value, err) < 0)
		return -1;
	if (l->n == BOUNDS_LIST)
		return errmsg_set(err, "more than %d entries", BOUNDS_LIST);
	l->entries = xgrow(l->entries, &l->cap, l->n + 1, sizeof(*l->entries));
	l->entries[l->n++] = (struct numlist_entry){
		.value = arena_strdup(&l->texts, value),
		.source = keep_common(l, &l->source, e->source),
		.note = keep_common(l, &l->note, e->note),
		.added = e->added,
		.expires = e->expires,
		.line = e->line,
	};
	l->sealed = false;
	return 0;
}

size_t
numlist_size(const struct numlist *l)
{
	return l->n;
}

const struct numlist_entry *
numlist_at(const struct numlist *l, size_t i)
{
	assert(i < l->n);
	return &l->entries[i];
}

size_t
numlist_index(const struct numlist *l, const struct numlist_entry *e)
{
	assert(e >= l->entries && e < l->entries + l->n);
	return (size_t)(e - l->entries);
}

/* Finding ----------------------------------------------------------------- */

bool
numlist_in_force(const struct numlist_entry *e, int64_t day)
{
	return day == INT64_MIN || day < e->expires;
}

uint64_t
numlist_head(const char *s, size_t len)
{
	uint64_t head = 0, place;
	size_t i;

	for (i = 0; i < 16; i++) {
		place = 0;
		if (i < len && s[i] >= '0' && s[i] <= '9')
			place = (uint64_t)(s[i] - '0') + 4;
		else if (i < len)
			place = s[i] == '#'   ? 1
				: s[i] == '*' ? 2
				: s[i] == '+' ? 3
					      : 14;
		head = head << 4 | place;
	}
	return head;
}

int
numlist_compare(const struct numlist *l, const struct numlist_slot *slot,
    uint64_t head, const char *text)
{
	if (slot->head != head)
		return slot->head < head ? -1 : 1;
	return memcmp(l->entries[slot->entry].value, text, slot->len);
}

/* What a value of this shape must be to match the text; false: none does. */
static bool
fill_probe(const struct numlist *l, const struct numlist_shape *shape,
    const struct numlist_query *q, char *probe)
{
	size_t i;

	if (l->kind == NUMLIST_PREFIX ? q->len < shape->len
				      : q->len != shape->len)
		return false;
	memcpy(probe, q->text, shape->len);
	for (i = 0; l->kind == NUMLIST_PATTERN && i < shape->len; i++) {
		if (shape->like[i] != '#')
			continue;
		if (q->text[i] < '0' || q->text[i] > '9')
			return false;
		probe[i] = '#';
	}
	return true;
}

static void
ask_shape(const struct numlist *l, const struct numlist_shape *shape,
    struct numlist_query *q)
{
	char probe[BOUNDS_FIELD + 1];
	size_t low = shape->begin, high = shape->end, middle;
	const struct numlist_entry *e;
	uint64_t head;

	if (!fill_probe(l, shape, q, probe))
		return;
	head = numlist_head(probe, shape->len);
	while (low < high) {
		middle = low + (high - low) / 2;
		if (numlist_compare(l, &l->order[middle], head, probe) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < shape->end && q->n < q->max; low++) {
		if (numlist_compare(l, &l->order[low], head, probe) != 0)
			break;
		e = &l->entries[l->order[low].entry];
		if (numlist_in_force(e, q->day))
			q->out[q->n++] = e;
	}
}

static void
ask(const struct numlist *l, struct numlist_query *q)
{
	size_t i;

	assert(l->sealed);
	if (l->kind == NUMLIST_RANGE) {
		numlist_ask_ranges(l, q);
		return;
	}
	for (i = 0; i < l->nshapes && q->n < q->max; i++)
		ask_shape(l, &l->shapes[i], q);
}

const struct numlist_entry *
numlist_find(const struct numlist *l, const char *text, size_t len, int64_t day)
{
	const struct numlist_entry *found = NULL;
	struct numlist_query q = { .text = text,
		.len = len,
		.day = day,
		.out = &found,
		.max = 1 };

	ask(l, &q);
	return found;
}

size_t
numlist_matches(const struct numlist *l, const char *text, size_t len,
    const struct numlist_entry **out, size_t max)
{
	struct numlist_query q = { .text = text,
		.len = len,
		.day = INT64_MIN,
		.out = out,
		.max = max };

	ask(l, &q);
	return q.n;
}

uint64_t
numlist_hash(const struct numlist *l)
{
	struct hash_state *h = hash_new();
	const struct numlist_entry *e;
	uint64_t hash;
	size_t i;

	hash_add(h, &l->kind, sizeof(l->kind));
	for (i = 0; i < l->n; i++) {
		e = &l->entries[i];
		hash_add(h, e->value, strlen(e->value) + 1);
		hash_add(h, e->source, strlen(e->source) + 1);
		hash_add(h, e->note, strlen(e->note) + 1);
		hash_add(h, &e->added, sizeof(e->added));
		hash_add(h, &e->expires, sizeof(e->expires));
	}
	hash = hash_end64(h);
	hash_free(&h);
	return hash;
}
