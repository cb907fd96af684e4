/*
 * batch: the calls of one run in memory, compact, in time order.
 *
 * What few calls have is in columns beside them, which are there only if any
 * call of the batch has it; batch_cost() and batch_extra() read them.
 *
 * Texts are interned once per run, but for call ids and join keys where
 * `keep_ids` is set; id 0 is "missing" everywhere.  A batch goes through these
 * steps, each over all of its calls:
 *
 *   batch_add()              records as they are read
 *   batch_sort()             calls[0] is the earliest by (start, source name,
 *                            key), whatever order they came in
 *   batch_mark_duplicates()  the same record in several files is one
 *   batch_sort()             drops what is marked
 *   party_resolve()          numbers, direction, trunks, account (cdr/party),
 *                            and what calls dialled, however it began
 *   legs_join()              legs of one call become one (cdr/legs)
 *   batch_sort()             drops what is marked
 */
#ifndef LIB_CDR_BATCH_H
#define LIB_CDR_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"
#include "cdr/call.h"
#include "tel/calendar.h"
#include "tel/dialplan.h"
#include "tel/directory.h"
#include "tel/zone.h"

/* What is known though there is no number: rule tests state it alone. */
enum party_stated { PARTY_STATED_KIND = 1, PARTY_STATED_INTERNATIONAL = 2 };

/* One canonical number with all that depends on the number alone. */
struct party {
	uint32_t text;    /* names; 0: no number, facts may still be known */
	uint32_t country; /* names: ISO code */
	uint32_t block;   /* names: text without its last 4 digits */
	uint8_t kind;     /* enum numkind */
	uint8_t party;    /* enum party_kind */
	uint8_t inside, international, own_toll_free; /* bool */
	uint8_t stated;                               /* enum party_stated */
	uint8_t spare[2];
};

/* A place that writes call records, as the configuration names it. */
struct batch_source {
	uint32_t name, site;     /* names */
	const struct zone *zone; /* of its local times and days */
	const char *calendar;    /* name of its calendar, or NULL */
};

/* What the site's directory says of an inside party. */
struct listed {
	uint32_t class, group; /* names */
	int64_t capacity;      /* calls at once; 0: not said */
	const char *calendar;  /* name of its calendar, or NULL */
};

/*
 * What few calls have, by call; NULL: none has.  Only the functions of this
 * module look into it.
 */
struct batch_extras {
	int64_t *costs;
	uint32_t *ids[EXTRA_COUNT];
	size_t costs_cap, ids_cap[EXTRA_COUNT];
	bool any; /* columns */
};

struct batch {
	struct intern *names;
	struct call *calls;
	struct origin *origins; /* beside calls, same index */
	size_t n, cap, origins_cap;
	struct batch_extras extras;
	uint32_t usual_file;   /* batch_usual_file() */
	struct party *parties; /* [0] is "missing" */
	size_t nparties, parties_cap;
	struct intern *party_ids; /* finds equal parties */
	struct batch_source *sources;
	size_t nsources, sources_cap;
	const struct directory *directory; /* of the site, borrowed; or NULL */
	struct listed *listed;             /* [0] is none */
	size_t nlisted, listed_cap;
	uint32_t *currencies; /* names; [0] none */
	size_t ncurrencies, currencies_cap;
	uint32_t *files; /* names; [0] none */
	size_t nfiles, files_cap;
	uint32_t
	    *tails; /* by names id of `dialled`: names id; NULL: not made */
	size_t ntails;
	/*
	 * What a rule asks of its group or of the past, by call; only in the
	 * copies of a batch that rules look at, which own none of it.
	 */
	const int64_t *since_prev; /* ms; -1 missing */
	const uint8_t *src_new;    /* 0 missing, 1 false, 2 true */
	bool sorted;
	bool distinct; /* and no two of them are copies of one record */
	/*
	 * No key was made of that of an equal record: call_key_again().  For
	 * who numbered them; nothing may be added.
	 */
	bool once;
	/*
	 * Set before any record is read: call ids and join keys are only kept,
	 * so equal ones may have different names ids, which are no indexes.
	 * For who asks no rule, waiver or tuning entry about call_id.
	 */
	bool keep_ids;
	/*
	 * Set before any record is read: caller names may be left out.  For
	 * who keeps no calls and asks no rule, waiver or tuning entry about
	 * src_name.
	 */
	bool no_src_names;
	/* Calls that somebody adds in the end: batch_reserve() counts them. */
	size_t to_come;
};

struct batch *batch_new(void);
void batch_free(struct batch **bp);
/*
 * Forget all calls of a batch without parties, sources and lists; its memory
 * stays for more of the same.  Its names keep their ids, but for those that are
 * only kept (intern.h), and are found at once when they come again; more than
 * `names` are forgotten: false.
 */
bool batch_reset(struct batch *b, uint32_t names);

/*
 * Room for one call more, zeroed; returns its index.  Both pointers hold
 * until the next add.
 */
size_t batch_add(struct batch *b, struct call **call, struct origin **origin);

/* Memory for `n` calls more, so that it need not grow while they come. */
void batch_reserve(struct batch *b, size_t n);
/*
 * `n` calls more without extras, whose call and origin the caller sets wholly;
 * the index of the first.
 */
size_t batch_add_many(struct batch *b, size_t n);

/*
 * All calls out of a batch; what they name stays in it.  Nothing is done with
 * them but that they are put behind the calls that came meanwhile, whether
 * these began earlier or not.  `threads` as for pool_run().
 */
struct batch batch_set_aside(struct batch *b);
void batch_put_behind(struct batch *b, struct batch *aside, size_t threads);

/* What call `i` costs; only with CALL_HAS_COST. */
static inline int64_t
batch_cost(const struct batch *b, size_t i)
{
	return b->extras.costs != NULL ? b->extras.costs[i] : 0;
}

/* An id that few calls have; 0: this one has none. */
static inline uint32_t
batch_extra(const struct batch *b, enum call_extra which, size_t i)
{
	const uint32_t *ids = b->extras.ids[which];

	return ids != NULL ? ids[i] : 0;
}

/* Legs of one call share it; a names id, 0: none. */
static inline uint32_t
batch_join(const struct batch *b, size_t i)
{
	return b->origins[i].joins_by_id ? b->origins[i].call_id
					 : batch_extra(b, EXTRA_JOIN, i);
}

/* What file it is from; 0: none. */
static inline uint32_t
batch_file_of(const struct batch *b, size_t i)
{
	return batch_extra(b, EXTRA_FILE, i) ^ b->usual_file;
}

/*
 * To set them.  Several threads may, each of calls of its own, where the
 * column is there.
 */
void batch_set_cost(struct batch *b, size_t i, int64_t cost);
void batch_set_extra(struct batch *b, enum call_extra which, size_t i,
    uint32_t id);
/* When its call_id is set. */
void batch_set_join(struct batch *b, size_t i, uint32_t join);
void batch_set_file(struct batch *b, size_t i, uint32_t file);
/*
 * The file of all calls that are there and to come, until batch_set_file()
 * says of one that it is of another; after that it changes nothing.
 */
void batch_usual_file(struct batch *b, uint32_t file);
/* Have the column, by call; it holds until the next add. */
int64_t *batch_make_cost(struct batch *b);
uint32_t *batch_make_extra(struct batch *b, enum call_extra which);
bool batch_has_extra(const struct batch *b, enum call_extra which);
/* All of a call's. */
struct call_extras batch_get_extras(const struct batch *b, size_t i);
void batch_write_extras(struct batch *b, size_t i, const struct call_extras *x);
/* The same of a call that was just added, of which hardly any has some. */
static inline void
batch_set_extras(struct batch *b, size_t i, const struct call_extras *x)
{
	bool some = b->extras.any || x->cost != 0;
	unsigned k;

	for (k = 0; k < EXTRA_COUNT; k++)
		some |= x->ids[k] != 0;
	if (some)
		batch_write_extras(b, i, x);
}
/* A call goes to another place, with its origin and extras. */
void batch_move(struct batch *b, size_t to, size_t from);
/* `n` calls from `first` on as a batch to be looked at alone; it owns nothing. */
struct batch batch_part(const struct batch *b, size_t first, size_t n);

/* The id of an equal party, or a new one; 0 for a zeroed one. */
uint32_t batch_party(struct batch *b, const struct party *p);
/* The same from a reading; texts are interned. */
uint32_t batch_number(struct batch *b, const struct number *n);

/*
 * The index of the source of this name, added if it is new; a source keeps
 * what it was added with, `calendar` must outlive the batch.  There may be
 * BOUNDS_SOURCES.
 */
uint16_t batch_source(struct batch *b, const char *name, const char *site,
    const struct zone *zone, const char *calendar);
/* The index of the source that has this one of `names`, or their number. */
size_t batch_find_source(const struct batch *b, uint32_t name);
/* The index of one more; `calendar` must outlive the batch. */
uint32_t batch_listed(struct batch *b, const struct listed *l);
/* The index of a currency, 0 for "" and beyond BOUNDS_CURRENCIES. */
uint8_t batch_currency(struct batch *b, const char *code);
/* The index of one file more; a file that is read twice is two. */
uint32_t batch_file(struct batch *b, const char *path);

/* What call `i` is; here, because rules ask it of every call. */
static inline enum call_event
batch_event(const struct batch *b, size_t i)
{
	if ((b->calls[i].flags & CALL_EVENT) == 0)
		return EVENT_CALL;
	return (enum call_event)b->origins[i].event;
}

/*
 * Work out the tails of all that calls dialled: the last BATCH_TAIL digits, or
 * fewer if there are no more.  No call may be added afterwards.  `threads` as
 * for pool_run().
 */
#define BATCH_TAIL 9
void batch_tails(struct batch *b, size_t threads);
/* The same where all of them are among these texts. */
void batch_tails_of(struct batch *b, const uint32_t *texts, size_t n);

/* Short cuts for texts. */
const char *batch_text(const struct batch *b, uint32_t name);
const char *batch_party_text(const struct batch *b, uint32_t party);

/*
 * Sort by (start, source name, key), equal ones by file name and line, those
 * that are equal in that, too, as they stand; drop what carries CALL_DUPLICATE
 * or CALL_FURTHER.  Takes 8 bytes a call on the side while it runs, as much for
 * each call that is dropped; where most calls stand near their places up to
 * 7 MB a thread and 3 bytes a call more, else with several threads room for one
 * call in sixteen.  Nothing when the calls are in order and all stay.
 */
void batch_sort(struct batch *b);
/* The same by several threads; `threads` as for pool_run(). */
void batch_sort_on(struct batch *b, size_t threads);

/*
 * Mark all but the first of sorted calls with equal (source, start, key), and
 * count them in `per_file`, which has a counter for each of the batch's files
 * (may be NULL; quality events are records of no file).  Keys number the equal
 * records of one file, so as many copies stay as any one file holds.  Returns
 * how many were marked.  `threads` as for pool_run().
 */
size_t batch_mark_duplicates(struct batch *b, size_t threads,
    int64_t *per_file);

/* Index of the first call with start >= t. */
size_t batch_lower(const struct batch *b, int64_t t);

/*
 * Stable merge sort of `n` indexes of calls; takes 2 bytes a call on the
 * side.  `compare` is as for qsort().
 */
void batch_order(uint32_t *index, size_t n,
    int (*compare)(const void *ctx, uint32_t a, uint32_t b), const void *ctx);

#endif
