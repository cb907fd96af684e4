#include <string.h>

#include "report/emit_text_impl.h"
#include "tel/calltime.h"
#include "tel/money.h"

static const char *const months[] = { "January", "February", "March", "April",
	"May", "June", "July", "August", "September", "October", "November",
	"December" };
static const char *const weekdays[] = { "Monday", "Tuesday", "Wednesday",
	"Thursday", "Friday", "Saturday", "Sunday" };

void
text_count(struct buf *b, int64_t n, const char *one, const char *many)
{
	buf_addf(b, "%lld %s", (long long)n, n == 1 ? one : many);
}

void
text_money(struct buf *b, const struct tally *t)
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
}

static bool
there(const char *text)
{
	return text != NULL && text[0] != '\0';
}

bool
text_are_calls(const struct finding *const *list, size_t n)
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

void
text_number(struct buf *b, int64_t n, bool calls)
{
	text_count(b, n, calls ? "call" : "record",
	    calls ? "calls" : "records");
}

void
text_tally(struct buf *b, const struct tally *t, bool calls)
{
	text_number(b, t->calls, calls);
	if (t->duration > 0) {
		buf_addstr(b, ", ");
		span_clock(b, t->duration);
		buf_addstr(b, " of talk");
	}
	if (t->nmoney > 0)
		buf_addstr(b, ", ");
	text_money(b, t);
}

void
text_clock(struct buf *b, const struct text_report *r, int64_t ms)
{
	struct civil c;

	zone_to_local(r->zone, ms, &c);
	buf_addf(b, "%02d:%02d:%02d", c.hour, c.minute, c.second);
}

static const char *
weekday_of(const struct civil *c)
{
	return weekdays[zone_weekday(zone_days(c->year, c->month, c->day))];
}

static void
add_date(struct buf *b, const struct text_report *r, const struct civil *c)
{
	buf_addf(b, "%d %.3s", c->day, months[c->month - 1]);
	if (c->year != r->year)
		buf_addf(b, " %d", (int)c->year);
}

void
text_date(struct buf *b, const struct text_report *r, int64_t ms)
{
	struct civil c;

	zone_to_local(r->zone, ms, &c);
	add_date(b, r, &c);
	buf_addch(b, ' ');
}

void
text_day(struct buf *b, const struct text_report *r, int64_t ms)
{
	struct civil c;

	zone_to_local(r->zone, ms, &c);
	buf_addf(b, "%.3s ", weekday_of(&c));
	add_date(b, r, &c);
}

void
text_long_day(struct buf *b, const struct text_report *r, int64_t ms)
{
	struct civil c;

	zone_to_local(r->zone, ms, &c);
	buf_addf(b, "%s %d %s %d", weekday_of(&c), c.day, months[c.month - 1],
	    (int)c.year);
}

void
text_moment(struct buf *b, const struct text_report *r, int64_t ms)
{
	text_day(b, r, ms);
	buf_addch(b, ' ');
	text_clock(b, r, ms);
}

bool
text_same_day(const struct text_report *r, int64_t a, int64_t b)
{
	return zone_local_day(r->zone, a) == zone_local_day(r->zone, b);
}

void
text_period(struct buf *b, const struct text_report *r, int64_t from,
    int64_t to)
{
	text_moment(b, r, from);
	if (from == to)
		return;
	buf_addstr(b, " to ");
	if (text_same_day(r, from, to))
		text_clock(b, r, to);
	else
		text_moment(b, r, to);
}

bool
text_is_account(const char *entity_type)
{
	static const char *const types[] = { "account", "extension", "number" };
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(entity_type, types[i]) == 0)
			return true;
	return false;
}

void
text_entity(struct buf *b, const char *type, const char *entity, bool typed)
{
	if (typed || !text_is_account(type))
		buf_addf(b, "%s ", type);
	buf_addstr(b, entity);
}

void
text_score(struct buf *b, int score, bool padded)
{
	enum severity s = severity_of(score);

	/* The worst is in capitals, to be found without colour. */
	buf_addf(b, padded ? "%3d %s" : "%d %s", score,
	    s == SEV_CRITICAL ? "CRITICAL" : severity_name(s));
}

enum page_style
text_style(int score)
{
	switch (severity_of(score)) {
	case SEV_CRITICAL:
		return PAGE_ALARM;
	case SEV_HIGH:
		return PAGE_RED;
	case SEV_MEDIUM:
		return PAGE_YELLOW;
	default:
		return PAGE_PLAIN;
	}
}

void
text_money_see(struct text_money_column *m, const char *currency)
{
	const char *head = currency[0] != '\0' ? currency : "cost";

	if (!m->any)
		m->head = head;
	else if (strcmp(m->head, head) != 0)
		m->mixed = true;
	if (m->mixed)
		m->head = "money";
	m->any = true;
}

void
text_money_cell(struct page_table *t, const struct text_money_column *m,
    const char *currency, int64_t micro)
{
	struct buf b;

	buf_init(&b);
	if (m->mixed && currency[0] != '\0')
		buf_addf(&b, "%s ", currency);
	money_print(&b, micro);
	page_table_cell(t, b.data, PAGE_PLAIN);
	buf_fini(&b);
}
