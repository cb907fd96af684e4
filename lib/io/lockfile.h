/*
 * lockfile: one process at a time, by a lock on a file of its own.
 *
 * The kernel drops the lock with the process, so nobody has to clean up after
 * a kill.  The file is never removed: two could then hold locks on two files
 * of the same name.  Nothing that is replaced by renaming can be the file, and
 * a process must not open it twice, for closing one drops the lock (POSIX,
 * fcntl).
 */
#ifndef LIB_IO_LOCKFILE_H
#define LIB_IO_LOCKFILE_H

#include "base/errmsg.h"

/*
 * Make the file if it is not there, mode 0600, and lock it; `*fd` is for
 * lockfile_drop().  1 when another process still held it after `seconds`, with
 * who it is, "process 4711", in the place of words; -1 with words.  Signals end
 * the wait as they end the program.
 */
int lockfile_take(int *fd, const char *path, long seconds, struct errmsg *err);
/* Nothing when `*fd` is -1, which it is afterwards. */
void lockfile_drop(int *fd);

#endif
