/* field_codes: the codes of many calls at once, which is what rules ask. */
#include <assert.h>

#include "cdr/field_impl.h"

enum { QUALITIES = 8 }; /* what the bits of an origin may say */

/* Texts of the call itself and of its parties: most that is asked. */
static void
call_codes(const struct field *f, const struct batch *b, size_t first, size_t n,
    uint32_t *codes)
{
	const struct call *calls = b->calls + first;
	const uint16_t at = f->at;
	uint32_t text;
	size_t i;

	for (i = 0; i < n; i++) {
		text = field_word32(&calls[i], at);
		codes[i] = text != 0 ? text : FIELD_MISSING;
	}
}

static void
party_codes(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *codes)
{
	const struct call *calls = b->calls + first;
	const struct party *parties = b->parties;
	const uint16_t at = f->at, via = f->via;
	uint32_t text;
	size_t i;

	for (i = 0; i < n; i++) {
		text = field_word32(&parties[field_word32(&calls[i], via)], at);
		codes[i] = text != 0 ? text : FIELD_MISSING;
	}
}

static void
origin_codes(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *codes)
{
	const struct origin *origins = b->origins + first;
	const uint16_t at = f->at;
	uint32_t text;
	size_t i;

	for (i = 0; i < n; i++) {
		text = field_word32(&origins[i], at);
		assert((text & INTERN_KEPT) == 0); /* see keep_ids */
		codes[i] = text != 0 ? text : FIELD_MISSING;
	}
}

/* Where nothing is listed, and where all is of one source, no call is read. */
static void
listed_codes(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *codes)
{
	const struct call *calls = b->calls + first;
	const struct listed *listed = b->listed;
	const uint16_t at = f->at;
	uint32_t text;
	size_t i;

	for (i = 0; i < n; i++) {
		text = b->nlisted > 1
			   ? field_word32(&listed[calls[i].listed], at)
			   : 0;
		codes[i] = text != 0 ? text : FIELD_MISSING;
	}
}

static void
source_codes(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *codes)
{
	const struct call *calls = b->calls + first;
	const struct batch_source *sources = b->sources;
	const uint16_t at = f->at;
	uint32_t text;
	size_t i;

	for (i = 0; i < n; i++) {
		text = field_word32(
		    &sources[b->nsources > 1 ? calls[i].source : 0], at);
		codes[i] = text != 0 ? text : FIELD_MISSING;
	}
}

static void
tail_codes(const struct field *f, const struct batch *b, size_t first, size_t n,
    uint32_t *codes)
{
	uint32_t text;
	size_t i;

	(void)f;
	for (i = 0; i < n; i++) {
		text = field_tail(b, &b->calls[first + i]);
		codes[i] = text != 0 ? text : FIELD_MISSING;
	}
}

static void
byte_codes(const struct field *f, const struct batch *b, size_t first, size_t n,
    uint32_t *codes)
{
	const struct call *calls = b->calls + first;
	const uint16_t at = f->at;
	const uint8_t missing = f->starts_at_zero ? UINT8_MAX : 0;
	uint8_t code;
	size_t i;

	for (i = 0; i < n; i++) {
		code = field_byte(&calls[i], at);
		codes[i] = code != missing ? code : FIELD_MISSING;
	}
}

/* What is known of a party: nothing is asked of the field for each call. */
static void
party_byte_codes(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *codes)
{
	const struct call *calls = b->calls + first;
	const struct party *parties = b->parties;
	const uint16_t at = f->at, via = f->via;
	uint32_t code_for[UINT8_MAX + 1], party;
	size_t i;

	for (i = 0; i <= UINT8_MAX; i++)
		code_for[i] = field_word_code(f, (int)i);
	for (i = 0; i < n; i++) {
		party = field_word32(&calls[i], via);
		codes[i] = party != 0
			       ? code_for[field_byte(&parties[party], at)]
			       : FIELD_MISSING;
	}
}

/* What few calls have; where none has, no call is looked at. */
static void
extra_codes(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *codes)
{
	const enum call_extra which = (enum call_extra)f->at;
	const bool has = batch_has_extra(b, which);
	uint32_t text;
	size_t i;

	for (i = 0; i < n; i++) {
		text = has ? batch_extra(b, which, first + i) : 0;
		if (f->home == HOME_EXTRA_PARTY && text != 0)
			text = b->parties[text].text;
		codes[i] = text != 0 ? text : FIELD_MISSING;
	}
}

/* Calls that are no events have no action, and are most. */
static void
action_codes(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *codes)
{
	const struct call *calls = b->calls + first;
	size_t i;

	for (i = 0; i < n; i++)
		codes[i] = (calls[i].flags & CALL_EVENT) != 0
			       ? field_code(f, b, first + i)
			       : FIELD_MISSING;
}

/* Calls that are no events are most, and tell it themselves. */
static void
event_codes(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *codes)
{
	const struct call *calls = b->calls + first;
	const uint32_t call = field_word_code(f, EVENT_CALL);
	size_t i;

	for (i = 0; i < n; i++)
		codes[i] =
		    (calls[i].flags & CALL_EVENT) == 0
			? call
			: field_word_code(f, (int)batch_event(b, first + i));
}

static void
quality_codes(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *codes)
{
	const struct origin *origins = b->origins + first;
	uint32_t code_for[QUALITIES];
	size_t i;

	for (i = 0; i < QUALITIES; i++)
		code_for[i] = field_word_code(f, (int)i);
	for (i = 0; i < n; i++)
		codes[i] = code_for[origins[i].quality];
}

static void
src_new_codes(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *codes)
{
	size_t i;

	(void)f;
	for (i = 0; i < n; i++)
		codes[i] = b->src_new != NULL && b->src_new[first + i] != 0
			       ? b->src_new[first + i]
			       : FIELD_MISSING;
}

/* Of src when the call came in, else of dst. */
static void
outside_codes(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *codes)
{
	const struct call *calls = b->calls + first;
	const uint16_t at = f->at;
	const struct party *p;
	size_t i;

	for (i = 0; i < n; i++) {
		p = field_outside(b, &calls[i]);
		codes[i] = field_byte(p, at) != 0 ? FIELD_TRUE : FIELD_FALSE;
		if (p->text == 0 &&
		    (p->stated & PARTY_STATED_INTERNATIONAL) == 0)
			codes[i] = FIELD_MISSING;
	}
}

static void
flag_codes(const struct field *f, const struct batch *b, size_t first, size_t n,
    uint32_t *codes)
{
	const struct call *calls = b->calls + first;
	const uint16_t flag = f->at;
	size_t i;

	for (i = 0; i < n; i++)
		codes[i] =
		    (calls[i].flags & flag) != 0 ? FIELD_TRUE : FIELD_FALSE;
}

static void
any_codes(const struct field *f, const struct batch *b, size_t first, size_t n,
    uint32_t *codes)
{
	size_t i;

	for (i = 0; i < n; i++)
		codes[i] = field_code(f, b, first + i);
}

/* Loops that ask nothing of the field for each call. */
static void (*const of_home[])(const struct field *, const struct batch *,
    size_t, size_t, uint32_t *) = {
	[HOME_CALL_NAME] = call_codes,
	[HOME_ORIGIN_NAME] = origin_codes,
	[HOME_PARTY_NAME] = party_codes,
	[HOME_PARTY_BYTE] = party_byte_codes,
	[HOME_CALL_BYTE] = byte_codes,
	[HOME_FLAG] = flag_codes,
	[HOME_EXTRA_NAME] = extra_codes,
	[HOME_EXTRA_PARTY] = extra_codes,
	[HOME_SOURCE_NAME] = source_codes,
	[HOME_LISTED_NAME] = listed_codes,
	[HOME_TAIL] = tail_codes,
	[HOME_ACTION] = action_codes,
	[HOME_EVENT] = event_codes,
	[HOME_QUALITY] = quality_codes,
	[HOME_SRC_NEW] = src_new_codes,
	[HOME_OUTSIDE_BYTE] = outside_codes, /* the last home */
};

void
field_codes(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *codes)
{
	/* Copies: what is written cannot be a part of them. */
	const struct field field = *f;
	const struct batch batch = *b;

	/* A batch without calls has no array of them. */
	if (n == 0)
		return;
	if (of_home[f->home] != NULL)
		of_home[f->home](&field, &batch, first, n, codes);
	else
		any_codes(&field, &batch, first, n, codes);
}

void
field_parties(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *parties)
{
	const struct call *calls = b->calls + first;
	const uint16_t via = f->via;
	size_t i;

	assert(f->home == HOME_PARTY_NAME);
	for (i = 0; i < n; i++)
		parties[i] = field_word32(&calls[i], via);
}

uint32_t
field_party_code(const struct field *f, const struct batch *b, uint32_t party)
{
	uint32_t text;

	assert(f->home == HOME_PARTY_NAME);
	text = field_word32(&b->parties[party], f->at);
	return text != 0 ? text : FIELD_MISSING;
}

void
field_codes_at(const struct field *f, const struct batch *b,
    const uint32_t *calls, size_t n, uint32_t *codes)
{
	const struct call *all = b->calls;
	const struct party *parties = b->parties;
	const uint16_t at = f->at, via = f->via;
	uint32_t text;
	size_t i;

	/* Nothing but the call stands between one and the next to fetch. */
	if (f->home == HOME_CALL_NAME)
		for (i = 0; i < n; i++) {
			text = field_word32(&all[calls[i]], at);
			codes[i] = text != 0 ? text : FIELD_MISSING;
		}
	else if (f->home == HOME_PARTY_NAME)
		for (i = 0; i < n; i++) {
			text = field_word32(
			    &parties[field_word32(&all[calls[i]], via)], at);
			codes[i] = text != 0 ? text : FIELD_MISSING;
		}
	else if (f->home == HOME_TAIL)
		for (i = 0; i < n; i++) {
			text = field_tail(b, &all[calls[i]]);
			codes[i] = text != 0 ? text : FIELD_MISSING;
		}
	else
		for (i = 0; i < n; i++)
			codes[i] = field_code(f, b, calls[i]);
}
