/*
 * packed, and the entries that runs leave in it: any bytes may stand where one
 * was.  What they ask for is bounded by how many there are; what can be read
 * is the same once it was written again.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/packed.h"
#include "cdr/callpack_impl.h"
#include "cdr/party_impl.h"
#include "cdr/quality_impl.h"
#include "detect/detect_facts_impl.h"
#include "fuzz/fuzz.h"

static void
read_list(const struct buf *bytes)
{
	const unsigned char *at = (unsigned char *)bytes->data;
	const unsigned char *end = at + bytes->len;
	struct packed_texts texts;
	struct buf text;
	size_t i, sum = 0;

	if (packed_take_texts(&texts, &at, end, 5) != 0)
		return;
	buf_init(&text);
	for (i = 0; i < 5 && packed_next_listed(&texts, &text) == 0; i++)
		sum += text.len;
	assert(sum <= BOUNDS_PACKED_SHARE * bytes->len);
	buf_fini(&text);
}

static int
again_channels(const struct buf *bytes, struct buf *out)
{
	struct party_kept kept;
	int r = party_kept_read(&kept, bytes);

	if (r == 0)
		party_kept_print(&kept, out);
	party_kept_fini(&kept);
	return r;
}

static int
again_hours(const struct buf *bytes, struct buf *out)
{
	struct quality_kept kept;
	int r = quality_kept_read(&kept, bytes);

	if (r == 0)
		quality_kept_print(&kept, out);
	quality_kept_fini(&kept);
	return r;
}

static void
check_again(int (*again)(const struct buf *bytes, struct buf *out),
    const struct buf *bytes)
{
	struct buf once, twice;
	int r;

	buf_init(&once);
	buf_init(&twice);
	if (again(bytes, &once) == 0) {
		r = again(&once, &twice);
		assert(r == 0 && once.len == twice.len &&
		       memcmp(once.data, twice.data, once.len) == 0);
	}
	buf_fini(&once);
	buf_fini(&twice);
}

static void
read_calls(const struct buf *bytes)
{
	struct callpack_reading r = { .at = (unsigned char *)bytes->data,
		.end = (unsigned char *)bytes->data + bytes->len };
	int64_t text;

	arena_init(&r.arena);
	if (callpack_take(&r) && r.n > 0) {
		text = packed_number(&r.calls[CALLPACK_SOURCE], r.n - 1);
		assert(text >= 0 && (size_t)text < r.ntexts);
		assert(strlen(r.texts[text].bytes) == r.texts[text].len);
	}
	free(r.texts);
	arena_fini(&r.arena);
}

static void
read_facts(const struct buf *bytes)
{
	struct detect_facts *f;
	struct detect_keep keep;
	size_t i;

	detect_keep_init(&keep);
	buf_add(detect_keep_put(&keep, DETECT_KEEP_CALLS), bytes->data,
	    bytes->len);
	f = detect_facts_take(&keep);
	for (i = 0; f != NULL && i < f->naccounts; i++)
		assert(detect_facts_account(f, f->accounts[i].name) ==
		       &f->accounts[i]);
	detect_facts_free(&f);
	detect_keep_fini(&keep);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { (const char *)data, size };
	const unsigned what = fuzz_choice(&in, 5);
	struct buf bytes;

	buf_init(&bytes);
	buf_add(&bytes, in.bytes, in.len);
	if (what == 0)
		read_list(&bytes);
	else if (what == 1)
		check_again(again_channels, &bytes);
	else if (what == 2)
		check_again(again_hours, &bytes);
	else if (what == 3)
		read_calls(&bytes);
	else
		read_facts(&bytes);
	buf_fini(&bytes);
	return 0;
}
