/*
 * ingest: call records from files into a batch.
 *
 * input -> rows -> layout -> calls as recorded; rejects with line and reason.
 * Then, over all files: guesses where nobody said (home country, zone,
 * trunks), stamps to UTC, parties understood, duplicates dropped, legs
 * joined, calls in time order.
 *
 * Every record read is exactly one of: call, further leg, skipped kind,
 * duplicate, reject; the counts of a file add up.  A record is a row; where
 * one that covers several lines cannot be read, each of its lines is one, so
 * that a lost quote does not take good records with it.
 *
 * The zone.  A naive stamp is local to the source's zone.  Where the switch
 * writes the UTC second into its call ids, the ids prove what the stamps are:
 * that is the zone if nobody stated one, resolves the hour that happens
 * twice, and is a warning with the proof where the stated zone is wrong.
 * Where nobody stated one, a record whose own id agrees with its stamp is
 * read by that id alone, so its start does not depend on other records.
 */
#ifndef LIB_CDR_INGEST_H
#define LIB_CDR_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/hash.h"
#include "base/notes.h"
#include "base/stages.h"
#include "cdr/batch.h"
#include "cdr/layout.h"
#include "cdr/party.h"
#include "cdr/recognise.h"
#include "tel/directory.h"
#include "tel/numplan.h"
#include "tel/rates.h"
#include "tel/zone.h"

/* A record that no rule of the layout can read. */
struct reject {
	const char *file;
	uint32_t line;
	uint64_t byte;      /* where it begins in the stream */
	uint32_t column;    /* field, from 1; 0 the whole record */
	const char *reason; /* "billsec: not a duration: 'abc'" */
	const char *raw;    /* as it stood, at most BOUNDS_FIELD bytes */
	size_t raw_len;
};

/*
 * Where reading a file ended, for going on there when more was appended; what
 * is read then, with what was read before, is what reading the whole would
 * give, as long as every byte before `end` is as it was.  Nobody can go on,
 * and `end` is 0, where records depend on more of the file than its header
 * and a few calls before them: where several rows make a call or leave
 * something to others, where years or the zone are worked out from the
 * records, where lines end with CR alone, where a quote was not closed in the
 * last 512 KiB, where a record was refused because it is in the future, in
 * what is compressed, damaged or refused.
 */
struct ingest_seam {
	uint64_t end; /* the first byte that was not read */
	/* The row to begin with: the calls from there on tell the order. */
	uint64_t begin;
	uint32_t line; /* of that row */
	/* What has to be read before: its first row, and the last header. */
	uint64_t first_end, header_begin, header_end;
	int64_t records, skipped, rejects; /* before `end` */
	char form[HASH_HEX]; /* layout, and what of it the file settled */
};

/* How often a file has a record, before a seam. */
struct ingest_above {
	struct ingest_seam seam;
	/*
	 * How many of its records before the seam have this start and, without
	 * counting, this key.
	 */
	uint64_t (*equal)(void *ctx, int64_t start, uint64_t key);
	void *ctx;
};

/* What became of one file. */
struct ingest_file {
	const char *path, *layout; /* layout NULL: none fits, or no bytes */
	double confidence;
	const char *reason;       /* why that layout; "" if it was stated */
	struct recognition found; /* all of that look; if stated, too */
	bool stated;              /* the layout was not recognised */
	/*
	 * records = calls + legs + skipped + duplicates + rejects; legs and
	 * duplicates are calls until ingest_finish().
	 */
	int64_t records, calls, legs, skipped, duplicates, rejects;
	const char *trouble; /* why it was not read to its end, or NULL */
	bool refused;        /* too many rejects: all its records are */
	bool open_end;       /* its last line has no end */
	bool left;           /* and was not read: leave_open_end */
	bool too_early;      /* a start was refused that will soon have come */
	/*
	 * Not 0: reading went on at this byte.  All the counts above are of
	 * what stands behind it.
	 */
	uint64_t resumed;
	struct ingest_seam seam;
};

struct ingest_settings {
	const struct layouts *layouts;
	const struct numplan *numplan;
	int64_t as_of;           /* stamps later than this + 26 h are rejects */
	int64_t max_rejects;     /* of a file; -1: use the share */
	double max_reject_share; /* of a file's records: 0.5 */
	const struct directory *directory; /* or NULL */
	const struct rates *rates;         /* or NULL */
	bool guess; /* country, zone, trunks from the records */
	/*
	 * For sources without zone, unless the call ids prove another; NULL
	 * is UTC.
	 */
	const struct zone *default_zone;
	/*
	 * A last line without its end, in a plain file, is not read: its
	 * writer has not finished it.  For live files and a store.
	 */
	bool leave_open_end;
	/*
	 * Settled, the batch still has the records that several files hold,
	 * all but the first of each with CALL_DUPLICATE.  For a store, which
	 * notes where it saw them; it makes nothing else of the batch.
	 */
	bool keep_copies;
	/* What they are does not matter to what is read: */
	size_t threads; /* 0: as many as there are processors */
	size_t block;   /* bytes that a thread takes at once; 0: 256 KiB */
	struct stages *stages; /* told of what it does, and how far; or NULL */
};

struct ingest;

/* All that the settings point to, the batch and the notes must outlive it. */
struct ingest *ingest_new(const struct ingest_settings *set, struct batch *b,
    struct notes *notes);
void ingest_free(struct ingest **ip);

/*
 * Read one file (or "-", or a directory's files, or an archive's members) for
 * a source, which must outlive the ingest.  0, or -1 with words when it could
 * not be opened at all; nothing is known of it then.  Whatever goes wrong
 * inside, or with one file of a directory, is in a struct ingest_file and the
 * rejects.
 */
int ingest_read(struct ingest *in, const char *path, const struct source *src,
    struct errmsg *err);

/*
 * The same, but go on behind a seam if the file is read in that way still,
 * which `resumed` tells; else from its start.  `above` must outlive
 * ingest_settle().
 */
int ingest_resume(struct ingest *in, const char *path, const struct source *src,
    const struct ingest_above *above, struct errmsg *err);

/*
 * No further file will come: stamps become UTC, duplicates are dropped, calls
 * are in time order, and still as recorded.  That is what a store keeps.
 */
void ingest_settle(struct ingest *in);
/*
 * Settle, if that was not done; then guess what nobody said of the country
 * and the trunks, understand all calls of the batch, join their legs.  Once.
 * 1 when a pattern of a source hit its limits, which the notes tell; -1 with
 * words when the calls cannot be understood.
 */
int ingest_finish(struct ingest *in, struct errmsg *err);

/* Settled: whether any call is CALL_AMBIGUOUS. */
bool ingest_ambiguous(const struct ingest *in);

size_t ingest_files(const struct ingest *in);
const struct ingest_file *ingest_file_at(const struct ingest *in, size_t i);
/* The rejects that were kept: BOUNDS_REJECTS at most, the first ones. */
size_t ingest_rejects(const struct ingest *in);
const struct reject *ingest_reject_at(const struct ingest *in, size_t i);

/*
 * What was guessed for all sources that do not state it, else "".  The zone is
 * that of the first of them by name.
 */
const char *ingest_home_country(const struct ingest *in);
const char *ingest_zone_name(const struct ingest *in);
/*
 * What was guessed for one source; "" if it is stated, not guessed (no stamp
 * without zone, guessing is off), not settled yet, or no source is so called.
 */
const char *ingest_zone_of(const struct ingest *in, const char *source);

#endif
