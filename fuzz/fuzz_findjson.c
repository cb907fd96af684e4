/*
 * findjson, report: findings out of a pipe.  What is read is written, and
 * reads, as the same; any of it makes a report within its width in which
 * nothing can move a cursor.
 */
#include <assert.h>
#include <string.h>

#include "base/utf8.h"
#include "detect/findjson.h"
#include "fuzz/fuzz.h"
#include "report/emit_text.h"

enum { WIDTH = 80 };

static void
write_stream(struct buf *b, const struct results *rs)
{
	struct jsonout j;
	size_t i;

	for (i = 0; i < rs->n; i++, buf_addch(b, '\n')) {
		jsonout_init(&j, b, false);
		findjson_finding(&j, rs->findings[i], &rs->run);
	}
	for (i = 0; i < rs->ncases; i++, buf_addch(b, '\n')) {
		jsonout_init(&j, b, false);
		findjson_case(&j, rs->cases[i]);
	}
	jsonout_init(&j, b, false);
	if (rs->run.complete)
		findjson_run(&j, &rs->run);
}

static void
check_again(const struct results *rs)
{
	struct results again;
	struct buf one, other;
	struct errmsg err;
	int rc;

	buf_init(&one);
	buf_init(&other);
	results_init(&again);
	write_stream(&one, rs);
	rc = findjson_read_stream(&again, one.data, one.len, "again", &err);
	assert(rc == (rs->run.complete ? 0 : 1));
	write_stream(&other, &again);
	assert(strcmp(one.data, other.data) == 0);
	results_fini(&again);
	buf_fini(&one);
	buf_fini(&other);
}

static void
check_report(const struct results *rs)
{
	struct emit_options opt;
	struct selection sel;
	struct view view;
	const char *p, *end;
	struct buf b, safe;

	buf_init(&b);
	buf_init(&safe);
	emit_options_init(&opt);
	opt.detail = DETAIL_HIGH;
	opt.width = WIDTH;
	selection_init(&sel);
	sel.waived = sel.shadow = true;
	view_init(&view, rs, &sel);
	emit_text_print(&b, &view, &opt);
	for (p = b.data; *p != '\0'; p = end + 1) {
		end = strchr(p, '\n');
		assert(end != NULL);
		assert(utf8_length(p, (size_t)(end - p)) <= WIDTH);
		buf_reset(&safe);
		utf8_printable(&safe, p, (size_t)(end - p));
		assert(safe.len == (size_t)(end - p));
		assert(memcmp(safe.data, p, safe.len) == 0);
	}
	view_fini(&view);
	buf_fini(&b);
	buf_fini(&safe);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct results rs;
	struct errmsg err;
	int rc;

	results_init(&rs);
	rc = findjson_read_stream(&rs, (const char *)data, size, "fuzz", &err);
	if (rc >= 0) {
		assert((rc == 0) == rs.run.complete);
		check_again(&rs);
		results_sort(&rs);
		check_report(&rs);
		report_redact(&rs, 2);
		check_report(&rs);
	} else {
		fuzz_check_words(err.text);
	}
	results_fini(&rs);
	return 0;
}
