/* The parts of casedata: which calls, and what they add up to. */
#ifndef LIB_REPORT_CASEDATA_IMPL_H
#define LIB_REPORT_CASEDATA_IMPL_H

#include "cdr/field.h"
#include "report/casedata.h"

/* The calls of one entity in a batch. */
struct entity_calls {
	const struct batch *b;
	const struct field *fields[2]; /* either has it; NULL: none */
	uint32_t name;                 /* in the batch; INTERN_NONE: nowhere */
	bool all, account;
};

void entity_calls_init(struct entity_calls *e, const struct batch *b,
    const char *type, const char *entity);
bool entity_calls_has(const struct entity_calls *e, size_t call);

/* A call, wherever it came from. */
struct seen_call {
	int64_t start, duration, cost;
	const char *dst, *country, *currency;
	bool has_cost, estimated;
};

/* What calls of a case went to, gathered. */
struct places {
	struct casedata_place *list;
	size_t n, cap;
	int redact;
};

void places_add(struct places *p, struct arena *arena,
    const struct seen_call *c);
/* The greatest of them into the data; the list is freed. */
void places_end(struct places *p, struct arena *arena, struct casedata *d);

#endif
