/* --sort of a report: cases, and the rows of its tables. */
#include "report.h"

#include <string.h>

#include "base/nearest.h"
#include "report/emit_csv.h"

static const char *
case_field(const void *table, size_t i)
{
	(void)table;
	return select_field_name(i);
}

static bool
is_table(const char *format)
{
	return format != NULL &&
	       (strcmp(format, "csv") == 0 || strcmp(format, "tsv") == 0);
}

/*
 * The rows of a table are findings, and have more to sort by than cases; what
 * cases have, too, is also the order in which they are chosen.
 */
int
report_sort(struct reporting *r, struct selection *sel,
    struct emit_options *opt)
{
	const bool table = is_table(r->o->common.format);
	struct order order;
	const char *near;

	if (r->o->sort == NULL)
		return 0;
	order_read(&order, r->o->sort);
	sel->by = select_field(order.field);
	sel->falling = order.falling;
	if (table && emit_csv_has(order.field)) {
		opt->sort = order;
		return 0;
	}
	if (!table && sel->by != NULL)
		return 0;
	near = table ? emit_csv_nearest(order.field)
		     : nearest(order.field, case_field, NULL);
	diag_unknown(&r->setup.diag,
	    table ? "--sort: no such column" : "--sort: no such field of cases",
	    order.field, near);
	r->status = EXIT_NOT_DONE;
	return -1;
}
