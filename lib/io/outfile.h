/*
 * outfile: output that is complete or absent.
 *
 * With a path, writes go to a temporary file beside it, mode 0600, which
 * outfile_commit() syncs and renames.  What cannot be replaced is written
 * directly: standard output (no path), a device, a named pipe.  The first
 * failed write is remembered and told by outfile_commit(), so callers need
 * not check each write.
 *
 * While a temporary file is open, SIGHUP, SIGINT, SIGPIPE and SIGTERM wait; so
 * it is there only as long as the program writes it, unless that is killed.
 * Have one open at a time.
 *
 * Mode 0600 is for what holds call data.  What others must be able to read,
 * such as rules and waivers, is opened with outfile_open_shared().
 */
#ifndef LIB_IO_OUTFILE_H
#define LIB_IO_OUTFILE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/errmsg.h"

struct outfile;

/*
 * `path` NULL is standard output.  -1 with words: "cannot write PATH:
 * Permission denied".
 */
int outfile_open(struct outfile **op, const char *path, struct errmsg *err);
/* What is written is appended to `into`, which must outlive it. */
void outfile_open_buf(struct outfile **op, struct buf *into);
/*
 * Everybody may read it once it is there (0644): for what holds no call data.
 * Nothing to a standard output or a device.
 */
void outfile_share(struct outfile *o);
/*
 * The same for a file of settings: a new one has the mode that the umask
 * allows, one that is there keeps its mode and, where we may, its group.
 */
int outfile_open_shared(struct outfile **op, const char *path,
    struct errmsg *err);
void outfile_write(struct outfile *o, const void *bytes, size_t len);
void outfile_puts(struct outfile *o, const char *text);
/*
 * Write what is waiting without ending: a reader at the other end of a pipe
 * sees it now.
 */
void outfile_flush(struct outfile *o);
/* Flush, sync, rename.  -1 with words; the temporary file is then gone. */
int outfile_commit(struct outfile **op, struct errmsg *err);
/* Drop what was written to a temporary file. */
void outfile_abandon(struct outfile **op);

#endif
