/* What gentraffic_write.c and gentraffic_layout.c share. */
#ifndef BENCH_GENTRAFFIC_WRITE_H
#define BENCH_GENTRAFFIC_WRITE_H

#include "bench/gentraffic.h"

struct line { /* a record to be written */
	const struct call *call;
	uint64_t number;
	char id[64]; /* as the truth names the call */
};

enum quoting { BARE, QUOTED, FILLED /* only if there is something */ };

struct column {
	const char *name; /* NULL behind the last */
	void (*put)(FILE *f, const struct line *l);
	enum quoting quoting;
};

struct layout {
	const char *name;
	const struct column *columns;
	bool header;
	void (*id)(char out[64], const struct call *call, uint64_t number);
};

const struct layout *layout_find(const char *name);
void layout_header(FILE *f, const struct layout *layout);
void layout_line(FILE *f, const struct layout *layout, const struct line *l);

/* "2025-11-02 09:30:00" on the clock; "2025-11-02T15:30:00Z". */
void stamp_local(char out[24], int64_t utc);
void stamp_utc(char out[24], int64_t utc);
/* The day at whose 07:00 what ended then is there. */
int64_t morning_of(int64_t utc);

#endif
