/* Trunks that nobody stated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "recorded.h"

static const char *const parts[] = { "direction", "src", "dst", "trunk_in",
	"trunk_out", "user", "account" };

/*
 * A site's traffic without a word about its trunks, and which way each call
 * must be found to go.
 */
static const struct traffic {
	const char *src, *dst, *context, *in, *out, *direction;
} traffic[] = {
	/* A trunk by its context, though named like an extension. */
	{ "3125550901", "3125550101", "city-pstn", "SIP/3004-00000001",
	    "SIP/2041-00000002", "in" },
	{ "3125550902", "3125550102", "city-pstn", "SIP/3004-00000003",
	    "SIP/2042-00000004", "in" },
	/* Numbers of ours that nobody stated ring at the telephone den. */
	{ "3125550902", "3125550801", "city-pstn", "SIP/3004-00000003",
	    "SIP/den-00000014", "in" },
	{ "3125550902", "3125550802", "city-pstn", "SIP/3004-00000003",
	    "SIP/den-00000024", "in" },
	/* A trunk by its callers. */
	{ "3125550903", "3125550101", "default", "IAX2/cheap-calls-41",
	    "SIP/2041-00000005", "in" },
	{ "3125550904", "s", "default", "IAX2/cheap-calls-97",
	    "SIP/2041-00000006", "in" },
	/* A trunk by what is dialled through it. */
	{ "2041", "913125550777", "from-internal", "SIP/2041-00000007",
	    "DAHDI/1-1", "out" },
	{ "2042", "913125550778", "from-internal", "SIP/2042-00000008",
	    "DAHDI/1-1", "out" },
	/* A telephone of ours that shows numbers of strangers. */
	{ "3125550108", "2042", "from-internal", "SIP/bob-00000009",
	    "SIP/2042-0000000a", "internal" },
	{ "3125550999", "2042", "from-internal", "SIP/bob-0000000b",
	    "SIP/2042-0000000c", "in" },
	{ "3125550998", "2042", "from-internal", "SIP/bob-0000000d",
	    "SIP/2042-0000000e", "in" },
	/* The same in an extension's name. */
	{ "3125550971", "2042", "default", "SIP/2049-0000000f", NULL,
	    "internal" },
	{ "3125550972", "2042", "default", "SIP/2049-0000001f", NULL,
	    "internal" },
	/* More often its own number than another's. */
	{ "3125550973", "2042", "default", "SIP/lobby-00000010", NULL, "in" },
	{ "3125550974", "2042", "default", "SIP/lobby-00000020", NULL, "in" },
	{ "2043", "2042", "default", "SIP/lobby-00000030", NULL, "internal" },
	{ "2043", "2042", "default", "SIP/lobby-00000040", NULL, "internal" },
	/* Always one and the same number. */
	{ "3125550975", "2042", "default", "SIP/alarm-00000050", NULL, "in" },
	{ "3125550975", "2042", "default", "SIP/alarm-00000060", NULL, "in" },
	/* Its number is its name, now and then: a telephone of no range. */
	{ "77041", "3125550777", "default", "SIP/77041-00000070",
	    "SIP/office2-00000071", "out" },
	{ "77041", "3125550777", "default", "SIP/77041-00000072",
	    "SIP/office2-00000073", "out" },
	{ "3125550976", "2042", "default", "SIP/77041-00000074", NULL, "in" },
	{ "3125550977", "2042", "default", "SIP/77041-00000075", NULL, "in" },
	{ "3125550978", "2042", "default", "SIP/77041-00000076", NULL, "in" },
	/* An end inside the switch, whatever its context. */
	{ "3125550979", "2041", "from-trunk",
	    "Local/2041@from-trunk-00000011;2", NULL, "in" },
};
enum { NTRAFFIC = sizeof(traffic) / sizeof(traffic[0]) };

static const char said_of_traffic[] =
    "source 'default': trunks guessed from 25 calls: DAHDI/1, IAX2/cheap-calls, "
    "SIP/3004\n";

/* One call a second, so that a sorted batch has them in this order. */
static void
make_traffic(struct recorded *list)
{
	size_t i;

	for (i = 0; i < NTRAFFIC; i++)
		list[i] = (struct recorded){
			.at = (int64_t)i,
			.src = traffic[i].src,
			.dst = traffic[i].dst,
			.context = traffic[i].context,
			.in = traffic[i].in,
			.out = traffic[i].out,
		};
}

static void
test_guess(void **state)
{
	struct recorded list[NTRAFFIC];
	struct batch *b = batch_new();
	const char *direction;
	struct buf said;
	size_t i;

	(void)state;
	buf_init(&said);
	make_traffic(list);
	recorded_add_all(b, list, NTRAFFIC);
	recorded_resolve(b, recorded_site.plan, NULL, 0, &said);
	assert_string_equal(said.data, said_of_traffic);
	for (i = 0; i < NTRAFFIC; i++) {
		direction =
		    direction_name((enum call_direction)b->calls[i].direction);
		if (strcmp(direction, traffic[i].direction) != 0)
			fail_msg("call %zu: %s", i, direction);
	}
	buf_fini(&said);
	batch_free(&b);
}

static void
print_all(const struct batch *b, struct buf *out)
{
	size_t i;

	for (i = 0; i < b->n; i++) {
		recorded_print(b, i, parts, sizeof(parts) / sizeof(parts[0]),
		    out);
		buf_addch(out, '\n');
	}
}

/* Neither the guess nor what follows from it depends on the order. */
static void
test_guess_any_order(void **state)
{
	unsigned seed = 20260113, round;
	struct recorded list[NTRAFFIC];
	struct buf said, first, now;
	struct batch *b;

	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	buf_init(&first);
	for (round = 0; round < 50; round++) {
		make_traffic(list);
		if (round > 0)
			recorded_shuffle(list, NTRAFFIC);
		b = batch_new();
		recorded_add_all(b, list, NTRAFFIC);
		if (round % 2 == 0)
			batch_sort(b);
		buf_init(&said);
		recorded_resolve(b, recorded_site.plan, NULL, 0, &said);
		assert_string_equal(said.data, said_of_traffic);
		batch_sort(b);
		buf_init(&now);
		print_all(b, round == 0 ? &first : &now);
		if (round > 0)
			assert_string_equal(now.data, first.data);
		buf_fini(&said);
		buf_fini(&now);
		batch_free(&b);
	}
	buf_fini(&first);
}

/* Stated trunks are all trunks there are; nothing is said. */
static void
test_no_guess(void **state)
{
	static const char *const stated[] = { "SIP/3004" };
	struct recorded list[NTRAFFIC];
	struct batch *b = batch_new();
	struct buf said;

	(void)state;
	buf_init(&said);
	make_traffic(list);
	recorded_add_all(b, list, NTRAFFIC);
	recorded_resolve(b, recorded_site.plan, stated, 1, &said);
	assert_string_equal(said.data, "");
	assert_string_equal(batch_text(b, b->calls[0].trunk_in), "SIP/3004");
	assert_int_equal(b->calls[4].trunk_in, 0);
	/* A telephone took it, or it is only the number that was called. */
	assert_string_equal(batch_text(b, b->calls[1].user), "2042");
	assert_false(b->origins[1].user_called);
	assert_string_equal(batch_text(b, b->calls[13].user), "2042");
	assert_true(b->origins[13].user_called);
	buf_fini(&said);
	batch_free(&b);
}

/* Nor is anything guessed that was not asked for. */
static void
test_not_asked(void **state)
{
	const struct source source = { .name = "pbx1",
		.plan = recorded_site.plan };
	const struct source *sources[] = { &source };
	const struct party_settings set = { sources, 1, false, 1 };
	struct recorded list[NTRAFFIC];
	struct batch *b = batch_new();
	size_t i;

	(void)state;
	make_traffic(list);
	recorded_add_all(b, list, NTRAFFIC);
	assert_int_equal(party_resolve(b, &set, NULL), 0);
	for (i = 0; i < NTRAFFIC; i++)
		assert_int_equal(b->calls[i].trunk_in | b->calls[i].trunk_out,
		    0);
	batch_free(&b);
}

/* "SIP/carrier" at one source says nothing about another. */
static void
test_sources_apart(void **state)
{
	static const struct recorded calls[] = {
		{ .src = "3125550901",
		    .dst = "2041",
		    .context = "from-trunk",
		    .in = "SIP/box-00000001",
		    .source = "pbx1" },
		{ .src = "3125550901",
		    .dst = "2041",
		    .context = "from-internal",
		    .in = "SIP/box-00000001",
		    .source = "pbx2" },
	};
	struct batch *b = batch_new();
	struct buf said;

	(void)state;
	buf_init(&said);
	recorded_add_all(b, calls, 2);
	recorded_resolve(b, recorded_site.plan, NULL, 0, &said);
	assert_string_equal(said.data,
	    "source 'pbx1': trunks guessed from 1 call: SIP/box\n");
	assert_string_equal(batch_text(b, b->calls[0].trunk_in), "SIP/box");
	assert_int_equal(b->calls[1].trunk_in, 0);
	assert_int_equal(b->calls[0].src, b->calls[1].src);
	buf_fini(&said);
	batch_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guess),
		cmocka_unit_test(test_guess_any_order),
		cmocka_unit_test(test_no_guess),
		cmocka_unit_test(test_not_asked),
		cmocka_unit_test(test_sources_apart),
	};

	return cmocka_run_group_tests(tests, site_set_up, site_tear_down);
}
