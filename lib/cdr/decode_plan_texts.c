#include <string.h>

#include "cdr/decode_impl.h"

#define EXTRA(which) \
	offsetof(struct call_extras, ids) + (which) * sizeof(uint32_t)

/* Where a text goes, and as what. */
static const struct {
	enum layout_target target;
	enum decode_home home;
	size_t at;
	enum decode_kind kind;
} texts[] = {
	{ TARGET_SRC, IN_CALL, offsetof(struct call, src), NUMBER },
	{ TARGET_DST, IN_CALL, offsetof(struct call, dst), NUMBER },
	{ TARGET_DIALLED, IN_CALL, offsetof(struct call, dialled), NUMBER },
	{ TARGET_FORWARDED_BY, IN_EXTRAS, EXTRA(EXTRA_FORWARDED_BY), NUMBER },
	{ TARGET_ACCOUNT, IN_CALL, offsetof(struct call, account), AS_IT_IS },
	{ TARGET_USER, IN_CALL, offsetof(struct call, user), AS_IT_IS },
	{ TARGET_CHANNEL_IN, IN_CALL, offsetof(struct call, trunk_in),
	    CHANNEL },
	{ TARGET_CHANNEL_OUT, IN_CALL, offsetof(struct call, trunk_out),
	    CHANNEL },
	{ TARGET_TRUNK_IN, IN_CALL, offsetof(struct call, trunk_in), TRUNK_IN },
	{ TARGET_TRUNK_OUT, IN_CALL, offsetof(struct call, trunk_out),
	    TRUNK_OUT },
	{ TARGET_SRC_NAME, IN_EXTRAS, EXTRA(EXTRA_SRC_NAME), AS_IT_IS },
	{ TARGET_SERVICE, IN_ORIGIN, offsetof(struct origin, service),
	    AS_IT_IS },
	{ TARGET_CONTEXT, IN_CALL, offsetof(struct call, clue_in), AS_IT_IS },
	{ TARGET_CALL_ID, IN_ORIGIN, offsetof(struct origin, call_id), RARE },
	{ TARGET_JOIN, IN_EXTRAS, EXTRA(EXTRA_JOIN), RARE },
	{ TARGET_AUTH_CODE, IN_EXTRAS, EXTRA(EXTRA_AUTH_CODE), AS_IT_IS },
	{ TARGET_ACTION, IN_ORIGIN, offsetof(struct origin, service),
	    AS_IT_IS },
};

enum { NTEXTS = sizeof(texts) / sizeof(texts[0]) };

_Static_assert((int)NTEXTS == (int)DECODE_TEXTS, "a name for each text");

/*
 * A text that has nothing to do with other cells, but that a pattern may take
 * a part of it.
 */
static bool
is_cell(const struct layout_field *f, const struct decode_cells *c)
{
	if (f->when.n > 0 || f->plus != NULL)
		return false;
	return f->regex == NULL ? c->n > 0 || c->all
				: c->all && decode_takes_one(f);
}

/* Alternatives that are the same, of two fields that add nothing to them. */
static bool
are_same(const struct layout_field *a, const struct layout_field *b)
{
	uint32_t i;

	for (i = 0; i < a->nfrom; i++)
		if (i == b->nfrom || a->from[i].n != b->from[i].n ||
		    a->from[i].when.n + b->from[i].when.n > 0 ||
		    a->from[i].regex != b->from[i].regex ||
		    memcmp(a->from[i].columns, b->from[i].columns,
			a->from[i].n * sizeof(*a->from[i].columns)) != 0)
			return false;
	return a->least == b->least;
}

/*
 * Most switches have one id for the call and for joining its legs: where there
 * is the one, it is the other.
 */
static bool
has_one_id(const struct decode_plan *p, const struct layout *l)
{
	const struct layout_field *id = &l->fields[TARGET_CALL_ID];
	const struct layout_field *join = &l->fields[TARGET_JOIN];
	const struct decode_cells *a = &p->cells[TARGET_CALL_ID];
	const struct decode_cells *b = &p->cells[TARGET_JOIN];

	if (id->nfrom == 0 || id->when.n + join->when.n > 0 ||
	    id->regex != join->regex || id->plus != join->plus)
		return false;
	return are_same(id, join) ||
	       (a->all && a->n > 0 && a->n <= b->n &&
		   memcmp(a->at, b->at, a->n * sizeof(*a->at)) == 0);
}

/* Whether none of the other texts goes to the same place. */
static bool
is_alone(const struct decode_plan *p, const struct decode_text *t)
{
	const struct decode_text *other = p->texts;

	for (; other < p->texts + p->ntexts; other++)
		if (other != t && other->home == t->home && other->at == t->at)
			return false;
	return true;
}

/* Whether it may be looked for among the texts read lately. */
static bool
may_be_short(const struct decode_plan *p, const struct decode_text *t)
{
	return t->how == TEXT_CELL && !t->unasked && t->regex == NULL &&
	       t->kind <= CHANNEL && is_alone(p, t);
}

static void
list_texts(struct decode_plan *p)
{
	const struct decode_text *t = p->texts;
	size_t n = 0, shorts = 0, others = 0;

	for (; t < p->texts + p->ntexts; t++) {
		if (t->how == TEXT_CELL && t->cells->n == 0)
			continue; /* it is in no record */
		p->all[n++] = t;
		if (may_be_short(p, t)) {
			p->shorts[shorts++] = t;
			if (p->least <= (uint32_t)t->cells->at[0])
				p->least = (uint32_t)t->cells->at[0] + 1;
		} else if (!t->unasked || t->how != TEXT_CELL ||
			   !t->cells->all) {
			p->others[others++] = t;
		}
	}
}

void
decode_plan_texts(struct decode_plan *p, const struct decoder *d)
{
	const struct layout *l = d->layout;
	const struct layout_field *f;
	struct decode_text *text;
	uint8_t i;

	for (i = 0; i < NTEXTS; i++) {
		f = &l->fields[texts[i].target];
		if (f->nfrom == 0)
			continue;
		text = &p->texts[p->ntexts++];
		text->target = texts[i].target;
		text->kind = texts[i].kind;
		text->cells = &p->cells[texts[i].target];
		text->regex = f->regex;
		text->plain = f->regex == NULL &&
			      (text->kind <= NUMBER || text->kind == RARE);
		text->home = texts[i].home;
		text->at = texts[i].at;
		text->only = text->cells->n == 1 && text->cells->all;
		text->unasked = texts[i].target == TARGET_SRC_NAME &&
				d->batch->no_src_names;
		if (texts[i].target == TARGET_JOIN && has_one_id(p, l))
			text->how = TEXT_CALL_ID;
		else if (is_cell(f, &p->cells[texts[i].target]))
			text->how = TEXT_CELL;
		else
			text->how = TEXT_MADE;
	}
	list_texts(p);
}
