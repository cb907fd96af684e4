/* Is what the options select by there at all?  A typing error is no peace. */
#include "report.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/xalloc.h"
#include "rule/rulefile.h"
#include "store/store_calls.h"

/* Names that there are, borrowed; ends with NULL. */
struct names {
	const char **list;
	size_t n, cap;
};

static void
add_name(struct names *names, const char *name)
{
	if (names->n + 2 > names->cap) {
		names->cap = names->cap * 2 + 64;
		names->list =
		    xrealloc(names->list, names->cap, sizeof(*names->list));
	}
	names->list[names->n++] = name;
	names->list[names->n] = NULL;
}

static bool
any_fits(const struct names *names, const char *glob)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		if (fnmatch(glob, names->list[i], 0) == 0)
			return true;
	return false;
}

static void
warn(const struct setup *s, const char *what, const char *name,
    const struct names *known)
{
	const char *near = known->n > 0 ? nearest_of(name, known->list) : NULL;

	if (near != NULL)
		diag_warn(&s->diag, "%s: '%s'; did you mean '%s'?", what, name,
		    near);
	else
		diag_warn(&s->diag, "%s: '%s'", what, name);
}

int
selected_types(const struct setup *s, const struct report_options *o)
{
	const char *near;
	size_t i;

	for (i = 0; i < o->fraud_types.n; i++) {
		if (rulefile_has_fraud_type(o->fraud_types.items[i], &near))
			continue;
		diag_unknown(&s->diag, "--fraud-type: no such type",
		    o->fraud_types.items[i], near);
		return -1;
	}
	return 0;
}

/*
 * Rules and types of the findings, and of the rules in force, which may have
 * found nothing yet; where these cannot be read nothing is known of them.
 */
static void
check_rules(struct setup *s, const struct report_options *o,
    const struct results *rs)
{
	struct names ids = { .n = 0 }, types = { .n = 0 };
	struct ruleset rules;
	struct notes notes;
	size_t i;

	ruleset_init(&rules);
	notes_init(&notes);
	for (i = 0; i < rs->n; i++) {
		add_name(&ids, rs->findings[i]->rule);
		if (rs->findings[i]->fraud_type != NULL)
			add_name(&types, rs->findings[i]->fraud_type);
	}
	if (setup_load_rules(s, SETUP_IN_FORCE, NULL, &rules, &notes) == 0) {
		for (i = 0; i < rules.n; i++) {
			add_name(&ids, rules.rules[i]->id);
			if (rules.rules[i]->fraud_type != NULL)
				add_name(&types, rules.rules[i]->fraud_type);
		}
		for (i = 0; i < o->only.n; i++)
			if (!any_fits(&ids, o->only.items[i]))
				warn(s, "--rule: no such rule",
				    o->only.items[i], &ids);
		for (i = 0; i < o->fraud_types.n; i++)
			if (strncmp(o->fraud_types.items[i], "local-", 6) ==
				0 &&
			    !any_fits(&types, o->fraud_types.items[i]))
				warn(s, "--fraud-type: no rule has it",
				    o->fraud_types.items[i], &types);
	}
	free(ids.list);
	free(types.list);
	notes_fini(&notes);
	ruleset_fini(&rules);
}

/* Of the extensions of a site calls have what stands before the site. */
static bool
calls_mention(struct store *store, const char *glob)
{
	const char *at = strchr(glob, '@');
	struct errmsg err;
	struct buf name;
	int got;

	buf_init(&name);
	buf_add(&name, glob, at != NULL ? (size_t)(at - glob) : strlen(glob));
	got = store_calls_mention(store, name.data, &err);
	buf_fini(&name);
	return got != 0; /* what cannot be known is no warning */
}

/*
 * Somebody of whom nothing was ever found may well be there; so it counts
 * whether any call tells of him.
 */
static void
check_accounts(const struct setup *s, const struct report_options *o,
    const struct results *rs)
{
	struct names entities = { .n = 0 };
	struct store *store = NULL;
	struct errmsg err;
	const char *glob;
	size_t i;

	for (i = 0; i < rs->n; i++)
		add_name(&entities, rs->findings[i]->entity);
	for (i = 0; i < o->accounts.n; i++) {
		glob = o->accounts.items[i];
		if (any_fits(&entities, glob))
			continue;
		if (store == NULL &&
		    store_open(&store, s->db, STORE_READ, &err) != 0)
			break;
		if (!calls_mention(store, glob))
			warn(s, "--account: no finding or call of it", glob,
			    &entities);
	}
	store_close(&store);
	free(entities.list);
}

void
selected_warn(struct setup *s, const struct report_options *o,
    const struct results *rs, bool has_calls)
{
	if (o->only.n > 0 || o->fraud_types.n > 0)
		check_rules(s, o, rs);
	if (o->accounts.n > 0 && has_calls && s->db != NULL)
		check_accounts(s, o, rs);
}
