#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "rule/predicate.h"
#include "tel/calltime.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { CALLS = 5 };

/*
 * Five calls that every predicate below is asked about:
 *   0  out to Cuba at two in the night, 31 s, 1.50
 *   1  in to a toll-free number in the morning, 10 s, an IVR
 *   2  in from nobody to an extension in the evening, not answered
 *   3  out, forwarded by 2042, busy
 *   4  through, from a number to itself, at a source in New York that has a
 *      calendar of its own: 08:30 there, 13:30 UTC
 */
struct fixture {
	struct batch *batch;
	struct named named;
	struct arena arena;
	struct notes notes;
	struct json_doc *doc;
	const struct predicate *p;
};

static const struct param declared[] = {
	{ "least", "", false, 2 * RULE_UNIT, 0, 0, "" },
	{ "hold", "", true, 31000 * RULE_UNIT, 0, 0, "" },
};
static const struct params params = { declared, 2 };

static int64_t
at(const char *text)
{
	struct errmsg err;
	int64_t t;

	assert_int_equal(time_parse(text, zone_utc(), 0, &t, &err), 0);
	return t;
}

static uint32_t
name(struct batch *b, const char *text)
{
	return intern_addstr(b->names, text);
}

static uint32_t
party(struct batch *b, const char *text, const char *country, enum numkind kind,
    enum party_kind known)
{
	struct party p = { .text = name(b, text),
		.country = name(b, country),
		.kind = (uint8_t)kind,
		.party = (uint8_t)known,
		.inside = known == PARTY_INTERNAL,
		.international = strcmp(country, "CU") == 0 };

	return batch_party(b, &p);
}

static struct call *
add(struct batch *b, const char *start, enum call_direction direction,
    enum call_status status, uint32_t src, uint32_t dst)
{
	struct origin *origin;
	struct call *c;

	(void)batch_add(b, &c, &origin);
	c->start = at(start);
	c->direction = (uint8_t)direction;
	c->status = (uint8_t)status;
	c->src = src;
	c->dst = dst;
	c->account = name(b, "A1");
	return c;
}

static void
add_calls(struct batch *b)
{
	uint32_t inside =
	    party(b, "2041", "", NUMKIND_INTERNAL, PARTY_INTERNAL);
	uint32_t own =
	    party(b, "+13125550142", "US", NUMKIND_FIXED_OR_MOBILE, PARTY_OK);
	struct call *c;

	c = add(b, "2026-01-13T02:00", DIR_OUT, STATUS_ANSWERED, inside,
	    party(b, "+5375550142", "CU", NUMKIND_FIXED, PARTY_OK));
	c->duration = 31000;
	batch_set_cost(b, 0, 1500000);
	c->flags = CALL_HAS_COST;
	c->user = name(b, "2041");
	c = add(b, "2026-01-13T10:00", DIR_IN, STATUS_ANSWERED, own,
	    party(b, "+18005550199", "US", NUMKIND_TOLL_FREE, PARTY_OK));
	c->duration = 10000;
	c->feature = FEATURE_IVR;
	(void)add(b, "2026-01-13T18:30", DIR_IN, STATUS_NO_ANSWER,
	    party(b, "", "", NUMKIND_UNKNOWN, PARTY_ANONYMOUS), inside);
	c = add(b, "2026-06-01T00:30", DIR_OUT, STATUS_BUSY, inside,
	    party(b, "+442079460123", "GB", NUMKIND_FIXED, PARTY_OK));
	c->flags = CALL_FORWARDED;
	batch_set_extra(b, EXTRA_FORWARDED_BY, 3,
	    party(b, "2042", "", NUMKIND_INTERNAL, PARTY_INTERNAL));
	b->origins[3].cause = 17;
	c = add(b, "2026-01-13T13:30", DIR_TRANSIT, STATUS_ANSWERED, own, own);
	c->account = name(b, "B2");
	c->source = 1;
}

static void
put_list(struct named *n, const char *list_name, const char *of,
    enum numlist_kind kind, const char *value, const char *expires)
{
	struct numlist *list = numlist_new(list_name, kind);
	struct numlist_entry e = { .value = value,
		.source = "case 7",
		.note = "",
		.added = INT64_MIN,
		.expires = NUMLIST_NEVER };
	struct errmsg err;

	if (expires != NULL)
		assert_int_equal(date_parse(expires, &e.expires), 0);
	assert_int_equal(numlist_add(list, &e, &err), 0);
	numlist_seal(list);
	named_put_list(n, &(struct named_list){ .name = list_name,
			      .of = field_find(of),
			      .list = list });
}

static void
put_calendar(struct named *n, const char *calendar_name, const char *days,
    const char *hours)
{
	struct calendar *c = calendar_new(calendar_name);
	struct errmsg err;

	assert_int_equal(calendar_open(c, days, hours, &err), 0);
	named_put_calendar(n,
	    &(struct named_calendar){ .name = calendar_name, .calendar = c });
}

static int
set_up(void **state)
{
	static struct fixture f;
	struct errmsg err;

	memset(&f, 0, sizeof(f));
	f.batch = batch_new();
	named_init(&f.named);
	arena_init(&f.arena);
	notes_init(&f.notes);
	(void)batch_source(f.batch, "pbx1", "berlin", zone_utc(), NULL);
	(void)batch_source(f.batch, "pbx2", "york",
	    zone_get("America/New_York", &err), "late");
	add_calls(f.batch);
	put_list(&f.named, "bad", "dst", NUMLIST_PREFIX, "+5375", NULL);
	put_list(&f.named, "old", "dst", NUMLIST_PREFIX, "+44207946",
	    "2026-06-01");
	put_list(&f.named, "young", "dst", NUMLIST_PREFIX, "+44207946",
	    "2026-06-02");
	put_list(&f.named, "risk", "dst_country", NUMLIST_EXACT, "CU", NULL);
	put_calendar(&f.named, "business-hours", "mon-fri", "08:00-18:00");
	put_calendar(&f.named, "late", "mon-fri", "09:00-18:00");
	put_calendar(&f.named, "always", "mon-sun", "00:00-24:00");
	*state = &f;
	return 0;
}

static void
drop(struct fixture *f)
{
	predicate_release(f->p);
	f->p = NULL;
	json_free(&f->doc);
	notes_fini(&f->notes);
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	drop(f);
	batch_free(&f->batch);
	named_fini(&f->named);
	arena_fini(&f->arena);
	return 0;
}

static void
compile(struct fixture *f, const char *text)
{
	drop(f);
	f->doc = json_parse(text, strlen(text), "file", &f->notes);
	assert_non_null(f->doc);
	f->p =
	    predicate_compile(json_root(f->doc), &f->arena, &params, &f->notes);
}

/* All calls at a time gives what one after the other gave. */
static void
selected(struct fixture *f, const struct predicate_answers *answers,
    const char *want)
{
	struct errmsg err;
	uint64_t bits[1];
	size_t i;

	assert_int_equal(predicate_select(answers, f->p, false, f->batch,
			     &f->named, bits, &err),
	    0);
	for (i = 0; i < 64; i++)
		assert_int_equal(bits[0] >> i & 1, i < CALLS && want[i] == '1');
}

/* "10010": which of the calls it holds for. */
static void
answers(struct fixture *f, char out[CALLS + 1])
{
	struct predicate_bound *bound;
	struct errmsg err;
	size_t i;

	assert_int_equal(predicate_bind(&bound, f->p, f->batch, &f->named,
			     &err),
	    0);
	for (i = 0; i < CALLS; i++)
		out[i] = predicate_test(bound, f->batch, i) ? '1' : '0';
	out[CALLS] = '\0';
	predicate_unbind(&bound);
	assert_null(bound);
	selected(f, NULL, out);
}

/* Predicates, and for which of the five calls each holds. */
static const struct {
	const char *text, *calls;
} answered[] = {
	{ "{}", "11111" },
	/* words and truths */
	{ "{\"direction\": \"out\"}", "10010" },
	{ "{\"direction\": [\"out\", \"transit\"]}", "10011" },
	{ "{\"status\": [\"busy\", \"no-answer\"]}", "00110" },
	{ "{\"forwarded\": true}", "00010" },
	{ "{\"forwarded\": [true, false]}", "11111" },
	{ "{\"international\": true}", "10000" },
	{ "{\"international\": false}", "01011" },
	{ "{\"feature\": \"none\"}", "10111" },
	{ "{\"src_kind\": [\"anonymous\", \"invalid\"]}", "00100" },
	{ "{\"dst_type\": \"toll-free\"}", "01000" },
	/* texts */
	{ "{\"dst\": \"+5375550142\"}", "10000" },
	{ "{\"dst\": [\"2041\", \"+18005550199\"]}", "01100" },
	{ "{\"dst\": {\"prefix\": \"+1\"}}", "01001" },
	{ "{\"dst\": {\"prefix\": [\"+53\", \"+44\"]}}", "10010" },
	{ "{\"dst\": {\"prefix\": \"+537555014299\"}}", "00000" },
	{ "{\"dst\": {\"suffix\": \"0142\"}}", "10001" },
	{ "{\"dst\": {\"suffix\": [\"99\", \"23\"]}}", "01010" },
	{ "{\"dst\": {\"regex\": \"\\\\+\\\\d+\"}}", "11011" },
	{ "{\"dst\": {\"regex\": \"\\\\+53\"}}", "00000" },
	{ "{\"dst\": {\"prefix\": \"+\", \"suffix\": \"42\"}}", "10001" },
	{ "{\"dst\": [\"2041\", {\"prefix\": \"+53\"}]}", "10100" },
	{ "{\"dst_country\": [\"CU\", \"GB\"]}", "10010" },
	{ "{\"account\": \"a1\"}", "00000" },
	/* lists; call 3 is in the night before 1 June in UTC */
	{ "{\"dst\": {\"list\": \"bad\"}}", "10000" },
	{ "{\"src\": {\"list\": \"bad\"}}", "00000" },
	{ "{\"dst\": {\"list\": \"old\"}}", "00000" },
	{ "{\"dst\": {\"list\": \"young\"}}", "00010" },
	{ "{\"dst\": {\"list\": \"young\", \"suffix\": \"3\"}}", "00010" },
	{ "{\"dst\": {\"list\": \"young\", \"suffix\": \"4\"}}", "00000" },
	{ "{\"dst\": {\"list\": \"young\", \"regex\": \".4.*\"}}", "00010" },
	{ "{\"dst\": {\"list\": \"young\", \"prefix\": \"+44\"}}", "00010" },
	{ "{\"dst\": [\"2041\", {\"list\": \"young\"}]}", "00110" },
	{ "{\"dst\": [{\"list\": \"young\"}, {\"list\": \"bad\"}]}", "10010" },
	{ "{\"dst_country\": {\"list\": \"risk\"}}", "10000" },
	/* amounts */
	{ "{\"duration\": {\"gte\": \"10s\"}}", "11000" },
	{ "{\"duration\": {\"gt\": \"10s\"}}", "10000" },
	{ "{\"duration\": {\"lte\": \"10s\"}}", "01111" },
	{ "{\"duration\": {\"lt\": \"10s\"}}", "00111" },
	{ "{\"duration\": {\"gte\": \"1s\", \"lt\": \"31s\"}}", "01000" },
	{ "{\"duration\": \"31s\"}", "10000" },
	{ "{\"duration\": \"$hold\"}", "10000" },
	{ "{\"duration\": [\"10s\", {\"gt\": \"30.999s\"}]}", "11000" },
	{ "{\"cause\": 16.5}", "00000" },
	{ "{\"cost\": {\"gte\": 1.5}}", "10000" },
	{ "{\"cost\": {\"gt\": 1.5}}", "00000" },
	{ "{\"cost\": {\"lt\": \"$least\"}}", "10000" },
	{ "{\"cause\": 17}", "00010" },
	{ "{\"cause\": {\"gte\": 16.5, \"lte\": 17.5}}", "00010" },
	{ "{\"start\": {\"gte\": \"2026-02-01\"}}", "00010" },
	{ "{\"start\": {\"lt\": \"2026-01-13T10:00:00Z\"}}", "10000" },
	/* another field */
	{ "{\"src\": {\"field\": \"dst\"}}", "00001" },
	{ "{\"user\": {\"field\": \"src\"}}", "10000" },
	{ "{\"src_country\": {\"field\": \"dst_country\"}}", "01001" },
	{ "{\"src_type\": {\"field\": \"dst_type\"}}", "00001" },
	{ "{\"duration\": {\"field\": \"ring\"}}", "00111" },
	/* missing values satisfy nothing else */
	{ "{\"user\": {\"exists\": true}}", "10000" },
	{ "{\"user\": {\"exists\": false}}", "01111" },
	{ "{\"user\": [\"2041\", {\"exists\": false}]}", "11111" },
	{ "{\"cost\": {\"exists\": false}}", "01111" },
	{ "{\"src\": {\"exists\": false}}", "00100" },
	{ "{\"src_kind\": {\"exists\": true}}", "11111" },
	{ "{\"src\": {\"prefix\": \"+\", \"exists\": false}}", "00000" },
	{ "{\"src\": {\"regex\": \".*\"}}", "11011" },
	{ "{\"not\": {\"user\": \"2041\"}}", "01111" },
	/* any, all, not */
	{ "{\"any\": [{\"direction\": \"in\"}, {\"cause\": 17}]}", "01110" },
	{ "{\"all\": [{\"direction\": \"in\"}, {\"status\": \"answered\"}]}",
	    "01000" },
	{ "{\"not\": {\"direction\": \"in\", \"status\": \"answered\"}}",
	    "10111" },
	{ "{\"not\": {\"any\": [{\"direction\": \"in\"},"
	  " {\"international\": true}]}}",
	    "00011" },
	{ "{\"direction\": \"out\", \"any\": [{\"dst\": {\"list\": \"bad\"}},"
	  " {\"forwarded\": true}], \"not\": {\"cost\": {\"gt\": 1}}}",
	    "00010" },
	{ "{\"not\": {}}", "00000" },
	/* calendars: business-hours of call 4 is its source's own */
	{ "{\"time\": {\"inside\": \"business-hours\"}}", "01000" },
	{ "{\"time\": {\"outside\": \"business-hours\"}}", "10111" },
	{ "{\"time\": {\"inside\": \"always\"}}", "11111" },
	{ "{\"time\": {\"inside\": \"late\"}}", "01000" },
	{ "{\"time\": [{\"inside\": \"late\"},"
	  " {\"outside\": \"business-hours\"}]}",
	    "11111" },
	{ "{\"time\": {\"inside\": \"always\", \"outside\": \"late\"}}",
	    "10111" },
};

static void
test_holds(void **state)
{
	struct fixture *f = *state;
	char calls[CALLS + 1];
	size_t i;

	for (i = 0; i < COUNT(answered); i++) {
		compile(f, answered[i].text);
		if (f->p == NULL)
			fail_msg("%s: %s", answered[i].text,
			    f->notes.list[0].text);
		predicate_check_names(f->p, &f->named, &f->notes);
		assert_int_equal(f->notes.n, 0);
		answers(f, calls);
		if (strcmp(calls, answered[i].calls) != 0)
			fail_msg("%s: %s, not %s", answered[i].text, calls,
			    answered[i].calls);
	}
}

/* Predicates that are wrong: code, columns of the mark, a part of the help. */
static const struct {
	const char *text, *code;
	unsigned column, end;
	const char *help;
} refused[] = {
	{ "[]", "E204", 1, 3, "a predicate is needed" },
	{ "{\"dst_contry\": \"CU\"}", "E201", 2, 14, "\"dst_country\"" },
	{ "{\"banana\": 1}", "E201", 2, 10, NULL },
	{ "{\"dst\": {\"prefx\": \"+1\"}}", "E202", 10, 17, "\"prefix\"" },
	{ "{\"dst\": {\"ne\": \"+1\"}}", "E202", 10, 14, NULL },
	{ "{\"dst\": {\"regex\": \"\\\\+53(5\"}}", "E203", 27, 28,
	    "parenthesis" },
	{ "{\"dst\": {\"regex\": \"[\\u0030-9\"}}", "E203", 29, 30, NULL },
	{ "{\"dst\": 442079460123}", "E204", 9, 21, "a text in quotes" },
	{ "{\"dst\": null}", "E204", 9, 13, NULL },
	{ "{\"dst\": {\"prefix\": 1}}", "E204", 20, 21, NULL },
	{ "{\"dst\": {\"regex\": 1}}", "E204", 19, 20, NULL },
	{ "{\"dst\": {\"list\": 1}}", "E204", 18, 19, NULL },
	{ "{\"dst\": {\"exists\": 1}}", "E204", 20, 21, "true or false" },
	{ "{\"duration\": 25}", "E204", 14, 16, "\"10m\"" },
	{ "{\"duration\": {\"gte\": 25}}", "E204", 22, 24, "\"10m\"" },
	{ "{\"duration\": {\"gte\": \"$least\"}}", "E204", 22, 30, NULL },
	{ "{\"cost\": {\"gte\": \"5s\"}}", "E204", 18, 22, "a number" },
	{ "{\"forwarded\": \"true\"}", "E204", 15, 21, "true or false" },
	{ "{\"direction\": true}", "E204", 15, 19, NULL },
	{ "{\"start\": {\"gte\": \"soon\"}}", "E204", 19, 25, "a time" },
	{ "{\"time\": \"business-hours\"}", "E204", 10, 26, "inside" },
	{ "{\"any\": {}}", "E204", 9, 11, "an array of predicates" },
	{ "{\"not\": [1]}", "E204", 9, 12, "a predicate" },
	{ "{\"all\": [1]}", "E204", 10, 11, "a predicate" },
	{ "{\"direction\": \"outbound\"}", "E205", 15, 25, NULL },
	{ "{\"direction\": [\"in\", \"ouut\"]}", "E205", 22, 28, "\"out\"" },
	{ "{\"direction\": \"\"}", "E205", 15, 17, NULL },
	{ "{\"dst\": []}", "E208", 9, 11, NULL },
	{ "{\"dst\": {}}", "E208", 9, 11, NULL },
	{ "{\"dst\": \"\"}", "E208", 9, 11, NULL },
	{ "{\"dst\": {\"prefix\": []}}", "E208", 20, 22, NULL },
	{ "{\"dst\": {\"regex\": \"\"}}", "E208", 19, 21, NULL },
	{ "{\"any\": []}", "E208", 9, 11, NULL },
	{ "{\"duration\": {\"prefix\": \"5\"}}", "E209", 15, 23, NULL },
	{ "{\"dst\": {\"gte\": 5}}", "E209", 10, 15, NULL },
	{ "{\"direction\": {\"regex\": \"o.*\"}}", "E209", 16, 23, NULL },
	{ "{\"time\": {\"gte\": \"5s\"}}", "E209", 11, 16, NULL },
	{ "{\"dst\": {\"inside\": \"late\"}}", "E209", 10, 18, NULL },
	{ "{\"dst\": {\"field\": \"duration\"}}", "E209", 19, 29, NULL },
	{ "{\"src_type\": {\"field\": \"src_kind\"}}", "E209", 24, 34, NULL },
	{ "{\"dst\": {\"field\": \"srk\"}}", "E201", 19, 24, "\"src\"" },
	{ "{\"cost\": {\"gte\": \"$most\"}}", "E302", 18, 25, NULL },
};

static void
test_refused(void **state)
{
	struct fixture *f = *state;
	const struct note *n;
	size_t i;

	for (i = 0; i < COUNT(refused); i++) {
		compile(f, refused[i].text);
		if (f->p != NULL || f->notes.n != 1)
			fail_msg("%s: accepted", refused[i].text);
		n = &f->notes.list[0];
		if (strcmp(n->code, refused[i].code) != 0 ||
		    n->column != refused[i].column || n->end != refused[i].end)
			fail_msg("%s: %s at %u to %u: %s", refused[i].text,
			    n->code, n->column, n->end, n->text);
		assert_int_equal(n->level, NOTE_ERROR);
		if (refused[i].help != NULL &&
		    (n->help == NULL ||
			strstr(n->help, refused[i].help) == NULL))
			fail_msg("%s: help %s", refused[i].text,
			    n->help != NULL ? n->help : "none");
	}
}

/* All problems at once, patterns of the good half given back. */
static void
test_many_problems(void **state)
{
	struct fixture *f = *state;

	compile(f, "{\"dst\": {\"regex\": \"\\\\d+\"}, \"x\": 1,"
		   " \"any\": [{\"y\": 1}, {\"duration\": 1}]}");
	assert_null(f->p);
	assert_int_equal(f->notes.errors, 3);
}

static void
test_too_many(void **state)
{
	struct fixture *f = *state;
	struct buf b;
	int i;

	buf_init(&b);
	buf_addstr(&b, "{\"any\": [");
	for (i = 0; i <= BOUNDS_CLAUSES + 1; i++)
		buf_addf(&b, "%s{\"dst\": \"%d\"}", i > 0 ? "," : "", i);
	buf_addstr(&b, "]}");
	compile(f, b.data);
	assert_null(f->p);
	assert_int_equal(f->notes.n, 1);
	assert_string_equal(f->notes.list[0].code, "E210");
	buf_fini(&b);
}

static void
test_unknown_names(void **state)
{
	static const struct {
		const char *text, *code, *help;
	} rows[] = {
		{ "{\"dst\": {\"list\": \"bda\"}}", "E206", "\"bad\"" },
		{ "{\"dst\": {\"list\": \"nothing\"}}", "E206", NULL },
		{ "{\"time\": {\"inside\": \"business-huors\"}}", "E207",
		    "\"business-hours\"" },
		{ "{\"dst\": {\"list\": \"risk\"}}", "E211", NULL },
		{ "{\"account\": {\"list\": \"bad\"}}", "E211", NULL },
		{ "{\"not\": {\"dst_country\": [{\"list\": \"bad\"}]}}", "E211",
		    NULL },
	};
	struct fixture *f = *state;
	struct predicate_bound *bound;
	struct errmsg err;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		compile(f, rows[i].text);
		assert_non_null(f->p);
		predicate_check_names(f->p, &f->named, &f->notes);
		assert_int_equal(f->notes.n, 1);
		assert_string_equal(f->notes.list[0].code, rows[i].code);
		if (rows[i].help != NULL)
			assert_non_null(
			    strstr(f->notes.list[0].help, rows[i].help));
		if (strcmp(rows[i].code, "E211") == 0)
			continue;
		assert_int_equal(predicate_bind(&bound, f->p, f->batch,
				     &f->named, &err),
		    -1);
		assert_null(bound);
		assert_non_null(strstr(err.text, "unknown "));
	}
}

/*
 * A pattern that needs too many steps is never "no match"; what a stranger
 * wrote is shown cut and harmless.
 */
static void
test_pattern_limit(void **state)
{
	struct fixture *f = *state;
	struct predicate_bound *bound;
	struct errmsg err;

	f->batch->calls[0].dialled = name(f->batch,
	    "000000000000000000000000000000000000000000000000000000\033[0m000"
	    "9x");
	compile(f, "{\"dialled\": {\"regex\": \"(0+)+(0+)+(0+)+9\"}}");
	assert_non_null(f->p);
	assert_int_equal(predicate_bind(&bound, f->p, f->batch, &f->named,
			     &err),
	    1);
	assert_null(bound);
	assert_string_equal(err.text,
	    "dialled: '000000000000000000000000000000000000000000000000000000"
	    "?[0m00...': pattern '(0+)+(0+)+(0+)+9' gave up: match limit "
	    "exceeded");
}

/* A predicate, a call, and what is said about it. */
static const struct {
	const char *text;
	size_t call;
	const char *out;
} explained[] = {
	{ "{\"direction\": \"out\", \"dst_country\": {\"list\": \"risk\"}}", 0,
	    "pass  direction = \"out\"\n"
	    "pass  dst_country = \"CU\" in list risk: entry \"CU\""
	    " (case 7)\n" },
	{ "{\"direction\": [\"in\", \"transit\"],"
	  " \"duration\": {\"gte\": \"1s\", \"lt\": \"25s\"}}",
	    0,
	    "fail  direction = \"out\", needs \"in\" or \"transit\"\n"
	    "fail  duration = 31s, needs >= 1s and < 25s\n" },
	{ "{\"user\": \"2041\", \"cost\": {\"gt\": \"$least\"}}", 1,
	    "fail  user is missing, needs \"2041\"\n"
	    "fail  cost is missing, needs > $least (2)\n" },
	{ "{\"duration\": {\"lt\": \"$hold\"}, \"forwarded\": true}", 0,
	    "fail  duration = 31s, needs < $hold (31s)\n"
	    "fail  forwarded = false, needs true\n" },
	{ "{\"dst\": {\"regex\": \"\\\\+53755\\\\d{3}\"}}", 0,
	    "fail  dst = \"+5375550142\" (+53755501 matched, stopped at"
	    " 42), needs matches /\\+53755\\d{3}/\n" },
	{ "{\"dst\": {\"regex\": \"\\\\+53755\\\\d{9}\"}}", 0,
	    "fail  dst = \"+5375550142\" (all of it matched, and more is"
	    " needed), needs matches /\\+53755\\d{9}/\n" },
	{ "{\"time\": {\"inside\": \"business-hours\"}}", 4,
	    "fail  time = 2026-01-13 08:30:00, needs inside"
	    " business-hours\n" },
	{ "{\"any\": [{\"cause\": 16}, {\"dst\": {\"prefix\": \"+44\"}}],"
	  " \"not\": {\"src\": {\"field\": \"dst\"}}}",
	    3,
	    "pass  any of\n"
	    "fail    all of\n"
	    "fail      cause = 17, needs 16\n"
	    "pass    all of\n"
	    "pass      dst = \"+442079460123\"\n"
	    "pass  not\n"
	    "fail    all of\n"
	    "fail      src = \"2041\", needs the same as dst\n" },
	{ "{\"user\": {\"exists\": false}}", 0,
	    "fail  user = \"2041\", needs none\n" },
};

/* "fail    duration = 31s" */
static void
add_step(void *context, bool passed, size_t depth, const char *text)
{
	struct buf *out = context;

	buf_addstr(out, passed ? "pass  " : "fail  ");
	buf_fill(out, ' ', depth * 2);
	buf_addf(out, "%s\n", text);
}

static void
test_explain(void **state)
{
	struct fixture *f = *state;
	struct predicate_bound *bound;
	struct errmsg err;
	struct buf out;
	size_t i;

	buf_init(&out);
	for (i = 0; i < COUNT(explained); i++) {
		compile(f, explained[i].text);
		assert_non_null(f->p);
		assert_int_equal(predicate_bind(&bound, f->p, f->batch,
				     &f->named, &err),
		    0);
		buf_reset(&out);
		predicate_explain(bound, f->batch, explained[i].call, add_step,
		    &out);
		assert_string_equal(out.data, explained[i].out);
		predicate_unbind(&bound);
	}
	buf_fini(&out);
}

static void
test_brief(void **state)
{
	static const struct {
		const char *text;
		size_t most;
		const char *out;
	} rows[] = {
		{ "{\"src_kind\": [\"anonymous\", \"invalid\","
		  " {\"exists\": false}]}",
		    80, "src_kind anonymous, invalid or missing" },
		{ "{\"any\": [{\"src_kind\": [\"anonymous\", \"invalid\"]},"
		  " {\"src_type\": \"premium\"}]}",
		    80, "src_kind anonymous or invalid, or src_type premium" },
		{ "{\"status\": \"answered\","
		  " \"duration\": {\"gte\": \"1s\", \"lte\": \"$hold\"}}",
		    80, "status answered, duration 1s to 31s" },
		{ "{\"duration\": {\"gt\": \"1s\", \"lt\": \"25s\"},"
		  " \"cost\": {\"lt\": 1.5}, \"cause\": 16}",
		    80, "duration > 1s and < 25s, cost < 1.5, cause 16" },
		{ "{\"international\": true, \"forwarded\": false}", 80,
		    "international true, forwarded false" },
		{ "{\"dst\": {\"prefix\": [\"+53\", \"+44\"]},"
		  " \"src_name\": \"O Neill\"}",
		    80, "dst begins with +53 or +44, src_name \"O Neill\"" },
		{ "{\"dst\": [{\"list\": \"bad\"}, {\"regex\": \"1.*9\"}]}", 80,
		    "dst in list bad or matches /1.*9/" },
		{ "{\"time\": {\"outside\": \"late\"},"
		  " \"src\": {\"field\": \"dst\"}}",
		    80, "time outside late, src the same as dst" },
		{ "{\"not\": {\"any\": [{\"cause\": 1},"
		  " {\"user\": \"1\", \"status\": \"busy\"}]}}",
		    80, "not (cause 1, or (user 1, status busy))" },
		{ "{\"not\": {\"user\": {\"exists\": true}}}", 80,
		    "not user present" },
		{ "{\"src_kind\": [\"anonymous\", \"invalid\"]}", 29,
		    "src_kind anonymous or invalid" },
		{ "{\"src_kind\": [\"anonymous\", \"invalid\"]}", 28,
		    "src_kind anonymous or ..." },
		{ "{\"src_kind\": [\"ok\", \"anonymous\", \"invalid\"]}", 20,
		    "src_kind ok ..." },
		{ "{}", 80, "" },
	};
	struct fixture *f = *state;
	struct buf out;
	size_t i;

	buf_init(&out);
	for (i = 0; i < COUNT(rows); i++) {
		compile(f, rows[i].text);
		assert_non_null(f->p);
		buf_reset(&out);
		predicate_brief(f->p, rows[i].most, &out);
		assert_string_equal(out.data, rows[i].out);
	}
	buf_fini(&out);
}

static void
test_lint(void **state)
{
	static const struct {
		const char *text, *code; /* NULL: nothing to say */
	} rows[] = {
		{ "{\"not\": {\"user\": \"2041\"}}", "W301" },
		{ "{\"not\": {\"any\": [{\"dst_country\": \"US\"}]}}", "W301" },
		{ "{\"user\": {\"exists\": true}, \"not\": {\"user\": \"1\"}}",
		    NULL },
		{ "{\"not\": {\"user\": {\"exists\": false}}}", NULL },
		{ "{\"not\": {\"feature\": \"conference\"}}", NULL },
		{ "{\"duration\": {\"gte\": \"10s\", \"lt\": \"10s\"}}",
		    "W303" },
		{ "{\"duration\": {\"gte\": \"10s\", \"lte\": \"10s\"}}",
		    NULL },
		{ "{\"dst\": {\"prefix\": \"0044\"}}", NULL },
		{ "{\"dst\": {\"prefix\": \"+44 20\"}}", "W303" },
		{ "{\"dst\": {\"prefix\": [\"*97\", \"+44\"]}}", NULL },
		{ "{\"dst\": {\"prefix\": \"20@ulm\"}}", NULL },
		{ "{\"trunk_in\": {\"prefix\": \"PJSIP/\"}}", NULL },
		{ "{\"dst\": {\"regex\": \"^\\\\+53.\"}}", "W304" },
		{ "{\"dst\": {\"regex\": \"\\\\+53.$\"}}", "W304" },
		{ "{\"dst\": {\"regex\": \"53.*\"}}", "W304" },
		{ "{\"dst\": {\"regex\": \"5[3].*\"}}", NULL },
		{ "{\"dialled\": {\"regex\": \"5\\\\$\"}}", NULL },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		compile(f, rows[i].text);
		assert_non_null(f->p);
		predicate_lint(f->p, &f->notes);
		if (f->notes.n != (rows[i].code != NULL))
			fail_msg("%s: %zu warnings", rows[i].text, f->notes.n);
		if (rows[i].code != NULL)
			assert_string_equal(f->notes.list[0].code,
			    rows[i].code);
	}
}

static void
count_use(void *ctx, enum predicate_uses what, const char *used)
{
	char *seen = ctx;

	(void)strcat(seen, what == USES_LIST ? "l:" : "c:");
	(void)strcat(seen, used);
	(void)strcat(seen, " ");
}

static void
test_names(void **state)
{
	struct fixture *f = *state;
	char seen[200] = "";

	compile(f, "{\"dst\": [{\"list\": \"bad\"}, {\"list\": \"old\"}],"
		   " \"not\": {\"time\": {\"inside\": \"late\"}}}");
	predicate_names(f->p, count_use, seen);
	assert_non_null(strstr(seen, "l:bad "));
	assert_non_null(strstr(seen, "l:old "));
	assert_non_null(strstr(seen, "c:late "));
	assert_int_equal(strlen(seen), 19);
}

/* All parts together are the predicate. */
static void
test_parts(void **state)
{
	struct fixture *f = *state;
	struct predicate_bound *bound;
	struct errmsg err;
	struct buf out;
	size_t i, k;
	bool all;

	buf_init(&out);
	compile(f, "{\"direction\": \"out\", \"dst\": {\"exists\": true},"
		   " \"any\": [{\"src\": \"1\"}, {\"duration\": "
		   "{\"gte\": \"1s\"}}]}");
	assert_int_equal(predicate_parts(f->p), 3);
	predicate_brief_part(f->p, 0, 80, &out);
	assert_string_equal(out.data, "direction out");
	buf_reset(&out);
	predicate_brief_part(f->p, 2, 80, &out);
	assert_string_equal(out.data, "src 1, or duration >= 1s");
	assert_int_equal(predicate_bind(&bound, f->p, f->batch, &f->named,
			     &err),
	    0);
	for (i = 0; i < f->batch->n; i++) {
		all = true;
		for (k = 0; k < 3; k++)
			all &= predicate_test_part(bound, k, f->batch, i);
		assert_int_equal(all, predicate_test(bound, f->batch, i));
	}
	predicate_unbind(&bound);
	buf_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_holds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_many_problems, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_too_many, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_unknown_names, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_pattern_limit, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_explain, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_brief, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lint, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_parts, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
