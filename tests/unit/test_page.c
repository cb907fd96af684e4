#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/utf8.h"
#include "report/page.h"
#include "report/page_impl.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static void
lengths(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
	} rows[] = {
		{ "", 0 },
		{ "abc", 3 },
		{ "M\xc3\xbcller", 6 },
		{ "\xe2\x82\xac 5", 3 },
		{ "\xe5\x8f\x97\xe4\xbb\x98", 4 },
		{ "\xf0\x9f\x93\x9e", 2 },
		{ "a\xff\xfe", 3 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++)
		assert_int_equal(page_length(rows[i].text), rows[i].columns);
}

static void
breaks(void **state)
{
	static const struct {
		const char *text;
		size_t room, len, next;
	} rows[] = {
		{ "", 10, 0, 0 },
		{ "one two", 10, 7, 7 },
		{ "one two", 7, 7, 7 },
		{ "one two", 6, 3, 4 },
		{ "one two", 3, 3, 4 },
		{ "one  two", 4, 3, 5 },
		{ "endless", 4, 4, 4 },
		{ "after-hours-calls", 14, 12, 12 },
		{ "/var/log/x", 8, 5, 5 },
		{ "-abc", 3, 3, 3 },
		{ "\xe5\x8f\x97\xe4\xbb\x98", 3, 3, 3 },
		{ "\xe5\x8f\x97", 1, 3, 3 },
	};
	size_t i, len, next;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		len = page_break(rows[i].text, rows[i].room, &next);
		if (len != rows[i].len || next != rows[i].next)
			fail_msg("row %zu: %zu, %zu", i, len, next);
	}
}

static void
widths_are_kept_in_bounds(void **state)
{
	static const struct {
		int asked;
		size_t width;
	} rows[] = { { 0, 80 }, { 80, 80 }, { 120, 120 }, { 1, 40 }, { -5, 40 },
		{ 100000, 1000 } };
	struct page p;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < LENGTH(rows); i++) {
		page_init(&p, &b, rows[i].asked, false);
		assert_int_equal(p.width, rows[i].width);
	}
}

static void
lines(void **state)
{
	static const char *const pieces[] = { "Tue 13 Jan 02:11:09", "5 calls",
		"EUR 62.00 or more" };
	struct page p;
	struct buf b;

	(void)state;
	buf_init(&b);
	page_init(&p, &b, 40, false);
	page_rule(&p, '-');
	page_ends(&p, "left", PAGE_PLAIN, "right", PAGE_PLAIN);
	page_ends(&p, "a text that is long enough to fill a line", PAGE_PLAIN,
	    "right", PAGE_PLAIN);
	page_wrap(&p, "  Check: ", "one two three four five six seven eight");
	page_wrap(&p, "", "");
	page_pieces(&p, pieces, LENGTH(pieces));
	page_blank(&p);
	assert_string_equal(b.data, "----------------------------------------\n"
				    "left                               right\n"
				    "a text that is long enough to fill a\n"
				    "line\n"
				    "                                   right\n"
				    "  Check: one two three four five six\n"
				    "         seven eight\n"
				    "\n"
				    "Tue 13 Jan 02:11:09   5 calls\n"
				    "EUR 62.00 or more\n"
				    "\n");
	buf_fini(&b);
}

static const struct page_column columns[] = {
	{ "line", true, PAGE_WHOLE, 0 },
	{ "name", false, PAGE_CUT, 6 },
	{ "why", false, PAGE_FOLD, 10 },
};

static void
fill(struct page_table *t, const char *name, const char *why)
{
	page_table_cellf(t, "%d", 7);
	page_table_cell(t, name, PAGE_PLAIN);
	page_table_cell(t, why, PAGE_RED);
}

static void
tables(void **state)
{
	struct page_table *t = page_table_new(columns, LENGTH(columns));
	struct page p;
	struct buf b;

	(void)state;
	buf_init(&b);
	page_init(&p, &b, 40, false);
	fill(t, "M\xc3\xbcller", "short");
	fill(t, "Zweigniederlassung Garmisch",
	    "a text of several words that goes on");
	page_table_blanks(t, 3);
	page_table_print(t, &p, 2, true);
	page_table_free(&t);
	page_table_free(&t);
	assert_null(t);
	assert_string_equal(b.data, "  line  name             why\n"
				    "  ----  ---------------  ---------------\n"
				    "     7  M\xc3\xbcller           short\n"
				    "     7  Zweigniederl...  a text of\n"
				    "                         several words\n"
				    "                         that goes on\n"
				    "\n");
	buf_fini(&b);
}

static void
numbers_give_way_last(void **state)
{
	static const struct page_column wide[] = {
		{ "calls", true, PAGE_WHOLE, 0 },
		{ "money", true, PAGE_WHOLE, 0 },
		{ "who", false, PAGE_CUT, 8 },
	};
	struct page_table *t = page_table_new(wide, LENGTH(wide));
	struct page p;
	struct buf b;

	(void)state;
	buf_init(&b);
	page_init(&p, &b, 40, false);
	page_table_cellf(t, "%s", "9223372036854775807");
	page_table_cellf(t, "%s", "9223372036854.78");
	page_table_cell(t, "somebody", PAGE_PLAIN);
	page_table_print(t, &p, 0, false);
	page_table_free(&t);
	assert_string_equal(b.data,
	    "         calls           money  who\n"
	    "92233720368...  92233720368...  somebody\n");
	buf_fini(&b);
}

static void
colour_changes_nothing_else(void **state)
{
	struct page_table *t = page_table_new(columns, LENGTH(columns));
	struct page p;
	struct buf b;

	(void)state;
	buf_init(&b);
	page_init(&p, &b, 40, true);
	page_ends(&p, "left", PAGE_BOLD, "right", PAGE_ALARM);
	fill(t, "a", "b");
	page_table_print(t, &p, 0, false);
	page_table_free(&t);
	assert_string_equal(b.data,
	    "\033[1mleft\033[0m                               "
	    "\033[1;31mright\033[0m\n"
	    "line  name  why\n"
	    "   7  a     \033[31mb\033[0m\n");
	buf_fini(&b);
}

/* Every way into a page, with texts that want to break out of it. */
static void
write_everything(struct page *p, const char *text)
{
	const struct page_column heads[] = {
		{ text, true, PAGE_WHOLE, 0 },
		{ text, false, PAGE_CUT, 6 },
		{ text, false, PAGE_FOLD, 10 },
	};
	struct page_table *t = page_table_new(heads, LENGTH(heads));
	const char *pieces[] = { text, "and", text };

	page_ends(p, text, PAGE_PLAIN, text, PAGE_PLAIN);
	page_ends(p, "left", PAGE_PLAIN, text, PAGE_PLAIN);
	page_wrap(p, "label ", text);
	page_pieces(p, pieces, LENGTH(pieces));
	fill(t, text, text);
	page_table_print(t, p, 2, true);
	page_table_free(&t);
}

static void
check_lines(const struct buf *b, size_t width)
{
	const char *line, *end;
	size_t i, length;

	for (line = b->data; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		assert_non_null(end);
		length = (size_t)(end - line);
		assert_true(utf8_valid(line, length));
		assert_true(utf8_length(line, length) <= width);
		assert_true(length == 0 || end[-1] != ' ');
	}
	for (i = 0; i < b->len; i++)
		assert_true(
		    b->data[i] == '\n' || (unsigned char)b->data[i] >= ' ');
	assert_null(strstr(b->data, "\xe2\x80\xae"));
	assert_null(strstr(b->data, "\302\233"));
	assert_null(strchr(b->data, 0x7f));
}

static void
hostile_texts_stay_inside(void **state)
{
	static const char *const texts[] = {
		"\033[2J\033]0;owned\007\r\n\b\177",
		"\xe2\x80\xaetxt.exe\xe2\x81\xa6 \302\23331m",
		"\xff\xfe\xc0\xaf\xed\xa0\x80",
		"                                                            x",
	};
	char endless[5001], wide[3001];
	struct page p;
	struct buf b;
	size_t i, width;

	(void)state;
	memset(endless, 'A', sizeof(endless));
	endless[sizeof(endless) - 1] = '\0';
	for (i = 0; i < sizeof(wide) - 1; i++)
		wide[i] = "\xe5\x8f\x97"[i % 3];
	wide[sizeof(wide) - 1] = '\0';
	buf_init(&b);
	for (width = PAGE_MIN; width <= 121; width += 9) {
		page_init(&p, &b, (int)width, false);
		for (i = 0; i < LENGTH(texts); i++)
			write_everything(&p, texts[i]);
		write_everything(&p, endless);
		write_everything(&p, wide);
		check_lines(&b, width);
		buf_reset(&b);
	}
	buf_fini(&b);
}

static void
one_text_takes_so_many_lines(void **state)
{
	char endless[5001];
	struct page p;
	struct buf b;
	size_t i, n = 0;

	(void)state;
	memset(endless, 'A', sizeof(endless));
	endless[sizeof(endless) - 1] = '\0';
	buf_init(&b);
	page_init(&p, &b, 80, false);
	page_wrap(&p, "", endless);
	for (i = 0; i < b.len; i++)
		n += b.data[i] == '\n';
	assert_int_equal(n, PAGE_LINES);
	assert_string_equal(b.data + b.len - 5, "A...\n");
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths),
		cmocka_unit_test(breaks),
		cmocka_unit_test(widths_are_kept_in_bounds),
		cmocka_unit_test(lines),
		cmocka_unit_test(tables),
		cmocka_unit_test(numbers_give_way_last),
		cmocka_unit_test(colour_changes_nothing_else),
		cmocka_unit_test(hostile_texts_stay_inside),
		cmocka_unit_test(one_text_takes_so_many_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
