/* field_value: what a call has in a field. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "cdr/field_impl.h"
#include "tel/calltime.h"
#include "tel/money.h"

static uint32_t
text_code(const struct field *f, const struct batch *b, size_t i)
{
	const struct call *c = &b->calls[i];

	switch (f->home) {
	case HOME_CALL_NAME:
		return field_word32(c, f->at);
	case HOME_ORIGIN_NAME:
		return field_word32(&b->origins[i], f->at);
	case HOME_PARTY_NAME:
		return field_word32(&b->parties[field_word32(c, f->via)],
		    f->at);
	case HOME_EXTRA_NAME:
		return batch_extra(b, (enum call_extra)f->at, i);
	case HOME_EXTRA_PARTY:
		return b->parties[field_party(f, b, i)].text;
	case HOME_LISTED_NAME:
		return field_word32(&b->listed[c->listed], f->at);
	case HOME_SOURCE_NAME:
		return field_word32(&b->sources[c->source], f->at);
	case HOME_TAIL:
		return field_tail(b, c);
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
		return field_byte(c, f->at);
	case HOME_EVENT:
		return b->origins[i].event;
	case HOME_QUALITY:
		return b->origins[i].quality;
	case HOME_SRC_NEW:
		return b->src_new != NULL ? (int)b->src_new[i] - 1 : -1;
	case HOME_FLAG:
		return (c->flags & f->at) != 0;
	case HOME_PARTY_BYTE:
		party = field_word32(c, f->via);
		return party != 0 ? field_byte(&b->parties[party], f->at) : -1;
	default:
		assert(f->home == HOME_OUTSIDE_BYTE);
		p = field_outside(b, c);
		if (p->text == 0 &&
		    (p->stated & PARTY_STATED_INTERNATIONAL) == 0)
			return -1;
		return field_byte(p, f->at);
	}
}

/* The code of what stands in a byte; -1: it is missing. */
uint32_t
field_word_code(const struct field *f, int value)
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

uint32_t
field_code(const struct field *f, const struct batch *b, size_t i)
{
	uint32_t text;

	if (f->type == FIELD_TEXT) {
		text = text_code(f, b, i);
		assert((text & INTERN_KEPT) == 0); /* see keep_ids */
		return text != 0 ? text : FIELD_MISSING;
	}
	return field_word_code(f, byte_code(f, b, i));
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
		*v = field_word32(c, f->at);
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
		*v = field_byte(&b->origins[i], f->at);
		return *v != 0;
	}
}

bool
field_is_short(const struct field *f)
{
	return f->home == HOME_CALL_U32;
}

void
field_shorts(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *values)
{
	const struct call *calls = b->calls + first;
	const uint16_t at = f->at;
	size_t i;

	assert(field_is_short(f));
	for (i = 0; i < n; i++)
		values[i] = field_word32(&calls[i], at);
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
			values[i] = field_word32(&calls[i], at);
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
			values[i] = field_word32(&all[calls[i]], at);
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
