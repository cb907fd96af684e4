/*
 * The parts of store:
 *
 *   store.c          the file
 *   store_schema.c   what it has
 *   store_meta.c     what it remembers by name
 *   store_later.c    what is put into it while its user goes on
 *   store_cache.c    what a run leaves for the next one
 *   store_standing.c ... and which parts of it need not be put
 */
#ifndef LIB_STORE_STORE_IMPL_H
#define LIB_STORE_STORE_IMPL_H

#include "store/store.h"

struct store_later;
struct store_standing;

/* What brings a store to each version from the one before, and how many. */
extern const char *const store_migrations[];
extern const size_t store_nmigrations;

struct store {
	struct sqldb *db;
	char *path;
	int lock; /* -1: a reader, or nothing to hold */
	size_t threads;
	struct store_later *later;       /* NULL: nothing yet */
	struct store_standing *standing; /* in `cache`, as read; or NULL */
};

/* A job at once; none is done any more where the database refuses. */
void store_later_do(struct sqldb *db, const struct store_job *job);

struct store_later *store_later_new(struct sqldb *db);
/* What was not done is dropped. */
void store_later_free(struct store_later **lp);
void store_later_add(struct store_later *l, const struct store_job *job);
/* In these NULL is fine: then there never was anything. */
void store_later_finish(struct store_later *l);
void store_later_drop(struct store_later *l);
/* Nothing is done between them; they do not nest. */
void store_later_hold(struct store_later *l);
void store_later_go_on(struct store_later *l);

/* The parts of a name of the table `cache`, as they were read. */
struct store_parts {
	int64_t name;    /* its hash */
	int64_t *hashes; /* of the parts 1 to n */
	size_t n;
	struct store_parts *next;
};
void store_parts_free(struct store_parts **pp);
void store_standing_note(struct store_standing **sp, int64_t name,
    const int64_t *hashes, size_t n);
/*
 * Now the caller's; NULL: not known.  Whoever takes them puts others, of which
 * nobody knows whether they stay.
 */
struct store_parts *store_standing_take(struct store_standing *s, int64_t name);
/* What is known of the table is known no more. */
void store_standing_free(struct store_standing **sp);

#endif
