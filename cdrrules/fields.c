#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "cdr/field.h"
#include "filled.h"

static void
show_words(struct buf *out, const struct field *f)
{
	int code;

	buf_addf(out, "%-15s one of:", "");
	for (code = f->starts_at_zero ? 0 : 1; code < f->nwords; code++)
		buf_addf(out, " %s", f->word(code));
	buf_addch(out, '\n');
}

static void
add_share(struct buf *out, const struct rules_filled *fill, size_t k)
{
	if (fill->calls == NULL)
		return;
	if (fill->n == 0 || rules_field_of_group(field_at(k)))
		buf_addf(out, "%7s  ", "-");
	else
		buf_addf(out, "%5.1f %%  ",
		    100.0 * (double)fill->calls[k] / (double)fill->n);
}

int
command_fields(struct rules_run *r)
{
	struct rules_filled fill = { .calls = NULL };
	const struct field *f;
	int status = EXIT_DONE;
	size_t i;

	if (r->nargs > 0 && field_find(r->args[0]) == NULL) {
		diag_unknown(&r->setup.diag, "no such field", r->args[0],
		    field_suggest(r->args[0]));
		return EXIT_NOT_DONE;
	}
	if (r->setup.db != NULL)
		status = rules_filled(r, false, &fill);
	for (i = 0; status == EXIT_DONE && i < field_count(); i++) {
		f = field_at(i);
		if (r->nargs > 0 && strcmp(f->name, r->args[0]) != 0)
			continue;
		buf_addf(&r->out, "%-15s %-8s ", f->name,
		    field_type_name(f->type));
		add_share(&r->out, &fill, i);
		buf_addf(&r->out, "%s\n", f->help);
		if (r->nargs > 0 && f->type == FIELD_ENUM)
			show_words(&r->out, f);
	}
	free(fill.calls);
	return status;
}
