/*
 * cases: the sums over their calls.  In a run that goes on from a store nearly
 * all cases are what they were, and their calls, of which each may have
 * thousands, need not be looked at for that.
 */
#include "detect/cases_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

bool
cases_stands(const struct finding *f)
{
	return f->stored != NULL && f->stored != f;
}

/* The case of the store that had a finding, if the finding is as it was. */
static const char *
case_before(const struct finding *f)
{
	return cases_stands(f) ? f->stored->case_id : NULL;
}

/* By id, as they are sorted. */
const struct fraud_case *
cases_case_before(const struct cases_before *b, const char *id)
{
	const struct results *was = b->past->was;
	size_t low = 0, high = was->ncases, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (strcmp(was->cases[mid]->id, id) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < was->ncases && strcmp(was->cases[low]->id, id) == 0
		   ? was->cases[low]
		   : NULL;
}

static int
compare_ids(const void *va, const void *vb)
{
	const struct finding *const *a = va, *const *b = vb;

	return strcmp((*a)->id, (*b)->id);
}

void
cases_before_init(struct cases_before *b, const struct cases_past *past)
{
	static const struct results none;
	static const struct cases_past nothing = { .was = &none };

	*b = (struct cases_before){ .past = &nothing };
	if (past == NULL || past->was == NULL)
		return;
	b->past = past;
	if (!past->whole || past->n == 0)
		return;
	b->n = past->n;
	b->findings = xcalloc(b->n, sizeof(*b->findings));
	memcpy(b->findings, past->findings, b->n * sizeof(*b->findings));
	qsort(b->findings, b->n, sizeof(*b->findings), compare_ids);
}

void
cases_before_fini(struct cases_before *b)
{
	free(b->findings);
	*b = (struct cases_before){ .n = 0 };
}

const struct finding *
cases_finding_before(const struct cases_before *b, const char *id)
{
	const struct finding asked = { .id = id }, *key = &asked;
	const struct finding *const *found = NULL;

	if (b->n > 0)
		found = bsearch(&key, b->findings, b->n, sizeof(*b->findings),
		    compare_ids);
	return found != NULL ? *found : NULL;
}

/* The case that had these very findings, all of them as they are; or NULL. */
static const struct fraud_case *
same_before(const struct fraud_case *c, const struct finding *const *fs,
    size_t n, const struct cases_before *b)
{
	const char *id = case_before(fs[0]), *other;
	const struct fraud_case *same;
	size_t i;

	if (id == NULL)
		return NULL;
	for (i = 1; i < n; i++) {
		other = case_before(fs[i]);
		if (other == NULL || strcmp(other, id) != 0)
			return NULL;
	}
	same = cases_case_before(b, id);
	if (same == NULL || same->nfindings != n)
		return NULL;
	for (i = 0; i < n; i++)
		if (strcmp(same->findings[i], c->findings[i]) != 0)
			return NULL;
	return same;
}

static void
copy_tally(struct tally *t, struct arena *arena, const struct tally *from)
{
	struct amount *money = arena_array(arena, from->nmoney, sizeof(*money));
	size_t i;

	*t = *from;
	for (i = 0; i < from->nmoney; i++)
		money[i] = (struct amount){
			.currency =
			    arena_strdup(arena, from->money[i].currency),
			.micro = from->money[i].micro,
		};
	t->money = money;
}

/* Those that are bare, of which there are none where nobody can be asked. */
static int
fetch(struct finding *const *fs, size_t n, const struct cases_past *past)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (fs[i]->bare && past->fetch != NULL)
			return past->fetch(past->arg, fs, n);
	return 0;
}

int
cases_calls(struct fraud_case *c, struct arena *arena,
    struct finding *const *fs, size_t n, const struct cases_before *b)
{
	const struct finding *const *list = (const struct finding *const *)fs;
	const struct fraud_case *same = same_before(c, list, n, b);

	if (same != NULL)
		copy_tally(&c->calls, arena, &same->calls);
	else if (!cases_grown(&c->calls, arena, list, n, b)) {
		if (fetch(fs, n, b->past) != 0)
			return -1;
		tally_members(&c->calls, arena, list, n);
	}
	return 0;
}
