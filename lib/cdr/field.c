#include "cdr/field.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/nearest.h"
#include "tel/calltime.h"
#include "tel/money.h"

static const char *
word_direction(int code)
{
	return direction_name((enum call_direction)code);
}

static const char *
word_status(int code)
{
	return status_name((enum call_status)code);
}

static const char *
word_feature(int code)
{
	return feature_name((enum call_feature)code);
}

static const char *
word_numkind(int code)
{
	return numkind_name((enum numkind)code);
}

static const char *
word_event(int code)
{
	return event_name((enum call_event)code);
}

static const char *
word_quality(int code)
{
	return quality_name((enum call_quality)code);
}

static const char *
word_party(int code)
{
	return party_kind_name((enum party_kind)code);
}

enum { BOOL_FALSE = 1, BOOL_TRUE = 2 };

static const char *
word_bool(int code)
{
	return code == BOOL_TRUE ? "true" : code == BOOL_FALSE ? "false" : "";
}

/* Where a value is, and thereby its type. */
#define CALL_TEXT(member)                           \
	.type = FIELD_TEXT, .home = HOME_CALL_NAME, \
	.at = offsetof(struct call, member)
#define CALL_TIME(member)                          \
	.type = FIELD_TIME, .home = HOME_CALL_I64, \
	.at = offsetof(struct call, member)
#define CALL_MONEY(member)                          \
	.type = FIELD_MONEY, .home = HOME_CALL_I64, \
	.at = offsetof(struct call, member)
#define CALL_SPAN(member)                          \
	.type = FIELD_SPAN, .home = HOME_CALL_U32, \
	.at = offsetof(struct call, member)
#define CALL_WORD(member, words, n)                 \
	.type = FIELD_ENUM, .home = HOME_CALL_BYTE, \
	.at = offsetof(struct call, member), .word = (words), .nwords = (n)
#define CALL_BOOL(flag)                                      \
	.type = FIELD_BOOL, .home = HOME_FLAG, .at = (flag), \
	.word = word_bool, .nwords = BOOL_TRUE + 1
#define ORIGIN_TEXT(member)                           \
	.type = FIELD_TEXT, .home = HOME_ORIGIN_NAME, \
	.at = offsetof(struct origin, member)
#define ORIGIN_NUMBER(member)                           \
	.type = FIELD_NUMBER, .home = HOME_ORIGIN_BYTE, \
	.at = offsetof(struct origin, member)
#define ORIGIN_WORD(member, words, n)                 \
	.type = FIELD_ENUM, .home = HOME_ORIGIN_BYTE, \
	.at = offsetof(struct origin, member), .word = (words), .nwords = (n)
#define PARTY_TEXT(who, member)                      \
	.type = FIELD_TEXT, .home = HOME_PARTY_NAME, \
	.at = offsetof(struct party, member),        \
	.via = offsetof(struct call, who)
#define PARTY_WORD(who, member, words, n)            \
	.type = FIELD_ENUM, .home = HOME_PARTY_BYTE, \
	.at = offsetof(struct party, member),        \
	.via = offsetof(struct call, who), .word = (words), .nwords = (n)
#define LISTED_TEXT(member)                           \
	.type = FIELD_TEXT, .home = HOME_LISTED_NAME, \
	.at = offsetof(struct listed, member)
#define LISTED_NUMBER(member)                          \
	.type = FIELD_NUMBER, .home = HOME_LISTED_I64, \
	.at = offsetof(struct listed, member)
#define OUTSIDE_BOOL(member)                                     \
	.type = FIELD_BOOL, .home = HOME_OUTSIDE_BYTE,           \
	.at = offsetof(struct party, member), .word = word_bool, \
	.nwords = BOOL_TRUE + 1
#define SOURCE_TEXT(member)                           \
	.type = FIELD_TEXT, .home = HOME_SOURCE_NAME, \
	.at = offsetof(struct batch_source, member)

/* In the order of `cdrrules fields` and the manual: by what they are about. */
static const struct field fields[] = {
	{ "call_id", "The switch's own id of the call.", ORIGIN_TEXT(call_id) },
	{ "event",
	    "What the record is; a rule that does not ask for it in `match` "
	    "looks at calls alone.",
	    ORIGIN_WORD(event, word_event, EVENT_COUNT),
	    .starts_at_zero = true },
	{ "quality", "What a quality event is about.",
	    ORIGIN_WORD(quality, word_quality, QUALITY_COUNT) },
	{ "action", "What was done, in the words of the switch's log.",
	    .type = FIELD_TEXT, .home = HOME_ACTION },
	{ "source", "The configured source the record came from.",
	    SOURCE_TEXT(name) },
	{ "site", "The site of that source.", SOURCE_TEXT(site) },
	{ "account",
	    "Who pays: the account in the record, else the inside party, "
	    "else the trunk, else the source.",
	    CALL_TEXT(account) },
	{ "user", "The extension that made or took the call.",
	    CALL_TEXT(user) },
	{ "class", "What the directory says the inside party is: lobby, fax.",
	    LISTED_TEXT(class) },
	{ "group", "The department or tenant that the directory gives it.",
	    LISTED_TEXT(group) },
	{ "capacity", "How many calls at once the directory allows it.",
	    LISTED_NUMBER(capacity) },
	{ "auth_code", "The authorisation code or PIN that allowed the call.",
	    ORIGIN_TEXT(auth_code) },

	{ "start", "When the call began, before ringing.", CALL_TIME(start) },
	{ "duration", "Talk time; 0 when nobody answered.",
	    CALL_SPAN(duration) },
	{ "ring", "Time before the answer, or before giving up.",
	    CALL_SPAN(ring) },
	{ "since_prev",
	    "Time since the call before in the rule's group; the first has "
	    "none.",
	    .type = FIELD_SPAN, .home = HOME_SINCE_PREV },

	{ "src",
	    "Who called: E.164 with +, or an inside number (201, 201@SITE).",
	    PARTY_TEXT(src, text) },
	{ "src_name", "The caller's name as sent; callers choose it.",
	    ORIGIN_TEXT(src_name) },
	{ "src_kind", "What became of the calling number.",
	    PARTY_WORD(src, party, word_party, PARTY_INTERNAL + 1) },
	{ "src_country", "ISO country code of the calling number.",
	    PARTY_TEXT(src, country) },
	{ "src_type", "What kind of number the calling number is.",
	    PARTY_WORD(src, kind, word_numkind, NUMKIND_COUNT),
	    .starts_at_zero = true },
	{ "src_block", "The calling number without its last 4 digits.",
	    PARTY_TEXT(src, block) },
	{ "src_new",
	    "Whether no call of the account in the 30 days before had this "
	    "src.",
	    .type = FIELD_BOOL, .home = HOME_SRC_NEW, .word = word_bool,
	    .nwords = BOOL_TRUE + 1 },

	{ "dst", "Who was called: E.164 with +, or an inside number.",
	    PARTY_TEXT(dst, text) },
	{ "dialled", "The digits as they were dialled.", CALL_TEXT(dialled) },
	{ "dialled_tail",
	    "The last 9 of these digits: the same number, however it was "
	    "dialled.",
	    .type = FIELD_TEXT, .home = HOME_TAIL },
	{ "dst_country", "ISO country code of the called number.",
	    PARTY_TEXT(dst, country) },
	{ "dst_type", "What kind of number the called number is.",
	    PARTY_WORD(dst, kind, word_numkind, NUMKIND_COUNT),
	    .starts_at_zero = true },
	{ "dst_block", "The called number without its last 4 digits.",
	    PARTY_TEXT(dst, block) },

	{ "direction", "Which way the call went, seen from the site.",
	    CALL_WORD(direction, word_direction, DIR_TRANSIT + 1) },
	{ "status", "How the call ended.",
	    CALL_WORD(status, word_status, STATUS_CANCELLED + 1) },
	{ "cause", "Why the call ended: an ITU-T Q.850 cause value.",
	    ORIGIN_NUMBER(cause) },
	{ "international",
	    "Whether the outside party (src of a call in, else dst) is "
	    "abroad: in a known country that is neither home nor rated as "
	    "home, on a satellite, or behind a shared country code.",
	    OUTSIDE_BOOL(international) },

	{ "trunk_in", "The trunk the call came in on.", CALL_TEXT(trunk_in) },
	{ "trunk_out", "The trunk the call left on.", CALL_TEXT(trunk_out) },
	{ "feature", "What took the call inside the switch.",
	    CALL_WORD(feature, word_feature, FEATURE_COUNT),
	    .starts_at_zero = true },
	{ "forwarded", "Whether the call was sent on to where it went.",
	    CALL_BOOL(CALL_FORWARDED) },
	{ "forwarded_by", "The inside number that sent the call on.",
	    PARTY_TEXT(forwarded_by, text) },

	{ "cost", "What the call cost, in its currency.", CALL_MONEY(cost) },
	{ "currency", "The currency of the cost.", .type = FIELD_TEXT,
	    .home = HOME_CURRENCY },
};

size_t
field_count(void)
{
	return sizeof(fields) / sizeof(fields[0]);
}

const struct field *
field_at(size_t i)
{
	assert(i < field_count());
	return &fields[i];
}

const struct field *
field_find(const char *name)
{
	size_t i;

	for (i = 0; i < field_count(); i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

static const char *
name_at(const void *table, size_t i)
{
	const struct field *list = table;

	return i < field_count() ? list[i].name : NULL;
}

const char *
field_suggest(const char *name)
{
	return nearest(name, name_at, fields);
}

const char *
field_type_name(enum field_type t)
{
	static const char *const names[] = { "text", "enum", "bool", "span",
		"money", "number", "time" };

	return names[t];
}

bool
field_is_derived(const struct field *f)
{
	return f->home == HOME_TAIL || f->home == HOME_SRC_NEW ||
	       f->home == HOME_SINCE_PREV;
}

bool
field_is_key(const struct field *f)
{
	return f->type == FIELD_TEXT || f->type == FIELD_ENUM ||
	       f->type == FIELD_BOOL;
}

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
	case HOME_LISTED_NAME:
		return word32(&b->listed[b->origins[i].listed], f->at);
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
	case HOME_ORIGIN_BYTE:
		return byte(&b->origins[i], f->at);
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

static uint32_t
code_of(const struct field *f, const struct batch *b, size_t i)
{
	uint32_t text;
	int code;

	if (f->type == FIELD_TEXT) {
		text = text_code(f, b, i);
		return text != 0 ? text : FIELD_MISSING;
	}
	assert(f->type == FIELD_ENUM || f->type == FIELD_BOOL);
	code = byte_code(f, b, i);
	if (code < 0)
		return FIELD_MISSING;
	if (f->type == FIELD_BOOL)
		return code != 0 ? BOOL_TRUE : BOOL_FALSE;
	if (code == 0 && !f->starts_at_zero)
		return FIELD_MISSING;
	return (uint32_t)code;
}

uint32_t
field_code(const struct field *f, const struct batch *b, size_t i)
{
	return code_of(f, b, i);
}

void
field_codes(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *codes)
{
	/* Copies: what is written cannot be a part of them. */
	const struct field field = *f;
	const struct batch batch = *b;
	size_t i;

	for (i = 0; i < n; i++)
		codes[i] = code_of(&field, &batch, first + i);
}

bool
field_number(const struct field *f, const struct batch *b, size_t i, int64_t *v)
{
	const struct call *c = &b->calls[i];

	switch (f->home) {
	case HOME_CALL_I64:
		memcpy(v, (const char *)c + f->at, sizeof(*v));
		return f->type != FIELD_MONEY || (c->flags & CALL_HAS_COST);
	case HOME_CALL_U32:
		*v = word32(c, f->at);
		return true;
	case HOME_LISTED_I64:
		memcpy(v,
		    (const char *)&b->listed[b->origins[i].listed] + f->at,
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
