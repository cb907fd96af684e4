/*
 * calltime: stamp patterns, and stamps under them: the pattern in the first
 * line, the stamp in the second.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "tel/calltime.h"

/* Clocks may be a day from UTC in a stamp, not more. */
#define AWAY INT64_C(86400000)

static void
check_stamp(const struct stamp *s)
{
	int64_t utc, second;

	assert(s->no_year == (s->civil.year == 0 && s->kind != STAMP_UTC));
	assert(zone_valid(&s->civil) && s->civil.second < 60);
	assert(s->civil.ms >= 0 && s->civil.ms <= 999);
	assert((s->kind == STAMP_ABBREV) == (s->abbrev[0] != '\0'));
	if (s->kind != STAMP_UTC && s->kind != STAMP_OFFSET)
		return;
	(void)zone_to_utc(zone_utc(), &s->civil, &utc, &second);
	if (s->kind == STAMP_UTC)
		assert(utc == s->utc_ms);
	else
		assert(llabs(utc - s->utc_ms) < AWAY &&
		       (utc - s->utc_ms) % 60000 == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { (const char *)data, size };
	struct stamp_pattern *pattern = NULL;
	char *text = fuzz_line(&in);
	struct errmsg err;
	struct stamp stamp;
	size_t offset = 0;

	if (stamp_compile(&pattern, text, &offset, &err) == 0) {
		if (stamp_parse(pattern, in.bytes, in.len, &stamp) == 0)
			check_stamp(&stamp);
	} else {
		fuzz_check_words(err.text);
		assert(pattern == NULL && offset <= strlen(text));
	}
	stamp_free(&pattern);
	free(text);
	return 0;
}
