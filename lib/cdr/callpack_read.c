/* callpack_read: the columns of calls, as their bytes tell them. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/beside.h"
#include "base/packed.h"
#include "base/xalloc.h"
#include "cdr/callpack.h"
#include "cdr/callpack_impl.h"

/* The greatest value of a column; what is not here may be any. */
struct bound {
	int column;
	int64_t most;
};

static const struct bound call_bounds[] = {
	{ CALLPACK_RING, UINT32_MAX },
	{ CALLPACK_DURATION, UINT32_MAX },
	{ CALLPACK_DIRECTION, DIR_TRANSIT },
	{ CALLPACK_STATUS, STATUS_CANCELLED },
	{ CALLPACK_FEATURE, FEATURE_COUNT - 1 },
	{ CALLPACK_ACCOUNT_TYPE, ACCOUNT_DIRECTORY },
	{ CALLPACK_FLAGS, UINT8_MAX },
	{ CALLPACK_LINE, UINT32_MAX },
	{ CALLPACK_CAUSE, UINT8_MAX },
	{ CALLPACK_ZONE_KIND, UINT8_MAX },
	{ CALLPACK_STATED, ORIGIN_STATED },
	{ CALLPACK_USER_CALLED, 1 },
	{ CALLPACK_EVENT, EVENT_COUNT - 1 },
	{ CALLPACK_QUALITY, QUALITY_COUNT - 1 },
	{ CALLPACK_RATED, 1 },
	{ CALLPACK_CLOCK, UINT8_MAX },
};

static const struct bound party_bounds[] = {
	{ CALLPACK_PARTY_KIND, NUMKIND_COUNT - 1 },
	{ CALLPACK_PARTY_PARTY, PARTY_INTERNAL },
	{ CALLPACK_PARTY_INSIDE, 1 },
	{ CALLPACK_PARTY_INTERNATIONAL, 1 },
	{ CALLPACK_PARTY_OWN, 1 },
	{ CALLPACK_PARTY_STATED,
	    PARTY_STATED_KIND | PARTY_STATED_INTERNATIONAL },
};

enum { BLOCK = 256 };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool
take_head(struct callpack_reading *r)
{
	int64_t head[CALLPACK_HEAD_SIZE], most;
	struct packed_numbers p;
	size_t i;

	if (packed_take_numbers(&p, &r->at, r->end, CALLPACK_HEAD_SIZE) != 0)
		return false;
	/* what differs takes a bit each */
	most = 8 * (r->end - r->at) + 8;
	for (i = 0; i < CALLPACK_HEAD_SIZE; i++) {
		head[i] = packed_number(&p, i);
		if (head[i] < 0 || head[i] > most)
			return false;
	}
	r->ntexts = (size_t)head[CALLPACK_HEAD_TEXTS];
	r->nparties = (size_t)head[CALLPACK_HEAD_PARTIES];
	r->nlisted = (size_t)head[CALLPACK_HEAD_LISTED];
	r->n = (size_t)head[CALLPACK_HEAD_CALLS];
	return head[CALLPACK_HEAD_FORMAT] == CALLPACK_FORMAT;
}

/* Texts on their way, while columns are looked at. */
struct reading_texts {
	struct callpack_reading *r;
	struct packed_texts texts;
	bool good;
};

static void
read_texts(void *vt)
{
	struct reading_texts *t = vt;
	struct callpack_reading *r = t->r;
	struct buf text;
	size_t i;

	t->good = r->ntexts > 0;
	buf_init(&text);
	for (i = 0; i < r->ntexts && t->good; i++) {
		t->good = packed_next_listed(&t->texts, &text) == 0 &&
			  memchr(text.data, '\0', text.len) == NULL;
		if (!t->good)
			break;
		r->texts[i].bytes =
		    arena_strndup(&r->arena, text.data, text.len);
		r->texts[i].len = text.len;
	}
	buf_fini(&text);
	t->good = t->good && r->texts[0].len == 0;
}

/* Whether any value of so many bits would be, so that none need be read. */
static bool
fit_in_bounds(const struct packed_numbers *p, int64_t least, int64_t most)
{
	const int64_t from = (int64_t)p->least;

	return from >= least && from <= most && p->width < 32 &&
	       p->unit * ((UINT64_C(1) << p->width) - 1) <=
		   (uint64_t)most - p->least;
}

static bool
in_bounds(const struct packed_numbers *p, size_t n, int64_t least, int64_t most)
{
	int64_t v[BLOCK];
	size_t i, k, some;
	bool good = true;

	if (fit_in_bounds(p, least, most))
		return true;
	for (i = 0; i < n && good; i += some) {
		some = n - i < BLOCK ? n - i : BLOCK;
		packed_numbers(p, i, some, v);
		for (k = 0; k < some; k++)
			good = good && v[k] >= least && v[k] <= most;
		if (p->width == 0)
			break; /* all are the same */
	}
	return good;
}

static bool
take_columns(struct callpack_reading *r, struct packed_numbers *p,
    size_t columns, size_t n, uint64_t texts)
{
	size_t k;

	for (k = 0; k < columns; k++) {
		if (packed_take_numbers(&p[k], &r->at, r->end, n) != 0)
			return false;
		if ((texts >> k & 1) != 0 &&
		    !in_bounds(&p[k], n, 0, (int64_t)r->ntexts - 1))
			return false;
	}
	return true;
}

static bool
within(const struct packed_numbers *p, size_t n, const struct bound *bounds,
    size_t nbounds)
{
	size_t i;

	for (i = 0; i < nbounds; i++)
		if (!in_bounds(&p[bounds[i].column], n, 0, bounds[i].most))
			return false;
	return true;
}

/* In order, and so that sums with spans do not overflow. */
static bool
starts_are_good(const struct callpack_reading *r)
{
	const int64_t most = INT64_C(1) << 60;
	const struct packed_numbers *p = &r->calls[CALLPACK_START];
	int64_t v[BLOCK], last = INT64_MIN;
	size_t i, k, some;

	for (i = 0; i < r->n; i += some) {
		some = r->n - i < BLOCK ? r->n - i : BLOCK;
		packed_numbers(p, i, some, v);
		for (k = 0; k < some; last = v[k++])
			if (v[k] < last)
				return false;
	}
	return in_bounds(p, r->n, -most, most);
}

static bool
take_rest(struct callpack_reading *r)
{
	static const int of_party[] = { CALLPACK_SRC, CALLPACK_DST,
		CALLPACK_FORWARDED_BY };
	size_t i;

	if (!take_columns(r, r->parties, CALLPACK_PARTY_COLUMNS, r->nparties,
		CALLPACK_PARTY_TEXTS) ||
	    !take_columns(r, r->listed, CALLPACK_LISTED_COLUMNS, r->nlisted,
		CALLPACK_LISTED_TEXTS) ||
	    !take_columns(r, r->calls, CALLPACK_COLUMNS, r->n,
		CALLPACK_TEXTS) ||
	    r->at != r->end)
		return false;
	for (i = 0; i < COUNT(of_party); i++)
		if (!in_bounds(&r->calls[of_party[i]], r->n, 0,
			(int64_t)r->nparties - 1))
			return false;
	return within(r->parties, r->nparties, party_bounds,
		   COUNT(party_bounds)) &&
	       in_bounds(&r->listed[CALLPACK_LISTED_CALENDAR], r->nlisted, 0,
		   (int64_t)r->ntexts) &&
	       in_bounds(&r->calls[CALLPACK_LISTED], r->n, 0,
		   (int64_t)r->nlisted - 1) &&
	       within(r->calls, r->n, call_bounds, COUNT(call_bounds)) &&
	       starts_are_good(r);
}

bool
callpack_take(struct callpack_reading *r)
{
	struct reading_texts t = { .r = r };
	struct beside *beside;
	bool good;

	if (!take_head(r) ||
	    packed_take_texts(&t.texts, &r->at, r->end, r->ntexts) != 0)
		return false;
	r->texts = xcalloc(r->ntexts + 1, sizeof(*r->texts));
	beside = beside_start(r->threads, read_texts, &t);
	good = take_rest(r);
	beside_end(&beside);
	return good && t.good;
}
