/*
 * detect_resume_thin: where judging goes on in each group, and which of its
 * calls that takes.
 */
#include <string.h>

#include "base/buf.h"
#include "base/intern.h"
#include "detect/detect_resume_impl.h"

bool
detect_left_goes_on(const struct detect_resume *p, const struct rule *r,
    const struct detect_left *g)
{
	return g->first != INT64_MIN && p->from - g->last <= r->quiet &&
	       p->from - g->first < DETECT_EPISODE_MS;
}

int64_t
detect_left_begin(const struct detect_resume *p, const struct rule *r,
    const struct detect_left *g)
{
	return detect_left_goes_on(p, r, g) ? g->first : p->from;
}

/* NULL: it has no finding that matters. */
static const struct detect_left *
find_group(const struct detect_resume *p, const struct batch *b,
    const struct rule *r, const uint32_t *codes)
{
	const char *text;
	struct buf key;
	uint32_t id;
	size_t i;

	if (p->ngroups == 0)
		return NULL;
	buf_init(&key);
	for (i = 0; i < r->nby; i++) {
		text = field_code_text(r->by[i], b, codes[i]);
		buf_add(&key, text, strlen(text) + 1);
	}
	id = intern_find(p->keys, key.data, key.len);
	buf_fini(&key);
	return id != INTERN_NONE ? &p->groups[id] : NULL;
}

int64_t
detect_resume_begin(const struct detect_resume *p, const struct batch *b,
    const struct rule *r, const uint32_t *key)
{
	const struct detect_left *g;

	/* its first call is where it begins, and has no value */
	if (r->measure.fn == MEASURE_SILENCE)
		return INT64_MIN;
	g = find_group(p, b, r, key);
	return g != NULL ? detect_left_begin(p, r, g) : p->from;
}

/* Only calls behind this instant are in a window that is judged. */
static int64_t
behind(const struct detect_resume *p, const struct rule *r,
    const struct detect_left *g)
{
	int64_t over = g == NULL                      ? INT64_MIN
		       : detect_left_goes_on(p, r, g) ? g->earlier
						      : g->last;
	int64_t old =
	    (g != NULL ? detect_left_begin(p, r, g) : p->from) - p->span;

	return over > old ? over : old;
}

/* Of the group with this key; silence begins with its call. */
static int64_t
limit_of(const struct detect_resume *p, const struct batch *b,
    const struct rule *r, const uint32_t *key)
{
	int64_t begin;

	if (r->measure.fn != MEASURE_SILENCE)
		return behind(p, r, find_group(p, b, r, key));
	begin = detect_silence_begin(p, detect_held_group(r, b, key));
	return begin == INT64_MIN ? begin : begin - 1;
}

/* The calls of the batch up to an instant; most groups ask for the same one. */
struct upto {
	int64_t limit;
	size_t n;
};

static void
upto_set(struct upto *u, const struct batch *b, int64_t limit)
{
	if (limit == u->limit)
		return;
	u->limit = limit;
	u->n = limit == INT64_MIN ? 0 : batch_lower(b, limit + 1);
}

void
detect_resume_thin(struct detect_resume *p, struct detect_groups *g,
    const struct batch *b, const struct rule *r)
{
	struct upto old = { .limit = INT64_MIN };
	size_t n = 0, kept = 0, k = 0, before, i;
	int64_t last; /* call of the group up to then; -1: none */
	uint32_t call;

	for (i = 0; i < g->n; i++) {
		upto_set(&old, b, limit_of(p, b, r, g->keys + i * r->nby));
		before = kept;
		last = -1;
		for (; k < g->ends[i]; k++) {
			call = g->calls[k];
			if (call < old.n) {
				last = call;
				if (!detect_talks_at(r, &b->calls[call],
					old.limit + 1))
					continue;
			}
			g->calls[kept++] = call;
		}
		if (kept == before)
			continue;
		if (r->measure.fn == MEASURE_GAP)
			detect_gap_before(p,
			    detect_held_group(r, b, g->keys + i * r->nby),
			    last >= 0 ? b->calls[last].start : INT64_MIN);
		memmove(g->keys + n * r->nby, g->keys + i * r->nby,
		    r->nby * sizeof(*g->keys));
		g->ends[n++] = kept;
	}
	g->n = n;
	detect_marks_settle(&p->befores);
}
