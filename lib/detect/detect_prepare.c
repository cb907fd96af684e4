/* detect_prepare: what many rules ask, worked out before any of them. */
#include "detect/detect_impl.h"

void
detect_show_src_new(struct detect_batch *db)
{
	db->src_new = detect_src_new(db->calls);
	db->view = *db->calls;
	db->view.src_new = db->src_new;
	db->calls = &db->view;
}

/* What the rules ask of calls, answered once for all of them. */
static void
ask_together(struct detect_batch *db, const struct named *named,
    const struct rule *const *rules, size_t n, size_t threads)
{
	struct predicate_answers *a;
	const struct rule *r;
	size_t i, k;

	a = predicate_answers_new(db->calls, named, &db->locals);
	for (i = 0; i < n; i++) {
		r = rules[i];
		predicate_ask(a, r->match);
		if (r->measure.where != NULL)
			predicate_ask(a, r->measure.where);
		for (k = 0; k < r->nalso; k++)
			if (r->also[k].measure.where != NULL)
				predicate_ask(a, r->also[k].measure.where);
	}
	predicate_answer(a, threads);
	db->answers = a;
}

static void
find_rows(struct detect_batch *db, const struct rule *const *rules, size_t n)
{
	const struct rule *r;
	size_t i, k;

	for (i = 0; i < n; i++) {
		r = rules[i];
		detect_shared_row(db->shared, &r->measure);
		for (k = 0; k < r->nalso; k++)
			detect_shared_row(db->shared, &r->also[k].measure);
	}
	detect_shared_fill(db->shared, db->calls);
}

void
detect_prepare(struct detect_batch *db, const struct named *named,
    const struct rule *const *rules, size_t n, size_t threads)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (rule_asks_never(rules[i])) {
			detect_known_init(db);
			break;
		}
	for (i = 0; i < n; i++)
		if (rules[i]->baseline.present) {
			baseline_written_init(&db->written, db->calls);
			break;
		}
	for (i = 0; db->src_new == NULL && i < n; i++)
		if (rule_asks(rules[i], field_find("src_new"))) {
			detect_show_src_new(db);
			break;
		}
	ask_together(db, named, rules, n, threads);
	find_rows(db, rules, n);
}
