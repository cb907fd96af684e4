#include "rule/predicate.h"

#include <string.h>

#include "base/bounds.h"
#include "rule/predicate_impl.h"

static const struct node *compile_object(struct compiling *c,
    const struct json *obj);

/* How dear a test is: bits before numbers before texts before trees. */
static int
price(const struct node *node)
{
	if (node->kind != NODE_CLAUSE)
		return 4;
	switch (predicate_type(node->clause.field)) {
	case BIT_ENUM:
	case BIT_BOOL:
		return 0;
	case BIT_CLOCK:
		return 1;
	case BIT_TEXT:
		return 3;
	default:
		return 2;
	}
}

static const struct node *
make_group(struct compiling *c, enum node_kind kind, const struct node **nodes,
    size_t n)
{
	struct node *group = arena_alloc(c->arena, sizeof(*group));
	const struct node **cheap = arena_array(c->arena, n, sizeof(*cheap));
	size_t i, k;

	for (i = 0; i < n; i++) {
		for (k = i; k > 0 && price(cheap[k - 1]) > price(nodes[i]); k--)
			cheap[k] = cheap[k - 1];
		cheap[k] = nodes[i];
	}
	group->kind = kind;
	group->nodes = nodes;
	group->cheap = cheap;
	group->n = n;
	return group;
}

/* "any": [p, ...], "all": [p, ...] */
static const struct node *
compile_array(struct compiling *c, const struct json *j, enum node_kind kind)
{
	const struct node **nodes = arena_array(c->arena, j->n, sizeof(*nodes));
	const struct json *e;
	size_t n = 0;

	if (j->type != JSON_ARRAY) {
		(void)predicate_wrong_type(c, j,
		    "an array of predicates is needed");
		return NULL;
	}
	if (j->n == 0)
		(void)predicate_empty(c, j);
	for (e = j->first; e != NULL; e = e->next)
		if ((nodes[n] = compile_object(c, e)) != NULL)
			n++;
	return make_group(c, kind, nodes, n);
}

static const struct node *
compile_not(struct compiling *c, const struct json *j)
{
	const struct node **nodes = arena_array(c->arena, 1, sizeof(*nodes));

	if ((nodes[0] = compile_object(c, j)) == NULL)
		return NULL;
	return make_group(c, NODE_NOT, nodes, 1);
}

static const struct node *
compile_clause(struct compiling *c, const struct json *j)
{
	const struct field *f = field_find(j->key);
	struct node *node;

	if (f == NULL && strcmp(j->key, "time") != 0) {
		c->failed = true;
		json_note_key(c->notes, NOTE_ERROR, "E201", j,
		    predicate_did_you_mean(c, field_suggest(j->key)),
		    "cdrrules fields lists them", "unknown field '%s'", j->key);
		return NULL;
	}
	if (c->p->nclauses == BOUNDS_CLAUSES) {
		if (!c->full)
			json_note_key(c->notes, NOTE_ERROR, "E210", j, NULL,
			    NULL, "more than %d conditions", BOUNDS_CLAUSES);
		c->failed = c->full = true;
		return NULL;
	}
	node = arena_alloc(c->arena, sizeof(*node));
	node->kind = NODE_CLAUSE;
	node->clause.slot = c->p->nclauses++;
	predicate_read_clause(c, f, j, &node->clause);
	return node;
}

static const struct node *
compile_member(struct compiling *c, const struct json *j)
{
	if (strcmp(j->key, "any") == 0)
		return compile_array(c, j, NODE_ANY);
	if (strcmp(j->key, "all") == 0)
		return compile_array(c, j, NODE_ALL);
	if (strcmp(j->key, "not") == 0)
		return compile_not(c, j);
	return compile_clause(c, j);
}

static const struct node *
compile_object(struct compiling *c, const struct json *obj)
{
	const struct node **nodes;
	const struct json *j;
	size_t n = 0;

	if (obj->type != JSON_OBJECT) {
		(void)predicate_wrong_type(c, obj,
		    "a predicate is needed: {\"field\": value}");
		return NULL;
	}
	nodes = arena_array(c->arena, obj->n, sizeof(*nodes));
	for (j = obj->first; j != NULL; j = j->next)
		if ((nodes[n] = compile_member(c, j)) != NULL)
			n++;
	return make_group(c, NODE_ALL, nodes, n);
}

/* All members that can be asked before a field is known. */
static const struct node *
without(struct compiling *c, const struct node *root, const char *field)
{
	const struct node **nodes =
	    arena_array(c->arena, root->n, sizeof(*nodes));
	const struct field *f = field_find(field);
	size_t n = 0, i;

	for (i = 0; i < root->n; i++)
		if (!predicate_node_asks(root->nodes[i], f))
			nodes[n++] = root->nodes[i];
	return n < root->n ? make_group(c, NODE_ALL, nodes, n) : root;
}

const struct predicate *
predicate_compile(const struct json *j, struct arena *arena,
    const struct params *params, struct notes *notes)
{
	struct predicate *p = arena_alloc(arena, sizeof(*p));
	struct compiling c = { .arena = arena,
		.params = params,
		.notes = notes,
		.p = p };

	p->root = compile_object(&c, j);
	if (c.failed) {
		predicate_release(p);
		return NULL;
	}
	p->before = without(&c, p->root, "since_prev");
	p->early = without(&c, p->before, "src_new");
	return p;
}

void
predicate_release(const struct predicate *p)
{
	struct op *op;

	if (p == NULL)
		return;
	for (op = p->patterns; op != NULL; op = op->chain)
		pattern_free(&op->pattern);
}
