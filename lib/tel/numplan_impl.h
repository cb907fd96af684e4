/* What the parts of numplan share: the tables, and how they are filled. */
#ifndef LIB_TEL_NUMPLAN_IMPL_H
#define LIB_TEL_NUMPLAN_IMPL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/intern.h"
#include "tel/numplan.h"

enum {
	NUMPLAN_DIGITS = 15,      /* longest prefix; E.164 has no more */
	NUMPLAN_MOST_DIGITS = 31, /* longest number a table may speak of */
	NUMPLAN_CODES = 1000,     /* calling codes have up to three digits */
	NUMPLAN_ENTRIES = 1000000 /* of one table */
};

#define NUMPLAN_NONE UINT32_MAX

/*
 * One entry.  `key` has a digit d as d + 1 in four bits, the first digit
 * highest, so that 0 is the end and keys sort as the prefixes do:
 *
 *     44      0x5500000000000000
 *     441481  0x5525920000000000
 *     45      0x5600000000000000
 *
 * The greatest key not above that of a number is the longest prefix of it, or
 * stands below the longest prefix; `up` leads there: to the entry before it
 * with the same prefix, or else to the last one of the next shorter prefix.
 */
struct numplan_item {
	uint64_t key;
	uint32_t up;               /* index, NUMPLAN_NONE at the top */
	unsigned int country : 12; /* id in `names` */
	unsigned int kind : 6;
	unsigned int digits : 6; /* of the whole number; 0 is any */
	unsigned int len : 5;    /* of the prefix */
};

struct numplan {
	struct numplan_item *items;
	size_t n, cap;
	struct intern *names; /* ISO codes */
	struct numplan_country *countries;
	size_t ncountries, countries_cap;
	uint32_t lengths[NUMPLAN_CODES]; /* by calling code, as a number */
	struct arena texts;
	struct hash_state *hash; /* only while loading */
	struct buf version;
};

/* The key of the first digits of a number. */
uint64_t numplan_key(const char *digits, size_t len);

/* Read both tables into an empty plan. */
int numplan_read(struct numplan *p, const char *dir, struct errmsg *err);

#endif
