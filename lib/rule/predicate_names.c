/* predicate_names: the lists, calendars and fields a predicate asks. */
#include "rule/predicate_impl.h"

#include <stdio.h>

void
predicate_names(const struct predicate *p,
    void (*use)(void *ctx, enum predicate_uses what, const char *name),
    void *ctx)
{
	const struct op *op;

	for (op = p->lists; op != NULL; op = op->chain)
		use(ctx, USES_LIST, op->name);
	for (op = p->calendars; op != NULL; op = op->chain)
		use(ctx, USES_CALENDAR, op->name);
}

bool
predicate_clause_asks(const struct clause *c, const struct field *f)
{
	size_t i, k;

	if (c->field == f)
		return true;
	for (i = 0; i < c->n; i++)
		for (k = 0; k < c->alts[i].n; k++)
			if (c->alts[i].ops[k].kind == OP_FIELD &&
			    c->alts[i].ops[k].other == f)
				return true;
	return false;
}

bool
predicate_node_asks(const struct node *node, const struct field *f)
{
	size_t i;

	if (node->kind == NODE_CLAUSE)
		return predicate_clause_asks(&node->clause, f);
	for (i = 0; i < node->n; i++)
		if (predicate_node_asks(node->nodes[i], f))
			return true;
	return false;
}

bool
predicate_asks(const struct predicate *p, const struct field *f)
{
	return predicate_node_asks(p->root, f);
}

static bool
clause_tells(const struct clause *c, const struct field *f, uint32_t code,
    uint32_t other)
{
	bool holds, too;

	if (!predicate_clause_asks(c, f))
		return false;
	return c->field != f || !predicate_word_tells(c, code, &holds) ||
	       !predicate_word_tells(c, other, &too) || holds != too;
}

static bool
node_tells(const struct node *node, const struct field *f, uint32_t code,
    uint32_t other)
{
	size_t i;

	if (node->kind == NODE_CLAUSE)
		return clause_tells(&node->clause, f, code, other);
	for (i = 0; i < node->n; i++)
		if (node_tells(node->nodes[i], f, code, other))
			return true;
	return false;
}

bool
predicate_tells(const struct predicate *p, const struct field *f, uint32_t code,
    uint32_t other)
{
	return node_tells(p->root, f, code, other);
}

/* The kinds of event, a bit each, with which a node may hold, and must. */
struct events {
	uint64_t may, must;
};

static const struct events all_events = { UINT64_MAX, UINT64_MAX };
static const struct events no_events = { 0, 0 };

static struct events
both(struct events a, struct events b)
{
	return (struct events){ a.may & b.may, a.must & b.must };
}

static struct events
either(struct events a, struct events b)
{
	return (struct events){ a.may | b.may, a.must | b.must };
}

static struct events
events_of_clause(const struct clause *c)
{
	struct events out = no_events, alt, op;
	size_t i, k;

	if (c->field != field_find("event"))
		return (struct events){ UINT64_MAX, 0 };
	for (i = 0; i < c->n; i++) {
		alt = all_events;
		for (k = 0; k < c->alts[i].n; k++) {
			op = (struct events){ UINT64_MAX, 0 };
			if (c->alts[i].ops[k].kind == OP_WORDS)
				op.may = op.must = c->alts[i].ops[k].mask;
			alt = both(alt, op);
		}
		out = either(out, alt);
	}
	return out;
}

static struct events
events_of_node(const struct node *node)
{
	struct events out = node->kind == NODE_ANY ? no_events : all_events;
	struct events one;
	size_t i;

	if (node->kind == NODE_CLAUSE)
		return events_of_clause(&node->clause);
	for (i = 0; i < node->n; i++) {
		one = events_of_node(node->nodes[i]);
		out =
		    node->kind == NODE_ANY ? either(out, one) : both(out, one);
	}
	if (node->kind == NODE_NOT)
		return (struct events){ ~out.must, ~out.may };
	return out;
}

unsigned
predicate_events(const struct predicate *p)
{
	return (unsigned)(events_of_node(p->root).may &
			  ((UINT64_C(1) << EVENT_COUNT) - 1));
}

static void
unknown_name(struct notes *notes, const struct op *op, const char *code,
    const char *what, const char *near)
{
	char help[128];

	if (near != NULL)
		(void)snprintf(help, sizeof(help), "did you mean \"%s\"?",
		    near);
	json_note(notes, NOTE_ERROR, code, op->at, near != NULL ? help : NULL,
	    NULL, "unknown %s '%s'", what, op->name);
}

/* The same fact about a party: a list of dst serves src, too. */
static bool
same_kind(const struct field *a, const struct field *b)
{
	bool party_a = a->home == HOME_PARTY_NAME;
	bool party_b = b->home == HOME_PARTY_NAME;

	if (field_is_party(a) || field_is_party(b))
		return field_is_party(a) && field_is_party(b);
	if (party_a && party_b)
		return a->at == b->at;
	return party_a == party_b;
}

/* Lists do not know which field asks them: look for it in the tree. */
static void
check_kind(const struct clause *c, const struct named *named,
    struct notes *notes)
{
	const struct named_list *list;
	const struct op *op;
	size_t i, k;

	for (i = 0; i < c->n; i++) {
		for (k = 0; k < c->alts[i].n; k++) {
			op = &c->alts[i].ops[k];
			if (op->kind != OP_LIST)
				continue;
			list = named_list(named, op->name);
			if (list != NULL && list->of != NULL &&
			    !same_kind(list->of, c->field))
				json_note(notes, NOTE_ERROR, "E211", op->at,
				    NULL, NULL,
				    "list '%s' is one of %s, not of %s",
				    op->name, list->of->name, c->field->name);
		}
	}
}

static void
check_kinds(const struct node *node, const struct named *named,
    struct notes *notes)
{
	size_t i;

	if (node->kind == NODE_CLAUSE)
		check_kind(&node->clause, named, notes);
	for (i = 0; i < node->n; i++)
		check_kinds(node->nodes[i], named, notes);
}

void
predicate_check_names(const struct predicate *p, const struct named *named,
    struct notes *notes)
{
	const struct op *op;

	for (op = p->lists; op != NULL; op = op->chain)
		if (named_list(named, op->name) == NULL)
			unknown_name(notes, op, "E206", "list",
			    named_suggest_list(named, op->name));
	for (op = p->calendars; op != NULL; op = op->chain)
		if (named_calendar(named, op->name) == NULL)
			unknown_name(notes, op, "E207", "calendar",
			    named_suggest_calendar(named, op->name));
	check_kinds(p->root, named, notes);
}
