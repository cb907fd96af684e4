/*
 * understood FILE [LAYOUT]: the calls of a file as understood.
 *
 *   asterisk-csv 84 records: 80 calls, 4 legs, 0 skipped, 0 duplicates, 0 rejects
 *   12 2024-01-27T15:07:24Z 0+27 in answered +CC digits MD kind > ...
 *
 * A call is one line: line of the file, start in UTC, ringing and talk in ms,
 * direction, status, both parties with country and kind, and what else is
 * set; then the rejects, each with its line and reason.  With MASK=1 in the
 * environment texts that could be somebody's number or name are a hash, the
 * same for the same text: what real switches wrote can be compared without
 * being shown.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "cdr/ingest.h"
#include "tel/numplan.h"

static bool masked;

static const char *
shown(const char *text, char room[16])
{
	size_t i, len = strlen(text), digits = 0, letters = 0;

	for (i = 0; i < len; i++) {
		digits += isdigit((unsigned char)text[i]) != 0;
		letters += isdigit((unsigned char)text[i]) == 0;
	}
	if (!masked || (digits < 5 && letters < 3))
		return text;
	(void)snprintf(room, 16, "%s%06x", letters > digits ? "~" : "#",
	    (unsigned)(hash64(text, len) & 0xffffff));
	return room;
}

static void
show_text(const char *label, const char *text)
{
	char room[16];

	if (text[0] != '\0')
		(void)printf(" %s=%s", label, shown(text, room));
}

static void
show_party(const struct batch *b, uint32_t id)
{
	const struct party *p = &b->parties[id];
	char room[16];

	(void)printf(" %s", shown(batch_text(b, p->text), room));
	if (p->country != 0)
		(void)printf(" %s", batch_text(b, p->country));
	if (p->text != 0)
		(void)printf(" %s", numkind_name((enum numkind)p->kind));
}

static void
show_call(const struct batch *b, size_t i)
{
	const struct call *c = &b->calls[i];
	const struct origin *o = &b->origins[i];
	const char *way = direction_name((enum call_direction)c->direction);
	const char *status = status_name((enum call_status)c->status);
	const uint32_t by = batch_extra(b, EXTRA_FORWARDED_BY, i);
	const int64_t cost = batch_cost(b, i);
	struct buf start;

	buf_init(&start);
	time_rfc3339(&start, c->start);
	(void)printf("%u %s %u+%u %s %s", (unsigned)o->line, start.data,
	    (unsigned)c->ring, (unsigned)c->duration, way[0] ? way : "-",
	    status[0] ? status : "-");
	buf_fini(&start);
	show_party(b, c->src);
	(void)printf(" >");
	show_party(b, c->dst);
	if (by != 0) {
		(void)printf(" by");
		show_party(b, by);
	}
	show_text("name", batch_text(b, batch_extra(b, EXTRA_SRC_NAME, i)));
	show_text("account", batch_text(b, c->account));
	show_text("user", batch_text(b, c->user));
	show_text("in", batch_text(b, c->trunk_in));
	show_text("out", batch_text(b, c->trunk_out));
	if (c->feature != FEATURE_NONE)
		(void)printf(" %s",
		    feature_name((enum call_feature)c->feature));
	if ((c->flags & CALL_HAS_COST) != 0)
		(void)printf(" cost=%lld.%06lld%s", (long long)(cost / 1000000),
		    (long long)(cost % 1000000),
		    batch_text(b, b->currencies[c->currency]));
	if (o->cause != 0)
		(void)printf(" cause=%u", (unsigned)o->cause);
	(void)printf("%s\n", (c->flags & CALL_JOINED) != 0 ? " joined" : "");
}

static void
show_all(const struct ingest *in, const struct batch *b)
{
	const struct ingest_file *f;
	const struct reject *r;
	size_t i;

	for (i = 0; i < ingest_files(in); i++) {
		f = ingest_file_at(in, i);
		(void)printf("%s %lld records: %lld calls, %lld legs, "
			     "%lld skipped, %lld duplicates, %lld rejects\n",
		    f->layout != NULL ? f->layout : "-", (long long)f->records,
		    (long long)f->calls, (long long)f->legs,
		    (long long)f->skipped, (long long)f->duplicates,
		    (long long)f->rejects);
		if (f->trouble != NULL)
			(void)printf("%s\n", f->trouble);
	}
	for (i = 0; i < b->n; i++)
		if (batch_event(b, i) != EVENT_QUALITY)
			show_call(b, i);
	for (i = 0; i < ingest_rejects(in); i++) {
		r = ingest_reject_at(in, i);
		(void)printf("%u rejected: %s\n", (unsigned)r->line,
		    masked ? "..." : r->reason);
	}
}

static int
run(const char *path, const struct source *src, struct layouts *ls,
    struct numplan *np, struct notes *notes)
{
	struct ingest_settings set = { .layouts = ls,
		.numplan = np,
		/* 2026-12-31, whenever the test runs. */
		.as_of = INT64_C(1798675200000),
		.max_rejects = -1,
		.max_reject_share = 0.5,
		.guess = true };
	struct batch *b = batch_new();
	struct ingest *in = ingest_new(&set, b, notes);
	struct errmsg err;
	int rc = ingest_read(in, path, src, &err);

	if (rc == 0)
		rc = ingest_finish(in, &err);
	if (rc < 0)
		(void)fprintf(stderr, "%s\n", err.text);
	else
		show_all(in, b);
	ingest_free(&in);
	batch_free(&b);
	return rc < 0;
}

int
main(int argc, char **argv)
{
	struct source src = { .name = SOURCE_DEFAULT };
	struct layouts *ls = layouts_new();
	struct numplan *np = NULL;
	struct notes notes;
	struct errmsg err;
	int rc = 2;

	masked = getenv("MASK") != NULL;
	notes_init(&notes);
	if (argc < 2 || argc > 3) {
		(void)fprintf(stderr, "usage: understood FILE [LAYOUT]\n");
		goto out;
	}
	if (argc > 2)
		src.layout = argv[2];
	if (numplan_load(&np, "rules/numplan", &err) != 0 ||
	    layouts_load(ls, "rules/layouts", &notes) != 0)
		goto out;
	rc = run(argv[1], &src, ls, np, &notes);
out:
	numplan_free(&np);
	layouts_free(&ls);
	notes_fini(&notes);
	return rc;
}
