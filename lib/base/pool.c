#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { THREADS_MAX = 64 };

struct pool {
	atomic_size_t next;
	size_t n;
	void (*work)(void *arg, size_t i);
	void *arg;
};

static void *
take_pieces(void *vp)
{
	struct pool *p = vp;
	size_t i;

	while ((i = atomic_fetch_add(&p->next, 1)) < p->n)
		p->work(p->arg, i);
	return NULL;
}

/* Asked once: to know that the system may have to read a file. */
static size_t
count_processors(void)
{
	static atomic_size_t known;
	size_t n = atomic_load(&known);
	long cores;

	if (n == 0) {
		cores = sysconf(_SC_NPROCESSORS_ONLN);
		n = cores > 0 ? (size_t)cores : 1;
		atomic_store(&known, n);
	}
	return n;
}

size_t
pool_threads(size_t threads)
{
	if (threads == 0)
		threads = count_processors();
	return threads < THREADS_MAX ? threads : THREADS_MAX;
}

size_t
pool_parts(size_t threads, size_t n, size_t least)
{
	const size_t most = n / least, parts = pool_threads(threads);

	if (parts <= most)
		return parts;
	return most > 0 ? most : 1;
}

size_t
pool_cut(size_t n, size_t parts, size_t i)
{
	return n / parts * i + n % parts * i / parts;
}

void
pool_run(size_t threads, size_t n, void (*work)(void *arg, size_t i), void *arg)
{
	struct pool p = { .n = n, .work = work, .arg = arg };
	pthread_t others[THREADS_MAX];
	size_t i, started = 0;

	threads = pool_threads(threads);
	if (threads > n)
		threads = n;
	/* The caller is one of them; fewer than wanted only takes longer. */
	while (started + 1 < threads &&
	       pthread_create(&others[started], NULL, take_pieces, &p) == 0)
		started++;
	(void)take_pieces(&p);
	for (i = 0; i < started; i++)
		(void)pthread_join(others[i], NULL);
}
