#include "rule/baseline.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define MAD_FACTOR INT64_C(1482600) /* 1.4826 in RULE_UNIT */

static int
hour_of_week(const struct zone *z, int64_t t)
{
	struct civil c;

	zone_to_local(z, t, &c);
	return zone_weekday(zone_days(c.year, c.month, c.day)) * 24 + c.hour;
}

static uint8_t
kind_of(enum season season, const struct calendar *cal, const struct zone *z,
    int64_t t)
{
	int64_t day;

	if (season == SEASON_HOUR_OF_WEEK)
		return (uint8_t)hour_of_week(z, t);
	if (season == SEASON_NONE)
		return 0;
	day = zone_local_day(z, t);
	if (cal != NULL)
		return calendar_open_day(cal, day);
	return zone_weekday(day) < 5;
}

/* Whether the source wrote it; what reading noticed it did not. */
static bool
by_source(const struct batch *b, size_t i)
{
	return batch_event(b, i) != EVENT_QUALITY;
}

void
baseline_written_init(struct baseline_written *w, const struct batch *b,
    const size_t *written)
{
	size_t *next = xcalloc(b->nsources + 1, sizeof(*next)), i, sum = 0;
	bool one = false;

	for (i = 0; i < b->nsources; i++) {
		one |= written[i] == b->n;
		next[i] = sum;
		sum += written[i];
	}
	*w = (struct baseline_written){ .ends = next };
	w->calls = one ? NULL : xcalloc(b->n + 1, sizeof(*w->calls));
	for (i = 0; one && i < b->nsources; i++)
		next[i] = i + 1 < b->nsources ? next[i + 1] : b->n;
	for (i = 0; !one && i < b->n; i++)
		if (by_source(b, i)) /* which moves to its source's end */
			w->calls[next[b->calls[i].source]++] = (uint32_t)i;
}

void
baseline_written_fini(struct baseline_written *w)
{
	free(w->calls);
	free(w->ends);
	free(w->starts);
	free(w->all);
	memset(w, 0, sizeof(*w));
}

void
baseline_lines_init(struct baseline_lines *ls, const struct locals *locals,
    const struct baseline_written *written, const struct rule *r)
{
	assert(locals->batch->sorted && locals->batch->n > 0);
	assert(written != NULL || !r->baseline.present);
	*ls = (struct baseline_lines){ .locals = locals,
		.rule = r,
		.written = written };
	ls->lines = xcalloc(locals->n, sizeof(struct baseline_line *));
}

void
baseline_lines_fini(struct baseline_lines *ls)
{
	struct baseline_line *l;
	size_t i;

	for (i = 0; ls->lines != NULL && i < ls->locals->n; i++) {
		if ((l = ls->lines[i]) == NULL)
			continue;
		free(l->wrote);
		if (!l->shared) {
			measure_line_fini(&l->buckets);
			free(l->kind);
		}
		free(l);
	}
	free(ls->lines);
	memset(ls, 0, sizeof(*ls));
}

/* Buckets and their kinds depend on zone and calendar alone. */
static void
make_buckets(const struct baseline_lines *ls, const struct local *at,
    struct baseline_line *l)
{
	const struct rule *r = ls->rule;
	const struct calendar *open =
	    locals_calendar(at, ls->locals->named, NAMED_HOURS);
	const struct local *other;
	size_t i;

	for (i = 0; i < ls->locals->n; i++) {
		other = &ls->locals->list[i];
		if (ls->lines[i] == NULL || other->zone != at->zone ||
		    other->calendar != at->calendar)
			continue;
		l->buckets = ls->lines[i]->buckets;
		l->kind = ls->lines[i]->kind;
		l->shared = true;
		return;
	}
	if (ls->written != NULL && ls->written->all != NULL)
		measure_line_told(&l->buckets, &r->measure, at->zone,
		    ls->locals->batch, ls->written->all, ls->written->nall);
	else
		measure_line_init(&l->buckets, &r->measure, at->zone,
		    ls->locals->batch);
	if (!r->baseline.present)
		return;
	l->kind = xcalloc(l->buckets.n, sizeof(*l->kind));
	for (i = 0; i < l->buckets.n; i++)
		l->kind[i] = kind_of(r->baseline.season, open, at->zone,
		    l->buckets.edges[i]);
}

static int64_t
written_at(const struct baseline_lines *ls, size_t i)
{
	const uint32_t *calls = ls->written->calls;

	if (ls->written->starts != NULL)
		return ls->written->starts[i];
	return ls->locals->batch->calls[calls != NULL ? calls[i] : i].start;
}

/* The first of its calls from `from` on that is not before t. */
static size_t
call_from(const struct baseline_lines *ls, size_t from, size_t end, int64_t t)
{
	size_t mid;

	while (from < end) {
		mid = from + (end - from) / 2;
		if (written_at(ls, mid) < t)
			from = mid + 1;
		else
			end = mid;
	}
	return from;
}

/* The buckets in which the source wrote, its first apart. */
static void
mark_written(const struct baseline_lines *ls, size_t source,
    struct baseline_line *l)
{
	const size_t *ends = ls->written->ends;
	size_t i = source > 0 ? ends[source - 1] : 0, k;
	size_t end = ends[source];
	bool first = true;

	for (; i < end; i = call_from(ls, i, end, l->buckets.edges[k + 1])) {
		k = measure_line_find(&l->buckets, written_at(ls, i));
		l->wrote[k] = !first;
		first = false;
	}
}

const struct baseline_line *
baseline_line(struct baseline_lines *ls, size_t place)
{
	const struct locals *locals = ls->locals;
	struct baseline_line *l = ls->lines[place];

	if (l != NULL)
		return l;
	l = xcalloc(1, sizeof(*l));
	make_buckets(ls, &locals->list[place], l);
	if (ls->rule->baseline.present) {
		l->wrote = xcalloc(l->buckets.n, sizeof(*l->wrote));
		mark_written(ls, place / locals->nown, l);
	}
	ls->lines[place] = l;
	return l;
}

void
baseline_forget(struct baseline_history *h)
{
	h->n = 0;
}

void
baseline_learn(struct baseline_history *h, size_t bucket, int64_t value)
{
	if (h->n == 1 && h->list[0].bucket == bucket)
		h->n = 0; /* it appeared with this call */
	assert(h->n == 0 || h->list[h->n - 1].bucket < bucket);
	h->list = xgrow(h->list, &h->cap, h->n + 1, sizeof(*h->list));
	h->list[h->n++] = (struct baseline_entry){ bucket, value };
}

void
baseline_recall(struct baseline_history *h, const struct baseline_entry *list,
    size_t n)
{
	if (n == 0)
		return;
	assert(h->n > 0 && h->list[h->n - 1].bucket < list[0].bucket);
	h->list = xgrow(h->list, &h->cap, h->n + n, sizeof(*h->list));
	memcpy(h->list + h->n, list, n * sizeof(*list));
	h->n += n;
}

void
baseline_appear(struct baseline_history *h, size_t bucket)
{
	assert(h->n == 0);
	baseline_learn(h, bucket, 0);
}

void
baseline_history_fini(struct baseline_history *h)
{
	free(h->list);
	memset(h, 0, sizeof(*h));
}

static int
compare(const void *va, const void *vb)
{
	const int64_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

/* |a - b|, kept at the end of the range. */
static int64_t
distance(int64_t a, int64_t b)
{
	uint64_t d =
	    a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;

	return d > INT64_MAX ? INT64_MAX : (int64_t)d;
}

static int64_t
middle(const int64_t *sorted, size_t n)
{
	int64_t a = sorted[(n - 1) / 2], b = sorted[n / 2];

	return a + distance(a, b) / 2;
}

static int64_t
mean(const int64_t *v, size_t n)
{
	__extension__ __int128 sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += v[i];
	return (int64_t)(sum / (int64_t)n);
}

/* Nearest rank: the least value that 95 of 100 do not exceed. */
static int64_t
p95(const int64_t *sorted, size_t n)
{
	return sorted[(n * 95 + 99) / 100 - 1];
}

/* Backwards from the bucket; `v` has room for all before it. */
static size_t
comparable_values(const struct baseline *bl, const struct baseline_line *line,
    const struct baseline_history *h, size_t bucket, int64_t *v)
{
	const int64_t *edges = line->buckets.edges;
	int64_t since = edges[bucket] - bl->history;
	size_t entry = h->n, k, n = 0;

	for (k = bucket; k-- > h->list[0].bucket + 1;) {
		while (h->list[entry - 1].bucket > k)
			entry--;
		if (edges[k] + (edges[k + 1] - edges[k]) / 2 < since)
			break;
		if (!line->wrote[k] || line->kind[k] != line->kind[bucket])
			continue;
		v[n++] = h->list[entry - 1].bucket == k
			     ? h->list[entry - 1].value
			     : 0;
	}
	return n;
}

static void
read_stats(const struct baseline *bl, int64_t *v, size_t n,
    struct baseline_reading *out)
{
	size_t i;

	qsort(v, n, sizeof(*v), compare);
	out->buckets = n;
	out->median = middle(v, n);
	switch (bl->stat) {
	case STAT_MEAN:
		out->value = mean(v, n);
		break;
	case STAT_MAX:
		out->value = v[n - 1];
		break;
	case STAT_P95:
		out->value = p95(v, n);
		break;
	default:
		out->value = out->median;
	}
	for (i = 0; i < n; i++)
		v[i] = distance(v[i], out->median);
	qsort(v, n, sizeof(*v), compare);
	out->mad = middle(v, n);
	out->plain = out->value;
	if (out->value < bl->floor)
		out->value = bl->floor;
	if (out->median < bl->floor)
		out->median = bl->floor;
}

bool
baseline_read(const struct baseline *bl, const struct baseline_line *line,
    const struct baseline_history *h, size_t bucket,
    struct baseline_reading *out)
{
	int64_t *v;
	size_t n;

	memset(out, 0, sizeof(*out));
	if (h->n == 0 || bucket <= h->list[0].bucket)
		return false;
	v = xcalloc(bucket - h->list[0].bucket, sizeof(*v));
	n = comparable_values(bl, line, h, bucket, v);
	if (n > 0 && n >= (size_t)bl->min_buckets)
		read_stats(bl, v, n, out);
	free(v);
	return out->buckets > 0;
}

int64_t
baseline_times(const struct baseline_reading *r, int64_t k)
{
	return measure_times(k, r->value > 0 ? r->value : 0);
}

int64_t
baseline_mads(const struct baseline_reading *r, int64_t k)
{
	int64_t spread = measure_times(k, measure_times(MAD_FACTOR, r->mad));

	if (r->median > INT64_MAX - spread)
		return INT64_MAX;
	return r->median + spread;
}
