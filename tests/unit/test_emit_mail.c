#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "report/emit_mail.h"
#include "tests/unit/golden.h"
#include "tests/unit/sample_casedata.h"
#include "tests/unit/sample_results.h"

struct sample {
	const char *name;
	void (*make)(struct results *);
	enum report_detail detail;
	bool attach;
	const char *to, *from, *subject;
};

static const struct sample samples[] = {
	{ "night.eml", sample_night, DETAIL_MED, false, "ops@example.net",
	    "cdr@example.net", NULL },
	{ "night-csv.eml", sample_night, DETAIL_LOW, true, "root", NULL,
	    "N\xc3\xa4"
	    "chtliches" },
	{ "hostile.eml", sample_hostile, DETAIL_HIGH, true, NULL, NULL, NULL },
	{ "clear.eml", sample_clear, DETAIL_MED, false, NULL, NULL, NULL },
};

enum { SAMPLES = sizeof(samples) / sizeof(samples[0]) };

static int
write_to(struct buf *b, const struct view *v, const struct emit_options *opt,
    struct errmsg *err)
{
	struct outfile *out;
	int r;

	outfile_open_buf(&out, b);
	r = emit_mail(out, v, opt, err);
	assert_int_equal(outfile_commit(&out, err), 0);
	return r;
}

static void
print(struct buf *b, const struct sample *s)
{
	struct emit_options opt;
	struct selection sel;
	struct results rs;
	struct view v;
	struct arena arena;
	struct errmsg err;

	arena_init(&arena);
	s->make(&rs);
	results_sort(&rs);
	selection_init(&sel);
	sel.waived = sel.shadow = true;
	view_init(&v, &rs, &sel);
	emit_options_init(&opt);
	opt.zone = zone_get("Europe/Berlin", NULL);
	opt.detail = s->detail;
	sample_casedata(&v, &arena, &opt);
	opt.attach_csv = s->attach;
	opt.to = s->to;
	opt.from = s->from;
	opt.subject = s->subject;
	assert_int_equal(write_to(b, &v, &opt, &err), 0);
	view_fini(&v);
	results_fini(&rs);
	arena_fini(&arena);
}

static void
as_kept(void **state)
{
	struct buf b, again;
	size_t i;

	(void)state;
	buf_init(&b);
	buf_init(&again);
	for (i = 0; i < SAMPLES; i++) {
		buf_reset(&b);
		buf_reset(&again);
		print(&b, &samples[i]);
		print(&again, &samples[i]);
		assert_string_equal(b.data, again.data);
		golden_check(samples[i].name, &b);
	}
	buf_fini(&again);
	buf_fini(&b);
}

/* Seven bits, short lines, one blank line behind the headers. */
static void
fit_for_any_mailer(void **state)
{
	const char *line, *end;
	struct buf b;
	size_t i, k;

	(void)state;
	buf_init(&b);
	for (i = 0; i < SAMPLES; i++) {
		buf_reset(&b);
		print(&b, &samples[i]);
		for (k = 0; k < b.len; k++)
			assert_true(b.data[k] == '\n' ||
				    (b.data[k] >= ' ' && b.data[k] < 127) ||
				    b.data[k] == '\t');
		for (line = b.data; *line != '\0'; line = end + 1) {
			end = strchr(line, '\n');
			assert_non_null(end);
			assert_true(end - line <= 78);
		}
		assert_non_null(strstr(b.data, "Subject: "));
		assert_non_null(strstr(b.data, "\nMessage-ID: <cdr."));
		assert_null(strstr(b.data, "\nBcc:"));
	}
	buf_fini(&b);
}

static void
no_addresses(void **state)
{
	struct emit_options opt;
	struct selection sel;
	struct results rs;
	struct errmsg err;
	struct view v;
	struct buf b;

	(void)state;
	buf_init(&b);
	sample_clear(&rs);
	selection_init(&sel);
	view_init(&v, &rs, &sel);
	emit_options_init(&opt);
	opt.to = "a\nBcc: b";
	assert_int_equal(write_to(&b, &v, &opt, &err), -1);
	opt.to = NULL;
	opt.from = ",";
	assert_int_equal(write_to(&b, &v, &opt, &err), -1);
	assert_int_equal(b.len, 0);
	view_fini(&v);
	results_fini(&rs);
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_kept),
		cmocka_unit_test(fit_for_any_mailer),
		cmocka_unit_test(no_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
