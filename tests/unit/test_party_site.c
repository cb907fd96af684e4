#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "cdr/field.h"
#include "cdr/party.h"
#include "recorded.h"

static const char *const trunks[] = { "sipgate" };
enum { NTRUNKS = sizeof(trunks) / sizeof(trunks[0]) };

/*
 * Extension 2041 of two sites is two parties, wherever it stands; own numbers
 * and those outside are the same everywhere.
 */
static const struct {
	const char *source, *site;
	struct recorded call;
	const char *want; /* src dst forwarded_by user account */
} sited[] = {
	{ "default", "ulm", { .src = "2041", .dst = "913125550888" },
	    "2041 +13125550888 (missing) 2041 2041 extension" },
	{ "ulm", NULL, { .src = "2041", .dst = "913125550888" },
	    "2041@ulm +13125550888 (missing) 2041@ulm 2041@ulm extension" },
	{ "pbx7", "ulm", { .src = "3125550888", .dst = "2041" },
	    "+13125550888 2041@ulm (missing) 2041@ulm 2041@ulm extension" },
	{ "ulm", NULL, { .src = "3125550888", .dst = "3125550142" },
	    "+13125550888 +13125550142 (missing) +13125550142 +13125550142 "
	    "number" },
	{ "ulm", NULL,
	    { .src = "desk", .dst = "*60", .in = "SIP/desk-00000001" },
	    "desk@ulm *60@ulm (missing) desk@ulm desk@ulm extension" },
	{ "ulm", NULL,
	    { .src = "3125550888",
		.dst = "913125550777",
		.in = "SIP/2041-00000001" },
	    "+13125550888 +13125550777 (missing) 2041@ulm 2041@ulm "
	    "extension" },
	{ "ulm", NULL,
	    { .src = "3125550888",
		.dst = "913125550777",
		.forwarded_by = "2041" },
	    "+13125550888 +13125550777 2041@ulm 2041@ulm 2041@ulm extension" },
	{ "ulm", NULL,
	    { .src = "3125550888",
		.dst = "913125550777",
		.in = "Local/2041@x-00000001;2",
		.out = "SIP/sipgate-00000002" },
	    "+13125550888 +13125550777 2041@ulm 2041@ulm 2041@ulm extension" },
	/* What the record states: a name is one, an extension the site's. */
	{ "ulm", NULL,
	    { .src = "2041",
		.dst = "913125550777",
		.account = "ACME",
		.user = "erna" },
	    "2041@ulm +13125550777 (missing) erna@ulm ACME account" },
	{ "ulm", NULL,
	    { .src = "2041", .dst = "913125550777", .account = "2042" },
	    "2041@ulm +13125550777 (missing) 2041@ulm 2042@ulm account" },
	{ "ulm", NULL,
	    { .src = "2041",
		.dst = "913125550777",
		.account = "13125550142",
		.user = "+13125550142" },
	    "2041@ulm +13125550777 (missing) +13125550142 13125550142 "
	    "account" },
};

/* A batch of one call, understood. */
static struct batch *
understood_at(const char *source, const char *site_name, struct recorded call)
{
	struct batch *b = batch_new();

	(void)batch_source(b, source, site_name, zone_utc(), NULL);
	call.source = source;
	recorded_add(b, &call);
	recorded_resolve(b, recorded_site.plan, trunks, NTRUNKS, NULL);
	return b;
}

static void
test_sites(void **state)
{
	static const char *const names[] = { "src", "dst", "forwarded_by",
		"user", "account" };
	struct batch *b;
	struct buf out;
	size_t i, k;

	(void)state;
	buf_init(&out);
	for (i = 0; i < sizeof(sited) / sizeof(sited[0]); i++) {
		b = understood_at(sited[i].source, sited[i].site,
		    sited[i].call);
		buf_reset(&out);
		for (k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
			field_print(field_find(names[k]), b, 0, &out);
			buf_addch(&out, ' ');
		}
		buf_addstr(&out,
		    account_type_name(
			(enum account_type)b->calls[0].account_type));
		if (strcmp(out.data, sited[i].want) != 0)
			fail_msg("%zu:\n%s\nnot\n%s", i, out.data,
			    sited[i].want);
		batch_free(&b);
	}
	buf_fini(&out);
}

/*
 * Names that only differ far behind, or where a site's name looks like a part
 * of another's number, stay apart, and none is longer than a number may be.
 */
static void
test_long_sites(void **state)
{
	static const struct {
		const char *site, *src;
	} twins[] = {
		{ "the-branch-office-behind-the-railway-station-of-ulm-donau-1",
		    "2041" },
		{ "the-branch-office-behind-the-railway-station-of-ulm-donau-2",
		    "2041" },
		{ "ulm", "the-telephone-beside-the-coffee-machine-of-floor-"
			 "number-one-a" },
		{ "ulm", "the-telephone-beside-the-coffee-machine-of-floor-"
			 "number-one-b" },
		{ "neu-ulm", "the-telephone-beside-the-coffee-machine-of-"
			     "floor-number-one-b" },
		{ "b@ulm", "2041" },
		{ "c@ulm", "2041" },
		{ "\303\204\303\204\303\204\303\204\303\204\303\204",
		    "\303\226\303\226\303\226\303\226\303\226\303\226"
		    "\303\226\303\226\303\226\303\226\303\226\303\226"
		    "\303\226\303\226\303\226\303\226\303\226\303\226"
		    "\303\226\303\226\303\226\303\226\303\226\303\226"
		    "\303\226\303\226"
		    "x" },
	};
	enum { N = sizeof(twins) / sizeof(twins[0]) };
	struct batch *b;
	char *got[N];
	size_t i, k;

	(void)state;
	for (i = 0; i < N; i++) {
		b = understood_at("pbx9", twins[i].site,
		    (struct recorded){ .src = twins[i].src, .dst = "2042" });
		got[i] = strdup(batch_text(b, b->calls[0].account));
		assert_true(strlen(got[i]) < BOUNDS_NUMBER);
		assert_true(utf8_valid(got[i], strlen(got[i])));
		assert_non_null(strchr(got[i], '@'));
		for (k = 0; k < i; k++)
			assert_string_not_equal(got[i], got[k]);
		batch_free(&b);
	}
	for (i = 0; i < N; i++)
		free(got[i]);
}

/* Of several sources in one batch, two of one site. */
static void
test_side_by_side(void **state)
{
	static const struct recorded calls[] = {
		{ .src = "2041", .dst = "913125550888", .source = "pbx1" },
		{ .src = "2041", .dst = "913125550888", .source = "pbx2" },
		{ .src = "2041", .dst = "913125550888", .source = "pbx3" },
		{ .src = "2041", .dst = "913125550888" },
	};
	struct batch *b = batch_new();

	(void)state;
	(void)batch_source(b, "pbx1", "ulm", zone_utc(), NULL);
	(void)batch_source(b, "pbx2", "berlin", zone_utc(), NULL);
	(void)batch_source(b, "pbx3", "ulm", zone_utc(), NULL);
	recorded_add_all(b, calls, 4);
	recorded_resolve(b, recorded_site.plan, trunks, NTRUNKS, NULL);
	assert_int_not_equal(b->calls[0].src, b->calls[1].src);
	assert_int_not_equal(b->calls[0].account, b->calls[1].account);
	assert_int_equal(b->calls[0].src, b->calls[2].src);
	assert_int_equal(b->calls[0].account, b->calls[2].account);
	assert_int_equal(b->calls[0].user, b->calls[2].user);
	assert_int_not_equal(b->calls[3].src, b->calls[0].src);
	assert_int_not_equal(b->calls[3].src, b->calls[1].src);
	assert_int_equal(b->calls[0].dst, b->calls[3].dst);
	batch_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sites),
		cmocka_unit_test(test_long_sites),
		cmocka_unit_test(test_side_by_side),
	};

	return cmocka_run_group_tests(tests, site_set_up, site_tear_down);
}
