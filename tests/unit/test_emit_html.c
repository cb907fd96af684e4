#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/utf8.h"
#include "report/emit_html.h"
#include "tests/unit/golden.h"
#include "tests/unit/sample_casedata.h"
#include "tests/unit/sample_results.h"

struct sample {
	const char *name;
	void (*make)(struct results *);
	enum report_detail detail;
	bool for_mail;
};

static const struct sample samples[] = {
	{ "night.html", sample_night, DETAIL_MED, false },
	{ "night-low.html", sample_night, DETAIL_LOW, false },
	{ "night-mail.html", sample_night, DETAIL_HIGH, true },
	{ "hostile.html", sample_hostile, DETAIL_HIGH, false },
	{ "currencies.html", sample_currencies, DETAIL_MED, false },
	{ "clear.html", sample_clear, DETAIL_MED, false },
};

enum { SAMPLES = sizeof(samples) / sizeof(samples[0]) };

static void
print(struct buf *b, const struct sample *s)
{
	struct emit_options opt;
	struct selection sel;
	struct results rs;
	struct view v;
	struct arena arena;

	arena_init(&arena);
	s->make(&rs);
	results_sort(&rs);
	selection_init(&sel);
	sel.waived = sel.shadow = true;
	view_init(&v, &rs, &sel);
	emit_options_init(&opt);
	opt.zone = zone_get("Europe/Berlin", NULL);
	opt.detail = s->detail;
	sample_casedata(&v, &arena, &opt);
	emit_html_print(b, &v, &opt, s->for_mail);
	view_fini(&v);
	results_fini(&rs);
	arena_fini(&arena);
}

static void
as_kept(void **state)
{
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < SAMPLES; i++) {
		buf_reset(&b);
		print(&b, &samples[i]);
		golden_check(samples[i].name, &b);
	}
	buf_fini(&b);
}

/* Nothing that runs, nothing from outside, no text that is markup. */
static void
nothing_hostile_gets_through(void **state)
{
	static const char *const never[] = { "<script", "src=", "@import",
		"url(", "http:", "https:", "javascript:\"", "onload", "<img",
		"<iframe", "\x1b", "\xe2\x80\xae" };
	struct buf b;
	size_t i, k;

	(void)state;
	buf_init(&b);
	for (i = 0; i < SAMPLES; i++) {
		buf_reset(&b);
		print(&b, &samples[i]);
		assert_true(utf8_valid(b.data, b.len));
		for (k = 0; k < sizeof(never) / sizeof(never[0]); k++)
			if (strstr(b.data, never[k]) != NULL)
				fail_msg("%s: %s", samples[i].name, never[k]);
		assert_non_null(strstr(b.data, "default-src 'none'"));
	}
	buf_fini(&b);
}

/* How often a text stands in another. */
static size_t
times(const char *in, const char *what)
{
	size_t n = 0;

	for (; (in = strstr(in, what)) != NULL; in += strlen(what))
		n++;
	return n;
}

/* Programs for mail drop the style sheet; what is inline stays. */
static void
mail_stands_without_its_style(void **state)
{
	static const char *const styled[] = { "<body style=", "<section style=",
		"<table style=", "<th style=", "<td style=", "<h1 style=",
		"<tr style=\"font-weight:bold\" class=\"sum\">",
		"nowrap\" class=\"badge critical\">" };
	struct sample s = { "", sample_night, DETAIL_MED, true };
	struct buf b, page;
	size_t i;

	(void)state;
	buf_init(&b);
	buf_init(&page);
	print(&b, &s);
	for (i = 0; i < sizeof(styled) / sizeof(styled[0]); i++)
		if (strstr(b.data, styled[i]) == NULL)
			fail_msg("%s", styled[i]);
	assert_null(strstr(b.data, "<svg"));
	assert_non_null(strstr(b.data, "<div style=\"width:100%"));
	/* colours of text or ground would outdo the dark style */
	assert_null(strstr(b.data, "<body style=\"color"));
	s.for_mail = false;
	print(&page, &s);
	assert_null(strstr(page.data, " style="));
	buf_fini(&page);
	buf_fini(&b);
}

static void
elements_are_closed(void **state)
{
	static const char *const tags[] = { "section", "table", "tr", "td",
		"th", "svg", "figure", "p", "div", "ul", "li", "text", "title",
		"thead", "tbody" };
	char open[16], open_with[16], closing[16];
	struct buf b;
	size_t i, k;

	(void)state;
	buf_init(&b);
	for (i = 0; i < SAMPLES; i++) {
		buf_reset(&b);
		print(&b, &samples[i]);
		for (k = 0; k < sizeof(tags) / sizeof(tags[0]); k++) {
			(void)strcat(strcat(strcpy(open, "<"), tags[k]), ">");
			(void)strcat(strcat(strcpy(open_with, "<"), tags[k]),
			    " ");
			(void)strcat(strcat(strcpy(closing, "</"), tags[k]),
			    ">");
			assert_int_equal(times(b.data, open) +
					     times(b.data, open_with),
			    times(b.data, closing));
		}
	}
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_kept),
		cmocka_unit_test(nothing_hostile_gets_through),
		cmocka_unit_test(mail_stands_without_its_style),
		cmocka_unit_test(elements_are_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
