#include "rules.h"

#include <string.h>

#include "cdr/field.h"

static void
show_words(struct buf *out, const struct field *f)
{
	int code;

	buf_addf(out, "%-15s one of:", "");
	for (code = f->starts_at_zero ? 0 : 1; code < f->nwords; code++)
		buf_addf(out, " %s", f->word(code));
	buf_addch(out, '\n');
}

int
command_fields(struct rules_run *r)
{
	const struct field *f;
	size_t i;

	if (r->nargs > 0 && field_find(r->args[0]) == NULL) {
		diag_unknown(&r->setup.diag, "no such field", r->args[0],
		    field_suggest(r->args[0]));
		return EXIT_NOT_DONE;
	}
	for (i = 0; i < field_count(); i++) {
		f = field_at(i);
		if (r->nargs > 0 && strcmp(f->name, r->args[0]) != 0)
			continue;
		buf_addf(&r->out, "%-15s %-8s %s\n", f->name,
		    field_type_name(f->type), f->help);
		if (r->nargs > 0 && f->type == FIELD_ENUM)
			show_words(&r->out, f);
	}
	return EXIT_DONE;
}
