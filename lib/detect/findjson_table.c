#include <stddef.h>
#include <string.h>

#include "detect/findjson_impl.h"

#define AT(s, m) offsetof(struct s, m)

const struct findjson_member findjson_rule[] = {
	{ "id", FINDJSON_TEXT, AT(finding, rule), false },
	{ "version", FINDJSON_INT, AT(finding, rule_version), false },
	{ "name", FINDJSON_TEXT, AT(finding, title), true },
	{ "family", FINDJSON_TEXT, AT(finding, family), false },
	{ "fraud_type", FINDJSON_TEXT, AT(finding, fraud_type), false },
	{ "hash", FINDJSON_TEXT, AT(finding, rule_hash), false },
	{ NULL, 0, 0, false },
};

const struct findjson_member findjson_entity[] = {
	{ "type", FINDJSON_TEXT, AT(finding, entity_type), false },
	{ "id", FINDJSON_TEXT, AT(finding, entity), false },
	{ NULL, 0, 0, false },
};

const struct findjson_member findjson_times[] = {
	{ "first_seen", FINDJSON_TIME, AT(finding, first_seen), false },
	{ "last_seen", FINDJSON_TIME, AT(finding, last_seen), false },
	{ "crossed_at", FINDJSON_TIME, AT(finding, crossed_at), false },
	{ NULL, 0, 0, false },
};

const struct findjson_member findjson_fn[] = {
	{ "fn", FINDJSON_TEXT, AT(finding, measure), false },
	{ "of", FINDJSON_TEXT, AT(finding, of), true },
	{ "window", FINDJSON_TEXT, AT(finding, window), true },
	{ NULL, 0, 0, false },
};

const struct findjson_member findjson_also[] = {
	{ "fn", FINDJSON_TEXT, AT(reading, measure), false },
	{ "of", FINDJSON_TEXT, AT(reading, of), true },
	{ NULL, 0, 0, false },
};

const struct findjson_member findjson_evidence[] = {
	{ "start", FINDJSON_TIME, AT(evidence, start), false },
	{ "call_id", FINDJSON_TEXT, AT(evidence, call_id), true },
	{ "src", FINDJSON_TEXT, AT(evidence, src), true },
	{ "dst", FINDJSON_TEXT, AT(evidence, dst), true },
	{ "dst_country", FINDJSON_TEXT, AT(evidence, dst_country), true },
	{ "duration_s", FINDJSON_SECONDS, AT(evidence, duration), false },
	{ "currency", FINDJSON_TEXT, AT(evidence, currency), true },
	{ "cost_estimated", FINDJSON_BOOL, AT(evidence, estimated), true },
	{ "source", FINDJSON_TEXT, AT(evidence, source), false },
	{ "file", FINDJSON_TEXT, AT(evidence, file), true },
	{ "line", FINDJSON_UINT, AT(evidence, line), true },
	{ "list", FINDJSON_TEXT, AT(evidence, list), true },
	{ "entry", FINDJSON_TEXT, AT(evidence, entry), true },
	{ "entry_source", FINDJSON_TEXT, AT(evidence, entry_source), true },
	{ "entry_note", FINDJSON_TEXT, AT(evidence, entry_note), true },
	{ NULL, 0, 0, false },
};

const struct findjson_member findjson_case_entity[] = {
	{ "type", FINDJSON_TEXT, AT(fraud_case, entity_type), false },
	{ "id", FINDJSON_TEXT, AT(fraud_case, entity), false },
	{ NULL, 0, 0, false },
};

const struct findjson_member findjson_case_times[] = {
	{ "first_seen", FINDJSON_TIME, AT(fraud_case, first_seen), false },
	{ "last_seen", FINDJSON_TIME, AT(fraud_case, last_seen), false },
	{ NULL, 0, 0, false },
};

const struct findjson_member findjson_point[] = {
	{ "points", FINDJSON_INT, AT(point, points), false },
	{ "rule", FINDJSON_TEXT, AT(point, rule), false },
	{ "family", FINDJSON_TEXT, AT(point, family), false },
	{ "finding", FINDJSON_TEXT, AT(point, finding), false },
	{ "reason", FINDJSON_TEXT, AT(point, reason), false },
	{ NULL, 0, 0, false },
};

const struct findjson_member findjson_run_head[] = {
	{ "id", FINDJSON_TEXT, AT(run, id), false },
	{ "tool", FINDJSON_TEXT, AT(run, tool), false },
	{ "version", FINDJSON_TEXT, AT(run, version), false },
	{ "ruleset", FINDJSON_TEXT, AT(run, ruleset), true },
	{ "host", FINDJSON_TEXT, AT(run, host), true },
	{ "zone", FINDJSON_TEXT, AT(run, zone), true },
	{ "currency", FINDJSON_TEXT, AT(run, currency), true },
	{ "home_country", FINDJSON_TEXT, AT(run, home_country), true },
	{ "as_of", FINDJSON_TIME, AT(run, as_of), false },
	{ "first", FINDJSON_TIME, AT(run, first), true },
	{ "last", FINDJSON_TIME, AT(run, last), true },
	{ "looked_at", FINDJSON_LONG, AT(run, looked_at), false },
	{ "stored", FINDJSON_BOOL, AT(run, stored), false },
	{ NULL, 0, 0, false },
};

const struct findjson_member findjson_run_rules[] = {
	{ "active", FINDJSON_LONG, AT(run, rules_active), false },
	{ "shadow", FINDJSON_LONG, AT(run, rules_shadow), false },
	{ "off", FINDJSON_LONG, AT(run, rules_off), false },
	{ NULL, 0, 0, false },
};

const struct findjson_member findjson_counts[] = {
	{ "files", FINDJSON_LONG, AT(counts, files), false },
	{ "records", FINDJSON_LONG, AT(counts, records), false },
	{ "calls", FINDJSON_LONG, AT(counts, calls), false },
	{ "legs", FINDJSON_LONG, AT(counts, legs), false },
	{ "skipped", FINDJSON_LONG, AT(counts, skipped), false },
	{ "duplicates", FINDJSON_LONG, AT(counts, duplicates), false },
	{ "rejects", FINDJSON_LONG, AT(counts, rejects), false },
	{ "stored", FINDJSON_LONG, AT(counts, stored), false },
	{ NULL, 0, 0, false },
};

const struct findjson_member findjson_feed[] = {
	{ "source", FINDJSON_TEXT, AT(feed, source), false },
	{ "first", FINDJSON_TIME, AT(feed, first), false },
	{ "last", FINDJSON_TIME, AT(feed, last), false },
	{ "calls", FINDJSON_LONG, AT(feed, calls), false },
	{ NULL, 0, 0, false },
};

const struct findjson_member findjson_waiver[] = {
	{ "id", FINDJSON_TEXT, AT(waiver_told, id), false },
	{ "state", FINDJSON_TEXT, AT(waiver_told, state), false },
	{ "owner", FINDJSON_TEXT, AT(waiver_told, owner), false },
	{ "reason", FINDJSON_TEXT, AT(waiver_told, reason), false },
	{ "expires", FINDJSON_TEXT, AT(waiver_told, expires), false },
	{ "days_over", FINDJSON_LONG, AT(waiver_told, days_over), true },
	{ NULL, 0, 0, false },
};

/* RULE_UNIT of ms is 10^-9 s; of all else 10^-6. */
int
findjson_decimals(const char *unit)
{
	return strcmp(unit, "ms") == 0 ? 9 : 6;
}

const char *
findjson_unit_out(const char *unit)
{
	return strcmp(unit, "ms") == 0 ? "s" : unit;
}

const char *
findjson_unit_in(const char *name)
{
	static const char *const units[] = { "calls", "count", "share",
		"money" };
	size_t i;

	if (strcmp(name, "s") == 0)
		return "ms";
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i], name) == 0)
			return units[i];
	return NULL;
}
