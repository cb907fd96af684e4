/* detect_prepare: what many rules ask, worked out before any of them. */
#include <assert.h>
#include <stdlib.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "detect/detect_impl.h"

enum { WORD = 64 };

static void
show(struct detect_batch *db)
{
	db->view = *db->calls;
	db->view.src_new = db->src_new;
	db->calls = &db->view;
}

void
detect_show_src_new(struct detect_batch *db)
{
	struct detect_look all = { .first = INT64_MIN, .begins = INT64_MIN };

	db->src_new = detect_src_new(db, &all, NULL);
	show(db);
}

/* What the rules ask of calls, answered once for all of them. */
static void
ask_together(struct detect_batch *db, const struct named *named,
    const struct rule *const *rules, const size_t *froms, size_t n,
    size_t threads)
{
	struct predicate_answers *a;
	const struct rule *r;
	size_t i, k;

	a = predicate_answers_new(db->calls, named, &db->locals);
	for (i = 0; i < n; i++) {
		r = rules[i];
		predicate_ask(a, r->match, froms[i]);
		if (r->measure.where != NULL)
			predicate_ask(a, r->measure.where, froms[i]);
		for (k = 0; k < r->nalso; k++)
			if (r->also[k].measure.where != NULL)
				predicate_ask(a, r->also[k].measure.where,
				    froms[i]);
	}
	predicate_answer(a, threads);
	db->answers = a;
}

/* What is worked out of all calls, each for itself. */
struct preparing {
	struct detect_batch *db;
	const struct rule *const *rules;
	const size_t *froms; /* by rule */
	size_t n;
	struct detect_looks *looks;
	uint64_t *callers_of; /* calls whose callers matter; NULL: all */
};

static void
find_known(const struct preparing *p)
{
	if (p->looks->known.until != INT64_MAX)
		detect_known_init(p->db, p->rules, p->n, &p->looks->known);
}

/* How many calls a source wrote has been counted with its records. */
static void
find_usual(struct detect_batch *db)
{
	const struct batch *b = db->calls;
	size_t *written = xcalloc(b->nsources + 1, sizeof(*written)), i;

	assert(db->facts == NULL); /* else feeds tell of more than these */
	for (i = 0; i < b->nsources; i++)
		written[i] = (size_t)db->feeds[i].calls;
	baseline_written_init(&db->written, b, written);
	free(written);
}

static void
find_written(const struct preparing *p)
{
	bool buckets = false, usual = false;
	size_t i;

	for (i = 0; i < p->n; i++) {
		buckets |= p->rules[i]->measure.window > WINDOW_OVER;
		usual |= p->rules[i]->baseline.present;
	}
	if (buckets && p->db->facts != NULL)
		detect_batch_written(p->db);
	else if (usual)
		find_usual(p->db);
}

/* Whether a caller who is not new is anything else than one of no account. */
static bool
old_callers_matter(const struct preparing *p)
{
	const struct field *f = field_find("src_new");
	size_t i;

	for (i = 0; i < p->n; i++)
		if (rule_asks(p->rules[i], f) &&
		    (detect_tuned_apart(p->rules[i]) ||
			rule_tells(p->rules[i], f, FIELD_FALSE, FIELD_MISSING)))
			return true;
	return false;
}

/*
 * Nobody is new as long as no source has been there for so long that somebody
 * could be; rules that ask for no more find that out of missing values, too.
 */
static bool
any_may_be_new(const struct preparing *p)
{
	const struct batch *b = p->db->calls;
	const struct detect_look *look = &p->looks->callers;

	if (p->looks->seen || look->keep != NULL || look->was != NULL ||
	    look->begins != INT64_MIN || b->n == 0)
		return true;
	return b->calls[b->n - 1].start - b->calls[0].start >= FIELD_NEW_MS ||
	       old_callers_matter(p);
}

static bool
needs_src_new(const struct preparing *p)
{
	return p->db->src_new == NULL && p->looks->callers.until != INT64_MAX &&
	       any_may_be_new(p);
}

/* It looks at these calls alone; as it is tuned it may ask for others. */
static bool
asks_callers_of(const struct preparing *p, const struct named *named,
    const struct predicate_answers *a, const struct rule *r, uint64_t *bits)
{
	const struct batch *b = p->db->calls;
	struct errmsg unused;

	return !detect_tuned_apart(r) && predicate_select_early(a, r->match, b,
					     named, bits, &unused) == 0;
}

/*
 * The calls of which a rule that asks whether their callers are new may know
 * it.  Who looks on may ask it of any.
 */
static uint64_t *
find_callers_of(const struct preparing *p, const struct named *named,
    size_t threads)
{
	const struct batch *b = p->db->calls;
	const size_t words = b->n / WORD + 1;
	const struct field *f = field_find("src_new");
	struct predicate_answers *a =
	    predicate_answers_new(b, named, &p->db->locals);
	uint64_t *all = xcalloc(words, sizeof(*all));
	uint64_t *bits = xmalloc(words * sizeof(*bits));
	bool known = !p->looks->seen;
	size_t i, word;

	for (i = 0; i < p->n; i++)
		if (rule_asks(p->rules[i], f))
			predicate_ask(a, p->rules[i]->match, p->froms[i]);
	predicate_answer(a, threads);
	for (i = 0; i < p->n && known; i++) {
		if (!rule_asks(p->rules[i], f))
			continue;
		known = asks_callers_of(p, named, a, p->rules[i], bits);
		for (word = 0; word < words && known; word++)
			all[word] |= bits[word];
	}
	predicate_answers_free(&a);
	xfree_large(bits);
	if (!known) {
		xfree_large(all);
		all = NULL;
	}
	return all;
}

static void
find_src_new(const struct preparing *p)
{
	if (needs_src_new(p))
		p->db->src_new =
		    detect_src_new(p->db, &p->looks->callers, p->callers_of);
}

static void
find_rows(const struct preparing *p)
{
	const struct rule *r;
	size_t i, k;

	for (i = 0; i < p->n; i++) {
		r = p->rules[i];
		detect_shared_row(p->db->shared, &r->measure);
		for (k = 0; k < r->nalso; k++)
			detect_shared_row(p->db->shared, &r->also[k].measure);
	}
	detect_shared_fill(p->db->shared, p->db->calls, &p->db->talk);
}

/* The longest first. */
static void (*const found[])(const struct preparing *p) = { find_src_new,
	find_rows, find_known, find_written };

static void
find(void *arg, size_t i)
{
	found[i](arg);
}

void
detect_prepare(struct detect_batch *db, const struct named *named,
    const struct rule *const *rules, const size_t *froms, size_t n,
    struct detect_looks *looks, size_t threads)
{
	struct preparing p = { db, rules, froms, n, looks, NULL };

	if (needs_src_new(&p))
		p.callers_of = find_callers_of(&p, named, threads);
	pool_run(threads, sizeof(found) / sizeof(found[0]), find, &p);
	if (db->src_new != NULL && db->calls != &db->view)
		show(db);
	xfree_large(p.callers_of);
	ask_together(db, named, rules, froms, n, threads);
}
