/* What the parts of dialplan share. */
#ifndef LIB_TEL_DIALPLAN_IMPL_H
#define LIB_TEL_DIALPLAN_IMPL_H

#include "base/arena.h"
#include "base/hash.h"
#include "io/pattern.h"
#include "tel/dialplan.h"

struct dialplan {
	const struct numplan *np;
	const struct numplan_country *home; /* NULL: unknown */
	struct numplan_list international, national,
	    outside;                        /* longest first */
	bool outside_assumed;               /* nobody stated any: perhaps 9 */
	struct numplan_list own, toll_free; /* E.164 without the + */
	struct numplan_list domestic;       /* ISO codes */
	const char *area;                   /* "" none */
	struct pattern *extensions;         /* NULL none */
	struct arena texts;
	char fingerprint[HASH_HEX];
};

enum {
	/* Longer than any number, surplus digits included. */
	DIALPLAN_DIGITS = 31,
	/* An extension has no more, unless a pattern says so. */
	DIALPLAN_EXTENSION = 6
};

/* One text while it is read. */
struct reading {
	const struct dialplan *d;
	enum dialplan_role role;
	struct number *out;
	struct buf *steps; /* NULL: nobody wants to know */
};

/* A line for a person. */
void reading_say(const struct reading *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Readings that always succeed: they fill `out`. */
void reading_inside(const struct reading *r, const char *s, size_t n,
    enum numkind kind);
void reading_kept(const struct reading *r, const char *s, size_t n,
    enum numkind kind, enum party_kind party);

/* Readings that may not fit: false, and `out` is as it was. */
bool reading_e164(const struct reading *r, const char *s, size_t n);
bool reading_international(const struct reading *r, const char *s, size_t n);
bool reading_national(const struct reading *r, const char *s, size_t n);
bool reading_whole(const struct reading *r, const char *s, size_t n);
bool reading_own_code(const struct reading *r, const char *s, size_t n,
    size_t least);
bool reading_local(const struct reading *r, const char *s, size_t n);
bool reading_extension(const struct reading *r, const char *s, size_t n,
    size_t least);

/* Digits without a plus, in each role. */
void reading_dialled(const struct reading *r, const char *s, size_t n);
void reading_caller(const struct reading *r, const char *s, size_t n);
/* Whether the switch can send this to the outside. */
bool reading_is_dialable(const struct reading *r, const char *s, size_t n);

#endif
