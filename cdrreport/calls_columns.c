/* What there is to say of a call. */
#include "calls.h"

#include "base/utf8.h"
#include "tel/calltime.h"

static void
put_name(struct buf *b, const struct batch *batch, uint32_t name)
{
	utf8_repair(b, batch_text(batch, name), intern_len(batch->names, name));
}

/* A span of ms in seconds. */
static void
put_span(struct buf *b, uint32_t ms)
{
	struct jsonout j;

	jsonout_init(&j, b, false);
	jsonout_decimal(&j, ms, 3);
}

#define NAME(column, at)                                                   \
	static void put_##column(struct buf *b, const struct batch *batch, \
	    size_t i)                                                      \
	{                                                                  \
		put_name(b, batch, at);                                    \
	}

#define PARTY(column, at)                                                  \
	static void put_##column(struct buf *b, const struct batch *batch, \
	    size_t i)                                                      \
	{                                                                  \
		put_name(b, batch, batch->parties[at].text);               \
	}

NAME(source, batch->sources[batch->calls[i].source].name)
NAME(account, batch->calls[i].account)
NAME(user, batch->calls[i].user)
NAME(dialled, batch->calls[i].dialled)
NAME(trunk_in, batch->calls[i].trunk_in)
NAME(trunk_out, batch->calls[i].trunk_out)
NAME(call_id, batch->origins[i].call_id)
NAME(src_name, batch_extra(batch, EXTRA_SRC_NAME, i))
NAME(service, batch->origins[i].service)
NAME(file, batch->files[batch_file_of(batch, i)])
NAME(currency, batch->currencies[batch->calls[i].currency])
PARTY(src, batch->calls[i].src)
PARTY(dst, batch->calls[i].dst)
PARTY(forwarded_by, batch_extra(batch, EXTRA_FORWARDED_BY, i))
NAME(country, batch->parties[batch->calls[i].dst].country)
NAME(raw_src, batch->calls[i].src)
NAME(raw_dst, batch->calls[i].dst)
NAME(raw_forwarded_by, batch_extra(batch, EXTRA_FORWARDED_BY, i))
NAME(join, batch_join(batch, i))

static void
put_start(struct buf *b, const struct batch *batch, size_t i)
{
	time_rfc3339(b, batch->calls[i].start);
}

static void
put_direction(struct buf *b, const struct batch *batch, size_t i)
{
	buf_addstr(b, direction_name(batch->calls[i].direction));
}

static void
put_status(struct buf *b, const struct batch *batch, size_t i)
{
	buf_addstr(b, status_name(batch->calls[i].status));
}

static void
put_feature(struct buf *b, const struct batch *batch, size_t i)
{
	if (batch->calls[i].feature != FEATURE_NONE)
		buf_addstr(b, feature_name(batch->calls[i].feature));
}

static void
put_event(struct buf *b, const struct batch *batch, size_t i)
{
	if (batch_event(batch, i) != EVENT_CALL)
		buf_addstr(b, event_name(batch_event(batch, i)));
}

static void
put_ring(struct buf *b, const struct batch *batch, size_t i)
{
	put_span(b, batch->calls[i].ring);
}

static void
put_duration(struct buf *b, const struct batch *batch, size_t i)
{
	put_span(b, batch->calls[i].duration);
}

static void
put_cost(struct buf *b, const struct batch *batch, size_t i)
{
	struct jsonout j;

	if ((batch->calls[i].flags & CALL_HAS_COST) == 0)
		return;
	jsonout_init(&j, b, false);
	jsonout_decimal(&j, batch_cost(batch, i), 6);
}

static void
put_cause(struct buf *b, const struct batch *batch, size_t i)
{
	if (batch->origins[i].cause != 0)
		buf_addf(b, "%d", batch->origins[i].cause);
}

static void
put_line(struct buf *b, const struct batch *batch, size_t i)
{
	if (batch->origins[i].line != 0)
		buf_addf(b, "%lu", (unsigned long)batch->origins[i].line);
}

/* What the clock showed, where the stamp had no zone. */
static void
put_stamp(struct buf *b, const struct batch *batch, size_t i)
{
	const int64_t clock = batch->origins[i].clock;

	if (clock != 0)
		time_local(b, zone_utc(),
		    batch->calls[i].start +
			(clock - ORIGIN_CLOCK) * ORIGIN_CLOCK_MS);
}

static void
put_zone_kind(struct buf *b, const struct batch *batch, size_t i)
{
	static const char *const names[] = { [STAMP_LOCAL] = "local",
		[STAMP_UTC] = "utc",
		[STAMP_OFFSET] = "offset",
		[STAMP_ABBREV] = "abbreviation" };

	if (batch->origins[i].zone_kind < sizeof(names) / sizeof(names[0]))
		buf_addstr(b, names[batch->origins[i].zone_kind]);
}

static void
put_key(struct buf *b, const struct batch *batch, size_t i)
{
	buf_addf(b, "%016llx", (unsigned long long)batch->origins[i].key);
}

#define NUMBER(column, value)                                           \
	static int64_t number_##column(const struct batch *b, size_t i) \
	{                                                               \
		return value;                                           \
	}

NUMBER(start, b->calls[i].start)
NUMBER(ring, b->calls[i].ring)
NUMBER(duration, b->calls[i].duration)
NUMBER(cost, batch_cost(b, i))
NUMBER(cause, b->origins[i].cause)
NUMBER(line, b->origins[i].line)

const struct call_column calls_understood[] = {
	{ "start", CELL_TEXT, true, put_start, number_start },
	{ "source", CELL_TEXT, false, put_source, NULL },
	{ "account", CELL_TEXT, false, put_account, NULL },
	{ "user", CELL_TEXT, false, put_user, NULL },
	{ "direction", CELL_TEXT, true, put_direction, NULL },
	{ "status", CELL_TEXT, true, put_status, NULL },
	{ "src", CELL_TEXT, true, put_src, NULL },
	{ "src_name", CELL_TEXT, false, put_src_name, NULL },
	{ "dst", CELL_TEXT, true, put_dst, NULL },
	{ "dst_country", CELL_TEXT, true, put_country, NULL },
	{ "dialled", CELL_TEXT, false, put_dialled, NULL },
	{ "forwarded_by", CELL_TEXT, false, put_forwarded_by, NULL },
	{ "trunk_in", CELL_TEXT, false, put_trunk_in, NULL },
	{ "trunk_out", CELL_TEXT, false, put_trunk_out, NULL },
	{ "ring_s", CELL_NUMBER, false, put_ring, number_ring },
	{ "duration_s", CELL_NUMBER, true, put_duration, number_duration },
	{ "cost", CELL_NUMBER, true, put_cost, number_cost },
	{ "currency", CELL_TEXT, true, put_currency, NULL },
	{ "feature", CELL_TEXT, false, put_feature, NULL },
	{ "event", CELL_TEXT, false, put_event, NULL },
	{ "call_id", CELL_TEXT, false, put_call_id, NULL },
	{ "file", CELL_TEXT, false, put_file, NULL },
	{ "line", CELL_NUMBER, true, put_line, number_line },
	{ NULL, CELL_TEXT, false, NULL, NULL },
};

const struct call_column calls_raw[] = {
	{ "start", CELL_TEXT, true, put_start, number_start },
	{ "stamp", CELL_TEXT, true, put_stamp, NULL },
	{ "zone_kind", CELL_TEXT, true, put_zone_kind, NULL },
	{ "source", CELL_TEXT, false, put_source, NULL },
	{ "src", CELL_TEXT, true, put_raw_src, NULL },
	{ "src_name", CELL_TEXT, false, put_src_name, NULL },
	{ "dst", CELL_TEXT, true, put_raw_dst, NULL },
	{ "dialled", CELL_TEXT, true, put_dialled, NULL },
	{ "forwarded_by", CELL_TEXT, false, put_raw_forwarded_by, NULL },
	{ "account", CELL_TEXT, false, put_account, NULL },
	{ "user", CELL_TEXT, false, put_user, NULL },
	{ "trunk_in", CELL_TEXT, false, put_trunk_in, NULL },
	{ "trunk_out", CELL_TEXT, true, put_trunk_out, NULL },
	{ "direction", CELL_TEXT, false, put_direction, NULL },
	{ "status", CELL_TEXT, false, put_status, NULL },
	{ "ring_s", CELL_NUMBER, false, put_ring, number_ring },
	{ "duration_s", CELL_NUMBER, true, put_duration, number_duration },
	{ "cost", CELL_NUMBER, false, put_cost, number_cost },
	{ "currency", CELL_TEXT, false, put_currency, NULL },
	{ "cause", CELL_NUMBER, false, put_cause, number_cause },
	{ "service", CELL_TEXT, false, put_service, NULL },
	{ "call_id", CELL_TEXT, false, put_call_id, NULL },
	{ "join_key", CELL_TEXT, false, put_join, NULL },
	{ "key", CELL_TEXT, false, put_key, NULL },
	{ "file", CELL_TEXT, false, put_file, NULL },
	{ "line", CELL_NUMBER, true, put_line, number_line },
	{ NULL, CELL_TEXT, false, NULL, NULL },
};
