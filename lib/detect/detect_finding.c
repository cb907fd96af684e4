#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "detect/detect_finding_impl.h"
#include "tel/calltime.h"

static int
compare_index(const void *va, const void *vb)
{
	const uint32_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

void
detect_sort_calls(uint32_t *m, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++)
		if (m[i - 1] > m[i]) {
			qsort(m, n, sizeof(*m), compare_index);
			return;
		}
}

static void
describe_rule(const struct detect_work *w, struct finding *f)
{
	const struct rule *r = w->rule;
	struct arena *arena = &w->out->arena;
	const char **triage = arena_array(arena, r->triage.n, sizeof(*triage));
	size_t i;

	f->kind = rule_is_shadow(r) ? KIND_SHADOW : KIND_FINDING;
	f->rule = arena_strdup(arena, r->id);
	f->title = arena_strdup(arena, r->title);
	f->family = arena_strdup(arena, r->family);
	f->fraud_type = arena_strdup(arena, r->fraud_type);
	f->rule_hash = arena_printf(arena, "xxh128:%s", r->hash);
	f->rule_version = r->version;
	for (i = 0; i < r->triage.n; i++)
		triage[i] = arena_strdup(arena, r->triage.list[i]);
	f->triage = triage;
	f->ntriage = r->triage.n;
}

static void
describe_params(const struct detect_work *w, struct finding *f)
{
	const struct params *params = &w->rule->params;
	struct param_value *list =
	    arena_array(&w->out->arena, params->n, sizeof(*list));
	size_t i;

	for (i = 0; i < params->n; i++)
		list[i] = (struct param_value){
			.name =
			    arena_strdup(&w->out->arena, params->list[i].name),
			.value = params->list[i].value,
			.is_span = params->list[i].is_span,
		};
	f->params = list;
	f->nparams = params->n;
}

static void
describe_group(const struct detect_work *w, struct finding *f)
{
	const struct rule *r = w->rule;
	const uint32_t *key = w->groups.keys + w->group * r->nby;
	struct arena *arena = &w->out->arena;
	const char **values = arena_array(arena, r->nby, sizeof(*values));
	size_t i;

	for (i = 0; i < r->nby; i++)
		values[i] = arena_strdup(arena,
		    field_code_text(r->by[i], w->batch->calls, key[i]));
	f->group_values = values;
}

static void
describe_fields(const struct detect_work *w, struct finding *f)
{
	const struct rule *r = w->rule;
	struct arena *arena = &w->out->arena;
	const char **fields = arena_array(arena, r->nby, sizeof(*fields));
	size_t i;

	for (i = 0; i < r->nby; i++)
		fields[i] = arena_strdup(arena, r->by[i]->name);
	f->group_fields = fields;
	f->ngroup = r->nby;
}

const char *
detect_unit(const struct measure *m)
{
	switch (m->fn) {
	case MEASURE_RATIO:
	case MEASURE_MODE:
		return "share";
	case MEASURE_DISTINCT:
	case MEASURE_RUN:
		return "count";
	case MEASURE_GAP:
	case MEASURE_SILENCE:
		return "ms";
	case MEASURE_SUM:
	case MEASURE_AVG:
	case MEASURE_MAX:
	case MEASURE_MIN:
		if (m->of->type == FIELD_SPAN)
			return "ms";
		return m->of->type == FIELD_MONEY ? "money" : "count";
	default:
		return m->of != NULL ? "count" : "calls";
	}
}

static const char *
window_text(const struct measure *m, struct arena *arena)
{
	const char *text;
	struct buf b;

	if (m->window == WINDOW_NONE)
		return NULL;
	if (m->window != WINDOW_OVER)
		return arena_strdup(arena, measure_window_name(m->window));
	buf_init(&b);
	span_print(&b, m->over);
	text = arena_strdup(arena, b.data);
	buf_fini(&b);
	return text;
}

static void
describe_also(const struct detect_work *w, struct finding *f)
{
	const struct rule *r = w->rule;
	struct reading *list =
	    arena_array(&w->out->arena, r->nalso, sizeof(*list));
	const struct measure *m;
	const struct condition *c;
	struct reading *a;
	size_t i;

	for (i = 0; i < r->nalso; i++) {
		m = &r->also[i].measure;
		c = &r->also[i].cond;
		a = &list[i];
		a->measure = measure_fn_name(m->fn);
		a->of = m->of != NULL ? m->of->name : NULL;
		a->unit = detect_unit(m);
		a->value = measure_units(&w->episode.peak.also[i]);
		a->has_limit = true;
		if ((c->set & COND_GTE) != 0) {
			a->op = "gte";
			a->limit = c->gte;
		} else if ((c->set & COND_GT) != 0) {
			a->op = "gt";
			a->limit = c->gt;
		} else if ((c->set & COND_LTE) != 0) {
			a->op = "lte";
			a->limit = c->lte;
		} else {
			a->op = "lt";
			a->limit = c->lt;
		}
	}
	f->also = list;
	f->nalso = r->nalso;
}

static void
describe_measure(const struct detect_work *w, struct finding *f)
{
	const struct measure *m = &w->rule->measure;

	if (m->fn == MEASURE_NONE)
		return;
	f->measure = measure_fn_name(m->fn);
	f->of = m->of != NULL ? m->of->name : NULL;
	f->window = window_text(m, &w->out->arena);
	f->unit = detect_unit(m);
}

/* What all findings of the rule have, the texts of which they share. */
static const struct finding *
make_model(const struct detect_work *w)
{
	struct finding *f = arena_alloc(&w->out->arena, sizeof(*f));

	describe_rule(w, f);
	describe_params(w, f);
	describe_fields(w, f);
	describe_measure(w, f);
	return f;
}

static void
describe_peak(const struct detect_work *w, struct finding *f)
{
	const struct detect_peak *p = &w->episode.peak;

	if (w->rule->measure.fn == MEASURE_NONE)
		return;
	f->value = p->units;
	f->op = p->op;
	f->limit = p->limit;
	f->has_limit = p->op != NULL;
	f->baseline = p->baseline.value;
	f->has_baseline = p->has_baseline;
	describe_also(w, f);
}

const struct call_book *
detect_call_book(const struct detect_batch *db, struct arena *arena)
{
	/* That of the run: what rules look at may be a copy. */
	const struct batch *b = db->locals.batch;
	struct call_book *book = arena_alloc(arena, sizeof(*book));

	book->batch = b;
	book->talk = db->talk;
	book->sources = arena_memdup(arena, db->source_hashes,
	    b->nsources * sizeof(*db->source_hashes));
	return book;
}

static int
compare_refs(const void *a, const void *b)
{
	return call_ref_compare(a, b);
}

/* Sources stand in the order of their names in the batch, of hashes here. */
static bool
in_order(const struct finding *f)
{
	struct call_ref before = { 0 }, ref;
	size_t i;

	for (i = 0; i < f->nmembers; i++, before = ref) {
		ref = finding_member(f, i);
		if (i > 0 && call_ref_compare(&before, &ref) > 0)
			return false;
	}
	return true;
}

static void
give_members(const struct detect_work *w, struct finding *f,
    const uint32_t *members, size_t n)
{
	struct arena *arena = &w->out->arena;
	struct call_ref *refs;

	f->book = w->book;
	f->places = arena_memdup(arena, members, n * sizeof(*members));
	f->nmembers = n;
	if (f->book->batch->nsources <= 1 || in_order(f))
		return;
	(void)finding_members(f, &refs);
	qsort(refs, n, sizeof(*refs), compare_refs);
	f->members = arena_memdup(arena, refs, n * sizeof(*refs));
	f->book = NULL;
	free(refs);
}

/*
 * first_seen, but the begin of talk for calls at once.  No other episode of
 * the group has a call that entered then.
 */
static int64_t
first_entered(const struct detect_work *w, const uint32_t *members, size_t n)
{
	const struct measure *m = &w->rule->measure;
	const struct call *calls = w->batch->calls->calls;
	int64_t least = measure_enters(m, &calls[members[0]]), t;
	size_t i;

	/* All others enter when they start, and the first starts first. */
	for (i = 1; m->fn == MEASURE_CONCURRENT && i < n; i++)
		if ((t = measure_enters(m, &calls[members[i]])) < least)
			least = t;
	return least;
}

const char *
detect_finding_id(const struct detect_work *w, const struct finding *f,
    int64_t begins)
{
	char hex[HASH_HEX];
	struct buf b;
	size_t i;

	buf_init(&b);
	buf_add(&b, f->rule, strlen(f->rule) + 1);
	for (i = 0; i < f->ngroup; i++)
		buf_add(&b, f->group_values[i], strlen(f->group_values[i]) + 1);
	buf_addf(&b, "%" PRId64, begins);
	hash_hex(b.data, b.len, hex);
	buf_fini(&b);
	return arena_printf(&w->out->arena, "f-%.10s", hex);
}

void
detect_finding(struct detect_work *w)
{
	struct arena *arena = &w->out->arena;
	const struct detect_episode *e = &w->episode;
	uint32_t *members = w->members + e->begin;
	size_t n = e->end - e->begin;
	const struct batch *b = w->batch->calls;
	struct finding *f = results_finding(w->out);
	const struct finding *const only = f;
	struct buf reason;

	if (w->model == NULL) {
		w->book = detect_call_book(w->batch, arena);
		w->model = make_model(w);
	}
	*f = *w->model;
	if (w->ignoring)
		f->kind = KIND_WAIVED;
	/* `concurrent` collects in the order of talk. */
	detect_sort_calls(members, n);
	detect_describe_waivers(w, f, members, n);
	describe_group(w, f);
	describe_peak(w, f);
	detect_entity(w->batch, w->rule, members[0], arena, f);
	f->score = e->score;
	f->first_seen = b->calls[members[0]].start;
	f->last_seen = b->calls[members[n - 1]].start;
	f->crossed_at = e->crossed_at;
	f->id = detect_finding_id(w, f, first_entered(w, members, n));
	detect_held_finding(w, f);
	give_members(w, f, members, n);
	tally_members(&f->calls, arena, &only, 1);
	detect_add_evidence(w, f, members, n);
	buf_init(&reason);
	detect_reason(w, f, &reason);
	f->reason = arena_strdup(arena, reason.data);
	buf_fini(&reason);
}
