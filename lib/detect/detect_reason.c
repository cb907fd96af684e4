#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "detect/detect_finding_impl.h"
#include "tel/calltime.h"

/* How much of a ratio's predicate is quoted: a line and a half. */
enum { WHERE_MAX = 100, ACTION_MAX = 80 };

/* Whether all members were answered (1), none was (-1), or some (0). */
static int
answered(const struct detect_work *w)
{
	const struct detect_episode *e = &w->episode;
	const struct batch *b = w->batch->calls;
	size_t i, yes = 0;

	for (i = e->begin; i < e->end; i++)
		yes += b->calls[w->members[i]].status == STATUS_ANSWERED;
	if (yes == e->end - e->begin)
		return 1;
	return yes == 0 ? -1 : 0;
}

/* The kinds of record in the episode, a bit each. */
static unsigned
kinds_of(const struct detect_work *w)
{
	const struct detect_episode *e = &w->episode;
	unsigned kinds = 0;
	size_t i;

	for (i = e->begin; i < e->end; i++)
		kinds |= 1U << batch_event(w->batch->calls, w->members[i]);
	return kinds != 0 ? kinds : 1U << EVENT_CALL;
}

void
detect_add_records(const struct detect_work *w, struct buf *out, int64_t n)
{
	buf_addf(out, "%" PRId64 " %s", n, rule_noun(kinds_of(w), n));
}

void
detect_add_calls(const struct detect_work *w, struct buf *out, int64_t n)
{
	unsigned kinds = kinds_of(w);
	int a = kinds == 1U << EVENT_CALL ? answered(w) : 0;

	buf_addf(out, "%" PRId64 " %s%s", n,
	    a > 0   ? "answered "
	    : a < 0 ? "unanswered "
		    : "",
	    rule_noun(kinds, n));
}

static const char *
like_buckets(const struct rule *r, size_t n)
{
	static const char *const names[][2] = {
		[WINDOW_HOUR] = { "hour", "hours" },
		[WINDOW_DAY] = { "day", "days" },
		[WINDOW_WEEK] = { "week", "weeks" },
	};

	return names[r->measure.window][n != 1];
}

/* One call is what it takes to be there at all. */
static bool
goes_without_saying(const struct finding *f)
{
	return strcmp(f->unit, "calls") == 0 &&
	       ((strcmp(f->op, "gte") == 0 && f->limit <= RULE_UNIT) ||
		   (strcmp(f->op, "gt") == 0 && f->limit < RULE_UNIT));
}

/* " (capacity)": the limit is what the calls say. */
static void
add_limit_field(const struct rule *r, const struct finding *f, struct buf *out)
{
	static const char *const ops[COND_LIMITS] = { "gte", "gt", "lte",
		"lt" };
	size_t i;

	for (i = 0; i < COND_LIMITS; i++)
		if (r->when.from[i] != NULL && strcmp(f->op, ops[i]) == 0)
			buf_addf(out, " (%s)", r->when.from[i]->name);
}

static void
add_limit(const struct detect_work *w, const struct finding *f, struct buf *out)
{
	static const char *const stats[] = { [STAT_MEDIAN] = "median",
		[STAT_MEAN] = "mean",
		[STAT_MAX] = "most",
		[STAT_P95] = "95th percentile" };
	const struct rule *r = w->rule;
	const struct baseline_reading *b = &w->episode.peak.baseline;

	if (f->has_baseline) {
		buf_addf(out, "; %s of %zu %s%s is ", stats[r->baseline.stat],
		    b->buckets,
		    r->baseline.season != SEASON_NONE ? "like " : "",
		    like_buckets(r, b->buckets));
		detect_add_value(out, f->unit, b->plain);
		if (b->plain < f->baseline) {
			buf_addstr(out, ", taken as ");
			detect_add_value(out, f->unit, f->baseline);
		}
	} else if (f->has_limit && !goes_without_saying(f)) {
		buf_addstr(out, "; limit ");
		if (r->measure.fn == MEASURE_GAP ||
		    r->measure.fn == MEASURE_SILENCE)
			detect_add_elapsed(out, f->limit);
		else
			detect_add_value(out, f->unit, f->limit);
		add_limit_field(r, f, out);
	}
}

static bool
asks_for_money(const struct rule *r)
{
	size_t i;

	for (i = 0; i < r->nescalate; i++)
		if ((r->escalate[i].cond.set & COND_MIN_COST) != 0)
			return true;
	return (r->when.set & COND_MIN_COST) != 0;
}

static int
compare_ids(const void *va, const void *vb)
{
	const uint32_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

/* How many numbers the episode's calls went to. */
static size_t
count_called(const struct detect_work *w)
{
	const struct detect_episode *e = &w->episode;
	const struct batch *b = w->batch->calls;
	size_t n = e->end - e->begin, i, different = 0;
	uint32_t *ids = xcalloc(n, sizeof(*ids));

	for (i = 0; i < n; i++)
		ids[i] =
		    b->parties[b->calls[w->members[e->begin + i]].dst].text;
	qsort(ids, n, sizeof(*ids), compare_ids);
	for (i = 0; i < n; i++)
		different += ids[i] != 0 && (i == 0 || ids[i] != ids[i - 1]);
	free(ids);
	return different;
}

/* What the first of the events was, in the words of the log. */
static void
add_action(const struct batch *b, uint32_t first, struct buf *out)
{
	const uint32_t action = b->origins[first].service;
	const char *text = batch_text(b, action);
	size_t len = intern_len(b->names, action), n = 0, step;

	if (batch_event(b, first) == EVENT_CALL || len == 0)
		return;
	while (n < len && n < ACTION_MAX) {
		step = utf8_char(text + n, len - n);
		n += step > 0 ? step : 1;
	}
	buf_addstr(out, ": ");
	utf8_printable(out, text, n);
	buf_addstr(out, n < len ? " ..." : "");
}

/* ", on list known-bad: +53755501 (example, 2026-01-01)": who says so. */
static void
add_entry(const struct detect_work *w, struct buf *out)
{
	const struct named_list *list = NULL;
	const struct numlist_entry *e = predicate_listed(w->groups.match,
	    w->batch->calls, w->members[w->episode.begin], &list);
	bool dated = e != NULL && e->added != INT64_MIN;

	if (e == NULL)
		return;
	buf_addf(out, ", on list %s: %s", list->name, e->value);
	if (e->source[0] == '\0' && !dated)
		return;
	buf_addf(out, " (%s%s", e->source,
	    e->source[0] != '\0' && dated ? ", " : "");
	if (dated)
		date_print(out, e->added);
	buf_addch(out, ')');
}

/* No measure: how many calls, and where they went. */
static void
tell_matches(const struct detect_work *w, const struct finding *f,
    struct buf *out)
{
	const struct batch *b = w->batch->calls;
	uint32_t first = w->members[w->episode.begin];
	uint32_t dst = b->parties[b->calls[first].dst].text;
	bool by_dst = false;
	size_t i, others;

	detect_add_calls(w, out, f->calls.calls);
	detect_add_group(out, f);
	for (i = 0; i < f->ngroup; i++)
		by_dst |= strcmp(f->group_fields[i], "dst") == 0;
	if (dst != 0 && !by_dst) {
		buf_addf(out, " to %s", batch_text(b, dst));
		others = count_called(w) - 1;
		if (others > 0)
			buf_addf(out, " and %zu other%s", others,
			    others == 1 ? "" : "s");
	}
	add_entry(w, out);
	add_action(b, first, out);
}

/* Sum, average, greatest and least of a field. */
static void
tell_amount(const struct detect_work *w, const struct finding *f,
    struct buf *out)
{
	const struct measure *m = &w->rule->measure;

	detect_add_amount_noun(out, m->fn, m->of);
	buf_addch(out, ' ');
	if (m->of->type == FIELD_MONEY)
		detect_add_money(out, &f->calls, f->value);
	else
		detect_add_value(out, f->unit, f->value);
	buf_addf(out, " over ");
	detect_add_calls(w, out, (int64_t)w->episode.peak.calls);
	detect_add_group(out, f);
	detect_add_window(out, m);
}

/* Of which calls the share is. */
static void
add_where(struct buf *out, const struct measure *m)
{
	size_t before = out->len;

	buf_addstr(out, " with ");
	predicate_brief(m->where, WHERE_MAX, out);
	if (out->len == before + strlen(" with "))
		buf_cut(out, before); /* the share of all calls */
}

static void
tell_ratio(const struct detect_work *w, const struct finding *f,
    struct buf *out)
{
	const struct measure *m = &w->rule->measure;
	const struct measure_value *v = &w->episode.peak.value;

	buf_addf(out, "%" PRId64 " of ", v->num);
	detect_add_records(w, out, v->den);
	detect_add_group(out, f);
	detect_add_window(out, m);
	buf_addstr(out, " (");
	detect_add_value(out, f->unit, f->value);
	buf_addstr(out, ")");
	add_where(out, m);
}

static void
tell_count(const struct detect_work *w, const struct finding *f,
    struct buf *out)
{
	detect_add_calls(w, out, w->episode.peak.value.num);
	detect_add_group(out, f);
	if (asks_for_money(w->rule) && f->calls.nmoney > 0) {
		buf_addstr(out, ", ");
		detect_add_money(out, &f->calls, tally_exposure(&f->calls));
	}
	if (!f->has_baseline) /* or "like days" says it */
		detect_add_window(out, &w->rule->measure);
}

static void
tell_measure(const struct detect_work *w, const struct finding *f,
    struct buf *out)
{
	const struct measure *m = &w->rule->measure;
	const struct detect_peak *p = &w->episode.peak;

	switch (m->fn) {
	case MEASURE_RATIO:
		tell_ratio(w, f, out);
		break;
	case MEASURE_RUN:
		detect_tell_run(w, f, out);
		break;
	case MEASURE_MODE:
		detect_tell_mode(w, f, out);
		break;
	case MEASURE_GAP:
		detect_tell_gap(w, f, out);
		break;
	case MEASURE_SILENCE:
		detect_tell_silence(w, f, out);
		break;
	case MEASURE_DISTINCT:
		buf_addf(out, "%" PRId64 " ", p->value.num);
		detect_add_noun(out, f->of, p->value.num);
		detect_add_group(out, f);
		detect_add_window(out, m);
		break;
	case MEASURE_CONCURRENT:
		if (f->of != NULL) {
			buf_addf(out, "%" PRId64 " ", p->value.num);
			detect_add_noun(out, f->of, p->value.num);
		} else {
			detect_add_records(w, out, p->value.num);
		}
		buf_addstr(out, " at once");
		detect_add_group(out, f);
		break;
	case MEASURE_COUNT:
		tell_count(w, f, out);
		break;
	default:
		tell_amount(w, f, out);
	}
}

static void
add_also(const struct detect_work *w, struct buf *out, const struct measure *m,
    const struct reading *a)
{
	switch (m->fn) {
	case MEASURE_RATIO:
		detect_add_value(out, a->unit, a->value);
		add_where(out, m);
		break;
	case MEASURE_MODE:
		detect_add_value(out, a->unit, a->value);
		buf_addf(out, " with one %s", a->of);
		break;
	case MEASURE_RUN:
		detect_add_value(out, a->unit, a->value);
		buf_addstr(out, " adjacent ");
		detect_add_noun(out, a->of, a->value / RULE_UNIT);
		break;
	case MEASURE_DISTINCT:
		detect_add_value(out, a->unit, a->value);
		buf_addch(out, ' ');
		detect_add_noun(out, a->of, a->value / RULE_UNIT);
		break;
	case MEASURE_COUNT:
		detect_add_records(w, out, a->value / RULE_UNIT);
		break;
	default:
		detect_add_amount_noun(out, m->fn, m->of);
		buf_addch(out, ' ');
		detect_add_value(out, a->unit, a->value);
	}
}

static void
tell_also(const struct detect_work *w, const struct finding *f, struct buf *out)
{
	size_t i;

	for (i = 0; i < f->nalso; i++) {
		buf_addstr(out, i == 0 ? "; also " : ", ");
		add_also(w, out, &w->rule->also[i].measure, &f->also[i]);
	}
}

void
detect_reason(const struct detect_work *w, const struct finding *f,
    struct buf *out)
{
	if (f->measure == NULL) {
		tell_matches(w, f, out);
	} else {
		tell_measure(w, f, out);
		add_limit(w, f, out);
		tell_also(w, f, out);
	}
	if (w->trail != NULL)
		detect_tell_trigger(w, out);
}
