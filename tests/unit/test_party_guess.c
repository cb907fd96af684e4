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
	const struct party_settings set = { .sources = sources,
		.nsources = 1,
		.threads = 1 };
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

/* The batch, understood with what is kept of others; what is kept of all. */
static int
go_on(struct batch *b, const struct buf *kept, struct buf *keep,
    struct buf *said)
{
	const struct source source = { .name = SOURCE_DEFAULT,
		.plan = recorded_site.plan };
	const struct source *sources[] = { &source };
	struct party_settings set = { .sources = sources,
		.nsources = 1,
		.guess_trunks = true,
		.threads = 1,
		.kept = kept,
		.keep = keep };
	struct notes notes;
	size_t i;
	int r;

	notes_init(&notes);
	buf_init(keep);
	buf_init(said);
	r = party_resolve(b, &set, &notes);
	for (i = 0; i < notes.n; i++)
		buf_addf(said, "%s\n", notes.list[i].text);
	notes_fini(&notes);
	return r;
}

static struct batch *
some_of(const struct recorded *list, size_t from, size_t end, size_t added)
{
	struct batch *b = batch_new();
	size_t i;

	(void)batch_source(b, SOURCE_DEFAULT, NULL, NULL, NULL);
	for (i = from; i < end; i++) {
		recorded_add(b, &list[i]);
		if (i >= added)
			b->calls[b->n - 1].flags |= CALL_ADDED;
	}
	return b;
}

/* The same calls of both batches, the first of `b` being number `from`. */
static void
check_calls(const struct batch *a, const struct batch *b, size_t from)
{
	size_t i;

	for (i = 0; i < b->n; i++) {
		assert_string_equal(batch_text(a, a->calls[from + i].trunk_in),
		    batch_text(b, b->calls[i].trunk_in));
		assert_string_equal(batch_text(a, a->calls[from + i].trunk_out),
		    batch_text(b, b->calls[i].trunk_out));
		assert_int_equal(a->calls[from + i].direction,
		    b->calls[i].direction);
	}
}

/*
 * Some of the calls, what was kept of them, and then the rest of them with the
 * last ones of those: as if all were there, or it is noticed that they must.
 */
static void
test_kept(void **state)
{
	struct buf keep, keep_all, keep_more, said, said_all, said_more;
	unsigned seed = 20260114, round, went_on = 0, needed = 0;
	struct recorded list[NTRAFFIC];
	struct batch *few, *all, *more;
	size_t cut, from;

	(void)state;
	srand(seed);
	make_traffic(list);
	for (round = 0; round < 500; round++) {
		recorded_shuffle(list, NTRAFFIC);
		cut = 1 + (size_t)rand() % NTRAFFIC;
		from = (size_t)rand() % (cut + 1);
		few = some_of(list, 0, cut, cut);
		all = some_of(list, 0, NTRAFFIC, cut);
		more = some_of(list, from, NTRAFFIC, cut);
		assert_int_equal(go_on(few, NULL, &keep, &said), 0);
		assert_int_equal(go_on(all, NULL, &keep_all, &said_all), 0);
		if (go_on(more, &keep, &keep_more, &said_more) == 0) {
			went_on++;
			assert_string_equal(said_more.data, said_all.data);
			check_calls(all, more, from);
			assert_int_equal(keep_more.len, keep_all.len);
		} else {
			needed++;
			assert_string_not_equal(said.data, said_all.data);
		}
		buf_fini(&keep);
		buf_fini(&keep_all);
		buf_fini(&keep_more);
		buf_fini(&said);
		buf_fini(&said_all);
		buf_fini(&said_more);
		batch_free(&few);
		batch_free(&all);
		batch_free(&more);
	}
	assert_true(went_on > 50 && needed > 50);
}

/* What is cut anywhere is no use; any other bit makes no trouble. */
static void
test_kept_refused(void **state)
{
	struct buf keep, bad, more, said, none;
	struct recorded list[NTRAFFIC];
	struct batch *b;
	size_t i, len;

	(void)state;
	make_traffic(list);
	b = some_of(list, 0, NTRAFFIC, NTRAFFIC);
	assert_int_equal(go_on(b, NULL, &keep, &said), 0);
	batch_free(&b);
	buf_fini(&said);
	assert_true(keep.len > 0);
	for (i = 0; i < 2 * keep.len; i++) {
		len = i < keep.len ? i : keep.len;
		buf_init(&bad);
		buf_add(&bad, keep.data, len);
		if (i >= keep.len)
			bad.data[i - keep.len] ^= (char)(1 << i % 8);
		b = some_of(list, 0, 3, 3);
		if (go_on(b, &bad, &more, &said) == 0)
			assert_true(i >= keep.len);
		batch_free(&b);
		buf_fini(&bad);
		buf_fini(&more);
		buf_fini(&said);
	}
	/* Nothing that came: what is said is said of all. */
	b = some_of(list, 0, 0, 0);
	assert_int_equal(go_on(b, &keep, &none, &said), 0);
	assert_string_equal(said.data, said_of_traffic);
	assert_int_equal(none.len, keep.len);
	assert_memory_equal(none.data, keep.data, keep.len);
	batch_free(&b);
	buf_fini(&none);
	buf_fini(&said);
	buf_fini(&keep);
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
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_kept_refused),
	};

	return cmocka_run_group_tests(tests, site_set_up, site_tear_down);
}
