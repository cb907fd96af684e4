/*
 * The parts of store:
 *
 *   store.c        the file and its schema
 *   store_meta.c   what it remembers by name
 *   store_later.c  what is put into it while its user goes on
 *   store_cache.c  what a run leaves for the next one
 */
#ifndef LIB_STORE_STORE_IMPL_H
#define LIB_STORE_STORE_IMPL_H

#include "store/store.h"

struct store_later;
struct store_standing;

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

/* What is known of the table `cache` is known no more. */
void store_standing_free(struct store_standing **sp);

#endif
