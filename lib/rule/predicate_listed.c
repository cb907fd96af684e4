/* predicate_listed: which entry of a list a call is in. */
#include "rule/predicate_impl.h"

static const struct numlist_entry *
clause_entry(const struct predicate_bound *p, const struct clause *c,
    const struct batch *b, size_t i, const struct named_list **list)
{
	uint32_t code = predicate_type(c->field) == BIT_TEXT
			    ? field_code(c->field, b, i)
			    : FIELD_MISSING;
	const struct numlist_entry *found;
	const struct op *op;
	size_t a, k;

	for (a = 0; code != FIELD_MISSING && a < c->n; a++)
		for (k = 0; k < c->alts[a].n; k++) {
			op = &c->alts[a].ops[k];
			if (op->kind != OP_LIST)
				continue;
			found = numlist_find(p->lists[op->slot]->list,
			    intern_text(b->names, code),
			    intern_len(b->names, code), predicate_day(p, b, i));
			if (found == NULL)
				continue;
			*list = p->lists[op->slot];
			return found;
		}
	return NULL;
}

static const struct numlist_entry *
node_entry(const struct predicate_bound *p, const struct node *node,
    const struct batch *b, size_t i, const struct named_list **list)
{
	const struct numlist_entry *found = NULL;
	size_t k;

	if (node->kind == NODE_CLAUSE)
		return clause_entry(p, &node->clause, b, i, list);
	/* What must not be listed is no reason. */
	for (k = 0; node->kind != NODE_NOT && found == NULL && k < node->n; k++)
		found = node_entry(p, node->nodes[k], b, i, list);
	return found;
}

const struct numlist_entry *
predicate_listed(const struct predicate_bound *p, const struct batch *b,
    size_t i, const struct named_list **list)
{
	if (p->p->nlists == 0)
		return NULL;
	return node_entry(p, p->p->root, b, i, list);
}
