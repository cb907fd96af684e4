/*
 * xalloc: allocate, or end the program.
 *
 * No function of cdrguard has an out-of-memory branch.  In return, everything
 * that input can make grow has a limit in base/bounds.h, and reaching that is
 * an ordinary error.  Memory is freed with free().
 */
#ifndef LIB_BASE_XALLOC_H
#define LIB_BASE_XALLOC_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size); /* zeroed */
void *xrealloc(void *p, size_t n, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t len); /* NUL added */
void *xmemdup(const void *bytes, size_t len);

/*
 * Free an array with something of every call, so that its memory goes back to
 * the system at once.  Freed whole it would have the GNU C library keep the
 * memory of all later ones of up to its size, and as these come and go in
 * several lengths, holes stay between them; one that was made small does not.
 */
void xfree_large(void *p);

/*
 * Make room in the array `p` of `*cap` elements of `size` bytes for at least
 * `need` of them; doubles, so that appending is cheap.  Returns the array,
 * which may have moved.
 */
void *xgrow(void *p, size_t *cap, size_t need, size_t size);

#endif
