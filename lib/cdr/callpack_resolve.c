/* callpack_resolve: what packed calls name, in the batch that they go into. */
#include <string.h>

#include "base/xalloc.h"
#include "cdr/callpack_impl.h"

#define NOT_YET UINT32_MAX

enum { BLOCK = 256 };

static uint32_t *
none_yet(size_t n)
{
	uint32_t *list = xmalloc((n + 1) * sizeof(*list));

	memset(list, 0xff, (n + 1) * sizeof(*list));
	return list;
}

/*
 * By text, as far as the numbers of a column of them go: texts that few calls
 * differ in come first, ids last.
 */
static uint32_t *
none_of(const struct callpack_reading *r, enum callpack_column column)
{
	const struct packed_numbers *p = &r->calls[column];
	uint64_t past = UINT64_MAX;

	if (p->width < 32 && p->unit <= UINT32_MAX)
		past = p->least + p->unit * ((UINT64_C(1) << p->width) - 1) + 1;
	return none_yet(past < r->ntexts ? (size_t)past : r->ntexts);
}

static uint32_t
name_of(struct callpack_reading *r, int64_t text)
{
	if (r->names[text] == NOT_YET)
		r->names[text] = intern_add(r->b->names, r->texts[text].bytes,
		    r->texts[text].len);
	return r->names[text];
}

/* Of what is different each time. */
static uint32_t
id_of(struct callpack_reading *r, int64_t text)
{
	const struct packed_text *t = &r->texts[text];

	if (!r->b->keep_ids || t->len == 0)
		return name_of(r, text);
	if (r->ids[text] == NOT_YET)
		r->ids[text] = intern_keep(r->b->names, t->bytes, t->len);
	return r->ids[text];
}

static bool
find_sources(struct callpack_reading *r)
{
	const struct packed_numbers *p = &r->calls[CALLPACK_SOURCE];
	const struct batch *b = r->b;
	const size_t n = p->width > 0 || r->n == 0 ? r->n : 1;
	size_t i, k;
	int64_t t;

	for (i = 0; i < n; i++) {
		t = packed_number(p, i);
		if (r->sources[t] != NOT_YET)
			continue;
		for (k = 0; k < b->nsources; k++)
			if (strcmp(batch_text(b, b->sources[k].name),
				r->texts[t].bytes) == 0)
				break;
		if (k == b->nsources)
			return false;
		r->sources[t] = (uint32_t)k;
	}
	return true;
}

/* A calendar that the batch has got of the same name; false: none. */
static bool
find_calendar(struct callpack_reading *r, size_t row, const char **name)
{
	const struct batch *b = r->b;
	const int64_t text =
	    packed_number(&r->listed[CALLPACK_LISTED_CALENDAR], row);
	size_t i;

	*name = NULL;
	if (text == 0)
		return true;
	for (i = 0; i < b->nlisted && *name == NULL; i++)
		if (b->listed[i].calendar != NULL &&
		    strcmp(b->listed[i].calendar, r->texts[text - 1].bytes) ==
			0)
			*name = b->listed[i].calendar;
	return *name != NULL;
}

static bool
same_calendar(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
add_listed(struct callpack_reading *r)
{
	struct batch *b = r->b;
	struct listed one;
	const struct listed *had;
	size_t i, k;

	for (i = 0; i < r->nlisted; i++) {
		memset(&one, 0, sizeof(one));
		if (!find_calendar(r, i, &one.calendar))
			return false;
		one.class = name_of(r,
		    packed_number(&r->listed[CALLPACK_LISTED_CLASS], i));
		one.group = name_of(r,
		    packed_number(&r->listed[CALLPACK_LISTED_GROUP], i));
		one.capacity =
		    packed_number(&r->listed[CALLPACK_LISTED_CAPACITY], i);
		for (k = 0; k < b->nlisted; k++) {
			had = &b->listed[k];
			if (had->class == one.class &&
			    had->group == one.group &&
			    had->capacity == one.capacity &&
			    same_calendar(had->calendar, one.calendar))
				break;
		}
		r->listed_ids[i] =
		    k < b->nlisted ? (uint32_t)k : batch_listed(b, &one);
	}
	return true;
}

static void
add_parties(struct callpack_reading *r)
{
	const struct packed_numbers *p = r->parties;
	struct party one;
	size_t i;

	for (i = 0; i < r->nparties; i++) {
		memset(&one, 0, sizeof(one));
		one.text =
		    name_of(r, packed_number(&p[CALLPACK_PARTY_TEXT], i));
		one.country =
		    name_of(r, packed_number(&p[CALLPACK_PARTY_COUNTRY], i));
		one.block =
		    name_of(r, packed_number(&p[CALLPACK_PARTY_BLOCK], i));
		one.kind = (uint8_t)packed_number(&p[CALLPACK_PARTY_KIND], i);
		one.party = (uint8_t)packed_number(&p[CALLPACK_PARTY_PARTY], i);
		one.inside =
		    (uint8_t)packed_number(&p[CALLPACK_PARTY_INSIDE], i);
		one.international =
		    (uint8_t)packed_number(&p[CALLPACK_PARTY_INTERNATIONAL], i);
		one.own_toll_free =
		    (uint8_t)packed_number(&p[CALLPACK_PARTY_OWN], i);
		one.stated =
		    (uint8_t)packed_number(&p[CALLPACK_PARTY_STATED], i);
		r->party_ids[i] = batch_party(r->b, &one);
	}
}

static void
find_file(struct callpack_reading *r, int64_t text)
{
	struct batch *b = r->b;
	const uint32_t name = name_of(r, text);
	size_t i;

	if (r->files[text] != NOT_YET)
		return;
	for (i = 0; i < b->nfiles && b->files[i] != name; i++)
		;
	r->files[text] =
	    i < b->nfiles ? (uint32_t)i : batch_file(b, r->texts[text].bytes);
}

/* An id of the batch takes a hash of the text to find. */
static void
find_currency(struct callpack_reading *r, int64_t text)
{
	if (r->currencies[text] == NOT_YET)
		r->currencies[text] =
		    batch_currency(r->b, r->texts[text].bytes);
}

static void
find_text(struct callpack_reading *r, int column, int64_t text)
{
	if (column == CALLPACK_FILE)
		find_file(r, text);
	else if (column == CALLPACK_CURRENCY)
		find_currency(r, text);
	else if (column == CALLPACK_CALL_ID || column == CALLPACK_JOIN)
		(void)id_of(r, text);
	else if (column != CALLPACK_SOURCE)
		(void)name_of(r, text);
}

static void
find_texts(struct callpack_reading *r, int column, size_t n)
{
	const struct packed_numbers *p = &r->calls[column];
	int64_t v[BLOCK], last = -1;
	size_t i, k, some;

	if (p->width == 0 && n > 1)
		n = 1; /* all are the same */
	for (i = 0; i < n; i += some) {
		some = n - i < BLOCK ? n - i : BLOCK;
		packed_numbers(p, i, some, v);
		for (k = 0; k < some; last = v[k++])
			if (v[k] != last)
				find_text(r, column, v[k]);
	}
}

bool
callpack_resolve(struct callpack_reading *r)
{
	r->names = none_yet(r->ntexts);
	r->ids = none_yet(r->ntexts);
	r->sources = none_of(r, CALLPACK_SOURCE);
	r->files = none_of(r, CALLPACK_FILE);
	r->currencies = none_of(r, CALLPACK_CURRENCY);
	r->party_ids = none_yet(r->nparties);
	r->listed_ids = none_yet(r->nlisted);
	if (!find_sources(r) || !add_listed(r))
		return false;
	add_parties(r);
	return true;
}

void
callpack_resolve_texts(struct callpack_reading *r)
{
	int k;

	for (k = 0; k < CALLPACK_COLUMNS; k++)
		if ((CALLPACK_TEXTS >> k & 1) != 0)
			find_texts(r, k, r->taken);
}

uint32_t
callpack_name(const struct callpack_reading *r, int64_t text)
{
	return r->names[text];
}

uint32_t
callpack_id(const struct callpack_reading *r, int64_t text)
{
	return r->ids[text] != NOT_YET ? r->ids[text] : r->names[text];
}
