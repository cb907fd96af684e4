/* cdrrules lists: the lists there are. */
#include "rules.h"

#include <string.h>

#include "tel/calltime.h"

static int64_t
today_of(const struct rules_run *r)
{
	const struct zone *z =
	    r->setup.zone != NULL ? r->setup.zone : zone_utc();

	return zone_local_day(z, r->setup.now);
}

static void
put_list(struct rules_run *r, const struct named_list *l)
{
	const struct numlist *list = l->list;
	int64_t today = today_of(r), newest = INT64_MIN;
	const struct numlist_entry *e;
	size_t i, ended = 0;

	for (i = 0; i < numlist_size(list); i++) {
		e = numlist_at(list, i);
		ended += e->expires <= today;
		if (e->added > newest)
			newest = e->added;
	}
	buf_addf(&r->out, "%-24s %-8s %-12s %8zu %8zu  ", l->name,
	    numlist_kind_name(numlist_kind(list)), l->of->name,
	    numlist_size(list) - ended, ended);
	if (newest == INT64_MIN)
		buf_addstr(&r->out, "-         ");
	else
		date_print(&r->out, newest);
	buf_addf(&r->out, "  %s:%u\n", l->file, l->line);
}

static void
put_day(struct buf *out, int64_t day)
{
	if (day != INT64_MIN && day != NUMLIST_NEVER)
		date_print(out, day);
	else
		buf_addstr(out, "-         ");
}

static void
put_entries(struct rules_run *r, const struct named_list *l)
{
	const struct numlist_entry *e;
	size_t i;

	buf_addf(&r->out, "%-30s %-10s  %-10s  %s\n", "value", "added",
	    "expires", "source, note");
	for (i = 0; i < numlist_size(l->list); i++) {
		e = numlist_at(l->list, i);
		buf_addf(&r->out, "%-30s ", e->value);
		put_day(&r->out, e->added);
		buf_addstr(&r->out, "  ");
		put_day(&r->out, e->expires);
		buf_addf(&r->out, "  %s%s%s\n", e->source,
		    e->source[0] != '\0' && e->note[0] != '\0' ? ", " : "",
		    e->note);
	}
}

static int
list_one(struct rules_run *r, const char *name)
{
	const struct named_list *l = named_list(&r->rules.named, name);

	if (l != NULL) {
		put_entries(r, l);
		return EXIT_DONE;
	}
	diag_unknown(&r->setup.diag, "no such list", name,
	    named_suggest_list(&r->rules.named, name));
	return EXIT_NOT_DONE;
}

int
command_lists(struct rules_run *r)
{
	const struct named *named = &r->rules.named;
	size_t i;

	if (r->nargs == 2 && strcmp(r->args[0], "import") == 0)
		return rules_import_list(r);
	if (r->nargs == 2) {
		diag_error(&r->setup.diag,
		    "usage: cdrrules lists [NAME], lists import FILE");
		return EXIT_NOT_DONE;
	}
	if (r->nargs == 1)
		return list_one(r, r->args[0]);
	buf_addf(&r->out, "%-24s %-8s %-12s %8s %8s  %-10s  %s\n", "name",
	    "kind", "of", "in force", "ended", "newest", "file");
	for (i = 0; i < named->nlists; i++)
		put_list(r, &named->lists[i]);
	return EXIT_DONE;
}
