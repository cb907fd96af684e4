#include <inttypes.h>
#include <string.h>

#include "detect/detect_impl.h"
#include "tel/calltime.h"
#include "tel/money.h"

/* How people call the different values of a field. */
static const struct {
	const char *field, *one, *many;
} nouns[] = {
	{ "account", "account", "accounts" },
	{ "user", "user", "users" },
	{ "src", "calling number", "calling numbers" },
	{ "dst", "called number", "called numbers" },
	{ "dialled", "dialled number", "dialled numbers" },
	{ "src_country", "country called from", "countries called from" },
	{ "dst_country", "country called", "countries called" },
	{ "src_block", "calling block", "calling blocks" },
	{ "dst_block", "called block", "called blocks" },
	{ "src_name", "caller name", "caller names" },
	{ "trunk_in", "incoming trunk", "incoming trunks" },
	{ "trunk_out", "outgoing trunk", "outgoing trunks" },
	{ "source", "source", "sources" },
	{ "site", "site", "sites" },
};

/* How a part of the group is told beside the entity. */
static const struct {
	const char *field, *before;
} parts[] = {
	{ "account", "of account " },
	{ "user", "for user " },
	{ "src", "from " },
	{ "dst", "to " },
	{ "dialled", "to " },
	{ "src_country", "from " },
	{ "dst_country", "to " },
	{ "src_block", "from block " },
	{ "dst_block", "to block " },
	{ "dst_type", "to numbers of kind " },
	{ "forwarded_by", "forwarded by " },
	{ "trunk_in", "in on " },
	{ "trunk_out", "out on " },
	{ "source", "at " },
	{ "site", "at " },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
add_decimal(struct buf *out, int64_t v, int64_t unit)
{
	int64_t tenths = (v < 0 ? -v : v) / (unit / 10);
	int64_t rest = (v < 0 ? -v : v) % (unit / 10);

	tenths += rest >= unit / 20 && rest > 0;
	buf_addf(out, "%s%" PRId64, v < 0 ? "-" : "", tenths / 10);
	if (tenths % 10 != 0)
		buf_addf(out, ".%" PRId64, tenths % 10);
}

/* A value in RULE_UNIT. */
static void
add_value(struct buf *out, const char *unit, int64_t v)
{
	if (strcmp(unit, "share") == 0) {
		add_decimal(out, v, RULE_UNIT / 100);
		buf_addstr(out, " %");
	} else if (strcmp(unit, "ms") == 0) {
		span_clock(out, v / RULE_UNIT);
	} else if (strcmp(unit, "money") == 0) {
		money_print(out, v);
	} else {
		add_decimal(out, v, RULE_UNIT);
	}
}

static void
add_money(struct buf *out, const struct tally *t, int64_t v)
{
	size_t i, most = 0;

	for (i = 1; i < t->nmoney; i++)
		if (t->money[i].micro > t->money[most].micro)
			most = i;
	if (t->nmoney > 0 && t->money[most].currency[0] != '\0')
		buf_addf(out, "%s ", t->money[most].currency);
	money_print(out, v);
}

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

static void
add_calls(const struct detect_work *w, struct buf *out, int64_t n)
{
	int a = answered(w);

	buf_addf(out, "%" PRId64 " %scall%s", n,
	    a > 0   ? "answered "
	    : a < 0 ? "unanswered "
		    : "",
	    n == 1 ? "" : "s");
}

static void
add_noun(struct buf *out, const char *field, int64_t n)
{
	size_t i;

	for (i = 0; i < COUNT(nouns); i++)
		if (strcmp(nouns[i].field, field) == 0)
			break;
	if (i < COUNT(nouns))
		buf_addstr(out, n == 1 ? nouns[i].one : nouns[i].many);
	else
		buf_addf(out, "value%s of %s", n == 1 ? "" : "s", field);
}

/* What of the group is not said by the entity. */
static void
add_group(const struct finding *f, struct buf *out)
{
	size_t i, k;

	for (i = 0; i < f->ngroup; i++) {
		if (strcmp(f->group_values[i], f->entity) == 0)
			continue;
		for (k = 0; k < COUNT(parts); k++)
			if (strcmp(parts[k].field, f->group_fields[i]) == 0)
				break;
		if (k < COUNT(parts))
			buf_addf(out, " %s", parts[k].before);
		else
			buf_addf(out, " with %s ", f->group_fields[i]);
		buf_addstr(out, f->group_values[i]);
	}
}

static void
add_window(const struct measure *m, struct buf *out)
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = { { 86400000, "d" }, { 3600000, "h" }, { 60000, "min" },
		{ 1000, "s" }, { 1, "ms" } };
	size_t i = 0;

	if (m->window > WINDOW_OVER)
		buf_addf(out, " in one %s", measure_window_name(m->window));
	if (m->window != WINDOW_OVER)
		return;
	while (m->over % units[i].ms != 0)
		i++;
	buf_addf(out, " in %" PRId64 " %s", m->over / units[i].ms,
	    units[i].name);
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
		add_value(out, f->unit, f->baseline);
	} else if (f->has_limit &&
		   !(strcmp(f->unit, "calls") == 0 && f->limit <= RULE_UNIT &&
		       f->op[0] == 'g')) {
		buf_addstr(out, "; limit ");
		add_value(out, f->unit, f->limit);
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

/* No measure: how many calls, and where they went. */
static void
tell_matches(const struct detect_work *w, const struct finding *f,
    struct buf *out)
{
	const struct detect_episode *e = &w->episode;
	const struct batch *b = w->batch->calls;
	uint32_t dst = b->parties[b->calls[w->members[e->begin]].dst].text;
	size_t i;
	bool same = true, by_dst = false;

	add_calls(w, out, f->calls.calls);
	add_group(f, out);
	for (i = 0; i < f->ngroup; i++)
		by_dst |= strcmp(f->group_fields[i], "dst") == 0;
	for (i = e->begin; i < e->end && same; i++)
		same = b->parties[b->calls[w->members[i]].dst].text == dst;
	if (dst == 0 || by_dst)
		return;
	buf_addf(out, same ? " to %s" : " to %s and others",
	    batch_text(b, dst));
}

/* Sum, average, greatest and least of a field. */
static void
tell_amount(const struct detect_work *w, const struct finding *f,
    struct buf *out)
{
	const struct measure *m = &w->rule->measure;
	static const char *const words[] = { [MEASURE_SUM] = "total",
		[MEASURE_AVG] = "average",
		[MEASURE_MAX] = "greatest",
		[MEASURE_MIN] = "least" };

	buf_addf(out, "%s %s ", words[m->fn], m->of->name);
	if (m->of->type == FIELD_MONEY)
		add_money(out, &f->calls, f->value);
	else
		add_value(out, f->unit, f->value);
	buf_addf(out, " over ");
	add_calls(w, out, (int64_t)w->episode.peak.calls);
	add_group(f, out);
	add_window(m, out);
}

static void
tell_measure(const struct detect_work *w, const struct finding *f,
    struct buf *out)
{
	const struct measure *m = &w->rule->measure;
	const struct detect_peak *p = &w->episode.peak;

	switch (m->fn) {
	case MEASURE_RATIO:
		buf_addf(out, "%" PRId64 " of ", p->value.num);
		add_calls(w, out, p->value.den);
		add_group(f, out);
		add_window(m, out);
		buf_addstr(out, " (");
		add_value(out, f->unit, f->value);
		buf_addstr(out, ")");
		break;
	case MEASURE_DISTINCT:
		buf_addf(out, "%" PRId64 " ", p->value.num);
		add_noun(out, f->of, p->value.num);
		add_group(f, out);
		add_window(m, out);
		break;
	case MEASURE_CONCURRENT:
		buf_addf(out, "%" PRId64 " ", p->value.num);
		if (f->of != NULL)
			add_noun(out, f->of, p->value.num);
		else
			buf_addstr(out, p->value.num == 1 ? "call" : "calls");
		buf_addstr(out, " at once");
		add_group(f, out);
		break;
	case MEASURE_COUNT:
		add_calls(w, out, p->value.num);
		add_group(f, out);
		if (asks_for_money(w->rule) && f->calls.nmoney > 0) {
			buf_addstr(out, ", ");
			add_money(out, &f->calls, tally_exposure(&f->calls));
		}
		if (!f->has_baseline)
			add_window(m, out);
		break;
	default:
		tell_amount(w, f, out);
	}
}

static void
tell_also(const struct finding *f, struct buf *out)
{
	const struct reading *a;
	size_t i;

	for (i = 0; i < f->nalso; i++) {
		a = &f->also[i];
		buf_addstr(out, i == 0 ? "; also " : ", ");
		if (a->of != NULL && strcmp(a->measure, "distinct") != 0)
			buf_addf(out, "%s %s ", a->measure, a->of);
		else if (strcmp(a->unit, "share") == 0)
			buf_addstr(out, "a share of ");
		add_value(out, a->unit, a->value);
		if (strcmp(a->measure, "distinct") == 0) {
			buf_addch(out, ' ');
			add_noun(out, a->of, a->value / RULE_UNIT);
		} else if (strcmp(a->unit, "calls") == 0) {
			buf_addstr(out, " calls");
		}
	}
}

void
detect_reason(const struct detect_work *w, const struct finding *f,
    struct buf *out)
{
	if (f->measure == NULL) {
		tell_matches(w, f, out);
		return;
	}
	tell_measure(w, f, out);
	add_limit(w, f, out);
	tell_also(f, out);
}
