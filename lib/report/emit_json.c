#include "report/emit_json.h"

#include "base/buf.h"
#include "detect/findjson.h"
#include "io/jsonout.h"

/* What is written so far goes out, so that memory stays flat. */
static void
drain(struct outfile *out, struct buf *b)
{
	outfile_write(out, b->data, b->len);
	buf_reset(b);
}

static void
write_cases(struct jsonout *j, struct outfile *out, const struct view *v)
{
	size_t i;

	jsonout_key(j, "cases");
	jsonout_array(j);
	for (i = 0; i < v->ncases; i++) {
		findjson_case(j, v->cases[i].c);
		drain(out, j->out);
	}
	jsonout_end_array(j);
}

static void
write_findings(struct jsonout *j, struct outfile *out, const struct view *v)
{
	size_t i;

	jsonout_key(j, "findings");
	jsonout_array(j);
	for (i = 0; i < v->findings.n; i++) {
		findjson_finding(j, v->findings.list[i], &v->rs->run);
		drain(out, j->out);
	}
	jsonout_end_array(j);
}

int
emit_json(struct outfile *out, const struct view *v,
    const struct emit_options *opt, struct errmsg *err)
{
	struct buf b;
	struct jsonout j;

	(void)err;
	buf_init(&b);
	jsonout_init(&j, &b, !opt->compact);
	jsonout_object(&j);
	jsonout_kstring(&j, "schema", "cdr.report/1");
	if (v->rs->run.complete) {
		jsonout_key(&j, "run");
		findjson_run(&j, &v->rs->run);
	}
	write_cases(&j, out, v);
	write_findings(&j, out, v);
	jsonout_end_object(&j);
	buf_addch(&b, '\n');
	drain(out, &b);
	buf_fini(&b);
	return 0;
}

/* One object, one line. */
static void
write_line(struct outfile *out, struct buf *b)
{
	buf_addch(b, '\n');
	drain(out, b);
}

int
emit_ndjson(struct outfile *out, const struct view *v,
    const struct emit_options *opt, struct errmsg *err)
{
	struct buf b;
	struct jsonout j;
	size_t i;

	(void)opt;
	(void)err;
	buf_init(&b);
	for (i = 0; i < v->findings.n; i++) {
		jsonout_init(&j, &b, false);
		findjson_finding(&j, v->findings.list[i], &v->rs->run);
		write_line(out, &b);
	}
	for (i = 0; i < v->ncases; i++) {
		jsonout_init(&j, &b, false);
		findjson_case(&j, v->cases[i].c);
		write_line(out, &b);
	}
	if (v->rs->run.complete) {
		jsonout_init(&j, &b, false);
		findjson_run(&j, &v->rs->run);
		write_line(out, &b);
	}
	buf_fini(&b);
	return 0;
}
