/*
 * store_members: which calls the findings of a store are made of.
 *
 * A finding keeps them until it is found again with others, so those of a
 * closed one are what it had last.
 */
#ifndef LIB_STORE_STORE_MEMBERS_H
#define LIB_STORE_STORE_MEMBERS_H

#include "base/hash.h"
#include "detect/finding.h"
#include "store/store.h"

/* Call references that grow; list is NULL or to be freed. */
struct call_refs {
	struct call_ref *list;
	size_t n, cap;
};

void call_refs_fini(struct call_refs *refs);
void call_refs_add(struct call_refs *refs, const struct call_ref *list,
    size_t n);
/* In their order, each once. */
void call_refs_settle(struct call_refs *refs);
/* Whether two settled ones are of the same calls. */
bool call_refs_equal(const struct call_refs *a, const struct call_refs *b);

/*
 * The calls of a finding as they are put, and as one word from when to when it
 * is and which calls it has.
 */
void store_members_print(const struct finding *f, struct buf *data,
    char extent[HASH_HEX]);

/* What puts the calls of many findings in. */
struct store_members;
int store_members_open(struct store_members **mp, struct store *s,
    struct errmsg *err);
void store_members_close(struct store_members **mp);
/*
 * What was printed, in the place of those it had; -1: the transaction must be
 * rolled back.  It may be part of a job (store_later()).
 */
int store_members_put(struct store_members *m, const struct finding *f,
    const struct buf *data, struct errmsg *err);
/*
 * Every finding of `rs`, which were loaded, has the calls that the store knows
 * of it; -1 with words when those are not as many as it says.
 */
int store_members_attach(struct store *s, struct results *rs,
    struct errmsg *err);
/*
 * The same in less time and memory where `rs` has most findings of the store,
 * in the order of their ids: calls stay packed.
 */
int store_members_attach_all(struct store *s, struct results *rs,
    struct errmsg *err);
/* The same for few of many, but not for those that are bare. */
int store_members_attach_some(struct store *s, struct finding *const *list,
    size_t n, struct arena *arena, struct errmsg *err);
/*
 * Add those of a finding, none if it is not known, with start, key and source
 * alone.
 */
int store_members_load(struct store *s, const char *finding,
    struct call_refs *refs, struct errmsg *err);

#endif
