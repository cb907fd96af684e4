#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_impl.h"

#define SEVEN_DAYS INT64_C(604800000)

static int64_t
talk_begin(const struct call *c)
{
	return c->duration > 0 ? c->start + c->ring : c->start;
}

int64_t
model_instant(const struct rule *r, const struct call *c)
{
	return r->measure.fn == MEASURE_CONCURRENT ? talk_begin(c) : c->start;
}

static bool
in_window(const struct model_group *g, const struct call *c, int64_t t)
{
	const struct measure *m = &g->r->measure;
	const struct zone *z = g->at.zone;

	if (m->fn == MEASURE_CONCURRENT)
		return c->duration > 0 ? talk_begin(c) <= t &&
					     t < talk_begin(c) + c->duration
				       : c->start == t;
	if (m->fn == MEASURE_SILENCE)
		return c->start == model_before(g, t);
	if (m->window == WINDOW_NONE)
		return c->start == t;
	if (m->window == WINDOW_OVER)
		return c->start > t - m->over && c->start <= t;
	return c->start <= t &&
	       model_label(m, z, c->start) == model_label(m, z, t);
}

static bool
can_fall(const struct measure *m, const struct condition *c)
{
	return m->fn == MEASURE_AVG || m->fn == MEASURE_RATIO ||
	       m->fn == MEASURE_MIN || m->fn == MEASURE_MODE ||
	       (c->set & (COND_LTE | COND_LT)) != 0;
}

/* Buckets that can still change their mind are judged when they close. */
static bool
may_judge(const struct model_group *g, int64_t t)
{
	const struct rule *r = g->r;
	const struct zone *z = g->at.zone;
	bool late = can_fall(&r->measure, &r->when);
	size_t i;

	for (i = 0; i < r->nalso; i++)
		late |= can_fall(&r->also[i].measure, &r->also[i].cond);
	for (i = 0; i < r->nescalate; i++)
		late |= can_fall(&r->measure, &r->escalate[i].cond);
	if (r->measure.window <= WINDOW_OVER || !late)
		return true;
	for (i = 0; i < g->n; i++)
		if (g->b->calls[g->calls[i]].start > t &&
		    model_label(&r->measure, z,
			g->b->calls[g->calls[i]].start) ==
			model_label(&r->measure, z, t))
			return false;
	return model_label(&r->measure, z, g->as_of) >
	       model_label(&r->measure, z, t);
}

static void
take_members(struct model_group *g, const struct model_window *w,
    struct model_finding *f)
{
	const struct call *c;
	size_t i, k;

	for (i = 0; i < w->n; i++) {
		for (k = 0; g->calls[k] != w->calls[i]; k++)
			;
		if (g->taken[k])
			continue;
		g->taken[k] = true;
		f->waived |= g->waived[w->calls[i]];
		c = &g->b->calls[w->calls[i]];
		if (f->calls == 0 || c->start < f->first_seen)
			f->first_seen = c->start;
		if (f->calls == 0 || c->start > f->last_seen)
			f->last_seen = c->start;
		f->calls++;
		f->duration += c->duration;
	}
}

static int64_t
crossing(const struct model_group *g, int64_t t)
{
	int64_t latest = INT64_MIN;
	const struct call *c;
	size_t i;

	for (i = 0; i < g->n; i++) {
		c = &g->b->calls[g->calls[i]];
		if (model_instant(g->r, c) == t && c->start > latest)
			latest = c->start;
	}
	return latest;
}

static void
fire(struct model_group *g, int64_t t, int64_t label, struct model_value v,
    const struct model_window *w, const struct model_window *at,
    const struct model_baseline *bl)
{
	const struct rule *r = g->r;
	bool silence = r->measure.fn == MEASURE_SILENCE;
	int64_t begin = silence ? model_before(g, t) : t;
	bool goes_on =
	    g->open && (r->measure.window > WINDOW_OVER
			       ? g->label == label
			       : begin - g->last_fired <= r->quiet &&
				     begin - g->first_fired < SEVEN_DAYS);
	bool never = v.den == 0;
	struct model_value shown = never ? model_on_record(g, at, t) : v;
	int64_t units = model_units(shown);
	struct condition when;
	struct model_finding *f;
	size_t i;

	(void)model_settle(g, &r->when, at, &when);
	for (i = 0; i < at->n; i++)
		g->fired[at->calls[i]] = true;

	if (!goes_on) {
		f = &g->out[(*g->nout)++];
		memset(f, 0, sizeof(*f));
		memcpy(f->group, g->name, sizeof(f->group));
		f->crossed_at =
		    silence ? model_crossing(g, &when, t) : crossing(g, t);
		g->first_fired = begin;
		g->label = label;
		g->open = true;
	}
	f = &g->out[*g->nout - 1];
	if (!goes_on || (units == f->value && w->n > g->peak_calls) ||
	    (model_downwards(&r->when) ? units < f->value : units > f->value)) {
		g->peak_calls = w->n;
		f->value = units;
		f->limit = never ? 0 : model_limit(&when, bl);
		f->has_baseline = bl != NULL;
		f->baseline = bl != NULL ? bl->value : 0;
	}
	if (r->score > f->score)
		f->score = r->score;
	for (i = 0; i < r->nescalate; i++)
		if (r->escalate[i].score > f->score &&
		    model_holds(g, &r->escalate[i].cond, v, w, at, bl))
			f->score = r->escalate[i].score;
	g->last_fired = t;
	take_members(g, w, f);
}

/* The last value of the bucket, clipped if it was flagged. */
static void
remember(struct model_group *g, int64_t label, struct model_value v,
    const struct model_window *at, const struct model_baseline *bl)
{
	struct model_history *h = g->history;
	bool flagged = g->open && g->label == label;
	struct condition when;
	int64_t units, limit = 0;

	if (flagged && model_settle(g, &g->r->when, at, &when))
		limit = model_limit(&when, bl);

	if (v.den == 0)
		return;
	units = model_units(v);
	if (flagged &&
	    (model_downwards(&g->r->when) ? units < limit : units > limit))
		units = limit;
	if (h->n > 0 && h->list[h->n - 1].label == label)
		h->n--;
	h->list[h->n++] = (struct model_past){ label, units };
}

/* What an episode that is over has told is in no sliding window any more. */
static void
let_go(struct model_group *g, int64_t t)
{
	if (g->r->measure.window != WINDOW_OVER || !g->open ||
	    (t - g->last_fired <= g->r->quiet &&
		t - g->first_fired < SEVEN_DAYS))
		return;
	g->open = false;
	memcpy(g->gone, g->taken, sizeof(g->gone));
}

static void
judge(struct model_group *g, int64_t t)
{
	const struct rule *r = g->r;
	const struct zone *z = g->at.zone;
	struct model_baseline read, *bl = NULL;
	struct model_window w = { .n = 0 }, at = { .n = 0 };
	struct model_value v;
	struct model_history before = *g->history;
	int64_t label = 0;
	bool ok;
	size_t i;

	let_go(g, t);
	for (i = 0; i < g->n; i++)
		if (!g->gone[i] && in_window(g, &g->b->calls[g->calls[i]], t))
			w.calls[w.n++] = g->calls[i];
	model_at(g, t, &at);
	v = r->measure.fn == MEASURE_GAP || r->measure.fn == MEASURE_SILENCE
		? model_elapsed(g, t)
		: model_value_of(g->b, &r->measure, &w);
	if (r->measure.window > WINDOW_OVER)
		label = model_label(&r->measure, z, t);
	while (before.n > 0 && before.list[before.n - 1].label >= label)
		before.n--;
	if (r->baseline.present && model_baseline_of(g, &before, label, &read))
		bl = &read;
	ok = may_judge(g, t) && model_holds(g, &r->when, v, &w, &at, bl);
	for (i = 0; i < r->nalso; i++)
		ok = ok && model_within(&r->also[i].cond,
			       model_value_of(g->b, &r->also[i].measure, &w));
	if (ok)
		fire(g, t, label, v, &w, &at, bl);
	if (r->baseline.present && !g->learnt)
		remember(g, label, v, &at, bl);
}

static int
compare_time(const void *va, const void *vb)
{
	const int64_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

/* An account is there from its first record on that is no fraud. */
static void
appear(struct model_group *g)
{
	const uint32_t own = g->b->calls[g->calls[0]].account;
	const struct field *account = field_find("account");
	size_t i, k;

	for (i = 0; i < g->r->nby && g->r->by[i] != account; i++)
		;
	if (i == g->r->nby)
		return;
	for (k = 0; k < g->b->n; k++)
		if (g->b->calls[k].account == own && !g->fraud[k])
			break;
	if (k < g->b->n)
		g->history->list[g->history->n++] =
		    (struct model_past){ model_label(&g->r->measure, g->at.zone,
					     g->b->calls[k].start),
			    0 };
}

static void
run_group(struct model_group *g)
{
	int64_t instants[MODEL_CALLS];
	size_t i;

	if (g->r->baseline.present && g->n > 0 && g->history->n == 0)
		appear(g);
	for (i = 0; i < g->n; i++)
		instants[i] = model_instant(g->r, &g->b->calls[g->calls[i]]);
	qsort(instants, g->n, sizeof(*instants), compare_time);
	for (i = 0; i < g->n; i++)
		if (i == 0 || instants[i] != instants[i - 1])
			judge(g, instants[i]);
	if (g->r->measure.fn == MEASURE_SILENCE && g->n > 0 &&
	    g->as_of > instants[g->n - 1])
		judge(g, g->as_of);
}

bool
model_name(const struct batch *b, const struct rule *r, size_t i, char *out,
    size_t size)
{
	struct buf text;
	size_t k;
	bool whole = true;

	buf_init(&text);
	for (k = 0; k < r->nby; k++) {
		if (field_code(r->by[k], b, i) == FIELD_MISSING)
			whole = false;
		field_print(r->by[k], b, i, &text);
		buf_addch(&text, '|');
	}
	(void)snprintf(out, size, "%s", text.data);
	buf_fini(&text);
	return whole;
}

/* Whether it is one of the calls that the rule is about. */
static bool
counts(const struct batch *b, const struct rule *r, size_t i,
    const bool *before, const bool *only)
{
	int64_t since = b->since_prev[i];

	if (!only[i] || !model_takes(b, r, i) ||
	    !model_follows(b, r, i, before))
		return false;
	return !predicate_asks(r->match, field_find("since_prev")) ||
	       (since >= 0 && since < 3600000);
}

/*
 * The calls of the group of call i, after what the trigger lets through;
 * false if it is none, or an earlier call has the same.
 */
static bool
gather(struct model_group *g, size_t i, const bool *before)
{
	const struct batch *b = g->b;
	char name[80];
	size_t k;

	if (!model_name(b, g->r, i, g->name, sizeof(g->name)) ||
	    !counts(b, g->r, i, before, g->only))
		return false;
	for (k = 0; k < b->n; k++) {
		if (!model_name(b, g->r, k, name, sizeof(name)) ||
		    strcmp(name, g->name) != 0 ||
		    !counts(b, g->r, k, before, g->only))
			continue;
		g->calls[g->n++] = k;
		if (strcmp(batch_text(b, b->sources[b->calls[k].source].name),
			batch_text(b, b->sources[g->source].name)) < 0)
			g->source = b->calls[k].source;
	}
	return g->calls[0] == i;
}

/* What those of the calls that `left` says make, after `first`. */
static void
run_some(const struct model_group *all, const bool *left, struct model_group *g)
{
	size_t i;

	*g = *all;
	g->n = 0;
	for (i = 0; i < all->n; i++)
		if (left[all->calls[i]])
			g->calls[g->n++] = all->calls[i];
	run_group(g);
}

/*
 * Without labelled fraud for the history, if there is any; with all calls; and
 * then without those that are waived.
 */
static void
run_waived(struct model_group *all)
{
	static struct model_finding unseen[MODEL_FINDINGS];
	bool ignored[MODEL_CALLS] = { false }, left[MODEL_CALLS];
	struct model_group g, one = *all;
	size_t first = *all->nout, real, n = 0, nfraud = 0, nwaived = 0, i;

	for (i = 0; i < all->n; i++) {
		nfraud += all->fraud[all->calls[i]];
		nwaived += all->waived[all->calls[i]];
	}
	one.fired = ignored;
	if (nfraud > 0) {
		one.out = unseen;
		one.nout = &n;
		for (i = 0; i < all->b->n; i++)
			left[i] = !all->fraud[i];
		run_some(&one, left, &g);
		one.out = all->out;
		one.nout = all->nout;
		one.learnt = all->learnt = true;
	}
	if (nwaived > 0) {
		run_group(&one);
		all->learnt = true;
	}
	real = *all->nout;
	for (i = 0; i < all->b->n; i++)
		left[i] = !all->waived[i];
	run_some(all, left, &g);
	*all->nout = model_keep_waived(all->out, first, real, *all->nout);
}

size_t
model_part(const struct batch *b, const struct rule *r, const bool *only,
    const bool *before, const struct model_world *world,
    struct model_finding *out, bool *fired)
{
	struct model_history history;
	struct batch view = *b;
	struct model_group g;
	bool waived[MODEL_CALLS] = { false };
	int64_t since[MODEL_CALLS];
	size_t i, n = 0;

	model_since(b, r, before, since);
	view.since_prev = since;
	model_waived(&view, world->named, r, &world->waivers, waived);
	for (i = 0; i < b->n; i++) {
		memset(&history, 0, sizeof(history));
		memset(&g, 0, sizeof(g));
		g = (struct model_group){ .b = &view,
			.r = r,
			.named = world->named,
			.as_of = world->as_of,
			.only = only,
			.fraud = world->fraud,
			.waived = waived,
			.history = &history,
			.out = out,
			.nout = &n,
			.fired = fired,
			.source = b->calls[i].source };
		if (!gather(&g, i, before))
			continue;
		model_settle_down(&g);
		run_waived(&g);
	}
	return n;
}

/* `fired` is where this rule did. */
static size_t
run_rule(const struct batch *b, const struct rule *r,
    const struct model_world *world, struct model_finding *out, bool *fired)
{
	static struct model_finding unseen[MODEL_FINDINGS];
	bool before[MODEL_CALLS] = { false }, all[MODEL_CALLS];

	memset(all, true, sizeof(all));
	if (r->follows.rule != NULL)
		(void)run_rule(b, r->follows.rule, world, unseen, before);
	return model_part(b, r, all, before, world, out, fired);
}

size_t
model_run(const struct batch *b, const struct rule *r,
    const struct model_world *world, struct model_finding *out)
{
	bool fired[MODEL_CALLS] = { false };
	uint8_t is_new[MODEL_CALLS];
	struct batch view = *b;
	size_t n;

	model_src_new(b, is_new);
	view.src_new = is_new;
	n = run_rule(&view, r, world, out, fired);
	model_sort(out, n);
	return n;
}

static int
compare_findings(const void *va, const void *vb)
{
	const struct model_finding *a = va, *b = vb;
	int c = strcmp(a->group, b->group);

	if (c != 0)
		return c;
	if (a->first_seen != b->first_seen)
		return a->first_seen > b->first_seen ? 1 : -1;
	/* two that tuning keeps apart */
	return memcmp(a, b, sizeof(*a));
}

void
model_sort(struct model_finding *list, size_t n)
{
	if (n > 1)
		qsort(list, n, sizeof(*list), compare_findings);
}

void
model_print(const struct model_finding *f)
{
	(void)printf("# %s first %" PRId64 " last %" PRId64 " crossed %" PRId64
		     " calls %" PRId64 " talk %" PRId64 " value %" PRId64
		     " limit %" PRId64 " baseline %" PRId64
		     " (%d) score %d%s\n",
	    f->group, f->first_seen, f->last_seen, f->crossed_at, f->calls,
	    f->duration, f->value, f->limit, f->baseline, f->has_baseline,
	    f->score, f->waived ? " waived" : "");
}
