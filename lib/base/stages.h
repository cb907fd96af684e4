/*
 * stages: what a long piece of work is at, how far it is, and what its stages
 * took.
 *
 * Whoever works on something says where a stage begins and ends, and how much
 * of it there was; a tool may show that while it goes on, or the times of all
 * stages afterwards.  Stages follow each other, on one thread; within one, any
 * thread may say what a part of it took:
 *
 *	stages_begin(st, &whole, "read");
 *	    stages_part_begin(st, &some);          (on any thread)
 *	    stages_part_end(st, &some, "rows", 4096, "rows");
 *	stages_end(st, &whole, 4096, "records");
 *
 * A stage or part that comes again adds to what it took before.  Every function
 * takes NULL where nobody wants to know, and does nothing then.
 */
#ifndef LIB_BASE_STAGES_H
#define LIB_BASE_STAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stages;

/* Time runs from here. */
struct stages *stages_new(void);
void stages_free(struct stages **sp);

/* The clocks as they stood; on the stack of whoever measures. */
struct stages_span {
	int64_t wall_ns, cpu_ns;
};

/* `n` of `unit` ("records"; NULL: nothing is counted) were dealt with. */
void stages_begin(struct stages *st, struct stages_span *s, const char *stage);
void stages_end(struct stages *st, const struct stages_span *s, int64_t n,
    const char *unit);
/* A part has processor time alone: that of its thread. */
void stages_part_begin(const struct stages *st, struct stages_span *s);
void stages_part_end(struct stages *st, const struct stages_span *s,
    const char *part, int64_t n, const char *unit);

/* What a stage or a part came to; texts are the stages'. */
struct stages_line {
	const char *name, *unit;
	bool part; /* of the last stage before it */
	int64_t wall_ns, cpu_ns, n;
};

/*
 * Stages in the order in which they first began, behind each its parts, those
 * that took most first.  The caller frees `*lines`; returns how many.
 */
size_t stages_lines(struct stages *st, struct stages_line **lines);
/* Everything since stages_new(), what is in no stage, too. */
void stages_total(struct stages *st, struct stages_line *total);

/*
 * So many files more are to be read, and so many bytes; the next of the files
 * is at hand; so many bytes more were read, with so many records.
 */
void stages_expect(struct stages *st, uint64_t files, uint64_t bytes);
void stages_file(struct stages *st);
void stages_took(struct stages *st, uint64_t bytes, uint64_t records);

/* How far it is; for any thread. */
struct stages_now {
	const char *stage; /* the present one, else the last; "" before */
	uint64_t expected, bytes, records;
	int64_t ns;           /* since stages_new() */
	int64_t in_stage;     /* ns since the present one began, this time */
	uint64_t files, file; /* that are to be read; and at which, from 1 */
};
void stages_now(struct stages *st, struct stages_now *now);

#endif
