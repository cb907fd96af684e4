/*
 * zone: files of tzdata and POSIX TZ strings; clocks of whatever zone comes
 * out of them can be read and turned back.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "tel/zone.h"
#include "tel/zone_impl.h"

static void
check_instant(const struct zone *z, int64_t ms)
{
	int64_t first, second, next = zone_next_change(z, ms);
	struct civil c;

	assert(next > ms);
	assert(abs(zone_offset(z, ms, NULL)) <= ZONE_REACH);
	zone_to_local(z, ms, &c);
	assert(zone_local_day(z, ms) == zone_days(c.year, c.month, c.day));
	if (!zone_valid(&c))
		return;
	/* Spans that are shorter than clocks jump are in no real zone. */
	if (zone_to_utc(z, &c, &first, &second) == ZONE_ONCE && ms == first)
		assert(ms == second);
}

/* Over the changes of the whole zone, and before and behind each. */
static void
check_clocks(const struct zone *z)
{
	int64_t ms = INT64_C(-9000000000000), next;
	int i;

	for (i = 0; i < 2000; i++, ms = next) {
		check_instant(z, ms);
		next = zone_next_change(z, ms);
		if (next == ZONE_NEVER || next > INT64_C(253402300799000))
			break;
		check_instant(z, next - 1);
		check_instant(z, next);
	}
	check_instant(z, INT64_C(253402300799000));
}

static void
check_file(const uint8_t *data, size_t size)
{
	struct zone z;
	struct errmsg err;
	size_t i;

	memset(&z, 0, sizeof(z));
	if (zone_file_parse(&z, data, size, &err) != 0) {
		fuzz_check_words(err.text);
		return;
	}
	assert(z.n > 0 && z.at[0] == INT64_MIN);
	for (i = 1; i < z.n; i++)
		assert(z.at[i] > z.at[i - 1]);
	check_clocks(&z);
	zone_file_release(&z);
}

static void
check_rule(const uint8_t *data, size_t size)
{
	struct zone_rule r;
	int64_t at;
	int32_t year;

	if (zone_rule_parse(&r, (const char *)data, size) != 0 || !r.summer)
		return;
	for (year = 1970; year < 2400; year++) {
		at = zone_rule_change(&r, 1, year);
		/* Times of a rule reach a week beyond the day. */
		assert(llabs(at - zone_days(year, 7, 1) * 86400) <
		       200 * INT64_C(86400));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size >= 4 && memcmp(data, "TZif", 4) == 0)
		check_file(data, size);
	else
		check_rule(data, size);
	return 0;
}
