#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tool/opts.h"

struct settings {
	bool flag;
	int loud;
	long number;
	const char *text, *word;
	struct opt_list list;
};

#define AT(member) offsetof(struct settings, member)

static const struct opt table[] = {
	{ 'f', "flag", NULL, "a flag", OPT_FLAG, AT(flag), NULL, 0 },
	{ 'v', "verbose", NULL, "louder", OPT_COUNT, AT(loud), NULL, 0 },
	{ 'q', "quiet", NULL, "less loud", OPT_LESS, AT(loud), NULL, 0 },
	{ 0, "number", "N", "a number", OPT_INT, AT(number), NULL, 1 },
	{ 't', "text", "TEXT", "a text", OPT_TEXT, AT(text), NULL, 0 },
	{ 'w', "word", "WORD", "a word", OPT_WORD, AT(word), "ab|abc|c", 0 },
	{ 'l', "list", "ITEM", "a list", OPT_LIST, AT(list), NULL, 0 },
	{ 0, "words", "WORD", "some words", OPT_LIST, AT(list), "ab|c", 0 },
	{ 'o', "out", "FILE", "a file", OPT_TEXT, AT(text), NULL, 0 },
	{ 0, "from", "DIR", "folders", OPT_LIST, AT(list), NULL, 0 },
};

static const struct opts opts = { "prog", "Does it.", "[FILE]...", table,
	sizeof(table) / sizeof(table[0]), NULL, NULL };

static const char *
command(size_t i)
{
	static const char *const names[] = { "list", "show" };

	return i < 2 ? names[i] : NULL;
}

/* What a shell does with it: tests/cli/completion.bats. */
static void
test_completion(void **state)
{
	struct opts with = opts;
	struct buf b;

	(void)state;
	buf_init(&b);
	opts_completion(&with, &b);
	assert_non_null(strstr(b.data, "complete -o default -F _prog prog\n"));
	assert_non_null(strstr(b.data, "compgen -W 'ab abc c' -- "));
	assert_non_null(strstr(b.data, "\t-t | --text)\n"));
	assert_non_null(strstr(b.data, "'--flag --verbose --quiet --number "));
	assert_null(strstr(b.data, "commands="));
	with.command = command;
	buf_reset(&b);
	opts_completion(&with, &b);
	assert_non_null(strstr(b.data, "commands='list show'"));
	buf_fini(&b);
}

/* A line of words as argv; the words live in `copy`. */
static int
split(const char *line, char copy[256], char **argv)
{
	int argc = 0;
	char *word, *save;

	(void)strncpy(copy, line, 255);
	for (word = strtok_r(copy, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	return argc;
}

static void
test_everything(void **state)
{
	struct settings s = { .flag = false };
	char copy[256], *argv[32], **operands;
	struct errmsg err;
	int argc, n;

	(void)state;
	argc = split("prog -fvvq --number=7 a --text= --word abc -l 1 b "
		     "--list=2 -- -f",
	    copy, argv);
	assert_int_equal(opts_parse(&opts, argc, argv, &s, &operands, &n, &err),
	    OPTS_GO);
	assert_true(s.flag);
	assert_int_equal(s.loud, 1);
	assert_int_equal(s.number, 7);
	assert_string_equal(s.text, "");
	assert_string_equal(s.word, "abc");
	assert_int_equal(s.list.n, 2);
	assert_string_equal(s.list.items[1], "2");
	assert_int_equal(n, 3);
	assert_string_equal(operands[0], "a");
	assert_string_equal(operands[1], "b");
	assert_string_equal(operands[2], "-f");
	opt_list_fini(&s.list);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *line, *words;
	} cases[] = {
		{ "prog -x", "unknown option: '-x'" },
		{ "prog --nothing", "unknown option: '--nothing'" },
		{ "prog --f", "ambiguous option: '--f' may be --flag, --from" },
		{ "prog --wor=ab",
		    "ambiguous option: '--wor=ab' may be --word, --words" },
		{ "prog ---f", "unknown option: '---f'" },
		{ "prog --flags", "unknown option: '--flags'" },
		{ "prog --=x", "unknown option: '--=x'" },
		{ "prog -t", "-t needs a value" },
		{ "prog --number", "--number needs a value" },
		{ "prog --number 0",
		    "--number: a whole number from 1 is needed: '0'" },
		{ "prog --number 1x",
		    "--number: a whole number from 1 is needed: '1x'" },
		{ "prog --number 99999999999999999999",
		    "--number: a whole number from 1 is needed: "
		    "'99999999999999999999'" },
		{ "prog -w a", "--word: one of ab|abc|c is needed: 'a'" },
		{ "prog --words ab --words d",
		    "--words: one of ab|c is needed: 'd'" },
		{ "prog --flag=1", "--flag takes no value" },
		{ "prog --out=", "--out: the name is empty" },
		{ "prog --from a --from=", "--from: the name is empty" },
	};
	struct settings s = { .flag = false };
	char copy[256], *argv[32], **operands;
	struct errmsg err;
	size_t i;
	int argc, n;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		argc = split(cases[i].line, copy, argv);
		assert_int_equal(opts_parse(&opts, argc, argv, &s, &operands,
				     &n, &err),
		    OPTS_WRONG);
		assert_string_equal(err.text, cases[i].words);
	}
	opt_list_fini(&s.list);
}

/* Each option where a command takes it, and where none does. */
static void
test_uses(void **state)
{
	static const struct opt_use uses[] = {
		{ "flag", "list" },
		{ "number", "list|show" },
		{ "text", "" },
		{ "word", "|show" },
		{ "list", "show" },
	};
	static const struct {
		const char *line, *command, *words; /* NULL: right */
	} cases[] = {
		{ "prog", "show", NULL },
		{ "prog -f", "list", NULL },
		{ "prog -v", "show", NULL },
		{ "prog --number 2", "show", NULL },
		{ "prog -t x", "", NULL },
		{ "prog -w ab", "", NULL },
		{ "prog -w ab -f", "list",
		    "prog list has no use for --word; prog alone or show has" },
		{ "prog -w c", "list", NULL }, /* as it is without */
		{ "prog -f", "show",
		    "prog show has no use for --flag; prog list has" },
		{ "prog -f", "lis",
		    "prog lis has no use for --flag; prog list has" },
		{ "prog --number 2", "",
		    "prog alone has no use for --number; prog list or show "
		    "has" },
		{ "prog -l a", "list",
		    "prog list has no use for --list; prog show has" },
		{ "prog -t x", "show",
		    "prog show has no use for --text; prog alone has" },
	};
	const struct settings defaults = { .word = "c" };
	struct settings s;
	char copy[256], *argv[32], **operands;
	struct errmsg err;
	size_t i;
	int argc, n, got;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		s = defaults;
		argc = split(cases[i].line, copy, argv);
		assert_int_equal(opts_parse(&opts, argc, argv, &s, &operands,
				     &n, &err),
		    OPTS_GO);
		got =
		    opts_check_uses(&opts, uses, sizeof(uses) / sizeof(uses[0]),
			&s, &defaults, cases[i].command, &err);
		assert_int_equal(got, cases[i].words != NULL ? -1 : 0);
		if (got != 0)
			assert_string_equal(err.text, cases[i].words);
		opt_list_fini(&s.list);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_completion),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_uses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
