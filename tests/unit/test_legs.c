#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cdr/legs.h"
#include "joined.h"

/*
 * A call to a ring group as Asterisk 18 wrote it, one record for each end of
 * a Local channel and one for the telephone that took it.
 */
static const struct recorded ring_group[] = {
	{ .at = 6,
	    .src = "3125550921",
	    .dst = "ch1",
	    .context = "TimeDelay",
	    .in = "Local/ch1@TimeDelay-00000006;2",
	    .out = "SIP/2041-00000012",
	    .ring = 6,
	    .status = STATUS_ANSWERED,
	    .join = "50",
	    .line = 1 },
	{ .at = 6,
	    .src = "3125550921",
	    .dst = "3125550101",
	    .in = IN,
	    .out = "Local/ch1@TimeDelay-00000006;1",
	    .ring = 6,
	    .status = STATUS_ANSWERED,
	    .join = "50",
	    .line = 2 },
	{ .at = 6,
	    .src = "3125550921",
	    .dst = "3125550101",
	    .in = IN,
	    .out = "Local/ch2@TimeDelay-00000007;1",
	    .ring = 6,
	    .status = STATUS_NO_ANSWER,
	    .join = "50",
	    .line = 3 },
	{ .at = 12,
	    .src = "3125550921",
	    .dst = "3125550101",
	    .in = IN,
	    .out = "SIP/2041-00000012",
	    .talk = 17,
	    .status = STATUS_ANSWERED,
	    .join = "50",
	    .line = 4 },
	/* The other office is behind a trunk, and it is a call in. */
	{ .at = 6,
	    .src = "3125550921",
	    .dst = "ch3",
	    .context = "TimeDelay",
	    .in = "Local/ch3@TimeDelay-00000009;2",
	    .out = OUT,
	    .ring = 6,
	    .status = STATUS_NO_ANSWER,
	    .join = "50",
	    .line = 5 },
};

static void
test_ring_group(void **state)
{
	struct recorded r[5];
	uint64_t key;
	size_t i;

	(void)state;
	memcpy(r, ring_group, sizeof(r));
	/* Whichever of the legs that begin together has the least key. */
	for (key = 1; key <= 5; key++) {
		for (i = 0; i < 5; i++)
			r[i].key = (key + i * 3) % 5 + 1;
		CHECK(r, "6+6+17 status=answered direction=in src=+13125550921 "
			 "dst=+13125550101 trunk_in=SIP/211553 "
			 "trunk_out=(missing) user=2041 account=+13125550101 "
			 "forwarded_by=(missing) joined line=2\n");
	}
}

static void
test_unanswered(void **state)
{
	static const struct recorded r[] = {
		{ .at = 5,
		    .src = "3125550921",
		    .dst = "600",
		    .in = IN,
		    .out = "SIP/2041-00000001",
		    .ring = 20,
		    .key = 2,
		    .status = STATUS_BUSY,
		    .join = "50",
		    .line = 1 },
		{ .at = 5,
		    .src = "3125550921",
		    .dst = "600",
		    .in = IN,
		    .out = "SIP/2042-00000002",
		    .ring = 45,
		    .key = 3,
		    .status = STATUS_NO_ANSWER,
		    .join = "50",
		    .line = 2 },
		{ .at = 3,
		    .src = "3125550921",
		    .dst = "s",
		    .in = IN,
		    .ring = 1,
		    .key = 4,
		    .status = STATUS_NO_ANSWER,
		    .join = "50",
		    .line = 3 },
	};

	(void)state;
	/* Rings until the last gives up; the first with a number tells. */
	CHECK(r, "3+47+0 status=busy direction=in src=+13125550921 dst=600 "
		 "trunk_in=SIP/211553 trunk_out=(missing) user=2041 "
		 "account=2041 forwarded_by=(missing) joined line=1\n");
}

/*
 * A caller from outside whose number looks like an extension: the leg that
 * tells most says internal, the trunk of another knows better.
 */
static void
test_leg_that_misleads(void **state)
{
	static const struct recorded r[] = {
		{ .at = 5,
		    .src = "2949",
		    .dst = "2600",
		    .in = "Local/2600@x-00000001;2",
		    .out = "SIP/2042-00000001",
		    .ring = 4,
		    .talk = 30,
		    .status = STATUS_ANSWERED,
		    .join = "50",
		    .key = 1,
		    .line = 1 },
		{ .at = 5,
		    .src = "2949",
		    .dst = "2600",
		    .in = IN,
		    .out = "Local/2600@x-00000001;1",
		    .ring = 4,
		    .talk = 30,
		    .status = STATUS_ANSWERED,
		    .join = "50",
		    .key = 2,
		    .line = 2 },
	};

	(void)state;
	CHECK(r,
	    "5+4+30 status=answered direction=in src=2949 dst=2600 "
	    "trunk_in=SIP/211553 trunk_out=(missing) user=2042 account=2600 "
	    "forwarded_by=(missing) joined line=1\n");
}

static const struct recorded through_local[] = {
	{ .at = 0,
	    .src = "2041",
	    .dst = "913125550777",
	    .in = "SIP/2041-00000001",
	    .out = "Local/x@y-00000001;1",
	    .status = STATUS_NO_ANSWER,
	    .join = "50",
	    .line = 1 },
	{ .at = 0,
	    .dst = "913125550777",
	    .in = "Local/x@y-00000001;2",
	    .out = OUT,
	    .talk = 9,
	    .status = STATUS_ANSWERED,
	    .join = "50",
	    .line = 2 },
};

/* The user is who answered, though another leg names the number. */
static void
test_who_answered(void **state)
{
	struct recorded r[] = {
		{ .at = 5,
		    .src = "3125550921",
		    .dst = "2600",
		    .in = IN,
		    .out = "SIP/2041-00000001",
		    .ring = 4,
		    .status = STATUS_NO_ANSWER,
		    .join = "50",
		    .line = 1 },
		{ .at = 5,
		    .src = "3125550921",
		    .dst = "night-desk",
		    .in = "Local/night-desk@x-00000001;2",
		    .out = "SIP/2042-00000001",
		    .ring = 6,
		    .talk = 30,
		    .status = STATUS_ANSWERED,
		    .join = "50",
		    .line = 2 },
	};

	(void)state;
	CHECK(r,
	    "5+6+30 status=answered direction=in src=+13125550921 dst=2600 "
	    "trunk_in=SIP/211553 trunk_out=(missing) user=2042 account=2600 "
	    "forwarded_by=(missing) joined line=1\n");
	/* Something that is no telephone answered: the one that rang. */
	r[1].out = NULL;
	CHECK(r,
	    "5+6+30 status=answered direction=in src=+13125550921 dst=2600 "
	    "trunk_in=SIP/211553 trunk_out=(missing) user=2041 account=2600 "
	    "forwarded_by=(missing) joined line=1\n");
	/* Who dialled, though that leg was not answered. */
	CHECK(through_local,
	    "0+0+9 status=answered direction=out src=2041 dst=+13125550777 "
	    "trunk_in=(missing) trunk_out=SIP/carrier user=2041 account=2041 "
	    "forwarded_by=(missing) joined line=2\n");
}

static const struct recorded two_trunks[] = {
	{ .at = 0,
	    .src = "2041",
	    .dst = "913125550777",
	    .in = "SIP/2041-00000001",
	    .out = OUT,
	    .ring = 2,
	    .status = STATUS_FAILED,
	    .join = "50",
	    .line = 1 },
	{ .at = 2,
	    .src = "2041",
	    .dst = "13125550777",
	    .in = "SIP/2041-00000001",
	    .out = OUT2,
	    .ring = 8,
	    .talk = 5,
	    .status = STATUS_ANSWERED,
	    .join = "50",
	    .line = 2 },
	{ .at = 1,
	    .src = "2041",
	    .dst = "s",
	    .talk = 900,
	    .status = STATUS_ANSWERED,
	    .join = "50",
	    .line = 3 },
};

static const struct recorded through[] = {
	/* Came in, dialled on by itself, left: Local in between. */
	{ .at = 0,
	    .src = "3125550921",
	    .dst = "913125550777",
	    .in = IN,
	    .out = "Local/x@y-00000001;1",
	    .ring = 3,
	    .talk = 60,
	    .status = STATUS_ANSWERED,
	    .join = "51",
	    .line = 1 },
	{ .at = 1,
	    .src = "3125550921",
	    .dst = "913125550777",
	    .in = "Local/x@y-00000001;2",
	    .out = OUT,
	    .ring = 2,
	    .talk = 60,
	    .status = STATUS_ANSWERED,
	    .join = "51",
	    .line = 2 },
};

/* One call out that tried two trunks, and its announcement. */
static void
test_same_number(void **state)
{
	(void)state;
	CHECK(two_trunks,
	    "0+1+900 status=answered direction=out src=2041 dst=+13125550777 "
	    "trunk_in=(missing) trunk_out=SIP/second user=2041 account=2041 "
	    "forwarded_by=(missing) joined line=2\n");
	CHECK(through,
	    "0+3+60 status=answered direction=transit src=+13125550921 "
	    "dst=+13125550777 trunk_in=SIP/211553 trunk_out=SIP/carrier "
	    "user=(missing) account=SIP/211553 forwarded_by=(missing) joined "
	    "line=1\n");
}

/* Not legs of one call: another key, none, another source, a day later. */
static void
test_apart(void **state)
{
	static const struct recorded r[] = {
		{ .at = 0, .src = "2041", .dst = "2042", .join = "1" },
		{ .at = 0, .src = "2041", .dst = "2042", .join = "2" },
		{ .at = 0, .src = "2041", .dst = "2042" },
		{ .at = 1, .src = "2041", .dst = "2042" },
		{ .at = 1,
		    .src = "2041",
		    .dst = "2042",
		    .join = "1",
		    .source = "pbx2" },
		{ .at = 86401, .src = "2041", .dst = "2042", .join = "1" },
	};
	static const struct recorded just[] = {
		{ .at = 0, .src = "2041", .dst = "2042", .join = "1" },
		{ .at = 86400, .src = "2041", .dst = "2042", .join = "1" },
	};
	/* The hash of this key ends with 32 bits that are 0. */
	static const struct recorded hash[] = {
		{ .at = 0,
		    .src = "2041",
		    .dst = "2042",
		    .join = "1768000000.5582879331" },
		{ .at = 1,
		    .src = "2041",
		    .dst = "2042",
		    .join = "1768000000.5582879331" },
	};
	/* Nobody stated trunks or own numbers: the numbers alone. */
	static const struct recorded numbers[] = {
		{ .at = 0, .src = "2041", .dst = "913125550777", .join = "1" },
		{ .at = 1, .src = "2041", .dst = "913125550888", .join = "1" },
	};
	struct buf out;

	(void)state;
	buf_init(&out);
	assert_int_equal(joined_print(r, 6, &out), 0);
	assert_int_equal(joined_print(just, 2, &out), 1);
	assert_int_equal(joined_print(hash, 2, &out), 1);
	assert_int_equal(joined_print(numbers, 2, &out), 0);
	buf_fini(&out);
}

static void
test_money_and_account(void **state)
{
	static const struct recorded r[] = {
		{ .at = 0, .src = "2041", .dst = "913125550777", .join = "1" },
		{ .at = 1,
		    .src = "2041",
		    .dst = "913125550777",
		    .join = "1",
		    .account = "ACME" },
		{ .at = 2,
		    .src = "2041",
		    .dst = "913125550777",
		    .join = "1",
		    .status = STATUS_ANSWERED },
	};
	struct batch *b = batch_new();

	(void)state;
	recorded_add_all(b, r, 3);
	batch_set_cost(b, 1, 300);
	b->calls[1].flags = CALL_HAS_COST;
	b->calls[1].currency = batch_currency(b, "EUR");
	batch_set_cost(b, 2, 200);
	b->calls[2].flags = CALL_HAS_COST | CALL_AMBIGUOUS;
	b->origins[1].cause = 34;
	batch_sort(b);
	recorded_resolve(b, recorded_site.plan, NULL, 0, NULL);
	assert_int_equal(legs_join(b, 1, NULL, NULL), 2);
	batch_sort(b);
	assert_int_equal(b->n, 1);
	assert_int_equal(batch_cost(b, 0), 300);
	assert_int_equal(b->calls[0].currency, 1);
	assert_int_equal(b->calls[0].flags, CALL_HAS_COST | CALL_JOINED);
	assert_int_equal(b->origins[0].cause, 34);
	assert_string_equal(batch_text(b, b->calls[0].account), "ACME");
	assert_int_equal(b->calls[0].account_type, ACCOUNT_ACCOUNT);
	batch_free(&b);
}

/* The account of the files: each record is a call or a leg of its file. */
static void
test_per_file(void **state)
{
	static const struct recorded r[] = {
		{ .at = 0,
		    .src = "2041",
		    .dst = "2042",
		    .join = "1",
		    .file = 1,
		    .line = 10,
		    .key = 77 },
		{ .at = 1,
		    .src = "2041",
		    .dst = "2042",
		    .join = "1",
		    .file = 2,
		    .line = 20,
		    .status = STATUS_ANSWERED },
		{ .at = 2,
		    .src = "2041",
		    .dst = "2042",
		    .join = "1",
		    .file = 2,
		    .line = 21 },
	};
	int64_t per_file[3] = { 0 }, added[3] = { 0 };
	struct batch *b = batch_new();

	(void)state;
	(void)batch_file(b, "a.csv");
	(void)batch_file(b, "b.csv");
	recorded_add_all(b, r, 3);
	batch_sort(b);
	joined_resolve(b);
	b->calls[0].flags |= CALL_ADDED;
	assert_int_equal(legs_join(b, 1, per_file, added), 2);
	/* The record that was first is a leg now, and was added by this run. */
	assert_int_equal(b->calls[0].flags, CALL_JOINED);
	assert_int_equal(b->origins[1].line, 10);
	assert_int_equal(b->calls[1].flags, CALL_FURTHER | CALL_ADDED);
	assert_int_equal(per_file[1], 1);
	assert_int_equal(per_file[2], 1);
	assert_int_equal(added[1] + added[2], 1);
	batch_sort(b);
	/* Shown is the record that tells it; its place is the first one's. */
	assert_int_equal(batch_file_of(b, 0), 2);
	assert_int_equal(b->origins[0].line, 20);
	assert_int_equal(b->origins[0].key, 77);
	batch_free(&b);
}

enum { RANDOM = 60 };

/* Calls of three join keys with all that may differ between legs. */
static void
make_random(struct recorded *list)
{
	static const char *const joins[] = { "1", "2", "3" };
	static const char *const numbers[] = { "2041", "2042", "3125550921",
		"913125550777", "9011442079460905", "s", "h", "anonymous",
		"3125550101" };
	static const char *const channels[] = { "SIP/2041-00000001", IN, OUT,
		OUT2, "Local/2042@x-00000001;2", "Local/y@x-00000001;1", NULL };
	size_t i;

	for (i = 0; i < RANDOM; i++)
		list[i] = (struct recorded){
			.at = rand() % 30,
			.src = numbers[rand() % 9],
			.dst = numbers[rand() % 9],
			.in = channels[rand() % 7],
			.out = channels[rand() % 7],
			.join = joins[rand() % 3],
			.ring = (uint32_t)rand() % 20,
			.talk = (uint32_t)rand() % 20,
			.status = (enum call_status)(rand() % 6),
			.account = rand() % 9 == 0 ? "ACME" : NULL,
			.key = i + 1,
			.line = (uint32_t)i,
		};
}

static void
test_any_order(void **state)
{
	unsigned seed = 20260113, set, round;
	struct recorded list[RANDOM];
	struct buf first, now;

	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	for (set = 0; set < 40; set++) {
		make_random(list);
		buf_init(&first);
		assert_true(joined_print(list, RANDOM, &first) > 10);
		for (round = 0; round < 5; round++) {
			recorded_shuffle(list, RANDOM);
			buf_init(&now);
			(void)joined_print(list, RANDOM, &now);
			assert_string_equal(now.data, first.data);
			buf_fini(&now);
		}
		buf_fini(&first);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ring_group),
		cmocka_unit_test(test_unanswered),
		cmocka_unit_test(test_leg_that_misleads),
		cmocka_unit_test(test_who_answered),
		cmocka_unit_test(test_same_number),
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_money_and_account),
		cmocka_unit_test(test_per_file),
		cmocka_unit_test(test_any_order),
	};

	return cmocka_run_group_tests(tests, site_set_up, site_tear_down);
}
