/* cases_points: how bad a case is, and which of its findings say so. */
#include "detect/cases_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/score.h"

static int
compare_last(const void *va, const void *vb)
{
	const struct finding *const *pa = va, *const *pb = vb;

	if ((*pa)->last_seen != (*pb)->last_seen)
		return (*pa)->last_seen < (*pb)->last_seen ? -1 : 1;
	return cases_compare_time(va, vb);
}

/* How many findings of one family in the window have each score. */
struct family {
	const char *name;
	uint32_t counts[101];
};

struct families {
	struct family *list;
	size_t n, cap;
};

static struct family *
family_of(struct families *fs, const char *name)
{
	size_t i;

	for (i = 0; i < fs->n; i++)
		if (strcmp(fs->list[i].name, name) == 0)
			return &fs->list[i];
	fs->list = xgrow(fs->list, &fs->cap, fs->n + 1, sizeof(*fs->list));
	memset(&fs->list[fs->n], 0, sizeof(*fs->list));
	fs->list[fs->n].name = name;
	return &fs->list[fs->n++];
}

/* The score of the greatest of each family, greatest first. */
static int
score_of(const struct families *fs)
{
	uint32_t with[101] = { 0 };
	int64_t doubt = SCORE_DOUBT;
	int score = 0, s;
	size_t i;

	for (i = 0; i < fs->n; i++) {
		for (s = 100; s > 0 && fs->list[i].counts[s] == 0; s--)
			;
		with[s]++;
	}
	for (s = 100; s > 0; s--)
		for (; with[s] > 0; with[s]--)
			score = score_add(&doubt, s);
	return score;
}

/*
 * The begin of the 72 h with the greatest score.  Only those that begin where
 * a finding ends need a look: moving the window back to there loses nothing.
 */
static int64_t
best_window(const struct finding *const *fs, size_t n)
{
	const struct finding **by_last =
	    xmemdup(fs, n * sizeof(struct finding *));
	struct families families = { 0 };
	size_t in = 0, out = 0, i;
	int64_t best_at = 0, at;
	int best = -1, score;

	qsort(by_last, n, sizeof(struct finding *), compare_last);
	for (i = 0; i < n; i++) {
		at = by_last[i]->last_seen;
		for (; in < n && fs[in]->first_seen - at < CASES_NEAR; in++)
			family_of(&families, fs[in]->family)
			    ->counts[fs[in]->score]++;
		for (; by_last[out]->last_seen < at; out++)
			family_of(&families, by_last[out]->family)
			    ->counts[by_last[out]->score]--;
		score = score_of(&families);
		if (score > best) {
			best = score;
			best_at = at;
		}
	}
	free(families.list);
	free(by_last);
	return best_at;
}

/* Findings with a part in the window first, both parts in their order. */
static size_t
part_window(const struct finding **fs, size_t n, int64_t at)
{
	const struct finding **out = xmemdup(fs, n * sizeof(*out));
	size_t i, inside = 0, outside = 0;

	for (i = 0; i < n; i++)
		if (fs[i]->last_seen >= at &&
		    fs[i]->first_seen - at < CASES_NEAR)
			fs[inside++] = fs[i];
		else
			out[outside++] = fs[i];
	memcpy(fs + inside, out, outside * sizeof(*out));
	free(out);
	return inside;
}

void
cases_give_points(struct results *rs, struct fraud_case *c,
    const struct finding *const *fs, size_t n)
{
	const struct finding **parted = xmemdup(fs, n * sizeof(*parted));
	size_t inside = part_window(parted, n, best_window(fs, n)), nrest = 0;
	const struct point *points, *rest;
	struct point *all = arena_array(&rs->arena, n, sizeof(*all));
	size_t i;

	c->score =
	    score_findings(parted, inside, &rs->arena, &points, &c->npoints);
	memcpy(all, points, inside * sizeof(*all));
	if (n > inside) {
		(void)score_findings(parted + inside, n - inside, &rs->arena,
		    &rest, &nrest);
		memcpy(all + inside, rest, nrest * sizeof(*all));
	}
	for (i = inside; i < n; i++)
		all[i].points = 0;
	c->points = all;
	c->npoints = n;
	free(parted);
}
