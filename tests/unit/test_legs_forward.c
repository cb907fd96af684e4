/* Calls that somebody sent on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "joined.h"

static const struct recorded sent_on[] = {
	/* 2041 does not answer; its forward leaves for two numbers. */
	{ .at = 0,
	    .src = "3125550921",
	    .dst = "2041",
	    .in = IN,
	    .out = "Local/905@x-00000001;1",
	    .ring = 30,
	    .talk = 60,
	    .status = STATUS_ANSWERED,
	    .join = "50",
	    .line = 1 },
	{ .at = 10,
	    .src = "3125550921",
	    .dst = "9011442079460905",
	    .in = "Local/905@x-00000001;2",
	    .out = OUT,
	    .ring = 20,
	    .status = STATUS_FAILED,
	    .join = "50",
	    .line = 2 },
	{ .at = 12,
	    .src = "3125550921",
	    .dst = "9011442079460905",
	    .in = "Local/905@x-00000001;2",
	    .out = OUT2,
	    .ring = 18,
	    .talk = 60,
	    .status = STATUS_ANSWERED,
	    .join = "50",
	    .line = 3 },
	{ .at = 11,
	    .src = "3125550921",
	    .dst = "9011442079460906",
	    .in = "Local/906@x-00000002;2",
	    .out = OUT,
	    .ring = 19,
	    .status = STATUS_NO_ANSWER,
	    .join = "50",
	    .line = 4 },
	/* A hang-up reached nobody and makes no call. */
	{ .at = 90,
	    .src = "2041",
	    .dst = "h",
	    .join = "50",
	    .status = STATUS_ANSWERED,
	    .line = 5 },
};

static void
test_forwarded(void **state)
{
	(void)state;
	CHECK(sent_on,
	    "0+30+60 status=answered direction=in src=+13125550921 dst=2041 "
	    "trunk_in=SIP/211553 trunk_out=(missing) user=2041 account=2041 "
	    "forwarded_by=(missing) joined line=1\n"
	    "10+20+60 status=answered direction=out src=+13125550921 "
	    "dst=+442079460905 trunk_in=(missing) trunk_out=SIP/second "
	    "user=2041 account=2041 forwarded_by=2041 joined forwarded "
	    "line=3\n"
	    "11+19+0 status=no-answer direction=out src=+13125550921 "
	    "dst=+442079460906 trunk_in=(missing) trunk_out=SIP/carrier "
	    "user=2041 account=2041 forwarded_by=2041 forwarded line=4\n");
}

#define INSIDE_CALL                                                      \
	"0+0+300 status=answered direction=internal src=2041 dst=2042 "  \
	"trunk_in=(missing) trunk_out=(missing) user=2041 account=2041 " \
	"forwarded_by=(missing) line=2\n"
#define SENT_ON_CALL                                                  \
	"0+0+600 status=answered direction=out src=2041 "             \
	"dst=+442079460905 trunk_in=(missing) trunk_out=SIP/carrier " \
	"user=2041 account=2042 forwarded_by=2042 forwarded line=1\n"

/*
 * 2041 talks to A and asks 2042: the call to A was there first, and nobody
 * sent it on.  What begins together is the call inside and one sent on.
 */
static void
test_asked_later(void **state)
{
	struct recorded r[] = {
		{ .at = 0,
		    .src = "2041",
		    .dst = "9011442079460905",
		    .in = "SIP/2041-00000001",
		    .out = OUT,
		    .talk = 600,
		    .status = STATUS_ANSWERED,
		    .join = "50",
		    .line = 1 },
		{ .at = 300,
		    .src = "2041",
		    .dst = "2042",
		    .in = "SIP/2041-00000003",
		    .out = "SIP/2042-00000004",
		    .talk = 300,
		    .status = STATUS_ANSWERED,
		    .join = "50",
		    .line = 2 },
		/* Reached nobody: of the first call, though it began before. */
		{ .at = -5,
		    .src = "2041",
		    .dst = "s",
		    .join = "50",
		    .status = STATUS_NO_ANSWER,
		    .line = 3 },
	};

	(void)state;
	CHECK(r, "-5+5+600 status=answered direction=out src=2041 "
		 "dst=+442079460905 trunk_in=(missing) trunk_out=SIP/carrier "
		 "user=2041 account=2041 forwarded_by=(missing) joined line=1\n"
		 "300+0+300 status=answered direction=internal src=2041 "
		 "dst=2042 trunk_in=(missing) trunk_out=(missing) user=2041 "
		 "account=2041 forwarded_by=(missing) line=2\n");
	r[1].at = 0;
	for (r[1].key = 1; r[1].key <= 2; r[1].key++) {
		r[0].key = 3 - r[1].key;
		joined_check(r, 2,
		    r[1].key == 1 ? INSIDE_CALL SENT_ON_CALL
				  : SENT_ON_CALL INSIDE_CALL);
	}
}

static const struct {
	struct recorded first;
	const char *in; /* of the call that was sent on */
	const char *by;
} senders[] = {
	{ { .src = "3125550921",
	      .dst = "600",
	      .in = IN,
	      .out = "SIP/2043-00000001",
	      .status = STATUS_ANSWERED },
	    NULL, "2043" },
	{ { .src = "3125550921",
	      .dst = "2500",
	      .in = IN,
	      .out = "SIP/2043-00000001",
	      .status = STATUS_NO_ANSWER },
	    NULL, "2500" },
	{ { .src = "2045", .dst = "2044", .status = STATUS_NO_ANSWER }, NULL,
	    "2044" },
	{ { .src = "2045", .dst = "913125550777", .out = OUT }, NULL, "2045" },
	{ { .src = "anonymous", .dst = "s", .in = IN }, NULL, "(missing)" },
	/* The channel knows better. */
	{ { .src = "3125550921",
	      .dst = "2500",
	      .in = IN,
	      .out = "SIP/2043-00000001",
	      .status = STATUS_ANSWERED },
	    "Local/2042@x-00000001;2", "2042" },
};

/* Who sent it on, by what is known of the first call. */
static void
test_forwarder(void **state)
{
	struct recorded r[2];
	struct buf out;
	char want[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
		r[0] = senders[i].first;
		r[0].join = "7";
		r[1] = (struct recorded){ .at = 9,
			.src = "3125550921",
			.dst = "913125550888",
			.in = senders[i].in,
			.out = OUT,
			.join = "7" };
		buf_init(&out);
		assert_int_equal(joined_print(r, 2, &out), 0);
		(void)snprintf(want, sizeof(want),
		    "forwarded_by=%s forwarded line=0\n", senders[i].by);
		if (strlen(out.data) < strlen(want) ||
		    strcmp(out.data + out.len - strlen(want), want) != 0)
			fail_msg("case %zu:\n%snot %s", i, out.data, want);
		buf_fini(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forwarded),
		cmocka_unit_test(test_asked_later),
		cmocka_unit_test(test_forwarder),
	};

	return cmocka_run_group_tests(tests, site_set_up, site_tear_down);
}
