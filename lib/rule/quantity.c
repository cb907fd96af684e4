#include "rule/quantity.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "tel/calltime.h"

/*
 * The largest number: 285 years in milliseconds.  Times RULE_UNIT it leaves
 * room in 64 bits for the sums that are compared with it.
 */
#define NUMBER_MAX 9e12

static const char need_any[] =
    "a number or a duration such as \"10m\" is needed";

const struct param *
params_find(const struct params *params, const char *name)
{
	size_t i;

	if (params == NULL)
		return NULL;
	for (i = 0; i < params->n; i++)
		if (strcmp(params->list[i].name, name) == 0)
			return &params->list[i];
	return NULL;
}

static const char *
param_name_at(const void *table, size_t i)
{
	const struct params *params = table;

	return i < params->n ? params->list[i].name : NULL;
}

static int
unknown_param(const struct json *j, const struct params *params,
    struct notes *notes)
{
	const char *near = NULL;
	char help[128];

	if (params != NULL)
		near = nearest(j->string + 1, param_name_at, params);
	if (near != NULL)
		(void)snprintf(help, sizeof(help), "did you mean \"$%s\"?",
		    near);
	json_note(notes, NOTE_ERROR, "E302", j, near != NULL ? help : NULL,
	    params != NULL ? "\"params\" of the rule declares them"
			   : "a parameter cannot stand here",
	    "unknown parameter '%s'", j->string);
	return -1;
}

static int
wrong_type(const struct json *j, const char *need, struct notes *notes)
{
	json_note(notes, NOTE_ERROR, "E204", j, need, NULL, "wrong type");
	return -1;
}

static int
read_number(const struct json *j, int64_t *v, struct notes *notes)
{
	if (!(fabs(j->number) <= NUMBER_MAX)) {
		json_note(notes, NOTE_ERROR, "E204", j, NULL, NULL,
		    "number too large");
		return -1;
	}
	*v = llrint(j->number * (double)RULE_UNIT);
	return 0;
}

static int
read_span(const struct json *j, int64_t *v, struct notes *notes)
{
	int64_t ms;

	if (span_parse(j->string, &ms) == -1)
		return wrong_type(j, need_any, notes);
	if (ms > (int64_t)NUMBER_MAX || ms < -(int64_t)NUMBER_MAX) {
		json_note(notes, NOTE_ERROR, "E204", j, NULL, NULL,
		    "duration too long");
		return -1;
	}
	*v = ms * RULE_UNIT;
	return 0;
}

int
quantity_read(const struct json *j, const struct params *params, int64_t *v,
    bool *is_span, struct notes *notes)
{
	const struct param *p;

	if (j->type == JSON_NUMBER) {
		*is_span = false;
		return read_number(j, v, notes);
	}
	if (j->type != JSON_STRING)
		return wrong_type(j, need_any, notes);
	if (j->string[0] != '$') {
		*is_span = true;
		return read_span(j, v, notes);
	}
	if ((p = params_find(params, j->string + 1)) == NULL)
		return unknown_param(j, params, notes);
	*is_span = p->is_span;
	*v = p->value;
	return 0;
}

int
quantity_read_as(const struct json *j, const struct params *params,
    enum quantity_kind kind, int64_t *v, struct notes *notes)
{
	bool is_span;

	if (quantity_read(j, params, v, &is_span, notes) == -1)
		return -1;
	if (kind == QUANTITY_SPAN && !is_span)
		return wrong_type(j, "a duration such as \"10m\" is needed",
		    notes);
	if (kind == QUANTITY_NUMBER && is_span)
		return wrong_type(j, "a number is needed", notes);
	return 0;
}

void
quantity_print(struct buf *b, int64_t v, bool is_span)
{
	int64_t whole = v / RULE_UNIT, rest = v % RULE_UNIT;
	int decimals = 6;

	if (is_span) {
		span_print(b, whole);
		return;
	}
	if (v < 0) {
		buf_addch(b, '-');
		whole = -whole;
		rest = -rest;
	}
	buf_addf(b, "%" PRId64, whole);
	if (rest == 0)
		return;
	for (; rest % 10 == 0; rest /= 10)
		decimals--;
	buf_addf(b, ".%0*" PRId64, decimals, rest);
}
