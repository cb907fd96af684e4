#include "tel/directory.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bounds.h"
#include "base/xalloc.h"
#include "io/csvtable.h"

enum column {
	NUMBER,
	NAME,
	ACCOUNT,
	CLASS,
	GROUP,
	CALENDAR,
	CAPACITY,
	COLUMNS
};

static const char *const column_names[COLUMNS] = {
	[NUMBER] = "number",
	[NAME] = "name",
	[ACCOUNT] = "account",
	[CLASS] = "class",
	[GROUP] = "group",
	[CALENDAR] = "calendar",
	[CAPACITY] = "capacity",
};

enum { CAPACITY_DIGITS = 7, ENTRIES_MAX = 10000000 };

struct directory {
	struct arena texts;
	struct directory_entry *list; /* by number */
	size_t n, cap;
};

/* What people put between the digits of a number with +. */
static char *
plain_number(struct arena *arena, const char *text)
{
	char *out = arena_strdup(arena, text), *to = out;
	const char *from;

	if (text[0] != '+')
		return out;
	for (from = text; *from != '\0'; from++)
		if (strchr(" -.()", *from) == NULL)
			*to++ = *from;
	*to = '\0';
	return out;
}

static int
read_capacity(const char *text, int64_t *v, struct errmsg *err)
{
	size_t len = strlen(text);

	if (len == 0)
		return 0;
	if (strspn(text, "0123456789") != len || len > CAPACITY_DIGITS ||
	    strtol(text, NULL, 10) == 0)
		return errmsg_set(err, "not a capacity: '%s'", text);
	*v = strtol(text, NULL, 10);
	return 0;
}

enum { PLUS_LEAST = 7, PLUS_MOST = 15, LOCAL_MOST = 6 };

static size_t
count_digits(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text >= '0' && *text <= '9';
	return n;
}

/*
 * Calls have E.164 with +, or what is dialled inside; what people write as a
 * number outside without its country is neither.
 */
static int
check_number(const char *as_written, const char *number, struct errmsg *err)
{
	size_t digits = count_digits(number), len = strlen(number);

	if (number[0] == '+') {
		if (digits == len - 1 && digits >= PLUS_LEAST &&
		    digits <= PLUS_MOST)
			return 0;
		return errmsg_set(err, "not a number of %d to %d digits: '%s'",
		    PLUS_LEAST, PLUS_MOST, as_written);
	}
	if (strspn(number, "0123456789 -.()/") != len || digits == len ||
	    digits <= LOCAL_MOST)
		return 0;
	return errmsg_set(err, "a number outside needs + and its country: '%s'",
	    as_written);
}

static int
read_row(void *ctx, const struct csvtable_row *row, struct errmsg *err)
{
	struct directory *d = ctx;
	struct directory_entry e = { .line = row->line };
	const char *const *c = row->cells;
	const char *number = csvtable_cell(row, NUMBER);

	if (number[0] == '\0' || strlen(number) >= BOUNDS_NUMBER)
		return errmsg_set(err, "not a number: '%s'", number);
	if (d->n == ENTRIES_MAX)
		return errmsg_set(err, "more than %d numbers", ENTRIES_MAX);
	if (read_capacity(csvtable_cell(row, CAPACITY), &e.capacity, err) < 0)
		return -1;
	number = csvtable_cell(row, NUMBER);
	e.number = plain_number(&d->texts, number);
	if (check_number(number, e.number, err) < 0)
		return -1;
	e.account = arena_strdup(&d->texts, c[ACCOUNT]);
	e.class = arena_strdup(&d->texts, c[CLASS]);
	e.group = arena_strdup(&d->texts, c[GROUP]);
	e.column = csvtable_place(row, NUMBER);
	e.calendar_column = csvtable_place(row, CALENDAR);
	if (c[CALENDAR][0] != '\0')
		e.calendar = arena_strdup(&d->texts, c[CALENDAR]);
	d->list = xgrow(d->list, &d->cap, d->n + 1, sizeof(*d->list));
	d->list[d->n++] = e;
	return 0;
}

static int
compare_entries(const void *va, const void *vb)
{
	const struct directory_entry *a = va, *b = vb;
	int c = strcmp(a->number, b->number);

	return c != 0 ? c : (a->line > b->line) - (a->line < b->line);
}

static void
sort(struct directory *d, const char *path, struct notes *notes)
{
	size_t i;

	if (d->n > 1)
		qsort(d->list, d->n, sizeof(*d->list), compare_entries);
	for (i = 1; i < d->n; i++)
		if (strcmp(d->list[i - 1].number, d->list[i].number) == 0)
			notes_place(notes, NOTE_ERROR, path, d->list[i].line,
			    d->list[i].column,
			    "'%s' stands there twice, first on line %u",
			    d->list[i].number, (unsigned)d->list[i - 1].line);
}

int
directory_load(struct directory **dp, const char *path, struct notes *notes)
{
	static const struct csvtable_form form = { .columns = column_names,
		.n = COLUMNS,
		.needed = 1U << NUMBER,
		.row = read_row };
	struct directory *d = xcalloc(1, sizeof(*d));
	const size_t errors = notes->errors;

	arena_init(&d->texts);
	*dp = d;
	(void)csvtable_read_all(path, &form, d, notes);
	sort(d, path, notes);
	if (notes->errors == errors)
		return 0;
	directory_free(dp);
	return -1;
}

void
directory_free(struct directory **dp)
{
	struct directory *d = *dp;

	if (d == NULL)
		return;
	arena_fini(&d->texts);
	free(d->list);
	free(d);
	*dp = NULL;
}

size_t
directory_size(const struct directory *d)
{
	return d->n;
}

const struct directory_entry *
directory_at(const struct directory *d, size_t i)
{
	return &d->list[i];
}

static int
compare_number(const void *number, const void *entry)
{
	return strcmp(number, ((const struct directory_entry *)entry)->number);
}

static const struct directory_entry *
look_up(const struct directory *d, const char *number)
{
	return bsearch(number, d->list, d->n, sizeof(*d->list), compare_number);
}

const struct directory_entry *
directory_find(const struct directory *d, const char *number)
{
	const struct directory_entry *found;
	char plain[BOUNDS_NUMBER];
	const char *sign;

	if (d == NULL || d->n == 0 || number[0] == '\0')
		return NULL;
	found = look_up(d, number);
	sign = strrchr(number, '@');
	if (found != NULL || sign == NULL ||
	    (size_t)(sign - number) >= sizeof(plain))
		return found;
	memcpy(plain, number, (size_t)(sign - number));
	plain[sign - number] = '\0';
	return look_up(d, plain);
}
