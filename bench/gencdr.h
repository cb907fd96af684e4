/*
 * gencdr: call records of an ordinary office for `make bench`, the same bytes
 * for the same options.
 *
 *   gencdr.c           options; the calls
 *   gencdr_asterisk.c  a call as a record of Asterisk's cdr_csv
 *   gencdr_cucm.c      the same as one of a CUCM's CDR files
 */
#ifndef BENCH_GENCDR_H
#define BENCH_GENCDR_H

#include <stdbool.h>
#include <stdint.h>

struct made_call {
	uint64_t number; /* of the record */
	int64_t start;   /* UTC seconds */
	unsigned ring, talk;
	bool answered, out;
	unsigned extension;
	char outside[20]; /* as dialled, or as the caller showed */
};

/* How a switch writes: what stands before all records, and one of them. */
struct made_layout {
	const char *name;
	void (*begin)(void); /* NULL: nothing */
	void (*record)(const struct made_call *c);
};

extern const struct made_layout gencdr_asterisk, gencdr_cucm;

#endif
