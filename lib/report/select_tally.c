#include <string.h>

#include "report/select_impl.h"
#include "tel/money.h"

static void
add_amount(struct tally *t, struct amount *money, const struct amount *a)
{
	size_t at = 0;

	while (at < t->nmoney && strcmp(money[at].currency, a->currency) < 0)
		at++;
	if (at < t->nmoney && strcmp(money[at].currency, a->currency) == 0) {
		money[at].micro = money_add(money[at].micro, a->micro);
		return;
	}
	memmove(&money[at + 1], &money[at], (t->nmoney - at) * sizeof(*money));
	money[at] = *a;
	t->nmoney++;
}

/* t += a; the amounts move to a new array, sorted by currency. */
static void
add_tally(struct tally *t, struct arena *arena, const struct tally *a)
{
	struct amount *money;
	size_t i;

	t->calls += a->calls;
	t->duration += a->duration;
	t->estimated = t->estimated || a->estimated;
	if (a->nmoney == 0)
		return;
	money = arena_array(arena, t->nmoney + a->nmoney, sizeof(*money));
	if (t->nmoney > 0)
		memcpy(money, t->money, t->nmoney * sizeof(*money));
	for (i = 0; i < a->nmoney; i++)
		add_amount(t, money, &a->money[i]);
	t->money = money;
}

/* Results read from JSON know how many calls a finding has, not which. */
static bool
members_known(const struct finding *const *findings, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((int64_t)findings[i]->nmembers != findings[i]->calls.calls)
			return false;
	return true;
}

void
select_tally(struct tally *t, struct arena *arena,
    const struct finding *const *findings, size_t n)
{
	size_t i;

	memset(t, 0, sizeof(*t));
	if (members_known(findings, n)) {
		tally_members(t, arena, findings, n);
		return;
	}
	for (i = 0; i < n; i++)
		add_tally(t, arena, &findings[i]->calls);
}

/* Accounts, whatever they came from, are one kind: a call has one. */
static const char *
entity_kind(const struct fraud_case *c)
{
	if (strcmp(c->entity_type, "extension") == 0 ||
	    strcmp(c->entity_type, "number") == 0)
		return "account";
	return c->entity_type;
}

/* A call has one account and one dst, so equal kinds never share a call. */
static bool
kinds_differ(const struct view *v)
{
	size_t i;

	for (i = 1; i < v->ncases; i++)
		if (strcmp(entity_kind(v->cases[i].c),
			entity_kind(v->cases[0].c)) != 0)
			return true;
	return false;
}

static size_t
all_findings(struct view *v, const struct finding ***all)
{
	size_t i, n = 0;

	for (i = 0; i < v->ncases; i++)
		n += v->cases[i].nfindings;
	*all = arena_array(&v->arena, n + 1, sizeof(**all));
	for (i = n = 0; i < v->ncases; i++) {
		if (v->cases[i].nfindings > 0)
			memcpy(*all + n, v->cases[i].findings,
			    v->cases[i].nfindings * sizeof(**all));
		n += v->cases[i].nfindings;
	}
	return n;
}

void
select_case_totals(struct view *v)
{
	const struct finding **all;
	size_t i, n;

	n = all_findings(v, &all);
	if (n > 0 && members_known(all, n)) {
		tally_members(&v->calls, &v->arena, all, n);
		v->calls_exact = true;
		return;
	}
	/* Calls of a merged case are those of its heir. */
	for (i = 0; i < v->ncases; i++)
		if (view_over(v->cases[i].c) != OVER_MERGED)
			add_tally(&v->calls, &v->arena, &v->cases[i].c->calls);
	v->calls_exact = !kinds_differ(v);
}
