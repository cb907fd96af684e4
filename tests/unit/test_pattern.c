#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "io/pattern.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static struct pattern *
compile(const char *text, int flags)
{
	struct pattern *p = NULL;
	struct errmsg err;
	size_t offset;

	if (pattern_compile(&p, text, flags, &offset, &err) != 0)
		fail_msg("%s: %s", text, err.text);
	assert_string_equal(pattern_text(p), text);
	return p;
}

static const struct match_case {
	const char *pattern;
	int flags;
	const char *text;
	int matches;
} cases[] = {
	{ "abc", 0, "xabcx", 1 },
	{ "abc", PATTERN_WHOLE, "xabcx", 0 },
	{ "abc", PATTERN_WHOLE, "abc", 1 },
	{ "abc", PATTERN_WHOLE, "abc\n", 0 },
	{ "a|ab", PATTERN_WHOLE, "ab", 1 },
	{ "", PATTERN_WHOLE, "", 1 },
	{ "", PATTERN_WHOLE, "a", 0 },
	{ "[2-5]\\d{3}", PATTERN_WHOLE, "2041", 1 },
	{ "[2-5]\\d{3}", PATTERN_WHOLE, "20411", 0 },
	{ "\\+1312555.*", PATTERN_WHOLE, "+13125550142", 1 },
	{ "PJSIP/carrier-.*", PATTERN_WHOLE, "PJSIP/carrier-a-00000001", 1 },
	{ "(?i)disa", PATTERN_WHOLE, "DISA", 1 },
	{ ".", PATTERN_WHOLE, "\xc3\xbc", 1 },
	{ ".", PATTERN_WHOLE | PATTERN_BYTES, "\xc3\xbc", 0 },
	{ "..", PATTERN_WHOLE | PATTERN_BYTES, "\xc3\xbc", 1 },
	{ "J\xc3\xbcrg", PATTERN_WHOLE, "J\xc3\xbcrg", 1 },

	/* Malformed bytes match nothing, but what is around them is seen. */
	{ ".*", PATTERN_WHOLE, "J\xa5rg", 0 },
	{ "(*NO_JIT)x*", PATTERN_WHOLE, "\xa5", 0 },
	{ "|(?R)x", PATTERN_WHOLE, "\xa5:", 0 },
	{ "|(?R)x", PATTERN_WHOLE, "", 1 },
	{ "rg", 0, "J\xa5rg", 1 },
	{ "J.rg", PATTERN_WHOLE | PATTERN_BYTES, "J\xa5rg", 1 },
};

static void
test_match(void **state)
{
	const struct match_case *c;
	struct pattern *p;
	struct errmsg err;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		c = &cases[i];
		p = compile(c->pattern, c->flags);
		if (pattern_match(p, c->text, strlen(c->text), NULL, 0, &err) !=
		    c->matches)
			fail_msg("case %zu: '%s' on '%s'", i, c->pattern,
			    c->text);
		pattern_free(&p);
		assert_null(p);
		pattern_free(&p);
	}
}

static void
test_length(void **state)
{
	struct pattern *p = compile("a.c", PATTERN_WHOLE);
	struct errmsg err;

	(void)state;
	assert_int_equal(pattern_match(p, "a\0c", 3, NULL, 0, &err), 1);
	assert_int_equal(pattern_match(p, "abcd", 3, NULL, 0, &err), 1);
	assert_int_equal(pattern_match(p, "", 0, NULL, 0, &err), 0);
	pattern_free(&p);
}

static void
test_groups(void **state)
{
	struct pattern *p = compile("(\\d+)(?:-(x))?(y)?", 0);
	struct pattern_group g[5];
	struct errmsg err;

	(void)state;
	assert_int_equal(pattern_match(p, "ab12y", 5, g, 5, &err), 1);
	assert_int_equal(g[0].begin, 2);
	assert_int_equal(g[0].end, 5);
	assert_int_equal(g[1].begin, 2);
	assert_int_equal(g[1].end, 4);
	assert_true(g[2].begin > g[2].end);
	assert_int_equal(g[3].begin, 4);
	assert_int_equal(g[3].end, 5);
	assert_true(g[4].begin > g[4].end);
	/* Fewer than there are. */
	assert_int_equal(pattern_match(p, "12-xy", 5, g, 2, &err), 1);
	assert_int_equal(g[0].end, 5);
	assert_int_equal(g[1].end, 2);
	pattern_free(&p);
}

/* More groups than fit on the stack. */
static void
test_many_groups(void **state)
{
	struct pattern_group g[301];
	struct pattern *p;
	struct errmsg err;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < 300; i++)
		buf_addstr(&b, "(a)");
	p = compile(b.data, PATTERN_WHOLE);
	buf_reset(&b);
	buf_fill(&b, 'a', 300);
	assert_int_equal(pattern_match(p, b.data, b.len, g, 301, &err), 1);
	assert_int_equal(g[300].begin, 299);
	assert_int_equal(g[300].end, 300);
	pattern_free(&p);
	buf_fini(&b);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *pattern;
		int flags;
		size_t offset;
		const char *words;
	} refused[] = {
		{ "\\+53\\d{4}(55|66", 0, 15, "missing closing parenthesis" },
		{ "[0-9+*{2", 0, 8,
		    "missing terminating ] for character class" },
		{ "a**b", 0, 2, NULL },
		{ "*a", 0, 0, NULL },
		{ "a\\C", 0, 3, NULL },
		{ "a\xff", 0, 1, NULL },
		{ "(*UTF)a", PATTERN_BYTES, 6, NULL },
	};
	struct pattern *p = NULL;
	struct errmsg err;
	size_t i, offset;

	(void)state;
	for (i = 0; i < LENGTH(refused); i++) {
		err.text[0] = '\0';
		assert_int_equal(pattern_compile(&p, refused[i].pattern,
				     refused[i].flags, &offset, &err),
		    -1);
		assert_null(p);
		if (offset != refused[i].offset)
			print_error("%s: at %zu\n", refused[i].pattern, offset);
		assert_int_equal(offset, refused[i].offset);
		if (refused[i].words != NULL)
			assert_string_equal(err.text, refused[i].words);
		assert_int_not_equal(err.text[0], '\0');
	}
}

static void
test_too_long(void **state)
{
	struct pattern *p = NULL;
	struct errmsg err;
	struct buf b;
	size_t offset;

	(void)state;
	buf_init(&b);
	buf_fill(&b, 'a', BOUNDS_PATTERN);
	p = compile(b.data, 0);
	pattern_free(&p);
	buf_addch(&b, 'a');
	assert_int_equal(pattern_compile(&p, b.data, 0, &offset, &err), -1);
	assert_int_equal(offset, BOUNDS_PATTERN);
	buf_fini(&b);
}

/* The classic: exponential in the length of the text. */
static void
test_limit(void **state)
{
	struct pattern *p = compile("(a+)+[bd]", PATTERN_WHOLE);
	struct errmsg err = { "" };
	char text[41];

	(void)state;
	memset(text, 'a', 40);
	text[40] = 'c';
	assert_int_equal(pattern_match(p, text, 41, NULL, 0, &err), -1);
	assert_non_null(strstr(err.text, "pattern '(a+)+[bd]' gave up"));
	/* It is none the worse for that. */
	text[3] = 'b';
	assert_int_equal(pattern_match(p, text, 4, NULL, 0, &err), 1);
	pattern_free(&p);
}

/* What calls itself comes to an end, one way or the other. */
static void
test_recursion(void **state)
{
	static const char *const patterns[] = { "|(?R)(|)", "|(?0)(|)",
		"(|(?1)(|))", "(|(?-1)(|))", "(?<n>|(?&n)(|))",
		"(?<n>|(?P>n)(|))", "(|\\g<1>(|))", "(|\\g'1'(|))",
		"(?i)|(?R)(|)" };
	struct pattern *p;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(patterns); i++) {
		p = compile(patterns[i], PATTERN_WHOLE);
		assert_int_equal(pattern_match(p, "", 0, NULL, 0, NULL), 1);
		assert_int_not_equal(pattern_match(p, "ab", 2, NULL, 0, NULL),
		    1);
		pattern_free(&p);
	}
	p = compile("\\((?:\\d|(?R))*\\)", PATTERN_WHOLE);
	assert_int_equal(pattern_match(p, "(1(2)3)", 7, NULL, 0, NULL), 1);
	assert_int_equal(pattern_match(p, "(1(2)3", 6, NULL, 0, NULL), 0);
	pattern_free(&p);
}

static void
test_reach(void **state)
{
	static const struct {
		const char *pattern, *text;
		size_t reach;
	} reaches[] = {
		{ "\\d{3}", "12", 2 },
		{ "\\d{3}", "123", 3 },
		{ "\\d{3}", "1234", 3 },
		{ "\\d{3}", "1a3", 1 },
		{ "\\d{3}", "a", 0 },
		{ "\\d{3}", "", 0 },
		{ "\\+53\\d{4}(55|66)", "+53123456", 8 },
		{ "J\xc3\xbcrg", "J\xc3\xbcrn", 4 },
		{ "J\xc3\xbcrg", "J\xc3\xb6rg", 1 },
		{ "J.*", "J\xffrg", 1 },
		{ "a|abc", "abd", 2 },
		{ "(a)(?x) # b", "a", 0 },
	};
	struct pattern *p;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(reaches); i++) {
		p = compile(reaches[i].pattern, PATTERN_WHOLE);
		assert_int_equal(pattern_reach(p, reaches[i].text,
				     strlen(reaches[i].text)),
		    reaches[i].reach);
		pattern_free(&p);
	}
}

/* The same pattern as text that only PCRE2 knows. */
static const struct plain_case {
	const char *plain, *other;
	const char *letters; /* that texts are made of */
	size_t longest;
	const char *begin; /* that all have */
} plains[] = {
	{ "^\"?(.*?)\"? *<[^<>]*>$", "^\"?(.*?)\"? *<[^<>]*>(?:)$",
	    "\"<> a\n\xc3", 6, "" },
	{ "(?:^|-)(\\d{9,10})\\.\\d+$", "(?:^|-)(\\d{9,10})\\.\\d+(?:)$",
	    "0.-a\n", 4, "" },
	{ "(?:^|-)(\\d{9,10})\\.\\d+$", "(?:^|-)(\\d{9,10})\\.\\d+(?:)$",
	    "0.-a\n", 5, "12345678" },
	{ "(?:^|-)(\\d{9,10})\\.\\d+$", "(?:^|-)(\\d{9,10})\\.\\d+(?:)$",
	    "0.-a\n", 5, "x-12345678" },
	{ "^(?:.+-)?\\d{9,10}\\.\\d+$", "^(?:.+-)?\\d{9,10}\\.\\d+(?:)$",
	    "0.-a\n", 5, "12345678" },
	{ "^(?:.+-)?\\d{9,10}\\.\\d+$", "^(?:.+-)?\\d{9,10}\\.\\d+(?:)$",
	    "0.-a\n", 5, "x-12345678" },
	{ "^(?:.+-)?\\d{9,10}\\.\\d+$", "^(?:.+-)?\\d{9,10}\\.\\d+(?:)$",
	    "0.-a\n", 5, "-12345678" },
	{ "(?:^|-)(\\d{9,10})\\.\\d+$", "(?:^|-)(\\d{9,10})\\.\\d+(?:)$",
	    "0.-a\n", 5, "1234567890." },
	{ "(?:^|-)(\\d{9,10})\\.\\d+$", "(?:^|-)(\\d{9,10})\\.\\d+(?:)$",
	    "0.-a\n", 5, "1234567890.1234" },
	{ "(?:^|-)(\\d{9,10})\\.\\d+$", "(?:^|-)(\\d{9,10})\\.\\d+(?:)$",
	    "0.-a\n", 5, "12345a7890.1" },
	{ "^(?:.+-)?\\d{9,10}\\.\\d+$", "^(?:.+-)?\\d{9,10}\\.\\d+(?:)$",
	    "0.-a\n", 5, "1234567890.1234" },
	{ "^[1-9]\\d{0,2}$", "^[1-9]\\d{0,2}(?:)$", "019a\n\r", 5, "" },
	{ "^(?:Ab|A|c0)", "^(?:Ab|A|c0)(?:)", "Abc0 \n\r", 5, "" },
	{ "^(?:External|Line)", "^(?:External|Line)(?:)", "Line|", 5, "" },
	{ "^(?!Ab|c0).+", "^(?!Ab|c0).+(?:)", "Abc0 \n\r", 5, "" },
	{ "^(?:Internal|Internation)", "^(?:Internal|Internation)(?:)", "ailno",
	    5, "Internat" },
	{ "^(?!Internation).+", "^(?!Internation).+(?:)", "ailno", 4,
	    "Internat" },
	{ "^b00\\d+$", "(?:)^b00\\d+$", "b0c\n", 6, "" },
	{ "^b0?\\d+", "(?:)^b0?\\d+", "b01\n", 5, "" },
	{ "^b{2}0*", "(?:)^b{2}0*", "b0{2", 5, "" },
	{ "^b+", "(?:)^b+", "ab\n", 4, "" },
	{ "^ab(?#)?", "(?:)^ab(?#)?", "ab\n", 4, "" },
	{ "^ab\\E*", "(?:)^ab\\E*", "ab\n", 4, "" },
	{ "^ab\\Q\\E{0}", "(?:)^ab\\Q\\E{0}", "ab\n", 4, "" },
	{ "^ab|b", "(?:)^ab|b", "ab\n", 4, "" },
	{ "^a(?:b|c)", "(?:)^a(?:b|c)", "abc\n", 4, "" },
	{ "^a(b)?", "(?:)^a(b)?", "abc\n", 4, "" },
	{ "^", "(?:)^", "a\n", 3, "" },
	{ "^(?!A|b)", "^(?!A|b)(?:)", "Ab\n", 4, "" },
	{ "^(?:A||b)", "^(?:A||b)(?:)", "Ab\n", 4, "" },
	{ "^(?:A|b)+", "^(?:A|b)+(?:)", "Ab\n", 4, "" },
};

static void
match_both(const struct pattern *p, const struct pattern *other, const char *s,
    size_t len)
{
	struct pattern_group a[2] = { { 1, 0 }, { 1, 0 } };
	struct pattern_group b[2] = { { 1, 0 }, { 1, 0 } };

	assert_int_equal(pattern_match(p, s, len, a, 2, NULL),
	    pattern_match(other, s, len, b, 2, NULL));
	assert_memory_equal(a, b, sizeof(a));
	assert_int_equal(pattern_match(p, s, len, NULL, 0, NULL),
	    pattern_match(other, s, len, NULL, 0, NULL));
}

/* Every text of these letters, up to the longest. */
static void
match_all(const struct plain_case *c)
{
	struct pattern *p = compile(c->plain, PATTERN_BYTES);
	struct pattern *other = compile(c->other, PATTERN_BYTES);
	const size_t n = strlen(c->letters), had = strlen(c->begin);
	size_t len, i, k, all = 1, rest;
	char text[32];

	memcpy(text, c->begin, had);
	for (len = 0; len <= c->longest; len++, all *= n)
		for (i = 0; i < all; i++) {
			for (k = 0, rest = i; k < len; k++, rest /= n)
				text[had + k] = c->letters[rest % n];
			match_both(p, other, text, had + len);
		}
	pattern_free(&p);
	pattern_free(&other);
}

static void
plain_ones_match_as_all(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(plains); i++)
		match_all(&plains[i]);
}

/* Ids of each length with any byte in any place. */
static void
unique_ids_with_any_byte(void **state)
{
	static const char usual[] = "1234567890.123456789";
	struct pattern *p =
	    compile("(?:^|-)(\\d{9,10})\\.\\d+$", PATTERN_BYTES);
	struct pattern *other =
	    compile("(?:^|-)(\\d{9,10})\\.\\d+(?:)$", PATTERN_BYTES);
	char text[sizeof(usual)];
	size_t len, at;
	int byte;

	(void)state;
	memcpy(text, usual, sizeof(text));
	for (len = 11; len < sizeof(usual); len++)
		for (at = 0; at < len; at++) {
			for (byte = 0; byte <= 255; byte++) {
				text[at] = (char)byte;
				match_both(p, other, text, len);
			}
			text[at] = usual[at];
		}
	pattern_free(&p);
	pattern_free(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_ones_match_as_all),
		cmocka_unit_test(unique_ids_with_any_byte),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_many_groups),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_recursion),
		cmocka_unit_test(test_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
