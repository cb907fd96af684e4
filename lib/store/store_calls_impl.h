/*
 * The parts of store_calls: how a call becomes a row or part of a block, and
 * back.
 *
 *   store_calls.c         calls into the store
 *   store_calls_texts.c   texts by number
 *   store_calls_row.c     the columns of a call, and a call as a row
 *   store_calls_block.c   a stretch of calls as the bytes of one block
 *   store_calls_blocks.c  blocks in the store: searched, taken apart
 *   store_calls_fill.c    many blocks into it
 *   store_calls_mention.c whether any call tells of somebody
 *   store_calls_load.c    calls out of it
 *   store_calls_names.c   its texts, and what they are in a batch
 *   store_calls_unpack.c  many blocks on their way into a batch
 *   store_calls_put.c     their calls to the places that they have there
 *   store_calls_move.c    calls to other starts
 *   store_calls_prune.c   old calls are deleted
 */
#ifndef LIB_STORE_STORE_CALLS_IMPL_H
#define LIB_STORE_STORE_CALLS_IMPL_H

#include "base/buf.h"
#include "base/packed.h"
#include "store/store_calls.h"

/*
 * The columns that a member of a call or origin gives directly, in the order
 * of the statements; the last has no name.  A text column holds the number of
 * a row of `texts`.
 */
enum store_home {
	STORE_CALL,
	STORE_ORIGIN,
	STORE_EXTRA, /* `at` is the enum call_extra */
	STORE_JOIN,  /* what batch_join() says */
	STORE_BITS   /* of an origin; `at` is the enum store_bits */
};
enum store_bits { STORE_ZONE_KIND, STORE_STATED, STORE_EVENT, STORE_QUALITY };
enum store_type {
	STORE_TEXT,
	STORE_OWN_TEXT, /* nearly each call has another; a block has it */
	STORE_UINT32,
	STORE_UINT8
};

struct store_column {
	const char *name;
	enum store_home home;
	enum store_type type;
	size_t at;
	uint32_t most; /* numbers: what is greater is damage */
};

extern const struct store_column store_columns[];

/* Parameters of the statements, from 1; columns of a row are one less. */
enum store_place {
	STORE_START = 1,
	STORE_SOURCE,
	STORE_KEY,
	STORE_COST,
	STORE_CURRENCY,
	STORE_FLAGS,
	STORE_FILE,
	STORE_RUN,
	STORE_SEEN,
	STORE_COLUMNS /* store_columns[0] */
};

/* The Makefile has programs for tests with small ones. */
#ifndef STORE_BLOCK_CALLS
#define STORE_BLOCK_CALLS 4096
#endif

/* Flags of a call as recorded; the others say what a run made of it. */
enum { STORE_FLAGS_KEPT = CALL_AMBIGUOUS | CALL_HAS_COST };

enum {
	STORE_PLACES = 40, /* more than there are columns */
	STORE_OWN = 2,     /* columns of STORE_OWN_TEXT */
	/* Calls of a block; a stretch that has fewer stays rows. */
	STORE_BLOCK = STORE_BLOCK_CALLS
};

/* Append the names of all columns; returns how many there are. */
int store_column_list(struct buf *sql);
int store_column_count(void); /* of store_columns */
bool store_column_is_text(const struct store_column *c);
/* What a column takes from call `i`. */
uint32_t store_column_value(const struct store_column *c, const struct batch *b,
    size_t i);
/* What a call gets from it; `v` is one of its values. */
void store_column_put(const struct store_column *c, struct batch *b, size_t i,
    uint32_t v);
/* The same of the calls pick[0..n-1]. */
void store_column_values(const struct store_column *c, const struct batch *b,
    const size_t *pick, size_t n, uint32_t *v);

/* Into the store -------------------------------------------------------- */

/* Numbers of texts, by names id of one batch; 0 not asked for yet. */
struct text_ids {
	struct store *store;
	const struct intern *names;
	struct sqlstmt *add, *find, *reuse, *reused;
	int64_t *ids;
	/* Of names that are only kept: of one call, whose turn it is next. */
	struct {
		uint32_t name;
		int64_t id;
	} kept[STORE_OWN];
	unsigned turn;
	bool any_free; /* numbers whose texts were deleted */
};

/* No name may be added to the batch meanwhile; fini whatever is returned. */
int text_ids_init(struct text_ids *t, struct store *s, const struct batch *b,
    struct errmsg *err);
void text_ids_fini(struct text_ids *t);
/* The number of a text, which is added if the store does not have it. */
int text_ids_get(struct text_ids *t, uint32_t name, int64_t *id,
    struct errmsg *err);
/* The same, once it was got; of a call's own texts, for that call alone. */
int64_t text_ids_got(const struct text_ids *t, uint32_t name);

/* Calls of one batch on their way in. */
struct store_in {
	struct store *store;
	const struct batch *b;
	struct text_ids texts;
	struct sqlstmt *insert;
	const int64_t *seen;      /* by batch file; NULL: none has one */
	const int64_t *call_seen; /* by call, in place of that; or NULL */
	int64_t run;
};

/* The other members are set; close whatever is returned. */
int store_in_open(struct store_in *in, struct errmsg *err);
void store_in_close(struct store_in *in);
/* All texts of a call have numbers then. */
int store_in_texts(struct store_in *in, size_t i, struct errmsg *err);
/*
 * The same but for its own for all calls from `first` to `end` - 1, in an
 * order that does not depend on theirs.
 */
int store_in_all_texts(struct store_in *in, size_t first, size_t end,
    struct errmsg *err);
/* What a call has in a place, when its texts have numbers. */
int64_t store_in_value(const struct store_in *in, size_t i, int place);
/* The same of the calls pick[0..n-1]. */
void store_in_values(const struct store_in *in, const size_t *pick, size_t n,
    int place, int64_t *v);
/* As a row: 1, 0 if there is one that equals it. */
int store_in_row(struct store_in *in, size_t i, struct errmsg *err);

/* Blocks ---------------------------------------------------------------- */

/*
 * A stretch of calls in the order of their starts; no other block has calls
 * from `first` to `last`.  New ones of that time are rows.
 */
struct store_block {
	int64_t first, last, run;
	int64_t n;
	struct packed_numbers columns[STORE_PLACES]; /* by place */
	struct packed_texts own[STORE_OWN];
};

enum { STORE_BLOCK_MOST = 1 << 20 }; /* calls of one block */

/* Whether a block has numbers in this place. */
bool store_block_has(int place);
/*
 * The bytes of the calls pick[0..n-1], whose texts have numbers; `k` has the
 * other members then.  On any thread.
 */
void store_block_pack(struct store_block *k, struct buf *out,
    const struct store_in *in, const size_t *pick, size_t n);
#define STORE_BLOCK_COLUMNS "start, last, calls, run, data"
/* A row of these columns; the bytes to `data`. */
void store_block_read(struct store_block *k, struct sqlstmt *row,
    struct buf *data);
/* Its calls, out of the bytes, which must outlive it; -1 if they cannot be. */
int store_block_take(struct store_block *k, const struct buf *data);

/* The first call of the block that began at `start` or later. */
size_t store_block_lower(const struct store_block *k, int64_t start);

/* Blocks of the store, as somebody who adds calls asks for them. */
struct store_blocks {
	struct store *store;
	struct sqlstmt *before, *after, *row_after;
	struct store_block at; /* the one looked at last */
	struct buf data;
	bool have;
	int64_t gap_from, gap_to; /* from .. to - 1: in no block */
};

int store_blocks_open(struct store_blocks *k, struct store *s,
    struct errmsg *err);
void store_blocks_close(struct store_blocks *k);
/* The first start from `start` on of a call in the store; INT64_MAX: none. */
int store_blocks_next(struct store_blocks *k, int64_t start, int64_t *next,
    struct errmsg *err);
/* Whether a block has the call; `*seen` its file.  1, 0, -1. */
int store_blocks_find(struct store_blocks *k, int64_t start, int64_t source,
    int64_t key, int64_t *seen, struct errmsg *err);
/* There are other blocks than before. */
void store_blocks_forget(struct store_blocks *k);

/*
 * Calls first to end - 1, sorted, which are all new, and no block is between:
 * as blocks, which are put in later.  Of records that stand twice only the
 * first; `*more` says whether there are such.
 */
int store_fill(struct store_in *in, size_t first, size_t end, int64_t *added,
    bool *more, struct errmsg *err);
/* Whether call `i` is the record before it, of another file. */
bool store_fill_copy(const struct batch *b, size_t i);

/*
 * The calls of the blocks that a condition on the table names become rows;
 * ?1 is `id`, ?2 `name`.
 */
int store_blocks_unpack(struct store *s, const char *where, int64_t id,
    const char *name, struct errmsg *err);

/* Out of the store ------------------------------------------------------ */

/* The year 9999, beyond which time is not reckoned. */
#define STORE_LATEST INT64_C(253402300799999)

struct store_text; /* of the store, as what else it is in the batch */

struct loading {
	struct store *store;
	struct batch *b;
	int64_t run, from, to;
	bool earlier;    /* none of the run */
	uint32_t *names; /* of the batch, by number of the text */
	struct store_text *texts;
	size_t n, cap, names_cap;
	bool any_long; /* longer than any text that was read */
};

int loading_open(struct loading *l, struct errmsg *err);
void loading_close(struct loading *l);
int loading_damaged(const struct loading *l, const char *what, int64_t v,
    struct errmsg *err);

/* NULL with words if there is no text of this number. */
struct store_text *loading_text_at(struct loading *l, int64_t id,
    struct errmsg *err);
/* Have a text known to the batch as what it is; then what it is there. */
int loading_source(struct loading *l, int64_t id, struct errmsg *err);
int loading_currency(struct loading *l, int64_t id, struct errmsg *err);
int loading_file(struct loading *l, int64_t id, struct errmsg *err);
bool loading_is_long(const struct loading *l, int64_t id);
uint16_t loading_source_of(const struct loading *l, int64_t id);
uint8_t loading_currency_of(const struct loading *l, int64_t id);
uint32_t loading_file_of(const struct loading *l, int64_t id);

/*
 * Blocks on their way out, LOADING_BLOCKS at a time.  Each of some is read,
 * all are looked at, each in turn is settled, when it has its place in the
 * batch, and all put their calls there.
 */
enum { LOADING_BLOCKS = 32 };
struct loading_block;

struct loading_block *loading_blocks_new(struct loading *l);
void loading_blocks_free(struct loading_block **all);
/* A row of STORE_BLOCK_COLUMNS. */
void loading_block_read(struct loading_block *all, size_t i,
    struct sqlstmt *row);
int64_t loading_block_first(const struct loading_block *all, size_t i);
void loading_blocks_look(struct loading_block *all, size_t n);
/* -1 with words if it is not as it was written. */
int loading_block_settle(struct loading_block *all, size_t i,
    struct errmsg *err);
int loading_blocks_put(struct loading_block *all, size_t n, struct errmsg *err);
/* What call `i` of those wanted has in a place, afterwards. */
int64_t loading_block_value(const struct loading_block *k, int place, size_t i);

#endif
