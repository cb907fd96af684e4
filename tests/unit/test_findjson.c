#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "detect/findjson.h"
#include "rule/quantity.h"

/* Everything of some results as NDJSON. */
static char *
stream_of(const struct results *rs, bool with_run)
{
	struct jsonout j;
	struct buf out;
	size_t i;

	buf_init(&out);
	for (i = 0; i < rs->n; i++) {
		jsonout_init(&j, &out, false);
		findjson_finding(&j, rs->findings[i], &rs->run);
		buf_addch(&out, '\n');
	}
	for (i = 0; i < rs->ncases; i++) {
		jsonout_init(&j, &out, false);
		findjson_case(&j, rs->cases[i]);
		buf_addch(&out, '\n');
	}
	if (with_run) {
		jsonout_init(&j, &out, false);
		findjson_run(&j, &rs->run);
		buf_addch(&out, '\n');
	}
	return buf_detach(&out);
}

static const char *const words[] = { "A1", "+53755501", "Müller \"&\" Söhne",
	"a\\b", "2041", "x\ny",
	("\xe2\x80\xae"
	 "evil"),
	"0042" };

static const char *
word(void)
{
	return words[rand() % 8];
}

static const char *
word_or_none(void)
{
	return rand() % 2 ? word() : NULL;
}

static int64_t
when(void)
{
	return INT64_C(1768262400000) + rand() % 1000000 * INT64_C(1000);
}

static int64_t
much(void)
{
	return rand() % 3 == 0 ? INT64_C(9007199254740993) + rand() : rand();
}

static void
random_tally(struct results *rs, struct tally *t)
{
	static const char *const codes[] = { "", "CHF", "EUR", "USD" };
	struct amount *money = arena_array(&rs->arena, 4, sizeof(*money));
	size_t i;

	t->calls = rand() % 100000;
	t->duration = rand() % 100000 * INT64_C(1000);
	t->money = money;
	t->estimated = rand() % 2;
	for (i = 0; i < 4; i++)
		if (rand() % 2)
			money[t->nmoney++] =
			    (struct amount){ codes[i], much() };
}

static void
random_measure(struct results *rs, struct finding *f)
{
	static const char *const units[] = { "calls", "count", "share", "ms",
		"money" };
	struct reading *also = arena_array(&rs->arena, 2, sizeof(*also));

	f->measure = "count";
	f->of = word_or_none();
	f->window = rand() % 2 ? "2h" : NULL;
	f->unit = units[rand() % 5];
	f->value = much();
	f->has_limit = rand() % 2;
	f->limit = f->has_limit ? much() : 0;
	f->op = f->has_limit ? "gte" : NULL;
	f->has_baseline = rand() % 2;
	f->baseline = f->has_baseline ? much() : 0;
	f->nalso = (size_t)(rand() % 3);
	f->also = also;
	also[0] = (struct reading){ .measure = "distinct",
		.of = "dst",
		.unit = "count",
		.value = much() };
	also[1] = (struct reading){ .measure = "ratio",
		.unit = "share",
		.op = "lte",
		.value = 333333,
		.has_limit = true,
		.limit = 500000 };
}

static void
random_evidence(struct results *rs, struct finding *f)
{
	struct evidence *e = arena_array(&rs->arena, 5, sizeof(*e));
	size_t i;

	f->nevidence = (size_t)(rand() % 6);
	f->evidence = e;
	for (i = 0; i < f->nevidence; i++) {
		e[i] = (struct evidence){ .start = when(),
			.call_id = word_or_none(),
			.src = word_or_none(),
			.dst = word_or_none(),
			.dst_country = word_or_none(),
			.source = word(),
			.file = word_or_none(),
			.currency = word_or_none(),
			.duration = rand() % 1000 * 1000,
			.has_cost = rand() % 2,
			.estimated = rand() % 2,
			.list = word_or_none(),
			.entry = word_or_none(),
			.entry_source = word_or_none(),
			.entry_note = word_or_none(),
			.line = (uint32_t)rand() };
		e[i].cost = e[i].has_cost ? much() : 0;
	}
	f->truncated = rand() % 2;
}

static void
random_params(struct results *rs, struct finding *f)
{
	struct param_value *p = arena_array(&rs->arena, 2, sizeof(*p));

	p[0] = (struct param_value){ "calls", much(), false };
	p[1] = (struct param_value){ "span",
		(1 + rand() % 100000) * 1000 * RULE_UNIT, true };
	f->params = p;
	f->nparams = (size_t)(rand() % 3);
}

static void
random_finding(struct results *rs)
{
	static const char *const fields[] = { "account", "dst" };
	struct finding *f = results_finding(rs);
	const char **values = arena_array(&rs->arena, 2, sizeof(*values));

	values[0] = word();
	values[1] = word();
	*f = (struct finding){ .id = word(),
		.kind = (enum finding_kind)(rand() % 3),
		.state = word_or_none(),
		.rule = word(),
		.title = word(),
		.family = word(),
		.fraud_type = word(),
		.rule_hash = word(),
		.rule_version = rand() % 100,
		.triage = words,
		.ntriage = (size_t)(rand() % 3),
		.score = rand() % 101,
		.entity_type = word(),
		.entity = word(),
		.group_fields = fields,
		.group_values = values,
		.ngroup = (size_t)(rand() % 3),
		.first_seen = when(),
		.last_seen = when(),
		.crossed_at = when(),
		.reason = word(),
		.waivers = words,
		.nwaivers = (size_t)(rand() % 3),
		.case_id = word_or_none() };
	random_params(rs, f);
	random_tally(rs, &f->calls);
	random_evidence(rs, f);
	if (rand() % 4)
		random_measure(rs, f);
}

static void
random_case(struct results *rs)
{
	struct fraud_case *c = results_case(rs);
	struct point *points = arena_array(&rs->arena, 3, sizeof(*points));
	size_t i;

	*c = (struct fraud_case){ .id = word(),
		.state = word_or_none(),
		.previous = word_or_none(),
		.heirs = words,
		.nheirs = (size_t)(rand() % 3),
		.entity_type = word(),
		.entity = word(),
		.score = rand() % 101,
		.first_seen = when(),
		.last_seen = when(),
		.points = points,
		.npoints = (size_t)(rand() % 4),
		.findings = words,
		.nfindings = (size_t)(rand() % 4) };
	random_tally(rs, &c->calls);
	for (i = 0; i < 3; i++)
		points[i] = (struct point){ word(), word(), word(), word(),
			rand() % 101 };
}

static void
random_waivers(struct results *rs)
{
	struct waiver_told *w = arena_array(&rs->arena, 2, sizeof(*w));
	size_t i;

	for (i = 0; i < 2; i++) {
		w[i] = (struct waiver_told){ .id = word(),
			.owner = word(),
			.reason = word(),
			.state = "used",
			.expires = "2026-01-24",
			.days_over = rand() % 3 };
		random_tally(rs, &w[i].calls);
	}
	rs->run.waivers = w;
	rs->run.nwaivers = (size_t)(rand() % 3);
}

static void
random_run(struct results *rs)
{
	struct feed *feeds = arena_array(&rs->arena, 2, sizeof(*feeds));
	struct run *run = &rs->run;

	feeds[0] = (struct feed){ word(), when(), when(), rand() };
	feeds[1] = (struct feed){ word(), when(), when(), rand() };
	*run = (struct run){ .id = word(),
		.tool = word(),
		.version = word(),
		.ruleset = word_or_none(),
		.host = word_or_none(),
		.zone = word_or_none(),
		.currency = word_or_none(),
		.home_country = word_or_none(),
		.as_of = when(),
		.first = rand() % 2 ? when() : 0,
		.last = rand() % 2 ? when() : 0,
		.counts = { rand(), rand(), rand(), rand(), rand(), rand(),
		    rand(), rand() },
		.looked_at = rand(),
		.rules_active = rand(),
		.rules_shadow = rand(),
		.rules_off = rand(),
		.feeds = feeds,
		.nfeeds = (size_t)(rand() % 3),
		.remarks = words,
		.nremarks = (size_t)(rand() % 4),
		.stored = rand() % 2 };
}

/* What was read is written the same again. */
static void
test_round_trip(void **state)
{
	unsigned seed = (unsigned)time(NULL);
	struct results rs, back;
	struct errmsg err;
	char *first, *second;
	int round, i;

	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	for (round = 0; round < 200; round++) {
		results_init(&rs);
		results_init(&back);
		for (i = rand() % 5; i > 0; i--)
			random_finding(&rs);
		for (i = rand() % 4; i > 0; i--)
			random_case(&rs);
		random_run(&rs);
		random_waivers(&rs);
		first = stream_of(&rs, true);
		if (findjson_read_stream(&back, first, strlen(first), "s",
			&err) != 0)
			fail_msg("%s", err.text);
		assert_true(back.run.complete);
		assert_int_equal(back.n, rs.n);
		second = stream_of(&back, true);
		assert_string_equal(first, second);
		free(first);
		free(second);
		results_fini(&rs);
		results_fini(&back);
	}
}

static const struct evidence call = { .start = INT64_C(1768266669000),
	.call_id = "1768266669.4711",
	.src = "2041",
	.dst = "+13125550142",
	.dst_country = "US",
	.duration = 842900,
	.cost = 8200000,
	.has_cost = true,
	.currency = "EUR",
	.source = "pbx1",
	.file = "Master.csv",
	.line = 1042 };

static void
make_finding(struct results *rs)
{
	static const char *const fields[] = { "account", "user" };
	static const char *const values[] = { "ACME-0042", "2041" };
	static const struct amount money[] = { { "EUR", 902000000 } };

	*results_finding(rs) = (struct finding){ .id = "f-6b1f0c52d9",
		.rule = "concurrent-calls",
		.rule_version = 1,
		.title = "One user in more calls than a person can be",
		.family = "concurrency",
		.fraud_type = "account-takeover",
		.rule_hash = "xxh128:51c0de",
		.score = 85,
		.entity_type = "account",
		.entity = "ACME-0042",
		.group_fields = fields,
		.group_values = values,
		.ngroup = 2,
		.first_seen = INT64_C(1768266669000),
		.last_seen = INT64_C(1768276479000),
		.crossed_at = INT64_C(1768266939000),
		.measure = "concurrent",
		.unit = "calls",
		.value = 10000000,
		.limit = 4000000,
		.has_limit = true,
		.op = "gte",
		.calls = { 110, 92620000, money, 1, false },
		.reason = "10 calls at once for user 2041; limit 4",
		.evidence = &call,
		.nevidence = 1,
		.truncated = true,
		.case_id = "c-9d0e41c27b" };
	rs->run.ruleset = "xxh128:4be1c97a";
}

static void
test_finding(void **state)
{
	struct results rs;
	char *text;

	(void)state;
	results_init(&rs);
	make_finding(&rs);
	text = stream_of(&rs, false);
	assert_string_equal(text,
	    "{\"schema\":\"cdr.finding/1\",\"id\":\"f-6b1f0c52d9\","
	    "\"kind\":\"finding\","
	    "\"title\":\"One user in more calls than a person can be\","
	    "\"rule\":{\"id\":\"concurrent-calls\",\"version\":1,"
	    "\"name\":\"One user in more calls than a person can be\","
	    "\"family\":\"concurrency\",\"fraud_type\":\"account-takeover\","
	    "\"hash\":\"xxh128:51c0de\"},\"score\":85,"
	    "\"severity\":\"critical\",\"severity_id\":5,"
	    "\"entity\":{\"type\":\"account\",\"id\":\"ACME-0042\"},"
	    "\"group\":{\"account\":\"ACME-0042\",\"user\":\"2041\"},"
	    "\"first_seen\":\"2026-01-13T01:11:09Z\","
	    "\"last_seen\":\"2026-01-13T03:54:39Z\","
	    "\"crossed_at\":\"2026-01-13T01:15:39Z\","
	    "\"measure\":{\"fn\":\"concurrent\",\"value\":10,"
	    "\"unit\":\"calls\",\"limit\":4,\"op\":\"gte\"},"
	    "\"calls\":{\"count\":110,\"duration_s\":92620,\"cost\":902,"
	    "\"currency\":\"EUR\"},"
	    "\"reason\":\"10 calls at once for user 2041; limit 4\","
	    "\"evidence\":[{\"start\":\"2026-01-13T01:11:09Z\","
	    "\"call_id\":\"1768266669.4711\",\"src\":\"2041\","
	    "\"dst\":\"+13125550142\",\"dst_country\":\"US\","
	    "\"duration_s\":842,\"currency\":\"EUR\",\"source\":\"pbx1\","
	    "\"file\":\"Master.csv\",\"line\":1042,\"cost\":8.2}],"
	    "\"evidence_truncated\":true,\"case\":\"c-9d0e41c27b\","
	    "\"ruleset\":\"xxh128:4be1c97a\"}\n");
	free(text);
	results_fini(&rs);
}

/* Results of a text; the status and the words. */
static int
read(struct results *rs, const char *text, struct errmsg *err)
{
	results_init(rs);
	err->text[0] = '\0';
	return findjson_read_stream(rs, text, strlen(text), "s", err);
}

static const char run_line[] =
    "{\"schema\":\"cdr.run/1\",\"id\":\"r\",\"tool\":\"t\",\"version\":\"1\","
    "\"as_of\":\"2026-01-13T01:11:09Z\",\"looked_at\":1,\"stored\":false,"
    "\"counts\":{\"files\":1,\"records\":1,\"calls\":1,\"legs\":0,"
    "\"skipped\":0,\"duplicates\":0,\"rejects\":0,\"stored\":0},"
    "\"rules\":{\"active\":1,\"shadow\":0,\"off\":0},\"feeds\":[],"
    "\"remarks\":[]}";

/* A stream that was cut off is incomplete, not wrong. */
static void
test_streams(void **state)
{
	struct results rs;
	struct errmsg err;
	struct buf b;
	char *finding;
	size_t cut;
	int status;

	(void)state;
	results_init(&rs);
	make_finding(&rs);
	finding = stream_of(&rs, false);
	results_fini(&rs);
	buf_init(&b);
	buf_addf(&b, "%s%s\n", finding, run_line);
	assert_int_equal(read(&rs, b.data, &err), 0);
	assert_int_equal(rs.n, 1);
	assert_string_equal(rs.run.id, "r");
	results_fini(&rs);
	for (cut = 0; cut < b.len - 1; cut++) {
		results_init(&rs);
		status = findjson_read_stream(&rs, b.data, cut, "s", &err);
		assert_int_equal(status, cut == b.len - 1 ? 0 : 1);
		assert_int_equal(rs.n, cut + 1 >= strlen(finding));
		results_fini(&rs);
	}
	assert_int_equal(read(&rs, "\n \r\n", &err), 1);
	results_fini(&rs);

	buf_reset(&b);
	buf_addf(&b,
	    "{\n\"schema\":\"cdr.report/1\",\n\"run\":%s,\n\"cases\":[],\n"
	    "\"findings\":[%.*s]}\n",
	    run_line, (int)strlen(finding) - 1, finding);
	assert_int_equal(read(&rs, b.data, &err), 0);
	assert_int_equal(rs.n, 1);
	results_fini(&rs);
	free(finding);
	buf_fini(&b);
}

static void
test_numbers(void **state)
{
	static const struct {
		const char *number;
		int64_t micro;
	} rows[] = {
		{ "902", 902000000 },
		{ "902.0", 902000000 },
		{ "8.2000000", 8200000 },
		{ "0.0000019", 1 },
		{ "-0.5", -500000 },
		{ "9007199254.740993", INT64_C(9007199254740993) },
		{ "1e3", 1000000000 },
		{ "1.5E+2", 150000000 },
	};
	struct results rs;
	struct errmsg err;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_reset(&b);
		buf_addf(&b,
		    "{\"schema\":\"cdr.case/1\",\"id\":\"c\",\"score\":1,"
		    "\"entity\":{\"type\":\"t\",\"id\":\"e\"},"
		    "\"first_seen\":\"2026-01-13T01:11:09Z\","
		    "\"last_seen\":\"2026-01-13T01:11:09Z\","
		    "\"calls\":{\"count\":1,\"duration_s\":1,\"cost\":%s},"
		    "\"points\":[],\"findings\":[],\"new\":{\"x\":[1]}}\n",
		    rows[i].number);
		assert_int_equal(read(&rs, b.data, &err), 1);
		assert_int_equal(rs.cases[0]->calls.money[0].micro,
		    rows[i].micro);
		results_fini(&rs);
	}
	buf_fini(&b);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *from, *to, *words;
	} rows[] = {
		{ "cdr.run/1", "cdr.run/2", "s:1: unknown schema 'cdr.run/2'" },
		{ "\"schema\"", "\"scheme\"",
		    "s:1: an object with a \"schema\" is needed" },
		{ "\"tool\":\"t\",", "",
		    "s:1: cdr.run/1: key 'tool' is missing" },
		{ "\"t\"", "7",
		    "s:1: cdr.run/1: key 'tool': a text is needed" },
		{ "01:11:09Z", "99:11:09Z",
		    "s:1: cdr.run/1: key 'as_of': a time such as "
		    "\"2026-01-13T01:11:09Z\" is needed" },
		{ "\"looked_at\":1", "\"looked_at\":\"1\"",
		    "s:1: cdr.run/1: key 'looked_at': a number is needed" },
		{ "\"looked_at\":1", "\"looked_at\":1e300",
		    "s:1: cdr.run/1: key 'looked_at': a smaller number is "
		    "needed" },
		{ "\"stored\":false", "\"stored\":0",
		    "s:1: cdr.run/1: key 'stored': true or false is needed" },
		{ "\"legs\":0,", "",
		    "s:1: cdr.run/1: counts: key 'legs' is missing" },
		{ "\"rules\":{\"active\":1,\"shadow\":0,\"off\":0}",
		    "\"rules\":[]",
		    "s:1: cdr.run/1: key 'rules': an object is needed" },
		{ "\"feeds\":[]", "\"feeds\":[1]",
		    "s:1: cdr.run/1: key 'feeds': an array of objects is "
		    "needed" },
		{ "\"remarks\":[]", "\"remarks\":[1]",
		    "s:1: cdr.run/1: key 'remarks': an array of texts is "
		    "needed" },
	};
	struct results rs;
	struct errmsg err;
	const char *at;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		at = strstr(run_line, rows[i].from);
		assert_non_null(at);
		buf_reset(&b);
		buf_add(&b, run_line, (size_t)(at - run_line));
		buf_addf(&b, "%s%s\n", rows[i].to, at + strlen(rows[i].from));
		assert_int_equal(read(&rs, b.data, &err), -1);
		assert_string_equal(err.text, rows[i].words);
		results_fini(&rs);
	}
	assert_int_equal(read(&rs, "\n{\"schema\":}\n", &err), -1);
	assert_memory_equal(err.text, "s:2:", 4);
	results_fini(&rs);
	assert_int_equal(read(&rs, "[]\n", &err), -1);
	results_fini(&rs);
	buf_fini(&b);
}

/* A limit without the way it is crossed says nothing. */
static void
test_limit(void **state)
{
	static const char *const measures[] = {
		"\"measure\":{\"fn\":\"count\",\"value\":3,\"unit\":\"calls\"",
		"\"also\":[{\"fn\":\"count\",\"value\":3,"
		"\"unit\":\"calls\"",
	};
	static const char *const ends[] = { "}", "}]" };
	struct results rs;
	struct errmsg err;
	struct buf b;
	int i, with_op;

	(void)state;
	buf_init(&b);
	for (i = 0; i < 4; i++) {
		with_op = i % 2;
		buf_reset(&b);
		buf_addf(&b,
		    "{\"schema\":\"cdr.finding/1\",\"id\":\"f\","
		    "\"kind\":\"finding\",\"title\":\"t\","
		    "\"rule\":{\"id\":\"r\",\"version\":1,\"name\":\"n\","
		    "\"family\":\"f\",\"fraud_type\":\"t\",\"hash\":\"h\"},"
		    "\"score\":1,\"entity\":{\"type\":\"t\",\"id\":\"e\"},"
		    "\"group\":{},\"first_seen\":\"2026-01-13T01:11:09Z\","
		    "\"last_seen\":\"2026-01-13T01:11:09Z\","
		    "\"crossed_at\":\"2026-01-13T01:11:09Z\","
		    "%s,\"limit\":3%s%s,"
		    "\"calls\":{\"count\":1,\"duration_s\":1},"
		    "\"reason\":\"r\",\"evidence\":[],"
		    "\"evidence_truncated\":false}\n",
		    measures[i / 2], with_op ? ",\"op\":\"gte\"" : "",
		    ends[i / 2]);
		if (read(&rs, b.data, &err) != (with_op ? 1 : -1))
			fail_msg("%d: %s", i, err.text);
		if (!with_op)
			assert_non_null(strstr(err.text, "'op' is missing"));
		results_fini(&rs);
	}
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_finding),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
