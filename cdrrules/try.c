/* cdrrules try: a predicate against calls, clause by clause. */
#include "rules.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "calls.h"
#include "io/jsonout.h"
#include "rule/predicate.h"
#include "tel/calltime.h"
#include "tel/money.h"

enum { SAMPLES = 5, BRIEF = 70, MOST_FIELDS = BOUNDS_BY };

struct trial {
	struct rules_run *r;
	struct rules_calls calls;
	struct arena arena;
	struct json_doc *doc;
	const struct predicate *match;
	struct predicate_bound *bound;
	const struct field *by[MOST_FIELDS];
	size_t nby;
	bool events;    /* the predicate asks for them */
	size_t *left;   /* calls after each clause */
	uint32_t *hits; /* batch indexes of those after the last */
	size_t nhits;
	const char **groups; /* of each hit, sorted */
	size_t ngroups;      /* distinct ones */
	const char *top;
	size_t ntop;
	int64_t *money; /* by currency of the batch */
};

/* What is asked --------------------------------------------------------- */

static int
read_match(struct trial *t)
{
	const struct opt_list *match = &t->r->o->match;
	const char *text = match->n == 1 ? match->items[0] : NULL;
	struct notes notes;

	if (text == NULL) {
		diag_error(&t->r->setup.diag,
		    "one --match is needed, such as '{ \"direction\": \"out\" }'");
		return EXIT_NOT_DONE;
	}
	notes_init(&notes);
	t->doc = json_parse(text, strlen(text), "--match", &notes);
	if (t->doc != NULL)
		t->match = predicate_compile(json_root(t->doc), &t->arena, NULL,
		    &notes);
	if (t->match != NULL)
		predicate_check_names(t->match, &t->r->rules.named, &notes);
	diag_notes(&t->r->setup.diag, &notes);
	notes_fini(&notes);
	return t->match != NULL && notes.errors == 0 ? EXIT_DONE
						     : EXIT_NOT_DONE;
}

/* What a call is among those of its rule's group: there is no rule here. */
static int
check_past(const struct trial *t)
{
	static const char *const past[] = { "since_prev", "src_new" };
	size_t i;

	for (i = 0; i < sizeof(past) / sizeof(past[0]); i++) {
		if (!predicate_asks(t->match, field_find(past[i])))
			continue;
		diag_error(&t->r->setup.diag,
		    "--match asks for '%s', which only a rule's group has: "
		    "put it into a rule, and see cdrrules explain",
		    past[i]);
		return EXIT_NOT_DONE;
	}
	return EXIT_DONE;
}

static int
add_field(struct trial *t, const char *name)
{
	const struct field *f = field_find(name);

	if (f != NULL && field_is_key(f) && t->nby < MOST_FIELDS) {
		t->by[t->nby++] = f;
		return EXIT_DONE;
	}
	diag_unknown(&t->r->setup.diag,
	    f == NULL          ? "--by: no such field"
	    : !field_is_key(f) ? "--by: calls cannot be grouped by it"
			       : "--by: too many fields",
	    name, f == NULL ? field_suggest(name) : NULL);
	return EXIT_NOT_DONE;
}

static int
read_by(struct trial *t)
{
	const char *s = t->r->o->by != NULL ? t->r->o->by : "account";
	int status = EXIT_DONE;
	size_t n;

	for (; status == EXIT_DONE && *s != '\0'; s += n + (s[n] == ',')) {
		n = strcspn(s, ",");
		status = add_field(t, arena_strndup(&t->arena, s, n));
	}
	return status;
}

/* Counting -------------------------------------------------------------- */

static void
count_call(struct trial *t, size_t i)
{
	const struct batch *b = t->calls.batch;
	const struct call *c = &b->calls[i];
	size_t k, n = predicate_parts(t->match);

	if ((c->flags & CALL_EVENT) != 0 && !t->events)
		return;
	for (k = 0; k < n; k++) {
		if (!predicate_test_part(t->bound, k, b, i))
			return;
		t->left[k]++;
	}
	t->hits[t->nhits++] = (uint32_t)i;
	if ((c->flags & CALL_HAS_COST) != 0)
		t->money[c->currency] += batch_cost(b, i);
}

/* "FAX-1", "FAX-1 CU" */
static const char *
group_of(struct trial *t, size_t i)
{
	const char *name;
	struct buf b;
	size_t k;

	buf_init(&b);
	for (k = 0; k < t->nby; k++) {
		if (k > 0)
			buf_addch(&b, ' ');
		field_print(t->by[k], t->calls.batch, i, &b);
	}
	name = arena_strdup(&t->arena, b.data);
	buf_fini(&b);
	return name;
}

static int
compare_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static void
count_groups(struct trial *t)
{
	size_t i, from = 0;

	t->groups = xcalloc(t->nhits + 1, sizeof(*t->groups));
	for (i = 0; i < t->nhits; i++)
		t->groups[i] = group_of(t, t->hits[i]);
	qsort(t->groups, t->nhits, sizeof(*t->groups), compare_text);
	for (i = 1; i <= t->nhits; i++) {
		if (i < t->nhits && strcmp(t->groups[i], t->groups[from]) == 0)
			continue;
		t->ngroups++;
		if (i - from > t->ntop) {
			t->ntop = i - from;
			t->top = t->groups[from];
		}
		from = i;
	}
}

static int
count(struct trial *t)
{
	const struct batch *b = t->calls.batch;
	struct errmsg err;
	size_t i;

	if (predicate_bind(&t->bound, t->match, b, &t->r->rules.named, &err) !=
	    0) {
		diag_error(&t->r->setup.diag, "%s", err.text);
		return EXIT_NOT_DONE;
	}
	t->events = predicate_asks(t->match, field_find("event"));
	t->left = xcalloc(predicate_parts(t->match) + 1, sizeof(*t->left));
	t->hits = xcalloc(b->n + 1, sizeof(*t->hits));
	t->money = xcalloc(b->ncurrencies + 1, sizeof(*t->money));
	for (i = 0; i < b->n; i++)
		count_call(t, i);
	count_groups(t);
	return EXIT_DONE;
}

/* Showing --------------------------------------------------------------- */

static void
add_span(const struct trial *t, struct buf *out)
{
	const struct batch *b = t->calls.batch;

	if (b->n == 0)
		return;
	buf_addstr(out, ", ");
	time_local(out, t->calls.zone, b->calls[0].start);
	buf_addstr(out, " to ");
	time_local(out, t->calls.zone, b->calls[b->n - 1].start);
}

static void
add_fields(const struct trial *t, struct buf *out)
{
	size_t k;

	for (k = 0; k < t->nby; k++)
		buf_addf(out, "%s%s", k > 0 ? " " : "", t->by[k]->name);
}

/* "37 calls, 9 by account, EUR 214.8; account FAX-1 has 31 of them" */
static void
add_total(const struct trial *t, struct buf *out)
{
	const struct batch *b = t->calls.batch;
	const char *currency;
	size_t k;

	buf_addf(out, "%8s   %zu call%s, %zu group%s by ", "", t->nhits,
	    t->nhits == 1 ? "" : "s", t->ngroups, t->ngroups == 1 ? "" : "s");
	add_fields(t, out);
	for (k = 0; k < b->ncurrencies; k++) {
		if (t->money[k] == 0)
			continue;
		currency = batch_text(b, b->currencies[k]);
		buf_addf(out, ", %s%s", currency,
		    currency[0] != '\0' ? " " : "");
		money_print(out, t->money[k]);
	}
	if (t->ngroups > 1)
		buf_addf(out, "; %s has %zu of them", t->top, t->ntop);
	buf_addch(out, '\n');
}

static void
add_sample(const struct trial *t, size_t i, struct buf *out)
{
	static const char *const fields[] = { "account", "src", "dst" };
	const struct batch *b = t->calls.batch;
	size_t k;

	buf_addf(out, "%8s   ", "");
	time_local(out, t->calls.zone, b->calls[i].start);
	for (k = 0; k < sizeof(fields) / sizeof(fields[0]); k++) {
		buf_addstr(out, k == 2 ? " > " : "  ");
		field_print(field_find(fields[k]), b, i, out);
	}
	buf_addstr(out, "  ");
	span_clock(out, b->calls[i].duration);
	buf_addch(out, '\n');
}

static void
put_text(struct trial *t)
{
	size_t n = predicate_parts(t->match), before = t->calls.batch->n, k;
	struct buf *out = &t->r->out;

	buf_addf(out, "%8zu calls", before);
	add_span(t, out);
	buf_addch(out, '\n');
	for (k = 0; k < n; k++) {
		buf_addf(out, "%8zu  %5.1f %%   ", t->left[k],
		    before > 0 ? 100.0 * (double)t->left[k] / (double)before
			       : 0);
		predicate_brief_part(t->match, k, BRIEF, out);
		buf_addch(out, '\n');
		before = t->left[k];
	}
	add_total(t, out);
	for (k = 0; k < t->nhits && k < SAMPLES; k++)
		add_sample(t, t->hits[k], out);
}

static void
put_json(struct trial *t)
{
	size_t n = predicate_parts(t->match), k;
	struct jsonout j;
	struct buf b;

	buf_init(&b);
	jsonout_init(&j, &t->r->out, true);
	jsonout_object(&j);
	jsonout_kint(&j, "calls", (int64_t)t->calls.batch->n);
	jsonout_key(&j, "clauses");
	jsonout_array(&j);
	for (k = 0; k < n; k++) {
		buf_reset(&b);
		predicate_brief_part(t->match, k, BRIEF, &b);
		jsonout_object(&j);
		jsonout_kstring(&j, "clause", b.data);
		jsonout_kint(&j, "left", (int64_t)t->left[k]);
		jsonout_end_object(&j);
	}
	jsonout_end_array(&j);
	jsonout_kint(&j, "matched", (int64_t)t->nhits);
	jsonout_kint(&j, "groups", (int64_t)t->ngroups);
	jsonout_kstring_opt(&j, "largest", t->top);
	jsonout_kint(&j, "largest_calls", (int64_t)t->ntop);
	jsonout_end_object(&j);
	buf_addch(&t->r->out, '\n');
	buf_fini(&b);
}

static void
close_trial(struct trial *t)
{
	predicate_unbind(&t->bound);
	if (t->match != NULL)
		predicate_release(t->match);
	json_free(&t->doc);
	rules_calls_close(&t->calls);
	arena_fini(&t->arena);
	free(t->left);
	free(t->hits);
	free(t->groups);
	free(t->money);
}

int
command_try(struct rules_run *r)
{
	struct trial t = { .r = r };
	int status;

	status = read_match(&t);
	if (status == EXIT_DONE)
		status = check_past(&t);
	if (status == EXIT_DONE)
		status = read_by(&t);
	if (status == EXIT_DONE)
		status = rules_calls_open(&t.calls, r, r->args, r->nargs);
	if (status == EXIT_DONE)
		status = count(&t);
	if (status == EXIT_DONE && r->o->common.format[0] == 'j')
		put_json(&t);
	else if (status == EXIT_DONE)
		put_text(&t);
	close_trial(&t);
	return status;
}
