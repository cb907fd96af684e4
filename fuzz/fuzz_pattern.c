/*
 * pattern: the pattern in the first line, the text in the rest; a match lies
 * in the text, and a whole match is a match.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "io/pattern.h"

enum { GROUPS = 4 };

static int
match(const struct pattern *p, const struct fuzz_input *in, int flags)
{
	struct pattern_group groups[GROUPS] = { { 1, 0 }, { 1, 0 }, { 1, 0 },
		{ 1, 0 } };
	struct errmsg err = { "" };
	size_t i;
	int r = pattern_match(p, in->bytes, in->len, groups, GROUPS, &err);

	assert(r >= -1 && r <= 1);
	assert((r == -1) == (err.text[0] != '\0'));
	assert(r == pattern_match(p, in->bytes, in->len, NULL, 0, NULL));
	if (flags & PATTERN_WHOLE)
		assert(pattern_reach(p, in->bytes, in->len) <= in->len);
	if (r != 1)
		return r;
	assert(groups[0].begin <= groups[0].end);
	/* \K moves the beginning of what was matched. */
	if (flags & PATTERN_WHOLE)
		assert((groups[0].begin == 0 ||
			   strstr(pattern_text(p), "\\K") != NULL) &&
		       groups[0].end == in->len);
	for (i = 0; i < GROUPS; i++)
		assert(groups[i].begin > groups[i].end ||
		       groups[i].end <= in->len);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { (const char *)data, size };
	const int bytes = fuzz_choice(&in, 2) == 0 ? 0 : PATTERN_BYTES;
	struct pattern *whole = NULL, *part = NULL;
	char *text = fuzz_line(&in);
	struct errmsg err;
	size_t offset = 0;
	int rc, other;

	rc =
	    pattern_compile(&whole, text, bytes | PATTERN_WHOLE, &offset, &err);
	if (rc != 0) {
		assert(err.text[0] != '\0' && offset <= strlen(text));
		assert(whole == NULL);
	}
	other = pattern_compile(&part, text, bytes, &offset, &err);
	assert(rc == other);
	if (rc == 0 && match(whole, &in, PATTERN_WHOLE) == 1)
		assert(match(part, &in, 0) != 0);
	else if (rc == 0)
		(void)match(part, &in, 0);
	pattern_free(&whole);
	pattern_free(&part);
	free(text);
	return 0;
}
