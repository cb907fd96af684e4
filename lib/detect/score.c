#include "detect/score.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* a / b for a >= 0, to the nearest, half to even. */
static int64_t
round_even(int64_t a, int64_t b)
{
	int64_t q = a / b, twice = 2 * (a % b);

	return q + (twice > b || (twice == b && q % 2 != 0));
}

int
score_add(int64_t *doubt, int score)
{
	*doubt = round_even(*doubt * (100 - score), 100);
	return (int)round_even((SCORE_DOUBT - *doubt) * 100, SCORE_DOUBT);
}

static int
compare_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int
compare_same_family(const struct finding *a, const struct finding *b)
{
	int c = compare_text(a->rule, b->rule);

	if (c != 0)
		return c;
	if (a->first_seen != b->first_seen)
		return a->first_seen < b->first_seen ? -1 : 1;
	return compare_text(a->id, b->id);
}

/* Greatest first; the first of each family is the one that counts. */
static int
compare_score(const void *va, const void *vb)
{
	const struct finding *const *pa = va, *const *pb = vb;
	const struct finding *a = *pa, *b = *pb;
	int c;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	if ((c = compare_text(a->family, b->family)) != 0)
		return c;
	return compare_same_family(a, b);
}

struct line {
	const struct finding *finding;
	int points;
};

static int
compare_lines(const void *va, const void *vb)
{
	const struct line *a = va, *b = vb;
	int c;

	if (a->points != b->points)
		return a->points > b->points ? -1 : 1;
	if ((c = compare_text(a->finding->family, b->finding->family)) != 0)
		return c;
	return compare_same_family(a->finding, b->finding);
}

/* Few families exist, so a list of those seen is as good as a table. */
static int
family_is_new(const char **seen, size_t *n, const char *family)
{
	size_t i;

	for (i = 0; i < *n; i++)
		if (compare_text(seen[i], family) == 0)
			return 0;
	seen[(*n)++] = family;
	return 1;
}

static int
count_points(const struct finding **sorted, size_t n, struct line *lines)
{
	const char **seen = xcalloc(n, sizeof(*seen));
	int64_t doubt = SCORE_DOUBT;
	size_t i, nseen = 0;
	int score = 0, before;

	for (i = 0; i < n; i++) {
		before = score;
		if (family_is_new(seen, &nseen, sorted[i]->family))
			score = score_add(&doubt, sorted[i]->score);
		lines[i] = (struct line){ sorted[i], score - before };
	}
	free(seen);
	return score;
}

int
score_findings(const struct finding *const *findings, size_t n,
    struct arena *arena, const struct point **points, size_t *npoints)
{
	const struct finding **sorted =
	    xmemdup(findings, n * sizeof(struct finding *));
	struct line *lines = xcalloc(n + 1, sizeof(*lines));
	struct point *out = arena_array(arena, n, sizeof(*out));
	size_t i;
	int score;

	if (n > 0)
		qsort(sorted, n, sizeof(struct finding *), compare_score);
	score = count_points(sorted, n, lines);
	if (n > 0)
		qsort(lines, n, sizeof(*lines), compare_lines);
	for (i = 0; i < n; i++)
		out[i] = (struct point){ .rule = lines[i].finding->rule,
			.family = lines[i].finding->family,
			.reason = lines[i].finding->reason,
			.finding = lines[i].finding->id,
			.points = lines[i].points };
	free(lines);
	free(sorted);
	*points = out;
	*npoints = n;
	return score;
}
