/* mutate, private: changes of a rule's text. */
#ifndef LIB_DETECT_MUTATE_IMPL_H
#define LIB_DETECT_MUTATE_IMPL_H

#include "base/buf.h"
#include "detect/mutate.h"

/* One change: members that are left out, values that are written anew. */
struct mutation {
	const char *id, *what, *advice;
	const struct json *at; /* the place to show */
	const struct json *drop[2];
	size_t ndrops;
	struct {
		const struct json *at;
		const char *text;
	} put[2];
	size_t nputs;
};

struct mutations {
	const struct rule *rule;
	struct arena *arena; /* of the texts */
	struct mutation *list;
	size_t n, cap;
};

/* Every change of the rule, in the order of its text. */
void mutate_make(struct mutations *ms);
/* A rule file with the changed rule, without tests. */
void mutate_write(const struct mutations *ms, const struct mutation *m,
    struct buf *out);

/* "match.direction", "match.any.0" */
const char *mutate_path(struct mutations *ms, const char *path,
    const char *key);
const char *mutate_path_at(struct mutations *ms, const char *path, size_t i);
/* One more change; it is good until the next one. */
struct mutation *mutate_drop(struct mutations *ms, const struct json *j,
    const char *path, const char *advice);
struct mutation *mutate_put(struct mutations *ms, const struct json *j,
    const char *id, const char *text, const char *advice);
/*
 * Three times as large and small, where it is a number or a span; what stands
 * in a parameter is scaled there.
 */
void mutate_scale(struct mutations *ms, const struct json *j, const char *path);
/* The same of the members with these keys; the last is NULL. */
void mutate_scale_keys(struct mutations *ms, const struct json *obj,
    const char *path, const char *const *keys);
/* Every clause of a predicate, which may be NULL. */
void mutate_predicate(struct mutations *ms, const struct json *obj,
    const char *path);

/* A line for a test that kills a rule without this clause. */
const char *mutate_advise_clause(struct arena *arena,
    const struct json *clause);

#endif
