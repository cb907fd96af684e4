/* cdrrules explain: why a call did or did not count for a rule. */
#include "rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "detect/explain.h"
#include "io/jsonout.h"
#include "tel/calltime.h"

/* FILE:LINE, or with line 0 the id of a call. */
struct place {
	struct buf file;
	unsigned long line;
};

/*
 * An id may have a colon, too: what stands before it must be a file if what
 * stands behind it is no line.  An enum exit_code.
 */
static int
read_place(struct place *p, const struct rules_run *r, const char *call)
{
	const char *colon = strrchr(call, ':');
	char *end;

	if (colon == NULL || colon == call)
		return EXIT_DONE;
	buf_add(&p->file, call, (size_t)(colon - call));
	errno = 0;
	if (colon[1] >= '1' && colon[1] <= '9') {
		p->line = strtoul(colon + 1, &end, 10);
		if (*end == '\0' && errno == 0 && p->line <= UINT32_MAX)
			return EXIT_DONE;
		p->line = 0;
	}
	if (access(p->file.data, F_OK) != 0)
		return EXIT_DONE;
	diag_error(&r->setup.diag, "%s: no line: '%s'; lines count from 1",
	    p->file.data, colon + 1);
	return EXIT_NOT_DONE;
}

/* What is explained, and how. */
struct explanation {
	struct rules_run *r;
	const struct rule *rule;
	const struct rules_calls *calls;
	const struct place *place;
	uint8_t *of_file; /* by file of the batch: it is that of the place */
	struct notes notes;
	bool json;
	struct jsonout j;
};

static bool
is_call(const struct explanation *e, size_t i)
{
	const struct batch *b = e->calls->batch;
	const struct origin *o = &b->origins[i];

	if (e->of_file != NULL)
		return o->line == e->place->line &&
		       e->of_file[batch_file_of(b, i)];
	return strcmp(batch_text(b, o->call_id), e->r->args[1]) == 0;
}

static void
put_step(struct jsonout *j, const struct explained *told, size_t k)
{
	const struct explain_step *s = &told->steps[k];

	jsonout_object(j);
	jsonout_kstring(j, "part", s->part);
	if (s->verdict[0] != '\0')
		jsonout_kstring(j, "verdict", s->verdict);
	if (s->depth > 0)
		jsonout_kint(j, "depth", (int64_t)s->depth);
	jsonout_kstring(j, "text", explained_text(told, k));
	jsonout_end_object(j);
}

static void
put_json(struct explanation *e, size_t call, const struct explained *told)
{
	const struct batch *b = e->calls->batch;
	struct jsonout *j = &e->j;
	struct buf start;
	size_t k;

	buf_init(&start);
	time_rfc3339(&start, b->calls[call].start);
	jsonout_object(j);
	jsonout_kstring(j, "schema", "cdr.explain/1");
	jsonout_kstring(j, "rule", e->rule->id);
	jsonout_kint(j, "version", e->rule->version);
	jsonout_kstring(j, "standing", told->standing);
	jsonout_kstring_opt(j, "call_id",
	    batch_text(b, b->origins[call].call_id));
	jsonout_kstring(j, "start", start.data);
	jsonout_kbool(j, "finding", told->finding);
	jsonout_kbool(j, "waived", told->waived);
	jsonout_key(j, "steps");
	jsonout_array(j);
	for (k = 0; k < told->n; k++)
		put_step(j, told, k);
	jsonout_end_array(j);
	jsonout_end_object(j);
	buf_fini(&start);
}

static int
explain_one(struct explanation *e, size_t call, bool first)
{
	const struct detect_settings set = { .as_of = e->calls->as_of,
		.zone = e->calls->zone };
	struct rules_run *r = e->r;
	struct explained told;
	struct errmsg err;
	int got;

	got = explain_call(e->calls->batch, call, &r->rules, e->rule, &set,
	    &told, &e->notes, &err);
	if (got != 0) {
		diag_error(&r->setup.diag, "%s", err.text);
		explained_fini(&told);
		return EXIT_NOT_DONE;
	}
	if (e->calls->alone) {
		explained_begin(&told, "calls", "");
		buf_addf(&told.texts, "from this file alone: %s",
		    e->place->file.data);
	}
	if (e->json) {
		put_json(e, call, &told);
	} else {
		buf_addstr(&r->out, first ? "" : "\n");
		explained_print(&told, &r->out);
	}
	explained_fini(&told);
	return EXIT_DONE;
}

/* Why there is none: the record of that line may have been refused. */
static void
say_none(const struct explanation *e)
{
	const struct diag *diag = &e->r->setup.diag;
	const struct ingest *in = e->calls->ingest;
	const struct reject *rej;
	size_t i, n = in != NULL ? ingest_rejects(in) : 0;

	for (i = 0; i < n && e->of_file != NULL; i++) {
		rej = ingest_reject_at(in, i);
		if (rej->line != e->place->line ||
		    strcmp(rej->file, e->place->file.data) != 0)
			continue;
		diag_error(diag,
		    "no such call: '%s'; the record was refused: "
		    "%s",
		    e->r->args[1], rej->reason);
		return;
	}
	diag_error(diag, "no such call: '%s'%s", e->r->args[1],
	    e->of_file != NULL
		? "; its record begins on another line, is no call, or "
		  "belongs to another one"
		: "");
}

/* All calls of that id: the switch may use one twice. */
static int
explain_calls(struct explanation *e)
{
	const struct batch *b = e->calls->batch;
	struct rules_run *r = e->r;
	int status = EXIT_DONE;
	size_t i, found = 0;

	if (e->json)
		jsonout_array(&e->j);
	for (i = 0; i < b->n && status == EXIT_DONE; i++)
		if (is_call(e, i))
			status = explain_one(e, i, found++ == 0);
	if (e->json) {
		jsonout_end_array(&e->j);
		buf_addch(&r->out, '\n');
	}
	if (found > 0)
		return status;
	say_none(e);
	return EXIT_NOT_DONE;
}

static int
explain(struct rules_run *r, const struct rule *rule,
    const struct rules_calls *c, const struct place *place)
{
	struct explanation e = { .r = r,
		.rule = rule,
		.calls = c,
		.place = place,
		.json = r->o->common.format[0] == 'j' };
	int status;

	notes_init(&e.notes);
	jsonout_init(&e.j, &r->out, true);
	if (place->line > 0)
		e.of_file = rules_calls_of_file(c->batch, place->file.data);
	status = explain_calls(&e);
	diag_notes(&r->setup.diag, &e.notes);
	free(e.of_file);
	notes_fini(&e.notes);
	return status;
}

int
command_explain(struct rules_run *r)
{
	const struct rule *rule = rules_find(r, r->args[0]);
	struct place place = { .line = 0 };
	struct rules_calls c;
	int status;

	if (rule == NULL)
		return EXIT_NOT_DONE;
	buf_init(&place.file);
	status = read_place(&place, r, r->args[1]);
	if (status == EXIT_DONE) {
		status = rules_calls_around(&c, r,
		    place.line > 0 ? place.file.data : NULL);
		if (status == EXIT_DONE)
			status = explain(r, rule, &c, &place);
		rules_calls_close(&c);
	}
	buf_fini(&place.file);
	return status;
}
