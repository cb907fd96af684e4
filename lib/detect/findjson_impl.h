/*
 * findjson, private: which key is which member.  The writer and the reader
 * go through the same tables, so they cannot disagree.
 */
#ifndef LIB_DETECT_FINDJSON_IMPL_H
#define LIB_DETECT_FINDJSON_IMPL_H

#include "detect/findjson.h"

enum findjson_type {
	FINDJSON_TEXT,    /* const char * */
	FINDJSON_INT,     /* int */
	FINDJSON_LONG,    /* int64_t */
	FINDJSON_UINT,    /* uint32_t */
	FINDJSON_TIME,    /* int64_t, UTC ms */
	FINDJSON_SECONDS, /* int64_t, ms */
	FINDJSON_BOOL     /* bool */
};

struct findjson_member {
	const char *key;
	enum findjson_type type;
	size_t at;     /* offset in the struct */
	bool optional; /* left out when empty or 0 */
};

/* A table ends with a key NULL. */
extern const struct findjson_member findjson_rule[]; /* struct finding */
extern const struct findjson_member findjson_entity[];
extern const struct findjson_member findjson_times[];
extern const struct findjson_member findjson_fn[];
extern const struct findjson_member findjson_also[];     /* struct reading */
extern const struct findjson_member findjson_evidence[]; /* struct evidence */
extern const struct findjson_member findjson_case_entity[]; /* fraud_case */
extern const struct findjson_member findjson_case_times[];
extern const struct findjson_member findjson_point[];    /* struct point */
extern const struct findjson_member findjson_run_head[]; /* struct run */
extern const struct findjson_member findjson_run_rules[];
extern const struct findjson_member findjson_counts[]; /* struct counts */
extern const struct findjson_member findjson_feed[];   /* struct feed */
extern const struct findjson_member findjson_waiver[]; /* struct waiver_told */

#define FINDJSON_FINDING "cdr.finding/1"
#define FINDJSON_CASE    "cdr.case/1"
#define FINDJSON_RUN     "cdr.run/1"
#define FINDJSON_REPORT  "cdr.report/1"

/* Values of this unit are written with this many decimals ... */
int findjson_decimals(const char *unit);
/* ... and the unit is called so. */
const char *findjson_unit_out(const char *unit);
const char *findjson_unit_in(const char *name);

/* One object being read; the first problem stays in err. */
struct findjson_reader {
	struct arena *arena;
	struct errmsg *err;
};

/* -1 with words: another thing is needed at this key. */
int findjson_wrong(struct findjson_reader *r, const char *key,
    const char *need);
/* The member, or NULL with words. */
const struct json *findjson_need(struct findjson_reader *r,
    const struct json *obj, const char *key, enum json_type type,
    const char *what);
int findjson_get_member(struct findjson_reader *r, const struct json *obj,
    const struct findjson_member *m, void *base);
int findjson_get_members(struct findjson_reader *r, const struct json *obj,
    const struct findjson_member *m, void *base);
/* The members of the object at a key. */
int findjson_get_object(struct findjson_reader *r, const struct json *obj,
    const char *key, const struct findjson_member *m, void *base);
/* An array of objects, each `size` bytes, into the arena. */
int findjson_get_list(struct findjson_reader *r, const struct json *obj,
    const char *key, const struct findjson_member *m, size_t size, void **list,
    size_t *n);
/* An array of texts; none where there is no such key. */
int findjson_get_texts(struct findjson_reader *r, const struct json *obj,
    const char *key, const char *const **out, size_t *n);
/* A text that may be missing; then `*out` stays. */
int findjson_get_optional(struct findjson_reader *r, const struct json *obj,
    const char *key, const char **out);
/* A decimal number that may be missing. */
int findjson_get_value(struct findjson_reader *r, const struct json *obj,
    const char *key, int decimals, int64_t *out, bool *there);

#endif
