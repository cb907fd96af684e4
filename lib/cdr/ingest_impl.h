/*
 * ingest_impl: what the sources of ingest share.
 *
 *   ingest.c         the object, its files and rejects
 *   ingest_read.c    a file's records into the batch
 *   ingest_equal.c   equal records of one file
 *   ingest_zone.c    naive stamps to UTC, by the zone or by the call ids
 *   ingest_finish.c  home country, parties, duplicates, legs
 */
#ifndef LIB_CDR_INGEST_IMPL_H
#define LIB_CDR_INGEST_IMPL_H

#include "base/arena.h"
#include "cdr/ingest.h"
#include "io/input.h"

/* What only ingest has to know of a file that it read. */
struct ingest_stream {
	const struct layout *layout; /* NULL: none */
	size_t first, end;           /* its calls, as long as none moved */
	uint32_t file;               /* batch files */
	uint16_t source;             /* batch sources */
};

struct ingest {
	struct ingest_settings set;
	struct batch *batch;
	struct notes *notes;
	struct arena arena; /* texts of files and rejects */
	struct ingest_file *files;
	struct ingest_stream *streams; /* beside files */
	size_t nfiles, files_cap, streams_cap;
	struct reject *rejects;
	size_t nrejects, rejects_cap;
	const struct source **sources; /* by batch source; NULL: not ours */
	size_t nsources, sources_cap;
	char home[4];
	const struct zone *zone; /* guessed, else NULL */
	bool settled, finished;
};

/* A new file; both its structs are at index nfiles - 1. */
void ingest_add_file(struct ingest *in, const char *path);
/* Keep a reject of the last file, if there is still room. */
void ingest_add_reject(struct ingest *in, const struct reject *r);
/* The batch's index of a source. */
uint16_t ingest_source(struct ingest *in, const struct source *src);

/* All records of the input's current stream, as the last file. */
void ingest_stream(struct ingest *in, struct input *input,
    const struct source *src);
/* The text of a failure without the name of the file in front. */
const char *ingest_trouble(struct ingest *in, const char *path,
    const struct errmsg *err);

/* Tell equal records of calls `first` to `end` apart in their keys. */
void ingest_number_equal(struct batch *b, size_t first, size_t end);

/* Every naive stamp to UTC; zones of the batch's sources. */
void ingest_zones(struct ingest *in);

#endif
