#include "rules.h"

#include <fnmatch.h>

#include "io/jsonout.h"

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
list_json(struct rules_run *r)
{
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
		jsonout_end_object(&j);
	}
	jsonout_end_list(&j);
}

int
command_list(struct rules_run *r)
{
	const struct rule *rule;
	size_t i;

	say_none(r);
	if (r->o->common.format[0] == 'j') {
		list_json(r);
		return EXIT_DONE;
	}
	buf_addf(&r->out, "%-27s %-12s %5s  %-15s %s\n", "id", "status",
	    "score", "family", "title");
	for (i = 0; i < r->rules.n; i++) {
		rule = r->rules.rules[i];
		if (wanted(r, rule))
			buf_addf(&r->out, "%-27s %-12s %5d  %-15s %s\n",
			    rule->id, standing(rule), rule->score, rule->family,
			    rule->title);
	}
	return EXIT_DONE;
}
