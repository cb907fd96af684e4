/* callpack_read: calls from their bytes. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/packed.h"
#include "base/xalloc.h"
#include "cdr/callpack.h"
#include "cdr/callpack_impl.h"

#define NOT_YET UINT32_MAX

/* The greatest value of a column; what is not here may be any. */
struct bound {
	int column;
	int64_t most;
};

static const struct bound call_bounds[] = {
	{ CALLPACK_RING, UINT32_MAX },
	{ CALLPACK_DURATION, UINT32_MAX },
	{ CALLPACK_DIRECTION, DIR_TRANSIT },
	{ CALLPACK_STATUS, STATUS_CANCELLED },
	{ CALLPACK_FEATURE, FEATURE_COUNT - 1 },
	{ CALLPACK_ACCOUNT_TYPE, ACCOUNT_DIRECTORY },
	{ CALLPACK_FLAGS, UINT8_MAX },
	{ CALLPACK_LINE, UINT32_MAX },
	{ CALLPACK_CAUSE, UINT8_MAX },
	{ CALLPACK_ZONE_KIND, UINT8_MAX },
	{ CALLPACK_STATED, ORIGIN_STATED },
	{ CALLPACK_USER_CALLED, 1 },
	{ CALLPACK_EVENT, EVENT_COUNT - 1 },
	{ CALLPACK_QUALITY, QUALITY_COUNT - 1 },
	{ CALLPACK_RATED, 1 },
	{ CALLPACK_CLOCK, UINT8_MAX },
};

static const struct bound party_bounds[] = {
	{ CALLPACK_PARTY_KIND, NUMKIND_COUNT - 1 },
	{ CALLPACK_PARTY_PARTY, PARTY_INTERNAL },
	{ CALLPACK_PARTY_INSIDE, 1 },
	{ CALLPACK_PARTY_INTERNATIONAL, 1 },
	{ CALLPACK_PARTY_OWN, 1 },
	{ CALLPACK_PARTY_STATED,
	    PARTY_STATED_KIND | PARTY_STATED_INTERNATIONAL },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct reading {
	struct batch *b;
	const unsigned char *at, *end;
	struct arena arena;
	size_t ntexts, nparties, nlisted, n;
	struct packed_text *texts;
	struct packed_numbers calls[CALLPACK_COLUMNS];
	struct packed_numbers parties[CALLPACK_PARTY_COLUMNS];
	struct packed_numbers listed[CALLPACK_LISTED_COLUMNS];
	/* What they are in the batch; of texts NOT_YET: nobody asked. */
	uint32_t *names, *sources, *files, *party_ids, *listed_ids;
};

static bool
take_head(struct reading *r)
{
	int64_t head[CALLPACK_HEAD_SIZE], most;
	struct packed_numbers p;
	size_t i;

	if (packed_take_numbers(&p, &r->at, r->end, CALLPACK_HEAD_SIZE) != 0)
		return false;
	/* what differs takes a bit each */
	most = 8 * (r->end - r->at) + 8;
	for (i = 0; i < CALLPACK_HEAD_SIZE; i++) {
		head[i] = packed_number(&p, i);
		if (head[i] < 0 || head[i] > most)
			return false;
	}
	r->ntexts = (size_t)head[CALLPACK_HEAD_TEXTS];
	r->nparties = (size_t)head[CALLPACK_HEAD_PARTIES];
	r->nlisted = (size_t)head[CALLPACK_HEAD_LISTED];
	r->n = (size_t)head[CALLPACK_HEAD_CALLS];
	return head[CALLPACK_HEAD_FORMAT] == CALLPACK_FORMAT;
}

static bool
take_texts(struct reading *r)
{
	struct packed_text last = { "", 0 };
	struct packed_texts texts;
	struct buf text;
	bool good;
	size_t i;

	good = packed_take_texts(&texts, &r->at, r->end, r->ntexts) == 0;
	r->texts = xcalloc(r->ntexts + 1, sizeof(*r->texts));
	buf_init(&text);
	for (i = 0; i < r->ntexts && good; i++) {
		good = packed_next_text(&texts, &last, &text) == 0 &&
		       memchr(text.data, '\0', text.len) == NULL;
		if (!good)
			break;
		last.bytes = arena_strndup(&r->arena, text.data, text.len);
		last.len = text.len;
		r->texts[i] = last;
	}
	buf_fini(&text);
	return good && r->ntexts > 0 && r->texts[0].len == 0;
}

static bool
in_bounds(const struct packed_numbers *p, size_t n, int64_t least, int64_t most)
{
	int64_t v;
	size_t i;

	for (i = 0; i < n; i++) {
		v = packed_number(p, i);
		if (v < least || v > most)
			return false;
	}
	return true;
}

static bool
take_columns(struct reading *r, struct packed_numbers *p, size_t columns,
    size_t n, uint64_t texts)
{
	size_t k;

	for (k = 0; k < columns; k++) {
		if (packed_take_numbers(&p[k], &r->at, r->end, n) != 0)
			return false;
		if ((texts >> k & 1) != 0 &&
		    !in_bounds(&p[k], n, 0, (int64_t)r->ntexts - 1))
			return false;
	}
	return true;
}

static bool
within(const struct packed_numbers *p, size_t n, const struct bound *bounds,
    size_t nbounds)
{
	size_t i;

	for (i = 0; i < nbounds; i++)
		if (!in_bounds(&p[bounds[i].column], n, 0, bounds[i].most))
			return false;
	return true;
}

/* In order, and so that sums with spans do not overflow. */
static bool
starts_are_good(const struct reading *r)
{
	const int64_t most = INT64_C(1) << 60;
	const struct packed_numbers *p = &r->calls[CALLPACK_START];
	size_t i;

	for (i = 1; i < r->n; i++)
		if (packed_number(p, i) < packed_number(p, i - 1))
			return false;
	return in_bounds(p, r->n, -most, most);
}

static bool
read_all(struct reading *r)
{
	static const int of_party[] = { CALLPACK_SRC, CALLPACK_DST,
		CALLPACK_FORWARDED_BY };
	size_t i;

	if (!take_head(r) || !take_texts(r) ||
	    !take_columns(r, r->parties, CALLPACK_PARTY_COLUMNS, r->nparties,
		CALLPACK_PARTY_TEXTS) ||
	    !take_columns(r, r->listed, CALLPACK_LISTED_COLUMNS, r->nlisted,
		CALLPACK_LISTED_TEXTS) ||
	    !take_columns(r, r->calls, CALLPACK_COLUMNS, r->n,
		CALLPACK_TEXTS) ||
	    r->at != r->end)
		return false;
	for (i = 0; i < COUNT(of_party); i++)
		if (!in_bounds(&r->calls[of_party[i]], r->n, 0,
			(int64_t)r->nparties - 1))
			return false;
	return within(r->parties, r->nparties, party_bounds,
		   COUNT(party_bounds)) &&
	       in_bounds(&r->listed[CALLPACK_LISTED_CALENDAR], r->nlisted, 0,
		   (int64_t)r->ntexts) &&
	       in_bounds(&r->calls[CALLPACK_LISTED], r->n, 0,
		   (int64_t)r->nlisted - 1) &&
	       within(r->calls, r->n, call_bounds, COUNT(call_bounds)) &&
	       starts_are_good(r);
}

/* Into the batch ---------------------------------------------------------- */

static uint32_t
name_of(struct reading *r, int64_t text)
{
	if (r->names[text] == NOT_YET)
		r->names[text] = intern_add(r->b->names, r->texts[text].bytes,
		    r->texts[text].len);
	return r->names[text];
}

/* Of what is different each time. */
static uint32_t
id_of(struct reading *r, int64_t text)
{
	const struct packed_text *t = &r->texts[text];

	return r->b->keep_ids && t->len > 0
		   ? intern_keep(r->b->names, t->bytes, t->len)
		   : name_of(r, text);
}

static bool
find_sources(struct reading *r)
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
find_calendar(struct reading *r, size_t row, const char **name)
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
add_listed(struct reading *r)
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
add_parties(struct reading *r)
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
file_of(struct reading *r, int64_t text)
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
set_call(struct reading *r, size_t i, struct call *c)
{
	int64_t v[CALLPACK_COLUMNS];
	size_t k;

	for (k = 0; k < CALLPACK_COLUMNS; k++)
		v[k] = packed_number(&r->calls[k], i);
	*c = (struct call){
		.start = v[CALLPACK_START],
		.cost = v[CALLPACK_COST],
		.ring = (uint32_t)v[CALLPACK_RING],
		.duration = (uint32_t)v[CALLPACK_DURATION],
		.src = r->party_ids[v[CALLPACK_SRC]],
		.dst = r->party_ids[v[CALLPACK_DST]],
		.forwarded_by = r->party_ids[v[CALLPACK_FORWARDED_BY]],
		.dialled = name_of(r, v[CALLPACK_DIALLED]),
		.account = name_of(r, v[CALLPACK_ACCOUNT]),
		.user = name_of(r, v[CALLPACK_USER]),
		.trunk_in = name_of(r, v[CALLPACK_TRUNK_IN]),
		.trunk_out = name_of(r, v[CALLPACK_TRUNK_OUT]),
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
set_origin(struct reading *r, size_t i, struct origin *o)
{
	int64_t v[CALLPACK_COLUMNS];
	size_t k;

	for (k = CALLPACK_KEY; k < CALLPACK_COLUMNS; k++)
		v[k] = packed_number(&r->calls[k], i);
	*o = (struct origin){
		.key = (uint64_t)v[CALLPACK_KEY],
		.line = (uint32_t)v[CALLPACK_LINE],
		.file = file_of(r, v[CALLPACK_FILE]),
		.call_id = id_of(r, v[CALLPACK_CALL_ID]),
		.join = id_of(r, v[CALLPACK_JOIN]),
		.src_name = name_of(r, v[CALLPACK_SRC_NAME]),
		.service = name_of(r, v[CALLPACK_SERVICE]),
		.listed = r->listed_ids[v[CALLPACK_LISTED]],
		.cause = (uint8_t)v[CALLPACK_CAUSE],
		.zone_kind = (uint8_t)v[CALLPACK_ZONE_KIND],
		.stated = (uint8_t)v[CALLPACK_STATED],
		.user_called = (uint8_t)v[CALLPACK_USER_CALLED],
		.auth_code = name_of(r, v[CALLPACK_AUTH_CODE]),
		.event = (uint8_t)v[CALLPACK_EVENT],
		.quality = (uint8_t)v[CALLPACK_QUALITY],
		.rated = (uint8_t)v[CALLPACK_RATED],
		.clock = (uint8_t)v[CALLPACK_CLOCK],
	};
}

static void
add_calls(struct reading *r, size_t n)
{
	struct batch *b = r->b;
	const size_t had = batch_add_many(b, n);
	size_t i;

	memmove(b->calls + n, b->calls, had * sizeof(*b->calls));
	memmove(b->origins + n, b->origins, had * sizeof(*b->origins));
	for (i = 0; i < n; i++) {
		set_call(r, i, &b->calls[i]);
		set_origin(r, i, &b->origins[i]);
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
close_reading(struct reading *r)
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
	struct reading r = { .b = b, .at = bytes, .end = bytes + len };
	bool good;
	size_t n = 0;

	assert(b->sorted && (b->n == 0 || b->calls[0].start >= before));
	arena_init(&r.arena);
	good = read_all(&r);
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
		add_calls(&r, n);
	}
	close_reading(&r);
	return good ? 0 : -1;
}
