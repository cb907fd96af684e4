#include "report/words.h"

#include <string.h>

#include "tel/calltime.h"
#include "tel/money.h"

static const char *const months[] = { "January", "February", "March", "April",
	"May", "June", "July", "August", "September", "October", "November",
	"December" };
static const char *const weekdays[] = { "Monday", "Tuesday", "Wednesday",
	"Thursday", "Friday", "Saturday", "Sunday" };

void
words_count(struct buf *b, int64_t n, const char *one, const char *many)
{
	buf_addf(b, "%lld %s", (long long)n, n == 1 ? one : many);
}

void
words_money(struct buf *b, const struct tally *t)
{
	size_t i;

	for (i = 0; i < t->nmoney; i++) {
		buf_addstr(b, i > 0 ? ", " : "");
		buf_addstr(b, t->money[i].currency);
		if (t->money[i].currency[0] == '\0')
			buf_addstr(b, "cost");
		buf_addch(b, ' ');
		money_print(b, t->money[i].micro);
	}
	if (t->nmoney > 0 && t->estimated)
		buf_addstr(b, " (estimate)");
}

static bool
there(const char *text)
{
	return text != NULL && text[0] != '\0';
}

bool
words_are_calls(const struct finding *const *list, size_t n)
{
	const struct evidence *e;
	size_t i, k;

	for (i = 0; i < n; i++)
		for (k = 0; k < list[i]->nevidence; k++) {
			e = &list[i]->evidence[k];
			if (!there(e->src) && !there(e->call_id) &&
			    !(there(e->dst) && e->duration > 0))
				return false;
		}
	return true;
}

bool
words_view_is_calls(const struct view *v)
{
	size_t i;

	for (i = 0; i < v->ncases; i++)
		if (!words_are_calls(v->cases[i].findings,
			v->cases[i].nfindings))
			return false;
	return true;
}

void
words_looked_at(struct buf *b, const struct view *v)
{
	const struct run *run = &v->rs->run;

	/* A store may have events of another run; the rest was read by this. */
	if (run->stored || run->looked_at != run->counts.calls ||
	    !words_view_is_calls(v))
		words_count(b, run->looked_at, "call or event",
		    "calls and events");
	else
		words_number(b, run->looked_at, true);
}

void
words_number(struct buf *b, int64_t n, bool calls)
{
	words_count(b, n, calls ? "call" : "record",
	    calls ? "calls" : "records");
}

void
words_tally(struct buf *b, const struct tally *t, bool calls)
{
	words_number(b, t->calls, calls);
	if (t->duration > 0) {
		buf_addstr(b, ", ");
		span_clock(b, t->duration);
		buf_addstr(b, " of talk");
	}
	if (t->nmoney > 0)
		buf_addstr(b, ", ");
	words_money(b, t);
}

void
words_clock(struct buf *b, const struct words *w, int64_t ms)
{
	struct civil c;

	zone_to_local(w->zone, ms, &c);
	buf_addf(b, "%02d:%02d:%02d", c.hour, c.minute, c.second);
}

static const char *
weekday_of(const struct civil *c)
{
	return weekdays[zone_weekday(zone_days(c->year, c->month, c->day))];
}

static void
add_date(struct buf *b, const struct words *w, const struct civil *c)
{
	buf_addf(b, "%d %.3s", c->day, months[c->month - 1]);
	if (c->year != w->year)
		buf_addf(b, " %d", (int)c->year);
}

void
words_date(struct buf *b, const struct words *w, int64_t ms)
{
	struct civil c;

	zone_to_local(w->zone, ms, &c);
	add_date(b, w, &c);
	buf_addch(b, ' ');
}

void
words_day(struct buf *b, const struct words *w, int64_t ms)
{
	struct civil c;

	zone_to_local(w->zone, ms, &c);
	buf_addf(b, "%.3s ", weekday_of(&c));
	add_date(b, w, &c);
}

void
words_long_day(struct buf *b, const struct words *w, int64_t ms)
{
	struct civil c;

	zone_to_local(w->zone, ms, &c);
	buf_addf(b, "%s %d %s %d", weekday_of(&c), c.day, months[c.month - 1],
	    (int)c.year);
}

void
words_moment(struct buf *b, const struct words *w, int64_t ms)
{
	words_day(b, w, ms);
	buf_addch(b, ' ');
	words_clock(b, w, ms);
}

bool
words_same_day(const struct words *w, int64_t a, int64_t b)
{
	return zone_local_day(w->zone, a) == zone_local_day(w->zone, b);
}

void
words_period(struct buf *b, const struct words *w, int64_t from, int64_t to)
{
	words_moment(b, w, from);
	if (from == to)
		return;
	buf_addstr(b, " to ");
	if (words_same_day(w, from, to))
		words_clock(b, w, to);
	else
		words_moment(b, w, to);
}

bool
words_is_account(const char *entity_type)
{
	static const char *const types[] = { "account", "extension", "number" };
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(entity_type, types[i]) == 0)
			return true;
	return false;
}

/* The fields that a case may be about, in words; others are words already. */
static const char *
type_in_words(const char *type)
{
	static const struct {
		const char *type, *words;
	} types[] = {
		{ "auth_code", "code" },
		{ "dst", "to" },
		{ "dst_block", "to block" },
		{ "dst_country", "to" },
		{ "src", "from" },
		{ "src_block", "from block" },
		{ "src_country", "from" },
	};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].type, type) == 0)
			return types[i].words;
	return type;
}

void
words_entity(struct buf *b, const char *type, const char *entity, bool typed)
{
	if (typed || !words_is_account(type))
		buf_addf(b, "%s ", type_in_words(type));
	buf_addstr(b, entity);
}

void
words_score(struct buf *b, int score, bool padded)
{
	enum severity s = severity_of(score);

	/* The worst is in capitals, to be found without colour. */
	buf_addf(b, padded ? "%3d %s" : "%d %s", score,
	    s == SEV_CRITICAL ? "CRITICAL" : severity_name(s));
}

int64_t
words_report_moment(const struct results *rs)
{
	int64_t last = rs->run.as_of;
	size_t i;

	if (last != 0)
		return last;
	for (i = 0; i < rs->n; i++)
		if (last == 0 || rs->findings[i]->last_seen > last)
			last = rs->findings[i]->last_seen;
	return last;
}

void
words_init(struct words *w, const struct zone *zone, const struct results *rs)
{
	struct civil now;

	w->zone = zone != NULL ? zone : zone_utc();
	zone_to_local(w->zone, words_report_moment(rs), &now);
	w->year = now.year;
}

void
words_severities(struct buf *b, const struct view *v)
{
	int s, n = 0;

	for (s = SEV_CRITICAL; s > SEV_NONE; s--)
		if (v->severities[s] > 0)
			buf_addf(b, "%s%zu %s", n++ > 0 ? ", " : "",
			    v->severities[s], severity_name((enum severity)s));
}

void
words_over(struct buf *b, const struct view *v)
{
	int over, n = 0;

	for (over = OVER_FRAUD; over < OVER_WAYS; over++)
		if (v->over[over] > 0)
			buf_addf(b, "%s%zu %s", n++ > 0 ? ", " : "",
			    v->over[over],
			    view_over_name((enum view_over)over));
}

void
words_standing(struct buf *b, const struct view *v)
{
	int over;

	if (v->ncases == v->news[NEWS_NONE])
		return;
	buf_addf(b, "%zu new, %zu continuing, %zu closed", v->news[NEWS_NEW],
	    v->news[NEWS_CONTINUING], v->over[OVER_CLOSED]);
	for (over = OVER_FRAUD; over < OVER_WAYS; over++)
		if (over != OVER_CLOSED && v->over[over] > 0)
			buf_addf(b, ", %zu %s", v->over[over],
			    view_over_name((enum view_over)over));
	buf_addch(b, '.');
}

static void
add_rules(struct buf *b, const struct view_case *vc)
{
	const char *first;
	size_t i, k, others = 0;

	if (vc->c->npoints > 0)
		first = vc->c->points[0].rule;
	else if (vc->nfindings > 0)
		first = vc->findings[0]->rule;
	else
		return;
	for (i = 0; i < vc->nfindings; i++) {
		for (k = 0; k < i; k++)
			if (strcmp(vc->findings[k]->rule,
				vc->findings[i]->rule) == 0)
				break;
		others += k == i && strcmp(vc->findings[i]->rule, first) != 0;
	}
	buf_addstr(b, first);
	if (others > 0)
		buf_addf(b, " and %zu more", others);
}

void
words_why(struct buf *b, const struct view_case *vc)
{
	const char *state = vc->c->state;

	if (view_over(vc->c) == OVER_MERGED) {
		words_heirs(b, vc->c);
		return;
	}
	add_rules(b, vc);
	if (state != NULL && strcmp(state, "open") != 0)
		buf_addf(b, " (%s)", state);
}

const char *
words_news(const struct view_case *vc)
{
	static const char *const words[] = { "", "new", "continuing",
		"closed" };
	const char *state = vc->c->state;

	/* what a person said of the case outranks what the run says */
	if (state != NULL && strcmp(state, "open") != 0)
		return state;
	return words[vc->news];
}

const char *
words_closed_why(const struct view_case *vc)
{
	const char *why = NULL;
	size_t i;

	for (i = 0; i < vc->nfindings; i++) {
		if (!state_is_closed(vc->findings[i]->state))
			return NULL;
		if (why == NULL)
			why = vc->findings[i]->state_reason;
	}
	return why;
}

void
words_heirs(struct buf *b, const struct fraud_case *c)
{
	size_t i;

	for (i = 0; i < c->nheirs; i++)
		buf_addf(b, "%s%s", i == 0 ? "merged into " : ", ",
		    c->heirs[i]);
}

void
words_title(struct buf *b, const struct run *run)
{
	buf_addstr(b, "CDR fraud report");
	if (run->host != NULL && run->host[0] != '\0')
		buf_addf(b, " for %s", run->host);
	else if (run->nfeeds == 1 && strcmp(run->feeds[0].source, "default"))
		buf_addf(b, " for %s", run->feeds[0].source);
}

static void
add_all_clear(struct buf *b, const struct view *v)
{
	const struct run *run = &v->rs->run;

	if (v->news_only && run->complete)
		buf_addstr(b, "Nothing new since the last report.");
	else if (v->rs->ncases > 0 || v->loose.n > 0)
		buf_addstr(b, "No case to show.");
	else if (!run->complete)
		buf_addstr(b, "No findings in what there was.");
	else if (run->looked_at == 0)
		buf_addstr(b, "No calls, so nothing could be found.");
	else
		buf_addstr(b, "All clear: no findings.");
}

void
words_summary(struct buf *b, const struct view *v)
{
	if (v->ncases == 0) {
		add_all_clear(b, v);
		return;
	}
	if (v->over[OVER_NOT] == 0) {
		buf_addstr(b, "No case to look at.");
		return;
	}
	words_count(b, (int64_t)v->over[OVER_NOT], "case", "cases");
	buf_addstr(b, " to look at: ");
	words_severities(b, v);
	buf_addch(b, '.');
}

void
words_beyond(struct buf *b, const struct view *v,
    const struct emit_options *opt, size_t shown)
{
	const bool store = v->rs->run.stored || opt->calls_command != NULL;

	if (opt->detail == DETAIL_LOW || v->ncases <= shown)
		return;
	words_count(b, (int64_t)(v->ncases - shown), "more case is",
	    "more cases are");
	buf_addstr(b, " in the table alone.  ");
	buf_addstr(b,
	    store ? "cdrreport NAME shows one, --detail high all."
		  : "cdrscan -f ndjson ... | cdrreport --detail high - shows "
		    "all.");
}

static void
add_part(struct buf *b, size_t n, const char *one, const char *many)
{
	if (n == 0)
		return;
	if (b->len > 0)
		buf_addch(b, ' ');
	words_count(b, (int64_t)n, one, many);
}

void
words_left_out(struct buf *b, const struct words *w, const struct view *v)
{
	add_part(b, v->told, "open case told before, with nothing new.",
	    "open cases told before, with nothing new.");
	add_part(b, v->lower, "case below the score asked for.",
	    "cases below the score asked for.");
	add_part(b, v->beyond, "more beyond the limit.",
	    "more beyond the limit.");
	add_part(b, v->backlog,
	    "case that had ended a week before its calls were first stored.",
	    "cases that had ended a week before their calls were first "
	    "stored.");
	add_part(b, v->older, "older case without a call since ",
	    "older cases without a call since ");
	if (v->older > 0) {
		words_moment(b, w, v->since);
		buf_addch(b, '.');
	}
}
