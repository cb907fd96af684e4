/*
 * A changed rule judges the last 31 days anew.  What it found before is as the
 * rule of that time had it, with its hash, as long as the calls are there; so
 * a new limit neither makes old findings nor closes them.  From which day on a
 * rule as it is now judges, the store keeps; --rescore forgets it.
 */
#include "stored.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "io/jsonout.h"
#include "io/jsontext.h"

#define NAME    "rules"
#define ANEW_MS (INT64_C(31) * 24 * 3600 * 1000)

/* Since when a rule that the store knows judges; INT64_MIN: always. */
static int64_t
since_of(const struct stored_run *r, const struct rule *rule,
    const struct json *known)
{
	const struct json *was = json_get(known, rule->id), *since;
	const char *hash;

	if (was == NULL || r->s->o->rescore)
		return INT64_MIN;
	hash = json_get_string(was, "hash");
	if (hash == NULL || strcmp(hash, rule->hash) != 0)
		return scan_stands_at(r->s) - ANEW_MS;
	since = json_get(was, "since");
	return since != NULL && since->type == JSON_NUMBER
		   ? (int64_t)since->number
		   : INT64_MIN;
}

static int
write_known(struct stored_run *r, struct errmsg *err)
{
	const struct ruleset *rules = &r->s->rules;
	struct jsonout j;
	struct buf text;
	size_t i;
	int got;

	buf_init(&text);
	jsonout_init(&j, &text, false);
	jsonout_object(&j);
	for (i = 0; i < rules->n; i++) {
		jsonout_key(&j, rules->rules[i]->id);
		jsonout_object(&j);
		jsonout_kstring(&j, "hash", rules->rules[i]->hash);
		if (r->since[i] != INT64_MIN)
			jsonout_kint(&j, "since", r->since[i]);
		jsonout_end_object(&j);
	}
	jsonout_end_object(&j);
	got = store_set(r->store, NAME, text.data, err);
	buf_fini(&text);
	return got;
}

int
stored_changed(struct stored_run *r, struct errmsg *err)
{
	const struct ruleset *rules = &r->s->rules;
	struct json_doc *doc = NULL;
	struct buf text;
	bool repaired;
	size_t i;
	int got;

	if (r->since != NULL)
		return 0;
	buf_init(&text);
	r->since = xcalloc(rules->n + 1, sizeof(*r->since));
	got = store_get(r->store, NAME, &text, err);
	if (got == 1)
		doc = json_parse_data(text.data, text.len, &repaired);
	for (i = 0; i < rules->n; i++)
		r->since[i] =
		    doc == NULL ? INT64_MIN
				: since_of(r, rules->rules[i], json_root(doc));
	json_free(&doc);
	buf_fini(&text);
	return got < 0 ? -1 : write_known(r, err);
}

int64_t
stored_judged_since(const struct stored_run *r, const char *rule)
{
	const struct ruleset *rules = &r->s->rules;
	size_t i;

	for (i = 0; i < rules->n; i++)
		if (strcmp(rules->rules[i]->id, rule) == 0)
			return r->since[i];
	return INT64_MIN;
}

static void
drop_older(struct stored_run *r)
{
	struct results *rs = &r->s->results;
	size_t i, n = 0;

	for (i = 0; i < rs->n; i++)
		if (rs->findings[i]->last_seen >=
		    stored_judged_since(r, rs->findings[i]->rule))
			rs->findings[n++] = rs->findings[i];
	rs->n = n;
}

static bool
has_call(const struct batch *b, const struct call_ref *ref)
{
	size_t i;

	for (i = batch_lower(b, ref->start);
	     i < b->n && b->calls[i].start == ref->start; i++)
		if (b->origins[i].key == ref->key)
			return true;
	return false;
}

/*
 * All its calls are there but those that were deleted for their age, or are
 * before the horizon for being as they were.
 */
static bool
stands(const struct batch *b, const struct finding *f, int64_t horizon)
{
	struct call_ref m;
	size_t i;

	for (i = 0; i < f->nmembers; i++) {
		m = finding_member(f, i);
		if (m.start >= horizon && !has_call(b, &m))
			return false;
	}
	return true;
}

static int
take_older(struct stored_run *r, const char *rule, int64_t since,
    int64_t horizon, struct errmsg *err)
{
	struct results was;
	size_t i, n = 0;
	int got;

	results_init(&was);
	got = store_findings_before(r->store, &was, rule,
	    stored_left_since(r, rule), since, err);
	for (i = 0; got == 0 && i < was.n; i++)
		if (was.findings[i]->first_seen >= r->s->frozen &&
		    stands(r->s->batch, was.findings[i], horizon))
			was.findings[n++] = was.findings[i];
	was.n = n;
	if (got == 0)
		results_take(&r->s->results, &was);
	results_fini(&was);
	return got;
}

int
stored_keep_older(struct stored_run *r, struct errmsg *err)
{
	const struct ruleset *rules = &r->s->rules;
	int64_t horizon;
	size_t i, n = 0;
	int got = store_horizon(r->store, &horizon, err);

	drop_older(r);
	if (horizon < r->begins)
		horizon = r->begins;
	for (i = 0; i < rules->n && got == 0; i++) {
		if (r->since[i] == INT64_MIN)
			continue;
		n++;
		got = take_older(r, rules->rules[i]->id, r->since[i], horizon,
		    err);
	}
	if (n > 0)
		results_sort(&r->s->results);
	return got;
}
