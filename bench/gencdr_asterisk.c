#include "bench/gencdr.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static void
stamp(char out[20], int64_t utc)
{
	time_t t = (time_t)utc;
	struct tm tm;

	(void)gmtime_r(&t, &tm);
	(void)strftime(out, 20, "%Y-%m-%d %H:%M:%S", &tm);
}

static void
record(const struct made_call *c)
{
	static const char *const names[] = { "Front Desk", "Sales", "O\"\"Neil",
		"Workshop", "Stores" };
	char began[20], picked[24] = "", ended[20], text[20], inside[20];

	(void)snprintf(inside, sizeof(inside), "%u", c->extension);
	stamp(began, c->start);
	if (c->answered) {
		stamp(text, c->start + c->ring);
		(void)snprintf(picked, sizeof(picked), "\"%s\"", text);
	}
	stamp(ended, c->start + c->ring + c->talk);
	(void)printf("\"\",\"%s\",\"%s\",\"%s\",\"\"\"%s\"\" <%s>\","
		     "\"PJSIP/%s-%08" PRIx64 "\",\"PJSIP/%s-%08" PRIx64
		     "\",\"Dial\",\"PJSIP/%s,60,tT\",\"%s\",%s,\"%s\",%u,%u,"
		     "\"%s\",\"DOCUMENTATION\",\"%" PRId64 ".%" PRIu64
		     "\",\"\"\n",
	    c->out ? inside : c->outside, c->out ? c->outside : inside,
	    c->out ? "from-internal" : "from-trunk", names[c->extension % 5],
	    c->out ? inside : c->outside, c->out ? inside : "carrier",
	    c->number * 2, c->out ? "carrier" : inside, c->number * 2 + 1,
	    c->out ? c->outside : inside, began, picked, ended,
	    c->ring + c->talk, c->talk, c->answered ? "ANSWERED" : "NO ANSWER",
	    c->start, c->number * 2);
}

const struct made_layout gencdr_asterisk = { "asterisk", NULL, record };
