/*
 * ingest_impl: what the sources of ingest share.
 *
 *   ingest.c         the object, its files and rejects
 *   ingest_read.c    a file's records into the batch
 *   ingest_take.c    one record into the batch
 *   ingest_ahead.c   the same by several threads
 *   ingest_block.c   some records for one of them (ingest_block_impl.h)
 *   ingest_equal.c   equal records of one file
 *   ingest_seam.c    where reading ended, and going on there
 *   ingest_pieces.c  the calls of a source, by several threads
 *   ingest_zone.c    naive stamps to UTC, by the zone or by the call ids
 *   ingest_offset.c  what one call id proves
 *   ingest_proof.c   a stated zone that call ids disprove
 *   ingest_season.c  which of two offsets was in force when
 *   ingest_finish.c  home country, parties, duplicates, legs
 */
#ifndef LIB_CDR_INGEST_IMPL_H
#define LIB_CDR_INGEST_IMPL_H

#include "base/arena.h"
#include "cdr/decode.h"
#include "cdr/ingest.h"
#include "cdr/quality.h"
#include "cdr/rows.h"
#include "io/input.h"

/* Offsets from UTC are indexes: quarters of an hour from -12:00 to +14:00. */
enum { INGEST_OFFSETS = 26 * 4 + 1 };

/*
 * Clocks of calls whose stamps have no zone, until zones are settled: the
 * offset that the own id proves, or one of these.
 */
enum {
	INGEST_CLOCK_NONE,  /* no id tells a time */
	INGEST_CLOCK_OTHER, /* it tells one that proves no offset */
	INGEST_CLOCK_WEST = ORIGIN_CLOCK - 12 * 4, /* the least offset */
	INGEST_CLOCKS = INGEST_CLOCK_WEST + INGEST_OFFSETS,
	INGEST_CLOCK_MIXED = INGEST_CLOCKS /* of several calls */
};

/* What only ingest has to know of a file that it read. */
struct ingest_stream {
	const struct layout *layout;      /* NULL: none */
	size_t first, end;                /* its calls, as long as none moved */
	uint32_t file;                    /* batch files */
	uint16_t source;                  /* batch sources */
	const struct ingest_above *above; /* it went on there; or NULL */
	size_t context;                   /* first calls, that are above it */
	bool weighed;                     /* by ingest_weigh() ... */
	uint64_t clocks[INGEST_CLOCKS];   /* ... so many calls with each */
	bool equal_later;                 /* for ingest_number_sorted() */
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
	const struct zone **guessed;   /* beside sources; NULL: stated */
	size_t nsources, sources_cap, guessed_cap;
	struct decode_lately *lately; /* read into the batch; NULL: nothing */
	char home[4];
	const struct zone *zone; /* guessed for the run, else NULL */
	uint64_t told; /* bytes of the present input that the stages know of */
	bool settled, finished;
	bool numbered;  /* equal records: some have other keys */
	bool ambiguous; /* a call is CALL_AMBIGUOUS */
};

/* A new file; both its structs are at index nfiles - 1. */
void ingest_add_file(struct ingest *in, const char *path);
/* Keep a reject of the last file, if there is still room. */
void ingest_add_reject(struct ingest *in, const struct reject *r);
/* The batch's index of a source. */
uint16_t ingest_source(struct ingest *in, const struct source *src);

/* A row, in the file. */
struct ingest_place {
	uint64_t byte;
	size_t len; /* without its end */
	uint32_t line, lines;
};

enum { INGEST_CONTEXT = 2 * QUALITY_IN_ORDER - 1 };

/* What a seam has to know of a stream, while it is read. */
struct ingest_trace {
	struct ingest_place first, last, header, left;
	bool any_row, has_left, has_header;
	bool open_quotes;    /* may go over the end of a line */
	uint64_t open_until; /* how far a quote may have been looked for */
	bool naive;          /* a stamp without zone */
	const struct csvrow *within; /* the row that is read line by line */
	/* The rows of the last calls, a ring. */
	struct ingest_place calls[INGEST_CONTEXT];
	size_t ncalls;
	/* Rows that are read again are this much earlier in the stream. */
	uint64_t lead, shift;
	uint32_t shift_lines;
};

/* One stream while it is read; it is the last file. */
struct ingest_reading {
	struct ingest *in;
	struct input *input;
	struct ingest_file *file;
	struct ingest_stream *stream;
	struct layout_form form;
	struct decoder decoder;
	struct rows *rows;
	int64_t repaired; /* records in which something was mended */
	bool other_kinds; /* some are of another kind than calls */
	struct ingest_trace trace;
	int64_t told; /* records that the stages know of */
};

/* Tell the stages how far it is: as many bytes were taken of the input. */
void ingest_tell(struct ingest_reading *r, uint64_t taken);

/* The next row that is to be read: 1; 0 at the end; -1 with words. */
int ingest_next_row(struct ingest_reading *r, struct csvrow *row,
    struct errmsg *err);
/* A row as it comes; false if it is not to be read. */
bool ingest_note_row(struct ingest_reading *r, struct csvrow *row);
/* What it is: a call, no call, a reject or several of each. */
void ingest_take_row(struct ingest_reading *r, const struct csvrow *row);
/* Of a row call `i` was added to the batch: say what it is of. */
void ingest_added_call(struct ingest_reading *r, const struct csvrow *row,
    size_t i);
/* A row that is no call: of another kind, or no record at all. */
void ingest_add_skipped(struct ingest_reading *r, const struct csvrow *row,
    enum decode_result what);

/*
 * Take all rows, with several threads if there are: each decodes some of them
 * into a batch of its own, and these are added in the order of the rows.  0 at
 * the end, -1 with words.
 */
int ingest_read_ahead(struct ingest_reading *r, struct errmsg *err);

/*
 * Rows, and what a thread made of them: those of a piece of the stream, or rows
 * copied out of their reader's memory.
 */
struct ingest_block;
/* How far the rows of pieces were added, for the one that adds. */
struct ingest_joint;

struct ingest_joint *ingest_joint_new(const struct ingest_reading *r);
void ingest_joint_free(struct ingest_joint **jp);
/* What is added first; nothing, if that is known. */
void ingest_joint_begin(struct ingest_joint *j, const struct csvpiece *first);
/* No piece is cut that is not added: its lines are read by rows again. */
void ingest_joint_end(struct ingest_joint *j, struct csvreader *lines);

struct ingest_block *ingest_block_new(size_t bytes);
void ingest_block_free(struct ingest_block **bp);
void ingest_block_empty(struct ingest_block *b);
/* False if it has no room for the row; an empty one has room for any. */
bool ingest_block_add(struct ingest_block *b, const struct csvrow *row);
/* Take the next piece; false as csvreader_cut(). */
bool ingest_block_cut(struct ingest_block *b, struct csvreader *lines,
    struct ingest_joint *j);
/* Read what can be read of each row alone; by any thread. */
void ingest_block_decode(struct ingest_block *b,
    const struct ingest_reading *r);
/*
 * Add its rows behind all before.  `alone`: no thread is decoding; else it
 * stops at a row that could change how others are to be read.  False if it
 * stopped, it goes on there the next time.
 */
bool ingest_block_merge(struct ingest_block *b, struct ingest_reading *r,
    struct ingest_joint *j, bool alone);
/* Of a decoded one: add its rows, and those that could not be read alone. */
void ingest_block_count(const struct ingest_block *b, size_t *rows,
    size_t *left);

/*
 * All records of the input's current stream, as the last file; behind the seam
 * of `above`, if that can be.
 */
void ingest_stream(struct ingest *in, struct input *input,
    const struct source *src, const struct ingest_above *above);

/* Once the layout is known: let the stream go on at the seam. */
void ingest_seam_resume(struct ingest_reading *r,
    const struct ingest_above *above);
/* A row as it comes; false if it only sets up the reader. */
bool ingest_seam_row(struct ingest_reading *r, struct csvrow *row);
/* Its row named columns; its row is a call; it is left for later. */
void ingest_seam_header(struct ingest_reading *r, const struct csvrow *row);
void ingest_seam_call(struct ingest_reading *r, const struct csvrow *row,
    const struct origin *o);
/* The row was read before, and only is there for those behind it. */
bool ingest_seam_above(const struct ingest_reading *r,
    const struct csvrow *row);
/* All is read: where the next one can go on. */
void ingest_seam_note(struct ingest_reading *r, const struct source *src);
/*
 * Streams that went on: their calls have starts now, so those that are equal
 * to others above can be told apart.
 */
void ingest_seam_equal(struct ingest *in);
/* The text of a failure without the name of the file in front. */
const char *ingest_trouble(struct ingest *in, const char *path,
    const struct errmsg *err);

/*
 * Tell equal records of calls `first` to `end` apart in their keys, and those
 * `above` (or NULL) from them; how many are equal to an earlier one.
 */
size_t ingest_number_equal(struct batch *b, size_t first, size_t end,
    const struct ingest_above *above, size_t threads);
/*
 * Whether that can be left to ingest_number_sorted(), for a stream that was
 * read to its end.
 */
bool ingest_equal_later(const struct layout *l, const struct decoder *d);
/* The same for all streams that were left, once calls are in order. */
void ingest_number_sorted(struct ingest *in);
/* "is it there twice?" */
void ingest_note_equal(struct ingest *in, const char *path, size_t equal,
    size_t calls);

/* Some calls of one stream. */
struct ingest_piece {
	const struct ingest_stream *stream;
	size_t first, end;
};

/*
 * Call work() once for each piece of the calls of a source, by several threads
 * if there are.
 */
void ingest_each_piece(const struct ingest *in, uint16_t source,
    void (*work)(void *arg, const struct ingest_piece *piece), void *arg);

/* Every naive stamp to UTC; zones of the batch's sources. */
void ingest_zones(struct ingest *in);

int64_t ingest_offset_ms(int index);
/* When call i of a layout began in UTC, by its call id, if that tells it. */
bool ingest_epoch(const struct batch *b, const struct layout *l, size_t i,
    int64_t *epoch);
/*
 * What the own id of a call, which was just read, proves of its stamp without
 * zone becomes its clock; its start stays.  By any thread.
 */
void ingest_weigh(const struct decoder *d, const struct call *c,
    struct origin *o);
/* The same later, of a call of a layout. */
void ingest_weigh_again(const struct batch *b, const struct layout *l,
    size_t i);
/* Calls of a stream, and the clock of all of them; or INGEST_CLOCK_MIXED. */
void ingest_count_clocks(struct ingest_stream *s, const struct batch *b,
    size_t first, size_t n, unsigned clock);
/* The one that all calls of a batch have, INGEST_CLOCK_MIXED if none. */
unsigned ingest_one_clock(const struct batch *b);
/* What a stamp and its id show; -1 if they do not agree on any offset. */
int ingest_offset_of(int64_t stamp, int64_t epoch);

/* The zone with that offset and no other. */
const struct zone *ingest_fixed_zone(int index);
/* More than 90 % of all. */
bool ingest_nearly_all(int64_t n, int64_t all);
/* A stamp, kept as if UTC, under a zone: both readings if it has two. */
enum zone_fold ingest_to_utc(const struct zone *z, int64_t stamp,
    int64_t *first, int64_t *second);
/* Whether the id was made when the stamp says, under that zone. */
bool ingest_agrees(const struct zone *z, int64_t stamp, int64_t epoch);

/* Warn of a stated zone that the ids of more than a few calls disprove. */
void ingest_warn_if_disproved(struct ingest *in, uint16_t source);

/*
 * When clocks that nobody knows showed the higher of two offsets: an instant
 * is like the nearest hour in which a record proves one, unless the hours
 * with proofs before and after that both show the other (a leg that begins an
 * hour after its id is no season).  All zeroed is empty.
 */
struct season_hour {
	int64_t hour; /* UTC, from 1970 */
	int64_t lead; /* of the higher offset, in records */
};

struct seasons {
	struct season_hour *hours;
	size_t n, cap;
};

void ingest_seasons_add(struct seasons *s, int64_t utc, bool high);
/* No more will be added; then ask, if one was. */
void ingest_seasons_close(struct seasons *s);
bool ingest_seasons_high(const struct seasons *s, int64_t utc);
void ingest_seasons_fini(struct seasons *s);

#endif
