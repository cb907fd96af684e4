/*
 * nearest: the word a person most likely meant, for "did you mean".
 *
 * Of all the words that would be right, the one with the fewest wrong,
 * missing, extra or swapped letters, the first of equals.  A word that has
 * little in common with what was written is no suggestion.
 */
#ifndef LIB_BASE_NEAREST_H
#define LIB_BASE_NEAREST_H

#include <stddef.h>

/*
 * `at(table, i)` is the i-th word of a table, NULL behind the last.  NULL
 * when no word is near.
 */
const char *nearest(const char *word,
    const char *(*at)(const void *table, size_t i), const void *table);
/* The same for an array that ends with NULL. */
const char *nearest_of(const char *word, const char *const *words);

#endif
