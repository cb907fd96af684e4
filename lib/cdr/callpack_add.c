/* callpack_add: calls from their bytes into a batch. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/callpack.h"
#include "cdr/callpack_impl.h"

#define NOT_YET UINT32_MAX

enum { AT_ONCE = 64 };

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

	return r->b->keep_ids && t->len > 0
		   ? intern_keep(r->b->names, t->bytes, t->len)
		   : name_of(r, text);
}

static bool
find_sources(struct callpack_reading *r)
{
	const struct batch *b = r->b;
	size_t i, k;
	int64_t t;

	for (i = 0; i < r->n; i++) {
		t = packed_number(&r->calls[CALLPACK_SOURCE], i);
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

static uint32_t
file_of(struct callpack_reading *r, int64_t text)
{
	struct batch *b = r->b;
	const uint32_t name = name_of(r, text);
	size_t i;

	if (r->files[text] == NOT_YET) {
		for (i = 0; i < b->nfiles && b->files[i] != name; i++)
			;
		r->files[text] = i < b->nfiles
				     ? (uint32_t)i
				     : batch_file(b, r->texts[text].bytes);
	}
	return r->files[text];
}

static void
set_call(struct callpack_reading *r, const int64_t *v, struct call *c)
{
	*c = (struct call){
		.start = v[CALLPACK_START],
		.ring = (uint32_t)v[CALLPACK_RING],
		.duration = (uint32_t)v[CALLPACK_DURATION],
		.src = r->party_ids[v[CALLPACK_SRC]],
		.dst = r->party_ids[v[CALLPACK_DST]],
		.dialled = name_of(r, v[CALLPACK_DIALLED]),
		.account = name_of(r, v[CALLPACK_ACCOUNT]),
		.user = name_of(r, v[CALLPACK_USER]),
		.trunk_in = name_of(r, v[CALLPACK_TRUNK_IN]),
		.trunk_out = name_of(r, v[CALLPACK_TRUNK_OUT]),
		.listed = r->listed_ids[v[CALLPACK_LISTED]],
		.source = (uint16_t)r->sources[v[CALLPACK_SOURCE]],
		.currency =
		    batch_currency(r->b, r->texts[v[CALLPACK_CURRENCY]].bytes),
		.direction = (uint8_t)v[CALLPACK_DIRECTION],
		.status = (uint8_t)v[CALLPACK_STATUS],
		.feature = (uint8_t)v[CALLPACK_FEATURE],
		.account_type = (uint8_t)v[CALLPACK_ACCOUNT_TYPE],
		.flags = (uint8_t)v[CALLPACK_FLAGS],
	};
}

static void
set_origin(struct callpack_reading *r, const int64_t *v, struct origin *o)
{
	*o = (struct origin){
		.key = (uint64_t)v[CALLPACK_KEY],
		.line = (uint32_t)v[CALLPACK_LINE],
		.call_id = id_of(r, v[CALLPACK_CALL_ID]),
		.service = name_of(r, v[CALLPACK_SERVICE]),
		.cause = (uint8_t)v[CALLPACK_CAUSE],
		.zone_kind = (unsigned)v[CALLPACK_ZONE_KIND] & 3,
		.stated = (unsigned)v[CALLPACK_STATED] & ORIGIN_STATED,
		.user_called = v[CALLPACK_USER_CALLED] != 0,
		.event = (unsigned)v[CALLPACK_EVENT] & 3,
		.quality = (unsigned)v[CALLPACK_QUALITY] & 7,
		.rated = v[CALLPACK_RATED] != 0,
		.clock = (uint8_t)v[CALLPACK_CLOCK],
	};
}

/* What few calls have; whatever had this place is gone. */
static void
set_extras(struct callpack_reading *r, const int64_t *v, size_t i)
{
	struct call_extras x = { .cost = v[CALLPACK_COST] };

	x.ids[EXTRA_FORWARDED_BY] = r->party_ids[v[CALLPACK_FORWARDED_BY]];
	x.ids[EXTRA_SRC_NAME] = name_of(r, v[CALLPACK_SRC_NAME]);
	x.ids[EXTRA_AUTH_CODE] = name_of(r, v[CALLPACK_AUTH_CODE]);
	batch_set_extras(r->b, i, &x);
	batch_set_file(r->b, i, file_of(r, v[CALLPACK_FILE]));
	batch_set_join(r->b, i,
	    v[CALLPACK_JOIN] == v[CALLPACK_CALL_ID]
		? r->b->origins[i].call_id
		: id_of(r, v[CALLPACK_JOIN]));
}

/* Column by column; one call's stand together. */
static void
take_rows(const struct callpack_reading *r, size_t first, size_t n,
    int64_t (*rows)[CALLPACK_COLUMNS])
{
	int64_t v[AT_ONCE];
	size_t i, k;

	for (k = 0; k < CALLPACK_COLUMNS; k++) {
		packed_numbers(&r->calls[k], first, n, v);
		for (i = 0; i < n; i++)
			rows[i][k] = v[i];
	}
}

static void
add_calls(struct callpack_reading *r, size_t n)
{
	int64_t rows[AT_ONCE][CALLPACK_COLUMNS];
	struct batch *b = r->b;
	const size_t had = batch_add_many(b, n);
	size_t i, at;

	for (i = had; i-- > 0;)
		batch_move(b, i + n, i);
	for (i = 0; i < n; i++) {
		at = i % AT_ONCE;
		if (at == 0)
			take_rows(r, i, n - i < AT_ONCE ? n - i : AT_ONCE,
			    rows);
		set_call(r, rows[at], &b->calls[i]);
		set_origin(r, rows[at], &b->origins[i]);
		set_extras(r, rows[at], i);
	}
	b->sorted = true;
	if (b->tails != NULL)
		batch_tails(b, 1);
}

static uint32_t *
none_yet(size_t n)
{
	uint32_t *list = xcalloc(n + 1, sizeof(*list));

	memset(list, 0xff, (n + 1) * sizeof(*list));
	return list;
}

static void
close_reading(struct callpack_reading *r)
{
	arena_fini(&r->arena);
	free(r->texts);
	free(r->names);
	free(r->sources);
	free(r->files);
	free(r->party_ids);
	free(r->listed_ids);
}

int
callpack_add(struct batch *b, const unsigned char *bytes, size_t len,
    int64_t before)
{
	struct callpack_reading r = { .b = b, .at = bytes, .end = bytes + len };
	bool good;
	size_t n = 0;

	assert(b->sorted && (b->n == 0 || b->calls[0].start >= before));
	arena_init(&r.arena);
	good = callpack_take(&r);
	if (good) {
		r.names = none_yet(r.ntexts);
		r.sources = none_yet(r.ntexts);
		r.files = none_yet(r.ntexts);
		r.party_ids = none_yet(r.nparties);
		r.listed_ids = none_yet(r.nlisted);
		good = find_sources(&r) && add_listed(&r);
	}
	if (good) {
		add_parties(&r);
		while (n < r.n &&
		       packed_number(&r.calls[CALLPACK_START], n) < before)
			n++;
		if (n > 0)
			add_calls(&r, n);
	}
	close_reading(&r);
	return good ? 0 : -1;
}
