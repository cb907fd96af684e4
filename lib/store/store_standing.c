/*
 * What stands in the table `cache`: of each name the parts, as they were read.
 * One that is the same need not be put.
 */
#include "store/store_impl.h"

#include <stdlib.h>

#include "base/xalloc.h"

struct store_standing {
	struct store_parts *first;
};

void
store_parts_free(struct store_parts **pp)
{
	struct store_parts *p = *pp;

	if (p == NULL)
		return;
	free(p->hashes);
	free(p);
	*pp = NULL;
}

void
store_standing_free(struct store_standing **sp)
{
	struct store_parts *p, *next;

	if (*sp == NULL)
		return;
	for (p = (*sp)->first; p != NULL; p = next) {
		next = p->next;
		store_parts_free(&p);
	}
	free(*sp);
	*sp = NULL;
}

void
store_standing_note(struct store_standing **sp, int64_t name,
    const int64_t *hashes, size_t n)
{
	struct store_parts *p = xcalloc(1, sizeof(*p));

	if (*sp == NULL)
		*sp = xcalloc(1, sizeof(**sp));
	p->name = name;
	p->n = n;
	p->hashes = xmemdup(hashes, n * sizeof(*hashes));
	p->next = (*sp)->first;
	(*sp)->first = p;
}

struct store_parts *
store_standing_take(struct store_standing *s, int64_t name)
{
	struct store_parts **pp, *p;

	if (s == NULL)
		return NULL;
	for (pp = &s->first; (p = *pp) != NULL; pp = &p->next)
		if (p->name == name) {
			*pp = p->next;
			return p;
		}
	return NULL;
}
