/* What the parts of --check-config share. */
#ifndef CDRSCAN_SETTINGS_H
#define CDRSCAN_SETTINGS_H

#include "base/buf.h"
#include "scan.h"

struct checking {
	struct scan *scan;
	const struct source *source;    /* the one that is shown */
	const struct config_site *site; /* what the file says of it */
	struct buf out;
	size_t odd; /* how much there was to warn of */
};

/* Something that is hardly meant so. */
void checking_odd(struct checking *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* How some numbers are read under the source's dial plan. */
void checking_examples(struct checking *c);

#endif
