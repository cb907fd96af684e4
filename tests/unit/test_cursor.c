#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/cursor.h"
#include "tests/unit/sample_results.h"

static char dir[] = "/tmp/test_cursor.XXXXXX";
static char path[sizeof(dir) + sizeof("/cursor.json.lock") - 1];
static const int64_t now = INT64_C(1768400000000);

/* What a cursor that saw the sample night makes of a change to its worst. */
static enum view_news
news_after(void (*change)(struct fraud_case *c, struct results *rs))
{
	struct selection sel;
	struct results rs;
	struct cursor *c;
	struct errmsg err;
	struct view v;
	enum view_news news;

	(void)unlink(path);
	selection_init(&sel);
	sample_night(&rs);
	results_sort(&rs);
	assert_int_equal(cursor_open(&c, path, 0, &err), 0);
	assert_int_equal(cursor_sent(c), 0);
	view_init(&v, &rs, &sel);
	assert_int_equal(cursor_news(c, &v.cases[0]), NEWS_NEW);
	assert_int_equal(cursor_move(c, &v, now, &err), 0);
	view_fini(&v);
	cursor_free(&c);
	assert_int_equal(cursor_open(&c, path, 0, &err), 0);
	assert_int_equal(cursor_sent(c), now);
	change(rs.cases[0], &rs);
	view_init(&v, &rs, &sel);
	assert_int_equal(cursor_news(c, &v.cases[1]), NEWS_NONE);
	news = cursor_news(c, &v.cases[0]);
	view_fini(&v);
	cursor_free(&c);
	results_fini(&rs);
	(void)unlink(path);
	return news;
}

static void
nothing(struct fraud_case *c, struct results *rs)
{
	(void)c;
	(void)rs;
}

static void
few_calls(struct fraud_case *c, struct results *rs)
{
	(void)rs;
	c->calls.calls += c->calls.calls / 4;
}

static void
many_calls(struct fraud_case *c, struct results *rs)
{
	(void)rs;
	c->calls.calls += c->calls.calls / 2 + 1;
}

static void
more_money(struct fraud_case *c, struct results *rs)
{
	struct amount *a = arena_memdup(&rs->arena, c->calls.money,
	    c->calls.nmoney * sizeof(*a));

	a[0].micro *= 2;
	c->calls.money = a;
}

static void
another_family(struct fraud_case *c, struct results *rs)
{
	sample_finding(rs, c, "brand-new", "quality", 10, 0, "odd");
}

static void
closed(struct fraud_case *c, struct results *rs)
{
	(void)rs;
	c->state = "closed";
}

static void
what_is_news(void **state)
{
	(void)state;
	assert_int_equal(news_after(nothing), NEWS_NONE);
	assert_int_equal(news_after(few_calls), NEWS_NONE);
	assert_int_equal(news_after(many_calls), NEWS_CONTINUING);
	assert_int_equal(news_after(more_money), NEWS_CONTINUING);
	assert_int_equal(news_after(another_family), NEWS_CONTINUING);
	assert_int_equal(news_after(closed), NEWS_CLOSED);
}

/* What is not shown is not told; what was told stays until it is gone. */
static void
only_what_was_shown(void **state)
{
	struct selection sel;
	struct results rs;
	struct cursor *c;
	struct errmsg err;
	struct view v;
	int i;

	(void)state;
	(void)unlink(path);
	sample_night(&rs);
	results_sort(&rs);
	for (i = 0; i < 2; i++) {
		assert_int_equal(cursor_open(&c, path, 0, &err), 0);
		selection_init(&sel);
		sel.news = cursor_news;
		sel.news_context = c;
		sel.limit = 1;
		view_init(&v, &rs, &sel);
		assert_int_equal(v.ncases, 1);
		assert_string_equal(v.cases[0].c->id, rs.cases[i]->id);
		assert_true(v.news_only);
		assert_int_equal(cursor_move(c, &v, now, &err), 0);
		view_fini(&v);
		cursor_free(&c);
	}
	assert_int_equal(cursor_open(&c, path, 0, &err), 0);
	sel.limit = 0;
	sel.news_context = c;
	view_init(&v, &rs, &sel);
	assert_int_equal(v.ncases, rs.ncases - 2);
	view_fini(&v);
	cursor_free(&c);
	results_fini(&rs);
	(void)unlink(path);
}

/* What was told stays told, and how far was looked moves. */
static void
nothing_to_tell(void **state)
{
	struct selection sel;
	struct results rs;
	struct cursor *c;
	struct errmsg err;
	struct view v;

	(void)state;
	(void)unlink(path);
	selection_init(&sel);
	sample_night(&rs);
	results_sort(&rs);
	rs.run.as_of = now - 5000;
	assert_int_equal(cursor_open(&c, path, 0, &err), 0);
	assert_true(cursor_seen(c) == INT64_MAX);
	view_init(&v, &rs, &sel);
	assert_int_equal(cursor_move(c, &v, now, &err), 0);
	cursor_free(&c);
	assert_int_equal(cursor_open(&c, path, 0, &err), 0);
	assert_int_equal(cursor_seen(c), now - 5000);
	rs.run.as_of = now + 86400000;
	assert_int_equal(cursor_pass(c, &v, &err), 0);
	cursor_free(&c);
	assert_int_equal(cursor_open(&c, path, 0, &err), 0);
	assert_int_equal(cursor_seen(c), now + 86400000);
	assert_int_equal(cursor_sent(c), now);
	assert_int_equal(cursor_news(c, &v.cases[0]), NEWS_NONE);
	cursor_free(&c);
	view_fini(&v);
	/* A first look at nothing is no report. */
	(void)unlink(path);
	results_fini(&rs);
	sample_clear(&rs);
	rs.run.as_of = now;
	view_init(&v, &rs, &sel);
	assert_int_equal(cursor_open(&c, path, 0, &err), 0);
	assert_int_equal(cursor_pass(c, &v, &err), 0);
	cursor_free(&c);
	assert_int_equal(cursor_open(&c, path, 0, &err), 0);
	assert_int_equal(cursor_sent(c), 0);
	assert_int_equal(cursor_seen(c), now);
	cursor_free(&c);
	view_fini(&v);
	results_fini(&rs);
	(void)unlink(path);
}

static void
what_is_no_cursor(void **state)
{
	static const char *const bad[] = { "", "{", "[]", "{}",
		"{\"schema\":\"cdr.cursor/2\",\"sent\":\"2026-01-01T00:00:00Z\"}",
		"{\"schema\":\"cdr.cursor/1\",\"sent\":\"soon\"}",
		"{\"schema\":\"cdr.cursor/1\",\"seen\":\"soon\"}",
		"{\"schema\":\"cdr.cursor/1\"}" };
	struct cursor *c;
	struct errmsg err;
	size_t i;
	FILE *f;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		f = fopen(path, "w");
		assert_non_null(f);
		(void)fputs(bad[i], f);
		assert_int_equal(fclose(f), 0);
		assert_int_equal(cursor_open(&c, path, 0, &err), -1);
		assert_null(c);
		assert_non_null(strstr(err.text, path));
	}
	(void)unlink(path);
}

/* What cannot be looked at may have told everything. */
static void
cannot_be_read(const char *words)
{
	struct cursor *c;
	struct errmsg err;

	assert_int_equal(cursor_open(&c, path, 0, &err), -1);
	assert_null(c);
	assert_non_null(strstr(err.text, words));
}

static void
what_cannot_be_read(void **state)
{
	(void)state;
	(void)unlink(path);
	assert_int_equal(symlink(path, path), 0);
	cannot_be_read("Too many levels");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	cannot_be_read("directory");
	assert_int_equal(rmdir(path), 0);
}

static void
cannot_be_written(void **state)
{
	struct selection sel;
	struct results rs;
	struct cursor *c;
	struct errmsg err;
	struct view v;

	(void)state;
	sample_clear(&rs);
	selection_init(&sel);
	view_init(&v, &rs, &sel);
	assert_int_equal(cursor_open(&c, "/dev/null/cursor", 0, &err), 0);
	assert_int_equal(cursor_move(c, &v, now, &err), -1);
	assert_non_null(strstr(err.text, "/dev/null/cursor"));
	cursor_free(&c);
	view_fini(&v);
	results_fini(&rs);
}

static int
make_folder(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)strcat(strcpy(path, dir), "/cursor.json");
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	(void)unlink(path);
	(void)unlink(strcat(path, ".lock"));
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_news),
		cmocka_unit_test(only_what_was_shown),
		cmocka_unit_test(nothing_to_tell),
		cmocka_unit_test(what_is_no_cursor),
		cmocka_unit_test(what_cannot_be_read),
		cmocka_unit_test(cannot_be_written),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
