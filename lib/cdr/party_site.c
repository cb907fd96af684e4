/* What a number that only its site knows is called. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/hash.h"
#include "cdr/party_impl.h"

enum {
	SITE_SIGN = '@',
	HASH_DIGITS = 16,
	/* Of a text whose whole name would be too long. */
	CUT_MAX = BOUNDS_NUMBER - 1 - 1 - HASH_DIGITS
};

const char *
party_site(const struct source *s)
{
	if (strcmp(s->name, SOURCE_DEFAULT) == 0)
		return NULL;
	return s->site != NULL ? s->site : s->name;
}

/* So many bytes of the text, without a part of a character at the end. */
static size_t
cut_len(const char *text, size_t len)
{
	size_t n = len < CUT_MAX ? len : CUT_MAX;

	while (n < len && n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return n;
}

static uint64_t
hash_both(const char *text, size_t len, const char *site)
{
	struct hash_state *h = hash_new();
	uint64_t hash;

	hash_add(h, text, len);
	hash_add(h, "", 1);
	hash_add(h, site, strlen(site));
	hash = hash_end64(h);
	hash_free(&h);
	return hash;
}

/*
 * The last '@' divides the two, so no two pairs have one name: a site with an
 * '@' in its own name is hashed like one that is too long.
 */
static void
compose(const char *text, size_t len, const char *site, char out[BOUNDS_NUMBER])
{
	if (strchr(site, SITE_SIGN) == NULL &&
	    len + 1 + strlen(site) < BOUNDS_NUMBER)
		(void)snprintf(out, BOUNDS_NUMBER, "%.*s%c%s", (int)len, text,
		    SITE_SIGN, site);
	else
		(void)snprintf(out, BOUNDS_NUMBER, "%.*s%c%0*" PRIx64,
		    (int)cut_len(text, len), text, SITE_SIGN, HASH_DIGITS,
		    hash_both(text, len, site));
}

/* +E.164 is the same number everywhere. */
static bool
is_local(const struct resolver *r, const char *text, size_t len)
{
	return r->site != NULL && len > 0 && text[0] != '+';
}

uint32_t
party_name(struct resolver *r, const char *text, size_t len)
{
	char local[BOUNDS_NUMBER];

	if (!is_local(r, text, len))
		return intern_add(r->b->names, text, len);
	compose(text, len, r->site, local);
	return intern_addstr(r->b->names, local);
}

uint32_t
party_add(struct resolver *r, struct number *n)
{
	char local[BOUNDS_NUMBER];

	/* Who stands in the directory is one of us. */
	if (!n->inside && directory_find(r->b->directory, n->text) != NULL) {
		n->inside = true;
		n->party = PARTY_INTERNAL;
	}
	if (n->inside && is_local(r, n->text, strlen(n->text))) {
		compose(n->text, strlen(n->text), r->site, local);
		memcpy(n->text, local, sizeof(local));
	}
	return batch_number(r->b, n);
}
