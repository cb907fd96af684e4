#include <string.h>

#include "io/jsontext_impl.h"

const struct json *
json_get(const struct json *obj, const char *key)
{
	const struct json *m;

	if (obj == NULL || obj->type != JSON_OBJECT)
		return NULL;
	for (m = obj->first; m != NULL; m = m->next)
		if (m->key[0] == key[0] && strcmp(m->key, key) == 0)
			return m;
	return NULL;
}

const char *
json_get_string(const struct json *obj, const char *key)
{
	const struct json *m = json_get(obj, key);

	return m != NULL ? m->string : NULL;
}

/* Whether `key` is the reference token, in which ~0 is ~ and ~1 is /. */
static bool
is_token(const char *key, const char *token, size_t len)
{
	const char *end = token + len;
	char c;

	for (; token < end; token++, key++) {
		c = *token;
		if (c == '~' && token + 1 < end)
			c = *++token == '1' ? '/' : '~';
		if (*key != c)
			return false;
	}
	return *key == '\0';
}

/* Whether `i` is the index that the token writes, without leading zeros. */
static bool
is_index(uint32_t i, const char *token, size_t len)
{
	uint32_t index = 0;
	size_t k;

	if (len == 0 || len > 9 || (len > 1 && *token == '0'))
		return false;
	for (k = 0; k < len; k++) {
		if (token[k] < '0' || token[k] > '9')
			return false;
		index = index * 10 + (uint32_t)(token[k] - '0');
	}
	return index == i;
}

const struct json *
json_at(const struct json *root, const char *pointer)
{
	const struct json *j = root, *m;
	uint32_t i;
	size_t len;

	for (; j != NULL && *pointer == '/'; pointer += len) {
		len = strcspn(++pointer, "/");
		for (i = 0, m = j->first; m != NULL; m = m->next, i++)
			if (j->type == JSON_OBJECT
				? is_token(m->key, pointer, len)
				: is_index(i, pointer, len))
				break;
		j = m;
	}
	return j;
}
