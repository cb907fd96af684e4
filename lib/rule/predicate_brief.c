/* predicate_brief: a predicate in a few words, for one line of a report. */
#include "rule/predicate_impl.h"

#include <string.h>

#include "tel/calltime.h"

/* What can stand in a sentence without quotes. */
static const char plain_text[] = "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789+*#@_/-.";

static void
add_text(struct buf *out, const struct field *f, const char *text)
{
	bool plain = text[strspn(text, plain_text)] == '\0';

	(void)f;
	buf_addf(out, plain ? "%s" : "\"%s\"", text);
}

/* Before the k-th of n things, from 0: "a, b or c". */
static void
add_or(struct buf *out, size_t k, size_t n)
{
	if (k > 0)
		buf_addstr(out, k + 1 == n ? " or " : ", ");
}

static void
add_amount(struct buf *out, const struct field *f, int64_t v)
{
	if (f->type == FIELD_TIME)
		time_rfc3339(out, v);
	else if (f->type == FIELD_MONEY)
		quantity_print(out, v, false);
	else
		quantity_print(out, v * RULE_UNIT, f->type == FIELD_SPAN);
}

/* Numbers are whole in the field's unit, so "< 25s" is up to 24.999s. */
static void
add_limit(struct buf *out, const struct field *f, const struct op *op)
{
	if (op->least != INT64_MIN)
		add_amount(out, f, op->least - (strcmp(op->sign, ">") == 0));
	else
		add_amount(out, f, op->greatest + (strcmp(op->sign, "<") == 0));
}

/* An operator that asks by the name of something: false, and nothing, if not. */
static bool
add_name(struct buf *out, const struct op *op)
{
	switch (op->kind) {
	case OP_REGEX:
		buf_addf(out, "%s /%s/", op->sign, pattern_text(op->pattern));
		return true;
	case OP_LIST:
	case OP_CALENDAR:
		buf_addf(out, "%s %s", op->sign, op->name);
		return true;
	case OP_FIELD:
		buf_addf(out, "the same as %s", op->other->name);
		return true;
	default:
		return false;
	}
}

void
predicate_add_op(struct buf *out, const struct field *f, const struct op *op,
    const struct op_words *words)
{
	size_t i;

	if (add_name(out, op))
		return;
	if (op->kind == OP_EXISTS) {
		buf_addstr(out, op->wanted ? words->present : words->missing);
		return;
	}
	if (strcmp(op->sign, "=") != 0)
		buf_addf(out, "%s ", op->sign);
	if (op->kind == OP_RANGE) {
		words->amount(out, f, op);
		return;
	}
	for (i = 0; i < op->ntexts; i++) {
		if (i > 0)
			buf_addstr(out,
			    i + 1 == op->ntexts ? " or " : words->comma);
		words->text(out, f, op->texts[i]);
	}
}

static bool
is_closed_range(const struct alternative *alt)
{
	return alt->n == 2 && strcmp(alt->ops[0].sign, ">=") == 0 &&
	       strcmp(alt->ops[1].sign, "<=") == 0;
}

static void
add_alternative(struct buf *out, const struct field *f,
    const struct alternative *alt)
{
	static const struct op_words words = { "present", "missing", add_limit,
		add_text, ", " };
	size_t i;

	if (is_closed_range(alt)) {
		add_amount(out, f, alt->ops[0].least);
		buf_addstr(out, " to ");
		add_amount(out, f, alt->ops[1].greatest);
		return;
	}
	for (i = 0; i < alt->n; i++) {
		buf_addstr(out, i > 0 ? " and " : "");
		predicate_add_op(out, f, &alt->ops[i], &words);
	}
}

/* Plain values share an op, and still are one each. */
static size_t
count_values(const struct alternative *alt)
{
	return alt->n == 1 && alt->ops[0].ntexts > 0 &&
		       strcmp(alt->ops[0].sign, "=") == 0
		   ? alt->ops[0].ntexts
		   : 1;
}

static void
add_values(struct buf *out, const struct clause *c)
{
	size_t n = 0, k = 0, i, v, values;

	for (i = 0; i < c->n; i++)
		n += count_values(&c->alts[i]);
	for (i = 0; i < c->n; i++) {
		values = count_values(&c->alts[i]);
		if (values == 1) {
			add_or(out, k++, n);
			add_alternative(out, c->field, &c->alts[i]);
			continue;
		}
		for (v = 0; v < values; v++) {
			add_or(out, k++, n);
			add_text(out, c->field, c->alts[i].ops[0].texts[v]);
		}
	}
}

/* "src_kind anonymous, invalid or missing" */
static void
add_clause(struct buf *out, const struct clause *c)
{
	buf_addf(out, "%s ", c->field != NULL ? c->field->name : "time");
	add_values(out, c);
}

/* A group of one is that one; one in another is set apart. */
static void
add_node(struct buf *out, const struct node *node, bool nested)
{
	bool many = node->n > 1;
	size_t i;

	if (node->kind == NODE_CLAUSE) {
		add_clause(out, &node->clause);
		return;
	}
	if (node->kind == NODE_NOT)
		buf_addstr(out, "not ");
	if (many && nested)
		buf_addch(out, '(');
	for (i = 0; i < node->n; i++) {
		if (i > 0)
			buf_addstr(out,
			    node->kind == NODE_ANY ? ", or " : ", ");
		add_node(out, node->nodes[i],
		    nested || many || node->kind == NODE_NOT);
	}
	if (many && nested)
		buf_addch(out, ')');
}

/* Cut between words, where it is too long. */
static void
brief(const struct node *node, size_t most, struct buf *out)
{
	struct buf all;
	size_t n;

	buf_init(&all);
	add_node(&all, node, false);
	n = all.len;
	if (n > most) {
		for (n = most; n > 0 && all.data[n] != ' '; n--)
			;
		while (n > 0 && strchr(" ,", all.data[n - 1]) != NULL)
			n--;
	}
	buf_add(out, all.data, n);
	if (n < all.len)
		buf_addstr(out, " ...");
	buf_fini(&all);
}

void
predicate_brief(const struct predicate *p, size_t most, struct buf *out)
{
	brief(p->root, most, out);
}

void
predicate_brief_part(const struct predicate *p, size_t part, size_t most,
    struct buf *out)
{
	brief(p->root->nodes[part], most, out);
}
