/*
 * builtin: the shipped data files, compiled into the programs.
 *
 * So that one copied binary works: where neither a build tree nor an
 * installed data folder is found, paths that begin with "builtin:" name these
 * copies.  input_open(), input_list() and input_slurp() understand them.
 */
#ifndef LIB_IO_BUILTIN_H
#define LIB_IO_BUILTIN_H

#include <stdbool.h>
#include <stddef.h>

#define BUILTIN_ROOT "builtin:"

struct builtin_file {
	const char *path; /* "builtin:/rules.d/after-hours.json" */
	const unsigned char *bytes;
	size_t len;
};

/* Made from the folder rules/ when the library is built; sorted by path. */
extern const struct builtin_file builtin_files[];
extern const size_t builtin_count;

/* Whether the path names built-in data. */
bool builtin_has_root(const char *path);
/* The file with this path, or NULL. */
const struct builtin_file *builtin_find(const char *path);
/* The next file directly inside `dir` behind index `*i`, or NULL. */
const struct builtin_file *builtin_next(const char *dir, size_t *i);

#endif
