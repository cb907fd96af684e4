/* The words of which reasons are made. */
#include <inttypes.h>
#include <string.h>

#include "detect/detect_finding_impl.h"
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
	{ "auth_code", "authorisation code", "authorisation codes" },
	{ "dialled_tail", "dialled number", "dialled numbers" },
	{ "action", "action", "actions" },
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
	{ "auth_code", "with code " },
	{ "dialled_tail", "to " },
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
void
detect_add_value(struct buf *out, const char *unit, int64_t v)
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

void
detect_add_elapsed(struct buf *out, int64_t v)
{
	const int64_t day = 24 * INT64_C(3600000);
	int64_t ms = v / RULE_UNIT;

	if (ms >= 2 * day)
		buf_addf(out, "%" PRId64 " days", ms / day);
	else
		span_clock(out, ms);
}

void
detect_add_money(struct buf *out, const struct tally *t, int64_t v)
{
	size_t i, most = 0;

	for (i = 1; i < t->nmoney; i++)
		if (t->money[i].micro > t->money[most].micro)
			most = i;
	if (t->nmoney > 0 && t->money[most].currency[0] != '\0')
		buf_addf(out, "%s ", t->money[most].currency);
	money_print(out, v);
}

void
detect_add_noun(struct buf *out, const char *field, int64_t n)
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
void
detect_add_group(struct buf *out, const struct finding *f)
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

void
detect_add_window(struct buf *out, const struct measure *m)
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = { { 86400000, "d" }, { 3600000, "h" }, { 60000, "min" },
		{ 1000, "s" }, { 1, "ms" } };
	/* 24 h back from now, where "1 d" could be today */
	size_t i = m->over == units[0].ms ? 1 : 0;

	if (m->window > WINDOW_OVER)
		buf_addf(out, " in one %s", measure_window_name(m->window));
	if (m->window != WINDOW_OVER)
		return;
	while (m->over % units[i].ms != 0)
		i++;
	buf_addf(out, " in %" PRId64 " %s", m->over / units[i].ms,
	    units[i].name);
}

/* "total talk", "longest ring", "average cost". */
void
detect_add_amount_noun(struct buf *out, enum measure_fn fn,
    const struct field *of)
{
	static const struct {
		const char *amount, *span;
	} words[] = {
		[MEASURE_SUM] = { "total", "total" },
		[MEASURE_AVG] = { "average", "average" },
		[MEASURE_MAX] = { "greatest", "longest" },
		[MEASURE_MIN] = { "least", "shortest" },
	};
	bool span = of->type == FIELD_SPAN;

	buf_addf(out, "%s %s", span ? words[fn].span : words[fn].amount,
	    strcmp(of->name, "duration") == 0 ? "talk" : of->name);
}
