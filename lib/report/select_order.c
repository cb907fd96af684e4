#include <string.h>

#include "report/select_impl.h"

static void
by_case(struct order_key *k, const struct fraud_case *c)
{
	k->text = c->id;
}

static void
by_score(struct order_key *k, const struct fraud_case *c)
{
	k->number = c->score;
}

static void
by_state(struct order_key *k, const struct fraud_case *c)
{
	k->text = c->state != NULL ? c->state : "";
}

static void
by_entity_type(struct order_key *k, const struct fraud_case *c)
{
	k->text = c->entity_type;
}

static void
by_entity(struct order_key *k, const struct fraud_case *c)
{
	k->text = c->entity;
}

static void
by_first_seen(struct order_key *k, const struct fraud_case *c)
{
	k->number = c->first_seen;
}

static void
by_last_seen(struct order_key *k, const struct fraud_case *c)
{
	k->number = c->last_seen;
}

static void
by_calls(struct order_key *k, const struct fraud_case *c)
{
	k->number = c->calls.calls;
}

static void
by_duration(struct order_key *k, const struct fraud_case *c)
{
	k->number = c->calls.duration;
}

/* Of several currencies the greatest amount, as in the order of output. */
static void
by_cost(struct order_key *k, const struct fraud_case *c)
{
	k->number = tally_exposure(&c->calls);
	k->none = c->calls.nmoney == 0;
}

static const struct select_field fields[] = {
	{ "case", by_case },
	{ "score", by_score },
	{ "state", by_state },
	{ "entity_type", by_entity_type },
	{ "entity", by_entity },
	{ "first_seen", by_first_seen },
	{ "last_seen", by_last_seen },
	{ "calls", by_calls },
	{ "duration_s", by_duration },
	{ "cost", by_cost },
};

enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

const char *
select_field_name(size_t i)
{
	return i < FIELDS ? fields[i].name : NULL;
}

const struct select_field *
select_field(const char *name)
{
	size_t i;

	for (i = 0; i < FIELDS; i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

void
select_sort(struct view *v, const struct selection *sel, size_t n)
{
	struct order_key *keys;
	struct view_case *sorted;
	size_t i;

	if (sel->by == NULL || n == 0)
		return;
	keys = arena_array(&v->arena, n, sizeof(*keys));
	sorted = arena_array(&v->arena, n, sizeof(*sorted));
	for (i = 0; i < n; i++) {
		keys[i] = (struct order_key){ .row = i };
		sel->by->key(&keys[i], v->cases[i].c);
	}
	order_sort(keys, n, sel->falling);
	for (i = 0; i < n; i++)
		sorted[i] = v->cases[keys[i].row];
	v->cases = sorted;
}
