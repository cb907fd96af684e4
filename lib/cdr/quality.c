#include "cdr/quality_impl.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"
#include "tel/calltime.h"

#define MINUTE_MS INT64_C(60000)

void
quality_add(struct batch *b, enum call_quality kind, size_t at, int64_t start,
    uint32_t duration, const char *words)
{
	const uint32_t said = intern_addstr(b->names, words);
	const struct call c = b->calls[at];
	const struct origin o = b->origins[at];
	/* Several files may fail at one call, each in its own way. */
	const uint64_t why =
	    kind == QUALITY_LIMIT ? hash64(words, strlen(words)) : 0;
	const uint64_t told[] = { (uint64_t)kind, (uint64_t)start, why };
	struct origin *origin;
	struct call *call;

	const uint32_t file = batch_file_of(b, at);
	const size_t i = batch_add(b, &call, &origin);

	call->start = start;
	call->duration = duration;
	call->source = c.source;
	call->flags = CALL_EVENT;
	origin->key = hash64(told, sizeof(told));
	origin->line = o.line;
	batch_set_file(b, i, file);
	origin->zone_kind = o.zone_kind;
	origin->service = said;
	origin->event = EVENT_QUALITY;
	origin->quality = (unsigned)kind & 7;
}

static int64_t
ends_at(const struct call *c)
{
	return c->start + c->ring + c->duration;
}

/* Records of a minute may be written in any order. */
static bool
in_order(const struct batch *b, size_t first, size_t last)
{
	size_t i;

	for (i = first; i < last; i++)
		if (ends_at(&b->calls[i + 1]) <
		    ends_at(&b->calls[i]) - MINUTE_MS)
			return false;
	return true;
}

void
quality_of_order(struct batch *b, size_t first, size_t end)
{
	struct buf words;
	int64_t back;
	size_t i;

	buf_init(&words);
	for (i = first + QUALITY_IN_ORDER; i + QUALITY_IN_ORDER <= end; i++) {
		back = ends_at(&b->calls[i - 1]) - ends_at(&b->calls[i]);
		if (back <= QUALITY_HOUR_MS ||
		    !in_order(b, i - QUALITY_IN_ORDER, i - 1) ||
		    !in_order(b, i, i + QUALITY_IN_ORDER - 1))
			continue;
		buf_reset(&words);
		buf_addstr(&words, "clock put back by ");
		span_clock(&words, back);
		quality_add(b, QUALITY_CLOCK_JUMP, i, b->calls[i].start, 0,
		    words.data);
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
	const size_t n = b->n;

	assert(b->sorted);
	if (quality_find_copies(b, threads))
		quality_find_holes(b, n);
}
