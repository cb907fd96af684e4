/* detect_held: what a rule keeps for the next run, and as bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/floordiv.h"
#include "base/hash.h"
#include "base/packed.h"
#include "base/xalloc.h"
#include "detect/detect_impl.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS  (24 * HOUR_MS)

/* What stands before the columns. */
enum {
	HEAD_FORMAT,
	HEAD_UNTIL,
	HEAD_COUNTED,
	HEAD_TALKING,
	HEAD_FIRED_SINCE,
	HEAD_LAST, /* how many */
	HEAD_ASKED,
	HEAD_FIRED,
	HEAD_FIRSTS,
	HEAD_LASTS,
	HEAD_SIZE
};
enum { FORMAT = 1 };

bool
detect_held_lasts(const struct rule *r)
{
	return r->measure.fn == MEASURE_GAP || r->measure.fn == MEASURE_SILENCE;
}

bool
detect_held_needed(const struct detect_work *w)
{
	return detect_held_by(w->rule, w->events != NULL);
}

bool
detect_held_by(const struct rule *r, bool followed)
{
	if (r->measure.window > WINDOW_OVER)
		return false;
	return followed || r->follows.rule != NULL || detect_held_lasts(r) ||
	       r->measure.fn == MEASURE_CONCURRENT ||
	       rule_asks(r, field_find("since_prev")) ||
	       rule_asks(r, field_find("src_new")) || rule_asks_never(r);
}

/*
 * So late calls may come: half a day.  What changes calls of before may be as
 * late as that.  An hour of UTC begins then, as what is known of calls is known
 * by the hour.
 */
int64_t
detect_kept_until(const struct detect_settings *set, const struct batch *b)
{
	int64_t last;

	if (b->n == 0)
		return 0;
	last = b->calls[b->n - 1].start;
	if (set->late != 0)
		return last - set->late;
	last -= DAY_MS / 2;
	return floor_to(last, HOUR_MS);
}

/*
 * A silence goes on from there; other rules look at the window before it.  An
 * episode that began a day before may go on.
 */
int64_t
detect_held_until(const struct detect_settings *set, const struct rule *r,
    const struct batch *b)
{
	const int64_t more = set->late == 0 ? DAY_MS : HOUR_MS;
	const int64_t span = detect_span(&r->measure);

	if (r->measure.fn == MEASURE_SILENCE)
		return detect_kept_until(set, b);
	return detect_kept_until(set, b) - (span < more ? more : span);
}

int64_t
detect_fired_since(const struct detect_settings *set, const struct batch *b,
    int64_t back)
{
	return detect_kept_until(set, b) - DETECT_EPISODE_MS - back;
}

uint64_t
detect_held_key(const char *const *texts, size_t n)
{
	struct buf key;
	uint64_t hash;
	size_t i;

	buf_init(&key);
	for (i = 0; i < n; i++)
		buf_add(&key, texts[i], strlen(texts[i]) + 1);
	hash = hash64(key.data, key.len);
	buf_fini(&key);
	return hash;
}

uint64_t
detect_held_group(const struct rule *r, const struct batch *b,
    const uint32_t *codes)
{
	const char *texts[BOUNDS_BY];
	size_t i;

	for (i = 0; i < r->nby; i++)
		texts[i] = field_code_text(r->by[i], b, codes[i]);
	return detect_held_key(texts, r->nby);
}

void
detect_held_free(struct detect_held **hp)
{
	struct detect_held *h = *hp;

	if (h == NULL)
		return;
	detect_marks_fini(&h->last);
	detect_marks_fini(&h->asked);
	detect_marks_fini(&h->firsts);
	detect_marks_fini(&h->lasts);
	free(h->fired);
	free(h);
	*hp = NULL;
}

/* As bytes ---------------------------------------------------------------- */

static void
print_fired(const struct detect_held *h, struct buf *out)
{
	int64_t *column = xcalloc(h->nfired + 1, sizeof(*column));
	size_t i;

	for (i = 0; i < h->nfired; i++)
		column[i] = h->fired[i].start;
	packed_add_numbers(out, column, h->nfired);
	for (i = 0; i < h->nfired; i++)
		column[i] = (int64_t)h->fired[i].key;
	packed_add_numbers(out, column, h->nfired);
	for (i = 0; i < h->nfired; i++)
		column[i] = (int64_t)h->fired[i].source;
	packed_add_numbers(out, column, h->nfired);
	free(column);
}

void
detect_held_print(const struct detect_held *h, struct buf *out)
{
	const int64_t head[HEAD_SIZE] = { [HEAD_FORMAT] = FORMAT,
		[HEAD_UNTIL] = h->until,
		[HEAD_COUNTED] = h->counted,
		[HEAD_TALKING] = h->talking,
		[HEAD_FIRED_SINCE] = h->fired_since,
		[HEAD_LAST] = (int64_t)h->last.n,
		[HEAD_ASKED] = (int64_t)h->asked.n,
		[HEAD_FIRED] = (int64_t)h->nfired,
		[HEAD_FIRSTS] = (int64_t)h->firsts.n,
		[HEAD_LASTS] = (int64_t)h->lasts.n };

	packed_add_numbers(out, head, HEAD_SIZE);
	detect_marks_print(&h->last, out);
	detect_marks_print(&h->asked, out);
	print_fired(h, out);
	detect_marks_print(&h->firsts, out);
	detect_marks_print(&h->lasts, out);
}

static int
read_head(int64_t *head, const unsigned char **at, const unsigned char *end)
{
	struct packed_numbers p;
	size_t i;

	if (packed_take_numbers(&p, at, end, HEAD_SIZE) != 0)
		return -1;
	for (i = 0; i < HEAD_SIZE; i++)
		head[i] = packed_number(&p, i);
	return head[HEAD_FORMAT] == FORMAT &&
		       detect_sane_count(head[HEAD_COUNTED]) &&
		       detect_sane(head[HEAD_UNTIL]) &&
		       detect_sane(head[HEAD_TALKING]) &&
		       detect_sane(head[HEAD_FIRED_SINCE])
		   ? 0
		   : -1;
}

static int
read_fired(struct detect_held *h, const unsigned char **at,
    const unsigned char *end, int64_t n)
{
	struct packed_numbers starts, keys, sources;
	size_t i;

	/* calls that differ take a bit each */
	if (n < 0 || n / 8 > end - *at ||
	    packed_take_numbers(&starts, at, end, (size_t)n) != 0 ||
	    packed_take_numbers(&keys, at, end, (size_t)n) != 0 ||
	    packed_take_numbers(&sources, at, end, (size_t)n) != 0)
		return -1;
	h->nfired = (size_t)n;
	h->fired = xcalloc(h->nfired + 1, sizeof(*h->fired));
	for (i = 0; i < h->nfired; i++)
		h->fired[i] = (struct detect_firing){
			.start = packed_number(&starts, i),
			.key = (uint64_t)packed_number(&keys, i),
			.source = (uint64_t)packed_number(&sources, i),
		};
	return 0;
}

static int
read_all(struct detect_held *h, const unsigned char *at,
    const unsigned char *end)
{
	int64_t head[HEAD_SIZE];

	if (read_head(head, &at, end) != 0)
		return -1;
	h->until = head[HEAD_UNTIL];
	h->counted = head[HEAD_COUNTED];
	h->talking = head[HEAD_TALKING];
	h->fired_since = head[HEAD_FIRED_SINCE];
	if (detect_marks_read(&h->last, &at, end, head[HEAD_LAST]) != 0 ||
	    detect_marks_read(&h->asked, &at, end, head[HEAD_ASKED]) != 0 ||
	    read_fired(h, &at, end, head[HEAD_FIRED]) != 0 ||
	    detect_marks_read(&h->firsts, &at, end, head[HEAD_FIRSTS]) != 0 ||
	    detect_marks_read(&h->lasts, &at, end, head[HEAD_LASTS]) != 0)
		return -1;
	return at == end ? 0 : -1;
}

struct detect_held *
detect_held_take(const struct detect_work *w)
{
	const struct detect_past *past = w->set->past;
	const struct buf *body = NULL;
	struct detect_held *h;
	const unsigned char *bytes;

	if (past != NULL && past->keep != NULL && detect_held_needed(w))
		body = detect_keep_get(past->keep, w->rule->id);
	if (body == NULL)
		return NULL;
	h = xcalloc(1, sizeof(*h));
	bytes = (const unsigned char *)body->data;
	if (read_all(h, bytes, bytes + body->len) != 0)
		detect_held_free(&h);
	return h;
}
