#include "cdr/quality_impl.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"
#include "tel/calltime.h"

#define MINUTE_MS INT64_C(60000)

struct quality_record
quality_record_of(const struct batch *b, size_t i)
{
	return (struct quality_record){ .source = b->calls[i].source,
		.zone_kind = b->origins[i].zone_kind,
		.file = batch_file_of(b, i),
		.line = b->origins[i].line };
}

void
quality_add_like(struct batch *b, enum call_quality kind,
    const struct quality_record *like, int64_t start, uint32_t duration,
    const char *words)
{
	const uint32_t said = intern_addstr(b->names, words);
	/* Several files may fail at one call, each in its own way. */
	const uint64_t why =
	    kind == QUALITY_LIMIT ? hash64(words, strlen(words)) : 0;
	const uint64_t told[] = { (uint64_t)kind, (uint64_t)start, why };
	struct origin *origin;
	struct call *call;

	size_t i;

	i = batch_add(b, &call, &origin);
	call->start = start;
	call->duration = duration;
	call->source = like->source;
	call->flags = CALL_EVENT;
	origin->key = hash64(told, sizeof(told));
	origin->line = like->line;
	origin->zone_kind = (unsigned)like->zone_kind & 3;
	batch_set_file(b, i, like->file);
	origin->service = said;
	origin->event = EVENT_QUALITY;
	origin->quality = (unsigned)kind & 7;
}

void
quality_add(struct batch *b, enum call_quality kind, size_t at, int64_t start,
    uint32_t duration, const char *words)
{
	const struct quality_record like = quality_record_of(b, at);

	quality_add_like(b, kind, &like, start, duration, words);
}

static int64_t
ends_at(const struct call *c)
{
	return c->start + c->ring + c->duration;
}

/* Records of a minute may be written in any order. */
static bool
in_order(const struct batch *b, const size_t *calls)
{
	size_t i;

	for (i = 1; i < QUALITY_IN_ORDER; i++)
		if (ends_at(&b->calls[calls[i]]) <
		    ends_at(&b->calls[calls[i - 1]]) - MINUTE_MS)
			return false;
	return true;
}

/* Whether there is a jump in the middle of twice QUALITY_IN_ORDER calls. */
static void
look_for_jump(struct batch *b, const size_t *calls, struct buf *words)
{
	const size_t *behind = calls + QUALITY_IN_ORDER;
	const int64_t back =
	    ends_at(&b->calls[behind[-1]]) - ends_at(&b->calls[behind[0]]);

	if (back <= QUALITY_HOUR_MS || !in_order(b, calls) ||
	    !in_order(b, behind))
		return;
	buf_reset(words);
	buf_addstr(words, "clock put back by ");
	span_clock(words, back);
	quality_add(b, QUALITY_CLOCK_JUMP, behind[0], b->calls[behind[0]].start,
	    0, words->data);
}

void
quality_of_order(struct batch *b, size_t first, size_t end)
{
	size_t calls[2 * QUALITY_IN_ORDER], n = 0, i;
	const size_t all = sizeof(calls) / sizeof(*calls);
	uint32_t line = 0;
	struct buf words;

	buf_init(&words);
	for (i = first; i < end; i++) {
		/* Given out late, because nothing had completed it. */
		if (b->origins[i].line < line)
			continue;
		line = b->origins[i].line;
		if (n == all)
			memmove(calls, calls + 1, --n * sizeof(*calls));
		calls[n++] = i;
		if (n == all)
			look_for_jump(b, calls, &words);
	}
	buf_fini(&words);
}

void
quality_unread(struct batch *b, size_t at, const char *why)
{
	assert(at < b->n);
	quality_add(b, QUALITY_LIMIT, at, b->calls[at].start, 0, why);
}

void
quality_of_calls(struct batch *b, size_t threads)
{
	quality_of_all(b, threads, NULL);
}

void
quality_of_all(struct batch *b, size_t threads, struct buf *keep)
{
	struct quality_kept k = { .list = NULL };
	const size_t n = b->n;
	bool holes;

	assert(b->sorted);
	if (keep != NULL && n > 0)
		quality_kept_count(&k, b, b->calls[0].start,
		    b->calls[n - 1].start);
	holes = quality_find_copies(b, threads);
	if (holes || keep != NULL)
		quality_find_holes(b, n, keep != NULL ? &k : NULL);
	if (keep != NULL)
		quality_kept_print(&k, keep);
	quality_kept_fini(&k);
}
