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
 * Every thread does what is most urgent: finds the next block, adds the first
 * one if it is ready, or decodes one.  Blocks are found and added by one thread
 * at a time, so both in the order of the rows; only what a row says by itself
 * is read in between, and the rest is left to the one that adds.  Where rows
 * are lines, to find is only to cut the stream into pieces, and whoever decodes
 * a piece finds its rows.
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
	bool ready; /* it is decoded */
};

struct ahead {
	struct ingest_reading *r;
	struct csvreader *lines; /* NULL: its rows are found one by one */
	struct ingest_joint *joint;
	size_t threads;
	/* What is found, added and counted, by the one who is `busy`. */
	struct csvrow next; /* read, but in no block yet */
	bool has_next;
	int more;
	struct errmsg *err;
	size_t rows, left;
	/* The rest is of all, under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t change;
	struct place line[BLOCKS];
	size_t first, n, taken; /* `taken` of the `n` are not only found */
	size_t decoding;
	struct ingest_block *spare[BLOCKS]; /* the last one was used last */
	size_t nspare;
	bool busy;  /* somebody finds or adds */
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

/* Find a block; the lock is held but for that. */
static void
find_one(struct ahead *a)
{
	struct ingest_block *b = a->spare[--a->nspare];
	struct stages *st = a->r->in->set.stages;
	struct stages_span span;
	bool any;

	a->busy = true;
	(void)pthread_mutex_unlock(&a->lock);
	stages_part_begin(st, &span);
	any = find(a, b);
	stages_part_end(st, &span, "rows", 0, NULL);
	(void)pthread_mutex_lock(&a->lock);
	a->busy = false;
	a->ended |= !any;
	if (any)
		*place(a, a->n++) = (struct place){ .block = b };
	else
		a->spare[a->nspare++] = b;
}

/* Whether decoding ahead is of use: not where it leaves most of the rows. */
static bool
is_useful(const struct ahead *a)
{
	return a->rows < ENOUGH || a->left * 2 <= a->rows;
}

/* Add the first block, as far as that can be while others are decoded. */
static void
add_one(struct ahead *a)
{
	struct ingest_block *b = place(a, 0)->block;
	struct stages *st = a->r->in->set.stages;
	struct stages_span span;
	const bool alone = a->alone;
	bool added;

	a->busy = true;
	(void)pthread_mutex_unlock(&a->lock);
	stages_part_begin(st, &span);
	added = ingest_block_merge(b, a->r, a->joint, alone);
	stages_part_end(st, &span, "add", 0, NULL);
	if (added) {
		ingest_block_count(b, &a->rows, &a->left);
		ingest_tell(a->r);
	}
	(void)pthread_mutex_lock(&a->lock);
	a->busy = false;
	a->alone = !added;
	a->ended |= !is_useful(a);
	if (!added)
		return;
	a->spare[a->nspare++] = b;
	a->first = (a->first + 1) % BLOCKS;
	a->n--;
	a->taken--;
}

static void
decode_one(struct ahead *a)
{
	struct place *p = place(a, a->taken++);
	struct stages *st = a->r->in->set.stages;
	struct stages_span span;

	a->decoding++;
	(void)pthread_mutex_unlock(&a->lock);
	stages_part_begin(st, &span);
	ingest_block_decode(p->block, a->r);
	stages_part_end(st, &span, "decode", 1, "blocks");
	(void)pthread_mutex_lock(&a->lock);
	a->decoding--;
	p->ready = true;
}

enum step { FIND, ADD, DECODE, WAIT, END };

static enum step
most_urgent(const struct ahead *a)
{
	const size_t found = a->n - a->taken;

	if (!a->busy && !a->ended && a->nspare > 0 && found < a->threads)
		return FIND;
	if (!a->busy && a->n > 0 && a->line[a->first].ready &&
	    (!a->alone || a->decoding == 0))
		return ADD;
	if (found > 0 && !a->alone)
		return DECODE;
	return a->n > 0 || a->busy ? WAIT : END;
}

/* Whatever one does may leave something to others. */
static void
work(void *arg, size_t i)
{
	static void (*const steps[])(struct ahead *) = {
		[FIND] = find_one,
		[ADD] = add_one,
		[DECODE] = decode_one,
	};
	struct ahead *a = arg;
	enum step step;

	(void)i;
	(void)pthread_mutex_lock(&a->lock);
	while ((step = most_urgent(a)) != END) {
		if (step == WAIT) {
			(void)pthread_cond_wait(&a->change, &a->lock);
			continue;
		}
		steps[step](a);
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
			ingest_tell(a->r);
	}
}

/* Whether a row is needed that no thread can read alone. */
static bool
needs_row(const struct ahead *a)
{
	const struct decoder *d = &a->r->decoder;
	const struct ingest_trace *t = &a->r->trace;

	return (d->layout->header && d->headers == 0) ||
	       (t->lead > 0 && !t->any_row);
}

/* A block for each thread; or what there is, which may be none. */
static void
find_first(struct ahead *a)
{
	a->ended = false;
	(void)pthread_mutex_lock(&a->lock);
	while (!a->ended && a->n < a->threads)
		find_one(a);
	/* One alone is not worth to be decoded apart. */
	if (a->n == 1) {
		a->taken = 1;
		a->alone = true;
		add_one(a);
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
		if (needs_row(a) || a->lines != NULL) {
			ingest_take_row(a->r, &a->next);
			a->has_next = false;
		}
		if (!needs_row(a))
			useful = read_blocks(a);
	}
}

static void
blocks_init(struct ahead *a)
{
	const size_t bytes = a->r->in->set.block;

	a->lines = rows_lines_of(a->r->rows);
	if (a->lines != NULL)
		a->joint = ingest_joint_new(a->r);
	(void)pthread_mutex_init(&a->lock, NULL);
	(void)pthread_cond_init(&a->change, NULL);
	while (a->nspare < BLOCKS_A_THREAD * a->threads)
		a->spare[a->nspare++] =
		    ingest_block_new(bytes != 0 ? bytes : BLOCK);
}

static void
blocks_fini(struct ahead *a)
{
	while (a->nspare > 0)
		ingest_block_free(&a->spare[--a->nspare]);
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
