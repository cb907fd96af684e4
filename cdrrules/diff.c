/* cdrrules diff: what changed between two sets of rules, and its effect. */
#include "rules.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "calls.h"
#include "detect/detect.h"
#include "io/jsonout.h"
#include "tel/calltime.h"

enum { DAYS = 30 };

/* The rule is the same; what it asks for by name is not. */
#define BY_NAME "lists or calendars"

/* A rule of both sets, or of one: the other is NULL. */
struct change {
	const struct rule *before, *after;
	struct buf keys; /* that differ, with commas */
};

struct difference {
	struct rules_run *r;
	struct ruleset sets[2]; /* before, after */
	struct change *list;
	size_t n, cap;
	bool scored;
	int64_t calls, as_of;    /* how many were scored, where that stood */
	const struct zone *zone; /* of times shown */
	size_t appear, vanish, stay; /* findings of the last DAYS days */
};

static bool
load(struct difference *d, size_t which)
{
	struct notes notes;
	int status;

	notes_init(&notes);
	status = rules_from_files(d->r, &d->r->args[which], 1, &d->sets[which],
	    &notes);
	diag_notes(&d->r->setup.diag, &notes);
	notes_fini(&notes);
	return status == 0;
}

/* Rules ----------------------------------------------------------------- */

/* The same values, however they are laid out. */
static bool
alike(const struct json *a, const struct json *b)
{
	const struct json *x, *y;

	if (a == NULL || b == NULL || a->type != b->type || a->n != b->n)
		return a == b;
	if (a->type == JSON_OBJECT) {
		for (x = a->first; x != NULL; x = x->next)
			if (!alike(x, json_get(b, x->key)))
				return false;
		return true;
	}
	for (x = a->first, y = b->first; x != NULL; x = x->next, y = y->next)
		if (!alike(x, y))
			return false;
	return a->type == JSON_STRING ? strcmp(a->string, b->string) == 0
	       : a->type == JSON_BOOL ? a->boolean == b->boolean
				      : a->number == b->number;
}

static void
add_keys(struct buf *out, const struct rule *a, const struct rule *b)
{
	const struct json *j;

	for (j = a->json->first; j != NULL; j = j->next)
		if (!alike(j, json_get(b->json, j->key)))
			buf_addf(out, "%s%s", out->len > 0 ? ", " : "", j->key);
	for (j = b->json->first; j != NULL; j = j->next)
		if (json_get(a->json, j->key) == NULL)
			buf_addf(out, "%s%s", out->len > 0 ? ", " : "", j->key);
	if (strcmp(a->hash, b->hash) != 0 && out->len == 0)
		buf_addstr(out, BY_NAME);
}

static void
compare_rule(struct difference *d, const struct rule *a, const struct rule *b)
{
	struct change c = { .before = a, .after = b };

	buf_init(&c.keys);
	if (a != NULL && b != NULL) {
		add_keys(&c.keys, a, b);
		if (c.keys.len == 0) {
			buf_fini(&c.keys);
			return;
		}
	}
	if (a != NULL && b != NULL && a->version == b->version &&
	    strcmp(a->hash, b->hash) != 0 && strcmp(c.keys.data, BY_NAME) != 0)
		diag_warn(&d->r->setup.diag,
		    "%s:%u: '%s' does something else and is version %d still",
		    b->file, (unsigned)b->line, b->id, b->version);
	d->list = xgrow(d->list, &d->cap, d->n + 1, sizeof(*d->list));
	d->list[d->n++] = c;
}

/* Both stand in the order of their ids. */
static void
compare_rules(struct difference *d)
{
	const struct ruleset *a = &d->sets[0], *b = &d->sets[1];
	size_t i = 0, k = 0;
	int c;

	while (i < a->n || k < b->n) {
		c = i == a->n   ? 1
		    : k == b->n ? -1
				: strcmp(a->rules[i]->id, b->rules[k]->id);
		compare_rule(d, c <= 0 ? a->rules[i] : NULL,
		    c >= 0 ? b->rules[k] : NULL);
		i += c <= 0;
		k += c >= 0;
	}
}

/* Findings -------------------------------------------------------------- */

static int
compare_finding(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

static int
score(struct difference *d, const struct rules_calls *c, size_t which,
    struct results *out)
{
	const struct detect_settings set = { .as_of = c->as_of,
		.zone = c->zone };
	struct notes notes;
	struct errmsg err;
	int status;

	notes_init(&notes);
	status = detect_run(c->batch, &d->sets[which], &set, out, &notes, &err);
	diag_notes(&d->r->setup.diag, &notes);
	notes_fini(&notes);
	if (status < 0)
		diag_error(&d->r->setup.diag, "%s", err.text);
	else if (out->n > 1)
		qsort(out->findings, out->n, sizeof(*out->findings),
		    compare_finding);
	return status < 0 ? EXIT_NOT_DONE : EXIT_DONE;
}

static void
compare_findings(struct difference *d, const struct results *a,
    const struct results *b, int64_t since)
{
	size_t i = 0, k = 0;
	int c;

	while (i < a->n || k < b->n) {
		c = i == a->n ? 1
		    : k == b->n
			? -1
			: strcmp(a->findings[i]->id, b->findings[k]->id);
		if ((c <= 0 ? a->findings[i] : b->findings[k])->last_seen >=
		    since) {
			d->vanish += c < 0;
			d->appear += c > 0;
			d->stay += c == 0;
		}
		i += c <= 0;
		k += c >= 0;
	}
}

/* What the calls of the store would have given under both. */
static int
score_both(struct difference *d)
{
	const int64_t day = 24 * INT64_C(3600000);
	struct results found[2];
	struct rules_calls c;
	int status = rules_calls_open(&c, d->r, NULL, 0);

	results_init(&found[0]);
	results_init(&found[1]);
	if (status == EXIT_DONE)
		status = score(d, &c, 0, &found[0]);
	if (status == EXIT_DONE)
		status = score(d, &c, 1, &found[1]);
	if (status == EXIT_DONE) {
		compare_findings(d, &found[0], &found[1], c.as_of - DAYS * day);
		d->scored = true;
		d->calls = found[1].run.looked_at;
		d->as_of = c.as_of;
		d->zone = c.zone;
	}
	results_fini(&found[0]);
	results_fini(&found[1]);
	rules_calls_close(&c);
	return status;
}

/* Showing --------------------------------------------------------------- */

static const char *
word_of(const struct change *c)
{
	return c->before == NULL  ? "added"
	       : c->after == NULL ? "removed"
				  : "changed";
}

static void
put_text(struct difference *d)
{
	struct buf *out = &d->r->out;
	const struct change *c;
	size_t i;

	for (i = 0; i < d->n; i++) {
		c = &d->list[i];
		buf_addf(out, "%-8s %s v%d", word_of(c),
		    (c->after != NULL ? c->after : c->before)->id,
		    (c->before != NULL ? c->before : c->after)->version);
		if (c->before != NULL && c->after != NULL)
			buf_addf(out, " to v%d: %s", c->after->version,
			    c->keys.data);
		buf_addch(out, '\n');
	}
	if (!d->scored)
		return;
	buf_addf(out,
	    "%" PRId64 " call%s looked at; findings of the %d days before ",
	    d->calls, diag_s(d->calls), DAYS);
	time_local(out, d->zone, d->as_of);
	buf_addf(out, ": %zu appear, %zu vanish, %zu stay\n", d->appear,
	    d->vanish, d->stay);
}

static void
put_json(struct difference *d)
{
	const struct change *c;
	struct jsonout j;
	size_t i;

	jsonout_init(&j, &d->r->out, true);
	jsonout_object(&j);
	jsonout_key(&j, "rules");
	jsonout_array(&j);
	for (i = 0; i < d->n; i++) {
		c = &d->list[i];
		jsonout_object(&j);
		jsonout_kstring(&j, "change", word_of(c));
		jsonout_kstring(&j, "id",
		    (c->after != NULL ? c->after : c->before)->id);
		if (c->before != NULL)
			jsonout_kint(&j, "before", c->before->version);
		if (c->after != NULL)
			jsonout_kint(&j, "after", c->after->version);
		if (c->keys.len > 0)
			jsonout_kstring(&j, "keys", c->keys.data);
		jsonout_end_object(&j);
	}
	jsonout_end_array(&j);
	if (d->scored) {
		jsonout_kint(&j, "calls", d->calls);
		time_json(&j, "as_of", d->as_of);
		jsonout_kint(&j, "appear", (int64_t)d->appear);
		jsonout_kint(&j, "vanish", (int64_t)d->vanish);
		jsonout_kint(&j, "stay", (int64_t)d->stay);
	}
	jsonout_end_object(&j);
	buf_addch(&d->r->out, '\n');
}

static void
close_difference(struct difference *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		buf_fini(&d->list[i].keys);
	free(d->list);
	ruleset_fini(&d->sets[0]);
	ruleset_fini(&d->sets[1]);
}

int
command_diff(struct rules_run *r)
{
	struct difference d = { .r = r };
	int status = EXIT_NOT_DONE;

	ruleset_init(&d.sets[0]);
	ruleset_init(&d.sets[1]);
	if (load(&d, 0) && load(&d, 1)) {
		compare_rules(&d);
		status = r->o->common.db != NULL ? score_both(&d) : EXIT_DONE;
	}
	if (status == EXIT_DONE && r->o->common.format[0] == 'j')
		put_json(&d);
	else if (status == EXIT_DONE)
		put_text(&d);
	if (status == EXIT_DONE && d.n > 0)
		status = EXIT_HOLDS;
	close_difference(&d);
	return status;
}
