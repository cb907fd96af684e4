/*
 * utf8, call, jsonout: texts that strangers chose.  What is made safe is
 * safe, and stays as it is.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "cdr/call.h"
#include "fuzz/fuzz.h"
#include "io/jsonout.h"

static void
check_fixed(void (*make)(struct buf *b, const char *s, size_t n),
    const struct fuzz_input *in)
{
	struct buf once, twice;

	buf_init(&once);
	buf_init(&twice);
	make(&once, in->bytes, in->len);
	assert(utf8_valid(once.data, once.len));
	assert(utf8_length(once.data, once.len) ==
	       utf8_length(in->bytes, in->len));
	make(&twice, once.data, once.len);
	assert(once.len == twice.len &&
	       memcmp(once.data, twice.data, once.len) == 0);
	if (make == utf8_repair && utf8_valid(in->bytes, in->len))
		assert(once.len == in->len &&
		       memcmp(once.data, in->bytes, in->len) == 0);
	buf_fini(&once);
	buf_fini(&twice);
}

/* JSON is one line of printable text. */
static void
check_json(const char *text)
{
	struct jsonout j;
	struct buf b;
	size_t i;

	buf_init(&b);
	jsonout_init(&j, &b, false);
	jsonout_string(&j, text);
	assert(utf8_valid(b.data, b.len) && b.len >= 2);
	assert(b.data[0] == '"' && b.data[b.len - 1] == '"');
	for (i = 0; i < b.len; i++)
		assert((unsigned char)b.data[i] >= ' ' && b.data[i] != 0x7f);
	buf_fini(&b);
}

static void
check_channel(const struct fuzz_input *in)
{
	char *once = xmalloc(in->len + 1), *twice = xmalloc(in->len + 1);
	size_t n = channel_plain(in->bytes, in->len, once), m;

	assert(n <= in->len);
	m = channel_plain(once, n, twice);
	assert(n == m && memcmp(once, twice, n) == 0);
	free(once);
	free(twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { (const char *)data, size };
	char *text;

	check_fixed(utf8_repair, &in);
	check_fixed(utf8_printable, &in);
	check_channel(&in);
	text = fuzz_rest(&in);
	check_json(text);
	free(text);
	return 0;
}
