/* rulefile_words: what may stand where one word of a few is asked for. */
#include <string.h>

#include "base/nearest.h"
#include "rule/rulefile.h"
#include "rule/rulefile_impl.h"

static const char *const fraud_types[] = {
	"irsf",
	"account-takeover",
	"pbx-hacking",
	"call-forwarding",
	"traffic-pumping",
	"probing",
	"wangiri",
	"bypass",
	"subscription",
	"internal-misuse",
	"data-quality",
	NULL,
};

/* Independent kinds of evidence: the score counts each once. */
static const char *const families[] = {
	"list",
	"destination",
	"time",
	"volume",
	"cost",
	"duration",
	"concurrency",
	"pattern",
	"auth",
	"forwarding",
	"dormancy",
	"inbound-quality",
	"data-quality",
	NULL,
};

static const char *const list_kinds[] = {
	[NUMLIST_EXACT] = "exact",
	[NUMLIST_PREFIX] = "prefix",
	[NUMLIST_RANGE] = "range",
	[NUMLIST_PATTERN] = "pattern",
	NULL,
};

/* Those that rule/measure can work out. */
static const struct function functions[] = {
	{ MEASURE_COUNT, FN_WINDOW | FN_ALSO },
	{ MEASURE_SUM, FN_WINDOW | FN_ALSO | FN_OF | FN_OF_AMOUNT },
	{ MEASURE_AVG, FN_WINDOW | FN_ALSO | FN_OF | FN_OF_AMOUNT },
	{ MEASURE_MAX, FN_WINDOW | FN_ALSO | FN_OF | FN_OF_AMOUNT },
	{ MEASURE_MIN, FN_WINDOW | FN_ALSO | FN_OF | FN_OF_AMOUNT },
	{ MEASURE_DISTINCT, FN_WINDOW | FN_ALSO | FN_OF | FN_OF_KEY },
	{ MEASURE_RATIO, FN_WINDOW | FN_ALSO | FN_WHERE },
	{ MEASURE_RUN, FN_WINDOW | FN_ALSO | FN_OF | FN_OF_TEXT },
	{ MEASURE_MODE,
	    FN_WINDOW | FN_ALSO | FN_OF | FN_OF_AMOUNT | FN_OF_KEY | FN_BIN },
	{ MEASURE_CONCURRENT, FN_OF_KEY },
	{ MEASURE_GAP, FN_HISTORY },
	{ MEASURE_SILENCE, FN_DURING },
};
enum { NFUNCTIONS = sizeof(functions) / sizeof(functions[0]) };

const struct function *
rulefile_function(size_t i)
{
	return i < NFUNCTIONS ? &functions[i] : NULL;
}

const struct function *
rulefile_function_of(enum measure_fn fn)
{
	size_t i;

	for (i = 0; i < NFUNCTIONS; i++)
		if (functions[i].fn == fn)
			return &functions[i];
	return NULL;
}

static const char *
status_at(const void *unused, size_t i)
{
	(void)unused;
	return i <= RULE_DEPRECATED ? rule_status_name((enum rule_status)i)
				    : NULL;
}

static const char *
fraud_type_at(const void *unused, size_t i)
{
	(void)unused;
	return fraud_types[i];
}

static const char *
family_at(const void *unused, size_t i)
{
	(void)unused;
	return families[i];
}

static const char *
function_at(const void *unused, size_t i)
{
	(void)unused;
	return i < NFUNCTIONS ? measure_fn_name(functions[i].fn) : NULL;
}

/* Calendar buckets; a sliding window has a key of its own. */
static const char *
window_at(const void *unused, size_t i)
{
	(void)unused;
	i += WINDOW_HOUR;
	return i <= WINDOW_WEEK ? measure_window_name((enum measure_window)i)
				: NULL;
}

static const char *
season_at(const void *unused, size_t i)
{
	(void)unused;
	return i <= SEASON_HOUR_OF_WEEK ? season_name((enum season)i) : NULL;
}

static const char *
stat_at(const void *unused, size_t i)
{
	(void)unused;
	return i <= STAT_P95 ? stat_name((enum baseline_stat)i) : NULL;
}

static const char *
list_kind_at(const void *unused, size_t i)
{
	(void)unused;
	return list_kinds[i];
}

const struct words rulefile_statuses = { "status", status_at, false };
const struct words rulefile_fraud_types = { "fraud_type", fraud_type_at, true };
const struct words rulefile_families = { "family", family_at, true };
const struct words rulefile_functions = { "function", function_at, false };
const struct words rulefile_windows = { "window", window_at, false };
const struct words rulefile_seasons = { "season", season_at, false };
const struct words rulefile_stats = { "stat", stat_at, false };
const struct words rulefile_list_kinds = { "kind", list_kind_at, false };

bool
rulefile_has_fraud_type(const char *name, const char **near)
{
	size_t i;

	*near = NULL;
	for (i = 0; fraud_types[i] != NULL; i++)
		if (strcmp(name, fraud_types[i]) == 0)
			return true;
	if (strncmp(name, "local-", 6) == 0)
		return true;
	*near = nearest(name, fraud_type_at, NULL);
	return false;
}
