#include "cdr/field.h"

#include <assert.h>
#include <string.h>

#include "base/nearest.h"

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

static const char *
word_bool(int code)
{
	return code == FIELD_TRUE ? "true" : code == FIELD_FALSE ? "false" : "";
}

/* Where a value is, and thereby its type. */
#define CALL_TEXT(member)                           \
	.type = FIELD_TEXT, .home = HOME_CALL_NAME, \
	.at = offsetof(struct call, member)
#define CALL_TIME(member)                          \
	.type = FIELD_TIME, .home = HOME_CALL_I64, \
	.at = offsetof(struct call, member)
#define CALL_SPAN(member)                          \
	.type = FIELD_SPAN, .home = HOME_CALL_U32, \
	.at = offsetof(struct call, member)
#define CALL_WORD(member, words, n)                 \
	.type = FIELD_ENUM, .home = HOME_CALL_BYTE, \
	.at = offsetof(struct call, member), .word = (words), .nwords = (n)
#define CALL_BOOL(flag)                                      \
	.type = FIELD_BOOL, .home = HOME_FLAG, .at = (flag), \
	.word = word_bool, .nwords = FIELD_TRUE + 1
#define ORIGIN_TEXT(member)                           \
	.type = FIELD_TEXT, .home = HOME_ORIGIN_NAME, \
	.at = offsetof(struct origin, member)
#define ORIGIN_NUMBER(member)                           \
	.type = FIELD_NUMBER, .home = HOME_ORIGIN_BYTE, \
	.at = offsetof(struct origin, member)
#define EXTRA_TEXT(which) \
	.type = FIELD_TEXT, .home = HOME_EXTRA_NAME, .at = (which)
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
	.nwords = FIELD_TRUE + 1
#define SOURCE_TEXT(member)                           \
	.type = FIELD_TEXT, .home = HOME_SOURCE_NAME, \
	.at = offsetof(struct batch_source, member)

/* In the order of `cdrrules fields` and the manual: by what they are about. */
static const struct field fields[] = {
	{ "call_id", "The switch's own id of the call.", ORIGIN_TEXT(call_id) },
	{ "event",
	    "What the record is; a rule that does not ask for it in `match` "
	    "looks at calls alone.",
	    .type = FIELD_ENUM, .home = HOME_EVENT, .word = word_event,
	    .nwords = EVENT_COUNT, .starts_at_zero = true },
	{ "quality", "What a quality event is about.", .type = FIELD_ENUM,
	    .home = HOME_QUALITY, .word = word_quality,
	    .nwords = QUALITY_COUNT },
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
	    EXTRA_TEXT(EXTRA_AUTH_CODE) },

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
	    EXTRA_TEXT(EXTRA_SRC_NAME) },
	{ "src_kind", "What became of the calling number.",
	    PARTY_WORD(src, party, word_party, PARTY_INTERNAL + 1) },
	{ "src_country", "ISO country code of the calling number.",
	    PARTY_TEXT(src, country), .country = true },
	{ "src_type", "What kind of number the calling number is.",
	    PARTY_WORD(src, kind, word_numkind, NUMKIND_COUNT),
	    .starts_at_zero = true },
	{ "src_block", "The calling number without its last 4 digits.",
	    PARTY_TEXT(src, block) },
	{ "src_new",
	    "Whether no call of the account in the 30 days before had this "
	    "src.",
	    .type = FIELD_BOOL, .home = HOME_SRC_NEW, .word = word_bool,
	    .nwords = FIELD_TRUE + 1 },

	{ "dst", "Who was called: E.164 with +, or an inside number.",
	    PARTY_TEXT(dst, text) },
	{ "dialled", "The digits as they were dialled.", CALL_TEXT(dialled) },
	{ "dialled_tail",
	    "The last 9 of these digits: the same number, however it was "
	    "dialled.",
	    .type = FIELD_TEXT, .home = HOME_TAIL },
	{ "dst_country", "ISO country code of the called number.",
	    PARTY_TEXT(dst, country), .country = true },
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
	    .type = FIELD_TEXT, .home = HOME_EXTRA_PARTY,
	    .at = EXTRA_FORWARDED_BY },

	{ "cost", "What the call cost, in its currency.", .type = FIELD_MONEY,
	    .home = HOME_COST },
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
		if (fields[i].name[0] == name[0] &&
		    strcmp(fields[i].name, name) == 0)
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
field_is_party(const struct field *f)
{
	return f->home == HOME_EXTRA_PARTY ||
	       (f->home == HOME_PARTY_NAME &&
		   f->at == offsetof(struct party, text));
}

bool
field_is_key(const struct field *f)
{
	return f->type == FIELD_TEXT || f->type == FIELD_ENUM ||
	       f->type == FIELD_BOOL;
}
