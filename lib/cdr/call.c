#include "cdr/call.h"

#include <assert.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "base/hash.h"

static const char *const directions[] = { "", "out", "in", "internal",
	"transit" };
static const char *const statuses[] = { "", "answered", "no-answer", "busy",
	"failed", "cancelled" };
static const char *const features[] = { "none", "voicemail", "disa", "ivr",
	"conference", "queue" };
static const char *const account_types[] = { "", "account", "extension",
	"number", "trunk", "source", "account" };
static const char *const events[] = { "call", "admin", "forward-set",
	"quality" };
static const char *const qualities[] = { "", "gap", "duplicate", "clock-jump",
	"limit" };

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const char *
name_of(const char *const *names, int n, int value)
{
	assert(value >= 0 && value < n);
	return names[value];
}

/* Nothing is called "": that is the name of what is missing. */
static int
value_of(const char *const *names, int n, const char *name)
{
	int i;

	for (i = 0; i < n; i++)
		if (names[i][0] != '\0' && strcmp(names[i], name) == 0)
			return i;
	return -1;
}

const char *
direction_name(enum call_direction d)
{
	return name_of(directions, COUNT(directions), (int)d);
}

const char *
status_name(enum call_status s)
{
	return name_of(statuses, COUNT(statuses), (int)s);
}

const char *
feature_name(enum call_feature f)
{
	return name_of(features, COUNT(features), (int)f);
}

const char *
account_type_name(enum account_type t)
{
	return name_of(account_types, COUNT(account_types), (int)t);
}

const char *
event_name(enum call_event e)
{
	return name_of(events, COUNT(events), (int)e);
}

const char *
quality_name(enum call_quality q)
{
	return name_of(qualities, COUNT(qualities), (int)q);
}

int
direction_parse(const char *name)
{
	return value_of(directions, COUNT(directions), name);
}

int
status_parse(const char *name)
{
	return value_of(statuses, COUNT(statuses), name);
}

int
feature_parse(const char *name)
{
	return value_of(features, COUNT(features), name);
}

int
event_parse(const char *name)
{
	return value_of(events, COUNT(events), name);
}

uint64_t
call_key_again(uint64_t key, uint64_t nth)
{
	const uint64_t both[2] = { key, nth };

	return hash64(both, sizeof(both));
}

static bool
is_hex(char c)
{
	static const bool digits[UCHAR_MAX + 1] = { ['0'] = true,
		['1'] = true,
		['2'] = true,
		['3'] = true,
		['4'] = true,
		['5'] = true,
		['6'] = true,
		['7'] = true,
		['8'] = true,
		['9'] = true,
		['a'] = true,
		['b'] = true,
		['c'] = true,
		['d'] = true,
		['e'] = true,
		['f'] = true,
		['A'] = true,
		['B'] = true,
		['C'] = true,
		['D'] = true,
		['E'] = true,
		['F'] = true };

	return digits[(unsigned char)c];
}

enum { UNIQUE = sizeof("0000001a") - 1 };

/* As nearly all are: each is asked, so that nobody has to guess which. */
static bool
is_unique(const char *s)
{
	unsigned all = 1;
	int i;

	for (i = 0; i < UNIQUE; i++)
		all &= is_hex(s[i]);
	return all != 0;
}

size_t
channel_stem(const char *name, size_t len)
{
	size_t dash = len;

	if (len > UNIQUE && is_unique(name + len - UNIQUE))
		dash = len - UNIQUE;
	while (dash > 0 && is_hex(name[dash - 1]))
		dash--;
	if (dash == 0 || name[dash - 1] != '-' ||
	    memchr(name, '/', dash) == NULL)
		return 0;
	return dash;
}

/*
 * What follows the unique part is kept: ";1" and ";2" are the two ends of a
 * Local channel (",1" and ",2" before Asterisk 1.8).
 */
size_t
channel_plain(const char *name, size_t len, char *out)
{
	size_t dash = len, end;

	while (dash > 0 && name[dash - 1] != '-')
		dash--;
	for (end = dash; end < len && is_hex(name[end]); end++)
		;
	if (dash == 0 || memchr(name, '/', dash) == NULL ||
	    (end < len && name[end] != ';' && name[end] != ','))
		dash = end = len;
	memcpy(out, name, dash);
	memcpy(out + dash, name + end, len - end);
	return dash + (len - end);
}
