/*
 * What is put into the store while its user goes on: one thread that does one
 * job after the other.  The database is used by one thread at a time, so a
 * user waits for the job at hand.
 */
#include "store/store_impl.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/xalloc.h"

/* Whoever adds a job waits for those that have more bytes than this. */
enum { MOST_BYTES = 64 * 1024 * 1024 };

struct waiting {
	struct store_job job;
	struct waiting *next;
};

struct store_later {
	struct sqldb *db;
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	struct waiting *first, **last;
	size_t bytes;
	bool at_work, held, over;
};

struct store_later *
store_later_new(struct sqldb *db)
{
	struct store_later *l = xcalloc(1, sizeof(*l));

	l->db = db;
	l->last = &l->first;
	(void)pthread_mutex_init(&l->lock, NULL);
	(void)pthread_cond_init(&l->changed, NULL);
	return l;
}

/* After a failure the others are only dropped. */
void
store_later_do(struct sqldb *db, const struct store_job *job)
{
	struct errmsg err;

	if (!sqldb_refuses(db) && job->run(job->arg, &err) != 0)
		sqldb_refuse(db, &err);
	job->drop(job->arg);
}

static struct waiting *
take_first(struct store_later *l)
{
	struct waiting *w = l->first;

	l->first = w->next;
	if (l->first == NULL)
		l->last = &l->first;
	l->bytes -= w->job.bytes;
	return w;
}

static void *
do_jobs(void *arg)
{
	struct store_later *l = arg;
	struct waiting *w;

	(void)pthread_mutex_lock(&l->lock);
	for (;;) {
		while (!l->over && (l->held || l->first == NULL))
			(void)pthread_cond_wait(&l->changed, &l->lock);
		if (l->over)
			break;
		w = take_first(l);
		l->at_work = true;
		(void)pthread_mutex_unlock(&l->lock);
		store_later_do(l->db, &w->job);
		free(w);
		(void)pthread_mutex_lock(&l->lock);
		l->at_work = false;
		(void)pthread_cond_broadcast(&l->changed);
	}
	(void)pthread_mutex_unlock(&l->lock);
	return NULL;
}

void
store_later_add(struct store_later *l, const struct store_job *job)
{
	struct waiting *w;

	if (!l->has_thread)
		l->has_thread =
		    pthread_create(&l->thread, NULL, do_jobs, l) == 0;
	if (!l->has_thread) {
		store_later_do(l->db, job);
		return;
	}
	w = xmalloc(sizeof(*w));
	*w = (struct waiting){ .job = *job };
	(void)pthread_mutex_lock(&l->lock);
	while (l->bytes > MOST_BYTES)
		(void)pthread_cond_wait(&l->changed, &l->lock);
	*l->last = w;
	l->last = &w->next;
	l->bytes += job->bytes;
	(void)pthread_cond_broadcast(&l->changed);
	(void)pthread_mutex_unlock(&l->lock);
}

void
store_later_finish(struct store_later *l)
{
	if (l == NULL || !l->has_thread)
		return;
	(void)pthread_mutex_lock(&l->lock);
	while (l->at_work || l->first != NULL)
		(void)pthread_cond_wait(&l->changed, &l->lock);
	(void)pthread_mutex_unlock(&l->lock);
}

void
store_later_hold(struct store_later *l)
{
	if (l == NULL || !l->has_thread)
		return;
	(void)pthread_mutex_lock(&l->lock);
	l->held = true;
	while (l->at_work)
		(void)pthread_cond_wait(&l->changed, &l->lock);
	(void)pthread_mutex_unlock(&l->lock);
}

void
store_later_go_on(struct store_later *l)
{
	if (l == NULL || !l->has_thread)
		return;
	(void)pthread_mutex_lock(&l->lock);
	l->held = false;
	(void)pthread_cond_broadcast(&l->changed);
	(void)pthread_mutex_unlock(&l->lock);
}

void
store_later_drop(struct store_later *l)
{
	struct waiting *w;

	if (l == NULL || !l->has_thread)
		return;
	store_later_hold(l);
	while (l->first != NULL) {
		w = take_first(l);
		w->job.drop(w->job.arg);
		free(w);
	}
	store_later_go_on(l);
}

void
store_later_free(struct store_later **lp)
{
	struct store_later *l = *lp;

	if (l == NULL)
		return;
	store_later_drop(l);
	if (l->has_thread) {
		(void)pthread_mutex_lock(&l->lock);
		l->over = true;
		(void)pthread_cond_broadcast(&l->changed);
		(void)pthread_mutex_unlock(&l->lock);
		(void)pthread_join(l->thread, NULL);
	}
	(void)pthread_cond_destroy(&l->changed);
	(void)pthread_mutex_destroy(&l->lock);
	free(l);
	*lp = NULL;
}
