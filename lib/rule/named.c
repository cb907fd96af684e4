#include "rule/named.h"

#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/xalloc.h"

void
named_init(struct named *n)
{
	memset(n, 0, sizeof(*n));
}

void
named_fini(struct named *n)
{
	size_t i;

	for (i = 0; i < n->nlists; i++)
		numlist_free(&n->lists[i].list);
	for (i = 0; i < n->ncalendars; i++)
		calendar_free(&n->calendars[i].calendar);
	free(n->lists);
	free(n->calendars);
	named_init(n);
}

/* Index of the first list whose name is not before `name`. */
static size_t
list_place(const struct named *n, const char *name)
{
	size_t i;

	for (i = 0; i < n->nlists; i++)
		if (strcmp(n->lists[i].name, name) >= 0)
			break;
	return i;
}

static size_t
calendar_place(const struct named *n, const char *name)
{
	size_t i;

	for (i = 0; i < n->ncalendars; i++)
		if (strcmp(n->calendars[i].name, name) >= 0)
			break;
	return i;
}

void
named_put_list(struct named *n, const struct named_list *list)
{
	size_t i = list_place(n, list->name);

	if (i < n->nlists && strcmp(n->lists[i].name, list->name) == 0) {
		numlist_free(&n->lists[i].list);
		n->lists[i] = *list;
		return;
	}
	n->lists =
	    xgrow(n->lists, &n->lists_cap, n->nlists + 1, sizeof(*n->lists));
	memmove(n->lists + i + 1, n->lists + i,
	    (n->nlists - i) * sizeof(*n->lists));
	n->lists[i] = *list;
	n->nlists++;
}

void
named_put_calendar(struct named *n, const struct named_calendar *cal)
{
	size_t i = calendar_place(n, cal->name);

	if (i < n->ncalendars && strcmp(n->calendars[i].name, cal->name) == 0) {
		calendar_free(&n->calendars[i].calendar);
		n->calendars[i] = *cal;
		return;
	}
	n->calendars = xgrow(n->calendars, &n->calendars_cap, n->ncalendars + 1,
	    sizeof(*n->calendars));
	memmove(n->calendars + i + 1, n->calendars + i,
	    (n->ncalendars - i) * sizeof(*n->calendars));
	n->calendars[i] = *cal;
	n->ncalendars++;
}

const struct named_list *
named_list(const struct named *n, const char *name)
{
	size_t i;

	for (; n != NULL; n = n->under) {
		i = list_place(n, name);
		if (i < n->nlists && strcmp(n->lists[i].name, name) == 0)
			return &n->lists[i];
	}
	return NULL;
}

const struct named_calendar *
named_calendar_entry(const struct named *n, const char *name)
{
	size_t i;

	for (; n != NULL; n = n->under) {
		i = calendar_place(n, name);
		if (i < n->ncalendars &&
		    strcmp(n->calendars[i].name, name) == 0)
			return &n->calendars[i];
	}
	return NULL;
}

const struct calendar *
named_calendar(const struct named *n, const char *name)
{
	const struct named_calendar *found = named_calendar_entry(n, name);

	return found != NULL ? found->calendar : NULL;
}

/* The i-th of all, those that are asked later behind. */
static const char *
list_name_at(const void *table, size_t i)
{
	const struct named *n;

	for (n = table; n != NULL; n = n->under) {
		if (i < n->nlists)
			return n->lists[i].name;
		i -= n->nlists;
	}
	return NULL;
}

static const char *
calendar_name_at(const void *table, size_t i)
{
	const struct named *n;

	for (n = table; n != NULL; n = n->under) {
		if (i < n->ncalendars)
			return n->calendars[i].name;
		i -= n->ncalendars;
	}
	return NULL;
}

const char *
named_suggest_list(const struct named *n, const char *name)
{
	return nearest(name, list_name_at, n);
}

const char *
named_suggest_calendar(const struct named *n, const char *name)
{
	return nearest(name, calendar_name_at, n);
}
