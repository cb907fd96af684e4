/*
 * command: text for the standard input of a command of the shell.
 *
 * For a report that somebody else carries on, "sendmail -t -oi" for example.
 * The command keeps our standard output and standard error.  What it was told
 * counts as delivered only if it read everything and ended with status 0.
 */
#ifndef LIB_IO_COMMAND_H
#define LIB_IO_COMMAND_H

#include <stddef.h>

#include "base/errmsg.h"

/*
 * Start `command` with sh -c, write `len` bytes to it, wait for its end.  -1
 * with words: it could not be started, did not read to the end, ended with
 * another status than 0 or by a signal.  While it runs SIGPIPE is ignored;
 * while it is written to SIGHUP, SIGINT and SIGTERM wait, so that whoever ends
 * us does not make it carry on with half of the text.
 */
int command_feed(const char *command, const char *bytes, size_t len,
    struct errmsg *err);

#endif
