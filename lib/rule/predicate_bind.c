/* predicate_bind: answers about texts and opening hours, worked out once. */
#include "rule/predicate_impl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"

enum {
	MATCHES = 16, /* entries of a list that one text usually has */
	SHOWN = 60    /* bytes of a text in a message */
};

uint64_t *
predicate_bits(size_t n)
{
	return xcalloc(n / 64 + 1, sizeof(uint64_t));
}

static void
bits_set(uint64_t *bits, size_t i)
{
	bits[i / 64] |= UINT64_C(1) << (i % 64);
}

/* Texts ------------------------------------------------------------------- */

/*
 * Without a date the answer is for ever; with one it depends on the call's
 * day, and so it does for a text with more entries than we look at.
 */
static enum verdict
ask_list(const struct named_list *list, const char *text, size_t len)
{
	const struct numlist_entry *found[MATCHES];
	size_t n, i;

	n = numlist_matches(list->list, text, len, found, MATCHES);
	for (i = 0; i < n; i++)
		if (found[i]->expires == NUMLIST_NEVER)
			return VERDICT_YES;
	return n > 0 ? VERDICT_ASKS : VERDICT_NO;
}

/* 1 with words when a pattern hits its limits. */
static int
ask_op(struct predicate_bound *p, const struct op *op, const char *text,
    size_t len, enum verdict *v, struct errmsg *err)
{
	int found;

	switch (op->kind) {
	case OP_EQUALS:
	case OP_PREFIX:
	case OP_SUFFIX:
		*v = predicate_has(op, text, len) ? VERDICT_YES : VERDICT_NO;
		return 0;
	case OP_REGEX:
		found = pattern_match(op->pattern, text, len, NULL, 0, err);
		*v = found == 1 ? VERDICT_YES : VERDICT_NO;
		return found == -1 ? 1 : 0;
	case OP_LIST:
		*v = ask_list(p->lists[op->slot], text, len);
		return 0;
	case OP_EXISTS:
		*v = op->wanted ? VERDICT_YES : VERDICT_NO;
		return 0;
	default:
		assert(op->kind == OP_FIELD);
		*v = VERDICT_ASKS;
		return 0;
	}
}

/* Strangers write these texts: no more is shown of one than people can read. */
static void
say_text(const struct clause *c, const char *text, size_t len,
    struct errmsg *err)
{
	struct buf shown;
	size_t n = 0, step;

	while (n < len && n < SHOWN) {
		step = utf8_char(text + n, len - n);
		n += step > 0 ? step : 1;
	}
	buf_init(&shown);
	utf8_printable(&shown, text, n);
	(void)errmsg_prefix(err, "%s: '%s%s': ", c->field->name, shown.data,
	    n < len ? "..." : "");
	buf_fini(&shown);
}

/*
 * The whole clause for one text: any alternative, all of its ops.  Every op
 * that predicate_op() may ask later about this text is asked here first, so
 * that a pattern cannot fail any more then.
 */
static int
ask_clause(struct predicate_bound *p, const struct clause *c, const char *text,
    size_t len, enum verdict *all, struct errmsg *err)
{
	const struct alternative *alt;
	enum verdict each, v;
	size_t i;

	*all = VERDICT_NO;
	for (alt = c->alts; alt < c->alts + c->n; alt++) {
		each = VERDICT_YES;
		for (i = 0; i < alt->n && each != VERDICT_NO; i++) {
			if (ask_op(p, &alt->ops[i], text, len, &v, err) != 0) {
				say_text(c, text, len, err);
				return 1;
			}
			if (v != VERDICT_YES)
				each = v;
		}
		if (each == VERDICT_YES) {
			*all = VERDICT_YES;
			return 0;
		}
		if (each == VERDICT_ASKS)
			*all = VERDICT_ASKS;
	}
	return 0;
}

static int
bind_clause(struct predicate_bound *p, const struct clause *c,
    const struct batch *b, const struct predicate_codes *codes,
    struct errmsg *err)
{
	struct bound_clause *bound = &p->clauses[c->slot];
	size_t n = intern_count(b->names), i;
	enum verdict v;
	uint32_t code;

	bound->holds = predicate_bits(n);
	for (i = 0; i < codes->n; i++) {
		code = codes->list[i];
		if (ask_clause(p, c, intern_text(b->names, code),
			intern_len(b->names, code), &v, err) != 0)
			return 1;
		if (v == VERDICT_YES)
			bits_set(bound->holds, code);
		if (v == VERDICT_ASKS) {
			if (bound->asks == NULL)
				bound->asks = predicate_bits(n);
			bits_set(bound->asks, code);
		}
	}
	return 0;
}

static int
bind_texts(struct predicate_bound *p, const struct clause *c,
    const struct batch *b, struct errmsg *err)
{
	struct predicate_codes codes = { .field = c->field };
	int rc;

	predicate_codes_init(&codes, 1, 1, b);
	rc = bind_clause(p, c, b, &codes, err);
	predicate_codes_fini(&codes);
	return rc;
}

static int
bind_node(struct predicate_bound *p, const struct node *node,
    const struct batch *b, struct errmsg *err)
{
	size_t i;
	int rc;

	if (node->kind == NODE_CLAUSE &&
	    predicate_type(node->clause.field) == BIT_TEXT)
		return bind_texts(p, &node->clause, b, err);
	for (i = 0; i < node->n; i++)
		if ((rc = bind_node(p, node->nodes[i], b, err)) != 0)
			return rc;
	return 0;
}

static int
bind_lists(struct predicate_bound *p, struct errmsg *err)
{
	const struct op *op;

	for (op = p->p->lists; op != NULL; op = op->chain) {
		p->lists[op->slot] = named_list(p->named, op->name);
		if (p->lists[op->slot] == NULL)
			return errmsg_set(err, "unknown list '%s'", op->name);
	}
	return 0;
}

/* Opening hours ----------------------------------------------------------- */

/* What was last asked of a calendar: it is so from one instant to another. */
struct lately {
	const struct calendar *calendar;
	int64_t from, until;
	bool inside;
};

static bool
inside_lately(struct lately *l, const struct zone *zone, int64_t start)
{
	if (start < l->from || start >= l->until) {
		l->from = start;
		l->inside =
		    calendar_inside_until(l->calendar, zone, start, &l->until);
	}
	return l->inside;
}

/* By place. */
static struct lately *
lately_new(const struct predicate_bound *p, const struct op *op)
{
	struct lately *list = xcalloc(p->locals->n + 1, sizeof(*list));
	size_t i;

	for (i = 0; i < p->locals->n; i++) {
		list[i].calendar =
		    locals_calendar(&p->locals->list[i], p->named, op->name);
	}
	return list;
}

static void
bits_set_range(uint64_t *bits, size_t from, size_t end)
{
	for (; from < end && from % 64 != 0; from++)
		bits_set(bits, from);
	for (; from + 64 <= end; from += 64)
		bits[from / 64] = UINT64_MAX;
	for (; from < end; from++)
		bits_set(bits, from);
}

/* All calls are in one place: they are asked a stretch at a time. */
static void
bind_stretches(struct lately *l, const struct zone *zone, const struct batch *b,
    uint64_t *bits)
{
	size_t i, end;
	bool inside;

	for (i = 0; i < b->n; i = end) {
		inside = inside_lately(l, zone, b->calls[i].start);
		end = batch_lower(b, l->until);
		if (inside)
			bits_set_range(bits, i, end);
	}
}

static void
bind_places(struct lately *lately, const struct locals *at,
    const struct batch *b, uint64_t *bits)
{
	size_t i, place;

	for (i = 0; i < b->n; i++) {
		place = locals_place(at, b->calls[i].source, locals_own(at, i));
		if (inside_lately(&lately[place], at->list[place].zone,
			b->calls[i].start))
			bits_set(bits, i);
	}
}

static int
bind_calendar(struct predicate_bound *p, const struct op *op,
    const struct batch *b, struct errmsg *err)
{
	const struct locals *at = p->locals;
	struct lately *lately;
	uint64_t *bits;

	if (named_calendar(p->named, op->name) == NULL)
		return errmsg_set(err, "unknown calendar '%s'", op->name);
	lately = lately_new(p, op);
	bits = p->calendars[op->slot] = predicate_bits(b->n);
	if (at->n == 1 && b->sorted)
		bind_stretches(&lately[0], at->list[0].zone, b, bits);
	else
		bind_places(lately, at, b, bits);
	free(lately);
	return 0;
}

/* All of it --------------------------------------------------------------- */

static struct predicate_bound *
bound_new(const struct predicate *p, const struct batch *b,
    const struct named *named, const struct locals *locals)
{
	struct predicate_bound *bound = xcalloc(1, sizeof(*bound));

	bound->p = p;
	bound->named = named;
	bound->clauses = xcalloc(p->nclauses, sizeof(*bound->clauses));
	bound->lists = xcalloc(p->nlists, sizeof(*bound->lists));
	bound->calendars = xcalloc(p->ncalendars, sizeof(*bound->calendars));
	if (locals == NULL)
		locals_init(&bound->own, b, named, NULL);
	bound->locals = locals != NULL ? locals : &bound->own;
	return bound;
}

int
predicate_bind(struct predicate_bound **pp, const struct predicate *p,
    const struct batch *b, const struct named *named, struct errmsg *err)
{
	struct predicate_bound *bound = bound_new(p, b, named, NULL);
	const struct op *op;
	int rc = -1;

	if (bind_lists(bound, err) == -1)
		goto out;
	for (op = p->calendars; op != NULL; op = op->chain)
		if (bind_calendar(bound, op, b, err) == -1)
			goto out;
	rc = bind_node(bound, p->root, b, err);
out:
	if (rc != 0)
		predicate_unbind(&bound);
	*pp = bound;
	return rc;
}

int
predicate_bind_lists(struct predicate_bound **pp, const struct predicate *p,
    const struct batch *b, const struct named *named,
    const struct locals *locals, struct errmsg *err)
{
	struct predicate_bound *bound = bound_new(p, b, named, locals);
	int rc = bind_lists(bound, err);

	if (rc != 0)
		predicate_unbind(&bound);
	*pp = bound;
	return rc;
}

/* The opening hours that one clause asks. */
static int
bind_hours(struct predicate_bound *bound, const struct clause *c,
    const struct batch *b, struct errmsg *err)
{
	const struct op *op;
	size_t a, k;

	for (a = 0; a < c->n; a++)
		for (k = 0; k < c->alts[a].n; k++) {
			op = &c->alts[a].ops[k];
			if (op->kind == OP_CALENDAR &&
			    bound->calendars[op->slot] == NULL &&
			    bind_calendar(bound, op, b, err) == -1)
				return -1;
		}
	return 0;
}

int
predicate_bind_clause(struct predicate_bound **pp, const struct predicate *p,
    const struct clause *c, const struct batch *b, const struct named *named,
    const struct locals *locals, const struct predicate_codes *codes,
    struct errmsg *err)
{
	int rc = predicate_bind_lists(pp, p, b, named, locals, err);

	if (rc == 0)
		rc = bind_hours(*pp, c, b, err);
	if (rc == 0 && codes != NULL)
		rc = bind_clause(*pp, c, b, codes, err);
	if (rc != 0)
		predicate_unbind(pp);
	return rc;
}

void
predicate_unbind(struct predicate_bound **pp)
{
	struct predicate_bound *p = *pp;
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->p->nclauses; i++) {
		free(p->clauses[i].holds);
		free(p->clauses[i].asks);
	}
	for (i = 0; i < p->p->ncalendars; i++)
		free(p->calendars[i]);
	free(p->clauses);
	free(p->lists);
	free(p->calendars);
	locals_fini(&p->own);
	free(p);
	*pp = NULL;
}
