#include <stdio.h>

#include "cdr/recognise_impl.h"

int
recognise_place(const struct cell_test *test, const struct layout_record *rec)
{
	const struct layout_field *f = &rec->layout->fields[test->target];

	return (int)(test->kind == CELL_TIME
			 ? layout_value(rec, f).column
			 : layout_cell(rec, test->column).column);
}

void
recognise_explain(const struct layout *l, const struct tally *t,
    char reason[RECOGNISE_REASON])
{
	const struct cell_test *test = l->recognise.list;
	struct buf b;
	uint32_t i;

	if (t->records == 0) {
		(void)snprintf(reason, RECOGNISE_REASON,
		    "the header names its columns, %s",
		    t->others > 0 ? "all records are skipped"
				  : "no record follows");
		return;
	}
	buf_init(&b);
	buf_addf(&b, "%u of %u records: ", (unsigned)t->whole,
	    (unsigned)t->records);
	if (t->least < t->most)
		buf_addf(&b, "%u to ", (unsigned)t->least);
	buf_addf(&b, "%u columns", (unsigned)t->most);
	for (i = 0; i < l->recognise.n && i < TALLY_TESTS; i++, test++)
		if (test->says != NULL && t->places[i] > 0)
			buf_addf(&b, ", %s in column %d", test->says,
			    t->places[i]);
	(void)snprintf(reason, RECOGNISE_REASON, "%s", b.data);
	buf_fini(&b);
}

static const char *
name_of(const struct layout *l, const struct cell_test *test)
{
	if (test->says != NULL)
		return test->says;
	return test->kind == CELL_TIME ? layout_target_name(test->target)
				       : l->columns[test->column];
}

/* What most of the records that do not fit lack. */
void
recognise_explain_misfit(const struct layout *l, const struct tally *t,
    struct buf *out)
{
	const struct cell_test *test = l->recognise.list;
	uint32_t i, worst = 0, n = l->recognise.n;

	if (n > TALLY_TESTS)
		n = TALLY_TESTS;
	for (i = 1; i < n; i++)
		if (t->failed[i] > t->failed[worst])
			worst = i;
	buf_addf(out, "%u of %u records", (unsigned)t->whole,
	    (unsigned)t->records);
	if (l->header && t->headers == 0) {
		buf_addstr(out, "; none names its columns");
	} else if (t->other_width > 0 && t->other_width >= t->failed[worst]) {
		buf_addf(out, "; %u %s another number of columns",
		    (unsigned)t->other_width,
		    t->other_width == 1 ? "has" : "have");
	} else if (t->failed[worst] > 0) {
		buf_addf(out, "; %u %s no %s", (unsigned)t->failed[worst],
		    t->failed[worst] == 1 ? "has" : "have",
		    name_of(l, test + worst));
		if (t->places[worst] > 0)
			buf_addf(out, " in column %d", t->places[worst]);
	}
}
