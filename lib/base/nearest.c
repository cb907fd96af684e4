#include "base/nearest.h"

#include <string.h>

/* Longer words are never mistyped field names. */
enum { WORD_MAX = 48 };

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Damerau-Levenshtein distance in its optimal string alignment form: rows of
 * the table by letters of `a`, of which only the last three are kept.
 */
static size_t
distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t rows[3][WORD_MAX + 1], *before, *last, *row, i, j, d;

	for (j = 0; j <= nb; j++)
		rows[0][j] = j;
	for (i = 1; i <= na; i++) {
		row = rows[i % 3];
		last = rows[(i + 2) % 3];
		before = rows[(i + 1) % 3];
		row[0] = i;
		for (j = 1; j <= nb; j++) {
			d = last[j - 1] + (a[i - 1] != b[j - 1]);
			d = least(d, least(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d = least(d, before[j - 2] + 1);
			row[j] = d;
		}
	}
	return rows[na % 3][nb];
}

const char *
nearest(const char *word, const char *(*at)(const void *table, size_t i),
    const void *table)
{
	size_t len = strlen(word), best = len / 5 + 2, d, n, i;
	const char *candidate, *found = NULL;

	if (len > WORD_MAX)
		return NULL;
	for (i = 0; (candidate = at(table, i)) != NULL; i++) {
		n = strlen(candidate);
		if (n > WORD_MAX)
			continue;
		d = distance(word, len, candidate, n);
		if (d < best && d < n) {
			best = d;
			found = candidate;
		}
	}
	return found;
}

static const char *
word_at(const void *table, size_t i)
{
	return ((const char *const *)table)[i];
}

const char *
nearest_of(const char *word, const char *const *words)
{
	return nearest(word, word_at, words);
}
