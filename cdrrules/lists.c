/* cdrrules lists: the lists there are, and which calls were on them. */
#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "io/jsonout.h"
#include "lists.h"
#include "tel/calltime.h"

enum { IDLE_DAYS = 365 };

/* A list as it stands today, and what came of it. */
struct summary {
	size_t in_force, ended;
	int64_t newest; /* day, INT64_MIN */
	size_t calls;
	int64_t last; /* start of the last call, INT64_MIN */
	size_t idle;  /* in force, and no call in a year */
};

struct lists {
	struct rules_run *r;
	struct rules_calls calls;
	bool has_calls; /* there is a store */
	const struct zone *zone;
	int64_t today;
	struct jsonout j;
};

static bool
as_json(const struct lists *ls)
{
	return ls->r->o->common.format[0] == 'j';
}

static struct summary
sum_up(const struct lists *ls, const struct named_list *l,
    const struct list_hits *hits)
{
	struct summary s = { .newest = INT64_MIN, .last = INT64_MIN };
	const struct numlist_entry *e;
	size_t i;

	for (i = 0; i < numlist_size(l->list); i++) {
		e = numlist_at(l->list, i);
		s.ended += e->expires <= ls->today;
		if (e->added > s.newest)
			s.newest = e->added;
		if (hits == NULL)
			continue;
		s.calls += hits[i].calls;
		if (hits[i].last > s.last)
			s.last = hits[i].last;
		s.idle +=
		    e->expires > ls->today &&
		    (hits[i].calls == 0 ||
			ls->today - zone_local_day(ls->zone, hits[i].last) >=
			    IDLE_DAYS);
	}
	s.in_force = numlist_size(l->list) - s.ended;
	return s;
}

/* Days --------------------------------------------------------------------- */

static bool
is_day(int64_t day)
{
	return day != INT64_MIN && day != NUMLIST_NEVER;
}

static void
put_day(struct buf *out, int64_t day)
{
	if (is_day(day))
		date_print(out, day);
	else
		buf_addstr(out, "-         ");
}

/* The day of a moment, INT64_MIN for none. */
static int64_t
day_of(const struct lists *ls, int64_t utc_ms)
{
	return utc_ms != INT64_MIN ? zone_local_day(ls->zone, utc_ms)
				   : INT64_MIN;
}

void
lists_json_day(struct jsonout *j, const char *key, int64_t day)
{
	if (is_day(day))
		date_json(j, key, day);
}

static void
json_time(struct jsonout *j, const char *key, int64_t utc_ms)
{
	if (utc_ms != INT64_MIN)
		time_json(j, key, utc_ms);
}

/* All lists ---------------------------------------------------------------- */

static void
text_list(struct lists *ls, const struct named_list *l, const struct summary *s)
{
	struct buf *out = &ls->r->out;

	buf_addf(out, "%-24s %-8s %-12s %8zu %8zu  ", l->name,
	    numlist_kind_name(numlist_kind(l->list)), l->of->name, s->in_force,
	    s->ended);
	put_day(out, s->newest);
	if (ls->has_calls) {
		buf_addf(out, " %8zu  ", s->calls);
		put_day(out, day_of(ls, s->last));
		buf_addf(out, " %8zu", s->idle);
	}
	buf_addf(out, "  %s:%u\n", l->file, l->line);
}

static void
json_list(struct lists *ls, const struct named_list *l, const struct summary *s)
{
	struct jsonout *j = &ls->j;

	jsonout_object(j);
	jsonout_kstring(j, "name", l->name);
	jsonout_kstring_opt(j, "title", l->title);
	jsonout_kstring(j, "kind", numlist_kind_name(numlist_kind(l->list)));
	jsonout_kstring(j, "of", l->of->name);
	jsonout_kint(j, "in_force", (int64_t)s->in_force);
	jsonout_kint(j, "ended", (int64_t)s->ended);
	lists_json_day(j, "newest", s->newest);
	if (ls->has_calls) {
		jsonout_kint(j, "calls", (int64_t)s->calls);
		json_time(j, "last_call", s->last);
		jsonout_kint(j, "idle", (int64_t)s->idle);
	}
	jsonout_kstring(j, "file", l->file);
	jsonout_kint(j, "line", l->line);
	jsonout_end_object(j);
}

static int
list_all(struct lists *ls)
{
	const struct named *named = &ls->r->rules.named;
	struct list_hits *hits;
	struct summary s;
	size_t i;

	if (!as_json(ls))
		buf_addf(&ls->r->out, "%-24s %-8s %-12s %8s %8s  %-10s%s  %s\n",
		    "name", "kind", "of", "in force", "ended", "newest",
		    ls->has_calls ? "    calls  last call      idle" : "",
		    "file");
	for (i = 0; i < named->nlists; i++) {
		hits = ls->has_calls
			   ? list_hits(ls->calls.batch, named, &named->lists[i])
			   : NULL;
		s = sum_up(ls, &named->lists[i], hits);
		if (as_json(ls))
			json_list(ls, &named->lists[i], &s);
		else
			text_list(ls, &named->lists[i], &s);
		free(hits);
	}
	return EXIT_DONE;
}

/* One list ----------------------------------------------------------------- */

static bool
has_ended(const struct lists *ls, const struct numlist_entry *e)
{
	return e->expires <= ls->today;
}

static void
text_entry(struct lists *ls, const struct numlist_entry *e,
    const struct list_hits *hits)
{
	struct buf *out = &ls->r->out;

	buf_addf(out, "%-30s ", e->value);
	put_day(out, e->added);
	buf_addstr(out, "  ");
	put_day(out, e->expires);
	if (hits != NULL) {
		buf_addf(out, " %8zu  ", hits->calls);
		put_day(out, day_of(ls, hits->last));
	}
	buf_addf(out, "  %s%s%s%s\n", has_ended(ls, e) ? "(ended) " : "",
	    e->source, e->source[0] != '\0' && e->note[0] != '\0' ? ", " : "",
	    e->note);
}

static void
json_entry(struct lists *ls, const struct numlist_entry *e,
    const struct list_hits *hits)
{
	struct jsonout *j = &ls->j;

	jsonout_object(j);
	jsonout_kstring(j, "value", e->value);
	lists_json_day(j, "added", e->added);
	lists_json_day(j, "expires", e->expires);
	jsonout_kbool(j, "ended", has_ended(ls, e));
	if (hits != NULL) {
		jsonout_kint(j, "calls", (int64_t)hits->calls);
		json_time(j, "last_call", hits->last);
	}
	jsonout_kstring_opt(j, "source", e->source);
	jsonout_kstring_opt(j, "note", e->note);
	jsonout_end_object(j);
}

static int
list_one(struct lists *ls, const char *name)
{
	const struct named *named = &ls->r->rules.named;
	const struct named_list *l = named_list(named, name);
	struct list_hits *hits = NULL;
	size_t i;

	if (l == NULL) {
		diag_unknown(&ls->r->setup.diag, "no such list", name,
		    named_suggest_list(named, name));
		return EXIT_NOT_DONE;
	}
	if (ls->has_calls)
		hits = list_hits(ls->calls.batch, named, l);
	if (!as_json(ls))
		buf_addf(&ls->r->out, "%-30s %-10s  %-10s%s  %s\n", "value",
		    "added", "expires",
		    hits != NULL ? "    calls  last call " : "",
		    "source, note");
	for (i = 0; i < numlist_size(l->list); i++)
		if (as_json(ls))
			json_entry(ls, numlist_at(l->list, i),
			    hits != NULL ? &hits[i] : NULL);
		else
			text_entry(ls, numlist_at(l->list, i),
			    hits != NULL ? &hits[i] : NULL);
	free(hits);
	return EXIT_DONE;
}

static int
list_some(struct lists *ls)
{
	struct rules_run *r = ls->r;
	int status;

	jsonout_init(&ls->j, &r->out, true);
	if (as_json(ls))
		jsonout_array(&ls->j);
	status = r->nargs == 1 ? list_one(ls, r->args[0]) : list_all(ls);
	if (as_json(ls)) {
		jsonout_end_array(&ls->j);
		buf_addch(&r->out, '\n');
	}
	return status;
}

int
command_lists(struct rules_run *r)
{
	struct lists ls = { .r = r, .has_calls = r->setup.db != NULL };
	int status = EXIT_DONE;

	if (r->nargs == 2 && strcmp(r->args[0], "import") == 0)
		return rules_import_list(r);
	if (r->nargs == 2) {
		diag_error(&r->setup.diag,
		    "usage: cdrrules lists [NAME], lists import FILE");
		return EXIT_NOT_DONE;
	}
	ls.zone = r->setup.zone != NULL ? r->setup.zone : zone_utc();
	if (ls.has_calls) {
		status = rules_calls_open(&ls.calls, r, NULL, 0);
		ls.zone = ls.calls.zone;
	}
	ls.today = zone_local_day(ls.zone, r->setup.now);
	if (status == EXIT_DONE)
		status = list_some(&ls);
	if (ls.has_calls)
		rules_calls_close(&ls.calls);
	return status;
}
