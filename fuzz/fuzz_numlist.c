/*
 * numlist: the kind, a number in the first line, a list file in the rest.
 * What is found is what looking at every entry finds.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "tel/numlist.h"

enum { MOST = 256 };

static bool
fits_pattern(const char *value, const char *text, size_t len)
{
	size_t i;

	if (strlen(value) != len)
		return false;
	for (i = 0; i < len; i++)
		if (value[i] == '#' ? text[i] < '0' || text[i] > '9'
				    : text[i] != value[i])
			return false;
	return true;
}

static bool
fits_range(const char *value, const char *text, size_t len)
{
	return strlen(value) == 2 * len + 1 && value[len] == '-' &&
	       memcmp(text, value, len) >= 0 &&
	       memcmp(text, value + len + 1, len) <= 0;
}

static bool
fits(enum numlist_kind kind, const char *value, const char *text, size_t len)
{
	switch (kind) {
	case NUMLIST_EXACT:
		return strlen(value) == len && memcmp(value, text, len) == 0;
	case NUMLIST_PREFIX:
		return strlen(value) <= len &&
		       memcmp(value, text, strlen(value)) == 0;
	case NUMLIST_PATTERN:
		return fits_pattern(value, text, len);
	case NUMLIST_RANGE:
		break;
	}
	return fits_range(value, text, len);
}

/* What is asked of a list is a number, an extension or a code, or exact. */
static bool
askable(enum numlist_kind kind, const char *text)
{
	return kind == NUMLIST_EXACT ||
	       text[strspn(text, "+*#0123456789")] == '\0';
}

static void
check_find(const struct numlist *l, const char *text)
{
	const struct numlist_entry *found[MOST], *e, *best = NULL;
	const int64_t day = 20454;
	size_t i, n = 0, len = strlen(text);

	for (i = 0; i < numlist_size(l); i++)
		n += fits(numlist_kind(l), numlist_at(l, i)->value, text, len);
	assert(numlist_matches(l, text, len, found, MOST) ==
	       (n < MOST ? n : MOST));
	for (i = 0; i < n && i < MOST; i++) {
		e = found[i];
		assert(fits(numlist_kind(l), e->value, text, len));
		assert(numlist_kind(l) != NUMLIST_PREFIX || i == 0 ||
		       strlen(e->value) <= strlen(found[i - 1]->value));
		if (best == NULL && day < e->expires)
			best = e;
	}
	if (n <= MOST)
		assert(numlist_find(l, text, len, day) == best);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { (const char *)data, size };
	const enum numlist_kind kind = fuzz_choice(&in, 4);
	struct numlist *l = numlist_new("fuzz", kind);
	char *text = fuzz_line(&in);
	struct fuzz_file f;
	struct errmsg err;
	size_t i;

	fuzz_file_begin(&f, in.bytes, in.len);
	if (numlist_load(l, f.path, &err) != 0)
		fuzz_check_words(err.text);
	fuzz_file_end(&f);
	numlist_seal(l);
	if (askable(kind, text))
		check_find(l, text);
	for (i = 0; i < numlist_size(l) && i < 8; i++)
		if (kind == NUMLIST_EXACT || kind == NUMLIST_PREFIX)
			check_find(l, numlist_at(l, i)->value);
	numlist_free(&l);
	free(text);
	return 0;
}
