/*
 * ingest_run: files given as text, read into a batch, for the tests of ingest.
 */
#ifndef TESTS_UNIT_INGEST_RUN_H
#define TESTS_UNIT_INGEST_RUN_H

#include "base/buf.h"
#include "cdr/ingest.h"

/* 2026-02-01 00:00:00 UTC: the moment the tests stand at. */
#define RUN_NOW INT64_C(1769904000000)

struct run {
	char *dir;
	struct layouts *layouts;
	struct numplan *numplan;
	struct dialplan *plan; /* of the source: no country */
	struct batch *batch;
	struct notes notes;
	struct source source; /* "default"; change it before reading */
	struct ingest_settings set;
	struct ingest *ingest; /* made by the first reading */
};

void run_begin(struct run *r);
void run_end(struct run *r);

/* Write a file and read it. */
void run_text(struct run *r, const char *name, const char *text);
void run_bytes(struct run *r, const char *name, const void *bytes, size_t len);
/* Read what is there: 0, or -1 with words. */
int run_path(struct run *r, const char *path, struct errmsg *err);
void run_finish(struct run *r);

/* File i: "10 = 5 calls 1 legs 1 skipped 1 duplicates 2 rejects". */
void run_counts(struct run *r, size_t i, const char *want);
/* The calls in order: "start src>dst duration", one a line. */
void run_calls(struct run *r, const char *want);
/* Whether a note of this level has this text. */
bool run_noted(const struct run *r, enum note_level level, const char *text);

/* One record of Asterisk's cdr_csv with 18 columns, answered. */
void add_record(struct buf *b, const char *start, const char *src,
    const char *dst, int talk, const char *id);

#endif
