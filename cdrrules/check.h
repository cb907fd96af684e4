/*
 * check: the parts of cdrrules check.
 */
#ifndef CDRRULES_CHECK_H
#define CDRRULES_CHECK_H

#include "rules.h"

/*
 * As a program would take it: patterns, zones and dial plans; the layouts,
 * calendars, files and folders that it names; the rules that it brings.
 */
void check_config(struct rules_run *r, const char *path, struct notes *notes);

#endif
