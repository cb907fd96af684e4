/* predicate_lint: what is right but most likely not meant. */
#include "rule/predicate_impl.h"

#include <string.h>

/*
 * Fields that many switches leave empty.  A call without the value passes
 * every `not` about it.
 */
static const char *const often_missing[] = {
	"src",
	"src_name",
	"src_country",
	"src_block",
	"user",
	"site",
	"dialled",
	"dialled_tail",
	"auth_code",
	"action",
	"quality",
	"since_prev",
	"src_new",
	"cause",
	"trunk_in",
	"trunk_out",
	"forwarded_by",
	"cost",
	"currency",
	"dst_country",
};

static bool
often_absent(const struct field *f)
{
	size_t i;

	for (i = 0; i < sizeof(often_missing) / sizeof(often_missing[0]); i++)
		if (f != NULL && strcmp(f->name, often_missing[i]) == 0)
			return true;
	return false;
}

/* A value of the field is asked for by some clause of this group. */
static bool
demanded(const struct node *group, const struct field *f)
{
	const struct node *node;
	size_t i;

	for (i = 0; group->kind == NODE_ALL && i < group->n; i++) {
		node = group->nodes[i];
		if (node->kind == NODE_CLAUSE && node->clause.field == f &&
		    !node->clause.on_missing)
			return true;
	}
	return false;
}

static void
lint_not(const struct node *node, const struct node *group, struct notes *notes)
{
	const struct clause *c = &node->clause;
	size_t i;

	if (node->kind == NODE_CLAUSE && !c->on_missing &&
	    often_absent(c->field) && !demanded(group, c->field))
		json_note_key(notes, NOTE_WARNING, "W301", c->at,
		    "add {\"exists\": true}, or say why not in lint_ok", NULL,
		    "'not' over '%s', which is often missing", c->field->name);
	for (i = 0; i < node->n; i++)
		lint_not(node->nodes[i], group, notes);
}

static void
lint_ranges(const struct clause *c, const struct alternative *alt,
    struct notes *notes)
{
	int64_t least = INT64_MIN, greatest = INT64_MAX;
	size_t i;

	for (i = 0; i < alt->n; i++) {
		if (alt->ops[i].kind != OP_RANGE)
			continue;
		if (alt->ops[i].least > least)
			least = alt->ops[i].least;
		if (alt->ops[i].greatest < greatest)
			greatest = alt->ops[i].greatest;
	}
	if (least > greatest)
		json_note(notes, NOTE_WARNING, "W303", c->at, NULL, NULL,
		    "no value of '%s' is in this range", c->field->name);
}

/* Numbers of parties are digits, a leading +, star and hash, and 201@SITE. */
static void
lint_prefix(const struct clause *c, const struct op *op, struct notes *notes)
{
	const char *text;
	size_t i;

	if (strcmp(c->field->name, "src") != 0 &&
	    strcmp(c->field->name, "dst") != 0 &&
	    strcmp(c->field->name, "forwarded_by") != 0)
		return;
	for (i = 0; i < op->ntexts; i++) {
		text = op->texts[i] + (op->texts[i][0] == '+');
		text += strspn(text, "0123456789*#");
		if (text[0] != '\0' && text[0] != '@')
			json_note(notes, NOTE_WARNING, "W303", op->at,
			    "numbers are written +44..., without separators",
			    NULL, "no number %s '%s'", op->sign, op->texts[i]);
	}
}

static void
lint_regex(const struct op *op, struct notes *notes)
{
	const char *text = pattern_text(op->pattern);
	size_t n = strlen(text);
	bool escaped = n >= 2 && text[n - 2] == '\\';

	if (text[0] == '^' || (text[n - 1] == '$' && !escaped))
		json_note(notes, NOTE_WARNING, "W304", op->at,
		    "the whole value is matched anyway", NULL,
		    "redundant anchor");
	else if (n >= 3 && strcmp(text + n - 2, ".*") == 0 &&
		 text[strcspn(text, ".[({?*|^$")] == '.' &&
		 strcspn(text, ".[({?*|^$") == n - 2)
		json_note(notes, NOTE_WARNING, "W304", op->at,
		    "\"prefix\" says the same, and faster", NULL,
		    "regular expression for a prefix");
}

static void
lint_clause(const struct clause *c, struct notes *notes)
{
	const struct alternative *alt;
	size_t i;

	for (alt = c->alts; alt < c->alts + c->n; alt++) {
		if (c->field != NULL)
			lint_ranges(c, alt, notes);
		for (i = 0; i < alt->n; i++) {
			if (alt->ops[i].kind == OP_PREFIX)
				lint_prefix(c, &alt->ops[i], notes);
			if (alt->ops[i].kind == OP_REGEX)
				lint_regex(&alt->ops[i], notes);
		}
	}
}

static void
lint_node(const struct node *node, struct notes *notes)
{
	size_t i;

	if (node->kind == NODE_CLAUSE)
		lint_clause(&node->clause, notes);
	for (i = 0; i < node->n; i++) {
		if (node->nodes[i]->kind == NODE_NOT)
			lint_not(node->nodes[i], node, notes);
		lint_node(node->nodes[i], notes);
	}
}

void
predicate_lint(const struct predicate *p, struct notes *notes)
{
	lint_node(p->root, notes);
}
