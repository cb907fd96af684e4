/* cdrrules test --mutate: which damage to a rule its tests do not notice. */
#include "rules.h"

#include <string.h>

#include "detect/mutate.h"
#include "io/jsonout.h"

static void
add_place(struct buf *out, const struct mutant *m)
{
	buf_addf(out, "%s:%u: %s survives %s\n", m->file, m->line, m->rule->id,
	    m->what);
}

static void
put_text(struct buf *out, const struct mutate_report *rep)
{
	const struct mutant *m;
	size_t i;

	for (i = 0; i < rep->n; i++) {
		m = &rep->mutants[i];
		if (m->fate != MUTANT_SURVIVED)
			continue;
		add_place(out, m);
		buf_addf(out, "  add to a test:  %s\n", m->advice);
	}
	buf_addf(out, "%zu mutants, %zu killed, %zu survived, %zu excused\n",
	    rep->n - rep->fates[MUTANT_REFUSED], rep->fates[MUTANT_KILLED],
	    rep->fates[MUTANT_SURVIVED], rep->fates[MUTANT_EXCUSED]);
}

static void
put_tap(struct buf *out, const struct mutate_report *rep)
{
	const struct mutant *m;
	size_t i, n = 0;

	buf_addf(out, "1..%zu\n", rep->n - rep->fates[MUTANT_REFUSED]);
	for (i = 0; i < rep->n; i++) {
		m = &rep->mutants[i];
		if (m->fate == MUTANT_REFUSED)
			continue;
		buf_addf(out, "%sok %zu - %s: %s is noticed%s%s\n",
		    m->fate == MUTANT_KILLED ? "" : "not ", ++n, m->rule->id,
		    m->id, m->reason != NULL ? " # TODO " : "",
		    m->reason != NULL ? m->reason : "");
		if (m->fate == MUTANT_SURVIVED)
			buf_addf(out, "# %s:%u: add to a test:  %s\n", m->file,
			    m->line, m->advice);
	}
}

static void
put_json(struct buf *out, const struct mutate_report *rep)
{
	const struct mutant *m;
	struct jsonout j;
	size_t i;

	jsonout_begin_list(&j, out);
	for (i = 0; i < rep->n; i++) {
		m = &rep->mutants[i];
		jsonout_object(&j);
		jsonout_kstring(&j, "rule", m->rule->id);
		jsonout_kstring(&j, "mutant", m->id);
		jsonout_kstring(&j, "fate", mutant_fate_name(m->fate));
		jsonout_kstring(&j, "file", m->file);
		jsonout_kint(&j, "line", m->line);
		if (m->fate == MUTANT_SURVIVED)
			jsonout_kstring(&j, "advice", m->advice);
		jsonout_kstring_opt(&j, "reason", m->reason);
		jsonout_end_object(&j);
	}
	jsonout_end_list(&j);
}

static const struct {
	const char *format;
	void (*put)(struct buf *out, const struct mutate_report *rep);
} formats[] = {
	{ "text", put_text },
	{ "tap", put_tap },
	{ "json", put_json },
};

int
rules_mutate(struct rules_run *r, const struct ruleset *rules,
    struct notes *notes)
{
	struct mutate_report rep;
	struct errmsg err;
	int status = EXIT_DONE;
	size_t i;

	mutate_init(&rep);
	if (mutate_run(rules, r->o->glob, &rep, notes, &err) < 0) {
		diag_error(&r->setup.diag, "%s", err.text);
		status = EXIT_NOT_DONE;
	} else {
		for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
			if (strcmp(formats[i].format, r->o->common.format) == 0)
				formats[i].put(&r->out, &rep);
		if (rep.fates[MUTANT_SURVIVED] > 0)
			status = EXIT_HOLDS;
	}
	mutate_fini(&rep);
	return status;
}
