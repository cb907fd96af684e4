#include <stdlib.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/ingest_impl.h"

/*
 * Blocks of rows go through three steps, a round of them at a time, and in each
 * step stands another round:
 *
 *	found (one thread)  |  decoded (all others)  |  added (the first again)
 *
 * Rows are found and added in order.  Only what a row says by itself is read
 * in between; the rest is left to the one that adds.  Where rows are lines,
 * the first step only cuts the stream into pieces, and whoever decodes a piece
 * finds its rows.
 */
#ifndef INGEST_BLOCK
#define INGEST_BLOCK (256 * 1024) /* the Makefile has programs with others */
#endif

enum {
	BLOCK = INGEST_BLOCK,
	BLOCKS_A_THREAD = 2,
	/* More would only wait for the one that finds and adds. */
	THREADS = 8,
	/* Where more than half of as many rows are left, so are all further. */
	ENOUGH = 4096,
	/* How often the stages are told of rows that are read one by one. */
	TOLD = 4096
};

struct round {
	struct ingest_block **blocks;
	size_t n; /* that have rows */
};

struct ahead {
	struct ingest_reading *r;
	struct csvreader *lines; /* NULL: its rows are found one by one */
	struct ingest_joint *joint;
	size_t threads, most; /* blocks of a round */
	struct round rounds[3];
	struct round *found, *decoded, *added;
	struct csvrow next; /* read, but in no block yet */
	bool has_next;
	int more;
	struct errmsg *err;
	size_t rows, left;
};

static bool
next_row(struct ahead *a)
{
	if (!a->has_next && a->more == 1)
		a->more = ingest_next_row(a->r, &a->next, a->err);
	a->has_next = a->more == 1;
	return a->has_next;
}

/* The block that is next of a round, empty. */
static struct ingest_block *
open_block(struct ahead *a, struct round *to)
{
	const size_t bytes = a->r->in->set.block;
	struct ingest_block **b = &to->blocks[to->n++];

	if (*b == NULL)
		*b = ingest_block_new(bytes != 0 ? bytes : BLOCK);
	ingest_block_empty(*b);
	return *b;
}

static void
cut(struct ahead *a, struct round *to)
{
	while (to->n < a->most) {
		if (!ingest_block_cut(open_block(a, to), a->lines, a->joint)) {
			to->n--;
			return;
		}
	}
}

static void
find(struct ahead *a, struct round *to)
{
	struct ingest_block *b;

	to->n = 0;
	if (a->lines != NULL) {
		cut(a, to);
		return;
	}
	while (to->n < a->most && next_row(a)) {
		b = open_block(a, to);
		while (next_row(a) && ingest_block_add(b, &a->next))
			a->has_next = false;
	}
}

/* False if a row has to wait until nothing is decoded. */
static bool
add(struct ahead *a, struct round *of, bool alone)
{
	size_t i;

	for (i = 0; i < of->n; i++)
		if (!ingest_block_merge(of->blocks[i], a->r, a->joint, alone))
			return false;
	return true;
}

/* The first piece of a round is to add the one before, and find the next. */
static void
work(void *arg, size_t i)
{
	struct ahead *a = arg;
	struct stages *st = a->r->in->set.stages;
	struct stages_span span;

	stages_part_begin(st, &span);
	if (i > 0) {
		ingest_block_decode(a->decoded->blocks[i - 1], a->r);
		stages_part_end(st, &span, "decode", 1, "blocks");
		return;
	}
	(void)add(a, a->added, false);
	stages_part_end(st, &span, "add", 0, NULL);
	stages_part_begin(st, &span);
	find(a, a->found);
	stages_part_end(st, &span, "rows", 0, NULL);
}

static void
turn(struct ahead *a)
{
	struct round *free_one = a->added;

	a->added = a->decoded;
	a->decoded = a->found;
	a->found = free_one;
	a->found->n = 0;
}

/* Whether decoding ahead is of use: not where it leaves most of the rows. */
static bool
is_useful(struct ahead *a)
{
	size_t i;

	for (i = 0; i < a->decoded->n; i++)
		ingest_block_count(a->decoded->blocks[i], &a->rows, &a->left);
	return a->rows < ENOUGH || a->left * 2 <= a->rows;
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

/* Rounds, up to what only rows show; false where they are of no use. */
static bool
read_rounds(struct ahead *a)
{
	bool useful = true;

	find(a, a->found);
	while (a->found->n > 1 && useful) {
		turn(a);
		pool_run(a->threads, a->decoded->n + 1, work, a);
		(void)add(a, a->added, true);
		ingest_tell(a->r);
		useful = is_useful(a);
	}
	(void)add(a, a->decoded, true);
	(void)add(a, a->found, true);
	a->decoded->n = a->found->n = a->added->n = 0;
	if (a->lines != NULL)
		ingest_joint_end(a->joint, a->lines);
	return useful;
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
			useful = read_rounds(a);
	}
}

static void
rounds_init(struct ahead *a)
{
	size_t i;

	a->lines = rows_lines_of(a->r->rows);
	if (a->lines != NULL)
		a->joint = ingest_joint_new(a->r);
	for (i = 0; i < 3; i++)
		a->rounds[i] = (struct round){
			.blocks = xcalloc(a->most, sizeof(*a->rounds->blocks))
		};
	a->found = &a->rounds[0];
	a->decoded = &a->rounds[1];
	a->added = &a->rounds[2];
}

static void
rounds_fini(struct ahead *a)
{
	size_t i, k;

	for (i = 0; i < 3; i++) {
		for (k = 0; k < a->most; k++)
			ingest_block_free(&a->rounds[i].blocks[k]);
		free(a->rounds[i].blocks);
	}
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
	a.most = BLOCKS_A_THREAD * a.threads;
	if (a.threads > 1 && are_apart(r->stream->layout)) {
		rounds_init(&a);
		read_by_all(&a);
		rounds_fini(&a);
	}
	read_rest(&a);
	return a.more;
}
