#include "report/writer.h"

#include <string.h>

static const char *const details[] = { "low", "med", "high" };

enum { OUTSIDE_DIGITS = 7 }; /* a subscriber number; inside ones are shorter */

const char *
report_detail_name(enum report_detail d)
{
	return details[d];
}

int
report_detail_parse(const char *name)
{
	int d;

	for (d = DETAIL_LOW; d <= DETAIL_HIGH; d++)
		if (strcmp(details[d], name) == 0)
			return d;
	return -1;
}

void
emit_options_init(struct emit_options *opt)
{
	memset(opt, 0, sizeof(*opt));
	opt->detail = DETAIL_MED;
	opt->cases = REPORT_CASES;
}

size_t
emit_cases_shown(const struct view *v, const struct emit_options *opt)
{
	if (opt->detail == DETAIL_LOW)
		return 0;
	if (opt->detail == DETAIL_HIGH || opt->cases == 0 ||
	    v->ncases < opt->cases)
		return v->ncases;
	return opt->cases;
}

/* Amounts ("1234567.50") and counts ("1234567 calls") are no numbers. */
static bool
reads_as_quantity(const char *after)
{
	return (after[0] == '.' && after[1] >= '0' && after[1] <= '9') ||
	       strncmp(after, " call", 5) == 0;
}

static void
hide_tail(char *number, size_t len, int digits)
{
	size_t hidden = (size_t)digits < len ? (size_t)digits : len;

	memset(number + len - hidden, 'x', hidden);
}

const char *
report_redact_text(struct arena *arena, const char *text, int digits)
{
	char *copy, *at;
	size_t len;

	if (text == NULL)
		return NULL;
	copy = arena_strdup(arena, text);
	for (at = copy; *at != '\0'; at += len) {
		len = strspn(at, "0123456789");
		if ((at > copy && at[-1] == '+' && len > 0) ||
		    (len >= OUTSIDE_DIGITS && !reads_as_quantity(at + len)))
			hide_tail(at, len, digits);
		if (len == 0)
			len = 1;
	}
	return copy;
}

static void
redact_finding(struct arena *arena, struct finding *f, int digits)
{
	struct evidence *evidence;
	const char **values;
	size_t i;

	f->entity = report_redact_text(arena, f->entity, digits);
	f->reason = report_redact_text(arena, f->reason, digits);
	values = arena_array(arena, f->ngroup + 1, sizeof(*values));
	for (i = 0; i < f->ngroup; i++)
		values[i] =
		    report_redact_text(arena, f->group_values[i], digits);
	f->group_values = values;
	evidence = arena_array(arena, f->nevidence + 1, sizeof(*evidence));
	for (i = 0; i < f->nevidence; i++) {
		evidence[i] = f->evidence[i];
		evidence[i].src =
		    report_redact_text(arena, evidence[i].src, digits);
		evidence[i].dst =
		    report_redact_text(arena, evidence[i].dst, digits);
	}
	f->evidence = evidence;
}

static void
redact_case(struct arena *arena, struct fraud_case *c, int digits)
{
	struct point *points;
	size_t i;

	c->entity = report_redact_text(arena, c->entity, digits);
	points = arena_array(arena, c->npoints + 1, sizeof(*points));
	for (i = 0; i < c->npoints; i++) {
		points[i] = c->points[i];
		points[i].reason =
		    report_redact_text(arena, points[i].reason, digits);
	}
	c->points = points;
}

void
report_redact(struct results *rs, int digits)
{
	size_t i;

	if (digits <= 0)
		return;
	for (i = 0; i < rs->n; i++)
		redact_finding(&rs->arena, rs->findings[i], digits);
	for (i = 0; i < rs->ncases; i++)
		redact_case(&rs->arena, rs->cases[i], digits);
}
