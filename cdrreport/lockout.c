/*
 * cdrreport lockout: accounts to lock at once, one a line, for a script.
 *
 * Those of open critical cases, by evidence of fraud and not of bad data.
 * What nobody may lock is never there, whatever its score: an emergency
 * number, a toll-free number of the house.
 */
#include "listing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "detect/score.h"
#include "report/select.h"
#include "tel/calltime.h"

#define SCHEMA "cdr.lockout/1"

struct lockout {
	struct listing *l;
	struct arena arena;
	struct view view;
	const struct dialplan **plans; /* of the sources */
	struct dialplan **own;         /* those made here */
	size_t nplans;
	const char **listed; /* entities so far */
	size_t nlisted;
};

/* Numbers that must keep working ------------------------------------------ */

/* A source whose country was guessed by cdrscan has no plan yet. */
static int
make_plan(struct lockout *k, const struct source *src, size_t i)
{
	struct dialplan_settings set = { .home_country = NULL };
	struct errmsg err;

	k->plans[i] = src->plan;
	if (src->plan != NULL)
		return 0;
	if (src->dialling != NULL)
		set = *src->dialling;
	set.home_country = k->l->results.run.home_country;
	if (dialplan_new(&k->own[i], &set, k->l->setup.numplan, &err) != 0) {
		diag_error(&k->l->setup.diag, "%s", err.text);
		k->l->status = EXIT_NOT_DONE;
		return -1;
	}
	k->plans[i] = k->own[i];
	return 0;
}

static int
make_plans(struct lockout *k)
{
	const struct config_sources *all = &k->l->setup.sources;
	size_t i;

	k->nplans = all->n;
	k->plans = xcalloc(all->n + 1, sizeof(*k->plans));
	k->own = xcalloc(all->n + 1, sizeof(*k->own));
	for (i = 0; i < all->n; i++)
		if (make_plan(k, &all->list[i], i) != 0)
			return -1;
	return 0;
}

/* "112", "112@ulm", "+18005550100" */
static bool
keeps_working(const struct lockout *k, const char *entity)
{
	struct number n;
	size_t i;

	for (i = 0; i < k->nplans; i++) {
		dialplan_read(k->plans[i], ROLE_DIALLED, entity,
		    strcspn(entity, "@"), &n);
		if (n.kind == NUMKIND_EMERGENCY || n.own_toll_free)
			return true;
	}
	return false;
}

/* Cases ------------------------------------------------------------------- */

static bool
is_account(const struct fraud_case *c)
{
	return strcmp(c->entity_type, "account") == 0 ||
	       strcmp(c->entity_type, "extension") == 0 ||
	       strcmp(c->entity_type, "number") == 0;
}

/* Whether it is critical by what is not about the quality of the data. */
static bool
critical_by_fraud(struct lockout *k, const struct view_case *vc)
{
	const struct finding **list = xcalloc(vc->nfindings + 1, sizeof(*list));
	const struct point *points;
	size_t i, n = 0, npoints;
	int score = 0;

	for (i = 0; i < vc->nfindings; i++)
		if (strcmp(vc->findings[i]->fraud_type, "data-quality") != 0)
			list[n++] = vc->findings[i];
	if (n == vc->nfindings)
		score = vc->c->score;
	else if (n > 0)
		score = score_findings(list, n, &k->arena, &points, &npoints);
	free(list);
	return severity_of(score) == SEV_CRITICAL;
}

static bool
listed_already(struct lockout *k, const char *entity)
{
	size_t i;

	for (i = 0; i < k->nlisted; i++)
		if (strcmp(k->listed[i], entity) == 0)
			return true;
	k->listed[k->nlisted++] = entity;
	return false;
}

/* A name that a line cannot hold as it is would lock somebody else. */
static bool
fits_a_line(struct lockout *k, const struct fraud_case *c)
{
	struct buf shown;
	bool same;

	buf_init(&shown);
	utf8_printable(&shown, c->entity, strlen(c->entity));
	same = strcmp(shown.data, c->entity) == 0;
	buf_fini(&shown);
	if (same || listing_format(k->l) != LISTING_TEXT)
		return true;
	diag_error(&k->l->setup.diag,
	    "case %s: the account's name cannot stand on a line: '%s'; "
	    "lock it by hand, or use --format json",
	    c->id, c->entity);
	k->l->status = diag_worse(k->l->status, EXIT_INCOMPLETE);
	return false;
}

static bool
to_lock(struct lockout *k, const struct view_case *vc)
{
	const struct diag *d = &k->l->setup.diag;
	const struct fraud_case *c = vc->c;

	if (!is_account(c)) {
		diag_info(d, "case %s: %s '%s' is no account", c->id,
		    c->entity_type, c->entity);
		return false;
	}
	if (keeps_working(k, c->entity)) {
		diag_info(d,
		    "case %s: '%s' is an emergency number or an own toll-free "
		    "number",
		    c->id, c->entity);
		return false;
	}
	return critical_by_fraud(k, vc) && fits_a_line(k, c) &&
	       !listed_already(k, c->entity);
}

static void
put_row(struct lockout *k, struct jsonout *j, const struct view_case *vc)
{
	const struct fraud_case *c = vc->c;
	size_t i;

	if (listing_format(k->l) == LISTING_TEXT) {
		buf_addf(&k->l->out, "%s\n", c->entity);
		return;
	}
	listing_begin_row(k->l, j, SCHEMA);
	jsonout_kstring(j, "account", c->entity);
	jsonout_kstring(j, "type", c->entity_type);
	jsonout_kstring(j, "case", c->id);
	jsonout_kint(j, "score", c->score);
	time_json(j, "first_seen", c->first_seen);
	time_json(j, "last_seen", c->last_seen);
	jsonout_key(j, "rules");
	jsonout_array(j);
	for (i = 0; i < c->npoints; i++)
		if (c->points[i].points > 0)
			jsonout_string(j, c->points[i].rule);
	jsonout_end_array(j);
	listing_end_row(k->l, j);
}

static void
put_rows(struct lockout *k)
{
	bool whole = listing_format(k->l) == LISTING_JSON;
	struct jsonout j;
	size_t i;

	k->listed = xcalloc(k->view.ncases + 1, sizeof(*k->listed));
	jsonout_init(&j, &k->l->out, true);
	if (whole) {
		jsonout_object(&j);
		jsonout_kstring(&j, "schema", SCHEMA);
		time_json(&j, "as_of", k->l->results.run.as_of);
		jsonout_key(&j, "accounts");
		jsonout_array(&j);
	}
	for (i = 0; i < k->view.ncases; i++)
		if (to_lock(k, &k->view.cases[i]))
			put_row(k, &j, &k->view.cases[i]);
	if (whole) {
		jsonout_end_array(&j);
		jsonout_end_object(&j);
		buf_addch(&k->l->out, '\n');
	}
	free(k->listed);
}

/*
 * The days are those before the last run, or nobody would be locked once runs
 * fail; but somebody should hear of it.
 */
static void
check_age(const struct listing *l)
{
	const int64_t now = l->setup.now, then = l->results.run.as_of;
	struct buf at;

	if (now - then <= SELECT_RECENT_MS)
		return;
	buf_init(&at);
	time_local(&at, l->zone, then);
	diag_warn(&l->setup.diag,
	    "the last run stood at %s, %" PRId64 " days ago: what came since "
	    "is not known",
	    at.data, (now - then) / (24 * INT64_C(3600000)));
	buf_fini(&at);
}

/* Open ones of the last days; --since reaches further back. */
static int
select_cases(struct listing *l, struct selection *sel)
{
	static const char *const open[] = { "open" };
	const struct report_options *o = l->o;

	selection_recent(sel, l->results.run.as_of);
	sel->states = (struct select_any){ open, 1 };
	sel->min_severity = SEV_CRITICAL;
	sel->accounts = (struct select_any){ o->accounts.items, o->accounts.n };
	sel->rules = (struct select_any){ o->only.items, o->only.n };
	sel->fraud_types =
	    (struct select_any){ o->fraud_types.items, o->fraud_types.n };
	if (selected_types(&l->setup, o) != 0)
		return -1;
	if ((o->since != NULL &&
		setup_time(&l->setup, "--since", o->since, &sel->since) != 0) ||
	    (o->until != NULL &&
		setup_time(&l->setup, "--until", o->until, &sel->until) != 0))
		return -1;
	return 0;
}

static void
list_lockout(struct listing *l)
{
	const struct report_options *o = l->o;
	struct lockout k = { .l = l };
	struct selection sel;
	size_t i;

	if (select_cases(l, &sel) != 0) {
		l->status = EXIT_NOT_DONE;
		return;
	}
	check_age(l);
	selected_warn(&l->setup, o, &l->results, true);
	view_init(&k.view, &l->results, &sel);
	if (make_plans(&k) == 0)
		put_rows(&k);
	for (i = 0; i < k.nplans; i++)
		dialplan_free(&k.own[i]);
	free(k.own);
	free(k.plans);
	view_fini(&k.view);
	arena_fini(&k.arena);
}

int
report_lockout(const struct report_options *o, const char *name,
    char **operands, int n)
{
	(void)operands;
	(void)n;
	return listing_run(name, o, list_lockout);
}
