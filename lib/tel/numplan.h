/*
 * numplan: which country and which kind of number an E.164 number is, and how
 * people dial in each country.
 *
 * Two tables of data, made by rules/numplan/make-numplan (ITU-T E.164,
 * national plans): numplan.csv has prefixes, countries.csv has the dialling
 * habits.  The longest known prefix decides; at one prefix an entry
 * for exactly this many digits goes before one for any number of digits.  A
 * number that no prefix knows has country "" and kind unknown.
 */
#ifndef LIB_TEL_NUMPLAN_H
#define LIB_TEL_NUMPLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"

enum numkind { /* dst_type, src_type */
	NUMKIND_UNKNOWN,
	NUMKIND_FIXED,
	NUMKIND_MOBILE,
	NUMKIND_FIXED_OR_MOBILE, /* NANP: cannot be told apart */
	NUMKIND_TOLL_FREE,
	NUMKIND_PREMIUM,
	NUMKIND_SHARED_COST,
	NUMKIND_SATELLITE,
	NUMKIND_PERSONAL,
	NUMKIND_VOIP,
	NUMKIND_UAN,
	NUMKIND_PAGER,
	NUMKIND_NETWORK,
	NUMKIND_EMERGENCY,
	NUMKIND_SERVICE,
	NUMKIND_INTERNAL,
	NUMKIND_INVALID,
	NUMKIND_COUNT
};

/* "fixed-or-mobile"; as rules and output write them. */
const char *numkind_name(enum numkind k);
int numkind_parse(const char *name, enum numkind *k); /* -1 if none */

struct numplan;

struct numplan_entry {
	const char *country; /* ISO 3166 code; "001" for shared codes; "" */
	enum numkind kind;
	int matched; /* digits that decided; 0 when nothing did */
};

/* A list of digit strings. */
struct numplan_list {
	const char *const *texts;
	size_t n;
};

/* How people dial in one country. */
struct numplan_country {
	const char *iso;                   /* "GB" */
	const char *code;                  /* country calling code: "44" */
	struct numplan_list international; /* prefixes, the usual one first */
	struct numplan_list national;      /* prefixes, the usual one first */
	uint32_t usual; /* bit n: fixed and mobile numbers have n digits */
	uint32_t other; /* bit n: only numbers of other kinds have */
	struct numplan_list emergency; /* as dialled; # is any digit */
	struct numplan_list service;   /* N11 and the like */
};

/*
 * Read the two tables in the folder `dir`.  -1 with file and line for a table
 * that is wrong.
 */
int numplan_load(struct numplan **np, const char *dir, struct errmsg *err);
void numplan_free(struct numplan **np);

/* `digits`: E.164 without the +; may go on, or be cut short. */
struct numplan_entry numplan_find(const struct numplan *p, const char *digits,
    size_t len);

/* How many countries there are; each of them; one by ISO code, or NULL. */
size_t numplan_size(const struct numplan *p);
const struct numplan_country *numplan_at(const struct numplan *p, size_t i);
const struct numplan_country *numplan_country(const struct numplan *p,
    const char *iso);

/* Digits of the calling code `digits` begins with (1 to 3), 0 if none. */
size_t numplan_code_len(const struct numplan *p, const char *digits,
    size_t len);
/*
 * Bit n: behind this calling code ("44"; `len` digits of it) numbers have n
 * digits.  0 if there is no such code.
 */
uint32_t numplan_code_lengths(const struct numplan *p, const char *code,
    size_t len);
/*
 * Whether this can be a whole E.164 number: a known calling code and as many
 * digits as numbers have there; in the NANP, NXX NXX XXXX with N from 2 to 9
 * and no area code N11.
 */
bool numplan_possible(const struct numplan *p, const char *digits, size_t len);

/* Whether `digits` is one of the list, # being any digit. */
bool numplan_listed(const struct numplan_list *l, const char *digits,
    size_t len);

/* What the tables were made from, and a hash of what they say. */
const char *numplan_version(const struct numplan *p);

#endif
