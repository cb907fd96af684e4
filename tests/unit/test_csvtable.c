#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/csvtable.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const columns[] = { "a", "b", "c" };

static int
put_row(void *ctx, const struct csvtable_row *row, struct errmsg *err)
{
	if (strcmp(row->cells[0], "bad") == 0)
		return errmsg_set(err, "refused");
	if (strcmp(csvtable_cell(row, 1), "worse") == 0)
		return errmsg_set(err, "refused");
	buf_addf(ctx, "%u:%s|%s|%s;", (unsigned)row->line, row->cells[0],
	    row->cells[1], row->cells[2]);
	return 0;
}

static void
put_comment(void *ctx, const struct csvtable_row *row)
{
	buf_add(ctx, row->raw, row->raw_len);
	buf_addch(ctx, ';');
}

static const struct csvtable_form plain = { .columns = columns,
	.n = 3,
	.needed = 1,
	.row = put_row };
static const struct csvtable_form exact = { .columns = columns,
	.n = 3,
	.exact = true,
	.row = put_row,
	.comment = put_comment };
static const struct csvtable_form open_form = { .columns = columns,
	.n = 3,
	.needed = 3,
	.others = true,
	.row = put_row };

/* What a text is, or what is said about it behind the path. */
static const struct {
	const struct csvtable_form *form;
	const char *text, *rows, *said;
} tables[] = {
	{ &plain, "a,b,c\n1,2,3\n", "2:1|2|3;", NULL },
	{ &plain, "c,a\n1,2\n", "2:2||1;", NULL },
	{ &plain, "a\n#x\n\n\"#y\"\n", "4:#y||;", NULL },
	{ &plain, "a,b\n1\n", "2:1||;", NULL },
	{ &plain, "a\n", "", NULL },
	{ &plain, "", "", ": no header" },
	{ &plain, "# x\n", "", ": no header" },
	{ &plain, "b,c\n", "",
	    ":1: the header has no column 'a' (there are b, c)" },
	{ &plain, "a,d\n", "", ":1: no such column: 'd' (there are a, b, c)" },
	{ &plain, "a,a\n", "", ":1: column 'a' stands there twice" },
	{ &plain, "a\n1,2\n", "", ":2: more fields than the header has" },
	{ &plain, "a\n1\nbad\n2\n", "2:1||;", ":3: refused" },
	/* Of the cell that was looked at the place is said, in characters. */
	{ &plain, "a,b\n1,worse\n", "", ":2:3: refused" },
	{ &plain, "c,b,a\n\"\xc3\xa9,\"\"x\",worse,1\n", "", ":2:9: refused" },
	{ &plain, "c,a,b\n\"x\ny\",1,worse\n", "", ":2: refused" },
	{ &exact, "#v\na,b,c\n1,,3\n", "#v;3:1||3;", NULL },
	{ &exact, "a,c,b\n", "", ":1: the header is not: 'a,b,c'" },
	{ &exact, "a,b,c\n1,2\n", "", ":2: not these columns: 'a,b,c'" },
	{ &exact, "", "", ": no header 'a,b,c'" },
	{ &open_form, "x,b,y,a\n1,2,3,4\n", "2:4|2|;", NULL },
	{ &open_form, "x,a\n", "",
	    ":1: the header has no column 'b' (there are x, a)" },
};

static void
test_tables(void **state)
{
	char path[] = "/tmp/cdrguard-test-XXXXXX";
	struct errmsg err;
	struct buf got;
	size_t i, len;
	int fd = mkstemp(path), rc;

	(void)state;
	assert_true(fd >= 0);
	for (i = 0; i < COUNT(tables); i++) {
		len = strlen(tables[i].text);
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, tables[i].text, len, 0), len);
		buf_init(&got);
		rc = csvtable_read(path, tables[i].form, &got, &err);
		assert_int_equal(rc, tables[i].said != NULL ? -1 : 0);
		assert_string_equal(got.len > 0 ? got.data : "",
		    tables[i].rows);
		if (rc != 0) {
			assert_memory_equal(err.text, path, strlen(path));
			assert_string_equal(err.text + strlen(path),
			    tables[i].said);
		}
		buf_fini(&got);
	}
	assert_int_equal(close(fd), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(csvtable_read(path, &plain, NULL, &err), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
