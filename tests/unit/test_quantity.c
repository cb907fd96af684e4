#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "rule/quantity.h"

static const struct param declared[] = {
	{ "calls", "", false, 8 * RULE_UNIT, 0, 0, "" },
	{ "hold", "", true, 3600000 * RULE_UNIT, 0, 0, "" },
};
static const struct params params = { declared, 2 };

/* The value of {"v": TEXT}. */
static struct json_doc *
parse(const char *text, struct notes *notes)
{
	struct json_doc *doc;
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "{\"v\": %s}", text);
	doc = json_parse(b.data, b.len, "file", notes);
	buf_fini(&b);
	assert_non_null(doc);
	return doc;
}

static void
test_read(void **state)
{
	static const struct {
		const char *text;
		int64_t v;
		bool is_span;
		const char *printed;
	} rows[] = {
		{ "3", 3000000, false, "3" },
		{ "0.6", 600000, false, "0.6" },
		{ "0", 0, false, "0" },
		{ "-2.5", -2500000, false, "-2.5" },
		{ "1e3", 1000000000, false, "1000" },
		{ "0.000001", 1, false, "0.000001" },
		{ "0.07", 70000, false, "0.07" },
		{ "\"2h\"", 7200000 * RULE_UNIT, true, "2h" },
		{ "\"90s\"", 90000 * RULE_UNIT, true, "90s" },
		{ "\"8.5h\"", 30600000 * RULE_UNIT, true, "8.5h" },
		{ "\"60d\"", INT64_C(5184000000) * RULE_UNIT, true, "60d" },
		{ "\"$calls\"", 8000000, false, "8" },
		{ "\"$hold\"", 3600000 * RULE_UNIT, true, "1h" },
	};
	struct json_doc *doc;
	struct notes notes;
	struct buf b;
	bool is_span;
	int64_t v;
	size_t i;

	(void)state;
	notes_init(&notes);
	buf_init(&b);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		doc = parse(rows[i].text, &notes);
		assert_int_equal(quantity_read(json_root(doc)->first, &params,
				     &v, &is_span, &notes),
		    0);
		assert_true(v == rows[i].v);
		assert_int_equal(is_span, rows[i].is_span);
		buf_reset(&b);
		quantity_print(&b, v, is_span);
		assert_string_equal(b.data, rows[i].printed);
		json_free(&doc);
	}
	assert_int_equal(notes.n, 0);
	buf_fini(&b);
	notes_fini(&notes);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *text;
		enum quantity_kind kind;
		const char *code, *help;
	} rows[] = {
		{ "true", QUANTITY_ANY, "E204", "duration such as" },
		{ "null", QUANTITY_ANY, "E204", NULL },
		{ "[3]", QUANTITY_ANY, "E204", NULL },
		{ "\"10\"", QUANTITY_ANY, "E204", NULL },
		{ "\"ten\"", QUANTITY_ANY, "E204", NULL },
		{ "\"\"", QUANTITY_ANY, "E204", NULL },
		{ "1e13", QUANTITY_ANY, "E204", NULL },
		{ "-1e13", QUANTITY_ANY, "E204", NULL },
		{ "\"999999999w\"", QUANTITY_ANY, "E204", NULL },
		{ "\"$nobody\"", QUANTITY_ANY, "E302", NULL },
		{ "\"$cals\"", QUANTITY_ANY, "E302", "\"$calls\"" },
		{ "\"2h\"", QUANTITY_NUMBER, "E204", "a number is needed" },
		{ "3", QUANTITY_SPAN, "E204", "\"10m\"" },
		{ "\"$hold\"", QUANTITY_NUMBER, "E204", NULL },
		{ "\"$calls\"", QUANTITY_SPAN, "E204", NULL },
	};
	struct json_doc *doc;
	struct notes notes;
	int64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		notes_init(&notes);
		doc = parse(rows[i].text, &notes);
		assert_int_equal(quantity_read_as(json_root(doc)->first,
				     &params, rows[i].kind, &v, &notes),
		    -1);
		assert_int_equal(notes.n, 1);
		assert_string_equal(notes.list[0].code, rows[i].code);
		assert_int_equal(notes.list[0].column, 7);
		if (rows[i].help != NULL)
			assert_non_null(
			    strstr(notes.list[0].help, rows[i].help));
		json_free(&doc);
		notes_fini(&notes);
	}
}

static void
test_no_params(void **state)
{
	struct json_doc *doc;
	struct notes notes;
	bool is_span;
	int64_t v;

	(void)state;
	notes_init(&notes);
	doc = parse("\"$calls\"", &notes);
	assert_int_equal(quantity_read(json_root(doc)->first, NULL, &v,
			     &is_span, &notes),
	    -1);
	assert_string_equal(notes.list[0].code, "E302");
	assert_null(params_find(NULL, "calls"));
	assert_ptr_equal(params_find(&params, "hold"), &declared[1]);
	assert_null(params_find(&params, "$hold"));
	json_free(&doc);
	notes_fini(&notes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_params),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
