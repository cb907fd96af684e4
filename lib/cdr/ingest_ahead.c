#include <pthread.h>
#include <stdlib.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/ingest_impl.h"

/*
 * Blocks of rows stand in a line, in the order of the rows:
 *
 *	first                                                      n
 *	| ready | decoded | ready | decoded | found | found |
 *	  added ->          taken by some thread ->     <- more are found
 *
 * Every thread does what is most urgent: adds the first block if it is ready,
 * decodes one, or finds the next one and decodes that.  Blocks are found and
 * added by one thread at a time, so both in the order of the rows; only what a
 * row says by itself is read in between, and the rest is left to the one that
 * adds.  Where rows are lines, to find is only to cut the stream into pieces,
 * and whoever decodes a piece finds its rows.
 *
 * A thread has few blocks and takes the one that it had last, so that what it
 * has just read, and the names that the block knows, are in the nearest cache of
 * the processor.  The others are for when its last one waits for that of another
 * thread to be added; when all do, it can only add.
 */
#ifndef INGEST_BLOCK
#define INGEST_BLOCK (256 * 1024) /* the Makefile has programs with others */
#endif

enum {
	BLOCK = INGEST_BLOCK,
	BLOCKS_A_THREAD = 2,
	/* More would only wait for the one that finds and adds. */
	THREADS = 8,
	BLOCKS = BLOCKS_A_THREAD * THREADS,
	/* Where more than half of as many rows are left, so are all further. */
	ENOUGH = 4096,
	/* How often the stages are told of rows that are read one by one. */
	TOLD = 4096
};

struct place {
	struct ingest_block *block;
	size_t owner; /* the thread whose block it is */
	bool ready;   /* it is decoded */
};

/* Blocks of a thread that are not in the line; the last one was used last. */
struct spare {
	struct ingest_block *blocks[BLOCKS_A_THREAD];
	size_t n;
};

struct ahead {
	struct ingest_reading *r;
	struct csvreader *lines; /* NULL: its rows are found one by one */
	struct ingest_joint *joint;
	size_t threads;
	/* Of the one who finds. */
	struct csvrow next; /* read, but in no block yet */
	bool has_next;
	int more;
	struct errmsg *err;
	/* Of the one who adds. */
	size_t rows, left;
	/* The rest is of all, under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t change;
	struct place line[BLOCKS];
	size_t first, n, taken; /* `taken` of the `n` are not only found */
	size_t decoding;
	struct spare spare[THREADS];
	uint64_t read;    /* bytes of the input, where blocks were found */
	bool finds, adds; /* somebody does */
	bool alone; /* nothing may be decoded until the first one is added */
	bool ended; /* no more is to be found */
};

static bool
next_row(struct ahead *a)
{
	if (!a->has_next && a->more == 1)
		a->more = ingest_next_row(a->r, &a->next, a->err);
	a->has_next = a->more == 1;
	return a->has_next;
}

/* Fill a block with the next rows; false if there are none. */
static bool
find(struct ahead *a, struct ingest_block *b)
{
	bool any = false;

	ingest_block_empty(b);
	if (a->lines != NULL)
		return ingest_block_cut(b, a->lines, a->joint);
	while (next_row(a) && ingest_block_add(b, &a->next)) {
		a->has_next = false;
		any = true;
	}
	return any;
}

static struct place *
place(struct ahead *a, size_t i)
{
	return &a->line[(a->first + i) % BLOCKS];
}

/* Find a block; the lock is held but for that.  False if there is none. */
static bool
find_one(struct ahead *a, size_t thread)
{
	struct spare *spare = &a->spare[thread];
	struct ingest_block *b = spare->blocks[--spare->n];
	struct stages *st = a->r->in->set.stages;
	struct stages_span span;
	uint64_t taken;
	bool any;

	a->finds = true;
	(void)pthread_mutex_unlock(&a->lock);
	stages_part_begin(st, &span);
	any = find(a, b);
	taken = input_taken(a->r->input);
	stages_part_end(st, &span, "rows", 0, NULL);
	(void)pthread_mutex_lock(&a->lock);
	a->finds = false;
	/* Who waits to find the next one need not wait for this to be decoded. */
	(void)pthread_cond_broadcast(&a->change);
	a->read = taken;
	a->ended |= !any;
	if (any)
		*place(a, a->n++) =
		    (struct place){ .block = b, .owner = thread };
	else
		spare->blocks[spare->n++] = b;
	return any;
}

/* Whether decoding ahead is of use: not where it leaves most of the rows. */
static bool
is_useful(const struct ahead *a)
{
	return a->rows < ENOUGH || a->left * 2 <= a->rows;
}

/* Add the first block, as far as that can be while others are decoded. */
static void
add_one(struct ahead *a, size_t thread)
{
	struct ingest_block *b = place(a, 0)->block;
	struct stages *st = a->r->in->set.stages;
	struct stages_span span;
	const uint64_t read = a->read;
	const bool alone = a->alone;
	struct spare *spare;
	bool added;

	(void)thread;
	a->adds = true;
	(void)pthread_mutex_unlock(&a->lock);
	stages_part_begin(st, &span);
	added = ingest_block_merge(b, a->r, a->joint, alone);
	stages_part_end(st, &span, "add", 0, NULL);
	if (added) {
		ingest_block_count(b, &a->rows, &a->left);
		ingest_tell(a->r, read);
	}
	(void)pthread_mutex_lock(&a->lock);
	a->adds = false;
	a->alone = !added;
	a->ended |= !is_useful(a);
	if (!added)
		return;
	spare = &a->spare[place(a, 0)->owner];
	spare->blocks[spare->n++] = b;
	a->first = (a->first + 1) % BLOCKS;
	a->n--;
	a->taken--;
}

static void
decode_one(struct ahead *a, size_t thread)
{
	struct place *p = place(a, a->taken++);
	struct stages *st = a->r->in->set.stages;
	struct stages_span span;

	(void)thread;
	a->decoding++;
	(void)pthread_mutex_unlock(&a->lock);
	stages_part_begin(st, &span);
	ingest_block_decode(p->block, a->r);
	stages_part_end(st, &span, "decode", 1, "blocks");
	(void)pthread_mutex_lock(&a->lock);
	a->decoding--;
	p->ready = true;
}

/* While it is still in the cache. */
static void
find_and_decode(struct ahead *a, size_t thread)
{
	if (find_one(a, thread) && !a->alone)
		decode_one(a, thread);
}

enum step { ADD, DECODE, FIND, WAIT, END };

static enum step
most_urgent(const struct ahead *a, size_t thread)
{
	/* Rows that are found one by one are noted, as those that are added. */
	const bool may_find = !a->finds && (a->lines != NULL || !a->adds);
	const bool may_add = !a->adds && (a->lines != NULL || !a->finds);

	if (may_add && a->n > 0 && a->line[a->first].ready &&
	    (!a->alone || a->decoding == 0))
		return ADD;
	if (a->n > a->taken && !a->alone)
		return DECODE;
	if (may_find && !a->ended && !a->alone && a->spare[thread].n > 0)
		return FIND;
	return a->n > 0 || a->finds || a->adds ? WAIT : END;
}

/* Whatever one does may leave something to others. */
static void
work(void *arg, size_t i)
{
	static void (*const steps[])(struct ahead *, size_t) = {
		[ADD] = add_one,
		[DECODE] = decode_one,
		[FIND] = find_and_decode,
	};
	struct ahead *a = arg;
	enum step step;

	(void)pthread_mutex_lock(&a->lock);
	while ((step = most_urgent(a, i)) != END) {
		if (step == WAIT) {
			(void)pthread_cond_wait(&a->change, &a->lock);
			continue;
		}
		steps[step](a, i);
		(void)pthread_cond_broadcast(&a->change);
	}
	(void)pthread_mutex_unlock(&a->lock);
}

/* What is left to the end, one row after another. */
static void
read_rest(struct ahead *a)
{
	size_t n;

	for (n = 1; next_row(a); a->has_next = false, n++) {
		ingest_take_row(a->r, &a->next);
		if (n % TOLD == 0)
			ingest_tell(a->r, input_taken(a->r->input));
	}
}

/* Whether a header is needed, which no thread can read alone. */
static bool
needs_header(const struct ahead *a)
{
	const struct decoder *d = &a->r->decoder;

	return d->layout->header && d->headers == 0;
}

/* A block for each thread; or what there is, which may be none. */
static void
find_first(struct ahead *a)
{
	a->ended = false;
	(void)pthread_mutex_lock(&a->lock);
	while (!a->ended && a->n < a->threads)
		(void)find_one(a, a->n);
	/* One alone is not worth to be decoded apart. */
	if (a->n == 1) {
		a->taken = 1;
		a->alone = true;
		add_one(a, 0);
	}
	(void)pthread_mutex_unlock(&a->lock);
}

/* Blocks, up to what only rows show; false where they are of no use. */
static bool
read_blocks(struct ahead *a)
{
	find_first(a);
	if (a->n > 0)
		pool_run(a->n, a->n, work, a);
	if (a->lines != NULL)
		ingest_joint_end(a->joint, a->lines);
	return is_useful(a);
}

static void
read_by_all(struct ahead *a)
{
	bool useful = true;

	while (useful && next_row(a)) {
		if (needs_header(a) || a->lines != NULL) {
			ingest_take_row(a->r, &a->next);
			a->has_next = false;
		}
		if (!needs_header(a))
			useful = read_blocks(a);
	}
}

static void
blocks_init(struct ahead *a)
{
	const size_t bytes = a->r->in->set.block;
	size_t i, k;

	a->lines = rows_lines_of(a->r->rows);
	if (a->lines != NULL)
		a->joint = ingest_joint_new(a->r);
	(void)pthread_mutex_init(&a->lock, NULL);
	(void)pthread_cond_init(&a->change, NULL);
	for (i = 0; i < a->threads; i++)
		for (k = 0; k < BLOCKS_A_THREAD; k++)
			a->spare[i].blocks[a->spare[i].n++] =
			    ingest_block_new(bytes != 0 ? bytes : BLOCK);
}

static void
blocks_fini(struct ahead *a)
{
	size_t i, k;

	for (i = 0; i < a->threads; i++)
		for (k = 0; k < a->spare[i].n; k++)
			ingest_block_free(&a->spare[i].blocks[k]);
	(void)pthread_cond_destroy(&a->change);
	(void)pthread_mutex_destroy(&a->lock);
	ingest_joint_free(&a->joint);
}

/* Rows of which each is a record, whatever others say. */
static bool
are_apart(const struct layout *l)
{
	return l->gather.nby == 0 && l->carry.n == 0;
}

int
ingest_read_ahead(struct ingest_reading *r, struct errmsg *err)
{
	struct ahead a = { .r = r, .more = 1, .err = err };

	a.threads = pool_threads(r->in->set.threads);
	if (a.threads > THREADS)
		a.threads = THREADS;
	if (a.threads > 1 && are_apart(r->stream->layout)) {
		blocks_init(&a);
		read_by_all(&a);
		blocks_fini(&a);
	}
	read_rest(&a);
	return a.more;
}
