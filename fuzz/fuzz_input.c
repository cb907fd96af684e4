/*
 * input: plain and compressed files, archives.  What a peek shows is what
 * the next reads give, and a damaged file ends in words.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "fuzz/fuzz.h"
#include "io/input.h"

enum { MEMBERS = 20, MOST = 1 << 20 };

/*
 * To the end of the stream, at most MOST bytes: what is packed may be huge.
 * False if it is damaged.
 */
static bool
read_stream(struct input *in)
{
	char bytes[4096], *peeked;
	const char *ahead;
	struct errmsg err;
	size_t len = input_peek(in, 10000, &ahead), at = 0, same;
	ssize_t n;

	peeked = len > 0 ? xmemdup(ahead, len) : NULL;
	while (
	    (n = input_read(in, bytes, sizeof(bytes), &err)) > 0 && at < MOST) {
		same = at >= len              ? 0
		       : len - at < (size_t)n ? len - at
					      : (size_t)n;
		assert(same == 0 || memcmp(bytes, peeked + at, same) == 0);
		at += (size_t)n;
	}
	assert(n < 0 || at >= len);
	if (n < 0)
		fuzz_check_words(err.text);
	free(peeked);
	return n >= 0;
}

static void
read_members(struct input *in, const char *path)
{
	struct errmsg err;
	int members = 0, more = 1;

	while (more == 1 && members++ < MEMBERS) {
		assert(strncmp(input_name(in), path, strlen(path)) == 0);
		if (!read_stream(in))
			return;
		more = input_next(in, &err);
	}
	if (more < 0)
		fuzz_check_words(err.text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_file f;
	struct errmsg err;
	struct input *in;

	fuzz_file_begin(&f, data, size);
	if (input_open(&in, f.path, &err) == 0)
		read_members(in, f.path);
	else
		fuzz_check_words(err.text);
	input_close(&in);
	fuzz_file_end(&f);
	return 0;
}
