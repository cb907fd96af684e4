/* field_value: what a call has in a field. */
#include "cdr/field.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "tel/calltime.h"
#include "tel/money.h"

static uint32_t
word32(const void *base, uint16_t at)
{
	uint32_t v;

	memcpy(&v, (const char *)base + at, sizeof(v));
	return v;
}

static uint8_t
byte(const void *base, uint16_t at)
{
	return *((const uint8_t *)base + at);
}

/* The party that is not ours: a transit call is about where it goes. */
static const struct party *
outside_party(const struct batch *b, const struct call *c)
{
	return &b->parties[c->direction == DIR_IN ? c->src : c->dst];
}

static uint32_t
tail(const struct batch *b, const struct call *c)
{
	return c->dialled < b->ntails ? b->tails[c->dialled] : 0;
}

static uint32_t
text_code(const struct field *f, const struct batch *b, size_t i)
{
	const struct call *c = &b->calls[i];

	switch (f->home) {
	case HOME_CALL_NAME:
		return word32(c, f->at);
	case HOME_ORIGIN_NAME:
		return word32(&b->origins[i], f->at);
	case HOME_PARTY_NAME:
		return word32(&b->parties[word32(c, f->via)], f->at);
	case HOME_EXTRA_NAME:
		return batch_extra(b, (enum call_extra)f->at, i);
	case HOME_EXTRA_PARTY:
		return b->parties[field_party(f, b, i)].text;
	case HOME_LISTED_NAME:
		return word32(&b->listed[c->listed], f->at);
	case HOME_SOURCE_NAME:
		return word32(&b->sources[c->source], f->at);
	case HOME_TAIL:
		return tail(b, c);
	case HOME_ACTION:
		return (c->flags & CALL_EVENT) != 0 ? b->origins[i].service : 0;
	default:
		assert(f->home == HOME_CURRENCY);
		return b->currencies[c->currency];
	}
}

/* -1 if missing. */
static int
byte_code(const struct field *f, const struct batch *b, size_t i)
{
	const struct call *c = &b->calls[i];
	const struct party *p;
	uint32_t party;

	switch (f->home) {
	case HOME_CALL_BYTE:
		return byte(c, f->at);
	case HOME_EVENT:
		return b->origins[i].event;
	case HOME_QUALITY:
		return b->origins[i].quality;
	case HOME_SRC_NEW:
		return b->src_new != NULL ? (int)b->src_new[i] - 1 : -1;
	case HOME_FLAG:
		return (c->flags & f->at) != 0;
	case HOME_PARTY_BYTE:
		party = word32(c, f->via);
		return party != 0 ? byte(&b->parties[party], f->at) : -1;
	default:
		assert(f->home == HOME_OUTSIDE_BYTE);
		p = outside_party(b, c);
		if (p->text == 0 &&
		    (p->stated & PARTY_STATED_INTERNATIONAL) == 0)
			return -1;
		return byte(p, f->at);
	}
}

/* The code of what stands in a byte; -1: it is missing. */
static uint32_t
word_code(const struct field *f, int value)
{
	assert(f->type == FIELD_ENUM || f->type == FIELD_BOOL);
	if (value < 0)
		return FIELD_MISSING;
	if (f->type == FIELD_BOOL)
		return value != 0 ? FIELD_TRUE : FIELD_FALSE;
	if (value == 0 && !f->starts_at_zero)
		return FIELD_MISSING;
	return (uint32_t)value;
}

static uint32_t
code_of(const struct field *f, const struct batch *b, size_t i)
{
	uint32_t text;

	if (f->type == FIELD_TEXT) {
		text = text_code(f, b, i);
		assert((text & INTERN_KEPT) == 0); /* see keep_ids */
		return text != 0 ? text : FIELD_MISSING;
	}
	return word_code(f, byte_code(f, b, i));
}

uint32_t
field_code(const struct field *f, const struct batch *b, size_t i)
{
	return code_of(f, b, i);
}

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
		text = word32(&calls[i], at);
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
		text = word32(&parties[word32(&calls[i], via)], at);
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
		text = word32(&origins[i], at);
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
		text =
		    b->nlisted > 1 ? word32(&listed[calls[i].listed], at) : 0;
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
		text =
		    word32(&sources[b->nsources > 1 ? calls[i].source : 0], at);
		codes[i] = text != 0 ? text : FIELD_MISSING;
	}
}

static void
tail_codes(const struct batch *b, size_t first, size_t n, uint32_t *codes)
{
	uint32_t text;
	size_t i;

	for (i = 0; i < n; i++) {
		text = tail(b, &b->calls[first + i]);
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
		code = byte(&calls[i], at);
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
		code_for[i] = word_code(f, (int)i);
	for (i = 0; i < n; i++) {
		party = word32(&calls[i], via);
		codes[i] = party != 0 ? code_for[byte(&parties[party], at)]
				      : FIELD_MISSING;
	}
}

void
field_codes(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *codes)
{
	/* Copies: what is written cannot be a part of them. */
	const struct field field = *f;
	const struct batch batch = *b;
	size_t i;

	/* A batch without calls has no array of them. */
	if (n == 0)
		return;
	if (f->home == HOME_CALL_NAME)
		call_codes(&field, &batch, first, n, codes);
	else if (f->home == HOME_PARTY_NAME)
		party_codes(&field, &batch, first, n, codes);
	else if (f->home == HOME_ORIGIN_NAME)
		origin_codes(&field, &batch, first, n, codes);
	else if (f->home == HOME_LISTED_NAME)
		listed_codes(&field, &batch, first, n, codes);
	else if (f->home == HOME_SOURCE_NAME)
		source_codes(&field, &batch, first, n, codes);
	else if (f->home == HOME_TAIL)
		tail_codes(&batch, first, n, codes);
	else if (f->home == HOME_CALL_BYTE)
		byte_codes(&field, &batch, first, n, codes);
	else if (f->home == HOME_PARTY_BYTE)
		party_byte_codes(&field, &batch, first, n, codes);
	else
		for (i = 0; i < n; i++)
			codes[i] = code_of(&field, &batch, first + i);
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
			text = word32(&all[calls[i]], at);
			codes[i] = text != 0 ? text : FIELD_MISSING;
		}
	else if (f->home == HOME_PARTY_NAME)
		for (i = 0; i < n; i++) {
			text =
			    word32(&parties[word32(&all[calls[i]], via)], at);
			codes[i] = text != 0 ? text : FIELD_MISSING;
		}
	else if (f->home == HOME_TAIL)
		for (i = 0; i < n; i++) {
			text = tail(b, &all[calls[i]]);
			codes[i] = text != 0 ? text : FIELD_MISSING;
		}
	else
		for (i = 0; i < n; i++)
			codes[i] = code_of(f, b, calls[i]);
}

bool
field_number(const struct field *f, const struct batch *b, size_t i, int64_t *v)
{
	const struct call *c = &b->calls[i];

	switch (f->home) {
	case HOME_CALL_I64:
		memcpy(v, (const char *)c + f->at, sizeof(*v));
		return true;
	case HOME_COST:
		*v = batch_cost(b, i);
		return (c->flags & CALL_HAS_COST) != 0;
	case HOME_CALL_U32:
		*v = word32(c, f->at);
		return true;
	case HOME_LISTED_I64:
		memcpy(v, (const char *)&b->listed[c->listed] + f->at,
		    sizeof(*v));
		return *v != 0;
	case HOME_SINCE_PREV:
		*v = b->since_prev != NULL ? b->since_prev[i] : -1;
		return *v >= 0;
	default:
		assert(f->home == HOME_ORIGIN_BYTE);
		*v = byte(&b->origins[i], f->at);
		return *v != 0;
	}
}

void
field_numbers(const struct field *f, const struct batch *b, size_t first,
    size_t n, int64_t *values, uint8_t *present)
{
	const struct call *calls = b->calls + first;
	const uint16_t at = f->at;
	size_t i;

	if (f->home == HOME_CALL_U32)
		for (i = 0; i < n; i++) {
			values[i] = word32(&calls[i], at);
			present[i] = 1;
		}
	else
		for (i = 0; i < n; i++)
			present[i] = field_number(f, b, first + i, &values[i]);
}

void
field_numbers_at(const struct field *f, const struct batch *b,
    const uint32_t *calls, size_t n, int64_t *values, uint8_t *present)
{
	const struct call *all = b->calls;
	const uint16_t at = f->at;
	size_t i;

	if (f->home == HOME_CALL_U32)
		for (i = 0; i < n; i++) {
			values[i] = word32(&all[calls[i]], at);
			present[i] = 1;
		}
	else
		for (i = 0; i < n; i++)
			present[i] = field_number(f, b, calls[i], &values[i]);
}

const char *
field_code_text(const struct field *f, const struct batch *b, uint32_t code)
{
	if (code == FIELD_MISSING)
		return "";
	if (f->type == FIELD_TEXT)
		return batch_text(b, code);
	assert(code < (uint32_t)f->nwords);
	return f->word((int)code);
}

int
field_word(const struct field *f, const char *word)
{
	int code;

	if (f->type != FIELD_ENUM && f->type != FIELD_BOOL)
		return -1;
	for (code = f->starts_at_zero ? 0 : 1; code < f->nwords; code++)
		if (strcmp(f->word(code), word) == 0)
			return code;
	return -1;
}

static void
print_number(const struct field *f, int64_t v, struct buf *out)
{
	switch (f->type) {
	case FIELD_SPAN:
		span_print(out, v);
		break;
	case FIELD_MONEY:
		money_print(out, v);
		break;
	case FIELD_TIME:
		time_rfc3339(out, v);
		break;
	default:
		buf_addf(out, "%" PRId64, v);
		break;
	}
}

void
field_print(const struct field *f, const struct batch *b, size_t i,
    struct buf *out)
{
	uint32_t code;
	int64_t v;

	if (field_is_key(f)) {
		code = field_code(f, b, i);
		if (code != FIELD_MISSING)
			buf_addstr(out, field_code_text(f, b, code));
		else
			buf_addstr(out, "(missing)");
	} else if (field_number(f, b, i, &v)) {
		print_number(f, v, out);
	} else {
		buf_addstr(out, "(missing)");
	}
}
