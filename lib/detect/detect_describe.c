/* detect_describe: what a run says about its calls and rules. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "detect/detect_facts_impl.h"

static bool
any_glob(const char *const *globs, size_t n, const char *id)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (fnmatch(globs[i], id, 0) == 0)
			return true;
	return false;
}

bool
detect_chosen(const struct rule *r, const struct detect_settings *set)
{
	int sensitivity = set->sensitivity > 0 ? set->sensitivity : 1;

	return rule_is_on(r) && r->sensitivity <= sensitivity &&
	       (set->nonly == 0 || any_glob(set->only, set->nonly, r->id)) &&
	       !any_glob(set->except, set->nexcept, r->id);
}

/* A waiver covers what all rules look at. */
bool
detect_asks(const struct ruleset *rules, const struct detect_settings *set,
    const struct field *f)
{
	size_t i;

	if (rules->nwaivers > 0)
		return ruleset_asks(rules, f);
	for (i = 0; i < rules->n; i++)
		if (detect_chosen(rules->rules[i], set) &&
		    rule_asks_ever(rules->rules[i], f))
			return true;
	return false;
}

static int
compare_feeds(const void *va, const void *vb)
{
	const struct feed *a = va, *b = vb;

	return strcmp(a->source, b->source);
}

void
detect_describe_feeds(struct run *run, const struct detect_batch *db,
    struct arena *arena)
{
	const struct batch *b = db->calls;
	struct feed *feeds = arena_array(arena, b->nsources, sizeof(*feeds));
	const struct detect_feed *f;
	size_t i, n = 0;

	run->looked_at = 0;
	for (i = 0; i < b->nsources; i++) {
		f = &db->feeds[i];
		run->looked_at += f->calls;
		if (f->calls == 0)
			continue;
		feeds[n].calls = f->calls;
		feeds[n].first = f->first;
		feeds[n].last = f->last;
		feeds[n++].source =
		    arena_strdup(arena, batch_text(b, b->sources[i].name));
	}
	if (n > 1)
		qsort(feeds, n, sizeof(*feeds), compare_feeds);
	run->feeds = feeds;
	run->nfeeds = n;
}

void
detect_describe_run(struct results *out, const struct detect_batch *db,
    const struct ruleset *rules, const struct detect_settings *set)
{
	const struct batch *b = db->calls;
	struct run *run = &out->run;
	size_t i;

	run->as_of = set->as_of;
	run->first = b->n > 0 ? b->calls[0].start : 0;
	if (db->facts != NULL && db->facts->first < run->first)
		run->first = db->facts->first;
	run->last = b->n > 0 ? b->calls[b->n - 1].start : 0;
	run->ruleset = arena_printf(&out->arena, "xxh128:%s", rules->hash);
	run->rules_active = run->rules_shadow = run->rules_off = 0;
	for (i = 0; i < rules->n; i++) {
		if (!detect_chosen(rules->rules[i], set))
			run->rules_off++;
		else if (rule_is_shadow(rules->rules[i]))
			run->rules_shadow++;
		else
			run->rules_active++;
	}
}

void
detect_tell_old_lists(const struct named *named, int64_t as_of,
    struct notes *notes)
{
	const int64_t day_ms = 24 * INT64_C(3600000);
	const struct named_list *l;
	int64_t newest;
	size_t i, k;

	for (i = 0; i < named->nlists; i++) {
		l = &named->lists[i];
		newest = INT64_MIN;
		for (k = 0; l->max_age > 0 && k < numlist_size(l->list); k++)
			if (numlist_at(l->list, k)->added > newest)
				newest = numlist_at(l->list, k)->added;
		if (l->max_age == 0)
			continue;
		if (newest == INT64_MIN)
			notes_addf(notes, NOTE_WARNING, NULL, 0,
			    "list '%s': no entry says when it was added",
			    l->name);
		else if (as_of / day_ms - newest > l->max_age / day_ms)
			notes_addf(notes, NOTE_WARNING, NULL, 0,
			    "list '%s': its newest entry is %lld days old",
			    l->name, (long long)(as_of / day_ms - newest));
	}
}
