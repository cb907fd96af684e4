/*
 * Ordinary days and planned stories, in the order in which a switch writes
 * them, which is the order of their ends.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bench/gentraffic_write.h"

struct writer {
	struct world *w;
	const struct writer_options *o;
	const struct layout *layout;
	FILE *out[SWITCHES + 1]; /* of this morning, by switch */
	FILE *truth;
	uint64_t number;
	int *named; /* calls of each story in the truth */
};

enum { MORNING = 7 * HOUR };

static void
stamp(char out[24], int64_t seconds, const char *between, const char *behind)
{
	unsigned of_day = (unsigned)((uint64_t)seconds % DAY);
	int year, month, date;

	date_of_day(seconds / DAY, &year, &month, &date);
	(void)snprintf(out, 24, "%04d-%02d-%02d%s%02u:%02u:%02u%s",
	    year % 10000, month % 100, date % 100, between, of_day / HOUR,
	    of_day / MINUTE % 60, of_day % 60, behind);
}

void
stamp_local(char out[24], int64_t utc)
{
	stamp(out, local_of(utc), " ", "");
}

void
stamp_utc(char out[24], int64_t utc)
{
	stamp(out, utc, "T", "Z");
}

static int64_t
end_of(const struct call *call)
{
	return call->start + call->ring + call->talk;
}

int64_t
morning_of(int64_t utc)
{
	return (local_of(utc) - MORNING) / DAY + 1;
}

static int
by_end(const void *pa, const void *pb)
{
	const struct call *a = pa, *b = pb;

	if (end_of(a) != end_of(b))
		return end_of(a) < end_of(b) ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static int
by_start(const void *pa, const void *pb)
{
	const struct call *a = pa, *b = pb;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static bool
lost(const struct world *w, const struct call *call)
{
	int i;

	for (i = 0; i < w->n_outages; i++)
		if (w->outages[i].switch_id == call->account->switch_id &&
		    end_of(call) >= w->outages[i].from &&
		    end_of(call) < w->outages[i].to)
			return true;
	return false;
}

void
switch_name(char out[SWITCH_NAME], unsigned id)
{
	if (id == 0)
		(void)snprintf(out, SWITCH_NAME, "main");
	else
		(void)snprintf(out, SWITCH_NAME, "sw%u", id % 100);
}

/* main-history.csv, then main-2025-10-27.csv and so on. */
static FILE *
open_file(const struct writer *v, unsigned switch_id, int morning)
{
	char path[512], name[SWITCH_NAME], date[16] = "history";
	int year, month, day;
	FILE *f;

	switch_name(name, switch_id);
	if (morning > 0) {
		date_of_day(v->w->first + morning, &year, &month, &day);
		(void)snprintf(date, sizeof(date), "%04d-%02d-%02d",
		    year % 10000, month % 100, day % 100);
	}
	(void)snprintf(path, sizeof(path), "%s/%s-%s.csv", v->o->split, name,
	    date);
	f = fopen(path, "w");
	if (f == NULL)
		(void)fprintf(stderr, "gentraffic: %s: %s\n", path,
		    strerror(errno));
	else
		layout_header(f, v->layout);
	return f;
}

static void
tell(struct writer *v, int i, const char *id, const char *start, int64_t cost)
{
	const struct story *story = &v->w->stories[i];
	char begin[24], end[24];

	if (v->truth == NULL)
		return;
	stamp_utc(begin, story->begin);
	stamp_utc(end, story->end);
	(void)fprintf(v->truth, "%s,%c%03d,%s,%s,%s,%s,%s,%.4f,%s,%s\n",
	    story->form != NULL ? "fraud" : "negative",
	    story->form != NULL ? 'f' : 'n', i + 1, story->row,
	    story->form != NULL ? story->form : "", story->entity, id, start,
	    (double)cost / 1e6, begin, end);
	v->named[i]++;
}

static int
write_call(struct writer *v, const struct call *call, int morning)
{
	struct line l = { .call = call, .number = ++v->number };
	unsigned to = v->o->split != NULL ? call->account->switch_id : 0;
	char start[24];

	v->layout->id(l.id, call, l.number);
	if (v->out[to] == NULL &&
	    (v->out[to] = open_file(v, to, morning)) == NULL)
		return -1;
	layout_line(v->out[to], v->layout, &l);
	if (call->mark > 0) {
		stamp_utc(start, call->start);
		tell(v, call->mark - 1, l.id, start, call->cost);
	}
	return 0;
}

static int
close_files(struct writer *v)
{
	unsigned i;
	int rc = 0;

	for (i = 0; i <= SWITCHES; i++) {
		FILE *f = v->out[i];

		if (f == NULL || f == stdout)
			continue;
		if (ferror(f) != 0)
			rc = -1;
		if (fclose(f) != 0)
			rc = -1;
		v->out[i] = NULL;
	}
	return rc;
}

/* Write what is there by that morning; the rest stays in `list`. */
static int
write_morning(struct writer *v, struct calls *list, int morning)
{
	size_t i, kept = 0;
	int rc = 0;

	qsort(list->at, list->n, sizeof(*list->at), by_end);
	for (i = 0; i < list->n && rc == 0; i++) {
		const struct call *call = &list->at[i];

		if (morning_of(end_of(call)) > v->w->first + morning)
			list->at[kept++] = *call;
		else if (!lost(v->w, call))
			rc = write_call(v, call, morning);
	}
	list->n = kept;
	/* All of the history is one file. */
	return morning >= 0 && close_files(v) != 0 ? -1 : rc;
}

static int
write_days(struct writer *v)
{
	struct world *w = v->w;
	struct calls list = { 0 };
	size_t next = 0;
	int d, rc = 0;

	if (w->planned.n > 0)
		qsort(w->planned.at, w->planned.n, sizeof(*w->planned.at),
		    by_start);
	for (d = -w->history; d <= w->days && rc == 0; d++) {
		int64_t tomorrow = utc_of(w->first + d + 1, 0);
		unsigned i;

		for (i = 0; i < w->n; i++)
			persona_day(w, &w->accounts[i], d, &list);
		for (; next < w->planned.n &&
		       w->planned.at[next].start < tomorrow;
		     next++)
			calls_add(&list, &w->planned.at[next]);
		if (list.n > 0)
			rc = write_morning(v, &list, d);
	}
	free(list.at);
	return rc;
}

int
write_all(struct world *w, const struct writer_options *o)
{
	struct writer v = { .w = w, .o = o };
	int i, rc = -1;

	v.layout = layout_find(o->layout);
	v.named = calloc((size_t)w->n_stories + 1, sizeof(*v.named));
	if (v.layout == NULL || v.named == NULL)
		goto out;
	if (o->split == NULL) {
		v.out[0] = stdout;
		layout_header(stdout, v.layout);
	}
	if (o->truth != NULL) {
		if ((v.truth = fopen(o->truth, "w")) == NULL)
			goto out;
		(void)fputs("kind,case,row,form,entity,call_id,start,cost,"
			    "begin,end\n",
		    v.truth);
	}
	rc = write_days(&v);
	for (i = 0; i < w->n_stories; i++)
		if (v.named[i] == 0)
			tell(&v, i, "", "", 0);
	if (fflush(stdout) != 0 || ferror(stdout))
		rc = -1;
out:
	(void)close_files(&v);
	if (v.truth != NULL && fclose(v.truth) != 0)
		rc = -1;
	free(v.named);
	return rc;
}
