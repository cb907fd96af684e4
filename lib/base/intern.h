/*
 * intern: byte strings to small dense ids; the one hash table of cdrguard.
 *
 * Equal strings have equal ids, but for those that are only kept; ids count up
 * from 0, and id 0 is always the empty string, which stands for "missing".
 * Texts are NUL-terminated and stay where they are until intern_free() or
 * intern_reset(), kept ones until intern_forget_kept().  Ids depend on the
 * order of arrival: never print them, never order by them.
 *
 * Of a string that is only kept, nobody asks whether it was there before: its
 * id has the bit INTERN_KEPT and is no index, and another equal string may
 * have another id.  For what is different each time and nearly never looked
 * at, such as call ids, that takes a third of the memory and no time; where
 * they are digits, a sixth.
 */
#ifndef LIB_BASE_INTERN_H
#define LIB_BASE_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct intern;

#define INTERN_NONE UINT32_MAX /* intern_find(): not there */
#define INTERN_KEPT (UINT32_C(1) << 31)

struct intern *intern_new(void);
void intern_free(struct intern **ip);
/* As a new one, but its memory stays for more of the same. */
void intern_reset(struct intern *in);
/* Only what is only kept goes; all others keep their ids. */
void intern_forget_kept(struct intern *in);

uint32_t intern_add(struct intern *in, const void *bytes, size_t len);
/*
 * The same for a string that hardly ever comes again, such as a call id.
 * These are looked up apart, so that a million of them do not push the table
 * of all the others out of the processor's cache.
 */
uint32_t intern_add_rare(struct intern *in, const void *bytes, size_t len);
uint32_t intern_addstr(struct intern *in, const char *text);
/*
 * Several at once, in this order, as with intern_add(): quicker where most of
 * them are there but not in the processor's nearest cache.
 */
struct intern_item {
	const char *text;
	size_t len;
	uint32_t *id; /* where it goes */
};
void intern_add_all(struct intern *in, const struct intern_item *items,
    size_t n);
/*
 * Keep a string without NULs.  Where there is no more room for such, 2 GiB, and
 * where it begins with a control character, it is added as rare.
 */
uint32_t intern_keep(struct intern *in, const char *bytes, size_t len);
uint32_t intern_find(const struct intern *in, const void *bytes, size_t len);

/*
 * Hashes of the strings, which stand where the ids were then: equal strings
 * have equal ones, kept or not, as long as none is added.  Many at once take a
 * fraction of the time.
 */
void intern_hash_all(const struct intern *in, uint32_t *ids, size_t n);

/* Of a string that is not only kept; of any, which may be put in `room`. */
enum { INTERN_ROOM = 32 };
const char *intern_text(const struct intern *in, uint32_t id);
const char *intern_read(const struct intern *in, uint32_t id,
    char room[INTERN_ROOM]);
size_t intern_len(const struct intern *in, uint32_t id);
/* Ids are below this, but for those of strings that are only kept. */
uint32_t intern_count(const struct intern *in);

/*
 * What the ids of one are in another.  To begin with all its strings are
 * added, as they are there; that is quicker than one by one: what is not in
 * the processor's cache is fetched for many at once.  Where `from` gets more
 * strings, they are mapped by intern_map_more() alone; kept ones are mapped as
 * long as no others took their place.
 */
struct intern_map {
	struct intern *to;
	const struct intern *from;
	uint32_t *ids;    /* by id in `from`, below `n` */
	uint32_t *shifts; /* of kept ones, by segment; INTERN_NONE: no room */
	bool late;        /* so intern_mapped() may add some to `to` */
	uint32_t n;
	size_t ids_cap, shifts_cap;
};

void intern_map_init(struct intern_map *m, struct intern *to,
    const struct intern *from);
/*
 * What `from` got since the last time; of those that are only kept, all that
 * it has now.
 */
void intern_map_more(struct intern_map *m);
void intern_map_fini(struct intern_map *m);
/* A kept string for which there was no room at once. */
uint32_t intern_map_late(const struct intern_map *m, uint32_t id);

enum { INTERN_SEGMENT_BITS = 20 };

/* Of an id without INTERN_KEPT. */
static inline uint32_t
intern_mapped_usual(const struct intern_map *m, uint32_t id)
{
	return m->ids[id];
}

static inline uint32_t
intern_mapped(const struct intern_map *m, uint32_t id)
{
	uint32_t shift;

	if ((id & INTERN_KEPT) == 0)
		return intern_mapped_usual(m, id);
	shift = m->shifts[(id & ~INTERN_KEPT) >> INTERN_SEGMENT_BITS];
	return shift != INTERN_NONE ? id + shift : intern_map_late(m, id);
}

#endif
