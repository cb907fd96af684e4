/*
 * rulefile_hash: fingerprints of what rules do.
 *
 * A rule's is the hash of a canonical text: the keys that decide (not the
 * words for people) with members sorted by name, the parameters as they are
 * in force, and of each list and calendar it asks the hash of the content.
 */
#include "rule/rulefile_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/xalloc.h"

/* What decides; entity, quiet, params and score are written as they are in force. */
static const char *const deciding[] = { "also", "baseline", "by", "escalate",
	"follows", "match", "measure", "score", "when" };

static int
compare_keys(const void *va, const void *vb)
{
	const struct json *const *a = va, *const *b = vb;

	return strcmp((*a)->key, (*b)->key);
}

static void write_canonical(struct jsonout *out, const struct json *j);

static void
write_object(struct jsonout *out, const struct json *j)
{
	const struct json **members = xcalloc(j->n, sizeof(*members)), *e;
	size_t n = 0, i;

	for (e = j->first; e != NULL; e = e->next)
		members[n++] = e;
	if (n > 1)
		qsort(members, n, sizeof(*members), compare_keys);
	jsonout_object(out);
	for (i = 0; i < n; i++) {
		if (strcmp(members[i]->key, "note") == 0)
			continue;
		jsonout_key(out, members[i]->key);
		write_canonical(out, members[i]);
	}
	jsonout_end_object(out);
	free(members);
}

static void
write_canonical(struct jsonout *out, const struct json *j)
{
	const struct json *e;

	switch (j->type) {
	case JSON_NULL:
		jsonout_null(out);
		return;
	case JSON_BOOL:
		jsonout_bool(out, j->boolean);
		return;
	case JSON_NUMBER:
		jsonout_number(out, j->number);
		return;
	case JSON_STRING:
		jsonout_string(out, j->string);
		return;
	case JSON_ARRAY:
		jsonout_array(out);
		for (e = j->first; e != NULL; e = e->next)
			write_canonical(out, e);
		jsonout_end_array(out);
		return;
	case JSON_OBJECT:
		write_object(out, j);
		return;
	}
}

/* Names ------------------------------------------------------------------- */

struct use {
	enum predicate_uses what;
	const char *name;
};

struct uses {
	struct use *list;
	size_t n, cap;
};

static void
add_use(void *ctx, enum predicate_uses what, const char *name)
{
	struct uses *u = ctx;

	u->list = xgrow(u->list, &u->cap, u->n + 1, sizeof(*u->list));
	u->list[u->n++] = (struct use){ what, name };
}

static int
compare_uses(const void *va, const void *vb)
{
	const struct use *a = va, *b = vb;

	if (a->what != b->what)
		return a->what < b->what ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void
collect_uses(const struct rule *r, struct uses *u)
{
	rule_names(r, add_use, u);
	/* Open and closed days are told apart by the usual calendar. */
	if (r->baseline.present && r->baseline.season == SEASON_WEEKDAY)
		add_use(u, USES_CALENDAR, NAMED_HOURS);
	if (u->n > 1)
		qsort(u->list, u->n, sizeof(*u->list), compare_uses);
}

static uint64_t
content_of(const struct use *use, const struct named *named)
{
	const struct named_list *list;
	const struct calendar *calendar;

	if (use->what == USES_LIST) {
		list = named_list(named, use->name);
		return list != NULL ? numlist_hash(list->list) : 0;
	}
	calendar = named_calendar(named, use->name);
	return calendar != NULL ? calendar_hash(calendar) : 0;
}

static void
write_uses(struct jsonout *out, const struct rule *r, const struct named *named)
{
	struct uses u = { 0 };
	char hex[17];
	size_t i;

	collect_uses(r, &u);
	jsonout_key(out, "uses");
	jsonout_array(out);
	for (i = 0; i < u.n; i++) {
		if (i > 0 && compare_uses(&u.list[i - 1], &u.list[i]) == 0)
			continue;
		(void)snprintf(hex, sizeof(hex), "%016llx",
		    (unsigned long long)content_of(&u.list[i], named));
		jsonout_string(out, u.list[i].name);
		jsonout_string(out, hex);
	}
	jsonout_end_array(out);
	free(u.list);
}

/* Rules ------------------------------------------------------------------- */

static void
write_params(struct jsonout *out, const struct params *params)
{
	size_t i;

	jsonout_key(out, "params");
	jsonout_array(out);
	for (i = 0; i < params->n; i++) {
		jsonout_string(out, params->list[i].name);
		jsonout_int(out, params->list[i].value);
	}
	jsonout_end_array(out);
}

/* What holds for some groups only. */
static void
write_tuning(struct jsonout *out, const struct rule *r)
{
	size_t i;

	for (i = 0; i < r->ntuning; i++) {
		if (r->tuning[i].match == NULL)
			continue;
		jsonout_key(out, "tuning");
		write_canonical(out, r->tuning[i].json);
	}
}

static int
compare_params(const void *va, const void *vb)
{
	const struct param *a = va, *b = vb;

	return strcmp(a->name, b->name);
}

static void
hash_rule(struct rule *r, const struct named *named, struct buf *text)
{
	struct params sorted = r->params;
	struct param *list = xcalloc(r->params.n, sizeof(*list));
	const struct json *j;
	struct jsonout out;
	size_t i;

	if (r->params.n > 0)
		memcpy(list, r->params.list, r->params.n * sizeof(*list));
	if (r->params.n > 1)
		qsort(list, r->params.n, sizeof(*list), compare_params);
	sorted.list = list;
	buf_reset(text);
	jsonout_init(&out, text, false);
	jsonout_object(&out);
	for (i = 0; i < sizeof(deciding) / sizeof(deciding[0]); i++) {
		if ((j = json_get(r->json, deciding[i])) == NULL)
			continue;
		jsonout_key(&out, deciding[i]);
		if (strcmp(deciding[i], "score") == 0)
			jsonout_int(&out, r->score);
		else
			write_canonical(&out, j);
	}
	jsonout_kstring_opt(&out, "entity",
	    r->entity != NULL ? r->entity->name : NULL);
	jsonout_kint(&out, "quiet", r->quiet);
	if (r->follows.rule != NULL)
		jsonout_kstring(&out, "trigger", r->follows.rule->hash);
	write_params(&out, &sorted);
	write_uses(&out, r, named);
	write_tuning(&out, r);
	jsonout_end_object(&out);
	hash_hex(text->data, text->len, r->hash);
	free(list);
}

/* Waivers change what is found, though not the rules. */
static void
write_waivers(const struct ruleset *rs, struct buf *all)
{
	struct jsonout out;
	struct uses u;
	size_t i, k;

	for (i = 0; i < rs->nwaivers; i++) {
		jsonout_init(&out, all, false);
		write_canonical(&out, rs->waivers[i]->json);
		u = (struct uses){ .n = 0 };
		predicate_names(rs->waivers[i]->match, add_use, &u);
		for (k = 0; k < u.n; k++)
			buf_addf(all, " %016llx",
			    (unsigned long long)content_of(&u.list[k],
				&rs->named));
		free(u.list);
		buf_addch(all, '\n');
	}
}

void
rulefile_hash(struct ruleset *rs)
{
	struct buf text, all;
	bool again = true;
	struct rule *r;
	size_t i;

	buf_init(&text);
	buf_init(&all);
	/* what a rule follows comes before it; there is no circle */
	while (again) {
		again = false;
		for (i = 0; i < rs->n; i++) {
			r = rs->rules[i];
			if (r->hash[0] != '\0')
				continue;
			if (r->follows.rule != NULL &&
			    r->follows.rule->hash[0] == '\0')
				again = true;
			else
				hash_rule(r, &rs->named, &text);
		}
	}
	for (i = 0; i < rs->n; i++) {
		r = rs->rules[i];
		buf_addf(&all, "%s %s\n", r->id, r->hash);
	}
	write_waivers(rs, &all);
	hash_hex(all.data, all.len, rs->hash);
	buf_fini(&text);
	buf_fini(&all);
}
