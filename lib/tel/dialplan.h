/*
 * dialplan: numbers under a site's dial plan, one canonical form (ITU-T
 * E.164).
 *
 * The same text means different things dialled and received: 9 is an outside
 * line when dialled and a digit when received.  So the caller says the role.
 * The first reading that fits is taken.  For every number:
 *
 *   1. nothing, or words for a withheld number: missing, anonymous;
 *   2. a word (s, i, h, t, a SIP user name) is a place inside the switch; but
 *      digits that end with X or * (4420794601XX) are a number that nobody is
 *      to know: kept as unknown, and outside;
 *   3. a star or hash code keeps its text and is a service; but #31#, *31#
 *      and in the NANP *67, *70 and *82 before a number are dropped;
 *   4. +: E.164, a "(0)" behind the country code dropped.
 *
 * Dialled:
 *   5. an emergency number of the home country (unknown: 112, 911), also
 *      behind an outside digit;
 *   6. an extension, by the configured pattern;
 *   7. N11, 11x, 116xxx, 118xx: a service, also behind an outside digit;
 *   8. without a pattern: 1 to 6 digits are an extension, unless they begin
 *      with 0 or are six digits of a local number in the home area;
 *   9. an outside digit is dropped if the rest is dialable (nothing stated:
 *      9, before 6 digits or more), and so is a carrier code 101XXXX in the
 *      NANP;
 *  10. dialable: international prefix; national prefix; a whole national
 *      number where none is needed; a local number in the home area;
 *  11. 7 or 8 digits without a configured area: a local number as dialled,
 *      of the home country;
 *  12. a whole number as trunks write it, without any prefix: own country
 *      code, a number longer than national ones, a national number.
 * Digits beyond the longest number of a country code are cut off, as the
 * network does, so that 1 876 555 0142 99 is still a call to Jamaica.
 *
 * Received:
 *   5. an extension; without a pattern, 2 to 6 digits, the first not 0;
 *   6. international prefix; national prefix; the own country code where
 *      national numbers differ in length and have a prefix; a whole national
 *      number; any country code without plus.
 *
 * What fits nothing is invalid and keeps its digits.  Own numbers are inside
 * in whatever form they come.  Without a home country +, 00 and 011 are read,
 * 1 to 6 digits are extensions, and the rest is kept as unknown.
 */
#ifndef LIB_TEL_DIALPLAN_H
#define LIB_TEL_DIALPLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/errmsg.h"
#include "tel/numplan.h"

struct dialplan;

enum dialplan_role { ROLE_DIALLED, ROLE_CALLER };

/* What a site states; all texts are copied, NULL or 0 means not stated. */
struct dialplan_settings {
	const char *home_country;         /* ISO code */
	const char *const *international; /* prefixes; default: the plan's */
	size_t ninternational;
	const char *national;       /* prefix; default: the plan's */
	const char *const *outside; /* outside-line digits: "9" */
	size_t noutside;
	const char *extensions; /* regex of inside numbers */
	const char *const *own; /* prefixes of own numbers: "+1312555" */
	size_t nown;
	const char *const *toll_free; /* own toll-free numbers */
	size_t ntoll_free;
	const char *area;            /* home area code for local dialling */
	const char *const *domestic; /* countries rated as home */
	size_t ndomestic;
};

enum party_kind { /* src_kind */
	PARTY_MISSING,
	PARTY_OK,
	PARTY_ANONYMOUS,
	PARTY_INVALID,
	PARTY_INTERNAL
};
const char *party_kind_name(enum party_kind k);

/* Everything that depends on the number alone. */
struct number {
	char text[BOUNDS_NUMBER]; /* +E.164, or as dialled: extension, code */
	char country[4];          /* ISO, "001" shared codes, "" unknown */
	enum numkind kind;
	enum party_kind party;
	bool inside;        /* extension, own number, word, star code */
	bool international; /* country known, not home or domestic; satellite
	                       or shared code; home unknown: only what was
	                       dialled with an international prefix */
	bool own_toll_free;
};

/*
 * `np` must outlive it.  -1 with words for settings that cannot be.
 */
int dialplan_new(struct dialplan **dp, const struct dialplan_settings *set,
    const struct numplan *np, struct errmsg *err);
void dialplan_free(struct dialplan **dp);

const char *dialplan_home(const struct dialplan *d); /* "" unknown */
/* Changes when the same raw text could be read differently. */
const char *dialplan_fingerprint(const struct dialplan *d);

/*
 * Total: every text has a reading, `invalid` if no other.  The +E.164 text of
 * what was received reads as itself again, in either role.  A toll-free number
 * of the home's calling code is of the home country: 800 is at home in all of
 * the NANP.
 */
void dialplan_read(const struct dialplan *d, enum dialplan_role role,
    const char *raw, size_t len, struct number *out);
/* The same, with one line a step appended to `steps`. */
void dialplan_explain(const struct dialplan *d, enum dialplan_role role,
    const char *raw, size_t len, struct number *out, struct buf *steps);

/*
 * Which country this traffic is at home in, from raw numbers, when nobody
 * said.  Numbers are counted by shape, so any amount may be added, in any
 * order.
 */
struct homeguess;
struct homeguess *homeguess_new(const struct numplan *np);
void homeguess_free(struct homeguess **gp);
void homeguess_add(struct homeguess *g, enum dialplan_role role,
    const char *raw, size_t len, size_t weight);
/*
 * ISO code, or NULL when the evidence is not clear.  `zone`, an IANA name or
 * NULL, decides between countries that fit alike; /usr/share/zoneinfo has
 * the country of a zone.  `why` gets the reason: "38 of 41 numbers fit the
 * plan of US".
 */
const char *homeguess_end(const struct homeguess *g, const char *zone,
    struct buf *why);

#endif
