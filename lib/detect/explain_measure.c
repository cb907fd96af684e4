/* explain_measure: what the window held, and each limit. */
#include "detect/explain_impl.h"

#include <inttypes.h>

#include "tel/calltime.h"

const char *
explain_verdict(bool passed)
{
	return passed ? "pass" : "fail";
}

/* Money is micro-units in both, spans are ms. */
static void
add_units(struct buf *out, const struct measure *m, int64_t v)
{
	quantity_print(out, v, measure_is_span(m));
}

static void
add_measured(struct buf *out, const struct measure *m,
    const struct measure_value *v)
{
	buf_addstr(out, measure_fn_name(m->fn));
	if (m->of != NULL)
		buf_addf(out, " of %s", m->of->name);
	if (m->where != NULL) {
		buf_addstr(out, " where ");
		predicate_brief(m->where, 60, out);
	}
	if (v->den == 0) {
		buf_addstr(out, " has no value yet");
		return;
	}
	buf_addstr(out, " = ");
	add_units(out, m, measure_units(v));
}

/* A limit that the value itself must keep. */
struct bar {
	unsigned bit;
	const char *sign;
	int64_t limit;
};

static bool
keeps(const struct bar *bar, const struct measure_value *v)
{
	int c = v->den != 0 ? measure_compare(v, bar->limit) : 0;

	if (v->den == 0)
		return false;
	switch (bar->bit) {
	case COND_GTE:
		return c >= 0;
	case COND_GT:
		return c > 0;
	case COND_LTE:
		return c <= 0;
	default:
		return c < 0;
	}
}

/* "count = 0 without waived calls (8 with)" */
static void
add_with(const struct explaining *e)
{
	const struct detect_sight *s = &e->sight;
	const struct measure *m = &e->rule->measure;

	if (!s->beside_waived || s->with.den == 0 ||
	    (!s->waived && measure_units(&s->with) == measure_units(&s->value)))
		return;
	buf_addstr(e->out, " without waived calls (");
	add_units(e->out, m, measure_units(&s->with));
	buf_addstr(e->out, " with)");
}

/* "count = 2, needs >= 3", a line for each limit. */
static void
explain_limits(const struct explaining *e, const char *label,
    const struct measure *m, const struct condition *c,
    const struct measure_value *v)
{
	const struct bar bars[] = {
		{ COND_GTE, ">=", c->gte },
		{ COND_GT, ">", c->gt },
		{ COND_LTE, "<=", c->lte },
		{ COND_LT, "<", c->lt },
	};
	bool any = false;
	size_t k;

	for (k = 0; k < sizeof(bars) / sizeof(bars[0]); k++) {
		if ((c->set & bars[k].bit) == 0)
			continue;
		explained_begin(e->told, any ? "" : label,
		    explain_verdict(keeps(&bars[k], v)));
		add_measured(e->out, m, v);
		if (v == &e->sight.value)
			add_with(e);
		buf_addf(e->out, ", needs %s ", bars[k].sign);
		add_units(e->out, m, bars[k].limit);
		any = true;
	}
	if (any)
		return;
	explained_begin(e->told, label, "");
	add_measured(e->out, m, v);
	if (v == &e->sight.value)
		add_with(e);
}

/* The first call of all has no gap: there the records before it count. */
static void
explain_never(const struct explaining *e)
{
	if ((e->sight.when.set & COND_NEVER) == 0)
		return;
	explained_begin(e->told, "",
	    explain_verdict(e->sight.value.den == 0 && e->sight.fires));
	buf_addstr(e->out, "never before, in at least ");
	span_print(e->out, e->rule->measure.history);
	buf_addstr(e->out, " of records");
}

static void
explain_least(const struct explaining *e)
{
	const struct condition *c = &e->sight.when;
	const struct measure_instant *at = &e->sight.at;
	const struct {
		unsigned bit;
		const char *what;
		int64_t have, need;
		bool span;
	} least[] = {
		{ COND_MIN_CALLS, "calls", (int64_t)at->calls * RULE_UNIT,
		    c->min_calls * RULE_UNIT, false },
		{ COND_MIN_COST, "cost", at->cost, c->min_cost, false },
		{ COND_MIN_DURATION, "talk", at->duration * RULE_UNIT,
		    c->min_duration * RULE_UNIT, true },
	};
	size_t k;

	for (k = 0; k < sizeof(least) / sizeof(least[0]); k++) {
		if ((c->set & least[k].bit) == 0)
			continue;
		explained_begin(e->told, "",
		    explain_verdict(least[k].have >= least[k].need));
		buf_addf(e->out, "%s = ", least[k].what);
		quantity_print(e->out, least[k].have, least[k].span);
		buf_addstr(e->out, ", needs >= ");
		quantity_print(e->out, least[k].need, least[k].span);
	}
}

static void
explain_against(const struct explaining *e, const char *sign, int64_t limit)
{
	const struct measure *m = &e->rule->measure;
	const struct measure_value *v = &e->sight.value;
	bool passed = v->den != 0 && measure_compare(v, limit) >= 0;

	explained_begin(e->told, "", explain_verdict(passed));
	add_measured(e->out, m, v);
	buf_addstr(e->out, ", needs >= ");
	add_units(e->out, m, limit);
	buf_addf(e->out, ", %s", sign);
}

static void
explain_baseline(const struct explaining *e)
{
	const struct baseline_reading *r = &e->sight.baseline;
	const struct condition *c = &e->sight.when;
	const struct baseline *b = &e->rule->baseline;
	struct buf sign;

	if (!b->present)
		return;
	explained_begin(e->told, "baseline",
	    e->sight.has_baseline ? "" : "fail");
	if (!e->sight.has_baseline) {
		buf_addf(e->out,
		    "fewer than %" PRId32 " comparable buckets before it",
		    b->min_buckets);
		return;
	}
	buf_addf(e->out, "%s ", stat_name(b->stat));
	add_units(e->out, &e->rule->measure, r->plain);
	buf_addf(e->out, " of %zu comparable buckets", r->buckets);
	if (r->plain < r->value) {
		buf_addstr(e->out, ", taken as ");
		add_units(e->out, &e->rule->measure, r->value);
	}
	buf_init(&sign);
	if ((c->set & COND_TIMES) != 0) {
		quantity_print(&sign, c->times, false);
		buf_addstr(&sign, " times the baseline");
		explain_against(e, sign.data, baseline_times(r, c->times));
	}
	buf_reset(&sign);
	if ((c->set & COND_MADS) != 0) {
		quantity_print(&sign, c->mads, false);
		buf_addstr(&sign, " deviations above the median");
		explain_against(e, sign.data, baseline_mads(r, c->mads));
	}
	buf_fini(&sign);
}

/* "3 calls in 2h, talk 36s, cost 1.2" */
void
explain_window(const struct explaining *e)
{
	const struct measure *m = &e->rule->measure;
	const struct measure_instant *at = &e->sight.at;

	if (m->fn == MEASURE_NONE)
		return;
	explained_begin(e->told, "window", "");
	buf_addf(e->out, "%zu %s", at->calls,
	    rule_noun(rule_events(e->rule), (int64_t)at->calls));
	if (e->sight.beside_waived && e->sight.calls_with != at->calls)
		buf_addf(e->out, " (%zu with waived ones)",
		    e->sight.calls_with);
	if (m->window == WINDOW_OVER) {
		buf_addstr(e->out, " in ");
		span_print(e->out, m->over);
	} else if (m->window > WINDOW_OVER) {
		buf_addf(e->out, " in the %s from ",
		    measure_window_name(m->window));
		time_local(e->out, e->zone, e->sight.opens);
	}
	buf_addstr(e->out, ", talk ");
	span_clock(e->out, at->duration);
	if (at->cost != 0) {
		buf_addstr(e->out, ", cost ");
		quantity_print(e->out, at->cost, false);
	}
	if (!e->sight.at_close)
		return;
	explained_begin(e->told, "", "");
	buf_addstr(e->out, "judged when it ends, ");
	time_local(e->out, e->zone, e->sight.closes);
}

void
explain_measures(const struct explaining *e)
{
	const struct rule *r = e->rule;
	size_t k;

	if (r->measure.fn == MEASURE_NONE)
		return;
	explain_limits(e, "measure", &r->measure, &e->sight.when,
	    &e->sight.value);
	if (!e->sight.has_limits) {
		explained_begin(e->told, "", "fail");
		buf_addstr(e->out, "the field that is its limit is missing");
	}
	explain_never(e);
	explain_least(e);
	explain_baseline(e);
	for (k = 0; k < r->nalso; k++)
		explain_limits(e, "also", &r->also[k].measure, &r->also[k].cond,
		    &e->sight.also[k]);
	if (e->sight.fires && !e->sight.waived && e->sight.score != r->score) {
		explained_begin(e->told, "escalate", "pass");
		buf_addf(e->out, "score %d", e->sight.score);
	}
}
