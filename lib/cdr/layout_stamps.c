#include <string.h>

#include "cdr/layout_impl.h"

/* The day of the month in a form, or NULL. */
static const char *
find_day(const char *text)
{
	for (; *text != '\0'; text++)
		if (text[0] == '%' && (text[1] == 'd' || text[1] == 'e'))
			return text;
	return NULL;
}

/* Whoever reads it cannot take the day for the month. */
static bool
is_certain(const char *text)
{
	const char *year = strstr(text, "%Y"), *month = strstr(text, "%m");
	const char *day = find_day(text);

	return month == NULL ||
	       (year != NULL && year < month && day != NULL && month < day);
}

static bool
is_day_first(const char *text)
{
	const char *day = find_day(text), *month = strstr(text, "%m");

	return day != NULL && month != NULL && day < month;
}

static bool
tells_any(const char *text, const char *const *parts, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strstr(text, parts[i]) != NULL)
			return true;
	return false;
}

static void
add_stamp(struct layout_reader *r, const struct json *v, struct layout_field *f)
{
	static const char *const seconds[] = { "%S", "%s", "%Q", "%U" };
	struct layout_stamp *stamp = &f->stamps[f->nstamps];

	if (v->type != JSON_STRING) {
		layout_type_note(r, v, JSON_BIT(JSON_STRING));
		return;
	}
	stamp->pattern = layout_stamp(r, v);
	if (stamp->pattern == NULL)
		return;
	stamp->text = arena_strdup(&r->set->arena, v->string);
	stamp->certain = is_certain(v->string);
	stamp->seconds = tells_any(v->string, seconds, 4);
	stamp->day_first = is_day_first(v->string);
	f->nstamps++;
}

void
layout_read_stamps(struct layout_reader *r, const struct json *v, void *into)
{
	const struct json *item;

	if (v->type == JSON_STRING) {
		add_stamp(r, v, into);
		return;
	}
	if (v->n == 0 || v->n > LAYOUT_FORMS) {
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "names 1 to %d alternatives, not %u", (int)LAYOUT_FORMS,
		    (unsigned)v->n);
		return;
	}
	for (item = v->first; item != NULL; item = item->next)
		add_stamp(r, item, into);
}
