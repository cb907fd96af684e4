/* cdrrules explain: why a call did or did not count for a rule. */
#include "rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "detect/explain.h"
#include "io/jsonout.h"
#include "tel/calltime.h"

/* FILE:LINE; false: it is the id of a call. */
static bool
split_place(const char *call, struct buf *file, unsigned long *line)
{
	const char *colon = strrchr(call, ':');
	char *end;

	if (colon == NULL || colon == call || colon[1] < '1' || colon[1] > '9')
		return false;
	errno = 0;
	*line = strtoul(colon + 1, &end, 10);
	if (*end != '\0' || errno != 0 || *line > UINT32_MAX)
		return false;
	buf_add(file, call, (size_t)(colon - call));
	return true;
}

static bool
is_call(const struct batch *b, size_t i, const char *id, unsigned long line)
{
	if (line > 0)
		return b->origins[i].line == line;
	return strcmp(batch_text(b, b->origins[i].call_id), id) == 0;
}

/* What is explained, and how. */
struct explanation {
	struct rules_run *r;
	const struct rule *rule;
	const struct rules_calls *calls;
	struct waiver_uses waivers;
	unsigned long line; /* of the call; 0: it is named by its id */
	bool json;
	struct jsonout j;
};

/* "  match     pass  direction = ..." as its three parts. */
static void
put_step(struct jsonout *j, const char *line, size_t len, struct buf *part)
{
	const size_t label = 2, verdict = 12, words = 18;
	struct buf text;

	if (len <= words)
		return;
	buf_init(&text);
	if (line[label] != ' ') {
		buf_reset(part);
		buf_add(part, line + label, strcspn(line + label, " "));
	}
	jsonout_object(j);
	jsonout_kstring(j, "part", part->data);
	if (line[verdict] != ' ') {
		buf_add(&text, line + verdict, strcspn(line + verdict, " "));
		jsonout_kstring(j, "verdict", text.data);
		buf_reset(&text);
	}
	line += words;
	len -= words;
	while (len > 0 && *line == ' ') {
		line++;
		len--;
	}
	buf_add(&text, line, len);
	jsonout_kstring(j, "text", text.data);
	jsonout_end_object(j);
	buf_fini(&text);
}

static void
put_json(struct explanation *e, size_t call, bool found, size_t waived,
    const char *text)
{
	const struct batch *b = e->calls->batch;
	struct jsonout *j = &e->j;
	struct buf part;
	size_t n;

	buf_init(&part);
	jsonout_object(j);
	jsonout_kstring(j, "schema", "cdr.explain/1");
	jsonout_kstring(j, "rule", e->rule->id);
	jsonout_kint(j, "version", e->rule->version);
	jsonout_kstring_opt(j, "call_id",
	    batch_text(b, b->origins[call].call_id));
	buf_reset(&part);
	time_rfc3339(&part, b->calls[call].start);
	jsonout_kstring(j, "start", part.data);
	jsonout_kbool(j, "finding", found);
	jsonout_kbool(j, "waived", waived > 0);
	jsonout_key(j, "steps");
	jsonout_array(j);
	buf_reset(&part);
	for (n = 0; *text != '\0'; text += strcspn(text, "\n") + 1)
		if (n++ >= 2) /* behind the lines on the rule and the call */
			put_step(j, text, strcspn(text, "\n"), &part);
	jsonout_end_array(j);
	jsonout_end_object(j);
	buf_fini(&part);
}

static int
explain_one(struct explanation *e, size_t call, bool first)
{
	const struct detect_settings set = { .as_of = e->calls->as_of,
		.zone = e->calls->zone };
	struct rules_run *r = e->r;
	struct errmsg err;
	struct buf text;
	size_t waived;
	int found;

	buf_init(&text);
	found = explain_call(e->calls->batch, call, e->rule, &r->rules.named,
	    &set, &text, &err);
	if (found < 0) {
		diag_error(&r->setup.diag, "%s", err.text);
		buf_fini(&text);
		return EXIT_NOT_DONE;
	}
	waived = explain_waivers(&e->waivers, e->rule, (uint32_t)call, &text);
	if (e->json)
		put_json(e, call, found > 0, waived, text.data);
	else
		buf_addf(&r->out, "%s%s", first ? "" : "\n", text.data);
	buf_fini(&text);
	return EXIT_DONE;
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
		if (is_call(b, i, r->args[1], e->line))
			status = explain_one(e, i, found++ == 0);
	if (e->json) {
		jsonout_end_array(&e->j);
		buf_addch(&r->out, '\n');
	}
	if (found > 0)
		return status;
	diag_error(&r->setup.diag, "no such call: '%s'%s", r->args[1],
	    e->line > 0 ? "; its record begins on another line, is no call, or "
			  "belongs to another one"
			: "");
	return EXIT_NOT_DONE;
}

static int
explain(struct rules_run *r, const struct rule *rule,
    const struct rules_calls *c, unsigned long line)
{
	struct explanation e = { .r = r,
		.rule = rule,
		.calls = c,
		.line = line,
		.json = r->o->common.format[0] == 'j' };
	struct notes notes;
	struct errmsg err;
	int status = EXIT_NOT_DONE;

	notes_init(&notes);
	jsonout_init(&e.j, &r->out, true);
	if (waiver_uses_init(&e.waivers, &r->rules, c->batch, c->zone, c->as_of,
		&notes, &err) != 0)
		diag_error(&r->setup.diag, "%s", err.text);
	else
		status = explain_calls(&e);
	diag_notes(&r->setup.diag, &notes);
	waiver_uses_fini(&e.waivers);
	notes_fini(&notes);
	return status;
}

int
command_explain(struct rules_run *r)
{
	const struct rule *rule = rules_find(r, r->args[0]);
	struct rules_calls c;
	unsigned long line = 0;
	struct buf file;
	int status;

	if (rule == NULL)
		return EXIT_NOT_DONE;
	buf_init(&file);
	status = split_place(r->args[1], &file, &line)
		     ? rules_calls_open(&c, r, &file.data, 1)
		     : rules_calls_open(&c, r, NULL, 0);
	if (status == EXIT_DONE)
		status = explain(r, rule, &c, line);
	rules_calls_close(&c);
	buf_fini(&file);
	return status;
}
