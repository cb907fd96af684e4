/* Lists in CSV files. */
#include "io/csvtable.h"
#include "tel/calltime.h"
#include "tel/numlist_impl.h"

enum column { VALUE, SOURCE, ADDED, EXPIRES, NOTE, COLUMNS };

static const char *const column_names[COLUMNS] = {
	[VALUE] = "value",
	[SOURCE] = "source",
	[ADDED] = "added",
	[EXPIRES] = "expires",
	[NOTE] = "note",
};

static int
read_date(const struct csvtable_row *row, enum column c, int64_t *day,
    struct errmsg *err)
{
	const char *text = row->cells[c];

	if (*text == '\0' || date_parse(text, day) == 0)
		return 0;
	return errmsg_set(err, "%s: not a date: '%s'", column_names[c], text);
}

static int
read_row(void *ctx, const struct csvtable_row *row, struct errmsg *err)
{
	struct numlist_entry e = { .value = row->cells[VALUE],
		.source = row->cells[SOURCE],
		.note = row->cells[NOTE],
		.added = INT64_MIN,
		.expires = NUMLIST_NEVER,
		.line = row->line };

	if (read_date(row, ADDED, &e.added, err) < 0 ||
	    read_date(row, EXPIRES, &e.expires, err) < 0)
		return -1;
	return numlist_add(ctx, &e, err);
}

int
numlist_load(struct numlist *l, const char *path, struct errmsg *err)
{
	static const struct csvtable_form form = { .columns = column_names,
		.n = COLUMNS,
		.needed = 1U << VALUE,
		.row = read_row };

	return csvtable_read(path, &form, l, err);
}
