/*
 * cdrreport calls: every call of a case or a finding, out of the store; or
 * those with an id of the switch.
 */
#include "calls.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/understand.h"
#include "store/store_calls.h"
#include "store/store_members.h"
#include "tool/readcalls.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000) /* legs of one call are closer */

/* What is asked for. */
struct asking {
	struct listing *l;
	const char *name;
	struct batch *batch;
	struct call_refs refs;
	bool by_id; /* nothing was found so: the switch's own id */
	bool over;  /* a case all of whose findings are closed */
	bool *wanted;
};

static int
fail(struct asking *a, const char *words)
{
	diag_error(&a->l->setup.diag, "%s", words);
	a->l->status = EXIT_NOT_DONE;
	return -1;
}

static bool
is_of_case(const struct select_any *names, const struct finding *f)
{
	return f->case_id != NULL && select_any_has(names, f->case_id);
}

/* It bears the name, or its case does; a case is what it is now. */
static bool
is_asked_for(const struct select_any *names, const struct finding *f)
{
	return select_any_has(names, f->id) ||
	       (is_of_case(names, f) && !state_is_closed(f->state));
}

/* The members of the findings that are asked for. */
static int
find_members(struct asking *a)
{
	struct results *rs = &a->l->results;
	const struct select_any names =
	    report_follow(&a->l->setup, rs, &a->l->operand, 1);
	const struct finding *f;
	struct errmsg err;
	size_t i, n = 0;
	int64_t known = 0;

	for (i = 0; i < rs->n; i++) {
		f = rs->findings[i];
		if (!is_asked_for(&names, f)) {
			a->over = a->over || is_of_case(&names, f);
			continue;
		}
		n++;
		known += f->calls.calls;
		if (store_members_load(a->l->store, f->id, &a->refs, &err) != 0)
			return fail(a, err.text);
	}
	call_refs_settle(&a->refs);
	a->by_id = n == 0;
	if (known > 0 && a->refs.n == 0)
		return fail(a, "its calls are not known yet: it was found "
			       "before the store had them; scan once more");
	return 0;
}

static int
load(struct asking *a)
{
	const struct call_refs *refs = &a->refs;
	int64_t from = INT64_MIN, to = INT64_MAX;
	struct understood u = { .legs = NULL };
	struct notes notes;
	struct errmsg err;
	int r;

	if (!a->by_id && refs->n == 0)
		return 0; /* silence has no calls */
	if (!a->by_id) {
		from = refs->list[0].start - DAY_MS;
		to = refs->list[refs->n - 1].start + DAY_MS + 1;
	}
	notes_init(&notes);
	r = store_calls_load(a->l->store, from, to, 0, a->batch, &err);
	if (r == 0 && a->l->o->raw)
		batch_sort(a->batch);
	else if (r == 0)
		r = readcalls_understand(&a->l->setup, a->l->store, a->batch,
		    &u, &notes, &err);
	understood_fini(&u);
	notes_fini(&notes);
	return r < 0 ? fail(a, err.text) : 0;
}

static bool
is_member(const struct asking *a, size_t i)
{
	const struct batch *b = a->batch;
	const char *source = batch_text(b, b->sources[b->calls[i].source].name);
	struct call_ref ref = { .start = b->calls[i].start,
		.key = b->origins[i].key,
		.source = hash64(source, strlen(source)) };
	size_t low = 0, high = a->refs.n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (call_ref_compare(&a->refs.list[mid], &ref) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < a->refs.n &&
	       call_ref_compare(&a->refs.list[low], &ref) == 0;
}

/* A record that may be a leg of the call that record `i` stands for. */
static bool
is_leg(const struct batch *b, size_t i, size_t k)
{
	return batch_join(b, k) != 0 && batch_join(b, k) == batch_join(b, i) &&
	       b->calls[k].source == b->calls[i].source;
}

/* As recorded, a call may be several records. */
static void
want_legs(struct asking *a, size_t i)
{
	const struct batch *b = a->batch;
	size_t k;

	for (k = i; k > 0 && b->calls[i].start - b->calls[k - 1].start < DAY_MS;
	     k--)
		if (is_leg(b, i, k - 1))
			a->wanted[k - 1] = true;
	for (k = i + 1;
	     k < b->n && b->calls[k].start - b->calls[i].start < DAY_MS; k++)
		if (is_leg(b, i, k))
			a->wanted[k] = true;
}

/* How many of the calls asked for are there. */
static size_t
choose(struct asking *a)
{
	const struct batch *b = a->batch;
	size_t i, n = 0;
	bool is;

	a->wanted = xcalloc(b->n + 1, sizeof(*a->wanted));
	for (i = 0; i < b->n; i++) {
		is = a->by_id ? strcmp(batch_text(b, b->origins[i].call_id),
				    a->name) == 0
			      : is_member(a, i);
		if (!is)
			continue;
		n++;
		a->wanted[i] = true;
		if (a->l->o->raw && batch_join(b, i) != 0)
			want_legs(a, i);
	}
	return n;
}

static void
print(struct asking *a)
{
	struct call_list list = { .l = a->l, .batch = a->batch };
	size_t i;

	list.calls = xcalloc(a->batch->n + 1, sizeof(*list.calls));
	for (i = 0; i < a->batch->n; i++)
		if (a->wanted[i])
			list.calls[list.n++] = i;
	if (calls_print(&list) != 0)
		a->l->status = EXIT_NOT_DONE;
	free(list.calls);
}

static void
list_calls(struct listing *l)
{
	struct asking a = { .l = l, .name = l->operand, .batch = batch_new() };
	size_t n;

	if (find_members(&a) == 0 && load(&a) == 0) {
		n = choose(&a);
		if (a.by_id && n == 0) {
			diag_error(&l->setup.diag,
			    a.over ? "case %s is over: none of its findings "
				     "is found any more"
				   : "no case, finding or call: '%s'",
			    a.name);
			l->status = EXIT_NOT_DONE;
		} else {
			if (!a.by_id && n < a.refs.n) {
				diag_error(&l->setup.diag,
				    "%zu of %zu calls are not in the store any "
				    "more",
				    a.refs.n - n, a.refs.n);
				l->status = EXIT_INCOMPLETE;
			}
			print(&a);
		}
	}
	free(a.wanted);
	call_refs_fini(&a.refs);
	batch_free(&a.batch);
}

int
report_calls(const struct report_options *o, const char *name, char **operands,
    int n)
{
	(void)n;
	return listing_run_of(name, operands[0], o, list_calls);
}
