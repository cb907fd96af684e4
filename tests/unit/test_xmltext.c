#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "io/xmltext.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *path, *document, *text;
} found[] = {
	{ "b", "<a><b>1</b></a>", "1" },
	{ "b", "<a>0<b>1</b><b>2</b></a>", "1" },
	{ "b", "<a><b/><b>2</b></a>", "" },
	{ "b", "<a><c><b>1</b></c></a>", "" },
	{ "b", "<a><b>1<c>2</c>3</b></a>", "13" },
	{ "b/c", "<a><b/><d><c>0</c></d><b><c>1</c></b></a>", "1" },
	{ "b/c", "<a><b><b><c>1</c></b></b></a>", "" },
	{ "@x", "<a x='1'><b x='2'/></a>", "1" },
	{ "@x", "<a><b x='2'/></a>", "" },
	{ "b/@x", "<a x='1'><b y='2'/><b x='3'/></a>", "3" },
	{ "b/@x", "<n:a xmlns:n='u'><n:b n:x='2'/></n:a>", "2" },
	{ "b/@x", "<a><b z:x='2'/></a>", "2" },
	{ "b[@x='2']", "<a><b>0</b><b x='1'>1</b><b x='2'>2</b></a>", "2" },
	{ "b[@x='2']/c", "<a><b x='1'><c>1</c></b><b x='2'><c>2</c></b></a>",
	    "2" },
	{ "b[@x='']/@y", "<a><b x='' y='2'/></a>", "2" },
	{ "b", "<a><b> \n\t1 2 \r\n</b></a>", "1 2" },
	{ "b", "<a><b>&lt;&#65;&amp;<![CDATA[<c>]]></b></a>", "<A&<c>" },
	{ "b", "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a><b>1</b></a>",
	    "1" },
	{ "b", "<!DOCTYPE a>\n<a><b>1</b></a>", "1" },
	{ "b", "<?xml version='1.0' encoding='KOI8-R'?><a><b>1</b></a>", "1" },
	{ "b", "<a><b>\xc3\xa9</b></a>", "\xc3\xa9" },
	{ "b", "<a><b>\xe9\x01</b></a>", "\xef\xbf\xbd?" },
};

static void
test_found(void **state)
{
	struct xmltext *x;
	struct errmsg err;
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT(found); i++) {
		x = xmltext_new();
		assert_int_equal(xmltext_add(x, found[i].path, &err), 0);
		assert_int_equal(xmltext_read(x, found[i].document,
				     strlen(found[i].document), "", &err),
		    0);
		assert_string_equal(xmltext_get(x, 0, &len), found[i].text);
		assert_int_equal(len, strlen(found[i].text));
		assert_int_equal(xmltext_repaired(x),
		    strstr(found[i].document, "\xe9\x01") != NULL);
		xmltext_free(&x);
		assert_null(x);
	}
}

/* Several paths, several documents; nothing is left of the one before. */
static void
test_again(void **state)
{
	static const char *const paths[] = { "b/c", "b", "b/@x", "b/c/d" };
	static const char *const documents[] = {
		"<a><b x='1'>2<c>3<d>4</d></c></b></a>",
		"<a><b>5</b></a>",
		"<a><b><c>",
		"<a/>",
	};
	static const char *const texts[][4] = {
		{ "3", "2", "1", "4" },
		{ "", "5", "", "" },
		{ NULL },
		{ "", "", "", "" },
	};
	struct xmltext *x = xmltext_new();
	struct errmsg err;
	uint32_t k;
	size_t i, len;
	int rc;

	(void)state;
	for (i = 0; i < COUNT(paths); i++)
		assert_int_equal(xmltext_add(x, paths[i], &err), 0);
	for (i = 0; i < COUNT(documents); i++) {
		rc = xmltext_read(x, documents[i], strlen(documents[i]),
		    "UTF-8", &err);
		assert_int_equal(rc, texts[i][0] != NULL ? 0 : -1);
		for (k = 0; rc == 0 && k < COUNT(paths); k++)
			assert_string_equal(xmltext_get(x, k, &len),
			    texts[i][k]);
	}
	xmltext_free(&x);
}

static void
test_encodings(void **state)
{
	static const struct {
		const char *encoding, *text;
	} cases[] = {
		{ "ISO-8859-1", "\xc3\xa9" },
		{ "iso-8859-15", "\xc3\xa9" },
		{ "windows-1252", "\xc3\xa9" },
		{ "latin1", "\xc3\xa9" },
		{ "UTF-8", "\xef\xbf\xbd" },
		{ "", "\xef\xbf\xbd" },
		{ "nonsense", "\xef\xbf\xbd" },
	};
	struct xmltext *x = xmltext_new();
	struct errmsg err;
	size_t i, len;

	(void)state;
	assert_int_equal(xmltext_add(x, "@b", &err), 0);
	for (i = 0; i < COUNT(cases); i++) {
		assert_int_equal(xmltext_read(x, "<a b='\xe9'/>", 10,
				     cases[i].encoding, &err),
		    0);
		assert_string_equal(xmltext_get(x, 0, &len), cases[i].text);
	}
	xmltext_free(&x);
}

static void
test_no_paths(void **state)
{
	static const char *const bad[] = { "", "/", "a/", "/a", "a//b", "@",
		"a/@", "@a/b", "a@b", "a[1]", "a[@b]", "a[@b=c]", "a[@b='c]",
		"a[@b='c'", "a[@='c']", "a b", "a[@b='c']d", "n:a" };
	struct xmltext *x = xmltext_new();
	struct errmsg err;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		assert_int_equal(xmltext_add(x, bad[i], &err), -1);
		assert_non_null(strstr(err.text, "no path"));
	}
	xmltext_free(&x);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *document, *why;
	} cases[] = {
		{ "", "not well-formed XML: no element found" },
		{ "<a>", "not well-formed XML: no element found" },
		{ "<a></b>", "not well-formed XML: mismatched tag" },
		{ "<a>&x;</a>", "not well-formed XML: undefined entity" },
		{ "<a/><a/>",
		    "not well-formed XML: junk after document element" },
		{ "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
		    "it declares an entity" },
		{ "<!DOCTYPE a [<!ENTITY x SYSTEM '/etc/passwd'>]><a>&x;</a>",
		    "it declares an entity" },
		{ "<!DOCTYPE a [<!ENTITY % x SYSTEM 'file:///x'> %x;]><a/>",
		    "it declares an entity" },
	};
	struct xmltext *x = xmltext_new();
	struct errmsg err;
	size_t i;

	(void)state;
	assert_int_equal(xmltext_add(x, "@b", &err), 0);
	for (i = 0; i < COUNT(cases); i++) {
		assert_int_equal(xmltext_read(x, cases[i].document,
				     strlen(cases[i].document), "", &err),
		    -1);
		assert_string_equal(err.text, cases[i].why);
	}
	xmltext_free(&x);
}

static void
test_bounds(void **state)
{
	struct xmltext *x = xmltext_new();
	struct errmsg err;
	struct buf b;
	size_t len;
	int i;

	(void)state;
	buf_init(&b);
	assert_int_equal(xmltext_add(x, "b", &err), 0);
	buf_addstr(&b, "<a><b>");
	buf_fill(&b, 'x', BOUNDS_FIELD * 3);
	buf_addstr(&b, "</b></a>");
	assert_int_equal(xmltext_read(x, b.data, b.len, "", &err), 0);
	(void)xmltext_get(x, 0, &len);
	assert_int_equal(len, BOUNDS_FIELD + 1);
	/* Blanks at its ends do not count, in it they do. */
	for (i = 0; i < 3; i++) {
		buf_reset(&b);
		buf_addstr(&b, "<a><b>");
		buf_fill(&b, ' ', i == 0 ? BOUNDS_FIELD * 2 : 1);
		buf_fill(&b, 'x', BOUNDS_FIELD - 1);
		buf_fill(&b, '\n', i == 1 ? BOUNDS_FIELD * 2 : 4);
		buf_addf(&b, "%s</b></a>", i == 2 ? "y" : "");
		assert_int_equal(xmltext_read(x, b.data, b.len, "", &err), 0);
		(void)xmltext_get(x, 0, &len);
		assert_int_equal(len,
		    i == 2 ? BOUNDS_FIELD + 1 : BOUNDS_FIELD - 1);
	}
	buf_reset(&b);
	for (i = 0; i < 10000; i++)
		buf_addstr(&b, "<a>");
	assert_int_equal(xmltext_read(x, b.data, b.len, "", &err), -1);
	assert_string_equal(err.text, "nested too deeply");
	buf_fini(&b);
	xmltext_free(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_no_paths),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
