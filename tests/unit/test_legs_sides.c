#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "cdr/legs.h"
#include "recorded.h"

static void
print_calls(const struct batch *b, struct buf *out)
{
	static const char *const parts[] = { "status", "direction", "src",
		"dst", "dialled", "trunk_in", "trunk_out", "account",
		"forwarded_by" };
	size_t i;

	for (i = 0; i < b->n; i++) {
		buf_addf(out, "%u+%u ", (unsigned)b->calls[i].ring / 1000,
		    (unsigned)b->calls[i].duration / 1000);
		recorded_print(b, i, parts, sizeof(parts) / sizeof(parts[0]),
		    out);
		buf_addch(out, '\n');
	}
}

/* The calls that records make, in both orders of the records. */
static void
check(const struct recorded *r, size_t n, const char *want)
{
	static const char *const trunks[] = { "CITY", "LD" };
	struct batch *b;
	struct buf out;
	size_t i, turn;

	for (turn = 0; turn < 2; turn++) {
		b = batch_new();
		buf_init(&out);
		for (i = 0; i < n; i++)
			recorded_add(b, &r[turn == 0 ? i : n - 1 - i]);
		batch_sort(b);
		recorded_resolve(b, recorded_site.plan, trunks, 2, NULL);
		(void)legs_join(b, 1, NULL, NULL);
		batch_sort(b);
		print_calls(b, &out);
		if (strcmp(out.data, want) != 0)
			fail_msg("\n%s\nnot\n%s", out.data, want);
		buf_fini(&out);
		batch_free(&b);
	}
}

#define CHECK(calls, want) \
	check(calls, sizeof(calls) / sizeof((calls)[0]), want)

/* A gateway rewrites caller and called number on the way out. */
static const struct recorded call_out[] = {
	{ .src = "2041",
	    .dst = "913125550777",
	    .dialled = "913125550777",
	    .ring = 8,
	    .talk = 25,
	    .status = STATUS_ANSWERED,
	    .join = "1",
	    .stated = ORIGIN_SIDE_IN },
	{ .src = "3125550100",
	    .dst = "13125550777",
	    .dialled = "13125550777",
	    .out = "CITY",
	    .ring = 7,
	    .talk = 26,
	    .status = STATUS_ANSWERED,
	    .join = "1",
	    .stated = ORIGIN_SIDE_OUT | ORIGIN_TRUNK_OUT },
};

/* Trunk to trunk; the side that came in names no number that was dialled. */
static const struct recorded through[] = {
	{ .src = "2125550921",
	    .in = "CITY",
	    .ring = 3,
	    .talk = 60,
	    .status = STATUS_ANSWERED,
	    .join = "2",
	    .stated = ORIGIN_SIDE_IN | ORIGIN_TRUNK_IN },
	{ .src = "2125550921",
	    .dst = "011442079460123",
	    .out = "LD",
	    .ring = 3,
	    .talk = 60,
	    .forwarded_by = "2041",
	    .status = STATUS_ANSWERED,
	    .join = "2",
	    .stated = ORIGIN_SIDE_OUT | ORIGIN_TRUNK_OUT },
};

/* Two tries; and a side alone stays as it is. */
static const struct recorded tries[] = {
	{ .src = "2041",
	    .dst = "913125550777",
	    .ring = 9,
	    .status = STATUS_NO_ANSWER,
	    .join = "3",
	    .stated = ORIGIN_SIDE_IN },
	{ .at = 1,
	    .src = "2041",
	    .dst = "13125550777",
	    .out = "CITY",
	    .ring = 1,
	    .status = STATUS_FAILED,
	    .join = "3",
	    .stated = ORIGIN_SIDE_OUT | ORIGIN_TRUNK_OUT },
	{ .at = 2,
	    .src = "2041",
	    .dst = "13125550777",
	    .out = "LD",
	    .ring = 7,
	    .status = STATUS_NO_ANSWER,
	    .join = "3",
	    .stated = ORIGIN_SIDE_OUT | ORIGIN_TRUNK_OUT },
	{ .at = 3,
	    .src = "2041",
	    .dst = "13125550778",
	    .out = "LD",
	    .ring = 6,
	    .status = STATUS_BUSY,
	    .join = "3",
	    .stated = ORIGIN_SIDE_OUT | ORIGIN_TRUNK_OUT },
	{ .at = 60,
	    .src = "2041",
	    .dst = "913125550888",
	    .ring = 5,
	    .status = STATUS_BUSY,
	    .join = "4",
	    .stated = ORIGIN_SIDE_IN },
};

/* The second way out is answered, under another number. */
static const struct recorded second[] = {
	{ .src = "2041",
	    .dst = "913125550777",
	    .ring = 9,
	    .talk = 60,
	    .status = STATUS_ANSWERED,
	    .join = "5",
	    .stated = ORIGIN_SIDE_IN },
	{ .at = 1,
	    .src = "2041",
	    .dst = "13125550777",
	    .out = "CITY",
	    .ring = 1,
	    .status = STATUS_FAILED,
	    .join = "5",
	    .stated = ORIGIN_SIDE_OUT | ORIGIN_TRUNK_OUT },
	{ .at = 2,
	    .src = "2041",
	    .dst = "011442079460123",
	    .out = "LD",
	    .ring = 7,
	    .talk = 60,
	    .status = STATUS_ANSWERED,
	    .join = "5",
	    .stated = ORIGIN_SIDE_OUT | ORIGIN_TRUNK_OUT },
};

static void
test_sides(void **state)
{
	(void)state;
	CHECK(second,
	    "9+60 status=answered direction=out src=2041 dst=+442079460123 "
	    "dialled=913125550777 trunk_in=(missing) trunk_out=LD "
	    "account=2041 forwarded_by=(missing)\n");
	CHECK(call_out,
	    "7+26 status=answered direction=out src=2041 dst=+13125550777 "
	    "dialled=913125550777 trunk_in=(missing) trunk_out=CITY "
	    "account=2041 forwarded_by=(missing)\n");
	CHECK(through,
	    "3+60 status=answered direction=transit src=+12125550921 "
	    "dst=+442079460123 dialled=011442079460123 trunk_in=CITY "
	    "trunk_out=LD account=2041 forwarded_by=2041\n");
	CHECK(tries,
	    "9+0 status=failed direction=out src=2041 dst=+13125550777 "
	    "dialled=913125550777 trunk_in=(missing) trunk_out=CITY "
	    "account=2041 forwarded_by=(missing)\n"
	    "5+0 status=busy direction=out src=2041 dst=+13125550888 "
	    "dialled=913125550888 trunk_in=(missing) trunk_out=(missing) "
	    "account=2041 forwarded_by=(missing)\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sides),
	};

	return cmocka_run_group_tests(tests, site_set_up, site_tear_down);
}
