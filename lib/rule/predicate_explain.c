/* predicate_explain: why a call did or did not count, clause by clause. */
#include "rule/predicate_impl.h"

#include <string.h>

#include "tel/calltime.h"

enum {
	ENDED_MAX = 64 /* entries of a list that one number may be on */
};

struct explaining {
	const struct predicate_bound *p;
	const struct batch *b;
	size_t i;
	struct buf *out; /* of one clause */
	void (
	    *tell)(void *context, bool passed, size_t depth, const char *text);
	void *context;
};

static const char *
name_of(const struct clause *c)
{
	return c->field != NULL ? c->field->name : "time";
}

static void
quoted(struct buf *out, const char *text)
{
	buf_addf(out, "\"%s\"", text);
}

/* A number of a rule as it was written, "$name" with its value. */
static void
add_amount(struct buf *out, const struct field *f, const struct op *op)
{
	int64_t v = op->least != INT64_MIN ? op->least : op->greatest;

	if (op->at->type == JSON_STRING && op->at->string[0] != '$') {
		buf_addstr(out, op->at->string);
		return;
	}
	if (op->at->type == JSON_NUMBER) {
		buf_addf(out, "%.15g", op->at->number);
		return;
	}
	v += strcmp(op->sign, "<") == 0;
	v -= strcmp(op->sign, ">") == 0;
	buf_addf(out, "%s (", op->at->string);
	quantity_print(out, f->type == FIELD_MONEY ? v : v * RULE_UNIT,
	    f->type == FIELD_SPAN);
	buf_addch(out, ')');
}

static void
add_text(struct buf *out, const struct field *f, const char *text)
{
	if (f->type == FIELD_BOOL)
		buf_addstr(out, text);
	else
		quoted(out, text);
}

static void
add_needs(struct buf *out, const struct clause *c)
{
	static const struct op_words words = { "a value", "none", add_amount,
		add_text, " or " };
	size_t i, k;

	buf_addstr(out, ", needs ");
	for (i = 0; i < c->n; i++) {
		buf_addstr(out, i > 0 ? " or " : "");
		for (k = 0; k < c->alts[i].n; k++) {
			buf_addstr(out, k > 0 ? " and " : "");
			predicate_add_op(out, c->field, &c->alts[i].ops[k],
			    &words);
		}
	}
}

/* The entry that put the value on a list. */
static void
add_entry(const struct explaining *e, const struct clause *c,
    const struct op *op)
{
	const struct numlist_entry *entry;
	const char *text;

	text =
	    field_code_text(c->field, e->b, field_code(c->field, e->b, e->i));
	entry = numlist_find(e->p->lists[op->slot]->list, text, strlen(text),
	    predicate_day(e->p, e->b, e->i));
	if (entry == NULL)
		return;
	buf_addf(e->out, " in list %s: entry ", op->name);
	quoted(e->out, entry->value);
	if (entry->source[0] == '\0' && entry->added == INT64_MIN)
		return;
	buf_addf(e->out, " (%s%s", entry->source,
	    entry->source[0] != '\0' && entry->added != INT64_MIN ? ", " : "");
	if (entry->added != INT64_MIN)
		date_print(e->out, entry->added);
	buf_addch(e->out, ')');
}

/* The entry that was on the list until some day before. */
static void
add_ended(const struct explaining *e, const struct clause *c,
    const struct op *op)
{
	const int64_t day = predicate_day(e->p, e->b, e->i);
	const struct numlist_entry *entries[ENDED_MAX];
	const char *text;
	size_t n, k;

	text =
	    field_code_text(c->field, e->b, field_code(c->field, e->b, e->i));
	n = numlist_matches(e->p->lists[op->slot]->list, text, strlen(text),
	    entries, ENDED_MAX);
	for (k = 0; k < n; k++)
		if (entries[k]->expires <= day)
			break;
	if (k == n)
		return;
	buf_addstr(e->out, ", entry ");
	quoted(e->out, entries[k]->value);
	buf_addf(e->out, " of list %s ended ", op->name);
	date_print(e->out, entries[k]->expires);
}

/* How far a regular expression got. */
static void
add_reach(const struct explaining *e, const struct clause *c,
    const struct op *op)
{
	const char *text;
	size_t len, reach;

	text =
	    field_code_text(c->field, e->b, field_code(c->field, e->b, e->i));
	len = strlen(text);
	reach = pattern_reach(op->pattern, text, len);
	if (reach > 0 && reach < len)
		buf_addf(e->out, " (%.*s matched, stopped at %s)", (int)reach,
		    text, text + reach);
	else if (reach > 0)
		buf_addstr(e->out, " (all of it matched, and more is needed)");
}

static void
add_details(const struct explaining *e, const struct clause *c, bool passed)
{
	const struct op *op;
	size_t i, k;

	for (i = 0; i < c->n; i++) {
		for (k = 0; k < c->alts[i].n; k++) {
			op = &c->alts[i].ops[k];
			if (op->kind == OP_LIST && passed)
				add_entry(e, c, op);
			if (op->kind == OP_LIST && !passed)
				add_ended(e, c, op);
			if (op->kind == OP_CALENDAR && passed)
				buf_addf(e->out, ", %s %s", op->sign, op->name);
			if (op->kind == OP_REGEX && !passed)
				add_reach(e, c, op);
		}
	}
}

static bool
missing(const struct explaining *e, const struct clause *c)
{
	int64_t v;

	if (c->field == NULL)
		return false;
	if (field_is_key(c->field))
		return field_code(c->field, e->b, e->i) == FIELD_MISSING;
	return !field_number(c->field, e->b, e->i, &v);
}

static void
add_value(const struct explaining *e, const struct clause *c)
{
	if (c->field == NULL)
		time_local(e->out, locals_of(e->p->locals, e->i)->zone,
		    e->b->calls[e->i].start);
	else if (c->field->type == FIELD_TEXT || c->field->type == FIELD_ENUM)
		quoted(e->out, field_code_text(c->field, e->b,
				   field_code(c->field, e->b, e->i)));
	else
		field_print(c->field, e->b, e->i, e->out);
}

static void
explain_clause(const struct explaining *e, const struct clause *c)
{
	bool passed = predicate_clause(e->p, c, e->b, e->i);

	buf_addstr(e->out, name_of(c));
	if (missing(e, c)) {
		buf_addstr(e->out, " is missing");
	} else {
		buf_addstr(e->out, " = ");
		add_value(e, c);
		add_details(e, c, passed);
	}
	if (!passed)
		add_needs(e->out, c);
}

static void
explain_node(const struct explaining *e, const struct node *node, size_t depth)
{
	static const char *const words[] = {
		[NODE_ALL] = "all of",
		[NODE_ANY] = "any of",
		[NODE_NOT] = "not",
	};
	bool passed = predicate_node(e->p, node, e->b, e->i);
	size_t k;

	buf_reset(e->out);
	if (node->kind == NODE_CLAUSE)
		explain_clause(e, &node->clause);
	else
		buf_addstr(e->out, words[node->kind]);
	e->tell(e->context, passed, depth, e->out->data);
	if (node->kind == NODE_CLAUSE)
		return;
	for (k = 0; k < node->n; k++)
		explain_node(e, node->nodes[k], depth + 1);
}

void
predicate_explain(const struct predicate_bound *p, const struct batch *b,
    size_t i,
    void (*tell)(void *context, bool passed, size_t depth, const char *text),
    void *context)
{
	struct buf out;
	const struct explaining e = { p, b, i, &out, tell, context };
	const struct node *root = p->p->root;
	size_t k;

	buf_init(&out);
	for (k = 0; k < root->n; k++)
		explain_node(&e, root->nodes[k], 0);
	buf_fini(&out);
}
