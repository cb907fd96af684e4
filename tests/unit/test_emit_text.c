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
#include "report/emit_text.h"
#include "tests/unit/golden.h"
#include "tests/unit/sample_casedata.h"
#include "tests/unit/sample_results.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* The reports kept in tests/unit/golden; UPDATE=1 writes them anew. */
struct golden {
	const char *name;
	void (*make)(struct results *rs);
	int width;
	enum report_detail detail;
	bool apart; /* waived and shadow, too */
	int min_score;
	bool recent; /* as cdrreport selects */
	const char *calls_command;
	bool pictures; /* with the calls around each case */
};

static void
make_page_full(struct results *rs)
{
	sample_many(rs, 60);
}

static void
make_page_full_stateless(struct results *rs)
{
	make_page_full(rs);
	rs->run.stored = false;
}

static void
make_broken_stream(struct results *rs)
{
	sample_night(rs);
	rs->ncases = 2;
	memset(&rs->run, 0, sizeof(rs->run));
}

static void
make_no_calls(struct results *rs)
{
	sample_clear(rs);
	memset(&rs->run.counts, 0, sizeof(rs->run.counts));
	rs->run.counts.files = 1;
	rs->run.looked_at = 0;
	rs->run.nfeeds = 0;
	rs->run.stored = false;
}

static void
make_old_case(struct results *rs)
{
	static const char *const remarks[] = {
		"home country guessed from the records: DE; state "
		"home_country in the configuration to be sure",
		"list known-bad is 93 days old",
	};
	static const char *const heirs[] = { "c-0000000008", "c-0000000009" };

	sample_night(rs);
	rs->cases[2]->first_seen -= INT64_C(30) * 24 * 3600 * 1000;
	rs->cases[2]->last_seen -= INT64_C(30) * 24 * 3600 * 1000;
	rs->cases[1]->previous = "c-0000000007";
	rs->cases[1]->heirs = heirs;
	rs->cases[1]->nheirs = LENGTH(heirs);
	rs->run.remarks = remarks;
	rs->run.nremarks = LENGTH(remarks);
}

/* The same rule night after night, and a case that began last year. */
static void
make_many_nights(struct results *rs)
{
	struct fraud_case *c;
	struct feed *feeds;
	int i;

	sample_clear(rs);
	c = sample_case(rs, "account", "FAX-1", 52,
	    sample_time(1, 1, 0, 0, 0) - 7200000, sample_time(1, 13, 2, 0, 0));
	c->calls = sample_tally(rs, 400, 4000, "EUR", 1);
	for (i = 0; i < 13; i++)
		sample_finding(rs, c,
		    i < 12 ? "after-hours-volume" : "call-rate",
		    i < 12 ? "time" : "volume", 40,
		    i == 0    ? 40
		    : i == 12 ? 12
			      : 0,
		    arena_printf(&rs->arena, "%d calls while closed", 20 + i));
	feeds = arena_array(&rs->arena, 14, sizeof(*feeds));
	for (i = 0; i < 14; i++) {
		feeds[i].source = arena_printf(&rs->arena, "site-%02d", i);
		feeds[i].last = rs->run.as_of - i * INT64_C(7200000);
		feeds[i].calls = 100;
	}
	feeds[7].last = feeds[7].calls = 0;
	rs->run.feeds = feeds;
	rs->run.nfeeds = 14;
}

static const struct golden goldens[] = {
	{ .name = "night",
	    .make = sample_night,
	    .detail = DETAIL_MED,
	    .apart = true,
	    .calls_command = "cdrreport calls" },
	{ .name = "night-days",
	    .make = sample_night,
	    .detail = DETAIL_MED,
	    .pictures = true },
	{ .name = "night-low", .make = sample_night, .detail = DETAIL_LOW },
	{ .name = "night-high", .make = sample_night, .detail = DETAIL_HIGH },
	{ .name = "night-120",
	    .make = sample_night,
	    .width = 120,
	    .detail = DETAIL_MED,
	    .apart = true },
	{ .name = "clear", .make = sample_clear, .detail = DETAIL_MED },
	{ .name = "no-calls", .make = make_no_calls, .detail = DETAIL_MED },
	{ .name = "hostile", .make = sample_hostile, .detail = DETAIL_HIGH },
	{ .name = "hostile-120",
	    .make = sample_hostile,
	    .width = 120,
	    .detail = DETAIL_HIGH },
	{ .name = "currencies",
	    .make = sample_currencies,
	    .detail = DETAIL_MED },
	{ .name = "currencies-120",
	    .make = sample_currencies,
	    .width = 120,
	    .detail = DETAIL_MED },
	{ .name = "many",
	    .make = make_page_full,
	    .detail = DETAIL_MED,
	    .min_score = 20 },
	{ .name = "broken-stream",
	    .make = make_broken_stream,
	    .detail = DETAIL_MED },
	{ .name = "recent",
	    .make = make_old_case,
	    .detail = DETAIL_MED,
	    .recent = true,
	    .min_score = 55 },
	{ .name = "many-nights",
	    .make = make_many_nights,
	    .detail = DETAIL_MED },
};

static const struct zone *
berlin(void)
{
	struct errmsg err;
	const struct zone *z = zone_get("Europe/Berlin", &err);

	if (z == NULL)
		fail_msg("%s", err.text);
	return z;
}

static void
print_golden(struct buf *b, const struct golden *g, int width, bool colour)
{
	struct emit_options opt;
	struct selection sel;
	struct results rs;
	struct view v;
	struct arena arena;

	arena_init(&arena);
	g->make(&rs);
	results_sort(&rs);
	emit_options_init(&opt);
	opt.zone = berlin();
	opt.width = width;
	opt.detail = g->detail;
	opt.colour = colour;
	opt.calls_command = g->calls_command;
	selection_init(&sel);
	if (g->recent)
		selection_recent(&sel, rs.run.as_of);
	sel.waived = sel.shadow = g->apart;
	sel.min_score = g->min_score;
	view_init(&v, &rs, &sel);
	if (g->pictures)
		sample_casedata(&v, &arena, &opt);
	emit_text_print(b, &v, &opt);
	view_fini(&v);
	results_fini(&rs);
	arena_fini(&arena);
}

static void
as_kept(void **state)
{
	struct buf seen;
	char name[64];
	size_t i;

	(void)state;
	buf_init(&seen);
	for (i = 0; i < LENGTH(goldens); i++) {
		buf_reset(&seen);
		print_golden(&seen, &goldens[i], goldens[i].width, false);
		(void)snprintf(name, sizeof(name), "%s.txt", goldens[i].name);
		golden_check(name, &seen);
	}
	buf_fini(&seen);
}

static void
no_line_is_longer_than_the_width(void **state)
{
	static const int widths[] = { 80, 120, 60, 40 };
	const char *line, *end;
	struct buf b;
	size_t i, k, length;

	(void)state;
	buf_init(&b);
	for (i = 0; i < LENGTH(goldens) * LENGTH(widths); i++) {
		k = i / LENGTH(goldens);
		buf_reset(&b);
		print_golden(&b, &goldens[i % LENGTH(goldens)], widths[k],
		    false);
		for (line = b.data; *line != '\0'; line = end + 1) {
			end = strchr(line, '\n');
			assert_non_null(end);
			length = utf8_length(line, (size_t)(end - line));
			if (length > (size_t)widths[k])
				fail_msg("%s at %d: %zu characters: %.*s",
				    goldens[i % LENGTH(goldens)].name,
				    widths[k], length, (int)(end - line), line);
			assert_true(end == line || end[-1] != ' ');
		}
	}
	buf_fini(&b);
}

static void
nothing_hostile_gets_through(void **state)
{
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < LENGTH(goldens); i++)
		print_golden(&b, &goldens[i], 80, false);
	assert_true(utf8_valid(b.data, b.len));
	for (i = 0; i < b.len; i++)
		assert_true(
		    b.data[i] == '\n' || (unsigned char)b.data[i] >= ' ');
	assert_null(strchr(b.data, 0x7f));
	assert_null(strstr(b.data, "\xe2\x80\xae"));
	buf_fini(&b);
}

/* The sums under the points are the scores of the table. */
static void
points_add_up(void **state)
{
	static const char *const sums[] = { " ----\n  100\n", " ----\n   92\n",
		" ----\n   55\n", " ----\n   50\n" };
	const char *at;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	print_golden(&b, &goldens[0], 80, false);
	for (at = b.data, i = 0; i < LENGTH(sums); i++) {
		at = strstr(at, sums[i]);
		assert_non_null(at);
		at++;
	}
	assert_null(strstr(at, " ----\n"));
	buf_fini(&b);
}

/* Of very many cases the worst are told of one by one, unless all are wanted. */
static void
of_many_cases_the_worst(void **state)
{
	struct golden g = { "", make_page_full, 80, DETAIL_MED, false, 0, false,
		NULL, false };
	struct buf b;

	(void)state;
	buf_init(&b);
	print_golden(&b, &g, 80, false);
	assert_non_null(strstr(b.data, "\naccount ACCOUNT-0049 "));
	assert_null(strstr(b.data, "\naccount ACCOUNT-0050 "));
	assert_non_null(strstr(b.data, "ACCOUNT-0059 "));
	assert_non_null(
	    strstr(b.data, "10 more cases are in the table alone."));
	assert_non_null(strstr(b.data, "cdrreport NAME shows one"));
	buf_reset(&b);
	g.make = make_page_full_stateless;
	print_golden(&b, &g, 120, false);
	assert_null(strstr(b.data, "cdrreport NAME"));
	assert_non_null(strstr(b.data,
	    "cdrscan -f ndjson ... | cdrreport --detail high - shows all."));
	g.make = make_page_full;
	buf_reset(&b);
	g.detail = DETAIL_HIGH;
	print_golden(&b, &g, 80, false);
	assert_non_null(strstr(b.data, "\naccount ACCOUNT-0059 "));
	assert_null(strstr(b.data, "in the table alone"));
	assert_non_null(strstr(b.data, "  first call\n"));
	buf_fini(&b);
}

/* One call of the night after another is of another file. */
static void
make_of_files(struct results *rs, const char *const *files, size_t n)
{
	struct evidence *e;
	size_t i, k;

	sample_night(rs);
	for (i = 0; i < rs->n; i++) {
		e = arena_array(&rs->arena, rs->findings[i]->nevidence,
		    sizeof(*e));
		for (k = 0; k < rs->findings[i]->nevidence; k++) {
			e[k] = rs->findings[i]->evidence[k];
			e[k].file = files[k % n];
		}
		rs->findings[i]->evidence = e;
	}
}

static void
make_kinds_of_files(struct results *rs)
{
	static const char *const files[] = { "Master.csv", "Master.csv.1.gz",
		"Master.csv.2.xz" };

	make_of_files(rs, files, LENGTH(files));
}

static void
make_packed(struct results *rs)
{
	static const char *const file = "Master.csv.gz";

	make_of_files(rs, &file, 1);
}

/* No command prints a line of these. */
static void
make_unreachable(struct results *rs)
{
	static const char *const files[] = { "-", "night.zip:Master.csv" };

	make_of_files(rs, files, LENGTH(files));
}

static void
a_line_is_got_at_by_what_its_file_is(void **state)
{
	const struct {
		void (*make)(struct results *rs);
		const char *words; /* NULL: none */
	} kinds[] = {
		{ sample_night,
		    "Lines:   sed -n LINEp FILE prints the record" },
		{ make_kinds_of_files,
		    "Lines:   sed -n LINEp FILE, of a compressed one zcat or "
		    "xzcat FILE | sed -n LINEp, prints the record" },
		{ make_packed,
		    "Lines:   zcat FILE | sed -n LINEp prints the record" },
		{ make_unreachable, NULL },
	};
	struct golden g = { "", NULL, 200, DETAIL_MED, false, 0, false, NULL,
		false };
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < LENGTH(kinds); i++) {
		buf_reset(&b);
		g.make = kinds[i].make;
		print_golden(&b, &g, 200, false);
		if (kinds[i].words != NULL)
			assert_non_null(strstr(b.data, kinds[i].words));
		else
			assert_null(strstr(b.data, "Lines:"));
	}
	buf_fini(&b);
}

/* Colour paints; without the paint it is the same report. */
static void
colour_changes_nothing_else(void **state)
{
	struct buf plain, painted, scraped;
	const char *at;
	size_t i;

	(void)state;
	buf_init(&plain);
	buf_init(&painted);
	buf_init(&scraped);
	for (i = 0; i < LENGTH(goldens); i++) {
		buf_reset(&plain);
		buf_reset(&painted);
		buf_reset(&scraped);
		print_golden(&plain, &goldens[i], 80, false);
		print_golden(&painted, &goldens[i], 80, true);
		for (at = painted.data; *at != '\0'; at++) {
			if (*at == '\033')
				at += strcspn(at, "m");
			else
				buf_addch(&scraped, *at);
		}
		assert_true(painted.len > plain.len);
		assert_string_equal(scraped.data, plain.data);
	}
	buf_fini(&plain);
	buf_fini(&painted);
	buf_fini(&scraped);
}

static void
to_a_file(void **state)
{
	char path[] = "/tmp/test_emit_text.XXXXXX";
	struct emit_options opt;
	struct selection sel;
	struct results rs;
	struct outfile *out;
	struct errmsg err;
	struct view v;
	struct buf file, text;
	int fd = mkstemp(path);

	(void)state;
	assert_int_not_equal(fd, -1);
	assert_int_equal(close(fd), 0);
	sample_night(&rs);
	selection_init(&sel);
	emit_options_init(&opt);
	view_init(&v, &rs, &sel);
	assert_int_equal(outfile_open(&out, path, &err), 0);
	assert_int_equal(emit_text(out, &v, &opt, &err), 0);
	assert_int_equal(outfile_commit(&out, &err), 0);
	buf_init(&file);
	buf_init(&text);
	golden_read(&file, path);
	emit_text_print(&text, &v, &opt);
	assert_string_equal(file.data, text.data);
	/* no zone asked for: UTC, and said */
	assert_non_null(strstr(text.data, "01:11:09"));
	assert_non_null(strstr(text.data, "(UTC)"));
	(void)unlink(path);
	buf_fini(&file);
	buf_fini(&text);
	view_fini(&v);
	results_fini(&rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_kept),
		cmocka_unit_test(no_line_is_longer_than_the_width),
		cmocka_unit_test(nothing_hostile_gets_through),
		cmocka_unit_test(points_add_up),
		cmocka_unit_test(of_many_cases_the_worst),
		cmocka_unit_test(a_line_is_got_at_by_what_its_file_is),
		cmocka_unit_test(colour_changes_nothing_else),
		cmocka_unit_test(to_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
