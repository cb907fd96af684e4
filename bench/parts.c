/*
 * parts: processor seconds of the parts of reading one file.
 *
 *	parts FILE [THREADS]
 *
 * bytes: the stream alone; rows: and its rows and cells (RFC 4180); calls: rows
 * to calls as recorded; settle: their instants and order; finish: parties and
 * legs.  Layouts and number plan are those of the folder rules.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cdr/ingest.h"
#include "io/csvrow.h"

static double
seconds(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
say(const char *part, double cpu, double wall)
{
	printf("%-8s%7.3f%7.3f\n", part,
	    seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu,
	    seconds(CLOCK_MONOTONIC) - wall);
}

static void
fail(const struct errmsg *err)
{
	(void)fprintf(stderr, "parts: %s\n", err->text);
	exit(1);
}

/* What is read, and by what. */
struct job {
	const char *path;
	struct source source;
	struct ingest *ingest;
};

static void
run(const char *part, void (*work)(const struct job *job),
    const struct job *job)
{
	const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	const double wall = seconds(CLOCK_MONOTONIC);

	work(job);
	say(part, cpu, wall);
}

static void
read_bytes(const struct job *job)
{
	char bytes[16 * 1024];
	struct input *in;
	struct errmsg err;

	if (input_open(&in, job->path, &err) != 0)
		fail(&err);
	while (input_read(in, bytes, sizeof(bytes), &err) > 0)
		continue;
	input_close(&in);
}

static void
read_rows(const struct job *job)
{
	struct csvreader *r;
	struct csvrow row;
	struct input *in;
	struct errmsg err;

	if (input_open(&in, job->path, &err) != 0)
		fail(&err);
	r = csvreader_new(in, CSV_RFC);
	while (csvreader_next(r, &row, &err) == 1)
		continue;
	csvreader_free(&r);
	input_close(&in);
}

static void
read_calls(const struct job *job)
{
	struct errmsg err;

	if (ingest_read(job->ingest, job->path, &job->source, &err) != 0)
		fail(&err);
}

static void
settle(const struct job *job)
{
	ingest_settle(job->ingest);
}

static void
finish(const struct job *job)
{
	struct errmsg err;

	if (ingest_finish(job->ingest, &err) < 0)
		fail(&err);
}

int
main(int argc, char **argv)
{
	struct ingest_settings set = { .as_of = INT64_MAX,
		.max_reject_share = 0.5,
		.guess = true };
	struct job job = { .source.name = SOURCE_DEFAULT };
	struct layouts *layouts = layouts_new();
	struct notes notes;
	struct batch *batch = batch_new();
	struct numplan *plan;
	struct errmsg err;

	notes_init(&notes);
	if (argc < 2)
		return 2;
	(void)layouts_load(layouts, "rules/layouts", &notes);
	if (numplan_load(&plan, "rules/numplan", &err) != 0)
		fail(&err);
	set.layouts = layouts;
	set.threads = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 0;
	set.numplan = plan;
	job.path = argv[1];
	job.ingest = ingest_new(&set, batch, &notes);
	printf("%-8s%7s%7s\n", "", "core-s", "wall");
	run("bytes", read_bytes, &job);
	run("rows", read_rows, &job);
	run("calls", read_calls, &job);
	run("settle", settle, &job);
	run("finish", finish, &job);
	printf("%zu calls\n", batch->n);
	ingest_free(&job.ingest);
	batch_free(&batch);
	notes_fini(&notes);
	numplan_free(&plan);
	layouts_free(&layouts);
	return 0;
}
