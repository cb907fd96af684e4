/*
 * cases: the sums over their calls.  In a run that goes on from a store nearly
 * all cases are what they were, and their calls, of which each may have
 * thousands, need not be looked at for that.
 */
#include "detect/cases_impl.h"

#include <string.h>

/* The case of the store that had a finding, if the finding is as it was. */
static const char *
case_before(const struct finding *f)
{
	return f->stored != NULL && f->stored != f ? f->stored->case_id : NULL;
}

/* By id, as they are sorted. */
static const struct fraud_case *
find_case(const struct results *was, const char *id)
{
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

/* The case that had these very findings, all of them as they are; or NULL. */
static const struct fraud_case *
same_before(const struct fraud_case *c, const struct finding *const *fs,
    size_t n, const struct results *was)
{
	const char *id = case_before(fs[0]), *other;
	const struct fraud_case *same;
	size_t i;

	if (was == NULL || id == NULL)
		return NULL;
	for (i = 1; i < n; i++) {
		other = case_before(fs[i]);
		if (other == NULL || strcmp(other, id) != 0)
			return NULL;
	}
	same = find_case(was, id);
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

void
cases_calls(struct fraud_case *c, struct arena *arena,
    const struct finding *const *fs, size_t n, const struct results *was)
{
	const struct fraud_case *same = same_before(c, fs, n, was);

	if (same != NULL)
		copy_tally(&c->calls, arena, &same->calls);
	else
		tally_members(&c->calls, arena, fs, n);
}
