/*
 * What tells of times without records when most records are not there: how many
 * each source had in each bin of some weeks.  That bounds when as many as usual
 * had come; where a bound does not tell, all records have to be looked at.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/packed.h"
#include "base/xalloc.h"
#include "cdr/quality_impl.h"

/* More than the bins of all the weeks, and holes that somebody can make. */
enum { MOST = 1 << 16 };

struct quality_feed *
quality_kept_feed(struct quality_kept *k, const char *name)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (strcmp(k->list[i].name, name) == 0)
			return &k->list[i];
	k->list = xgrow(k->list, &k->cap, k->n + 1, sizeof(*k->list));
	k->list[k->n] = (struct quality_feed){ .name = xstrdup(name),
		.first = INT64_MAX,
		.last = INT64_MIN,
		.clear = INT64_MAX,
		.was_last = INT64_MIN };
	return &k->list[k->n++];
}

void
quality_kept_hole(struct quality_feed *f, const struct quality_hole *h,
    const char *file)
{
	f->holes =
	    xgrow(f->holes, &f->holes_cap, f->nholes + 1, sizeof(*f->holes));
	f->holes[f->nholes] = *h;
	f->holes[f->nholes++].file = xstrdup(file);
}

void
quality_kept_fini(struct quality_kept *k)
{
	struct quality_feed *f;
	size_t i, n;

	for (n = 0; n < k->n; n++) {
		f = &k->list[n];
		for (i = 0; i < f->nholes; i++)
			free(f->holes[i].file);
		free(f->holes);
		free(f->bins);
		free(f->counts);
		free(f->name);
	}
	free(k->list);
	memset(k, 0, sizeof(*k));
}

/* Counting ---------------------------------------------------------------- */

static void
count_record(struct quality_feed *f, int64_t bin)
{
	if (f->nbins > 0 && f->bins[f->nbins - 1] == bin) {
		f->counts[f->nbins - 1]++;
		return;
	}
	f->bins = xgrow(f->bins, &f->bins_cap, f->nbins + 1, sizeof(*f->bins));
	f->counts =
	    xgrow(f->counts, &f->counts_cap, f->nbins + 1, sizeof(*f->counts));
	f->bins[f->nbins] = bin;
	f->counts[f->nbins++] = 1;
}

/* Bins before `since` and from `end` on go, and holes that end before. */
static void
cut_feed(struct quality_feed *f, int64_t since, int64_t end)
{
	size_t i, n = 0;

	for (i = 0; i < f->nbins; i++) {
		if (f->bins[i] < since || f->bins[i] >= end)
			continue;
		f->bins[n] = f->bins[i];
		f->counts[n++] = f->counts[i];
	}
	f->nbins = n;
	for (i = n = 0; i < f->nholes; i++) {
		if (f->holes[i].to > since * QUALITY_BIN_MS)
			f->holes[n++] = f->holes[i];
		else
			free(f->holes[i].file);
	}
	f->nholes = n;
}

void
quality_kept_count(struct quality_kept *k, const struct batch *b, int64_t from,
    int64_t until)
{
	const int64_t since = (until - QUALITY_KEPT_MS) / QUALITY_BIN_MS;
	struct quality_feed **feeds = xcalloc(b->nsources + 1, sizeof(*feeds));
	struct quality_feed *f;
	int64_t start;
	size_t i;

	for (i = 0; i < b->nsources; i++)
		(void)quality_kept_feed(k, batch_text(b, b->sources[i].name));
	for (i = 0; i < b->nsources; i++)
		feeds[i] =
		    quality_kept_feed(k, batch_text(b, b->sources[i].name));
	if (k->since < since)
		k->since = since;
	for (i = 0; i < k->n; i++)
		cut_feed(&k->list[i], k->since, from / QUALITY_BIN_MS);
	for (i = 0; i < b->n; i++) {
		if (batch_event(b, i) == EVENT_QUALITY)
			continue;
		f = feeds[b->calls[i].source];
		start = b->calls[i].start;
		if (start < f->first)
			f->first = start;
		if (start > f->last)
			f->last = start;
		if (start / QUALITY_BIN_MS >= k->since)
			count_record(f, start / QUALITY_BIN_MS);
	}
	free(feeds);
}

/* Before which the QUALITY_USUAL-th record behind `t` cannot be. */
static int64_t
usual_least(const void *feed, int64_t t)
{
	const struct quality_feed *f = feed;
	const int64_t bin = t / QUALITY_BIN_MS;
	size_t low = 0, high = f->nbins, middle;
	int64_t n = 0;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (f->bins[middle] >= bin)
			high = middle;
		else
			low = middle + 1;
	}
	for (; low < f->nbins; low++) {
		n += f->counts[low];
		if (n < QUALITY_USUAL)
			continue;
		return f->bins[low] > bin ? f->bins[low] * QUALITY_BIN_MS : t;
	}
	return INT64_MAX;
}

int64_t
quality_clear_least(const struct quality_kept *k, const struct quality_feed *f,
    int64_t from)
{
	if (f->first > from - QUALITY_WEEKS * QUALITY_WEEK_MS)
		return INT64_MAX;
	if ((from - QUALITY_WEEKS * QUALITY_WEEK_MS) / QUALITY_BIN_MS <
	    k->since)
		return INT64_MIN;
	return quality_clear(from, usual_least, f);
}

/* As bytes ---------------------------------------------------------------- */

enum { HEAD = 5, HOLE = 5 };

/* Farther from 1970 than any record, and not too far to reckon with. */
#define FAR (INT64_C(1) << 55)

static bool
cannot_be(int64_t t)
{
	return t < -FAR || t > FAR;
}

/* What a feed begins with; some ends stand for none. */
static bool
can_be_head(const int64_t *head)
{
	const int64_t first = head[0], last = head[1], clear = head[2];

	return (first == INT64_MAX || !cannot_be(first)) &&
	       (last == INT64_MIN || !cannot_be(last)) &&
	       (clear == INT64_MIN || clear == INT64_MAX ||
		   !cannot_be(clear)) &&
	       head[3] >= 0 && head[3] <= MOST && head[4] >= 0 &&
	       head[4] <= MOST;
}

static void
print_hole(const struct quality_hole *h, struct buf *out)
{
	const int64_t v[HOLE] = { h->from, h->to, h->clear, h->line,
		h->zone_kind };

	packed_add_numbers(out, v, HOLE);
	packed_add_text(out, h->file, strlen(h->file));
}

static void
print_feed(const struct quality_feed *f, struct buf *out)
{
	const int64_t head[HEAD] = { f->first, f->last, f->clear,
		(int64_t)f->nbins, (int64_t)f->nholes };
	size_t i;

	packed_add_text(out, f->name, strlen(f->name));
	for (i = 0; i < HEAD; i++)
		packed_add_numbers(out, &head[i], 1);
	packed_add_numbers(out, f->bins, f->nbins);
	packed_add_numbers(out, f->counts, f->nbins);
	for (i = 0; i < f->nholes; i++)
		print_hole(&f->holes[i], out);
}

void
quality_kept_print(const struct quality_kept *k, struct buf *out)
{
	const int64_t head[] = { k->since, (int64_t)k->n };
	size_t i;

	for (i = 0; i < k->n; i++)
		if (k->list[i].nbins > MOST || k->list[i].nholes > MOST)
			return;
	packed_add_numbers(out, &head[0], 1);
	packed_add_numbers(out, &head[1], 1);
	for (i = 0; i < k->n; i++)
		print_feed(&k->list[i], out);
}

/* What is left to read. */
struct reading {
	const unsigned char *at, *end;
};

static int
read_text(struct reading *in, struct buf *out)
{
	buf_reset(out);
	return packed_read_text(out, &in->at, in->end) == 0 &&
		       strlen(out->data) == out->len
		   ? 0
		   : -1;
}

static int
read_hole(struct reading *in, struct quality_feed *f, struct buf *text)
{
	struct quality_hole h;
	int64_t v[HOLE];

	if (packed_read_numbers(v, &in->at, in->end, HOLE) != 0 ||
	    cannot_be(v[0]) || cannot_be(v[1]) || cannot_be(v[2]) ||
	    v[0] >= v[1] || v[3] < 0 || v[3] > UINT32_MAX || v[4] < 0 ||
	    v[4] > UINT8_MAX || read_text(in, text) != 0)
		return -1;
	h = (struct quality_hole){ .from = v[0],
		.to = v[1],
		.clear = v[2],
		.line = (uint32_t)v[3],
		.zone_kind = (uint8_t)v[4] };
	quality_kept_hole(f, &h, text->data);
	return 0;
}

static int
read_bins(struct reading *in, struct quality_feed *f, size_t n)
{
	size_t i;

	f->bins = xgrow(NULL, &f->bins_cap, n + 1, sizeof(*f->bins));
	f->counts = xgrow(NULL, &f->counts_cap, n + 1, sizeof(*f->counts));
	if (packed_read_numbers(f->bins, &in->at, in->end, n) != 0 ||
	    packed_read_numbers(f->counts, &in->at, in->end, n) != 0)
		return -1;
	f->nbins = n;
	for (i = 0; i < n; i++)
		if (f->bins[i] < 0 || f->bins[i] > FAR / QUALITY_BIN_MS ||
		    f->counts[i] < 0 || f->counts[i] > UINT32_MAX ||
		    (i > 0 && f->bins[i] <= f->bins[i - 1]))
			return -1;
	return 0;
}

static int
read_feed(struct reading *in, struct quality_kept *k, struct buf *text)
{
	int64_t head[HEAD], i;
	struct quality_feed *f;

	if (read_text(in, text) != 0)
		return -1;
	for (i = 0; i < HEAD; i++)
		if (packed_read_numbers(&head[i], &in->at, in->end, 1) != 0)
			return -1;
	f = quality_kept_feed(k, text->data);
	if (f->bins != NULL || !can_be_head(head) ||
	    read_bins(in, f, (size_t)head[3]) != 0)
		return -1;
	f->first = head[0];
	f->last = f->was_last = head[1];
	f->clear = f->was_clear = head[2];
	for (i = 0; i < head[4]; i++)
		if (read_hole(in, f, text) != 0)
			return -1;
	return 0;
}

int
quality_kept_read(struct quality_kept *k, const struct buf *bytes)
{
	struct reading in = { (const unsigned char *)bytes->data,
		(const unsigned char *)bytes->data + bytes->len };
	struct buf text;
	int64_t n, i;
	int r = 0;

	memset(k, 0, sizeof(*k));
	if (bytes->len == 0 ||
	    packed_read_numbers(&k->since, &in.at, in.end, 1) != 0 ||
	    k->since < 0 || k->since > FAR / QUALITY_BIN_MS ||
	    packed_read_numbers(&n, &in.at, in.end, 1) != 0 || n < 0 ||
	    n > BOUNDS_SOURCES)
		return -1;
	buf_init(&text);
	for (i = 0; r == 0 && i < n; i++)
		r = read_feed(&in, k, &text);
	buf_fini(&text);
	return r == 0 && in.at == in.end ? 0 : -1;
}
