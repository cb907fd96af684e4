/*
 * The inside of module input: a stream is a file descriptor or memory, and
 * one of the ways to read it.
 *
 *   input.c         opening, closing, reading; lists of files
 *   input_gzip.c    gzip
 *   input_packed.c  the other compressions, and archives
 *   input_peek.c    looking without taking
 *   input_thread.c  a compression read by a thread of its own
 */
#ifndef LIB_IO_INPUT_IMPL_H
#define LIB_IO_INPUT_IMPL_H

#include <stdatomic.h>

#include "base/buf.h"
#include "io/input.h"

enum {
	INPUT_PEEK = 16,          /* bytes looked at to know the compression */
	INPUT_BLOCK = 128 * 1024, /* compressed bytes taken in one read */
};

struct input_way {
	/* As input_read(). */
	ssize_t (*read)(struct input *, void *, size_t, struct errmsg *);
	int (*next)(struct input *, struct errmsg *); /* NULL: one stream */
	void (*close)(struct input *);                /* NULL: nothing to do */
};

struct input {
	const struct input_way *way;
	void *state;        /* of the way */
	char *path;         /* as given */
	struct buf name;    /* the path, and the member behind it */
	int fd;             /* -1 for memory */
	bool ended;         /* standard input: a terminal would begin anew */
	const char *unread; /* memory, or what was peeked and not yet read */
	size_t n_unread;
	size_t chunk;               /* largest read, 0 for any */
	atomic_uint_fast64_t taken; /* out of `fd`, by whoever reads it */
	char peek[INPUT_PEEK];
	struct buf ahead;   /* input_peek(): read from the way, not yet given */
	size_t ahead_given; /* of it */
	bool ahead_failed;  /* the way failed behind it */
	struct errmsg fault;         /* why */
	struct input_thread *thread; /* that reads the way; NULL: we do */
};

/* The next bytes of the way, by the thread where there is one. */
ssize_t input_read_way(struct input *in, void *bytes, size_t size,
    struct errmsg *err);

/* As input_read_way(), of what a thread has read. */
ssize_t input_thread_read(struct input_thread *t, void *bytes, size_t size,
    struct errmsg *err);
/* By the thread: wait for bytes of `fd`; false when nobody wants them. */
bool input_thread_wait(struct input_thread *t, int fd);
/* Stop and wait for its end; accepts NULL. */
void input_thread_end(struct input_thread **tp);

/* The path for messages. */
const char *input_place(const struct input *in);

/* The bytes as they stand in the file: what was peeked first. */
ssize_t input_read_raw(struct input *in, void *bytes, size_t size,
    struct errmsg *err);

/* What was peeked and not yet given; -1 for the failure behind it. */
ssize_t input_read_ahead(struct input *in, void *bytes, size_t size,
    struct errmsg *err);

/* Read on as gzip; as the other compressions; as a zip archive. */
int input_gzip(struct input *in, struct errmsg *err);
int input_packed(struct input *in, struct errmsg *err);
int input_zip(struct input *in, struct errmsg *err);

/* Whether a tar archive begins here; and read it, which owns `inner` then. */
bool input_has_tar(struct input *in);
int input_tar(struct input *in, struct input *inner, struct errmsg *err);
/* The stream that an archive with members is in, or NULL. */
struct input *input_inner(const struct input *in);

#endif
