/*
 * recorded: calls as a switch records them, written short, for the tests of
 * what is made of them; and the dial plan of an invented site to read them.
 */
#ifndef TESTS_UNIT_RECORDED_H
#define TESTS_UNIT_RECORDED_H

#include <stdint.h>

#include "cdr/batch.h"
#include "cdr/party.h"
#include "tel/dialplan.h"
#include "tel/numplan.h"

/* 2026-01-13T00:00:00Z, from which `at` counts. */
#define RECORDED_DAY INT64_C(1768262400000)

struct recorded {
	int64_t at;                       /* seconds */
	const char *src, *dst, *in, *out; /* in, out: channels */
	const char *service, *context, *join, *account, *user, *dialled;
	const char *forwarded_by;
	uint32_t ring, talk; /* seconds */
	enum call_status status;
	enum call_direction direction;
	uint64_t key;       /* 0: made from the texts and `at` */
	const char *source; /* NULL: SOURCE_DEFAULT */
	uint32_t file, line;
	uint8_t stated; /* enum origin_stated */
};

/* Add one to a batch; what is NULL is missing. */
void recorded_add(struct batch *b, const struct recorded *r);
void recorded_add_all(struct batch *b, const struct recorded *r, size_t n);
/* Into an order that rand() makes. */
void recorded_shuffle(struct recorded *list, size_t n);

/*
 * A site in Chicago: extensions 2000 to 5999, outside line 9, own numbers
 * +1 312 555 01xx.  The number plan is read from rules/numplan.
 */
struct site {
	struct numplan *numplan;
	struct dialplan *plan;
};
void site_open(struct site *s);
void site_close(struct site *s);

/* For cmocka: one for all tests of a group. */
extern struct site recorded_site;
int site_set_up(void **state);
int site_tear_down(void **state);

/*
 * Understand all calls of `b` under `plan`, trunks given as patterns or, with
 * NULL, guessed.  `said` gets the notes' texts, a line each; may be NULL.
 */
void recorded_resolve(struct batch *b, const struct dialplan *plan,
    const char *const *trunks, size_t ntrunks, struct buf *said);

/* A call of the batch in one line, as rules see it: field=value ... */
void recorded_print(const struct batch *b, size_t i, const char *const *fields,
    size_t n, struct buf *out);

#endif
