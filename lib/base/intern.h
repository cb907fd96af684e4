/*
 * intern: byte strings to small dense ids; the one hash table of cdrguard.
 *
 * Equal strings have equal ids, ids count up from 0, and id 0 is always the
 * empty string, which stands for "missing".  Texts are NUL-terminated and
 * stay where they are until intern_free().  Ids depend on the order of
 * arrival: never print them, never order by them.
 */
#ifndef LIB_BASE_INTERN_H
#define LIB_BASE_INTERN_H

#include <stddef.h>
#include <stdint.h>

struct intern;

#define INTERN_NONE UINT32_MAX /* intern_find(): not there */

struct intern *intern_new(void);
void intern_free(struct intern **ip);

uint32_t intern_add(struct intern *in, const void *bytes, size_t len);
/*
 * The same for a string that hardly ever comes again, such as a call id.
 * These are looked up apart, so that a million of them do not push the table
 * of all the others out of the processor's cache.
 */
uint32_t intern_add_rare(struct intern *in, const void *bytes, size_t len);
uint32_t intern_addstr(struct intern *in, const char *text);
/*
 * Add all strings of another, as usual or rare as they are there; `ids` gets
 * the id of each by its id there.  Quicker than one by one: what is not in the
 * processor's cache is fetched for many at once.
 */
void intern_add_all(struct intern *in, const struct intern *from,
    uint32_t *ids);
uint32_t intern_find(const struct intern *in, const void *bytes, size_t len);

const char *intern_text(const struct intern *in, uint32_t id);
size_t intern_len(const struct intern *in, uint32_t id);
uint32_t intern_count(const struct intern *in); /* ids are below this */

#endif
