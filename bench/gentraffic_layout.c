/*
 * What one record looks like: a layout is a table of columns.  A new one needs
 * a table, and a function only for what no other layout writes.
 */
#include <inttypes.h>
#include <string.h>

#include "bench/gentraffic_write.h"

static void
put_stamp(FILE *f, int64_t utc)
{
	char text[24];

	stamp_local(text, utc);
	(void)fputs(text, f);
}

static bool
external(const struct line *l)
{
	return l->call->way != INTERNAL;
}

static void
put_account(FILE *f, const struct line *l)
{
	(void)fputs(l->call->account->code, f);
}

static void
put_src(FILE *f, const struct line *l)
{
	(void)fputs(l->call->src, f);
}

static void
put_dst(FILE *f, const struct line *l)
{
	const struct call *call = l->call;

	/* Services are inside numbers: rooms of a conference, the box. */
	if (call->feature != NULL && strcmp(call->feature, "ConfBridge") == 0)
		(void)fprintf(f, "8%04u", call->account->index);
	else
		(void)fputs(call->dst, f);
}

static const char *
display_name(const struct call *call)
{
	if (call->way != OUT && call->way != INTERNAL)
		return "";
	return call->account->name != NULL
		   ? call->account->name
		   : persona_name(call->account->persona);
}

static void
put_name(FILE *f, const struct line *l)
{
	(void)fputs(display_name(l->call), f);
}

static void
put_clid(FILE *f, const struct line *l)
{
	(void)fprintf(f, "\"\"%s\"\" <%s>", display_name(l->call),
	    l->call->src);
}

static void
put_context(FILE *f, const struct line *l)
{
	(void)fputs(l->call->way == IN || l->call->way == TRANSIT
			? "from-trunk"
			: "from-internal",
	    f);
}

static void
put_fs_context(FILE *f, const struct line *l)
{
	(void)fputs(l->call->way == IN || l->call->way == TRANSIT ? "public"
								  : "default",
	    f);
}

static void
put_channel(FILE *f, const struct line *l)
{
	if (l->call->way == IN || l->call->way == TRANSIT)
		(void)fprintf(f, "PJSIP/carrier-%08" PRIx64, l->number * 2);
	else
		(void)fprintf(f, "PJSIP/%u-%08" PRIx64, l->call->user,
		    l->number * 2);
}

static void
put_dstchannel(FILE *f, const struct line *l)
{
	if (l->call->feature != NULL && l->call->way != OUT)
		return;
	if (l->call->way == OUT || l->call->way == TRANSIT)
		(void)fprintf(f, "PJSIP/carrier-%08" PRIx64, l->number * 2 + 1);
	else
		(void)fprintf(f, "PJSIP/%u-%08" PRIx64,
		    l->call->way == IN ? l->call->user : l->call->user + 1,
		    l->number * 2 + 1);
}

static void
put_app(FILE *f, const struct line *l)
{
	bool own = l->call->feature != NULL && l->call->way != OUT;

	(void)fputs(own ? l->call->feature : "Dial", f);
}

static void
put_start(FILE *f, const struct line *l)
{
	put_stamp(f, l->call->start);
}

static void
put_answer(FILE *f, const struct line *l)
{
	if (l->call->status == ANSWERED)
		put_stamp(f, l->call->start + l->call->ring);
}

static void
put_end(FILE *f, const struct line *l)
{
	put_stamp(f, l->call->start + l->call->ring + l->call->talk);
}

static void
put_total(FILE *f, const struct line *l)
{
	(void)fprintf(f, "%u", l->call->ring + l->call->talk);
}

static void
put_ring(FILE *f, const struct line *l)
{
	(void)fprintf(f, "%u", l->call->ring);
}

static void
put_talk(FILE *f, const struct line *l)
{
	(void)fprintf(f, "%u", l->call->talk);
}

static void
put_disposition(FILE *f, const struct line *l)
{
	static const char *const words[] = { "ANSWERED", "NO ANSWER", "BUSY",
		"FAILED", "CANCEL" };

	(void)fputs(words[l->call->status], f);
}

static void
put_yeastar(FILE *f, const struct line *l)
{
	static const char *const words[] = { "ANSWERED", "NO ANSWER", "BUSY",
		"FAILED", "ABANDONED" };

	(void)fputs(words[l->call->status], f);
}

static void
put_hangup(FILE *f, const struct line *l)
{
	static const char *const words[] = { "NORMAL_CLEARING", "NO_ANSWER",
		"USER_BUSY", "UNALLOCATED_NUMBER", "ORIGINATOR_CANCEL" };

	(void)fputs(words[l->call->status], f);
}

static void
put_plain(FILE *f, const struct line *l)
{
	static const char *const words[] = { "answered", "no answer", "busy",
		"failed", "cancelled" };

	(void)fputs(words[l->call->status], f);
}

static void
put_ama(FILE *f, const struct line *l)
{
	(void)l;
	(void)fputs("DOCUMENTATION", f);
}

static void
put_id(FILE *f, const struct line *l)
{
	(void)fputs(l->id, f);
}

static void
put_linked(FILE *f, const struct line *l)
{
	if (l->call->join == 0)
		(void)fputs(l->id, f);
	else
		(void)fprintf(f, "%" PRId64 ".9%06u", l->call->start,
		    l->call->join);
}

/* The first leg of a group is the least of its ids, so that they meet. */
static void
put_other_leg(FILE *f, const struct line *l)
{
	if (l->call->join != 0)
		(void)fprintf(f, "%08x-0000-4001-8000-000000000000",
		    l->call->join);
}

static void
put_sequence(FILE *f, const struct line *l)
{
	(void)fprintf(f, "%" PRIu64, l->number);
}

static void
put_direction(FILE *f, const struct line *l)
{
	static const char *const words[] = { "outbound", "inbound", "internal",
		"" };

	(void)fputs(words[l->call->way], f);
}

static void
put_yeastar_type(FILE *f, const struct line *l)
{
	static const char *const words[] = { "Outbound", "Inbound", "Internal",
		"Transfer" };

	(void)fputs(words[l->call->way], f);
}

static void
put_trunk_in(FILE *f, const struct line *l)
{
	if (external(l) && l->call->way != OUT)
		(void)fputs("carrier", f);
}

static void
put_trunk_out(FILE *f, const struct line *l)
{
	if (external(l) && l->call->way != IN)
		(void)fputs("carrier", f);
}

static void
put_user(FILE *f, const struct line *l)
{
	(void)fprintf(f, "%u", l->call->user);
}

static void
put_forwarder(FILE *f, const struct line *l)
{
	(void)fputs(l->call->forwarder, f);
}

static void
put_cost(FILE *f, const struct line *l)
{
	(void)fprintf(f, "%.4f", (double)l->call->cost / 1e6);
}

static void
put_currency(FILE *f, const struct line *l)
{
	(void)l;
	(void)fputs("USD", f);
}

static void
put_code(FILE *f, const struct line *l)
{
	(void)fputs(l->call->code, f);
}

static void
put_codec(FILE *f, const struct line *l)
{
	(void)l;
	(void)fputs("PCMU", f);
}

static void
put_nothing(FILE *f, const struct line *l)
{
	(void)f;
	(void)l;
}

static const struct column asterisk[] = {
	{ "accountcode", put_account, QUOTED }, { "src", put_src, QUOTED },
	{ "dst", put_dst, QUOTED }, { "dcontext", put_context, QUOTED },
	{ "clid", put_clid, QUOTED }, { "channel", put_channel, QUOTED },
	{ "dstchannel", put_dstchannel, QUOTED },
	{ "lastapp", put_app, QUOTED }, { "lastdata", put_dst, QUOTED },
	{ "start", put_start, QUOTED }, { "answer", put_answer, FILLED },
	{ "end", put_end, QUOTED }, { "duration", put_total, BARE },
	{ "billsec", put_talk, BARE },
	{ "disposition", put_disposition, QUOTED },
	{ "amaflags", put_ama, QUOTED }, { "uniqueid", put_id, QUOTED },
	{ "userfield", put_nothing, QUOTED },
	{ "peeraccount", put_nothing, QUOTED },
	{ "linkedid", put_linked, QUOTED }, { "sequence", put_sequence, BARE },
	{ NULL, NULL, BARE }
};

static const struct column freeswitch[] = { { "caller_id_name", put_name,
						QUOTED },
	{ "caller_id_number", put_src, QUOTED },
	{ "destination_number", put_dst, QUOTED },
	{ "context", put_fs_context, QUOTED },
	{ "start_stamp", put_start, QUOTED },
	{ "answer_stamp", put_answer, QUOTED },
	{ "end_stamp", put_end, QUOTED }, { "duration", put_total, QUOTED },
	{ "billsec", put_talk, QUOTED }, { "hangup_cause", put_hangup, QUOTED },
	{ "uuid", put_id, QUOTED }, { "bleg_uuid", put_other_leg, QUOTED },
	{ "accountcode", put_account, QUOTED },
	{ "read_codec", put_codec, QUOTED },
	{ "write_codec", put_codec, QUOTED }, { NULL, NULL, BARE } };

static const struct column generic[] = { { "Start Time", put_start, BARE },
	{ "From", put_src, BARE }, { "To", put_dst, BARE },
	{ "Direction", put_direction, BARE }, { "Status", put_plain, BARE },
	{ "Ring Time", put_ring, BARE }, { "Talk Time", put_talk, BARE },
	{ "Duration", put_total, BARE }, { "Account", put_account, BARE },
	{ "Extension", put_user, BARE }, { "Caller Name", put_name, BARE },
	{ "Redirecting Number", put_forwarder, BARE },
	{ "Source Trunk", put_trunk_in, BARE },
	{ "Destination Trunk", put_trunk_out, BARE },
	{ "Cost", put_cost, BARE }, { "Currency", put_currency, BARE },
	{ "Authorization Code", put_code, BARE }, { "Call ID", put_id, BARE },
	{ "Linked ID", put_linked, BARE }, { NULL, NULL, BARE } };

static const struct column yeastar[] = { { "ID", put_linked, BARE },
	{ "Time", put_start, BARE }, { "Call From", put_src, BARE },
	{ "Call To", put_dst, BARE }, { "Call Duration", put_total, BARE },
	{ "Ring Duration", put_ring, BARE },
	{ "Talk Duration", put_talk, BARE }, { "Status", put_yeastar, BARE },
	{ "Reason", put_nothing, BARE }, { "Source Trunk", put_trunk_in, BARE },
	{ "Destination Trunk", put_trunk_out, BARE },
	{ "Communication Type", put_yeastar_type, BARE },
	{ "PIN Code", put_account, BARE }, { NULL, NULL, BARE } };

static void
plain_id(char out[64], const struct call *call, uint64_t number)
{
	(void)call;
	(void)snprintf(out, 64, "c%08" PRIu64, number);
}

static void
unique_id(char out[64], const struct call *call, uint64_t number)
{
	(void)snprintf(out, 64, "%" PRId64 ".%" PRIu64, call->start, number);
}

static void
uuid_id(char out[64], const struct call *call, uint64_t number)
{
	if (call->join != 0)
		(void)snprintf(out, 64, "%08x-0000-4001-8000-%012" PRIx64,
		    call->join, number);
	else
		(void)snprintf(out, 64, "%08" PRIx64 "-0000-4000-8000-%012x",
		    number, call->user);
}

/* The calls of a group share its ID column; the truth names that. */
static void
yeastar_id(char out[64], const struct call *call, uint64_t number)
{
	if (call->join != 0)
		(void)snprintf(out, 64, "%" PRId64 ".9%06u", call->start,
		    call->join);
	else
		(void)snprintf(out, 64, "%" PRId64 ".%" PRIu64, call->start,
		    number);
}

static const struct layout layouts[] = {
	{ "asterisk-csv", asterisk, false, unique_id },
	{ "freeswitch-csv", freeswitch, false, uuid_id },
	{ "generic", generic, true, plain_id },
	{ "yeastar-p", yeastar, true, yeastar_id },
};

const char *
layout_name(unsigned i)
{
	return i < sizeof(layouts) / sizeof(layouts[0]) ? layouts[i].name
							: NULL;
}

const struct layout *
layout_find(const char *name)
{
	unsigned i;

	for (i = 0; layout_name(i) != NULL; i++)
		if (strcmp(layouts[i].name, name) == 0)
			return &layouts[i];
	return NULL;
}

void
layout_header(FILE *f, const struct layout *layout)
{
	const struct column *c;

	if (!layout->header)
		return;
	for (c = layout->columns; c->name != NULL; c++)
		(void)fprintf(f, "%s%s", c == layout->columns ? "" : ",",
		    c->name);
	(void)fputc('\n', f);
}

void
layout_line(FILE *f, const struct layout *layout, const struct line *l)
{
	const struct column *c;

	for (c = layout->columns; c->name != NULL; c++) {
		bool quote =
		    c->quoting == QUOTED ||
		    (c->quoting == FILLED && l->call->status == ANSWERED);

		if (c != layout->columns)
			(void)fputc(',', f);
		if (quote)
			(void)fputc('"', f);
		c->put(f, l);
		if (quote)
			(void)fputc('"', f);
	}
	(void)fputc('\n', f);
}
