#include "detect/finding.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

static const struct {
	const char *name;
	int least; /* score */
} severities[] = {
	[SEV_NONE] = { "none", 0 },
	[SEV_INFO] = { "info", 1 },
	[SEV_LOW] = { "low", 20 },
	[SEV_MEDIUM] = { "medium", 40 },
	[SEV_HIGH] = { "high", 60 },
	[SEV_CRITICAL] = { "critical", 80 },
};

enum severity
severity_of(int score)
{
	int s = SEV_CRITICAL;

	while (s > SEV_NONE && score < severities[s].least)
		s--;
	return (enum severity)s;
}

const char *
severity_name(enum severity s)
{
	return severities[s].name;
}

int
severity_parse(const char *name)
{
	int s;

	for (s = SEV_NONE; s <= SEV_CRITICAL; s++)
		if (strcmp(severities[s].name, name) == 0)
			return s;
	return -1;
}

const char *
finding_kind_name(enum finding_kind k)
{
	static const char *const names[] = { "finding", "waived", "shadow" };

	return names[k];
}

void
results_init(struct results *rs)
{
	memset(rs, 0, sizeof(*rs));
}

void
results_fini(struct results *rs)
{
	free(rs->findings);
	free(rs->cases);
	arena_fini(&rs->arena);
	results_init(rs);
}

struct finding *
results_finding(struct results *rs)
{
	rs->findings =
	    xgrow(rs->findings, &rs->cap, rs->n + 1, sizeof(struct finding *));
	rs->findings[rs->n] = arena_alloc(&rs->arena, sizeof(struct finding));
	return rs->findings[rs->n++];
}

struct fraud_case *
results_case(struct results *rs)
{
	rs->cases = xgrow(rs->cases, &rs->cases_cap, rs->ncases + 1,
	    sizeof(struct fraud_case *));
	rs->cases[rs->ncases] =
	    arena_alloc(&rs->arena, sizeof(struct fraud_case));
	return rs->cases[rs->ncases++];
}

void
results_take(struct results *rs, struct results *from)
{
	size_t i;

	assert(from->ncases == 0);
	for (i = 0; i < from->n; i++) {
		rs->findings = xgrow(rs->findings, &rs->cap, rs->n + 1,
		    sizeof(struct finding *));
		rs->findings[rs->n++] = from->findings[i];
	}
	from->n = 0;
	arena_take(&rs->arena, &from->arena);
}

const struct finding *
results_find(const struct results *rs, const char *id)
{
	size_t i;

	for (i = 0; i < rs->n; i++)
		if (strcmp(rs->findings[i]->id, id) == 0)
			return rs->findings[i];
	return NULL;
}

const struct fraud_case *
results_find_case(const struct results *rs, const char *id)
{
	size_t i;

	for (i = 0; i < rs->ncases; i++)
		if (strcmp(rs->cases[i]->id, id) == 0)
			return rs->cases[i];
	return NULL;
}

bool
state_is_closed(const char *state)
{
	return state != NULL && strcmp(state, "closed") == 0;
}

int64_t
tally_exposure(const struct tally *t)
{
	int64_t most = 0;
	size_t i;

	for (i = 0; i < t->nmoney; i++)
		if (i == 0 || t->money[i].micro > most)
			most = t->money[i].micro;
	return most;
}

static int
compare_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Both NULL only while a finding is being made. */
static int
compare_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int
compare_weight(int score_a, const struct tally *a, int score_b,
    const struct tally *b)
{
	if (score_a != score_b)
		return score_a > score_b ? -1 : 1;
	return compare_number(tally_exposure(b), tally_exposure(a));
}

static int
compare_findings(const void *va, const void *vb)
{
	const struct finding *const *pa = va, *const *pb = vb;
	const struct finding *a = *pa, *b = *pb;
	int c;

	if ((c = compare_weight(a->score, &a->calls, b->score, &b->calls)) !=
		0 ||
	    (c = compare_text(a->entity, b->entity)) != 0 ||
	    (c = compare_text(a->entity_type, b->entity_type)) != 0 ||
	    (c = compare_text(a->rule, b->rule)) != 0 ||
	    (c = compare_number(a->first_seen, b->first_seen)) != 0)
		return c;
	return compare_text(a->id, b->id);
}

static int
compare_cases(const void *va, const void *vb)
{
	const struct fraud_case *const *pa = va, *const *pb = vb;
	const struct fraud_case *a = *pa, *b = *pb;
	int c;

	if ((c = compare_weight(a->score, &a->calls, b->score, &b->calls)) !=
		0 ||
	    (c = compare_text(a->entity, b->entity)) != 0 ||
	    (c = compare_text(a->entity_type, b->entity_type)) != 0 ||
	    (c = compare_number(a->first_seen, b->first_seen)) != 0)
		return c;
	return compare_text(a->id, b->id);
}

void
results_sort(struct results *rs)
{
	if (rs->n > 1)
		qsort(rs->findings, rs->n, sizeof(*rs->findings),
		    compare_findings);
	if (rs->ncases > 1)
		qsort(rs->cases, rs->ncases, sizeof(*rs->cases), compare_cases);
}
