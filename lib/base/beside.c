#include "base/beside.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/pool.h"
#include "base/xalloc.h"

struct beside {
	void (*work)(void *arg);
	void *arg;
	pthread_t thread;
	bool has_thread;
};

static void *
do_work(void *vb)
{
	const struct beside *b = vb;

	b->work(b->arg);
	return NULL;
}

struct beside *
beside_start(size_t threads, void (*work)(void *arg), void *arg)
{
	struct beside *b = xcalloc(1, sizeof(*b));

	b->work = work;
	b->arg = arg;
	b->has_thread = pool_threads(threads) > 1 &&
			pthread_create(&b->thread, NULL, do_work, b) == 0;
	if (!b->has_thread)
		work(arg);
	return b;
}

void
beside_end(struct beside **bp)
{
	struct beside *b = *bp;

	if (b == NULL)
		return;
	if (b->has_thread)
		(void)pthread_join(b->thread, NULL);
	free(b);
	*bp = NULL;
}
