/*
 * fileprint: by what a file is known again, whatever it is called.
 *
 * A log that is renamed, copied or appended to keeps its first bytes; one
 * that was not touched also has its size, its time and its last bytes.  None
 * of it proves that two files are equal, so it may only save work, never
 * decide what a file holds.
 */
#ifndef LIB_IO_FILEPRINT_H
#define LIB_IO_FILEPRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

enum { FILEPRINT_HEAD = 4096 };

struct fileprint {
	int64_t size;  /* bytes on disk */
	int64_t mtime; /* ns since 1970 */
	char head[FILEPRINT_HEAD];
	size_t nhead;        /* FILEPRINT_HEAD, unless the file is shorter */
	char tail[HASH_HEX]; /* of as many bytes before the end */
};

/*
 * Take the print of a regular file.  False for anything else (a pipe, a
 * folder, standard input as "-") and for what could not be read twice in a row;
 * `p` is zeroed then.
 */
bool fileprint_take(const char *path, struct fileprint *p);

/* Hash of the first `len` bytes; false when the file has fewer. */
bool fileprint_head(const struct fileprint *p, size_t len, char hex[HASH_HEX]);

/*
 * Whether the file at `path` still has the bytes at whose end it ended, when
 * it had `size` bytes and its print that `tail`.
 */
bool fileprint_had(const char *path, int64_t size, const char *tail);

/*
 * All bytes of a file up to some place, read once however many places are
 * asked for, which may only grow.  It costs reading them, and proves that not
 * one of them is another.
 */
struct fileprint_run;

struct fileprint_run *fileprint_run_new(void);
void fileprint_run_free(struct fileprint_run **rp);
/*
 * The hash of the first `len` bytes of the regular file at `path`.  False for
 * anything else, where it has fewer, and after two failures.
 */
bool fileprint_run_to(struct fileprint_run *r, const char *path, uint64_t len,
    char hex[HASH_HEX]);

#endif
