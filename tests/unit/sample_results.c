#include "tests/unit/sample_results.h"

#include <string.h>

#include "tel/zone.h"

static const int64_t MINUTE = 60 * 1000;
static const int64_t CENT = 10000;

int64_t
sample_time(int month, int day, int hour, int minute, int second)
{
	int64_t days = zone_days(2026, month, day);

	return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000;
}

struct tally
sample_tally(struct results *rs, int64_t calls, int64_t seconds,
    const char *currency, int64_t micro)
{
	struct tally t = { .calls = calls, .duration = seconds * 1000 };
	struct amount a = { currency, micro };

	if (currency != NULL) {
		t.money = arena_memdup(&rs->arena, &a, sizeof(a));
		t.nmoney = 1;
	}
	return t;
}

struct fraud_case *
sample_case(struct results *rs, const char *entity_type, const char *entity,
    int score, int64_t first, int64_t last)
{
	struct fraud_case *c = results_case(rs);

	c->id = arena_printf(&rs->arena, "c-%010zx", rs->ncases * 0x9d0e41);
	c->state = "open";
	c->entity_type = entity_type;
	c->entity = entity;
	c->score = score;
	c->first_seen = first;
	c->last_seen = last;
	return c;
}

static void
add_point(struct results *rs, struct fraud_case *c, const struct finding *f,
    int points)
{
	struct point *list =
	    arena_array(&rs->arena, c->npoints + 1, sizeof(*list));
	const char **ids =
	    arena_array(&rs->arena, c->nfindings + 1, sizeof(*ids));

	if (c->npoints > 0) {
		memcpy(list, c->points, c->npoints * sizeof(*list));
		memcpy(ids, c->findings, c->nfindings * sizeof(*ids));
	}
	list[c->npoints++] =
	    (struct point){ f->rule, f->family, f->reason, f->id, points };
	ids[c->nfindings++] = f->id;
	c->points = list;
	c->findings = ids;
}

struct finding *
sample_finding(struct results *rs, struct fraud_case *c, const char *rule,
    const char *family, int score, int points, const char *reason)
{
	struct finding *f = results_finding(rs);

	f->id = arena_printf(&rs->arena, "f-%010zx", rs->n * 0x6b1f0c);
	f->rule = f->title = rule;
	f->rule_version = 1;
	f->rule_hash = "xxh128:51c0de00000000000000000000000001";
	f->family = family;
	f->fraud_type = "account-takeover";
	f->score = score;
	f->reason = reason;
	f->entity_type = "account";
	f->entity = "";
	if (c == NULL)
		return f;
	f->entity_type = c->entity_type;
	f->entity = c->entity;
	f->case_id = c->id;
	f->first_seen = c->first_seen;
	f->last_seen = f->crossed_at = c->last_seen;
	f->calls = c->calls;
	add_point(rs, c, f, points);
	return f;
}

static void
set_group(struct results *rs, struct finding *f)
{
	f->group_fields =
	    arena_memdup(&rs->arena, &f->entity_type, sizeof(f->entity_type));
	f->group_values =
	    arena_memdup(&rs->arena, &f->entity, sizeof(f->entity));
	f->ngroup = 1;
}

static void
set_triage(struct results *rs, struct finding *f, const char *one,
    const char *two)
{
	const char *lines[] = { one, two };

	f->triage = arena_memdup(&rs->arena, lines, sizeof(lines));
	f->ntriage = two != NULL ? 2 : 1;
}

static struct evidence *
add_evidence(struct results *rs, struct finding *f, size_t n)
{
	struct evidence *e = arena_array(&rs->arena, n, sizeof(*e));

	f->evidence = e;
	f->nevidence = n;
	f->truncated = f->calls.calls > (int64_t)n;
	return e;
}

/* Calls to adjacent numbers, every `pause` ms, each on every other line. */
struct series {
	size_t n;
	int64_t start, pause, duration, cost;
	const char *src, *prefix, *country;
	uint32_t line;
};

static void
set_evidence(struct results *rs, struct finding *f, const struct series *s)
{
	struct evidence *e = add_evidence(rs, f, s->n);
	size_t i;

	for (i = 0; i < s->n; i++) {
		e[i].start = s->start + (int64_t)i * s->pause;
		e[i].call_id = arena_printf(&rs->arena, "%lld.%zu",
		    (long long)(e[i].start / 1000), 4711 + i);
		e[i].src = s->src;
		e[i].dst = arena_printf(&rs->arena, "%s%02zu", s->prefix, i);
		e[i].dst_country = s->country;
		e[i].source = "berlin";
		e[i].file = "/var/log/asterisk/cdr-csv/Master.csv";
		e[i].line = s->line + 2 * (uint32_t)i;
		e[i].duration = s->duration;
		e[i].cost = s->cost;
		e[i].has_cost = s->cost > 0;
		e[i].currency = s->cost > 0 ? "EUR" : NULL;
	}
}

static void
set_run(struct results *rs)
{
	struct run *run = &rs->run;
	struct feed feeds[] = {
		{ "berlin", sample_time(1, 12, 23, 0, 12),
		    sample_time(1, 13, 22, 58, 10), 20114 },
		{ "ulm", sample_time(1, 13, 5, 41, 2),
		    sample_time(1, 13, 16, 41, 55), 9997 },
	};

	run->id = "r-20260114-0410";
	run->tool = "cdrscan";
	run->version = "1.0.0";
	run->ruleset = "xxh128:4be1c97a5d2e8f0011223344556677aa";
	run->host = "pbx1.example.net";
	run->zone = "Europe/Berlin";
	run->currency = "EUR";
	run->home_country = "DE";
	run->as_of = sample_time(1, 13, 22, 59, 59);
	run->first = feeds[0].first;
	run->last = feeds[0].last;
	run->looked_at = 30111;
	run->rules_active = 12;
	run->rules_shadow = 1;
	run->counts =
	    (struct counts){ 2, 31204, 30111, 1000, 50, 40, 3, 31111 };
	run->feeds = arena_memdup(&rs->arena, feeds, sizeof(feeds));
	run->nfeeds = 2;
	run->stored = run->complete = true;
}

void
sample_clear(struct results *rs)
{
	results_init(rs);
	set_run(rs);
}

static void
add_acme(struct results *rs)
{
	struct fraud_case *c = sample_case(rs, "account", "ACME-0042", 100,
	    sample_time(1, 13, 1, 11, 9), sample_time(1, 13, 3, 54, 39));
	struct finding *f;

	c->calls = sample_tally(rs, 110, 92620, "EUR", 90200 * CENT);
	f = sample_finding(rs, c, "known-bad-number", "list", 90, 90,
	    "100 calls to list known-bad: +53755501...");
	f->measure = "count";
	f->unit = "count";
	f->op = "gte";
	f->value = 100 * INT64_C(1000000);
	f->limit = INT64_C(1000000);
	f->has_limit = true;
	set_evidence(rs, f,
	    &(struct series){ 20, c->first_seen, 90000, 842000, 820 * CENT,
		"2041", "+53755501", "CU", 1042 });
	set_triage(rs, f,
	    "Is the list entry still in force?  cdrrules lists known-bad shows "
	    "its source and date.",
	    NULL);
	f = sample_finding(rs, c, "concurrent-calls", "concurrency", 85, 8,
	    "10 calls at once for user 2041; limit 4");
	set_evidence(rs, f,
	    &(struct series){ 10, c->first_seen + 4 * MINUTE, 45000, 421000,
		410 * CENT, "2041", "+53755502", "CU", 1047 });
	set_triage(rs, f, "One registration or several?",
	    "Attempts without an answer are probing: block the range before "
	    "the next night, and ask who may call it at all.");
	sample_finding(rs, c, "high-risk-country", "destination", 85, 2,
	    "110 calls to CU, EUR 902.00 in one day");
	sample_finding(rs, c, "after-hours-international", "time", 65, 0,
	    "80 answered calls in 2 h; limit 3");
	sample_finding(rs, c, "sequential-numbers", "pattern", 55, 0,
	    "20 adjacent numbers in 30 min; limit 8");
	sample_finding(rs, c, "volume-spike", "volume", 50, 0,
	    "110 calls; median of 20 like days is 22");
}

static void
add_law(struct results *rs)
{
	struct fraud_case *c = sample_case(rs, "account", "LAW-113", 92,
	    sample_time(1, 12, 21, 40, 0), sample_time(1, 13, 0, 2, 30));
	struct finding *f;

	c->calls = sample_tally(rs, 5, 7260, "EUR", 6200 * CENT);
	f = sample_finding(rs, c, "forward-international", "forwarding", 65, 65,
	    "5 calls forwarded by 3107 to +88213555... (satellite)");
	set_evidence(rs, f,
	    &(struct series){ 5, c->first_seen, 1890000, 1452000, 1240 * CENT,
		"+4930555012", "+882135550", NULL, 871 });
	set_triage(rs, f, "Who set the forward, and from where?", NULL);
	sample_finding(rs, c, "first-country", "dormancy", 60, 21,
	    "first calls to a satellite network in 90 days");
	sample_finding(rs, c, "after-hours-international", "time", 45, 6,
	    "5 answered calls in 2 h; limit 3");
}

static void
add_apart(struct results *rs)
{
	struct finding *f;

	f = sample_finding(rs, NULL, "high-risk-country", "destination", 40, 0,
	    "8 calls to CU, EUR 31.20 in one day");
	f->kind = KIND_WAIVED;
	f->entity = "EXPORT-3";
	f->first_seen = sample_time(1, 13, 9, 0, 0);
	f->last_seen = f->crossed_at = sample_time(1, 13, 10, 0, 0);
	f->calls = sample_tally(rs, 8, 3723, "EUR", 3120 * CENT);
	f = sample_finding(rs, NULL, "machine-like-durations", "pattern", 30, 0,
	    "61 % of 120 calls last 6 s; 48 callers");
	f->kind = KIND_SHADOW;
	f->entity_type = "dst";
	f->entity = "+18005550142";
	f->first_seen = sample_time(1, 13, 9, 0, 0);
	f->last_seen = f->crossed_at = sample_time(1, 13, 9, 30, 0);
	f->calls = sample_tally(rs, 120, 720, NULL, 0);
}

void
sample_night(struct results *rs)
{
	struct fraud_case *c;
	struct finding *f;
	size_t i;

	sample_clear(rs);
	add_acme(rs);
	add_law(rs);
	c = sample_case(rs, "account", "CLINIC-7", 55,
	    sample_time(1, 13, 11, 0, 5), sample_time(1, 13, 11, 4, 51));
	c->calls = sample_tally(rs, 14, 70, "EUR", 0);
	f = sample_finding(rs, c, "pin-guessing", "auth", 55, 55,
	    "14 calls under 10 s into voicemail in 5 min; limit 3");
	set_evidence(rs, f,
	    &(struct series){ 14, c->first_seen, 22000, 5000, 0, "+13125550142",
		"*9", "", 5019 });
	c = sample_case(rs, "account", "SHOP-9", 50,
	    sample_time(1, 13, 8, 0, 0), sample_time(1, 13, 17, 12, 44));
	c->calls = sample_tally(rs, 63, 6216, "EUR", 126 * CENT);
	f = sample_finding(rs, c, "volume-spike", "volume", 50, 50,
	    "63 calls; median of 20 like days is 9");
	set_evidence(rs, f,
	    &(struct series){ 3, c->first_seen, 540000, 98000, 2 * CENT, "301",
		"+4930555010", "DE", 3308 });
	add_apart(rs);
	for (i = 0; i < rs->n; i++) {
		rs->findings[i]->state = "new";
		set_group(rs, rs->findings[i]);
	}
}

void
sample_hostile(struct results *rs)
{
	char *endless;
	struct fraud_case *c;
	struct finding *f;
	struct evidence *e;

	results_init(rs);
	set_run(rs);
	endless = arena_alloc(&rs->arena, 10001);
	memset(endless, 'A', 10000);
	c = sample_case(rs, "account", "\033[2J\033[1;31mroot\033[0m", 85,
	    sample_time(1, 13, 1, 0, 0), sample_time(1, 13, 1, 10, 0));
	c->calls = sample_tally(rs, 4, 60, "E\033[7mR", 100 * CENT);
	f = sample_finding(rs, c, "known-bad-number", "list", 85, 85,
	    "calls of \xe2\x80\xaegnp.exe and \"\n\nAll clear: nothing to look "
	    "at.\" \xff\xfe <script>alert(1)</script> %s%n");
	set_triage(rs, f, endless, NULL);
	e = add_evidence(rs, f, 4);
	e[0] = (struct evidence){ .start = c->first_seen,
		.src = endless,
		.dst = "+53\t7555\r0100",
		.dst_country = "CU",
		.source = "berlin",
		.file = "night\033]0;owned\007.csv",
		.line = 7,
		.duration = 15000,
		.has_cost = true,
		.cost = 25 * CENT,
		.currency = "E\033[7mR" };
	e[1] = e[2] = e[3] = e[0];
	e[1].src = "J\xc3\xbcrgen \xe2\x81\xa6M\xc3\xbcller\xe2\x81\xa9";
	e[1].line = 8;
	e[2].src = "\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0";
	e[2].dst = endless;
	e[2].file = endless;
	e[2].line = UINT32_MAX;
	e[3].src = e[3].dst = "";
	e[3].line = 9;
	rs->run.host = endless;
}

static void
add_three_currencies(struct results *rs)
{
	static const struct amount money[] = {
		{ "CHF", INT64_C(1234567890) },
		{ "EUR", INT64_C(987654321987654) },
		{ "USD", INT64_C(70000) },
	};
	struct fraud_case *c = sample_case(rs, "dst", "+18005550142", 74,
	    sample_time(1, 9, 21, 40, 0), sample_time(1, 13, 20, 2, 30));
	struct finding *f;
	struct evidence *e;
	int i;

	c->calls = (struct tally){ .calls = INT64_C(123456789),
		.duration = INT64_C(999999999000),
		.money = money,
		.nmoney = 3 };
	f = sample_finding(rs, c, "toll-free-pumping-same-duration", "pattern",
	    60, 60,
	    "61 % of 120 calls last 6 s, from 48 callers, none of whom ever "
	    "called before; 30 calls an hour are usual here");
	e = add_evidence(rs, f, 3);
	for (i = 0; i < 3; i++) {
		e[i] = (struct evidence){ .start = c->first_seen + i * MINUTE,
			.src = "+442079460123",
			.dst = c->entity,
			.dst_country = "US",
			.source = i == 1 ? "ulm" : "berlin",
			.file = i == 1 ? "ulm/Master.csv.1.gz" : "Master.csv",
			.line = (uint32_t)(999 + i),
			.duration = 6000,
			.has_cost = true,
			.cost = money[i].micro,
			.currency = money[i].currency };
	}
	sample_finding(rs, c, "toll-free-pumping-unknown-callers",
	    "inbound-quality", 35, 14, "48 of 48 callers never seen before");
}

void
sample_currencies(struct results *rs)
{
	struct fraud_case *c;
	struct finding *f;

	results_init(rs);
	set_run(rs);
	add_three_currencies(rs);
	c = sample_case(rs, "account",
	    "M\xc3\xbcller & S\xc3\xb6hne Gro\xc3\x9fhandels-Aktiengesellschaft, "
	    "Zweigniederlassung Garmisch-Partenkirchen, Abteilung Einkauf",
	    61, sample_time(1, 13, 1, 0, 0), sample_time(1, 13, 2, 0, 0));
	c->state = "acknowledged";
	c->calls = sample_tally(rs, 3, 0, "", 5 * CENT);
	c->calls.estimated = true;
	f = sample_finding(rs, c, "premium-and-satellite", "destination", 61,
	    61, "3 calls to premium-rate numbers");
	set_evidence(rs, f,
	    &(struct series){ 3, c->first_seen, 90000, 0, 0, "2041",
		"+491905550", "DE", 1042 });
	c = sample_case(rs, "extension", "\xe5\x8f\x97\xe4\xbb\x98", 39,
	    sample_time(1, 13, 1, 0, 0), sample_time(1, 13, 1, 0, 0));
	c->calls = sample_tally(rs, 1, 3, NULL, 0);
	sample_finding(rs, c, "a-rule-whose-name-is-as-long-as-they-get",
	    "time", 39, 39, "1 call");
	rs->run.host = NULL;
}

void
sample_many(struct results *rs, int n)
{
	struct fraud_case *c;
	int i, score;

	results_init(rs);
	set_run(rs);
	for (i = 0; i < n; i++) {
		score = 100 - i * 99 / n;
		c = sample_case(rs, "account",
		    arena_printf(&rs->arena, "ACCOUNT-%04d", i), score,
		    sample_time(1, 13, 8, 0, i % 60),
		    sample_time(1, 13, 9, 0, i % 60));
		c->calls = sample_tally(rs, 10 + i, 61 * (i + 1), NULL, 0);
		sample_finding(rs, c, i % 2 == 0 ? "volume-spike" : "call-rate",
		    "volume", score, score,
		    arena_printf(&rs->arena, "%d calls in one hour; limit 10",
			10 + i));
	}
}
