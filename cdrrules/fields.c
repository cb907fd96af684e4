#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "calls.h"
#include "cdr/field.h"

/* How many calls of a store have each field; without one NULL. */
struct filled {
	size_t *calls; /* by field */
	size_t n;      /* calls, without events */
};

static void
show_words(struct buf *out, const struct field *f)
{
	int code;

	buf_addf(out, "%-15s one of:", "");
	for (code = f->starts_at_zero ? 0 : 1; code < f->nwords; code++)
		buf_addf(out, " %s", f->word(code));
	buf_addch(out, '\n');
}

static bool
has_field(const struct field *f, const struct batch *b, size_t i)
{
	int64_t v;

	if (f->type == FIELD_TEXT || f->type == FIELD_ENUM ||
	    f->type == FIELD_BOOL)
		return field_code(f, b, i) != FIELD_MISSING;
	return field_number(f, b, i, &v);
}

/* What a rule's group alone knows is in no call. */
static bool
is_of_group(const struct field *f)
{
	return f->home == HOME_SRC_NEW || f->home == HOME_SINCE_PREV;
}

static int
count(struct rules_run *r, struct filled *fill)
{
	struct rules_calls c;
	int status = rules_calls_open(&c, r, NULL, 0);
	size_t i, k;

	fill->calls = xcalloc(field_count(), sizeof(*fill->calls));
	for (i = 0; status == EXIT_DONE && i < c.batch->n; i++) {
		if ((c.batch->calls[i].flags & CALL_EVENT) != 0)
			continue;
		fill->n++;
		for (k = 0; k < field_count(); k++)
			fill->calls[k] += !is_of_group(field_at(k)) &&
					  has_field(field_at(k), c.batch, i);
	}
	rules_calls_close(&c);
	return status;
}

static void
add_share(struct buf *out, const struct filled *fill, size_t k)
{
	if (fill->calls == NULL)
		return;
	if (fill->n == 0 || is_of_group(field_at(k)))
		buf_addf(out, "%7s  ", "-");
	else
		buf_addf(out, "%5.1f %%  ",
		    100.0 * (double)fill->calls[k] / (double)fill->n);
}

int
command_fields(struct rules_run *r)
{
	struct filled fill = { .calls = NULL };
	const struct field *f;
	int status = EXIT_DONE;
	size_t i;

	if (r->nargs > 0 && field_find(r->args[0]) == NULL) {
		diag_unknown(&r->setup.diag, "no such field", r->args[0],
		    field_suggest(r->args[0]));
		return EXIT_NOT_DONE;
	}
	if (r->setup.db != NULL)
		status = count(r, &fill);
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
