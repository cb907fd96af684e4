#include "tel/numplan.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "tel/numplan_impl.h"

static const char *const kind_names[NUMKIND_COUNT] = {
	[NUMKIND_UNKNOWN] = "unknown",
	[NUMKIND_FIXED] = "fixed",
	[NUMKIND_MOBILE] = "mobile",
	[NUMKIND_FIXED_OR_MOBILE] = "fixed-or-mobile",
	[NUMKIND_TOLL_FREE] = "toll-free",
	[NUMKIND_PREMIUM] = "premium",
	[NUMKIND_SHARED_COST] = "shared-cost",
	[NUMKIND_SATELLITE] = "satellite",
	[NUMKIND_PERSONAL] = "personal",
	[NUMKIND_VOIP] = "voip",
	[NUMKIND_UAN] = "uan",
	[NUMKIND_PAGER] = "pager",
	[NUMKIND_NETWORK] = "network",
	[NUMKIND_EMERGENCY] = "emergency",
	[NUMKIND_SERVICE] = "service",
	[NUMKIND_INTERNAL] = "internal",
	[NUMKIND_INVALID] = "invalid",
};

const char *
numkind_name(enum numkind k)
{
	return kind_names[k];
}

int
numkind_parse(const char *name, enum numkind *k)
{
	int i;

	for (i = 0; i < NUMKIND_COUNT; i++) {
		if (strcmp(kind_names[i], name) == 0) {
			*k = (enum numkind)i;
			return 0;
		}
	}
	return -1;
}

int
numplan_load(struct numplan **np, const char *dir, struct errmsg *err)
{
	struct numplan *p = xcalloc(1, sizeof(*p));
	int status;

	p->names = intern_new();
	p->hash = hash_new();
	arena_init(&p->texts);
	buf_init(&p->version);
	status = numplan_read(p, dir, err);
	hash_free(&p->hash);
	if (status < 0)
		numplan_free(&p);
	*np = p;
	return status;
}

void
numplan_free(struct numplan **np)
{
	struct numplan *p = *np;

	if (p == NULL)
		return;
	free(p->items);
	free(p->countries);
	intern_free(&p->names);
	arena_fini(&p->texts);
	buf_fini(&p->version);
	free(p);
	*np = NULL;
}

uint64_t
numplan_key(const char *digits, size_t len)
{
	uint64_t key = 0;
	size_t i;

	for (i = 0; i < 16; i++) {
		key <<= 4;
		if (i < len)
			key |= (uint64_t)(digits[i] - '0' + 1) & 0xf;
	}
	return key;
}

/* The last entry whose key is not above `key`. */
static uint32_t
last_not_above(const struct numplan *p, uint64_t key)
{
	size_t low = 0, high = p->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (p->items[middle].key <= key)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? (uint32_t)(low - 1) : NUMPLAN_NONE;
}

struct numplan_entry
numplan_find(const struct numplan *p, const char *digits, size_t len)
{
	uint64_t key = numplan_key(digits, len);
	uint32_t i = last_not_above(p, key);
	const struct numplan_item *e;

	for (; i != NUMPLAN_NONE; i = e->up) {
		e = &p->items[i];
		if ((e->key ^ key) >> (64 - 4 * e->len) != 0)
			continue;
		if (e->digits == 0 || e->digits == len)
			return (struct numplan_entry){
				.country = intern_text(p->names, e->country),
				.kind = (enum numkind)e->kind,
				.matched = (int)e->len,
			};
	}
	return (struct numplan_entry){ .country = "" };
}

size_t
numplan_size(const struct numplan *p)
{
	return p->ncountries;
}

const struct numplan_country *
numplan_at(const struct numplan *p, size_t i)
{
	return &p->countries[i];
}

static int
compare_iso(const void *iso, const void *country)
{
	return strcmp(iso, ((const struct numplan_country *)country)->iso);
}

const struct numplan_country *
numplan_country(const struct numplan *p, const char *iso)
{
	if (p->ncountries == 0)
		return NULL;
	return bsearch(iso, p->countries, p->ncountries, sizeof(*p->countries),
	    compare_iso);
}

uint32_t
numplan_code_lengths(const struct numplan *p, const char *code, size_t len)
{
	unsigned int number = 0;
	size_t i;

	if (len == 0 || len > 3 || code[0] == '0')
		return 0;
	for (i = 0; i < len; i++)
		number = number * 10 + (unsigned int)(code[i] - '0');
	return p->lengths[number];
}

size_t
numplan_code_len(const struct numplan *p, const char *digits, size_t len)
{
	size_t n;

	/* No calling code is the beginning of another one. */
	for (n = 1; n <= 3 && n <= len; n++)
		if (numplan_code_lengths(p, digits, n) != 0)
			return n;
	return 0;
}

/* NXX NXX XXXX, N from 2 to 9, the area code no N11. */
static bool
is_nanp(const char *national)
{
	return national[0] >= '2' && national[3] >= '2' &&
	       memcmp(national + 1, "11", 2) != 0;
}

bool
numplan_possible(const struct numplan *p, const char *digits, size_t len)
{
	size_t n = numplan_code_len(p, digits, len);

	if (n == 0 || len - n > NUMPLAN_MOST_DIGITS)
		return false;
	if (n == 1 && digits[0] == '1')
		return len == 11 && is_nanp(digits + 1);
	return (numplan_code_lengths(p, digits, n) >> (len - n) & 1) != 0;
}

static bool
fits(const char *pattern, const char *digits, size_t len)
{
	size_t i;

	if (strlen(pattern) != len)
		return false;
	for (i = 0; i < len; i++)
		if (pattern[i] != '#' && pattern[i] != digits[i])
			return false;
	return true;
}

bool
numplan_listed(const struct numplan_list *l, const char *digits, size_t len)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (fits(l->texts[i], digits, len))
			return true;
	return false;
}

const char *
numplan_version(const struct numplan *p)
{
	return p->version.data;
}
