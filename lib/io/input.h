/*
 * input: the bytes of a file, a pipe or a compressed file, as one stream
 * (libarchive; zlib for gzip).
 *
 * Plain files are read as they are.  gzip, xz, zstd and bzip2 are recognised
 * by their first bytes, never by name, and decompressed; in a zip or tar
 * archive (tar.gz and the like, too) each member is a stream of its own, named
 * "archive.zip:member".  The path "-" is standard input.  An empty file is an
 * empty stream.
 */
#ifndef LIB_IO_INPUT_H
#define LIB_IO_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/errmsg.h"

struct input;

/*
 * Open; -1 with words ("PATH: Permission denied", "PATH: is a directory").
 * An archive stands at its first member, an empty one is an empty stream.
 */
int input_open(struct input **inp, const char *path, struct errmsg *err);
void input_close(struct input **inp);

/*
 * Memory that stays valid as a stream, plain whatever its bytes are; a read
 * gives at most `chunk` bytes (0: any number).  For tests, and for bytes that
 * are in memory already.
 */
struct input *input_memory(const char *name, const void *bytes, size_t len,
    size_t chunk);

/*
 * The next bytes, at most `size`.  0 at the end of the stream, -1 with words
 * for a read error or damaged compression.  What came before a -1 is good:
 * for plain files and gzip all of it is given, for the others up to the last
 * block of libarchive (at most 128 KiB may be missing before the damage).
 * After a -1 the stream can only be closed.
 */
ssize_t input_read(struct input *in, void *bytes, size_t size,
    struct errmsg *err);

/*
 * Look at the next bytes without taking them: up to `size`, fewer only at the
 * end of the stream or before damage, which the next reads will tell.  The
 * bytes stay valid until the next read or peek.
 */
size_t input_peek(struct input *in, size_t size, const char **bytes);

/*
 * Bytes of a plain file on disk at any place, without moving the stream: how
 * many, at most `size`, 0 beyond the end.
 */
size_t input_read_at(struct input *in, uint64_t offset, void *bytes,
    size_t size);

/* Bytes of a stream, `begin` inclusive to `end` exclusive. */
struct input_span {
	uint64_t begin, end;
};

/*
 * Make a plain file on disk, of which nothing was read yet, a shorter stream:
 * the bytes of `n` spans, at most INPUT_KEPT of them, and then all from `from`
 * on.  False, and nothing is another, where that cannot be.
 */
enum { INPUT_KEPT = 1024 * 1024 };
bool input_skip(struct input *in, const struct input_span *spans, size_t n,
    uint64_t from);

/*
 * Whether looking (input_peek, input_read_at) met a failure: 0, or -1 with its
 * words, for whoever could not make sense of what was seen.
 */
int input_looked(const struct input *in, struct errmsg *err);
/*
 * Decompress on a thread of its own from now on, some blocks ahead of whoever
 * reads.  For long streams of gzip, xz, zstd or bzip2, and for a tar archive in
 * one; no effect on others, nor where no thread can be started.  What is read
 * is the same, and so is a failure, at the same place.  Closing waits for no
 * bytes that nobody has sent yet.
 */
void input_unpack_ahead(struct input *in);

/* How long a plain file on disk is; 0 for every other stream. */
uint64_t input_size(const struct input *in);

/* Go on with the next member of an archive: 1, or 0 if there is none, -1. */
int input_next(struct input *in, struct errmsg *err);

/* Bytes taken out of the file so far, as they stand there, read ahead or not. */
uint64_t input_taken(const struct input *in);

/* The path as given, with ":member" behind it inside an archive. */
const char *input_name(const struct input *in);

/* Whether line N of the stream is line N of the file on disk. */
bool input_is_plain(const struct input *in);

/*
 * The regular files of a directory, sorted by name, not recursive, hidden
 * ones left out; the caller frees each path and the array.  -1 with words.
 */
int input_list(const char *dir, char ***paths, size_t *n, struct errmsg *err);

/* Whether two paths are of one file, or one directory, that is there. */
bool input_same(const char *a, const char *b);

/* Whether `path` is a directory; false when it cannot be looked at. */
bool input_is_directory(const char *path);

/*
 * A whole stream (decompressed like any other) into malloc'd memory, NUL
 * added; -1 with words, also beyond `max` bytes.
 */
int input_slurp(const char *path, size_t max, char **bytes, size_t *len,
    struct errmsg *err);

#endif
