#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "io/input_impl.h"

/*
 * A ring of blocks.  The thread fills the one behind the last full one, the
 * reader empties the first; each works on its own block outside the lock.
 *
 *	| full | full | being filled | empty |
 *	  ^ reader      ^ thread
 */
enum { BLOCKS = 4 };

struct block {
	size_t len;
	char bytes[INPUT_BLOCK];
};

struct input_thread {
	struct input *in;
	pthread_t id;
	pthread_mutex_t lock;
	pthread_cond_t filled, emptied;
	int wake[2]; /* its end: stop waiting for bytes */

	/* Under the lock: */
	size_t n_full;
	bool stop;  /* nobody will read on */
	bool ended; /* what is full is all; then `err`, if there are words */

	/* Of the reader alone: */
	size_t first; /* the full block it is at */
	size_t given; /* bytes of it */

	/* Of the thread alone, until it ended: */
	struct errmsg err;
	struct block blocks[BLOCKS];
};

/* The thread -------------------------------------------------------------- */

bool
input_thread_wait(struct input_thread *t, int fd)
{
	struct pollfd fds[2] = { { .fd = fd, .events = POLLIN },
		{ .fd = t->wake[0], .events = POLLIN } };

	while (poll(fds, 2, -1) < 0 && errno == EINTR)
		continue;
	return fds[1].revents == 0;
}

/* Whether there is room for another block, as soon as there is. */
static bool
wait_for_room(struct input_thread *t)
{
	bool room;

	(void)pthread_mutex_lock(&t->lock);
	while (t->n_full == BLOCKS && !t->stop)
		(void)pthread_cond_wait(&t->emptied, &t->lock);
	room = !t->stop;
	(void)pthread_mutex_unlock(&t->lock);
	return room;
}

static void
hand_over(struct input_thread *t, bool full, bool ended)
{
	(void)pthread_mutex_lock(&t->lock);
	t->n_full += full;
	t->ended = ended;
	(void)pthread_cond_signal(&t->filled);
	(void)pthread_mutex_unlock(&t->lock);
}

static void *
unpack(void *arg)
{
	struct input_thread *t = arg;
	struct block *b;
	ssize_t n = 1;
	size_t at;

	for (at = 0; n > 0 && wait_for_room(t); at = (at + 1) % BLOCKS) {
		b = &t->blocks[at];
		for (b->len = 0; b->len < sizeof(b->bytes); b->len += (size_t)n)
			if ((n = t->in->way->read(t->in, b->bytes + b->len,
				 sizeof(b->bytes) - b->len, &t->err)) <= 0)
				break;
		hand_over(t, b->len > 0, n <= 0);
	}
	return NULL;
}

/* Its reader -------------------------------------------------------------- */

/* Whether there is a block, as soon as that is known. */
static bool
wait_for_block(struct input_thread *t)
{
	bool full;

	(void)pthread_mutex_lock(&t->lock);
	while (t->n_full == 0 && !t->ended)
		(void)pthread_cond_wait(&t->filled, &t->lock);
	full = t->n_full > 0;
	(void)pthread_mutex_unlock(&t->lock);
	return full;
}

static void
give_back(struct input_thread *t)
{
	t->first = (t->first + 1) % BLOCKS;
	t->given = 0;
	(void)pthread_mutex_lock(&t->lock);
	t->n_full--;
	(void)pthread_cond_signal(&t->emptied);
	(void)pthread_mutex_unlock(&t->lock);
}

ssize_t
input_thread_read(struct input_thread *t, void *bytes, size_t size,
    struct errmsg *err)
{
	const struct block *b;

	if (t->given == 0 && !wait_for_block(t))
		return t->err.text[0] == '\0'
			   ? 0
			   : errmsg_set(err, "%s", t->err.text);
	b = &t->blocks[t->first];
	if (size > b->len - t->given)
		size = b->len - t->given;
	memcpy(bytes, b->bytes + t->given, size);
	t->given += size;
	if (t->given == b->len)
		give_back(t);
	return (ssize_t)size;
}

static void
free_thread(struct input_thread *t)
{
	(void)close(t->wake[0]);
	(void)pthread_cond_destroy(&t->filled);
	(void)pthread_cond_destroy(&t->emptied);
	(void)pthread_mutex_destroy(&t->lock);
	free(t);
}

void
input_thread_end(struct input_thread **tp)
{
	struct input_thread *t = *tp;

	if (t == NULL)
		return;
	(void)pthread_mutex_lock(&t->lock);
	t->stop = true;
	(void)pthread_cond_signal(&t->emptied);
	(void)pthread_mutex_unlock(&t->lock);
	(void)close(t->wake[1]);
	(void)pthread_join(t->id, NULL);
	free_thread(t);
	*tp = NULL;
}

/* One that is not running; NULL where there are no descriptors left. */
static struct input_thread *
new_thread(struct input *in)
{
	struct input_thread *t = xcalloc(1, sizeof(*t));

	if (pipe(t->wake) != 0) {
		free(t);
		return NULL;
	}
	(void)fcntl(t->wake[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(t->wake[1], F_SETFD, FD_CLOEXEC);
	t->in = in;
	(void)pthread_mutex_init(&t->lock, NULL);
	(void)pthread_cond_init(&t->filled, NULL);
	(void)pthread_cond_init(&t->emptied, NULL);
	return t;
}

void
input_unpack_ahead(struct input *in)
{
	struct input *inner = input_inner(in);

	if (inner != NULL) {
		input_unpack_ahead(inner);
		return;
	}
	if (input_is_plain(in) || in->way->next != NULL || in->thread != NULL)
		return;
	/* The thread looks at in->thread, so it stands before it starts. */
	in->thread = new_thread(in);
	if (in->thread != NULL &&
	    pthread_create(&in->thread->id, NULL, unpack, in->thread) != 0) {
		(void)close(in->thread->wake[1]);
		free_thread(in->thread);
		in->thread = NULL;
	}
}
