#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "tel/numlist.h"

static void
add(struct numlist *l, const char *value, int64_t expires)
{
	const struct numlist_entry e = { .value = value,
		.added = INT64_MIN,
		.expires = expires };
	struct errmsg err;

	if (numlist_add(l, &e, &err) < 0)
		fail_msg("%s", err.text);
}

/* A list of the values, up to the first NULL. */
static struct numlist *
make(enum numlist_kind kind, const char *const *values)
{
	struct numlist *l = numlist_new("a-list", kind);

	for (; *values != NULL; values++)
		add(l, *values, NUMLIST_NEVER);
	numlist_seal(l);
	return l;
}

/* Finding -------------------------------------------------------------------*/

enum { VALUES = 8, TEXTS = 12 };

static const struct {
	enum numlist_kind kind;
	const char *values[VALUES];
	struct {
		const char *text, *found; /* all that match, longest first */
	} texts[TEXTS];
} lists[] = {
	{ NUMLIST_EXACT,
	    { "+13125550142", "CU", "+44 20 7946-0123", "*97", "#31#", "3" },
	    { { "+13125550142", "+13125550142" }, { "+1312555014", "" },
		{ "+131255501421", "" }, { "CU", "CU" }, { "cu", "" },
		{ "+442079460123", "+442079460123" }, { "*97", "*97" },
		{ "#31#", "#31#" }, { "#319", "" }, { "3", "3" },
		{ "", "" } } },
	{ NUMLIST_PREFIX,
	    { "+53", "+1809", "+1", "+1 (809) 555", "555", "*72", "+7" },
	    { { "+5376234567", "+53" }, { "+53", "+53" }, { "+5", "" },
		{ "+18095550142", "+1809555 +1809 +1" },
		{ "+18096660142", "+1809 +1" }, { "+1", "+1" },
		{ "5376234567", "" }, { "5550142", "555" },
		{ "*725550142", "*72" }, { "", "" } } },
	{ NUMLIST_PATTERN,
	    { "+4121560####", "+41215601###", "+41#1560####", "+412156012##",
		"####", "+1312555014#" },
	    { { "+41215601234",
		  "+412156012## +41215601### +4121560#### +41#1560####" },
		{ "+41215602345", "+4121560#### +41#1560####" },
		{ "+41915602345", "+41#1560####" }, { "+4121560234", "" },
		{ "+412156023456", "" }, { "+4121560234a", "" },
		{ "2041", "####" }, { "204", "" }, { "20a1", "" },
		{ "+13125550147", "+1312555014#" }, { "", "" } } },
	{ NUMLIST_RANGE,
	    { "+13125550100-+13125550199", "+13125550140-+13125550149",
		"+13125550142 - +13125550142", "+13125550190-+13125550210",
		"2000-2999", "+13125550100-+13125550149" },
	    { { "+13125550142",
		  "+13125550142-+13125550142 +13125550140-+13125550149 "
		  "+13125550100-+13125550199 +13125550100-+13125550149" },
		{ "+13125550100",
		    "+13125550100-+13125550199 +13125550100-+13125550149" },
		{ "+13125550099", "" },
		{ "+13125550199",
		    "+13125550100-+13125550199 +13125550190-+13125550210" },
		{ "+13125550200", "+13125550190-+13125550210" },
		{ "+13125550211", "" }, { "2041", "2000-2999" }, { "3041", "" },
		{ "20415", "" }, { "", "" } } },
};

static void
name_all(const struct numlist *l, const char *text, char *out, size_t size)
{
	const struct numlist_entry *found[VALUES];
	size_t n, i;
	int at = 0;

	out[0] = '\0';
	n = numlist_matches(l, text, strlen(text), found, VALUES);
	for (i = 0; i < n; i++)
		at += snprintf(out + at, size - (size_t)at, "%s%s",
		    i > 0 ? " " : "", found[i]->value);
}

static void
test_finding(void **state)
{
	const struct numlist_entry *e, *one[1];
	struct numlist *l;
	char got[256];
	const char *text;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		l = make(lists[i].kind, lists[i].values);
		for (k = 0; lists[i].texts[k].text != NULL; k++) {
			text = lists[i].texts[k].text;
			name_all(l, text, got, sizeof(got));
			assert_string_equal(got, lists[i].texts[k].found);
			e = numlist_find(l, text, strlen(text), 0);
			assert_int_equal(e == NULL, got[0] == '\0');
			assert_int_equal(numlist_matches(l, text, strlen(text),
					     one, 1),
			    e != NULL);
			if (e != NULL)
				assert_ptr_equal(one[0], e);
			assert_int_equal(numlist_matches(l, text, strlen(text),
					     one, 0),
			    0);
		}
		numlist_free(&l);
		assert_null(l);
	}
	numlist_free(&l);
}

static void
test_dates(void **state)
{
	struct numlist *l = numlist_new("dated", NUMLIST_PREFIX);

	(void)state;
	add(l, "+53", NUMLIST_NEVER);
	add(l, "+537", 100);
	add(l, "+537", 200);
	add(l, "+5376", 50);
	numlist_seal(l);
	assert_ptr_equal(numlist_find(l, "+5376234567", 11, 49),
	    numlist_at(l, 3));
	assert_ptr_equal(numlist_find(l, "+5376234567", 11, 50),
	    numlist_at(l, 1));
	assert_ptr_equal(numlist_find(l, "+5376234567", 11, 100),
	    numlist_at(l, 2));
	assert_ptr_equal(numlist_find(l, "+5376234567", 11, 200),
	    numlist_at(l, 0));
	assert_int_equal(numlist_size(l), 4);
	/* More may come; then it is sealed again. */
	add(l, "+53762", NUMLIST_NEVER);
	numlist_seal(l);
	numlist_seal(l);
	assert_ptr_equal(numlist_find(l, "+5376234567", 11, 0),
	    numlist_at(l, 4));
	numlist_free(&l);
	l = numlist_new("empty", NUMLIST_EXACT);
	numlist_seal(l);
	assert_null(numlist_find(l, "x", 1, 0));
	numlist_free(&l);
}

static const struct {
	enum numlist_kind kind;
	const char *value, *words;
} refused[] = {
	{ NUMLIST_EXACT, "", "the value is empty or too long" },
	{ NUMLIST_PREFIX, "", "not the beginning of a number: ''" },
	{ NUMLIST_PREFIX, "+", "not the beginning of a number: '+'" },
	{ NUMLIST_PREFIX, "Cuba", "not the beginning of a number: 'Cuba'" },
	{ NUMLIST_PREFIX, "1+2", "not the beginning of a number: '1+2'" },
	{ NUMLIST_PATTERN, "+41*", "not digits and # for any digit: '+41*'" },
	{ NUMLIST_RANGE, "+13125550100",
	    "not a range of numbers: "
	    "'+13125550100'" },
	{ NUMLIST_RANGE, "+13125550100-199",
	    "not a range of numbers: "
	    "'+13125550100-199'" },
	{ NUMLIST_RANGE, "2000-+2999",
	    "not a range of numbers: "
	    "'2000-+2999'" },
	{ NUMLIST_RANGE, "2000-20000",
	    "not a range of numbers: "
	    "'2000-20000'" },
	{ NUMLIST_RANGE, "2999-2000", "the range goes backwards: '2999-2000'" },
	{ NUMLIST_RANGE, "-", "not a range of numbers: '-'" },
	{ NUMLIST_RANGE, "", "not a range of numbers: ''" },
};

static void
test_refused(void **state)
{
	char longest[BOUNDS_FIELD + 2];
	struct numlist *l;
	struct errmsg err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		l = numlist_new("x", refused[i].kind);
		assert_int_equal(numlist_add(l,
				     &(struct numlist_entry){
					 .value = refused[i].value },
				     &err),
		    -1);
		assert_string_equal(err.text, refused[i].words);
		assert_int_equal(numlist_size(l), 0);
		numlist_free(&l);
	}
	memset(longest, '1', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	for (i = NUMLIST_EXACT; i <= NUMLIST_PATTERN; i++) {
		l = numlist_new("x", (enum numlist_kind)i);
		assert_int_equal(
		    numlist_add(l, &(struct numlist_entry){ .value = longest },
			&err),
		    -1);
		numlist_free(&l);
	}
}

/* Files ---------------------------------------------------------------------*/

static struct numlist *
load_text(const char *text, int *status, struct errmsg *err)
{
	struct numlist *l = numlist_new("a-list", NUMLIST_PREFIX);
	char path[] = "/tmp/test_numlist.XXXXXX";
	int fd = mkstemp(path);
	size_t len = strlen(text);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	assert_int_equal(close(fd), 0);
	err->text[0] = '\0';
	*status = numlist_load(l, path, err);
	if (strncmp(err->text, path, strlen(path)) == 0)
		memmove(err->text, err->text + strlen(path),
		    strlen(err->text + strlen(path)) + 1);
	(void)unlink(path);
	return l;
}

static void
test_file(void **state)
{
	static const char text[] =
	    "# our own list\n"
	    "note,value,expires,source,added\n"
	    "\"beach, far\",+53,2026-03-01,carrier,2026-01-13\n"
	    "# one more\n"
	    "\n"
	    ",+1809,,carrier,\n";
	struct errmsg err;
	struct numlist *l;
	const struct numlist_entry *e;
	int status;

	(void)state;
	l = load_text(text, &status, &err);
	assert_int_equal(status, 0);
	numlist_seal(l);
	assert_int_equal(numlist_size(l), 2);
	e = numlist_at(l, 0);
	assert_string_equal(e->value, "+53");
	assert_string_equal(e->note, "beach, far");
	assert_string_equal(e->source, "carrier");
	assert_int_equal(e->added, 20466);
	assert_int_equal(e->expires, 20513);
	assert_int_equal(e->line, 3);
	e = numlist_at(l, 1);
	assert_string_equal(e->note, "");
	assert_true(e->added == INT64_MIN && e->expires == NUMLIST_NEVER);
	assert_int_equal(e->line, 6);
	assert_string_equal(numlist_name(l), "a-list");
	assert_int_equal(numlist_kind(l), NUMLIST_PREFIX);
	numlist_free(&l);
	l = load_text("value\n", &status, &err);
	assert_int_equal(status, 0);
	assert_int_equal(numlist_size(l), 0);
	numlist_free(&l);
}

static const struct {
	const char *text, *words;
} bad_files[] = {
	{ "", ": no header" },
	{ "# only this\n", ": no header" },
	{ "+53\n", ":1: no such column: '+53' (there are value, source, added, "
		   "expires, note)" },
	{ "value,value\n", ":1: column 'value' stands there twice" },
	{ "note,source\n",
	    ":1: the header has no column 'value' (there are note, source)" },
	{ "value\n+53\nCuba\n", ":3: not the beginning of a number: 'Cuba'" },
	{ "value\n+53,x\n", ":2: more fields than the header has" },
	{ "value,expires\n+53,2026-02-30\n",
	    ":2: expires: not a date: '2026-02-30'" },
	{ "value,added\n+53,13.1.2026\n", ":2: added: not a date: "
					  "'13.1.2026'" },
};

static void
test_bad_files(void **state)
{
	struct errmsg err;
	struct numlist *l;
	size_t i;
	int status;

	(void)state;
	for (i = 0; i < sizeof(bad_files) / sizeof(bad_files[0]); i++) {
		l = load_text(bad_files[i].text, &status, &err);
		assert_int_equal(status, -1);
		assert_string_equal(err.text, bad_files[i].words);
		numlist_free(&l);
	}
	l = numlist_new("x", NUMLIST_EXACT);
	assert_int_equal(numlist_load(l, "/nonexistent/x.csv", &err), -1);
	assert_non_null(strstr(err.text, "/nonexistent/x.csv"));
	numlist_free(&l);
}

static void
test_hashes(void **state)
{
	static const char *const a[] = { "+1", "+2", NULL };
	static const char *const b[] = { "+2", "+1", NULL };
	struct numlist *one = make(NUMLIST_PREFIX, a);
	struct numlist *same = make(NUMLIST_PREFIX, a);
	struct numlist *order = make(NUMLIST_PREFIX, b);
	struct numlist *kind = make(NUMLIST_EXACT, a);

	(void)state;
	assert_true(numlist_hash(one) == numlist_hash(same));
	assert_true(numlist_hash(one) != numlist_hash(order));
	assert_true(numlist_hash(one) != numlist_hash(kind));
	add(same, "+3", 7);
	assert_true(numlist_hash(one) != numlist_hash(same));
	numlist_free(&one);
	numlist_free(&same);
	numlist_free(&order);
	numlist_free(&kind);
}

static void
test_names(void **state)
{
	enum numlist_kind k;
	int i;

	(void)state;
	for (i = NUMLIST_EXACT; i <= NUMLIST_PATTERN; i++) {
		assert_int_equal(numlist_kind_parse(numlist_kind_name(
							(enum numlist_kind)i),
				     &k),
		    0);
		assert_int_equal(k, i);
	}
	assert_int_equal(numlist_kind_parse("regex", &k), -1);
}

/* Against the obvious way ---------------------------------------------------*/

enum { ROUNDS = 60, ENTRIES = 200, ASKED = 500, MOST = 300 };

static void
random_digits(char *s, size_t len, const char *of)
{
	size_t i, n = strlen(of);

	for (i = 0; i < len; i++)
		s[i] = of[(size_t)rand() % n];
	s[len] = '\0';
}

static void
random_value(enum numlist_kind kind, char *out)
{
	char a[8], b[8];
	size_t len = 1 + (size_t)rand() % 5;

	random_digits(a, len, kind == NUMLIST_PATTERN ? "01##" : "0123");
	random_digits(b, len, "0123");
	if (kind == NUMLIST_RANGE)
		(void)sprintf(out, "%s-%s", strcmp(a, b) <= 0 ? a : b,
		    strcmp(a, b) <= 0 ? b : a);
	else
		(void)strcpy(out, a);
}

static bool
obvious(enum numlist_kind kind, const char *value, const char *text)
{
	size_t len = strlen(text), i;

	switch (kind) {
	case NUMLIST_EXACT:
		return strcmp(value, text) == 0;
	case NUMLIST_PREFIX:
		return strncmp(value, text, strlen(value)) == 0;
	case NUMLIST_RANGE:
		return strlen(value) == 2 * len + 1 &&
		       strncmp(value, text, len) <= 0 &&
		       strcmp(value + len + 1, text) >= 0;
	case NUMLIST_PATTERN:
		for (i = 0; i < len; i++)
			if (value[i] != '#' && value[i] != text[i])
				return false;
		return strlen(value) == len;
	}
	return false;
}

/* How long the match is; see the head of numlist.h. */
static size_t
weight(enum numlist_kind kind, const char *value)
{
	size_t n = 0, half = strlen(value) / 2;

	if (kind == NUMLIST_RANGE) {
		while (n < half && value[n] == value[half + 1 + n])
			n++;
		return n;
	}
	for (; *value != '\0'; value++)
		n += kind != NUMLIST_PATTERN || *value != '#';
	return n;
}

static void
compare(const struct numlist *l, const char *text)
{
	const struct numlist_entry *got[MOST], *best = NULL, *e;
	enum numlist_kind kind = numlist_kind(l);
	int64_t day = rand() % 10;
	size_t n, i, want = 0;

	for (i = 0; i < numlist_size(l); i++) {
		e = numlist_at(l, i);
		if (!obvious(kind, e->value, text))
			continue;
		want++;
		if (e->expires > day &&
		    (best == NULL ||
			weight(kind, e->value) > weight(kind, best->value)))
			best = e;
	}
	n = numlist_matches(l, text, strlen(text), got, MOST);
	assert_int_equal(n, want);
	for (i = 1; i < n; i++)
		assert_true(weight(kind, got[i - 1]->value) >=
			    weight(kind, got[i]->value));
	e = numlist_find(l, text, strlen(text), day);
	assert_int_equal(e == NULL, best == NULL);
	if (e == NULL)
		return;
	assert_int_equal(weight(kind, e->value), weight(kind, best->value));
	if (kind != NUMLIST_PATTERN)
		assert_ptr_equal(e, best);
}

static void
test_obvious(void **state)
{
	unsigned seed = 20260115;
	struct numlist *l;
	char text[32];
	int round, i;

	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	for (round = 0; round < ROUNDS; round++) {
		l = numlist_new("x", (enum numlist_kind)(round % 4));
		for (i = rand() % ENTRIES; i > 0; i--) {
			random_value(numlist_kind(l), text);
			add(l, text, rand() % 2 ? NUMLIST_NEVER : rand() % 10);
		}
		numlist_seal(l);
		for (i = 0; i < ASKED; i++) {
			random_digits(text, (size_t)rand() % 6, "0123");
			compare(l, text);
		}
		numlist_free(&l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finding),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_bad_files),
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_obvious),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
