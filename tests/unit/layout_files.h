/*
 * layout_files: shipped layouts, and small files in a folder of their own,
 * for the tests of layouts and of reading records.
 */
#ifndef TESTS_UNIT_LAYOUT_FILES_H
#define TESTS_UNIT_LAYOUT_FILES_H

#include <stddef.h>

#include "cdr/layout.h"

/* The layouts of rules/layouts; fails the test if one has an error. */
struct layouts *shipped_layouts(void);

/* A new empty folder under TMPDIR; free with folder_remove(). */
char *folder_make(void);
void folder_remove(char **dir);
/* Write a file into it; returns its path, the caller's to free. */
char *folder_write(const char *dir, const char *name, const char *bytes,
    size_t len);

#endif
