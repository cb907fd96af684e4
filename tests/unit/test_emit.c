#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/emit.h"
#include "tests/unit/sample_results.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static void
formats_are_found_by_name(void **state)
{
	static const char *const good[] = { "text", "mail", "html", "csv",
		"tsv", "json", "ndjson" };
	static const char *const bad[] = { "", "TEXT", "jsonl", "text " };
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(good); i++)
		assert_string_equal(emit_find(good[i])->name, good[i]);
	for (i = 0; i < LENGTH(bad); i++)
		assert_null(emit_find(bad[i]));
}

static void
the_table_is_whole(void **state)
{
	const struct writer *w;
	size_t i;

	(void)state;
	for (i = 0; (w = emit_at(i)) != NULL; i++) {
		assert_ptr_equal(emit_find(w->name), w);
		assert_non_null(w->write);
		/* one line of --help */
		assert_true(strlen(w->help) > 0 && strlen(w->help) < 50);
		assert_true(islower((unsigned char)w->help[0]));
	}
	/* text is first: it is what is printed unless asked otherwise */
	assert_string_equal(emit_at(0)->name, "text");
	assert_null(emit_at(i + 1));
}

static void
write_report(const struct writer *w, const struct view *v, const char *path)
{
	struct emit_options opt;
	struct outfile *out;
	struct errmsg err;

	emit_options_init(&opt);
	assert_int_equal(outfile_open(&out, path, &err), 0);
	assert_int_equal(w->write(out, v, &opt, &err), 0);
	assert_int_equal(outfile_commit(&out, &err), 0);
}

/* Every writer writes something that ends in a line feed, of anything. */
static void
every_writer_writes(void **state)
{
	static void (*const make[])(struct results *) = { sample_night,
		sample_clear, sample_hostile, sample_currencies };
	char path[] = "/tmp/test_emit.XXXXXX";
	const struct writer *w;
	struct selection sel;
	struct results rs;
	struct view v;
	size_t i, k;
	FILE *f;

	(void)state;
	assert_int_equal(close(mkstemp(path)), 0);
	selection_init(&sel);
	for (i = 0; i < LENGTH(make); i++) {
		make[i](&rs);
		view_init(&v, &rs, &sel);
		for (k = 0; (w = emit_at(k)) != NULL; k++) {
			write_report(w, &v, path);
			f = fopen(path, "r");
			assert_non_null(f);
			assert_int_equal(fseek(f, -1, SEEK_END), 0);
			assert_int_equal(fgetc(f), '\n');
			assert_int_equal(fclose(f), 0);
		}
		view_fini(&v);
		results_fini(&rs);
	}
	(void)unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_are_found_by_name),
		cmocka_unit_test(the_table_is_whole),
		cmocka_unit_test(every_writer_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
