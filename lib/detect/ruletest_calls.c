#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/field.h"
#include "cdr/party.h"
#include "detect/ruletest_impl.h"
#include "tel/calendar.h"
#include "tel/calltime.h"
#include "tel/zone.h"

/* Calls of one test: enough for a year of days, not for a machine to choke. */
enum { MOST_CALLS = 1000000 };

/*
 * What is said of a call, in three layers: the first that has a key decides,
 * also when it says null.
 */
struct saying {
	const struct json
	    *layers[3]; /* forced, the call's own, base; or NULL */
};

/* One entry of `calls` on its way into the batch. */
struct entry {
	struct batch *batch;
	const struct saying *said;
	const struct zone *zone;
	size_t nth; /* of this entry, from 0 */
	struct call *call;
	struct origin *origin;
	struct call_extras extras;
	struct party src, dst, by;
	struct listed listed;
	struct errmsg *err;
};

static const struct json *
said(const struct saying *s, const char *key)
{
	const struct json *j;
	size_t i;

	for (i = 0; i < 3; i++) {
		j = s->layers[i] != NULL ? json_get(s->layers[i], key) : NULL;
		if (j != NULL)
			return j->type == JSON_NULL ? NULL : j;
	}
	return NULL;
}

static int
wrong(struct errmsg *err, const struct json *j, const char *need)
{
	return errmsg_set(err, "line %u: '%s': %s is needed",
	    (unsigned)json_line(j), j->key != NULL ? j->key : "", need);
}

static int
read_count(const struct saying *s, const char *key, int64_t *n,
    struct errmsg *err)
{
	const struct json *j = said(s, key);

	if (j == NULL)
		return 0;
	if (j->type != JSON_NUMBER || j->number < 0 || j->number > MOST_CALLS ||
	    j->number != floor(j->number))
		return wrong(err, j, "a whole number");
	*n = (int64_t)j->number;
	return 0;
}

/* Seconds, or "10m". */
static int
read_span(const struct json *j, int64_t *ms, struct errmsg *err)
{
	if (j->type == JSON_STRING && span_parse(j->string, ms) == 0)
		return 0;
	if (j->type != JSON_NUMBER || !(fabs(j->number) < 1e12))
		return wrong(err, j, "seconds or a span such as \"10m\"");
	*ms = llround(j->number * 1000);
	return 0;
}

/* The n-th number after a text of digits: "+5375550199", 2 -> "+5375550201". */
static void
step_text(char *text, int64_t add)
{
	size_t i = strlen(text);
	int64_t digit;

	for (; add != 0 && i > 0 && text[i - 1] >= '0' && text[i - 1] <= '9';
	     i--) {
		digit = (text[i - 1] - '0') + add % 10;
		add /= 10;
		if (digit > 9) {
			digit -= 10;
			add++;
		} else if (digit < 0) {
			digit += 10;
			add--;
		}
		text[i - 1] = (char)('0' + digit);
	}
}

/* Names id of a text; `step` has been added. */
static int
read_name(struct entry *e, const struct json *j, uint32_t *id)
{
	const struct json *steps = said(e->said, "step"), *step;
	char *text;

	if (j->type != JSON_STRING)
		return wrong(e->err, j, "a text");
	step = steps != NULL ? json_get(steps, j->key) : NULL;
	if (step != NULL &&
	    (step->type != JSON_NUMBER || !(fabs(step->number) < 1e9)))
		return wrong(e->err, step, "a number");
	text = xstrdup(j->string);
	if (step != NULL)
		step_text(text, (int64_t)step->number * (int64_t)e->nth);
	*id = intern_addstr(e->batch->names, text);
	free(text);
	return 0;
}

static struct party *
party_of(struct entry *e, uint16_t via)
{
	if (via == offsetof(struct call, src))
		return &e->src;
	return &e->dst;
}

/* The code of a word or truth; -1 with words. */
static int
read_word(struct entry *e, const struct field *f, const struct json *j)
{
	int code = -1;

	if (f->type == FIELD_BOOL && j->type == JSON_BOOL)
		return j->boolean;
	if (f->type == FIELD_ENUM && j->type == JSON_STRING)
		code = field_word(f, j->string);
	if (code < 0)
		(void)wrong(e->err, j, "a value of this field");
	return code;
}

static int
put_word(struct entry *e, const struct field *f, const struct json *j)
{
	int code = read_word(e, f, j);
	struct party *p;

	if (code < 0)
		return -1;
	switch (f->home) {
	case HOME_CALL_BYTE:
		*((uint8_t *)e->call + f->at) = (uint8_t)code;
		return 0;
	case HOME_EVENT:
		e->origin->event = (unsigned)code & 3;
		return 0;
	case HOME_QUALITY:
		e->origin->quality = (unsigned)code & 7;
		return 0;
	case HOME_FLAG:
		if (code != 0)
			e->call->flags |= (uint8_t)f->at;
		return 0;
	case HOME_PARTY_BYTE:
		p = party_of(e, f->via);
		p->stated |= PARTY_STATED_KIND;
		break;
	default: /* the direction was read before: it stands first */
		p = e->call->direction == DIR_IN ? &e->src : &e->dst;
		p->stated |= PARTY_STATED_INTERNATIONAL;
	}
	*((uint8_t *)p + f->at) = (uint8_t)code;
	return 0;
}

static int
put_text(struct entry *e, const struct field *f, const struct json *j)
{
	uint32_t id = 0;

	if (f->home == HOME_CURRENCY && j->type == JSON_STRING) {
		e->call->currency = batch_currency(e->batch, j->string);
		return 0;
	}
	if (read_name(e, j, &id) < 0)
		return -1;
	if (f->home == HOME_CALL_NAME)
		memcpy((char *)e->call + f->at, &id, sizeof(id));
	else if (f->home == HOME_ACTION)
		e->origin->service = id;
	else if (f->home == HOME_ORIGIN_NAME)
		memcpy((char *)e->origin + f->at, &id, sizeof(id));
	else if (f->home == HOME_EXTRA_NAME)
		e->extras.ids[f->at] = id;
	else if (f->home == HOME_EXTRA_PARTY)
		e->by.text = id;
	else if (f->home == HOME_LISTED_NAME)
		memcpy((char *)&e->listed + f->at, &id, sizeof(id));
	else if (f->home == HOME_PARTY_NAME)
		memcpy((char *)party_of(e, f->via) + f->at, &id, sizeof(id));
	return 0;
}

static int
put_number(struct entry *e, const struct field *f, const struct json *j)
{
	int64_t v;
	uint32_t word;

	if (f->type == FIELD_SPAN) {
		if (read_span(j, &v, e->err) < 0)
			return -1;
		if (v < 0 || v > UINT32_MAX)
			return wrong(e->err, j, "a span below 49 days");
		word = (uint32_t)v;
		memcpy((char *)e->call + f->at, &word, sizeof(word));
		return 0;
	}
	if (j->type != JSON_NUMBER || !(fabs(j->number) < 1e12))
		return wrong(e->err, j, "a number");
	if (f->type == FIELD_MONEY) {
		e->extras.cost = llround(j->number * 1e6);
		e->call->flags |= CALL_HAS_COST;
	} else if (f->home == HOME_LISTED_I64) {
		v = llround(j->number);
		memcpy((char *)&e->listed + f->at, &v, sizeof(v));
	} else if (f->home == HOME_ORIGIN_BYTE) {
		*((uint8_t *)e->origin + f->at) = (uint8_t)j->number;
	}
	return 0;
}

static int
put_field(struct entry *e, const struct field *f)
{
	const struct json *j = said(e->said, f->name);

	if (j == NULL || f->type == FIELD_TIME || f->home == HOME_SOURCE_NAME ||
	    field_is_derived(f))
		return 0;
	if (f->type == FIELD_TEXT)
		return put_text(e, f, j);
	if (f->type == FIELD_ENUM || f->type == FIELD_BOOL)
		return put_word(e, f, j);
	return put_number(e, f, j);
}

/* Site S1 without a source is a source of its own. */
static void
put_source(struct entry *e)
{
	const struct json *source = said(e->said, "source");
	const struct json *site = said(e->said, "site");
	const char *at = NULL, *name = SOURCE_DEFAULT;

	if (site != NULL && site->type == JSON_STRING)
		name = at = site->string;
	if (source != NULL && source->type == JSON_STRING)
		name = source->string;
	e->call->source = batch_source(e->batch, name, at, e->zone, NULL);
}

/* What follows from the number itself. */
static uint32_t
finish_party(struct entry *e, struct party *p)
{
	const char *text = batch_text(e->batch, p->text);
	size_t len = strlen(text);

	p->inside = p->party == PARTY_INTERNAL;
	if (p->block == 0 && text[0] == '+' && len > 4)
		p->block = intern_add(e->batch->names, text, len - 4);
	return batch_party(e->batch, p);
}

static int
add_call(struct entry *e, int64_t start)
{
	const struct field *direction = field_find("direction");
	size_t i, index = batch_add(e->batch, &e->call, &e->origin);

	memset(&e->src, 0, sizeof(e->src));
	memset(&e->listed, 0, sizeof(e->listed));
	memset(&e->extras, 0, sizeof(e->extras));
	e->dst = e->by = e->src;
	e->call->start = start;
	e->origin->key = index + 1;
	e->origin->line = (uint32_t)index + 1;
	put_source(e);
	if (put_field(e, direction) < 0)
		return -1;
	for (i = 0; i < field_count(); i++)
		if (put_field(e, field_at(i)) < 0)
			return -1;
	if (e->origin->event != EVENT_CALL)
		e->call->flags |= CALL_EVENT;
	if (e->call->account != 0)
		e->call->account_type = ACCOUNT_ACCOUNT;
	if (e->listed.class + e->listed.group != 0 || e->listed.capacity != 0)
		e->call->listed = batch_listed(e->batch, &e->listed);
	e->call->src = finish_party(e, &e->src);
	e->call->dst = finish_party(e, &e->dst);
	e->extras.ids[EXTRA_FORWARDED_BY] = finish_party(e, &e->by);
	batch_set_extras(e->batch, index, &e->extras);
	return 0;
}

/* When and how often. */
struct times {
	int64_t start, repeat, every, days;
	struct calendar *on; /* NULL: every day */
};

static int
read_times(const struct saying *s, const struct zone *zone, struct times *t,
    struct errmsg *err)
{
	const struct json *start = said(s, "start"), *every = said(s, "every");
	const struct json *on = said(s, "on");

	*t = (struct times){ .repeat = 1, .every = 1000, .days = 1 };
	if (start == NULL || start->type != JSON_STRING)
		return errmsg_set(err, "a call without a start");
	if (time_parse(start->string, zone, 0, &t->start, err) < 0)
		return errmsg_prefix(err,
		    "line %u: ", (unsigned)json_line(start));
	if (read_count(s, "repeat", &t->repeat, err) < 0 ||
	    read_count(s, "days", &t->days, err) < 0 ||
	    (every != NULL && read_span(every, &t->every, err) < 0))
		return -1;
	if (on == NULL)
		return 0;
	if (on->type != JSON_STRING)
		return wrong(err, on, "days such as \"mon-fri\"");
	t->on = calendar_new("on");
	return calendar_open(t->on, on->string, "00:00-24:00", err);
}

/* The same reading of the clock, so many days later. */
static int64_t
days_later(const struct zone *zone, int64_t start, int64_t days, int64_t *day)
{
	struct civil c;
	int64_t first, second;

	zone_to_local(zone, start, &c);
	*day = zone_days(c.year, c.month, c.day) + days;
	if (days == 0)
		return start;
	zone_date(*day, &c.year, &c.month, &c.day);
	(void)zone_to_utc(zone, &c, &first, &second);
	return first;
}

static int
add_entry(struct batch *b, const struct saying *s, const struct zone *zone,
    struct errmsg *err)
{
	struct entry e = { .batch = b, .said = s, .zone = zone, .err = err };
	struct times t;
	int64_t d, r, at, day;
	int status = read_times(s, zone, &t, err);

	for (d = 0; status == 0 && d < t.days; d++) {
		at = days_later(zone, t.start, d, &day);
		if (t.on != NULL && !calendar_open_day(t.on, day))
			continue;
		for (r = 0; status == 0 && r < t.repeat; r++, e.nth++) {
			if (b->n == MOST_CALLS)
				status = errmsg_set(err, "more than %d calls",
				    MOST_CALLS);
			else
				status = add_call(&e, at + r * t.every);
		}
	}
	calendar_free(&t.on);
	return status;
}

int
ruletest_calls(struct batch **bp, const struct json *test,
    const struct json *force, const struct zone *zone, struct errmsg *err)
{
	const struct json *calls = json_get(test, "calls"), *c;
	struct saying s = { { force, NULL, json_get(test, "base") } };
	struct batch *b = batch_new();

	for (c = calls != NULL ? calls->first : NULL; c != NULL; c = c->next) {
		s.layers[1] = c;
		if (add_entry(b, &s, zone, err) < 0) {
			batch_free(&b);
			return -1;
		}
	}
	batch_sort(b);
	batch_tails(b, 1);
	*bp = b;
	return 0;
}
