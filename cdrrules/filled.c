#include "filled.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "calls.h"

bool
rules_field_of_group(const struct field *f)
{
	return f->home == HOME_SRC_NEW || f->home == HOME_SINCE_PREV;
}

static bool
has_field(const struct field *f, const struct batch *b, size_t i)
{
	int64_t v;

	if (rules_field_of_group(f))
		return false;
	if (f->type == FIELD_TEXT || f->type == FIELD_ENUM ||
	    f->type == FIELD_BOOL)
		return field_code(f, b, i) != FIELD_MISSING;
	return field_number(f, b, i, &v);
}

int
rules_filled(struct rules_run *r, bool events, struct rules_filled *fill)
{
	struct rules_calls c;
	int status = rules_calls_open(&c, r, NULL, 0);
	size_t i, k;

	fill->n = 0;
	fill->calls = xcalloc(field_count(), sizeof(*fill->calls));
	for (i = 0; status == EXIT_DONE && i < c.batch->n; i++) {
		if (!events && (c.batch->calls[i].flags & CALL_EVENT) != 0)
			continue;
		fill->n++;
		for (k = 0; k < field_count(); k++)
			fill->calls[k] += has_field(field_at(k), c.batch, i);
	}
	rules_calls_close(&c);
	return status;
}

/* Each field that a rule asks for and no call has. */
static void
check_rule(const struct rule *rule, const struct rules_filled *fill,
    struct notes *notes)
{
	const struct json *match = json_get(rule->json, "match"), *at;
	const struct field *f;
	size_t k;

	for (k = 0; k < field_count(); k++) {
		f = field_at(k);
		if (fill->calls[k] > 0 || rules_field_of_group(f) ||
		    !predicate_asks(rule->match, f))
			continue;
		at = match != NULL ? json_get(match, f->name) : NULL;
		json_note(notes, NOTE_WARNING, "W310",
		    at != NULL ? at : rule->json, NULL,
		    "cdrrules fields tells how many have each",
		    "field '%s' is "
		    "in none of %zu "
		    "records of the "
		    "store",
		    f->name, fill->n);
	}
}

static bool
is_asked_about(const struct rules_run *r, const struct rule *rule, char **files,
    int n)
{
	char *shipped = r->setup.data.data;

	return rule->enabled &&
	       (n > 0 ? rules_in_files(rule->file, files, n)
		      : !rules_in_files(rule->file, &shipped, 1));
}

int
rules_check_filled(struct rules_run *r, const struct ruleset *rules,
    char **files, int n, struct notes *notes)
{
	struct rules_filled fill = { .calls = NULL };
	size_t i, first = 0;
	int status;

	/* All calls are read for it, so only where a rule is asked about. */
	while (first < rules->n &&
	       !is_asked_about(r, rules->rules[first], files, n))
		first++;
	if (first == rules->n || r->setup.db == NULL ||
	    access(r->setup.db, F_OK) != 0)
		return EXIT_DONE;
	status = rules_filled(r, true, &fill);
	if (status == EXIT_DONE && fill.n > 0)
		for (i = first; i < rules->n; i++)
			if (is_asked_about(r, rules->rules[i], files, n))
				check_rule(rules->rules[i], &fill, notes);
	free(fill.calls);
	return status;
}
