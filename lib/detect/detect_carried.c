/*
 * detect_carried: the calls that are carried, as bytes, and back.
 *
 * Those of each day of UTC that has some are a pack of their own, so that most
 * of what was told stays as it is: of a day of which the next run carries the
 * same calls its bytes are taken, and none of its calls looked at.
 *
 *     (carried)      numbers: head; columns of days, and how many calls each has
 *     (carried) DAY  a pack of calls (cdr/callpack.h)
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/floordiv.h"
#include "base/packed.h"
#include "base/xalloc.h"
#include "cdr/callpack.h"
#include "detect/detect_impl.h"

#define DAY_MS (24 * INT64_C(3600000))

enum { HEAD_FORMAT, HEAD_DAYS, HEAD_SIZE };
enum { FORMAT = 2 }; /* 1 was one pack, with its own head */

/* Of what was told, and of what is told next. */
struct detect_carried_day {
	int64_t day;
	size_t begin, end;     /* of the calls that are carried */
	const struct buf *was; /* it stands there as it is; or NULL */
};

/* The days of a body. */
struct days {
	int64_t *days, *calls;
	size_t n;
};

static int64_t
day_of(int64_t t)
{
	return floor_div(t, DAY_MS);
}

bool
detect_keep_carries(const char *rule)
{
	return strncmp(rule, DETECT_KEEP_CARRIED,
		   sizeof(DETECT_KEEP_CARRIED) - 1) == 0;
}

static void
name_day(int64_t day, struct buf *name)
{
	buf_reset(name);
	buf_addf(name, DETECT_KEEP_CARRIED " %" PRId64, day);
}

static const struct buf *
get_day(const struct detect_keep *k, int64_t day)
{
	const struct buf *body;
	struct buf name;

	buf_init(&name);
	name_day(day, &name);
	body = detect_keep_get(k, name.data);
	buf_fini(&name);
	return body;
}

static struct buf *
put_day(struct detect_keep *k, int64_t day)
{
	struct buf name, *body;

	buf_init(&name);
	name_day(day, &name);
	body = detect_keep_put(k, name.data);
	buf_fini(&name);
	return body;
}

static void
same_day(struct detect_keep *k, const struct detect_carried_day *day)
{
	struct buf name;

	buf_init(&name);
	name_day(day->day, &name);
	detect_keep_same(k, name.data, day->was);
	buf_fini(&name);
}

static void
days_fini(struct days *d)
{
	free(d->days);
	free(d->calls);
	memset(d, 0, sizeof(*d));
}

/* Each day once, in order, with calls that can be counted. */
static bool
days_are_good(const struct days *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (d->calls[i] <= 0 || d->calls[i] > UINT32_MAX ||
		    (i > 0 && d->days[i] <= d->days[i - 1]))
			return false;
	return true;
}

/* False, and there is none: that is not told. */
static bool
days_take(struct days *d, const struct detect_keep *k)
{
	const struct buf *body =
	    k != NULL ? detect_keep_get(k, DETECT_KEEP_CARRIED) : NULL;
	const unsigned char *at, *end;
	int64_t head[HEAD_SIZE];

	memset(d, 0, sizeof(*d));
	if (body == NULL)
		return false;
	at = (const unsigned char *)body->data;
	end = at + body->len;
	/* of each day something stands beside it */
	if (packed_read_numbers(head, &at, end, HEAD_SIZE) != 0 ||
	    head[HEAD_FORMAT] != FORMAT || head[HEAD_DAYS] < 0 ||
	    (uint64_t)head[HEAD_DAYS] > k->n)
		return false;
	d->n = (size_t)head[HEAD_DAYS];
	d->days = xcalloc(d->n + 1, sizeof(*d->days));
	d->calls = xcalloc(d->n + 1, sizeof(*d->calls));
	if (packed_read_numbers(d->days, &at, end, d->n) == 0 &&
	    packed_read_numbers(d->calls, &at, end, d->n) == 0 && at == end &&
	    days_are_good(d))
		return true;
	days_fini(d);
	return false;
}

static void
days_print(const struct detect_carried *c, struct buf *out)
{
	const int64_t head[HEAD_SIZE] = { [HEAD_FORMAT] = FORMAT,
		[HEAD_DAYS] = (int64_t)c->ndays };
	int64_t *column = xcalloc(c->ndays + 1, sizeof(*column));
	size_t i;

	packed_add_numbers(out, head, HEAD_SIZE);
	for (i = 0; i < c->ndays; i++)
		column[i] = c->days[i].day;
	packed_add_numbers(out, column, c->ndays);
	for (i = 0; i < c->ndays; i++)
		column[i] = (int64_t)(c->days[i].end - c->days[i].begin);
	packed_add_numbers(out, column, c->ndays);
	free(column);
}

int
detect_recall(struct detect_past *past, struct batch *b, size_t threads)
{
	const struct buf *body;
	struct callpack *packs;
	struct days d;
	bool good;
	size_t i;

	good = days_take(&d, past->keep);
	packs = xcalloc(d.n + 1, sizeof(*packs));
	for (i = 0; i < d.n && good; i++) {
		body = get_day(past->keep, d.days[i]);
		good = body != NULL;
		if (good)
			packs[i] = (struct callpack){
				.bytes = (const unsigned char *)body->data,
				.len = body->len,
				.n = (size_t)d.calls[i]
			};
	}
	past->recalled =
	    good && callpack_add(b, packs, d.n, past->begins, threads) == 0;
	free(packs);
	days_fini(&d);
	return past->recalled ? 0 : -1;
}

size_t
detect_recalls(const struct detect_keep *k)
{
	const size_t most = UINT32_MAX / 4; /* of no such batch it is a few */
	struct days d;
	size_t n = 0, i;

	if (!days_take(&d, k))
		return 0;
	for (i = 0; i < d.n && n < most; i++)
		n += (size_t)d.calls[i];
	days_fini(&d);
	return n < most ? n : 0;
}

/* Each call once, in order, and those before an instant alone; how many. */
static size_t
sort_calls(const struct batch *b, struct detect_events *calls, int64_t before)
{
	const size_t end = batch_lower(b, before);
	bool *has = xcalloc(end + 1, sizeof(*has));
	size_t i, n = 0;

	for (i = 0; i < calls->n; i++)
		if (calls->calls[i] < end)
			has[calls->calls[i]] = true;
	for (i = 0; i < end; i++)
		if (has[i])
			calls->calls[n++] = (uint32_t)i;
	free(has);
	return n;
}

/* By day, with room for what each keeps. */
static void
cut_days(struct detect_keep *k)
{
	struct detect_carried *c = &k->carried;
	const struct call *calls = c->batch->calls;
	size_t i, cap = 0;
	int64_t day;

	for (i = 0; i < c->n; i++) {
		day = day_of(calls[c->calls[i]].start);
		if (c->ndays > 0 && c->days[c->ndays - 1].day == day) {
			c->days[c->ndays - 1].end = i + 1;
			continue;
		}
		c->days = xgrow(c->days, &cap, c->ndays + 1, sizeof(*c->days));
		c->days[c->ndays++] =
		    (struct detect_carried_day){ day, i, i + 1, NULL };
		(void)put_day(k, day);
	}
}

/*
 * The calls of a day that was recalled whole stand at places of the batch that
 * follow each other; if these are what is carried, its bytes tell them.
 */
static void
find_same(struct detect_carried *c, const struct detect_past *past)
{
	const struct batch *b = c->batch;
	struct detect_carried_day *day = c->days;
	size_t i, place = 0, calls;
	struct days d;

	if (past == NULL || !past->recalled || !days_take(&d, past->keep))
		return;
	for (i = 0; i < d.n; i++, place += calls) {
		calls = (size_t)d.calls[i];
		if (calls > b->n - place ||
		    b->calls[place + calls - 1].start >= past->begins)
			break;
		while (day < c->days + c->ndays && day->day < d.days[i])
			day++;
		if (day < c->days + c->ndays && day->day == d.days[i] &&
		    day->end - day->begin == calls &&
		    c->calls[day->begin] == place &&
		    c->calls[day->end - 1] == place + calls - 1)
			day->was = get_day(past->keep, day->day);
	}
	days_fini(&d);
}

void
detect_carried_settle(const struct detect_settings *set, const struct batch *b,
    struct detect_events *calls, int64_t before)
{
	struct detect_keep *k = set->keep;
	struct detect_carried *c = &k->carried;
	size_t i;

	detect_carried_fini(c);
	/* What an earlier round kept here is not that of this one. */
	for (i = 0; i < k->n; i++)
		if (detect_keep_carries(k->list[i].rule))
			(void)detect_keep_put(k, k->list[i].rule);
	c->batch = b;
	c->calls = calls->calls;
	c->n = sort_calls(b, calls, before);
	(void)detect_keep_put(k, DETECT_KEEP_CARRIED);
	cut_days(k);
	find_same(c, set->past);
}

void
detect_carried_fini(struct detect_carried *c)
{
	free(c->calls);
	free(c->days);
	memset(c, 0, sizeof(*c));
}

void
detect_keep_finish(struct detect_keep *k)
{
	struct detect_carried *c = &k->carried;
	const struct detect_carried_day *day;
	size_t i;

	if (c->batch == NULL)
		return;
	days_print(c, detect_keep_put(k, DETECT_KEEP_CARRIED));
	for (i = 0; i < c->ndays; i++) {
		day = &c->days[i];
		if (day->was != NULL)
			same_day(k, day);
		else
			callpack_print(c->batch, c->calls + day->begin,
			    day->end - day->begin, put_day(k, day->day));
	}
	detect_carried_fini(c);
}
