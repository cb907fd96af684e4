/* cdrrules explain: why a call did or did not count for a rule. */
#include "rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "detect/explain.h"

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

/* All calls of that id: the switch may use one twice. */
static int
explain_calls(struct rules_run *r, const struct rule *rule,
    const struct rules_calls *c, unsigned long line)
{
	const struct detect_settings set = { .as_of = c->as_of,
		.zone = c->zone };
	struct errmsg err;
	size_t i, found = 0;

	for (i = 0; i < c->batch->n; i++) {
		if (!is_call(c->batch, i, r->args[1], line))
			continue;
		if (found++ > 0)
			buf_addch(&r->out, '\n');
		if (explain_call(c->batch, i, rule, &r->rules.named, &set,
			&r->out, &err) < 0) {
			diag_error(&r->setup.diag, "%s", err.text);
			return EXIT_NOT_DONE;
		}
	}
	if (found > 0)
		return EXIT_DONE;
	diag_error(&r->setup.diag, "no such call: '%s'%s", r->args[1],
	    line > 0 ? "; its record begins on another line, is no call, or "
		       "belongs to another one"
		     : "");
	return EXIT_NOT_DONE;
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
		status = explain_calls(r, rule, &c, line);
	rules_calls_close(&c);
	buf_fini(&file);
	return status;
}
