#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "detect/findjson.h"
#include "io/jsontext.h"
#include "report/emit_json.h"
#include "tests/unit/golden.h"
#include "tests/unit/sample_results.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* The JSON kept in tests/unit/golden; UPDATE=1 writes it anew. */
struct golden {
	const char *name;
	void (*make)(struct results *rs);
	bool lines, compact, apart;
	int min_score;
};

static const struct golden goldens[] = {
	{ .name = "night.json", .make = sample_night, .apart = true },
	{ .name = "night-compact.json",
	    .make = sample_night,
	    .compact = true,
	    .min_score = 60 },
	{ .name = "night.ndjson",
	    .make = sample_night,
	    .lines = true,
	    .apart = true },
	{ .name = "clear.json", .make = sample_clear },
	{ .name = "clear.ndjson", .make = sample_clear, .lines = true },
	{ .name = "hostile.ndjson", .make = sample_hostile, .lines = true },
	{ .name = "currencies.json", .make = sample_currencies },
};

/* What a writer writes to a file of that name. */
static void
write_results(const char *path, const struct results *rs,
    const struct golden *g)
{
	struct emit_options opt;
	struct selection sel;
	struct outfile *out;
	struct errmsg err;
	struct view v;

	selection_init(&sel);
	sel.waived = sel.shadow = g->apart;
	sel.min_score = g->min_score;
	emit_options_init(&opt);
	opt.compact = g->compact;
	view_init(&v, rs, &sel);
	assert_int_equal(outfile_open(&out, path, &err), 0);
	assert_int_equal((g->lines ? emit_ndjson : emit_json)(out, &v, &opt,
			     &err),
	    0);
	assert_int_equal(outfile_commit(&out, &err), 0);
	view_fini(&v);
}

static void
print_results(struct buf *b, const struct results *rs, const struct golden *g)
{
	char path[] = "/tmp/test_emit_json.XXXXXX";
	int fd = mkstemp(path);

	assert_int_not_equal(fd, -1);
	assert_int_equal(close(fd), 0);
	write_results(path, rs, g);
	buf_reset(b);
	golden_read(b, path);
	(void)unlink(path);
}

static void
as_kept(void **state)
{
	struct results rs;
	struct buf seen;
	size_t i;

	(void)state;
	buf_init(&seen);
	for (i = 0; i < LENGTH(goldens); i++) {
		goldens[i].make(&rs);
		results_sort(&rs);
		print_results(&seen, &rs, &goldens[i]);
		golden_check(goldens[i].name, &seen);
		results_fini(&rs);
	}
	buf_fini(&seen);
}

static struct json_doc *
parse(const char *text, size_t len)
{
	struct notes notes;
	struct json_doc *doc;

	notes_init(&notes);
	doc = json_parse(text, len, "output", &notes);
	if (doc == NULL)
		fail_msg("not strict JSON: %s: %.*s", notes.list[0].text,
		    (int)len, text);
	notes_fini(&notes);
	return doc;
}

/* The schemas of the lines, by their first letters: "ffcr". */
static void
line_kinds(struct buf *kinds, const struct buf *text)
{
	const char *line, *end, *schema;
	struct json_doc *doc;

	buf_reset(kinds);
	for (line = text->data; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		assert_non_null(end);
		doc = parse(line, (size_t)(end - line));
		schema = json_get_string(json_root(doc), "schema");
		assert_non_null(schema);
		assert_true(strncmp(schema, "cdr.", 4) == 0);
		buf_addch(kinds, schema[4]);
		json_free(&doc);
	}
}

static void
one_object_a_line(void **state)
{
	static const struct {
		struct golden how;
		const char *kinds;
	} rows[] = {
		{ { .lines = true }, "fffffffffffccccr" },
		{ { .lines = true, .apart = true }, "fffffffffffffccccr" },
		{ { .lines = true, .min_score = 60 }, "fffffffffccr" },
	};
	struct results rs;
	struct buf text, kinds;
	size_t i;

	(void)state;
	buf_init(&text);
	buf_init(&kinds);
	sample_night(&rs);
	results_sort(&rs);
	for (i = 0; i < LENGTH(rows); i++) {
		print_results(&text, &rs, &rows[i].how);
		line_kinds(&kinds, &text);
		assert_string_equal(kinds.data, rows[i].kinds);
	}
	/* a stream that broke off must not look complete behind us */
	rs.run.complete = false;
	print_results(&text, &rs, &rows[2].how);
	line_kinds(&kinds, &text);
	assert_string_equal(kinds.data, "fffffffffcc");
	results_fini(&rs);
	buf_fini(&text);
	buf_fini(&kinds);
}

static uint32_t
members_of(const struct json_doc *doc, const char *key)
{
	const struct json *array = json_get(json_root(doc), key);

	assert_non_null(array);
	assert_int_equal(array->type, JSON_ARRAY);
	return array->n;
}

static void
one_document(void **state)
{
	static const struct golden hows[] = { { .compact = false },
		{ .compact = true } };
	struct results rs;
	struct json_doc *doc;
	struct buf text;
	size_t i;

	(void)state;
	buf_init(&text);
	sample_night(&rs);
	results_sort(&rs);
	for (i = 0; i < LENGTH(hows); i++) {
		print_results(&text, &rs, &hows[i]);
		doc = parse(text.data, text.len);
		assert_string_equal(json_get_string(json_root(doc), "schema"),
		    "cdr.report/1");
		assert_int_equal(members_of(doc, "cases"), 4);
		assert_int_equal(members_of(doc, "findings"), 11);
		assert_non_null(json_get(json_root(doc), "run"));
		/* compact is one line */
		assert_int_equal(strchr(text.data, '\n') ==
				     text.data + text.len - 1,
		    hows[i].compact);
		json_free(&doc);
	}
	rs.run.complete = false;
	print_results(&text, &rs, &hows[0]);
	doc = parse(text.data, text.len);
	assert_null(json_get(json_root(doc), "run"));
	json_free(&doc);
	results_fini(&rs);
	buf_fini(&text);
}

/* Written, read and written again: the same bytes. */
static void
reads_back(void **state)
{
	static void (*const make[])(struct results *) = { sample_night,
		sample_clear, sample_currencies };
	static const struct golden hows[] = { { .apart = true },
		{ .lines = true, .apart = true } };
	struct results rs, again;
	struct buf first, second;
	struct errmsg err;
	size_t i;

	(void)state;
	buf_init(&first);
	buf_init(&second);
	for (i = 0; i < LENGTH(make) * LENGTH(hows); i++) {
		make[i / LENGTH(hows)](&rs);
		results_sort(&rs);
		print_results(&first, &rs, &hows[i % LENGTH(hows)]);
		results_init(&again);
		if (findjson_read_stream(&again, first.data, first.len, "first",
			&err) != 0)
			fail_msg("%zu: %s", i, err.text);
		results_sort(&again);
		print_results(&second, &again, &hows[i % LENGTH(hows)]);
		assert_string_equal(second.data, first.data);
		results_fini(&again);
		results_fini(&rs);
	}
	buf_fini(&first);
	buf_fini(&second);
}

static void
hostile_texts(void **state)
{
	static const struct golden hows[] = { { .compact = true },
		{ .lines = true } };
	struct results rs;
	struct buf text;
	size_t i, k;

	(void)state;
	buf_init(&text);
	sample_hostile(&rs);
	for (i = 0; i < LENGTH(hows); i++) {
		print_results(&text, &rs, &hows[i]);
		assert_true(utf8_valid(text.data, text.len));
		for (k = 0; k < text.len; k++)
			assert_true(text.data[k] == '\n' ||
				    (unsigned char)text.data[k] >= ' ');
	}
	results_fini(&rs);
	buf_fini(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_kept),
		cmocka_unit_test(one_object_a_line),
		cmocka_unit_test(one_document),
		cmocka_unit_test(reads_back),
		cmocka_unit_test(hostile_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
