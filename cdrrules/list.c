#include "rules.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "io/jsonout.h"
#include "store/store_findings.h"
#include "tel/calltime.h"

enum { DAYS = 30 };

/* What a store has of a rule. */
struct fired {
	int64_t count; /* findings of the last DAYS days */
	int64_t last;  /* end of the last one; INT64_MIN: none */
};

struct listing {
	struct rules_run *r;
	struct fired *fired; /* by rule; NULL without a store */
	const struct zone *zone;
};

/* Findings of the store, by rule. */
static int
load_fired(struct listing *l)
{
	const struct setup *setup = &l->r->setup;
	const struct ruleset *rs = &l->r->rules;
	struct store *s = NULL;
	struct results found;
	const struct finding *f;
	struct errmsg err;
	int64_t since;
	size_t i, k;
	int got;

	results_init(&found);
	got = store_open(&s, setup->db, STORE_READ, &err);
	if (got == 0)
		got = store_findings_load(s, &found, &err);
	store_close(&s);
	if (got < 0)
		diag_error(&setup->diag, "%s", err.text);
	l->fired = xcalloc(rs->n + 1, sizeof(*l->fired));
	since = (setup->now_given ? setup->now : found.run.as_of) -
		DAYS * 24 * INT64_C(3600000);
	for (i = 0; i < rs->n; i++) {
		l->fired[i].last = INT64_MIN;
		for (k = 0; k < found.n; k++) {
			f = found.findings[k];
			if (f->kind == KIND_WAIVED ||
			    strcmp(f->rule, rs->rules[i]->id) != 0 ||
			    state_is_closed(f->state))
				continue;
			l->fired[i].count += f->last_seen >= since;
			if (f->last_seen > l->fired[i].last)
				l->fired[i].last = f->last_seen;
		}
	}
	results_fini(&found);
	return got < 0 ? EXIT_NOT_DONE : EXIT_DONE;
}

/* What a rule does in a run, in one word. */
static const char *
standing(const struct rule *r)
{
	if (!rule_is_on(r))
		return "off";
	if (r->private_rule)
		return "private";
	return rule_is_shadow(r) ? "shadow" : rule_status_name(r->status);
}

static bool
wanted(const struct rules_run *r, const struct rule *rule)
{
	if (!rule_is_on(rule) && !r->o->all)
		return false;
	return r->nargs == 0 || fnmatch(r->args[0], rule->id, 0) == 0;
}

/* Nothing listed is worth a word, and how more would be. */
static void
say_none(const struct rules_run *r)
{
	const char *glob = r->nargs > 0 ? r->args[0] : "*";
	size_t i, off = 0;

	for (i = 0; i < r->rules.n; i++) {
		if (wanted(r, r->rules.rules[i]))
			return;
		off += fnmatch(glob, r->rules.rules[i]->id, 0) == 0;
	}
	if (off > 0)
		diag_remark(&r->setup.diag,
		    "no rule that is on is like '%s'; --all lists %zu that "
		    "%s off",
		    glob, off, off == 1 ? "is" : "are");
	else
		diag_remark(&r->setup.diag, "no rule is like '%s'", glob);
}

static void
json_fired(struct jsonout *j, const struct fired *f)
{
	jsonout_kint(j, "fired_30d", f->count);
	if (f->last != INT64_MIN)
		time_json(j, "last_fired", f->last);
}

static void
list_json(struct listing *l)
{
	struct rules_run *r = l->r;
	const struct rule *rule;
	struct jsonout j;
	size_t i;

	jsonout_begin_list(&j, &r->out);
	for (i = 0; i < r->rules.n; i++) {
		rule = r->rules.rules[i];
		if (!wanted(r, rule))
			continue;
		jsonout_object(&j);
		jsonout_kstring(&j, "id", rule->id);
		jsonout_kint(&j, "version", rule->version);
		jsonout_kstring(&j, "standing", standing(rule));
		jsonout_kint(&j, "score", rule->score);
		jsonout_kstring(&j, "family", rule->family);
		jsonout_kstring(&j, "fraud_type", rule->fraud_type);
		jsonout_kstring(&j, "title", rule->title);
		jsonout_kstring(&j, "file", rule->file);
		jsonout_kint(&j, "line", rule->line);
		if (l->fired != NULL)
			json_fired(&j, &l->fired[i]);
		jsonout_end_object(&j);
	}
	jsonout_end_list(&j);
}

static void
text_fired(struct buf *out, const struct listing *l, size_t i)
{
	const struct fired *f = &l->fired[i];

	buf_addf(out, " %5" PRId64 "  ", f->count);
	if (f->last != INT64_MIN)
		date_print(out, zone_local_day(l->zone, f->last));
	else
		buf_addstr(out, "-         ");
}

static void
list_text(struct listing *l)
{
	struct rules_run *r = l->r;
	const struct rule *rule;
	size_t i;

	buf_addf(&r->out, "%-27s %-12s %5s  %-15s%s %s\n", "id", "status",
	    "score", "family", l->fired != NULL ? "  30 d  last fired" : "",
	    "title");
	for (i = 0; i < r->rules.n; i++) {
		rule = r->rules.rules[i];
		if (!wanted(r, rule))
			continue;
		buf_addf(&r->out, "%-27s %-12s %5d  %-15s", rule->id,
		    standing(rule), rule->score, rule->family);
		if (l->fired != NULL)
			text_fired(&r->out, l, i);
		buf_addf(&r->out, " %s\n", rule->title);
	}
}

int
command_list(struct rules_run *r)
{
	struct listing l = { .r = r, .zone = r->setup.zone };
	int status = EXIT_DONE;

	if (l.zone == NULL)
		l.zone = zone_utc();
	say_none(r);
	if (r->setup.db != NULL)
		status = load_fired(&l);
	if (status == EXIT_DONE && r->o->common.format[0] == 'j')
		list_json(&l);
	else if (status == EXIT_DONE)
		list_text(&l);
	free(l.fired);
	return status;
}
