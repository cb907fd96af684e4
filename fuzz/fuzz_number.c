/*
 * digits, dialplan: every text has a reading; what is clean stays as it is,
 * and a +E.164 number reads as itself in either role.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "tel/dialplan.h"
#include "tel/digits.h"

static const char *const nine[] = { "9" };
static const char *const own[] = { "+1312555", "+493012345" };

/* Sites of some kinds: who they are, what they dial. */
static const struct dialplan_settings sites[] = {
	{ .home_country = NULL },
	{ .home_country = "US",
	    .extensions = "[2-5]\\d{3}",
	    .outside = nine,
	    .noutside = 1,
	    .own = own,
	    .nown = 2,
	    .area = "312" },
	{ .home_country = "US" },
	{ .home_country = "DE",
	    .extensions = "\\d{2,3}",
	    .own = own,
	    .nown = 2 },
	{ .home_country = "GB", .area = "20" },
	{ .home_country = "IT" },
	{ .home_country = "BR" },
	{ .home_country = "SG", .outside = nine, .noutside = 1 },
};

enum { SITES = sizeof(sites) / sizeof(sites[0]) };

static void
check_clean(const struct fuzz_input *in)
{
	char once[BOUNDS_NUMBER], twice[BOUNDS_NUMBER];
	enum digits_kind kind = digits_clean(in->bytes, in->len, once);
	const char *digits = once + (once[0] == '+');

	assert(memchr(once, '\0', sizeof(once)) != NULL);
	if (kind == DIGITS_NONE)
		assert(once[0] == '\0');
	if (kind == DIGITS_NUMBER)
		assert(digits_only(digits, strlen(digits)));
	if (kind == DIGITS_WORD)
		return;
	assert(digits_clean(once, strlen(once), twice) == kind);
	assert(strcmp(once, twice) == 0);
}

static void
check_same(const struct number *a, const struct number *b)
{
	assert(strcmp(a->text, b->text) == 0);
	assert(strcmp(a->country, b->country) == 0);
	assert(a->kind == b->kind && a->party == b->party);
	assert(a->inside == b->inside && a->own_toll_free == b->own_toll_free);
}

static void
check_reading(const struct dialplan *plan, enum dialplan_role role,
    const struct fuzz_input *in)
{
	struct number n, again;
	struct buf steps;
	enum dialplan_role r;

	dialplan_read(plan, role, in->bytes, in->len, &n);
	assert(memchr(n.text, '\0', sizeof(n.text)) != NULL);
	assert(memchr(n.country, '\0', sizeof(n.country)) != NULL);
	assert(n.kind < NUMKIND_COUNT && n.party <= PARTY_INTERNAL);
	assert((n.party == PARTY_MISSING || n.party == PARTY_ANONYMOUS) ==
	       (n.text[0] == '\0'));
	assert((n.party == PARTY_INVALID) == (n.kind == NUMKIND_INVALID));
	buf_init(&steps);
	dialplan_explain(plan, role, in->bytes, in->len, &again, &steps);
	check_same(&n, &again);
	assert(n.international == again.international && steps.len > 0);
	buf_fini(&steps);
	if (role != ROLE_CALLER || n.party != PARTY_OK || n.text[0] != '+')
		return;
	for (r = ROLE_DIALLED; r <= ROLE_CALLER; r++) {
		dialplan_read(plan, r, n.text, strlen(n.text), &again);
		check_same(&n, &again);
		/* At home nowhere, only what was dialled tells what is abroad. */
		assert(n.international == again.international ||
		       dialplan_home(plan)[0] == '\0');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dialplan *plans[SITES];
	struct fuzz_input in = { (const char *)data, size };
	unsigned site = fuzz_choice(&in, SITES);
	int rc;

	if (plans[site] == NULL) {
		rc = dialplan_new(&plans[site], &sites[site], fuzz_numplan(),
		    NULL);
		assert(rc == 0);
	}
	check_clean(&in);
	check_reading(plans[site], ROLE_DIALLED, &in);
	check_reading(plans[site], ROLE_CALLER, &in);
	return 0;
}
