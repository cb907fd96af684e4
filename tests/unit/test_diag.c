#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "tool/diag.h"

static void
check_note(const struct note *n, const char *want)
{
	struct buf b;

	buf_init(&b);
	diag_note_text(n, &b);
	assert_string_equal(b.data, want);
	buf_fini(&b);
}

static void
test_caret(void **state)
{
	(void)state;
	check_note(&(struct note){ .level = NOTE_ERROR,
		       .code = "E201",
		       .file = "bad.json",
		       .line = 4,
		       .column = 10,
		       .end = 16,
		       .text = "unknown key 'contry'",
		       .source = "{ \"ü\": \t\"contry\" }",
		       .help = "here",
		       .more = "cdrrules fields lists them" },
	    "bad.json:4:10: error[E201]: unknown key 'contry'\n"
	    "    4 | { \"ü\":  \"contry\" }\n"
	    "      |          ^^^^^^ here\n"
	    "      = note: cdrrules fields lists them\n");
}

static void
test_long_line_is_cut_around_the_caret(void **state)
{
	char line[201];
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < 200; i++)
		line[i] = (char)('a' + i % 26);
	line[200] = '\0';
	buf_init(&b);
	diag_note_text(&(struct note){ .level = NOTE_ERROR,
			   .file = "f",
			   .line = 1,
			   .column = 101,
			   .end = 103,
			   .text = "t",
			   .source = line },
	    &b);
	assert_string_equal(b.data,
	    "f:1:101: t\n"
	    "    1 | ...xyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
	    "abcdefghijklmnopq...\n"
	    "      |                             ^^\n");
	buf_fini(&b);
}

static void
test_hostile_text_is_made_printable(void **state)
{
	(void)state;
	check_note(&(struct note){ .level = NOTE_WARNING,
		       .file = "a\033[2Jb",
		       .line = 7,
		       .text = "not a number: '\x1b]0;x\x07'" },
	    "a?[2Jb:7: warning: not a number: '?]0;x?'\n");
}

static void
test_exit_codes(void **state)
{
	static const int order[] = { EXIT_NOT_DONE, EXIT_BUSY, EXIT_INCOMPLETE,
		EXIT_HOLDS, EXIT_DONE };
	size_t i, j;

	(void)state;
	for (i = 0; i < 5; i++)
		for (j = i; j < 5; j++) {
			assert_int_equal(diag_worse(order[i], order[j]),
			    order[i]);
			assert_int_equal(diag_worse(order[j], order[i]),
			    order[i]);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_caret),
		cmocka_unit_test(test_long_line_is_cut_around_the_caret),
		cmocka_unit_test(test_hostile_text_is_made_printable),
		cmocka_unit_test(test_exit_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
