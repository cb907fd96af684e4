#include <ctype.h>
#include <math.h>
#include <string.h>

#include "detect/findjson_impl.h"
#include "tel/calltime.h"
#include "tel/zone.h"

int
findjson_wrong(struct findjson_reader *r, const char *key, const char *need)
{
	return errmsg_set(r->err, "key '%s': %s is needed", key, need);
}

const struct json *
findjson_need(struct findjson_reader *r, const struct json *obj,
    const char *key, enum json_type type, const char *what)
{
	const struct json *j = json_get(obj, key);

	if (j == NULL)
		(void)errmsg_set(r->err, "key '%s' is missing", key);
	else if (j->type != type)
		(void)findjson_wrong(r, key, what);
	else
		return j;
	return NULL;
}

static int
read_text(struct findjson_reader *r, const struct json *j, const char **out)
{
	if (j->type != JSON_STRING)
		return findjson_wrong(r, j->key != NULL ? j->key : "",
		    "a text");
	*out = arena_strdup(r->arena, j->string);
	return 0;
}

/*
 * A number as it is written, with so many decimals, so that amounts beyond
 * what a double holds come back exact.
 */
static int
read_decimal(struct findjson_reader *r, const struct json *j, int decimals,
    int64_t *out)
{
	const char *s = json_text(j->doc) + j->begin;
	const char *end = json_text(j->doc) + j->end;
	bool minus = s < end && *s == '-', point = false;
	int places = decimals;
	int64_t v = 0;
	double scaled;

	if (j->type != JSON_NUMBER)
		return findjson_wrong(r, j->key, "a number");
	for (s += minus; s < end && (*s == '.' || isdigit((unsigned char)*s));
	     s++) {
		if (*s == '.') {
			point = true;
			continue;
		}
		if (point && decimals == 0)
			continue; /* finer than we hold */
		decimals -= point;
		if (v > (INT64_MAX - 9) / 10)
			return findjson_wrong(r, j->key, "a smaller number");
		v = v * 10 + (*s - '0');
	}
	if (s < end) { /* an exponent: another program wrote it */
		scaled = j->number * pow(10, places);
		if (!(fabs(scaled) < 9e18))
			return findjson_wrong(r, j->key, "a smaller number");
		*out = llround(scaled);
		return 0;
	}
	for (; decimals > 0; decimals--) {
		if (v > INT64_MAX / 10)
			return findjson_wrong(r, j->key, "a smaller number");
		v *= 10;
	}
	*out = minus ? -v : v;
	return 0;
}

static int
read_time(struct findjson_reader *r, const struct json *j, int64_t *out)
{
	if (j->type != JSON_STRING ||
	    time_parse(j->string, zone_utc(), 0, out, NULL) < 0)
		return findjson_wrong(r, j->key,
		    "a time such as \"2026-01-13T01:11:09Z\"");
	return 0;
}

static int
read_number(struct findjson_reader *r, const struct json *j,
    const struct findjson_member *m, void *at)
{
	int64_t v;
	int number;
	uint32_t unsign;

	if (m->type == FINDJSON_TIME) {
		if (read_time(r, j, &v) < 0)
			return -1;
	} else if (read_decimal(r, j, m->type == FINDJSON_SECONDS ? 3 : 0, &v) <
		   0) {
		return -1;
	}
	if (m->type == FINDJSON_INT) {
		if (v < INT32_MIN || v > INT32_MAX)
			return findjson_wrong(r, m->key, "a smaller number");
		number = (int)v;
		memcpy(at, &number, sizeof(number));
	} else if (m->type == FINDJSON_UINT) {
		if (v < 0 || v > UINT32_MAX)
			return findjson_wrong(r, m->key, "a smaller number");
		unsign = (uint32_t)v;
		memcpy(at, &unsign, sizeof(unsign));
	} else {
		memcpy(at, &v, sizeof(v));
	}
	return 0;
}

int
findjson_get_member(struct findjson_reader *r, const struct json *obj,
    const struct findjson_member *m, void *base)
{
	const struct json *j = json_get(obj, m->key);
	char *at = (char *)base + m->at;
	const char *text = NULL;

	if (j == NULL)
		return m->optional
			   ? 0
			   : errmsg_set(r->err, "key '%s' is missing", m->key);
	if (m->type == FINDJSON_TEXT) {
		if (read_text(r, j, &text) < 0)
			return -1;
		memcpy(at, &text, sizeof(text));
		return 0;
	}
	if (m->type == FINDJSON_BOOL) {
		if (j->type != JSON_BOOL)
			return findjson_wrong(r, m->key, "true or false");
		memcpy(at, &j->boolean, sizeof(j->boolean));
		return 0;
	}
	return read_number(r, j, m, at);
}

int
findjson_get_members(struct findjson_reader *r, const struct json *obj,
    const struct findjson_member *m, void *base)
{
	for (; m->key != NULL; m++)
		if (findjson_get_member(r, obj, m, base) < 0)
			return -1;
	return 0;
}

int
findjson_get_object(struct findjson_reader *r, const struct json *obj,
    const char *key, const struct findjson_member *m, void *base)
{
	const struct json *j =
	    findjson_need(r, obj, key, JSON_OBJECT, "an object");

	if (j == NULL)
		return -1;
	if (findjson_get_members(r, j, m, base) < 0)
		return errmsg_prefix(r->err, "%s: ", key);
	return 0;
}

int
findjson_get_list(struct findjson_reader *r, const struct json *obj,
    const char *key, const struct findjson_member *m, size_t size, void **list,
    size_t *n)
{
	const struct json *j = findjson_need(r, obj, key, JSON_ARRAY,
			      "an array"),
			  *e;
	char *at;

	if (j == NULL)
		return -1;
	*list = at = arena_array(r->arena, j->n, size);
	*n = j->n;
	for (e = j->first; e != NULL; e = e->next, at += size) {
		if (e->type != JSON_OBJECT)
			return findjson_wrong(r, key, "an array of objects");
		if (findjson_get_members(r, e, m, at) < 0)
			return errmsg_prefix(r->err, "%s: ", key);
	}
	return 0;
}

int
findjson_get_texts(struct findjson_reader *r, const struct json *obj,
    const char *key, const char *const **out, size_t *n)
{
	const struct json *j = json_get(obj, key), *e;
	const char **list;
	size_t i = 0;

	if (j == NULL)
		return 0;
	if (j->type != JSON_ARRAY)
		return findjson_wrong(r, key, "an array");
	list = arena_array(r->arena, j->n, sizeof(*list));
	for (e = j->first; e != NULL; e = e->next)
		if (e->type != JSON_STRING)
			return findjson_wrong(r, key, "an array of texts");
		else
			list[i++] = arena_strdup(r->arena, e->string);
	*out = list;
	*n = i;
	return 0;
}

int
findjson_get_optional(struct findjson_reader *r, const struct json *obj,
    const char *key, const char **out)
{
	const struct json *j = json_get(obj, key);

	return j != NULL ? read_text(r, j, out) : 0;
}

int
findjson_get_value(struct findjson_reader *r, const struct json *obj,
    const char *key, int decimals, int64_t *out, bool *there)
{
	const struct json *j = json_get(obj, key);

	*there = j != NULL;
	return j != NULL ? read_decimal(r, j, decimals, out) : 0;
}
