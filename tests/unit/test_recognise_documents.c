/*
 * Files of XML and JSON that are looked at in pieces: a record that a piece
 * cuts is no damage.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cdr/recognise.h"
#include "io/input.h"
#include "layout_files.h"

enum { LARGE = 3 * 1024 * 1024 };

/* A sample's text between its first `begin` and its last `end`. */
static void
middle(const char *sample, const char *begin, const char *end, struct buf *out)
{
	const char *from, *to = NULL, *p;
	struct errmsg err;
	char *bytes;
	size_t len;

	assert_int_equal(input_slurp(sample, 1 << 20, &bytes, &len, &err), 0);
	from = strstr(bytes, begin);
	assert_non_null(from);
	for (p = from; (p = strstr(p, end)) != NULL; p++)
		to = p + strlen(end);
	assert_non_null(to);
	buf_init(out);
	buf_add(out, from, (size_t)(to - from));
	free(bytes);
}

/* Every record that is looked at speaks for the layout. */
static void
expect(const struct layouts *ls, struct input *in, const char *id)
{
	struct recognition found;

	recognise(ls, in, 1, &found);
	input_close(&in);
	assert_non_null(found.layout);
	assert_string_equal(found.layout->id, id);
	assert_true(found.confidence > 0.999);
	assert_true(found.records > 20);
}

/* On disk, and as a stream that cannot be read at any place. */
static void
look(const struct buf *text, const char *id)
{
	struct layouts *ls = shipped_layouts();
	char *dir = folder_make();
	char *path = folder_write(dir, "x", text->data, text->len);
	struct errmsg err;
	struct input *in;

	assert_int_equal(input_open(&in, path, &err), 0);
	expect(ls, in, id);
	expect(ls, input_memory("x", text->data, text->len, 0), id);
	free(path);
	folder_remove(&dir);
	layouts_free(&ls);
}

static void
repeat(const char *before, const struct buf *text, const char *between,
    struct buf *out)
{
	buf_init(out);
	buf_addstr(out, before);
	while (out->len < LARGE) {
		buf_add(out, text->data, text->len);
		buf_addstr(out, between);
	}
}

static void
check(const char *id, const char *begin, const char *end, const char *before,
    const char *between)
{
	struct buf some, many;
	char path[128];

	(void)snprintf(path, sizeof(path), "samples/%s.%s", id,
	    strstr(id, "json") != NULL ? "json" : "xml");
	middle(path, begin, end, &some);
	repeat(before, &some, between, &many);
	look(&many, id);
	buf_fini(&some);
	buf_fini(&many);
}

static void
test_large(void **state)
{
	(void)state;
	check("metaswitch-cfs", "<Call ", "</Call>",
	    "<?xml version=\"1.0\"?>\n<File>\n<CDRs>\n", "\n");
	check("broadworks-xml", "<cdrData>", "</cdrData>", "<broadWorksCDR>\n",
	    "\n");
	check("freeswitch-xml", "<cdr ", "</cdr>", "", "\n");
	check("freeswitch-json", "{\n", "}\n", "", "");
	check("grandstream-json", "{\n   \"cdr\"", "\n  }",
	    "{\"cdr_root\": [\n", ",\n");
}

/* Not even one line end to go by. */
static void
test_one_line(void **state)
{
	(void)state;
	check("metaswitch-cfs", "<Call ", "</Call>", "<File>", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
