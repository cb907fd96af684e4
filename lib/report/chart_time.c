/* Pictures over time: days beside the days before, and the case itself. */
#include <string.h>

#include "report/chart_impl.h"
#include "tel/calltime.h"

static const double left = 38, right = 396;

enum { ROWS = 8, HISTOGRAM = 36, ROW = 18 };

static int64_t
most_calls(const struct casedata *d)
{
	int64_t most = 1;
	size_t i;

	for (i = 0; i < d->ndays; i++)
		if (d->days[i].calls > most)
			most = d->days[i].calls;
	return most;
}

static void
put_day_name(struct buf *b, double x, const char *anchor, int64_t day)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct buf text;
	int32_t year;
	int8_t month, mday;

	buf_init(&text);
	zone_date(day, &year, &month, &mday);
	buf_addf(&text, "%d %s", mday, months[month - 1]);
	chart_words(b, x, 104, anchor, text.data);
	buf_fini(&text);
}

static void
put_day(struct buf *b, const struct casedata *d, size_t i, double wide,
    int64_t most)
{
	const struct casedata_day *day = &d->days[i];
	double high = (double)day->calls / (double)most * 80;
	struct buf tip;

	if (day->calls == 0)
		return;
	buf_init(&tip);
	date_print(&tip, day->day);
	buf_addstr(&tip, ": ");
	words_count(&tip, day->calls, "call", "calls");
	chart_box(b, left + (double)i * wide, 90 - high, wide - 1, high,
	    day->in_case ? "case" : "before", tip.data);
	buf_fini(&tip);
}

/* A colour and what it stands for. */
static void
put_key(struct buf *b, double x, double y, const char *class, const char *what)
{
	bool line = strcmp(class, "usual") == 0;

	chart_box(b, x, line ? y - 4 : y - 7, 8, line ? 1 : 8, class, NULL);
	chart_words(b, x + 12, y, "start", what);
}

static void
put_usual(struct buf *b, const struct casedata *d, int64_t most)
{
	struct buf text;

	if (d->usual < 0)
		return;
	buf_init(&text);
	chart_box(b, left, 90 - (double)d->usual / (double)most * 80,
	    right - left, 1, "usual", NULL);
	buf_addf(&text, "usual: %lld a day", (long long)d->usual);
	put_key(b, 246, 104, "usual", text.data);
	buf_fini(&text);
}

void
chart_days(struct buf *b, const struct casedata *d)
{
	double wide = (right - left) / (double)d->ndays;
	int64_t most = most_calls(d);
	struct buf text;
	size_t i;

	buf_init(&text);
	chart_begin(b, 110, "Calls on each day, and the days before the case");
	buf_addf(&text, "%lld", (long long)most);
	chart_words(b, left - 5, 16, "end", text.data);
	chart_words(b, left - 5, 91, "end", "0");
	chart_box(b, left, 90, right - left, 1, "axis", NULL);
	for (i = 0; i < d->ndays; i++)
		put_day(b, d, i, wide, most);
	put_usual(b, d, most);
	put_day_name(b, left, "start", d->days[0].day);
	put_key(b, 88, 104, "before", "before");
	put_key(b, 138, 104, "case", "days of the case");
	if (d->ndays > 1)
		put_day_name(b, right, "end", d->days[d->ndays - 1].day);
	chart_end(b);
	buf_fini(&text);
}

/* Both ends of the scale, beside it. */
static void
put_scale(struct buf *b, double base, uint32_t most)
{
	struct buf text;

	buf_init(&text);
	buf_addf(&text, "%lu", (unsigned long)most);
	chart_words(b, left - 5, base - HISTOGRAM + 7, "end", text.data);
	chart_words(b, left - 5, base + 1, "end", "0");
	buf_fini(&text);
}

static void
put_bins(struct buf *b, const struct casedata *d, double base)
{
	double wide = (right - left) / CASEDATA_BINS, high;
	uint32_t most = 1;
	size_t i;

	for (i = 0; i < CASEDATA_BINS; i++)
		if (d->bins[i] > most)
			most = d->bins[i];
	for (i = 0; i < CASEDATA_BINS; i++) {
		if (d->bins[i] == 0)
			continue;
		high = (double)d->bins[i] / most * HISTOGRAM;
		chart_box(b, left + (double)i * wide, base - high, wide - 0.5,
		    high, "before", NULL);
		high = (double)d->answered[i] / most * HISTOGRAM;
		chart_box(b, left + (double)i * wide, base - high, wide - 0.5,
		    high, "case", NULL);
	}
	chart_box(b, left, base, right - left, 1, "axis", NULL);
	put_scale(b, base, most);
}

static bool
all_answered(const struct casedata *d)
{
	size_t i;

	for (i = 0; i < CASEDATA_BINS; i++)
		if (d->bins[i] != d->answered[i])
			return false;
	return true;
}

static double
place(const struct fraud_case *c, int64_t at)
{
	int64_t span = c->last_seen - c->first_seen;
	double share =
	    span > 0 ? (double)(at - c->first_seen) / (double)span : 0;

	share = share < 0 ? 0 : share > 1 ? 1 : share;
	return left + share * (right - left);
}

/* The rules that have a row: those with most points. */
struct rows {
	const char *rules[ROWS];
	size_t n, more;
};

static void
add_row(struct rows *rows, const char *rule)
{
	size_t i;

	for (i = 0; i < rows->n; i++)
		if (strcmp(rows->rules[i], rule) == 0)
			return;
	if (rows->n < ROWS)
		rows->rules[rows->n++] = rule;
	else
		rows->more++;
}

/* A rule of which no finding is here, only its points, has nothing to draw. */
static bool
has_finding(const struct view_case *vc, const char *rule)
{
	size_t i;

	for (i = 0; i < vc->nfindings; i++)
		if (strcmp(vc->findings[i]->rule, rule) == 0)
			return true;
	return false;
}

static void
choose_rows(struct rows *rows, const struct view_case *vc)
{
	size_t i;

	memset(rows, 0, sizeof(*rows));
	for (i = 0; i < vc->c->npoints; i++)
		if (has_finding(vc, vc->c->points[i].rule))
			add_row(rows, vc->c->points[i].rule);
	for (i = 0; i < vc->nfindings && vc->c->npoints == 0; i++)
		add_row(rows, vc->findings[i]->rule);
}

/* From its first to its last call, and when it was enough. */
static void
put_finding(struct buf *b, const struct fraud_case *c, const struct finding *f,
    double y, double *first, double *last)
{
	double from = place(c, f->first_seen), to = place(c, f->last_seen);

	if (to - from < 2) {
		from = from > left + 2 ? from - 2 : from;
		to = from + 2;
	}
	chart_box(b, from, y + 11, to - from, 3, "case", f->reason);
	if (f->crossed_at >= f->first_seen)
		chart_box(b, place(c, f->crossed_at) - 1, y + 10, 2, 5,
		    "crossed", NULL);
	*first = from < *first ? from : *first;
	*last = to > *last ? to : *last;
}

/* All findings of a rule, and its name. */
static void
put_rule(struct buf *b, const struct view_case *vc, const char *rule, double y)
{
	double from = right, to = left;
	size_t i;

	for (i = 0; i < vc->nfindings; i++)
		if (strcmp(vc->findings[i]->rule, rule) == 0)
			put_finding(b, vc->c, vc->findings[i], y, &from, &to);
	/* above a bar that begins far to the right it ends with the bar */
	chart_words(b, from > 220 ? to : from, y + 8,
	    from > 220 ? "end" : "start", rule);
}

/* How long a bar of the histogram is, near enough: "calls in 23 min each". */
static void
put_bar_length(struct buf *b, const struct fraud_case *c, double y)
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = {
		{ INT64_C(86400000), "days" },
		{ INT64_C(3600000), "h" },
		{ INT64_C(60000), "min" },
		{ INT64_C(1000), "s" },
	};
	const int64_t bar = (c->last_seen - c->first_seen) / CASEDATA_BINS;
	struct buf text;
	size_t i;

	/* not below two of a unit, where rounding is too far off */
	for (i = 0; i + 1 < sizeof(units) / sizeof(units[0]); i++)
		if (bar >= 2 * units[i].ms)
			break;
	if (bar < units[i].ms)
		return;
	buf_init(&text);
	buf_addf(&text, "a bar: calls in %lld %s",
	    (long long)((bar + units[i].ms / 2) / units[i].ms), units[i].name);
	chart_words(b, (left + right) / 2, y, "middle", text.data);
	buf_fini(&text);
}

static void
put_times(struct buf *b, const struct fraud_case *c, const struct words *w,
    double y)
{
	bool days = !words_same_day(w, c->first_seen, c->last_seen);
	struct buf text;

	buf_init(&text);
	if (days)
		words_date(&text, w, c->first_seen);
	words_clock(&text, w, c->first_seen);
	chart_words(b, left, y, "start", text.data);
	buf_reset(&text);
	if (days)
		words_date(&text, w, c->last_seen);
	words_clock(&text, w, c->last_seen);
	chart_words(b, right, y, "end", text.data);
	buf_fini(&text);
}

void
chart_timeline(struct buf *b, const struct casedata *d,
    const struct view_case *vc, const struct words *w)
{
	bool keys = !all_answered(d);
	int base = HISTOGRAM + 8 + (keys ? 14 : 0), below = base + 18;
	struct rows rows;
	struct buf text;
	size_t i;

	choose_rows(&rows, vc);
	chart_begin(b, below + (int)rows.n * ROW + (rows.more > 0 ? ROW : 4),
	    "When the calls were, and when each rule saw what it saw");
	if (keys) {
		put_key(b, left, 10, "case", "answered");
		put_key(b, left + 80, 10, "before", "not answered");
	}
	put_bins(b, d, base);
	put_times(b, vc->c, w, base + 12);
	put_bar_length(b, vc->c, base + 12);
	for (i = 0; i < rows.n; i++)
		put_rule(b, vc, rows.rules[i], below + (double)i * ROW);
	if (rows.more > 0) {
		buf_init(&text);
		words_count(&text, (int64_t)rows.more, "more finding",
		    "more findings");
		chart_words(b, left, below + (double)rows.n * ROW + 10, "start",
		    text.data);
		buf_fini(&text);
	}
	chart_end(b);
}
